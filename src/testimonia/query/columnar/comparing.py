"""Comparisons by value (SPARQL 1.1 Query, section 17.3), in SQL where the kinds of both sides allow it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.conversions import Conversions
from testimonia.query.columnar.operands import Form, Operand, bit
from testimonia.query.columnar.ordering_keys import is_ordered
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
from testimonia.query.columnar.unifying import same_term

__all__ = ["Comparing"]

_NEVER_EQUAL_OTHERS: Final = (IRI, BLANK)
_EQUAL_AS_TERMS: Final = (IRI, BLANK, STRING, TAGGED, INTEGER, BOOLEAN, DATE)
"""Kinds of which two values are equal only if they are the same term, as long as no other kind meets them."""
_NUMBERS: Final = (INTEGER, COUNT, NUMERIC)
_DATETIMES: Final = tuple(NamedNode(PREFIXES["xsd"] + n) for n in ("dateTime", "dateTimeStamp"))
_SWAPPED: Final = {"<": "<", "<=": "<=", ">": "<", ">=": "<="}


class Comparing:
    """Writes comparisons.

    Parameters
    ----------
    plan
        The plan of the query.
    conversions
        How values are looked up.
    call
        Writes an expression that Oxigraph evaluates, as a condition.
    """

    def __init__(
        self,
        plan: QueryPlan,
        conversions: Conversions,
        call: Callable[[str, list[Operand]], str],
    ) -> None:
        self._plan = plan
        self._conversions = conversions
        self._call = call

    def compare(self, operator: str, one: Operand, other: Operand) -> str:
        """Write a comparison; NULL where it is an error.

        Parameters
        ----------
        operator
            One of SPARQL's: = != < <= > >=.
        one, other
            What is compared.
        """
        if one.unbound or other.unbound:
            return "NULL::BOOLEAN"
        if operator == "!=":
            equal = self.equal(one, other)
            return {"TRUE": "FALSE", "FALSE": "TRUE"}.get(equal, f"NOT ({equal})")
        if operator == "=":
            return self.equal(one, other)
        if operator in (">", ">="):
            one, other = other, one
        return self._ordered(_SWAPPED[operator], one, other)

    def equal(self, one: Operand, other: Operand) -> str:
        """Write that two bound values are equal."""
        if one.term is not None and one.term == other.term and not one.only(NUMERIC):
            return "TRUE"
        quick = self._quick("=", one, other)
        if quick is not None:
            return quick
        if self._as_terms(one, other):
            if not one.kinds & other.kinds and not (one.maybe or other.maybe):
                return "FALSE"
            if not one.kinds & other.kinds:
                return (
                    f"(CASE WHEN {one.sql} IS NULL OR {other.sql} IS NULL THEN NULL ELSE FALSE END)"
                )
            return f"({same_term(one, other, self._conversions)})"
        called = self._call("?a0 = ?a1", [one, other])
        if one.form is Form.ID and other.form is Form.ID:
            never_nan = f"({one.sql} >> {PAYLOAD_BITS}) <> {NUMERIC}"
            return f"CASE WHEN {one.sql} = {other.sql} AND {never_nan} THEN TRUE ELSE {called} END"
        return called

    def _as_terms(self, one: Operand, other: Operand) -> bool:
        if one.only(*_NEVER_EQUAL_OTHERS) or other.only(*_NEVER_EQUAL_OTHERS):
            return True
        if one.only(*_EQUAL_AS_TERMS) and other.only(*_EQUAL_AS_TERMS):
            return True
        both = one.kinds | other.kinds
        return not both & bit(NUMERIC, DATETIME, OTHER, INTEGER)

    def _ordered(self, operator: str, one: Operand, other: Operand) -> str:
        quick = self._quick(operator, one, other)
        if quick is not None:
            return quick
        if one.only(IRI, BLANK, TAGGED) or other.only(IRI, BLANK, TAGGED):
            return "NULL::BOOLEAN"
        if one.only(DATE) and other.only(DATE) and one.form is other.form is Form.ID:
            return f"({one.sql} {operator} {other.sql})"
        called = self._call(f"?a0 {operator} ?a1", [one, other])
        if one.kinds & other.kinds & bit(BOOLEAN) and one.form is other.form is Form.ID:
            kinds = " AND ".join(f"({o.sql} >> {PAYLOAD_BITS}) = {BOOLEAN}" for o in (one, other))
            return f"CASE WHEN {kinds} THEN {one.sql} {operator} {other.sql} ELSE {called} END"
        return called

    def _quick(self, operator: str, one: Operand, other: Operand) -> str | None:
        """Write a comparison of numbers, texts, booleans or times; None for other kinds."""
        get = self._conversions
        if get.is_integer(one) and get.is_integer(other):
            return f"({get.integer(one)} {operator} {get.integer(other)})"
        if self._numeric(one) and self._numeric(other):
            return self._of_numbers(operator, one, other)
        if one.only(STRING) and other.only(STRING) and Form.TEXT not in (one.form, other.form):
            return self._of_texts(operator, one, other)
        if one.only(BOOLEAN) and other.only(BOOLEAN):
            left, right = (self._truth(o) for o in (one, other))
            return f"({left} {operator} {right})"
        if one.only(DATETIME) and other.only(DATETIME) and one.form is other.form is Form.ID:
            return self.of_times(
                operator, one, other, self._call(f"?a0 {operator} ?a1", [one, other])
            )
        return None

    def _numeric(self, operand: Operand) -> bool:
        return self._conversions.is_integer(operand) or (
            operand.form is Form.ID and operand.only(*_NUMBERS)
        )

    def _truth(self, operand: Operand) -> str:
        return operand.sql if operand.form is Form.BOOLEAN else f"(({operand.sql} & 1) = 1)"

    def _of_numbers(self, operator: str, one: Operand, other: Operand) -> str:
        exact, number = zip(
            self._conversions.numbers(one), self._conversions.numbers(other), strict=True
        )
        nan = f"isnan({number[0]}) OR isnan({number[1]})"
        return (
            f"COALESCE({exact[0]} {operator} {exact[1]}, "
            f"CASE WHEN {nan} THEN FALSE ELSE {number[0]} {operator} {number[1]} END)"
        )

    def _of_texts(self, operator: str, one: Operand, other: Operand) -> str:
        ids = {Form.ID, Form.STR_OF}
        kind = {Form.ID: STRING, Form.STR_OF: IRI}
        comparable = one.form is other.form and one.form in ids
        if comparable and (operator == "=" or is_ordered(self._plan, kind[one.form])):
            return f"({one.sql} {operator} {other.sql})"
        left, right = self._conversions.lexical(one), self._conversions.lexical(other)
        return f"({left} {operator} {right})"

    def of_times(self, operator: str, one: Operand, other: Operand, called: str) -> str:
        """Write a comparison of dateTimes that ids are of, quick where both have a time zone.

        Parameters
        ----------
        operator
            One of = < <=.
        one, other
            Ids of literals.
        called
            What decides for other literals.
        """
        types = [self._plan.facts.id_of(name) for name in _DATETIMES]
        listed = ", ".join(str(number) for number in types if number is not None)
        if not listed:
            return called
        times = [self._conversions.time(o) for o in (one, other)]
        known = " AND ".join(
            f"{offset} IS NOT NULL AND {instant} IS NOT NULL AND {datatype} IN ({listed})"
            for instant, offset, datatype in times
        )
        return f"CASE WHEN {known} THEN {times[0][0]} {operator} {times[1][0]} ELSE {called} END"
