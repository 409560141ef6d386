"""SPARQLWrapper, the most used Python client, with all its request methods and return formats."""

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

# rdflib deprecates what it and SPARQLWrapper call in it.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SELECT = 'SELECT ?a ?b { VALUES (?a ?b) { (<urn:x:a> "ä") } }'
CONSTRUCT = 'CONSTRUCT { <urn:x:s> <urn:x:p> "ä"@fr , 1 } {}'
DESCRIBE = "DESCRIBE <https://w3id.org/testimonia/code/killed>"
METHODS = [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]
GRAPH_FORMATS = {
    None: "application/rdf+xml",
    TURTLE: "text/turtle",
    N3: "text/n3",
    RDFXML: "application/rdf+xml",
    XML: "application/rdf+xml",
    JSONLD: "application/ld+json",
}


def answer(running: Running, query: str, form: str | None, method: tuple[str, str]) -> Any:
    wrapper = SPARQLWrapper(running.sparql)
    wrapper.setQuery(query)
    wrapper.setMethod(method[0])
    wrapper.setRequestMethod(method[1])
    if form is not None:
        wrapper.setReturnFormat(form)
    return wrapper.query()


def media_type(result: Any) -> str:
    return str(result.info()["content-type"]).partition(";")[0]


@pytest.mark.parametrize("method", METHODS, ids="-".join)
@pytest.mark.parametrize("form", GRAPH_FORMATS)
def test_construct(shipped: Running, form: str | None, method: tuple[str, str]) -> None:
    result = answer(shipped, CONSTRUCT, form, method)
    assert media_type(result) == GRAPH_FORMATS[form]
    graph = converted(result, form)
    assert {(p.toPython(), o.toPython()) for _, p, o in graph} == {("urn:x:p", "ä"), ("urn:x:p", 1)}


@pytest.mark.parametrize("method", METHODS, ids="-".join)
@pytest.mark.parametrize("form", GRAPH_FORMATS)
def test_describe(shipped: Running, form: str | None, method: tuple[str, str]) -> None:
    result = answer(shipped, DESCRIBE, form, method)
    assert media_type(result) == GRAPH_FORMATS[form]
    killed = rdflib.URIRef("https://w3id.org/testimonia/code/killed")
    assert (killed, rdflib.RDF.type, rdflib.SKOS.Concept) in converted(result, form)


def converted(result: Any, form: str | None) -> rdflib.Graph:
    """Convert a graph with SPARQLWrapper, which returns Turtle and N3 unparsed."""
    found = result.convert()
    if form in (TURTLE, N3):
        return rdflib.Graph().parse(data=found, format="turtle" if form == TURTLE else "n3")
    assert isinstance(found, rdflib.Graph)
    return found


@pytest.mark.parametrize("method", METHODS, ids="-".join)
def test_select(shipped: Running, method: tuple[str, str]) -> None:
    row = answer(shipped, SELECT, JSON, method).convert()["results"]["bindings"]
    assert row == [
        {"a": {"type": "uri", "value": "urn:x:a"}, "b": {"type": "literal", "value": "ä"}}
    ]
    assert answer(shipped, SELECT, CSV, method).convert().decode() == "a,b\r\nurn:x:a,ä\r\n"
    assert answer(shipped, SELECT, TSV, method).convert().decode() == '?a\t?b\n<urn:x:a>\t"ä"\n'
    for form in (XML, None):
        document = answer(shipped, SELECT, form, method).convert()
        assert document.getElementsByTagName("uri")[0].firstChild.data == "urn:x:a"
        assert document.getElementsByTagName("literal")[0].firstChild.data == "ä"


@pytest.mark.parametrize("method", METHODS, ids="-".join)
@pytest.mark.parametrize(("query", "yes"), [("ASK {}", True), ("ASK { FILTER(false) }", False)])
def test_ask(shipped: Running, query: str, yes: bool, method: tuple[str, str]) -> None:
    assert answer(shipped, query, JSON, method).convert()["boolean"] is yes
    document = answer(shipped, query, XML, method).convert()
    assert document.getElementsByTagName("boolean")[0].firstChild.data == str(yes).lower()


def test_a_format_that_does_not_fit_the_query(shipped: Running) -> None:
    """SPARQLWrapper accepts any format for any query, warns, and asks for any format available."""
    with pytest.warns(RuntimeWarning, match="unexpected returned format 'json' in a 'CONSTRUCT'"):
        result = answer(shipped, CONSTRUCT, JSON, METHODS[0])
    assert media_type(result) == "application/ld+json"
    assert json.loads(result.response.read())
    with pytest.warns(RuntimeWarning, match="unexpected returned format 'turtle' in a 'SELECT'"):
        result = answer(shipped, SELECT, TURTLE, METHODS[0])
    assert media_type(result) == "application/sparql-results+json"
