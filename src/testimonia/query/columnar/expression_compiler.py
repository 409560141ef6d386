"""Compiles expressions: logic with errors, arithmetic, IF, COALESCE, IN and EXISTS; the rest is in `builtin_functions`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from rdflib import RDF, BNode, URIRef, Variable
from rdflib import Literal as RdflibLiteral
from rdflib.plugins.sparql.parserutils import CompValue

from testimonia.errors import NotCompiled
from testimonia.query.columnar.builtin_functions import BUILTINS
from testimonia.query.columnar.calls_to_oxigraph import function_name, results_of
from testimonia.query.columnar.comparing import Comparing
from testimonia.query.columnar.conversions import Conversions
from testimonia.query.columnar.operands import (
    UNBOUND,
    Form,
    Operand,
    bit,
    computed,
    term_of_text,
    text_of,
)
from testimonia.query.columnar.query_plan import QueryPlan
from testimonia.query.columnar.query_terms import term_of
from testimonia.query.columnar.select_blocks import Block
from testimonia.query.columnar.term_ids import (
    BOOLEAN,
    COUNT,
    INTEGER,
    NUMERIC,
    OTHER,
    PAYLOAD_BITS,
    STRING,
    TAGGED,
)
from testimonia.query.columnar.unifying import unified

__all__ = ["ExpressionCompiler", "conjuncts"]

_TRUE_TEXT: Final = "Thttp://www.w3.org/2001/XMLSchema#boolean true"
_FALSE_TEXT: Final = "Thttp://www.w3.org/2001/XMLSchema#boolean false"
_NULL: Final = "NULL::BOOLEAN"


def conjuncts(expression: Any) -> list[Any]:
    """Split an expression at its outermost ``&&``; a row passes the whole where it passes each."""
    if isinstance(expression, CompValue) and expression.name == "ConditionalAndExpression":
        parts = [expression.expr, *(expression.other or [])]
        return [piece for part in parts for piece in conjuncts(part)]
    return [expression]


class ExpressionCompiler:
    """Compiles the expressions of one scope.

    Parameters
    ----------
    plan
        The plan of the query.
    scopes
        The block that the expression is of, and those around it, from the inside.
    exists
        Writes the condition that a group pattern has a solution, in these scopes.
    """

    def __init__(
        self,
        plan: QueryPlan,
        scopes: Sequence[Block],
        exists: Callable[[Any, Sequence[Block]], str],
    ) -> None:
        self.plan = plan
        self.scopes = scopes
        self.convert = Conversions(plan, scopes[0])
        self.comparing = Comparing(plan, self.convert, self.called_condition)
        self._exists = exists

    def resolve(self, name: str) -> Operand:
        """Find the variable of a name in the innermost scope that binds it."""
        for block in self.scopes:
            operand = block.columns.get(name)
            if operand is not None and not operand.unbound:
                return operand if operand.home else replace(operand, home=block)
        return UNBOUND

    def operand(self, expression: Any) -> Operand:
        """Compile an expression.

        Raises
        ------
        NotCompiled
            It uses what SQL has no equal of.
        """
        if isinstance(expression, Variable):
            return self.resolve(str(expression))
        if isinstance(expression, URIRef | RdflibLiteral):
            return self.plan.constant(term_of(expression))
        if isinstance(expression, BNode) or not isinstance(expression, CompValue):
            raise NotCompiled(f"an expression cannot be compiled: {expression!r}")
        return self._of_node(expression)

    def _of_node(self, node: CompValue) -> Operand:
        name = node.name
        if name in _LOGICAL or name in ("Builtin_EXISTS", "Builtin_NOTEXISTS", "Builtin_BOUND"):
            return _boolean(self.condition(node))
        if name == "RelationalExpression":
            return self.operand(node.expr) if node.op is None else _boolean(self.condition(node))
        if name in ("AdditiveExpression", "MultiplicativeExpression"):
            return self._arithmetic(node)
        if name in ("UnaryMinus", "UnaryPlus"):
            return self._signed(node)
        if name == "Builtin_IF":
            return self._if(node)
        if name == "Builtin_COALESCE":
            return self._coalesce(node)
        if name == "Function":
            return BUILTINS["Function"](self, node)
        if name in BUILTINS:
            return BUILTINS[name](self, node)
        raise NotCompiled(f"{name.removeprefix('Builtin_')} is not compiled to SQL")

    def condition(self, expression: Any) -> str:
        """Compile an expression to its effective boolean value; NULL where it is an error."""
        if isinstance(expression, CompValue):
            name = expression.name
            if name == "TrueFilter":
                return "TRUE"
            if name in _LOGICAL:
                return self._logic(expression)
            if name == "RelationalExpression" and expression.op is not None:
                return self._relation(expression)
            if name == "Builtin_EXISTS":
                return self._exists(expression.graph, self.scopes)
            if name == "Builtin_NOTEXISTS":
                return _negated(self._exists(expression.graph, self.scopes))
            if name == "Builtin_BOUND":
                return self._bound(expression.arg)
        return self.truth(self.operand(expression))

    def _bound(self, variable: Any) -> str:
        operand = self.resolve(str(variable))
        if operand.unbound or not operand.maybe:
            return "FALSE" if operand.unbound else "TRUE"
        return f"({operand.sql} IS NOT NULL)"

    def _logic(self, node: CompValue) -> str:
        if node.name == "UnaryNot":
            return _negated(self.condition(node.expr))
        joined, ends, ignored = _LOGICAL[node.name]
        parts: list[str] = []
        for piece in [node.expr, *(node.other or [])]:
            part = self.condition(piece)
            if part == ends:  # the rest cannot change it
                return ends
            if part != ignored:
                parts.append(part)
        if not parts:
            return ignored
        return parts[0] if len(parts) == 1 else f"({joined.join(parts)})"

    def _relation(self, node: CompValue) -> str:
        one = self.operand(node.expr)
        if node.op in ("IN", "NOT IN"):
            listed = node.other if isinstance(node.other, list) else [node.other]
            found = self._in(one, [self.operand(item) for item in listed if item != RDF.nil])
            return _negated(found) if node.op == "NOT IN" else found
        other = self.operand(node.other)
        times = self._times(node)
        if times is not None:
            called = self._compare(node.op, one, other)
            operator, left, right = times
            return self.comparing.of_times(operator, left, right, called)
        return self._compare(node.op, one, other)

    def _compare(self, operator: str, one: Operand, other: Operand) -> str:
        if one.term is not None and other.term is not None:
            return self._static(f"?a0 {operator} ?a1", [one, other])
        return self.comparing.compare(operator, one, other)

    def _times(self, node: CompValue) -> tuple[str, Operand, Operand] | None:
        """Recognise a comparison of xsd:dateTime(STR(?a)) and xsd:dateTime(STR(?b))."""
        one, other = self._cast_to_time(node.expr), self._cast_to_time(node.other)
        if one is None or other is None or node.op == "!=":
            return None
        if node.op in (">", ">="):
            one, other = other, one
        return node.op.replace(">", "<"), one, other

    def _cast_to_time(self, expression: Any) -> Operand | None:
        is_cast = isinstance(expression, CompValue) and expression.name == "Function"
        if not is_cast or str(expression.iri) != "http://www.w3.org/2001/XMLSchema#dateTime":
            return None
        inner = expression.expr[0] if isinstance(expression.expr, list) else expression.expr
        if isinstance(inner, CompValue) and inner.name == "Builtin_STR":
            inner = inner.arg
        operand = self.operand(inner) if isinstance(inner, Variable) else UNBOUND
        return operand if operand.form is Form.ID and not operand.unbound else None

    def _in(self, one: Operand, listed: list[Operand]) -> str:
        conditions = [self._compare("=", one, item) for item in listed]
        if "TRUE" in conditions:
            return "TRUE"
        kept = [condition for condition in conditions if condition != "FALSE"]
        if not kept:
            return (
                "FALSE"
                if not one.maybe or one.term is not None
                else f"({one.sql} IS NULL AND NULL)"
            )
        plain = [f"{one.sql} = {item.sql}" for item in listed]
        if kept == [f"({condition})" for condition in plain]:
            return f"({one.sql} IN ({', '.join(item.sql for item in listed)}))"
        return f"({' OR '.join(kept)})"

    def truth(self, operand: Operand) -> str:
        """Write the effective boolean value (SPARQL 1.1 Query, section 17.2.2)."""
        if operand.unbound:
            return _NULL
        if operand.term is not None:
            return self._static("!(!?a0)", [operand])
        if operand.form is Form.BOOLEAN:
            return operand.sql
        if operand.form is Form.INTEGER:
            return f"(({operand.sql}) <> 0)"
        if operand.form in (Form.STRING, Form.STR_OF):
            return f"({self.convert.lexical(operand)} <> '')"
        if operand.form is Form.TEXT or operand.kinds & bit(NUMERIC, OTHER):
            return self.called_condition("!(!?a0)", [operand])
        return self._truth_of_id(operand)

    def _truth_of_id(self, operand: Operand) -> str:
        kind = f"({operand.sql} >> {PAYLOAD_BITS})"
        cases = []
        if operand.kinds & bit(BOOLEAN):
            cases.append(f"WHEN {kind} = {BOOLEAN} THEN ({operand.sql} & 1) = 1")
        if operand.kinds & bit(INTEGER, COUNT):
            value = self.convert.integer(operand)
            cases.append(f"WHEN {kind} IN ({INTEGER}, {COUNT}) THEN {value} <> 0")
        if operand.kinds & bit(STRING, TAGGED):
            text = self.convert.lexical(operand)
            cases.append(f"WHEN {kind} IN ({STRING}, {TAGGED}) THEN {text} <> ''")
        return f"CASE {' '.join(cases)} END" if cases else _NULL

    def call(self, expression: str, operands: Sequence[Operand]) -> Operand:
        """Have Oxigraph evaluate an expression of ``?a0``, ``?a1`` and so on."""
        if all(operand.term is not None or operand.unbound for operand in operands):
            rows = [tuple(text_of(o.term) if o.term is not None else None for o in operands)]
            found = results_of(expression, rows)
            return self.plan.constant(term_of_text(found[rows[0]])) if found else UNBOUND
        name = function_name(expression, self.plan.owner)
        self.plan.calls[name] = expression
        written = ", ".join(self.convert.text(operand) for operand in operands)
        return computed(Form.TEXT, f"{name}({written})")

    def called_condition(self, expression: str, operands: list[Operand]) -> str:
        """Have Oxigraph evaluate a condition."""
        called = self.call(expression, operands)
        if called.term is not None or called.unbound:
            return _truth_of_constant(called)
        true, false = self.plan.parameter(_TRUE_TEXT), self.plan.parameter(_FALSE_TEXT)
        return f"(CASE {called.sql} WHEN {true} THEN TRUE WHEN {false} THEN FALSE END)"

    def _static(self, expression: str, operands: list[Operand]) -> str:
        return _truth_of_constant(self.call(expression, operands))

    def _arithmetic(self, node: CompValue) -> Operand:
        result = self.operand(node.expr)
        for operator, other in zip(node.op or [], node.other or [], strict=True):
            result = self._calculated(operator, result, self.operand(other))
        return result

    def _calculated(self, operator: str, one: Operand, other: Operand) -> Operand:
        if one.unbound or other.unbound:
            return UNBOUND
        static = one.term is not None and other.term is not None
        integers = self.convert.is_integer(one) and self.convert.is_integer(other)
        if static or operator == "/" or not integers:
            return self.call(f"?a0 {operator} ?a1", [one, other])
        left, right = self.convert.integer(one), self.convert.integer(other)
        sql = f"(({left})::HUGEINT {operator} {right})"
        return computed(Form.INTEGER, sql, maybe=one.maybe or other.maybe)

    def _signed(self, node: CompValue) -> Operand:
        operand = self.operand(node.expr)
        if self.convert.is_integer(operand) and operand.term is None and node.name == "UnaryMinus":
            return computed(
                Form.INTEGER, f"(-({self.convert.integer(operand)}))", maybe=operand.maybe
            )
        return self.call("-?a0" if node.name == "UnaryMinus" else "+?a0", [operand])

    def _if(self, node: CompValue) -> Operand:
        condition = self.condition(node.arg1)
        if condition in ("TRUE", "FALSE"):
            return self.operand(node.arg2 if condition == "TRUE" else node.arg3)
        branches = [self.operand(node.arg2), self.operand(node.arg3)]
        form, (yes, no), kinds = unified(branches, self.convert)
        sql = f"(CASE WHEN {condition} THEN {yes} WHEN NOT ({condition}) THEN {no} END)"
        return Operand(form, sql, kinds)

    def _coalesce(self, node: CompValue) -> Operand:
        found = []
        for item in node.arg if isinstance(node.arg, list) else [node.arg]:
            operand = UNBOUND if item == RDF.nil else self.operand(item)
            if not operand.unbound:
                found.append(operand)
                if not operand.maybe:
                    break
        if len(found) <= 1:
            return found[0] if found else UNBOUND
        form, written, kinds = unified(found, self.convert)
        return Operand(form, f"COALESCE({', '.join(written)})", kinds, found[-1].maybe)


_LOGICAL: Final = {
    "ConditionalOrExpression": (" OR ", "TRUE", "FALSE"),
    "ConditionalAndExpression": (" AND ", "FALSE", "TRUE"),
    "UnaryNot": ("", "", ""),
}


def _boolean(sql: str) -> Operand:
    return computed(Form.BOOLEAN, sql, maybe=sql not in ("TRUE", "FALSE"))


def _negated(sql: str) -> str:
    return {"TRUE": "FALSE", "FALSE": "TRUE"}.get(sql, f"NOT ({sql})")


def _truth_of_constant(operand: Operand) -> str:
    if operand.unbound or operand.term is None:
        return _NULL
    return "TRUE" if operand.term.value == "true" else "FALSE"
