"""Turtle, TriG, JSON-LD and RDF/XML say what the lines say, to two independent readers."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from itertools import groupby

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from terms import quads

from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.rdf import files
from testimonia.rdf.canonical import canonical_nquads
from testimonia.rdf.canonical.blocks import GraphBlocks, blocks
from testimonia.rdf.canonical.jsonld import Context, context, jsonld
from testimonia.rdf.canonical.nquads import DEFAULT, nquads, split
from testimonia.rdf.canonical.rdfxml import rdfxml
from testimonia.rdf.canonical.turtle import trig, turtle

NAMES = context(files.read(resources.ontology()))
# What rdflib's readers do not take: U+FFFE and U+FFFF, and U+0000.
READABLE = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"),
        st.sampled_from("\x07\b\t\n\x0b\f\r\"\\'<>{}@^_:.\x7f\x85\ufeff\u2028"),
    ),
    max_size=12,
)


def graphs(lines: list[bytes]) -> Iterator[GraphBlocks]:
    """Group lines by graph, as an arrangement does."""
    by_graph = sorted(lines, key=lambda line: split(line)[3])
    for name, group in groupby(by_graph, key=lambda line: split(line)[3]):
        yield GraphBlocks(name, blocks(group))


@pytest.fixture(autouse=True)
def _quiet_rdflib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    monkeypatch.setattr(logging.getLogger("rdflib.term"), "level", logging.ERROR)


def by_rdflib(content: bytes, form: str) -> list[bytes]:
    dataset = rdflib.Dataset()
    dataset.parse(data=content, format=form)
    lines = dataset.serialize(format="nquads", encoding="utf-8")
    default = f" <{rdflib.graph.DATASET_DEFAULT_GRAPH_ID}> ."
    return list(canonical_nquads(parse(lines.decode().replace(default, " ."), RdfFormat.N_QUADS)))


@settings(deadline=None)
@given(st.lists(quads(), max_size=15))
def test_pyoxigraph_reads_the_same(given_: list[Quad]) -> None:
    lines = list(canonical_nquads(given_))
    for content, form in (
        (b"".join(trig(graphs(lines))), RdfFormat.TRIG),
        (b"".join(jsonld(graphs(lines), NAMES)), RdfFormat.JSON_LD),
    ):
        assert list(canonical_nquads(parse(content, form))) == lines


@settings(deadline=None)
@given(st.lists(quads(graphs=False), max_size=15))
def test_pyoxigraph_reads_the_same_turtle(given_: list[Quad]) -> None:
    lines = list(canonical_nquads(given_))
    content = b"".join(turtle(blocks(lines)))
    assert list(canonical_nquads(parse(content, RdfFormat.TURTLE))) == lines


@settings(max_examples=60, deadline=None)
@given(st.lists(quads(text=READABLE, graphs=False), max_size=15))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_rdflib_reads_the_same(given_: list[Quad]) -> None:
    lines = list(canonical_nquads(given_))
    assert by_rdflib(b"".join(turtle(blocks(lines))), "turtle") == lines
    assert by_rdflib(b"".join(trig([GraphBlocks(DEFAULT, blocks(lines))])), "trig") == lines
    assert (
        by_rdflib(b"".join(jsonld([GraphBlocks(DEFAULT, blocks(lines))], NAMES)), "json-ld")
        == lines
    )


@pytest.mark.parametrize(
    "paths", [resources.ontology(), resources.shapes()], ids=["ontology", "shapes"]
)
def test_rdfxml(paths: list[object]) -> None:
    lines = list(canonical_nquads(files.read(paths)))  # type: ignore[arg-type]
    content = rdfxml(lines)
    assert list(canonical_nquads(parse(content, RdfFormat.RDF_XML))) == lines
    graph = rdflib.Graph().parse(data=content, format="xml")
    back = parse(graph.serialize(format="nt", encoding="utf-8"), RdfFormat.N_TRIPLES)
    assert list(canonical_nquads(back)) == lines


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            b"<x:s> <http://a.example/1> <x:o> .\n",
            "<http://a.example/1> cannot be written in RDF/XML",
        ),
        (
            b"<x:s> <http://a.example/> <x:o> .\n",
            "<http://a.example/> cannot be written in RDF/XML",
        ),
        (
            b"<x:s> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://a.example/1> .\n",
            "<http://a.example/1> cannot be written in RDF/XML",
        ),
        (b'<x:s> <x:p> "a\\r\\n" .\n', "which XML does not preserve"),
        (b'<x:s> <x:p> "\\\\\\u0001" .\n', "which XML does not preserve"),
        (b'<x:s> <x:p> "\\uFFFE"@en .\n', "which XML does not preserve"),
    ],
)
def test_what_xml_cannot_express(line: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        rdfxml([line])


@pytest.mark.parametrize(
    "line",
    [
        b'<x:s> <x:p> "\\\\u0001 \\t\\n\\"]]>&<"@en .\n',
        b"<x:s> <x:1p> <http://a.example/1> .\n",
        b"<x:s> <http://a.example/a%20b> _:c14n0 .\n",
    ],
)
def test_what_xml_can_express(line: bytes) -> None:
    back = parse(rdfxml([line]), RdfFormat.RDF_XML)
    assert list(canonical_nquads(back)) == [line]


LINES = b"""\
<https://w3id.org/testimonia/id/claim/a> <http://a.example/p> "007"^^<http://www.w3.org/2001/XMLSchema#integer> <x:g> .
<https://w3id.org/testimonia/id/claim/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/testimonia/ns#Claim> <x:g> .
<https://w3id.org/testimonia/id/claim/a> <http://www.w3.org/2000/01/rdf-schema#label> "A claim \\"of\\" two\\nlines"@en <x:g> .
<https://w3id.org/testimonia/id/claim/a> <https://w3id.org/testimonia/ns#passage> <https://w3id.org/testimonia/id/document/d#char=0,1> <x:g> .
<https://w3id.org/testimonia/id/claim/a> <https://w3id.org/testimonia/ns#passage> <https://w3id.org/testimonia/id/document/d#char=2,3> <x:g> .
<https://w3id.org/testimonia/id/proposition/b> <https://w3id.org/testimonia/ns#lowerBound> "2"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> <x:g> .
""".splitlines(keepends=True)


def test_turtle_to_read() -> None:
    text = b"".join(turtle(blocks(LINES), {"tmn": "https://w3id.org/testimonia/ns#"})).decode()
    assert (
        text
        == """\
