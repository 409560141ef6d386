"""The application without a server around it: what goes wrong within it, and who it is asked as."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping

import httpx
import pytest

from testimonia.web.app import application
from testimonia.web.contents import Contents
from testimonia.web.keeping import ForkServer
from testimonia.web.logs import LOG
from testimonia.web.pool import Pool
from testimonia.web.settings import Settings


@pytest.fixture(scope="module")
def fork_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    made = ForkServer(SETTINGS, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


SETTINGS = Settings(host="0.0.0.0", workers=2)  # noqa: S104 - nothing is bound


def asked(
    fork_server: ForkServer, contents: Contents, headers: Mapping[str, str], path: str = "/sparql"
) -> httpx.Response:
    async def ask() -> httpx.Response:
        pool = Pool(fork_server, SETTINGS)
        app = application(SETTINGS, contents, {}, {}, pool)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://any") as client:
                return await client.get(path, headers=headers)
        finally:
            pool.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("host", ["[:::]", "[1.2]:80", "a/b", ""])
@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void", "/sparql?query=ASK{}"])
def test_hosts_that_are_none(host: str, path: str, fork_server: ForkServer) -> None:
    answer = asked(fork_server, fork_server.contents, {"host": host, "accept": "text/turtle"}, path)
    assert (answer.status_code, answer.text) == (
        400,
        "the Host field of the request is malformed\n",
    )


def test_a_fault_is_guarded_and_logged(
    fork_server: ForkServer, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Contents(graphs={"no IRI": 1}, default=0, incidents=[], files=[])
    with caplog.at_level(logging.INFO, LOG.name):
        answer = asked(fork_server, broken, {"accept": "text/turtle"})
    assert (answer.status_code, answer.text) == (500, "the endpoint failed\nIts log tells more.\n")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert [record.getMessage().split()[:3] for record in caplog.records] == [
        ["GET", "/sparql", "500"]
    ]
