"""Real servers, each started once for all tests that use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tools.stores import SERVERS, NotInstalled, Server


@pytest.fixture(scope="session", params=sorted(SERVERS))
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Start a server, and stop it when the last test is done."""
    kind = SERVERS[request.param]
    try:
        kind.check_installed()
    except NotInstalled as error:
        pytest.skip(f"{error}")
    with kind(tmp_path_factory.mktemp(kind.name)) as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    """Give a running server that holds nothing."""
    running.clear()
    return running
