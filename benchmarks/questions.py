"""Asks every question of UCDP GED in growing sizes: by column (DuckDB), and of Oxigraph and Fuseki on disk.

Run it with ``python benchmarks/questions.py FILE`` (a CSV file of UCDP GED). A size is how many copies of its rows
there are, each with event ids of its own. What questions need is derived first, by column: all facts, and what two of
the policies accept. The quads are then written out, and loaded into the other stores as their makers advise.

Questions are asked as users ask them, with rows that can be read at once, one store after another. A time is the
median of three, of which the first compiles the query by column; what takes more than ten seconds is asked once, and
what takes longer than ``--limit`` is stopped. Answers are compared row by row.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph

from testimonia.catalogue.questions import Question
from testimonia.dataset import Dataset
from testimonia.dataset import open as open_dataset
from testimonia.derivation.column_derivation import derive_by_column
from testimonia.derivation.policies import shipped
from testimonia.errors import TestimoniaError
from testimonia.loading import load_by_column
from testimonia.query.columnar.column_folders import open_folder
from testimonia.query.columnar.written_quads import nquads
from testimonia.tables.mapping import map_files
from testimonia.tables.sources import find

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.stores import SERVERS
from tools.stores.installed import java_file

COPIES = (1, 5)
STORES = ("columns", "oxigraph", "fuseki")
LIMIT = 60.0
RUNS = 3
POLICIES = ("evidence-grade", "full-range")
"""What the questions on what is accepted are asked of."""

APART = 10_000_000
"""How far the event ids of copies lie apart: UCDP's are smaller."""

ANY_CLAIM = "SELECT ?claim { ?claim a tmn:Claim ; tmn:record ?record } ORDER BY ?claim LIMIT 1"
FUSEKI = "jena-fuseki-server-5.6.0.jar"

Answer = tuple[float, list[tuple[str, ...]]]
"""Seconds, and the rows in order of their texts."""


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--copies", type=int, nargs="+", default=COPIES)
    parser.add_argument("--stores", nargs="+", choices=STORES, default=STORES)
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for each question")
    given = parser.parse_args()
    for copies in given.copies:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            prepare(folder, given.file, copies)
            answers: dict[str, dict[str, Answer | None]] = {}
            for store in given.stores:
                began = time.perf_counter()
                with opened(folder, store) as dataset:
                    print(f"{store}: ready in {time.perf_counter() - began:.0f} s", flush=True)
                    answers[store] = asked(dataset, folder, given.limit)
            show(answers, given.limit)


def prepare(folder: Path, file: Path, copies: int) -> None:
    """Copy the rows, map them, derive by column, and write all quads."""
    table = pl.read_csv(file, infer_schema=False)
    shifted = [
        table.with_columns((pl.col("id").cast(pl.Float64) + n * APART).cast(pl.String))
        for n in range(copies)
    ]
    pl.concat(shifted).write_csv(folder / file.name)
    began = time.perf_counter()
    run = map_files(find("ucdp-ged"), [folder / file.name], folder / "mapped.nq")
    mapped = time.perf_counter()
    loaded = load_by_column(folder / "mapped.nq", folder / "columns")
    kept = time.perf_counter()
    policies = [policy for policy in shipped() if policy.name in POLICIES]
    facts = derive_by_column(folder / "columns", policies)
    derived = time.perf_counter()
    (folder / "mapped.nq").unlink()
    connection = open_folder(folder / "columns")
    with (folder / "all.nq").open("wb") as stream:
        for lines in nquads(connection):
            stream.write(lines)
    quads = connection.execute("SELECT sum(rows) FROM predicates").fetchall()[0][0]
    connection.close()
    print(
        f"\n{copies} times: {run.things['claims']:,} claims, {loaded.read:,} statements mapped in"
        f" {mapped - began:.0f} s and kept by column in {kept - mapped:.0f} s;"
        f" {facts.total:,} facts and {sum(facts.assessments.values()):,} assessments in"
        f" {derived - kept:.0f} s. In all {quads:,} quads.\n"
        f"Load of the machine: {os.getloadavg()[0]:.1f}",
        flush=True,
    )


@contextmanager
def opened(folder: Path, store: str) -> Iterator[Dataset]:
    """Load the quads into a store, and open it."""
    if store == "columns":
        yield open_dataset(store=folder / "columns")
        return
    if store == "oxigraph":
        on_disk = pyoxigraph.Store(str(folder / "oxigraph"))
        on_disk.bulk_load(path=str(folder / "all.nq"), format=pyoxigraph.RdfFormat.N_QUADS)
        on_disk.optimize()
        del on_disk  # a store on disk is open once
        yield open_dataset(store=folder / "oxigraph")
        return
    data = folder / "fuseki" / "data"
    loader = ["java", "-Xmx4g", "-cp", str(java_file(FUSEKI)), "tdb2.tdbloader"]
    subprocess.run(
        [*loader, "--loader=parallel", f"--loc={data}", str(folder / "all.nq")],
        check=True,
        capture_output=True,
    )
    with SERVERS["fuseki"](folder / "fuseki", data) as server:
        yield open_dataset(server.endpoint.query)


def asked(dataset: Dataset, folder: Path, limit: float) -> dict[str, Answer | None]:
    """Ask all questions; None is the answer to those that were stopped or failed."""
    columns = open_dataset(store=folder / "columns")
    claim = str(next(iter(columns.query(ANY_CLAIM)))["claim"])  # type: ignore[call-overload]
    return {q.name: answer(dataset, q, claim, limit) for q in columns.questions()}


def answer(dataset: Dataset, question: Question, claim: str, limit: float) -> Answer | None:
    """Ask some times, and take the median."""
    values: dict[str, Any] = {
        "claim-provenance": {"claim": claim},
        "accepted-figures": {"policy": "policy:full-range"},
    }.get(question.name, {})
    taken: list[float] = []
    for _ in range(RUNS):
        began = time.perf_counter()
        try:
            found = dataset.ask(question.name, time_limit=limit, **values)
            taken.append(time.perf_counter() - began)
        except TestimoniaError:
            return None
        if taken[-1] > 10:
            break
    rows = csv.reader(io.StringIO(found.to_csv(), newline=""))
    return statistics.median(taken), sorted(map(tuple, rows))


def show(answers: dict[str, dict[str, Answer | None]], limit: float) -> None:
    """Print the times side by side, and where answers differ."""
    stores = list(answers)
    print("\n| question | rows | " + " | ".join(f"{store}, s" for store in stores) + " |")
    print("|---|--:|" + "--:|" * len(stores))
    differing = []
    for name, first in answers[stores[0]].items():
        cells = [name, "-" if first is None else f"{len(first[1]) - 1:,}"]
        for store in stores:
            found = answers[store][name]
            cells.append(f"over {limit:g}" if found is None else f"{found[0]:.3f}")
            if found is not None and first is not None and found[1] != first[1]:
                differing.append(f"{name} in {store}")
        print("| " + " | ".join(cells) + " |")
    for store in stores:
        times = [found[0] for found in answers[store].values() if found is not None]
        stopped = len(answers[store]) - len(times)
        print(
            f"\n{store}: median {statistics.median(times):.3f} s, most {max(times):.3f} s,"
            f" {stopped} stopped or failed.",
            end="",
        )
    print(f"\n\nAnswers: {'; '.join(differing) + ' differ' if differing else 'all the same'}.")


if __name__ == "__main__":
    main()
