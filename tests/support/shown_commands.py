"""Commands that a page shows: read with what it says they print, and run as they are."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from testimonia.cli import run

__all__ = [
    "OWN",
    "ROOT",
    "Shown",
    "can_run",
    "commands_shown",
    "copied_examples",
    "not_printed",
    "run_shown",
]

ROOT: Final = Path(__file__).parents[2]
OWN: Final = ".venv/bin/testimonia"
# Those that set up a checkout, or run until they are stopped; other tests are about them.
_NOT_RUN: Final = ("make", f"{OWN} serve", f"{OWN} write")
_OF_THE_SYSTEM: Final = ("cp", "mkdir")
_LEFT_OUT: Final = "…"


@dataclass(frozen=True)
class Shown:
    """A command, without what is said of it, and the lines that follow it on the page."""

    command: str
    output: tuple[str, ...] = ()


def commands_shown(page: str) -> list[Shown]:
    """List the commands of a page in Markdown, in order."""
    found: list[Shown] = []
    for block in re.findall(r"^```console\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *output = part.splitlines()
            found.append(Shown(re.sub(r"\s+#.*", "", command), tuple(output)))
    return found


def can_run(shown: Shown) -> bool:
    """Check whether a test can run a command here."""
    words = shlex.split(shown.command)
    if words[:2] == [OWN, "reason"]:
        return shutil.which("java") is not None  # the pages name it as needed
    return not f"{shown.command} ".startswith(tuple(f"{each} " for each in _NOT_RUN))


def run_shown(shown: Shown) -> int:
    """Run a command in the current folder, and give its exit code."""
    first, *words = shlex.split(shown.command)
    if first in _OF_THE_SYSTEM:
        return subprocess.run([first, *words], check=False).returncode
    assert first == OWN, shown.command
    return run(words)


def not_printed(shown: Shown, out: str) -> list[str]:
    """List the lines shown that are not printed: in order, and one after another up to an ellipsis."""
    printed, at = [line.rstrip() for line in out.splitlines()], 0
    free = False
    for line in shown.output:
        if line.strip() == _LEFT_OUT:
            free = True
            continue
        try:
            found = printed.index(line.rstrip(), at)
        except ValueError:
            return [line]
        if found > at and not free:
            return [line, f"where this is printed: {printed[at]}"]
        at, free = found + 1, False
    return []


def copied_examples(folder: Path) -> None:
    """Copy what pages use of a checkout."""
    shutil.copytree(ROOT / "examples", folder / "examples")
