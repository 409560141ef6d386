"""Fuzzes the endpoint with requests: methods, URLs, header fields, bodies and framing, by a seed.

A server runs over the shipped data, on loopback. Each request is a well-formed one with some errors put
into it, sent as bytes, sometimes several over a connection. The server must never answer with a server
error; it may close the connection only if the request was incomplete; and its log must contain no
traceback.
"""

from __future__ import annotations

import contextlib
import random
import re
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus, urlsplit

__all__ = ["run"]

FINDING: Final = "finding: "
"""Prefix of outcomes that are findings."""

_PATIENCE: Final = 30.0
_EXPECTED: Final = (503, 504)
_STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3}) ")

_METHODS: Final = [
    "GET",
    "GET",
    "GET",
    "GET",
    "POST",
    "POST",
    "POST",
    "HEAD",
    "OPTIONS",
    "PUT",
    "DELETE",
    "CONNECT",
    "TRACE",
    "get",
    "Ĝ",
]
_PATHS: Final = (
    *(
        "/",
        "/sparql",
        "/sparql",
        "/sparql",
        "/sparql",
        "/questions",
        "/questions/confirmed-figures",
    ),
    *("/questions/confirmed-figures.csv", "/questions/claim-provenance.json", "/questions/x.n3"),
    *("/data/", "/data/dump.nq", "/data/graph.nq", "/data/files/agents.ttl", "/.well-known/void"),
    *("/.well-known/sparql-examples", "/style.css", "/nothing", "*", "http://localhost/sparql"),
    *("//sparql", "/sparql/", "/data/../app.py", "/%2e%2e/", "/sparql#x", ""),
)
_NAMES: Final = (
    *("query", "query", "query", "default-graph-uri", "named-graph-uri", "format", "output"),
    *("results", "update", "incident", "claim", "include_state_media", "graph", "", "x"),
)
_VALUES: Final = (
    *("ASK {}", "SELECT * { ?s ?p ?o } LIMIT 3", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3"),
    *("DESCRIBE tmc:killed", "SELECT (1/0 AS ?x) {}", "SELECT ?s { ?s ?p ?o", "DROP ALL", ""),
    *(
        "ASK { SERVICE <http://127.0.0.1:1/> {} }",
        "SELECT * { ?s <p>* ?o } LIMIT 2",
        "ASK{}#é\U0001f600",
    ),
    *("SELECT ?x { BIND(STRDT('9'*9, xsd:integer) AS ?x) }", "ASK { GRAPH ?g { ?s ?p ?o } }"),
    *("urn:x:g", "https://w3id.org/testimonia/code/", "event:2025-12-13-palmyra-attack", "true"),
    *("csv", "turtle", "json-ld", "text/csv", "image/png", "\x00", "\ud800", "\r\nX: 1", "{{7*7}}"),
    *("<script>", "../../etc/passwd", "'\"`", "%", "%zz", "\u202e", "9" * 400, "é" * 3000),
)
_TYPES: Final = (
    *("application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"),
    *("text/plain", "multipart/form-data; boundary=x", "application/sparql-query; charset=latin-1"),
    *('application/sparql-query;charset="utf-8"', "", "/", ";;;=", "application/json"),
)
_OF_FRAMING: Final = ("Content-Length", "Transfer-Encoding", "Connection", "Upgrade")
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "Accept": (
        *("*/*", "text/html", "text/csv", "application/sparql-results+json", "text/turtle", ""),
        *("text/html;q=0.000", "a/b;q=1.5", 'application/ld+json;profile="x,y"', ";;,", "é"),
        "text/csv" + ", a/b" * 500,
    ),
    "Host": ("localhost", "127.0.0.1:80", "[::1]", "evil.example", "", "a b", "localhost:99999"),
    "Range": (
        "bytes=0-3",
        "bytes=5-",
        "bytes=-2",
        "bytes=9-1",
        "bytes=0-0,2-3",
        "x",
        "bytes=99999999-",
    ),
    "If-Range": ('"x"', "Fri, 01 Jan 2100 00:00:00 GMT", "x"),
    "Origin": ("https://app.example", "null", "http://localhost", "é"),
    "Access-Control-Request-Method": ("POST", "PUT", "", "x y"),
    "Access-Control-Request-Headers": ("authorization", "a,b,c", "", "é", ","),
    "Connection": ("close", "keep-alive", "Upgrade", "close, x"),
    "Upgrade": ("websocket", "h2c", ""),
    "Expect": ("100-continue", "x"),
    "Content-Length": ("0", "5", "-1", "99999999999999999999", "1e3", "5, 5", ""),
    "Transfer-Encoding": ("chunked", "identity", "gzip, chunked", "chunked, chunked"),
    "Content-Encoding": ("gzip", "br"),
    "X-Forwarded-For": ("192.0.2.1", "x", ","),
    "X-Forwarded-Proto": ("https", "x"),
    "Cookie": ("a=b" * 200,),
    "Authorization": ("Basic eDp4", "Bearer x"),
}


def run(seed: int, inputs: int) -> Counter[str]:
    """Send requests, and count the outcomes.

    Parameters
    ----------
    seed
        Seed of the random numbers; the same seed gives the same requests.
    inputs
        How many.

    Returns
    -------
    Counter
        Outcomes by status code; ``ended`` for connections that were closed after an incomplete request;
        and findings, which begin with ``finding:``.
    """
    choice = random.Random(seed)  # noqa: S311 - nothing secret
    outcomes: Counter[str] = Counter()
    with _server() as (port, log):
        for _ in range(inputs):
            request, whole = _request(choice)
            outcomes[_outcome(port, request, whole=whole)] += 1
        if not _answers(port):
            outcomes[f"{FINDING}the server does not answer any more"] += 1
        text = log.read_text(errors="replace")
        for sign in ("Traceback", "Fatal error", "ERROR"):
            if sign in text:
                outcomes[f"{FINDING}the log contains {sign}"] += text.count(sign)
    return outcomes


