"""The commands in the README work: in order, in a folder with the files that it names."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from published_event import EVENT

from testimonia.cli import run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OWN = ".venv/bin/testimonia"
# Those that set up a checkout, or run until they are stopped; other tests are about them.
NOT_RUN = {"make ask", "make test", f"{OWN} serve"}
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


def commands_shown() -> list[str]:
    """List the commands of the README, in order, without what is said of them."""
    blocks = re.findall(r"^```console\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [re.sub(r"\s+#.*", "", line.removeprefix("$ ")) for line in lines]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with the examples, and with what others publish."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
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
    commands = [command for command in commands_shown() if command not in NOT_RUN]
    assert len(commands) > 25
    outputs = {}
    for command in commands:
        first, *words = shlex.split(command)
        if command == "cp -r examples/port-alder my-incident":
            shutil.copytree(words[1], words[2])
            continue
        assert first == OWN, command
        if words[0] == "reason" and shutil.which("java") is None:
            continue  # the README names it as needed
        code = run(words)
        out, err = capfd.readouterr()
        assert (code, err.count("error:")) == (0, 0), f"{command}\n{out}\n{err}"
        outputs[" ".join(words[:2])] = out
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
