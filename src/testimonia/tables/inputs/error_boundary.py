"""A wall round what reads tables: every error of theirs is one of ours, and a crash is not ours either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from polars.exceptions import PanicException, PolarsError

from testimonia.errors import Place, SyntaxFault
from testimonia.processes.apart import Apart, ProcessDied, Say
from testimonia.tables.inputs.manner import Manner

__all__ = ["Unusable", "check_parquet", "error_boundary"]

_LONGEST: Final = 300
_SECONDS: Final = 600


class Unusable(Exception):
    """A table cannot be read; the message is what the library said, on one line."""


@contextmanager
def error_boundary() -> Iterator[None]:
    """Turn whatever Polars raises, panics too, into `Unusable`."""
    try:
        yield
    except (PolarsError, PanicException, OSError, ValueError, OverflowError, TypeError) as error:
        lines = str(error).strip().splitlines()
        raise Unusable((lines[0] if lines else type(error).__name__)[:_LONGEST]) from None


def check_parquet(path: Path, shown: Path, manner: Manner) -> None:
    """Read a Parquet file once in a process of its own, which may die of it in place of this one.

    What is damaged in such a file can make its reader ask for all memory there is, or crash.

    Parameters
    ----------
    path
        The file.
    shown
        The file, as it is named in errors.
    manner
        What limits the memory.

    Raises
    ------
    SyntaxFault
        It cannot be read.
    """
    task = f"{__name__}:{probe.__name__}"
    try:
        with Apart(task, str(path), memory=max(1, manner.most_bytes >> 20)) as trial:
            trial.limit(_SECONDS)
            why = next(iter(trial), None)
    except ProcessDied as error:
        why = f"reading it {error.message}"
    if why is not None:
        raise SyntaxFault(
            f"this is no whole Parquet file ({why})",
            place=Place(shown),
            hint="Download or write it again. Where you know it to be large, allow more with "
            "--max-unpacked.",
        )


def probe(path: str, say: Say) -> None:
    """Read a Parquet file to its end, and say why it cannot be read; a task for `Apart`.

    Parameters
    ----------
    path
        The file.
    say
        Is given what the library said; is not called where the file can be read.
    """
    import polars as pl

    try:
        with error_boundary():
            rows = pl.scan_parquet(path, glob=False)
            for _ in rows.collect_batches(chunk_size=20_000, maintain_order=True):
                pass
    except Unusable as error:
        say(str(error))
