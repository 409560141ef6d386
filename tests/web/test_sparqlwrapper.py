"""SPARQLWrapper, the client that most programs in Python use, with all its ways to ask."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rdflib
from endpoints import Running
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)

# rdflib's words on what it and SPARQLWrapper call in it.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SELECT = 'SELECT ?a ?b { VALUES (?a ?b) { (<urn:x:a> "ä") } }'
CONSTRUCT = 'CONSTRUCT { <urn:x:s> <urn:x:p> "ä"@fr , 1 } {}'
DESCRIBE = "DESCRIBE <https://w3id.org/testimonia/code/killed>"
WAYS = [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]
GRAPHS = {
    None: "application/rdf+xml",
    TURTLE: "text/turtle",
    N3: "text/n3",
    RDFXML: "application/rdf+xml",
    XML: "application/rdf+xml",
    JSONLD: "application/ld+json",
}


def answer(running: Running, query: str, form: str | None, way: tuple[str, str]) -> Any:
    wrapper = SPARQLWrapper(running.sparql)
    wrapper.setQuery(query)
    wrapper.setMethod(way[0])
    wrapper.setRequestMethod(way[1])
    if form is not None:
        wrapper.setReturnFormat(form)
    return wrapper.query()


def media_type(result: Any) -> str:
    return str(result.info()["content-type"]).partition(";")[0]


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("form", GRAPHS)
def test_construct(shipped: Running, form: str | None, way: tuple[str, str]) -> None:
    result = answer(shipped, CONSTRUCT, form, way)
    assert media_type(result) == GRAPHS[form]
    graph = converted(result, form)
    assert {(p.toPython(), o.toPython()) for _, p, o in graph} == {("urn:x:p", "ä"), ("urn:x:p", 1)}


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("form", GRAPHS)
def test_describe(shipped: Running, form: str | None, way: tuple[str, str]) -> None:
    result = answer(shipped, DESCRIBE, form, way)
    assert media_type(result) == GRAPHS[form]
    killed = rdflib.URIRef("https://w3id.org/testimonia/code/killed")
    assert (killed, rdflib.RDF.type, rdflib.SKOS.Concept) in converted(result, form)


def converted(result: Any, form: str | None) -> rdflib.Graph:
    """Have SPARQLWrapper read a graph; it hands Turtle and N3 over as they came."""
    found = result.convert()
    if form in (TURTLE, N3):
        return rdflib.Graph().parse(data=found, format="turtle" if form == TURTLE else "n3")
    assert isinstance(found, rdflib.Graph)
    return found


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_select(shipped: Running, way: tuple[str, str]) -> None:
    row = answer(shipped, SELECT, JSON, way).convert()["results"]["bindings"]
    assert row == [
        {"a": {"type": "uri", "value": "urn:x:a"}, "b": {"type": "literal", "value": "ä"}}
    ]
    assert answer(shipped, SELECT, CSV, way).convert().decode() == "a,b\r\nurn:x:a,ä\r\n"
    assert answer(shipped, SELECT, TSV, way).convert().decode() == '?a\t?b\n<urn:x:a>\t"ä"\n'
    for form in (XML, None):
        document = answer(shipped, SELECT, form, way).convert()
        assert document.getElementsByTagName("uri")[0].firstChild.data == "urn:x:a"
        assert document.getElementsByTagName("literal")[0].firstChild.data == "ä"


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize(("query", "yes"), [("ASK {}", True), ("ASK { FILTER(false) }", False)])
def test_ask(shipped: Running, query: str, yes: bool, way: tuple[str, str]) -> None:
    assert answer(shipped, query, JSON, way).convert()["boolean"] is yes
    document = answer(shipped, query, XML, way).convert()
    assert document.getElementsByTagName("boolean")[0].firstChild.data == str(yes).lower()


def test_a_form_that_a_query_has_not(shipped: Running) -> None:
    """SPARQLWrapper takes any form for any query, warns, and asks for whatever there is."""
    with pytest.warns(RuntimeWarning, match="unexpected returned format 'json' in a 'CONSTRUCT'"):
        result = answer(shipped, CONSTRUCT, JSON, WAYS[0])
    assert media_type(result) == "application/ld+json"
    assert json.loads(result.response.read())
    with pytest.warns(RuntimeWarning, match="unexpected returned format 'turtle' in a 'SELECT'"):
        result = answer(shipped, SELECT, TURTLE, WAYS[0])
    assert media_type(result) == "application/sparql-results+json"
