"""What of a value is needed in SQL: its text, its number, its language; looked up where the id does not say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pyoxigraph import Literal

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.operands import Form, Operand, bit, computed
from testimonia.query.columnar.query_plan import DICTIONARY_OF_KIND, QueryPlan
from testimonia.query.columnar.select_blocks import Block
from testimonia.query.columnar.term_ids import (
    BLANK,
    BOOLEAN,
    COUNT,
    DATE,
    DATETIME,
    INTEGER,
    INTEGER_ZERO,
    IRI,
    NUMERIC,
    OTHER,
    PAYLOAD_BITS,
    STRING,
    TAGGED,
)

__all__ = ["INLINE_TYPES", "Conversions", "lexical_of_inline", "lexical_of_text"]

_XSD: Final = PREFIXES["xsd"]
_MASK: Final = (1 << PAYLOAD_BITS) - 1
_KINDS: Final = tuple(range(IRI, COUNT + 1))
INLINE_TYPES: Final = {
    INTEGER: "integer",
    COUNT: "nonNegativeInteger",
    BOOLEAN: "boolean",
    DATE: "date",
}
"""The datatypes of literals that are their own ids, by kind."""


def lexical_of_inline(sql: str, kind: int) -> str:
    """Write the lexical form of a literal that is its own id.

    Parameters
    ----------
    sql
        The id, in SQL.
    kind
        One of `INLINE_TYPES`.
    """
    if kind in (INTEGER, COUNT):
        return f"(({sql} & {_MASK}) - {INTEGER_ZERO})::VARCHAR"
    if kind == BOOLEAN:
        return f"(({sql} & 1) = 1)::VARCHAR"
    return f"(DATE '0001-01-01' + ({sql} & {_MASK})::INTEGER)::DATE::VARCHAR"


def lexical_of_text(sql: str) -> str:
    """Write what STR() gives of a term in the notation of `testimonia.query.columnar.operands.text_of`.

    Parameters
    ----------
    sql
        The text, in SQL.
    """
    split = f"substr({sql}, instr({sql}, ' ') + 1)"
    return (
        f"CASE left({sql}, 1) WHEN 'B' THEN NULL WHEN 'I' THEN substr({sql}, 2) "
        f"WHEN 'S' THEN substr({sql}, 2) ELSE {split} END"
    )


class Conversions:
    """Converts operands, with look-ups joined to the blocks that they come from.

    Parameters
    ----------
    plan
        The plan of the query.
    block
        The block in which the operands are used.
    """

    def __init__(self, plan: QueryPlan, block: Block) -> None:
        self._plan = plan
        self._block = block

    def dictionary(self, operand: Operand, table: str) -> str:
        """Join a dictionary, and give its alias."""
        block = operand.home or self._block
        key = (table, operand.sql)
        if key not in block.lookups:
            alias = self._plan.name("d")
            block.lookups[key] = alias
            block.left_join(f"known_{table}", alias, [f"{alias}.id = {operand.sql}"])
        return block.lookups[key]

    def text(self, operand: Operand) -> str:
        """Write the term as `testimonia.query.columnar.operands.text_of` does."""
        sql = operand.sql
        if operand.form is Form.TEXT or operand.unbound:
            return "NULL::VARCHAR" if operand.unbound else sql
        if operand.form is Form.ID:
            return self._by_kind(operand, self._text_of_kind)
        if operand.form is Form.STR_OF:
            return f"('S' || {self.lexical(operand)})"
        if operand.form is Form.INTEGER:
            return f"('T{_XSD}integer ' || ({sql})::VARCHAR)"
        if operand.form is Form.BOOLEAN:
            return f"('T{_XSD}boolean ' || ({sql})::VARCHAR)"
        return f"('{'S' if operand.form is Form.STRING else 'I'}' || {sql})"

    def lexical(self, operand: Operand) -> str:
        """Give what STR() gives (SPARQL 1.1 Query, section 17.4.2.5); NULL for a blank node."""
        sql = operand.sql
        if operand.unbound:
            return "NULL::VARCHAR"
        if operand.term is not None:
            known = operand.only(BLANK)
            return "NULL::VARCHAR" if known else self._plan.parameter(operand.term.value)
        if operand.form is Form.ID:
            return self._by_kind(operand, self._lexical_of_kind)
        if operand.form is Form.STR_OF:
            return f"{self.dictionary(operand, 'iris')}.lexical"
        if operand.form is Form.TEXT:
            return lexical_of_text(sql)
        if operand.form in (Form.INTEGER, Form.BOOLEAN):
            return f"({operand.sql})::VARCHAR"
        return operand.sql

    def _by_kind(self, operand: Operand, give: Callable[[Operand, int], str]) -> str:
        """Write a CASE over the kinds that an id may be of."""
        kinds = [kind for kind in _KINDS if operand.kinds & bit(kind)]
        if len(kinds) == 1:
            return give(operand, kinds[0])
        same: dict[str, list[int]] = {}
        for kind in kinds:
            same.setdefault(give(operand, kind), []).append(kind)
        cases = [
            f"WHEN ({operand.sql} >> {PAYLOAD_BITS}) IN ({', '.join(map(str, of))}) THEN {sql}"
            for sql, of in same.items()
        ]
        return f"CASE {' '.join(cases)} END"

    def _text_of_kind(self, operand: Operand, kind: int) -> str:
        if kind in INLINE_TYPES:
            value = self._lexical_of_kind(operand, kind)
            return f"('T{_XSD}{INLINE_TYPES[kind]} ' || {value})"
        alias = self.dictionary(operand, DICTIONARY_OF_KIND[kind])
        if kind == TAGGED:
            return f"('G' || {alias}.language || ' ' || {alias}.lexical)"
        if kind in (NUMERIC, DATETIME, OTHER):
            return f"('T' || {self._datatype_text(operand)} || ' ' || {alias}.lexical)"
        return f"('{ {IRI: 'I', BLANK: 'B', STRING: 'S'}[kind] }' || {alias}.lexical)"

    def _datatype_text(self, operand: Operand) -> str:
        alias = self.dictionary(operand, "literals")
        datatype = replace(operand, sql=f"{alias}.datatype", kinds=bit(IRI), term=None)
        return f"{self.dictionary(datatype, 'iris')}.lexical"

    def _lexical_of_kind(self, operand: Operand, kind: int) -> str:
        sql = operand.sql
        if kind == BLANK:
            return "NULL::VARCHAR"
        if kind in INLINE_TYPES:
            return lexical_of_inline(sql, kind)
        return f"{self.dictionary(operand, DICTIONARY_OF_KIND[kind])}.lexical"

    def is_integer(self, operand: Operand) -> bool:
        """Check whether all its values are integers that need no look-up."""
        return operand.form is Form.INTEGER or (
            operand.form is Form.ID and not operand.unbound and operand.only(INTEGER, COUNT)
        )

    def integer(self, operand: Operand) -> str:
        """Give the value of an operand that `is_integer`."""
        if isinstance(operand.term, Literal):
            return f"{int(operand.term.value)}::BIGINT"
        if operand.form is Form.INTEGER:
            return operand.sql
        return f"(({operand.sql} & {_MASK}) - {INTEGER_ZERO})"

    def numbers(self, operand: Operand) -> tuple[str, str]:
        """Give the value of numeric ids, exactly (NULL where it is a double) and as a double."""
        if self.is_integer(operand):
            value = self.integer(operand)
            return f"({value})::DECIMAL(38, 18)", f"({value})::DOUBLE"
        alias = self.dictionary(operand, "literals")
        if operand.only(NUMERIC):
            return f"{alias}.exact", f"{alias}.number"
        value = f"(({operand.sql} & {_MASK}) - {INTEGER_ZERO})"
        inline = f"CASE WHEN ({operand.sql} >> {PAYLOAD_BITS}) <> {NUMERIC} THEN {value}"
        return (
            f"{inline}::DECIMAL(38, 18) ELSE {alias}.exact END",
            f"{inline}::DOUBLE ELSE {alias}.number END",
        )

    def time(self, operand: Operand) -> tuple[str, str, str]:
        """Give the microseconds, the offset and the datatype of ids of dates and times that are looked up."""
        alias = self.dictionary(operand, "literals")
        return f"{alias}.instant", f"{alias}.offset_minutes", f"{alias}.datatype"

    def language(self, operand: Operand) -> str:
        """Give what LANG() gives; NULL for what is no literal."""
        if operand.form is Form.TEXT:
            s = operand.sql
            tag = f"substr({s}, 2, instr({s}, ' ') - 2)"
            return f"CASE left({s}, 1) WHEN 'G' THEN {tag} WHEN 'S' THEN '' WHEN 'T' THEN '' END"
        if operand.form is not Form.ID:
            return "NULL::VARCHAR" if operand.form is Form.ADDRESS else "''"
        return self._by_kind(operand, self._language_of_kind)

    def _language_of_kind(self, operand: Operand, kind: int) -> str:
        if kind in (IRI, BLANK):
            return "NULL::VARCHAR"
        return f"{self.dictionary(operand, 'tagged')}.language" if kind == TAGGED else "''"

    def string(self, operand: Operand) -> Operand:
        """Make STR() of an operand."""
        if operand.form is Form.ID and operand.only(IRI) and not operand.unbound:
            if operand.term is not None:
                return self._plan.constant(Literal(operand.term.value))
            return replace(operand, form=Form.STR_OF, kinds=bit(STRING))
        if operand.form in (Form.STR_OF, Form.STRING):
            return operand
        maybe = operand.maybe or bool(operand.kinds & bit(BLANK))
        return computed(Form.STRING, self.lexical(operand), maybe=maybe)
