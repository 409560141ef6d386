"""Property paths: read, written as text and as triples."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path as File

import pytest
from pyoxigraph import BlankNode, NamedNode, Triple

from testimonia.errors import ShapesError
from testimonia.rdf import files
from testimonia.shacl.paths import Path, read
from testimonia.validation.shape_hints import ShapesGraph

Write = Callable[[str, str], File]
PATH = NamedNode("http://www.w3.org/ns/shacl#path")
NODE = NamedNode("https://example.org/node")


def parsed(turtle: Write, path: str) -> Path:
    graph = ShapesGraph(files.read([turtle("path.ttl", f"ex:node sh:path {path} .")]))
    return graph.path(graph.nodes[NODE][PATH][0])


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
def test_a_path_reads_as_in_sparql_and_survives_as_triples(
    turtle: Write, path: str, text: str
) -> None:
    found = parsed(turtle, path)
    assert str(found) == text
    numbers = count()
    node, triples = found.triples(lambda: BlankNode(f"b{next(numbers)}"))
    assert read(node, ShapesGraph(triples).nodes) == found


def test_the_properties_of_a_path(turtle: Write) -> None:
    found = parsed(turtle, "( tmn:claimant [ sh:inversePath ex:a ] )")
    assert found.properties() == {
        "https://w3id.org/testimonia/ns#claimant",
        "https://example.org/a",
    }


def test_what_is_no_path_is_refused(turtle: Write) -> None:
    with pytest.raises(ShapesError, match="not well formed"):
        parsed(turtle, "[ ex:a ex:b ]")
    loop = BlankNode("loop")
    inverse = NamedNode("http://www.w3.org/ns/shacl#inversePath")
    with pytest.raises(ShapesError, match="contains itself"):
        read(loop, ShapesGraph([Triple(loop, inverse, loop)]).nodes)
