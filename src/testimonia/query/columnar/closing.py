"""Writes open SELECTs as SQL, and makes tables of them that other SELECTs read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from testimonia.query.columnar.conversions import Conversions
from testimonia.query.columnar.operands import Operand
from testimonia.query.columnar.ordering_keys import order_terms
from testimonia.query.columnar.query_plan import QueryPlan
from testimonia.query.columnar.select_blocks import Block
from testimonia.query.columnar.unifying import common_form, converted

__all__ = ["closed", "distinct", "order_of", "select", "tail", "united", "with_rows"]


def tail(block: Block, keys: Iterable[str]) -> str:
    """Write ORDER BY, LIMIT and OFFSET."""
    written = ", ".join(keys)
    parts = [f" ORDER BY {written}" if written else ""]
    if block.limit is not None:
        parts.append(f" LIMIT {block.limit}")
    if block.offset:
        parts.append(f" OFFSET {block.offset}")
    return "".join(parts)


def select(block: Block, columns: Mapping[str, str]) -> str:
    """Write a block as a SELECT of expressions under given names.

    Parameters
    ----------
    block
        The block; its keys of order are SQL already.
    columns
        The expressions, by name.
    """
    listed = ", ".join(f"{sql} AS {name}" for name, sql in columns.items()) or "1 AS one"
    body = block.body()
    distinct = "DISTINCT " if block.distinct else ""
    return f"SELECT {distinct}{listed}{body}{tail(block, block.order)}"


def closed(plan: QueryPlan, block: Block, *, keep_order: bool = False) -> Block:
    """Make a table of a block, and give the block that reads it.

    Parameters
    ----------
    plan
        The plan of the query.
    block
        The block.
    keep_order
        Whether the new block is to know the order of the old one.
    """
    alias = plan.name("r")
    names: dict[str, str] = {}
    columns: dict[str, Operand] = {}
    for variable, operand in block.columns.items():
        if operand.unbound:
            continue
        if operand.term is not None and not operand.maybe:
            columns[variable] = operand
            continue
        name = f"c{len(names)}"
        names[name] = operand.sql
        columns[variable] = replace(operand, sql=f"{alias}.{name}", home=None, term=None)
    ordered = []
    if keep_order and block.order and not block.distinct:
        for number, key in enumerate(block.order):
            sql, _, rest = key.rpartition(" NULLS ")
            direction = " DESC" if sql.endswith(" DESC") else ""
            names[f"k{number}"] = sql.removesuffix(" DESC")
            ordered.append(f"{alias}.k{number}{direction} NULLS {rest}")
    if block.limit is None and not block.offset:
        block.order = []  # nobody could notice
    relation = f"({select(block, names)})"
    new = Block(columns=columns, sorted_by=ordered, where=["FALSE"] if block.is_empty else [])
    new.join(relation, alias, [])
    return new


def with_rows(blocks: Sequence[Block]) -> list[Block]:
    """Leave out blocks that are known to have no rows, but for one if all are."""
    return [block for block in blocks if not block.is_empty] or list(blocks[:1])


def united(plan: QueryPlan, blocks: Sequence[Block]) -> Block:
    """Make a table of the rows of several blocks."""
    blocks = with_rows(blocks)
    variables = list(dict.fromkeys(name for block in blocks for name in block.columns))
    alias = plan.name("r")
    columns: dict[str, Operand] = {}
    lists: list[dict[str, str]] = [{} for _ in blocks]
    for variable in variables:
        found = [block.columns.get(variable) for block in blocks]
        bound = [operand for operand in found if operand is not None and not operand.unbound]
        if not bound:
            continue
        form = common_form(bound)
        name, kinds = f"c{len(columns)}", 0
        for block, operand, written in zip(blocks, found, lists, strict=True):
            convert = Conversions(plan, block)
            used = operand if operand is not None else Operand(form, "NULL", 0)
            written[name] = converted(used, form, convert)
            kinds |= used.kinds
        maybe = len(bound) < len(blocks) or any(operand.maybe for operand in bound)
        graphs = {operand.node_of for operand in bound}
        node_of = graphs.pop() if len(graphs) == 1 else None
        columns[variable] = Operand(form, f"{alias}.{name}", kinds, maybe, node_of=node_of)
    selects = [select(block, written) for block, written in zip(blocks, lists, strict=True)]
    new = Block(columns=columns)
    new.join(f"({' UNION ALL '.join(selects)})", alias, [])
    return new


def distinct(plan: QueryPlan, block: Block) -> Block:
    """Make a table of the different rows of a block, which must have no order."""
    block.distinct = True
    return closed(plan, block)


def order_of(plan: QueryPlan, block: Block, operand: Operand, *, descending: bool) -> list[str]:
    """Write the keys by which rows are ordered for one of SPARQL's conditions."""
    keys = order_terms(plan, Conversions(plan, block), operand)
    how = " DESC NULLS LAST" if descending else " NULLS FIRST"
    return [key + how for key in keys]
