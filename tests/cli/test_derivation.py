"""The commands ``testimonia derive``, ``accept`` and ``explain``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import testimonia
from testimonia.cli import run

DATA = str(Path(__file__).parents[1] / "scenarios" / "at-least-40" / "data.ttl")


def printed(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(words) == 0
    return capfd.readouterr().out


def test_derive_counts_facts_by_rule(capfd: pytest.CaptureFixture[str]) -> None:
    counts = testimonia.open(DATA).derive()
    lines = printed(capfd, "derive", "--data", DATA).splitlines()
    rows = {name: int(count) for name, count in (line.rsplit(maxsplit=1) for line in lines)}
    assert rows == {**counts.counts, "total": counts.total}
    assert rows["360-conflicts-with"] == 4  # 38 beside 44 and at least 40, both ways
    content = json.loads(printed(capfd, "derive", "--data", DATA, "--format", "json"))
    assert content == {"inputs": counts.inputs, "facts": counts.counts}


def test_derive_writes_the_facts(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    facts = testimonia.open(DATA).facts()
    lines = printed(capfd, "derive", "--data", DATA, "--format", "n-triples").splitlines()
    assert sorted(lines) == sorted(facts.to_ntriples().splitlines())
    file = tmp_path / "facts.ttl"
    assert (
        printed(capfd, "derive", "--data", DATA, "--format", "turtle", "--output", str(file)) == ""
    )
    assert file.read_text(encoding="utf-8") == facts.to_turtle()


def test_derive_keeps_facts_in_a_store(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    place = str(tmp_path / "store")
    printed(capfd, "derive", "--data", DATA, "--store", place)
    ask = "ASK { claim:defence tmn:conflictsWith claim:health }"
    answer = printed(capfd, "query", "-e", ask, "--store", place, "--format", "json")
    assert json.loads(answer)["boolean"] is True


def test_accept_shows_what_a_policy_accepts(capfd: pytest.CaptureFixture[str]) -> None:
    words = ("accept", "--policy", "most-conservative", "--data", DATA, "--format", "csv")
    rows = [line.split(",") for line in printed(capfd, *words).splitlines()]
    assert rows[0] == [
        "policy",
        "event",
        "harm",
        "victims",
        "accepts",
        "lower",
        "upper",
        "openBelow",
        "openAbove",
        "grade",
        "superseded",
        "reason",
        "claim",
    ]
    shown = [
        (row[4], row[5], row[6], row[11].rpartition("/")[2], row[12].rpartition("/")[2])
        for row in rows[1:]
    ]
    assert shown == [
        ("true", "38", "38", "", "defence"),
        ("true", "38", "38", "higher-figure", "health"),
        ("true", "38", "38", "higher-figure", "monitor"),
    ]


def test_accept_lists_policies(capfd: pytest.CaptureFixture[str]) -> None:
    message = printed(capfd, "accept", "--list")
    for policy in testimonia.open().policies():
        assert f"{policy.name}  {policy.version}\n    {policy.summary}. " in message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["accept"], "no policy is given"),
        (["accept", "--policy", "nobody"], "there is no policy 'nobody'"),
        (["explain", "claim:nobody"], "nothing in the data has the IRI claim:nobody"),
        (["explain", "claim:defence", "--sources", "nowhere"], "there is no such directory"),
    ],
)
def test_bad_input_ends_with_2(
    capfd: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert run([*words, "--data", DATA]) == 2
    assert message in capfd.readouterr().err


def test_explain_writes_text_and_json(capfd: pytest.CaptureFixture[str]) -> None:
    explanation = testimonia.open(DATA).explain("claim:defence")
    words = ("explain", "claim:defence", "--data", DATA)
    assert printed(capfd, *words).split() == explanation.to_text().split()
    assert json.loads(printed(capfd, *words, "--format", "json")) == explanation.to_dict()


@pytest.mark.slow
def test_a_store_keeps_assessments_as_well(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("derive", "--data", DATA, "--store", str(tmp_path / "store"), "--format", "json")
    content = json.loads(printed(capfd, *words))
    made = testimonia.open(DATA).derive(policies=True)
    assert content["assessments"] == made.assessments
    assert len(made.assessments) == 7
    assert "assessments" not in json.loads(printed(capfd, *words, "--no-policies"))
    lines = printed(capfd, "derive", "--data", DATA, "--policies").splitlines()
    assert "Assessments by policies" in lines
