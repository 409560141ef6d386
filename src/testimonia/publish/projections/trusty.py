"""Trusty URIs of RDF graphs (module RA): names that contain a digest of the statements.

Source: Kuhn and Dumontier, "Trusty URIs: Verifiable, Immutable, and Permanent Digital Artifacts for
Linked Data" (ESWC 2014), section 4.2, with the definition of module RA: the code is replaced by a space in
all IRIs, statements are sorted by graph, subject, predicate and object, and each of their four terms is a
line of the text that is hashed.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from testimonia.errors import InputError

__all__ = ["PLACEHOLDER", "artifact_code", "named"]

PLACEHOLDER: Final = "RA" + "-" * 43
"""Placeholder for the code in new IRIs; as long as a code."""

_Key = tuple[str, str, str, bool, str, str, str]


def artifact_code(quads: Iterable[Quad], code: str = PLACEHOLDER) -> str:
    """Compute the artifact code of statements in named graphs.

    Parameters
    ----------
    quads
        The statements.
    code
        The placeholder of the code in their IRIs; to check a code, the code itself.

    Returns
    -------
    str
        ``RA`` and the SHA-256 of the statements, as 43 characters of base64 for URLs.

    Raises
    ------
    InputError
        A statement has a blank node or a triple term, or is in no named graph.
    """
    rows = sorted((_key(quad, code), _text(quad, code)) for quad in set(quads))
    digest = sha256("".join(text for _, text in rows).encode()).digest()
    return "RA" + urlsafe_b64encode(digest).decode().rstrip("=")


def named(quads: Iterable[Quad]) -> tuple[str, list[Quad]]:
    """Replace the placeholder in the IRIs of statements by their artifact code.

    Parameters
    ----------
    quads
        Statements with `PLACEHOLDER` in their IRIs.

    Returns
    -------
    tuple
        The code, and the statements with it.
    """
    given = list(quads)
    code = artifact_code(given)

    def filled(term: object) -> NamedNode:
        return NamedNode(_iri(term).replace(PLACEHOLDER, code))

    return code, [
        Quad(
            filled(quad.subject),
            filled(quad.predicate),
            quad.object if isinstance(quad.object, Literal) else filled(quad.object),
            filled(quad.graph_name),
        )
        for quad in given
    ]


def _key(quad: Quad, code: str) -> _Key:
    graph, subject, predicate = (
        _iri(term).replace(code, " ") for term in (quad.graph_name, quad.subject, quad.predicate)
    )
    if not isinstance(quad.object, Literal):
        return graph, subject, predicate, False, _iri(quad.object).replace(code, " "), "", ""
    language = quad.object.language or ""
    datatype = "" if language else quad.object.datatype.value
    return graph, subject, predicate, True, quad.object.value, datatype, language


def _text(quad: Quad, code: str) -> str:
    names = (quad.graph_name, quad.subject, quad.predicate)
    lines = [_iri(term).replace(code, " ") for term in names]
    if isinstance(quad.object, Literal):
        value = quad.object.value.replace("\\", "\\\\").replace("\n", "\\n")
        language = quad.object.language
        kind = f"@{language.lower()}" if language else f"^{quad.object.datatype.value}"
        lines.append(f"{kind} {value}")
    else:
        lines.append(_iri(quad.object).replace(code, " "))
    return "".join(f"{line}\n" for line in lines)


def _iri(term: object) -> str:
    if not isinstance(term, NamedNode):
        raise InputError(
            f"{term} cannot be part of a graph with a trusty URI",
            hint="Use IRIs for things and graphs.",
        )
    return term.value
