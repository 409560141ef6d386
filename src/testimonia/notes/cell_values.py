"""Converts what is typed to cells of claim tables: looks up names, recognises codes and classes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from testimonia.notes.draft import Draft, Page, Row
from testimonia.notes.name_index import is_slug, slug
from testimonia.notes.phrases import Cell
from testimonia.suggestions import nearest
from testimonia.tables.columns import Column, Table
from testimonia.tables.schema import by_name
from testimonia.tables.sheets.cells import codes_of
from testimonia.yaml_nodes import Fields, Items, Mark, Node, Word

__all__ = ["ALIASES", "MAIN", "CellReader", "column_of", "header_of"]

ALIASES: Final = {
    "name": "label",
    "who": "claimant",
    "as": "in_capacity_of",
    "for": "on_behalf_of",
    "said": "stated_at",
    "words": "verbatim_quantity",
    "how": "affiliation_kind",
    "because": "correction_reason",
}
"""Short names of columns."""

MAIN: Final = {
    "agents": "type",
    "bounds": "edtf",
    "events": "event_type",
    "groups": "category",
    "passages": "digest",
    "places": "within",
    "posts": "body",
}
"""The column of each table that a single value is for, in place of the fields of a row."""

_USUAL_TYPE: Final = {"events": "Incident", "groups": "VictimGroup"}
_DIGITS: Final = re.compile(r"[0-9]{1,18}")
_UNRESOLVED: Final = ("claims", "bounds", "passages", "records")
"""Tables whose rows are mostly named by their ids; links to them are checked when all rows are read."""


def column_of(table: Table, typed: str) -> tuple[str, Column] | None:
    """Find a column by what is typed for it: its name or a short name, with spaces or underscores.

    Returns
    -------
    tuple
        Its header, with the language if one is given, and the column.
    """
    header = header_of(typed)
    column = table.column(header)
    return None if column is None else (header, column)


def header_of(typed: str) -> str:
    """Return the one name of a field that may be typed in several ways."""
    plain, at, tag = typed.strip().partition("@")
    name = plain.strip().replace(" ", "_")
    return ALIASES.get(name, name) + at + tag


class CellReader:
    """Reads cells.

    Parameters
    ----------
    draft
        Names are looked up in it; rows and faults are added to it.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._written: dict[tuple[str, Mark, Fields], str] = {}
        self.proposition: Callable[[Page, Node], str | None] = lambda _page, _node: None
        """Makes a proposition from what is typed in a cell that refers to one."""

    def cells(
        self, page: Page, table: Table, fields: Fields, skipped: frozenset[str] = frozenset()
    ) -> Row:
        """Read the fields of a row.

        Parameters
        ----------
        page
            Their file.
        table
            Their table.
        fields
            What is typed.
        skipped
            Names of fields that are not columns.
        """
        row = Row({}, page.place(fields))
        for key, node in fields.entries:
            typed = key.text or ""
            if typed in skipped:
                continue
            found = column_of(table, typed)
            if found is None and isinstance(node, Word) and node.text is None:
                hint = "A comma ends a field in braces: put words with a comma in quotation marks."
                self._draft.fault(page, key, f"there is no field {typed!r:.80} here", hint)
                continue
            if found is None:
                self.unknown(page, key, [*(c.name for c in table.columns), *skipped])
                continue
            header, column = found
            if header in row.cells:
                message = f"{typed!r:.80} is another name for a field that is given already"
                self._draft.fault(page, key, message, "Keep only one of them.")
                continue
            row.cells[header] = self.cell(page, table, column, node)
            row.places[header] = page.place(node)
        return row

    def unknown(self, page: Page, key: Word, names: list[str]) -> None:
        """Report a field that does not exist."""
        typed = key.text or ""
        near = nearest(typed.replace(" ", "_"), [*names, *ALIASES], most=1, similarity=0.6)
        hint = f"Is it {near[0]!r}?" if near else f"There are: {', '.join(sorted(names))}."
        self._draft.fault(page, key, f"there is no field {typed!r:.80} here", hint)

    def cell(self, page: Page, table: Table, column: Column, node: Node) -> Cell:
        """Read a cell; None if it is empty, or if it is wrong, which is reported."""
        if column.many:
            nodes = node.items if isinstance(node, Items) else (node,)
            values = [self._value(page, table, column, each) for each in nodes]
            kept = [value for value in values if isinstance(value, str)]
            return list(dict.fromkeys(kept)) or None
        return self._value(page, table, column, node)

    def _value(self, page: Page, table: Table, column: Column, node: Node) -> str | int | None:
        if isinstance(node, Fields) and column.kind == "link":
            return self._described(page, column, node)
        if not isinstance(node, Word):
            self._draft.fault(
                page, node, f"{column.name} takes a single value", "Write it in one line."
            )
            return None
        if node.text is None or not node.text.strip():
            return None
        if column.kind == "integer":
            return self._integer(page, column, node)
        if column.kind == "code":
            return self.code(page, column.target, node)
        if column.kind == "type":
            return self._class(page, table, node)
        return self.link(page, column.target, node) if column.kind == "link" else node.text

    def _integer(self, page: Page, column: Column, node: Word) -> int | None:
        text = str(node.text)
        if _DIGITS.fullmatch(text):
            return int(text)
        self._draft.fault(page, node, f"{column.name} is a whole number, not {text!r:.80}", "")
        return None

    def code(self, page: Page, scheme: str, node: Word) -> str | None:
        """Read a code of a list, with hyphens or spaces."""
        text = str(node.text)
        code = "-".join(text.removeprefix("tmc:").casefold().split())
        codes = codes_of().get(scheme, ())
        if code in codes:
            return code
        near = nearest(code, codes, similarity=0.6)
        hint = f"Is it {' or '.join(near)}?" if near else f"The codes are {', '.join(codes)}."
        self._draft.fault(page, node, f"{text!r:.80} is not a code of {scheme}", hint)
        return None

    def _class(self, page: Page, table: Table, node: Word) -> str | None:
        text = str(node.text)
        names = table.types + table.beside
        folded = {name.casefold(): name for name in names}
        found = folded.get("".join(text.split()).casefold())
        if found is not None or ":" in text:
            return found or text
        near = nearest(text.casefold(), folded, most=1, similarity=0.6)
        hint = f"Is it {folded[near[0]]}?" if near else f"There are: {', '.join(names)}."
        self._draft.fault(page, node, f"{text!r:.80} is not a type of {table.name}", hint)
        return None

    def link(self, page: Page, target: str, node: Word) -> str | None:
        """Look up the thing that a name refers to."""
        text = str(node.text).strip()
        names = self._draft.names
        if target == "passages" and text.startswith("char=") and page.document:
            return f"{page.document}#{text}"
        found = names.find(target, text)
        if len(found) == 1:
            return found[0]
        if target == "propositions":
            return self.proposition(page, node)
        if names.is_whole(text) or target in _UNRESOLVED:
            return text
        if found:
            hint = f"Give the id of one: {', '.join(found[:5])}."
            self._draft.fault(page, node, f"{text!r:.80} is the name of several {target}", hint)
            return None
        near = names.nearest(target, text)
        hint = f"Is it {' or '.join(map(repr, near))}? If not," if near else "If it is new,"
        hint += f" describe it under {target}: in these notes."
        self._draft.fault(page, node, f"nothing in {target} is called {text!r:.80}", hint)
        return None

    def _described(self, page: Page, column: Column, node: Fields) -> str | None:
        """Make a row from a description in place of a name."""
        if column.target == "propositions":
            return self.proposition(page, node)
        table = by_name(column.target)
        written = str(page.path), node.mark, node
        if written in self._written:  # in the common part of a group, and so one thing
            return self._written[written]
        row = self.section_row(page, table, None, node)
        if row is None:
            return None
        self._draft.names.add(table.name, row.id, labels_of(row.cells))
        self._draft.put(table.name, row)
        self._written[written] = row.id
        return row.id

    def section_row(self, page: Page, table: Table, key: Word | None, node: Node) -> Row | None:
        """Read a row from the fields under its name, or from a description in place of a name.

        Parameters
        ----------
        page
            The file.
        table
            The table of the row.
        key
            Its name, which is its id or else its label; None if it is described in place.
        node
            Its fields; or a single value, for the column in `MAIN`.
        """
        if not isinstance(node, Fields):
            main = MAIN.get(table.name)
            if main is None:
                self._draft.fault(
                    page, node, f"a row of {table.name} has fields, not a single value", ""
                )
                return None
            empty = isinstance(node, Word) and node.text is None
            node = Fields(() if empty else ((Word(main, node.mark), node),), node.mark)
        row = self.cells(page, table, node)
        if key is not None:
            row.place = page.place(key)
        self._name(page, table, key, row)
        if not row.cells.get("id"):
            hint = "Give it a name: with letters or digits, or an id:."
            message = f"this row of {table.name} has no name from which an id can be made"
            self._draft.fault(page, key or node, message, hint)
            return None
        self._complete(page, table, row)
        return row

    def _name(self, page: Page, table: Table, key: Word | None, row: Row) -> None:
        cells = row.cells
        if key is not None and cells.get("id") is None:
            typed = str(key.text)
            cells["id"], label = id_of(page, table, typed, labelled="label" in cells)
            column = table.column("label")
            if label is None and "label" not in cells and column is not None and column.required:
                # A key in lower case is both its id and its name, unless a source is described.
                label = None if _is_iri(typed) else typed
                if described := cells.get("described_as"):
                    label = str(described)
            if label is not None:
                cells["label"] = label
        elif key is not None and "label" not in cells:
            cells["label"] = key.text
        if cells.get("id") is None:
            said = next(
                (cells[name] for name in ("label", "edtf", "as_stated") if cells.get(name)), None
            )
            if said is None and (described := cells.get("described_as")):
                cells["label"] = described
                cells["id"] = self._new(f"{page.document or ''}-{slug(str(described))}".strip("-"))
            elif said is not None:
                cells["id"] = slug(str(said))

    def _new(self, name: str) -> str:
        """Return a name that no agent has: unnamed sources are kept distinct, however they are described."""
        number, free = 1, name
        while self._draft.names.find("agents", free):
            number += 1
            free = f"{name}-{number}"
        return free

    def _complete(self, page: Page, table: Table, row: Row) -> None:
        cells = row.cells
        if "type" not in cells and table.column("type"):
            if table.name == "agents":
                if cells.get("described_as"):
                    cells["type"] = ["UnnamedSource"]
                elif cells.get("voice_of"):
                    cells["type"] = ["DocumentVoice"]
            elif table.name in _USUAL_TYPE:
                cells["type"] = [_USUAL_TYPE[table.name]]
        if table.name == "passages":
            complete_passage(page, row)


