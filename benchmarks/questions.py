"""Asks every question of mapped UCDP GED files: of the store on disk, of DuckDB, and of rdflib's memory graph.

Run it with ``python benchmarks/questions.py FILE...`` (CSV files of UCDP GED). The store has all rows;
rdflib has the first rows of each file (``--slice``), which is what it can load and answer in a
few minutes, and the store is asked about those as well. Answers are read to the last row. A question
is stopped after ``--limit`` seconds.

What the questions need is derived first: all facts, and what two of the policies accept.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph
import rdflib

from testimonia.catalogue.questions import Question
from testimonia.dataset import Dataset
from testimonia.dataset import open as open_dataset
from testimonia.errors import TimeLimitExceeded
from testimonia.loading import load_by_column
from testimonia.rdf import files
from testimonia.tables.mapping import map_files
from testimonia.tables.sources import find

SLICE = 100
LIMIT = 60.0
RUNS = 3
POLICIES = ("evidence-grade", "full-range")
"""What the questions on what is accepted are asked of."""

ANY_CLAIM = "SELECT ?claim { ?claim a tmn:Claim ; tmn:record ?record } LIMIT 1"

Timed = tuple[float | None, int]
"""Seconds, or None where it was stopped, and how many rows came."""


def main() -> None:
    """Map, load, derive, ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--slice", type=int, default=SLICE, help="rows of each file for rdflib")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for each question")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whole = prepared(Path(folder, "whole"), given.files)
        part = prepared(Path(folder, "part"), sliced(given.files, given.slice, Path(folder)))
        columns = by_column(Path(folder, "whole"))
        graph = files.to_rdflib(part.store)
        head = (
            "question",
            "rows",
            "on disk, ms",
            "DuckDB, ms",
            "rows",
            "on disk, ms",
            "rdflib, ms",
        )
        print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head), flush=True)
        for question in whole.questions():
            cells = [question.name]
            for dataset in (whole, part):
                seconds, rows = timed(in_store(dataset, question, given.limit), given.limit)
                cells += [f"{rows:,}" if seconds is not None else "-", shown(seconds, given.limit)]
                if dataset is whole:
                    quick, found = timed(in_store(columns, question, given.limit), given.limit)
                    differs = (
                        "" if None in (quick, seconds) or found == rows else f" ({found} rows)"
                    )
                    cells.append(shown(quick, given.limit) + differs)
            seconds, found = timed(in_rdflib(part, graph, question), given.limit)
            same = "" if seconds is None or found == rows else f" ({found} rows)"
            print(
                "| " + " | ".join([*cells, shown(seconds, given.limit) + same]) + " |", flush=True
            )


def sliced(tables: list[Path], rows: int, folder: Path) -> list[Path]:
    """Write the first rows of each file to a file of their own."""
    parts = []
    for path in tables:
        parts.append(folder / path.name)
        pl.scan_csv(path, infer_schema=False).head(rows).collect().write_csv(parts[-1])
    return parts


def prepared(folder: Path, tables: list[Path]) -> Dataset:
    """Map files, derive what questions need, and put all into a store on disk."""
    folder.mkdir()
    started = time.perf_counter()
    run = map_files(find("ucdp-ged"), tables, folder / "mapped.nq")
    mapped = time.perf_counter()
    dataset = open_dataset(run.output)
    statements = len(dataset.store)
    loaded = time.perf_counter()
    dataset.derive()
    for policy in POLICIES:
        dataset.accept(policy)
    derived = time.perf_counter()
    print(
        f"{sum(run.read.values()):,} rows, {run.things['claims']:,} claims, {statements:,} statements"
        f" with the ontology: mapped in {mapped - started:.0f} s, loaded in {loaded - mapped:.0f} s;"
        f" {len(dataset.store) - statements:,} statements derived and accepted in"
        f" {derived - loaded:.0f} s",
        flush=True,
    )
    with (folder / "all.nq").open("wb") as stream:
        dataset.store.dump(stream)
    on_disk = pyoxigraph.Store(str(folder / "store"))
    on_disk.bulk_load(path=str(folder / "all.nq"), format=pyoxigraph.RdfFormat.N_QUADS)
    on_disk.optimize()
    del on_disk  # a store on disk is open once
    return open_dataset(store=folder / "store")


def by_column(folder: Path) -> Dataset:
    """Load the store of a folder into one that keeps quads by column."""
    started = time.perf_counter()
    load_by_column(folder / "store", folder / "columns")
    opened = time.perf_counter()
    dataset = open_dataset(store=folder / "columns")
    print(
        f"loaded by column in {opened - started:.1f} s, opened in {time.perf_counter() - opened:.2f} s",
        flush=True,
    )
    return dataset


def parameters(dataset: Dataset, question: Question) -> dict[str, Any]:
    """Choose values for the parameters that a question requires."""
    if question.name == "claim-provenance":
        return {"claim": next(iter(dataset.query(ANY_CLAIM)))["claim"]}
    return {"policy": "policy:full-range"} if question.name == "accepted-figures" else {}


def in_store(dataset: Dataset, question: Question, limit: float) -> Callable[[], int]:
    """Ask the store."""
    given = parameters(dataset, question)
    return lambda: len(dataset.ask(question.name, time_limit=limit, **given))


def in_rdflib(dataset: Dataset, graph: rdflib.Graph, question: Question) -> Callable[[], int]:
    """Ask rdflib the same query."""
    query = question.bind(parameters(dataset, question))
    return lambda: len(list(graph.query(query)))


def timed(ask: Callable[[], int], limit: float) -> Timed:
    """Ask some times, and take the median; what takes more than ten seconds is asked once."""
    taken: list[float] = []
    rows = 0
    with suppress(TimeLimitExceeded, TimeoutError):
        for _ in range(RUNS):
            signal.setitimer(signal.ITIMER_REAL, limit)
            started = time.perf_counter()
            rows = ask()
            taken.append(time.perf_counter() - started)
            signal.setitimer(signal.ITIMER_REAL, 0)
            if taken[-1] > 10:
                break
    signal.setitimer(signal.ITIMER_REAL, 0)
    return (statistics.median(taken) if taken else None), rows


def shown(seconds: float | None, limit: float) -> str:
    """Write a time, or that it was stopped."""
    return f"stopped at {limit:.0f} s" if seconds is None else f"{seconds * 1000:,.0f}"


def _stop(*_: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, _stop)
    main()
