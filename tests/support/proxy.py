"""A proxy of TCP that breaks what passes through it, as networks and busy servers do."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_CHUNK = 1 << 14
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


@dataclass
class Fault:
    """What goes wrong with some requests.

    Attributes
    ----------
    requests
        Matches the first line of those that it hits.
    times
        How many of them it hits; the others pass.
    reply
        Sent in place of the server's answer; the server never sees the request.
    cut_after
        Bytes of the request after which both connections are reset.
    delay
        Seconds that the request is held back.
    meanwhile
        Done just before the connections are reset.
    """

    requests: str
    times: int = 1_000_000
    reply: bytes | None = None
    cut_after: int | None = None
    delay: float = 0
    meanwhile: Callable[[], None] = lambda: None
    hits: list[float] = field(default_factory=list)

    def hits_request(self, head: bytes) -> bool:
        """Tell whether a request that begins so is to go wrong, and note when that was."""
        line = head.split(b"\r\n", 1)[0].decode("latin-1")
        if len(self.hits) >= self.times or not re.search(self.requests, line):
            return False
        self.hits.append(time.monotonic())
        return True


class Proxy:
    """Stands between a client and a server, on a port of the loopback interface.

    Parameters
    ----------
    url
        Of the server.
    fault
        What goes wrong.
    """

    def __init__(self, url: str, fault: Fault) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self._server = (parts.hostname, parts.port)
        self._fault = fault
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = parts._replace(netloc=f"127.0.0.1:{self._listening.getsockname()[1]}").geturl()
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in list(self._open):
            connection.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self._open.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """Pass requests on, one after the other: a client sends none before it has its answer."""
        with contextlib.suppress(OSError), client:
            server: socket.socket | None = None
            while chunk := client.recv(_CHUNK):
                hit = self._fault.hits_request(chunk) if _begins_request(chunk) else False
                if hit and self._fault.reply is not None:
                    _drain(client, chunk)
                    client.sendall(self._fault.reply)
                    break
                if server is None:
                    server = self._connected(client)
                if hit and self._fault.cut_after is not None:
                    self._cut(client, server, chunk, self._fault.cut_after)
                    break
                if hit:
                    threading.Event().wait(self._fault.delay)
                server.sendall(chunk)
            if server is not None:
                server.close()

    def _connected(self, client: socket.socket) -> socket.socket:
        server = socket.create_connection(self._server, timeout=60)
        self._open.append(server)

        def back() -> None:
            with contextlib.suppress(OSError):
                while chunk := server.recv(_CHUNK):
                    client.sendall(chunk)
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

        threading.Thread(target=back, daemon=True).start()
        return server

    def _cut(self, client: socket.socket, server: socket.socket, chunk: bytes, after: int) -> None:
        passed = 0
        while chunk and passed < after:
            server.sendall(chunk)
            passed += len(chunk)
            chunk = client.recv(_CHUNK) if passed < after else b""
        self._fault.meanwhile()
        for connection in (client, server):
            # Closed with a reset, as by a firewall or a crash, and not with an orderly end.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(
                OSError
            ):  # ends the thread that reads: until then it stays open
                connection.shutdown(socket.SHUT_RD)
            connection.close()


def answer(status: str, body: str, *headers: str, kind: str = "text/html") -> bytes:
    """Write an answer of HTTP after which the connection ends."""
    content = body.encode()
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(content)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def _begins_request(chunk: bytes) -> bool:
    return re.match(rb"[A-Z]+ /[^ ]* HTTP/1\.1\r\n", chunk) is not None


def _drain(client: socket.socket, read: bytes) -> None:
    """Read a request to its end, so that the client is ready for the answer."""
    while b"\r\n\r\n" not in read:
        read += client.recv(_CHUNK)
    head, _, body = read.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if length is not None:
        missing = int(length[1]) - len(body)
        while missing > 0:
            missing -= len(client.recv(_CHUNK))
    elif re.search(rb"\r\ntransfer-encoding: *chunked", head, re.IGNORECASE):
        while not body.endswith(b"0\r\n\r\n"):
            body = body[-8:] + client.recv(_CHUNK)
