"""Claim tables and their columns, each of which corresponds to a property of the things in the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from testimonia.namespaces import IDENTIFIER, PREFIXES

__all__ = ["Column", "Kind", "Table", "Target", "class_iri"]

Kind = Literal[
    "id",
    "type",
    "link",
    "code",
    "match",
    "text",
    "string",
    "integer",
    "decimal",
    "moment",
    "address",
]
"""What a cell holds:

``id``       the name of the thing in the row: the end of its IRI, or an absolute IRI
``type``     a class of the ontology, by its local name
``link``     the name of a thing in the target table, or an absolute IRI
``code``     a code of the target list, by its local name
``match``    the identifier of an item of Wikidata, or the IRI of something described elsewhere
``text``     text in a language: English, or the language after ``@`` in the header
``string``   text without a language (``xsd:string``)
``integer``  a whole number from 0 (``xsd:nonNegativeInteger``)
``decimal``  a number in digits, with a point (``xsd:decimal``)
``moment``   a date and time with its offset from UTC (``xsd:dateTimeStamp``)
``address``  a web address (``xsd:anyURI``), which is never fetched
"""

Target = str
"""The name of a table, or of a code list."""

_XSD: Final = PREFIXES["xsd"]
_DATATYPES: Final[dict[Kind, str]] = {
    "integer": _XSD + "nonNegativeInteger",
    "decimal": _XSD + "decimal",
    "moment": _XSD + "dateTimeStamp",
    "address": _XSD + "anyURI",
}


@dataclass(frozen=True)
class Column:
    """A column of a claim table.

    Parameters
    ----------
    name
        Its header. A ``text`` column may also have the header ``NAME@TAG``, for another language.
    kind
        What its cells hold.
    description
        What a cell means, for analysts who fill it in.
    example
        An example of a cell.
    predicate
        Its property, as a CURIE; empty for the column ``id``.
    target
        The table that a link leads to, or the list that a code comes from.
    many
        Whether a cell holds a list.
    required
        Whether each row must have it.
    of_selector
        Whether the property belongs to the selector of the thing instead of the thing itself.
    """

    name: str
    kind: Kind
    description: str
    example: str
    predicate: str = ""
    target: Target = ""
    many: bool = False
    required: bool = False
    of_selector: bool = False

    @property
    def property_iri(self) -> str:
        """The IRI of the property."""
        prefix, _, local = self.predicate.partition(":")
        return PREFIXES[prefix] + local

    @property
    def datatype(self) -> str | None:
        """The IRI of the datatype, or None if cells are texts, strings or IRIs."""
        return _DATATYPES.get(self.kind)

    @property
    def is_resource(self) -> bool:
        """Whether cells name things, classes or codes rather than hold literals."""
        return self.kind in ("id", "type", "link", "code", "match")


@dataclass(frozen=True)
class Table:
    """A claim table: things of one kind, one in each row.

    Parameters
    ----------
    name
        Its name, and that of its file.
    path
        What the IRIs of its things begin with, after ``https://w3id.org/testimonia/id/``.
    description
        What a row is.
    columns
        Its columns; the first is the name of the thing.
    types
        The classes of its things, as local names of the ontology or as CURIEs. If there is one, all rows
        are of it; if there are several, the column ``type`` says which.
    beside
        Classes that a thing may have in addition, but which alone do not make it a row of this table.
    """

    name: str
    path: str
    description: str
    columns: tuple[Column, ...]
    types: tuple[str, ...]
    beside: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """What the IRIs of its things begin with."""
        return IDENTIFIER + self.path

    @property
    def has_selector(self) -> bool:
        """Whether each row also describes a selector."""
        return any(column.of_selector for column in self.columns)

    def column(self, name: str) -> Column | None:
        """Find a column by its header, with or without a language."""
        plain, at, _ = name.partition("@")
        found = next((column for column in self.columns if column.name == plain), None)
        return None if found is None or (at and found.kind != "text") else found


def class_iri(name: str) -> str:
    """Return the IRI of a class by its local name in the ontology or by a CURIE."""
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon else PREFIXES["tmn"] + name
