"""A wall round what reads tables: every error of theirs is one of ours, and a crash is not ours either."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from polars.exceptions import PanicException, PolarsError

from testimonia.errors import Place, SyntaxFault
from testimonia.tables.inputs.manner import Manner

__all__ = ["Unusable", "probed", "walled"]

_LONGEST: Final = 300
_SECONDS: Final = 600
_PROBE: Final = """
import sys
from pathlib import Path
from testimonia.tables.inputs.walls import probe
sys.exit(probe(Path(sys.argv[1]), int(sys.argv[2])))
"""


class Unusable(Exception):
    """A table cannot be read; the message is what the library said, on one line."""


@contextmanager
def walled() -> Iterator[None]:
    """Turn whatever Polars raises, panics too, into `Unusable`."""
    try:
        yield
    except (PolarsError, PanicException, OSError, ValueError, OverflowError, TypeError) as error:
        lines = str(error).strip().splitlines()
        raise Unusable((lines[0] if lines else type(error).__name__)[:_LONGEST]) from None


def probed(path: Path, shown: Path, manner: Manner) -> None:
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
    command = [sys.executable, "-P", "-c", _PROBE, str(path), str(manner.most_bytes)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - our own code
    except subprocess.TimeoutExpired:
        why = f"reading it takes longer than {_SECONDS} seconds"
    else:
        if done.returncode == 0:
            return
        said = done.stdout.decode("utf-8", "replace").strip()
        why = said or "its reader crashes, or needs more memory than allowed"
    raise SyntaxFault(
        f"this is no whole Parquet file ({why})",
        place=Place(shown),
        hint="Download or write it again. Where you know it to be large, allow more with "
        "--max-unpacked.",
    )


def probe(path: Path, most_bytes: int) -> int:
    """Read a Parquet file to its end within a limit of memory; say on standard output why it cannot be.

    Parameters
    ----------
    path
        The file.
    most_bytes
        How much memory may be taken beyond what is taken now.

    Returns
    -------
    int
        0 where it can be read.
    """
    import polars as pl

    _limit(most_bytes)
    try:
        with walled():
            rows = pl.scan_parquet(path, glob=False)
            for _ in rows.collect_batches(chunk_size=20_000, maintain_order=True):
                pass
    except Unusable as error:
        sys.stdout.write(str(error))
        return 1
    return 0


def _limit(most_bytes: int) -> None:
    try:
        import resource

        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):
        return  # where a system has no such limits, a crash is all that is kept apart
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = taken + most_bytes
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
