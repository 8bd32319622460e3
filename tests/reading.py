"""A visitor of the reader: asks it over a socket and reads pages as a browser would, as elements and not as text."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, urlencode

from lxml import html

from dateline import serve
from dateline.reader.archive import Archive


@dataclass(frozen=True)
class Answer:
    """What the reader answered."""

    status: int
    headers: Mapping[str, str]
    body: str

    @cached_property
    def page(self) -> html.HtmlElement:
        """The page, parsed."""
        return html.fromstring(self.body)

    @property
    def text(self) -> str:
        """What a reader sees, on one line."""
        return " ".join(self.page.text_content().split())

    def all(self, selector: str) -> list[str]:
        """The text of each element that the path finds: `//h3/a`, `//a/@href`."""
        found = self.page.xpath(selector)
        return [" ".join((one if isinstance(one, str) else one.text_content()).split()) for one in found]


class Visitor:
    """Asks the reader on a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, method: str = "GET", host: str | None = None, **query: object) -> Answer:
        """Ask for a path; the words of the query are quoted here, and the path is not."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        where = f"{path}?{urlencode(query)}" if query else path
        with closing(connection):
            connection.request(method, where, headers={"Host": host or f"127.0.0.1:{self.port}"})
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, answer.read().decode())

    def outlet(self, name: str) -> Answer:
        """The page of an outlet."""
        return self.get(f"/outlets/{quote(name, safe='')}")


@contextmanager
def served(url: str, *names: str) -> Iterator[Visitor]:
    """The reader of that database on a free port, in a thread, answering to these names as well."""
    with serve.listening(serve.Request(port=0)) as sock, closing(Archive(url)) as archive:
        server = serve.server(archive, names)
        thread = threading.Thread(target=server.run, args=([sock],), daemon=True)
        thread.start()
        try:
            yield Visitor(sock.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(10)
