"""Writes readable Turtle and TriG: prefixes, one block for each subject, type and label first.

Literals keep their text from the canonical lines, which is also valid Turtle: numbers and booleans are
not abbreviated, since some parsers would rewrite ``007`` as ``7``.

Source: RDF 1.1 Turtle, sections 2 and 6.5; RDF 1.1 TriG, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Final

from testimonia.namespaces import PREFIXES, RDF
from testimonia.rdf.canonical.blocks import Block, GraphBlocks
from testimonia.rdf.canonical.nquads import DEFAULT

__all__ = ["trig", "turtle"]

# Narrower than PN_LOCAL of the grammar, so that every parser accepts it.
_LOCAL: Final = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_-]*")
_NAMESPACE: Final = re.compile(rb"<(.*[/#])([^/#]*)>", re.DOTALL)
_TYPE: Final = str(RDF.type).encode()
_FIRST: Final = {
    _TYPE: 0,
    b"<http://www.w3.org/2000/01/rdf-schema#label>": 1,
    b"<http://www.w3.org/2004/02/skos/core#prefLabel>": 1,
}
_REMEMBERED: Final = 100_000


def turtle(blocks: Iterable[Block], prefixes: Mapping[str, str] = PREFIXES) -> Iterator[bytes]:
    """Write a graph as Turtle.

    Parameters
    ----------
    blocks
        Its statements by subject, in the order in which they are to be written.
    prefixes
        Namespaces by prefix; each is declared, in order of prefix.

    Yields
    ------
    bytes
        The text in pieces.
    """
    terms = _Terms(prefixes)
    yield terms.head
    for block in blocks:
        yield b"\n" + terms.block(block)


def trig(graphs: Iterable[GraphBlocks], prefixes: Mapping[str, str] = PREFIXES) -> Iterator[bytes]:
    """Write a dataset as TriG.

    Parameters
    ----------
    graphs
        Its graphs; the default graph may be among them.
    prefixes
        Namespaces by prefix; each is declared, in order of prefix.

    Yields
    ------
    bytes
        The text in pieces.
    """
    terms = _Terms(prefixes)
    yield terms.head
    for graph in graphs:
        named = graph.name != DEFAULT
        if named:
            yield b"\n" + terms.resource(graph.name) + b" {\n"
        for block in graph.blocks:
            yield b"\n" + terms.block(block)
        if named:
            yield b"\n}\n"


class _Terms:
    """Writes terms and blocks of terms with prefixes."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = {space.encode(): name.encode() for name, space in prefixes.items()}
        self.head = b"".join(
            f"@prefix {name}: <{space}> .\n".encode() for name, space in sorted(prefixes.items())
        )
        self.resource = lru_cache(_REMEMBERED)(self._resource)
        self._predicate = lru_cache(_REMEMBERED)(self._written_predicate)

    def block(self, block: Block) -> bytes:
        if any(predicate in _FIRST for predicate, _ in block.statements):
            statements = sorted(block.statements, key=_by_use)
        else:
            statements = block.statements
        lines = [
            self._predicate(predicate) + b" " + b" , ".join(self._object(o) for _, o in group)
            for predicate, group in groupby(statements, key=_predicate_of)
        ]
        return self.resource(block.subject) + b" " + b" ;\n    ".join(lines) + b" .\n"

    def _written_predicate(self, term: bytes) -> bytes:
        return b"a" if term == _TYPE else self._resource(term)

    def _object(self, term: bytes) -> bytes:
        if not term.startswith(b'"'):
            return self.resource(term)
        if term.endswith(b">"):
            text, _, datatype = term.rpartition(b"^^")
            return text + b"^^" + self.resource(datatype)
        return term

    def _resource(self, term: bytes) -> bytes:
        found = _NAMESPACE.fullmatch(term)
        if found is None or found[1] not in self._prefixes or not _LOCAL.fullmatch(found[2]):
            return term
        return self._prefixes[found[1]] + b":" + found[2]


def _predicate_of(statement: tuple[bytes, bytes]) -> bytes:
    return statement[0]


def _by_use(statement: tuple[bytes, bytes]) -> int:
    return _FIRST.get(statement[0], 2)
