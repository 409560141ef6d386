"""Pairs the claims of two coders, and compares the pairs field by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Quad

from testimonia.agreement.coded_claims import CodedClaim, Coding, Values, shown
from testimonia.agreement.krippendorff import alpha
from testimonia.tables.schema import by_name

__all__ = ["Agreement", "Difference", "FieldAgreement", "compare"]


@dataclass(frozen=True)
class FieldAgreement:
    """The agreement of two coders in one field, over the pairs in which at least one filled it in.

    Attributes
    ----------
    field
        The column of the claim tables.
    pairs
        The number of pairs to compare.
    same
        The number of pairs with equal values.
    alpha
        Krippendorff's alpha for nominal values, with an empty field as a value; None if all values are
        the same, since alpha is not defined then.
    """

    field: str
    pairs: int
    same: int
    alpha: float | None

    @property
    def share(self) -> float:
        """The share of pairs with equal values, from 0 to 1."""
        return self.same / self.pairs


@dataclass(frozen=True)
class Difference:
    """Something to settle: a claim of one coder only, or a field in which a pair differs.

    Attributes
    ----------
    document
        The name of the document in the claim tables.
    start, end
        Start and end of the words, in Unicode code points; None for a record.
    field
        The column, or ``claim`` if only one person coded the claim.
    first, second
        The values of both coders; empty if there are none.
    first_claim, second_claim
        The names of the claims; empty if there is none.
    """

    document: str
    start: int | None
    end: int | None
    field: str
    first: str
    second: str
    first_claim: str
    second_claim: str


@dataclass(frozen=True, eq=False)
class Agreement:
    """What two coders agree on, and where they differ.

    Attributes
    ----------
    pairs
        Pairs of claims, one of each coder.
    only_first, only_second
        Claims without a pair.
    elsewhere
        The number of claims in documents that only one person coded. They are not compared.
    incomplete
        The number of claims without something that every claim needs, such as a proposition with a gloss.
        They are not compared either; validate the data.
    """

    pairs: tuple[tuple[CodedClaim, CodedClaim], ...]
    only_first: tuple[CodedClaim, ...]
    only_second: tuple[CodedClaim, ...]
    elsewhere: int
    incomplete: int
    _compared: tuple[tuple[Mapping[str, Values], Mapping[str, Values]], ...] = field(repr=False)

    @property
    def f1(self) -> float | None:
        """The F1 score of finding the same claims, from 0 to 1; None if there are no claims."""
        total = 2 * len(self.pairs) + len(self.only_first) + len(self.only_second)
        return 2 * len(self.pairs) / total if total else None

    @property
    def overlap(self) -> float | None:
        """The mean share of words marked by both, of those marked by either, over pairs with passages."""
        shares = [share for a, b in self.pairs if (share := a.shared(b)) is not None]
        return sum(shares) / len(shares) if shares else None

    @property
    def fields(self) -> tuple[FieldAgreement, ...]:
        """The agreement in each field that is filled in, in the order of the claim tables."""
        used = {name for pair in self._compared for side in pair for name in side}
        return tuple(self._field(name) for name in _in_order(used))

    def _field(self, name: str) -> FieldAgreement:
        values = [
            (first.get(name, frozenset()), second.get(name, frozenset()))
            for first, second in self._compared
        ]
        values = [pair for pair in values if any(pair)]
        return FieldAgreement(
            name, len(values), sum(first == second for first, second in values), alpha(values)
        )

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The differences to settle, in the order of the documents."""
        found = [
            *self._differing(),
            *(_alone(claim, first=True) for claim in self.only_first),
            *(_alone(claim, first=False) for claim in self.only_second),
        ]
        return tuple(
            sorted(
                found,
                key=lambda d: (
                    d.document,
                    d.start or 0,
                    d.end or 0,
                    not d.first_claim,
                    d.first_claim,
                    d.field,
                ),
            )
        )

    def _differing(self) -> Iterator[Difference]:
        for (a, b), (first, second) in zip(self.pairs, self._compared, strict=True):
            start, end = _reach(a)
            for name in _in_order({*first, *second}):
                of_a, of_b = first.get(name, frozenset()), second.get(name, frozenset())
                if of_a != of_b:
                    yield Difference(
                        a.document_name,
                        start,
                        end,
                        name,
                        shown(of_a),
                        shown(of_b),
                        a.name,
                        b.name,
                    )


