"""The application without a server: malformed hosts, and internal errors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping

import httpx
import pytest

from testimonia.web.app import application
from testimonia.web.contents import Contents
from testimonia.web.logs import LOG
from testimonia.web.settings import Settings
from testimonia.web.workers.fork_server_client import ForkServer
from testimonia.web.workers.scheduler import Scheduler


@pytest.fixture(scope="module")
def fork_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    made = ForkServer(SETTINGS, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


SETTINGS = Settings(host="0.0.0.0", workers=2)  # noqa: S104 - nothing is bound


def get(
    fork_server: ForkServer, contents: Contents, headers: Mapping[str, str], path: str = "/sparql"
) -> httpx.Response:
    async def send() -> httpx.Response:
        scheduler = Scheduler(fork_server, SETTINGS)
        app = application(SETTINGS, contents, {}, {}, scheduler)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://any") as client:
                return await client.get(path, headers=headers)
        finally:
            scheduler.close()

    return asyncio.run(send())


@pytest.mark.parametrize("host", ["[:::]", "[1.2]:80", "a/b", ""])
@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void", "/sparql?query=ASK{}"])
def test_malformed_hosts(host: str, path: str, fork_server: ForkServer) -> None:
    answer = get(fork_server, fork_server.contents, {"host": host, "accept": "text/turtle"}, path)
    assert (answer.status_code, answer.text) == (
        400,
        "the Host header of the request is malformed\n",
    )


def test_an_internal_error_has_security_headers_and_is_logged(
    fork_server: ForkServer, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Contents(graphs={"no IRI": 1}, default=0, incidents=[], files=[])
    with caplog.at_level(logging.INFO, LOG.name):
        answer = get(fork_server, broken, {"accept": "text/turtle"})
    assert (answer.status_code, answer.text) == (
        500,
        "internal server error\nSee the server's log.\n",
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert [record.getMessage().split()[:3] for record in caplog.records] == [
        ["GET", "/sparql", "500"]
    ]
