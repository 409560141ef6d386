"""Folders that hold quads by column: whether one is there, opening it to read, and adding to it.

A folder has a DuckDB file, and a marker that names it and says which version of the layout it has. The file is
never changed: adding writes a new one, and then the marker in one step, so that a reader has the old state or the
new one, and a process that is killed leaves the old one.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from testimonia.errors import InputError, Place
from testimonia.extras import require
from testimonia.outputs import new_directory, replacing
from testimonia.outputs.store_files import COLUMNS_MARKER, holds_columns
from testimonia.outputs.temporary import beside, locked
from testimonia.printing import one_line
from testimonia.query.columnar.quad_writing import create_tables, write_staged

if TYPE_CHECKING:
    import duckdb

    from testimonia.query.columnar.term_staging import Staging
    from testimonia.query.columnar.written_check import Staged

    Change = Callable[[duckdb.DuckDBPyConnection], None]

__all__ = ["MEMORY", "add_to_folder", "change_folder", "open_folder"]

VERSION: Final = 1
MEMORY: Final = 4096
"""MiB that DuckDB may use; what needs more goes to temporary files."""

_FORMAT: Final = "testimonia columns"
_ATTEMPTS: Final = 5


def open_folder(directory: Path) -> duckdb.DuckDBPyConnection:
    """Open the quads of a folder to read them, as they are now.

    Parameters
    ----------
    directory
        The folder.

    Raises
    ------
    InputError
        It holds no quads by column, or those of another version, or they are damaged.
    ExtraMissing
        DuckDB is not installed.
    """
    require("columns", "duckdb", "pyarrow")
    import duckdb

    for _ in range(_ATTEMPTS):
        file = _file_of(directory)
        try:
            return duckdb.connect(file, read_only=True, config=_settings(_spill()))
        except duckdb.Error as error:
            fault = error
            if _file_of(directory) == file:  # else somebody has added to the folder meanwhile
                break
    raise _damaged(directory, fault)


def add_to_folder(
    directory: Path, stage: Callable[[Staging, duckdb.DuckDBPyConnection], None]
) -> None:
    """Add quads to a folder, which is made if it does not exist; completely or not at all.

    What was written is read back from the file, and compared, before anybody sees it.

    Parameters
    ----------
    directory
        A folder with quads by column, an empty one, or a path that does not exist yet.
    stage
        Adds the quads. They replace the graphs that they are in.

    Raises
    ------
    InputError
        The folder holds something else, another process adds to it, or the quads cannot be read or kept.
    ExtraMissing
        DuckDB is not installed.
    """
    require("columns", "duckdb", "pyarrow")

    from testimonia.query.columnar.written_check import check_written, staged

    expected: list[Staged] = []

    def write(connection: duckdb.DuckDBPyConnection) -> None:
        from testimonia.query.columnar.term_staging import Staging

        stage(Staging(connection), connection)
        expected.append(staged(connection))
        write_staged(connection)

    def check(connection: duckdb.DuckDBPyConnection) -> None:
        check_written(connection, expected[0])

    if holds_columns(directory):
        change_folder(directory, write, check)
        return
    _refuse_foreign(directory)
    with new_directory(directory) as made:
        _write(made / _name(1), write, check, fresh=True)
        (made / COLUMNS_MARKER).write_text(_marker(1), encoding="utf-8")


def change_folder(directory: Path, change: Change, check: Change | None = None) -> None:
    """Change a folder, completely or not at all.

    Parameters
    ----------
    directory
        A folder with quads by column.
    change
        Changes its tables.
    check
        Reads what was written, and raises an error if it is not right; the folder is then as it was.

    Raises
    ------
    InputError
        It holds no quads by column, another process changes it, or it cannot be written.
    ExtraMissing
        DuckDB is not installed.
    """
    require("columns", "duckdb", "pyarrow")
    with locked(directory) as free:
        if not free:
            raise InputError(
                "another process is adding to this folder",
                place=Place(directory),
                hint="Run this again when that one is done.",
            )
        _change(directory, change, check)


def _refuse_foreign(directory: Path) -> None:
    """Refuse a folder that holds something else, naming a file in it.

    Raises
    ------
    InputError
        It is not empty.
    """
    other = next(directory.iterdir(), None) if directory.is_dir() else None
    if other is not None:
        raise InputError(
            f"this folder holds no quads by column, but other files ({one_line(other.name)})",
            place=Place(directory),
            hint="Give a new or empty folder, or one that was made with --engine duckdb.",
        )


def _change(directory: Path, change: Change, check: Change | None) -> None:
    old = _file_of(directory)
    number = int(old.stem.rpartition("-")[2]) + 1
    new = directory / _name(number)
    try:
        with beside(new, folder=True) as made:  # which also takes the log that DuckDB writes
            copy = made / new.name
            shutil.copyfile(old, copy)
            _write(copy, change, check, fresh=False)
            copy.replace(new)
            with replacing(directory / COLUMNS_MARKER) as marker:
                marker.write_text(_marker(number), encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"this folder cannot be written ({error.strerror or error})",
            place=Place(directory),
            hint="Make room, and check that you may write there; what it held is unchanged.",
        ) from None
    for path in directory.glob("quads-*.duckdb"):
        if path != new:
            path.unlink(missing_ok=True)  # readers that have it open keep it


def _write(file: Path, change: Change, check: Change | None, *, fresh: bool) -> None:
    import duckdb

    with tempfile.TemporaryDirectory(prefix="testimonia-") as spill:
        settings = _settings(spill)
        if fresh:
            file.unlink(missing_ok=True)
        try:
            with duckdb.connect(file, config=settings) as connection:
                if fresh:
                    create_tables(connection)
                change(connection)
                connection.execute("CHECKPOINT")
            if check is not None:
                with duckdb.connect(file, read_only=True, config=settings) as connection:
                    check(connection)
        except duckdb.Error as error:
            raise InputError(
                f"the quads cannot be written by column ({one_line(str(error))})",
                place=Place(file.parent),
                hint="Make room there and in the folder for temporary files (TMPDIR).",
            ) from None


def _file_of(directory: Path) -> Path:
    """Find the DuckDB file of a folder."""
    try:
        content = json.loads((directory / COLUMNS_MARKER).read_text(encoding="utf-8"))
        form, version, name = (content[key] for key in ("format", "version", "file"))
    except FileNotFoundError:
        raise InputError(
            "this folder holds no quads by column",
            place=Place(directory),
            hint="Make one with: testimonia load FILE --to FOLDER --engine duckdb.",
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(directory, error) from None
    if form != _FORMAT or not isinstance(version, int) or Path(name).name != name:
        raise _damaged(directory, ValueError(f"{COLUMNS_MARKER} is not one of this program"))
    if version != VERSION:
        raise InputError(
            f"this folder has version {version} of the layout, and this program reads {VERSION}",
            place=Place(directory),
            hint="Update Testimonia, or load the data again."
            if version > VERSION
            else "Load the data again.",
        )
    return directory / str(name)


def _damaged(directory: Path, error: Exception) -> InputError:
    return InputError(
        f"this folder is damaged ({one_line(str(error))})",
        place=Place(directory),
        hint="Remove it, and load the data again.",
    )


def _name(number: int) -> str:
    return f"quads-{number}.duckdb"


def _marker(number: int) -> str:
    return json.dumps({"format": _FORMAT, "version": VERSION, "file": _name(number)}) + "\n"


def _settings(spill: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": f"{MEMORY}MiB",
        "temp_directory": spill,
        "autoinstall_known_extensions": "false",
    }


def _spill() -> str:
    """Name a folder for what does not fit into memory, which DuckDB makes and removes.

    It is the same for all connections of a process, since a file is opened with one configuration only.
    """
    return str(Path(tempfile.gettempdir(), f"testimonia-duckdb-{os.getpid()}"))
