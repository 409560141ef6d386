"""How the source is laid out: no file name for two things, and each package says what it holds."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
from cyclopts import App

from testimonia.cli import app

PACKAGE = Path(__file__).parents[1] / "src" / "testimonia"
FILES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
SPECIAL = ("__init__.py", "__main__.py")
COMMANDS = sorted(name for name in app if not name.startswith("-"))
# `tables` writes claim tables; the file cli/tables.py lays answers out for all commands.
ELSEWHERE = {"tables": "claim_tables"}


def file_of(command: str) -> Path:
    return Path("cli", f"{ELSEWHERE.get(command, command.replace('-', '_'))}.py")


def same_names(files: Iterable[Path]) -> dict[str, list[str]]:
    """List the names that several files have, those of commands left out."""
    of_commands = {file_of(command) for command in COMMANDS}
    found = defaultdict(list)
    for path in files:
        if path.name not in SPECIAL and path not in of_commands:
            found[path.name].append(path.as_posix())
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def without_docstring(package: Path) -> list[str]:
    """List the packages that do not say what they hold, and folders of modules that are none."""
    found = []
    for folder in sorted({path.parent for path in package.rglob("*.py")}):
        start = folder / "__init__.py"
        text = start.read_text(encoding="utf-8") if start.is_file() else ""
        if not (ast.get_docstring(ast.parse(text)) or "").strip():
            found.append(folder.relative_to(package).as_posix())
    return found


def modules_of(command: App) -> set[str]:
    """List the modules that the functions of a command, and of those below it, are defined in."""
    names = [name for name in command if not name.startswith("-")]
    below = {module for name in names for module in modules_of(command[name])}
    function = command.default_command
    return below | ({function.__module__} if function else set())


def test_no_two_files_have_the_same_name() -> None:
    assert len(FILES) > 200
    assert same_names(FILES) == {}


def test_a_name_that_is_used_twice_is_found() -> None:
    twice = [Path("rdf/lines.py"), Path("web/lines.py"), Path("rdf/__init__.py")]
    of_command = [Path("cli/questions.py"), Path("catalogue/questions.py"), Path("__init__.py")]
    assert same_names([*twice, *of_command]) == {"lines.py": ["rdf/lines.py", "web/lines.py"]}
    again = [*of_command, Path("web/questions.py")]
    assert same_names(again) == {"questions.py": ["catalogue/questions.py", "web/questions.py"]}
    # That it is in cli/ is not enough: this is no file of a command.
    options = [Path("cli/options.py"), Path("web/options.py")]
    assert same_names(options) == {"options.py": ["cli/options.py", "web/options.py"]}


def test_every_package_says_what_it_holds() -> None:
    assert without_docstring(PACKAGE) == []


def test_a_package_that_says_nothing_is_found(tmp_path: Path) -> None:
    for name, text in {"said": '"""What."""', "blank": '"""  """', "code": "x = 1"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(text, encoding="utf-8")
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "module.py").write_text('"""What."""', encoding="utf-8")
    assert without_docstring(tmp_path) == ["bare", "blank", "code"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_file(command: str) -> None:
    path = file_of(command)
    assert (PACKAGE / path).is_file()
    assert f"testimonia.cli.{path.stem}" in modules_of(app[command])


def test_commands_are_defined_nowhere_else() -> None:
    modules = {module for command in COMMANDS for module in modules_of(app[command])}
    assert {module.rpartition(".")[0] for module in modules} == {"testimonia.cli"}
