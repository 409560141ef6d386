"""The endpoint described in RDF: SPARQL 1.1 Service Description, VoID, and example queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from testimonia.catalogue.questions import Question
from testimonia.namespaces import DCTERMS, PREFIXES, RDF, RDFS, XSD
from testimonia.web.contents import Contents, Statistics
from testimonia.web.dumps import ALL, GRAPH, WHOLE
from testimonia.web.self_description import VOID, example

__all__ = ["dataset", "examples", "service"]

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_SCHEMA: Final = "https://schema.org/"
_A: Final = RDF.type
_RESULTS: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML"),
)
_VOID_PAGE: Final = ".well-known/void"
_MAX_LISTED: Final = 1000

Node = NamedNode | BlankNode


def service(contents: Contents, endpoint: str, root: str) -> Iterator[Triple]:
    """Describe the service (W3C SPARQL 1.1 Service Description).

    The dataset and its graphs have the same IRIs as in the description by `dataset`.

    Parameters
    ----------
    contents
        What the endpoint serves.
    endpoint
        URL of the SPARQL service.
    root
        URL of the home page.
    """
    this, data, default = NamedNode(endpoint), _dataset(root), BlankNode("default")
    yield Triple(this, _A, _sd("Service"))
    yield Triple(this, _sd("endpoint"), this)
    yield Triple(this, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield Triple(this, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in _RESULTS:
        yield Triple(this, _sd("resultFormat"), NamedNode(_FORMATS + name))
    yield Triple(this, _sd("defaultDataset"), data)
    yield Triple(data, _A, _sd("Dataset"))
    yield Triple(data, _sd("defaultGraph"), default)
    yield Triple(default, _A, _sd("Graph"))
    yield Triple(default, _void("triples"), _number(contents.triples))
    for index, (name, triples) in enumerate(_listed_graphs(contents)):
        named, graph = BlankNode(f"named{index}"), _graph(root, name)
        yield Triple(data, _sd("namedGraph"), named)
        yield Triple(named, _A, _sd("NamedGraph"))
        yield Triple(named, _sd("name"), NamedNode(name))
        yield Triple(named, _sd("graph"), graph)
        yield Triple(graph, _A, _sd("Graph"))
        yield Triple(graph, _void("triples"), _number(triples))
    yield from _graphs_not_listed(data, contents)


def dataset(
    contents: Contents, root: str, dumps: Mapping[str, str], metadata: Mapping[str, str]
) -> Iterator[Triple]:
    """Describe the dataset (VoID).

    Parameters
    ----------
    contents
        What the endpoint serves.
    root
        URL of the home page.
    dumps
        URLs of the dumps, by name.
    metadata
        Title, licence, etc.: terms in N-Triples syntax by the local name of the Dublin Core property.
    """
    this = _dataset(root)
    yield Triple(this, _A, _void("Dataset"))
    yield Triple(this, NamedNode(PREFIXES["foaf"] + "homepage"), NamedNode(root))
    yield Triple(this, _void("sparqlEndpoint"), NamedNode(f"{root}sparql"))
    yield Triple(this, _void("uriSpace"), Literal(PREFIXES["tmd"]))
    yield Triple(this, _void("vocabulary"), NamedNode(PREFIXES["tmn"]))
    yield from _metadata(this, metadata)
    yield Triple(this, _void("triples"), _number(contents.triples))
    if ALL in dumps:
        yield Triple(this, _void("dataDump"), NamedNode(dumps[ALL]))
    if contents.statistics is not None:
        yield from _partitions(this, contents.statistics)
    for name, triples in _listed_graphs(contents):
        yield from _subset(this, _graph(root, name), f"The graph {name}", triples)
        if name in contents.graph_offsets:
            url = NamedNode(f"{root}data/{GRAPH}?graph={quote(name, safe='')}")
            yield Triple(_graph(root, name), _void("dataDump"), url)
    yield from _graphs_not_listed(this, contents)
    yield from _published(this, contents, root, dumps)


def _published(
    this: NamedNode, contents: Contents, root: str, dumps: Mapping[str, str]
) -> Iterator[Triple]:
    """Describe the data as published: without the ontology, code lists and derived statements."""
    files = {name: url for name, url in dumps.items() if name not in (ALL, WHOLE)}
    parent = this
    if WHOLE in dumps:
        parent = NamedNode(f"{root}{_VOID_PAGE}#published")
        yield from _subset(this, parent, "The data as published", contents.published)
        yield Triple(parent, _void("dataDump"), NamedNode(dumps[WHOLE]))
    for name, url in files.items():
        part = NamedNode(f"{url}#dataset")
        yield from _subset(parent, part, f"The file {name.removeprefix('files/')}")
        yield Triple(part, _void("dataDump"), NamedNode(url))


def _subset(
    whole: NamedNode, part: NamedNode, title: str, triples: int | None = None
) -> Iterator[Triple]:
    yield Triple(whole, _void("subset"), part)
    yield Triple(part, _A, _void("Dataset"))
    yield Triple(part, DCTERMS.title, Literal(title, language="en"))
    if triples is not None:
        yield Triple(part, _void("triples"), _number(triples))


def _partitions(this: NamedNode, statistics: Statistics) -> Iterator[Triple]:
    yield Triple(this, _void("classes"), _number(len(statistics.classes)))
    yield Triple(this, _void("properties"), _number(len(statistics.properties)))
    yield Triple(this, _void("distinctSubjects"), _number(statistics.subjects))
    yield Triple(this, _void("distinctObjects"), _number(statistics.objects))
    for kind, key, count, parts in (
        ("classPartition", "class", "entities", statistics.classes),
        ("propertyPartition", "property", "triples", statistics.properties),
    ):
        for index, (name, number) in enumerate(islice(parts.items(), _MAX_LISTED)):
            part = BlankNode(f"{key}{index}")
            yield Triple(this, _void(kind), part)
            yield Triple(part, _void(key), NamedNode(name))
            yield Triple(part, _void(count), _number(number))


def _metadata(this: NamedNode, metadata: Mapping[str, str]) -> Iterator[Triple]:
    lines = "".join(
        f"{this} <{PREFIXES['dcterms']}{name}> {value} .\n" for name, value in metadata.items()
    )
    yield from (quad.triple for quad in parse(lines, RdfFormat.N_TRIPLES))


def _listed_graphs(contents: Contents) -> Iterable[tuple[str, int]]:
    return islice(contents.graphs.items(), _MAX_LISTED)


def _graphs_not_listed(this: NamedNode, contents: Contents) -> Iterator[Triple]:
    if len(contents.graphs) > _MAX_LISTED:
        comment = f"Only {_MAX_LISTED} of {len(contents.graphs)} graphs are listed."
        yield Triple(this, RDFS.comment, Literal(comment, language="en"))


def _dataset(root: str) -> NamedNode:
    return NamedNode(f"{root}{_VOID_PAGE}#dataset")


def _graph(root: str, name: str) -> NamedNode:
    return NamedNode(f"{root}{_VOID_PAGE}#graph={quote(name, safe='')}")


def examples(questions: Iterable[Question], root: str) -> Iterator[Triple]:
    """Describe the competency questions as SHACL SPARQL executables, from which editors read examples.

    Parameters
    ----------
    questions
        The questions.
    root
        URL of the home page.
    """
    for question in questions:
        this = NamedNode(f"{root}questions/{question.name}")
        yield from example(this, question)
        summary = Literal(question.summary, language="en")
        yield Triple(this, RDFS.label, summary)
        if question.description:
            comment = Literal(question.description, language="en")
            yield Triple(this, RDFS.comment, comment)
        yield Triple(this, NamedNode(_SCHEMA + "target"), NamedNode(f"{root}sparql"))


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def _void(name: str) -> NamedNode:
    return NamedNode(VOID + name)


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)
