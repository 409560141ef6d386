"""The commands in the README work: in order, in a folder with the files that it names."""

from __future__ import annotations

import csv
import json
import re
import shlex
from pathlib import Path

import pytest
from published_event import EVENT
from shown_commands import ROOT, can_run, commands_shown, copied_examples, run_shown

README = (ROOT / "README.md").read_text(encoding="utf-8")
# An invented day: what somebody would have fetched.
DAY = {
    "report_date": "2023-11-07",
    "report_source": "mohtel",
    "report_period": 24,
    "killed": 3,
    "killed_cum": 30,
}
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:x:S> sh:targetNode <urn:x:a> ; sh:property [ sh:path <urn:x:p> ; sh:minCount 1 ] .
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with the examples, and with what others publish."""
    copied_examples(tmp_path)
    with (tmp_path / "GEDEvent.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, EVENT)
        writer.writeheader()
        writer.writerow(EVENT)
    (tmp_path / "casualties_daily.json").write_text(json.dumps([DAY]), encoding="utf-8")
    (tmp_path / "data.ttl").write_text("<urn:x:a> <urn:x:p> 1 .", encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("checkout")
def test_every_command_does_what_it_is_said_to(capfd: pytest.CaptureFixture[str]) -> None:
    commands = [shown for shown in commands_shown(README) if can_run(shown)]
    assert len(commands) > 25
    outputs = {}
    for shown in commands:
        code = run_shown(shown)
        out, err = capfd.readouterr()
        assert (code, err.count("error:")) == (0, 0), f"{shown.command}\n{out}\n{err}"
        outputs[" ".join(shlex.split(shown.command)[1:3])] = out
    assert "not the text of any document" not in outputs["passages check"]
    assert outputs["passages coverage"].count("  covered\n") == 4
    assert "Nothing found." not in outputs["ask range-width"]
    assert "no differences" in outputs["load release/"]


def test_what_is_said_of_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)  # noqa: S102 - what the README tells to run
    *rows, label = capsys.readouterr().out.splitlines()
    assert len(rows) == len(names["dataset"].ask("confirmed-figures"))  # type: ignore[attr-defined]
    assert label == "загиблий"
