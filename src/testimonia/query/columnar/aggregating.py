"""Compiles grouping and aggregates (SPARQL 1.1 Query, section 18.5.1), in which one error spoils a group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from rdflib import Variable

from testimonia.errors import NotCompiled
from testimonia.query.columnar.closing import select
from testimonia.query.columnar.expression_compiler import ExpressionCompiler
from testimonia.query.columnar.operands import UNBOUND, Form, Operand, bit, computed
from testimonia.query.columnar.ordering_keys import is_ordered
from testimonia.query.columnar.query_plan import QueryPlan
from testimonia.query.columnar.select_blocks import Block
from testimonia.query.columnar.term_ids import BLANK, COUNT, INTEGER, IRI

__all__ = ["Aggregating"]

_EXTREMES: Final = {"Min": "min", "Max": "max"}


class Aggregating:
    """Compiles one grouping.

    Parameters
    ----------
    plan
        The plan of the query.
    block
        The rows that are grouped; a plain block.
    compiler
        Compiles expressions over them.
    """

    def __init__(self, plan: QueryPlan, block: Block, compiler: ExpressionCompiler) -> None:
        self._plan = plan
        self._block = block
        self._compiler = compiler
        self._alias = plan.name("r")
        self._written: dict[str, str] = {}
        self._columns: dict[str, Operand] = {}

    def compile(self, keys: list[Any] | None, aggregates: list[Any]) -> Block:
        """Compile the grouping.

        Parameters
        ----------
        keys
            The variables to group by; None for one group of all rows.
        aggregates
            rdflib's nodes, each with the variable of its result.
        """
        grouped = {str(key): self._key(str(key)) for key in keys or []}
        for node in aggregates:
            self._add(str(node.res), self._aggregate(node, grouped))
        varying = [o.sql for o in grouped.values() if o.term is None and not o.unbound]
        by = list(dict.fromkeys(varying))
        body = select(self._block, self._written or {"one": "1"})
        if by:
            body += f" GROUP BY {', '.join(by)}"
        elif keys:
            body += " HAVING count(*) > 0"
        new = Block(columns=self._columns)
        new.join(f"({body})", self._alias, [])
        return new

    def _key(self, name: str) -> Operand:
        return self._block.columns.get(name, UNBOUND)

    def _add(self, name: str, operand: Operand) -> None:
        if operand.unbound or (operand.term is not None and not operand.maybe):
            self._columns[name] = operand
            return
        column = f"c{len(self._written)}"
        self._written[column] = operand.sql
        self._columns[name] = replace(operand, sql=f"{self._alias}.{column}", home=None, term=None)

    def _aggregate(self, node: Any, grouped: dict[str, Operand]) -> Operand:
        name = node.name.removeprefix("Aggregate_")
        if name == "Sample" and isinstance(node.vars, Variable) and str(node.vars) in grouped:
            return grouped[str(node.vars)]
        distinct = "DISTINCT " if node.distinct else ""
        if name == "Count":
            return self._count(node.vars, distinct)
        operand = self._compiler.operand(node.vars)
        if name == "Sample":
            return replace(
                operand, sql=f"any_value({operand.sql})", maybe=True, term=None, home=None
            )
        if name in _EXTREMES:
            return self._extreme(name, operand)
        if name == "Sum" and self._compiler.convert.is_integer(operand):
            return self._sum(operand, distinct)
        if name == "GroupConcat":
            return self._concatenated(node, operand, distinct)
        if name in ("Sum", "Avg"):
            return self._listed(name.upper(), operand, distinct)
        raise NotCompiled(f"the aggregate {name} is not compiled to SQL")

    def _count(self, counted: Any, distinct: str) -> Operand:
        if counted == "*":
            parts = [operand.sql for operand in self._block.columns.values()]
            what = f"DISTINCT ({', '.join([*parts, '0'])})" if distinct else "*"
        else:
            operand = self._compiler.operand(counted)
            what = distinct + ("NULL" if operand.unbound else operand.sql)
        return computed(Form.INTEGER, f"count({what})", maybe=False)

    def _spoiled(self, operand: Operand, sql: str) -> str:
        """Let an error in the group be an error of the aggregate."""
        if not operand.maybe:
            return sql
        return f"CASE WHEN count(*) = count({operand.sql}) THEN {sql} END"

    def _sum(self, operand: Operand, distinct: str) -> Operand:
        value = self._compiler.convert.integer(operand)
        if distinct and operand.kinds == bit(INTEGER, COUNT):  # different terms of one value
            return self._listed("SUM", operand, distinct)
        total = f"COALESCE(sum({distinct}{value}), 0)::HUGEINT"
        return computed(Form.INTEGER, self._spoiled(operand, total), maybe=operand.maybe)

    def _extreme(self, name: str, operand: Operand) -> Operand:
        function = _EXTREMES[name]
        if operand.unbound:
            return UNBOUND
        if operand.term is not None:
            operand = replace(operand, term=None)
        if operand.form is Form.TEXT or not self._in_order(operand):
            return self._listed(name.upper(), operand, "")
        if (
            operand.form is Form.ID
            and operand.only(INTEGER, COUNT)
            and operand.kinds == bit(INTEGER, COUNT)
        ):
            sql = f"arg_{function}({operand.sql}, {self._compiler.convert.integer(operand)})"
        else:
            sql = f"{function}({operand.sql})"
        return replace(operand, sql=self._spoiled(operand, sql), maybe=True, term=None, home=None)

    def _in_order(self, operand: Operand) -> bool:
        """Check whether the values are in the order of what they are in SQL."""
        if operand.form is Form.STR_OF:
            return is_ordered(self._plan, IRI)
        if operand.form is not Form.ID or operand.only(INTEGER, COUNT):
            return True
        kinds = [kind for kind in range(IRI, COUNT + 1) if operand.kinds & bit(kind)]
        return len(kinds) == 1 and is_ordered(self._plan, kinds[0])

    def _listed(self, name: str, operand: Operand, distinct: str) -> Operand:
        """Leave an aggregate to Oxigraph, with the list of its values."""
        if operand.form is Form.STR_OF and name in ("MIN", "MAX"):
            text = self._compiler.convert.lexical(operand)
            sql = f"{name.lower()}({text})"
            return computed(Form.STRING, self._spoiled(operand, sql))
        function = f"aggregate_{self._plan.owner}_{name.lower()}"
        self._plan.calls[function] = name
        return computed(
            Form.TEXT, f"{function}(list({distinct}{self._compiler.convert.text(operand)}))"
        )

    def _concatenated(self, node: Any, operand: Operand, distinct: str) -> Operand:
        separator = " " if node.separator is None else str(node.separator)
        between = self._plan.parameter(separator)
        if operand.unbound:
            return computed(Form.STRING, "CASE WHEN count(*) = 0 THEN '' END")
        text = self._compiler.convert.lexical(operand)
        keys = [text] if distinct or not self._block.sorted_by else self._block.sorted_by
        joined = f"COALESCE(string_agg({distinct}{text}, {between} ORDER BY {', '.join(keys)}), '')"
        maybe = operand.maybe or bool(operand.kinds & bit(BLANK))
        spoiled = f"CASE WHEN count(*) = count({text}) THEN {joined} END" if maybe else joined
        return computed(Form.STRING, spoiled, maybe=maybe)
