"""Writes rows of claim tables as notes, in the shortest form that is read as the same row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from testimonia.notes.cell_values import MAIN
from testimonia.notes.draft import Draft, Page, Row, Text
from testimonia.notes.expansion import Expansion
from testimonia.notes.phrases import Cell, code_words, phrase_of
from testimonia.notes.proposition_kinds import KINDS
from testimonia.notes.propositions import content
from testimonia.tables.columns import Table
from testimonia.tables.schema import by_name
from testimonia.yaml_nodes import Fields, Items, Node, Word

__all__ = ["Cells", "Shortener", "field", "node_of"]

Cells = Mapping[str, Cell]
_SHORT: Final = {
    "on_behalf_of": "for",
    "stated_at": "said",
    "verbatim_quantity": "words",
}
_USUAL: Final = ("voice", "stated_at", "certainty", "channel")
_CLAIMS, _PROPOSITIONS = by_name("claims"), by_name("propositions")
_ONE = 1


def node_of(value: Cell) -> Node:
    """Write a cell."""
    if isinstance(value, list):
        words = tuple(Word(each) for each in value)
        return words[0] if len(words) == 1 else Items(words) if words else Word(None)
    return Word(None if value is None else str(value))


def field(name: str, node: Node | str) -> tuple[Word, Node]:
    """Write a field."""
    return Word(name), Word(node) if isinstance(node, str) else node


def _explicit(name: str) -> str:
    """Write the header of a column as in notes."""
    plain, at, tag = name.partition("@")
    return _SHORT.get(plain, plain).replace("_", " ") + at + tag


class Shortener:
    """Writes rows of a graph as notes, and checks each by reading it again.

    Parameters
    ----------
    tables
        The claim tables of the graph, and of other data that the notes may refer to.
    plainly
        Whether to use no short forms.
    outside
        Ids that the graph refers to and does not describe: nothing can be derived from them.
    """

    def __init__(
        self,
        tables: Mapping[str, pl.DataFrame],
        *,
        plainly: bool = False,
        outside: frozenset[str] = frozenset(),
    ) -> None:
        self._outside = outside
        self._plainly = plainly
        aside = {name: f for name, f in tables.items() if name not in ("claims", "propositions")}
        claims = {name: frame for name, frame in tables.items() if name != "claims"}
        self._fresh = Expansion(Draft(aside))
        self._full = Expansion(Draft(claims))
        rows = [_cells(row) for row in tables["propositions"].iter_rows(named=True)]
        self._propositions = {str(row["id"]): row for row in rows}
        contents = Counter(map(content, rows))
        held = tables["memberships"].select("member", "post").iter_rows()
        self._holders = {(str(member), str(post)) for member, post in held}
        self._alone = {str(row["id"]) for row in rows if contents[content(row)] == 1}

    def section_entry(self, page: Page, table: Table, row: Cells) -> tuple[Word, Node]:
        """Write a row under its name."""
        name, label = str(row["id"]), row.get("label")
        main = row.get(MAIN.get(table.name, ""))
        key = name
        if table.name in ("passages", "records") and page.document:
            key = name.removeprefix(f"{page.document}#")
        candidates: list[tuple[Word, Node]] = []
        if table.name == "passages":
            candidates.append(field(key, node_of(main)))
            derived = ("id", "document", "start", "end")
            lean = {h: v for h, v in row.items() if h not in derived}
            candidates.append(field(key, self._fields(lean)))
        elif isinstance(label, str) and not self._plainly:
            lean = {h: v for h, v in row.items() if h not in ("id", "label")}
            candidates.append(field(label, node_of(main)))
            candidates += [field(label, self._fields(each)) for each in _leaner(lean)]
        if not self._plainly:
            cells = {h: v for h, v in row.items() if h != "id"}
            candidates += [field(key, self._fields(each)) for each in _leaner(cells)]
        for candidate in candidates:
            if self._reads(page, table, candidate, row):
                return candidate
        return field(key, self._fields(row))

    def _reads(self, page: Page, table: Table, entry: tuple[Word, Node], row: Cells) -> bool:
        draft = self._full.draft
        faults = len(draft.faults)
        found = self._full.cells.section_row(page, table, *entry)
        fine = len(draft.faults) == faults
        del draft.faults[faults:]
        return fine and found is not None and _cells(found.cells) == row

    def _fields(self, row: Cells) -> Fields:
        return Fields(tuple(field(_explicit(name), node_of(value)) for name, value in row.items()))

    def proposition_fields(self, page: Page, row: Cells, words: str | None = None) -> Fields | None:
        """Write the content of a proposition in the fewest fields; None if that fails."""
        return self._corrected(page, self._said(row, words), row, self._read_proposition)

    def inline(self, page: Page, name: str, words: str | None) -> Fields | None:
        """Write a proposition within its claim, if it gets the same id when that is read."""
        row = self._propositions.get(name)
        if row is None or self._plainly or name not in self._alone:
            return None
        cells = {header: value for header, value in row.items() if header != "id"}
        fields = self.proposition_fields(page, cells, words)
        if fields is None or any(key.text in ("label", "comment") for key, _ in fields.entries):
            return None
        draft, propositions = self._fresh.draft, self._fresh.propositions
        faults = len(draft.faults)
        found = propositions.row(page, fields, fields)
        wrong = len(draft.faults) > faults
        del draft.faults[faults:]
        if wrong or found is None:
            return None
        return fields if propositions.minted(found.cells) == name else None

    def _said(self, row: Cells, words: str | None) -> Iterator[Fields]:
        """Yield short forms of a proposition, which may leave out some of its content."""
        kinds = row.get("type")
        kind = kinds[0] if isinstance(kinds, list) and len(kinds) == _ONE else ""
        counted = row.get("victims") or row.get("detainees") or row.get("damaged_object") or ""
        label = self._full.draft.label("groups", str(counted))
        if not self._plainly:
            for name in dict.fromkeys((label[:1].lower() + label[1:], label, str(counted))):
                shown = code_words(name) if row.get("damaged_object") else name
                phrase = phrase_of(row, shown, words)
                if phrase:
                    said = [field("says", phrase)]
                    if row.get("detained_by"):
                        said.append(field("by", node_of(row["detained_by"])))
                    yield Fields(tuple(said))
            for each in KINDS:
                if each.type == kind and row.get(each.column):
                    yield Fields((field(each.field, node_of(row[each.column])),))
        yield Fields((field("type", node_of(kinds)),))

    def _read_proposition(self, page: Page, fields: Fields) -> Row | None:
        return self._full.propositions.row(page, fields, fields)

    def _corrected(
        self, page: Page, candidates: Iterable[Fields], row: Cells, read: object
    ) -> Fields | None:
        """Take the first form that can be read, and add fields for everything that it leaves out."""
        assert callable(read)  # noqa: S101
        draft = self._full.draft
        for candidate in candidates:
            fields = candidate
            for _ in range(3):  # more may be derived from what the first correction adds
                faults = len(draft.faults)
                found = read(page, fields)
                wrong = len(draft.faults) > faults
                del draft.faults[faults:]
                if found is None or wrong:
                    break
                differing = _differing(_cells(found.cells), row)
                if not differing:
                    return fields
                typed = {str(key.text) for key, _ in fields.entries}
                more = [
                    field(_explicit(name), node_of(row.get(name)))
                    for name in differing
                    if _explicit(name) not in typed
                ]
                fields = Fields((*fields.entries, *more))
        return None

    def claim(self, page: Page, row: Cells) -> Fields:
        """Write a claim."""
        verbatim = row.get("verbatim_quantity")
        words = verbatim if isinstance(verbatim, str) else None
        name = str(row["proposition"])
        inside = self.inline(page, name, words) or self.inline(page, name, None)
        what = inside.entries if inside else (field("says", name),)
        begin: list[tuple[Word, Node]] = []
        passages = row.get("passage")
        if isinstance(passages, list):
            begin.append(field("at", self.place(page, passages)))
        if row.get("claimant") != page.voice:
            begin.append(field("who", node_of(row["claimant"])))
        if row.get("in_capacity_of"):
            # “as” also records who holds the post, if the data do not.
            held = (str(row["claimant"]), str(row["in_capacity_of"])) in self._holders
            name_of_post = "as" if held else "in capacity of"
            begin.append(field(name_of_post, node_of(row["in_capacity_of"])))
        full = [field(_explicit(h), node_of(v)) for h, v in row.items() if h != "passage"]
        at = begin[:1] if isinstance(passages, list) else []
        forms = [Fields((*begin, *what)), Fields((*at, *full))]
        found = self._corrected(page, forms[self._plainly :], row, self._full.claims.row)
        found = found or forms[1]
        if {row.get("claimant"), row.get("in_capacity_of")} & self._outside:
            body = field("for", node_of(row.get("on_behalf_of")))
            if all(key.text != "for" for key, _ in found.entries):
                found = Fields((*found.entries, body))
        read = self._full.claims.row(page, found)
        if read is not None:
            self._full.draft.put("claims", read)
        return found

    def is_made(self, page: Page, row: Cells) -> bool:
        """Return whether a passage has exactly the row that is made from its span in the text."""
        start, end = row.get("start"), row.get("end")
        held = page.text is not None and page.document is not None and not self._plainly
        if not held or not isinstance(start, int) or not isinstance(end, int):
            return False
        text, document = page.text, page.document
        assert text is not None  # noqa: S101 - the text is available
        if not start < end <= len(text.text):
            return False
        made = self._full.passages.cells(text, str(document), start, end)
        return {n: v for n, v in row.items() if n != "no_claim_reason"} == made

    def place(self, page: Page, passages: Sequence[str]) -> Node:
        """Write passages: as the number of a sentence if one is exactly that, else as offsets."""
        found = [self._place(page, each) for each in passages]
        return found[0] if len(found) == _ONE else Items(tuple(found))

    def _place(self, page: Page, passage: str) -> Word:
        span = passage.removeprefix(f"{page.document}#")
        if isinstance(page.text, Text) and not self._plainly:
            for number, (start, end) in enumerate(page.text.sentences, 1):
                if span == f"char={start},{end}":
                    return Word(str(number))
        return Word(span)

    def usual(self, page: Page, claims: Sequence[Cells]) -> None:
        """Find defaults: the cells that most claims of a file have, by others and in its own voice."""
        if self._plainly:
            return
        own = [row for row in claims if row.get("claimant") == page.voice]
        others = [row for row in claims if row.get("claimant") != page.voice]
        document = self._full.draft.row("documents", str(page.document)) or {}
        given = {"certainty": "unhedged", "channel": None}
        for rows, kept, built_in in (
            (others, page.usual, {**given, "voice": "indirect-report", "stated_at": None}),
            (
                own,
                page.narration,
                {**given, "voice": "narration", "stated_at": document.get("published")},
            ),
        ):
            for name in _USUAL:
                counts = Counter(str(row.get(name) or "") for row in rows)
                if rows:
                    value = counts.most_common(1)[0][0] or None
                    if value != built_in[name]:
                        kept[name] = value


def _leaner(row: dict[str, Cell]) -> Iterator[dict[str, Cell]]:
    """Yield a row, first without its type, which may follow from other cells."""
    if "type" in row:
        yield {name: value for name, value in row.items() if name != "type"}
    yield row


def _cells(row: Cells) -> dict[str, Cell]:
    return {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in row.items()
        if value not in (None, [])
    }


def _differing(found: Cells, wanted: Cells) -> list[str]:
    names = dict.fromkeys([*wanted, *found])
    return [name for name in names if found.get(name) != wanted.get(name)]
