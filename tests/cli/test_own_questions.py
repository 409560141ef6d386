"""Own questions are listed and asked as the guide says."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from testimonia.cli import run

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guides/your-own-incident.md").read_text(encoding="utf-8")


def test_as_the_guide_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (query,) = re.findall(r"```sparql\n(.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "my-questions").mkdir()
    (tmp_path / "my-questions" / "speakers.rq").write_text(query)
    shutil.copy(ROOT / "examples/port-alder/incident.ttl", tmp_path)
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"^\$ testimonia (.*--questions .*)$", GUIDE, re.MULTILINE)
    listing, asking = map(shlex.split, examples)
    assert run([*listing, "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("speakers,Who speaks?,")
    assert run([*asking, "--format", "csv"]) == 0
    assert "https://example.org/id/port-official" in capsys.readouterr().out.splitlines()
    assert run([*asking, "--output", "my-questions/speakers.rq"]) == 2
    assert "is an input, and is not overwritten" in capsys.readouterr().err
