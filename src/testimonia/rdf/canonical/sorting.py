"""External sorting: sorted runs on disk, merged block by block."""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Final

__all__ = ["Sorter"]

_MEMORY: Final = 64 << 20
_BLOCK: Final = 1 << 20
_MOST_RUNS: Final = 64


class Sorter:
    r"""Sorts lines by their bytes and removes duplicates; they can be read any number of times.

    UTF-8 preserves the order of code points, by which RDFC-1.0 sorts.

    Parameters
    ----------
    folder
        Folder of the runs, which are unnamed files and disappear with the sorter.
    memory
        How many bytes of lines are sorted in memory. Python needs about twice as much to hold them.

    Examples
    --------
    >>> with Sorter(Path(tempfile.gettempdir())) as sorter:
    ...     sorter.add([b"b\n", b"a\n"])
    ...     sorter.add([b"a\n"])
    ...     [line for batch in sorter.batches() for line in batch]
    [b'a\n', b'b\n']
    """

    def __init__(self, folder: Path, memory: int = _MEMORY) -> None:
        self._folder = folder
        self._memory = memory
        self._pending: list[bytes] = []
        self._size = 0
        self._runs: list[IO[bytes]] = []

    def __enter__(self) -> Sorter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, lines: Sequence[bytes]) -> None:
        """Add lines, each ending in its only line feed."""
        self._pending += lines
        self._size += sum(map(len, lines))
        if self._size >= self._memory:
            self._write_run()

    def put(self, line: bytes) -> None:
        """Add a line."""
        self._pending.append(line)
        self._size += len(line)
        if self._size >= self._memory:
            self._write_run()

    def batches(self) -> Iterator[list[bytes]]:
        """Yield the sorted lines in batches; only one iteration may be active at a time."""
        self._pending = _distinct(self._pending)
        if not self._runs:
            if self._pending:
                yield self._pending
            return
        if self._pending:
            self._runs.append(self._written([self._pending]))
            self._pending, self._size = [], 0
        yield from _merged(self._runs)

    def close(self) -> None:
        """Free the space on disk."""
        for run in self._runs:
            run.close()
        self._runs, self._pending = [], []

    def _write_run(self) -> None:
        self._runs.append(self._written([_distinct(self._pending)]))
        self._pending, self._size = [], 0
        if len(self._runs) == _MOST_RUNS:
            self._join_runs()

    def _join_runs(self) -> None:
        # Otherwise a large input would need more open files than a process may have.
        joined = self._written(_merged(self._runs))
        self.close()
        self._runs = [joined]

    def _written(self, batches: Iterator[list[bytes]] | list[list[bytes]]) -> IO[bytes]:
        run = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - lives with the sorter
        for batch in batches:
            run.writelines(batch)
        return run


def _distinct(lines: list[bytes]) -> list[bytes]:
    lines.sort()
    return list(dict.fromkeys(lines))


def _merged(runs: Sequence[IO[bytes]]) -> Iterator[list[bytes]]:
    """Merge sorted runs: all lines up to the smallest last line of the blocks are sorted together.

    Timsort detects the sorted stretches, and so merges them.
    """
    for run in runs:
        run.seek(0)
    blocks = [(run, run.readlines(_BLOCK)) for run in runs]
    while blocks := [(run, lines or run.readlines(_BLOCK)) for run, lines in blocks]:
        blocks = [(run, lines) for run, lines in blocks if lines]
        if not blocks:
            return
        last = min(lines[-1] for _, lines in blocks)
        ready: list[bytes] = []
        rest = []
        for run, lines in blocks:
            cut = bisect_right(lines, last)
            ready += lines[:cut]
            rest.append((run, lines[cut:]))
        yield _distinct(ready)
        blocks = rest
