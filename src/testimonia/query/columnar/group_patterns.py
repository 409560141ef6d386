"""Compiles SPARQL's algebra to open SELECTs, node by node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import Any, Final

from rdflib.plugins.sparql.algebra import simplify, translateGroupGraphPattern, traverse
from rdflib.plugins.sparql.parserutils import CompValue

from testimonia.errors import NotCompiled
from testimonia.query.columnar.active_graphs import HIDDEN, ActiveGraph
from testimonia.query.columnar.aggregating import Aggregating
from testimonia.query.columnar.closing import closed, distinct, order_of, united
from testimonia.query.columnar.conversions import Conversions
from testimonia.query.columnar.expression_compiler import ExpressionCompiler, conjuncts
from testimonia.query.columnar.inline_blocks import all_graphs, inline_rows
from testimonia.query.columnar.joining import (
    compatible,
    joined,
    joined_to_each,
    left_joined,
    without,
)
from testimonia.query.columnar.operands import Form, Operand, bit
from testimonia.query.columnar.query_plan import QueryPlan
from testimonia.query.columnar.query_terms import (
    is_variable,
    term_of,
    variable_name,
    variables_in,
)
from testimonia.query.columnar.select_blocks import LONGEST_EXPRESSION, Block
from testimonia.query.columnar.term_ids import BLANK, IRI
from testimonia.query.columnar.triple_patterns import TriplePatterns, Values, can_continue

__all__ = ["PatternCompiler"]


class PatternCompiler:
    """Compiles the patterns of one query.

    Parameters
    ----------
    plan
        The plan of the query.
    default, named
        The graphs of the dataset: those merged for the default graph, and those that GRAPH can name; None for all.
    """

    def __init__(
        self, plan: QueryPlan, default: tuple[int, ...] | None, named: tuple[int, ...] | None
    ) -> None:
        self._plan = plan
        self._named = named
        self._graph = ActiveGraph(default)
        self._values: Values = {}
        self._given: Mapping[str, Operand] = {}
        self._around: tuple[Block, ...] = ()

    def compile(self, node: CompValue) -> Block:
        """Compile a node of the algebra.

        Raises
        ------
        NotCompiled
            It, or something in it, has no equal in SQL.
        """
        method = _NODES.get(node.name)
        if method is None:
            raise NotCompiled(f"{node.name} is not compiled to SQL")
        return method(self, node)

    @contextmanager
    def _under(self, **changes: Any) -> Iterator[None]:
        """Compile something with other graphs, values or scopes."""
        before = {name: getattr(self, name) for name in changes}
        vars(self).update(changes)
        try:
            yield
        finally:
            vars(self).update(before)

    def compiler_of(self, blocks: Sequence[Block]) -> ExpressionCompiler:
        """Make the compiler of expressions for blocks, from the inside, and all around them."""
        return ExpressionCompiler(self._plan, [*blocks, *self._around], self.exists)

    def _bgp(self, node: CompValue, block: Block | None = None) -> Block:
        patterns = TriplePatterns(self._plan, self._graph, self._values, self._given, block)
        return patterns.compile(node.triples or [])

    def _join(self, node: CompValue) -> Block:
        first, second = node.p1, node.p2
        if _is_values(second) and not _is_values(first):
            first, second = second, first
        left = self.compile(first)
        with self._under(_values={**self._values, **_known_of(left.columns)}):
            if second.name == "BGP" and can_continue(left, second.triples or [], self._graph):
                return self._bgp(second, left)
            if second.name == "Union" and not self._around:
                return joined_to_each(self._plan, left, self._branches(second))
            right = self.compile(second)
        return joined(self._plan, left, right)

    def _leftjoin(self, node: CompValue) -> Block:
        left = self.compile(node.p1)
        # What is known of a variable that only the optional part binds says nothing of that part: it
        # may be missing instead.
        sure = {n for n, operand in left.columns.items() if not operand.maybe}
        known = {name: terms for name, terms in self._values.items() if name in sure}
        with self._under(_values={**known, **_known_of(left.columns)}):
            right = self.compile(node.p2)
        conditions = [c for c in conjuncts(node.expr) if not _is_true(c)]
        if not right.is_plain:
            right = closed(self._plan, right)
        inside = [c for c in conditions if self._is_of(c, right, left)]
        self._filter_block(right, inside)
        rest = [c for c in conditions if not any(c is one for one in inside)]
        return left_joined(self._plan, left, right, rest, self.compiler_of)

    def _is_of(self, expression: Any, block: Block, other: Block) -> bool:
        """Check whether an expression reads only variables that one block binds."""
        for name in variables_in(expression):
            operand = block.columns.get(name)
            if operand is None or (operand.maybe and name in other.columns):
                return False
        return True

    def _filter(self, node: CompValue) -> Block:
        block = self.compile(node.p)
        if not block.is_plain:
            block = closed(self._plan, block)
        self._filter_block(block, conjuncts(node.expr))
        return block

    def _filter_block(self, block: Block, conditions: Sequence[Any]) -> None:
        for condition in conditions:
            written = self.compiler_of([block]).condition(condition)
            if written != "TRUE":
                block.where.append(written)

    def _extend(self, node: CompValue) -> Block:
        block = self.compile(node.p)
        if not block.is_plain:
            block = closed(self._plan, block)
        operand = self.compiler_of([block]).operand(node.expr)
        block.columns[str(node.var)] = replace(operand, home=None)
        heavy = len(operand.sql) > LONGEST_EXPRESSION or any(w in operand.sql for w in _ONCE)
        return closed(self._plan, block) if heavy else block

    def _union(self, node: CompValue) -> Block:
        return united(self._plan, self._branches(node))

    def _branches(self, node: CompValue) -> list[Block]:
        parts: list[CompValue] = []
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if part.name == "Union":
                waiting += [part.p2, part.p1]
            else:
                parts.append(part)
        return [self.compile(part) for part in parts]

    def _minus(self, node: CompValue) -> Block:
        left = self.compile(node.p1)
        with self._under(_values={}, _given={}, _around=()):
            right = self.compile(node.p2)
        return without(self._plan, left, right)

    def _named_graph(self, node: CompValue) -> Block:
        if not is_variable(node.term):
            number = self._plan.facts.id_of(term_of(node.term))
            named = self._named is None or number in self._named
            ids = (number,) if number is not None and named else ()
            with self._under(_graph=ActiveGraph(ids)):
                block = self.compile(node.p)
            if not block.items and not self._plan.facts.has_graph(ids):
                block.where.append(
                    "FALSE"
                )  # not even an empty pattern matches where there is no graph
            return block
        if _has_subquery(node.p):
            return self._each_graph(node)
        column = self._plan.name(HIDDEN)
        with self._under(_graph=ActiveGraph(self._named, column)):
            block = self.compile(node.p)
        if column not in block.columns:
            block = joined(self._plan, block, all_graphs(self._plan, self._named, column))
        if not block.is_plain:
            block = closed(self._plan, block)
        found = block.columns.pop(column)
        new = Block(columns={variable_name(node.term): found})
        return joined(self._plan, block, new)

    def _each_graph(self, node: CompValue) -> Block:
        """Compile the pattern once for each graph, since what it groups or limits is of one graph."""
        numbers = self._plan.facts.graphs() if self._named is None else self._named
        if len(numbers) > _MOST_GRAPHS:
            raise NotCompiled(
                f"a SELECT inside of GRAPH is not compiled to SQL for {len(numbers)} graphs"
            )
        parts = [Block(where=["FALSE"])]
        for number in numbers:
            with self._under(_graph=ActiveGraph((number,))):
                block = self.compile(node.p)
            name = Operand(Form.ID, f"{number}::BIGINT", bit(IRI, BLANK), maybe=False)
            parts.append(joined(self._plan, block, Block(columns={variable_name(node.term): name})))
        return united(self._plan, parts)

    def _tomultiset(self, node: CompValue) -> Block:
        inner = node.p
        if isinstance(inner, CompValue) and inner.name == "values":
            return inline_rows(self._plan, inner.res)
        if not isinstance(inner, CompValue):
            return inline_rows(self._plan, inner or [])
        with self._under(_values={}, _given={}):
            return closed(self._plan, self.compile(inner), keep_order=True)

    def _project(self, node: CompValue) -> Block:
        block = self.compile(node.p)
        if block.distinct or block.limit is not None or block.offset:
            block = closed(self._plan, block, keep_order=True)
        wanted = [str(variable) for variable in node.PV]
        block.columns = {name: block.columns[name] for name in wanted if name in block.columns}
        return block

    def _distinct(self, node: CompValue) -> Block:
        block = self.compile(node.p)
        conditions, block.conditions_of_order = block.conditions_of_order, []
        if block.limit is not None or block.offset:
            block = closed(self._plan, block)
        selected = {str(variable) for variable in getattr(node.p, "PV", None) or ()}
        if block.order and not all(
            name in selected for one in conditions for name in variables_in(one.expr)
        ):
            raise NotCompiled("SELECT DISTINCT ordered by what it does not select is not compiled")
        block.order = []
        new = distinct(self._plan, block)
        self._sort(new, conditions)
        return new

    def _reduced(self, node: CompValue) -> Block:
        return self.compile(node.p)

    def _slice(self, node: CompValue) -> Block:
        block = self.compile(node.p)
        if block.limit is not None or block.offset:
            block = closed(self._plan, block, keep_order=True)
        block.limit = None if node.length is None else int(node.length)
        block.offset = int(node.start or 0)
        return block

    def _orderby(self, node: CompValue) -> Block:
        block = self.compile(node.p)
        if not block.is_plain:
            block = closed(self._plan, block)
        self._sort(block, node.expr)
        return block

    def _sort(self, block: Block, conditions: Sequence[Any]) -> None:
        block.conditions_of_order = list(conditions)
        compiler = self.compiler_of([block])
        for condition in conditions:
            descending = condition.order == "DESC"
            operand = compiler.operand(condition.expr)
            block.order += order_of(self._plan, block, operand, descending=descending)

    def _aggregatejoin(self, node: CompValue) -> Block:
        group = node.p
        with self._under(_values={}, _given={}):
            block = self.compile(group.p)
        if not block.is_plain:
            block = closed(self._plan, block, keep_order=True)
        grouping = Aggregating(self._plan, block, self.compiler_of([block]))
        return grouping.compile(group.expr, node.A)

    def exists(self, pattern: Any, scopes: Sequence[Block]) -> str:
        """Write the condition that a group pattern has a solution for the row of the scopes."""
        node = pattern
        if node.name in ("GroupGraphPatternSub", "SubSelect"):
            node = translateGroupGraphPattern(node)
        node = traverse(node, visitPost=simplify)
        outer: dict[str, Operand] = {}
        for block in reversed(scopes):
            outer |= {n: replace(o, home=o.home or block) for n, o in block.columns.items()}
        given = {
            name: operand
            for name, operand in outer.items()
            if operand.form is Form.ID and not operand.maybe and not operand.unbound
        }
        with self._under(_values=_known_of(given), _given=given, _around=tuple(scopes)):
            block = self.compile(node)
        if not block.is_plain:
            block = closed(self._plan, block)
        if block.is_empty:
            return "FALSE"
        return self._matched(block, outer)

    def _matched(self, block: Block, outer: Mapping[str, Operand]) -> str:
        """Write that a block has a row that fits the outer one, for each way in which that may lack values."""
        convert = Conversions(self._plan, block)
        shared = [n for n in block.columns if n in outer and not outer[n].unbound]
        lacking = [n for n in shared if outer[n].maybe and not block.columns[n].unbound]
        always = [
            compatible(replace(outer[n], maybe=False), block.columns[n], convert)
            for n in shared
            if n not in lacking
        ]
        block.where += [condition for condition in always if condition != "TRUE"]
        if not lacking:
            return f"EXISTS (SELECT 1{block.body()})"
        if len(lacking) > _MOST_LACKING:
            block.where += [compatible(outer[n], block.columns[n], convert) for n in lacking]
            return f"EXISTS (SELECT 1{block.body()})"
        fits = {
            n: compatible(replace(outer[n], maybe=False), block.columns[n], convert)
            for n in lacking
        }
        cases = []
        kept = list(block.where)
        for bound in product((True, False), repeat=len(lacking)):
            pairs = list(zip(lacking, bound, strict=True))
            tests = [f"{outer[n].sql} IS {'NOT ' if is_bound else ''}NULL" for n, is_bound in pairs]
            block.where = kept + [
                fits[n] for n, is_bound in pairs if is_bound and fits[n] != "TRUE"
            ]
            cases.append(f"WHEN {' AND '.join(tests)} THEN EXISTS (SELECT 1{block.body()})")
        return f"(CASE {' '.join(cases)} END)"


_MOST_LACKING: Final = 2
_MOST_GRAPHS: Final = 100
_ONCE: Final = ("EXISTS (", "uuid()", "random()", "call_")
"""What is not to be evaluated again wherever a variable is used."""
_NODES: Final[dict[str, Callable[[PatternCompiler, CompValue], Block]]] = {
    "BGP": PatternCompiler._bgp,
    "Join": PatternCompiler._join,
    "LeftJoin": PatternCompiler._leftjoin,
    "Filter": PatternCompiler._filter,
    "Extend": PatternCompiler._extend,
    "Union": PatternCompiler._union,
    "Minus": PatternCompiler._minus,
    "Graph": PatternCompiler._named_graph,
    "ToMultiSet": PatternCompiler._tomultiset,
    "Project": PatternCompiler._project,
    "Distinct": PatternCompiler._distinct,
    "Reduced": PatternCompiler._reduced,
    "Slice": PatternCompiler._slice,
    "OrderBy": PatternCompiler._orderby,
    "AggregateJoin": PatternCompiler._aggregatejoin,
}


def _has_subquery(node: Any) -> bool:
    """Check whether a pattern has a SELECT in it."""
    if isinstance(node, CompValue):
        return node.name == "Project" or any(map(_has_subquery, node.values()))
    return isinstance(node, list) and any(map(_has_subquery, node))


def _known_of(columns: Mapping[str, Operand]) -> dict[str, tuple[Operand, ...]]:
    """Find the terms that variables can have, where these are few."""
    return {name: operand.known for name, operand in columns.items() if operand.known}


def _is_values(node: Any) -> bool:
    inner = node.p if isinstance(node, CompValue) and node.name == "ToMultiSet" else None
    return isinstance(inner, CompValue) and inner.name == "values"


def _is_true(expression: Any) -> bool:
    return isinstance(expression, CompValue) and expression.name == "TrueFilter"
