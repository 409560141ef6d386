"""The command ``testimonia validate``."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import testimonia
from testimonia.cli import run
from testimonia.rdf import positions
from testimonia.rdf.lines import subject_lines

SOURCE = str(Path(testimonia.__file__).parents[1])

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <https://example.org/> .
"""
SHAPES = """ex:Claims a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:property [
    sh:path tmn:claimant ; sh:minCount 1 ; sh:message "A claim names its claimant." ;
    sh:description "Add tmn:claimant." ] .
ex:Events a sh:NodeShape ; sh:targetClass tmn:Event ; sh:nodeKind sh:IRI .
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shapes.ttl").write_text(PREFIXES + SHAPES, encoding="utf-8")
    Path("bad.ttl").write_text(
        PREFIXES + 'ex:c a tmn:Claim ; rdfs:label "One"@en .\n', encoding="utf-8"
    )
    Path("good.ttl").write_text(
        PREFIXES + "ex:c a tmn:Claim ; tmn:claimant ex:a .\n", encoding="utf-8"
    )


def test_a_violation_is_reported_in_full_and_exits_with_1(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert run(["validate", "bad.ttl", "--shapes", "shapes.ttl"]) == 1
    assert capfd.readouterr().out == (
        "Violation  bad.ttl:5\n"
        "  One (https://example.org/c)\n"
        "  A claim names its claimant.\n"
        "  at     tmn:claimant\n"
        "  shape  https://example.org/Claims\n"
        "  fix    Add tmn:claimant.\n"
        "\n"
        "1 violation, 0 warnings, 0 remarks. Statements checked: 2; claims: 1.\n"
        "Shapes that found nothing to check: https://example.org/Events.\n"
    )


def test_valid_data_exit_with_0(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "good.ttl", "--shapes", "shapes.ttl"]) == 0
    assert capfd.readouterr().out.splitlines()[0] == (
        "0 violations, 0 warnings, 0 remarks. Statements checked: 2; claims: 1."
    )


def test_warnings_alone_exit_with_0(capfd: pytest.CaptureFixture[str]) -> None:
    shapes = SHAPES.replace("sh:minCount 1 ;", "sh:minCount 1 ; sh:severity sh:Warning ;")
    Path("shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    assert run(["validate", "bad.ttl", "--shapes", "shapes.ttl"]) == 0
    assert capfd.readouterr().out.startswith("Warning  bad.ttl:5\n")


@pytest.mark.parametrize("format_", ["json", "turtle", "sarif"])
def test_other_forms_go_to_a_file(format_: str, capfd: pytest.CaptureFixture[str]) -> None:
    words = [
        "validate",
        "bad.ttl",
        "--shapes",
        "shapes.ttl",
        "--format",
        format_,
        "--output",
        "report",
    ]
    assert run(words) == 1
    assert capfd.readouterr().out == ""
    report = Path("report").read_text(encoding="utf-8")
    assert "A claim names its claimant." in report
    if format_ == "json":
        assert json.loads(report)["findings"][0]["line"] == 5
    assert sorted(path.name for path in Path().iterdir()) == [
        "bad.ttl",
        "good.ttl",
        "report",
        "shapes.ttl",
    ]


def test_control_characters_in_data_do_not_reach_the_terminal(
    capfd: pytest.CaptureFixture[str],
) -> None:
    Path("bad.ttl").write_text(
        PREFIXES + 'ex:c a tmn:Claim ; rdfs:label "One\\u001B[2J\\u202E[red]x"@en .\n',
        encoding="utf-8",
    )
    assert run(["validate", "bad.ttl", "--shapes", "shapes.ttl"]) == 1
    out = capfd.readouterr().out
    assert "  One\\x1b[2J\\u202e[red]x (https://example.org/c)\n" in out


def test_a_blank_node_is_reported_as_such(capfd: pytest.CaptureFixture[str]) -> None:
    Path("bad.ttl").write_text(PREFIXES + "[] a tmn:Claim .\n", encoding="utf-8")
    assert run(["validate", "bad.ttl", "--shapes", "shapes.ttl"]) == 1
    assert capfd.readouterr().out.startswith("Violation\n  a node without an IRI\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["absent.ttl"], "absent.ttl: there is no such file or directory"),
        (["good.ttl", "--shapes", "broken.ttl"], "broken.ttl:5:"),
        (["good.ttl", "--shapes", "bad.ttl"], "bad.ttl: there is no shape to validate against"),
        (["good.ttl", "--shapes", "misspelt.ttl"], "misspelt.ttl:5: nothing declares tmn:Clam"),
        (["good.ttl", "--format", "pdf"], "pdf"),
    ],
)
def test_bad_input_ends_with_2(
    words: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("broken.ttl").write_text(PREFIXES + "ex:c a ;;\n", encoding="utf-8")
    Path("misspelt.ttl").write_text(
        PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass tmn:Clam .\n", encoding="utf-8"
    )
    assert run(["validate", *words]) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_the_shipped_data_pass(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["validate"]) == 0
    assert "0 violations, " in capfd.readouterr().out


def test_shipped_agents_can_be_added(capfd: pytest.CaptureFixture[str]) -> None:
    code = run(["validate", "good.ttl", "--shipped", "--shapes", "shapes.ttl", "--format", "json"])
    assert code == 0
    assert json.loads(capfd.readouterr().out)["deadShapes"] == []


FEBRUARY = """ex:b a tmn:TimeBounds ;
    tmn:notAfter "2031-02-30T12:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTimeStamp> .
