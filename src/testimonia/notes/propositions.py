"""Makes the propositions of claims in notes: claims with exactly the same content share one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from testimonia.notes.cell_values import CellReader, column_of, labels_of
from testimonia.notes.draft import Draft, Page, Row
from testimonia.notes.name_index import is_slug, slug
from testimonia.notes.phrases import Cell, Figure, code_words, figure
from testimonia.notes.proposition_kinds import IN_WORDS, KINDS, glossed
from testimonia.tables.columns import Table
from testimonia.tables.schema import by_name
from testimonia.tables.sheets.cells import codes_of
from testimonia.yaml_nodes import Fields, Node, Word

__all__ = ["FIELDS", "Propositions", "Said", "content", "is_said"]

_TABLE: Final = by_name("propositions")
FIELDS: Final = ("says", *(kind.field for kind in KINDS))
"""The fields that state what is claimed."""

_ASIDE: Final = ("id", "label", "gloss", "comment")
_COUNTED: Final = frozenset(
    (
        "type",
        "about",
        "harm",
        "victims",
        "detainees",
        "damaged_object",
        "damage_level",
        "lower_bound",
        "upper_bound",
        "bound_type",
        "point_estimate",
    )
)
"""The columns from which the name of a figure is made."""

_PLURALS: Final = {"people": "person", "men": "man", "women": "woman", "children": "child"}
_VAGUELY: Final[dict[Cell, str]] = {
    2: "several",
    20: "dozens of",
    100: "hundreds of",
    1000: "thousands of",
    10_000: "tens of thousands of",
    100_000: "hundreds of thousands of",
}
_ACTIVE: Final = ("died-of-wounds",)


class Said(NamedTuple):
    """What a claim states: its proposition, or None if it cannot be read, and words of quantity."""

    name: str | None
    words: str | None
    quoted: bool


class Propositions:
    """Makes propositions, or finds the existing one with the same content.

    Parameters
    ----------
    draft
        Rows and faults are added to it.
    cells
        The reader of cells.
    """

    def __init__(self, draft: Draft, cells: CellReader) -> None:
        self._draft, self._cells = draft, cells
        self._by_content: dict[object, str] = {}
        self._words: tuple[str | None, bool] = (None, False)
        cells.proposition = self.named
        for row in draft.known_rows("propositions"):
            self._by_content.setdefault(content(row), str(row["id"]))

    def declared(self, page: Page, key: Word, node: Node) -> None:
        """Add a proposition that is described under a name."""
        fields = node if isinstance(node, Fields) else Fields(((Word("says", node.mark), node),))
        row = self.row(page, fields, Fields(fields.entries, key.mark))
        if row is None:
            return
        typed = str(key.text)
        if "id" not in row.cells:
            row.cells["id"] = typed if _is_id(typed) else slug(typed)
            if not _is_id(typed) and "label" not in fields_of(fields):
                row.cells["label"] = typed
        self._keep(row)

    def named(self, page: Page, node: Node) -> str | None:
        """Find or make the proposition that is typed in a cell that refers to one."""
        if isinstance(node, Word) and not node.text:
            return None
        fields = node if isinstance(node, Fields) else Fields(((Word("says", node.mark), node),))
        words = self._words  # those of an inner figure are not those of the claim
        name = self.of(page, Fields(fields.entries, node.mark)).name
        self._words = words
        return name

    def of(self, page: Page, fields: Fields) -> Said:
        """Find or make the proposition that some fields describe."""
        self._words = None, False
        name = self._of(page, fields)
        return Said(name, *self._words)

    def _of(self, page: Page, fields: Fields) -> str | None:
        entries = fields_of(fields)
        says = entries.get("says")
        if entries.keys() <= {"says", "about"} and isinstance(says, Word) and says.text:
            there = self._draft.names.find("propositions", says.text)
            if len(there) == 1:
                self._check_about(page, there[0], entries.get("about"))
                return there[0]
        row = self.row(page, fields, fields)
        if row is None:
            return None
        same = self._by_content.get(content(row.cells))
        if same is not None and "id" not in row.cells:
            return same
        if "id" not in row.cells:
            row.cells["id"] = self.minted(row.cells)
        self._keep(row)
        return row.id

    def _check_about(self, page: Page, name: str, node: Node | None) -> None:
        """Report an event beside the name of a proposition that is about another event."""
        column = _TABLE.column("about")
        known = self._draft.row("propositions", name)
        if node is None or known is None:
            return
        assert column is not None  # noqa: S101 - it is a column of this table
        typed = self._cells.cell(page, _TABLE, column, node)
        if typed and known.get("about") and typed != known["about"]:
            message = f"the proposition {name!r:.80} is about another event"
            hint = "Leave out about:, or describe what is claimed instead of naming a proposition."
            self._draft.fault(page, node, message, hint)

    def _keep(self, row: Row) -> None:
        self._by_content.setdefault(content(row.cells), row.id)
        self._draft.names.add("propositions", row.id, labels_of(row.cells))
        self._draft.put("propositions", row)

    def row(self, page: Page, fields: Fields, at: Node) -> Row | None:
        """Read the row of a proposition; without an id, if none is typed.

        Parameters
        ----------
        page
            The file.
        fields
            What is typed.
        at
            Where, for messages.
        """
        found = fields_of(fields)
        said = [name for name in FIELDS if name in found]
        says = found.get("says")
        if isinstance(says, Fields):
            inner = Fields((*says.entries, *(e for e in fields.entries if e[0].text != "says")))
            return self.row(page, inner, at)
        row = self._cells.cells(page, _TABLE, fields, frozenset(FIELDS))
        row.place = page.place(at)
        if says is not None:
            if not self._figure(page, row, says):
                return None
            said.remove("says")
            if says and "by" in said and row.cells["type"] == ["DetentionProposition"]:
                self._put(page, row, "detained_by", found["by"])
                said.remove("by")
        kinds = [kind for kind in KINDS if kind.field in said]
        if (says is not None and kinds) or len(kinds) > 1:
            fields_said = [name for name in FIELDS if name in found]
            hint = "Write a claim for each."
            message = f"this claim states several things: {', '.join(fields_said)}"
            self._draft.fault(page, at, message, hint)
            return None
        for kind in kinds:
            self._put(page, row, kind.column, found[kind.field])
            row.cells.setdefault("type", [kind.type])
        if not row.cells.get("type"):
            hint = f"Use one of the fields {', '.join(FIELDS)}; or give its type."
            self._draft.fault(page, at, "nothing is claimed here", hint)
            return None
        if "about" not in row.cells and page.about:
            row.cells["about"] = list(page.about)
        self._describe(row.cells)
        return row

    def _put(self, page: Page, row: Row, name: str, node: Node) -> None:
        column = _TABLE.column(name)
        assert column is not None  # noqa: S101 - the kinds name columns of this table
        row.cells[name] = self._cells.cell(page, _TABLE, column, node)
        row.places[name] = page.place(node)

    def _figure(self, page: Page, row: Row, node: Node) -> bool:
        """Read the phrase of a figure into a row."""
        text = node.text if isinstance(node, Word) else None
        found = figure(text) if text else None
        if found is None:
            near = self._draft.names.nearest("propositions", text or "")
            hint = "Write a figure, such as killed 4 dock workers, or the name of a proposition; "
            hint += f"is it {near[0]!r}?" if near else "other propositions have their own fields."
            self._draft.fault(page, node, f"{text or ''!r:.80} is not a figure", hint)
            return False
        cells: dict[str, Cell] = {"type": [found.type], **found.columns}
        if not self._count(page, node, found, cells):
            return False
        for name, value in cells.items():
            row.cells.setdefault(name, value)
            row.places.setdefault(name, page.place(node))
        self._words = found.words, found.quoted
        return True

    def _count(self, page: Page, node: Node, found: Figure, cells: dict[str, Cell]) -> bool:
        """Find whom or what a figure counts."""
        if found.type == "DamageProposition":
            code = _singular(found.counted, codes_of()["object-type"])
            if code is None:
                kinds = ", ".join(codes_of()["object-type"])
                message = f"{found.counted!r:.80} is not a type of damaged object"
                self._draft.fault(page, node, message, f"There are: {kinds}.")
                return False
            cells["damaged_object"] = code
            return True
        column = "victims" if found.type == "CasualtyProposition" else "detainees"
        name = self._group(page, node, found.counted, of_victims=column == "victims")
        cells[column] = name
        return name is not None

    def _group(self, page: Page, node: Node, counted: str, *, of_victims: bool) -> str | None:
        there = self._draft.names.find("groups", counted) if counted else []
        if of_victims:
            there = [name for name in there if self._are_victims(name)]
        if len(there) == 1:
            return there[0]
        code = _singular(counted, codes_of()["victim-category"]) if counted else "person"
        if code is not None:
            label = counted or "people"
            name = slug(label if of_victims else f"{label} detained")
            cells: dict[str, Cell] = {
                "id": name,
                "type": ["VictimGroup" if of_victims else "PersonGroup"],
                "label": label[:1].upper() + label[1:],
                "category": [code],
            }
            if self._draft.row("groups", name) is None:
                row = Row(cells, page.place(node))
                self._draft.put("groups", row)
                self._draft.names.add("groups", name, labels_of(row.cells))
            return name
        if there:
            hint = f"Give the id of one: {', '.join(there)}."
            self._draft.fault(page, node, f"{counted!r:.80} is the name of several groups", hint)
            return None
        near = self._draft.names.nearest("groups", counted)
        hint = f"Is it {' or '.join(near)}? If not," if near else "If it is new,"
        hint += f" write under groups: “{counted}: civilian”, with the right category."
        self._draft.fault(page, node, f"no group is called {counted!r:.80}", hint)
        return None

    def _are_victims(self, name: str) -> bool:
        kinds = (self._draft.row("groups", name) or {}).get("type")
        return not isinstance(kinds, list) or "VictimGroup" in kinds

    def _describe(self, cells: dict[str, Cell]) -> None:
        """Add label and gloss if they are not typed."""
        count = _count_in_words(cells)
        gloss: Cell = None
        label: Cell = None
        if count is not None:
            whom = self._draft.labels(cells, "victims") or self._draft.labels(cells, "detainees")
            whom = whom or code_words(str(cells.get("damaged_object") or ""))
            # The first letter is made lower case, unless the words are a name.
            whom = whom[:1].lower() + whom[1:] if whom[1:] == whom[1:].lower() else whom
            verb = str(cells.get("harm") or cells.get("damage_level") or "detained")
            one = cells.get("upper_bound") == 1
            be = "" if verb in _ACTIVE else "was " if one else "were "
            label = f"{count} {whom} {code_words(verb)}"
            gloss = f"{count} {whom} {be}{code_words(verb)}."
            gloss, label = gloss[:1].upper() + gloss[1:], label[:1].lower() + label[1:]
        else:
            gloss = glossed(cells, lambda column: self._draft.labels(cells, column))
        if "gloss" not in cells and gloss is not None:
            cells["gloss"] = gloss
        if "label" not in cells:
            words = str(cells.get("gloss") or "").removesuffix(".")
            cells["label"] = label or words or None

    def minted(self, cells: Mapping[str, Cell]) -> str:
        """Name a proposition after its content, so that the same content always has the same name."""
        about = cells.get("about")
        event = about[0] if isinstance(about, list) and about else ""
        event = event.rstrip("/").rpartition("/")[2]
        words = slug(f"{event} {cells.get('label') or cells.get('gloss') or 'said'}")
        said = {name for name, value in cells.items() if value not in (None, [])} - set(_ASIDE)
        kind = cells.get("type")
        head = {k.column for k in KINDS if isinstance(kind, list) and k.type in kind}
        plain = _COUNTED if cells.get("bound_type") else {"type", "about", *head}
        whole = slug(f"{event} {cells.get('label') or ''}") == words and len(words) < 80
        if whole and said <= plain and not self._draft.row("propositions", words):
            return words
        digest = hashlib.sha256(repr(content(cells)).encode()).hexdigest()[:6]
        return f"{words}-{digest}"


def fields_of(fields: Fields) -> dict[str, Node]:
    """Return fields by name, with spaces in the names of those that state what is claimed."""
    found: dict[str, Node] = {}
    for key, node in fields.entries:
        typed = str(key.text)
        spaced = typed.replace("_", " ")
        found[spaced if spaced in FIELDS else typed] = node
    return found


def is_said(name: str) -> bool:
    """Return whether a field belongs to the proposition rather than to the claim."""
    table: Table = by_name("claims")
    spaced = name.replace("_", " ")
    return spaced in FIELDS or (
        column_of(table, name) is None and column_of(_TABLE, name) is not None
    )


def _is_id(typed: str) -> bool:
    return is_slug(typed) or typed.startswith(("http", "urn:"))


def content(cells: Mapping[str, Cell]) -> object:
    """Return the content of a proposition, in a form to compare."""
    in_words = bool(set(cells["type"] if isinstance(cells["type"], list) else ()) & IN_WORDS)
    aside = ("id", "label", "comment") if in_words else _ASIDE
    return tuple(
        (name, tuple(sorted(value)) if isinstance(value, list) else value)
        for name, value in sorted(cells.items())
        if value not in (None, []) and name.partition("@")[0] not in aside
    )


def _singular(words: str, codes: tuple[str, ...]) -> str | None:
    """Find the code that words name, in the singular or plural."""
    text = " ".join(words.casefold().split())
    ends = (text, text.removesuffix("s"), text.removesuffix("es"), text.removesuffix("ies") + "y")
    for each in ends:
        first, _, last = each.rpartition(" ")
        code = slug(f"{first} {_PLURALS.get(last, last)}")
        if code in codes:
            return code
    return None


def _count_in_words(cells: Mapping[str, Cell]) -> str | None:
    low, high, point = (cells.get(n) for n in ("lower_bound", "upper_bound", "point_estimate"))
    match cells.get("bound_type"):
        case "exact" if low is not None:
            return "No" if low == 0 else str(low)
        case "range" if low is not None and high is not None:
            return f"{low} to {high}"
        case "at-least" if low is not None:
            return f"at least {low}"
        case "at-most" if high is not None:
            return f"at most {high}"
        case "approximately" if point is not None:
            return f"about {point}"
        case "nearly" if isinstance(high, int):
            return f"nearly {high + 1}"
        case "vague":
            return _VAGUELY.get(low, "some")
    return None
