"""Which kind of page a thing has, by its class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import ONTOLOGY, OWL, RDF, SKOS, TMN
from testimonia.pages.node_reader import NodeReader

__all__ = ["KINDS", "OTHER", "kind_of"]

OTHER: Final = "thing"
"""The kind of what has no kind of its own."""

_TERM: Final = "term"
KINDS: Final[Mapping[NamedNode, str]] = {
    TMN.Incident: "incident",
    TMN.Event: "event",
    TMN.Claim: "claim",
    TMN.Proposition: "proposition",
    TMN.Agent: "agent",
    TMN.Post: "post",
    TMN.Document: "document",
    TMN.Passage: "passage",
    TMN.Record: "record",
    TMN.Place: "place",
    TMN.Assessment: "assessment",
    TMN.Policy: "policy",
    TMN.VictimGroup: "group",
    TMN.PersonGroup: "group",
    SKOS.ConceptScheme: "code list",
    SKOS.Concept: "code",
    OWL.Class: _TERM,
    OWL.ObjectProperty: _TERM,
    OWL.DatatypeProperty: _TERM,
    OWL.AnnotationProperty: _TERM,
    RDF.Property: _TERM,
    OWL.Ontology: "ontology",
}
"""The kinds by class; the first class of a thing that is listed decides."""


def kind_of(reader: NodeReader, node: NamedNode) -> str:
    """Return the kind of a thing.

    Parameters
    ----------
    reader
        Reads the store.
    node
        The thing.
    """
    if node.value.startswith(ONTOLOGY):
        return _TERM
    classes = set(reader.classes(node))
    return next((kind for of, kind in KINDS.items() if of in classes), OTHER)
