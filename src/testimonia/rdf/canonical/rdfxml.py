"""RDF/XML of graphs that fit memory, such as an ontology: pyoxigraph's writer over quads in order.

That writer takes also what XML cannot say, which is refused here.

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
# Carriage returns become line feeds in XML; other controls, which only escapes can write, are none of it.
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
        A property or class has no name that XML allows, or a literal has a character that XML does
        not keep.
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
                f"{name.decode()} has no form in RDF/XML",
                hint="Give properties and classes IRIs that end in a name: a letter comes first.",
            )
    if object_.startswith(b'"') and _LOST.match(object_):
        raise InputError(
            "a literal has a control character, which XML does not keep",
            hint="Leave the character out.",
        )
