"""The commands under ``testimonia map``: map tables to triples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import App, Group, Parameter, validators

from testimonia.cli.progress_bar import progress_bar
from testimonia.cli.terminal import print_warning, visible, write
from testimonia.printing import one_line

if TYPE_CHECKING:
    from testimonia.tables.inputs.manner import Manner
    from testimonia.tables.mapping import Run

__all__ = ["Mapping", "Reading", "datasets_of_others", "map_", "report"]

_REJECTED = 1
_NAME: Final = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_MAPPING = Group("Mapping", sort_key=10)
_READING = Group("Reading", sort_key=11)
_SPARK = Group("Spark", sort_key=12)

map_ = App(
    name="map",
    help="Map tables to claims: published datasets, and your own sheets.",
    help_format="plaintext",
)


@Parameter(name="*", group=_MAPPING)
@dataclass(frozen=True, kw_only=True)
class Mapping:
    """Options for the mapping of a dataset."""

    output: Annotated[str, Parameter(alias="-o")]
    """File for the N-Quads; compressed if its name ends in .gz or .zst."""

    rejects: Path | None = None
    """CSV file for rejected rows; OUTPUT.rejects.csv when left out."""

    published: str | None = None
    """Date on which the files were published, in EDTF, such as 2023 or 2023-06-21."""

    engine: Literal["polars", "spark"] = "polars"
    """Engine: Polars on this machine, or Apache Spark."""


@Parameter(name="*", group=_READING)
@dataclass(frozen=True, kw_only=True)
class Reading:
    """Options for reading files; those left out are detected, and guesses are reported."""

    encoding: str | None = None
    """Encoding of text files, such as windows-1252, if it is not UTF-8."""

    separator: str | None = None
    """Separator of cells: one character, or the word tab."""

    max_unpacked: Annotated[int | None, Parameter(validator=validators.Number(gte=1))] = None
    """MiB that a compressed file or a workbook may expand to; 2048 when left out."""

    def manner(self, sheet: str | None = None, years: tuple[int, int] | None = None) -> Manner:
        """Make the reading options of the tables package."""
        from testimonia.tables.day_bounds import YEARS
        from testimonia.tables.inputs.manner import LARGEST, Manner

        limit = self.max_unpacked or LARGEST
        return Manner(self.encoding, self.separator, sheet, limit=limit, years=years or YEARS)


@Parameter(name="*", group=_SPARK)
@dataclass(frozen=True, kw_only=True)
class OnSpark:
    """Options for --engine spark; files and output may then be any paths that Spark can use."""

    master: str | None = None
    """Spark master, such as local[2] or spark://host:7077; the configured one when left out."""

    format: Literal["nquads", "nquads.gz", "parquet"] | None = None
    """Format of the output, which is a new folder: N-Quads, compressed or not, or Parquet claim tables."""


@map_.command(name="ucdp-ged")
def ucdp_ged(
    *files: str,
    mapping: Mapping,
    reading: Reading | None = None,
    sheet: Annotated[str | None, Parameter(group=_READING)] = None,
    on_spark: OnSpark | None = None,
) -> int:
    """Map files of the UCDP Georeferenced Event Dataset: CSV, Parquet or .xlsx, also compressed.

    Exits with 1 if rows were rejected; the others are mapped nevertheless.

    Parameters
    ----------
    files
        The files; columns may differ between versions.
    sheet
        Sheet of a workbook; the first with the columns of the dataset when left out.
    """
    return _map("ucdp-ged", files, mapping, reading or Reading(), on_spark or OnSpark(), sheet)


@map_.command(name="gaza-daily")
def gaza_daily(*files: str, mapping: Mapping, reading: Reading | None = None) -> int:
    """Map the daily casualty series for Gaza and the West Bank by Tech for Palestine: JSON.

    Exits with 1 if days were rejected; the others are mapped nevertheless.

    Parameters
    ----------
    files
        The files, as published.
    """
    return _map("gaza-daily", files, mapping, reading or Reading(), OnSpark())


