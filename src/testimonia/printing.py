"""Text for people to read: escaped control characters, and numbers with their nouns."""

from __future__ import annotations

import unicodedata

__all__ = ["counted", "one_line", "visible"]

_LAYOUT = "\n\t"
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # letters of Persian and Indic words need them


def visible(text: str) -> str:
    r"""Escape control characters, so that text from outside cannot control a terminal.

    Escapes controls, format characters such as those that change the direction of writing, line
    separators and lone surrogates. Line feeds and tabs are kept.

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
    r"""Escape control characters, and put text from outside on one line.

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


def counted(number: int, noun: str) -> str:
    """Write a number with a noun whose plural ends in s.

    Parameters
    ----------
    number
        How many there are.
    noun
        What there is, in the singular.

    Examples
    --------
    >>> counted(1, "claim"), counted(1200, "claim")
    ('1 claim', '1,200 claims')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _harmless(char: str) -> bool:
    return char in _LAYOUT or char in _JOINERS or unicodedata.category(char) not in _HIDDEN
