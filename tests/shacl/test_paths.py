"""Property paths: parsed, and written as text and as triples."""

from __future__ import annotations

from itertools import count

import pytest
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from testimonia.shacl.paths import PREDICATES, Path
from testimonia.shacl.shapes_graph import IllFormed, ShapesGraph

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix ex: <https://example.org/> .
"""
PATH = NamedNode("http://www.w3.org/ns/shacl#path")
NODE = NamedNode("https://example.org/node")


def parsed(path: str, *, strict: bool = True) -> Path:
    graph = ShapesGraph(
        quad.triple for quad in parse(f"{PREFIXES} ex:node sh:path {path} .", RdfFormat.TURTLE)
    )
    return graph.path(graph.objects(NODE, PATH)[0], NODE, strict=strict)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("ex:a", "<https://example.org/a>"),
        ("tmn:claimant", "tmn:claimant"),
        ("[ sh:inversePath tmn:claimant ]", "^tmn:claimant"),
        ("( tmn:claimant tmn:party )", "tmn:claimant/tmn:party"),
        ("[ sh:alternativePath ( tmn:claimant tmn:party ) ]", "tmn:claimant|tmn:party"),
        ("[ sh:zeroOrMorePath tmn:corrects ]", "tmn:corrects*"),
        ("[ sh:oneOrMorePath [ sh:inversePath tmn:corrects ] ]", "(^tmn:corrects)+"),
        ("[ sh:zeroOrOnePath ( tmn:corrects tmn:party ) ]", "(tmn:corrects/tmn:party)?"),
        (
            "( [ sh:inversePath tmn:corrects ] [ sh:oneOrMorePath tmn:party ] )",
            "^tmn:corrects/tmn:party+",
        ),
        (
            "( [ sh:alternativePath ( tmn:corrects tmn:party ) ] tmn:party )",
            "(tmn:corrects|tmn:party)/tmn:party",
        ),
        ("[ sh:inversePath ( tmn:corrects tmn:party ) ]", "^(tmn:corrects/tmn:party)"),
    ],
)
def test_a_path_is_written_as_in_sparql_and_as_triples(path: str, text: str) -> None:
    found = parsed(path)
    assert str(found) == text
    numbers = count()
    node, triples = found.triples(lambda: BlankNode(f"b{next(numbers)}"))
    assert ShapesGraph(triples).path(node, node) == found


def test_sparql_of_a_path_has_iris_in_full_and_every_compound_step_in_parentheses() -> None:
    claimant = "<https://w3id.org/testimonia/ns#claimant>"
    found = parsed("( [ sh:inversePath tmn:claimant ] [ sh:zeroOrMorePath ex:a ] )")
    assert found.sparql() == f"(^{claimant})/(<https://example.org/a>*)"


def test_the_predicates_of_a_path() -> None:
    found = parsed("( tmn:claimant [ sh:inversePath ex:a ] tmn:claimant )")
    assert [each.value for each in found.predicates()] == [
        "https://example.org/a",
        "https://w3id.org/testimonia/ns#claimant",
    ]


@pytest.mark.parametrize("strict", [True, False])
def test_what_is_not_a_path_is_refused(strict: bool) -> None:
    with pytest.raises(IllFormed, match="not a well-formed property path"):
        parsed("[ ex:a ex:b ]", strict=strict)
    loop = BlankNode("loop")
    graph = ShapesGraph([Triple(loop, PREDICATES["^"], loop)])
    with pytest.raises(IllFormed, match="contains itself"):
        graph.path(loop, NODE, strict=strict)


@pytest.mark.parametrize(
    ("path", "reason", "text"),
    [
        ("( ex:a )", "at least two members", "<https://example.org/a>"),
        ("[ sh:inversePath ex:a , ex:b ]", "2 values", "^<https://example.org/a>"),
        (
            "_:l . _:l rdf:first ex:a ; rdf:rest _:m . _:m rdf:first ex:b",
            "not a well-formed list",
            "<https://example.org/a>/<https://example.org/b>",
        ),
    ],
)
def test_what_is_only_almost_a_path_is_read_leniently(path: str, reason: str, text: str) -> None:
    with pytest.raises(IllFormed, match=reason):
        parsed(path)
    assert str(parsed(path, strict=False)) == text
