"""An error boundary around table readers: their errors become ours, and their crashes stay contained."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from polars.exceptions import PanicException, PolarsError

from testimonia.errors import Place, SyntaxFault
from testimonia.processes.isolation import IsolatedTask, ProcessDied, Send
from testimonia.tables.inputs.manner import Manner

__all__ = ["Unusable", "check_parquet", "error_boundary"]

_LONGEST: Final = 300
_SECONDS: Final = 600


class Unusable(Exception):
    """A table cannot be read; the message is the first line of that of the library."""


@contextmanager
def error_boundary() -> Iterator[None]:
    """Turn the exceptions of Polars, including panics, into `Unusable`."""
    try:
        yield
    except (PolarsError, PanicException, OSError, ValueError, OverflowError, TypeError) as error:
        lines = str(error).strip().splitlines()
        raise Unusable((lines[0] if lines else type(error).__name__)[:_LONGEST]) from None


def check_parquet(path: Path, shown: Path, manner: Manner) -> None:
    """Read a Parquet file once in a separate process, which may crash instead of this one.

    A damaged file can make its reader crash, or allocate all available memory.

    Parameters
    ----------
    path
        The file.
    shown
        The file, as it is named in errors.
    manner
        Limits the memory.

    Raises
    ------
    SyntaxFault
        It cannot be read.
    """
    task = f"{__name__}:{probe.__name__}"
    try:
        with IsolatedTask(task, str(path), memory=max(1, manner.most_bytes >> 20)) as trial:
            trial.limit(_SECONDS)
            why = next(iter(trial), None)
    except ProcessDied as error:
        why = f"reading it {error.message}"
    if why is not None:
        raise SyntaxFault(
            f"this Parquet file is damaged ({why})",
            place=Place(shown),
            hint="Download or write it again. If it is known to be large, allow more with "
            "--max-unpacked.",
        )


def probe(path: str, say: Send) -> None:
    """Read a Parquet file to the end, and report why it cannot be read; a task for `IsolatedTask`.

    Parameters
    ----------
    path
        The file.
    say
        Called with the message of the library; not called if the file can be read.
    """
    import polars as pl

    try:
        with error_boundary():
            rows = pl.scan_parquet(path, glob=False)
            for _ in rows.collect_batches(chunk_size=20_000, maintain_order=True):
                pass
    except Unusable as error:
        say(str(error))
