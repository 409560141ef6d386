"""RDF/XML of graphs that fit memory, such as an ontology: pyoxigraph's writer over quads in order.

Source: RDF 1.1 XML Syntax.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import RdfFormat, parse, serialize

from testimonia.errors import InputError
from testimonia.namespaces import PREFIXES

__all__ = ["rdfxml"]


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
        A property has no name that XML allows.
    """
    quads = parse(b"".join(lines), RdfFormat.N_QUADS)
    try:
        text = serialize(
            (quad.triple for quad in quads), format=RdfFormat.RDF_XML, prefixes=dict(prefixes)
        )
    except (ValueError, OSError) as error:
        raise InputError(
            f"this graph has no form in RDF/XML ({error})",
            hint="Give its properties IRIs that end in a name.",
        ) from None
    assert text is not None  # noqa: S101 - bytes are returned when no output is named
    return text
