"""Ids of terms that every worker makes alike without asking the others: parts of a SHA-256 digest.

They have the kinds and inline values of `testimonia.query.columnar.term_ids`. What has no inline value has the last
55 bits of the first 14 hexadecimal digits of the digest of its text as payload, where dictionaries of one machine count.
Two terms with the same id are found when the dictionaries are made; another salt gives others.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.query.columnar.operands import text_of
from testimonia.query.columnar.term_ids import (
    IRI,
    PAYLOAD_BITS,
    STRING,
    inline_id,
    kind_of_term,
    make_id,
)

__all__ = ["hashed_id", "hashed_in_sql"]

_DIGITS: Final = 14
_MASK: Final = (1 << (PAYLOAD_BITS - 1)) - 1
"""The highest bit is left to terms that a query names and no dictionary has."""
_MARKS: Final = {IRI: "I", STRING: "S"}


def hashed_id(term: NamedNode | BlankNode | Literal, salt: int = 0) -> int:
    """Give a term its id.

    Parameters
    ----------
    term
        An RDF 1.1 term.
    salt
        A number that changes the ids.

    Examples
    --------
    >>> hashed_id(Literal("true", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#boolean")))
    432345564227567617
    """
    if isinstance(term, Literal) and not term.language:
        inline = inline_id(term.value, term.datatype.value)
        if inline is not None:
            return inline
    digest = sha256(f"{salt}{text_of(term)}".encode()).hexdigest()
    return make_id(kind_of_term(term), int(digest[:_DIGITS], 16) & _MASK)


def hashed_in_sql(text: str, kind: int, salt: int = 0) -> str:
    """Write the id of an IRI or a string in the SQL of Spark.

    Parameters
    ----------
    text
        Its text, in SQL.
    kind
        ``IRI`` or ``STRING``.
    salt
        As for `hashed_id`.
    """
    digest = f"sha2(concat('{salt}{_MARKS[kind]}', {text}), 256)"
    number = f"CAST(conv(substring({digest}, 1, {_DIGITS}), 16, 10) AS BIGINT)"
    return f"(({number} & {_MASK}) | {make_id(kind, 0)})"
