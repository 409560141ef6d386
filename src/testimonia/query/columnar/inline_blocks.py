"""Blocks that no pattern makes: the rows of VALUES, and the names of all graphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rdflib import Literal as RdflibLiteral
from rdflib import URIRef

from testimonia.query.columnar.active_graphs import ActiveGraph
from testimonia.query.columnar.operands import Form, Operand, bit
from testimonia.query.columnar.query_plan import QueryPlan
from testimonia.query.columnar.query_terms import term_of
from testimonia.query.columnar.select_blocks import Block
from testimonia.query.columnar.term_ids import BLANK, IRI

__all__ = ["all_graphs", "inline_rows"]


def inline_rows(plan: QueryPlan, rows: Sequence[Mapping[Any, Any]]) -> Block:
    """Make a block of the rows of VALUES; a single row needs no table.

    Parameters
    ----------
    plan
        The plan of the query.
    rows
        Terms by variable; UNDEF is a text.
    """
    if not rows:
        return Block(where=["FALSE"])
    names = list(dict.fromkeys(name for row in rows for name in row))
    values = {str(name): [_operand(plan, row.get(name)) for row in rows] for name in names}
    values = {name: found for name, found in values.items() if any(found)}
    if len(rows) == 1:
        return Block(columns={name: one for name, (one,) in values.items() if one is not None})
    alias = plan.name("r")
    block = Block()
    for number, (name, found) in enumerate(values.items()):
        known = [operand for operand in found if operand is not None]
        kinds = 0
        for operand in known:
            kinds |= operand.kinds
        sql = f"{alias}.c{number}"
        maybe = len(known) < len(rows)
        choices = () if maybe else tuple(dict.fromkeys(known))
        block.columns[name] = Operand(Form.ID, sql, kinds, maybe, choices=choices)
    written = [
        ", ".join("NULL::BIGINT" if o is None else o.sql for o in row) or "NULL"
        for row in zip(*values.values(), strict=True)
    ] or ["NULL"] * len(rows)
    columns = ", ".join(f"c{number}" for number in range(max(1, len(values))))
    listed = ", ".join(f"({row})" for row in written)
    block.join(f"(SELECT * FROM (VALUES {listed}) v({columns}))", alias, [])
    return block


def _operand(plan: QueryPlan, term: Any) -> Operand | None:
    is_term = isinstance(term, URIRef | RdflibLiteral)
    return plan.constant(term_of(term)) if is_term else None


def all_graphs(plan: QueryPlan, named: tuple[int, ...] | None, column: str) -> Block:
    """Make a block of the graphs that GRAPH can name.

    Parameters
    ----------
    plan
        The plan of the query.
    named
        Those of the dataset; None for all.
    column
        The name of the variable.
    """
    tables = [facts.table for facts in plan.facts.predicates.values()]
    condition = ActiveGraph(named, column).condition
    parts = [f"SELECT DISTINCT g FROM {table} WHERE {condition}" for table in tables]
    sql = " UNION ".join(parts or ["SELECT NULL::BIGINT AS g WHERE FALSE"])
    alias = plan.name("r")
    graph = Operand(Form.ID, f"{alias}.g", bit(IRI, BLANK), maybe=False)
    block = Block(columns={column: graph})
    block.join(f"({sql})", alias, [])
    return block
