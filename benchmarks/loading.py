"""Measures how fast graphs are loaded into each store, checked, and found unchanged the next time.

Needs the stores that the tests use (``make stores``); missing ones are left out. Each load is a separate
process. For comparison, the time that the store alone takes for the same bytes is given, with nothing read
back: one PUT, or for the directory Oxigraph's own bulk load. Of the directory, all work is done in the
process that loads, so that its processor time can be compared, which other work on the same machine
lengthens less than it does the time by the clock. With ``--graphs`` the statements are spread over many
graphs, of which the store alone still takes one.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from attributed_claims import write_claims

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools.stores import SERVERS, NotInstalled  # noqa: E402 - the tools lie beside this folder

SIZES = (10_000, 100_000, 1_000_000)
GRAPH = "https://w3id.org/testimonia/id/graph/made-up"
LIMIT = 1800
HEADINGS = (
    "store", "statements", "alone s", "load s", "again s", "alone CPU s", "load CPU s", "times",
    "again CPU s", "peak MB", "outcome",
)  # fmt: skip
WIDTHS = (10, 11, 8, 8, 8, 11, 10, 6, 11, 8, 0)


def main() -> None:
    """Print a row for each store and size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--graphs", type=int, default=1)
    parser.add_argument("--stores", nargs="*", default=["directory", *sorted(SERVERS)])
    parser.add_argument("--run", nargs=2, metavar=("FILE", "TARGET"))
    parser.add_argument("--alone", nargs=2, metavar=("FILE", "TARGET"))
    chosen = parser.parse_args()
    if chosen.run:
        run(*chosen.run)
        return
    if chosen.alone:
        bulk_load(*chosen.alone)
        return
    print(f"load average {os.getloadavg()[1]:.0f}, {os.cpu_count()} cores")
    show(HEADINGS)
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "claims.nt")
            write_claims(file, size, seed=1, each=0)
            source = file if chosen.graphs == 1 else spread(file, chosen.graphs, size)
            for store in chosen.stores:
                measure(store, file, source, Path(folder, store))


def spread(file: Path, graphs: int, size: int) -> Path:
    """Put statements into graphs, as many neighbours into each."""
    path = file.with_suffix(".nq")
    with file.open() as lines, path.open("w") as written:
        for number, line in enumerate(lines):
            name = f"{GRAPH}/{min(number * graphs // size, graphs - 1)}"
            written.write(f"{line.rstrip().removesuffix('.')}<{name}> .\n")
    return path


def measure(store: str, file: Path, source: Path, folder: Path) -> None:
    """Load a source into a fresh store, twice; the store alone takes the file."""
    try:
        with target(store, folder) as (where, secrets, put):
            first = loaded("--run", source, where, secrets)
            second = loaded("--run", source, where, secrets)
            alone, alone_cpu = put(file)
    except NotInstalled as error:
        show((store, *[""] * (len(WIDTHS) - 2), str(error)))
        return
    statements, seconds, cpu, peak, outcome = first
    again, again_cpu = second[1:3]
    times = f"{float(cpu) / float(alone_cpu):.1f}" if alone_cpu else ""
    cells = (alone, seconds, again, alone_cpu or "", cpu, times, again_cpu, peak, outcome)
    show((store, f"{int(statements):,}", *cells))


@contextmanager
def target(store: str, folder: Path) -> Iterator[tuple]:
    """Start a store, and give its address, its credentials, and a function that puts a file into it."""
    if store == "directory":
        folder.mkdir()
        alone = str(folder / "alone")
        yield str(folder / "store"), {}, lambda file: loaded("--alone", file, alone, {})
        return
    SERVERS[store].check_installed()
    with SERVERS[store](folder) as server:
        at = server.endpoint
        named = {"TESTIMONIA_STORE_USER": at.user, "TESTIMONIA_STORE_PASSWORD": at.password}
        secrets = {name: value for name, value in named.items() if value}

        def put(file: Path) -> tuple[str, str]:
            with httpx.Client(auth=at.auth, timeout=LIMIT, trust_env=False) as client:
                client.get(
                    at.graphs, params={"graph": GRAPH + "/none"}
                )  # so that digests are known
                start = time.monotonic()
                answer = client.put(
                    at.graphs,
                    params={"graph": GRAPH + "/again"},
                    content=file.read_bytes(),
                    headers={"Content-Type": "application/n-triples"},
                )
                answer.raise_for_status()
                return f"{time.monotonic() - start:.1f}", ""

        yield at.base, secrets, put


def loaded(how: str, file: Path, where: str, secrets: dict[str, str]) -> list[str]:
    """Load a file in a process of its own, and give what that prints."""
    done = subprocess.run(
        [sys.executable, __file__, how, str(file), where],
        env={**os.environ, **secrets},
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    if done.returncode:
        return ["0", "", "nan", "", done.stderr.strip().splitlines()[-1]]
    return done.stdout.strip().split("\t")


def bulk_load(file: str, where: str) -> None:
    """Load a file by Oxigraph alone, and print seconds and processor time."""
    from pyoxigraph import NamedNode, Store

    start, worked = time.monotonic(), time.process_time()
    store = Store(where)
    store.bulk_load(path=file, to_graph=NamedNode(GRAPH))
    store.flush()
    seconds, cpu = time.monotonic() - start, time.process_time() - worked
    print(f"{seconds:.1f}", f"{cpu:.2f}", sep="\t")


def run(file: str, where: str) -> None:
    """Load a file, and print statements, seconds, processor time, peak memory and outcome."""
    from testimonia.loading import load

    start, worked = time.monotonic(), time.process_time()
    report = load(file, where, graph=GRAPH, timeout=LIMIT)
    seconds, cpu = time.monotonic() - start, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rewritten = ", ".join(f"{n:,} {name}" for name, n in report.rewritten.items())
    verdict = "all there" if report.passes else "differs"
    outcome = f"{verdict}; rewritten: {rewritten}" if rewritten else verdict
    print(report.triples, f"{seconds:.1f}", f"{cpu:.2f}", peak, outcome, sep="\t")


def show(cells: tuple[str, ...]) -> None:
    """Print a row."""
    padded = (
        cell.ljust(width) if index in (0, len(WIDTHS) - 1) else cell.rjust(width)
        for index, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    )
    print("  ".join(padded).rstrip(), flush=True)


if __name__ == "__main__":
    main()
