"""The claims that lead to a thing: what an agent says, or who makes a statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import TMC, TMN
from testimonia.pages.incident_claims import Bounds, code_name, time_bounds
from testimonia.pages.node_reader import Link, NodeReader

__all__ = ["Said", "SaidClaims", "said", "said_by"]

_MOST_LISTED: Final = 400


@dataclass(frozen=True, slots=True)
class Said:
    """A claim in a list.

    Attributes
    ----------
    claim, proposition, event, document
        The claim, what it says, of which event, and in which document.
    claimant
        Who makes it.
    remarks
        Its stance and certainty, where they are not plain.
    time
        The time as of which it speaks.
    superseded
        Whether its speaker revised it later.
    """

    claim: Link
    proposition: Link | None
    event: Link | None
    document: Link | None
    claimant: Link | None
    remarks: tuple[str, ...]
    time: Bounds | None
    superseded: bool

    @property
    def order(self) -> tuple[object, ...]:
        """What claims are sorted by: their time, then their name."""
        return (self.time.order if self.time else (9e15, 9e15), self.claim.text)


@dataclass(frozen=True, slots=True)
class SaidClaims:
    """Claims by event.

    Attributes
    ----------
    events
        The claims about each event; None for claims about none.
    number, more
        How many there are, and how many are not listed.
    """

    events: tuple[tuple[Link | None, tuple[Said, ...]], ...]
    number: int
    more: int


def said_by(reader: NodeReader, node: NamedNode, predicates: Sequence[NamedNode]) -> SaidClaims:
    """List the claims that lead to a thing with some properties, by event and in order of time.

    Parameters
    ----------
    reader
        Reads the store.
    node
        The thing.
    predicates
        The properties.
    """
    claims = reader.subjects(node, *predicates)
    groups: dict[str, tuple[Link | None, list[Said]]] = {}
    for claim in claims[:_MOST_LISTED]:
        found = said(reader, claim)
        key = found.event.iri if found.event else ""
        groups.setdefault(key, (found.event, []))[1].append(found)
    ordered = sorted(groups.values(), key=lambda group: (-len(group[1]), str(group[0])))
    listed = tuple(
        (event, tuple(sorted(found, key=lambda each: each.order))) for event, found in ordered
    )
    return SaidClaims(listed, len(claims), max(0, len(claims) - _MOST_LISTED))


def said(reader: NodeReader, claim: NamedNode) -> Said:
    """Read a claim as lists show it.

    Parameters
    ----------
    reader
        Reads the store.
    claim
        The claim.
    """

    def link(node: NamedNode | None) -> Link | None:
        return reader.link(node) if node is not None else None

    proposition = reader.node(claim, TMN.proposition)
    event = reader.node(proposition, TMN.about) if proposition is not None else None
    known = reader.node(claim, TMN.knownAt) or reader.node(claim, TMN.statedAt)
    codes = [code_name(reader.node(claim, each)) for each in (TMN.stance, TMN.certainty)]
    return Said(
        reader.link(claim),
        link(proposition),
        link(event),
        link(reader.node(claim, TMN.statedIn)),
        link(reader.node(claim, TMN.claimant)),
        tuple(reader.name(TMC[c]) for c in codes if c not in ("", "asserts", "unhedged")),
        time_bounds(reader, known) if known is not None else None,
        bool(reader.nodes(claim, TMN.supersededBy)),
    )
