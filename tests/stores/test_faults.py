"""Loads that something breaks: nothing is lost, nothing is half done, and the message says what now.

The servers are real, and so are the faults: processes are killed, connections reset, disks full.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from proxy import Fault, Proxy, answer
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from small_disk import MayNotMount, SmallDisk
from tools.stores import SERVERS, Endpoint, Server

from testimonia import loading
from testimonia.errors import AccessDenied, LoadStopped, StoreError
from testimonia.query.remote import PROFILES, transport

pytestmark = pytest.mark.slow

FIRST, SECOND, THIRD = (f"https://example.org/{name}" for name in ("first", "second", "third"))
KNOWS = NamedNode("https://example.org/knows")
STAGING = {name for name, profile in PROFILES.items() if not profile.whole_put}
"""Where all graphs are put elsewhere first, and counted before they take the places of others."""

Contents = dict[str, set[Triple]]
AsUser = Callable[[Endpoint], None]
Start = Callable[..., Server]

TOGETHER = "^POST [^ ]*/(data|store|statements)( |$)"
"""The requests that send small graphs together."""

LARGE = 5_000
"""Statements of the second graph, more than 2 MB: no buffer on the way holds it."""


def contents_of(version: str, large: int = LARGE) -> Contents:
    sizes = {FIRST: 50, SECOND: large, THIRD: 50}
    return {
        graph: {
            Triple(NamedNode(f"{graph}/{i}"), KNOWS, Literal(f"{version}, number {i}, {'x' * 300}"))
            for i in range(size)
        }
        for graph, size in sizes.items()
    }


def written(contents: Contents, folder: Path) -> Path:
    path = folder / "source.nq"
    lines = [f"{t} <{graph}> .\n" for graph, triples in contents.items() for t in triples]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def held(server: Server) -> Contents:
    """Read all graphs that are not the server's own, past everything that is to be tested."""
    endpoint = server.endpoint
    with httpx.Client(auth=endpoint.auth, timeout=60, trust_env=False) as client:
        rows = client.get(
            endpoint.query,
            params={
                "query": "SELECT DISTINCT ?g { GRAPH ?g { ?s <https://example.org/knows> ?o } }"
            },
            headers={"Accept": "application/sparql-results+json"},
        ).raise_for_status()
        names = [row["g"]["value"] for row in rows.json()["results"]["bindings"]]
        return {name: _graph(client, endpoint, name) for name in names}


def _graph(client: httpx.Client, endpoint: Endpoint, name: str) -> set[Triple]:
    assert endpoint.graphs is not None
    reply = client.get(
        endpoint.graphs, params={"graph": name}, headers={"Accept": "application/n-triples"}
    )
    quads = parse(reply.raise_for_status().content, RdfFormat.N_TRIPLES)
    return {quad.triple for quad in quads}


def check_stopped(server: Server, before: Contents, after: Contents) -> None:
    """See that the load ended between two graphs, or before any took another's place."""
    found = held(server)
    assert found[FIRST] == (before if server.name in STAGING else after)[FIRST]
    assert found[SECOND] == before[SECOND]
    assert found[THIRD] == before[THIRD]


