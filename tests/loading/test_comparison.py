"""What a store returns is equal, rewritten or different, and never confused."""

from __future__ import annotations

from io import BytesIO

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from testimonia.errors import StoreError
from testimonia.loading.reading_back import LISTED, Comparison, compare
from testimonia.loading.spool import Spool
from testimonia.query.remote import REWRITES, Rewrite
from testimonia.rdf.canonical import graph_digest

XSD = "http://www.w3.org/2001/XMLSchema#"
INTEGERS = [REWRITES["integers"]]
WIDENING = [REWRITES["integers"], REWRITES["datatypes"]]


def quads(text: str) -> list[Quad]:
    read = parse(text.encode(), RdfFormat.TURTLE, base_iri="x:")
    return [Quad(q.subject, q.predicate, q.object, NamedNode("x:g")) for q in read]


def compared(source: str, stored: str, rewrites: list[Rewrite]) -> Comparison:
    given = "".join(f"{quad.triple} .\n" for quad in quads(stored)).encode()
    with Spool(quads(source)) as spool:
        (graph,) = spool.graphs
        found = compare(graph, BytesIO(given), rewrites)
        # These lines are canonical, so that they need not be parsed.
        assert compare(graph, BytesIO(given), rewrites, canonical=True) == found
        return found


def test_the_same() -> None:
    found = compared("<x:s> <x:p> 1, 2 .", "<x:s> <x:p> 2, 1, 1 .", [])
    assert found == Comparison(2, graph_digest(quads("<x:s> <x:p> 1, 2 .")))
    assert found.same


def test_a_known_rewrite_is_tolerated_and_reported() -> None:
    found = compared("<x:s> <x:p> 007, 2 .", "<x:s> <x:p> 7, 2 .", INTEGERS)
    assert found.same
    assert found.rewritten == {"integers": 1}
    assert found.sha256 == graph_digest(quads("<x:s> <x:p> 7, 2 ."))


def test_an_unknown_rewrite_is_a_difference() -> None:
    found = compared("<x:s> <x:p> 007 .", "<x:s> <x:p> 7 .", [])
    assert not found.same
    assert found.rewritten == {}
    assert found.missing == (f'<x:s> <x:p> "007"^^<{XSD}integer> .',)
    assert found.unexpected == (f'<x:s> <x:p> "7"^^<{XSD}integer> .',)


def test_two_rewrites_of_one_statement() -> None:
    source = f"<x:s> <x:p> '007'^^<{XSD}byte> ."
    found = compared(source, "<x:s> <x:p> 7 .", WIDENING)
    assert found.same
    assert found.rewritten == {"integers": 1, "datatypes": 1}


def test_two_statements_that_became_equal() -> None:
    found = compared("<x:s> <x:p> 7, 007 .", "<x:s> <x:p> 7 .", INTEGERS)
    assert found.same
    assert (found.triples, found.rewritten) == (1, {"integers": 1})


def test_a_lost_statement_beside_a_rewritten_one() -> None:
    found = compared("<x:s> <x:p> 007, 8 .", "<x:s> <x:p> 7 .", INTEGERS)
    assert not found.same
    assert found.missing == (f'<x:s> <x:p> "8"^^<{XSD}integer> .',)
    assert (found.missing_count, found.unexpected_count) == (1, 0)


def test_an_empty_graph_and_a_strange_statement() -> None:
    found = compared("<x:s> <x:p> 1 .", "", INTEGERS)
    assert (found.triples, found.missing_count) == (0, 1)
    found = compared("<x:s> <x:p> 1 .", "<x:s> <x:p> 1, 2 .", INTEGERS)
    assert found.unexpected == (f'<x:s> <x:p> "2"^^<{XSD}integer> .',)


def test_labels_of_blank_nodes_do_not_matter() -> None:
    source = "<x:s> <x:p> [ <x:q> 007 ], [ <x:q> 8 ] ."
    assert compared(source, "<x:s> <x:p> [ <x:q> 8 ], [ <x:q> 007 ] .", []).same
    found = compared(source, "<x:s> <x:p> [ <x:q> 8 ], [ <x:q> 7 ] .", INTEGERS)
    assert found.same
    assert found.rewritten["integers"] >= 1
    assert not compared(source, "<x:s> <x:p> [ <x:q> 8 ], [ <x:q> 9 ] .", INTEGERS).same


def test_many_differences_are_counted_and_some_are_listed() -> None:
    source = " ".join(f"<x:{number}> <x:p> 1 ." for number in range(500))
    found = compared(source, "<x:s> <x:p> 1 .", INTEGERS)
    assert (found.missing_count, len(found.missing)) == (500, LISTED)


DEEP = b"<x:s> <x:p> " + b"<<( <x:s> <x:p> " * 20_000 + b"<x:o>" + b" )>>" * 20_000 + b" .\n"


@pytest.mark.parametrize(
    "given", [b"<html>Sorry</html>", b"<x:s> <x:p> <x:o> .\n<x:s> <x:p>", DEEP], ids=range(3)
)
def test_an_answer_that_is_not_a_graph(given: bytes) -> None:
    with (
        Spool(quads("<x:s> <x:p> 1 .")) as spool,
        pytest.raises(StoreError, match=r"is not N-Triples|cannot be read"),
    ):
        compare(spool.graphs[0], BytesIO(given), [])
