"""HTTP proxies: which one a request goes through, and the network guard's rule for what is asked through it."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.httpobj import urlparse_cached

from pipelines.outlets import Outlet, is_proxy
from pipelines.urls import DEFAULT_PORTS
from spiders.guard import GuardedResolver, is_public

RESOLVES = "DATELINE_PROXY_RESOLVES"  # "1": names that do not resolve here are left to the proxy


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; `authorization` is the value of Proxy-Authorization."""

    host: str
    port: int
    authorization: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str) -> Proxy:
        """The proxy at http://[user:password@]host[:port]."""
        parts = urlsplit(url if "://" in url else f"http://{url}")
        words = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode("latin-1", "replace")
        secret = b"Basic " + base64.b64encode(words) if parts.username else None
        return cls(parts.hostname or "", parts.port or 80, secret)


class BadProxy(ValueError):
    """A proxy that an outlet's entry names and that cannot be used; one line, without its secret."""


def named(outlet: Outlet) -> str | None:
    """The address of the proxy that the outlet's entry names. Raises BadProxy where its variable has none."""
    said = outlet.proxy.get_secret_value() if outlet.proxy else None
    if not said or not said.startswith("$"):
        return said
    try:
        if is_proxy(url := os.environ.get(said[1:], "")):
            return url
    except ValueError:
        pass  # not a URL: as good as none
    raise BadProxy(f'{outlet.name}: proxy = "{said}": set {said[1:]} to http://user:password@host:port')


def chosen(scheme: str, host: str, named: str | None) -> Proxy | None:
    """The proxy for a request: the one `named` by the outlet's entry, else the environment's, as Scrapy reads it."""
    if named:
        return Proxy.of(named)
    url = getproxies().get(scheme)
    return Proxy.of(url) if url and not proxy_bypass(host) else None


async def refusal(host: str) -> str | None:
    """Why a host is not asked for through a proxy: private_address or no_such_host; None where it may be.

    What a name means to the proxy cannot be seen from here, so it must mean nothing private here: one private address
    among its addresses is enough.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None if os.environ.get(RESOLVES) == "1" else "no_such_host"
    return None if all(is_public(str(where[0])) for *_, where in found) else "private_address"


class GuardedProxies:
    """A downloader middleware, between Scrapy's choice of the proxy and the wire: holds the guard's rule for proxies.

    A proxy may have a private address: the operator named it. What is asked for through it may not.
    """

    def __init__(self, allow_private: bool) -> None:
        self.allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Any) -> GuardedProxies:
        """Built once a crawl, from its settings."""
        return cls(crawler.settings.getbool("ALLOW_PRIVATE_ADDRESSES"))

    async def process_request(self, request: Request) -> None:
        """Let the request pass. Raises CannotResolveHostError, like the resolver, for what is not asked for."""
        if self.allow_private:
            return
        parts = urlparse_cached(request)
        host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
        url = request.meta.get("proxy")
        why = await refusal(host) if url else _refusal_of_direct(host, port)
        if why == "private_address":
            GuardedResolver.refused.add(host)
        if why:
            raise CannotResolveHostError(host)
        if url:
            proxy = Proxy.of(url)
            GuardedResolver.proxies.add((proxy.host, proxy.port))


def _refusal_of_direct(host: str, port: int) -> str | None:
    """A proxy's own address is open to requests through the proxy, not to pages that point to it."""
    return "private_address" if (host, port) in GuardedResolver.proxies else None
