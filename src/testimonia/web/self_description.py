"""What a store says of itself, in a graph of its own, so that queries find it.

Editors ask an endpoint by SPARQL what there is: for prefixes (``sh:declare``), example queries (``sh:SPARQLExecutable``)
and for the classes of the data with their properties (VoID), as sib-swiss/sparql-editor does. The graph says nothing about
itself, and nothing that depends on the address of the endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from testimonia.catalogue.questions import Question
from testimonia.namespaces import DCTERMS, IDENTIFIER, PREFIXES, RDF, RDFS, SH, XSD
from testimonia.query.graph_names import DESCRIPTION
from testimonia.query.store import Store
from testimonia.values import Term

__all__ = ["MAX_PARTITIONED", "VOID", "example", "write_self_description"]

MAX_PARTITIONED: Final = 2_000_000
"""The most statements of a store whose classes are described; with more, the start would take too long."""
VOID: Final = "http://rdfs.org/ns/void#"

_QUESTION: Final = IDENTIFIER.removesuffix("id/") + "question/"
_MOST_PARTITIONS: Final = 5_000
_CLASSES: Final = "SELECT ?class (COUNT(*) AS ?n) WHERE { ?s a ?class } GROUP BY ?class"
_PROPERTIES: Final = (
    "SELECT ?property (COUNT(*) AS ?n) WHERE { ?s ?property ?o } GROUP BY ?property"
)
_BY_CLASS: Final = """
SELECT ?class ?property (COUNT(*) AS ?n) WHERE { ?s a ?class ; ?property ?o } GROUP BY ?class ?property"""


def write_self_description(store: Store, questions: Iterable[Question]) -> None:
    """Write the graph, or write it again.

    Parameters
    ----------
    store
        The store. Its statements are counted without this graph.
    questions
        The questions, which become example queries.
    """
    store.clear(DESCRIPTION)
    triples = [*_prefixes(), *_examples(questions)]
    if len(store) <= MAX_PARTITIONED:
        triples += _partitions(store)
    store.load(Quad(t.subject, t.predicate, t.object, DESCRIPTION) for t in triples)


def example(this: NamedNode, question: Question) -> Iterator[Triple]:
    """Describe a question as a SHACL SPARQL executable (SHACL Advanced Features, section 5).

    Parameters
    ----------
    this
        The IRI of the question.
    question
        The question.
    """
    yield Triple(this, RDF.type, SH.SPARQLExecutable)
    yield Triple(this, RDF.type, SH.SPARQLSelectExecutable)
    yield Triple(this, SH.select, Literal(question.sparql))
    for tag in question.tags:
        yield Triple(this, NamedNode(PREFIXES["schema"] + "keywords"), Literal(tag))


def _examples(questions: Iterable[Question]) -> Iterator[Triple]:
    for question in questions:
        # Not the IRI of the question itself, which terms refer to: their pages would be others than those of a site.
        this = _part(f"question-{question.name}")
        yield from example(this, question)
        yield Triple(this, RDFS.isDefinedBy, NamedNode(_QUESTION + question.name))
        # Editors show the comment, so it is the question itself.
        yield Triple(this, RDFS.comment, Literal(question.summary, language="en"))
        if question.description:
            yield Triple(this, DCTERMS.description, Literal(question.description, language="en"))
        yield Triple(this, SH.prefixes, _part("prefixes"))


def _prefixes() -> Iterator[Triple]:
    for prefix, namespace in PREFIXES.items():
        declaration = _part(f"prefix-{prefix}")
        yield Triple(_part("prefixes"), SH.declare, declaration)
        yield Triple(declaration, RDF.type, SH.PrefixDeclaration)
        yield Triple(declaration, SH.prefix, Literal(prefix))
        yield Triple(declaration, SH.namespace, Literal(namespace, datatype=XSD.anyURI))


def _partitions(store: Store) -> Iterator[Triple]:
    dataset = _part("dataset")
    yield Triple(dataset, RDF.type, _void("Dataset"))
    classes = _counted(store, _CLASSES, "class")
    parts = {key: _part(f"class-{number}") for number, (key,) in enumerate(classes, 1)}
    for (class_,), number in classes.items():
        yield from _partition(dataset, parts[class_], "class", class_, "entities", number)
    for index, ((property_,), number) in enumerate(
        _counted(store, _PROPERTIES, "property").items(), 1
    ):
        part = _part(f"property-{index}")
        yield from _partition(dataset, part, "property", property_, "triples", number)
    both = _counted(store, _BY_CLASS, "class", "property")
    for index, ((class_, property_), number) in enumerate(both.items(), 1):
        if class_ in parts:
            part = _part(f"class-property-{index}")
            yield from _partition(parts[class_], part, "property", property_, "triples", number)


def _partition(
    whole: NamedNode, part: NamedNode, key: str, value: NamedNode, count: str, number: int
) -> Iterator[Triple]:
    yield Triple(whole, _void(f"{key}Partition"), part)
    yield Triple(part, _void(key), value)
    yield Triple(part, _void(count), Literal(str(number), datatype=XSD.integer))


def _counted(store: Store, query: str, *keys: str) -> dict[tuple[NamedNode, ...], int]:
    """Run a query that counts, and return the largest numbers by their keys."""
    found: dict[tuple[NamedNode, ...], int] = {}
    for row in store.solutions(query, {}):
        key = tuple(term for name in keys if isinstance(term := row[name], NamedNode))
        if len(key) == len(keys):
            found[key] = _number(row["n"])
    largest = sorted(found.items(), key=lambda each: (-each[1], [k.value for k in each[0]]))
    return dict(largest[:_MOST_PARTITIONS])


def _number(term: Term) -> int:
    assert isinstance(term, Literal)  # noqa: S101 - a count
    return int(term.value)


def _part(name: str) -> NamedNode:
    return NamedNode(f"{DESCRIPTION.value}#{name}")


def _void(name: str) -> NamedNode:
    return NamedNode(VOID + name)
