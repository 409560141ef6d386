"""Finds what changed between two releases: claims, propositions and documents.

A thing is *added* if only the later release has it. It is *corrected* if its own statements changed,
or if a claim that is new in the later release corrects it. It is *withdrawn* if it is gone, or if such a
claim retracts or disowns it, according to the rules of derivation.

Releases stream their statements in canonical order, so both are merged in one pass, and only changes
are held in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from testimonia.catalogue import resources
from testimonia.catalogue.rules import read_rules
from testimonia.derivation.running import derive, facts
from testimonia.errors import InputError
from testimonia.namespaces import DCTERMS, RDF, RDFS, TMC, TMN
from testimonia.query.graph_names import is_computed
from testimonia.query.store import Store

__all__ = ["SECTIONS", "Change", "Kind", "compare"]

SECTIONS: Final = ("claims", "propositions", "documents")

_TYPE: Final = RDF.type
_LABEL: Final = RDFS.label
_RULES: Final = ("020-speaker", "050-withdrawn-by")
_RULED_BY: Final = frozenset(
    {
        *(TMN[name] for name in ("claimant", "corrects", "disowns", "proposition", "reportsClaim")),
        *(TMN[name] for name in ("stance", "statedAt", "notBefore", "notAfter", "voiceOf")),
        DCTERMS.publisher,
    }
)
"""The properties that these rules use."""

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
    """Its English label, or its IRI if it has none."""
    by: str | None = None
    """The claim that corrects, retracts or disowns it."""
    by_label: str | None = None
    lost: tuple[tuple[str, str], ...] = ()
    """Predicates and objects that only the earlier release has of it, as in N-Triples."""
    gained: tuple[tuple[str, str], ...] = ()
    """Predicates and objects that only the later release has of it, as in N-Triples."""


@dataclass(frozen=True)
class _Thing:
    iri: str
    section: str
    statements: frozenset[tuple[NamedNode, object]]

    @property
    def label(self) -> str:
        found = (value for predicate, value in self.statements if predicate == _LABEL)
        texts = sorted((t.language != "en", t.value) for t in found if isinstance(t, Literal))
        return texts[0][1] if texts else self.iri

    @property
    def withdraws(self) -> bool:
        linked = any(predicate in (TMN.corrects, TMN.disowns) for predicate, _ in self.statements)
        return linked or (TMN.stance, TMC.retracts) in self.statements

    @property
    def corrects(self) -> bool:
        return any(predicate == TMN.corrects for predicate, _ in self.statements)

    def beyond(self, other: _Thing) -> tuple[tuple[str, str], ...]:
        more = self.statements - other.statements
        return tuple(sorted((str(predicate), str(value)) for predicate, value in more))


def compare(before: Stream, after: Stream, propositions: frozenset[str]) -> list[Change]:
    """Find what changed from one release to the next.

    Parameters
    ----------
    before, after
        Stream the statements of both in canonical order; derived facts are skipped.
    propositions
        The IRIs of the classes of propositions.

    Returns
    -------
    list of Change
        By section, kind and IRI.

    Raises
    ------
    InputError
        The statements of a release are not in canonical order.
    """
    found: list[Change] = []
    withdrawing: dict[str, _Thing] = {}
    for old, new in _side_by_side(_things(before(), propositions), _things(after(), propositions)):
        if old is None and new is not None:
            found.append(Change(new.section, Kind.ADDED, new.iri, new.label))
            if new.withdraws:
                withdrawing[new.iri] = new
        elif old is not None and new is None:
            found.append(Change(old.section, Kind.WITHDRAWN, old.iri, old.label))
        elif old is not None and new is not None and old.statements != new.statements:
            lost, gained = old.beyond(new), new.beyond(old)
            change = Change(
                new.section, Kind.CORRECTED, new.iri, new.label, None, None, lost, gained
            )
            found.append(change)
    if withdrawing:
        pairs = _withdrawals(after, withdrawing)
        wanted = {withdrawn for withdrawn, _ in pairs}
        held = {each.iri: each for each in _things(before(), propositions) if each.iri in wanted}
        for withdrawn, by in pairs:
            if withdrawn in held:
                found.append(_withdrawn(held[withdrawn], withdrawing[by]))
    return sorted(found, key=_rank)


def _withdrawn(thing: _Thing, by: _Thing) -> Change:
    kind = Kind.CORRECTED if by.corrects else Kind.WITHDRAWN
    return Change(thing.section, kind, thing.iri, thing.label, by.iri, by.label)


def _rank(change: Change) -> tuple[int, int, str, str]:
    kinds = list(Kind)
    return SECTIONS.index(change.section), kinds.index(change.kind), change.iri, change.by or ""


def _side_by_side(
    old: Iterator[_Thing], new: Iterator[_Thing]
) -> Iterator[tuple[_Thing | None, _Thing | None]]:
    """Pair the things of two releases that have the same IRI."""
    left, right = next(old, None), next(new, None)
    while left is not None or right is not None:
        here = right is None or (left is not None and _place(left.iri) <= _place(right.iri))
        there = left is None or (right is not None and _place(right.iri) <= _place(left.iri))
        yield left if here else None, right if there else None
        left = next(old, None) if here else left
        right = next(new, None) if there else right


def _place(iri: str) -> bytes:
    """Return the sort key of canonical lines: the IRI with its closing bracket."""
    return f"{iri}>".encode()


def _things(quads: Iterator[Quad], propositions: frozenset[str]) -> Iterator[_Thing]:
    sections = {TMN.Claim.value: "claims", TMN.Document.value: "documents"}
    sections.update(dict.fromkeys(propositions, "propositions"))
    last = b""
    for subject, group in groupby(quads, key=lambda quad: quad.subject):
        if not isinstance(subject, NamedNode):
            continue
        if _place(subject.value) < last:
            raise InputError(
                "the statements of a release are not in canonical order",
                hint="Publish it again; testimonia verify finds what else is wrong with it.",
            )
        last = _place(subject.value)
        stated = frozenset((q.predicate, q.object) for q in group if not is_computed(q.graph_name))
        kinds = (value.value for p, value in stated if p == _TYPE and isinstance(value, NamedNode))
        section = min((sections[kind] for kind in kinds if kind in sections), default=None)
        if section is not None:
            yield _Thing(subject.value, section, stated)


def _withdrawals(after: Stream, withdrawing: dict[str, _Thing]) -> list[tuple[str, str]]:
    """Pair claims with the new claims of the later release that withdraw them."""
    store = Store()
    store.load(q for q in after() if q.predicate in _RULED_BY and not is_computed(q.graph_name))
    rules = [rule for rule in read_rules(resources.rules()) if rule.name in _RULES]
    derive(store, rules)
    pairs = ((str(t.subject)[1:-1], str(t.object)[1:-1]) for t in facts(store, rules[-1:]))
    return sorted((withdrawn, by) for withdrawn, by in pairs if by in withdrawing)
