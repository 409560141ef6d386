"""Keys that order rows as SPARQL does (SPARQL 1.1 Query, section 15.1): nothing, blank nodes, IRIs, literals."""

from __future__ import annotations

from typing import Final

from testimonia.query.columnar.conversions import Conversions
from testimonia.query.columnar.operands import Form, Operand, bit
from testimonia.query.columnar.query_plan import QueryPlan
from testimonia.query.columnar.term_ids import (
    BLANK,
    BOOLEAN,
    COUNT,
    DATE,
    DATETIME,
    INTEGER,
    IRI,
    NUMERIC,
    OTHER,
    PAYLOAD_BITS,
    STRING,
    TAGGED,
)

__all__ = ["is_ordered", "order_terms"]

_BY_ID: Final = (INTEGER, COUNT, BOOLEAN, DATE)
"""Kinds whose ids are in the order of their values."""
_RANK: Final = {
    BLANK: 0,
    IRI: 1,
    INTEGER: 2,
    COUNT: 2,
    NUMERIC: 2,
    DATETIME: 3,
    DATE: 3,
    BOOLEAN: 4,
    STRING: 5,
    TAGGED: 6,
    OTHER: 7,
}


def is_ordered(plan: QueryPlan, kind: int) -> bool:
    """Check whether ids of a kind are in the order of their terms, for all that the query may meet."""
    unknown = any(number >> PAYLOAD_BITS == kind for number in plan.unknown)
    return kind in _BY_ID or bool(plan.facts.ordered_kinds & bit(kind) and not unknown)


def order_terms(plan: QueryPlan, convert: Conversions, operand: Operand) -> list[str]:
    """Write the expressions that order the values of an operand.

    Parameters
    ----------
    plan
        The plan of the query.
    convert
        How values are looked up.
    operand
        The operand.
    """
    if operand.unbound or operand.term is not None:
        return []
    if operand.form is Form.TEXT:
        return _of_texts(operand)
    if operand.form is Form.STR_OF and is_ordered(plan, IRI):
        return [operand.sql]
    if operand.form is not Form.ID:
        return [convert.lexical(operand)] if operand.form is Form.STR_OF else [operand.sql]
    kinds = [kind for kind in _RANK if operand.kinds & bit(kind)]
    if len(kinds) == 1 and is_ordered(plan, kinds[0]):
        return [operand.sql]
    if operand.only(INTEGER, COUNT):
        return [convert.integer(operand)]
    return _of_ids(convert, operand, kinds)


def _of_ids(convert: Conversions, operand: Operand, kinds: list[int]) -> list[str]:
    keys = []
    if len({_RANK[kind] for kind in kinds}) > 1:
        cases = " ".join(f"WHEN {kind} THEN {_RANK[kind]}" for kind in kinds)
        keys.append(f"CASE ({operand.sql} >> {PAYLOAD_BITS}) {cases} END")
    if operand.kinds & bit(NUMERIC):
        keys.append(convert.numbers(operand)[1])
    elif operand.kinds & bit(INTEGER, COUNT):
        value = convert.integer(operand)
        listed = f"({INTEGER}, {COUNT})"
        keys.append(f"CASE WHEN ({operand.sql} >> {PAYLOAD_BITS}) IN {listed} THEN {value} END")
    if operand.kinds & bit(DATETIME):
        keys.append(convert.time(operand)[0])
    if operand.only(BLANK):
        return [*keys, operand.sql]
    keys.append(convert.lexical(operand))
    if operand.kinds & bit(TAGGED):
        keys.append(convert.language(operand))
    return keys


def _of_texts(operand: Operand) -> list[str]:
    sql = operand.sql
    rank = f"CASE left({sql}, 1) WHEN 'B' THEN 0 WHEN 'I' THEN 1 WHEN 'T' THEN 2 ELSE 3 END"
    value = f"CASE WHEN left({sql}, 1) = 'T' THEN substr({sql}, instr({sql}, ' ') + 1) END"
    rest = f"CASE WHEN left({sql}, 1) = 'G' THEN substr({sql}, instr({sql}, ' ') + 1) ELSE substr({sql}, 2) END"
    return [rank, f"TRY_CAST({value} AS DOUBLE)", rest, sql]
