"""The files that a mapping writes: N-Quads, and the list of rejected rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from testimonia.errors import InputError, Place
from testimonia.outputs import refuse_overwriting, replacing
from testimonia.tables.to_quads import Compression

__all__ = ["compression_of", "refuse_outputs", "write_rejects"]

_COMPRESSIONS: Final[dict[str, Compression]] = {".gz": "gzip", ".zst": "zstd"}


def compression_of(output: Path) -> Compression:
    """Choose the compression of an output by the suffix of its name."""
    return _COMPRESSIONS.get(output.suffix.lower(), "uncompressed")


def write_rejects(found: pl.DataFrame, path: Path) -> bool:
    """Write the list of rejected rows, or remove that of an earlier run; return whether there are any.

    Parameters
    ----------
    found
        The rejected rows.
    path
        The file to write.
    """
    if found.is_empty():
        if _lists_rejects(path, found.columns):
            path.unlink()
        return False
    with replacing(path) as target:
        found.write_csv(target)
    return True


def _lists_rejects(path: Path, columns: Sequence[str]) -> bool:
    """Return whether a file is a list of rejects that a run wrote, and not a file of the user."""
    head = ",".join(columns).encode() + b"\n"
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.readline(len(head)) == head


def refuse_outputs(files: Iterable[Path], output: Path, rejects: Path) -> None:
    """Raise an error if an output would overwrite an input or the other output.

    Parameters
    ----------
    files
        The files that are read.
    output, rejects
        The files that are written.

    Raises
    ------
    InputError
        An output is an input, or both outputs are the same file.
    """
    refuse_overwriting([output, rejects], files)
    if output.resolve() == rejects.resolve() or (
        output.exists() and rejects.exists() and output.samefile(rejects)
    ):
        raise InputError(
            "this file is named for both the statements and the rejects",
            place=Place(output),
            hint="Name two files.",
        )
