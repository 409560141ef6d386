"""The names that notes may use: those of things described in the notes, and in the data."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from testimonia.suggestions import nearest
from testimonia.tables.cell_terms import ABSOLUTE, iri_of
from testimonia.tables.columns import Table
from testimonia.tables.schema import by_name

__all__ = ["NameIndex", "is_slug", "slug"]

_ABSOLUTE: Final = re.compile(ABSOLUTE)
_COMPARED: Final = 20_000
_NEAR: Final = 0.6
_SHORTEST: Final = 3
_LONGEST: Final = 80
_NO_LETTER: Final = re.compile(r"[^\w]+|_+")


def slug(text: str) -> str:
    """Make a short name from words: letters of any script and digits, joined by hyphens.

    Examples
    --------
    >>> slug("Abu Alaá, governor of Tadmur"), slug("دير الزور")
    ('abu-alaa-governor-of-tadmur', 'دير-الزور')
    """
    whole = _hyphenated(text)
    return (
        whole if len(whole) <= _LONGEST else whole[:_LONGEST].rpartition("-")[0] or whole[:_LONGEST]
    )


def is_slug(text: str) -> bool:
    """Return whether a text is a name such as `slug` makes, of any length."""
    return text == _hyphenated(text)


def _hyphenated(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (each for each in plain if unicodedata.category(each) not in ("Mn", "Lm", "Sk"))
    return _NO_LETTER.sub("-", unicodedata.normalize("NFC", "".join(kept))).strip("-")


class NameIndex:
    """Finds the id of a thing by its id, its label or one of its other names."""

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, str]] = defaultdict(dict)
        self._labels: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._shown: dict[str, dict[str, str]] = defaultdict(dict)

    def add(self, table: str, name: str, labels: Iterable[str] = ()) -> None:
        """Add a thing.

        Parameters
        ----------
        table
            The name of its claim table.
        name
            Its id, as a cell has it.
        labels
            Its label and other names; the first is shown.
        """
        self._ids[table].setdefault(iri_of(name, by_name(table).base), name)
        for label in labels:
            self._shown[table].setdefault(name, label)
            ids = self._labels[table][_folded(label)]
            if name not in ids:
                ids.append(name)

    def add_tables(self, tables: Mapping[str, pl.DataFrame], base: str | None) -> None:
        """Add the things in claim tables; those under a base are also found by their short names."""
        for name, frame in tables.items():
            table = by_name(name)
            texts = [each for each in frame.columns if _names_things(table, each)]
            for row in frame.select("id", *texts).iter_rows(named=True):
                own = (base + table.path) if base else None
                labels = [label for each in texts for label in _every(row[each])]
                self.add(name, row["id"], labels)
                if own and row["id"].startswith(own):
                    self._ids[name].setdefault(
                        iri_of(row["id"].removeprefix(own), table.base), row["id"]
                    )

    def label(self, table: str, name: str) -> str | None:
        """Return the first label of a thing."""
        return self._shown[table].get(name)

    def find(self, table: str, text: str) -> list[str]:
        """List the ids of the things with a name: none, one or several."""
        iri = iri_of(text, by_name(table).base)
        if iri in self._ids[table]:
            return [self._ids[table][iri]]
        return list(self._labels[table].get(_folded(text), ()))

    def is_whole(self, text: str) -> bool:
        """Return whether a name is an absolute IRI."""
        return bool(_ABSOLUTE.match(text))

    def nearest(self, table: str, text: str) -> list[str]:
        """List up to three similar names."""
        shown = self._shown[table]  # the label rather than the id
        ids = self._ids[table].values()
        names = [name for name in ids if name not in shown and not self.is_whole(name)]
        names += shown.values()
        if len(names) > _COMPARED:
            return []
        folded, sought = {_folded(name): name for name in names}, _folded(text)
        near = nearest(sought, folded, similarity=_NEAR)
        if len(sought) > _SHORTEST:
            near += [each for each in folded if sought in each or each in sought]
        return [folded[each] for each in dict.fromkeys(near)][:3]


def _names_things(table: Table, column: str) -> bool:
    found = table.column(column)
    return found is not None and found.name in ("label", "also_called")


def _every(value: str | list[str] | None) -> list[str]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _folded(text: str) -> str:
    return slug(text) or text
