"""Tries the built wheel on every supported Python, with the lowest and the newest dependencies.

``make wheels``, or ``python -m tools.wheels``, builds the wheel, makes an environment for each Python
that the machine has, with the versions of ``constraints/dev.txt``, and for the oldest of them one with those of
``constraints/lowest.txt`` (``--every``: for each), and tests the command line from outside the checkout. Only pip is needed. A Python
is found on the path, or in the folder of pyenv; missing ones are reported.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.wheel_session import STEPS, StepFailed, use

ROOT: Final = Path(__file__).resolve().parents[1]
PYTHONS: Final = ("3.11", "3.12", "3.13")
EXTRAS: Final = "columns,frames,sheets,publish,serve"
LOCKS: Final = {"lowest": "lowest.txt", "newest": "dev.txt"}


@dataclass(frozen=True)
class Trial:
    """A Python with a set of dependencies."""

    python: str
    interpreter: Path
    versions: str

    def __str__(self) -> str:
        return f"Python {self.python}, {self.versions} dependencies"


def main() -> int:
    """Try all available Pythons; return 1 if something failed or nothing could be tried."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", nargs="*", default=PYTHONS, help="such as 3.12")
    parser.add_argument("--versions", nargs="*", choices=LOCKS, default=list(LOCKS))
    parser.add_argument("--every", action="store_true", help="the lowest versions on every Python")
    given = parser.parse_args()
    begun = time.monotonic()
    found = {python: interpreter(python) for python in given.python}
    for python in (python for python, path in found.items() if path is None):
        print(f"Python {python}: not on this machine, not tried")
    there = {python: path for python, path in found.items() if path is not None}
    oldest = next(iter(there), "")
    trials = [
        Trial(python, path, versions)
        for python, path in there.items()
        for versions in given.versions
        if versions == "newest" or given.every or python == oldest
    ]
    with tempfile.TemporaryDirectory(prefix="testimonia-wheels-") as temporary:
        folder = Path(temporary)
        wheel = built(folder)
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda trial: tried(trial, wheel, folder), trials))
    passed = sum(results)
    print(f"{time.monotonic() - begun:.0f} s in all")
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if results and all(results) else 1


def interpreter(python: str) -> Path | None:
    """Find a Python: this one, on the path, or in the folder of pyenv."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    places = [Path(sys.executable)] if "{}.{}".format(*sys.version_info[:2]) == python else []
    places += sorted(home.glob(f"versions/{python}.*/bin/python"))
    on_path = shutil.which(f"python{python}")
    places += [Path(on_path)] if on_path else []
    return next((place for place in places if _is(place, python)), None)


def _is(place: Path, python: str) -> bool:
    asked = "import sys, venv, ensurepip; print('{}.{}'.format(*sys.version_info[:2]))"
    done = subprocess.run([place, "-c", asked], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == python


def built(folder: Path) -> Path:
    """Build the wheel with the installed build backend, without a package index."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    _run([*command, "--wheel-dir", str(folder / "wheel"), str(ROOT)], cwd=ROOT)
    (wheel,) = (folder / "wheel").iterdir()
    return wheel


def tried(trial: Trial, wheel: Path, folder: Path) -> bool:
    """Create the environment, use the wheel in it, and print the result."""
    begun = time.monotonic()
    place = folder / f"{trial.python}-{trial.versions}"
    try:
        environment = installed(trial, wheel, place)
        use(environment, place / "elsewhere")
    except StepFailed as failure:
        print(f"{trial}: FAILED\n{failure}", flush=True)
        return False
    print(f"{trial}: {len(STEPS)} steps fine, {time.monotonic() - begun:.0f} s", flush=True)
    shutil.rmtree(place)
    return True


def installed(trial: Trial, wheel: Path, place: Path) -> Path:
    """Install the wheel, with what its extras need by the hashed lock, and nothing else."""
    place.mkdir()
    environment = place / "venv"
    _run([str(trial.interpreter), "-m", "venv", str(environment)])
    pip = [str(environment / "bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    lock = place / "lock.txt"
    locked = (ROOT / "constraints" / LOCKS[trial.versions]).read_text()
    lock.write_text("".join(_without(locked, _ONLY_FOR_DEVELOPMENT)))
    _run([*pip, "install", "--require-hashes", "--no-deps", "--requirement", str(lock)])
    # What the wheel itself asks for is then there: pip would fetch nothing, and says so if it is not.
    _run([*pip, "install", "--no-index", f"{wheel}[{EXTRAS}]"])
    _run([*pip, "check"])
    return environment


_ONLY_FOR_DEVELOPMENT: Final = frozenset(
    {
        "matplotlib",
        "mypy",
        "ruff",
        "owlready2",
        "hypothesis",
        "import-linter",
        "ipykernel",
    }
)
"""Large packages of `constraints/dev.txt` that no extra under trial needs."""


def _without(lock: str, names: frozenset[str]) -> Iterator[str]:
    """Leave packages out of a lock; each begins a line, and its hashes follow indented."""
    for entry in re.split(r"(?m)^(?=\S)", lock):
        if entry.partition("==")[0] not in names:
            yield entry


def _run(command: list[str], cwd: Path | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode:
        raise StepFailed(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
