"""The claims about an incident and its parts, read once for all that its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from pyoxigraph import Literal, NamedNode

from testimonia.namespaces import CODE, RDF, TMN
from testimonia.pages.node_reader import Link, NodeReader

__all__ = [
    "Bounds",
    "IncidentClaims",
    "SaidClaim",
    "code_name",
    "read_incident",
    "time_bounds",
]

_LARGE: Final = 400
_UPHOLDING: Final = frozenset({"asserts", "confirms", "concedes"})


@dataclass(frozen=True, slots=True)
class Bounds:
    """A time as far as it is known.

    Attributes
    ----------
    label
        What it is called.
    earliest, latest
        Its bounds as RDF gives them; empty where there is none.
    """

    label: str
    earliest: str = ""
    latest: str = ""

    @property
    def middle(self) -> float | None:
        """The middle of the bounds, or the bound that is known, in seconds since 1970."""
        known = [t for t in (seconds(self.earliest), seconds(self.latest)) if t is not None]
        return sum(known) / len(known) if known else None

    @property
    def order(self) -> tuple[float, float]:
        """What times are sorted by: the earliest bound, then the latest; unknown ones last."""
        first, last = seconds(self.earliest), seconds(self.latest)
        start = first if first is not None else last
        end = last if last is not None else first
        return (start if start is not None else 9e15, end if end is not None else 9e15)

    @property
    def days(self) -> str:
        """The days of the bounds, as ISO 8601 dates."""
        days = list(dict.fromkeys(t[:10] for t in (self.earliest, self.latest) if t))
        if not days:
            return ""
        if len(days) == 1 and not (self.earliest and self.latest):
            return f"from {days[0]}" if self.earliest else f"until {days[0]}"
        return " to ".join(days)


@dataclass(frozen=True, slots=True)
class SaidClaim:
    """A claim about an incident.

    Attributes
    ----------
    node
        The claim.
    proposition, event
        What it says, and of which event.
    speaker, party
        Who answers for its origin, and the party of that speaker; the claimant where nothing is derived.
    document
        The document that states it.
    stance, certainty
        Local names of codes; an empty text where the claim has none.
    reasons
        Why it does not uphold its proposition, as local names of codes.
    superseded
        The claims by which its speaker later revised it.
    known
        The time as of which it speaks, if that is known.
    words
        The quantity as the document words it.
    """

    node: NamedNode
    proposition: NamedNode
    event: NamedNode
    speaker: NamedNode | None
    party: NamedNode | None
    document: NamedNode | None
    stance: str
    certainty: str
    reasons: tuple[str, ...]
    superseded: tuple[NamedNode, ...]
    known: Bounds | None
    words: str

    @property
    def upholds(self) -> bool:
        """Whether it upholds its proposition, revised or not."""
        return self.stance in _UPHOLDING and not self.reasons

    @property
    def upheld_once(self) -> bool:
        """Whether it upholds its proposition, or did so until it was withdrawn."""
        return self.stance in _UPHOLDING and set(self.reasons) <= {"withdrawn-claim"}

    @property
    def standing(self) -> bool:
        """Whether it upholds its proposition and has not been revised."""
        return self.upholds and not self.superseded


@dataclass(frozen=True)
class IncidentClaims:
    """An incident with its parts and the claims about them.

    Attributes
    ----------
    reader
        Reads the store.
    incident
        The incident.
    events
        The incident and its parts, the incident first.
    claims
        The claims, by proposition.
    """

    reader: NodeReader
    incident: NamedNode
    events: tuple[NamedNode, ...]
    claims: Mapping[NamedNode, tuple[SaidClaim, ...]]

    def of_class(self, *classes: NamedNode) -> list[NamedNode]:
        """List the propositions of some classes."""
        return [
            proposition
            for proposition in self.claims
            if not set(classes).isdisjoint(self.reader.nodes(proposition, RDF.type))
        ]

    @cached_property
    def by_node(self) -> dict[NamedNode, SaidClaim]:
        """The claims by their IRIs."""
        return {claim.node: claim for claims in self.claims.values() for claim in claims}

    @cached_property
    def is_large(self) -> bool:
        """Whether so much is claimed that a page shows less of each thing, and says how much more there is."""
        return len(self.by_node) > _LARGE

    @cached_property
    def documents(self) -> list[NamedNode]:
        """The documents that state them."""
        found = {claim.document for claim in self.by_node.values() if claim.document is not None}
        return sorted(found, key=lambda node: node.value)

    def overtaking(self, claim: NamedNode) -> frozenset[NamedNode]:
        """Return the claims that may be of a later toll than a claim."""
        found = self._overtaking.get(claim)
        if found is None:
            later = self.reader.nodes(claim, TMN.mayBeOvertakenBy)
            found = self._overtaking[claim] = frozenset(later)
        return found

    @cached_property
    def _overtaking(self) -> dict[NamedNode, frozenset[NamedNode]]:
        return {}

    def speaker(self, claim: SaidClaim) -> Link | None:
        """Return the speaker of a claim as pages refer to it."""
        return self.reader.link(claim.speaker) if claim.speaker is not None else None


def read_incident(reader: NodeReader, incident: NamedNode) -> IncidentClaims:
    """Read the claims about an incident and its parts.

    Parameters
    ----------
    reader
        Reads the store.
    incident
        The incident.
    """
    events = _with_parts(reader, incident)
    claims: dict[NamedNode, tuple[SaidClaim, ...]] = {}
    for event in events:
        for proposition in reader.subjects(event, TMN.about):
            nodes = reader.subjects(proposition, TMN.proposition)
            if nodes and proposition not in claims:
                claims[proposition] = tuple(_said(reader, n, proposition, event) for n in nodes)
    return IncidentClaims(reader, incident, events, claims)


def _with_parts(reader: NodeReader, incident: NamedNode) -> tuple[NamedNode, ...]:
    found = [incident]
    for event in found:  # grows while it is read
        found += [part for part in reader.subjects(event, TMN.partOf) if part not in found]
    return tuple(found)


def _said(
    reader: NodeReader, node: NamedNode, proposition: NamedNode, event: NamedNode
) -> SaidClaim:
    origin = reader.node(node, TMN.origin) or node
    known = reader.node(node, TMN.knownAt) or reader.node(node, TMN.statedAt)
    return SaidClaim(
        node,
        proposition,
        event,
        reader.node(origin, TMN.speaker) or reader.node(node, TMN.claimant),
        reader.node(node, TMN.originParty),
        reader.node(node, TMN.statedIn),
        code_name(reader.node(node, TMN.stance)),
        code_name(reader.node(node, TMN.certainty)),
        tuple(code_name(reason) for reason in reader.nodes(node, TMN.doesNotUphold)),
        tuple(reader.nodes(node, TMN.supersededBy)),
        time_bounds(reader, known) if known is not None else None,
        _words(reader, node),
    )


def _words(reader: NodeReader, node: NamedNode) -> str:
    found: Iterable[str] = (
        value.value
        for value in reader.values(node, TMN.verbatimQuantity)
        if isinstance(value, Literal)
    )
    return next(iter(found), "")


def time_bounds(reader: NodeReader, node: NamedNode) -> Bounds:
    """Read a time.

    Parameters
    ----------
    reader
        Reads the store.
    node
        The time bounds.
    """
    return Bounds(
        reader.name(node),
        reader.literal(node, TMN.notBefore) or "",
        reader.literal(node, TMN.notAfter) or "",
    )


def code_name(code: NamedNode | None) -> str:
    """Return the local name of a code, or an empty text."""
    return code.value.removeprefix(CODE) if code is not None else ""


def seconds(moment: str) -> float | None:
    """Return a dateTime in seconds since 1970, or None if it is none that Python can read."""
    try:
        found = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        return None
    if found is None:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