@contextlib.contextmanager
def _server() -> Iterator[tuple[int, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        command = [sys.executable, "-m", "testimonia", "serve", "--port", "0", "--time-limit", "5"]
        with log.open("wb") as stream:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stream)  # noqa: S603
        try:
            assert process.stdout is not None  # noqa: S101
            with process.stdout:
                said = process.stdout.readline().decode()
            port = urlsplit(said.removeprefix("Serving at ").strip()).port
            if port is None:
                raise RuntimeError(f"the server does not start: {log.read_text()}")
            yield port, log
        finally:
            process.terminate()
            process.wait(60)


def _answers(port: int) -> bool:
    asked = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    return _outcome(port, asked, whole=True) == "200"


def _outcome(port: int, request: bytes, *, whole: bool) -> str:
    received = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as client:
            with contextlib.suppress(ConnectionError):
                client.sendall(request)
                if not whole:  # it would wait for the rest
                    client.shutdown(socket.SHUT_WR)
            while piece := client.recv(1 << 16):
                received += piece
    except TimeoutError:
        return f"{FINDING}no end in {_PATIENCE:g} s: {request[:200]!r}"
    except ConnectionError:
        pass  # what it sent before is looked at
    match = _STATUS.match(received)
    if match is None:
        if whole or received:
            return f"{FINDING}no answer ({received[:40]!r}): {request[:200]!r}"
        return "ended"
    status = int(match[1])
    if status >= 500 and status not in _EXPECTED and not (status == 501 and not whole):
        return f"{FINDING}{status}: {request[:200]!r}"
    return str(status)


def _request(choice: random.Random) -> tuple[bytes, bool]:
    """Make a request, and say whether it is complete, so that it must be answered."""
    method = choice.choice(_METHODS)
    target = _target(choice)
    fields = {"Host": "localhost"}
    body = b""
    if method == "POST" or choice.random() < 0.05:
        body, fields["Content-Type"] = _body(choice)
        fields["Content-Length"] = str(len(body))
    whole = bool(target) and method.isascii() and method != "CONNECT"
    for _ in range(choice.choice((0, 1, 1, 2, 4))):
        name = choice.choice(list(_FIELDS))
        fields[name] = choice.choice(_FIELDS[name])
        whole = whole and name not in _OF_FRAMING
    if whole:
        fields["Connection"] = "close"
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    head = "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n"
    request = head + body
    fault = choice.choice(_FAULTS) if choice.random() < 0.3 else None
    if fault is not None:
        request, whole = fault(choice, request), False
    return request, whole


def _target(choice: random.Random) -> str:
    path = choice.choice(_PATHS)
    pairs = _pairs(choice)
    if not pairs or choice.random() < 0.3:
        return path
    return f"{path}?{pairs}"


def _pairs(choice: random.Random) -> str:
    pairs = []
    for _ in range(choice.choice((0, 1, 1, 1, 2, 3, 6))):
        encode: Callable[[bytes], str] = choice.choice((quote, quote_plus))
        value = choice.choice(_VALUES).encode("utf-8", "surrogatepass")
        pairs.append(f"{choice.choice(_NAMES)}={encode(value)}")
    return choice.choice(("&", "&", "&", ";", "&&")).join(pairs)


def _body(choice: random.Random) -> tuple[bytes, str]:
    content_type = choice.choice(_TYPES)
    if choice.random() < 0.1:
        return choice.randbytes(choice.randint(0, 300)), content_type
    if "urlencoded" in content_type:
        return _pairs(choice).encode(), content_type
    return choice.choice(_VALUES).encode("utf-8", "surrogatepass"), content_type


def _cut(choice: random.Random, request: bytes) -> bytes:
    return request[: choice.randint(0, len(request))]


def _flip(choice: random.Random, request: bytes) -> bytes:
    changed = bytearray(request)
    for _ in range(choice.randint(1, 4)):
        changed[choice.randrange(len(changed))] = choice.randrange(256)
    return bytes(changed)


def _insert(choice: random.Random, request: bytes) -> bytes:
    place = choice.randrange(len(request))
    piece = choice.choice((b"\r", b"\n", b"\x00", b"\r\n ", b" ", b"\r\n\r\n", b":", b"\xff"))
    return request[:place] + piece + request[place:]


def _twice(_: random.Random, request: bytes) -> bytes:
    return request + request


def _chunked(choice: random.Random, request: bytes) -> bytes:
    head, _, body = request.partition(b"\r\n\r\n")
    size = choice.choice((b"%x" % len(body), b"%x" % (len(body) + 1), b"0", b"-1", b"zz", b"5;a=b"))
    end = choice.choice((b"0\r\n\r\n", b"0\r\nX: a\r\n\r\n", b"0\n\n", b""))
    return b"%s\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n%s\r\n%s" % (head, size, body, end)


def _older(_: random.Random, request: bytes) -> bytes:
    return request.replace(b"HTTP/1.1", b"HTTP/1.0", 1)


_FAULTS: Final = (_cut, _flip, _insert, _twice, _chunked, _older)
