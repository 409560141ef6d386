"""Missing optional packages are named, with the extra that installs them: once, before any work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import palmyra
import pytest

from testimonia.cli import run
from testimonia.errors import ExtraMissing
from testimonia.extras import require
from testimonia.query.results import Results

OPTIONAL = (
    *("jinja2", "owlready2", "pandas", "pyarrow", "pylode", "pyspark", "sqlglot", "starlette"),
    *("uvicorn", "xlsxwriter"),
)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no optional package be found."""
    for name in OPTIONAL:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("bare")
def test_all_missing_packages_are_named_at_once() -> None:
    require("frames", "json", "polars")
    with pytest.raises(ExtraMissing) as caught:
        require("serve", "jinja2", "json", "starlette", "uvicorn")
    assert str(caught.value) == (
        "this needs the packages jinja2, starlette and uvicorn, which are not installed\n"
        'Install it with: pip install "testimonia[serve]"; where Testimonia was checked out, in its '
        'folder: pip install -e ".[serve]"'
    )
    with pytest.raises(ExtraMissing, match="this needs the package owlready2, which is not inst"):
        require("owl", "owlready2")


COMMANDS = {
    "publish": ("publish", "-o", "{tmp}/release"),
    "publish without tables": ("publish", "-o", "{tmp}/release", "--no-projections"),
    "serve": ("serve", "--port", "0"),
    "reason": ("reason",),
    "tables as xlsx": ("tables", "-o", "{tmp}/tables", "--format", "xlsx"),
    "a sheet to fill in": ("sheet", "new", "{tmp}/sheet", "--xlsx"),
    "map on Spark": ("map", "ucdp-ged", "{tmp}/e.csv", "-o", "{tmp}/out", "--engine", "spark"),
    "aggregate": ("aggregate", "totals", "{tmp}", "-o", "{tmp}/out"),
}
EXTRA = {
    "publish": "publish",
    "publish without tables": "publish",
    "serve": "serve",
    "reason": "owl",
    "tables as xlsx": "sheets",
    "a sheet to fill in": "sheets",
    "map on Spark": "spark",
    "aggregate": "spark",
}


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", COMMANDS)
def test_commands(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "book.xlsx").write_bytes(b"PK")
    (tmp_path / "e.csv").write_text("id\n1\n")
    assert run([word.format(tmp=tmp_path) for word in COMMANDS[name]]) == 2
    said = capsys.readouterr().err
    assert said.count("testimonia[") == 1
    assert f'pip install "testimonia[{EXTRA[name]}]"' in said
    assert said.count("\n") == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.xlsx", "e.csv"]


FRAMES: dict[str, Callable[[Results], object]] = {
    "pandas": lambda rows: rows.to_pandas(labels=True),
    "polars": Results.to_polars,
    "arrow": Results.to_arrow,
}


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", FRAMES)
def test_frames(name: str) -> None:
    rows = palmyra.opened().ask("confirmed-figures")
    assert isinstance(rows, Results)
    with pytest.raises(ExtraMissing) as caught:
        FRAMES[name](rows)
    assert caught.value.hint == (
        'Install it with: pip install "testimonia[frames]"; where Testimonia was checked out, in its '
        'folder: pip install -e ".[frames]"'
    )


@pytest.mark.usefixtures("bare")
def test_a_notebook_needs_no_extra() -> None:
    rows = palmyra.opened().ask("confirmed-figures")
    assert isinstance(rows, Results)
    assert "<table" in rows._repr_html_()
