"""Spooled graphs: sorted, without duplicates, readable in chunks any number of times."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from testimonia.errors import InputError
from testimonia.loading.spool import Spool
from testimonia.rdf.canonical import graph_digest

A, B, P = NamedNode("x:a"), NamedNode("x:a/b"), NamedNode("x:p")


def quad(subject: str, value: str, graph: NamedNode) -> Quad:
    return Quad(NamedNode(subject), P, Literal(value), graph)


def text(spool: Spool) -> dict[str, bytes]:
    return {graph.name.value: b"".join(graph.body) for graph in spool.graphs}


def test_each_graph_is_sorted_and_holds_each_statement_once(tmp_path: Path) -> None:
    quads = [quad("x:2", "b", A), quad("x:1", "c", B), quad("x:1", "a", A), quad("x:2", "b", A)]
    with Spool(quads, folder=tmp_path) as spool:
        assert text(spool) == {
            "x:a": b'<x:1> <x:p> "a" .\n<x:2> <x:p> "b" .\n',
            "x:a/b": b'<x:1> <x:p> "c" .\n',
        }
        assert [graph.triples for graph in spool.graphs] == [1, 2]
        assert spool.size == 54


quads_of_graphs = st.lists(
    st.tuples(
        st.sampled_from(["x:1", "x:2", "_:n"]),
        st.text(alphabet='a\t\n\r"\\<> é\x01\x7f', max_size=6),
        st.sampled_from([A, B]),
    ),
    max_size=20,
)


@given(quads_of_graphs)
def test_each_digest_is_that_of_the_graph(parts: list[tuple[str, str, NamedNode]]) -> None:
    quads = [
        Quad(BlankNode("n") if s == "_:n" else NamedNode(s), P, Literal(value), graph)
        for s, value, graph in parts
    ]
    with Spool(quads) as spool:
        for graph in spool.graphs:
            own = [q for q in quads if q.graph_name == graph.name]
            assert graph.sha256 == graph_digest(own)
            assert graph.triples == len(set(own))
            assert set(parse(b"".join(graph.body), RdfFormat.N_TRIPLES)) == {
                Quad(BlankNode("c14n0") if isinstance(q.subject, BlankNode) else q.subject, P, q.object)
                for q in own
            }  # fmt: skip
        assert {graph.name for graph in spool.graphs} == {q.graph_name for q in quads}


def test_a_body_can_be_read_again_and_reports_progress(tmp_path: Path) -> None:
    many = (quad(f"x:{number}", "v" * 100, A) for number in range(5_000))
    with Spool(many, folder=tmp_path) as spool:
        (graph,) = spool.graphs
        reported: list[int] = []
        body = type(graph.body)(graph.body.descriptor, 0, graph.body.size, reported.append)
        first = b"".join(body)
        assert reported == sorted(reported)
        assert len(reported) > 1
        assert reported[-1] == graph.body.size == len(first)
        assert b"".join(body) == first
        assert sum(map(len, graph.body.lines())) == 5_000


def test_a_statement_in_no_graph_is_refused() -> None:
    with pytest.raises(InputError, match="a statement is in no named graph") as caught:
        Spool([Quad(A, P, B)])
    assert "--graph" in caught.value.hint


def test_a_graph_without_an_iri_is_refused() -> None:
    with pytest.raises(InputError, match="named by a blank node"):
        Spool([Quad(A, P, B, BlankNode("g"))])


def test_nothing_is_left_on_disk(tmp_path: Path) -> None:
    with Spool([quad("x:1", "a", A)], folder=tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
