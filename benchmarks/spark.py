"""Spark beside one machine: the same table mapped to the same statements, at growing sizes.

Run it with the numbers of rows::

    python benchmarks/spark.py 10000 100000 1000000 --master 'local[2]'

Rows are made up, in the shape of UCDP GED (``event_rows.py``). Both write N-Quads compressed by gzip:
Polars on one machine into one file, Spark into a folder. Each runs as ``testimonia map`` in a process
of its own; the time is that of the whole process, start included, memory the largest resident set of
it and its children together. That both wrote the same is seen by the number of statements, and up to
``--compare`` rows by a sum over the digests of all lines.

With ``--aggregate`` the totals by party are computed instead, from Parquet claim tables on Spark, and beside
them on one machine by column: ``testimonia map``, ``derive --store``, which runs all rules, and ``ask``. The
rows of both are compared.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.metadata
import json
import os
import sys
import tempfile
from pathlib import Path

import polars as pl

from event_rows import write_rows
from mapping import Measurement, machine, measured

SOURCE = str(Path(__file__).parents[1] / "src")


def command(engine: str, rows: Path, output: Path, master: str) -> list[str]:
    """Write the command line of an engine."""
    words = [sys.executable, "-m", "testimonia", "map", "ucdp-ged", str(rows), "-o", str(output)]
    if engine == "spark":
        words += ["--engine", "spark", "--master", master, "--format", "nquads.gz"]
    return words


def statements(engine: str, output: Path, runs: Measurement) -> int:
    """Tell how many statements an engine says it wrote."""
    if engine == "spark":
        return int(json.loads((output / "manifest.json").read_text("utf-8"))["quads"])
    line = next(line for line in (runs.printed or "").splitlines() if line.endswith(" statements"))
    return int(line.rsplit(":", 1)[1].split()[0].replace(",", ""))


def tally(output: Path) -> tuple[int, int]:
    """Count the lines of an output, and add up their digests."""
    paths = sorted((output / "quads").iterdir()) if output.is_dir() else [output]
    count = total = 0
    for path in paths:
        with gzip.open(path, "rb") as stream:
            for line in stream:
                count += 1
                total += int.from_bytes(hashlib.blake2b(line, digest_size=16).digest())
    return count, total


def measure(rows: int, master: str, compare: int, limit: float, seed: int) -> None:
    """Measure both at one size, and print a line for each."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_rows(folder / "rows.csv", rows, seed)
        runs: dict[str, Measurement] = {}
        found: dict[str, int] = {}
        tallies: dict[str, tuple[int, int]] = {}
        for engine in ("polars", "spark"):
            output = folder / ("out" if engine == "spark" else "out.nq.gz")
            runs[engine] = measured(
                command(engine, folder / "rows.csv", output, master), limit, folder
            )
            if runs[engine].printed is None:
                print(f"| {rows:,} | {engine} | stopped after {runs[engine].seconds:.0f} s |||||||")
                continue
            found[engine] = statements(engine, output, runs[engine])
            if rows <= compare:
                tallies[engine] = tally(output)
            if len(set(found.values())) > 1 or len(set(tallies.values())) > 1:
                raise SystemExit(f"the engines wrote different statements: {found}")
            took = runs[engine]
            print(
                f"| {rows:,} | {engine} | {took.seconds:.1f} | {rows / took.seconds:,.0f} "
                f"| {took.seconds / runs['polars'].seconds:.1f} | {took.processor:.1f} "
                f"| {took.processor / runs['polars'].processor:.1f} | {took.megabytes:,.0f} "
                f"| {found[engine]:,}{', the same lines' if engine in tallies else ''} |",
                flush=True,
            )


def measure_aggregate(rows: int, master: str, limit: float, seed: int) -> None:
    """Compute totals by party at one size, and print a line for each engine."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_rows(folder / "rows.csv", rows, seed)
        run = [sys.executable, "-m", "testimonia"]
        mapped = [*run, "map", "ucdp-ged", "rows.csv", "-o"]
        prepare = [
            *mapped,
            "tables",
            "--engine",
            "spark",
            "--format",
            "parquet",
            "--master",
            master,
        ]
        steps = {
            "spark": [[*run, "aggregate", "totals", "tables", "-o", "out", "--master", master]],
            "columns": [
                [*run, "load", "rows.nq", "--to", "store", "--engine", "duckdb"],
                [*run, "derive", "--store", "store"],
                [*run, "ask", "totals-by-party", "--store", "store", "--format", "csv"],
            ],
        }
        for command in (prepare, [*mapped, "rows.nq"]):
            if measured(command, limit, folder).printed is None:
                raise SystemExit("the rows could not be mapped")
        answers = set()
        for engine, commands in steps.items():
            runs = [measured(command, limit, folder) for command in commands]
            printed = runs[-1].printed
            if printed is None:
                raise SystemExit(f"{engine} failed, or took longer than {limit:g} s")
            found = pl.read_parquet(folder / "out" / "*.parquet") if engine == "spark" else None
            table = pl.read_csv(printed.encode()) if found is None else found
            answers.add(tally_of(table))
            seconds = sum(each.seconds for each in runs)
            print(
                f"| {rows:,} | {engine} | {seconds:.1f} | {sum(each.processor for each in runs):.1f} "
                f"| {seconds / rows * 1e6:,.0f} | {max(each.megabytes for each in runs):,.0f} "
                f"| {table.height:,}{', the same rows' if len(answers) == 1 else ', OTHER ROWS'} |",
                flush=True,
            )


def tally_of(table: pl.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Write the rows of a table as texts, in order."""
    return tuple(sorted(tuple(str(cell or "") for cell in row) for row in table.rows()))


def main() -> None:
    """Measure what the command line asks for, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", type=int, nargs="+")
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--memory", default="4g", help="of Spark's driver")
    parser.add_argument("--aggregate", action="store_true")
    parser.add_argument("--compare", type=int, default=100_000)
    parser.add_argument("--limit", type=float, default=3600, help="seconds before one is stopped")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"--driver-memory {chosen.memory} pyspark-shell"
    os.environ["PYTHONPATH"] = SOURCE
    print(f"{machine()} pyspark {importlib.metadata.version('pyspark')}, {chosen.master}.\n")
    if chosen.aggregate:
        print("| Rows | Engine | Seconds | Processor s | µs a row | Peak MB | Totals |")
        print("|--:|---|--:|--:|--:|--:|---|")
        for rows in chosen.rows:
            measure_aggregate(rows, chosen.master, chosen.limit, chosen.seed)
        return
    print(
        "| Rows | Engine | Seconds | Rows/s | Of Polars | Processor s | Of Polars | Peak MB | Statements |"
    )
    print("|--:|---|--:|--:|--:|--:|--:|--:|---|")
    for rows in chosen.rows:
        measure(rows, chosen.master, chosen.compare, chosen.limit, chosen.seed)


if __name__ == "__main__":
    main()
