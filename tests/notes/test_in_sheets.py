"""Sheets may quote a report in place of offsets, and give a figure in one phrase."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from testimonia.cli import run
from testimonia.namespaces import TMN

TEXT = "A bomb killed four dock workers, police said. This report is invented.\n"


def sheet(folder: Path, claims: list[dict[str, str]]) -> None:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    tables = {
        "documents": [{"id": "report", "label": "Report", "sha256": digest}],
        "agents": [{"id": "police", "type": "OfficialBody", "label": "Police"}],
        "events": [{"id": "bomb", "type": "Incident", "label": "Bomb", "event_type": "bombing"}],
        "groups": [
            {
                "id": "dockers",
                "type": "VictimGroup",
                "label": "Dock workers",
                "category": "civilian",
            }
        ],
        "claims": claims,
    }
    folder.mkdir()
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def claim(name: str, quote: str, figure: str) -> dict[str, str]:
    fixed = {"claimant": "police", "stance": "asserts", "stated_in": "report"}
    said = {"voice": "indirect-report", "verbatim_quantity": ""}
    return {"id": name, **fixed, **said, "quote": quote, "figure": figure}


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "report.txt").write_text(TEXT, encoding="utf-8")
    return folder


def test_quotes_become_passages_and_figures_propositions(tmp_path: Path, texts: Path) -> None:
    sheet(
        tmp_path / "sheet",
        [
            claim("one", "killed four dock workers", "killed four dock workers"),
            claim("two", "A bomb", "killed 4 dock workers"),
        ],
    )
    output = tmp_path / "out.nq"
    code = run(
        ["map", "sheet", str(tmp_path / "sheet"), "-o", str(output), "--sources", str(texts)]
    )
    assert code == 0
    quads = list(parse(output.read_bytes(), RdfFormat.N_QUADS))
    passages = [q.object.value for q in quads if q.predicate == TMN.passage]
    assert sorted(each.partition("#")[2] for each in passages) == ["char=0,6", "char=7,31"]
    assert len({q.object for q in quads if q.predicate == TMN.proposition}) == 1
    assert [q.object.value for q in quads if q.predicate == TMN.verbatimQuantity] == ["four"]


def test_words_that_are_not_found_are_rejected_with_the_reason(tmp_path: Path, texts: Path) -> None:
    sheet(
        tmp_path / "sheet",
        [
            claim("fine", "A bomb", "killed four dock workers"),
            claim("odd", "no such words", "killed 4 dok workers"),
        ],
    )
    output = tmp_path / "out.nq"
    words = ["map", "sheet", str(tmp_path / "sheet"), "-o", str(output)]
    assert run([*words, "--sources", str(texts)]) == 1
    with Path(f"{output}.rejects.csv").open(encoding="utf-8", newline="") as stream:
        rejects = {(row["row"], row["column"]): row["expected"] for row in csv.DictReader(stream)}
    assert "do not occur in the document" in rejects["3", "quote"]
    assert "Is it Dock workers?" in rejects["3", "figure"]
    assert not any(row == "2" for row, _ in rejects)
    assert run(words) == 1  # without the texts
    assert "--sources FOLDER" in Path(f"{output}.rejects.csv").read_text(encoding="utf-8")


def test_words_of_a_figure_are_kept_without_a_column_for_them(tmp_path: Path) -> None:
    row = claim("vague", "", 'killed "a great many" dock workers')
    del row["verbatim_quantity"]
    sheet(tmp_path / "sheet", [row])
    output = tmp_path / "out.nq"
    assert run(["map", "sheet", str(tmp_path / "sheet"), "-o", str(output)]) == 0
    quads = parse(output.read_bytes(), RdfFormat.N_QUADS)
    assert [q.object.value for q in quads if q.predicate == TMN.verbatimQuantity] == [
        "a great many"
    ]
