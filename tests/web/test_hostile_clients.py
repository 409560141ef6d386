"""Malformed and hostile requests, slow clients, and what a confined worker can do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import uvicorn
from endpoints import Running, endpoint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testimonia.processes.resource_limits import limit_resources
from testimonia.web.http.connection import LimitedH11Protocol

FUZZED = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def exchange(running: Running, sent: bytes, *, waits: bool = False) -> bytes:
    """Send bytes, and return everything received until the connection closes.

    Who waits keeps the connection open: for who hangs up, the server stops looking for an answer.
    """
    address = httpx.URL(running.root)
    with socket.create_connection((address.host, address.port), timeout=10) as client:
        client.sendall(sent)
        if not waits:
            client.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(ConnectionError):
            while chunk := client.recv(65536):
                received += chunk
    return received


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
        b"GET\r\n\r\n",
        b"GET /sparql\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\nb\x00\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1e9\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost@evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: local host\r\n\r\n",
        b'GET /sparql HTTP/1.1\r\nHost: localhost"><x\r\n\r\n',
    ],
)
def test_malformed_requests(shipped: Running, sent: bytes) -> None:
    received = exchange(shipped, sent)
    assert received.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501 "))
    assert b"Traceback" not in received
    assert b"evil" not in received


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1", "[::1]:8000"])
def test_loopback_hosts(shipped: Running, host: str) -> None:
    answer = httpx.get(shipped.sparql, headers={"host": host, "accept": "application/n-triples"})
    assert answer.status_code == 200
    assert f"<http://{host}/sparql>" in answer.text


@FUZZED
@given(query=st.text(max_size=200) | st.text(alphabet="ASK{}<>?:\"'\\ SERVICE#\n%", max_size=60))
def test_any_text_as_a_query(shipped: Running, query: str) -> None:
    answer = httpx.get(shipped.sparql, params={"query": query.encode("utf-8", "surrogatepass")})  # type: ignore[dict-item]
    assert answer.status_code in (200, 400, 403)


@FUZZED
@given(content=st.binary(max_size=200), form=st.booleans())
def test_any_bytes_as_a_query(shipped: Running, content: bytes, form: bool) -> None:
    types = {True: "application/x-www-form-urlencoded", False: "application/sparql-query"}
    answer = httpx.post(shipped.sparql, content=content, headers={"content-type": types[form]})
    assert 400 <= answer.status_code < 500


@FUZZED
@given(name=st.sampled_from(["incident", "include_state_media", "x"]), value=st.text(max_size=60))
def test_any_text_as_a_parameter(shipped: Running, name: str, value: str) -> None:
    with contextlib.suppress(UnicodeEncodeError):
        answer = httpx.get(
            f"{shipped.root}questions/confirmed-figures",
            params={name: value},
            headers={"accept": "text/html"},
        )
        assert answer.status_code in (200, 400, 404)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert not any(char in answer.text for char in "\x00\x1b\x85\u202e\u2028")


@FUZZED
@given(path=st.binary(max_size=60))
def test_any_path(shipped: Running, path: bytes) -> None:
    sent = b"GET /" + path.replace(b"\r", b"").replace(b"\n", b"") + b" HTTP/1.1\r\n"
    rest = b"Host: localhost\r\nConnection: close\r\n\r\n"
    received = exchange(shipped, sent + rest, waits=True)
    assert received[:9] == b"HTTP/1.1 "
    assert received[9:12] in (b"200", b"400", b"404")
    assert b"root:" not in received


def test_no_header_can_be_injected(shipped: Running) -> None:
    injected = quote("x\r\nX-Injected: 1\r\n\r\n")
    for path in (f"sparql?query={injected}", f"questions/{injected}", f"data/{injected}"):
        answer = httpx.get(shipped.root + path)
        assert answer.status_code in (400, 404)
        assert "x-injected" not in answer.headers
    assert "\nX-Injected" not in shipped.log.read_text()


def test_hostile_data_are_escaped(tmp_path: Path) -> None:
    data = tmp_path / "own.nt"
    label = '"<img src=x onerror=alert(1)> \\u202E \\u001B[31m {{ 7*7 }}"@en'
    data.write_text(
        f"<urn:x:s> <http://www.w3.org/2000/01/rdf-schema#label> {label} .\n"
        '<urn:x:s> <urn:x:p> "\\u0000"^^<javascript:alert(1)> .\n'
        "<urn:x:s> <urn:x:p> <javascript:alert(1)> .\n"
    )
    with endpoint(tmp_path, str(data)) as running:
        page = httpx.get(
            running.sparql,
            params={"query": "SELECT * { ?s ?p ?o FILTER(?s = <urn:x:s>) }"},
            headers={"accept": "text/html"},
        )
    assert page.status_code == 200
    assert "<img" not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt; \\u202e \\x1b[31m {{ 7*7 }}" in page.text
    assert 'href="javascript:' not in page.text
    assert "\x00" not in page.text


def test_other_websites_cannot_read_private_data(tmp_path: Path) -> None:
    data = tmp_path / "own.nt"
    data.write_text("<urn:x:s> <urn:x:p> <urn:x:o> .\n")
    ask = {"query": "ASK {}"}
    with endpoint(tmp_path, str(data)) as running:
        evil = httpx.get(running.sparql, params=ask, headers={"origin": "https://evil.example"})
        own = httpx.get(running.sparql, params=ask, headers={"origin": "http://localhost:9999"})
    assert "access-control-allow-origin" not in evil.headers
    assert own.headers["access-control-allow-origin"] == "http://localhost:9999"


def test_behind_a_proxy(tmp_path: Path) -> None:
    with endpoint(tmp_path, "--url", "https://claims.example.org") as running:
        assert running.root == "https://claims.example.org"
        log = Path(f"/proc/{running.process.pid}/net/tcp")
        port = listening(running.process.pid, log)
        local = f"http://127.0.0.1:{port}/sparql"
        answer = httpx.get(local, headers={"accept": "application/n-triples"})
        assert "<https://claims.example.org/sparql>" in answer.text
        named = {"host": "claims.example.org", "origin": "https://page.example"}
        answer = httpx.get(local, params={"query": "ASK {}"}, headers=named)
        assert answer.headers["access-control-allow-origin"] == "*"


def listening(process: int, table: Path) -> int:
    sockets = {str(fd.readlink()) for fd in Path(f"/proc/{process}/fd").iterdir()}
    for line in table.read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
            return int(fields[1].rpartition(":")[2], 16)
    raise AssertionError("the server does not listen")


# ------------------------------------------------------------------- slow clients


async def large(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(1000):
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


class ShortTimeout(LimitedH11Protocol):
    """Has a short timeout."""

    timeout = 0.3


@pytest.fixture
def short_timeout() -> Iterator[tuple[str, int]]:
    """Serve a large response over connections with a short timeout."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(large, http=ShortTimeout, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()
    listener.close()


def closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_request_head_that_does_not_arrive_in_time(short_timeout: tuple[str, int]) -> None:
    with socket.create_connection(short_timeout, timeout=10) as silent:
        assert closed(silent)
    with (
        socket.create_connection(short_timeout, timeout=10) as slow,
        pytest.raises(ConnectionError),
    ):
        dribble(slow)


def dribble(client: socket.socket) -> None:
    """Send byte by byte, as Slowloris does; uvicorn alone would wait."""
    for _ in range(100):
        client.sendall(b"G")
        time.sleep(0.05)


def test_a_response_that_is_not_read(short_timeout: tuple[str, int]) -> None:
    with socket.create_connection(short_timeout, timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(2)
        received = 0
        with contextlib.suppress(ConnectionResetError):
            while chunk := client.recv(1 << 20):
                received += len(chunk)
        assert received < 1000 * 65536


def test_a_client_that_reads_gets_the_whole_response(short_timeout: tuple[str, int]) -> None:
    answer = httpx.get(f"http://{short_timeout[0]}:{short_timeout[1]}/")
    assert len(answer.content) == 1000 * 65536


# ------------------------------------------------------------------- workers


def confined(files: bool) -> str:
    """Report what a confined process can still do."""
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        results = []
        try:
            limit_resources(64, files=files)
            for name, attempt in ATTEMPTS.items():
                try:
                    attempt()
                except (OSError, MemoryError) as error:
                    results.append(f"{name}: {type(error).__name__}")
                else:
                    results.append(f"{name}: done")
            os.write(sender, "\n".join(results).encode())
        finally:
            os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, "rb") as stream:
        content = stream.read().decode()
    os.waitpid(child, 0)
    return content


def write_a_file() -> None:
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    path = Path("/tmp") / f"testimonia-confined-{os.getpid()}"  # noqa: S108
    try:
        path.write_bytes(b"x")
    finally:
        path.unlink(missing_ok=True)


ATTEMPTS = {
    "read": lambda: Path("/etc/passwd").read_bytes(),
    "connect": lambda: socket.socket().close(),
    "write": write_a_file,
    # More than the memory that this process has freed but not returned, which it may still use.
    "take memory": lambda: bytearray(4 << 30),
}


def test_a_worker_can_use_neither_files_nor_network() -> None:
    assert confined(files=False).splitlines() == [
        "read: OSError",
        "connect: OSError",
        "write: OSError",
        "take memory: MemoryError",
    ]


def test_a_worker_with_a_store_cannot_write_files() -> None:
    assert confined(files=True).splitlines() == [
        "read: done",
        "connect: done",
        "write: OSError",
        "take memory: MemoryError",
    ]
