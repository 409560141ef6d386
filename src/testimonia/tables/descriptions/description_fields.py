"""The kinds of values in a description of a table; its reader and its JSON Schema follow them."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field
from typing import Any, Final, TypeAlias

__all__ = ["AGENT_CLASSES", "Flag", "Keyed", "Kind", "Part", "Several", "Words", "entry"]

AGENT_CLASSES: Final = "agent class"
"""In place of the name of a code list: the classes of agents."""


@dataclass(frozen=True)
class Words:
    """A text.

    Parameters
    ----------
    codes
        The code list that it comes from, or `AGENT_CLASSES`; empty for any text. ``*`` stands for the
        list that the part with this field was given.
    also
        Words that are allowed beside the codes.
    pattern
        A regular expression that the whole text must match, and ``expected`` describes.
    """

    codes: str = ""
    also: tuple[str, ...] = ()
    pattern: str = ""
    expected: str = ""


@dataclass(frozen=True)
class Flag:
    """Yes or no: ``true`` or ``false``."""


@dataclass(frozen=True)
class Several:
    """A list; one value alone is a list of one."""

    of: Kind


@dataclass(frozen=True)
class Keyed:
    """A mapping whose keys are free: names of columns, or values of cells."""

    of: Kind


@dataclass(frozen=True)
class Part:
    """A part of a description with fields of its own.

    Parameters
    ----------
    makes
        The dataclass of the part; its fields are made by `entry`.
    short
        The field that a text alone stands for.
    codes
        The code list of its fields that allow any (``*``).
    also
        Words that these fields allow beside the codes.
    """

    makes: type
    short: str = ""
    codes: str = ""
    also: tuple[str, ...] = ()


Kind: TypeAlias = Words | Flag | Several | Keyed | Part


def entry(about: str, kind: Kind = Words(), default: Any = MISSING) -> Any:
    """Make a field of a part.

    Parameters
    ----------
    about
        What it means, for the JSON Schema.
    kind
        What its value may be.
    default
        Its value when left out; the field is required if there is none.
    """
    described = {"about": about, "kind": kind}
    if isinstance(default, dict):
        return field(default_factory=default.copy, metadata=described)
    return field(default=default, metadata=described)
