"""Drafts the description of a table from its header, its HXL tags and its values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.tables.descriptions.agreeing import slug
from testimonia.tables.descriptions.column_roles import Counted, Roles, roles_of
from testimonia.tables.descriptions.day_cells import days_of
from testimonia.tables.descriptions.description import Day, Quantities
from testimonia.tables.descriptions.description_reader import GUIDE
from testimonia.tables.descriptions.figure_cells import quantities_of
from testimonia.tables.descriptions.raw_rows import SampledTable, sampled
from testimonia.tables.inputs.manner import Manner
from testimonia.yaml_nodes import Fields, Items, Node, Word, written

__all__ = ["draft_description"]

_MISSING: Final = frozenset(
    (
        "-99",
        "-9",
        "-999",
        "n/a",
        "na",
        "n.a.",
        "nd",
        "null",
        "nan",
        "none",
        "-",
        "–",  # noqa: RUF001
        "--",
        ".",
        "?",
        "unknown",
        "unk",
        "not available",
        "not known",
        "tbc",
        "tbd",
    )
)
"""Cells that most likely hold no value."""

_FORMATS: Final = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d"),
    *("%d/%m/%y", "%m/%d/%y", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S"),
    *("%m/%d/%Y %H:%M:%S", "%m/%d/%y %H:%M", "%d/%m/%y %H:%M", "%d-%b-%y", "%d %b %y"),
    *("%A, %d %B %Y", "%A, %B %d, %Y", "%Y-%m-%d %H:%M:%S %z", "%m/%d/%Y %I:%M:%S %p"),
)
_TOTAL: Final = re.compile(r"(grand )?totals?:?|overall|sum", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://")
_SHOWN: Final = 5
_MOSTLY: Final = 0.8
_UNDECIDED: Final = "not decided yet"


def draft_description(path: Path, manner: Manner | None = None) -> str:
    """Draft the description of a table, to be completed by hand.

    Parameters
    ----------
    path
        CSV, Parquet or a workbook, also compressed. HXL tags (HXL 1.1) are used where there are any.
    manner
        How to read it; the defaults when left out.

    Returns
    -------
    str
        A description in YAML, which is valid as it is. Comments at its top say what has to be decided.

    Raises
    ------
    InputError
        The file cannot be read, holds no table, or has no column that can be a day or a figure.
    """
    manner = manner or Manner()
    table = sampled(path, manner)
    roles = roles_of(table, path)
    draft = _Draft(table, roles, path)
    node = draft.node()
    head = [
        f"A draft, made from {table.rows:,} rows of {path.name[:100]}: read it through, and correct it.",
        f"{GUIDE} describes each field.",
        "To decide:",
        *(f"- {each}" for each in draft.to_decide),
    ]
    return written(node, "\n".join(_line(each) for each in head))


def _line(text: str) -> str:
    """Write a text from outside in one line of a comment."""
    return "".join(each if each.isprintable() else " " for each in text)


def _fields(entries: Mapping[str, Node | str | None]) -> Fields:
    return Fields(
        tuple(
            (Word(key), Word(value) if isinstance(value, str) else value)
            for key, value in entries.items()
            if value is not None
        )
    )


def _items(texts: Iterable[str]) -> Node | None:
    listed = [Word(text) for text in texts]
    return None if not listed else listed[0] if len(listed) == 1 else Items(tuple(listed))


class _Draft:
    def __init__(self, table: SampledTable, roles: Roles, path: Path) -> None:
        self._table, self._roles = table, roles
        self._name = slug(re.sub(r"\.[A-Za-z0-9.]*$", "", path.name))
        self._name = re.sub("[^a-z0-9]+", "-", self._name).strip("-") or "table"
        self._title = path.name
        self.to_decide = ["name, title and compiler: who compiled the table, and of which class"]
        self._missing: Counter[str] = Counter()
        self._quantities = self._thousands()

    def node(self) -> Fields:
        roles = self._roles
        day, figures = self._day(), self._figures()
        place = _fields(
            {
                "levels": _items(roles.places),
                "latitude": roles.latitude or None,
                "longitude": roles.longitude or None,
            }
        )
        responsibility: Node | None = None
        if roles.perpetrator:
            self.to_decide.append(
                f"responsibility: whether {roles.perpetrator!r} names those who did it, and as alternatives"
            )
            named = _fields({"column": roles.perpetrator, "missing": "Unknown"})
            responsibility = Items((_fields({"name": "perpetrator", "perpetrators": named}),))
        missing = sorted(self._missing)
        if missing:
            self.to_decide.append(
                f"missing: whether these mean that nothing is known: {', '.join(missing)}"
            )
        if not roles.key:
            self.to_decide.append("key: no column is a key, so rows are known by their number")
        return _fields(
            {
                "name": self._name,
                "title": self._title,
                "compiler": _fields({"name": f"Compiler of {self._title}", "type": "Monitor"}),
                "key": roles.key or None,
                "day": day,
                "file": self._file(),
                "missing": _items(missing),
                "skip": self._skip(),
                "quantities": None
                if self._quantities == Quantities()
                else _fields({"thousands": self._quantities.thousands}),
                "place": place if place.entries else None,
                "sources": self._sources(),
                "figures": Items(tuple(figures)),
                "responsibility": responsibility,
                "left_out": self._left_out(),
            }
        )

    def _file(self) -> Node | None:
        given: dict[str, Node | str | None] = {"sheet": self._table.sheet or None}
        if self._table.merged:
            given["merged"] = "fill"
            self.to_decide.append(
                "file, merged: whether the value of merged cells holds for all of them"
            )
        return _fields(given) if any(given.values()) else None

    def _thousands(self) -> Quantities:
        """Choose the separator of thousands with which most figures can be read."""
        columns = [name for each in self._roles.figures for name in each.columns]
        cells = pl.Series(
            [cell for name in columns for cell in self._table.cells[name]], dtype=pl.String
        )
        found = {
            mark: quantities_of(cells, Quantities(mark)) for mark in ("comma", "point", "space")
        }
        odd = {mark: int(read["odd"].sum()) for mark, read in found.items()}
        return Quantities(min(odd, key=lambda mark: odd[mark]))

    def _day(self) -> Fields:
        roles = self._roles
        if roles.year:
            return _fields(
                {
                    "year": roles.year,
                    "month": roles.month or None,
                    "day": roles.day_of_month or None,
                }
            )
        cells = [cell for cell in self._table.cells[roles.day] if not _TOTAL.fullmatch(cell)]
        read = days_of(pl.DataFrame({"day": cells}, schema={"day": pl.String}), Day("day"))["read"]
        others = [cell for cell, is_read in zip(cells, read, strict=True) if not is_read]
        fits = _formats(others)
        first = {form.replace("%m", "%d") for form in fits}
        if len(first) < len(fits):
            self.to_decide.append(
                f"day, formats: {' and '.join(fits)} both fit all days: keep the right one"
            )
        strange = [cell for cell in others if not fits or not _fits(cell, fits[0])]
        if strange:
            shown = ", ".join(map(repr, dict.fromkeys(strange)))
            self.to_decide.append(f"day, formats: some days cannot be read, such as {shown:.200}")
        return _fields(
            {"column": roles.day, "until": roles.until or None, "formats": _items(fits[:1])}
        )

    def _figures(self) -> list[Fields]:
        return [self._figure(each) for each in self._roles.figures]

    def _figure(self, counted: Counted) -> Fields:
        for column in counted.columns:
            cells = self._table.cells[column]
            read = quantities_of(pl.Series(cells, dtype=pl.String), self._quantities)
            odd = Counter(cell for cell, is_odd in zip(cells, read["odd"], strict=True) if is_odd)
            missing = [cell for cell in odd if cell.casefold() in _MISSING]
            self._missing.update(missing)
            strange = [f"{cell!r:.60}" for cell in odd if cell.casefold() not in _MISSING]
            if strange:
                more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
                self.to_decide.append(
                    f"quantities, words: what these mean in {column!r}: "
                    f"{', '.join(strange[:_SHOWN])}{more}"
                )
        return _fields(
            {
                "column": counted.column or None,
                "low": counted.low or None,
                "high": counted.high or None,
                "harm": counted.harm,
                "who": _fields({"category": _items(counted.category), "name": counted.whom}),
            }
        )

    def _skip(self) -> Node | None:
        found: dict[str, Node | str | None] = {}
        for column in (*filter(None, [self._roles.key, self._roles.day]), *self._roles.places):
            totals = {cell for cell in self._table.cells[column] if _TOTAL.fullmatch(cell)}
            if totals:
                found[column] = _items(sorted(totals))
        if found:
            self.to_decide.append("skip: whether these rows are totals, and no records")
        return _fields(found) if found else None

    def _sources(self) -> Node | None:
        informants: list[Node] = []
        addresses: list[Node] = []
        for column in self._roles.sources:
            cells = self._table.cells[column]
            marks = Counter(mark for cell in cells for mark in ("||", ";", "|") if mark in cell)
            mark = marks.most_common(1)[0][0] if marks else None
            named = _fields({"column": column, "separator": mark})
            is_address = sum(bool(_ADDRESS.match(cell)) for cell in cells) * 2 > len(cells)
            (addresses if is_address else informants).append(named)
        if not self._roles.sources:
            return None
        return _fields(
            {
                "informants": Items(tuple(informants)) if informants else None,
                "addresses": Items(tuple(addresses)) if addresses else None,
            }
        )

    def _left_out(self) -> Node | None:
        others = [name for name in self._table.columns if name not in self._roles.used]
        if others:
            self.to_decide.append("left_out: why each of these columns is not mapped, or map it")
        return _fields(dict.fromkeys(others, _UNDECIDED)) if others else None


def _formats(cells: list[str]) -> list[str]:
    """List the formats in which most cells are dates, those first that fit the most."""
    fits = {form: sum(_fits(cell, form) for cell in cells) for form in _FORMATS}
    most = max(fits.values())
    return [form for form, count in fits.items() if count == most > _MOSTLY * len(cells)]


def _fits(cell: str, form: str) -> bool:
    try:
        datetime.strptime(cell, form)
    except ValueError:
        return False
    return True
