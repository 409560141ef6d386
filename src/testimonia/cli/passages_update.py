"""``testimonia passages check --update``: writes the places that were found into the data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from testimonia.cli.options import Files, open_dataset
from testimonia.cli.terminal import visible
from testimonia.errors import InputError
from testimonia.namespaces import shorten
from testimonia.printing import one_line

if TYPE_CHECKING:
    from rich.text import Text

    from testimonia.passages import PassageReport
    from testimonia.passages.updating import Changes

__all__ = ["updated"]


def updated(
    data: Files,
    sheet: Path | None,
    sheet_base: str | None,
    sources: Path,
    output: Path | None,
    *,
    write_: bool,
) -> tuple[PassageReport, list[Text]]:
    """Check passages of data or of a sheet, and update these if requested.

    Returns
    -------
    tuple
        The outcome of the check, after any changes; and lines that describe the changes.

    Raises
    ------
    InputError
        Both or neither of data and sheet are given, or a file cannot be changed. Nothing is changed then.
    """
    from testimonia.passages import changed_files, changed_sheets, check
    from testimonia.passages.updating import changes

    if (sheet is None) == (not data.data):
        raise InputError(
            "either --data or --sheet must be given, and not both",
            hint="Give your own files or folders with --data, or a folder of claim tables with --sheet.",
        )
    if sheet is not None:
        quads = changed_sheets.quads_of(sheet, sheet_base)
        report = check(quads, sources)
    else:
        dataset = open_dataset(data, output, read=[sources])
        report = dataset.check_passages(sources)
    if not write_:
        return report, []
    found = changes(report)
    if sheet is not None:
        texts = changed_sheets.rewritten_sheet(sheet, sheet_base, found)
    else:
        texts = changed_files.rewritten(dataset.files, found, dataset.reading)
    changed_files.write_all(texts)
    lines = _lines(found, texts)
    if texts and sheet is not None:
        report = check(changed_sheets.quads_of(sheet, sheet_base), sources)
    elif texts:
        report = open_dataset(data, output, read=[sources]).check_passages(sources)
    return report, lines


def _lines(found: Changes, texts: dict[Path, bytes]) -> list[Text]:
    from rich.text import Text

    lines = []
    for moved in found.moved:
        if moved.old != moved.new:
            end = moved.new.rpartition("#")[2]
            lines.append(Text(f"{visible(shorten(moved.old))}  is now  #{end}"))
    other = sum(moved.old == moved.new for moved in found.moved)
    if other:
        lines.append(Text(f"{other} passages stay in place, with a new digest or anchor."))
    lines += [Text(f"{one_line(str(path))}: changed", "green") for path in texts]
    for iri, why in found.left.items():
        lines.append(Text(f"{visible(shorten(iri))}: nothing changed, {one_line(why)}", "red"))
    if not texts:
        lines.append(Text("Nothing was changed."))
    return lines
