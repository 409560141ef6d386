"""Brings values to one form where they meet: in joins, unions, IF and COALESCE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from testimonia.query.columnar.conversions import Conversions
from testimonia.query.columnar.operands import Form, Operand, bit
from testimonia.query.columnar.term_ids import (
    BOOLEAN,
    INTEGER,
    INTEGER_ZERO,
    IRI,
    LARGEST_INTEGER,
    PAYLOAD_BITS,
    STRING,
)

__all__ = ["TOO_LARGE", "common_form", "converted", "same_term"]

TOO_LARGE: Final = "an integer is too large for its column"
_NULLS: Final = {Form.INTEGER: "NULL::HUGEINT", Form.BOOLEAN: "NULL::BOOLEAN"}
_FORM_OF_TEXT: Final = (Form.STRING, Form.STR_OF)


def common_form(operands: Sequence[Operand]) -> Form:
    """Find the form in which values of several operands are equal exactly where the terms are.

    Parameters
    ----------
    operands
        The operands; those that never have a value fit every form.
    """
    bound = [operand for operand in operands if not operand.unbound]
    forms = {operand.form for operand in bound}
    if len(forms) <= 1:
        return forms.pop() if forms else Form.ID
    if forms <= {Form.ID, Form.INTEGER, Form.BOOLEAN}:
        return Form.ID
    if all(o.form in _FORM_OF_TEXT or (o.form is Form.ID and o.only(STRING)) for o in bound):
        return Form.STRING
    if all(o.form is Form.ADDRESS or (o.form is Form.ID and o.only(IRI)) for o in bound):
        return Form.ADDRESS
    return Form.TEXT


def converted(operand: Operand, form: Form, conversions: Conversions) -> str:
    """Write an operand in a form that `common_form` gave for it.

    Parameters
    ----------
    operand
        The operand.
    form
        The form.
    conversions
        How values are looked up.
    """
    if operand.unbound:
        return _NULLS.get(
            form, "NULL::BIGINT" if form in (Form.ID, Form.STR_OF) else "NULL::VARCHAR"
        )
    if operand.form is form:
        return operand.sql
    if form is Form.ID:
        if operand.form is Form.BOOLEAN:
            return f"({BOOLEAN << PAYLOAD_BITS} + ({operand.sql})::BIGINT)"
        value = operand.sql
        zero = (INTEGER << PAYLOAD_BITS) + INTEGER_ZERO
        return (
            f"CASE WHEN ({value}) BETWEEN -{LARGEST_INTEGER} AND {LARGEST_INTEGER} "
            f"THEN ({value})::BIGINT + {zero} WHEN ({value}) IS NOT NULL THEN error('{TOO_LARGE}') END"
        )
    if form in (Form.STRING, Form.ADDRESS):
        return conversions.lexical(operand)
    return conversions.text(operand)


def unified(operands: Sequence[Operand], conversions: Conversions) -> tuple[Form, list[str], int]:
    """Write operands in their common form.

    Returns
    -------
    Form, list of str, int
        The form, the expressions, and the kinds that a value of any of them may be of.
    """
    form = common_form(operands)
    kinds = 0
    for operand in operands:
        kinds |= operand.kinds
    return form, [converted(operand, form, conversions) for operand in operands], kinds


def same_term(one: Operand, other: Operand, conversions: Conversions) -> str:
    """Write the condition that two values are the same term; NULL where either is unbound."""
    if one.unbound or other.unbound:
        return "NULL::BOOLEAN"
    if not one.kinds & other.kinds and not (one.maybe or other.maybe):
        return "FALSE"
    _, (left, right), _ = unified([one, other], conversions)
    return f"{left} = {right}"


def narrowed(one: Operand, other: Operand) -> Operand:
    """Give the operand to use for a variable that two patterns bind to the same term."""
    if other.term is not None or (one.form is not Form.ID and other.form is Form.ID):
        one, other = other, one
    if one.form is Form.ID and other.form is Form.ID:
        return replace(one, kinds=one.kinds & other.kinds or one.kinds)
    return one


ANY_INTEGER: Final = bit(INTEGER)
