"""Describes the endpoint to programs: SPARQL 1.1 Service Description, VoID, and the questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from testimonia.namespaces import PREFIXES
from testimonia.questions import Question
from testimonia.web.contents import Contents

__all__ = ["dataset", "examples", "service"]

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_VOID: Final = "http://rdfs.org/ns/void#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_SCHEMA: Final = "https://schema.org/"
_A: Final = NamedNode(PREFIXES["rdf"] + "type")
_RESULTS: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML"),
)
_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"

Node = NamedNode | BlankNode


def service(contents: Contents, endpoint: str) -> Iterator[Triple]:
    """Describe the service (W3C SPARQL 1.1 Service Description).

    Parameters
    ----------
    contents
        What it holds.
    endpoint
        Its address.
    """
    me, data, default = NamedNode(endpoint), BlankNode("dataset"), BlankNode("default")
    yield Triple(me, _A, _sd("Service"))
    yield Triple(me, _sd("endpoint"), me)
    yield Triple(me, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield Triple(me, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in _RESULTS:
        yield Triple(me, _sd("resultFormat"), NamedNode(_FORMATS + name))
    yield Triple(me, _sd("defaultDataset"), data)
    yield Triple(data, _A, _sd("Dataset"))
    yield Triple(data, _sd("defaultGraph"), default)
    yield Triple(default, _A, _sd("Graph"))
    yield Triple(default, _void("triples"), _number(contents.triples))
    for index, (name, triples) in enumerate(contents.graphs.items()):
        named, graph = BlankNode(f"named{index}"), BlankNode(f"graph{index}")
        yield Triple(data, _sd("namedGraph"), named)
        yield Triple(named, _A, _sd("NamedGraph"))
        yield Triple(named, _sd("name"), NamedNode(name))
        yield Triple(named, _sd("graph"), graph)
        yield Triple(graph, _A, _sd("Graph"))
        yield Triple(graph, _void("triples"), _number(triples))


def dataset(
    contents: Contents, root: str, dumps: Iterable[str], *, shipped: bool
) -> Iterator[Triple]:
    """Describe the dataset (VoID).

    Parameters
    ----------
    contents
        What it holds.
    root
        Address of the endpoint's first page.
    dumps
        Addresses of the dumps.
    shipped
        Whether it is the data that come with the library, whose licence is known.
    """
    me = NamedNode(f"{root}.well-known/void#dataset")
    yield Triple(me, _A, _void("Dataset"))
    yield Triple(me, NamedNode(PREFIXES["foaf"] + "homepage"), NamedNode(root))
    yield Triple(me, _void("sparqlEndpoint"), NamedNode(f"{root}sparql"))
    yield Triple(me, _void("uriSpace"), Literal(PREFIXES["tmd"]))
    yield Triple(me, _void("vocabulary"), NamedNode(PREFIXES["tmn"]))
    yield Triple(me, _void("triples"), _number(contents.triples))
    if shipped:
        yield Triple(me, NamedNode(PREFIXES["dcterms"] + "license"), NamedNode(_LICENCE))
    for address in dumps:
        yield Triple(me, _void("dataDump"), NamedNode(address))


def examples(questions: Iterable[Question], root: str) -> Iterator[Triple]:
    """Describe the competency questions as SHACL executables, the way SPARQL editors find examples.

    Parameters
    ----------
    questions
        The questions.
    root
        Address of the endpoint's first page.
    """
    for question in questions:
        me = NamedNode(f"{root}questions/{question.name}")
        yield Triple(me, _A, _sh("SPARQLExecutable"))
        yield Triple(me, _A, _sh("SPARQLSelectExecutable"))
        summary = Literal(question.summary, language="en")
        yield Triple(me, NamedNode(PREFIXES["rdfs"] + "label"), summary)
        if question.description:
            comment = Literal(question.description, language="en")
            yield Triple(me, NamedNode(PREFIXES["rdfs"] + "comment"), comment)
        yield Triple(me, _sh("select"), Literal(question.sparql))
        yield Triple(me, NamedNode(_SCHEMA + "target"), NamedNode(f"{root}sparql"))
        for tag in question.tags:
            yield Triple(me, NamedNode(_SCHEMA + "keywords"), Literal(tag))


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def _void(name: str) -> NamedNode:
    return NamedNode(_VOID + name)


def _sh(name: str) -> NamedNode:
    return NamedNode(PREFIXES["sh"] + name)


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode(PREFIXES["xsd"] + "integer"))
