"""Suggests identifiers for agents and places from a table that the user provides; nothing is fetched."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

from testimonia.errors import InputError, Place
from testimonia.notes.name_index import slug
from testimonia.tables.cell_format import SEPARATOR
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.from_quads import tables
from testimonia.tables.schema import by_name

__all__ = ["Suggestion", "suggestions"]

_NEEDED: Final = ("identifier", "name")
_OTHER_NAMES: Final = "also_called"
_NEAR: Final = 0.85
_MOST_NEAR: Final = 3
_COMPARED: Final = 50_000


@dataclass(frozen=True)
class Suggestion:
    """An identifier that a thing may have.

    Attributes
    ----------
    thing
        The IRI of the agent or place.
    label
        Its label in the data.
    identifier, name
        Those in the table.
    match
        ``same name``; ``same name, of several`` if several identifiers have that name; or ``similar``.
    """

    thing: str
    label: str
    identifier: str
    name: str
    match: str


def suggestions(quads: Iterable[Quad], table: Path) -> Iterator[Suggestion]:
    """Compare the names of agents and places that have no identifier with those of a table.

    A suggestion is not a statement: things with the same name may be different. A person decides.

    Parameters
    ----------
    quads
        The data.
    table
        A CSV file in UTF-8 with the columns ``identifier`` and ``name``, and optionally
        ``also_called``, with ``|`` between other names; for example an extract of Wikidata or GeoNames.

    Raises
    ------
    InputError
        The table cannot be read, or lacks a column.
    """
    entries = _entries(table)
    found = tables(quads)
    for name in ("agents", "places"):
        base = by_name(name).base
        for row in found[name].iter_rows(named=True):
            if row["identifier"] or not row["label"]:
                continue
            names = [row["label"], *(row["also_called"] or ())]
            for identifier, called, match in _matches(names, entries):
                yield Suggestion(iri_of(row["id"], base), row["label"], identifier, called, match)


def _matches(
    names: list[str], entries: dict[str, list[tuple[str, str]]]
) -> Iterator[tuple[str, str, str]]:
    same = dict.fromkeys(each for name in names for each in entries.get(slug(name), ()))
    match = "same name" if len({identifier for identifier, _ in same}) == 1 else ""
    for identifier, called in same:
        yield identifier, called, match or "same name, of several"
    if same or len(entries) > _COMPARED:
        return
    near = get_close_matches(slug(names[0]), entries, _MOST_NEAR, _NEAR)
    for identifier, called in dict.fromkeys(each for key in near for each in entries[key]):
        yield identifier, called, "similar"


def _entries(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Read a table: identifiers and names, by name without case, accents and punctuation."""
    entries: dict[str, list[tuple[str, str]]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            lacking = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
            if lacking:
                raise InputError(
                    f"this table has no column {' and no column '.join(lacking)}",
                    place=Place(path),
                    hint=f"Its columns: {', '.join(_NEEDED)}, and optionally {_OTHER_NAMES}.",
                )
            for row in rows:
                others = (row.get(_OTHER_NAMES) or "").split(SEPARATOR.strip())
                for name in (row["name"], *others):
                    entry = (row["identifier"] or "", row["name"] or "")
                    key = slug(name or "")
                    if key and entry[0] and entry not in entries[key]:
                        entries[key].append(entry)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"this table cannot be read: {error}",
            place=Place(path),
            hint="Save it as CSV in UTF-8.",
        ) from None
    return entries
