"""Shows an answer in the format asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING

from testimonia.cli.options import Output, RowOutput
from testimonia.cli.terminal import console, print_note, write
from testimonia.errors import InputError
from testimonia.query.results import Boolean, GraphResult, Results

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["show"]

_FILE_WIDTH = 100


def show(
    answer: Results | Boolean | GraphResult, output: Output | None, title: str | None = None
) -> None:
    """Write an answer to standard output or to a file.

    Parameters
    ----------
    answer
        What a question or query answered.
    output
        The format, and the file if any.
    title
        The heading of a table.

    Raises
    ------
    InputError
        The answer cannot be written in that format, or the file cannot be written.
    """
    output = output or Output()
    for note in answer.notes:
        print_note(note)
    if output.format == "table":
        _show_table(answer, output, title)
        return
    labels = isinstance(output, RowOutput) and output.labels
    writers = _writers(answer, labels=labels)
    if output.format not in writers:
        raise InputError(
            f"{_NAMES[type(answer)]} cannot be written as {output.format}",
            hint=f"Choose --format {' or '.join(['table', *writers])}.",
        )
    if labels and not isinstance(answer, Results):
        raise InputError(
            f"labels stand beside the IRIs of rows, and this is {_NAMES[type(answer)]}",
            hint="Leave --labels out.",
        )
    text = writers[output.format]()
    write(text if text.endswith("\n") else text + "\n", output.output)


_NAMES = {Results: "rows", Boolean: "a yes or no", GraphResult: "a graph"}


def _writers(
    answer: Results | Boolean | GraphResult, *, labels: bool
) -> dict[str, Callable[[], str]]:
    if isinstance(answer, Results):
        writers = {"csv": answer.to_csv, "tsv": answer.to_tsv, "json": answer.to_json}
        return {name: partial(writer, labels=labels) for name, writer in writers.items()}
    if isinstance(answer, Boolean):
        return {"json": answer.to_json}
    return {
        "turtle": answer.to_turtle,
        "n-triples": answer.to_ntriples,
        "json-ld": answer.to_jsonld,
    }


def _show_table(answer: Results | Boolean | GraphResult, output: Output, title: str | None) -> None:
    from testimonia.cli.tables import table

    out = console()
    if output.output is None and out.is_terminal:
        for part in table(answer, title, out.width):
            out.print(part)
    else:
        width = out.width if output.output is None else _FILE_WIDTH
        write(_plain(table(answer, title, width), width), output.output)


def _plain(parts: list[RenderableType], width: int) -> str:
    from rich.console import Console

    out = Console(file=StringIO(), width=width, color_system=None)
    for part in parts:
        out.print(part)
    text = out.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
