"""Output of the commands to a terminal, a pipe or a file."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from testimonia.errors import TestimoniaError
from testimonia.outputs import replacing
from testimonia.printing import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = [
    "console",
    "fitted",
    "print_error",
    "print_note",
    "print_warning",
    "visible",
    "write",
    "write_prose",
]


def console(*, error: bool = False) -> Console:
    """Open a rich console on standard output, or on standard error.

    Pass it `rich.text.Text` and renderables, never strings from outside, which may contain markup.

    Parameters
    ----------
    error
        Whether to write to standard error.
    """
    from rich import console as rich_console

    class Console(rich_console.Console):
        def on_broken_pipe(self) -> None:
            # Rich would exit with 1, which means here that a check found something.
            raise BrokenPipeError

    return Console(stderr=error, markup=False, highlight=False, emoji=False, soft_wrap=False)


def write(text: str, output: Path | None = None) -> None:
    """Write text to standard output, or to a file.

    For a terminal, control characters are escaped; a pipe or a file gets the text as it is. A file is
    written under a temporary name and then renamed, so it is never incomplete; an existing file keeps
    its permissions.

    Parameters
    ----------
    text
        What to write.
    output
        The file; standard output when left out.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    if output is not None:
        with replacing(output) as path:
            path.write_bytes(text.encode("utf-8", "backslashreplace"))
    elif sys.stdout.isatty():
        sys.stdout.write(visible(text.replace("\r\n", "\n")))
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()


def write_prose(text: str, output: Path | None = None) -> None:
    """Write prose: wrapped to standard output, as it is to a file.

    Continuation lines are indented.

    Parameters
    ----------
    text
        What to write.
    output
        The file; standard output when left out.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    write(text if output else fitted(text, console().width), output)


def fitted(text: str, width: int) -> str:
    """Wrap long lines between words, and nowhere else."""
    return "\n".join(_fitted(line, width) for line in text.split("\n"))


def _fitted(line: str, width: int) -> str:
    words = line.lstrip(" ")
    indent = line[: len(line) - len(words)]
    deepest = indent[: width // 2]
    return "\n".join(
        textwrap.wrap(
            words,
            width,
            initial_indent=deepest,
            subsequent_indent=deepest + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def print_note(note: str) -> None:
    """Print a note about an answer to standard error."""
    from rich.text import Text

    _print_error(Text.assemble(("note: ", "bold yellow"), visible(note)))


def print_error(error: TestimoniaError) -> None:
    """Print an error to standard error: where, what, and how to fix it."""
    from rich.text import Text

    line = Text.assemble(("error: ", "bold red"))
    if error.place:
        line.append(visible(f"{error.place}: "), "bold")
    line.append(visible(error.message))
    _print_error(line)
    if error.hint:
        _print_error(Text(visible(error.hint)))


def print_warning(message: str) -> None:
    """Print a warning to standard error."""
    from rich.text import Text

    _print_error(Text.assemble(("warning: ", "bold yellow"), visible(message)))


def _print_error(text: Text) -> None:
    """Wrap lines between words on a terminal; a terminal itself would break words."""
    err = console(error=True)
    err.print(text, soft_wrap=not err.is_terminal)
