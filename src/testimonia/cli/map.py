"""The commands under ``testimonia map``: tables of others to triples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Group, Parameter

from testimonia.cli.progress import progress_bar
from testimonia.cli.terminal import visible, write

if TYPE_CHECKING:
    from testimonia.tables.mapping import Run

__all__ = ["Mapping", "map_", "report"]

_REJECTED = 1
_MAPPING = Group("Mapping", sort_key=10)

map_ = App(
    name="map",
    help="Turn tables into claims: datasets of others, and sheets of your own.",
    help_format="plaintext",
)


@Parameter(name="*", group=_MAPPING)
@dataclass(frozen=True, kw_only=True)
class Mapping:
    """What becomes of a dataset."""

    output: Annotated[Path, Parameter(alias="-o")]
    """File for the N-Quads; compressed where its name ends in .gz or .zst."""

    rejects: Path | None = None
    """CSV file for the rows that cannot be mapped; OUTPUT.rejects.csv when left out."""

    published: str | None = None
    """When the files were published, in EDTF, such as 2023 or 2023-06-21."""


@map_.command(name="ucdp-ged")
def ucdp_ged(*files: Path, mapping: Mapping) -> int:
    """Map files of the UCDP Georeferenced Event Dataset: CSV, plain or compressed, or Parquet.

    Leaves with 1 when rows were rejected; the others are mapped all the same.

    Parameters
    ----------
    files
        The files; columns may differ by version.
    """
    return _map("ucdp-ged", files, mapping)


@map_.command(name="gaza-daily")
def gaza_daily(*files: Path, mapping: Mapping) -> int:
    """Map the daily casualty series for Gaza and the West Bank of Tech for Palestine: JSON.

    Leaves with 1 when days were rejected; the others are mapped all the same.

    Parameters
    ----------
    files
        The files, as published.
    """
    return _map("gaza-daily", files, mapping)


def _map(name: str, files: tuple[Path, ...], mapping: Mapping) -> int:
    from testimonia.errors import InputError
    from testimonia.tables.mapping import map_files
    from testimonia.tables.sources import find

    if not files:
        raise InputError("no file is given", hint="Name the files of the dataset.")
    with progress_bar() as progress:
        run = map_files(
            find(name),
            files,
            mapping.output,
            rejects=mapping.rejects,
            published=mapping.published,
            progress=progress,
        )
    write(report(run))
    return _REJECTED if run.rejects else 0


def report(run: Run) -> str:
    """Tell what a mapping came to, in lines for a person."""
    lines = [
        f"{visible(path)}: {read:,} rows, {run.rejected[path]:,} rejected"
        for path, read in run.read.items()
    ]
    lines += [f"flagged {flag}: {count:,}" for flag, count in sorted(run.flagged.items())]
    lines += [
        f"not mapped: {visible(name)}, which {why}" for name, why in sorted(run.left_out.items())
    ]
    lines.append(f"{visible(str(run.output))}: {run.quads:,} statements")
    lines += [f"  {count:>12,} {name}" for name, count in run.things.items()]
    if run.rejects:
        lines.append(f"What was rejected, and why: {visible(str(run.rejects))}")
    return "\n".join(lines) + "\n"
