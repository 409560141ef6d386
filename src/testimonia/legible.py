"""Makes text from outside safe to show."""

from __future__ import annotations

import unicodedata

__all__ = ["one_line", "visible"]

_LAYOUT = "\n\t"
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # letters of Persian and Indic words need them


def visible(text: str) -> str:
    r"""Spell out control characters, so that text from outside cannot steer a terminal.

    Covers controls, format characters such as those that turn the direction of writing, line
    separators and lone surrogates. Line feeds and tabs stay.

    Parameters
    ----------
    text
        Any text.

    Examples
    --------
    >>> visible("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _harmless(char) else ascii(char)[1:-1] for char in text)


def one_line(text: str) -> str:
    r"""Spell out control characters, and put text from outside on one line.

    Parameters
    ----------
    text
        Any text.

    Examples
    --------
    >>> one_line("a\n  0 violations")
    'a 0 violations'
    """
    return visible(" ".join(text.split()))


def _harmless(char: str) -> bool:
    return char in _LAYOUT or char in _JOINERS or unicodedata.category(char) not in _HIDDEN
