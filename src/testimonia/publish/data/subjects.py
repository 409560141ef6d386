"""Looks up subjects in sorted N-Quads, without holding the statements in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from testimonia.namespaces import PREFIXES, TMN
from testimonia.query.graph_names import ACCEPTED, DERIVED

__all__ = ["Subjects"]

_CLAIM: Final = f" <{PREFIXES['rdf']}type> {TMN.Claim} ".encode()
_COMPUTED: Final = tuple(
    f"<{graph.value}{end}".encode() for graph in (DERIVED, ACCEPTED) for end in "/>"
)


class Subjects:
    """An index of the subjects of sorted N-Quads: the offset of the first statement of each.

    Derived facts are skipped.

    Parameters
    ----------
    path
        N-Quads, sorted by line, as in a release, without blank nodes.
    """

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("rb")
        self._starts: dict[bytes, int] = {}
        self.claims: list[NamedNode] = []
        """All claims, in order of IRI."""
        start, last = 0, b""
        for line in self._file:
            subject = line[: line.index(b" ")]
            if subject != last:
                self._starts[subject] = start
                last = subject
            if _CLAIM in line and not _is_computed(line):
                claim = NamedNode(subject[1:-1].decode())
                if self.claims[-1:] != [claim]:
                    self.claims.append(claim)
            start += len(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def about(self, thing: object) -> list[Quad]:
        """List the statements of a subject; an empty list if there are none.

        Parameters
        ----------
        thing
            A term; only an IRI has statements.
        """
        key = str(thing).encode()
        start = self._starts.get(key)
        if start is None:
            return []
        self._file.seek(start)
        return list(parse(b"".join(self._lines(key)), format=RdfFormat.N_QUADS))

    def _lines(self, key: bytes) -> Iterator[bytes]:
        for line in self._file:
            if not line.startswith(key + b" "):
                return
            if not _is_computed(line):
                yield line


def _is_computed(line: bytes) -> bool:
    graph = line[line.rindex(b"<") :] if line.endswith(b"> .\n") else b""
    return graph.startswith(_COMPUTED)
