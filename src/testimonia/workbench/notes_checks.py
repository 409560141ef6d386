"""Checks notes while they are typed: what is wrong, what they become, and how they relate."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Quad

from testimonia.notes import Built, Fault, build
from testimonia.notes.against_shapes import shape_faults
from testimonia.notes.draft import Draft, Page, Text
from testimonia.tables.schema import TABLES
from testimonia.workbench.claim_readings import covered_sentences, readings
from testimonia.workbench.claim_relations import relations
from testimonia.workbench.report_folder import Notes, ReportFolder

__all__ = ["NotesChecks"]

_KEPT: Final = 4
_MOST: Final = 200
"""Faults that are shown of one file."""


class NotesChecks:
    """Builds the notes of a folder, with one file as it is in the editor, and says what comes of it.

    Parameters
    ----------
    folder
        The folder.
    known
        Data that names may stand for things of.
    base
        What the IRIs of names begin with.
    """

    def __init__(
        self, folder: ReportFolder, known: Iterable[Quad] = (), base: str | None = None
    ) -> None:
        self._folder = folder
        self._known = list(known)
        self._base = base
        self._built: OrderedDict[object, Built] = OrderedDict()
        self._one = threading.Lock()

    def check(self, notes: Notes, report: str) -> dict[str, Any]:
        """Check the notes on a report.

        Parameters
        ----------
        notes
            As they are in the editor.
        report
            The name of the report.

        Returns
        -------
        dict
            ``faults`` of these notes, and the first of each other file, ``elsewhere``; whether they could
            be ``read`` as YAML; ``claims`` as `readings` gives them; ``sentences`` as `covered_sentences`
            does; ``names`` by table; the ``language`` of the document.
        """
        built = self._build(notes)
        text = self._folder.report(report)
        own = [each for each in built.faults if self._is_of(each, notes)]
        page = self._page(built, notes)
        return {
            "faults": [_fault(each) for each in own[:_MOST]],
            "elsewhere": self._elsewhere(built.faults, own),
            "read": page is not None,
            "claims": readings(built, page) if page else [],
            "sentences": covered_sentences(built, page, text)
            if page and _is_on(page, text)
            else [],
            "names": _names(built.draft),
            "language": _language(built.draft, page),
        }

    def shapes(self, notes: Notes) -> list[dict[str, Any]]:
        """List what the shapes find in the notes in the editor; nothing where any have faults."""
        built = self._build(notes)
        if built.faults:
            return []
        found = shape_faults(built, self._known)
        return [
            {**_fault(each), "severity": severity}
            for severity, faults in found.items()
            for each in faults
            if self._is_of(each, notes)
        ][:_MOST]

    def relations(self, notes: Notes) -> list[dict[str, Any]]:
        """List what the claims of the notes in the editor agree or conflict with."""
        built = self._build(notes)
        page = self._page(built, notes)
        if page is None:
            return []
        claims = [each["id"] for each in readings(built, page)]
        found = relations([*built.quads(), *self._known], built.places, claims)
        lines = {iri: place.line for iri, place in built.places.items()}
        return [
            {
                **each,
                "at": lines.get(each["id"]),
                "file": Path(each["file"]).name if each["file"] else None,
            }
            for each in found
        ]

    def names(self) -> dict[str, str]:
        """Give the IRIs of all that has a name in the notes of the folder, by its names."""
        from testimonia.tables.cell_terms import iri_of

        draft = self._build(None).draft
        return {
            label: iri_of(row.id, table.base)
            for table in TABLES
            if table.name in ("agents", "posts", "places", "groups")
            for row in draft.rows[table.name].values()
            if (label := str(row.cells.get("label") or ""))
        }

    def _build(self, notes: Notes | None) -> Built:
        """Build the notes of the folder, or give what was built of the same."""
        files = tuple(self._folder.every_notes(notes))
        read = files, self._folder.states()
        with self._one:
            built = self._built.get(read)
            if built is None:
                built = build(files, self._known, self._base, self._folder.text_at)
                self._built[read] = built
                while len(self._built) > _KEPT:
                    self._built.popitem(last=False)
            return built

    def _page(self, built: Built, notes: Notes) -> Page | None:
        path = self._folder.path / notes.name
        return next((page for page in built.pages if Path(page.path) == path), None)

    def _elsewhere(self, faults: Iterable[Fault], own: list[Fault]) -> list[dict[str, Any]]:
        """Give the first fault of each other file."""
        first: dict[str, Fault] = {}
        for fault in faults:
            if fault not in own:
                first.setdefault(Path(fault.place.path).name, fault)
        return [{**_fault(fault), "file": name} for name, fault in first.items()]

    def _is_of(self, fault: Fault, notes: Notes) -> bool:
        return Path(fault.place.path) == self._folder.path / notes.name


def _is_on(page: Page, text: Text) -> bool:
    return page.text is not None and page.text.path == text.path


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "line": fault.place.line or 1,
        "column": fault.place.column or 1,
        "message": fault.message,
        "hint": fault.hint,
    }


def _names(draft: Draft) -> dict[str, list[str]]:
    """List the names that notes may use, by claim table: labels, or ids where there are none."""
    found = {}
    for table in TABLES:
        if table.name in ("claims", "passages", "records"):
            continue
        rows = [row.cells for row in draft.rows[table.name].values()]
        rows += [dict(row) for row in draft.known_rows(table.name)]
        names = {str(row.get("label") or row.get("id")) for row in rows}
        found[table.name] = sorted(names)[:2_000]
    return found


def _language(draft: Draft, page: Page | None) -> str | None:
    row = draft.row("documents", page.document) if page and page.document else None
    language = row.get("language") if row else None
    first = language[0] if isinstance(language, list) and language else language
    return first if isinstance(first, str) else None
