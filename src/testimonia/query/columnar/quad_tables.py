"""The tables that quads are kept in: a dictionary for each kind of term, and a table for each predicate."""

from __future__ import annotations

from typing import Final

from testimonia.query.columnar.term_ids import payload_of

__all__ = ["DICTIONARIES", "FACTS", "PREDICATES", "PREDICATE_TABLE", "TRIPLES", "table_of"]

DICTIONARIES: Final = """
CREATE TABLE iris(id BIGINT NOT NULL, lexical VARCHAR NOT NULL);
CREATE TABLE blanks(id BIGINT NOT NULL, lexical VARCHAR NOT NULL);
CREATE TABLE strings(id BIGINT NOT NULL, lexical VARCHAR NOT NULL);
CREATE TABLE tagged(id BIGINT NOT NULL, lexical VARCHAR NOT NULL, language VARCHAR NOT NULL);
CREATE TABLE literals(
    id BIGINT NOT NULL, lexical VARCHAR NOT NULL, datatype BIGINT NOT NULL, number DOUBLE,
    exact DECIMAL(38, 18), instant BIGINT, offset_minutes INTEGER
);
"""
"""Terms by id. A literal has its datatype, the id of an IRI; its number if that is numeric, exactly too if it is
a decimal or an integer that fits; and as a date or time its microseconds since 1970 in UTC, with its offset if it has one."""

FACTS: Final = "CREATE TABLE facts(name VARCHAR NOT NULL, value BIGINT NOT NULL);"
"""``ordered_kinds``: bit *k* is set if ids of kind *k* are in the order of their lexical forms by code point."""

PREDICATES: Final = "predicates"
"""The table that lists the predicates and what is known of them."""

PREDICATE_TABLE: Final = """
CREATE TABLE predicates(
    id BIGINT NOT NULL, name VARCHAR NOT NULL, rows BIGINT NOT NULL, many_graphs BOOLEAN NOT NULL,
    subject_kinds INTEGER NOT NULL, object_kinds INTEGER NOT NULL
);
"""
"""``name`` is the table of its triples. ``many_graphs``: some subject and object are in two graphs. Bit *k* of
``subject_kinds`` and ``object_kinds`` is set if some subject or object is of kind *k*."""

TRIPLES: Final = """
CREATE TABLE {name}(s BIGINT NOT NULL, o BIGINT NOT NULL, g BIGINT NOT NULL, first BOOLEAN NOT NULL);
"""
"""Sorted by ``s``, ``o``, ``g``; ``g`` is 0 for the default graph; ``first`` is true for one row of each ``s`` and ``o``."""


def table_of(predicate: int) -> str:
    """Name the table of a predicate.

    Parameters
    ----------
    predicate
        The id of its IRI.

    Examples
    --------
    >>> table_of(72057594037927937)
    'triples_1'
    """
    return f"triples_{payload_of(predicate)}"
