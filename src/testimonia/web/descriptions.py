"""Describes the endpoint to programs: SPARQL 1.1 Service Description, VoID, and the questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from testimonia.catalogue.questions import Question
from testimonia.namespaces import DCTERMS, PREFIXES, RDF, RDFS, SH, XSD
from testimonia.web.contents import Contents, Statistics
from testimonia.web.dumps import ALL, GRAPH, WHOLE

__all__ = ["dataset", "examples", "service"]

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_VOID: Final = "http://rdfs.org/ns/void#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_SCHEMA: Final = "https://schema.org/"
_A: Final = RDF.type
_RESULTS: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML"),
)
_VOID_PAGE: Final = ".well-known/void"
_MOST_LISTED: Final = 1000

Node = NamedNode | BlankNode


def service(contents: Contents, endpoint: str, root: str) -> Iterator[Triple]:
    """Describe the service (W3C SPARQL 1.1 Service Description).

    Its dataset and graphs have the names that `dataset` gives them.

    Parameters
    ----------
    contents
        What it holds.
    endpoint
        Its address.
    root
        Address of the endpoint's first page.
    """
    me, data, default = NamedNode(endpoint), _dataset(root), BlankNode("default")
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
    for index, (name, triples) in enumerate(_shown(contents)):
        named, graph = BlankNode(f"named{index}"), _graph(root, name)
        yield Triple(data, _sd("namedGraph"), named)
        yield Triple(named, _A, _sd("NamedGraph"))
        yield Triple(named, _sd("name"), NamedNode(name))
        yield Triple(named, _sd("graph"), graph)
        yield Triple(graph, _A, _sd("Graph"))
        yield Triple(graph, _void("triples"), _number(triples))
    yield from _left_out(data, contents)


def dataset(
    contents: Contents, root: str, dumps: Mapping[str, str], about: Mapping[str, str]
) -> Iterator[Triple]:
    """Describe the dataset (VoID).

    Parameters
    ----------
    contents
        What it holds.
    root
        Address of the endpoint's first page.
    dumps
        Addresses of the dumps, by name.
    about
        Title, licence and the like, by the name of the property in Dublin Core, each as written in
        N-Triples.
    """
    me = _dataset(root)
    yield Triple(me, _A, _void("Dataset"))
    yield Triple(me, NamedNode(PREFIXES["foaf"] + "homepage"), NamedNode(root))
    yield Triple(me, _void("sparqlEndpoint"), NamedNode(f"{root}sparql"))
    yield Triple(me, _void("uriSpace"), Literal(PREFIXES["tmd"]))
    yield Triple(me, _void("vocabulary"), NamedNode(PREFIXES["tmn"]))
    yield from _titled(me, about)
    yield Triple(me, _void("triples"), _number(contents.triples))
    if ALL in dumps:
        yield Triple(me, _void("dataDump"), NamedNode(dumps[ALL]))
    if contents.statistics is not None:
        yield from _partitions(me, contents.statistics)
    for name, triples in _shown(contents):
        yield from _subset(me, _graph(root, name), f"The graph {name}", triples)
        if name in contents.places:
            address = NamedNode(f"{root}data/{GRAPH}?graph={quote(name, safe='')}")
            yield Triple(_graph(root, name), _void("dataDump"), address)
    yield from _left_out(me, contents)
    yield from _published(me, contents, root, dumps)


def _published(
    me: NamedNode, contents: Contents, root: str, dumps: Mapping[str, str]
) -> Iterator[Triple]:
    """Describe the data as published: without ontology, code lists and what was derived."""
    files = {name: address for name, address in dumps.items() if name not in (ALL, WHOLE)}
    parent = me
    if WHOLE in dumps:
        parent = NamedNode(f"{root}{_VOID_PAGE}#published")
        yield from _subset(me, parent, "The data as published", contents.published)
        yield Triple(parent, _void("dataDump"), NamedNode(dumps[WHOLE]))
    for name, address in files.items():
        part = NamedNode(f"{address}#dataset")
        yield from _subset(parent, part, f"The file {name.removeprefix('files/')}")
        yield Triple(part, _void("dataDump"), NamedNode(address))


def _subset(
    whole: NamedNode, part: NamedNode, title: str, triples: int | None = None
) -> Iterator[Triple]:
    yield Triple(whole, _void("subset"), part)
    yield Triple(part, _A, _void("Dataset"))
    yield Triple(part, DCTERMS.title, Literal(title, language="en"))
    if triples is not None:
        yield Triple(part, _void("triples"), _number(triples))


def _partitions(me: NamedNode, counted: Statistics) -> Iterator[Triple]:
    yield Triple(me, _void("classes"), _number(len(counted.classes)))
    yield Triple(me, _void("properties"), _number(len(counted.properties)))
    yield Triple(me, _void("distinctSubjects"), _number(counted.subjects))
    yield Triple(me, _void("distinctObjects"), _number(counted.objects))
    for kind, key, count, parts in (
        ("classPartition", "class", "entities", counted.classes),
        ("propertyPartition", "property", "triples", counted.properties),
    ):
        for index, (name, number) in enumerate(islice(parts.items(), _MOST_LISTED)):
            part = BlankNode(f"{key}{index}")
            yield Triple(me, _void(kind), part)
            yield Triple(part, _void(key), NamedNode(name))
            yield Triple(part, _void(count), _number(number))


def _titled(me: NamedNode, about: Mapping[str, str]) -> Iterator[Triple]:
    lines = "".join(
        f"{me} <{PREFIXES['dcterms']}{name}> {value} .\n" for name, value in about.items()
    )
    yield from (quad.triple for quad in parse(lines, RdfFormat.N_TRIPLES))


def _shown(contents: Contents) -> Iterable[tuple[str, int]]:
    return islice(contents.graphs.items(), _MOST_LISTED)


def _left_out(me: NamedNode, contents: Contents) -> Iterator[Triple]:
    if len(contents.graphs) > _MOST_LISTED:
        comment = f"Only {_MOST_LISTED} of {len(contents.graphs)} graphs are listed."
        yield Triple(me, RDFS.comment, Literal(comment, language="en"))


def _dataset(root: str) -> NamedNode:
    return NamedNode(f"{root}{_VOID_PAGE}#dataset")


def _graph(root: str, name: str) -> NamedNode:
    return NamedNode(f"{root}{_VOID_PAGE}#graph={quote(name, safe='')}")


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
        yield Triple(me, RDFS.label, summary)
        if question.description:
            comment = Literal(question.description, language="en")
            yield Triple(me, RDFS.comment, comment)
        yield Triple(me, _sh("select"), Literal(question.sparql))
        yield Triple(me, NamedNode(_SCHEMA + "target"), NamedNode(f"{root}sparql"))
        for tag in question.tags:
            yield Triple(me, NamedNode(_SCHEMA + "keywords"), Literal(tag))


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def _void(name: str) -> NamedNode:
    return NamedNode(_VOID + name)


def _sh(name: str) -> NamedNode:
    return SH[name]


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)
