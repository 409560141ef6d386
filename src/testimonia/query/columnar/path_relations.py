"""Property paths as SELECTs of pairs (SPARQL 1.1 Query, section 18.4); those that repeat are recursive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from rdflib import URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath

from testimonia.errors import NotCompiled
from testimonia.query.columnar.active_graphs import ActiveGraph
from testimonia.query.columnar.operands import ANY_KIND
from testimonia.query.columnar.query_plan import QueryPlan

__all__ = ["EMPTY", "Pairs", "PathRelations"]

EMPTY: Final = "SELECT NULL::BIGINT AS s, NULL::BIGINT AS o WHERE FALSE"
_EMPTY_IN_GRAPHS: Final = (
    "SELECT NULL::BIGINT AS s, NULL::BIGINT AS o, NULL::BIGINT AS g WHERE FALSE"
)


@dataclass(frozen=True)
class Pairs:
    """A SELECT of ``s`` and ``o`` (and ``g`` within ``GRAPH ?g``), with the kinds of each."""

    sql: str
    subject_kinds: int
    object_kinds: int


class PathRelations:
    """Writes paths as SELECTs.

    Parameters
    ----------
    plan
        The plan of the query.
    graph
        Where triples are matched.
    """

    def __init__(self, plan: QueryPlan, graph: ActiveGraph) -> None:
        self._plan = plan
        self._graph = graph
        self._columns = graph.columns

    def pairs(self, path: Any) -> Pairs:
        """Write a path.

        Parameters
        ----------
        path
            An IRI or a path of rdflib.
        """
        if isinstance(path, URIRef):
            return self._step(path)
        if isinstance(path, InvPath):
            return self._inverse(self.pairs(path.arg))
        if isinstance(path, SequencePath):
            return self._sequence(path.args)
        if isinstance(path, AlternativePath):
            return self._union([self.pairs(part) for part in path.args])
        if isinstance(path, NegatedPath):
            return self._negated(path.args)
        if isinstance(path, MulPath):
            return self._repeated(path)
        raise NotCompiled(f"the path {path!r} is not compiled to SQL")

    def _step(self, iri: URIRef) -> Pairs:
        facts = self._plan.facts.predicates.get(str(iri))
        if facts is None:
            return Pairs(_EMPTY_IN_GRAPHS if self._graph.column else EMPTY, 0, 0)
        return Pairs(self._graph.selected(facts), facts.subject_kinds, facts.object_kinds)

    def _inverse(self, pairs: Pairs) -> Pairs:
        graph = ", g" if self._graph.column else ""
        sql = f"SELECT o AS s, s AS o{graph} FROM ({pairs.sql})"
        return Pairs(sql, pairs.object_kinds, pairs.subject_kinds)

    def _union(self, parts: list[Pairs]) -> Pairs:
        subjects = objects = 0
        for part in parts:
            subjects |= part.subject_kinds
            objects |= part.object_kinds
        sql = " UNION ALL ".join(f"SELECT {self._columns} FROM ({part.sql})" for part in parts)
        return Pairs(sql, subjects, objects)

    def _sequence(self, parts: list[Any]) -> Pairs:
        pairs = [self.pairs(part) for part in parts]
        tables = [f"({pair.sql}) x{number}" for number, pair in enumerate(pairs)]
        joined = tables[0]
        for number, table in enumerate(tables[1:], 1):
            graph = f" AND x{number}.g = x0.g" if self._graph.column else ""
            joined += f" JOIN {table} ON x{number}.s = x{number - 1}.o{graph}"
        graph = ", x0.g AS g" if self._graph.column else ""
        sql = f"SELECT x0.s AS s, x{len(pairs) - 1}.o AS o{graph} FROM {joined}"
        return Pairs(sql, pairs[0].subject_kinds, pairs[-1].object_kinds)

    def _negated(self, parts: list[Any]) -> Pairs:
        if not all(isinstance(part, URIRef | InvPath) for part in parts):
            # rdflib reads ^ there, but loses the IRI after it.
            raise NotCompiled("an inverse in a negated property set (!^) is not compiled to SQL")
        forward = {str(part) for part in parts if isinstance(part, URIRef)}
        backward = {str(part.arg) for part in parts if isinstance(part, InvPath)}
        known = self._plan.facts.predicates
        found = []
        if forward or not backward:
            found += [self._step(URIRef(iri)) for iri in known if iri not in forward]
        if backward:
            steps = [self._step(URIRef(iri)) for iri in known if iri not in backward]
            found += [self._inverse(step) for step in steps]
        empty = Pairs(_EMPTY_IN_GRAPHS if self._graph.column else EMPTY, 0, 0)
        return self._union(found) if found else empty

    def _repeated(self, path: MulPath) -> Pairs:
        if path.mod == "+":
            return self.closure(path.path)
        inner = self.closure(path.path) if path.mod == "*" else self.pairs(path.path)
        graph = ", g" if self._graph.column else ""
        nodes = self.nodes()
        sql = (
            f"SELECT {self._columns} FROM ({inner.sql}) "
            f"UNION SELECT n AS s, n AS o{graph} FROM {nodes}"
        )
        return Pairs(sql, ANY_KIND, ANY_KIND)

    def nodes(self) -> str:
        """Name the table of all subjects and objects, ``n``, of the active graph, with those the query names."""
        graph = ", g" if self._graph.column else ""
        parts = []
        for facts in self._plan.facts.predicates.values():
            table = self._graph.triples(facts)
            parts += [f"SELECT s AS n{graph} FROM {table}", f"SELECT o AS n{graph} FROM {table}"]
        empty = f"SELECT NULL::BIGINT AS n{', NULL::BIGINT AS g' if graph else ''} WHERE FALSE"
        return self._plan.common(" UNION ".join(parts or [empty]))

    def edges(self, path: Any) -> tuple[str, Pairs]:
        """Name the table of a path's pairs, and give them."""
        pairs = self.pairs(path)
        return self._plan.common(pairs.sql), pairs

    def closure(self, path: Any) -> Pairs:
        """Write the pairs that one or more steps of a path connect."""
        table, pairs = self.edges(path)
        known = self._plan.closures.get(table)
        if known is None:
            known = self._plan.closures[table] = self._plan.name("c")
            graph, same = (", c.g", " AND e.g = c.g") if self._graph.column else ("", "")
            self._plan.ctes[known] = (
                f"SELECT {self._columns} FROM {table} UNION SELECT c.s, e.o{graph} "
                f"FROM {known} c JOIN {table} e ON e.s = c.o{same}"
            )
        return Pairs(
            f"SELECT {self._columns} FROM {known}", pairs.subject_kinds, pairs.object_kinds
        )

    def reached(self, path: MulPath, start: str, *, backward: bool) -> Pairs:
        """Write the terms that a path leads to from one term, as ``o``; each once.

        Parameters
        ----------
        path
            A path that repeats.
        start
            The id of the term.
        backward
            Whether the path is followed from its end.
        """
        table, pairs = self.edges(path.path)
        near, far = ("o", "s") if backward else ("s", "o")
        kinds = pairs.subject_kinds if backward else pairs.object_kinds
        first = f"SELECT {far} AS o FROM {table} WHERE {near} = {start}"
        if path.mod == "?":
            return Pairs(f"{first} UNION SELECT {start} AS o", ANY_KIND, kinds)
        base = first if path.mod == "+" else f"SELECT {start} AS o"
        key = f"{base} {table} {near}"
        known = self._plan.closures.get(key)
        if known is None:
            known = self._plan.closures[key] = self._plan.name("c")
            self._plan.ctes[known] = (
                f"{base} UNION SELECT e.{far} AS o FROM {known} c JOIN {table} e ON e.{near} = c.o"
            )
        return Pairs(f"SELECT o FROM {known}", ANY_KIND, kinds)

    def with_itself(self, path: MulPath, *, backward: bool) -> Pairs:
        """Write the pairs of a path of ``*`` or ``?``, for starts that have an edge; all others reach only themselves.

        Parameters
        ----------
        path
            The path.
        backward
            Whether it is started from its end, which then is ``s``.
        """
        table, pairs = self.edges(path.path)
        inner = self.closure(path.path) if path.mod == "*" else pairs
        near, far = ("o", "s") if backward else ("s", "o")
        sql = (
            f"SELECT {near} AS s, {far} AS o FROM ({inner.sql}) "
            f"UNION SELECT {near} AS s, {near} AS o FROM {table}"
        )
        kinds = pairs.subject_kinds if backward else pairs.object_kinds
        return Pairs(f"SELECT s, o FROM {self._plan.common(sql)}", ANY_KIND, kinds)

    def with_all(self, path: MulPath, domain: str) -> Pairs:
        """Write the pairs of a path of ``*`` or ``?`` one end of which is among some terms.

        Parameters
        ----------
        path
            The path.
        domain
            A SELECT of the terms, as ``n``.
        """
        inner = self.closure(path.path) if path.mod == "*" else self.pairs(path.path)
        sql = f"SELECT s, o FROM ({inner.sql}) UNION SELECT n AS s, n AS o FROM ({domain})"
        return Pairs(f"SELECT s, o FROM {self._plan.common(sql)}", ANY_KIND, ANY_KIND)
