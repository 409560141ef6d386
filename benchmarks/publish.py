"""Publishes ever more quads, beside rdflib's serializers and a plain copy of the same bytes.

Run it with ``python benchmarks/publish.py`` (``--sizes 10000 100000`` for a shorter run). Each run
is a process of its own, so that its peak memory is its own, and reads the same N-Triples, which
``attributed_claims`` makes from a seed. ``rdflib`` writes what it has read, into no graphs and in no
order; it runs on the sizes that it can finish (``--peer-limit``). Speed is by processor time, which
other work on the same machine lengthens less than it does the time by the clock.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from attributed_claims import write_claims

SEED = 20251213
SIZES = (10_000, 100_000, 1_000_000)
PEER_LIMIT = 100_000

Figures = dict[str, float]


def main() -> None:
    """Run all sizes, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--peer-limit", type=int, default=PEER_LIMIT)
    parser.add_argument("--engines", nargs="*", choices=[*OURS, *PEERS], default=[*OURS, *PEERS])
    parser.add_argument("--run", nargs=3, metavar=("ENGINE", "FILE", "FOLDER"))
    given = parser.parse_args()
    if given.run:
        engine, file, folder = given.run
        sys.stdout.write(json.dumps(measured({**OURS, **PEERS}[engine], Path(file), Path(folder))))
        return
    print(f"{'what is written':<36} {'quads':>10} {'s':>8} {'CPU s':>8} {'k quads/CPU s':>14} {'peak MB':>8} "
          f"{'MB written':>11}")  # fmt: skip
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "claims.nt")
            write_claims(file, size, seed=SEED, each=0)
            for engine in given.engines:
                if engine in OURS or size <= given.peer_limit:
                    show(engine, file)


def show(engine: str, file: Path) -> None:
    """Run an engine and print a line."""
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        if OURS.get(engine) is copy:  # what it is to copy is made by another process, before
            made = Path(folder, "made")
            made.mkdir()
            run("testimonia, release of four dumps", file, made)
        found = run(engine, file, Path(folder))
    speed = found["quads"] / found["cpu"] / 1000
    print(f"{engine:<36} {found['quads']:>10,.0f} {found['seconds']:>8.1f} {found['cpu']:>8.1f} "
          f"{speed:>14,.0f} "
          f"{found['peak']:>8,.0f} {found['written']:>11,.1f}", flush=True)  # fmt: skip


def run(engine: str, file: Path, folder: Path) -> Figures:
    """Run an engine in a process of its own, and wait for what it has measured."""
    words = [sys.executable, __file__, "--run", engine, str(file), str(folder)]
    done = subprocess.run(words, check=True, capture_output=True)
    return dict(json.loads(done.stdout))


def measured(engine: Callable[[Path, Path], None], file: Path, folder: Path) -> Figures:
    """Run an engine that reads a file and writes into a folder."""
    begun, worked = time.perf_counter(), time.process_time()
    engine(file, folder)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    with file.open("rb") as stream:
        quads = sum(1 for _ in stream)
    unit = 1024 if sys.platform != "darwin" else 1
    return {
        "quads": quads,
        "seconds": seconds,
        "cpu": cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6,
        "written": sum(path.stat().st_size for path in written(folder)) / 1e6,
    }


def written(folder: Path) -> Iterable[Path]:
    """List what an engine has written."""
    return [path for path in (folder / "out").rglob("*") if path.is_file()]


def copy(_: Path, folder: Path) -> None:
    """Copy the dumps of a release, a megabyte at a time."""
    (folder / "out").mkdir()
    for path in (folder / "made" / "out" / "data").iterdir():
        with path.open("rb") as source, (folder / "out" / path.name).open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)


def canonical(file: Path, folder: Path) -> None:
    """Write canonical N-Quads and nothing else."""
    from testimonia.rdf import files
    from testimonia.rdf.canonical import canonical_nquads

    (folder / "out").mkdir()
    with (folder / "out" / "out.nq").open("wb") as stream:
        stream.writelines(canonical_nquads(files.read([file]), folder=folder))


def publish(file: Path, folder: Path, *, whole: bool) -> None:
    """Publish; whole, with what compresses the data and says them in other models."""
    from testimonia.publish import publish
    from testimonia.rdf import files

    publish(files.read([file]), folder / "out", version="1", compress=whole, projections=whole)


def by_rdflib(form: str, file: Path, folder: Path) -> None:
    """Read into rdflib's memory, and write."""
    import rdflib

    (folder / "out").mkdir()
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(file, format="nt")
    dataset.serialize(folder / "out" / f"out.{form}", format=form)


OURS: dict[str, Callable[[Path, Path], None]] = {
    "copy of the four dumps": copy,
    "testimonia, canonical N-Quads": canonical,
    "testimonia, release of four dumps": partial(publish, whole=False),
    "testimonia, whole release": partial(publish, whole=True),
}
PEERS: dict[str, Callable[[Path, Path], None]] = {
    "rdflib, N-Quads": partial(by_rdflib, "nquads"),
    "rdflib, TriG": partial(by_rdflib, "trig"),
    "rdflib, Turtle": partial(by_rdflib, "turtle"),
    "rdflib, JSON-LD": partial(by_rdflib, "json-ld"),
}

if __name__ == "__main__":
    main()
