"""Writes a graph as files of notes, one for each document and one for the names that they share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import polars as pl
from pyoxigraph import NamedNode, Quad

from testimonia.errors import TestimoniaError
from testimonia.namespaces import RDF
from testimonia.notes.building import build
from testimonia.notes.draft import Page, Text
from testimonia.notes.name_index import slug
from testimonia.notes.phrases import Cell
from testimonia.notes.shortening import Cells, Shortener, field, node_of
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.columns import class_iri
from testimonia.tables.from_quads import ClaimTables, tables
from testimonia.tables.schema import TABLES, by_name
from testimonia.yaml_nodes import Fields, Items, Node, Word, written

__all__ = ["NAMES", "Noted", "export"]

NAMES: Final = "names.yaml"
"""The file for things that several documents refer to."""

_OWN: Final = ("passages", "records", "bounds", "groups", "propositions")
"""Tables whose rows are written to the file of a document if no other document uses them."""

_OF_DOCUMENTS: Final = ("UnnamedSource", "DocumentVoice")


@dataclass(frozen=True)
class Noted:
    """Files of notes.

    Attributes
    ----------
    files
        The text of each by its name.
    outside
        IRIs that the notes refer to and do not describe: building them needs the data that do.
    claims
        How many claims they contain.
    """

    files: Mapping[str, str]
    outside: tuple[str, ...]
    claims: int


def export(quads: Iterable[Quad], texts: Mapping[str, Text] | None = None) -> Noted:
    """Write a graph as notes, from which `testimonia.notes.build` makes the same graph.

    Parameters
    ----------
    quads
        The graph. Statements in named graphs are written without the name of their graph.
    texts
        Texts of documents, by the SHA-256 of their bytes: if given, passages are written as numbers of
        sentences, without digests.

    Raises
    ------
    TestimoniaError
        The notes would be read as a different graph.
    """
    data = list(quads)
    found = tables(data)
    outside = _outside(found)
    for plainly in (False, True):
        noted = _Exporter(found, texts or {}, plainly=plainly).files()
        if _same(noted, data, outside, texts or {}):
            claims = found["claims"].height
            iris = (quad.subject.value for quad in outside if isinstance(quad.subject, NamedNode))
            return Noted(noted, tuple(sorted(iris)), claims)
    raise TestimoniaError(
        "these notes would not be read as the same graph",
        hint="This is a bug in Testimonia: please report it.",
    )


def _outside(found: ClaimTables) -> list[Quad]:
    """Give types to what the graph refers to and does not describe, so that links to it are valid."""
    there = {
        table.name: {iri_of(name, table.base) for name in found[table.name]["id"]}
        for table in TABLES
    }
    types = {}
    for table in TABLES:
        for column in table.columns:
            if column.kind == "link":
                target = by_name(column.target)
                values = found[table.name][column.name].drop_nulls()
                names = values.explode() if column.many else values
                for name in names.drop_nulls().unique():
                    iri = iri_of(name, target.base)
                    if iri not in there[target.name]:
                        types[iri] = class_iri(target.types[0])
    return [Quad(NamedNode(iri), RDF.type, NamedNode(kind)) for iri, kind in types.items()]


def _same(
    files: Mapping[str, str], data: list[Quad], outside: list[Quad], texts: Mapping[str, Text]
) -> bool:
    by_path = {text.path: text for text in texts.values()}
    built = build(
        [(Path(name), text) for name, text in files.items()],
        outside,
        text_at=lambda path: by_path[path],
    )
    triples = {quad.triple for quad in data}
    return not built.faults and {quad.triple for quad in built.quads()} == triples


class _Exporter:
    """Writes the files."""

    def __init__(self, found: ClaimTables, texts: Mapping[str, Text], *, plainly: bool) -> None:
        self._texts, self._plainly = texts, plainly
        self._rest = [str(quad) + " ." for quad in found.rest]
        self._rows: dict[str, dict[str, Cells]] = {
            name: {row["id"]: _filled(row) for row in frame.iter_rows(named=True)}
            for name, frame in found.items()
        }
        outside = (each.subject for each in _outside(found))
        ids = frozenset(_id_of(each.value) for each in outside if isinstance(each, NamedNode))
        self._short = Shortener(_with_outside(found), plainly=plainly, outside=ids)
        self._pages = self._paged()
        self._owners = self._owned()

    def files(self) -> dict[str, str]:
        """Return the text of each file by its name."""
        found = {str(page.path): self._file(page) for page in self._pages.values()}
        names = self._file(Page(Path(NAMES), Fields(()), about=[]))
        return {NAMES: names, **found} if names.strip() else found

    def _paged(self) -> dict[str, Page]:
        """Create a file for each document with claims or passages."""
        wanted = dict.fromkeys(
            str(row.get(column))
            for table, column in (
                ("claims", "stated_in"),
                ("passages", "document"),
                ("records", "document"),
            )
            for row in self._rows[table].values()
        )
        pages: dict[str, Page] = {}
        taken = {NAMES}
        for name in wanted:
            file = slug(name.removeprefix("https://").removeprefix("http://")) or "document"
            while f"{file}.yaml" in taken:
                file += "-2"
            taken.add(f"{file}.yaml")
            page = Page(Path(f"{file}.yaml"), Fields(()), document=name)
            row = self._rows["documents"].get(name, {})
            page.text = self._texts.get(str(row.get("sha256")))
            voices = (
                each
                for each, agent in self._rows["agents"].items()
                if agent.get("voice_of") == name
            )
            page.voice = next(voices, f"{name}-voice")
            pages[name] = page
        return pages

    def _owned(self) -> dict[tuple[str, str], str | None]:
        """Return the document that uses each row; None if several do."""
        users: dict[tuple[str, str], set[str | None]] = defaultdict(set)
        seen: set[tuple[str, str, str]] = set()
        stack = [
            (table, name, str(row.get("stated_in" if table == "claims" else "document")))
            for table in ("claims", "passages", "records")
            for name, row in self._rows[table].items()
        ]
        stack += [("documents", name, name) for name in self._pages]
        while stack:
            table, name, document = stack.pop()
            if (table, name, document) in seen:
                continue
            seen.add((table, name, document))
            users[table, name].add(document)
            row = self._rows[table].get(name, {})
            for column in by_name(table).columns:
                value = row.get(column.name)
                if column.kind == "link" and value and column.target not in ("claims", "documents"):
                    names = value if isinstance(value, list) else [str(value)]
                    stack += [(column.target, each, document) for each in names]
        return {
            key: next(iter(documents)) if len(documents) == 1 else None
            for key, documents in users.items()
        }

    def _home(self, table: str, name: str) -> str | None:
        """Return the document to whose file a row goes; None for the file of names."""
        row = self._rows[table][name]
        if table in ("passages", "records"):
            return str(row.get("document"))
        if table == "claims":
            return str(row.get("stated_in"))
        own = self._owners.get((table, name))
        if table in _OWN:
            return own
        if table == "agents":
            if row.get("voice_of") in self._pages:
                return str(row["voice_of"])
            types = row.get("type")
            unnamed = isinstance(types, list) and set(types) & set(_OF_DOCUMENTS)
            return own if unnamed else None
        if table == "documents":
            return name if name in self._pages else None
        return None

    def _file(self, page: Page) -> str:
        here = {
            table.name: {
                name: row
                for name, row in self._rows[table.name].items()
                if self._home(table.name, name) == page.document
            }
            for table in TABLES
        }
        about = Counter(_listed(row.get("about")) for row in here["propositions"].values())
        claims = [row for _, row in sorted(here["claims"].items(), key=lambda e: _order(e[1]))]
        if page.document is not None:
            for row in claims:
                said = self._rows["propositions"].get(str(row.get("proposition")), {})
                about[_listed(said.get("about"))] += 1
        if about and not self._plainly:
            page.about = list(about.most_common(1)[0][0])
        self._short.usual(page, claims)
        items = [self._short.claim(page, row) for row in claims]
        entries = self._sections(page, here, items)
        return written(Fields(tuple(entries))) if entries else ""

    def _sections(
        self, page: Page, here: Mapping[str, Mapping[str, Cells]], items: list[Fields]
    ) -> list[tuple[Word, Node]]:
        entries: list[tuple[Word, Node]] = []
        if page.document is not None:
            entries.append(field("document", self._document(page)))
        if page.about:
            entries.append(field("about", node_of(page.about)))
        for name, kept in (("usual", page.usual), ("narration", page.narration)):
            if kept:
                fields = tuple(field(_plain(each), node_of(value)) for each, value in kept.items())
                entries.append(field(name, Fields(fields)))
        used = _named_by(items)
        for table in TABLES:
            rows = here[table.name]
            if table.name == "claims" or (table.name == "documents" and page.document is not None):
                continue
            if table.name == "propositions":
                section = [
                    field(name, self._proposition(page, row))
                    for name, row in rows.items()
                    if self._stays(page, name, used)
                ]
            elif table.name == "passages":
                entries += self._passages(page, rows)
                continue
            else:
                section = [self._short.section_entry(page, table, row) for row in rows.values()]
            if section:
                entries.append(field(table.name, Fields(tuple(section))))
        if items:
            entries.append(field("claims", Items(tuple(items))))
        if page.document is None and self._rest:
            entries.append(field("rest", Items(tuple(Word(each) for each in self._rest))))
        return entries

    def _stays(self, page: Page, name: str, used: set[str]) -> bool:
        """Return whether a proposition is described separately from its claims."""
        apart = page.document is None or name in used or name in self._parts
        return apart or name not in self._claimed

    @cached_property
    def _parts(self) -> set[str]:
        """The propositions that others are parts or totals of, which are read before any claim."""
        columns = [c.name for c in by_name("propositions").columns if c.target == "propositions"]
        rows = self._rows["propositions"].values()
        return {name for row in rows for column in columns for name in _listed(row.get(column))}

    @cached_property
    def _claimed(self) -> set[str]:
        return {str(row.get("proposition")) for row in self._rows["claims"].values()}

    def _proposition(self, page: Page, row: Cells) -> Node:
        cells = {name: value for name, value in row.items() if name != "id"}
        fields = self._short.proposition_fields(page, cells)
        if fields is None:
            return Fields(tuple(field(_plain(n), node_of(v)) for n, v in row.items()))
        return fields.entries[0][1] if _is_phrase(fields) else fields

    def _document(self, page: Page) -> Fields:
        row = dict(self._rows["documents"].get(str(page.document), {}))
        row.pop("id", None)
        fields = []
        if slug(page.path.stem) != page.document:
            fields.append(field("id", str(page.document)))
        if page.text is not None:
            fields.append(field("text", str(page.text.path)))
            row.pop("sha256", None)
            if row.get("character_count") == len(page.text.text):
                row.pop("character_count")
        return Fields(
            (*fields, *(field(_plain(name), node_of(value)) for name, value in row.items()))
        )

    def _passages(self, page: Page, rows: Mapping[str, Cells]) -> list[tuple[Word, Node]]:
        """Write the passages that claims do not imply: those without a claim, or, without a text, with digests."""
        table = by_name("passages")
        nothing, section = [], []
        for name, row in sorted(rows.items(), key=lambda each: _start(each[1])):
            reasons = row.get("no_claim_reason")
            if self._short.is_made(page, row):
                if isinstance(reasons, list) and len(reasons) == 1:
                    place = self._short.place(page, [name])
                    assert isinstance(place, Word)  # noqa: S101 - for a single passage
                    nothing.append((place, node_of(reasons)))
                    continue
                if not reasons and self._in_claims(name):
                    continue
            section.append(self._short.section_entry(page, table, row))
        found = [field("passages", Fields(tuple(section)))] if section else []
        return found + ([field("nothing", Fields(tuple(nothing)))] if nothing else [])

    def _in_claims(self, passage: str) -> bool:
        if not hasattr(self, "_cited"):
            self._cited: set[str] = set()
            for row in self._rows["claims"].values():
                names = row.get("passage")
                self._cited.update(names if isinstance(names, list) else ())
        return passage in self._cited


def _id_of(iri: str) -> str:
    """Write an IRI as in a cell."""
    base = next((table.base for table in TABLES if iri.startswith(table.base)), "")
    return iri.removeprefix(base)


def _with_outside(found: ClaimTables) -> dict[str, pl.DataFrame]:
    """Return the tables with rows for things that are only referred to, so that their names are found."""
    frames = dict(found.items())
    for quad in _outside(found):
        iri = str(quad.subject.value) if isinstance(quad.subject, NamedNode) else ""
        for table in TABLES:
            if class_iri(table.types[0]) == quad.object.value:  # type: ignore[union-attr]
                frame = frames[table.name]
                row = pl.DataFrame({"id": [iri.removeprefix(table.base)]})
                frames[table.name] = pl.concat([frame, row], how="diagonal_relaxed")
    return frames


def _filled(row: Mapping[str, Cell]) -> Cells:
    return {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in row.items()
        if value not in (None, [])
    }


def _listed(value: Cell) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else ()


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _order(row: Cells) -> tuple[int, str]:
    """Return the sort key of a claim: its position in the text."""
    passages = row.get("passage")
    first = passages[0] if isinstance(passages, list) and passages else ""
    start = first.rpartition("char=")[2].partition(",")[0]
    return int(start) if start.isdecimal() else 0, str(row["id"])


def _start(row: Cells) -> tuple[int, int]:
    start, end = row.get("start"), row.get("end")
    return (start if isinstance(start, int) else 0), (end if isinstance(end, int) else 0)


def _named_by(items: list[Fields]) -> set[str]:
    """List the words in fields: a proposition among them is referred to by name."""
    return {
        str(value.text) for item in items for _, value in item.entries if isinstance(value, Word)
    }


def _is_phrase(fields: Fields) -> bool:
    return len(fields.entries) == 1 and fields.entries[0][0].text == "says"
