"""Datasets that other packages offer are mapped as those that come with the library."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from testimonia.cli import run
from testimonia.errors import InputError
from testimonia.tables.sources import GROUP, find, names, offered

EXAMPLE = Path(__file__).parents[3] / "examples" / "harbour-log"
GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "add-a-dataset.md"
Installed = Callable[..., Path]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """Install a package, which offers a dataset, into a folder of its own on the path."""

    def install(name: str, value: str, *, package: str = "harbour", code: str = "") -> Path:
        folder = tmp_path / "site" / package
        information = folder / f"{package}-1.0.dist-info"
        information.mkdir(parents=True)
        (information / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
        )
        (information / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {value}\n")
        if code:
            (folder / f"{package}_broken.py").write_text(code)
        else:
            shutil.copy(EXAMPLE / "harbour_log.py", folder)
        monkeypatch.syspath_prepend(folder)
        return folder

    monkeypatch.chdir(tmp_path)
    return install


def test_what_another_package_offers_is_found(installed: Installed) -> None:
    shipped = names()
    assert offered() == {}
    installed("harbour-log", "harbour_log:SOURCE")
    assert names() == sorted([*shipped, "harbour-log"])
    assert offered() == {"harbour-log": ["harbour"]}
    assert find("harbour-log").title == "Log of the harbour authority of Port Alder"


def test_it_is_a_command_as_long_as_the_package_is_there(
    installed: Installed, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(EXAMPLE / "harbour-log.csv", Path.cwd())
    words = ["map", "harbour-log", "harbour-log.csv", "-o", "harbour-log.nq"]
    assert run(words) == 2
    capfd.readouterr()
    installed("harbour-log", "harbour_log:SOURCE")
    assert run(words) == 1
    assert "harbour-log.csv: 4 rows, 1 rejected\n" in capfd.readouterr().out
    assert Path("harbour-log.nq").read_text(encoding="utf-8").count("ns#Claim>") == 5
    assert run(["map", "--help"]) == 0
    assert "Map files of the dataset that the package harbour" in capfd.readouterr().out
    monkeypatch.undo()
    assert run(["map", "--help"]) == 0
    assert "harbour" not in capfd.readouterr().out


def test_the_guide_says_how(installed: Installed) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert f'[project.entry-points."{GROUP}"]\nharbour-log = "harbour_log:SOURCE"\n' in text
    installed("harbour-log", "harbour_log:SOURCE")
    assert find("harbour-log").name == "harbour-log"


@pytest.mark.parametrize(
    ("value", "code", "why"),
    [
        ("nowhere:SOURCE", "#", r"ModuleNotFoundError: No module named 'nowhere'"),
        ("other_broken:SOURCE", "#", r"AttributeError: .*SOURCE"),
        ("other_broken:SOURCE", "raise ValueError('no')", r"ValueError: no"),
        ("other_broken:SOURCE", "SOURCE = 7", r"is not a testimonia\.tables\.Source"),
        ("harbour_log:SOURCE", "", r"has the name 'harbour-log'"),
    ],
)
def test_what_cannot_be_used_is_named(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, value: str, code: str, why: str
) -> None:
    monkeypatch.delitem(sys.modules, "other_broken", raising=False)
    installed("other", value, package="other", code=code)
    with pytest.raises(InputError, match=f"'other' of the package other .*{why}") as caught:
        find("other")
    assert caught.value.hint == "Reinstall that package, or report this to its authors."
    assert find("ucdp-ged").name == "ucdp-ged"


def test_a_name_that_two_have_is_refused(
    installed: Installed, capfd: pytest.CaptureFixture[str]
) -> None:
    installed("harbour-log", "harbour_log:SOURCE")
    installed("harbour-log", "harbour_log:SOURCE", package="port")
    installed("ucdp-ged", "harbour_log:SOURCE", package="third")
    for name, packages in (("harbour-log", "harbour and port"), ("ucdp-ged", "testimonia and th")):
        with pytest.raises(InputError, match=f"^{packages}.* each have a dataset"):
            find(name)
        assert run(["map", name, "a.csv", "-o", "out.nq"]) == 2
        assert "each have a dataset" in capfd.readouterr().err
    assert find("gaza-daily").name == "gaza-daily"


@pytest.mark.parametrize("name", ["sheet", "--help", "Harbour Log", "-o"])
def test_a_name_for_no_command_is_said(
    installed: Installed, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    installed(name, "harbour_log:SOURCE")
    assert run(["map", "--help"]) == 0
    shown = capfd.readouterr()
    assert f"warning: harbour offers a dataset {name!r}" in shown.err
    assert "gaza-daily" in shown.out


def test_a_name_that_none_has(installed: Installed) -> None:
    installed("harbour-log", "harbour_log:SOURCE")
    with pytest.raises(InputError, match="there is no dataset 'harbour'") as caught:
        find("harbour")
    assert caught.value.hint == "There are: gaza-daily, harbour-log, ucdp-ged."
