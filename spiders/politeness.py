"""Politeness: one request to a host at a time, and a pause before the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Hosts:
    """Turns at hosts. A host is an address and port: what answers there is one server."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._ready_at: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, url: str, delay: float) -> AsyncIterator[None]:
        """Wait for the host's turn, hold it for the block, and keep the host free for `delay` seconds after it.

        The pause is counted from the end of the answer, so a slow or busy site gets more of it, and two requests
        never arrive closer than `delay`, however late the first was sent.
        """
        host = urlsplit(url).netloc
        loop = asyncio.get_running_loop()
        async with self._locks.setdefault(host, asyncio.Lock()):
            await asyncio.sleep(self._ready_at.get(host, 0.0) - loop.time())
            try:
                yield
            finally:
                self._ready_at[host] = loop.time() + delay
