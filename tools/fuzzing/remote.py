"""Fuzzes the store client with broken responses, over real connections."""

from __future__ import annotations

import gzip
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Final

from pyoxigraph import NamedNode, Quad

from testimonia.errors import TestimoniaError
from testimonia.loading.reading_back import compare
from testimonia.loading.spool import Spool
from testimonia.query.remote import PROFILES, Credentials, RemoteStore, connect

__all__ = ["run"]

GRAPH: Final = NamedNode("x:g")
_QUADS: Final = [Quad(NamedNode("x:s"), NamedNode("x:p"), NamedNode("x:o"), GRAPH)]
_JSON: Final = b"application/sparql-results+json"
_TABLE: Final = (
    b'{"head":{"vars":["g","n"]},"results":{"bindings":[{"g":{"type":"uri","value":"x:g"},"n":{"type":'
    b'"literal","value":"1","datatype":"http://www.w3.org/2001/XMLSchema#integer"}}]}}'
)
_BODIES: Final = (
    b'{"head":{},"boolean":true}',
    _TABLE,
    b"<x:s> <x:p> <x:o> .\n",
    b'_:b <x:p> "a\\u00e9"@en-GB .\n<x:s> <x:p> <<( <x:a> <x:b> <x:c> )>> .\n',
    b"<html><body>Log in</body></html>",
    b"",
)
_HEADERS: Final = (
    b"Content-Type: " + _JSON,
    b"Content-Type: application/n-triples",
    b"Content-Type: text/html; charset=\xff",
    b"Content-Type:",
    b"Content-Encoding: gzip",
    b"Content-Encoding: identity",
    b"Location: http://127.0.0.1:9/\x1b[2J",
    b"Retry-After: 0",
    b"Retry-After: 99999999999999999999",
    b"Retry-After: Fri, 99 Foo 9999 99:99:99 GMT",
    b'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"',
    b'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=FOO',
    b"WWW-Authenticate: Digest realm",
    b"WWW-Authenticate: Basic realm=x",
    b"Set-Cookie: a=b; Path=\xe9",
    b"Server: Oxigraph/0.5",
    b"Server: Virtuoso/7",
    b"fuseki-request-id: 1",
    b"Connection: close",
    b"X-A: " + b"b" * 5000,
    b": nameless",
    b"no colon",
)
_STATUSES: Final = (
    b"200 OK", b"200 OK", b"200 OK", b"204 No Content", b"206 Partial Content", b"301 Moved",
    b"400 Bad", b"401 Who", b"403 No", b"404 None", b"405 Not so", b"413 Large", b"500 Fault",
    b"503 Busy", b"507 Full", b"100 Continue", b"101 Switch", b"999 What", b"0 Nothing", b"abc",
)  # fmt: skip


@dataclass(frozen=True)
class _Said:
    content: bytes
    reset: bool


