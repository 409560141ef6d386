"""Compiles basic graph patterns: one flat join, which DuckDB orders."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from rdflib import BNode, URIRef
from rdflib.paths import InvPath, MulPath, NegatedPath, Path, SequencePath

from testimonia.query.columnar.active_graphs import ActiveGraph
from testimonia.query.columnar.operands import ANY_KIND, Form, Operand, bit
from testimonia.query.columnar.path_relations import Pairs, PathRelations
from testimonia.query.columnar.query_plan import QueryPlan
from testimonia.query.columnar.query_terms import is_variable, term_of, variable_name
from testimonia.query.columnar.select_blocks import Block
from testimonia.query.columnar.term_ids import IRI

__all__ = ["TriplePatterns", "can_continue"]

_COLUMN: Final = re.compile(r"(t\d+)\.([so])")
Values = Mapping[str, Sequence[Operand]]
"""Terms that a variable can have in the end, because of what the patterns are joined with."""


def can_continue(block: Block, triples: Sequence[tuple[Any, Any, Any]], graph: ActiveGraph) -> bool:
    """Check whether patterns with a path of ``*`` or ``?`` may start from what a block binds.

    Alone, such a path is of every node there is. Where the block's values are nodes, it need not be.

    Parameters
    ----------
    block
        What the patterns are joined to.
    triples
        The patterns.
    graph
        Where they are matched.
    """
    if not block.is_plain or not any(_may_have_no_step(path) for _, path, _ in triples):
        return False
    terms = {variable_name(t) for triple in triples for t in triple if is_variable(t)}
    shared = [block.columns[name] for name in terms if name in block.columns]
    return bool(shared) and all(
        one.form is Form.ID and not one.maybe and one.node_of == graph for one in shared
    )


def _may_have_no_step(path: Any) -> bool:
    if isinstance(path, MulPath):
        return path.mod in "*?"
    if isinstance(path, SequencePath):
        return any(map(_may_have_no_step, path.args))
    return isinstance(path, InvPath) and _may_have_no_step(path.arg)


class TriplePatterns:
    """Compiles one basic graph pattern.

    Parameters
    ----------
    plan
        The plan of the query.
    graph
        Where triples are matched.
    values
        What is known of variables.
    given
        Variables that the pattern is evaluated for, because it is that of an EXISTS.
    block
        What it is joined to, if it can continue that (`can_continue`).
    """

    def __init__(
        self,
        plan: QueryPlan,
        graph: ActiveGraph,
        values: Values,
        given: Mapping[str, Operand],
        block: Block | None = None,
    ) -> None:
        self._plan = plan
        self._graph = graph
        self._values = values
        self._given = given
        self._paths = PathRelations(plan, graph)
        self._block = Block() if block is None else block

    def compile(self, triples: Sequence[tuple[Any, Any, Any]]) -> Block:
        """Compile triple patterns, whose predicates may be paths."""
        waiting = []
        for subject, predicate, object_ in triples:
            for step in self._steps(subject, predicate, object_):
                if isinstance(step[1], MulPath) and step[1].mod in "*?":
                    waiting.append(step)
                else:
                    self._add(*step)
        while waiting:
            step = next((s for s in waiting if self._known(s[0]) or self._known(s[2])), waiting[0])
            waiting.remove(step)
            self._add_optional_path(*step)
        return self._block

    def _steps(self, subject: Any, path: Any, object_: Any) -> list[tuple[Any, Any, Any]]:
        """Take sequences and inverses apart."""
        if isinstance(path, InvPath) and not isinstance(path.arg, NegatedPath):
            return self._steps(object_, path.arg, subject)
        if isinstance(path, SequencePath):
            ends = [subject, *(BNode() for _ in path.args[1:]), object_]
            parts = zip(ends, path.args, ends[1:], strict=False)
            return [step for part in parts for step in self._steps(*part)]
        return [(subject, path, object_)]

    def _known(self, term: Any) -> Operand | None:
        """Give the operand of a constant, or of a variable that has one already."""
        if not is_variable(term):
            return self._plan.constant(term_of(term))
        name = variable_name(term)
        bound = self._block.columns.get(name)
        if bound is not None:
            return bound
        if len(self._values.get(name, ())) == 1:
            return self._values[name][0]
        return self._given.get(name)

    def _add(self, subject: Any, path: Any, object_: Any) -> None:
        if isinstance(path, URIRef):
            facts = self._plan.facts.predicates.get(str(path))
            if facts is None:
                self._nothing(subject, object_)
                return
            relation = self._graph.triples(facts)
            self._join(relation, subject, object_, (facts.subject_kinds, facts.object_kinds))
        elif isinstance(path, MulPath):
            self._add_closure(subject, path, object_)
        elif isinstance(path, Path):
            self._join_pairs(self._paths.pairs(path), subject, object_)
        else:
            self._add_any_predicate(subject, path, object_)

    def _add_any_predicate(self, subject: Any, variable: Any, object_: Any) -> None:
        known = self._values.get(variable_name(variable))
        wanted = None if known is None else {operand.sql for operand in known}
        parts, subjects, objects = [], 0, 0
        for facts in self._plan.facts.predicates.values():
            if wanted is None or f"{facts.id}::BIGINT" in wanted:
                selected = self._graph.triples(facts)
                columns = self._graph.columns
                parts.append(f"SELECT {columns}, {facts.id}::BIGINT AS p FROM {selected}")
                subjects |= facts.subject_kinds
                objects |= facts.object_kinds
        if not parts:
            self._nothing(subject, object_, variable)
            return
        relation = f"({' UNION ALL '.join(parts)})"
        self._join(relation, subject, object_, (subjects, objects), variable)

    def _join_pairs(self, pairs: Pairs, subject: Any, object_: Any) -> None:
        self._join(f"({pairs.sql})", subject, object_, (pairs.subject_kinds, pairs.object_kinds))

    def _join(
        self,
        relation: str,
        subject: Any,
        object_: Any,
        kinds: tuple[int, int],
        predicate: Any = None,
    ) -> None:
        if not all(kinds):  # a path of properties that no statement has
            self._nothing(subject, object_, *([] if predicate is None else [predicate]))
            return
        alias = self._plan.name("t")
        conditions = self._match(subject, f"{alias}.s", kinds[0])
        conditions += self._match(object_, f"{alias}.o", kinds[1])
        if predicate is not None:
            conditions += self._match(predicate, f"{alias}.p", bit(IRI), is_node=False)
        conditions += self._in_same_graph(alias)
        own = [c for c in conditions if f"{alias}.s = {alias}.o" == c or c.count(f"{alias}.") > 1]
        self._block.where += own
        self._block.join(relation, alias, [c for c in conditions if c not in own])

    def _in_same_graph(self, alias: str) -> list[str]:
        name = self._graph.column
        if name is None:
            return []
        bound = self._block.columns.get(name)
        if bound is not None:
            return [f"{alias}.g = {bound.sql}"]
        self._block.columns[name] = Operand(Form.ID, f"{alias}.g", bit(IRI, 2), maybe=False)
        return []

    def _match(self, term: Any, sql: str, kinds: int, *, is_node: bool = True) -> list[str]:
        """Bind a variable to a column, or require the column to be the term."""
        if not is_variable(term):
            return [f"{sql} = {self._plan.constant(term_of(term)).sql}"]
        name = variable_name(term)
        columns = self._block.columns
        bound = columns.get(name)
        if bound is not None:
            if bound.term is None and bound.kinds & kinds:
                columns[name] = replace(
                    bound, form=Form.ID, kinds=bound.kinds & kinds, maybe=False, home=None
                )
            return [f"{sql} = {bound.sql}"]
        known = self._values.get(name, ())
        if len(known) == 1:
            columns[name] = known[0]
            return [f"{sql} = {known[0].sql}"]
        node_of = self._graph if is_node and not self._graph.column else None
        columns[name] = Operand(
            Form.ID, sql, kinds, maybe=False, choices=tuple(known), node_of=node_of
        )
        return []

    def _nothing(self, *terms: Any) -> None:
        """Make the pattern match nothing, but bind its variables."""
        self._block.where.append("FALSE")
        for term in terms:
            if is_variable(term):
                empty = Operand(Form.ID, "NULL::BIGINT", ANY_KIND, maybe=True)
                self._block.columns.setdefault(variable_name(term), empty)
        if self._graph.column:
            empty = Operand(Form.ID, "NULL::BIGINT", bit(IRI))
            self._block.columns.setdefault(self._graph.column, empty)

    def _constant(self, term: Any) -> Operand | None:
        known = self._known(term)
        return known if known is not None and known.term is not None else None

    def _add_closure(self, subject: Any, path: MulPath, object_: Any) -> None:
        for near, far, backward in ((subject, object_, False), (object_, subject, True)):
            start = self._constant(near)
            if start is not None and not self._graph.column:
                self._from_constant(near, start, path, far, backward)
                return
        self._join_pairs(self._paths.closure(path.path), subject, object_)

    def _from_constant(
        self, near: Any, start: Operand, path: MulPath, far: Any, backward: bool
    ) -> None:
        is_named = not is_variable(near)
        if path.mod != "+" and not (is_named or self._plan.facts.has_node(start.sql)):
            self._nothing(near, far)  # a variable is no term that the data do not hold
            return
        pairs = self._paths.reached(path, start.sql, backward=backward)
        alias = self._plan.name("t")
        if is_variable(near):
            self._block.columns.setdefault(variable_name(near), start)
        kinds = pairs.object_kinds | (0 if path.mod == "+" else start.kinds)
        # The start itself may be in no triple.
        conditions = self._match(far, f"{alias}.o", kinds, is_node=path.mod == "+")
        self._block.join(f"({pairs.sql})", alias, conditions)

    def _add_optional_path(self, subject: Any, path: MulPath, object_: Any) -> None:
        """Add a path that may have no step."""
        if self._graph.column:
            self._join_pairs(self._paths.pairs(path), subject, object_)
            return
        ends = ((subject, object_, False), (object_, subject, True))
        for near, far, backward in ends:
            start = self._constant(near)
            if start is not None:
                self._from_constant(near, start, path, far, backward)
                return
        for near, _, _ in ends:
            domain = self._domain(near)
            if domain is not None:  # equal columns, where DuckDB can join by hash
                self._join_pairs(self._paths.with_all(path, domain), subject, object_)
                return
        for near, far, backward in ends:
            known = self._known(near)
            if known is not None:
                self._from_bound(near, known, path, far, backward)
                return
        self._join_pairs(self._paths.pairs(path), subject, object_)

    def _domain(self, term: Any) -> str | None:
        """Write the SELECT of a column that a variable has its values from."""
        known = self._block.columns.get(variable_name(term)) if is_variable(term) else None
        match = _COLUMN.fullmatch(known.sql) if known is not None else None
        relations = {item.alias: item.relation for item in self._block.items if not item.left}
        if match is None or match[1] not in relations:
            return None
        return f"SELECT {match[2]} AS n FROM {relations[match[1]]}"

    def _from_bound(
        self, near: Any, known: Operand, path: MulPath, far: Any, backward: bool
    ) -> None:
        pairs = self._paths.with_itself(path, backward=backward)
        alias = self._plan.name("t")
        self._block.columns.setdefault(variable_name(near), known)
        self._block.left_join(f"({pairs.sql})", alias, [f"{alias}.s = {known.sql}"])
        reached = f"COALESCE({alias}.o, {known.sql})"
        is_node = known.node_of == self._graph
        kinds = pairs.object_kinds | known.kinds
        self._block.where += self._match(far, reached, kinds, is_node=is_node)
