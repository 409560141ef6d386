"""The columns that parts of a description name, and other names for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

__all__ = ["columns_in", "renamed"]

_Part = TypeVar("_Part", bound=Any)
_IN_BRACES: Final = r"\{([^{}]+)\}"
_OF_COLUMNS: Final = frozenset(
    ("column", "until", "year", "month", "day", "low", "high", "latitude", "longitude")
)


def columns_in(template: str) -> list[str]:
    """List the columns that a template names in braces.

    Examples
    --------
    >>> columns_in("Grade: {grading}, {strike status}")
    ['grading', 'strike status']
    """
    return re.findall(_IN_BRACES, template)


def renamed(part: _Part, rename: Callable[[str], str]) -> _Part:
    """Rename the columns that a description, or a part of one, names.

    Parameters
    ----------
    part
        The description, or the part.
    rename
        Returns the new name of a column.
    """

    def new(name: str, value: Any) -> Any:
        if name in ("when", "unless", "skip"):
            return {rename(column): values for column, values in value.items()}
        if name == "comment":
            return re.sub(_IN_BRACES, lambda match: "{" + rename(match[1]) + "}", value)
        if name in ("levels", "key"):
            return tuple(map(rename, value))
        if name in _OF_COLUMNS and isinstance(value, str):
            return rename(value) if value else value
        if isinstance(value, tuple):
            return tuple(new("", each) for each in value)
        return renamed(value, rename) if is_dataclass(value) else value

    given = {each.name: getattr(part, each.name) for each in fields(part)}
    return replace(part, **{name: new(name, value) for name, value in given.items()})