def run(seed: int, inputs: int) -> Counter[str]:
    """Have a server give random answers, and count how the client handles them.

    Parameters
    ----------
    seed
        Seed of the random numbers; the same seed gives the same answers.
    inputs
        How many exchanges to try.

    Returns
    -------
    Counter
        ``ok``; ``error`` for errors of Testimonia; otherwise the type of the error, which is a finding.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    outcomes: Counter[str] = Counter()
    with _answering() as (url, script):
        for _ in range(inputs):
            script[:] = [_said(chance) for _ in range(chance.randrange(1, 5))]
            if chance.random() < 0.7:  # let it get past the first question
                script.insert(
                    0, _Said(_response(b"200 OK", [_HEADERS[0]], _BODIES[0]), reset=False)
                )
            use = chance.choice(_USES)
            try:
                use(url, chance.choice(list(PROFILES)))
            except TestimoniaError:
                outcomes["error"] += 1
            except Exception as error:  # noqa: BLE001 - every other is a finding
                outcomes[f"{type(error).__name__}: {error}"[:200]] += 1
            else:
                outcomes["ok"] += 1
    return outcomes


def _opened(url: str, kind: str | None) -> RemoteStore:
    me = Credentials("me", "secret")
    return connect(url, store=kind, credentials=me, timeout=2, wait=lambda _: None)


def _queried(url: str, kind: str) -> None:
    with _opened(url, kind) as store:
        store.query("SELECT * { ?s ?p ?o }")


def _counted(url: str, kind: str) -> None:
    with _opened(url, kind) as store:
        store.counts([GRAPH])


def _read(url: str, kind: str) -> None:
    with _opened(url, kind) as store, TemporaryFile() as sink, TemporaryDirectory() as folder:
        store.read(GRAPH, sink, most=1 << 16)
        with Spool(_QUADS) as spool:
            compare(spool.graphs[0], sink, store.profile.rewrites, Path(folder))


def _found_out(url: str, _: str) -> None:
    _opened(url, None).close()


_USES: Final[tuple[Callable[[str, str], None], ...]] = (_queried, _counted, _read, _found_out)


def _said(chance: random.Random) -> _Said:
    headers = chance.sample(_HEADERS, chance.randrange(4))
    headers.append(chance.choice(_HEADERS[:2]))
    body = chance.choice(_BODIES)
    if chance.random() < 0.4:
        body = _mutated(body, chance)
    if b"Content-Encoding: gzip" in headers and chance.random() < 0.5:
        body = gzip.compress(body * 100)
    content = _response(chance.choice(_STATUSES), headers, body, chance)
    if chance.random() < 0.2:
        content = _mutated(content, chance)
    if chance.random() < 0.15:
        content = content[: chance.randrange(len(content) + 1)]
    return _Said(content, reset=chance.random() < 0.1)


def _response(
    status: bytes, headers: list[bytes], body: bytes, chance: random.Random | None = None
) -> bytes:
    framing, sent = b"Content-Length: %d" % len(body), body
    pick = 1.0 if chance is None else chance.random()
    if chance is not None and pick < 0.2:
        framing = b"Transfer-Encoding: chunked"
        sizes = [b"%x", b"%X;a=b", b"-%x", b"0x%x", b"%x0000000000000000"]
        size = chance.choice(sizes) % len(body)
        sent = size + b"\r\n" + body + chance.choice([b"\r\n0\r\n\r\n", b"\r\n", b"", b"\n0\n\n"])
    elif pick < 0.3:
        framing = b"Content-Length: %d" % (len(body) + 7)
    elif pick < 0.35:
        framing = b"Content-Length: 1\r\nContent-Length: 2"
    elif pick < 0.4:
        framing = b"Connection: close"
    head = [b"HTTP/1.1 " + status, *headers, framing]
    return b"\r\n".join(head) + b"\r\n\r\n" + sent


def _mutated(text: bytes, chance: random.Random) -> bytes:
    changed = bytearray(text)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(4):
            case 0:
                changed[place:place] = chance.randbytes(chance.randrange(1, 4))
            case 1:
                del changed[place : place + chance.randrange(1, 9)]
            case 2:
                changed[place:place] = changed[: chance.randrange(1, 40)]
            case _:
                changed[place : place + 1] = chance.choice(
                    [b"\0", b'"', b"{", b"\r\n", b"\xff", b"\\"]
                )
    return bytes(changed)


@contextmanager
def _answering() -> Iterator[tuple[str, list[_Said]]]:
    """Run a server that gives each request the next answer of a script, then closes the connection."""
    script: list[_Said] = []

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                client.settimeout(2)
                try:
                    _read_request(client)
                    said = script.pop(0) if script else _Said(b"", reset=False)
                    client.sendall(said.content)
                    if said.reset:
                        linger = struct.pack("ii", 1, 0)
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", script
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _read_request(client: socket.socket) -> None:
    """Read a request until the client waits for an answer: its head, and a body of known length."""
    read = b""
    while b"\r\n\r\n" not in read:
        piece = client.recv(1 << 16)
        if not piece:
            return
        read += piece
    head, _, body = read.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            missing = int(line.partition(b":")[2]) - len(body)
            while missing > 0:
                missing -= len(client.recv(1 << 16)) or missing


if __name__ == "__main__":
    import sys

    for outcome, count in run(int(sys.argv[1]), int(sys.argv[2])).most_common():
        sys.stdout.write(f"{count:>8,} {outcome}\n")
