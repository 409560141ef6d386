"""The claims of one coder, with the content of the things that they refer to in place of their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from pyoxigraph import Quad

from testimonia.catalogue import resources
from testimonia.namespaces import IDENTIFIER, TMN
from testimonia.passages import records
from testimonia.rdf import files
from testimonia.tables import from_quads
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.columns import Column
from testimonia.tables.schema import by_name

__all__ = ["CodedClaim", "Coding", "Values", "shown"]

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

_DEEPEST: Final = 6
"""Parts of parts beyond this depth are compared by name."""

_CLAIMS: Final = IDENTIFIER + by_name("claims").path


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

    def shared(self, other: CodedClaim) -> float | None:
        """Return the share of characters in passages of both, of those in passages of either.

        None if one of them has no passages.
        """
        mine, theirs = _length(self.spans), _length(other.spans)
        if not mine or not theirs:
            return None
        either = _length((*self.spans, *other.spans))
        return (mine + theirs - either) / either


def _length(spans: Iterable[tuple[int, int]]) -> int:
    """Count the characters in spans, once where they overlap; in their number, however long they are."""
    count = reached = 0
    for start, end in sorted(spans):
        count += max(end - max(start, reached), 0)
        reached = max(reached, end)
    return count


class Coding:
    """The claims of one coder, with the content of the things that they refer to.

    Parameters
    ----------
    quads
        The claims, with their documents and passages. Agents and places that are not described there
        are known by the names that come with the library.

    Attributes
    ----------
    stated
        How many claims there are, with those that lack what every claim has.
    """

    def __init__(self, quads: list[Quad]) -> None:
        self.stated = len({quad.subject for quad in quads if quad.object == TMN.Claim})
        tables = from_quads.tables(quads)
        self._spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for passage in records.read(quads).passages:
            if passage.start is not None and passage.end is not None:
                for claim in passage.claims:
                    self._spans[claim].append((passage.start, passage.end))
        self._entered: list[tuple[str, str]] = []
        self._columns = {name: by_name(name).columns for name in tables}
        self._rows: dict[str, dict[str, dict[str, Any]]] = {
            name: {row["id"]: row for row in frame.iter_rows(named=True)}
            for name, frame in tables.items()
        }
        for name, rows in _shipped_names().items():
            self._rows[name] = rows | self._rows[name]

    def claims(self) -> list[CodedClaim]:
        """Return the claims that have a proposition with all that it needs."""
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
        # Parts of parts may form a cycle or a long chain, since nothing is validated here.
        too_deep = len(self._entered) >= _DEEPEST
        if row is None or table == "claims" or too_deep or (table, name) in self._entered:
            return name
        self._entered.append((table, name))
        try:
            return self._content_of(table, name, row)
        finally:
            self._entered.pop()

    def _content_of(self, table: str, name: str, row: Mapping[str, Any]) -> str:
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
        return "; ".join(f"{name} {shown(values)}" for name, values in parts.items()) or str(
            row["id"]
        )


@cache
def _shipped_names() -> dict[str, dict[str, dict[str, Any]]]:
    tables = from_quads.tables(files.read(resources.packs().values()))
    return {
        name: {row["id"]: row for row in frame.iter_rows(named=True)}
        for name, frame in tables.items()
        if frame.height
    }


def shown(values: Values) -> str:
    """Write the values of a field in a fixed order."""
    return ", ".join(sorted(values))
