"""The commands under ``testimonia passages``."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path

import pytest

from testimonia.cli import run
from testimonia.rdf import files as rdf

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
        "places": "",
    }
    assert list(csv.DictReader(io.StringIO(capfd.readouterr().out))) == [row]
    assert run([*words, "--format", "json", "--quote"]) == 0
    out = json.loads(capfd.readouterr().out)
    assert out["documents"][0]["status"] == "ok"
    assert out["passages"] == [
        row | {"start": 8, "end": 22, "places": [], "quotation": "Two \x1b[31mboats"}
    ]


def test_a_changed_text_is_not_held(capfd: pytest.CaptureFixture[str]) -> None:
    Path("texts/boats.txt").write_text("HARBOUR\nThree boats sank.\n", encoding="utf-8")
    words = ["passages", "check", "--data", "data.ttl", "--sources", "texts"]
    assert run(words) == 1
    out = capfd.readouterr().out
    assert "document not held: no file in texts has its SHA-256" in out
    assert "texts/boats.txt: no document has this text\n" in out
    assert out.endswith("0 of 1 documents held, 0 of 1 passages verified.\n")
    assert run([*words, "--allow-missing"]) == 0


def test_a_wrong_passage_ends_with_1_even_if_texts_may_be_missing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    data = Path("data.ttl").read_text(encoding="utf-8").replace('start "8"', 'start "9"')
    Path("data.ttl").write_text(data, encoding="utf-8")
    words = ["passages", "check", "--data", "data.ttl", "--sources", "texts", "--allow-missing"]
    assert run(words) == 1
    assert "IRI and selector disagree: according to its selector" in capfd.readouterr().out


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
            "the words do not occur in the document",
        ),
        (["locate", "texts/boats.txt", IRI, "o"], "the words occur in the document"),
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


CHECK = ["passages", "check", "--sources", "texts", "--data", "data.ttl"]


def test_passages_are_updated_to_an_edited_text(capfd: pytest.CaptureFixture[str]) -> None:
    Path("texts/boats.txt").write_text(
        "News.\nHARBOUR\nTwo \x1b[31mboats sank.\n", encoding="utf-8"
    )
    assert run(CHECK) == 1
    out = capfd.readouterr().out
    assert "  a copy of it is boats.txt\n" in out
    assert "doc:boats#char=8,22\n  moved: its words are at 14-28\n" in out
    assert run([*CHECK, "--format", "csv"]) == 1
    [row] = csv.DictReader(io.StringIO(capfd.readouterr().out))
    assert (row["status"], row["places"]) == ("moved", "14-28")
    assert run([*CHECK, "--update"]) == 0
    assert capfd.readouterr().out == (
        "doc:boats  boats.txt  ok\n1 of 1 documents held, 1 of 1 passages verified.\n"
        "doc:boats#char=8,22  is now  #char=14,28\ndata.ttl: changed\n"
    )
    assert f"ex:claim tmn:passage <{IRI}#char=14,28>" in Path("data.ttl").read_text("utf-8")
    assert run([*CHECK, "--update"]) == 0
    assert capfd.readouterr().out.endswith("Nothing was changed.\n")


def test_update_reports_unchanged_documents_with_the_reason(
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = Path("data.ttl").read_bytes()
    run(["passages", "locate", "texts/boats.txt", "doc:boats", "HARBOUR", "--no-claim", "headline"])
    with Path("data.ttl").open("a", encoding="utf-8") as data:
        data.write(capfd.readouterr().out)
    both = Path("data.ttl").read_bytes()
    assert both != before
    Path("texts/boats.txt").write_text("QUAY\nTwo \x1b[31mboats sank.\n", encoding="utf-8")
    assert run([*CHECK, "--update"]) == 1
    out = capfd.readouterr().out
    assert "missing: its words are not in the text" in out
    assert (
        "doc:boats: nothing changed, 1 of its 2 passages could not be located with certainty" in out
    )
    assert Path("data.ttl").read_bytes() == both


def table(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines(), delimiter=delimiter))


def test_a_sheet_is_checked_and_changed_in_place(capfd: pytest.CaptureFixture[str]) -> None:
    examples = Path(__file__).parents[2] / "examples"
    shutil.copytree(examples / "port-alder-sheet", "sheet")
    report = (examples / "port-alder/report.txt").read_text(encoding="utf-8")
    Path("texts/report.txt").write_text("Corrected.\n" + report, encoding="utf-8")
    words = ["passages", "check", "--sources", "texts", "--sheet", "sheet"]
    before = {path.name: path.read_bytes() for path in Path("sheet").iterdir()}
    assert run(words) == 1
    assert {path.name: path.read_bytes() for path in Path("sheet").iterdir()} == before
    assert run([*words, "--update"]) == 0
    out = capfd.readouterr().out
    assert "doc:port-alder-report#char=186,233  is now  #char=197,244" in out
    changed = {
        path.name for path in Path("sheet").iterdir() if path.read_bytes() != before[path.name]
    }
    assert changed == {"claims.csv", "documents.csv", "passages.csv"}
    claims = table(Path("sheet/claims.csv"))
    assert claims[2]["passage"] == "port-alder-report#char=197,244"
    assert run([*words, "--sheet-base", "https://example.org/desk/", "--update"]) == 0
    assert "Nothing was changed." in capfd.readouterr().out


def test_a_sheet_without_anchors_gets_the_columns(capfd: pytest.CaptureFixture[str]) -> None:
    examples = Path(__file__).parents[2] / "examples"
    shutil.copytree(examples / "port-alder-sheet", "sheet")
    shutil.copy(examples / "port-alder/report.txt", "texts/report.txt")
    path = Path("sheet/passages.csv")
    rows = table(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file,
            ["id", "document", "start", "end", "digest", "no_claim_reason"],
            extrasaction="ignore",
            delimiter=";",
        )
        writer.writeheader()
        writer.writerows(rows)
    assert run(["passages", "check", "--sources", "texts", "--sheet", "sheet", "--update"]) == 0
    new = table(path, ";")
    assert new == rows
    assert "4 passages stay in place, with a new digest or anchor." in capfd.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--update"], "either --data or --sheet must be given, and not both"),
        (
            ["--update", "--sheet", "x.xlsx", "--data", "data.ttl"],
            "either --data or --sheet must be given, and not both",
        ),
        (["--sheet", "absent"], "absent"),
        (
            ["--data", "data.ttl", "--sheet-base", "https://example.org/"],
            "--sheet-base is for a sheet",
        ),
        (["--sheet", "sheet", "--shipped"], "cannot be combined with --sheet"),
        (["--sheet", "sheet", "--base", "https://example.org/"], "cannot be combined with --sheet"),
        (["--sheet", "sheet", "--with", "agents"], "cannot be combined with --sheet"),
    ],
)
def test_update_needs_data_or_a_sheet(
    words: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["passages", "check", "--sources", "texts", *words]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert said in err


DESCRIBED = [
    *("passages", "document", "texts/boats.txt", "doc:boats", "--label", 'The "boats"'),
    *("--address", "https://example.org/a,b", "--archived", "https://example.org/copy"),
    *("--language", "en", "--kind", "news-report", "--published", "2026-03-04"),
    *("--captured", "2026-03-05T10:00:00Z", "--capture", "texts/boats.txt"),
    *("--replaces", "doc:first", "--translation-of", "doc:boats-ar", "--dateline", "HARBOUR"),
]


def test_a_document_is_described_with_its_addresses(capfd: pytest.CaptureFixture[str]) -> None:
    others = "".join(
        f'doc:{name} a tmn:Document ; rdfs:label "{name}"@en .\n'
        for name in ("first", "boats-ar", "later")
    )
    agents = "".join(
        f'agent:{name} a tmn:MediaOutlet ; rdfs:label "{name}"@en .\n'
        for name in ("gazette", "wire")
    )
    assert (
        run(
            [
                *DESCRIBED,
                "--publisher",
                "agent:gazette",
                "--agency",
                "agent:wire",
                "--replaced-by",
                "doc:later",
            ]
        )
        == 0
    )
    turtle = capfd.readouterr().out
    prefixes = (
        "@prefix doc: <https://w3id.org/testimonia/id/document/> .\n"
        "@prefix agent: <https://w3id.org/testimonia/id/agent/> .\n"
    )
    Path("described.ttl").write_text(turtle + prefixes + others + agents, encoding="utf-8")
    assert run(["validate", "--data", "described.ttl", "--format", "json"]) == 0
    capfd.readouterr()
    assert run(["ask", "documents", "--data", "described.ttl", "--format", "csv"]) == 0
    [row] = csv.DictReader(io.StringIO(capfd.readouterr().out))
    digest = hashlib.sha256(Path("texts/boats.txt").read_bytes()).hexdigest()
    doc, agent = IRI.removesuffix("boats"), "https://w3id.org/testimonia/id/agent/"
    expected = {
        "sourceKind": "https://w3id.org/testimonia/code/news-report",
        "dateline": "HARBOUR",
        "language": "en",
        "publisher": agent + "gazette",
        "agency": agent + "wire",
        "publishedFrom": "2026-03-04T00:00:00+14:00",
        "address": "https://example.org/a,b",
        "archivedAt": "https://example.org/copy",
        "capturedFrom": "2026-03-05T10:00:00Z",
        "captureDigest": digest,
        "translationOf": doc + "boats-ar",
        "replaces": doc + "first",
        "replacedBy": doc + "later",
        "sha256": digest,
    }
    assert {name: row[name] for name in expected} == expected


def test_the_row_of_a_document_has_the_same_content_as_turtle(
    capfd: pytest.CaptureFixture[str],
) -> None:
    alone = [word for word in DESCRIBED if word not in ("--replaces", "doc:first")]
    alone = [word for word in alone if word not in ("--translation-of", "doc:boats-ar")]
    assert run(alone) == 0
    Path("described.ttl").write_text(capfd.readouterr().out, encoding="utf-8")
    Path("rows").mkdir()
    assert run([*alone, "--format", "csv", "--output", "rows/documents.csv"]) == 0
    assert run(["map", "sheet", "rows", "-o", "rows.nq"]) == 0
    assert set(rdf.read([Path("rows.nq")])) == set(rdf.read([Path("described.ttl")]))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--published", "March"], "'March' is not a date in EDTF"),
        (["--language", "very English"], "is not a language tag"),
        (["--address", "example.org"], "'example.org' is not a web address"),
        (["--address", "https://example.org/a b"], "is not a web address"),
        (["--kind", "news-reprot"], "Did you mean news-report?"),
        (["--publisher", "gazette"], "'gazette' is not an IRI"),
        (["--capture", "absent.html"], "the file cannot be read"),
        (["--format", "csv"], "the document has no label"),
        (["--format", "csv", "--label", "A", "--replaced-by", "doc:b"], "a later version"),
    ],
)
def test_invalid_descriptions_are_refused(
    words: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["passages", "document", "texts/boats.txt", "doc:boats", *words]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert said in " ".join(err.split())


@pytest.mark.parametrize("output", ["sheet/passages.csv", "texts/report.txt"])
def test_the_output_replaces_neither_tables_nor_texts(
    output: str, capfd: pytest.CaptureFixture[str]
) -> None:
    examples = Path(__file__).parents[2] / "examples"
    shutil.copytree(examples / "port-alder-sheet", "sheet")
    shutil.copy(examples / "port-alder/report.txt", "texts/report.txt")
    before = Path(output).read_bytes()
    words = ["passages", "check", "--sources", "texts", "--sheet", "sheet", "--output", output]
    assert run(words) == 2
    assert "would overwrite an input" in capfd.readouterr().err
    assert Path(output).read_bytes() == before


def test_changes_are_listed_in_every_format(capfd: pytest.CaptureFixture[str]) -> None:
    examples = Path(__file__).parents[2] / "examples"
    report = (examples / "port-alder/report.txt").read_text(encoding="utf-8")
    Path("texts/report.txt").write_text("Corrected.\n" + report, encoding="utf-8")
    words = ["passages", "check", "--sources", "texts", "--sheet", "sheet", "--update", "--format"]
    shutil.copytree(examples / "port-alder-sheet", "sheet")
    assert run([*words, "json"]) == 0
    update = json.loads(capfd.readouterr().out)["update"]
    assert {Path(path).name for path in update["files"]} == {
        "claims.csv",
        "documents.csv",
        "passages.csv",
    }
    assert [each["new"].rpartition("#")[2] for each in update["passages"]][-1] == "char=197,244"
    assert update["unchanged"] == []
    shutil.copytree(examples / "port-alder-sheet", "sheet", dirs_exist_ok=True)
    assert run([*words, "csv"]) == 0
    out, err = capfd.readouterr()
    assert "is now" not in out
    assert "doc:port-alder-report#char=186,233  is now  #char=197,244" in err
