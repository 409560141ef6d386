"""Requests with ambiguous framing are refused, against request smuggling (RFC 9112)."""

from __future__ import annotations

import re
import socket

import httpx
import pytest
from endpoints import Running

POST = "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
CHUNKS = "5\r\nASK{}\r\n0\r\n\r\n"
SMUGGLED = "GET /style.css HTTP/1.1\r\nHost: localhost\r\n\r\n"


def statuses(running: Running, sent: str) -> list[int]:
    """Send bytes, and return the status of each response until the server closes the connection."""
    address = httpx.URL(running.root)
    with socket.create_connection((address.host, address.port), timeout=30) as client:
        client.sendall(sent.encode("latin-1"))
        received = b""
        try:
            while chunk := client.recv(65536):
                received += chunk
        except ConnectionError:
            pass
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", received)]


@pytest.mark.parametrize(
    "fields",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Transfer-Encoding: chunked\r\nContent-Length: 0",
        "transfer-encoding: CHUNKED\r\ncontent-length: 15",
        "Content-Length: 5\r\nContent-Length: 15",
        "Content-Length: 5, 15",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Content-Length: 5_0",
        "Content-Length:",
        "Content-Length: 5\r\n 5",
        "Content-Length : 5",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding\t: chunked",
        "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: \x0bchunked",
        "Transfer-Encoding: chunked\x00",
        "X: a\r\n\tTransfer-Encoding: chunked",
        "X: a\nTransfer-Encoding: chunked",
        "X: a\rTransfer-Encoding: chunked",
        "X: a\r\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\n",
        ": chunked",
        "Transfer-Encoding",
        "Trans\xa0fer-Encoding: chunked",
    ],
)
def test_ambiguous_length(shipped: Running, fields: str) -> None:
    assert statuses(shipped, f"{POST}{fields}\r\n\r\n{CHUNKS}{SMUGGLED}") == [400]


@pytest.mark.parametrize(
    "fields",
    [
        "Transfer-Encoding: identity",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    ],
)
def test_other_transfer_codings(shipped: Running, fields: str) -> None:
    (status,) = statuses(shipped, f"{POST}{fields}\r\n\r\n{CHUNKS}{SMUGGLED}")
    assert status in (400, 501)


@pytest.mark.parametrize(
    "body",
    [
        "+5\r\nASK{}\r\n0\r\n\r\n",
        "-5\r\nASK{}\r\n0\r\n\r\n",
        "0x5\r\nASK{}\r\n0\r\n\r\n",
        "5\r\nASK{}XX0\r\n\r\n",
        "5\r\nASK{}\n0\r\n\r\n",
        "5;a=b\nc\r\nASK{}\r\n0\r\n\r\n",
        "5\rASK{}\r\n0\r\n\r\n",
        " 5\r\nASK{}\r\n0\r\n\r\n",
        "5\r\nASK{}\r\n0\r\nX : a\r\n\r\n",
        "100000000000000000000\r\nASK{}\r\n0\r\n\r\n",
    ],
)
def test_malformed_chunks(shipped: Running, body: str) -> None:
    sent = f"{POST}Transfer-Encoding: chunked\r\n\r\n{body}{SMUGGLED}"
    assert statuses(shipped, sent) == [400]


@pytest.mark.parametrize("extra", ["", ";a=b", ';a="b"', " "])
def test_the_connection_closes_after_a_chunked_request(shipped: Running, extra: str) -> None:
    body = CHUNKS.replace("5\r\n", f"5{extra}\r\n", 1)
    sent = f"{POST}Transfer-Encoding: chunked\r\n\r\n{body}{SMUGGLED}"
    assert statuses(shipped, sent) == [200]


def test_closing_after_a_chunked_request_is_announced(shipped: Running) -> None:
    pieces = iter([b"ASK{}"])
    headers = {"content-type": "application/sparql-query"}
    with httpx.Client() as client:
        answer = client.post(shipped.sparql, content=pieces, headers=headers)
        assert (answer.status_code, answer.headers["connection"]) == (200, "close")
        assert (
            "connection"
            not in client.post(shipped.sparql, content=b"ASK{}", headers=headers).headers
        )


def test_chunked_http_1_0(shipped: Running) -> None:
    sent = f"{POST}Transfer-Encoding: chunked\r\n\r\n{CHUNKS}{SMUGGLED}".replace("1.1", "1.0", 1)
    assert statuses(shipped, sent) == [400]


def test_pipelined_requests(shipped: Running) -> None:
    last = SMUGGLED.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
    sent = f"{POST}Content-Length: 5\r\n\r\nASK{{}}{SMUGGLED}{last}"
    assert statuses(shipped, sent) == [200, 200, 200]


def test_malformed_bytes_after_a_request_cause_no_error_in_the_log(shipped: Running) -> None:
    """The malformed bytes arrive while a response is being sent."""
    get = "GET /data/all.nq HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    for sent in (f"{get}zz\r\n", f"{get}5\r\nabcdeXX", f"{SMUGGLED}\x00\x01\r\n\r\n"):
        assert statuses(shipped, sent)[0] in (200, 400)
    log = shipped.log.read_text()
    assert "Traceback" not in log
    assert "Fatal error" not in log
