"""What every page of a thing shows: what is stated about it, and what refers to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.namespaces import PREFIXES, RDF, RDFS, SKOS, TMN, shorten
from testimonia.pages.incident_claims import time_bounds
from testimonia.pages.node_reader import Link, NodeReader, Text
from testimonia.values import Term

__all__ = ["Fact", "Reference", "Time", "facts", "labels", "references"]

_LABELS: Final = (SKOS.prefLabel, RDFS.label, SKOS.altLabel)
_FIRST: Final = {
    node.value: place
    for place, node in enumerate(
        (
            RDF.type,
            SKOS.definition,
            TMN.claimant,
            TMN.inCapacityOf,
            TMN.onBehalfOf,
            TMN.stance,
            TMN.certainty,
            TMN.voice,
            TMN.channel,
            TMN.statedAt,
            TMN.asOf,
            TMN.statedIn,
            TMN.about,
            TMN.eventType,
            TMN.occurred,
            TMN.place,
        )
    )
}
"""The order of the properties that a reader looks for first; the others follow by name."""
_OF_ASSESSMENTS: Final = frozenset(
    {
        TMN.assessedHarm,
        TMN.assessedVictims,
        TMN.assessedFigure,
        TMN.assesses,
        TMN.excludedClaim,
        TMN.exclusionReason,
        TMN.grade,
        TMN.setAside,
        NamedNode(f"{PREFIXES['prov']}wasDerivedFrom"),
    }
)
"""What policies say of a thing; there are many, and they have no names."""
_MOST_LISTED: Final = 60
_IS_A: Final = "is a"  # rdf:type has no label in the data


@dataclass(frozen=True, slots=True)
class Time:
    """A time in the data, with its bounds.

    Attributes
    ----------
    link
        The time bounds.
    days
        The days, as ISO 8601 dates.
    """

    link: Link
    days: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A property of a thing, with its values.

    Attributes
    ----------
    name
        The property.
    values
        Its values.
    """

    name: Link
    values: tuple[Link | Text | Time, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """What refers to a thing with one property.

    Attributes
    ----------
    name
        The property.
    subjects
        What refers to the thing, as far as it is listed.
    more
        How many are not listed.
    """

    name: Link
    subjects: tuple[Link, ...]
    more: int


def facts(
    reader: NodeReader, node: NamedNode, *, leave_out: Container[NamedNode] = ()
) -> list[Fact]:
    """List what is stated about a thing, but for its labels: first what a reader looks for.

    Parameters
    ----------
    reader
        Reads the store.
    node
        The thing.
    leave_out
        Properties that are shown elsewhere on the page.
    """
    found = []
    for predicate, values in reader.statements(node).items():
        if predicate in _LABELS or predicate in leave_out:
            continue
        shown = [_shown(reader, value) for value in sorted(values, key=str)]
        name = reader.link(predicate)
        if predicate == RDF.type:
            name = replace(name, text=_IS_A)
        found.append(Fact(name, tuple(shown[:_MOST_LISTED])))
    last = len(_FIRST)
    return sorted(found, key=lambda fact: (_FIRST.get(fact.name.iri, last), fact.name.text))


def references(
    reader: NodeReader, node: NamedNode, *, leave_out: Container[NamedNode] = ()
) -> list[Reference]:
    """List what refers to a thing, by property, but for what policies say of it.

    Parameters
    ----------
    reader
        Reads the store.
    node
        The thing.
    leave_out
        Properties that are shown elsewhere on the page.
    """
    groups: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for triple in reader.references(node):
        if triple.predicate in leave_out or triple.predicate in _OF_ASSESSMENTS:
            continue
        if isinstance(triple.subject, NamedNode):
            groups[triple.predicate].append(triple.subject)
    found = [_reference(reader, name, subjects) for name, subjects in groups.items()]
    return sorted(found, key=lambda each: each.name.text)


def _reference(reader: NodeReader, name: NamedNode, subjects: list[NamedNode]) -> Reference:
    # Before labels are looked up: a code may have a hundred thousand.
    listed = sorted(set(subjects), key=lambda each: each.value)
    return Reference(
        reader.link(name),
        tuple(reader.links(listed[:_MOST_LISTED])),
        max(0, len(listed) - _MOST_LISTED),
    )


def labels(reader: NodeReader, node: NamedNode) -> list[Text]:
    """List the labels of a thing in all languages, each once, in order of language."""
    found: Iterable[Term] = (value for each in _LABELS for value in reader.values(node, each))
    texts = {Text(v.value, v.language or "") for v in found if isinstance(v, Literal)}
    return sorted(texts, key=lambda text: (text.language, text.text))


def _shown(reader: NodeReader, value: Term) -> Link | Text | Time:
    if isinstance(value, NamedNode):
        if TMN.TimeBounds in reader.nodes(value, RDF.type):
            return Time(reader.link(value), time_bounds(reader, value).days)
        return reader.link(value)
    if isinstance(value, Literal):
        return Text(value.value, value.language or "")
    return Text(shorten(str(value)) if not isinstance(value, BlankNode) else "…")
