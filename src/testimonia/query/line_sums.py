"""Adds up digests of quads, so that the same quads in any order have the same sum."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final

__all__ = ["LABEL", "LineSum", "line_sum"]

LABEL: Final = "_:[A-Za-z0-9]+"
"""Labels of blank nodes, as a regular expression: they change with every load, and are left out."""

_LABEL: Final = re.compile(LABEL.encode())


class LineSum(io.RawIOBase):
    """Adds up the digests of lines that are written to it.

    Parameters
    ----------
    without
        A graph to leave out, with those whose names begin with its name and a slash; none when empty.
    """

    def __init__(self, without: str = "") -> None:
        super().__init__()
        self.total = 0
        root = re.escape(without.encode())
        self._left_out = re.compile(rb" <%b(/[^<> ]*)?> \.$" % root) if without else None
        self._rest = b""

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, chunk: bytes) -> int:  # type: ignore[override]
        """Add the lines of some bytes; a line may go on in the next ones."""
        chunk = bytes(chunk)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if self._left_out is not None:
            lines = [line for line in lines if not self._left_out.search(line)]
        named = (_LABEL.sub(b"_:", line) if b"_:" in line else line for line in lines)
        self.total += sum(int.from_bytes(sha256(line).digest()) for line in named)
        return len(chunk)


def line_sum(dump: Callable[[io.RawIOBase], object], without: str = "") -> int:
    """Add up the SHA-256 digests of quads, each written as a line of N-Quads without its end.

    Parameters
    ----------
    dump
        Writes quads to a stream, as N-Quads.
    without
        A graph to leave out, as in `LineSum`.
    """
    lines = LineSum(without)
    dump(lines)
    return lines.total
