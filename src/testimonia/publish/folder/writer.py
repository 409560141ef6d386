"""Writes the files of a release, and records their digests."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

from testimonia.publish.folder.manifest import is_path
from testimonia.publish.folder.release import Artefact, PublishedFile

__all__ = ["Writer"]

_BLOCK: Final = 1 << 20
_LEVEL: Final = 6


class Writer:
    """Writes files of a release.

    Parameters
    ----------
    folder
        Where they go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, PublishedFile] = {}
        self._compressed: list[Future[PublishedFile]] = []
        self._pool = ThreadPoolExecutor(1, "gzip")  # zlib releases the GIL

    def write(self, artefact: Artefact) -> PublishedFile:
        """Write a file.

        Raises
        ------
        ValueError
            There is a file at that path already, or the path is not allowed in a release.
        """
        if not is_path(artefact.path):
            raise ValueError(f"a release cannot hold a file {artefact.path!r}")
        if artefact.path in self._files:
            raise ValueError(f"a release cannot hold two files {artefact.path}")
        pieces = [artefact.content] if isinstance(artefact.content, bytes) else artefact.content
        file = _written(self._folder, artefact.path, pieces, artefact.media_type)
        self._files[file.path] = file
        return file

    def compress(self, file: PublishedFile) -> None:
        """Write a gzip copy of a file in the background."""
        self._compressed.append(self._pool.submit(_compressed, self._folder, file))

    def files(self) -> tuple[PublishedFile, ...]:
        """List the files written so far, in order of path."""
        for future in self._compressed:
            file = future.result()
            self._files[file.path] = file
        self._compressed.clear()
        return tuple(file for _, file in sorted(self._files.items()))

    def close(self) -> None:
        """Stop the background thread."""
        self._pool.shutdown(cancel_futures=True)


def _written(
    folder: Path, path: str, pieces: Iterable[bytes], media_type: str, compresses: str | None = None
) -> PublishedFile:
    digest, size = sha256(), 0
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("xb", _BLOCK) as stream:
        for piece in pieces:
            stream.write(piece)
            digest.update(piece)
            size += len(piece)
    return PublishedFile(path, size, digest.hexdigest(), media_type, compresses)


def _compressed(folder: Path, file: PublishedFile) -> PublishedFile:
    path = f"{file.path}.gz"
    # No file name or time in the header, so that equal files are equal when compressed.
    with (
        (folder / file.path).open("rb") as plain,
        (folder / path).open("xb") as stream,
        gzip.GzipFile("", "wb", _LEVEL, stream, mtime=0) as packed,
    ):
        while block := plain.read(_BLOCK):
            packed.write(block)
    with (folder / path).open("rb") as written:
        digest = file_digest(written, "sha256").hexdigest()
        return PublishedFile(path, written.tell(), digest, "application/gzip", file.path)
