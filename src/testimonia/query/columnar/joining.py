"""Joins, optional patterns and MINUS, where variables may be unbound on either side (SPARQL 1.1 Query, section 18.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from testimonia.query.columnar.active_graphs import HIDDEN
from testimonia.query.columnar.closing import closed, united, with_rows
from testimonia.query.columnar.conversions import Conversions
from testimonia.query.columnar.expression_compiler import ExpressionCompiler
from testimonia.query.columnar.operands import Operand
from testimonia.query.columnar.query_plan import QueryPlan
from testimonia.query.columnar.select_blocks import Block
from testimonia.query.columnar.unifying import narrowed, same_term, unified

__all__ = ["compatible", "joined", "joined_to_each", "left_joined", "without"]


def compatible(one: Operand, other: Operand, convert: Conversions) -> str:
    """Write that two values of a variable fit: equal, or either unbound."""
    if one.unbound or other.unbound:
        return "TRUE"
    if one.sql == other.sql and one.form is other.form:
        return "TRUE"
    same = same_term(one, other, convert)
    either = [f"{operand.sql} IS NULL" for operand in (one, other) if operand.maybe]
    return f"({' OR '.join([*either, same])})" if either else same


def joined(plan: QueryPlan, one: Block, other: Block) -> Block:
    """Join two blocks on the variables that they share."""
    left = one if one.is_plain else closed(plan, one)
    right = other if other.is_plain else closed(plan, other)
    if not left.items and not left.where and not left.columns:
        return right
    left.absorb(right)
    convert = Conversions(plan, left)
    for name, operand in right.columns.items():
        mine = left.columns.get(name)
        if mine is None or mine.unbound:
            left.columns[name] = operand
            continue
        condition = compatible(mine, operand, convert)
        if condition != "TRUE":
            left.where.append(condition)
        left.columns[name] = _merged(mine, operand, convert)
    return left


def joined_to_each(plan: QueryPlan, one: Block, branches: Sequence[Block]) -> Block:
    """Join a block and the union of others.

    Where these do not all bind the same variables, each is joined by itself: a column that is null in the rows of some
    of them cannot be joined by hash.

    Parameters
    ----------
    plan
        The plan of the query, outside of any EXISTS.
    one
        The block.
    branches
        The others.
    """
    branches = with_rows(branches)
    if not any(_is_sometimes_bound(n, o, branches) for n, o in one.columns.items()):
        return joined(plan, one, united(plan, branches))
    left = closed(plan, one)
    [item] = left.items
    table = plan.common(item.relation.removeprefix("(").removesuffix(")"))
    parts = []
    for branch in branches:
        alias = plan.name("r")
        columns = {
            name: replace(operand, sql=operand.sql.replace(f"{item.alias}.", f"{alias}."))
            for name, operand in left.columns.items()
        }
        part = Block(columns=columns, where=list(left.where))
        part.join(table, alias, [])
        parts.append(joined(plan, part, branch))
    return united(plan, parts)


def _is_sometimes_bound(name: str, operand: Operand, branches: Sequence[Block]) -> bool:
    """Check whether some of the branches bind a variable always, and others do not."""
    if operand.unbound or operand.maybe:
        return False
    found = [branch.columns.get(name) for branch in branches]
    always = [one is not None and not one.unbound and not one.maybe for one in found]
    return any(always) and not all(always)


def _merged(one: Operand, other: Operand, convert: Conversions) -> Operand:
    if other.unbound:
        return one
    if not one.maybe:
        return narrowed(one, other) if not other.maybe else one
    if not other.maybe:
        return other
    form, written, kinds = unified([one, other], convert)
    return Operand(form, f"COALESCE({', '.join(written)})", kinds)


def left_joined(
    plan: QueryPlan,
    left: Block,
    right: Block,
    conditions: Sequence[Any],
    compiler_of: Any,
) -> Block:
    """Join a block that rows may lack.

    Parameters
    ----------
    plan
        The plan of the query.
    left
        The rows that are kept.
    right
        What is optional.
    conditions
        Expressions that both must satisfy together.
    compiler_of
        Makes the compiler of expressions for blocks, from the inside.
    """
    left = left if left.is_plain else closed(plan, left)
    if right.is_empty:
        return left
    relation, alias, columns, own = _as_table(plan, right)
    table = Block(columns=columns)
    table.join(relation, alias, [])
    convert = Conversions(plan, table)
    on = list(own)
    for name, operand in columns.items():
        mine = left.columns.get(name)
        if mine is not None and not mine.unbound:
            on.append(compatible(replace(mine, home=left), operand, convert))
    compiler: ExpressionCompiler = compiler_of([table, left])
    on += [compiler.condition(condition) for condition in conditions]
    if len(table.items) > 1:
        relation = f"({' '.join([f'{relation} {alias}', *(i.written() for i in table.items[1:])])})"
        alias = ""
    left.left_join(relation, alias, [c for c in on if c != "TRUE"])
    own_convert = Conversions(plan, left)
    for name, operand in columns.items():
        optional = replace(operand, maybe=True, term=None)
        mine = left.columns.get(name)
        if mine is None or mine.unbound:
            left.columns[name] = optional
        elif mine.maybe:
            form, written, kinds = unified([mine, optional], own_convert)
            left.columns[name] = Operand(form, f"COALESCE({', '.join(written)})", kinds)
    return left


def _as_table(plan: QueryPlan, block: Block) -> tuple[str, str, dict[str, Operand], list[str]]:
    """Give one table for a block: the only one it reads, if that is so, or else a SELECT."""
    lone = block.items[0] if len(block.items) == 1 and not block.items[0].left else None
    if lone is not None and block.is_plain and not block.where and not block.lookups:
        start = f"{lone.alias}."
        if all(operand.sql.startswith(start) for operand in block.columns.values()):
            return lone.relation, lone.alias, block.columns, lone.on
    varying = {name: replace(operand, term=None) for name, operand in block.columns.items()}
    block.columns = varying  # a constant is unbound too where the optional part is missing
    new = closed(plan, block)
    return new.items[0].relation, new.items[0].alias, new.columns, []


def without(plan: QueryPlan, left: Block, right: Block) -> Block:
    """Remove the rows that fit some row of another block and share a variable with it (MINUS)."""
    left = left if left.is_plain else closed(plan, left)
    right = right if right.is_plain else closed(plan, right)
    names = [
        name
        for name, mine in left.columns.items()
        if name in right.columns and not mine.unbound and not right.columns[name].unbound
    ]
    if all(name.startswith(HIDDEN) for name in names):
        return left
    shared = [(replace(left.columns[name], home=left), right.columns[name]) for name in names]
    convert = Conversions(plan, right)
    conditions = [compatible(one, other, convert) for one, other in shared]
    if all(one.maybe or other.maybe for one, other in shared):
        both = [f"({one.sql} IS NOT NULL AND {other.sql} IS NOT NULL)" for one, other in shared]
        conditions.append(f"({' OR '.join(both)})")
    right.where += [condition for condition in conditions if condition != "TRUE"]
    left.where.append(f"NOT EXISTS (SELECT 1{right.body()})")
    return left
