"""The guides for people who write claims: their commands run as they are, and print what is shown."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from shown_commands import ROOT, can_run, commands_shown, copied_examples, not_printed, run_shown

import testimonia
from testimonia.cli import run
from testimonia.query.results import Results, Row
from testimonia.yaml_nodes import parsed

GUIDES = ROOT / "docs" / "guides"
ABOUT_WRITING = [
    path
    for name in ("your-own-incident", "write-notes", "workbench", "two-coders", "fill-in-a-sheet")
    if (path := GUIDES / f"{name}.md").exists()
]
SALTMOUTH = ROOT / "examples" / "saltmouth"
NOTES = (SALTMOUTH / "courier.yaml").read_text(encoding="utf-8")
WALK = (GUIDES / "your-own-incident.md").read_text(encoding="utf-8")
HESITATIONS = (GUIDES / "when-you-hesitate.md").read_text(encoding="utf-8")
# What was wrong in the first version of the notes, and what it became.
MISTAKEN_NAMES = {"when: Monday at eight": "when: 2026-03-09T08", "as: Mayor": "as: Major"}
TYPED_AGAIN = {
    "says: 12 porters killed": "says: killed 12 porters",
    "subset of: 15 people killed": "subset of: killed 15",
}


@pytest.mark.slow
@pytest.mark.parametrize("guide", ABOUT_WRITING, ids=lambda path: path.stem)
def test_the_commands_of_a_guide_print_what_it_shows(
    guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    copied_examples(tmp_path)
    monkeypatch.chdir(tmp_path)
    commands = commands_shown(guide.read_text(encoding="utf-8"))
    assert commands
    for shown in filter(can_run, commands):
        code = run_shown(shown)
        out, err = capfd.readouterr()
        assert code == 0, f"{shown.command}\n{out}\n{err}"
        assert not_printed(shown, out) == [], f"{shown.command}\n{out}\n{err}"


def test_what_is_shown_is_looked_for_in_order() -> None:
    (shown,) = commands_shown("```console\n$ a  # why\none\n…\nfour\n```\n")
    assert shown.command == "a"
    assert not_printed(shown, "one\ntwo\nthree\nfour\n") == []
    assert not_printed(shown, "zero\none\nfour\n")[0] == "one"
    assert not_printed(shown, "one\ntwo\n") == ["four"]
    assert not_printed(shown, "four\none\n")[0] == "one"


def test_the_notes_that_the_guide_quotes_are_those_of_the_example() -> None:
    quoted = [
        line
        for block in re.findall(r"^```yaml\n(.*?)^```", WALK, re.DOTALL | re.MULTILINE)
        for line in block.splitlines()
    ]
    assert len(quoted) > 50
    assert set(quoted) <= set(NOTES.splitlines())


def test_each_block_of_notes_that_the_guide_quotes_is_whole() -> None:
    for block in re.findall(r"^```yaml\n(.*?)^```", WALK, re.DOTALL | re.MULTILINE):
        _, wrong = parsed(block if block[0].isalpha() else f"claims:\n{block}", "n.yaml")
        assert wrong == []


@pytest.mark.parametrize("mistakes", [MISTAKEN_NAMES, TYPED_AGAIN], ids=["names", "figures"])
def test_check_finds_the_mistakes_that_the_guide_shows(
    mistakes: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copy(SALTMOUTH / "courier.txt", tmp_path)
    text = NOTES
    for right, wrong in mistakes.items():
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    (tmp_path / "courier.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["notes", "check", "courier.yaml", "--shapes"]) == 1
    found = [line for line in capsys.readouterr().out.splitlines() if "courier.yaml" in line]
    assert len(found) == len(mistakes)
    assert set(found) <= set(WALK.splitlines())


@pytest.mark.slow
def test_the_example_is_what_its_notes_build_to(tmp_path: Path) -> None:
    built = tmp_path / "built.ttl"
    assert run(["notes", "build", str(SALTMOUTH), "-o", str(built), "--validate"]) == 0
    kept = (SALTMOUTH / "incident.ttl").read_bytes()
    triples = [
        {quad.triple for quad in parse(each, RdfFormat.TURTLE)}
        for each in (built.read_bytes(), kept)
    ]
    assert triples[0] == triples[1]
    report = (SALTMOUTH / "courier.txt").read_text(encoding="utf-8")
    assert 1800 < len(report) < 2200
    assert "This report is invented" in report
    assert not any(line in kept.decode() for line in report.splitlines())


def test_a_party_and_its_ministry_are_one_origin_and_two_speakers() -> None:
    dataset = testimonia.open(SALTMOUTH / "incident.ttl")

    def rows(question: str) -> list[Row]:
        found = dataset.ask(question)
        assert isinstance(found, Results)
        return list(found)

    (islands,) = [row for row in rows("incident-summary") if row["event"].endswith("the-islands")]
    assert (islands["speakers"], islands["origins"]) == (2, 1)
    unconfirmed = {row["claimant"] for row in rows("unconfirmed-figures")}
    assert any(iri.endswith("a-provincial-official") for iri in unconfirmed)
    assert not [row for row in rows("contradictions") if row["lower"] is not None]


@pytest.mark.slow
def test_each_hesitation_has_its_notes_and_they_are_right(tmp_path: Path) -> None:
    """Build all lines of the guide together, on names that they share."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", HESITATIONS, re.DOTALL | re.MULTILINE)
    asked = re.findall(r"^### .*\?$", HESITATIONS, re.MULTILINE)
    assert 15 <= len(asked) <= 45
    names, *claims = blocks
    (tmp_path / "report.txt").write_text("A sentence.\n", encoding="utf-8")
    names = names.replace("document:\n", "document:\n  text: report.txt\n")
    placed = re.sub(r"^  - \{", "  - {at: 1, ", "".join(claims), flags=re.MULTILINE)
    placed = re.sub(r"^  - who:", "  - at: 1\n    who:", placed, flags=re.MULTILINE)
    (tmp_path / "n.yaml").write_text(f"{names}claims:\n{placed}", encoding="utf-8")
    assert run(["notes", "build", str(tmp_path), "-o", str(tmp_path / "n.ttl"), "--validate"]) == 0
