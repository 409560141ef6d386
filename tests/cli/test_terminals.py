"""Terminals, pipes and signals: text cannot control a terminal, and closed pipes and signals end cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import testimonia

pytestmark = pytest.mark.slow

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(Path(testimonia.__file__).parents[1]),
    "TERM": "xterm",
}
HOSTILE = "u\x1b]0;PWNED\x07\x1b[31m\u202e\r\nrows"


def on_terminal(*words: str) -> bytes:
    """Run Python with standard error on a terminal, and give what the terminal gets."""
    leader, terminal = os.openpty()
    with subprocess.Popen(
        [sys.executable, *words], env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=terminal
    ) as process:
        os.close(terminal)
        got = b""
        while True:
            try:
                piece = os.read(leader, 1 << 16)
            except OSError:  # Linux says so where others give nothing
                break
            if not piece:
                break
            got += piece
        process.wait(timeout=60)
    os.close(leader)
    return got


def test_progress_texts_do_not_control_the_terminal() -> None:
    script = (
        "import time\n"
        "from testimonia.cli.progress_bar import progress_bar\n"
        "with progress_bar() as update:\n"
        f"    update({HOSTILE!r}, 1, 2)\n"
        "    time.sleep(0.5)\n"
    )
    shown = on_terminal("-c", script)
    assert b"PWNED" in shown
    assert b"\x1b]" not in shown
    assert b"\x07" not in shown
    assert "\u202e".encode() not in shown


@pytest.mark.parametrize(
    "words",
    [
        ("questions", "--format", "json"),
        ("query", "-e", "SELECT * { ?s ?p ?o }", "--format", "csv"),
        ("questions",),
        ("ask", "confirmed-figures"),
        ("derive", "--format", "n-triples"),
        ("validate",),
        ("accept", "--list"),
    ],
    ids=" ".join,
)
def test_a_closed_pipe_ends_a_command_quietly(words: tuple[str, ...], tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "testimonia", *words],
        cwd=tmp_path, env=ENVIRONMENT, stdout=writer, stderr=subprocess.PIPE, timeout=120,
    )  # fmt: skip
    os.close(writer)
    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stderr
    assert done.returncode == 141
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [("passages", "check", "--sources", "."), ("--help",)], ids=" ".join
)
def test_a_closed_pipe_is_not_an_internal_error(words: tuple[str, ...], tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "testimonia", *words],
        cwd=tmp_path, env=ENVIRONMENT, stdout=writer, stderr=subprocess.PIPE, timeout=120,
    )  # fmt: skip
    os.close(writer)
    assert b"Traceback" not in done.stderr
    assert done.returncode in (1, 2, 141)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["load", "validate", "tables", "derive"])
def test_a_signal_ends_a_command_quietly(command: str, number: int, tmp_path: Path) -> None:
    source = tmp_path / "in.nq"
    source.write_text("".join(f"<x:{i}> <x:p> <x:o{i}> <x:g> .\n" for i in range(400_000)))
    words = {
        "load": ["load", str(source), "--to", str(tmp_path / "out")],
        "validate": ["validate", str(source), "--output", str(tmp_path / "out")],
        "tables": ["tables", "--data", str(source), "--output", str(tmp_path / "out")],
        "derive": ["derive", "--data", str(source), "--store", str(tmp_path / "out")],
    }
    script = "import sys; from testimonia.cli import main; print('now', flush=True); main()"
    with subprocess.Popen(
        [sys.executable, "-c", script, *words[command]],
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        time.sleep(1.5)
        process.send_signal(number)
        _, err = process.communicate(timeout=120)
    assert err == ""
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[signal.Signals(number)]
    assert [path.name for path in tmp_path.iterdir()] == ["in.nq"]
