"""Files in any file system that Spark can access: local, HDFS, object stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from testimonia.errors import InputError, Place, TableError
from testimonia.tables.spark.session import faults, why

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["BUILDING", "FileSystem", "Listed", "at_once", "refuse_local"]

BUILDING: Final = "_building"
"""The folder in an output for what is not needed in the end; readers pass over it."""
_THREADS: Final = 8
_HIDDEN: Final = ("_", ".")


def refuse_local(output: str, master: str | None) -> None:
    """Refuse an output that exists, before Spark is started, where Spark is to run on this machine.

    Raises
    ------
    InputError
        The path exists.
    """
    on_this_machine = master is not None and master.startswith("local") and "://" not in output
    if on_this_machine and Path(output).exists():
        raise _taken(output)


def _taken(path: str) -> InputError:
    return InputError(
        "there is something here already", place=Place(path), hint="Choose a new folder."
    )


_Given = TypeVar("_Given")
_Got = TypeVar("_Got")


@dataclass(frozen=True)
class Listed:
    """A file.

    Parameters
    ----------
    path
        Where it is.
    size
        Its size in bytes.
    """

    path: str
    size: int

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rsplit("/", 1)[-1]


class FileSystem:
    """The file systems of a Spark session, as the driver sees them (Hadoop's ``FileSystem``).

    Parameters
    ----------
    spark
        The session.
    """

    def __init__(self, spark: SparkSession) -> None:
        self._java = _java_of(spark)
        self._settings: Any = spark._jsc.hadoopConfiguration()
        # No hidden checksum file for each local file.
        self._java.org.apache.hadoop.fs.FileSystem.getLocal(self._settings).setWriteChecksum(False)

    def files(self, path: str) -> list[Listed]:
        """List a file, the files in a directory and its subdirectories, or those that match a pattern.

        Files whose names begin with ``_`` or ``.`` are skipped, as Spark does.

        Raises
        ------
        InputError
            There are none, or they cannot be reached.
        """
        try:
            where = self._path(path)
            found = where.getFileSystem(self._settings).globStatus(where) or []
            listed = [file for status in found for file in self._below(status)]
        except faults() as error:
            raise InputError(
                f"this cannot be reached ({why(error)})",
                place=Place(path),
                hint="Give a path that Spark can read; object stores need their connector.",
            ) from None
        if not listed:
            raise InputError("there is no file", place=Place(path), hint="Check the path.")
        return sorted(listed, key=lambda file: file.path)

    def digest(self, files: Sequence[Listed]) -> str:
        """Compute the SHA-256 of a file; of several, that of their list as ``sha256sum`` prints it.

        Parameters
        ----------
        files
            Sorted by path. The list has their names, without folders.
        """
        taken = [(self._digest(file.path), file.name) for file in files]
        if len(taken) == 1:
            return taken[0][0]
        return sha256("".join(f"{each}  {name}\n" for each, name in taken).encode()).hexdigest()

    def refuse_other_than_utf8(self, path: str) -> None:
        """Read a text file once, and raise an error if it is not in UTF-8.

        Spark itself would silently replace what it cannot decode.

        Raises
        ------
        TableError
            It is not in UTF-8, or cannot be read.
        """
        decoder = self._java.java.nio.charset.StandardCharsets.UTF_8.newDecoder()
        stream = None
        try:
            stream = self._decompressed(path)
            reader = self._java.java.io.InputStreamReader(stream, decoder)
            reader.transferTo(self._java.java.io.Writer.nullWriter())
        except faults() as error:
            raise TableError(
                f"this table cannot be read ({why(error)})",
                place=Place(path),
                hint="It must be CSV in UTF-8, plain or compressed by gzip.",
            ) from None
        finally:
            if stream is not None:
                stream.close()

    def exists(self, path: str) -> bool:
        """Return whether a path exists."""
        return bool(self._of(path).exists(self._path(path)))

    def make(self, path: str) -> None:
        """Create a directory, and its parents.

        Raises
        ------
        InputError
            It cannot be created.
        """
        try:
            made = self._of(path).mkdirs(self._path(path))
        except faults() as error:
            made, because = False, f" ({why(error)})"
        else:
            because = ""
        if not made:
            raise InputError(
                f"this directory cannot be created{because}",
                place=Place(path),
                hint="Choose a place with write permission.",
            )

    def move(self, source: str, target: str) -> None:
        """Rename a file.

        Raises
        ------
        InputError
            It cannot be renamed.
        """
        if not self._of(source).rename(self._path(source), self._path(target)):
            raise InputError("this file cannot be moved into place", place=Place(target))

    def remove(self, path: str) -> None:
        """Remove a file or a directory with its content, if it exists."""
        self._of(path).delete(self._path(path), True)

    @contextmanager
    def new_folder(self, path: str) -> Iterator[None]:
        """Refuse a path that exists, and remove what the block writes there if it fails.

        Raises
        ------
        InputError
            The path exists.
        """
        if self.exists(path):
            raise _taken(path)
        try:
            yield
        except BaseException:
            self.remove(path)
            raise

    def write(self, path: str, text: str) -> None:
        """Write a small file in UTF-8."""
        stream = self._of(path).create(self._path(path), True)
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()

    def _path(self, path: str) -> Any:
        return self._java.org.apache.hadoop.fs.Path(path)

    def _of(self, path: str) -> Any:
        return self._path(path).getFileSystem(self._settings)

    def _below(self, status: Any) -> list[Listed]:
        if status.isFile():
            return [Listed(_plain(status.getPath().toString()), status.getLen())]
        inside = self._of(status.getPath().toString()).listStatus(status.getPath())
        visible = [each for each in inside if not each.getPath().getName().startswith(_HIDDEN)]
        return [file for each in visible for file in self._below(each)]

    def _digest(self, path: str) -> str:
        stream = self._of(path).open(self._path(path))
        try:
            return str(self._java.org.apache.commons.codec.digest.DigestUtils.sha256Hex(stream))
        finally:
            stream.close()

    def _decompressed(self, path: str) -> Any:
        where = self._path(path)
        stream = self._of(path).open(where)
        codecs = self._java.org.apache.hadoop.io.compress.CompressionCodecFactory(self._settings)
        codec = codecs.getCodec(where)
        return stream if codec is None else codec.createInputStream(stream)


def _java_of(spark: SparkSession) -> Any:
    return spark._jvm


def _plain(path: str) -> str:
    """Strip the scheme from a local path."""
    return path.removeprefix("file:") if path.startswith("file:/") else path


def at_once(do: Callable[[_Given], _Got], things: Sequence[_Given]) -> list[_Got]:
    """Call a function for several arguments in parallel."""
    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(do, things))
