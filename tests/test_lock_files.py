"""Lock files hold digests of all that is installed, and name no host that it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tools.npm_locks import LOCKS

ROOT = Path(__file__).parents[1]
PYTHON = sorted((ROOT / "constraints").glob("*.txt"))


@pytest.mark.parametrize(
    "path", [*PYTHON, *LOCKS], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_no_host_is_named(path: Path) -> None:
    assert "://" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_each_npm_package_has_a_digest(path: Path) -> None:
    packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
    assert len(packages) > 2  # the project itself is one
    assert [name for name, each in packages.items() if name and "integrity" not in each] == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.name)
def test_each_python_package_has_a_digest(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    pins = [n for n, line in enumerate(lines) if "==" in line and not line.startswith("#")]
    assert pins
    assert [lines[n] for n in pins if "--hash=sha256:" not in lines[n] + lines[n + 1]] == []
