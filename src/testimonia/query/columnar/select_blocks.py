"""SELECTs that are still open: tables are joined to them and conditions added, until they are written as SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from testimonia.query.columnar.operands import Operand

__all__ = ["Block", "Item"]

_ALIAS = re.compile(r"\b[tdr]\d+\b")
LONGEST_EXPRESSION: Final = 400
"""Characters of an expression up to which it is repeated wherever its variable is used."""


@dataclass
class Item:
    """One table of a FROM clause.

    Attributes
    ----------
    relation
        A table, or a SELECT in brackets.
    alias
        Its name in the block.
    on
        Conditions of the join.
    left
        Whether rows without a partner are kept.
    """

    relation: str
    alias: str
    on: list[str]
    left: bool = False

    def written(self, more: Iterable[str] = ()) -> str:
        """Write it as it follows the first table, with more conditions."""
        how = "LEFT JOIN" if self.left else "JOIN"
        return f"{how} {self.relation} {self.alias} ON {' AND '.join([*self.on, *more]) or 'TRUE'}"


@dataclass
class Block:
    """A SELECT that is still open.

    Attributes
    ----------
    items
        Its tables, in order.
    columns
        The variables that it binds.
    where
        Its conditions.
    lookups
        Aliases of the dictionaries joined to it, by dictionary and the id that is looked up.
    order
        Its ORDER BY.
    conditions_of_order
        SPARQL's conditions that the order is from.
    distinct, limit, offset
        As in SQL.
    sorted_by
        SQL expressions that the rows of a subquery in it were sorted by.
    """

    items: list[Item] = field(default_factory=list)
    columns: dict[str, Operand] = field(default_factory=dict)
    where: list[str] = field(default_factory=list)
    lookups: dict[tuple[str, str], str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    conditions_of_order: list[Any] = field(default_factory=list)
    distinct: bool = False
    limit: int | None = None
    offset: int = 0
    sorted_by: list[str] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but joins and conditions."""
        return not (self.order or self.distinct or self.limit is not None or self.offset)

    @property
    def is_empty(self) -> bool:
        """Whether it is known to have no rows."""
        return "FALSE" in self.where

    def join(self, relation: str, alias: str, on: Iterable[str]) -> None:
        """Join a table, before tables that rows may lack if its conditions do not need those.

        Parameters
        ----------
        relation, alias, on
            As in `Item`.
        """
        item = Item(relation, alias, list(on))
        outer = next((i for i, other in enumerate(self.items) if other.left), len(self.items))
        optional = {other.alias for other in self.items[outer:]}
        used = set(_ALIAS.findall(" ".join(item.on)))
        self.items.insert(len(self.items) if used & optional else outer, item)

    def left_join(self, relation: str, alias: str, on: Iterable[str]) -> None:
        """Join a table that rows may lack."""
        self.items.append(Item(relation, alias, list(on), left=True))

    def body(self) -> str:
        """Write all that follows the columns."""
        if not self.items:
            return _where(self.where)
        placed, conditions = self._placed()
        first, *rest = self.items
        if first.left:  # one row without columns, so that the table may be missing
            written = [f"(SELECT 1 AS one) {first.alias}_one", first.written()]
        else:
            written = [f"{first.relation} {first.alias}"]
            conditions = [*first.on, *conditions]
        written += [item.written(placed.get(item.alias, ())) for item in rest]
        return f" FROM {' '.join(written)}{_where(conditions)}"

    def _placed(self) -> tuple[dict[str, list[str]], list[str]]:
        """Tell conditions on several tables, by the last of these, from all others.

        DuckDB leaves some of them for later where they do not stand with the join.
        """
        outer = next((i for i, item in enumerate(self.items) if item.left), len(self.items))
        places = {item.alias: place for place, item in enumerate(self.items[:outer])}
        placed: dict[str, list[str]] = {}
        others = []
        for condition in self.where:
            used = set(_ALIAS.findall(condition))
            if len(used) > 1 and used <= places.keys() and "SELECT" not in condition:
                placed.setdefault(max(used, key=places.__getitem__), []).append(condition)
            else:
                others.append(condition)
        return placed, others

    def absorb(self, other: Block) -> None:
        """Take over the tables and conditions of another block, but not its columns.

        Parameters
        ----------
        other
            A plain block.
        """
        inner = [item for item in other.items if not item.left]
        first_outer = next((i for i, item in enumerate(other.items) if item.left), None)
        if first_outer is None:
            inner, rest = other.items, []
        else:
            inner, rest = other.items[:first_outer], other.items[first_outer:]
        for item in inner:
            self.join(item.relation, item.alias, item.on)
        self.items += rest
        self.where += other.where
        self.lookups.update(other.lookups)
        if not self.sorted_by:
            self.sorted_by = other.sorted_by


def _where(conditions: Iterable[str]) -> str:
    kept = [condition for condition in conditions if condition != "TRUE"]
    return f" WHERE {' AND '.join(kept)}" if kept else ""


def without_home(operand: Operand) -> Operand:
    """Forget which block an operand is from."""
    return replace(operand, home=None) if operand.home is not None else operand
