"""Real servers, each started once for all tests that use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tools.stores import SERVERS, Endpoint, NotInstalled, Server

from testimonia.query.remote import Credentials, RemoteStore, connect

Start = Callable[..., Server]


def made(name: str, folder: Path, data: Path | None = None) -> Server:
    """Make a server, or skip the test that asks for one that is not installed."""
    kind = SERVERS[name]
    try:
        kind.check_installed()
    except NotInstalled as error:
        pytest.skip(f"{error}")
    return kind(folder, data)


def credentials_for(endpoint: Endpoint) -> Credentials:
    """Give the credentials that an endpoint asks for."""
    return Credentials(endpoint.user, endpoint.password)


@pytest.fixture(scope="session", params=sorted(SERVERS))
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Start a server, and stop it when the last test is done."""
    with made(request.param, tmp_path_factory.mktemp(request.param)) as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    """Give a running server that holds nothing."""
    running.clear()
    return running


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start servers that a test may kill; they are stopped at its end."""
    started: list[Server] = []

    def start_one(name: str, data: Path | None = None) -> Server:
        server = made(name, tmp_path / f"{name}-{len(started)}", data)
        started.append(server)
        server.start()
        return server

    yield start_one
    for server in started:
        server.stop()


@pytest.fixture
def as_user(monkeypatch: pytest.MonkeyPatch) -> Callable[[Endpoint], None]:
    """Set the environment to the credentials of an endpoint, as a user does."""

    def set_environment(endpoint: Endpoint) -> None:
        for name, value in (("USER", endpoint.user), ("PASSWORD", endpoint.password)):
            variable = f"TESTIMONIA_STORE_{name}"
            if value is None:
                monkeypatch.delenv(variable, raising=False)
            else:
                monkeypatch.setenv(variable, value)

    return set_environment


@pytest.fixture
def remote(server: Server) -> Iterator[RemoteStore]:
    """Connect to an empty store."""
    endpoint = server.endpoint
    with connect(endpoint.base, credentials=credentials_for(endpoint)) as store:
        yield store
