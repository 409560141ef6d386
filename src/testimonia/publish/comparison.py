"""Finds what changed between two releases: claims, propositions and documents.

A thing is *added* where only the later release has it. It is *corrected* where its own statements
changed, or where a claim that the earlier release lacked corrects it. It is *withdrawn* where it is
gone, or where such a claim retracts or disowns it; the rules of derivation decide this.

Both releases are streamed twice. Between the passes only a digest is kept for each thing: the sum
of the digests of its statements (AdHash, Bellare and Micciancio 1997).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from testimonia import resources
from testimonia.derivation.rules import read_rules
from testimonia.derivation.running import derive, facts
from testimonia.namespaces import PREFIXES, TMC, TMN
from testimonia.store import ACCEPTED, DERIVED, Store, is_under

__all__ = ["SECTIONS", "Change", "Kind", "compare"]

SECTIONS: Final = ("claims", "propositions", "documents")

_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_LABEL: Final = NamedNode(PREFIXES["rdfs"] + "label")
_RULES: Final = ("020-speaker", "050-withdrawn-by")
_RULED_BY: Final = frozenset(
    {
        *(TMN[name] for name in ("claimant", "corrects", "disowns", "proposition", "reportsClaim")),
        *(TMN[name] for name in ("stance", "statedAt", "notBefore", "notAfter", "voiceOf")),
        NamedNode(PREFIXES["dcterms"] + "publisher"),
    }
)

Stream = Callable[[], Iterator[Quad]]


class Kind(StrEnum):
    """What happened to a thing."""

    ADDED = "added"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Change:
    """A thing, and what happened to it."""

    section: str
    """One of `SECTIONS`."""
    kind: Kind
    iri: str
    label: str
    """Its English label, or its IRI where it has none."""
    by: str | None = None
    """The claim that corrects, retracts or disowns it."""
    by_label: str | None = None
    lost: tuple[tuple[str, str], ...] = ()
    """Predicates and objects that only the earlier release states of it, as in N-Triples."""
    gained: tuple[tuple[str, str], ...] = ()
    """Predicates and objects that only the later release states of it, as in N-Triples."""


def compare(before: Stream, after: Stream, propositions: frozenset[str]) -> list[Change]:
    """Find what changed from one release to the next.

    Parameters
    ----------
    before, after
        Stream the statements of both; derived facts among them are passed over.
    propositions
        The IRIs of the classes of propositions.

    Returns
    -------
    list of Change
        By section, kind and IRI.
    """
    old, new = _take_stock(before, propositions), _take_stock(after, propositions)
    pairs = [pair for pair in _withdrawals(old, new) if pair[0] in old.things]
    common = old.things.keys() & new.things.keys()
    differing = {iri for iri in common if old.things[iri] != new.things[iri]}
    told = (old.things.keys() ^ new.things.keys()) | differing | {iri for p in pairs for iri in p}
    was, now = _contents(before, told, differing), _contents(after, told, differing)
    labels = {**was.labels, **now.labels}

    def change(kind: Kind, iri: str, **more: object) -> Change:
        section = (new.things.get(iri) or old.things[iri]).section
        return Change(section, kind, iri, labels.get(iri, iri), **more)  # type: ignore[arg-type]

    found = [change(Kind.ADDED, iri) for iri in new.things.keys() - old.things.keys()]
    found += [change(Kind.WITHDRAWN, iri) for iri in old.things.keys() - new.things.keys()]
    for iri in differing:
        lost, gained = (
            was.statements[iri] - now.statements[iri],
            now.statements[iri] - was.statements[iri],
        )
        if lost or gained:  # a statement that only moved between graphs is no change
            found.append(
                change(Kind.CORRECTED, iri, lost=tuple(sorted(lost)), gained=tuple(sorted(gained)))
            )
    for iri, by in pairs:
        kind = Kind.CORRECTED if by in new.correcting else Kind.WITHDRAWN
        found.append(change(kind, iri, by=by, by_label=labels.get(by, by)))
    return sorted(found, key=_rank)


def _rank(change: Change) -> tuple[int, int, str, str]:
    kinds = list(Kind)
    return SECTIONS.index(change.section), kinds.index(change.kind), change.iri, change.by or ""


@dataclass
class _Thing:
    section: str
    digest: int


@dataclass
class _Stock:
    """What a release holds, as far as changes are told of it."""

    things: dict[str, _Thing] = field(default_factory=dict)
    correcting: set[str] = field(default_factory=set)
    """Claims that correct another."""
    withdrawing: bool = False
    """Whether any claim corrects, retracts or disowns."""
    ruled: Stream = field(default=lambda: iter(()))
    """The statements that the rules of withdrawal look at."""


def _take_stock(stream: Stream, propositions: frozenset[str]) -> _Stock:
    sections = {TMN.Claim.value: "claims", TMN.Document.value: "documents"}
    sections.update(dict.fromkeys(propositions, "propositions"))
    stock = _Stock(ruled=lambda: (q for q in _stated(stream) if q.predicate in _RULED_BY))
    digests: dict[str, int] = {}
    found: dict[str, str] = {}
    for quad in _stated(stream):
        iri = _iri(quad.subject)
        own = blake2b(str(quad.triple).encode(), digest_size=16).digest()
        digests[iri] = (digests.get(iri, 0) + int.from_bytes(own)) % (1 << 128)
        if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
            section = sections.get(quad.object.value)
            if section is not None:
                found[iri] = section
        elif quad.predicate == TMN.corrects:
            stock.correcting.add(iri)
        stock.withdrawing |= quad.predicate == TMN.disowns or quad.object == TMC.retracts
    stock.withdrawing |= bool(stock.correcting)
    stock.things = {iri: _Thing(section, digests[iri]) for iri, section in found.items()}
    return stock


def _stated(stream: Stream) -> Iterator[Quad]:
    """Stream what is stated of named things, without what was derived from it."""
    for quad in stream():
        derived = is_under(quad.graph_name, DERIVED) or is_under(quad.graph_name, ACCEPTED)
        if not derived and isinstance(quad.subject, NamedNode):
            yield quad


def _withdrawals(old: _Stock, new: _Stock) -> list[tuple[str, str]]:
    """Pair claims with the claims, new in the later release, that withdraw them."""
    if not new.withdrawing:
        return []
    store = Store()
    store.load(new.ruled())
    rules = [rule for rule in read_rules(resources.rules()) if rule.name in _RULES]
    derive(store, rules)
    pairs = ((_iri(t.subject), _iri(t.object)) for t in facts(store, rules[-1:]))
    return sorted(pair for pair in pairs if pair[1] not in old.things)


def _iri(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)


@dataclass
class _Contents:
    labels: dict[str, str] = field(default_factory=dict)
    statements: dict[str, set[tuple[str, str]]] = field(default_factory=dict)


def _contents(stream: Stream, told: set[str], differing: set[str]) -> _Contents:
    contents = _Contents(statements={iri: set() for iri in differing})
    ranks: dict[str, tuple[bool, str]] = {}
    for quad in _stated(stream):
        iri = _iri(quad.subject)
        if quad.predicate == _LABEL and iri in told and isinstance(quad.object, Literal):
            rank = (quad.object.language != "en", quad.object.value)
            ranks[iri] = min(rank, ranks.get(iri, rank))
        if iri in differing:
            contents.statements[iri].add(_line(quad.triple))
    contents.labels = {iri: text for iri, (_, text) in ranks.items()}
    return contents


def _line(triple: Triple) -> tuple[str, str]:
    return str(triple.predicate), str(triple.object)
