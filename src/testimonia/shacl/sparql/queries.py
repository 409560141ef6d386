"""Runs the SPARQL queries of shapes in Oxigraph: for all focus nodes at once, or one by one.

Source: SHACL, sections 5.3 (validation with SPARQL-based constraints) and 6.3 (with components).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import polars as pl
from pyoxigraph import (
    Literal,
    NamedNode,
    QuerySolutions,
    Store,
    Triple,
    Variable,
)

from testimonia.errors import ShapesError
from testimonia.shacl.data.dictionary import Term, parsed, text_of
from testimonia.shacl.data.graph import Graph, distinct
from testimonia.shacl.faults import NotEvaluated
from testimonia.shacl.messages import fill_placeholders, query_message
from testimonia.shacl.model import (
    AskValidator,
    CustomConstraint,
    SelectQuery,
    Shape,
    SparqlConstraint,
)
from testimonia.shacl.sparql import lossless_store
from testimonia.shacl.sparql.outline import Outline
from testimonia.shacl.sparql.rewriting import DATATYPE, DECODE, bind_everywhere, read_as_written
from testimonia.shacl.values.literals import is_no_subject
from testimonia.shacl.work_limits import Crashed, Failed, TimeIsUp, within

__all__ = ["Queries"]

_ROWS: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "focus": pl.String,
    "value": pl.String,
    "path": pl.String,
    "messages": pl.List(pl.String),
}
_FUNCTION = "urn:x-testimonia:prebound:"
_FEW = 4  # focus nodes for which one run each is faster

_Bindings: TypeAlias = Mapping[Variable, Term]
_Solution: TypeAlias = "dict[str, Term]"


class Queries:
    """Runs the queries of shapes on a data graph.

    Parameters
    ----------
    graph
        The data graph.
    shapes
        The shapes graph, for ``$shapesGraph``.
    at_once
        False runs every query for one focus node at a time.
    seconds
        Time limit for the query of a constraint, for all focus nodes together; None for no limit.
    """

    def __init__(
        self,
        graph: Graph,
        shapes: tuple[Triple, ...],
        *,
        at_once: bool = True,
        seconds: float | None = None,
    ) -> None:
        self._graph = graph
        self._stores = lossless_store.Stores(graph, shapes)
        self._at_once = at_once
        self._seconds = seconds

    def constraint(
        self, shape: Shape, constraint: SparqlConstraint, focus: pl.Series
    ) -> pl.DataFrame:
        """Return the results of an ``sh:sparql`` constraint, one per solution."""
        return self._selected(shape, constraint.query, constraint.messages, {}, focus)

    def custom(
        self, shape: Shape, constraint: CustomConstraint, focus: pl.Series, values: pl.DataFrame
    ) -> pl.DataFrame:
        """Return the results of a constraint of a SPARQL-based constraint component."""
        if isinstance(constraint.query, SelectQuery):
            return self._selected(
                shape, constraint.query, constraint.messages, constraint.parameters, focus
            )
        return self._asked(shape, constraint, constraint.query, values)

    def _selected(
        self,
        shape: Shape,
        query: SelectQuery,
        messages: tuple[Literal, ...],
        parameters: _Bindings,
        focus: pl.Series,
    ) -> pl.DataFrame:
        # Literals and triple terms cannot be subjects, so queries must run for each of them.
        literals = self._graph.where(focus, is_no_subject)
        several = self._at_once and query.at_once and focus.len() - literals.len() > _FEW
        fixed = {**parameters, **self._context(shape)}
        single = self._graph.terms.objects(literals if several else focus)
        requests: list[_Bindings] = [{Variable("this"): node, **fixed} for node in single]
        *answers, rest = self._solutions(query, [*requests, *([parameters] if several else [])]) + (
            [] if several else [[]]
        )
        solutions = [
            (text_of(node), bindings)
            for node, answer in zip(single, answers, strict=True)
            for bindings in answer
        ]
        solutions += [
            (text_of(bindings["this"]), bindings)
            for bindings in rest
            if "this" in bindings and not isinstance(bindings["this"], Literal | Triple)
        ]
        rows = [
            self._row(shape, node, bindings, messages, parameters) for node, bindings in solutions
        ]
        return self._encoded(rows).join(pl.DataFrame({"focus": focus}), on="focus", how="semi")

    def _row(
        self,
        shape: Shape,
        focus: str,
        bindings: dict[str, Term],
        messages: tuple[Literal, ...],
        parameters: _Bindings,
    ) -> dict[str, Any]:
        if (failure := bindings.get("failure")) is not None and failure == Literal(True):
            raise ShapesError(
                f"the query of {shape.node} reported a failure at {focus}",
                hint="See what the query binds to ?failure.",
            )
        value = bindings.get("value")
        path = bindings.get("path") if shape.path is None else None
        known = {**{each.value: term for each, term in parameters.items()}, **bindings}
        written = (
            [str(query_message(bindings["message"]))]
            if "message" in bindings
            else [str(fill_placeholders(each, known)) for each in messages]
        )
        without = focus if shape.path is None else None
        return {
            "focus": focus,
            "value": text_of(value) if value is not None else without,
            "path": str(path) if isinstance(path, NamedNode) else None,
            "messages": written,
        }

    def _asked(
        self,
        shape: Shape,
        constraint: CustomConstraint,
        query: AskValidator,
        values: pl.DataFrame,
    ) -> pl.DataFrame:
        fixed = {**constraint.parameters, **self._context(shape)}
        terms = self._graph.terms
        requests: list[_Bindings]
        if "this" in Outline(query.text).variables():
            asked = values
            pairs = zip(terms.objects(asked["focus"]), terms.objects(asked["value"]), strict=True)
            requests = [
                {Variable("this"): node, Variable("value"): value, **fixed} for node, value in pairs
            ]
        else:
            asked = pl.DataFrame({"value": distinct(values["value"])})
            requests = [
                {Variable("value"): value, **fixed} for value in terms.objects(asked["value"])
            ]
        conforms = [bool(answer) for answer in self._solutions(query, requests)]
        unfit = asked.filter(~pl.Series(conforms, dtype=pl.Boolean))
        rows = values.join(unfit, on=unfit.columns, how="semi")
        parameters = {name.value: term for name, term in constraint.parameters.items()}
        return rows.with_columns(
            messages=pl.Series(
                [
                    [
                        str(fill_placeholders(each, {**parameters, "value": value}))
                        for each in constraint.messages
                    ]
                    for value in terms.objects(rows["value"])
                ],
                dtype=pl.List(pl.String),
            )
        )

    def _solutions(
        self, query: SelectQuery | AskValidator, requests: Sequence[_Bindings]
    ) -> list[list[_Solution]]:
        """Return the solutions of a query for each set of pre-bound values.

        Raises
        ------
        NotEvaluated
            It takes too long or too much memory, or fails.
        """
        began = time.monotonic()
        asked = [_Request(self._stores, query, text, requests) for text in _texts(query)]
        for index, each in enumerate(asked):
            # The rewritten query, which is nearly always faster, gets half the time; then the original.
            share = len(asked) - index
            left = self._seconds and (self._seconds - (time.monotonic() - began)) / share
            try:
                return _read(within(left, each.answers))
            except TimeIsUp as error:
                if share == 1:
                    raise NotEvaluated(
                        f"its query took longer than {self._seconds:g} seconds"
                    ) from error
            except Crashed as error:
                reason = (
                    "the process running its query ended, most likely because it ran out of memory"
                )
                raise NotEvaluated(reason) from error
            except Failed as error:
                raise NotEvaluated(f"its query cannot be evaluated: {error}") from error
        raise AssertionError("there is at least one text of the query")

    @staticmethod
    def _context(shape: Shape) -> dict[Variable, Term]:
        return {
            Variable("shapesGraph"): lossless_store.SHAPES_GRAPH,
            Variable("currentShape"): shape.node,
        }

    def _encoded(self, rows: list[dict[str, Any]]) -> pl.DataFrame:
        frame = pl.DataFrame(rows, schema=_ROWS)
        ids = self._graph.terms.encode(frame.select("focus", "value", "path"))
        return ids.with_columns(frame["messages"])


class _Request:
    """A query with the values of its pre-bound variables, ready to run in another process."""

    def __init__(
        self,
        stores: lossless_store.Stores,
        query: SelectQuery | AskValidator,
        text: str,
        requests: Sequence[_Bindings],
    ) -> None:
        literals = lossless_store.constants_as_written(text)
        as_written = (
            bool(literals)
            or stores.rewrites(query.predicates)
            or not all(lossless_store.kept(term) for each in requests for term in each.values())
        )
        self._store: Store = stores.get(query.predicates, written=as_written)
        self._text = read_as_written(text, literals) if as_written else text
        self._requests = (
            [
                {name: lossless_store.as_written(term) for name, term in each.items()}
                for each in requests
            ]
            if as_written
            else requests
        )

    def answers(self) -> bytes:
        """Return the solutions for each request, as JSON of terms in N-Triples."""
        return json.dumps([list(self._solutions(each)) for each in self._requests]).encode()

    def _solutions(self, bindings: _Bindings) -> Iterator[dict[str, str]]:
        functions = {name.value: NamedNode(_FUNCTION + name.value) for name in bindings}
        solutions = self._store.query(
            bind_everywhere(self._text, functions),
            # Selected variables get their values here too: only then does Oxigraph use its index.
            substitutions={
                name: term for name, term in bindings.items() if name.value in ("this", "value")
            },
            custom_functions={
                DECODE: lossless_store.value,
                DATATYPE: lossless_store.datatype,
                **{functions[name.value]: _constant(term) for name, term in bindings.items()},
            },
        )
        assert isinstance(solutions, QuerySolutions)  # noqa: S101 - `prepare_select` checked it
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            yield {
                name: text_of(lossless_store.value(term))
                for index, name in enumerate(names)
                if (term := solution[index]) is not None
            }


def _texts(query: SelectQuery | AskValidator) -> list[str]:
    return [query.text] if query.joined is None else [query.joined, query.text]


def _read(answers: bytes) -> list[list[_Solution]]:
    """Read solutions from JSON; each distinct term is parsed once."""
    found: list[list[dict[str, str]]] = json.loads(answers)
    texts = list(
        dict.fromkeys(text for each in found for solution in each for text in solution.values())
    )
    terms = dict(zip(texts, parsed(texts), strict=True))
    return [
        [{name: terms[text] for name, text in solution.items()} for solution in each]
        for each in found
    ]


def _constant(term: Term) -> Callable[[], Term]:
    return lambda: term
