"""Runs that are killed at any moment leave the old state or the new one, nothing in between."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

import testimonia
from testimonia.loading import load
from testimonia.query.store import Store

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("TESTIMONIA_KILLS", "4"))
"""How many runs are killed; a few in the suite, more by hand."""

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(testimonia.__file__).parents[1])}
LINES = 20_000


def written(path: Path, version: str, lines: int = LINES) -> Path:
    path.write_text("".join(f'<x:{i}> <x:p> "{version} {i}" <x:g> .\n' for i in range(lines)))
    return path


def version_of(store: Path) -> str:
    """Find the version in a store, and check that it is complete."""
    values = {getattr(quad.object, "value", "").partition(" ") for quad in Store(store)}
    (version,) = {version for version, _, _ in values}
    assert len(values) == LINES
    return version


def killed(words: Sequence[str], after: float) -> bool:
    """Run a command, kill it after some seconds, and return whether it was still running."""
    with subprocess.Popen(
        [sys.executable, "-m", "testimonia", *words], env=ENVIRONMENT, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        time.sleep(after)
        if process.poll() is not None:
            return False
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def seconds_of(words: Sequence[str]) -> float:
    begin = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "testimonia", *words], env=ENVIRONMENT, capture_output=True
    )
    return time.monotonic() - begin


def test_loads(tmp_path: Path) -> None:
    """The store changes from one version to the other and back, each load killed once."""
    chance = random.Random(f"kills of loads, {KILLS}")  # noqa: S311 - no secret
    sources = {name: written(tmp_path / f"{name}.nq", name) for name in ("old", "new")}
    store = tmp_path / "store"
    load(sources["old"], store)
    words = {name: ["load", str(path), "--to", str(store)] for name, path in sources.items()}
    whole = seconds_of(words["new"])
    left: Counter[str] = Counter()
    for _ in range(KILLS):
        before = version_of(store)
        after = "new" if before == "old" else "old"
        was_killed = killed(words[after], chance.uniform(0.2, 1.1) * whole)
        found = version_of(store)
        assert found in (before, after)
        left[
            f"{'killed' if was_killed else 'done'}, {'old' if found == before else 'new'} left"
        ] += 1
    print(dict(left))  # noqa: T201 - the counts of a run by hand
    load(sources["new"], store)
    load(sources["old"], store)
    assert version_of(store) == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.nq", "old.nq", "store"]


@pytest.mark.parametrize("kind", ["answer", "tables", "derived"])
def test_outputs(kind: str, tmp_path: Path) -> None:
    chance = random.Random(f"kills of outputs, {KILLS}, {kind}")  # noqa: S311 - no secret
    source = written(tmp_path / "in.nq", "x", 2_000)
    out = tmp_path / "out"
    if kind == "derived":
        words = ["derive", "--data", str(source), "--store", str(out)]
    elif kind == "tables":
        words = ["tables", "--data", str(source), "--output", str(out)]
    else:
        select = "SELECT ?s ?o { ?s <x:p> ?o } ORDER BY ?s"
        words = [
            "query",
            "-e",
            select,
            "--format",
            "csv",
            "--data",
            str(source),
            "--output",
            str(out),
        ]
    whole = seconds_of(words)
    expected = contents(out)
    nothing: dict[str, bytes] = {}
    for _ in range(KILLS):
        if kind == "tables":  # which go to a new directory only
            shutil.rmtree(out, ignore_errors=True)
        killed(words, chance.uniform(0.2, 1.1) * whole)
        assert contents(out) in (expected, nothing if kind == "tables" else expected)
    if kind == "tables":
        shutil.rmtree(out, ignore_errors=True)
    seconds_of(words)
    assert contents(out) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.nq", "out"]


def contents(path: Path) -> dict[str, bytes] | set[str]:
    if path.is_dir() and (path / "CURRENT").exists():
        # Blank nodes, which the ontology has, get new labels each time.
        return {str(quad) for quad in Store(path) if "_:" not in str(quad)}
    if path.is_dir():
        return {each.name: each.read_bytes() for each in sorted(path.iterdir())}
    return {"": path.read_bytes()} if path.exists() else {}
