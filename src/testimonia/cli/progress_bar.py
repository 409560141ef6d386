"""A progress bar for long commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from testimonia import progress
from testimonia.cli.terminal import console
from testimonia.printing import one_line

__all__ = ["progress_bar"]


@contextmanager
def progress_bar() -> Iterator[progress.Progress | None]:
    """Show a progress bar on standard error, if it is a terminal, and remove it at the end.

    Yields
    ------
    callable or None
        Takes what is counted, how many are done, and the total if it is known. None if standard error
        is not a terminal.
    """
    err = console(error=True)
    if not err.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )
    with bar:
        task = bar.add_task("starting", total=None, done="")

        def update(what: str, done: int, total: int | None) -> None:
            counted = f"{done:,}" if total is None else f"{done:,} of {total:,}"
            bar.update(task, description=one_line(what), completed=done, total=total, done=counted)

        yield update
