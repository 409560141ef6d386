"""Range requests; those of one client for one query are all of the same answer."""

from __future__ import annotations

import httpx
import pytest
from endpoints import Running

RANDOM = "SELECT (STRUUID() AS ?a) (STRUUID() AS ?b) {}"
FIXED = 'SELECT ("0123456789" AS ?a) {}'  # in CSV: a, 10 digits, and two line ends: 15 bytes


@pytest.mark.parametrize(
    ("wanted", "status", "content", "content_range"),
    [
        ("bytes=0-0", 206, "a", "bytes 0-0/15"),
        ("bytes=3-5", 206, "012", "bytes 3-5/15"),
        ("BYTES=3-5", 206, "012", "bytes 3-5/15"),
        ("bytes=10-", 206, "789\r\n", "bytes 10-14/15"),
        ("bytes=-3", 206, "9\r\n", "bytes 12-14/15"),
        ("bytes=-99", 206, "a\r\n0123456789\r\n", "bytes 0-14/15"),
        ("bytes=3-999", 206, "0123456789\r\n", "bytes 3-14/15"),
        ("bytes=15-", 416, None, "bytes */15"),
        ("bytes=15-20", 416, None, "bytes */15"),
        ("bytes=-0", 416, None, "bytes */15"),
        # Malformed ranges, other units and multiple ranges are ignored.
        ("bytes=5-3", 200, "a\r\n0123456789\r\n", None),
        ("bytes=0-1,3-4", 200, "a\r\n0123456789\r\n", None),
        ("bytes=-", 200, "a\r\n0123456789\r\n", None),
        ("rows=0-1", 200, "a\r\n0123456789\r\n", None),
        ("bytes=a-b", 200, "a\r\n0123456789\r\n", None),
        ("bytes=0-1" + ",0-1" * 10_000, 200, "a\r\n0123456789\r\n", None),
        ("bytes=" + "9" * 5000 + "-", 200, "a\r\n0123456789\r\n", None),
    ],
)
def test_ranges(
    shipped: Running, wanted: str, status: int, content: str | None, content_range: str | None
) -> None:
    params = {"query": FIXED, "format": "csv"}
    answer = httpx.get(shipped.sparql, params=params, headers={"range": wanted})
    assert answer.status_code == status
    assert answer.headers.get("content-range") == content_range
    if content is not None:
        assert answer.text == content
        assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    "wanted", ["lines=1-2", "bytes=abc", "bytes=5-2", "bytes=0-1,3-4", "bytes=-"]
)
def test_invalid_ranges_of_a_file_are_ignored(shipped: Running, wanted: str) -> None:
    whole = httpx.get(shipped.root + "data/all.nq")
    answer = httpx.get(shipped.root + "data/all.nq", headers={"range": wanted})
    assert (answer.status_code, answer.content) == (200, whole.content)


def test_a_range_of_a_file(shipped: Running) -> None:
    address = shipped.root + "data/all.nq"
    whole = httpx.get(address)
    part = httpx.get(address, headers={"range": "bytes=100-199", "if-range": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    head = httpx.head(address)
    assert (head.headers["content-length"], head.content) == (str(len(whole.content)), b"")


def test_ranges_are_of_one_answer(shipped: Running) -> None:
    """The query gives another answer each time it runs."""
    params = {"query": RANDOM, "format": "csv"}
    tags = []
    content = b""
    head = httpx.head(shipped.sparql, params=params)
    for start in range(0, int(head.headers["content-length"]), 10):
        headers = {"range": f"bytes={start}-{start + 9}", "if-range": head.headers["etag"]}
        part = httpx.get(shipped.sparql, params=params, headers=headers)
        assert part.status_code == 206
        tags.append(part.headers["etag"])
        content += part.content
    assert set(tags) == {head.headers["etag"]}
    whole = httpx.get(shipped.sparql, params=params, headers={"range": "bytes=0-"})
    assert whole.content == content
    again = httpx.get(shipped.sparql, params=params)
    assert again.status_code == 200
    assert again.content != content
    assert again.headers["etag"] != head.headers["etag"]


def test_if_range_with_another_etag_returns_the_whole(shipped: Running) -> None:
    params = {"query": RANDOM, "format": "csv"}
    headers = {"range": "bytes=0-9", "if-range": '"of-another"'}
    answer = httpx.get(shipped.sparql, params=params, headers=headers)
    assert (answer.status_code, len(answer.content) > 10) == (200, True)


def test_the_cache_is_per_client(shipped: Running) -> None:
    params = {"query": RANDOM + " #other", "format": "csv"}
    one = httpx.get(shipped.sparql, params=params, headers={"range": "bytes=0-"})
    transport = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(transport=transport) as other:
        two = other.get(shipped.sparql, params=params, headers={"range": "bytes=0-"})
    assert one.content != two.content


def test_a_range_of_a_post_is_ignored(shipped: Running) -> None:
    params = {"query": FIXED, "format": "csv"}
    answer = httpx.post(shipped.sparql, data=params, headers={"range": "bytes=0-1"})
    assert (answer.status_code, len(answer.content)) == (200, 15)


def test_many_cached_answers_are_evicted(shipped: Running) -> None:
    for number in range(40):
        params = {"query": f"{FIXED} #{number}", "format": "csv"}
        part = httpx.get(shipped.sparql, params=params, headers={"range": "bytes=0-1"})
        assert part.status_code == 206
    assert shipped.select("ASK {}").status_code == 200
