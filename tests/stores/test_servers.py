"""The servers that the other tests run against: started, asked, guarded, killed, started again."""

from __future__ import annotations

import httpx
import pytest
from tools.stores import SERVERS, Endpoint, NotInstalled, Server
from tools.stores import installed as installed_files

pytestmark = pytest.mark.slow

GRAPH = "https://example.org/graph"
TRIPLE = "<https://example.org/s> <https://example.org/p> <https://example.org/o> ."
UPDATE = {"Content-Type": "application/sparql-update"}
N_TRIPLES = {"Content-Type": "application/n-triples"}
REFUSED = {401, 403, 405}


def put(endpoint: Endpoint, *, auth: httpx.Auth | None = None) -> httpx.Response:
    assert endpoint.graphs is not None
    return httpx.put(
        endpoint.graphs, params={"graph": GRAPH}, content=TRIPLE, headers=N_TRIPLES, auth=auth
    )


def held(endpoint: Endpoint, *, graph: str | None = GRAPH) -> int:
    """Count the one statement that these tests use: in a graph, or over the union of all."""
    pattern = "?s <https://example.org/p> ?o"
    if graph:
        pattern = f"GRAPH <{graph}> {{ {pattern} }}"
    answer = httpx.get(
        endpoint.query,
        params={"query": f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"},
        headers={"Accept": "application/sparql-results+json"},
    )
    bindings = answer.raise_for_status().json()["results"]["bindings"]
    return int(bindings[0]["n"]["value"])


def test_it_runs_on_the_loopback_interface_alone(server: Server) -> None:
    assert server.endpoint.base.startswith("http://127.0.0.1:")
    assert server.port > 0
    assert server.log.exists()


def test_what_is_put_is_found_in_its_graph_and_in_the_union(server: Server) -> None:
    assert (held(server.endpoint), held(server.endpoint, graph=None)) == (0, 0)
    assert put(server.endpoint, auth=server.endpoint.auth).is_success
    assert (held(server.endpoint), held(server.endpoint, graph=None)) == (1, 1)
    server.clear()
    assert (held(server.endpoint), held(server.endpoint, graph=None)) == (0, 0)


def test_updates_work(server: Server) -> None:
    server.update(f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {TRIPLE} }} }}")
    assert held(server.endpoint) == 1


def test_whoever_does_not_know_the_password_changes_nothing(server: Server) -> None:
    endpoint = server.endpoint
    if endpoint.auth is None:
        assert server.name == "oxigraph"  # it knows no passwords; everybody else asks
        return
    kind = httpx.DigestAuth if endpoint.digest else httpx.BasicAuth
    assert endpoint.user is not None
    for auth in (None, kind(endpoint.user, "wrong"), kind("nobody", "wrong")):
        assert put(endpoint, auth=auth).status_code == 401
        assert endpoint.update is not None
        dropped = httpx.post(endpoint.update, content="DROP ALL", headers=UPDATE, auth=auth)
        assert dropped.status_code == 401
    assert held(endpoint) == 0


def test_where_it_is_read_only_it_answers_and_refuses(server: Server) -> None:
    put(server.endpoint, auth=server.endpoint.auth)
    with server.read_only() as endpoint:
        assert held(endpoint) == 1
        refused = put(endpoint, auth=endpoint.auth)
        assert refused.status_code in REFUSED
        assert refused.status_code != 401 or endpoint.auth is None
    assert held(server.endpoint) == 1


@pytest.mark.parametrize("name", sorted(SERVERS))
def test_what_it_was_given_outlives_a_crash(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kind = SERVERS[name]
    try:
        kind.check_installed()
    except NotInstalled as error:
        pytest.skip(f"{error}")
    with kind(tmp_path_factory.mktemp(name)) as server:
        assert put(server.endpoint, auth=server.endpoint.auth).is_success
        before = server.endpoint, server.pid
        server.kill()
        with pytest.raises(httpx.TransportError):
            held(server.endpoint)
        server.start()
        assert server.endpoint == before[0]
        assert server.pid != before[1]
        assert held(server.endpoint) == 1


def test_a_file_that_is_not_the_pinned_one_is_not_run(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("installed")
    monkeypatch.setattr(installed_files, "FOLDER", folder)
    # Not through the cache, which remembers the real file.
    find = installed_files.java_file.__wrapped__
    name = "jena-fuseki-server-5.6.0.jar"
    with pytest.raises(NotInstalled, match="run `make stores`"):
        find(name)
    (folder / "java").mkdir()
    (folder / "java" / name).write_bytes(b"something else")
    with pytest.raises(NotInstalled, match="is not the pinned one"):
        find(name)
