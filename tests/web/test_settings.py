"""Which settings are valid, and errors at startup."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from testimonia.errors import InputError, SyntaxFault, TestimoniaError
from testimonia.web.server import serve
from testimonia.web.settings import Settings


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"port": -1}, "the port cannot be -1"),
        ({"port": 70000}, "the port cannot be 70000"),
        ({"workers": 1}, "the number of workers cannot be 1"),
        ({"time_limit": 0}, "the time limit cannot be 0"),
        ({"time_limit": float("nan")}, "the time limit cannot be nan"),
        ({"time_limit": float("inf")}, "the time limit cannot be inf"),
        ({"memory": 1}, "the memory of a worker cannot be 1"),
        ({"largest_answer": 0}, "the size limit of answers cannot be 0"),
        ({"waiting": 0}, "the number of waiting requests cannot be 0"),
        ({"grace": -1}, "the grace period cannot be -1"),
        ({"url": "claims.example.org"}, "the URL 'claims.example.org' cannot be used"),
        ({"url": "ftp://a.example/"}, "cannot be used"),
        ({"url": "http://a.example/path"}, "cannot be used"),
        ({"url": "http://u:p@a.example/"}, "cannot be used"),
        ({"url": "http://a.example/?q"}, "cannot be used"),
        ({"url": "http://a.example:99999/"}, "cannot be used"),
        ({"url": "http://[::1/"}, "cannot be used"),
        ({"url": "http://a.example\n/"}, "cannot be used"),
        ({"url": 'http://a"b/'}, "cannot be used"),
    ],
)
def test_refused(named: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        Settings(**named)
    assert message in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("named", "loopback", "private"),
    [
        ({}, True, False),
        ({"sources": (Path("a"),)}, True, True),
        ({"store": Path("a")}, True, True),
        ({"texts": Path("a")}, True, True),
        ({"store": Path("a"), "host": "::1"}, True, True),
        ({"store": Path("a"), "host": "localhost"}, True, True),
        ({"store": Path("a"), "host": "0.0.0.0"}, False, False),  # noqa: S104
        ({"store": Path("a"), "host": "claims.example"}, False, False),
        ({"store": Path("a"), "url": "https://a.example"}, False, False),
    ],
)
def test_loopback_and_private(named: dict[str, Any], loopback: bool, private: bool) -> None:
    settings = Settings(**named)
    assert (settings.loopback, settings.private) == (loopback, private)


@pytest.mark.parametrize(("workers", "long"), [(2, 1), (3, 1), (5, 1), (6, 2), (9, 3)])
def test_long_workers(workers: int, long: int) -> None:
    assert Settings(workers=workers).long_workers == long


def test_an_address_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=rf"cannot listen on 127\.0\.0\.1 port {port} "):
            serve(Settings(port=port))
    with pytest.raises(InputError, match=r"cannot listen on no\.such\.host\.invalid"):
        serve(Settings(host="no.such.host.invalid", port=0))


def test_data_that_cannot_be_read(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<urn:x:s> <urn:x:p> .\n")
    remote = tmp_path / "remote.jsonld"
    remote.write_text('{"@context": "http://127.0.0.1:1/context", "@id": "urn:x:s"}')
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_text("x")
    for named, message in [
        ({"sources": (broken,)}, "not well formed"),
        ({"sources": (remote,)}, "refers to a remote JSON-LD context, and nothing is fetched"),
        ({"sources": (tmp_path / "none.ttl",)}, "there is no such file or directory"),
        ({"store": tmp_path / "other"}, "this directory holds no store"),
    ]:
        with pytest.raises(TestimoniaError, match=message) as caught:
            serve(Settings(port=0, **named))  # type: ignore[arg-type]
        assert not isinstance(caught.value, SyntaxFault) or caught.value.place
