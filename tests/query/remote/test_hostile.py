"""Stores that are slow, flood the client or answer nonsense: each raises an error that says so."""

from __future__ import annotations

import gzip
import itertools
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from scripted import YES, Says, scripted

from testimonia import loading
from testimonia.errors import AccessDenied, StoreError, StoreUnreachable, TimeLimitExceeded
from testimonia.query.remote import Credentials, RemoteStore, connect, watchdog
from testimonia.query.remote.transport import AnswerTooLarge

pytestmark = pytest.mark.slow

GRAPH = NamedNode("x:g")
JSON = "application/sparql-results+json"
HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n".encode()
FULL = HEAD + b"Content-Length: 29\r\n\r\n" + YES.content


@contextmanager
def listening(serve: Callable[[socket.socket], None], after: int = 0) -> Iterator[str]:
    """Listen on this machine; the first connections get a good answer each, the others what is given."""
    open_ones: list[socket.socket] = []
    numbers = itertools.count()

    def one(client: socket.socket) -> None:
        try:
            if next(numbers) < after:
                client.recv(1 << 16)
                client.sendall(FULL)
                client.shutdown(socket.SHUT_RDWR)
            else:
                serve(client)
        except OSError:
            pass
        finally:
            client.close()

    def accept() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            open_ones.append(client)
            threading.Thread(target=one, args=(client,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for client in open_ones:
            client.close()
        thread.join()


def drip(text: bytes, first: bytes = b"", *, read: bool = True) -> Callable[[socket.socket], None]:
    def serve(client: socket.socket) -> None:
        if read:
            client.recv(1 << 16)
        client.sendall(first)
        for byte in itertools.cycle(text):
            client.sendall(bytes([byte]))
            time.sleep(0.05)

    return serve


def silent(client: socket.socket) -> None:
    while client.recv(1 << 16):
        pass


DRIPS = {
    "body": drip(b" ", HEAD + b"Content-Length: 100000\r\n\r\n"),
    "chunks": drip(b"1\r\n \r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
    "head": drip(b"X-A: b\r\n", HEAD),
    "status line": drip(b"H"),
    "informational answers": drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "error": drip(b" ", b"HTTP/1.1 500 No\r\nContent-Length: 100000\r\n\r\n"),
}


@pytest.mark.parametrize("serve", DRIPS.values(), ids=DRIPS)
@pytest.mark.parametrize("kind", ["rdf4j", None])
def test_a_store_that_sends_too_slowly_is_given_up(
    serve: Callable[[socket.socket], None], kind: str | None
) -> None:
    begin = time.monotonic()
    with (
        listening(serve) as host,
        pytest.raises(StoreError, match="less than 100 bytes a second for 1 seconds"),
    ):
        connect(f"http://{host}", store=kind, credentials=Credentials(), timeout=1)
    assert time.monotonic() - begin < 20


def test_a_store_that_receives_too_slowly_is_given_up(tmp_path: Path) -> None:
    def slow_reader(client: socket.socket) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        while client.recv(1):
            time.sleep(0.05)

    (tmp_path / "big.nt").write_text("".join(f"<x:{i}> <x:p> <x:o> .\n" for i in range(200_000)))

    class Body:
        size = (tmp_path / "big.nt").stat().st_size

        def __iter__(self) -> Iterator[bytes]:
            yield (tmp_path / "big.nt").read_bytes()

    with (
        listening(slow_reader, after=1) as host,
        connect(f"http://{host}", store="rdf4j", credentials=Credentials(), timeout=1) as store,
        pytest.raises(StoreUnreachable, match=r"less than 100 bytes a second|did not answer for"),
    ):
        store.put(GRAPH, Body())


def test_a_time_limit_applies_to_the_whole_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "LEAST_RATE", 0)
    with (
        listening(DRIPS["body"], after=1) as host,
        connect(f"http://{host}", store="rdf4j", credentials=Credentials(), timeout=60) as store,
        pytest.raises(TimeLimitExceeded, match="longer than 2 seconds in total"),
    ):
        store.query("ASK {}", time_limit=2)


@pytest.mark.parametrize("query", ["ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_an_answer_cut_off_by_the_time_limit_is_not_complete(
    monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr(watchdog, "LEAST_RATE", 0)
    head = "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nConnection: close\r\n\r\n"  # and no length

    def line_by_line(client: socket.socket) -> None:
        client.recv(1 << 16)
        kind, begin = (JSON, YES.content) if query == "ASK {}" else ("application/n-triples", b"")
        client.sendall(head.format(kind).encode() + begin)
        while True:
            client.sendall(b"\n" if begin else b"<x:s> <x:p> <x:o> .\n")
            time.sleep(0.05)

    with (
        listening(line_by_line, after=1) as host,
        connect(f"http://{host}", store="rdf4j", credentials=Credentials(), timeout=60) as store,
        pytest.raises(TimeLimitExceeded, match="longer than 1 seconds in total"),
    ):
        store.query(query, time_limit=1)


@pytest.mark.parametrize("serve", [silent, drip(b"\x16\x03\x03\x40\x00", read=False)])
def test_a_port_without_tls_is_given_up(
    serve: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "HANDSHAKE_SECONDS", 2.0)
    waits: list[float] = []
    begin = time.monotonic()
    with listening(serve) as host, pytest.raises(StoreUnreachable, match="no secure connection"):
        connect(
            f"https://{host}",
            store="rdf4j",
            credentials=Credentials(),
            wait=waits.append,
            timeout=2,
        )
    assert waits == []  # it is not tried again
    assert time.monotonic() - begin < 20


def test_plain_http_behind_https_is_reported() -> None:
    with (
        scripted(YES) as script,
        pytest.raises(StoreUnreachable, match="no secure connection") as caught,
    ):
        connect(script.url.replace("http:", "https:"), store="rdf4j", timeout=5)
    assert "http://" in caught.value.hint


def test_an_untrusted_certificate_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        capture_output=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked: list[bytes] = []

    def serve(client: socket.socket) -> None:
        with context.wrap_socket(client, server_side=True) as secure:
            asked.append(secure.recv(1 << 16))
            secure.sendall(FULL)

    me = Credentials("me", "secret")
    with (
        listening(serve) as host,
        pytest.raises(StoreUnreachable, match=r"certificate|CERTIFICATE"),
    ):
        connect(f"https://{host}", store="rdf4j", credentials=me, timeout=5)
    assert asked == []


CHALLENGES = [
    "Digest realm",
    "Digest ",
    'Digest realm="r"',
    'Digest realm="r", nonce="n", algorithm=FOO',
    'Digest realm="r", nonce="n", qop="auth-int"',
    'Digest realm="r", nonce="n", qop="nothing"',
    'Digest realm="Ré", nonce="n", qop="auth"',
    'Digest realm="r", nonce="n", opaque',
    "Digest =,=,=",
    "Digest realm=\x01, nonce=\x01",
]


@pytest.mark.parametrize("challenge", CHALLENGES)
def test_an_unsupported_challenge_is_reported(challenge: str) -> None:
    no = Says(401, b"who are you?", {"WWW-Authenticate": challenge})
    with scripted(no) as script, pytest.raises(AccessDenied) as caught:
        connect(script.url, store="virtuoso", credentials=Credentials("me", "secret"), timeout=5)
    assert "secret" not in str(caught.value)
    assert "\x01" not in str(caught.value)


def opened(url: str) -> RemoteStore:
    return connect(url, store="rdf4j", credentials=Credentials(), timeout=5, wait=lambda _: None)


def nested(levels: int) -> bytes:
    iri = {"type": "uri", "value": "x:s"}
    begin = json.dumps({"type": "triple", "value": {"subject": iri, "predicate": iri, "object": 5}})
    term = begin.replace("5}}", "") * levels + json.dumps(iri) + "}}" * levels
    table = json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": 5}]}})
    return table.replace("5", term).encode()


NONSENSE = {
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"head":' * 100_000,
    "deep rows": b'{"head":{"vars":["a"]},"results":{"bindings":' + b"[" * 100_000 + b"]" * 100_000,
    "deep triple terms": nested(20_000),
    "less deep triple terms": nested(300),
    "a number": b"5",
    "a list": b"[]",
    "no rows": b'{"head":{"vars":["a"]},"results":{"bindings":5}}',
    "rows of numbers": b'{"head":{"vars":["a"]},"results":{"bindings":[5]}}',
    "cells of numbers": b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":5}]}}',
    "not UTF-8": b'{"head":"\xff"}',
    "nothing": b"",
}


@pytest.mark.parametrize("content", NONSENSE.values(), ids=NONSENSE)
def test_invalid_results_are_reported(content: bytes) -> None:
    said = Says(content=content, headers={"Content-Type": JSON})
    with (
        scripted(YES, said) as script,
        opened(script.url) as store,
        pytest.raises(StoreError, match="answers with success, but with"),
    ):
        store.query("SELECT * { ?s ?p ?o }")


def test_deep_triple_terms_in_a_graph_end_in_an_error(tmp_path: Path) -> None:
    """The parser of RDF would end the process."""
    deep = b"<x:s> <x:p> " + b"<<( <x:s> <x:p> " * 20_000 + b"<x:o>" + b" )>>" * 20_000 + b" .\n"
    said = Says(content=deep, headers={"Content-Type": "application/n-triples"})
    (tmp_path / "a.nq").write_text("<x:s> <x:p> <x:o> <x:g> .\n")
    count = {"g": {"type": "uri", "value": "x:g"}, "n": {
        "type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}}  # fmt: skip
    rows = json.dumps({"head": {"vars": ["g", "n"]}, "results": {"bindings": [count]}}).encode()
    counted = Says(content=rows, headers={"Content-Type": JSON})
    with (
        scripted(YES, counted, said) as script,
        pytest.raises(StoreError, match="more than 256 levels deep"),
    ):
        loading.load(tmp_path / "a.nq", script.url, store="rdf4j")
    with scripted(YES, said) as script, opened(script.url) as store, pytest.raises(StoreError):
        store.query("CONSTRUCT WHERE { ?s ?p ?o }")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "x\x1b[2J"])
def test_unrequested_compression_is_refused(encoding: str) -> None:
    bomb = gzip.compress(bytes(1 << 24))
    said = Says(content=bomb, headers={"Content-Type": JSON, "Content-Encoding": encoding})
    with (
        scripted(YES, said) as script,
        opened(script.url) as store,
        pytest.raises(StoreError, match="compresses its answer") as caught,
    ):
        store.query("ASK {}")
    assert script.asked[-1].headers["Accept-Encoding"] == "identity"
    assert "\x1b" not in str(caught.value)


def test_a_graph_that_never_ends_is_not_taken() -> None:
    said = Says(content=bytes(1 << 20), headers={"Content-Type": "application/n-triples"})
    with (
        scripted(YES, said) as script,
        opened(script.url) as store,
        pytest.raises(AnswerTooLarge, match="larger than"),
    ):
        store.read(GRAPH, BytesIO(), most=1 << 16)


def test_a_graph_larger_than_the_one_to_be_loaded_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is another, whose literals are longer: no reason not to replace it."""
    monkeypatch.setattr(loading, "LARGEST_ANSWER", 1000)
    (tmp_path / "a.nq").write_text("<x:s> <x:p> <x:o> <x:g> .\n")
    count = {"g": {"type": "uri", "value": "x:g"}, "n": {"type": "literal", "value": "1"}}
    rows = json.dumps({"head": {"vars": ["g", "n"]}, "results": {"bindings": [count]}}).encode()
    triples = {"Content-Type": "application/n-triples"}
    script = (
        YES,
        Says(content=rows, headers={"Content-Type": JSON}),
        Says(content=b'<x:s> <x:p> "%s" .\n' % (b"x" * 5000), headers=triples),
        Says(204),
        Says(content=b"<x:s> <x:p> <x:o> .\n", headers=triples),
    )
    with scripted(*script) as server:
        report = loading.load(tmp_path / "a.nq", server.url, store="rdf4j")
    assert (report.passes, report.loaded) == (True, 1)


def test_many_requests_leave_no_connection_or_thread_behind() -> None:
    with scripted(YES) as script:
        for _ in range(3):
            with opened(script.url) as store:
                for _ in range(5):
                    store.query("ASK {}")
                connections = store._transport._connections
                assert len(connections._connections) <= 1
            assert connections._connections == []
    assert not [thread for thread in threading.enumerate() if "_look" in thread.name]
