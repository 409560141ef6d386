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
    from testimonia.tables.source import Source

__all__ = [
    "InWorkbook",
    "Mapping",
    "OnSpark",
    "Reading",
    "datasets_of_others",
    "exit_code",
    "map_",
    "map_source",
    "report",
]

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

    since: Path | None = None
    """Earlier edition of the one file: what was changed in it corrects its claims, and is listed in
    OUTPUT.changes.csv. Map that edition too."""

    tolerate: str = "0"
    """Share or number of rows of each file that may be rejected with exit code 0, such as 1% or 12."""


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

    def manner(
        self,
        sheet: str | None = None,
        years: tuple[int, int] | None = None,
        merged: str | None = None,
    ) -> Manner:
        """Make the reading options of the tables package."""
        from testimonia.tables.day_bounds import YEARS
        from testimonia.tables.inputs.manner import LARGEST, Manner

        return Manner(
            self.encoding,
            self.separator,
            sheet,
            limit=self.max_unpacked or LARGEST,
            years=years or YEARS,
            fill_merged=merged == "fill",
        )


@Parameter(name="*", group=_READING)
@dataclass(frozen=True, kw_only=True)
class InWorkbook:
    """Options for reading workbooks."""

    sheet: str | None = None
    """Sheet of a workbook; the first with the columns of the dataset when left out."""

    merged: Literal["reject", "fill"] | None = None
    """Merged cells: reject their rows (default), or fill all with the value of the first."""


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
    in_workbook: InWorkbook | None = None,
    on_spark: OnSpark | None = None,
) -> int:
    """Map files of the UCDP Georeferenced Event Dataset: CSV, Parquet or .xlsx, also compressed.

    Exits with 1 if rows were rejected; the others are mapped nevertheless.

    Parameters
    ----------
    files
        The files; columns may differ between versions.
    """
    return _map("ucdp-ged", files, mapping, reading, on_spark, in_workbook)


@map_.command(name="gaza-daily")
def gaza_daily(*files: str, mapping: Mapping, reading: Reading | None = None) -> int:
    """Map the daily casualty series for Gaza and the West Bank by Tech for Palestine: JSON.

    Exits with 1 if days were rejected; the others are mapped nevertheless.

    Parameters
    ----------
    files
        The files, as published.
    """
    return _map("gaza-daily", files, mapping, reading)


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
        in_workbook: InWorkbook | None = None,
        on_spark: OnSpark | None = None,
    ) -> int:
        """Map files of a dataset.

        Parameters
        ----------
        files
            The files.
        """
        return _map(name, files, mapping, reading, on_spark, in_workbook)

    return mapping_of_another


def _map(
    name: str,
    files: tuple[str, ...],
    mapping: Mapping,
    reading: Reading | None = None,
    on_spark: OnSpark | None = None,
    in_workbook: InWorkbook | None = None,
) -> int:
    from testimonia.tables.sources import find

    reading, in_workbook = reading or Reading(), in_workbook or InWorkbook()
    manner = reading.manner(in_workbook.sheet, merged=in_workbook.merged)
    return map_source(
        lambda: find(name),
        files,
        mapping,
        manner,
        on_spark or OnSpark(),
        is_read_otherwise=reading != Reading() or in_workbook != InWorkbook(),
    )


def map_source(
    found: Callable[[], Source],
    files: tuple[str, ...],
    mapping: Mapping,
    manner: Manner,
    on_spark: OnSpark,
    *,
    is_read_otherwise: bool,
) -> int:
    """Map files of a dataset with the chosen engine, report, and return the exit code.

    Parameters
    ----------
    found
        Finds the dataset.
    files
        The files.
    mapping, on_spark
        Options.
    manner
        How to read the files.
    is_read_otherwise
        Whether options for reading are given, which Spark does not have.
    """
    from testimonia.errors import InputError
    from testimonia.tables.mapping import Run, map_files

    if not files:
        raise InputError("no file is given", hint="Give the files of the dataset.")
    Run("").within(mapping.tolerate)  # raises before any work is done
    if mapping.engine == "spark":
        if is_read_otherwise:
            raise InputError(
                "--encoding, --separator, --sheet, --merged and --max-unpacked cannot be used with "
                "--engine spark",
                hint="Spark reads CSV in UTF-8 with commas, and Parquet.",
            )
        return _map_on_spark(found(), files, mapping, on_spark)
    if on_spark != OnSpark():
        raise InputError(
            "--master and --format need --engine spark", hint="Add it, or remove them."
        )
    with progress_bar() as progress:
        run = map_files(
            found(),
            [Path(file) for file in files],
            Path(mapping.output),
            rejects=mapping.rejects,
            published=mapping.published,
            manner=manner,
            progress=progress,
            since=mapping.since,
        )
    write(report(run))
    return exit_code(run, mapping.tolerate)


def exit_code(run: Run, tolerate: str) -> int:
    """Return the exit code of a mapping, and warn if rejected rows are tolerated."""
    if not run.rejects:
        return 0
    if not run.within(tolerate):
        return _REJECTED
    print_warning(f"rejected rows are tolerated, up to {tolerate} of each file")
    return 0


def _map_on_spark(
    source: Source, files: tuple[str, ...], mapping: Mapping, on_spark: OnSpark
) -> int:
    from testimonia.errors import InputError
    from testimonia.tables.spark.jobs import map_on_spark

    if mapping.since is not None:
        raise InputError(
            "--since cannot be used with --engine spark", hint="Map both editions without Spark."
        )
    if mapping.rejects is not None:
        raise InputError(
            "--rejects cannot be used with --engine spark",
            hint="Rejected rows are written to OUTPUT/rejects/.",
        )
    run = map_on_spark(
        source,
        files,
        mapping.output,
        form=on_spark.format or "nquads",
        master=on_spark.master,
        published=mapping.published,
    )
    write(report(run))
    return exit_code(run, mapping.tolerate)


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
    if run.changes:
        counts = ", ".join(f"{count:,} {change}" for change, count in run.changed.items())
        lines.append(f"Since the earlier edition: {counts}: {visible(str(run.changes))}")
    if run.rejects:
        lines.append(f"Rejected rows and reasons: {visible(str(run.rejects))}")
    return "\n".join(lines) + "\n"


def _left_out(run: Run) -> list[str]:
    """List the columns that are not mapped, grouped by reason."""
    by_reason: dict[str, list[str]] = {}
    for name, why in sorted(run.left_out.items()):
        by_reason.setdefault(why, []).append(visible(name))
    return [f"not mapped ({why}): {', '.join(names)}" for why, names in by_reason.items()]