def id_of(page: Page, table: Table, key: str, *, labelled: bool) -> tuple[str, str | None]:
    """Return the id that the key of a row gives, and the label if the key is the label.

    Parameters
    ----------
    page
        The file.
    table
        The table of the row.
    key
        What is typed.
    labelled
        Whether the row has a separate label, so that the key is its id, unless it contains spaces.
    """
    if table.name in ("passages", "records") and page.document and "#" not in key:
        return f"{page.document}#{key}", None
    plain = labelled and not any(letter.isspace() for letter in key)
    if plain or is_slug(key) or "#" in key or _is_iri(key):
        return key, None
    return slug(key), None if labelled else key


def _is_iri(key: str) -> bool:
    return key.startswith(("http", "urn:"))


def labels_of(cells: Mapping[str, Cell]) -> list[str]:
    """List the labels and other names in a row."""
    found: list[str] = []
    for header, value in cells.items():
        if header.partition("@")[0] in ("label", "also_called"):
            found += value if isinstance(value, list) else [str(value)] if value else []
    return found


def complete_passage(page: Page, row: Row) -> None:
    """Add the document and offsets that the name of a passage contains."""
    name, _, span = row.id.partition("#char=")
    start, comma, end = span.partition(",")
    if comma and start.isdecimal() and end.isdecimal():
        row.cells.setdefault("document", name or page.document)
        row.cells.setdefault("start", int(start[:18]))
        row.cells.setdefault("end", int(end[:18]))
