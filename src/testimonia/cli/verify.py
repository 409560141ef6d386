"""The command ``testimonia verify``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from testimonia.cli.progress_bar import progress_bar
from testimonia.cli.rich_text import print_texts
from testimonia.cli.terminal import write
from testimonia.printing import one_line

if TYPE_CHECKING:
    from rich.text import Text

    from testimonia.publish import Verification

__all__ = ["verify"]

_FINDINGS = 1


def verify(
    folder: Path,
    /,
    *,
    shapes: bool = True,
    time_limit: float | None = None,
    memory: int | None = None,
    format: Literal["table", "json"] = "table",  # noqa: A002
    output: Path | None = None,
) -> int:
    """Verify a release: digests, counts, that all formats have the same content, canonical hashes, shapes.

    Nothing in the folder is trusted, links in it are not followed, and nothing is fetched. Exits with 1
    if anything differs. To check that it is the release that it claims to be, compare the digest of its
    manifest with the one that was announced.

    Parameters
    ----------
    folder
        The release.
    shapes
        Validate the data against the shapes of the release; needs memory in proportion to the data.
    time_limit
        Seconds of processor time for validation, and ten times as many of wall-clock time; when left
        out, a minute, and a second for each megabyte of N-Quads.
    memory
        MiB of memory that it may use (on Linux); when left out, 2,048, and 16 for each megabyte of
        N-Quads.
    format
        Text, or JSON.
    output
        File to write to; standard output when left out.
    """
    from testimonia import publish
    from testimonia.outputs import refuse_overwriting

    refuse_overwriting([output] if output else [], [folder])

    with progress_bar() as progress:
        found = publish.verify(
            folder, shapes=shapes, time_limit=time_limit, memory=memory, progress=progress
        )
    if format == "json":
        write(_json(found), output)
    else:
        print_texts(_lines(found), output)
    return 0 if found.passes else _FINDINGS


def _lines(found: Verification) -> list[Text]:
    from rich.text import Text

    lines = [
        Text.assemble(
            (one_line(each.path), "bold"), " " if each.path else "", one_line(each.message)
        )
        for each in found.discrepancies
    ]
    number = len(lines)
    differences = "No difference" if number == 0 else f"{number:,} difference{'s' * (number > 1)}"
    summary = f"{differences}. Files listed: {found.files:,}; quads: {found.quads:,}."
    if found.violations:
        there = (
            "There is 1 violation"
            if found.violations == 1
            else f"There are {found.violations:,} violations"
        )
        summary += f"\n{there} of the shapes, as the manifest states."
    if found.sha256:
        summary += f"\nSHA-256 of the manifest: {found.sha256}"
    return [*lines, Text(summary)]


def _json(found: Verification) -> str:
    content = {
        "passes": found.passes,
        "files": found.files,
        "quads": found.quads,
        "violations": found.violations,
        "manifest": found.sha256,
        "discrepancies": [{"path": d.path, "message": d.message} for d in found.discrepancies],
    }
    return json.dumps(content, indent=2) + "\n"
