"""What an expression or a variable is in SQL: the form of its values, and what is known of them beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.term_ids import (
    BOOLEAN,
    COUNT,
    IRI,
    STRING,
)
from testimonia.query.columnar.term_ids import INTEGER as INTEGER_KIND

if TYPE_CHECKING:
    from testimonia.query.columnar.active_graphs import ActiveGraph
    from testimonia.query.columnar.select_blocks import Block

__all__ = [
    "ANY_KIND",
    "UNBOUND",
    "Form",
    "Operand",
    "bit",
    "computed",
    "term_of_text",
    "text_of",
]

ANY_KIND: Final = sum(1 << kind for kind in range(IRI, COUNT + 1))
_XSD: Final = PREFIXES["xsd"]
_XSD_STRING: Final = _XSD + "string"


class Form(Enum):
    """How a value is held in a column."""

    ID = "id"
    """The id of a term."""
    STR_OF = "str_of"
    """The id of an IRI; the value is its text, as an xsd:string."""
    STRING = "string"
    """The text of an xsd:string."""
    ADDRESS = "address"
    """The text of an IRI."""
    INTEGER = "integer"
    """The value of an xsd:integer."""
    BOOLEAN = "boolean"
    """An xsd:boolean."""
    TEXT = "text"
    """Any term, in the notation of `text_of`."""


@dataclass(frozen=True)
class Operand:
    """A value in SQL.

    Attributes
    ----------
    form
        How its values are held.
    sql
        The expression; NULL where the variable is unbound or the expression is an error.
    kinds
        Bit *k* is set if a value may be of kind *k*.
    maybe
        Whether it may be NULL.
    term
        The term that it always is, if that is known.
    choices
        The terms that it can be, if these are few and it is never NULL.
    home
        The block whose tables the expression reads; None for that in which it is used.
    node_of
        The graph in which each value is a subject or an object, if that is known.
    """

    form: Form
    sql: str
    kinds: int
    maybe: bool = True
    term: NamedNode | BlankNode | Literal | None = None
    choices: tuple[Operand, ...] = ()
    home: Block | None = None
    node_of: ActiveGraph | None = None

    @property
    def known(self) -> tuple[Operand, ...]:
        """The terms that it can be, if these are few; none if there may be many, or if it may be unbound."""
        if self.maybe:
            return ()
        return self.choices if self.term is None else (self,)

    @property
    def unbound(self) -> bool:
        """Whether it never has a value."""
        return self.kinds == 0

    def only(self, *kinds: int) -> bool:
        """Check whether all values are of given kinds."""
        return not self.kinds & ~sum(1 << kind for kind in kinds)


def bit(*kinds: int) -> int:
    """Give the set of some kinds, as bits."""
    return sum(1 << kind for kind in kinds)


KINDS_OF_FORM: Final = {
    Form.STR_OF: bit(STRING),
    Form.STRING: bit(STRING),
    Form.ADDRESS: bit(IRI),
    Form.BOOLEAN: bit(BOOLEAN),
    Form.INTEGER: bit(INTEGER_KIND),
    Form.TEXT: ANY_KIND,
}
UNBOUND: Final = Operand(Form.ID, "NULL::BIGINT", 0)


def computed(form: Form, sql: str, *, maybe: bool = True) -> Operand:
    """Make an operand of a form whose kinds follow from it."""
    return Operand(form, sql, KINDS_OF_FORM[form], maybe)


def text_of(term: NamedNode | BlankNode | Literal) -> str:
    """Write a term so that texts are equal exactly where terms are.

    Parameters
    ----------
    term
        An RDF 1.1 term.

    Examples
    --------
    >>> text_of(Literal("Yida", language="en"))
    'Gen Yida'
    """
    if isinstance(term, NamedNode):
        return "I" + term.value
    if isinstance(term, BlankNode):
        return "B" + term.value
    if term.language:
        return f"G{term.language} {term.value}"
    if term.datatype.value == _XSD_STRING:
        return "S" + term.value
    return f"T{term.datatype.value} {term.value}"


def term_of_text(text: str) -> NamedNode | BlankNode | Literal:
    """Read a term as `text_of` writes it.

    Parameters
    ----------
    text
        The term.
    """
    mark, rest = text[0], text[1:]
    if mark == "I":
        return NamedNode(rest)
    if mark == "B":
        return BlankNode(rest)
    if mark == "S":
        return Literal(rest)
    about, _, value = rest.partition(" ")
    if mark == "G":
        return Literal(value, language=about)
    return Literal(value, datatype=NamedNode(about))
