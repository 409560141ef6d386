"""Writes rich text to a terminal, a pipe or a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from testimonia.cli.terminal import console, write

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["print_texts"]


def print_texts(texts: Sequence[Text], output: Path | None = None) -> None:
    """Write texts one below the other: in colour to a terminal, plain to a pipe or a file.

    Parameters
    ----------
    texts
        What to write, with control characters escaped.
    output
        The file; standard output when left out.
    """
    out = console()
    if output is not None or not out.is_terminal:
        write("".join(f"{text.plain}\n" for text in texts), output)
        return
    for text in texts:
        out.print(text)
