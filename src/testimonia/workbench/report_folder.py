"""The folder that the workbench works in: its reports, its notes, and nothing outside of it."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from testimonia.errors import InputError, Place, SyntaxFault
from testimonia.notes.draft import Text
from testimonia.notes.drafting import begun
from testimonia.outputs import replacing
from testimonia.yaml_nodes import Fields, Word, parsed

try:
    import fcntl
except ImportError:  # Windows: two windows share one process, and its lock
    fcntl = None  # type: ignore[assignment]

__all__ = ["LARGEST_NOTES", "Changed", "Full", "Notes", "ReportFolder", "Unwritable"]

LARGEST_NOTES: Final = 4_000_000
"""Bytes that a file of notes may have."""

_LARGEST_REPORT: Final = 20_000_000
_NOTES: Final = (".yaml", ".yml")
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_COPIES: Final = 1000


class Changed(Exception):
    """Somebody has written the notes since they were read.

    Parameters
    ----------
    notes
        What is there now; None where the file is gone.
    """

    def __init__(self, notes: Notes | None) -> None:
        super().__init__("the notes have changed")
        self.notes = notes


class Unwritable(InputError):
    """Nothing can be written in the folder."""


class Full(Unwritable):
    """There is no room left."""


@dataclass(frozen=True)
class Notes:
    """A file of notes.

    Attributes
    ----------
    name
        The name of the file.
    text
        What it holds.
    version
        The SHA-256 of its bytes; None where there is no file yet.
    """

    name: str
    text: str
    version: str | None


class ReportFolder:
    """Reads and writes by name in one folder; links and names that lead out of it are refused.

    Parameters
    ----------
    path
        The folder.

    Raises
    ------
    InputError
        It is no folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path))
        if not self.path.is_dir():
            raise InputError(
                "this is no folder", place=Place(path), hint="Name a folder that holds reports."
            )

    def reports(self) -> list[str]:
        """List the reports: files that end in .txt."""
        return self._listed(".txt")

    def notes_files(self) -> list[str]:
        """List the files of notes: files that end in .yaml or .yml."""
        return self._listed(*_NOTES)

    def report(self, name: str) -> Text:
        """Read a report.

        Raises
        ------
        InputError
            There is none of that name, it is too large, or not UTF-8.
        """
        self._refuse_odd(name, ".txt")
        return Text(self.path / name, self._decoded(name, _LARGEST_REPORT))

    def text_at(self, path: Path) -> Text:
        """Read the text that notes name, for `testimonia.notes.build`.

        Raises
        ------
        InputError
            It lies outside of the folder.
        """
        place = Path(os.path.normpath(path))
        if place.parent != self.path:
            raise InputError("this is not in the folder of the workbench")
        return Text(place, self._decoded(place.name, _LARGEST_REPORT))

    def notes(self, name: str) -> Notes | None:
        """Read a file of notes; None where there is none.

        Raises
        ------
        InputError
            It cannot be read, is too large, or not UTF-8.
        """
        self._refuse_odd(name, *_NOTES)
        try:
            content = self._bytes(name, LARGEST_NOTES)
        except FileNotFoundError:
            return None
        text = self._text(name, content)
        return Notes(name, text, _version(content))

    def notes_on(self, report: Text) -> Notes:
        """Find the notes on a report: those that name it as their text, or else have its name.

        Where there are none, what they may begin with is given, which nobody has saved.
        """
        own = report.path.with_suffix(".yaml").name
        for name in sorted(self.notes_files(), key=lambda each: (each != own, each)):
            notes = self.notes(name)
            if notes is not None and _text_named(notes.text) == report.path.name:
                return notes
        number = 1
        while (there := self.notes(own)) is not None:
            if _text_named(there.text) is None:
                return there
            number += 1  # those are on another report
            own = f"{report.path.stem}-{number}.yaml"
        return Notes(own, begun(report, self.path, label=report.path.stem), None)

    def every_notes(self, replaced: Notes | None = None) -> list[tuple[Path, str]]:
        """Give the path and text of each file of notes, for `testimonia.notes.build`.

        Parameters
        ----------
        replaced
            Notes that count instead of those on the disk, and come first.
        """
        found = [] if replaced is None else [(self.path / replaced.name, replaced.text)]
        for name in self.notes_files():
            if replaced is not None and name == replaced.name:
                continue
            notes = self.notes(name)
            if notes is not None:
                found.append((self.path / name, notes.text))
        return found

    def states(self) -> tuple[tuple[str, int, int], ...]:
        """Return the name, the time of change and the size of each report, which change if it is edited."""
        found = []
        for name in self.reports():
            with suppress(OSError):
                state = (self.path / name).lstat()
                found.append((name, state.st_mtime_ns, state.st_size))
        return tuple(found)

    def save(self, name: str, text: str, version: str | None) -> str:
        """Write notes, whole or not at all, over the version that they were made of.

        Parameters
        ----------
        name
            The name of the file.
        text
            What it is to hold.
        version
            The version that is there; None where there is no file.

        Returns
        -------
        str
            The version that is there now.

        Raises
        ------
        Changed
            Another version is there.
        Full, Unwritable
            There is no room, or nothing may be written.
        """
        self._refuse_odd(name, *_NOTES)
        content = text.encode()
        if len(content) > LARGEST_NOTES:
            raise InputError("these notes are too large", hint="Write a file for each document.")
        with self._locked():
            there = self.notes(name)
            if (there.version if there else None) != version:
                raise Changed(there)
            self._write(name, content)
        return _version(content)

    def save_copy(self, name: str, text: str) -> str:
        """Write notes beside those of that name, as a file that is not built, and give its name."""
        self._refuse_odd(name, *_NOTES)
        with self._locked():
            for number in range(1, _COPIES):
                copy = f"{name}.copy-{number}"
                if not os.path.lexists(self.path / copy):
                    self._write(copy, text.encode())
                    return copy
        raise InputError(f"there are {_COPIES - 1} copies already", hint="Remove some.")

    def _write(self, name: str, content: bytes) -> None:
        try:
            with replacing(self.path / name) as made, made.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except (OSError, InputError) as error:
            cause = error if isinstance(error, OSError) else error.__context__
            number = cause.errno if isinstance(cause, OSError) else None
            if number in _NO_ROOM:
                raise Full("the disk is full", hint="Make room; the text stays here.") from None
            why = os.strerror(number) if number else str(error)
            raise Unwritable(
                f"the folder cannot be written in ({why})",
                hint="Allow writing there; the text stays here until then.",
            ) from None

    def skipped(self) -> int:
        """Count the reports that are left out: links, and those whose names are not UTF-8."""
        with os.scandir(self.path) as entries:
            found = [each for each in entries if _is_named(each.name, ".txt") and each.is_file()]
        return len(found) - len(self.reports())

    def _listed(self, *ends: str) -> list[str]:
        try:
            with os.scandir(self.path) as entries:
                return sorted(
                    entry.name
                    for entry in entries
                    if _is_named(entry.name, *ends)
                    and _is_utf8(entry.name)
                    and entry.is_file(follow_symlinks=False)
                )
        except OSError as error:
            raise InputError(
                f"the folder cannot be read ({error.strerror})", place=Place(self.path)
            ) from None

    def _refuse_odd(self, name: str, *ends: str) -> None:
        """Refuse what is no plain name of a file of a kind in the folder."""
        plain = name == Path(name).name and "\\" not in name and "\0" not in name
        if not plain or name.startswith(".") or not name.lower().endswith(ends):
            raise InputError("this is no name of a file in the folder")

    def _decoded(self, name: str, largest: int) -> str:
        try:
            return self._text(name, self._bytes(name, largest))
        except FileNotFoundError:
            raise InputError("there is no such file in the folder") from None

    def _text(self, name: str, content: bytes) -> str:
        try:
            return content.decode("utf-8-sig" if name.lower().endswith(_NOTES) else "utf-8")
        except UnicodeDecodeError as error:
            raise InputError(
                f"{name} is not UTF-8 (byte {error.start} cannot be decoded)",
                place=Place(name),
                hint="Save it as UTF-8.",
            ) from None

    def _bytes(self, name: str, largest: int) -> bytes:
        path = self.path / name
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            handle = os.open(path, flags)
        except FileNotFoundError:
            raise
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise InputError(f"{name} cannot be read ({why})", place=Place(name)) from None
        with os.fdopen(handle, "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode) or state.st_size > largest:
                raise InputError(
                    f"{name} is not a regular file, or is too large", place=Place(name)
                )
            return file.read()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes from writing between the look at a version and the next."""
        if fcntl is None:
            yield
            return
        try:
            handle = os.open(self.path, os.O_RDONLY)
        except OSError as error:
            raise Unwritable(
                f"the folder cannot be opened ({error.strerror})",
                hint="Restore it; the text stays here until then.",
            ) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_named(name: str, *ends: str) -> bool:
    return name.lower().endswith(ends) and not name.startswith(".")


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text_named(text: str) -> str | None:
    """Return the file that notes name as their text; None if they name none, or cannot be read."""
    try:
        fields, _ = parsed(text, "")
    except SyntaxFault:
        return None
    document = next((node for key, node in fields.entries if key.text == "document"), None)
    if not isinstance(document, Fields):
        return None
    named = next((node for key, node in document.entries if key.text == "text"), None)
    return os.path.normpath(named.text) if isinstance(named, Word) and named.text else None
