"""Asks every question of data by column and of Oxigraph, and prints how long each takes.

Run it with ``python benchmarks/column_questions.py TABLES STORE``: a DuckDB file with the tables of
`testimonia.query.columnar.quad_tables`, and the directory of an Oxigraph store with the same quads. Each
question is asked with no parameters, except the claim of claim-provenance. Compiling is timed apart, since it is
done once for each text. Times are wall-clock seconds, of which the best of three is shown; CPU seconds of all
threads are given too, because they say more on a machine that is shared. A question is stopped after ``--limit``
seconds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from testimonia.catalogue import resources
from testimonia.errors import TestimoniaError
from testimonia.query.columnar.columnar_store import ColumnarStore
from testimonia.query.store import Store

RUNS = 3
ANY_CLAIM = "SELECT ?claim { ?claim a tmn:Claim ; tmn:record ?record } LIMIT 1"
UNSET = "VALUES ?claim { UNDEF }"

Timed = tuple[float, float, int]
"""Wall-clock and CPU seconds, and how many rows came."""


def main() -> None:
    """Ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", type=Path)
    parser.add_argument("store", type=Path, nargs="?", help="without it, only columns are asked")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each question")
    given = parser.parse_args()
    connection = duckdb.connect(given.tables, read_only=True)
    columns = ColumnarStore(connection)
    store = None if given.store is None else Store.read_only(given.store)
    head = ["question", "rows", "compile, s", "columns, s", "columns, CPU s"]
    head += [] if store is None else ["Oxigraph, s"]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head), flush=True)
    walls, cpus = [], []
    for path in resources.queries():
        query = path.read_text(encoding="utf-8")
        if path.stem == "claim-provenance":
            ((claim,),) = columns.query(ANY_CLAIM).rows()
            query = query.replace(UNSET, f"VALUES ?claim {{ {claim} }}")
        started = time.perf_counter()
        columns.compiled(query)
        compiling = time.perf_counter() - started
        found = timed(lambda q=query: in_columns(columns, q, given.limit))
        cells = [path.stem, *shown(found, compiling)]
        if found is not None:
            walls.append(found[0])
            cpus.append(found[1])
        if store is not None:
            other = timed(lambda q=query: in_oxigraph(store, q, given.limit), runs=1)
            cells.append("stopped" if other is None else f"{other[0]:.2f}")
        print("| " + " | ".join(cells) + " |", flush=True)
    for name, taken in (("wall-clock", walls), ("CPU", cpus)):
        print(
            f"\nColumns, {name}: median {statistics.median(taken):.3f} s, most {max(taken):.3f} s."
        )


def shown(found: Timed | None, compiling: float) -> list[str]:
    """Write the cells of a row."""
    if found is None:
        return ["-", f"{compiling:.2f}", "stopped", "-"]
    wall, cpu, rows = found
    return [f"{rows:,}", f"{compiling:.2f}", f"{wall:.3f}", f"{cpu:.3f}"]


def in_columns(columns: ColumnarStore, query: str, limit: float) -> int:
    """Ask the columns, and decode what they answer."""
    return sum(1 for _ in columns.query(query, time_limit=limit).rows())


def in_oxigraph(store: Store, query: str, limit: float) -> int:
    """Ask Oxigraph; its rows are counted by their braces in JSON, which costs little."""
    return store.query(query, time_limit=limit).content.count(b"},{") + 1


def timed(ask: Callable[[], int], runs: int = RUNS) -> Timed | None:
    """Ask some times and take the best; None where it fails or is stopped."""
    best: Timed | None = None
    for _ in range(runs):
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            rows = ask()
        except TestimoniaError:
            return None
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if best is None or wall < best[0]:
            best = (wall, cpu, rows)
        if wall > 10:
            break
    return best


if __name__ == "__main__":
    main()
