"""Limits for reading files, and the environment variables that raise them.

Each is checked before the work that it limits. ``docs/reference/limits.md`` lists them all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from testimonia.errors import InputError

__all__ = ["ENTITIES", "EXPANSION", "JSONLD", "LIMITS", "LONGEST_TOKEN", "NESTING", "Limit"]

LONGEST_TOKEN: Final = 16 << 20
"""Maximum bytes of a literal, IRI or comment. It is a limit of the parser, and cannot be raised."""


@dataclass(frozen=True)
class Limit:
    """A limit for files.

    Attributes
    ----------
    variable
        The environment variable that sets another limit.
    default
        The limit if the variable is not set.
    """

    variable: str
    default: int

    @property
    def value(self) -> int:
        """The current limit.

        Raises
        ------
        InputError
            The environment variable is not a whole number above 0.
        """
        written = os.environ.get(self.variable, "")
        if not written:
            return self.default
        if not (written.isascii() and written.isdigit() and int(written[:20])):
            raise InputError(
                f"the environment variable {self.variable} is not a whole number above 0: {written!r}",
                hint=f"Set it to a number, or unset it for the default of {self.default:,}.",
            )
        return int(written[:20])

    @property
    def hint(self) -> str:
        """How to raise the limit, as a sentence."""
        return f"If you trust this file, set {self.variable} to a larger number."


NESTING: Final = Limit("TESTIMONIA_NESTING", 256)
"""Nesting levels of triple terms, XML elements, JSON arrays and objects."""

EXPANSION: Final = Limit("TESTIMONIA_EXPANSION", 250)
"""How many times larger the content of a compressed file may be than the file."""

ENTITIES: Final = Limit("TESTIMONIA_ENTITIES", 1 << 20)
"""Characters that all entities of an XML document may expand to, each entity counted once."""

JSONLD: Final = Limit("TESTIMONIA_JSONLD", 256 << 20)
"""Bytes of a JSON-LD file, which is read into memory as a whole."""

LIMITS: Final = (NESTING, EXPANSION, ENTITIES, JSONLD)
