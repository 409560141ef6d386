"""The library finds its files in a checkout and in an installed wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import testimonia
from testimonia.catalogue import resources
from testimonia.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("ontology", "shapes", "data", "queries")


def test_a_checkout_uses_its_own_folders() -> None:
    assert [resources.folder(name) for name in FOLDERS] == [ROOT / name for name in FOLDERS]
    ontology = [path.relative_to(ROOT / "ontology").as_posix() for path in resources.ontology()]
    assert ontology[0] == "testimonia.ttl"
    assert all(path.startswith("codes/") for path in ontology[1:])
    assert {path.parent for path in resources.labels()} == {ROOT / "ontology/labels"}
    assert ROOT / "shapes/ontology.ttl" not in resources.shapes()
    assert (resources.catalog(), resources.citation()) == (
        ROOT / "catalog.ttl",
        ROOT / "CITATION.cff",
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_carries_every_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in FOLDERS:
        carried = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / name).rglob("*")
            if path.is_file() and not any(part.startswith(".") for part in path.parts)
        }
        assert carried
        assert {f"testimonia/_resources/{path}" for path in carried} <= names
    assert {f"testimonia/_resources/{name}" for name in ("catalog.ttl", "CITATION.cff")} <= names
    assert "testimonia/py.typed" in names


def test_an_installed_wheel_answers(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    words = [sys.executable, "-m", "testimonia", "ask", "confirmed-figures", "--format", "csv"]
    answers = [
        subprocess.run(
            words,
            env={**os.environ, "PYTHONPATH": str(source)},
            cwd=tmp_path,
            check=True,
            capture_output=True,
        ).stdout
        for source in (tmp_path, ROOT / "src")
    ]
    assert answers[0] == answers[1]
    assert answers[0].startswith(b"body,speaker,")
    where = subprocess.run(
        [
            sys.executable,
            "-c",
            "from testimonia.catalogue import resources; print(resources.folder('data'))",
        ],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(where.stdout.strip()) == tmp_path / "testimonia/_resources/data"


@pytest.mark.parametrize("name", resources.packs())
def test_a_pack_is_complete_without_any_incident(name: str) -> None:
    report = testimonia.open(packs=[name]).validate()
    assert [str(finding) for finding in report.findings] == []
    assert report.statements > 0


def test_an_unknown_pack_is_bad_input() -> None:
    with pytest.raises(InputError, match="'agent'") as caught:
        testimonia.open(packs=["agent"])
    assert "agents" in caught.value.hint
