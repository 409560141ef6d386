"""What is public is what the reference says, name by name."""

from __future__ import annotations

import inspect
import pkgutil
import re
from pathlib import Path
from types import ModuleType

import pytest

import testimonia

PAGE = Path(__file__).parents[1] / "docs/reference/api.md"
BULLET = re.compile(r"^- `(testimonia[\w.]*)`: (.*(?:\n  .*)*)$", re.MULTILINE)
PUBLIC = {
    place: re.findall(r"`(\w+)`", names)
    for place, names in BULLET.findall(PAGE.read_text(encoding="utf-8"))
}
"""The names that the reference lists, by module or class."""


def names_of(place: object) -> list[str]:
    if isinstance(place, ModuleType):
        return list(place.__all__)
    return sorted(name for name in vars(place) if not name.startswith("_"))


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
    for lazy in (testimonia, pkgutil.resolve_name("testimonia.tables")):
        assert dir(lazy) == sorted(lazy.__all__)