def gone_on_with(server: Server) -> list[str]:
    """Tell what becomes of the three graphs when the load is run again."""
    return ["loaded" if server.name in STAGING else "unchanged", "loaded", "loaded"]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait shorter between attempts than is polite to a server of somebody else."""
    monkeypatch.setattr(transport, "_FIRST_WAIT", 0.05)


def test_a_connection_that_is_cut_twice_in_mid_body_is_no_trouble(
    server: Server, as_user: AsUser, tmp_path: Path
) -> None:
    contents = contents_of("new")
    as_user(server.endpoint)
    fault = Fault("^PUT .*second|^PUT .*staging", times=2, cut_after=200_000)
    with Proxy(server.endpoint.base, fault) as proxy:
        report = loading.load(written(contents, tmp_path), proxy.url, store=server.name)
    assert len(fault.hits) == 2
    assert report.passes
    assert held(server) == contents


@pytest.mark.parametrize("cut_after", [20_000, 20_011, 21_500])
def test_small_graphs_are_whole_or_not_there_when_the_connection_is_cut_in_their_midst(
    server: Server, as_user: AsUser, tmp_path: Path, cut_after: int
) -> None:
    contents = {
        f"https://example.org/small/{number}": {
            Triple(NamedNode(f"https://example.org/{n}"), KNOWS, Literal(f"{number} {'x' * 300}"))
            for n in range(3)
        }
        for number in range(60)
    }
    as_user(server.endpoint)
    source = written(contents, tmp_path)
    fault = Fault(TOGETHER, cut_after=cut_after)
    with Proxy(server.endpoint.base, fault) as proxy:
        if PROFILES[server.name].dataset is None:  # no request has several graphs
            assert loading.load(source, proxy.url, store=server.name).passes
        else:
            with pytest.raises(LoadStopped) as stopped:
                loading.load(source, proxy.url, store=server.name)
            assert "0 of 60 graphs are in the store and checked" in stopped.value.message
    assert bool(fault.hits) is (PROFILES[server.name].dataset is not None)
    assert held(server).items() <= contents.items()
    report = loading.load(source, server.endpoint.base)
    assert report.passes
    assert held(server) == contents


def test_a_connection_that_is_always_cut_leaves_each_graph_whole(
    server: Server, as_user: AsUser, tmp_path: Path
) -> None:
    before, after = contents_of("old"), contents_of("new")
    as_user(server.endpoint)
    loading.load(written(before, tmp_path), server.endpoint.base)
    source = written(after, tmp_path)
    with (
        Proxy(server.endpoint.base, Fault("^PUT ", cut_after=200_000)) as proxy,
        pytest.raises(LoadStopped) as stopped,
    ):
        loading.load(source, proxy.url, store=server.name)
    # The small graphs pass, because they are smaller than what is let through.
    assert f"the connection to {proxy.url.split('/')[2]} broke 6 times" in stopped.value.message
    # What is sent with it is checked when all of that is there.
    assert "0 of 3 graphs are in the store and checked" in stopped.value.message
    assert "run the same command again" in stopped.value.hint
    check_stopped(server, before, after)
    report = loading.load(source, server.endpoint.base)
    assert report.passes
    assert [graph.state for graph in report.graphs] == gone_on_with(server)
    assert held(server) == after


@pytest.mark.parametrize("name", sorted(SERVERS))
def test_a_server_that_is_killed_in_mid_load_has_lost_nothing(
    name: str, start: Start, as_user: AsUser, tmp_path: Path
) -> None:
    server = start(name)
    before, after = contents_of("old"), contents_of("new")
    as_user(server.endpoint)
    loading.load(written(before, tmp_path), server.endpoint.base)
    source = written(after, tmp_path)
    fault = Fault("^PUT .*(second|staging)", cut_after=500_000, meanwhile=server.kill)
    with Proxy(server.endpoint.base, fault) as proxy, pytest.raises(LoadStopped) as stopped:
        loading.load(source, proxy.url, store=name)
    # What is sent with it is checked when all of that is there.
    assert "0 of 3 graphs are in the store and checked" in stopped.value.message
    assert "run the same command again" in stopped.value.hint
    server.start()
    check_stopped(server, before, after)
    report = loading.load(source, server.endpoint.base)
    assert report.passes
    assert [graph.state for graph in report.graphs] == gone_on_with(server)
    assert held(server) == after


def test_a_server_that_is_back_in_time_is_loaded_in_one_run(
    start: Start, as_user: AsUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start("oxigraph")
    contents = contents_of("new")
    as_user(server.endpoint)
    monkeypatch.setattr(transport, "_FIRST_WAIT", 1.0)

    over = threading.Event()

    def repair() -> None:
        server.start()
        over.wait(120)  # the kernel ends a server together with the thread that started it

    def crash() -> None:
        server.kill()
        threading.Thread(target=repair, daemon=True).start()

    fault = Fault("^PUT .*second", times=1, cut_after=500_000, meanwhile=crash)
    with Proxy(server.endpoint.base, fault) as proxy:
        report = loading.load(written(contents, tmp_path), proxy.url, store="oxigraph")
    assert len(fault.hits) == 1
    assert report.passes
    assert held(server) == contents
    over.set()


def test_a_wrong_password_changes_nothing_and_is_told(
    server: Server, as_user: AsUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = contents_of("new", large=50)
    as_user(server.endpoint)
    source = written(contents, tmp_path)
    monkeypatch.setenv("TESTIMONIA_STORE_USER", "loader")
    monkeypatch.setenv("TESTIMONIA_STORE_PASSWORD", "not-the-password")
    if server.endpoint.user is None:
        assert server.name == "oxigraph"  # it asks nobody
        assert loading.load(source, server.endpoint.base).passes
        return
    with pytest.raises(StoreError) as refused:
        loading.load(source, server.endpoint.base, store=server.name)
    assert "answers 401" in refused.value.message
    assert "Check TESTIMONIA_STORE_USER and TESTIMONIA_STORE_PASSWORD" in refused.value.hint
    assert "not-the-password" not in str(refused.value)
    assert held(server) == {}
    as_user(server.endpoint)
    assert loading.load(source, server.endpoint.base).passes
    assert held(server) == contents


def test_a_store_that_may_only_be_read_is_not_changed(
    server: Server, as_user: AsUser, tmp_path: Path
) -> None:
    before, after = contents_of("old", large=50), contents_of("new", large=50)
    as_user(server.endpoint)
    loading.load(written(before, tmp_path), server.endpoint.base)
    source = written(after, tmp_path)
    with server.read_only() as endpoint:
        as_user(endpoint)
        with pytest.raises(StoreError) as refused:
            loading.load(source, endpoint.base, store=server.name)
    assert isinstance(refused.value.__cause__, AccessDenied)
    assert "0 of 3 graphs are in the store and checked" in refused.value.message
    said = "405" if server.name == "fuseki" else "403"
    assert f"answers {said} when asked to" in refused.value.message
    assert held(server) == before


def test_a_page_of_a_web_site_is_no_store(server: Server, as_user: AsUser, tmp_path: Path) -> None:
    as_user(server.endpoint)
    source = written(contents_of("new", large=50), tmp_path)
    page = answer("200 OK", "<html><h1>Please log in</h1></html>")
    with (
        Proxy(server.endpoint.base, Fault("", reply=page)) as proxy,
        pytest.raises(StoreError) as refused,
    ):
        loading.load(source, proxy.url, store=server.name)
    assert "answers with success, but with text/html: Please log in" in refused.value.message
    assert "login page or a proxy" in refused.value.hint
    assert held(server) == {}


def test_a_page_in_place_of_the_writing_is_noticed_afterwards(
    server: Server, as_user: AsUser, tmp_path: Path
) -> None:
    before, after = contents_of("old", large=50), contents_of("new", large=50)
    as_user(server.endpoint)
    loading.load(written(before, tmp_path), server.endpoint.base)
    source = written(after, tmp_path)
    page = answer("200 OK", "<html><h1>Please log in</h1></html>")
    with Proxy(server.endpoint.base, Fault("^PUT ", reply=page)) as proxy:
        if server.name in STAGING:
            with pytest.raises(LoadStopped, match="0 of 3 graphs are in the store and checked"):
                loading.load(source, proxy.url, store=server.name)
        else:
            report = loading.load(source, proxy.url, store=server.name)
            assert not report.passes
            assert [graph.comparison.missing_count for graph in report.graphs] == [50, 50, 50]
    assert held(server) == before


def test_a_store_that_is_silent_for_too_long_is_given_up_and_then_gone_on_with(
    server: Server, as_user: AsUser, tmp_path: Path
) -> None:
    contents = contents_of("new", large=50)
    as_user(server.endpoint)
    source = written(contents, tmp_path)
    slow = Fault(f"^PUT .*(second|staging)|{TOGETHER}", times=1, delay=6)
    with Proxy(server.endpoint.base, slow) as proxy, pytest.raises(LoadStopped) as stopped:
        loading.load(source, proxy.url, store=server.name, timeout=3)
    assert "did not answer for 3 seconds when asked to" in stopped.value.message
    assert "allow more time with --timeout" in stopped.value.hint
    assert loading.load(source, server.endpoint.base).passes
    assert held(server) == contents


def test_a_slow_store_is_waited_for(server: Server, as_user: AsUser, tmp_path: Path) -> None:
    contents = contents_of("new", large=50)
    as_user(server.endpoint)
    slow = Fault("", times=3, delay=0.7)
    with Proxy(server.endpoint.base, slow) as proxy:
        report = loading.load(written(contents, tmp_path), proxy.url, store=server.name)
    assert report.passes
    assert held(server) == contents


def test_a_store_that_asks_to_come_back_is_asked_again_when_it_said(
    server: Server, as_user: AsUser, tmp_path: Path
) -> None:
    contents = contents_of("new", large=50)
    as_user(server.endpoint)
    busy = Fault(f"^PUT |{TOGETHER}", times=2, reply=answer("503 Busy", "busy", "Retry-After: 1"))
    with Proxy(server.endpoint.base, busy) as proxy:
        report = loading.load(written(contents, tmp_path), proxy.url, store=server.name)
    first, second = busy.hits
    assert second - first >= 1.0  # the store's second, and not our shorter pause
    assert report.passes
    assert held(server) == contents


# Of the disk, and what the server says when it is full. TDB2 maps files into memory, where a full
# disk shows as a fault of memory; RDF4J then answers no query either.
DISKS = {
    "fuseki": (900, "a fault occurred in a recent unsafe memory access operation"),
    "oxigraph": (32, "No space left on device"),
    "rdf4j": (100, "No space left on device"),
    "virtuoso": (200, "Error making blob in vectored insert"),
}


@pytest.mark.parametrize("name", sorted(SERVERS))
def test_a_full_disk_leaves_what_was_there_and_is_gone_on_from_when_there_is_room(
    name: str, start: Start, as_user: AsUser, tmp_path: Path
) -> None:
    before, after = contents_of("old", large=50), contents_of("new")
    megabytes, says = DISKS[name]
    with contextlib.ExitStack() as stack:
        try:
            disk = stack.enter_context(SmallDisk(tmp_path / "disk", megabytes))
        except MayNotMount as error:
            pytest.skip(f"{error}")
        server = start(name, disk.folder / "data")
        stack.callback(server.kill)
        as_user(server.endpoint)
        loading.load(written(before, tmp_path), server.endpoint.base)
        source = written(after, tmp_path)
        disk.fill(leave=600_000)
        with pytest.raises(LoadStopped) as stopped:
            loading.load(source, server.endpoint.base)
        assert "answers 500 when asked to write" in stopped.value.message
        assert says in stopped.value.message
        assert "run the same command again" in stopped.value.hint
        disk.make_room()
        if name == "oxigraph":  # RocksDB may take no more until it is opened anew
            server.stop()
            server.start()
        found = held(server)
        assert found[FIRST] in (before[FIRST], after[FIRST])
        assert found[SECOND] == before[SECOND]
        assert found[THIRD] == before[THIRD]
        assert loading.load(source, server.endpoint.base).passes
        assert held(server) == after
