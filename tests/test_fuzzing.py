"""The fuzzers under tools/ find nothing in a short run, and count what they should."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Quad
from tools import fuzz
from tools.fuzzing import edtf, patterns, questions, readers

from testimonia.rdf import files

pytestmark = pytest.mark.slow


def test_valid_files_are_read_and_damaged_ones_read_or_refused(tmp_path: Path) -> None:
    for suffix, text in readers._VALID.items():
        for packing, pack in readers._packings().items():
            path = tmp_path / f"a{suffix}{packing}"
            path.write_bytes(pack(text.encode()))
            assert len(list(files.read([path]))) >= 3
    counts = readers.run(3, 60)
    assert counts["read"] > 0
    assert counts["refused"] > 0
    assert counts.total() == 60 == counts["read"] + counts["refused"]
    assert readers._spoilt(3, 7) == readers._spoilt(3, 7)


def test_findings_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(paths: list[Path], *_: object) -> list[Quad]:
        raise KeyError(paths[0].name)

    monkeypatch.setattr(files, "read", failing)
    assert readers._outcome(tmp_path / "a.nt", files.PLAIN) == "KeyError"


def test_a_crash_is_counted_and_the_next_process_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The second input of this run ends its process as a fault in a library would.
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if sys.orig_argv[1:3] == ['-m', 'tools.fuzzing.readers']:\n"
        "    from testimonia.rdf import files\n"
        "    usual, seen = files.read, []\n"
        "    def read(*given):\n"
        "        seen.append(1)\n"
        "        if sys.orig_argv[4] == '0' and len(seen) == 2:\n"
        "            os.abort()\n"
        "        return usual(*given)\n"
        "    files.read = read\n"
    )
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    )
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    counts = readers.run(3, 6)
    assert counts["died with -6"] == 1
    assert counts["read"] + counts["refused"] == 5
    assert len(list(tmp_path.glob("fuzzed-3-1-*"))) == 1


def test_edtf() -> None:
    outcomes = edtf.run(seed=7, inputs=2_000)
    assert outcomes["bounded"] > 100
    assert [outcome for outcome in outcomes if outcome.startswith("finding")] == []


def test_patterns() -> None:
    outcomes = patterns.run(seed=7, inputs=1_000)
    assert outcomes["matched"] > 100
    assert [outcome for outcome in outcomes if outcome.startswith("finding")] == []


def test_questions() -> None:
    outcomes = questions.run(seed=7, inputs=400)
    assert {"answered", "bound", "refused"} == outcomes.keys()


def test_findings_are_distinguished_from_other_outcomes(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["7", "edtf=200", "questions=20"]) == 0
    assert capsys.readouterr().out.count(" | 0 | ") == 2
    spoilt = Counter({"read": 5, "KeyError": 2, "died with -6": 1})
    assert fuzz.findings("readers", spoilt) == {"KeyError": 2, "died with -6": 1}
