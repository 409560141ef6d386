"""The terms of the ontology, and the code lists with their codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import CODE, ONTOLOGY, OWL, RDF, SKOS, TERMS
from testimonia.pages.node_reader import Link, NodeReader, Text

__all__ = ["ListedTerm", "code_lists", "terms"]

_KINDS: Final = (
    (OWL.Class, "Classes"),
    (OWL.ObjectProperty, "Properties that lead to things"),
    (OWL.DatatypeProperty, "Properties that have values"),
    (OWL.AnnotationProperty, "Annotations"),
)


@dataclass(frozen=True, slots=True)
class ListedTerm:
    """A term or code in a list.

    Attributes
    ----------
    link
        The term.
    name
        Its local name.
    definition
        Its definition.
    """

    link: Link
    name: str
    definition: Text | None


def terms(reader: NodeReader) -> list[tuple[str, list[ListedTerm]]]:
    """List the terms of the ontology by kind."""
    nodes = [NamedNode(ONTOLOGY + name) for name in sorted(TERMS, key=str.casefold)]
    found = []
    for class_, heading in _KINDS:
        listed = [_listed(reader, n) for n in nodes if class_ in reader.nodes(n, RDF.type)]
        found.append((heading, listed))
    return [group for group in found if group[1]]


def code_lists(reader: NodeReader) -> list[tuple[Link, list[ListedTerm]]]:
    """List the code lists with their codes."""
    schemes = reader.links(reader.subjects(SKOS.ConceptScheme, RDF.type))
    return [
        (
            scheme,
            [
                _listed(reader, code)
                for code in reader.subjects(NamedNode(scheme.iri), SKOS.inScheme)
            ],
        )
        for scheme in schemes
        if scheme.iri.startswith(CODE)
    ]


def _listed(reader: NodeReader, node: NamedNode) -> ListedTerm:
    name = node.value.removeprefix(ONTOLOGY).removeprefix(CODE)
    return ListedTerm(reader.link(node), name, reader.text(node, SKOS.definition))
