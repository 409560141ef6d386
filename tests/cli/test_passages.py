"""The commands under ``testimonia passages``."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from testimonia.cli import run

IRI = "https://w3id.org/testimonia/id/document/boats"
PREFIXES = """@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
"""


@pytest.fixture(autouse=True)
def files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Make a text with a control character, and its data by the commands themselves."""
    monkeypatch.chdir(tmp_path)
    Path("texts").mkdir()
    Path("texts/boats.txt").write_text("HARBOUR\nTwo \x1b[31mboats sank.\n", encoding="utf-8")
    assert run(["passages", "document", "texts/boats.txt", "doc:boats"]) == 0
    assert (
        run(
            [
                "passages",
                "locate",
                "texts/boats.txt",
                "doc:boats",
                "Two \x1b[31mboats",
            ]
        )
        == 0
    )
    turtle = PREFIXES + capfd.readouterr().out + f"ex:claim tmn:passage <{IRI}#char=8,22> .\n"
    Path("data.ttl").write_text(turtle, encoding="utf-8")


def test_check_reports_success(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["passages", "check", "--data", "data.ttl", "--sources", "texts"]) == 0
    assert capfd.readouterr().out == (
        "doc:boats  boats.txt  ok\n1 of 1 documents held, 1 of 1 passages verified.\n"
    )


def test_quotations_are_shown_on_request_without_control_characters(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert run(["passages", "check", "--data", "data.ttl", "--sources", "texts", "--quote"]) == 0
    assert "doc:boats#char=8,22  ok\n  Two \\x1b[31mboats\n" in capfd.readouterr().out


def test_check_as_csv_and_json(capfd: pytest.CaptureFixture[str]) -> None:
    words = ["passages", "check", "--data", "data.ttl", "--sources", "texts"]
    assert run([*words, "--format", "csv"]) == 0
    row = {
        "passage": f"{IRI}#char=8,22",
        "document": IRI,
        "start": "8",
        "end": "22",
        "status": "ok",
        "details": "",
    }
    assert list(csv.DictReader(io.StringIO(capfd.readouterr().out))) == [row]
    assert run([*words, "--format", "json", "--quote"]) == 0
    out = json.loads(capfd.readouterr().out)
    assert out["documents"][0]["status"] == "ok"
    assert out["passages"] == [row | {"start": 8, "end": 22, "quotation": "Two \x1b[31mboats"}]


def test_a_changed_text_is_not_held(capfd: pytest.CaptureFixture[str]) -> None:
    Path("texts/boats.txt").write_text("HARBOUR\nThree boats sank.\n", encoding="utf-8")
    words = ["passages", "check", "--data", "data.ttl", "--sources", "texts"]
    assert run(words) == 1
    out = capfd.readouterr().out
    assert "document not held: no file in texts has its SHA-256" in out
    assert "texts/boats.txt: not the text of any document\n" in out
    assert out.endswith("0 of 1 documents held, 0 of 1 passages verified.\n")
    assert run([*words, "--allow-missing"]) == 0


def test_a_wrong_passage_ends_with_1_even_if_texts_may_be_missing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    data = Path("data.ttl").read_text(encoding="utf-8").replace('start "8"', 'start "9"')
    Path("data.ttl").write_text(data, encoding="utf-8")
    words = ["passages", "check", "--data", "data.ttl", "--sources", "texts", "--allow-missing"]
    assert run(words) == 1
    assert "IRI and selector disagree: by its selector" in capfd.readouterr().out


def test_coverage(capfd: pytest.CaptureFixture[str]) -> None:
    words = ["passages", "coverage", "--data", "data.ttl", "--sources", "texts"]
    assert run(words) == 1
    assert capfd.readouterr().out == (
        "doc:boats 0-7  not covered\n"
        "  HARBOUR\n"
        "  bare 0-7: HARBOUR\n"
        "doc:boats 8-28  partly\n"
        "  Two \\x1b[31mboats sank.\n"
        "  bare 23-27: sank\n"
        "  https://example.org/claim\n"
        "0 of 2 sentences covered (0.0 %), 1 partly, 1 not at all.\n"
    )
    assert run([*words, "--format", "csv"]) == 1
    rows = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    assert [(row["status"], row["bare"]) for row in rows] == [
        ("not covered", "0-7"),
        ("partly", "23-27"),
    ]
    with Path("data.ttl").open("a", encoding="utf-8") as data:
        for n, words_ in enumerate(["HARBOUR", "sank."]):
            run(["passages", "locate", "texts/boats.txt", IRI, words_])
            turtle = capfd.readouterr().out
            data.write(
                f"{turtle}ex:c{n} tmn:passage {turtle.split(' a tmn:Passage')[0].split()[-1]} .\n"
            )
    assert run([*words]) == 0
    assert capfd.readouterr().out == "2 of 2 sentences covered (100 %), 0 partly, 0 not at all.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "--sources", "absent"], "absent: there is no such directory"),
        (["check"], "sources"),
        (
            ["locate", "texts/boats.txt", IRI, "three"],
            "the words do not stand in the document",
        ),
        (["locate", "texts/boats.txt", IRI, "o"], "the words stand in the document"),
        (["document", "texts/boats.txt", "boats"], "'boats' is not an IRI"),
        (["document", "texts/absent.txt", IRI], "the file cannot be read"),
    ],
)
def test_bad_input_ends_with_2(
    words: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("texts/boats.txt").write_text("Two boats go on.", encoding="utf-8")
    assert run(["passages", *words]) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert said in captured.err.replace("\n", " ")
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("nosuchprefix:boats", "The prefixes are agent, "),
        ("dok:boats", "Did you mean doc:boats?"),
        ("boats", "'boats' is not an IRI"),
        (":boats", "':' is not a known prefix"),
    ],
)
def test_an_unknown_prefix_is_not_taken_for_a_scheme(
    capfd: pytest.CaptureFixture[str], document: str, reason: str
) -> None:
    for command in (
        ["locate", "texts/boats.txt", document, "boats"],
        ["document", "texts/boats.txt", document],
    ):
        assert run(["passages", *command]) == 2
        out, err = capfd.readouterr()
        assert out == ""
        assert reason in err


@pytest.mark.parametrize("document", ["https://example.org/boats", "urn:x:boats", "ark:1/boats"])
def test_iris_in_full_are_taken(capfd: pytest.CaptureFixture[str], document: str) -> None:
    assert run(["passages", "locate", "texts/boats.txt", document, "boats"]) == 0
    assert f"oa:hasSource <{document}>" in capfd.readouterr().out


def test_words_may_begin_with_a_dash(capfd: pytest.CaptureFixture[str]) -> None:
    Path("list.txt").write_text("- one boat", encoding="utf-8")
    assert run(["passages", "locate", "list.txt", "doc:list", "- one"]) == 2
    assert "last, after --; or write --words=" in capfd.readouterr().err
    for words in (["--words=- one"], ["--", "- one"]):
        assert run(["passages", "locate", "list.txt", "doc:list", *words]) == 0
        assert "doc" in capfd.readouterr().out
