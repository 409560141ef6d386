"""Writes RDF/XML of graphs that fit in memory, such as an ontology, with pyoxigraph.

Its serializer also accepts what XML cannot express, which is refused here.

Source: RDF 1.1 XML Syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from pyoxigraph import RdfFormat, parse, serialize

from testimonia.errors import InputError
from testimonia.namespaces import PREFIXES
from testimonia.rdf.canonical.nquads import split

__all__ = ["rdfxml"]

_TYPE: Final = f"<{PREFIXES['rdf']}type>".encode()
_NAMED: Final = re.compile(rb"<.*[^A-Za-z0-9._-][0-9.-]*[A-Za-z_][A-Za-z0-9._-]*>", re.DOTALL)
# XML turns carriage returns into line feeds, and does not allow other control characters.
_LOST: Final = re.compile(rb'"(?:[^"\\]|\\[tn"\\])*\\[bfru]')


def rdfxml(lines: Iterable[bytes], prefixes: Mapping[str, str] = PREFIXES) -> bytes:
    """Write a graph as RDF/XML.

    Parameters
    ----------
    lines
        Its canonical lines, in order.
    prefixes
        Namespaces by prefix.

    Raises
    ------
    InputError
        The IRI of a property or class does not end in an XML name, or a literal has a character that
        XML does not preserve.
    """
    lines = list(lines)
    for line in lines:
        _check(line)
    quads = parse(b"".join(lines), RdfFormat.N_QUADS)
    text = serialize(
        (quad.triple for quad in quads), format=RdfFormat.RDF_XML, prefixes=dict(prefixes)
    )
    assert text is not None  # noqa: S101 - bytes are returned when no output is named
    return text


def _check(line: bytes) -> None:
    _, predicate, object_, _ = split(line)
    for name in (predicate, object_ if predicate == _TYPE else predicate):
        if name.startswith(b"<") and not _NAMED.fullmatch(name):
            raise InputError(
                f"{name.decode()} cannot be written in RDF/XML",
                hint="Give properties and classes IRIs that end in a name that begins with a letter.",
            )
    if object_.startswith(b'"') and _LOST.match(object_):
        raise InputError(
            "a literal has a control character, which XML does not preserve",
            hint="Remove the character.",
        )
