"""Makes rows of claim tables from files of notes: reads all names first, then what refers to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl
from pyoxigraph import RdfFormat, parse

from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.notes.cell_values import CellReader, column_of, header_of, id_of, labels_of
from testimonia.notes.claim_items import NO_DEFAULT, ClaimItems
from testimonia.notes.draft import Draft, Page, Row, Text
from testimonia.notes.name_index import slug
from testimonia.notes.phrases import Cell
from testimonia.notes.propositions import Propositions
from testimonia.notes.spans import Passages
from testimonia.tables.schema import TABLES, by_name
from testimonia.yaml_nodes import Fault, Fields, Items, Node, Word, parsed

__all__ = ["FILE_FIELDS", "Expansion", "expanded", "held", "pages_of"]

_DOCUMENTS, _CLAIMS, _PROPOSITIONS = map(by_name, ("documents", "claims", "propositions"))
_SECTIONS: Final = tuple(
    table for table in TABLES if table.name not in ("documents", "claims", "propositions")
)
FILE_FIELDS: Final = (
    "document",
    "base",
    "about",
    "usual",
    "narration",
    *(table.name for table in TABLES),
    "nothing",
    "rest",
)
"""The fields that a file of notes may have."""

_LARGEST_TEXT: Final = 20_000_000


def pages_of(files: Sequence[tuple[Path, str]]) -> tuple[list[Page], list[Fault]]:
    """Parse files of notes.

    Parameters
    ----------
    files
        The path and the text of each.

    Returns
    -------
    tuple
        The files that can be read, and what is wrong.
    """
    pages, faults = [], []
    for path, text in files:
        try:
            fields, found = parsed(text, path)
        except SyntaxFault as error:
            faults.append(Fault(error.message, error.place or Place(path), error.hint))
            continue
        faults += found
        pages.append(Page(path, fields))
    return pages, faults


def held(path: Path) -> Text:
    """Read the text of a document.

    Raises
    ------
    InputError
        It is not a file, is too large, or is not UTF-8.
    """
    from testimonia.passages.holdings import text_of

    if not path.is_file():
        raise InputError(
            "this is not a text file with a report",
            place=Place(path),
            hint="Name a file with the text of a document, in UTF-8.",
        )
    if path.stat().st_size > _LARGEST_TEXT:
        raise InputError(
            f"this text has more than {_LARGEST_TEXT:,} bytes",
            place=Place(path),
            hint="Split it into documents.",
        )
    return Text(path, text_of(path))


def expanded(
    pages: Sequence[Page],
    known: Mapping[str, pl.DataFrame] | None = None,
    base: str | None = None,
    text_at: Callable[[Path], Text] = held,
    described: Mapping[str, Iterable[str]] | None = None,
) -> Expansion:
    """Make rows from files of notes, and collect faults.

    Parameters
    ----------
    pages
        The files, as `pages_of` returns them.
    known
        Claim tables of data that the notes may refer to.
    base
        Namespace for the names.
    text_at
        Reads the text of a document.
    described
        IRIs of everything that those data describe, by table, including things that have no row there.
    """
    expansion = Expansion(Draft(known, base), text_at)
    for table, iris in (described or {}).items():
        for iri in iris:
            expansion.draft.names.add(table, iri.removeprefix(by_name(table).base))
    for page in pages:
        expansion.open_page(page)
    for page in pages:
        expansion.read_names(page)
    for page in pages:
        expansion.read_defaults(page)
        expansion.read_sections(page)
    for page in pages:
        expansion.read_propositions(page)
    for page in pages:
        expansion.read_claims(page)
    return expansion


class Expansion:
    """Reads pages step by step.

    Parameters
    ----------
    draft
        Rows and faults are added to it.
    text_at
        Reads the text of a document.
    """

    def __init__(self, draft: Draft, text_at: Callable[[Path], Text] = held) -> None:
        self.draft = draft
        self.rest: list[str] = []
        self.cells = CellReader(draft)
        self.propositions = Propositions(draft, self.cells)
        self.passages = Passages(draft)
        self.claims = ClaimItems(draft, self.cells, self.propositions, self.passages)
        self._text_at = text_at

    def open_page(self, page: Page) -> None:
        """Find out which document a file is about, and report unknown fields."""
        for key, _ in page.fields.entries:
            if key.text not in FILE_FIELDS:
                self.cells.unknown(page, key, list(FILE_FIELDS))
        node = page.section("document")
        if node is None:
            return
        if not isinstance(node, Fields):
            node = Fields(((Word("label", node.mark), node),), node.mark)
        given = {key.text: value for key, value in node.entries}
        name = given.get("id")
        given_id = name.text if isinstance(name, Word) else None
        page.document = given_id or slug(page.path.stem) or "document"
        self._hold(page, given.get("text"))
        label = given.get("label", given.get("name"))
        labels = [label.text] if isinstance(label, Word) and label.text else []
        self.draft.names.add("documents", page.document, labels)

    def _hold(self, page: Page, node: Node | None) -> None:
        if node is None:
            return
        if not isinstance(node, Word) or not node.text:
            self.draft.fault(
                page, node, "text must be the name of a file", "For example, text: report.txt."
            )
            return
        try:
            page.text = self._text_at(page.path.parent / node.text)
        except (InputError, OSError, ValueError) as error:
            why = error.message if isinstance(error, InputError) else "it cannot be read"
            hint = "Name the file relative to these notes."
            self.draft.fault(page, node, f"{node.text!r:.120}: {why}", hint)

    def read_names(self, page: Page) -> None:
        """Read the names of everything that a file describes, so that the order makes no difference."""
        for table in (*_SECTIONS, _PROPOSITIONS, _DOCUMENTS):
            for key, node in self._entries(page, table.name):
                given = (
                    {each.text: value for each, value in node.entries}
                    if isinstance(node, Fields)
                    else {}
                )
                typed = given.get("label", given.get("name"))
                said = typed.text if isinstance(typed, Word) else None
                own = given.get("id")
                if isinstance(own, Word) and own.text:
                    name, label = own.text, said or key.text
                else:
                    name, plain = id_of(page, table, str(key.text), labelled=typed is not None)
                    label = said or plain
                also = given.get("also_called", given.get("also called"))
                others = also.items if isinstance(also, Items) else (also,)
                labels = [
                    each.text for each in (*others, key) if isinstance(each, Word) and each.text
                ]
                self.draft.names.add(table.name, name, [each for each in (label, *labels) if each])
                of = given.get("voice_of", given.get("voice of"))
                if table.name == "agents" and isinstance(of, Word) and of.text:
                    self._voices.setdefault(of.text, name)

    @property
    def _voices(self) -> dict[str, str]:
        return self.__dict__.setdefault("voices", {})  # type: ignore[no-any-return]

    def _entries(self, page: Page, section: str) -> Sequence[tuple[Word, Node]]:
        node = page.section(section)
        if node is None or (isinstance(node, Word) and node.text is None):
            return ()
        if not isinstance(node, Fields):
            message = f"{section} must be a mapping from names to descriptions"
            self.draft.fault(page, node, message, f"For example, {section}: {{Name: …}}.")
            return ()
        return node.entries

    def read_defaults(self, page: Page) -> None:
        """Read the document, and the defaults of propositions and claims."""
        if page.document is not None:
            self._document(page)
            known = (
                str(row["id"])
                for row in self.draft.known_rows("agents")
                if row.get("voice_of") == page.document
            )
            own = self._voices.get(page.document)
            page.voice = own or next(known, f"{page.document}-voice")
        about = page.section("about")
        if about is not None:
            column = _PROPOSITIONS.column("about")
            assert column is not None  # noqa: S101
            found = self.cells.cell(page, _PROPOSITIONS, column, about)
            page.about = found if isinstance(found, list) else []
        for name, kept in (("usual", page.usual), ("narration", page.narration)):
            node = page.section(name)
            if isinstance(node, Fields):
                row = self.cells.cells(page, _CLAIMS, node)
                for key, _ in node.entries:
                    column_found = column_of(_CLAIMS, str(key.text))
                    if column_found is not None and column_found[0] in NO_DEFAULT:
                        self._no_default(page, name, key)
                        row.cells.pop(column_found[0], None)
                kept.update(row.cells)
                page.places.update(row.places)
            elif node is not None:
                self.draft.fault(page, node, f"{name} must be a mapping of fields of claims", "")

    def _no_default(self, page: Page, section: str, key: Word) -> None:
        message = f"{section} cannot set {key.text!r}: it would not be applied"
        hint = "Write it in each claim, or group the claims: “- who: NAME, claims: [...]”."
        self.draft.fault(page, key, message, hint)

    def _document(self, page: Page) -> None:
        node = page.section("document")
        assert node is not None  # noqa: S101 - or there would be no document
        if not isinstance(node, Fields):
            node = Fields(((Word("label", node.mark), node),), node.mark)
        if page.text is None and all(key.text in ("id", "text") for key, _ in node.entries):
            return  # the data describe the document
        row = self.cells.cells(page, _DOCUMENTS, node, frozenset({"text"}))
        cells = row.cells
        cells["id"] = page.document
        if page.text is not None:
            of_text: dict[str, Cell] = {
                "sha256": page.text.sha256,
                "character_count": len(page.text.text),
            }
            for name, value in of_text.items():
                if str(cells.setdefault(name, value)).casefold() != str(value):
                    place = row.places.get(name, row.place)
                    message = f"the text has another {name}: {value}"
                    hint = "It was changed after this was written. Check each sentence, then correct this."
                    self.draft.faults.append(Fault(message, place, hint))
        self.draft.put("documents", row)

    def read_sections(self, page: Page) -> None:
        """Read everything that is described under a name, except propositions."""
        for table in (*_SECTIONS, _DOCUMENTS):
            for key, node in self._entries(page, table.name):
                row = self.cells.section_row(page, table, key, node)
                if row is not None:
                    self.draft.names.add(table.name, row.id, labels_of(row.cells))
                    self.draft.put(table.name, row)

    def read_propositions(self, page: Page) -> None:
        """Read the propositions that have names."""
        for key, node in self._entries(page, "propositions"):
            self.propositions.declared(page, key, node)

    def read_claims(self, page: Page) -> None:
        """Read claims, passages without a claim, and statements that do not fit any table."""
        claims = page.section("claims")
        if isinstance(claims, Items):
            for item in claims.items:
                for each in self._ungrouped(page, item):
                    self.claims.add(page, each)
        elif claims is not None and not (isinstance(claims, Word) and claims.text is None):
            self.draft.fault(page, claims, "claims must be a list", "Begin each claim with “- ”.")
        for key, node in self._entries(page, "nothing"):
            reason: Cell = None
            if isinstance(node, Word) and node.text:
                reason = self.cells.code(page, "no-claim-reason", node)
            if isinstance(reason, str):
                self.passages.at(page, key, reason)
        rest = page.section("rest")
        for node in rest.items if isinstance(rest, Items) else (rest,) if rest else ():
            self._rest(page, node)

    def _ungrouped(self, page: Page, item: Node) -> Iterator[Node]:
        """Yield the claims of a group, each with the fields of the group that it lacks."""
        inner = (
            next((node for key, node in item.entries if key.text == "claims"), None)
            if isinstance(item, Fields)
            else None
        )
        if not isinstance(item, Fields) or inner is None:
            yield item
            return
        shared = [entry for entry in item.entries if entry[0].text != "claims"]
        for each in inner.items if isinstance(inner, Items) else (inner,):
            if not isinstance(each, Fields):
                self.draft.fault(page, each, "a claim has fields, such as at, who and says", "")
                continue
            own = {header_of(str(key.text)) for key, _ in each.entries}
            more = [entry for entry in shared if header_of(str(entry[0].text)) not in own]
            yield from self._ungrouped(page, Fields((*more, *each.entries), each.mark))

    def _rest(self, page: Page, node: Node) -> None:
        """Keep statements that do not fit any table."""
        if not isinstance(node, Word) or not node.text:
            self.draft.fault(page, node, "rest must be text: statements in N-Quads", "")
            return
        try:
            list(parse(node.text, RdfFormat.N_QUADS))
        except (SyntaxError, ValueError) as error:
            self.draft.fault(page, node, f"this is not a statement in N-Quads: {error}"[:300], "")
            return
        self.rest.append(node.text)

    def frames(self) -> dict[str, list[Row]]:
        """Return the rows by table."""
        return {name: list(rows.values()) for name, rows in self.draft.rows.items() if rows}