"""
STAMPS = """ex:Bounds a sh:NodeShape ; sh:targetClass tmn:TimeBounds ; sh:property [
    sh:path tmn:notAfter ; sh:message "A moment that exists." ;
    sh:severity sh:Warning ; sh:datatype <http://www.w3.org/2001/XMLSchema#dateTimeStamp> ] .
"""


def test_both_engines_exit_like_one_if_they_agree(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "good.ttl", "--shapes", "shapes.ttl", "--engine", "both"]) == 0
    assert "differ" not in capfd.readouterr().out


@pytest.mark.parametrize("format_", ["table", "json", "turtle"])
def test_a_difference_between_engines_is_named_and_ends_with_1(
    format_: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("bounds.ttl").write_text(PREFIXES + FEBRUARY, encoding="utf-8")
    Path("stamps.ttl").write_text(PREFIXES + STAMPS, encoding="utf-8")
    words = ["validate", "bounds.ttl", "--shapes", "stamps.ttl", "--format", format_]
    assert run(words) == 0
    assert run([*words, "--engine", "pyshacl"]) == 0
    capfd.readouterr()
    assert run([*words, "--engine", "both"]) == 1
    captured = capfd.readouterr()
    output = captured.out if format_ == "table" else captured.err
    assert (
        "Only the columnar engine finds this. Known difference: ill-typed-beyond-sparql "
        "(docs/reference/validation-conformance.md).\nWarning\n  https://example.org/b\n"
    ) in output
    if format_ == "table":
        assert "\nThe engines differ once.\n" in output
    if format_ == "json":
        [difference] = json.loads(captured.out)["differences"]
        assert difference["engine"] == "columnar"
        assert difference["ruling"] == "ill-typed-beyond-sparql"
        assert difference["finding"]["focus"] == "https://example.org/b"


def test_a_path_that_takes_too_long_is_named_and_ends_with_2(
    capfd: pytest.CaptureFixture[str],
) -> None:
    Path("far.ttl").write_text(
        PREFIXES
        + "ex:Far a sh:NodeShape ; sh:targetSubjectsOf ex:next ; sh:property [ sh:minCount 1 ;\n"
        + "    sh:path [ sh:oneOrMorePath ex:next ] ] .\n",
        encoding="utf-8",
    )
    chain = "".join(f"ex:n{n} ex:next ex:n{n + 1} .\n" for n in range(9))
    Path("chain.ttl").write_text(PREFIXES + chain, encoding="utf-8")
    words = ["validate", "chain.ttl", "--shapes", "far.ttl"]
    assert run(words) == 0
    capfd.readouterr()
    assert run([*words, "--time-limit", "0"]) == 2
    assert (
        "https://example.org/Far (far.ttl:5): following its path took longer than 0 seconds.\n"
        in capfd.readouterr().out
    )


def test_a_limit_shows_some_and_counts_all(capfd: pytest.CaptureFixture[str]) -> None:
    claims = "".join(f"ex:c{n} a tmn:Claim .\n" for n in range(1200))
    Path("bad.ttl").write_text(PREFIXES + claims, encoding="utf-8")
    assert run(["validate", "bad.ttl", "--shapes", "shapes.ttl", "--limit", "2"]) == 1
    out = capfd.readouterr().out
    assert out.count("Violation  bad.ttl:") == 2
    assert "1,200 violations, 0 warnings, 0 remarks." in out
    assert "Shown 2 of 1,200: https://example.org/Claims.\n" in out
    words = ["validate", "bad.ttl", "--shapes", "shapes.ttl", "--limit", "2", "--format", "json"]
    assert run(words) == 1
    report = json.loads(capfd.readouterr().out)
    assert report["counts"]["Violation"] == 1200
    assert report["leftOut"] == [
        {"shape": "https://example.org/Claims", "severity": "Violation", "number": 1198}
    ]


def test_explain_prints_the_plan_without_reading_data(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "absent.ttl", "--explain", "--shapes", "shapes.ttl"]) == 0
    assert capfd.readouterr().out == (
        "read the triples of 3 predicates: rdf:type, rdfs:subClassOf, tmn:claimant\n"
        "https://example.org/Claims\n"
        "  focus nodes: instances of tmn:Claim and its subclasses\n"
        "  property shape\n"
        "    value nodes: tmn:claimant\n"
        "    MinCount: count values by focus node; keep fewer than 1\n"
        "https://example.org/Events\n"
        "  focus nodes: instances of tmn:Event and its subclasses\n"
        "  NodeKind: test each different value once: sh:IRI\n"
    )
    assert run(["validate", "--explain"]) == 0
    assert "\ntmsh:Claim\n" in capfd.readouterr().out


def test_progress_is_shown_only_on_a_terminal() -> None:
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": SOURCE}
    words = [sys.executable, "-m", "testimonia", "validate", "good.ttl", "--shapes", "shapes.ttl"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # Linux says EIO when the other side has closed
        while chunk := os.read(ours, 4096):
            shown += chunk
    os.close(ours)
    out, _ = process.communicate()
    assert process.returncode == 0
    assert b"shapes" in shown
    assert b"2 of 2" in shown
    piped = subprocess.run(words, capture_output=True, env=environment, check=True)
    assert piped.stderr == b""
    assert piped.stdout == out


def test_no_text_of_the_data_can_imitate_the_report(capfd: pytest.CaptureFixture[str]) -> None:
    summary = "0 violations, 0 warnings, 0 remarks. Statements checked: 2; claims: 1."
    Path("bad.ttl").write_text(
        PREFIXES + f'ex:c a tmn:Claim ; rdfs:label "One\\n\\n{summary}\\r\\u2028two" .\n'
    )
    Path("shapes.ttl").write_text(
        PREFIXES
        + SHAPES.replace("names its claimant.", f"names\\n{summary}").replace(
            "Add tmn:claimant.", f"Add\\n{summary}"
        )
    )
    assert run(["validate", "bad.ttl", "--shapes", "shapes.ttl"]) == 1
    lines = capfd.readouterr().out.splitlines()
    assert lines[1] == f"  One {summary} two (https://example.org/c)"
    assert lines[2] == f"  A claim names {summary}"
    assert [line for line in lines if line.startswith("0 violations")] == []


def test_a_finding_in_a_file_with_a_byte_order_mark_has_a_place(
    capfd: pytest.CaptureFixture[str],
) -> None:
    content = Path("bad.ttl").read_text(encoding="utf-8")
    Path("bad.ttl").write_text(content, encoding="utf-8-sig")
    assert run(["validate", "bad.ttl", "--shapes", "shapes.ttl"]) == 1
    assert capfd.readouterr().out.startswith("Violation  bad.ttl:5\n")


@pytest.mark.parametrize("format_", ["table", "json", "sarif"])
@pytest.mark.parametrize("folder", [".", "/"])
def test_a_file_name_need_not_be_utf8(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    format_: str,
    folder: str,
) -> None:
    name = tmp_path / os.fsdecode(b"bad\xff\n.ttl")
    try:
        Path("bad.ttl").rename(name)
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    monkeypatch.chdir(folder)
    words = ["validate", str(name), "--shapes", str(tmp_path / "shapes.ttl"), "--format", format_]
    assert run(words) == 1
    printed = capfd.readouterr().out
    assert run([*words, "--output", str(tmp_path / "report")]) == 1
    written = (tmp_path / "report").read_bytes().decode("utf-8")
    assert printed == written
    if format_ == "sarif":
        [result] = json.loads(written)["runs"][0]["results"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.endswith("bad%FF%0A.ttl")
    elif format_ == "json":
        assert json.loads(written)["findings"][0]["file"] == str(name)
    else:
        assert written.splitlines()[0].endswith("bad\\udcff .ttl:5")


LEFT_OUT = (
    SHAPES
    + """
ex:Ruled a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:nodeKind sh:IRI ; sh:rule [ a sh:TripleRule ] .
"""
)
QUERIED = (
    LEFT_OUT
    + """
ex:Asked a sh:NodeShape ; sh:targetClass tmn:Claim ;
    sh:sparql [ sh:message "never" ; sh:select "SELECT $this {" ] .
ex:Lost a sh:NodeShape ; sh:nodeKind sh:Literal .
"""
)


@pytest.mark.parametrize(
    ("shapes", "data", "options", "code"),
    [
        (LEFT_OUT, "good.ttl", [], 0),
        (LEFT_OUT, "good.ttl", ["--strict"], 2),
        (QUERIED, "good.ttl", [], 2),
        (QUERIED, "bad.ttl", [], 1),
        (QUERIED, "bad.ttl", ["--strict"], 2),
        ("ex:Lost a sh:NodeShape ; sh:nodeKind sh:Literal .", "good.ttl", [], 2),
    ],
)
def test_the_exit_code_says_whether_everything_was_checked(
    shapes: str, data: str, options: list[str], code: int
) -> None:
    Path("shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    assert run(["validate", data, "--shapes", "shapes.ttl", *options]) == code


def test_what_was_left_out_is_reported_with_place_and_reason(
    capfd: pytest.CaptureFixture[str],
) -> None:
    Path("shapes.ttl").write_text(PREFIXES + QUERIED, encoding="utf-8")
    assert run(["validate", "good.ttl", "--shapes", "shapes.ttl"]) == 2
    lines = capfd.readouterr().out.splitlines()
    (asked,) = (line for line in lines if "https://example.org/Asked" in line)
    assert asked.startswith("Not checked: https://example.org/Asked (shapes.ttl:12): ")
    assert asked.endswith("(in 'never').")
    assert (
        "Skipped: https://example.org/Ruled (shapes.ttl:10): "
        "the rule (sh:rule) is not run and adds nothing to the data."
    ) in lines
    assert ("Shapes without a target, which check nothing: https://example.org/Lost.") in lines
    assert "Shapes that found nothing to check: https://example.org/Events." in lines


def test_a_file_is_searched_once_for_all_that_was_left_out(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    parts = "".join(
        f"ex:Part{number} a sh:NodeShape ; sh:targetClass ex:Event ; sh:rule [ a sh:TripleRule ] .\n"
        for number in range(50)
    )
    Path("shapes.ttl").write_text(PREFIXES + parts, encoding="utf-8")
    searched: list[object] = []

    def counted(path: Path, *rest: Any) -> dict[str, int]:
        searched.append(path)
        return subject_lines(path, *rest)

    monkeypatch.setattr(positions, "subject_lines", counted)
    run(["validate", "good.ttl", "--shapes", "shapes.ttl"])
    first = PREFIXES.count("\n") + 1
    out = capfd.readouterr().out
    assert f"https://example.org/Part0 (shapes.ttl:{first})" in out
    assert f"https://example.org/Part10 (shapes.ttl:{first + 10})" in out
    assert searched.count(Path("shapes.ttl")) == 1


@pytest.mark.parametrize("format_", ["json", "turtle", "sarif"])
def test_every_form_holds_what_was_left_out(
    format_: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("shapes.ttl").write_text(PREFIXES + QUERIED, encoding="utf-8")
    assert run(["validate", "good.ttl", "--shapes", "shapes.ttl", "--format", format_]) == 2
    captured = capfd.readouterr()
    for name in ("Asked", "Ruled", "Lost", "Events"):
        assert f"https://example.org/{name}" in captured.out
        assert f"https://example.org/{name}" in captured.err
    if format_ == "json":
        written = json.loads(captured.out)
        assert written["complete"] is False
        assert written["shapesWithoutTarget"] == ["https://example.org/Lost"]
        assert [(each["kind"], each["line"]) for each in written["unchecked"]] == [
            ("passed over", 10),
            ("ill-formed", 12),
        ]
    if format_ == "sarif":
        (invocation,) = json.loads(captured.out)["runs"][0]["invocations"]
        assert invocation["executionSuccessful"] is False
        assert {each["level"] for each in invocation["toolConfigurationNotifications"]} == {
            "warning",
            "note",
        }


def test_a_term_that_a_reused_vocabulary_lacks_is_a_caution(
    capfd: pytest.CaptureFixture[str],
) -> None:
    shapes = SHAPES.replace("sh:nodeKind sh:IRI", "sh:class rdfs:Resourze")
    Path("shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    assert run(["validate", "good.ttl", "--shapes", "shapes.ttl"]) == 0
    out = capfd.readouterr().out
    assert "Caution: shapes.ttl:8: nothing declares rdfs:Resourze" in out
    assert "did you mean rdfs:Resource?" in out
    assert run(["validate", "good.ttl", "--shapes", "shapes.ttl", "--strict"]) == 2


def test_a_caution_of_the_engine_reaches_every_form() -> None:
    """A shape's query may look at how a number is written, which the store of queries forgets."""
    report = testimonia.validation.Report(
        (), coverage=testimonia.validation.Coverage(cautions=("beware of numbers",))
    )
    from testimonia.validation import report_formats

    assert json.loads(report_formats.to_json(report))["cautions"] == ["beware of numbers"]
    assert "Caution: beware of numbers" in report_formats.to_turtle(report)
    assert "Caution: beware of numbers" in report_formats.to_sarif(report, "1")


def test_other_shapes_are_not_asked_for_claims(capfd: pytest.CaptureFixture[str]) -> None:
    Path("other.ttl").write_text(PREFIXES + "ex:e a tmn:Event .\n", encoding="utf-8")
    assert run(["validate", "other.ttl", "--shapes", "shapes.ttl"]) == 0
    assert "There are no claims" not in capfd.readouterr().out
    run(["validate", "other.ttl"])
    assert "There are no claims" in capfd.readouterr().out


def test_a_reason_that_asks_ends_with_its_question_mark(capfd: pytest.CaptureFixture[str]) -> None:
    shapes = PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:minCuont 1 .\n"
    Path("shapes.ttl").write_text(shapes, encoding="utf-8")
    run(["validate", "good.ttl", "--shapes", "shapes.ttl"])
    assert "did you mean sh:minCount?\n" in capfd.readouterr().out
