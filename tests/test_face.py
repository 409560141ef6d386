"""What is public is what the reference says, name by name."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from cyclopts import App

import testimonia
from testimonia.cli import app

PAGE = Path(__file__).parents[1] / "docs/reference/api.md"
BULLET = re.compile(r"^- `(testimonia[\w.]*)`: (.*(?:\n  .*)*)$", re.MULTILINE)
PUBLIC = {
    place: re.findall(r"`(\w+)`", names)
    for place, names in BULLET.findall(PAGE.read_text(encoding="utf-8"))
}
"""The names that the reference lists, by module or class."""

ROWS = re.findall(
    r"^\| `testimonia ([\w -]+)` \| (.*?) \| (.*)\|$", PAGE.read_text(encoding="utf-8"), re.M
)
"""Commands, what does the same in Python, and which options differ."""

ABOUT_DATA = {"data": "sources", "paths": "sources", "context": "contexts", "with": "packs"}
"""Options that `testimonia.open` and others have under another name."""

HOW_SHOWN = {"output", "format"}


def commands(under: App, path: tuple[str, ...] = ()) -> Iterator[tuple[str, App]]:
    """List all commands, with those below other commands."""
    if under.default_command and path:
        yield " ".join(path), under
    for name in under:
        if not name.startswith("-"):
            yield from commands(under[name], (*path, name))


def options(command: App) -> set[str]:
    """Name what a command takes, as Python would."""
    taken = {each.name for each in command.assemble_argument_collection()}
    names = {name.lstrip("-").lower().replace("-", "_") for name in taken}
    return names - {"*", "[keyword]"}


def parameters(name: str) -> set[str]:
    found = testimonia if name.startswith("Dataset.") else None
    function = pkgutil.resolve_name(f"testimonia.{name}" if found else name)
    return set(inspect.signature(function).parameters)


COMMANDS = dict(commands(app))


def names_of(place: object) -> list[str]:
    if isinstance(place, ModuleType):
        return list(place.__all__)
    return sorted(name for name in dir(place) if not name.startswith("_"))  # with inherited ones


def test_the_page_lists_what_users_meet_first() -> None:
    assert {"testimonia", "testimonia.Dataset", "testimonia.errors"} <= PUBLIC.keys()
    assert PUBLIC["testimonia"] == ["Dataset", "__version__", "open"]
    assert len(PUBLIC) == PAGE.read_text(encoding="utf-8").count("- `testimonia")


@pytest.mark.parametrize("name", PUBLIC)
def test_no_name_comes_or_goes_unseen(name: str) -> None:
    assert names_of(pkgutil.resolve_name(name)) == PUBLIC[name]


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_is_there_and_described(name: str) -> None:
    place = pkgutil.resolve_name(name)
    assert inspect.getdoc(place)
    for each in PUBLIC[name]:
        found = getattr(place, each)
        if inspect.isclass(found) or inspect.isroutine(found):
            assert inspect.getdoc(found), f"{name}.{each} says nothing of itself"


@pytest.mark.parametrize(
    "module", [name for name in PUBLIC if isinstance(pkgutil.resolve_name(name), ModuleType)]
)
def test_other_names_are_not_there(module: str) -> None:
    with pytest.raises(AttributeError, match="no attribute 'close'"):
        pkgutil.resolve_name(module).close  # noqa: B018


def test_whatever_is_public_is_seen_by_dir() -> None:
    modules = map(pkgutil.resolve_name, ("testimonia", "testimonia.tables", "testimonia.web"))
    for lazy in modules:
        assert dir(lazy) == sorted(lazy.__all__)


def test_the_table_has_every_command() -> None:
    assert len(COMMANDS) > 20
    assert sorted(command for command, _, _ in ROWS) == sorted(COMMANDS)


@pytest.mark.parametrize(("command", "python", "differ"), ROWS, ids=[row[0] for row in ROWS])
def test_python_does_what_a_command_does(command: str, python: str, differ: str) -> None:
    functions = re.findall(r"`([\w.]+)`", python)
    assert functions
    for name in functions:
        place, _, last = name.rpartition(".")
        place = "testimonia.Dataset" if place == "Dataset" else place
        assert last in PUBLIC[place], f"{name} is not public"
    known = {"testimonia.open", *functions}
    there = set().union(*map(parameters, known))
    named = re.findall(r"--(?:no-)?([a-z-]+)|`([A-Z]+)`", differ)
    explained = {(option or word).lower().replace("-", "_") for option, word in named}
    taken = options(COMMANDS[command])
    assert explained <= taken, "the table explains an option that is not there"
    missing = {
        name
        for name in taken - explained - HOW_SHOWN
        if name not in there and ABOUT_DATA.get(name) not in there
    }
    assert missing == set(), "neither a parameter in Python, nor explained"