@contextmanager
def datasets_of_others() -> Iterator[None]:
    """Add a command for each dataset that another package offers, for the duration of the block."""
    from testimonia.tables.sources import offered

    added = []
    for name, packages in offered().items():
        if _NAME.fullmatch(name) and name not in map_:
            map_.command(_mapping_of(name), name=name, help=_help_of(packages[0]))
            added.append(name)
        else:
            print_warning(
                f"{packages[0]} offers a dataset {name!r}, whose name cannot be that of a new command"
            )
    try:
        yield
    finally:
        for name in added:
            del map_[name]


def _help_of(package: str) -> str:
    return (
        f"Map files of the dataset that the package {package} offers.\n\n"
        "Exits with 1 if rows were rejected; the others are mapped nevertheless."
    )


def _mapping_of(name: str) -> Callable[..., int]:
    def mapping_of_another(
        *files: str,
        mapping: Mapping,
        reading: Reading | None = None,
        sheet: Annotated[str | None, Parameter(group=_READING)] = None,
        on_spark: OnSpark | None = None,
    ) -> int:
        """Map files of a dataset.

        Parameters
        ----------
        files
            The files.
        sheet
            Sheet of a workbook; the first with the key column when left out.
        """
        return _map(name, files, mapping, reading or Reading(), on_spark or OnSpark(), sheet)

    return mapping_of_another


def _map(
    name: str,
    files: tuple[str, ...],
    mapping: Mapping,
    reading: Reading,
    on_spark: OnSpark,
    sheet: str | None = None,
) -> int:
    from testimonia.errors import InputError
    from testimonia.tables.mapping import map_files
    from testimonia.tables.sources import find

    if not files:
        raise InputError("no file is given", hint="Give the files of the dataset.")
    if mapping.engine == "spark":
        if reading != Reading() or sheet is not None:
            raise InputError(
                "--encoding, --separator, --sheet and --max-unpacked cannot be used with --engine spark",
                hint="Spark reads CSV in UTF-8 with commas, and Parquet.",
            )
        return _map_on_spark(name, files, mapping, on_spark)
    if on_spark != OnSpark():
        raise InputError(
            "--master and --format need --engine spark", hint="Add it, or remove them."
        )
    with progress_bar() as progress:
        run = map_files(
            find(name),
            [Path(file) for file in files],
            Path(mapping.output),
            rejects=mapping.rejects,
            published=mapping.published,
            manner=reading.manner(sheet),
            progress=progress,
        )
    write(report(run))
    return _REJECTED if run.rejects else 0


def _map_on_spark(name: str, files: tuple[str, ...], mapping: Mapping, on_spark: OnSpark) -> int:
    from testimonia.errors import InputError
    from testimonia.tables.sources import find
    from testimonia.tables.spark.jobs import map_on_spark

    if mapping.rejects is not None:
        raise InputError(
            "--rejects cannot be used with --engine spark",
            hint="Rejected rows are written to OUTPUT/rejects/.",
        )
    run = map_on_spark(
        find(name),
        files,
        mapping.output,
        form=on_spark.format or "nquads",
        master=on_spark.master,
        published=mapping.published,
    )
    write(report(run))
    return _REJECTED if run.rejects else 0


def report(run: Run) -> str:
    """Format the result of a mapping as text."""
    lines = [
        f"{visible(path)}: {read:,} rows, {run.rejected[path]:,} rejected"
        for path, read in run.read.items()
    ]
    lines += [
        f"{visible(path)}: {one_line(notice)}"
        for path, notices in run.notices.items()
        for notice in notices
    ]
    lines += [f"flagged {flag}: {count:,}" for flag, count in sorted(run.flagged.items())]
    lines += _left_out(run)
    statements = f"{run.quads:,} statements" if run.quads or not run.things else "claim tables"
    lines.append(f"{visible(str(run.output))}: {statements}")
    lines += [f"  {count:>12,} {name}" for name, count in run.things.items()]
    if run.rejects:
        lines.append(f"Rejected rows and reasons: {visible(str(run.rejects))}")
    return "\n".join(lines) + "\n"


def _left_out(run: Run) -> list[str]:
    """List the columns that are not mapped, grouped by reason."""
    by_reason: dict[str, list[str]] = {}
    for name, why in sorted(run.left_out.items()):
        by_reason.setdefault(why, []).append(visible(name))
    return [f"not mapped ({why}): {', '.join(names)}" for why, names in by_reason.items()]
