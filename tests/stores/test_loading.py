"""Real stores hold what was loaded: each graph whole, read back and compared."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import palmyra
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse, serialize
from tools.stores import Server

import testimonia
from testimonia import loading
from testimonia.errors import LoadStopped
from testimonia.loading.reading_back import Comparison
from testimonia.publish import publish
from testimonia.query import results
from testimonia.query.remote import PROFILES, RemoteStore, Request, connect
from testimonia.query.remote.rewrites import normal_literal
from testimonia.query.remote.transport import Transport

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
GRAPH = NamedNode("https://example.org/graph")
OTHER = NamedNode("https://example.org/other")
SUBJECT, PREDICATE = NamedNode("https://example.org/s"), NamedNode("https://example.org/p")


@pytest.fixture
def remote(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteStore]:
    for name, value in (("USER", server.endpoint.user), ("PASSWORD", server.endpoint.password)):
        monkeypatch.delenv(f"TESTIMONIA_STORE_{name}", raising=False)
        if value is not None:
            monkeypatch.setenv(f"TESTIMONIA_STORE_{name}", value)
    with connect(server.endpoint.base, store=server.name) as store:
        yield store


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("publish") / "release"
    dataset = palmyra.opened()
    publish([*dataset.quads(), *_derived(dataset)], folder, version="1")
    return folder


def _derived(dataset: testimonia.Dataset) -> list[Quad]:
    dataset.derive()
    for policy in dataset.policies():
        dataset.accept(policy.name)
    made = "https://w3id.org/testimonia/id/graph/"
    return [q for q in dataset.store if getattr(q.graph_name, "value", "").startswith(made)]


def write(path: Path, *literals: Literal, graph: NamedNode = GRAPH) -> Path:
    quads = [Quad(SUBJECT, PREDICATE, literal, graph) for literal in literals]
    serialize(quads, path, RdfFormat.N_QUADS)
    return path


def read(remote: RemoteStore, graph: NamedNode, folder: Path) -> set[str]:
    with (folder / "sink").open("w+b") as sink:
        remote.read(graph, sink)
        sink.seek(0)
        return {str(quad.object) for quad in parse(sink, RdfFormat.N_TRIPLES)}


def test_a_release_is_there_the_first_time_and_left_alone_the_second(
    release: Path, server: Server, remote: RemoteStore
) -> None:
    first = loading.load(release, server.endpoint.base)  # what kind of store it is, is found out
    assert first.passes
    assert {graph.state for graph in first.graphs} == {"loaded"}
    assert set(first.rewritten) <= {rewrite.name for rewrite in remote.profile.rewrites}
    second = loading.load(release, server.endpoint.base, store=server.name)
    assert {graph.state for graph in second.graphs} == {"unchanged"}
    assert second.passes
    assert [graph.comparison for graph in second.graphs] == [g.comparison for g in first.graphs]


def test_a_graph_is_replaced_and_others_stay(
    server: Server, remote: RemoteStore, tmp_path: Path
) -> None:
    base = server.endpoint.base
    file = tmp_path / "data.nq"
    loading.load(write(file, Literal("one"), Literal("two")), base)
    loading.load(write(file, Literal("mine"), graph=OTHER), base)
    report = loading.load(write(file, Literal("two"), Literal("three")), base)
    assert [(g.name, g.state) for g in report.graphs] == [(GRAPH.value, "loaded")]
    assert read(remote, GRAPH, tmp_path) == {'"two"', '"three"'}
    assert read(remote, OTHER, tmp_path) == {'"mine"'}
    graphs = remote.query("SELECT DISTINCT ?g { GRAPH ?g { <https://example.org/s> ?p ?o } }")
    rows = results.of(graphs, lambda _: None)
    assert {str(row[0]) for row in rows} == {GRAPH.value, OTHER.value}  # type: ignore[union-attr]


def test_small_graphs_are_sent_and_read_together(
    server: Server, remote: RemoteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def name(number: int) -> NamedNode:
        return NamedNode(f"https://example.org/g{number}?a=1&b=%7D'()")

    texts = ['"} ; DROP ALL #', "}\n}", "\\u0041 \\", "é\U0001d11e\u200f", "a\r\nb\tc", "x"]
    quads = [Quad(SUBJECT, PREDICATE, Literal(texts[n % 6]), name(n)) for n in range(240)]
    quads += [Quad(BlankNode("b"), PREDICATE, BlankNode("b"), name(n)) for n in (240, 241)]
    quads += [Quad(SUBJECT, PREDICATE, Literal(f"{n:9000}"), name(242)) for n in range(10)]
    serialize(quads, tmp_path / "data.nq", RdfFormat.N_QUADS)
    held = write(tmp_path / "held.nq", Literal("old"), graph=name(7))
    loading.load(held, server.endpoint.base, store=server.name)
    asked: list[Request] = []
    send = Transport.send

    def sent(transport: Transport, request: Request, **options: Any) -> Any:
        asked.append(request)
        return send(transport, request, **options)

    monkeypatch.setattr(Transport, "send", sent)
    report = loading.load(tmp_path / "data.nq", server.endpoint.base, store=server.name)
    assert (report.passes, len(report.graphs)) == (True, 243)
    assert read(remote, name(7), tmp_path) == {str(Literal(texts[1]))}
    assert read(remote, name(8), tmp_path) == {str(Literal(texts[2]))}
    if remote.profile.dataset is not None:
        alone = [request for request in asked if request.method == "PUT"]
        assert len(alone) == 4  # that which was there, two with blank nodes, and the large one
        assert len(asked) < 25
    asked.clear()
    again = loading.load(tmp_path / "data.nq", server.endpoint.base, store=server.name)
    assert {graph.state for graph in again.graphs} == {"unchanged"}
    if remote.profile.dataset is not None:
        assert len(asked) < 12


@pytest.mark.usefixtures("remote")  # for its credentials
def test_hostile_text_is_only_text(server: Server, tmp_path: Path) -> None:
    texts = ['"} ; DROP ALL #', "}\n}", "\\u0041 \\", "é\U0001d11e\u200f", "a\r\nb\tc", "'''\"\"\""]
    graph = NamedNode("https://example.org/g?a=1&b=%7D'()")
    report = loading.load(
        write(tmp_path / "data.nq", *map(Literal, texts), graph=graph), server.endpoint.base
    )
    assert report.passes
    assert report.graphs[0].comparison == Comparison(6, report.graphs[0].sha256)


@pytest.mark.usefixtures("remote")
def test_blank_nodes_arrive_as_one_graph(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("<x:s> <x:p> [ <x:q> [ <x:r> 1 ] ], [ <x:q> [ <x:r> 2 ] ] .")
    for state in ("loaded", "unchanged"):
        report = loading.load(file, server.endpoint.base, graph=GRAPH.value)
        assert report.passes
        assert [graph.state for graph in report.graphs] == [state]


def rows_of(store: str) -> list[tuple[Literal, Literal | None]]:
    """Give each literal with what a store keeps of it; None where it refuses it."""
    with (HERE / "literals.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        (_literal(row["literal"]), None if row[store] == "refused" else _literal(row[store] or row["literal"]))
        for row in rows
    ]  # fmt: skip


def _literal(text: str) -> Literal:
    line = f"<x:s> <x:p> {text.replace('xsd:', 'http://www.w3.org/2001/XMLSchema#')} ."
    (quad,) = parse(line, RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, Literal)
    return quad.object


def test_what_becomes_of_literals_is_as_it_was_measured(
    server: Server, remote: RemoteStore, tmp_path: Path
) -> None:
    rows = rows_of(server.name)
    kept = [(source, stored) for source, stored in rows if stored is not None]
    nodes = {NamedNode(f"https://example.org/{n}"): pair for n, pair in enumerate(kept)}
    file = tmp_path / "data.nt"
    serialize(
        [Quad(node, PREDICATE, source) for node, (source, _) in nodes.items()], file,
        RdfFormat.N_TRIPLES,
    )  # fmt: skip
    report = loading.load(file, server.endpoint.base, graph=GRAPH.value)
    with (tmp_path / "sink").open("w+b") as sink:
        remote.read(GRAPH, sink)
        sink.seek(0)
        found = {quad.subject: quad.object for quad in parse(sink, RdfFormat.N_TRIPLES)}
    assert found == {node: stored for node, (_, stored) in nodes.items()}
    rules = PROFILES[server.name].rewrites
    changed = {
        node
        for node, (source, stored) in nodes.items()
        if normal_literal(source, rules) != normal_literal(stored, rules)
    }
    (graph,) = report.graphs
    assert graph.comparison.missing_count == len(changed)
    assert report.passes is (not changed)


def test_literals_that_a_store_refuses_leave_the_graph_as_it_was(
    server: Server, remote: RemoteStore, tmp_path: Path
) -> None:
    refused = [source for source, stored in rows_of(server.name) if stored is None]
    file = tmp_path / "data.nq"
    loading.load(write(file, Literal("before")), server.endpoint.base)
    for literal in refused:
        with pytest.raises(LoadStopped) as caught:
            loading.load(write(file, Literal("after"), literal), server.endpoint.base)
        assert "0 of 1 graphs are in the store and checked" in caught.value.message
        assert read(remote, GRAPH, tmp_path) == {'"before"'}
    assert bool(refused) is (server.name == "virtuoso")
