"""The network guard: names and literals resolve to public addresses only, unless private ones are allowed."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from scrapy.settings import BaseSettings
from twisted.internet.interfaces import IAddress, IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

# What `is_global` lets through and still reaches, or can be made to reach, a private network.
DENIED = tuple(
    ipaddress.ip_network(n)
    for n in (
        "192.0.0.0/24",  # IETF protocol assignments, some of them called global
        "192.88.99.0/24",  # relays of 6to4
        "2002::/16",  # 6to4: an IPv4 address in IPv6
        "2001::/32",  # Teredo, the same
        "3fff::/20",  # documentation, unknown to older Pythons
    )
)
# All other IPv6 is mapped, translated or tunnelled IPv4, of one link or site, or nobody's yet.
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


def is_public(address: str) -> bool:
    """Whether an IP address is on the public Internet and nowhere else."""
    ip = ipaddress.ip_address(address)
    if not ip.is_global or ip.is_multicast or (ip.version == 6 and ip not in GLOBAL_UNICAST):
        return False
    return not any(ip in network for network in DENIED if network.version == ip.version)


@implementer(IHostnameResolver)
class GuardedResolver:
    """Stands between the reactor and its resolver, and lets no private address through.

    Every connection asks it, also for a literal address, so it sees what is really connected to: no earlier check
    of a name can be outwitted by a second answer. `refused` has the hosts for which nothing public was left.
    `proxies` has the hosts and ports that the operator named as proxies: they may be private (spiders/proxies.py).
    """

    refused: set[str] = set()
    proxies: set[tuple[str, int]] = set()

    def __init__(self, reactor: Any, allow_private: bool) -> None:
        self.reactor = reactor
        self.allow_private = allow_private
        self.original: Any = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        """Built once a process, from the process's settings."""
        settings: BaseSettings = crawler.settings
        return cls(reactor, settings.getbool("ALLOW_PRIVATE_ADDRESSES"))

    def install_on_reactor(self) -> None:
        """Become the reactor's resolver."""
        self.reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve through the original resolver, private addresses left out."""
        is_free = self.allow_private or self._is_proxy(hostName, portNumber)
        receiver = resolutionReceiver if is_free else _PublicOnly(resolutionReceiver, hostName)
        return self.original.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)

    def _is_proxy(self, host: str, port: int) -> bool:
        # Tunnels to a proxy are opened through Twisted's older interface, which names no port; nothing else uses it.
        return any(host == name and port in (0, number) for name, number in self.proxies)


@implementer(IResolutionReceiver)
class _PublicOnly:
    def __init__(self, receiver: Any, name: str) -> None:
        self.receiver = receiver
        self.name = name
        self.passed = self.stopped = 0

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host):
            self.passed += 1
            self.receiver.addressResolved(address)
        else:
            self.stopped += 1

    def resolutionComplete(self) -> None:  # noqa: N802
        if self.stopped and not self.passed:
            GuardedResolver.refused.add(self.name)
        self.receiver.resolutionComplete()
