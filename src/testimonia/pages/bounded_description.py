"""What is stated about a thing, as RDF: its concise bounded description, with its claims.

A concise bounded description (W3C Member Submission "CBD", 2005) is what is stated about a thing, and about
nodes that only serve to describe it: blank nodes, and here time bounds and selectors. Of an event, an agent, a
document or a proposition a reader also expects the claims, so these are added, each with its proposition; of
anything else, what refers to it, and of a term or code only what the vocabulary says. Everything that is named comes with its labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from testimonia.namespaces import CODE, OA, ONTOLOGY, RDFS, SKOS, TMN
from testimonia.query.graph_names import describes_store
from testimonia.query.queryable import Queryable

__all__ = ["described"]

_VOCABULARY: Final = (ONTOLOGY, CODE)
_LABELS: Final = (RDFS.label, SKOS.prefLabel)
_DEPENDENT: Final = frozenset(
    {
        OA.hasSelector,
        TMN.occurred,
        TMN.statedAt,
        TMN.published,
        TMN.captured,
        TMN.deleted,
        TMN.asOf,
        TMN.during,
        TMN.claimedTime,
        TMN.since,
    }
)
"""Properties whose values only serve to describe the thing."""
_CLAIMING: Final = (
    TMN.proposition,
    TMN.claimant,
    TMN.onBehalfOf,
    TMN.inCapacityOf,
    TMN.speaker,
    TMN.statedIn,
    TMN.passage,
    TMN.record,
)
"""Properties that lead from a claim to a thing that it describes."""


def described(store: Queryable, node: NamedNode) -> list[Triple]:
    """Return the description of a thing, each statement once; empty if nothing is stated about it.

    Parameters
    ----------
    store
        The store, whose derived facts are included.
    node
        The thing.
    """
    found: dict[Triple, None] = {}
    _add_bounded(store, node, found)
    incoming = [t for t in store.incoming(node) if not describes_store(t.subject)]
    if node.value.startswith(_VOCABULARY):  # not everything that is written with it
        incoming = [t for t in incoming if _is_vocabulary(t.subject)]
    if not found and not incoming:
        return []
    claims = {t.subject for t in incoming if t.predicate in _CLAIMING}
    for triple in incoming:
        found[triple] = None
        if triple.predicate not in _CLAIMING and isinstance(triple.subject, NamedNode):
            claims |= {t.subject for t in store.incoming(triple.subject) if _proposes(t)}
    for claim in sorted((c for c in claims if isinstance(c, NamedNode)), key=lambda c: c.value):
        _add_bounded(store, claim, found)
        for triple in store.outgoing(claim, TMN.proposition):
            if isinstance(triple.object, NamedNode):
                _add_bounded(store, triple.object, found)
    for label in list(_labels(store, found)):
        found[label] = None
    return list(found)


def _is_vocabulary(subject: object) -> bool:
    return isinstance(subject, NamedNode) and subject.value.startswith(_VOCABULARY)


def _proposes(triple: Triple) -> bool:
    return triple.predicate == TMN.proposition


def _add_bounded(store: Queryable, node: NamedNode, found: dict[Triple, None]) -> None:
    waiting: list[NamedNode | BlankNode] = [node]
    done: set[NamedNode | BlankNode] = set()
    while waiting:
        this = waiting.pop()
        if this in done:
            continue
        done.add(this)
        for triple in store.outgoing(this):  # type: ignore[arg-type]
            found[triple] = None
            object_ = triple.object
            if isinstance(object_, BlankNode) or (
                isinstance(object_, NamedNode) and triple.predicate in _DEPENDENT
            ):
                waiting.append(object_)


def _labels(store: Queryable, found: dict[Triple, None]) -> Iterator[Triple]:
    """Find the labels of all objects, and of the properties that refer to the thing."""
    named = {t.object for t in found if isinstance(t.object, NamedNode)}
    named |= {t.subject for t in found if isinstance(t.subject, NamedNode)}
    for node in sorted(named, key=lambda node: node.value):
        for predicate in _LABELS:
            yield from store.outgoing(node, predicate)
