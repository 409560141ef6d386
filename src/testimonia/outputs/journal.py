"""Replaces several files together: all or none, and what a killed run left is completed by the next."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from testimonia.errors import InputError, Place
from testimonia.outputs import replacing
from testimonia.outputs.temporary import LOG
from testimonia.printing import one_line

__all__ = ["JOURNAL", "complete", "replace_all"]

JOURNAL: Final = ".testimonia-update"
"""Name of the file that has the new contents until all files are replaced; in the folder of the first."""


def replace_all(texts: Mapping[Path, bytes]) -> None:
    """Replace the contents of several files.

    Each file is replaced atomically, one after the other. If one of them fails, the others get their
    old contents back. If the process is killed, `complete` finishes the job.

    Parameters
    ----------
    texts
        The new contents by file; UTF-8. All files exist.

    Raises
    ------
    InputError
        A file cannot be written. No file is changed in that case.
    """
    new = {path.resolve(): text for path, text in texts.items()}
    if not new:
        return
    before = {path: path.read_bytes() for path in new}
    journal = next(iter(new)).parent / JOURNAL
    if len(new) > 1:
        _note(journal, before, new)
    done: list[Path] = []
    try:
        with ExitStack() as stack:
            for path, text in new.items():
                stack.callback(done.append, path)
                stack.enter_context(replacing(path)).write_bytes(text)
    except BaseException:
        for path in done:
            if path.read_bytes() != before[path]:
                _replace(path, before[path])
        journal.unlink(missing_ok=True)
        raise
    journal.unlink(missing_ok=True)


def complete(files: Iterable[Path]) -> None:
    """Finish replacing files if an earlier run of `replace_all` was killed.

    Parameters
    ----------
    files
        The files that may be replaced; journals are searched for in their folders.

    Raises
    ------
    InputError
        The journal is not valid or names another file, or a file has changed since. No file is changed
        in that case.
    """
    allowed = {path.resolve() for path in files}
    for folder in sorted({path.parent for path in allowed}):
        journal = folder / JOURNAL
        if not journal.is_file():
            continue
        for entry in [each for each in _entries(journal) if _is_waiting(each, allowed, journal)]:
            _replace(entry.path, entry.after)
        journal.unlink()
        LOG.warning("completed an update that was interrupted: %s", one_line(str(folder)))


@dataclass(frozen=True)
class _Entry:
    path: Path
    before: str
    after: bytes


def _note(journal: Path, before: Mapping[Path, bytes], new: Mapping[Path, bytes]) -> None:
    entries = [
        {
            "path": os.path.relpath(path, journal.parent),
            "before": _digest(before[path]),
            "after": text.decode(),
        }
        for path, text in new.items()
    ]
    _replace(journal, json.dumps(entries, ensure_ascii=False).encode())


def _entries(journal: Path) -> Iterator[_Entry]:
    try:
        for each in json.loads(journal.read_bytes()):
            path = (journal.parent / each["path"]).resolve()
            yield _Entry(path, each["before"], each["after"].encode())
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise InputError(
            "an earlier update was interrupted, and the record of it cannot be read",
            place=Place(journal),
            hint="Compare the files in this folder with a copy, then delete this file.",
        ) from None


def _is_waiting(entry: _Entry, allowed: set[Path], journal: Path) -> bool:
    """Check whether a file still has its old contents."""
    if entry.path not in allowed or not entry.path.is_file():
        raise InputError(
            f"an earlier update was interrupted, and it includes {one_line(str(entry.path))}, which "
            "was not given",
            place=Place(journal),
            hint="Run it again with the same files; or restore all of them, and delete this one.",
        )
    digest = _digest(entry.path.read_bytes())
    if digest not in (entry.before, _digest(entry.after)):
        raise InputError(
            f"an earlier update was interrupted, and {one_line(str(entry.path))} has changed since",
            place=Place(journal),
            hint="Restore the files from before the update, delete this one, and run it again.",
        )
    return digest == entry.before


def _replace(path: Path, text: bytes) -> None:
    with replacing(path) as target:
        target.write_bytes(text)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
