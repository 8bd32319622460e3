"""A forward proxy on loopback for the tests: it notes what it is asked for, and passes it on to one site."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Thread


@dataclass
class Forward:
    """The proxy: `asked` has method, target and Proxy-Authorization of each request, in order."""

    port: int
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)

    def url(self, secret: str = "") -> str:
        """Its address, with a user's name and password where given."""
        return f"http://{secret}{'@' if secret else ''}127.0.0.1:{self.port}"

    def targets(self) -> list[str]:
        """What it was asked for."""
        return [target for _, target, _ in self.asked]


@contextlib.contextmanager
def forward(site: tuple[str, int]) -> Iterator[Forward]:
    """A proxy that takes every request to that one site, whatever host it names."""
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = Forward(listener.getsockname()[1])
    Thread(target=_accept, args=(listener, proxy, site), daemon=True).start()
    try:
        yield proxy
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, proxy: Forward, site: tuple[str, int]) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            Thread(target=_serve, args=(connection, proxy, site), daemon=True).start()


def _serve(connection: socket.socket, proxy: Forward, site: tuple[str, int]) -> None:
    with contextlib.suppress(OSError, ValueError), connection, socket.create_connection(site) as there:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536) or b"\r\n\r\n"
        method, target, version = head.split(b"\r\n")[0].decode().split(" ")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head.decode().split("\r\n"))}
        proxy.asked.append((method, target, headers.get("proxy-authorization")))
        if method == "CONNECT":
            connection.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
            Thread(target=_copy, args=(connection, there), daemon=True).start()
        else:
            path = "/" + target.split("/", 3)[3]
            there.sendall(f"{method} {path} {version}\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        _copy(there, connection)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)  # closing it would wait for whoever still reads it
