"""Compares the files of a release with its manifest, byte for byte."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

from testimonia.progress import Progress
from testimonia.publish.folder import manifest
from testimonia.publish.folder.manifest import MANIFEST, SUMS, Manifest
from testimonia.publish.folder.release import PublishedFile
from testimonia.publish.verification.dump_scanner import Discrepancy

__all__ = ["Compared", "compared", "present"]

_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Compared:
    """The result of the comparison, and the digest of the manifest."""

    discrepancies: tuple[Discrepancy, ...]
    manifest: str


def present(root: Path) -> tuple[set[str], list[Discrepancy]]:
    """List the files of a folder, and anything in it that is neither file nor folder.

    Parameters
    ----------
    root
        The folder. Links are not followed, and no file is opened.

    Returns
    -------
    tuple of set and list
        Paths of regular files, relative to the folder; and discrepancies for other entries.
    """
    found: set[str] = set()
    odd = []
    for folder, folders, names in os.walk(root):
        for name in (*folders, *names):
            place = Path(folder, name)
            path = place.relative_to(root).as_posix()
            mode = place.lstat().st_mode
            if stat.S_ISREG(mode):
                found.add(path)
            elif not stat.S_ISDIR(mode):
                kind = "a link" if stat.S_ISLNK(mode) else "not a regular file"
                odd.append(Discrepancy(path, f"is {kind}, and was not read"))
    return found, sorted(odd, key=lambda each: each.path)


def compared(
    root: Path, found: set[str], says: Manifest, progress: Progress | None = None
) -> Compared:
    """Compare the files in a folder with the manifest: existence, sizes and digests.

    Parameters
    ----------
    root
        The folder.
    found
        The regular files in it.
    says
        Its manifest.
    progress
        Called with the number of bytes read.
    """
    whole = _digest(root / MANIFEST)
    faults = [
        *(each for file in says.files for each in _compared(root, found, file)),
        *_extra(found, says),
        *_compressed(root, found, says),
        *_sums(root, found, says),
    ]
    if progress:
        size = sum(file.bytes for file in says.files)
        progress("bytes compared", size, size)
    return Compared(tuple(faults), whole)


def _compared(root: Path, found: set[str], file: PublishedFile) -> Iterator[Discrepancy]:
    if file.path not in found:
        yield Discrepancy(file.path, "is missing")
        return
    if not _is_as_large(root, file):
        size = (root / file.path).stat().st_size
        yield Discrepancy(file.path, f"has {size} bytes, where the manifest lists {file.bytes}")
    elif _digest(root / file.path) != file.sha256:
        yield Discrepancy(file.path, "has another SHA-256 digest than in the manifest")


def _extra(found: set[str], says: Manifest) -> Iterator[Discrepancy]:
    for path in sorted(found - {file.path for file in says.files} - {MANIFEST, SUMS}):
        yield Discrepancy(path, "is not listed in the manifest")


def _compressed(root: Path, found: set[str], says: Manifest) -> Iterator[Discrepancy]:
    files = {file.path: file for file in says.files}
    for file in says.files:
        if file.compresses is None:
            continue
        plain = files.get(file.compresses)
        if plain is None:
            yield Discrepancy(MANIFEST, f"does not list {file.compresses}, which {file.path} holds")
        elif (
            {file.path, plain.path} <= found
            and _is_as_large(root, plain)
            and _unpacked(root / file.path, plain.bytes) != plain.sha256
        ):
            yield Discrepancy(file.path, f"does not hold {file.compresses}")


def _is_as_large(root: Path, file: PublishedFile) -> bool:
    """Return whether a file has the size that the manifest lists."""
    return (root / file.path).stat().st_size == file.bytes


def _unpacked(path: Path, size: int) -> str | None:
    """Return the digest of the content of a gzip file; None if it is damaged or has another size."""
    digest, done = sha256(), 0
    try:
        with gzip.open(path) as stream:
            while block := stream.read(_BLOCK):
                done += len(block)
                if done > size:  # do not unpack any further
                    return None
                digest.update(block)
    except (OSError, EOFError, zlib.error):
        return None
    return digest.hexdigest() if done == size else None


def _sums(root: Path, found: set[str], says: Manifest) -> Iterator[Discrepancy]:
    if SUMS not in found:
        yield Discrepancy(SUMS, "is missing")
        return
    expected = manifest.sums(says.files, (root / MANIFEST).read_bytes())
    with (root / SUMS).open("rb") as stream:
        actual = stream.read(len(expected) + 1)
    if actual == expected:
        return
    lines = set(actual.splitlines())
    for line in expected.splitlines():
        if line not in lines:
            path = line.split(b"  ", 1)[1].decode()
            yield Discrepancy(SUMS, f"has no line, or another digest, for {path}")
            return
    yield Discrepancy(SUMS, "has other lines than the files of the manifest, or in another order")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
