"""Opens RDF files, refusing what is not text in UTF-8, never ends, or may crash the process.

All RDF files are read through `opened`, which decompresses them and checks each block.
"""

from __future__ import annotations

import codecs
import io
import os
import stat
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from pyoxigraph import RdfFormat

from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.rdf import nesting
from testimonia.rdf.reading_limits import EXPANSION
from testimonia.rdf.xml_guard import XmlGuard
from testimonia.suggestions import did_you_mean, nearest

if TYPE_CHECKING:
    from types import ModuleType

    from _typeshed import WriteableBuffer

__all__ = [
    "COMPRESSIONS",
    "MEDIA_TYPES",
    "opened",
    "refuse_missing",
    "uncompressed_name",
    "zstandard",
]

COMPRESSIONS: Final = {".gz": "gzip", ".zst": "Zstandard", ".bz2": "bzip2", ".xz": "xz"}
"""Names of compression formats by file suffix, which may follow that of an RDF format."""

MEDIA_TYPES: Final = {
    ".gz": "application/gzip",
    ".zst": "application/zstd",
    ".bz2": "application/x-bzip2",
    ".xz": "application/x-xz",
}
"""Media types of compressed files by their suffix."""

_BLOCK: Final = 1 << 18
_SNIFFED: Final = 1024
_SMALL: Final = 64 << 20  # up to this size, the expansion of a file is not limited
_NEIGHBOURS: Final = 10_000  # no suggestions in larger folders
_TRIPLE_TERMS: Final = (
    RdfFormat.N_TRIPLES,
    RdfFormat.N_QUADS,
    RdfFormat.TURTLE,
    RdfFormat.TRIG,
)
# The byte order marks of UTF-32 begin like those of UTF-16, so they come first.
_MARKS: Final = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def uncompressed_name(path: str | os.PathLike[str]) -> str:
    """Give the name of a file in lower case, without the suffix of a compression format.

    Examples
    --------
    >>> uncompressed_name("data/Claims.NQ.zst")
    'claims.nq'
    """
    name = Path(path).name.lower()
    return name.removesuffix(_compression(name))


def refuse_missing(path: Path) -> None:
    """Refuse a path that does not exist, or that is not valid on this system.

    Raises
    ------
    InputError
        It does not exist; the hint suggests a similar name, if there is one.
    """
    try:
        path.stat()
    except FileNotFoundError as error:
        if path.is_symlink():
            raise _unreadable(path, error) from None
        raise InputError(
            "there is no such file or directory", place=Place(path), hint=_similar(path)
        ) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def opened(path: Path, form: RdfFormat | None) -> BinaryIO:
    """Open an RDF file for reading bytes, decompressed and without a UTF-8 byte order mark.

    Parameters
    ----------
    path
        The file.
    form
        Its format, on which the checks depend; None for no checks of the content.

    Raises
    ------
    InputError
        It is not a regular file, cannot be read, is not in UTF-8 or not text. Reading raises it too, if
        the content expands or nests beyond the limits of `testimonia.rdf.reading_limits`; truncated
        RDF/XML and compressed files raise `SyntaxFault`.
    """
    stream = io.BufferedReader(_Guarded(path, form), _BLOCK)
    try:
        head = stream.peek(_SNIFFED)[:_SNIFFED]
        _refuse_other_encodings(path, head)
        if head.startswith(codecs.BOM_UTF8):
            stream.read(len(codecs.BOM_UTF8))
    except BaseException:
        stream.close()
        raise
    return stream


