"""What a server may do before there is HTTP: at its door, in the TLS handshake, and with its certificate."""

from __future__ import annotations

import atexit
import shutil
import socket
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests import faults
from tests.certificates import Authority
from tests.proofs.behaviours.answers import honest
from tests.proofs.behaviours.hostile import ALL_STORED, FEED, NONE_FETCHED, ODD, Hostile, at, stories
from tests.site import Behaviour, Door, Site

CLOSED = {FEED: "robots_unreachable", **NONE_FETCHED}
NOT_THE_SAME = "127.2.255.9"  # an address that no certificate but one is for


@cache
def authority() -> Authority:
    """Whom the crawl is told to trust."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-authority-"))
    atexit.register(shutil.rmtree, folder)
    return Authority(folder)


class Deaf(Site):
    """A site that never accepts a connection: the few that it lets wait are taken by itself."""

    def __enter__(self) -> Site:
        self._listener.listen(0)
        self._own = [socket.socket() for _ in range(4)]
        for waiting in self._own:
            waiting.setblocking(False)
            waiting.connect_ex((self.host, self.port))
        return self

    def __exit__(self, *_: object) -> None:
        for waiting in self._own:
            waiting.close()
        self._listener.close()


class Closed(Site):
    """A site that nobody listens for."""

    def __enter__(self) -> Site:
        self._listener.close()
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is to be stopped."""


def with_door(door: Door, *, scheme: str | None = None) -> Callable[[str], Site]:
    """A plain site with that door."""
    return lambda host: Site(host, door=door, scheme=scheme)


def secure(
    door: Door | None = None, *, scheme: str | None = None, of: str | None = None, **how: Any
) -> Callable[[str], Site]:
    """A site that speaks TLS, with a certificate for `of` or itself."""
    return lambda host: Site(host, tls=authority().context(of or host, **how), door=door, scheme=scheme)


def slow_records(connection: socket.socket, _stopping: object) -> None:
    """Sends the handshake in pieces as small as the system makes them."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)


def closed(name: str, make: Callable[[str], Site]) -> Hostile:
    """An outlet into which nobody gets."""
    return Hostile(name, lambda _site: None, CLOSED, run="failed", make=make, most=0)


def opened(name: str, make: Callable[[str], Site]) -> Hostile:
    """An outlet that is strange at the door and honest inside."""
    return Hostile(name, lambda _site: None, {FEED: "read", **ALL_STORED}, make=make)


def inside(name: str, behaviour: Behaviour, outcome: str) -> Hostile:
    """An outlet with TLS whose second story misbehaves."""
    expected = {FEED: "read", **stories("stored", outcome, "stored")}
    return Hostile(name, at(ODD, behaviour), expected, make=secure())


ALL = (
    closed("never accepts a connection", Deaf),
    closed("nobody listens", Closed),
    closed("accepts and says nothing", with_door(faults.waits())),
    closed("accepts and closes", with_door(faults.shuts)),
    closed("accepts and resets", with_door(faults.slams)),
    opened("accepts after two seconds", with_door(faults.waits(2.0))),
    closed("a certificate signed by itself", secure(self_signed=True)),
    closed("a certificate that has expired", secure(days=-1)),
    closed("a certificate of another host", secure(of=NOT_THE_SAME)),
    closed("TLS that stalls in the handshake", secure(faults.waits())),
    closed("TLS that resets in the handshake", secure(faults.slams)),
    closed("plain HTTP on a TLS port", lambda host: Site(host, scheme="https")),
    closed("TLS on a plain port", secure(scheme="http")),
    opened("TLS as it should be", secure()),
    opened("TLS that begins after two seconds", secure(faults.waits(2.0))),
    opened("TLS in small pieces", secure(slow_records)),
    inside("TLS and headers without end", faults.huge_headers(), "headers_too_large"),
    inside("TLS and a body without end", faults.endless(), "too_large"),
    inside("TLS and a body that ends early", faults.truncated(b"<p>So</p>"), "truncated"),
    inside("TLS and a connection closed without goodbye", faults.raw(honest()), "stored"),
)