def compare(first: Iterable[Quad], second: Iterable[Quad]) -> Agreement:
    """Compare how two people coded the same documents.

    Parameters
    ----------
    first, second
        The claims of each, with their documents and passages. Documents are the same if the digests of their
        texts are equal, or, if one has none, their names.

    Returns
    -------
    Agreement
        Pairs, claims without a pair, agreement by field, and the differences.
    """
    codings = Coding(list(first)), Coding(list(second))
    of_first, of_second = (coding.claims() for coding in codings)
    shared = {c.document for c in of_first} & {c.document for c in of_second}
    counted_first = [claim for claim in of_first if claim.document in shared]
    counted_second = [claim for claim in of_second if claim.document in shared]
    elsewhere = len(of_first) + len(of_second) - len(counted_first) - len(counted_second)
    pairs = _paired(counted_first, counted_second)
    taken = {id(claim) for pair in pairs for claim in pair}
    partners = {b.name: a.name for a, b in pairs}
    return Agreement(
        tuple(pairs),
        tuple(claim for claim in counted_first if id(claim) not in taken),
        tuple(claim for claim in counted_second if id(claim) not in taken),
        elsewhere,
        sum(coding.stated for coding in codings) - len(of_first) - len(of_second),
        tuple((a.fields, _renamed(b.fields, partners)) for a, b in pairs),
    )


def _paired(
    first: Iterable[CodedClaim], second: Iterable[CodedClaim]
) -> list[tuple[CodedClaim, CodedClaim]]:
    """Pair claims, beginning with those that have most in common; each claim is in at most one pair."""
    by_place: defaultdict[tuple[str, str], list[CodedClaim]] = defaultdict(list)
    for claim in second:
        by_place[claim.document, claim.kind].append(claim)
    candidates = [
        (_likeness(a, b), a, b)
        for a in first
        for b in by_place[a.document, a.kind]
        if _overlap(a, b)
    ]
    candidates.sort(key=lambda each: (*(-part for part in each[0]), each[1].name, each[2].name))
    taken: set[int] = set()
    pairs = []
    for _, a, b in candidates:
        if taken.isdisjoint((id(a), id(b))):
            taken |= {id(a), id(b)}
            pairs.append((a, b))
    return sorted(pairs, key=lambda pair: (pair[0].document_name, *_reach(pair[0]), pair[0].name))


def _overlap(a: CodedClaim, b: CodedClaim) -> bool:
    return bool(a.records & b.records) or any(
        start < other_end and other_start < end
        for start, end in a.spans
        for other_start, other_end in b.spans
    )


def _likeness(a: CodedClaim, b: CodedClaim) -> tuple[float, float]:
    names = a.fields.keys() | b.fields.keys()
    same = sum(a.fields.get(name) == b.fields.get(name) for name in names)
    return same / (len(names) or 1), a.shared(b) or 0.0


def _renamed(fields: Mapping[str, Values], partners: Mapping[str, str]) -> dict[str, Values]:
    """Replace the names of claims in fields by those that the other coder gave to the same claims."""
    to_claims = {
        column.name
        for table in ("claims", "propositions")
        for column in by_name(table).columns
        if column.kind == "link" and column.target == "claims"
    }
    return {
        name: frozenset(partners.get(value, value) for value in values)
        if name in to_claims
        else values
        for name, values in fields.items()
    }


def _in_order(names: set[str]) -> list[str]:
    known = [
        column.name for table in ("claims", "propositions") for column in by_name(table).columns
    ]
    return [name for name in dict.fromkeys(known) if name in names]


def _reach(claim: CodedClaim) -> tuple[int, int]:
    return (claim.spans[0][0], claim.spans[-1][1]) if claim.spans else (0, 0)


def _alone(claim: CodedClaim, *, first: bool) -> Difference:
    start, end = _reach(claim) if claim.spans else (None, None)
    what = claim.label or claim.kind
    shown, name = ((what, ""), (claim.name, "")) if first else (("", what), ("", claim.name))
    return Difference(claim.document_name, start, end, "claim", *shown, *name)
