"""Private addresses, and the ways to write them that somebody once took for public ones."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

PRIVATE = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.0.0.53",
    "127.255.255.254", "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.254", "192.0.0.1",
    "192.0.0.8", "192.0.0.9", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.254", "198.18.0.1",
    "198.19.255.254", "198.51.100.1", "203.0.113.1", "224.0.0.1", "224.0.0.251", "239.255.255.250", "240.0.0.1",
    "255.255.255.254", "255.255.255.255",
    "::", "::1", "::2", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1",
    "::ffff:0:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::808:808", "64:ff9b:1::7f00:1", "100::1",
    "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1",
    "2002:808:808::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "8000::1", "c000::1", "e000::1", "fc00::1",
    "fd00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "fe80::1%eth0", "fe80::1%1", "febf::1", "fec0::1", "feff::1",
    "ff00::1", "ff02::1", "ff02::fb", "ff0e::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
)  # fmt: skip
PUBLIC = (
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "93.184.215.14", "100.63.255.255", "100.128.0.1", "126.0.0.1",
    "128.0.0.1", "169.253.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.167.0.1", "192.169.0.1", "198.17.0.1",
    "198.20.0.1", "203.0.112.1", "223.255.255.254", "2001:4860:4860::8888", "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "2a00:1450:4001::1", "2400:cb00::1", "2c0f:f248::1",
)  # fmt: skip
WRITTEN = (
    "127.0.0.1",
    "127.1.2.3",
    "10.0.0.1",
    "169.254.169.254",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "0.0.0.0",
)
NAMES = (
    "localhost", "LOCALHOST", "LocalHost", "localhost.", "localhost..", "a.localhost", "a.b.localhost",
    "localhost.localdomain", "ip6-localhost", "ip6-loopback", "l\u043ecalhost", "\u24dbocalhost", "\uff4cocalhost",
    "loc%61lhost", "local\xadhost", "broadcasthost", "localtest.localhost", "[::1]", "[::]", "[::1%25lo]",
    "[fe80::1%25eth0]", "[::%31]", "[0:0:0:0:0:0:0:1]", "[::0001]", "[::FFFF:7F00:1]", "[fd00:ec2::254]", "[fec0::1]",
    "[ff02::1]", "[3fff::1]", "[2001:0:7f00:1::]", "::1", "[::1", "[::1].", "[v1.127]", "user@localhost",
    "user:word@localhost", "a.example@localhost", "a.example%40localhost", "localhost%00", "localhost%2ea.example",
    "localhost%23.a.example", "a.example\\@localhost", "loc\talhost", "loc\nalhost", " localhost", "-localhost",
    "localhost%20", "xn--localhost-", "", ".", "..", "a..localhost", "%31%32%37.1",
)  # fmt: skip


def wide(text: str, zero: int) -> str:
    """The same with other digits, those that begin at this code."""
    return "".join(chr(zero + int(c)) if c.isdigit() else c for c in text)


def percent(text: str) -> str:
    """Every character escaped."""
    return "".join(f"%{ord(c):02x}" for c in text)


def written(address: str) -> Iterator[str]:
    """An IPv4 address in the forms that some parser or resolver understands."""
    a, b, c, d = map(int, address.split("."))
    number = int(ipaddress.IPv4Address(address))
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    dot = address.replace
    yield from (
        address,
        f"{address}.",
        f"{address}..",
        f".{address}",
        f"%20{address}",
        f"{address}%20",
        f"{address}%00",
    )
    yield from (f"{number}", f"{number}.", f"{number + 2**32}", f"{number:#x}", f"{number:#X}", f"0x{number:020x}")
    yield from (f"0{number:o}", f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{number & 0xFFFF}", f"{a:#x}.{number & 0xFFFFFF}")
    yield from (f"{a:#x}.{b:#x}.{c:#x}.{d:#x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"{a:#x}.{b}.0{c:o}.{d}")
    yield from (f"000{a:o}.{b}.{c}.{d}", f"{a:03}.{b:03}.{c:03}.{d:03}", f"{a + 256}.{b}.{c}.{d}")
    yield from (f"{address}.invalid@{address}", f"x@{address}", f"x:y@{address}", f"a.example#@{address}")
    yield from (
        f"a.example\\@{address}",
        f"{address}\\.a.example",
        f"{address}%2f.a.example",
        f"{address}%5c.a.example",
    )
    yield from (dot(".", "%2e"), percent(address), dot(".", "\uff0e"), dot(".", "\u3002"), dot(".", ".\u00ad"))
    yield from (wide(address, 0xFF10), wide(address, 0x0660), wide(address, 0x1D7D8), wide(address, 0x2080))
    yield from (dot(".", ".\t"), dot(".", ".\n", 1), f"\u200b{address}", f"[{address}]", f"[fe80::5efe:{address}]")
    yield from (f"[::ffff:{address}]", f"[::ffff:{high}:{low}]", f"[::FFFF:{high.upper()}:{low.upper()}]")
    yield from (f"[::{address}]", f"[0:0:0:0:0:ffff:{high}:{low}]", f"[::ffff:0:{address}]", f"[64:ff9b::{address}]")
    yield from (f"[64:ff9b:1::{address}]", f"[2002:{high}:{low}::]", f"[2001::{high}:{low}]")
    yield from (f"[::ffff:{address}%25eth0]", f"[{address}%25eth0]")


def hosts() -> list[str]:
    """Every form, as it stands between http:// and the next slash."""
    forms = [*NAMES, *(form for address in WRITTEN for form in written(address))]
    forms += [f"[{address}]" if ":" in address else address for address in PRIVATE]
    return list(dict.fromkeys(forms))
