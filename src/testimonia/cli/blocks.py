"""Writes findings and checks as blocks of text for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from testimonia.cli.terminal import console, fitted, write

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["print_texts"]


def print_texts(
    texts: Sequence[Text], output: Path | None = None, *, closing: Text | None = None
) -> None:
    """Write texts below one another: in colour on a terminal, plain to a pipe or a file.

    Parameters
    ----------
    texts
        What to write, with control characters spelt out.
    output
        The file; standard output when left out.
    closing
        What comes last, in sentences: to a pipe in lines that fit as well, while blocks are left as they
        are, for programs that search them.
    """
    out = console()
    last = [] if closing is None else [closing]
    if output is None and out.is_terminal:
        for text in [*texts, *last]:
            out.print(text)
        return
    ends = [text.plain if output else fitted(text.plain, out.width) for text in last]
    write("".join(f"{text}\n" for text in [*(text.plain for text in texts), *ends]), output)