class _Guarded(io.RawIOBase):
    """The bytes of a file; each block is checked before it is returned."""

    def __init__(self, path: Path, form: RdfFormat | None) -> None:
        self._path = path
        self._form = form
        self._file = _regular(path)
        self._size = os.fstat(self._file.fileno()).st_size
        self._given = 0
        self._before = b""
        self._xml_guard = XmlGuard(path) if form == RdfFormat.RDF_XML else None
        self._watched = form in _TRIPLE_TERMS
        name = path.name.lower()
        self._compression = _compression(name)
        self._failures: tuple[type[BaseException], ...] = (EOFError, zlib.error)
        self._stream = self._unpacked()

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        try:
            block = self._stream.read(len(view))
        except self._failures as error:
            raise self._broken(_reason(error)) from None
        except OSError as error:
            raise _unreadable(self._path, error) from None
        if self._compression and not self._size:
            raise self._broken("it is empty")
        view[: len(block)] = block
        self._look_through(block)
        return len(block)

    def _broken(self, reason: str) -> SyntaxFault:
        return SyntaxFault(
            f"this is not a complete {COMPRESSIONS[self._compression]} file ({reason})",
            place=Place(self._path),
            hint="Compress it again, or download it again.",
        )

    def _look_through(self, block: bytes) -> None:
        self._given += len(block)
        if self._compression:
            self._refuse_bomb()
        if self._xml_guard is not None:
            self._xml_guard.take(block, last=not block)
            if not block:  # further reads at the end return nothing again
                self._xml_guard = None
        if self._watched and (
            nesting.begins_term(block) or nesting.begins_term(self._before + block[:2])
        ):
            self._watched = False
            with _unwatched(self._path) as whole:
                try:
                    nesting.refuse_deep(whole, cast(RdfFormat, self._form))
                except InputError as error:
                    raise InputError(
                        error.message, hint=error.hint, place=Place(self._path)
                    ) from None
        self._before = (self._before + block)[-2:]

    def _refuse_bomb(self) -> None:
        most = EXPANSION.value
        if self._given > max(_SMALL, most * self._size):
            raise InputError(
                f"this compressed file expands to more than {most:,} times its size",
                place=Place(self._path),
                hint=EXPANSION.hint,
            )

    def _unpacked(self) -> BinaryIO:
        opener: ModuleType
        if self._compression == ".gz":
            import gzip as opener

            self._failures += (opener.BadGzipFile,)
        elif self._compression == ".zst":
            opener = zstandard()
            self._failures += (opener.ZstdError,)
        elif self._compression == ".bz2":
            import bz2 as opener

            self._failures += (OSError, ValueError)
        elif self._compression == ".xz":
            import lzma as opener

            self._failures += (opener.LZMAError,)
        else:
            return self._file
        return cast(BinaryIO, opener.open(self._file, "rb"))


def _unwatched(path: Path) -> BinaryIO:
    """Open a file without checking its content."""
    return io.BufferedReader(_Guarded(path, None), _BLOCK)


def _regular(path: Path) -> BinaryIO:
    """Open a regular file; a pipe or device may block, or never end."""
    try:
        # Without O_NONBLOCK, opening a pipe waits for a writer.
        descriptor = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
    except FileNotFoundError:
        refuse_missing(path)
        raise
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise InputError(
            f"this is {_kind(mode)}, not a file",
            place=Place(path),
            hint="Write its content to a file first.",
        )
    return os.fdopen(descriptor, "rb", buffering=0)


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, "a directory"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    return next((kind for test, kind in kinds if test(mode)), "a device")


def _refuse_other_encodings(path: Path, head: bytes) -> None:
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            raise _encoded(path, name)
    if b"\0" not in head:
        return
    if head[1:2] == b"\0" or head[:1] == b"\0":
        raise _encoded(path, "UTF-16 without a byte order mark")
    raise InputError(
        "this is a binary file, not RDF",
        place=Place(path),
        hint=f"Give text in an RDF format; compressed files end in {', '.join(COMPRESSIONS)}.",
    )


def _encoded(path: Path, name: str) -> InputError:
    return InputError(
        f"this file is encoded in {name}", place=Place(path), hint="Save it as UTF-8."
    )


def _compression(name: str) -> str:
    return next((suffix for suffix in COMPRESSIONS if name.endswith(suffix)), "")


def zstandard() -> ModuleType:
    """Import the module for Zstandard (RFC 8878), which has another name before Python 3.14."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _similar(path: Path) -> str:
    """Suggest the most similar name in the closest folder that exists."""
    if str(path).startswith(("http:/", "https:/")):  # Path reduces the two slashes to one
        return "This is a URL, and nothing is fetched: download the data to a file."
    folder = path.parent
    while not folder.is_dir() and folder != folder.parent:
        path, folder = folder, folder.parent
    names = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) > _NEIGHBOURS:
                    return "Check the spelling."
    except OSError:
        return "Check the spelling."
    near = nearest(path.name, names, most=1, similarity=0.6)
    return did_you_mean([str(folder / name) for name in near]) or "Check the spelling."


def _unreadable(path: Path, error: OSError | ValueError) -> InputError:
    reason = (error.strerror if isinstance(error, OSError) else None) or _reason(error)
    return InputError(
        f"this file cannot be read ({reason})",
        place=Place(path),
        hint="Check its name and permissions.",
    )


def _reason(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__
