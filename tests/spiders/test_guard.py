"""No private address passes the guard, however it is written, and none that is public is stopped."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from pipelines.urls import BadUrl, check
from spiders.guard import GuardedResolver, is_public
from tests.addresses import PRIVATE, PUBLIC, hosts


class Resolver:
    """Resolves literals as the system does, and names as it is told."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self.names = names
        self.nameResolver = self

    def resolveHostName(self, receiver: Any, name: str, port: int, *_: object) -> None:  # noqa: N802
        """Twisted's interface."""
        receiver.resolutionBegan(self)
        for address in self.names.get(name) or self.literal(name):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()

    def literal(self, name: str) -> list[str]:
        """As getaddrinfo reads numbers, in every way that the C library knows."""
        try:
            found = socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            return []
        return [str(entry[4][0]) for entry in found]


class Receiver:
    """What the reactor would connect to."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.done = False

    def resolutionBegan(self, _resolution: object) -> None:  # noqa: N802
        """Twisted's interface."""

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        """Twisted's interface."""
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        """Twisted's interface."""
        self.done = True


def connected_to(name: str, names: dict[str, list[str]] | None = None, *, allow_private: bool = False) -> list[str]:
    receiver = Receiver()
    GuardedResolver(Resolver(names or {}), allow_private).resolveHostName(receiver, name, 80)
    assert receiver.done
    return receiver.addresses


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_private(address: str) -> None:
    assert not is_public(address)
    assert connected_to("a.example", {"a.example": [address]}) == []
    assert "a.example" in GuardedResolver.refused


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
    assert connected_to("a.example", {"a.example": [address]}) == [address]


def test_of_several_addresses_the_public_ones_are_left() -> None:
    assert connected_to("a.example", {"a.example": ["10.0.0.1", "1.1.1.1", "::1", "2400:cb00::1"]}) == [
        "1.1.1.1", "2400:cb00::1",
    ]  # fmt: skip


def test_private_addresses_pass_where_they_are_allowed() -> None:
    assert connected_to("a.example", {"a.example": ["10.0.0.1", "::1"]}, allow_private=True) == ["10.0.0.1", "::1"]


def test_there_are_many_forms() -> None:
    assert len(hosts()) >= 300


@pytest.mark.parametrize("host", hosts())
def test_no_form_of_a_private_address_is_connected_to(host: str) -> None:
    for url in (f"http://{host}/", f"https://{host}:443/a?b", f"HTTP://{host}:80/"):
        try:
            asked = check(url)
        except BadUrl:
            continue  # refused before anything is resolved
        assert connected_to(urlsplit(asked).hostname or "") == []


@pytest.mark.parametrize("host", PUBLIC)
def test_public_literals_are_connected_to(host: str) -> None:
    asked = check(f"http://[{host}]/" if ":" in host else f"http://{host}/")
    assert connected_to(urlsplit(asked).hostname or "") == [host]
