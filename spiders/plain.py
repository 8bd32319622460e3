"""A downloader middleware that keeps Scrapy from guessing encodings on the event loop."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response


class PlainResponses:
    """Makes every response a plain one: bytes and headers.

    Scrapy asks a text response for its encoding when it decompresses it, and where nothing declares one that guess
    takes a tenth of a second. Nobody here wants it: pages are decoded in the workers.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """The same response without the text."""
        return Response(response.url, response.status, response.headers, response.body, response.flags, request=request)
