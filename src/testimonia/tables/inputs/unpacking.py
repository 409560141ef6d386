"""Unpacks compressed files and archives into a temporary folder, up to a limit."""

from __future__ import annotations

import bz2
import errno
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, cast

from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.rdf.opening import uncompressed_name, zstandard
from testimonia.tables.inputs.kinds import Kind
from testimonia.tables.inputs.manner import Manner

__all__ = ["archived", "damaged", "is_workbook", "too_large", "unpacked"]

_CHUNK: Final = 1 << 20
_TABLES: Final = (".csv", ".tsv", ".tab", ".txt", ".json", ".parquet", ".pq", ".xlsx", ".xlsm")
_OPENERS: Final[dict[str, Callable[[Path], Any]]] = {
    "gzip": gzip.open,
    "bzip2": bz2.open,
    "xz": lzma.open,
}
_DAMAGE: Final = (
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    RuntimeError,  # needs a password, or an unsupported compression method
    ValueError,
    OverflowError,
)


def unpacked(path: Path, kind: Kind, target: Path, shown: Path, manner: Manner) -> None:
    """Unpack a compressed file.

    Parameters
    ----------
    path
        The file.
    kind
        Its compression; of an archive, the only table is unpacked.
    target
        The file to write.
    shown
        The file, as it is named in errors.
    manner
        Limits the size; collects what was found.

    Raises
    ------
    InputError
        It unpacks to more than is allowed, or is an archive with several tables or none.
    SyntaxFault
        It is damaged.
    """
    with damaged(shown, kind), target.open("wb") as output:
        written = 0
        for chunk in _chunks(path, kind, shown, manner):
            written += len(chunk)
            if written > manner.most_bytes:
                raise too_large(shown, manner)
            output.write(chunk)


@contextmanager
def damaged(shown: Path, kind: str) -> Iterator[None]:
    """Turn errors of unpacking into ones that name the file.

    Parameters
    ----------
    shown
        The file, as it is named in errors.
    kind
        Its kind, to name in errors.

    Raises
    ------
    InputError
        It cannot be unpacked because of an error of the operating system.
    SyntaxFault
        It is damaged.
    """
    try:
        yield
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise InputError(
                f"this {kind} file cannot be unpacked ({error.strerror or error})",
                place=Place(shown),
                hint="Free space for temporary files (TMPDIR), or check the permissions of the file.",
            ) from None
        raise SyntaxFault(
            f"this {kind} file is damaged or incomplete ({str(error) or type(error).__name__})",
            place=Place(shown),
            hint="Download or write it again; if it has a password, save it without.",
        ) from None


def too_large(shown: Path, manner: Manner) -> InputError:
    """Make the error for a file that unpacks to more than is allowed."""
    return InputError(
        f"this file unpacks to more than {manner.limit:,} MiB",
        place=Place(shown),
        hint="If you trust the file, allow more with --max-unpacked.",
    )


def _chunks(path: Path, kind: Kind, shown: Path, manner: Manner) -> Iterator[bytes]:
    if kind == "zstd":
        yield from _of_zstd(path)
        return
    if kind == "zip":
        with zipfile.ZipFile(path) as archive:
            member = _only_table(archive, shown, manner)
            with archive.open(member) as stream:
                yield from _read(stream)
        return
    with cast(IO[bytes], _OPENERS[kind](path)) as stream:
        yield from _read(stream)


def _read(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _of_zstd(path: Path) -> Iterator[bytes]:
    zstd = zstandard()
    try:
        with zstd.open(path) as stream:
            yield from _read(stream)
    except zstd.ZstdError as error:
        raise ValueError(str(error)) from None


def archived(path: Path) -> list[str]:
    """List the files in a zip archive, without those that operating systems add."""
    with zipfile.ZipFile(path) as archive:
        return _names(archive)


def is_workbook(names: list[str]) -> bool:
    """Return whether an archive with these files is a workbook (Office Open XML)."""
    return "[Content_Types].xml" in names and any(
        name.lower().endswith("workbook.xml") for name in names
    )


def _names(archive: zipfile.ZipFile) -> list[str]:
    return [info.filename for info in archive.infolist() if not _is_incidental(info)]


def _is_incidental(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(info.filename).parts
    return info.is_dir() or "__MACOSX" in parts or any(part.startswith(".") for part in parts)


def _only_table(archive: zipfile.ZipFile, shown: Path, manner: Manner) -> str:
    names = _names(archive)
    tables = [name for name in names if _is_table(name)]
    if len(tables) == 1:
        others = sorted(set(names) - set(tables))
        manner.notice(f"read from the archive: {tables[0]}")
        if others:
            manner.notice(f"skipped in the archive: {', '.join(others)}")
        return tables[0]
    if "mimetype" in names and "content.xml" in names:
        raise InputError(
            "this is an OpenDocument file", place=Place(shown), hint="Save it as .xlsx or CSV."
        )
    held = f"{len(tables)} tables: {', '.join(tables[:10])}" if tables else "no table"
    raise InputError(
        f"this archive holds {held}", place=Place(shown), hint="Unpack it, and give the table."
    )


def _is_table(name: str) -> bool:
    return PurePosixPath(uncompressed_name(name)).suffix in _TABLES
