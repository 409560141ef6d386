"""Outputs are written atomically, never overwrite inputs, and leave no temporary files."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sheets import FINE, write_csv
from small_disk import MayNotMount, SmallDisk

import testimonia
from testimonia.cli import run
from testimonia.errors import InputError
from testimonia.loading import load
from testimonia.outputs import new_directory, refuse_overwriting, replacing

CLAIM = "<urn:x:s> <urn:x:p> <urn:x:o> .\n"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(testimonia.__file__).parents[2])}

WRITING = {
    "query": ["query", "-e", "ASK {}", "--format", "json", "--data", "in.ttl", "--output"],
    "ask": ["ask", "confirmed-figures", "--format", "csv", "--data", "in.ttl", "--output"],
    "describe": ["describe", "urn:x:s", "--data", "in.ttl", "--output"],
    "explain": ["explain", "urn:x:s", "--data", "in.ttl", "--output"],
    "accept": ["accept", "--policy", "evidence-grade", "--data", "in.ttl", "--output"],
    "derive": ["derive", "--format", "turtle", "--data", "in.ttl", "--output"],
    "validate": ["validate", "in.ttl", "--output"],
    "validate a folder": ["validate", ".", "--output"],
    "validate shapes": ["validate", "--shapes", "in.ttl", "--output"],
    "explain shapes": ["validate", "--explain", "--shapes", "in.ttl", "--output"],
    "reason": ["reason", "--data", "in.ttl", "--output"],
    "check": ["passages", "check", "--sources", ".", "--output"],
    "coverage": ["passages", "coverage", "--sources", ".", "--output"],
    "locate": ["passages", "locate", "in.ttl", "doc:x", "urn", "--output"],
    "tables": ["tables", "--format", "xlsx", "--data", "in.ttl", "--output"],
    "publish": ["publish", "--data", "in.ttl", "--base", "https://example.org/", "--title", "x",
                "--licence", "https://example.org/l", "--output"],
    "load": ["load", "in.ttl", "--graph", "x:g", "--to", "store", "--output"],
    "load shown": ["load", "in.ttl", "--to", "http://127.0.0.1:1/", "--store", "rdf4j", "--show",
                   "--graph", "x:g", "--output"],
    "map": ["map", "gaza-daily", "in.ttl", "--output"],
    "rejects": ["map", "gaza-daily", "in.ttl", "--output", "out.nq", "--rejects"],
}  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.ttl").write_text(CLAIM)
    (tmp_path / "link.ttl").symlink_to("in.ttl")
    os.link("in.ttl", "hard")
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("words", WRITING.values(), ids=WRITING)
@pytest.mark.parametrize("name", ["in.ttl", "link.ttl", "hard", "./../{folder}/in.ttl"])
def test_no_command_overwrites_its_input(
    words: list[str], name: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, name.format(folder=here.name)]) == 2
    complaint = capsys.readouterr().err
    assert (
        "not overwritten" in complaint or "exists already" in complaint or "no folder" in complaint
    )
    assert (here / "in.ttl").read_text() == CLAIM
    assert (here / "link.ttl").is_symlink()
    assert names(here) == ["hard", "in.ttl", "link.ttl"]


def test_a_query_file_is_not_overwritten(here: Path) -> None:
    (here / "q.rq").write_text("ASK {}")
    assert run(["query", "q.rq", "--output", "q.rq"]) == 2
    assert (here / "q.rq").read_text() == "ASK {}"


def test_inputs_within_replaced_folders_are_not_overwritten(
    here: Path,
) -> None:
    (here / "release").mkdir()
    shutil.move("in.ttl", "release/in.ttl")
    with pytest.raises(InputError, match="would overwrite an input"):
        refuse_overwriting([Path("release")], [Path("release/in.ttl")])
    with pytest.raises(InputError, match="would overwrite an input"):
        refuse_overwriting([Path("release/in.ttl")], [Path("release")])
    refuse_overwriting([Path("release/new.ttl"), Path("other")], [Path("release/in.ttl")])


def test_nothing_is_written_into_the_directory_of_a_store(here: Path) -> None:
    load(here / "in.ttl", here / "store", graph="x:g")
    before = names(here / "store")
    ask = ["query", "-e", "ASK {}", "--output"]
    assert run([*ask, "store/answer"]) == 2
    assert run([*ask, "store/CURRENT"]) == 2
    assert names(here / "store") == before


PLACES = ["no/such/x", "dangling", "no/such/", "x" * 256, "x" * 5000, "folder", "in.ttl/x"]


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[:10])
@pytest.mark.parametrize("command", ["derive", "tables", "xlsx", "sheet", "publish", "map"])
def test_an_output_that_cannot_be_written_is_bad_input(
    command: str, place: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "dangling").symlink_to("/nonexistent/x")
    (here / "folder").mkdir()
    (here / "folder" / "letter").write_text("Dear all")
    write_csv(here / "sheet", FINE)
    before = names(here)
    words = {
        "derive": ["derive", "--format", "turtle", "--data", "in.ttl", "--output", place],
        "tables": ["tables", "--data", "in.ttl", "--output", place],
        "xlsx": ["tables", "--data", "in.ttl", "--format", "xlsx", "--output", place],
        "sheet": ["sheet", "new", place],
        "publish": ["publish", "--no-derived", "--output", place],
        "map": ["map", "sheet", "sheet", "--output", place],
    }
    assert run(words[command]) == 2
    complaint = capsys.readouterr().err
    assert "internal error" not in complaint
    assert names(here) == before
    assert names(here / "folder") == ["letter"]


def test_a_name_may_be_as_long_as_the_file_system_takes(here: Path) -> None:
    name = "é" * 127
    assert run(["derive", "--data", "in.ttl", "--output", name]) == 0
    assert name in names(here)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["tables", "-o", "tables"],
        ["tables", "--format", "parquet", "-o", "tables"],
        ["tables", "--format", "xlsx", "-o", "book.xlsx"],
        ["sheet", "new", "sheet"],
        ["sheet", "new", "sheet", "--xlsx"],
        ["derive", "--format", "turtle", "-o", "facts.ttl"],
        ["publish", "--no-derived", "-o", "release"],
        ["load", "../in.ttl", "--graph", "x:g", "--to", "store"],
    ],
    ids=lambda words: "-".join(words[:3]),
)  # fmt: skip
def test_a_full_disk_is_bad_input_and_nothing_is_half_written(words: list[str], here: Path) -> None:
    words = ["--output" if word == "-o" else word for word in words]
    try:
        with SmallDisk(here / "disk", 1) as disk:
            disk.fill(leave=8192)
            done = subprocess.run(
                [sys.executable, "-m", "testimonia", *words],
                cwd=disk.folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=120,
            )  # fmt: skip
            assert names(disk.folder) == ["filler"]
    except MayNotMount as error:
        pytest.skip(str(error))
    assert done.returncode == 2, done.stderr
    assert "No space left on device" in done.stderr
    assert "testimonia-part" not in done.stderr.partition("(")[0]
    assert "Traceback" not in done.stderr


def test_rejects_never_overwrite_an_existing_file_on_failure(here: Path) -> None:
    write_csv(here / "sheet", FINE)
    (here / "notes.txt").write_text("precious")
    assert run(["map", "sheet", "sheet", "--output", "out.nq", "--rejects", "notes.txt"]) == 0
    assert (here / "notes.txt").read_text() == "precious"


def test_the_rest_of_a_workbook_never_overwrites_an_existing_file_on_failure(here: Path) -> None:
    (here / "book.xlsx.rest.nq").write_text("precious")
    assert run(["tables", "--format", "xlsx", "--output", "book.xlsx"]) == 2
    assert (here / "book.xlsx.rest.nq").read_text() == "precious"
    assert not (here / "book.xlsx").exists()


LEFT = ".out.0123456789abcdef.testimonia-part"


@pytest.mark.parametrize("folder", [True, False])
def test_stale_temporary_files_are_removed_and_logged(
    folder: bool, here: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (here / LEFT).mkdir() if folder else (here / LEFT).write_text("half")
    if folder:
        (here / LEFT / "half").write_text("half")
    assert run(["derive", "--data", "in.ttl", "--output", "other"]) == 0
    assert names(here) == ["hard", "in.ttl", "link.ttl", "other"]
    assert f"interrupted run left: {here / LEFT}" in caplog.text


def test_temporary_files_in_use_or_of_others_stay(here: Path) -> None:
    others = [".out.0123456789abcdef", ".out.0123456789abcdeg.testimonia-part", "testimonia-part"]
    for name in [LEFT, *others]:
        (here / name).write_text("at work")
    with (here / LEFT).open() as used:
        fcntl.flock(used, fcntl.LOCK_EX)
        assert run(["derive", "--data", "in.ttl", "--output", "other"]) == 0
    assert {LEFT, *others} < set(names(here))


def test_concurrent_writers_do_not_interfere(here: Path) -> None:
    with replacing(here / "a") as one, new_directory(here / "b") as two:
        with replacing(here / "a") as three:
            three.write_text("3")
        one.write_text("1")
        (two / "c").write_text("2")
    assert (here / "a").read_text() == "1"
    assert (here / "b" / "c").read_text() == "2"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_a_terminated_run_leaves_the_old_file(number: int, code: int, here: Path) -> None:
    (here / "out").write_text("old")
    script = (
        "import sys, time\n"
        "from testimonia import cli, outputs\n"
        "def wait(*_, **__):\n"
        "    with outputs.replacing(cli.app.path) as target:\n"
        "        target.write_text('half')\n"
        "        print('now', flush=True)\n"
        "        time.sleep(60)\n"
        "import pathlib\n"
        "cli.app = wait\n"
        "cli.app.path = pathlib.Path('out')\n"
        "cli.main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], env=ENVIRONMENT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (code, "")
    assert (here / "out").read_text() == "old"
    left = [name for name in names(here) if name.endswith("-part")]
    assert len(left) == (1 if number == signal.SIGKILL else 0)
    assert run(["derive", "--data", "in.ttl", "--output", "other"]) == 0
    assert not [name for name in names(here) if name.endswith("-part")]