@prefix tmn: <https://w3id.org/testimonia/ns#> .

<https://w3id.org/testimonia/id/claim/a> a tmn:Claim ;
    <http://www.w3.org/2000/01/rdf-schema#label> "A claim \\"of\\" two\\nlines"@en ;
    <http://a.example/p> "007"^^<http://www.w3.org/2001/XMLSchema#integer> ;
    tmn:passage <https://w3id.org/testimonia/id/document/d#char=0,1> , \
<https://w3id.org/testimonia/id/document/d#char=2,3> .

<https://w3id.org/testimonia/id/proposition/b> tmn:lowerBound \
"2"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> .
"""
    )


def test_trig_to_read() -> None:
    graph = GraphBlocks(b"<x:g>", blocks(LINES[5:]))
    assert (
        b"".join(trig([graph])).partition(b"\n\n")[2].decode()
        == """\
<x:g> {

prop:b tmn:lowerBound "2"^^xsd:nonNegativeInteger .

}
"""
    )


def test_json_to_read() -> None:
    content = json.loads(b"".join(jsonld(graphs(LINES), NAMES)))
    assert content["@context"] == NAMES.definition()
    assert content["@graph"] == [
        {
            "@id": "x:g",
            "@graph": [
                {
                    "@id": "https://w3id.org/testimonia/id/claim/a",
                    "http://a.example/p": {
                        "@type": "http://www.w3.org/2001/XMLSchema#integer",
                        "@value": "007",
                    },
                    "@type": "Claim",
                    "label": {"@language": "en", "@value": 'A claim "of" two\nlines'},
                    "passage": [
                        "https://w3id.org/testimonia/id/document/d#char=0,1",
                        "https://w3id.org/testimonia/id/document/d#char=2,3",
                    ],
                },
                {"@id": "https://w3id.org/testimonia/id/proposition/b", "lowerBound": "2"},
            ],
        }
    ]


def test_values_that_are_not_what_the_context_expects() -> None:
    names = Context({"x:p": "p", "x:n": "n"}, {"x:p": "@id", "x:n": "x:number"})
    p, n = NamedNode("x:p"), NamedNode("x:n")
    terms = [
        p,
        Literal("text"),
        Literal("text", language="en"),
        Literal("1", datatype=NamedNode("x:number")),
    ]
    lines = nquads([Quad(p, predicate, term) for predicate in (p, n) for term in terms])
    (node,) = json.loads(b"".join(jsonld([GraphBlocks(DEFAULT, blocks(lines))], names)))["@graph"]
    language = {"@language": "en", "@value": "text"}
    assert node == {
        "@id": "x:p",
        "p": ["x:p", {"@value": "text"}, language, {"@type": "x:number", "@value": "1"}],
        "n": [{"@id": "x:p"}, {"@value": "text"}, language, "1"],
    }


def test_the_context_names_all_that_the_data_use() -> None:
    used = {quad.predicate.value for quad in files.read(resources.data())}
    unnamed = used - NAMES.names.keys()
    assert unnamed == {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",  # @type
        "http://www.w3.org/2002/07/owl#differentFrom",
    }
    names = list(NAMES.names.values())
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[A-Za-z0-9]+", name) for name in names)
    tmn = "https://w3id.org/testimonia/ns#"
    assert NAMES.coercions[tmn + "claimant"] == "@id"
    assert NAMES.coercions[tmn + "lowerBound"].endswith("#nonNegativeInteger")
    assert tmn + "gloss" not in NAMES.coercions
