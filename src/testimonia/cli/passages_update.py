"""``testimonia passages check --update``: writes the places that were found into the data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from testimonia.cli.options import Files, open_dataset
from testimonia.cli.terminal import visible
from testimonia.errors import InputError
from testimonia.namespaces import shorten
from testimonia.outputs import refuse_overwriting
from testimonia.printing import one_line

if TYPE_CHECKING:
    from rich.text import Text

    from testimonia.passages import PassageReport, Update

__all__ = ["change_lines", "changes_of", "updated"]


def updated(
    data: Files,
    sheet: Path | None,
    sheet_base: str | None,
    sources: Path,
    output: Path | None,
    *,
    write_: bool,
) -> tuple[PassageReport, Update | None]:
    """Check passages of data or of a sheet, and update these if requested.

    Returns
    -------
    tuple
        The outcome of the check, after any changes; and the changes, if requested.

    Raises
    ------
    InputError
        Both or neither of data and sheet are given, an option is for the other, or a file cannot be
        changed. Nothing is changed then.
    """
    from testimonia import passages

    if (sheet is None) == (not data.data):
        raise InputError(
            "either --data or --sheet must be given, and not both",
            hint="Give your own files or folders with --data, or a folder of claim tables with --sheet.",
        )
    if sheet is None and sheet_base is not None:
        raise InputError(
            "--sheet-base is for a sheet, and none is given",
            hint="Give --base for relative IRIs in the files of --data.",
        )
    if sheet is not None and (data.shipped or data.with_ or data.base or data.context):
        raise InputError(
            "--shipped, --with, --base and --context cannot be combined with --sheet",
            hint="Leave them out, or map the sheet first and give the result with --data.",
        )
    if sheet is None:
        dataset = open_dataset(data, output, read=[sources])
        made = passages.update(data.data, sources, others=dataset.files, reading=dataset.reading)
        return made.report, made
    refuse_overwriting([output] if output else [], [sheet, sources])
    if write_:
        made = passages.update_sheet(sheet, sources, base=sheet_base)
        return made.report, made
    from testimonia.passages.changed_sheets import quads_of

    return passages.check(quads_of(sheet, sheet_base), sources), None


def change_lines(made: Update) -> list[Text]:
    """Return the lines that describe changes."""
    from rich.text import Text

    lines = []
    for moved in made.moved:
        if moved.old != moved.new:
            end = moved.new.rpartition("#")[2]
            lines.append(Text(f"{visible(shorten(moved.old))}  is now  #{end}"))
    other = sum(moved.old == moved.new for moved in made.moved)
    if other:
        lines.append(Text(f"{other} passages stay in place, with a new digest or anchor."))
    lines += [Text(f"{one_line(str(path))}: changed", "green") for path in made.files]
    for iri, why in made.left.items():
        lines.append(Text(f"{visible(shorten(iri))}: nothing changed, {one_line(why)}", "red"))
    if not made.files:
        lines.append(Text("Nothing was changed."))
    return lines


def changes_of(made: Update) -> dict[str, Any]:
    """Return the changes for JSON."""
    return {
        "files": [str(path) for path in made.files],
        "passages": [
            {"old": moved.old, "new": moved.new, "anchored": moved.anchored} for moved in made.moved
        ],
        "unchanged": [{"document": iri, "details": why} for iri, why in made.left.items()],
    }
