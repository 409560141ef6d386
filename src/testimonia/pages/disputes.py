"""What is disputed about an incident: pairs of statements, who is on each side, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from pyoxigraph import NamedNode, Triple

from testimonia.namespaces import RDF, TMC, TMN
from testimonia.pages.incident_claims import IncidentClaims, SaidClaim
from testimonia.pages.node_reader import Link, NodeReader

__all__ = ["Dispute", "Explain", "Side", "Topic", "conflict_reason", "disputes"]

Explain = Callable[[Triple], str]
"""Says in a sentence why a derived fact is true; an empty text if no rule derives it."""

_KINDS: Final = {
    TMN.CasualtyProposition: "Figures",
    TMN.ResponsibilityProposition: "Who did it",
    TMN.AffiliationProposition: "Who they belonged to",
    TMN.PlaceProposition: "Where",
    TMN.TimeProposition: "When",
}
_OTHERS: Final = "Other statements"


class _Most(NamedTuple):
    """How many disputes of a topic are listed, speakers on each side, and claims of each speaker."""

    shown: int
    voices: int
    claims: int


_MOST: Final = _Most(25, 12, 6)
_MOST_OF_LARGE: Final = _Most(15, 6, 3)

_Pairs = list[tuple[SaidClaim, SaidClaim]]
_INCOMPATIBLE: Final = "They cannot both be true."
_QUESTIONED: Final = "One side questions what the other says, without denying it."
_MANNERS: Final = {"denies": "denied", "disputes": "questioned"}


@dataclass(frozen=True, slots=True)
class Topic:
    """The disputes about one thing.

    Attributes
    ----------
    name
        What they are about.
    disputes
        The disputes, as far as they are listed.
    more
        How many are not listed.
    """

    name: str
    disputes: tuple[Dispute, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a dispute.

    Attributes
    ----------
    proposition
        What is said.
    manner
        ``denied`` or ``questioned`` if that is what this side does with it, else empty.
    voices
        Who says so, each with the claims, as far as they are listed.
    more
        How many speakers are not listed.
    """

    proposition: Link
    manner: str
    voices: tuple[tuple[Link, tuple[Link, ...]], ...]
    more: int


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two statements that cannot both be true, or of which one calls the other into question.

    Attributes
    ----------
    sides
        The two sides.
    reason
        Why they are in dispute.
    open_order
        Whether the toll may have grown in between, since it is not known which figure is later.
    superseded
        Whether one side was revised later wherever it was said.
    """

    sides: tuple[Side, Side]
    reason: str
    open_order: bool
    superseded: bool


def disputes(incident: IncidentClaims, explain: Explain) -> list[Topic]:
    """List the disputes about an incident by topic, those that are open today first.

    Of one topic at most 25 are listed, and of a large incident at most 15.

    Parameters
    ----------
    incident
        The incident.
    explain
        Says why a derived fact is true.
    """
    groups: dict[str, list[_Pairs]] = {}
    for found in _by_statements(incident).values():
        groups.setdefault(_topic(incident, found[0][0]), []).append(found)
    listed = []
    most = _MOST_OF_LARGE if incident.is_large else _MOST
    for topic in (*_KINDS.values(), _OTHERS):
        ranked = sorted(groups.get(topic, ()), key=lambda each: _rank(incident, each))
        shown = [_dispute(incident, each, explain) for each in ranked[: most.shown]]
        if shown:
            listed.append(Topic(topic, tuple(shown), max(0, len(ranked) - most.shown)))
    return listed


def _by_statements(incident: IncidentClaims) -> dict[object, _Pairs]:
    """Gather the pairs of claims in dispute by what the two sides say."""
    sides = {node: _side_of(claim) for node, claim in incident.by_node.items()}
    pairs: dict[object, _Pairs] = {}
    done: set[tuple[NamedNode, NamedNode]] = set()
    for node, side in sides.items():
        for rival in incident.reader.nodes(node, TMN.conflictsWith, TMN.callsIntoQuestion):
            if rival not in sides:
                continue
            ends = (node, rival) if side < sides[rival] else (rival, node)
            if ends in done:  # conflicts are derived in both directions
                continue
            done.add(ends)
            first, second = ends
            key = (sides[first][:2], sides[second][:2])
            pairs.setdefault(key, []).append((incident.by_node[first], incident.by_node[second]))
    return pairs


def _topic(incident: IncidentClaims, claim: SaidClaim) -> str:
    kinds = incident.reader.nodes(claim.proposition, RDF.type)
    return next((_KINDS[kind] for kind in kinds if kind in _KINDS), _OTHERS)


def _rank(incident: IncidentClaims, pairs: _Pairs) -> tuple[object, ...]:
    """Order disputes: those of today first, then certain ones, denials before doubts, most speakers first."""
    speakers = {claim.speaker for pair in pairs for claim in pair}
    past = all(one.superseded or other.superseded for one, other in pairs)
    unsure = all(_may_be_overtaken(incident, one, other) for one, other in pairs)
    first, second = pairs[0]
    doubt = "disputes" in (first.stance, second.stance)
    return (past, unsure, doubt, -len(speakers), first.proposition.value, second.proposition.value)


def _side_of(claim: SaidClaim) -> tuple[str, str, str]:
    return (_manner(claim), claim.proposition.value, claim.node.value)


def _manner(claim: SaidClaim) -> str:
    return _MANNERS.get(claim.stance, "")


def _dispute(incident: IncidentClaims, pairs: _Pairs, explain: Explain) -> Dispute:
    reader = incident.reader
    first, second = pairs[0]
    return Dispute(
        (
            _side(incident, (one for one, _ in pairs)),
            _side(incident, (other for _, other in pairs)),
        ),
        conflict_reason(reader, first.node, second.node, explain),
        all(_may_be_overtaken(incident, one, other) for one, other in pairs),
        all(one.superseded or other.superseded for one, other in pairs),
    )


def _side(incident: IncidentClaims, claims: Iterable[SaidClaim]) -> Side:
    reader, most = incident.reader, _MOST_OF_LARGE if incident.is_large else _MOST
    taken = list(dict.fromkeys(claim.node for claim in claims))
    said = [incident.by_node[node] for node in taken]
    voices: dict[NamedNode, list[NamedNode]] = {}
    for claim in said:
        voices.setdefault(claim.speaker or claim.node, []).append(claim.node)
    named = sorted(voices.items(), key=lambda voice: (-len(voice[1]), voice[0].value))
    links = [
        (reader.link(who), tuple(map(reader.link, claims[: most.claims])))
        for who, claims in named[: most.voices]
    ]
    return Side(
        reader.link(said[0].proposition),
        _manner(said[0]),
        tuple(sorted(links, key=lambda voice: voice[0].text)),
        max(0, len(named) - most.voices),
    )


def conflict_reason(
    reader: NodeReader, first: NamedNode, second: NamedNode, explain: Explain
) -> str:
    """Say why two claims cannot both be true, or which calls the other into question.

    Parameters
    ----------
    reader
        Reads the store.
    first, second
        The claims.
    explain
        Says why a derived fact is true.
    """
    for denial, other in ((first, second), (second, first)):
        if other in reader.nodes(denial, TMN.callsIntoQuestion):
            return _QUESTIONED
        if reader.node(denial, TMN.stance) != TMC.denies:
            continue
        denied, said = (reader.node(each, TMN.proposition) for each in (denial, other))
        if denied is None or said is None or denied == said:
            return "One side denies what the other says."
        why = explain(Triple(said, TMN.entails, denied))
        return why or "One side denies what the other says or implies."
    ends = [reader.node(each, TMN.proposition) for each in (first, second)]
    for this, that in (ends, ends[::-1]):
        if this and that and that in reader.nodes(this, TMN.incompatibleWith):
            return explain(Triple(this, TMN.incompatibleWith, that)) or _INCOMPATIBLE
    return explain(Triple(first, TMN.conflictsWith, second)) or _INCOMPATIBLE


def _may_be_overtaken(incident: IncidentClaims, one: SaidClaim, other: SaidClaim) -> bool:
    later, earlier = incident.overtaking(one.node), incident.overtaking(other.node)
    return other.node in later or one.node in earlier
