"""Updates data in their files to texts in which passages were found elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from testimonia.errors import InputError, Place
from testimonia.outputs.journal import complete, replace_all
from testimonia.passages.changed_files import rewritten
from testimonia.passages.document_checks import PassageReport, check
from testimonia.passages.updating import Changes, Moved, changes
from testimonia.rdf import files
from testimonia.rdf.files import PLAIN, Reading, Source

__all__ = ["Update", "update", "update_sheet"]


@dataclass(frozen=True)
class Update:
    """The outcome of an update.

    Attributes
    ----------
    report
        The outcome of a check of the data as they are now.
    moved
        The passages that changed.
    files
        The files that changed.
    left
        Why a document with passages that are not in place did not change, by its IRI.
    """

    report: PassageReport
    moved: tuple[Moved, ...]
    files: tuple[Path, ...]
    left: Mapping[str, str]


def update(
    data: Source | Iterable[Source],
    sources: Source,
    *,
    others: Iterable[Source] = (),
    reading: Reading = PLAIN,
) -> Update:
    """Write the places where passages were found, and missing anchors, into files of RDF.

    Comments, prefixes and order stay as they are. A document changes as a whole, or not at all if the
    place of one of its passages is uncertain; so do the files. If an earlier update of these files was
    killed, it is completed first.

    Parameters
    ----------
    data
        Files of Turtle, TriG, N-Triples or N-Quads, and directories of them.
    sources
        Directory with the documents' texts, as UTF-8 files of any name.
    others
        Further files of the data, which may not change.
    reading
        How to read the files.

    Raises
    ------
    InputError
        A file cannot be read, written, or changed in place, or one of ``others`` would have to change.
        No file is changed in that case.
    """
    paths = files.expand([data] if isinstance(data, str | os.PathLike) else data)
    known = {path.resolve() for path in paths}
    fixed = [path for path in files.expand(others) if path.resolve() not in known]
    complete(paths)
    report = check(files.read([*paths, *fixed], reading), Path(sources))
    found = changes(report)
    for path in rewritten(fixed, found, reading):
        raise InputError(
            "passages in this file need changes, and it may not be changed",
            place=Place(path),
            hint="Update a copy of it.",
        )
    texts = rewritten(paths, found, reading)
    replace_all(texts)
    if texts:
        report = check(files.read([*paths, *fixed], reading), Path(sources))
    return _outcome(report, found, texts)


def update_sheet(sheet: Source, sources: Source, *, base: str | None = None) -> Update:
    """Write the places where passages were found, and missing anchors, into claim tables in CSV.

    Other rows stay as they are. Otherwise like :func:`update`.

    Parameters
    ----------
    sheet
        A directory of claim tables in CSV.
    sources
        Directory with the documents' texts, as UTF-8 files of any name.
    base
        Namespace for the names in the tables; that of the project when left out.

    Raises
    ------
    InputError
        A table or text cannot be read, written, or changed in place, or a row is faulty. No file is
        changed in that case.
    """
    from testimonia.passages.changed_sheets import quads_of, rewritten_sheet

    path = Path(sheet)
    if path.is_dir():
        complete(path.iterdir())
    report = check(quads_of(path, base), Path(sources))
    found = changes(report)
    texts = rewritten_sheet(path, base, found)
    replace_all(texts)
    if texts:
        report = check(quads_of(path, base), Path(sources))
    return _outcome(report, found, texts)


def _outcome(report: PassageReport, found: Changes, texts: Mapping[Path, bytes]) -> Update:
    return Update(report, tuple(found.moved), tuple(texts), dict(found.left))
