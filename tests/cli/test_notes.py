"""Notes on the command line: new, check, build, coverage and export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from testimonia.cli import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "notes"


def test_the_example_of_the_guide_is_valid_and_complete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "harbour.ttl"
    assert run(["notes", "coverage", str(EXAMPLE)]) == 0
    assert "9 of 9 sentences covered." in capsys.readouterr().out
    desk = "https://example.org/desk/"
    words = ["notes", "build", str(EXAMPLE), "-o", str(output), "--base", desk, "--validate"]
    assert run(words) == 0
    out = capsys.readouterr().out
    assert "10 claims" in out
    assert "Warning" not in out
    iris = {quad.subject.value for quad in parse(output.read_bytes(), RdfFormat.TURTLE)}
    assert all(iri.startswith((desk, "https://w3id.org/testimonia/id/bounds/")) for iri in iris)
    report = (EXAMPLE / "harbour.txt").read_text(encoding="utf-8")
    assert not any(line in output.read_text(encoding="utf-8") for line in report.splitlines())


def test_new_notes_lack_only_what_a_person_has_to_add(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.txt"
    report.write_text("One bomb. Two dead.\n", encoding="utf-8")
    assert run(["notes", "new", str(report)]) == 0
    assert "  2  Two dead." in capsys.readouterr().out
    notes = tmp_path / "report.yaml"
    assert "Two dead" not in notes.read_text(encoding="utf-8")
    assert run(["notes", "new", str(report)]) == 2  # nothing is overwritten
    capsys.readouterr()
    assert run(["notes", "check", str(notes)]) == 1
    assert f"{notes}:5:3: label of documents needs a value" in capsys.readouterr().out
    assert run(["notes", "new", str(report), "-o", str(tmp_path / "b.yaml"), "--sentences"]) == 0
    assert "#   2  Two dead." in (tmp_path / "b.yaml").read_text(encoding="utf-8")


def test_nothing_is_written_if_there_are_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, output = tmp_path / "n.yaml", tmp_path / "out.ttl"
    notes.write_text("claims:\n- {who: Nobody, says: killed 4}\n", encoding="utf-8")
    output.write_text("what was there", encoding="utf-8")
    assert run(["notes", "build", str(notes), "-o", str(output)]) == 1
    assert f"{notes}:2:" in capsys.readouterr().out
    assert output.read_text(encoding="utf-8") == "what was there"
    assert run(["notes", "build", str(notes), "-o", str(notes)]) == 2
    assert run(["notes", "check"]) == 2
    assert run(["notes", "check", str(tmp_path / "none.yaml")]) == 2


def test_data_are_exported_as_notes_and_built_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = Path(__file__).parents[1] / "scenarios" / "dozens-beside-24"
    folder, output = tmp_path / "notes", tmp_path / "back.nt"
    data, text = str(scenario / "data.ttl"), str(scenario / "report.txt")
    assert run(["notes", "export", data, "-o", str(folder), "--texts", text]) == 0
    assert run(["notes", "build", str(folder), "-o", str(output)]) == 0
    there = parse((scenario / "data.ttl").read_bytes(), RdfFormat.TURTLE)
    back = parse(output.read_bytes(), RdfFormat.N_TRIPLES)
    assert {quad.triple for quad in there} == {quad.triple for quad in back}
    assert run(["notes", "export", data, "-o", str(folder)]) == 2  # it is not empty
    assert "notes" in capsys.readouterr().err


def test_a_pack_adds_names_without_an_incident(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = tmp_path / "n.yaml"
    notes.write_text(
        "document: {id: d, label: D}\nabout: E\nevents: {E: bombing}\n"
        "claims: [{who: United States, says: killed 4}]\n",
        encoding="utf-8",
    )
    assert run(["notes", "check", str(notes)]) == 1
    assert "nothing in agents is called 'United States'" in capsys.readouterr().out
    assert run(["notes", "check", str(notes), "--with", "agents"]) == 0
    assert run(["notes", "check", str(notes), "--with", "agens"]) == 2
    assert "There are: agents, events, groups, places." in capsys.readouterr().err


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notes", "schema"]) == 0
    assert "claims" in json.loads(capsys.readouterr().out)["properties"]
