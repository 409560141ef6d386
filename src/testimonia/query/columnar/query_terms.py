"""Turns the terms of a parsed query, which are rdflib's, into those of Oxigraph."""

from __future__ import annotations

from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import BNode, URIRef, Variable
from rdflib import Literal as RdflibLiteral
from rdflib.plugins.sparql.parserutils import CompValue

from testimonia.errors import NotCompiled

__all__ = ["is_variable", "term_of", "variable_name", "variables_in"]


def term_of(term: Any) -> NamedNode | BlankNode | Literal:
    """Convert a constant of a query.

    Parameters
    ----------
    term
        An IRI or a literal.

    Raises
    ------
    NotCompiled
        It is neither; or an IRI or a language tag is not well formed.
    """
    try:
        if isinstance(term, URIRef):
            return NamedNode(str(term))
        if isinstance(term, RdflibLiteral):
            if term.language:
                return Literal(str(term), language=term.language)
            if term.datatype is not None:
                return Literal(str(term), datatype=NamedNode(str(term.datatype)))
            return Literal(str(term))
    except ValueError as error:
        raise NotCompiled(f"a term of the query cannot be used: {error}") from None
    raise NotCompiled(f"a term of the query cannot be used: {term!r}")


def is_variable(term: Any) -> bool:
    """Check whether a pattern binds a term: a variable, or a blank node, which is as good as one."""
    return isinstance(term, Variable | BNode)


def variable_name(term: Any) -> str:
    """Name the column of a variable; no variable can have the name that a blank node gets."""
    return f"_:{term}" if isinstance(term, BNode) else str(term)


def variables_in(node: Any) -> set[str]:
    """Name the variables that an expression reads, those of EXISTS patterns too."""
    if isinstance(node, Variable):
        return {str(node)}
    found: set[str] = set()
    if isinstance(node, CompValue):
        for key, value in node.items():
            if key != "_vars":
                found |= variables_in(value)
    elif isinstance(node, list | tuple | set):
        for item in node:
            found |= variables_in(item)
    elif isinstance(node, dict):
        for item in [*node, *node.values()]:
            found |= variables_in(item)
    return found
