"""Own questions are listed and asked as the guide says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from testimonia.cli import run

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guides/your-own-incident.md").read_text(encoding="utf-8")


def test_as_the_guide_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "ask speakers --questions examples/questions/" in GUIDE
    shutil.copytree(ROOT / "examples/questions", tmp_path / "my-questions")
    shutil.copy(ROOT / "examples/port-alder/incident.ttl", tmp_path)
    monkeypatch.chdir(tmp_path)
    listing = ["questions", "--questions", "my-questions"]
    asking = ["ask", "speakers", "--questions", "my-questions", "--data", "incident.ttl"]
    assert run([*listing, "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("speakers,Who speaks?,")
    assert run([*asking, "--format", "csv"]) == 0
    assert "https://example.org/id/port-official" in capsys.readouterr().out.splitlines()
    assert run([*asking, "--output", "my-questions/speakers.rq"]) == 2
    assert "is an input, and is not overwritten" in capsys.readouterr().err
