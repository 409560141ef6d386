"""The commands show labels in the preferred language."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import palmyra
import pytest

import testimonia
from testimonia.cli import run

SOURCE = str(Path(testimonia.__file__).parents[1])


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["ask", "confirmed-figures", "--language", "ar"], "يصرّح بذلك"),
        (["ask", "confirmed-figures", "--language", "de,uk"], "стверджує"),
        (["ask", "confirmed-figures", "--language", "de", "--language", "uk"], "стверджує"),
        (["ask", "confirmed-figures", "--language", "de"], "asserts"),
        (
            ["query", "-e", "SELECT * { VALUES ?h { tmc:injured } }", "--language", "fr-CA"],
            "blessé",
        ),
        (["describe", "tmc:killed", "--language", "es"], "Daño"),
        (["accept", "--policy", "evidence-grade", "--language", "ru"], "подтверждено"),
        (["explain", "prop:one-interpreter-killed", "--language", "fr"], " · soutenue par · "),
    ],
)
def test_labels(words: list[str], shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert shown in captured.out


def test_the_question_and_its_columns_stay_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "confirmed-figures", "--language", "ar"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Which agencies confirmed which casualty figures?")
    assert "bound type" in out


def test_labels_in_csv(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "ask",
        "confirmed-figures",
        "--format",
        "csv",
        "--labels",
        "--language",
        "uk",
        "--data",
        *palmyra.FILES,
    ]
    assert run([str(word) for word in words]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert {row["harm_label"] for row in rows} == {"загиблий", "поранений"}
    assert {row["body_label"] for row in rows} >= {"US Central Command"}  # named in English alone


@pytest.mark.parametrize(
    "command",
    [
        ["ask", "confirmed-figures"],
        ["query", "-e", "ASK {}"],
        ["describe", "tmc:killed"],
        ["accept", "--policy", "evidence-grade"],
        ["explain", "prop:one-interpreter-killed"],
    ],
)
@pytest.mark.parametrize("ill", ["ua", "french", ""])
def test_invalid_language_tags(
    command: list[str], ill: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--language", ill]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        f"error: {ill!r} is not a language tag",
        "Give BCP 47 tags, the most preferred first, such as ar, es, fr-CA, ru or uk; "
        "separate several with commas: fr,ar.",
    ]


def test_a_subprocess_writes_any_script() -> None:
    words = [sys.executable, "-m", "testimonia", "describe", "tmc:missing", "--language", "ar"]
    environment = {**os.environ, "PYTHONPATH": SOURCE, "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = subprocess.run(words, env=environment, capture_output=True, check=True)
    assert "مفقود" in done.stdout.decode("utf-8")
    assert done.stderr == b""
