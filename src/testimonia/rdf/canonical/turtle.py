"""Writes readable Turtle and TriG: prefixes, one block for each subject, type and label first.

Literals keep their text from the canonical lines, which is also valid Turtle: numbers and booleans are
not abbreviated, since some parsers would rewrite ``007`` as ``7``.

Source: RDF 1.1 Turtle, sections 2 and 6.5; RDF 1.1 TriG, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from testimonia.namespaces import PREFIXES, RDF
from testimonia.rdf.canonical.blocks import Block, GraphBlocks
from testimonia.rdf.canonical.nquads import DEFAULT

__all__ = ["TurtleTerms", "trig", "trig_of", "turtle", "turtle_of"]

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
_FEW: Final = 20_000  # objects, which may be long


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
    terms = TurtleTerms(prefixes)
    yield from turtle_of(map(terms.block, blocks), terms)


def turtle_of(blocks: Iterable[bytes], terms: TurtleTerms) -> Iterator[bytes]:
    """Write a graph as Turtle, as `turtle` does, from blocks that `TurtleTerms.block` has written."""
    yield terms.head
    for block in blocks:
        yield b"\n" + block


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
    terms = TurtleTerms(prefixes)
    yield from trig_of(((graph.name, map(terms.block, graph.blocks)) for graph in graphs), terms)


def trig_of(graphs: Iterable[tuple[bytes, Iterable[bytes]]], terms: TurtleTerms) -> Iterator[bytes]:
    """Write a dataset as TriG, as `trig` does, from blocks that `TurtleTerms.block` has written.

    Parameters
    ----------
    graphs
        The name of each graph, and its blocks.
    terms
        What has written them.
    """
    yield terms.head
    for name, blocks in graphs:
        if name != DEFAULT:
            yield b"\n" + terms.resource(name) + b" {\n"
        for block in blocks:
            yield b"\n" + block
        if name != DEFAULT:
            yield b"\n}\n"


class TurtleTerms:
    """Writes terms and blocks of terms with prefixes.

    Parameters
    ----------
    prefixes
        Namespaces by prefix.
    """

    def __init__(self, prefixes: Mapping[str, str] = PREFIXES) -> None:
        self._prefixes = {space.encode(): name.encode() for name, space in prefixes.items()}
        self.head = b"".join(
            f"@prefix {name}: <{space}> .\n".encode() for name, space in sorted(prefixes.items())
        )
        """The declarations of the prefixes."""
        self.resource = lru_cache(_REMEMBERED)(self._resource)
        self._predicate = lru_cache(_REMEMBERED)(self._written_predicate)
        self._object = lru_cache(_FEW)(self._written_object)

    def block(self, block: Block) -> bytes:
        """Write what is stated about a subject; ends in a line feed."""
        statements = block.statements
        if any(predicate in _FIRST for predicate, _ in statements):
            statements = sorted(statements, key=_by_use)
        lines: list[bytes] = []
        last = b""
        for predicate, object_ in statements:
            if predicate == last:
                lines[-1] += b" , " + self._object(object_)
            else:
                lines.append(self._predicate(predicate) + b" " + self._object(object_))
                last = predicate
        return self.resource(block.subject) + b" " + b" ;\n    ".join(lines) + b" .\n"

    def _written_predicate(self, term: bytes) -> bytes:
        return b"a" if term == _TYPE else self._resource(term)

    def _written_object(self, term: bytes) -> bytes:
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


def _by_use(statement: tuple[bytes, bytes]) -> int:
    return _FIRST.get(statement[0], 2)
