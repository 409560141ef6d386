"""Agreement between two people who coded the same documents, by field, and the differences to settle.

Two claims are paired if they are of the same kind and cite words of the same document that overlap (or the
same record of a table). If several pairs are possible, those with most fields, and then most words, in
common are made first. A claim without a pair was coded by one person only.

The names that coders give to things are not compared, but the things are: an agent by its label, an unnamed
source by its body, time bounds by the times, a group by its members.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

from pyoxigraph import Quad

from testimonia.namespaces import IDENTIFIER, TMN
from testimonia.passages import records
from testimonia.tables import from_quads
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.columns import Column
from testimonia.tables.schema import by_name

__all__ = ["Agreement", "CodedClaim", "Difference", "FieldAgreement", "alpha", "compare"]

Values: TypeAlias = frozenset[str]

_NOT_COMPARED: Final = {
    "id",
    "label",
    "comment",
    "gloss",
    "proposition",
    "stated_in",
    "passage",
    "record",
}
"""Columns that are not compared: names, free text, and those used to make the pairs."""


@dataclass(frozen=True, eq=False)
class CodedClaim:
    """A claim as one of the coders recorded it.

    Attributes
    ----------
    name
        Its name in the claim tables.
    label
        Its label, if it has one.
    document
        The document: the digest of its text if known, otherwise its name.
    document_name
        The name of the document in the claim tables.
    spans
        Start and end of its passages, in Unicode code points.
    records
        The keys of the records that it cites.
    kind
        What is claimed: the class of the proposition.
    fields
        The values, by column of the claim tables; several for columns with lists.
    """

    name: str
    label: str
    document: str
    document_name: str
    spans: tuple[tuple[int, int], ...]
    records: Values
    kind: str
    fields: Mapping[str, Values]

    @cached_property
    def characters(self) -> frozenset[int]:
        """The positions of all characters in its passages."""
        return frozenset(i for start, end in self.spans for i in range(start, end))


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
        shares = [
            len(a.characters & b.characters) / len(a.characters | b.characters)
            for a, b in self.pairs
            if a.characters and b.characters
        ]
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
                        _shown(of_a),
                        _shown(of_b),
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
    codings = _Coding(list(first)), _Coding(list(second))
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


def alpha(values: Sequence[tuple[object, object]]) -> float | None:
    """Krippendorff's alpha of two observers, for nominal values without gaps.

    Parameters
    ----------
    values
        The values of both observers for each unit.

    Returns
    -------
    float or None
        1 for full agreement, 0 for agreement by chance, below 0 for less than that; None if it is not
        defined, because there is no unit or only one value.

    Source: K. Krippendorff, *Computing Krippendorff's Alpha-Reliability* (2011), section B.

    Examples
    --------
    >>> round(alpha(list(zip("aabbdcccedda", "babbbccceddd"))), 3)
    0.692
    """
    counts = Counter(value for pair in values for value in pair)
    total = counts.total()
    expected = total * total - sum(n * n for n in counts.values())
    if not expected:
        return None
    observed = 2 * sum(a != b for a, b in values)
    return 1 - (total - 1) * observed / expected


_CLAIMS: Final = IDENTIFIER + by_name("claims").path


class _Coding:
    """The claims of one coder, with the content of the things that they refer to."""

    def __init__(self, quads: list[Quad]) -> None:
        self.stated = len({quad.subject for quad in quads if quad.object == TMN.Claim})
        tables = from_quads.tables(quads)
        self._spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for passage in records.read(quads).passages:
            if passage.start is not None and passage.end is not None:
                for claim in passage.claims:
                    self._spans[claim].append((passage.start, passage.end))
        self._columns = {name: by_name(name).columns for name in tables}
        self._rows: dict[str, dict[str, dict[str, Any]]] = {
            name: {row["id"]: row for row in frame.iter_rows(named=True)}
            for name, frame in tables.items()
        }

    def claims(self) -> list[CodedClaim]:
        known = self._rows["propositions"]
        rows = self._rows["claims"].values()
        return [self._claim(row) for row in rows if row["proposition"] in known]

    def _claim(self, row: Mapping[str, Any]) -> CodedClaim:
        proposition = self._rows["propositions"][row["proposition"]]
        rows = [self._rows["records"].get(name, {}) for name in row["record"] or ()]
        document = row["stated_in"] or ""
        return CodedClaim(
            name=row["id"],
            label=row["label"] or "",
            document=self._rows["documents"].get(document, {}).get("sha256") or document,
            document_name=document,
            spans=tuple(sorted(self._spans[iri_of(row["id"], _CLAIMS)])),
            records=frozenset(each["key"] for each in rows if each.get("key")),
            kind=" ".join(sorted(proposition["type"])),
            fields={
                **self._fields("claims", row),
                **self._fields("propositions", {**proposition, "type": None}),
            },
        )

    def _fields(self, table: str, row: Mapping[str, Any]) -> dict[str, Values]:
        return {
            column.name: values
            for column in self._columns[table]
            if column.name not in _NOT_COMPARED
            and (values := frozenset(self._written(column, row.get(column.name))))
        }

    def _written(self, column: Column, value: Any) -> Iterator[str]:
        for each in value if isinstance(value, list) else [] if value is None else [value]:
            yield self._content(column.target, each) if column.kind == "link" else str(each)

    def _content(self, table: str, name: str) -> str:
        row = self._rows.get(table, {}).get(name)
        if row is None or table == "claims":
            return name
        if table == "bounds":
            return row["edtf"] or f"{row['not_before'] or '..'}/{row['not_after'] or '..'}"
        if table == "agents" and row["voice_of"]:
            return f"the voice of {self._content('documents', row['voice_of'])}"
        if table == "agents" and "UnnamedSource" in (row["type"] or ()):
            bodies = [self._content("agents", body) for body in row["part_of"] or ()]
            return " ".join(["unnamed source", *sorted(bodies)])
        if table == "documents" and row["sha256"]:
            return str(row["sha256"])
        if table in ("groups", "propositions"):
            return self._parts_of(table, row)
        return str(row["label"] or name).casefold()

    def _parts_of(self, table: str, row: Mapping[str, Any]) -> str:
        parts = self._fields(table, row)
        return "; ".join(f"{name} {_shown(values)}" for name, values in parts.items()) or str(
            row["id"]
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
    words = len(a.characters & b.characters) / (len(a.characters | b.characters) or 1)
    return same / (len(names) or 1), words


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


def _shown(values: Values) -> str:
    return ", ".join(sorted(values))
