"""No sentence of a source is republished: the project holds digests and positions, not the words."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import testimonia

ROOT = Path(__file__).parents[1]
SOURCES = ROOT.parent / "shared" / "sources"
IN_A_ROW = 7


def runs(text: str) -> Iterator[str]:
    words = re.findall(r"[^\W_]+", text.casefold())
    for start in range(len(words) - IN_A_ROW + 1):
        yield " ".join(words[start : start + IN_A_ROW])


def addresses() -> set[str]:
    """List the runs of words in addresses of documents, which their publishers made of headlines."""
    rows = testimonia.open().query("SELECT ?address { ?document dcterms:identifier ?address }")
    return {run for row in rows for run in runs(str(row["address"]))}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_runs() -> None:
    assert list(runs("One, two-three\n# four _five_ (six) SEVEN eight")) == [
        "one two three four five six seven",
        "two three four five six seven eight",
    ]


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the sources are not beside this checkout")
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no git checkout")
def test_no_tracked_file_holds_seven_words_of_a_source() -> None:
    known = {run for path in SOURCES.rglob("*.txt") for run in runs(path.read_text("utf-8"))}
    assert known
    paths = [path for path in tracked() if path.is_file()]
    assert paths
    found = {
        (str(path.relative_to(ROOT)), run)
        for path in paths
        for run in runs(path.read_bytes().decode("utf-8", "replace"))
        if run in known
    }
    given = addresses()
    assert sorted((path, run) for path, run in found if run not in given) == []
