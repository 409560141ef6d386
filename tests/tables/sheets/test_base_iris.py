"""A base IRI for names: those of different sheets do not collide, and links are still valid."""

from __future__ import annotations

from pathlib import Path

import pytest
from sheets import FINE, write_csv

from testimonia.cli import run as run_command
from testimonia.errors import InputError
from testimonia.namespaces import IDENTIFIER
from testimonia.rdf import files
from testimonia.tables.sheets.mapped import map_sheet

BASE = "https://example.org/desk/"


def terms(path: Path) -> set[str]:
    found: set[str] = set()
    for quad in files.read([path]):
        found |= {str(quad.subject), str(quad.object)}
    return found


def triples(path: Path) -> set[str]:
    return {str(quad.triple) for quad in files.read([path])}


def test_all_names_are_under_the_base_and_nothing_else_changes(tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "sheet", FINE)
    plain = map_sheet(sheet, tmp_path / "plain.nq")
    own = map_sheet(sheet, tmp_path / "own.nq", base=BASE)
    moved = {line.replace(IDENTIFIER, BASE) for line in triples(plain.output)}
    assert triples(own.output) == moved
    assert not any(term.startswith(f"<{IDENTIFIER}") for term in terms(own.output))
    assert own.rejects is None
    assert own.notices == {}


def test_two_desks_have_no_name_in_common(tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "sheet", FINE)
    runs = [
        map_sheet(sheet, tmp_path / f"{desk}.nq", base=f"https://example.org/{desk}/")
        for desk in ("a", "b")
    ]
    subjects = [{quad.subject for quad in files.read([run.output])} for run in runs]
    assert subjects[0].isdisjoint(subjects[1])


def test_without_a_base_it_is_said_that_names_are_shared(tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "sheet", FINE)
    (notices,) = map_sheet(sheet, tmp_path / "out.nq").notices.values()
    assert "IRIs of the project, such as https://w3id.org/testimonia/id/" in notices[0]
    assert "--base" in notices[0]


def test_absolute_iris_stay_and_links_lead_into_data(tmp_path: Path) -> None:
    agents = [["id", "type", "label", "part_of"]]
    agents += [["press", "Person", "P", "desk-known | un-known"]]
    agents += [["https://example.com/x", "Person", "X", "press"]]
    known = tmp_path / "known.nt"
    organisation = (
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/testimonia/ns#Monitor>"
    )
    known.write_text(
        f"<{BASE}agent/desk-known> {organisation} .\n<{IDENTIFIER}agent/un-known> {organisation} .\n"
    )
    sheet = write_csv(tmp_path / "sheet", {"agents": agents})
    run = map_sheet(sheet, tmp_path / "o.nq", base=BASE, known=files.read([known]))
    assert run.rejects is None
    part_of = "<http://www.w3.org/ns/org#subOrganizationOf>"
    assert {line for line in triples(run.output) if part_of in line} == {
        f"<{BASE}agent/press> {part_of} <{BASE}agent/desk-known>",
        f"<{BASE}agent/press> {part_of} <{IDENTIFIER}agent/un-known>",
        f"<https://example.com/x> {part_of} <{BASE}agent/press>",
    }


@pytest.mark.parametrize(
    "base",
    ["desk/", "https://example.org", "https://example.org/#", "https://a b/", "file:///x/", ""],
)
def test_what_iris_cannot_begin_with(tmp_path: Path, base: str) -> None:
    with pytest.raises(InputError, match="cannot be a base IRI"):
        map_sheet(write_csv(tmp_path / "sheet", FINE), tmp_path / "o.nq", base=base)
    assert not (tmp_path / "o.nq").exists()


def test_the_command_takes_a_base(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = str(write_csv(tmp_path / "sheet", FINE))
    assert run_command(["map", "sheet", sheet, "-o", str(tmp_path / "o.nq"), "--base", BASE]) == 0
    assert "IRIs of the project" not in capsys.readouterr().out
    assert f"<{BASE}claim/relay>" in terms(tmp_path / "o.nq")
