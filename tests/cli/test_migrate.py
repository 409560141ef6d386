"""The command ``testimonia migrate``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from testimonia.catalogue import resources
from testimonia.cli import run
from testimonia.rdf import files

Outcome = tuple[int, str, str]
TEST = resources.folder("ontology") / "migrations" / "0.4" / "test"
EVENT = """
@prefix tmn: <https://w3id.org/testimonia/ns#> . @prefix tmc: <https://w3id.org/testimonia/code/> .
@prefix event: <https://w3id.org/testimonia/id/event/> .
# A comment.
event:coalition-campaign a tmn:Event ; tmn:eventType tmc:military-deployment .
"""


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    monkeypatch.setenv("COLUMNS", "100")

    def call(*words: object) -> Outcome:
        code = run([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.ttl"
    path.write_text(EVENT)
    return path


def test_check_says_what_would_change_and_writes_nothing(
    cli: Callable[..., Outcome], old: Path
) -> None:
    code, out, err = cli("migrate", old, "--check")
    assert (code, err) == (1, "")
    assert out == (
        "0.4/030-event-types: statements removed: 1, added: 1. Events of the shipped data that were "
        "filed under another type are filed under their own.\n\n"
        "Would change:\n  an event is filed under its own type (1)\n    event:coalition-campaign\n"
    )
    assert [path.name for path in old.parent.iterdir()] == ["old.ttl"]
    assert old.read_text() == EVENT


def test_output_has_the_migrated_data(cli: Callable[..., Outcome], old: Path) -> None:
    new = old.with_name("new.ttl")
    code, out, err = cli("migrate", old, "-o", new)
    assert (code, err) == (0, "")
    assert "\nChanged:\n" in out
    assert {quad.object.value.rpartition("/")[2] for quad in files.read([new])} == {
        "ns#Event",
        "armed-conflict",
    }
    assert "A comment" not in new.read_text()
    code, out, err = cli("migrate", new, "--check")
    assert (code, out, err) == (
        0,
        "Nothing to change.\n",
        "",
    )


def test_decisions_by_hand_do_not_fail_a_check(cli: Callable[..., Outcome]) -> None:
    code, out, _ = cli("migrate", TEST / "after.trig", "--check")
    assert code == 0
    assert "To decide by hand:\n" in out
    assert "    claim:tuesday\n" in out


def test_output_is_never_input(cli: Callable[..., Outcome], old: Path) -> None:
    link = old.with_name("link.ttl")
    link.symlink_to(old)
    for output in (old, link):
        code, out, err = cli("migrate", old, "-o", output)
        assert (code, out) == (2, "")
        assert "this file is an input, and is not overwritten" in err
    assert old.read_text() == EVENT


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "neither --output nor --check is given"),
        (("--check", "-o", "new.nq"), "--output and --check are both given"),
        (("-o", "new.xlsx"), "data cannot be written to a file with the suffix '.xlsx'"),
        (("-o", "new.nq", "--shapes"), "Unknown option"),
    ],
)
def test_wrong_use(
    cli: Callable[..., Outcome], old: Path, words: tuple[str, ...], said: str
) -> None:
    code, out, err = cli("migrate", old, *words)
    assert (code, out) == (2, "")
    assert said in err
    assert not Path("new.nq").exists()


def test_without_data(cli: Callable[..., Outcome]) -> None:
    code, _, err = cli("migrate", "--check")
    assert code == 2
    assert "no data are given" in err


def test_a_broken_file_leaves_the_output_as_it_was(cli: Callable[..., Outcome], old: Path) -> None:
    old.write_text(EVENT + "event:x a .\n")
    new = old.with_name("new.nq")
    new.write_text("# mine\n")
    code, out, err = cli("migrate", old, "-o", new)
    assert (code, out) == (2, "")
    assert "old.ttl:6:" in err
    assert new.read_text() == "# mine\n"
