"""SPARQL queries of shapes, run in Oxigraph: of all focus nodes at once, or one by one.

Source: SHACL, sections 5.3 (validation with SPARQL-based constraints) and 6.3 (with components).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import polars as pl
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
)

from testimonia.errors import ShapesError
from testimonia.validation.columnar.graph import Graph, distinct
from testimonia.validation.columnar.literals import is_literal
from testimonia.validation.columnar.prebinding import bind_everywhere
from testimonia.validation.columnar.shapes import (
    AskValidator,
    CustomConstraint,
    SelectQuery,
    Shape,
    SparqlConstraint,
)
from testimonia.validation.columnar.terms import Term
from testimonia.validation.columnar.vocabulary import XSD

__all__ = ["Queries"]

_SHAPES_GRAPH = NamedNode("urn:x-testimonia:shapes-graph")
_ROWS: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "focus": pl.String,
    "value": pl.String,
    "path": pl.String,
    "messages": pl.List(pl.String),
}
_PLACEHOLDER = re.compile(r"\{[?$]([A-Za-z_][A-Za-z0-9_]*)\}")
_FUNCTION = "urn:x-testimonia:prebound:"
_THIS = re.compile(r"[?$]this\b")
_FEW = 4
# Oxigraph's store keeps the values of literals of XML Schema datatypes, not how they were written,
# and makes xsd:integer of what is derived from it. These are the forms it leaves alone.
_TYPED = rf"\"\^\^<{XSD}"
_KEPT = (
    rf'^"(?:(?:0|-?[1-9][0-9]{{0,17}})"\^\^<{XSD}integer>'
    rf'|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9:]{{8}}Z"\^\^<{XSD}dateTime>'
    rf'|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"\^\^<{XSD}date>)$'
)

_Bindings = Mapping[Variable, Term]


class Queries:
    """Runs the queries of shapes over a data graph.

    Parameters
    ----------
    graph
        The data graph.
    shapes
        The shapes graph, for ``$shapesGraph``.
    predicates
        The predicates that the queries read; None for all.
    at_once
        False asks every query of one focus node after the other.
    """

    def __init__(
        self,
        graph: Graph,
        shapes: tuple[Triple, ...],
        predicates: frozenset[NamedNode] | None,
        *,
        at_once: bool = True,
    ) -> None:
        self._graph = graph
        self._shapes = shapes
        self._predicates = predicates
        self._at_once = at_once
        self._loaded: Store | None = None
        self._ran: list[tuple[Shape, SelectQuery | AskValidator]] = []
        self._as_written: dict[str, list[str]] = {}

    def constraint(
        self, shape: Shape, constraint: SparqlConstraint, focus: pl.Series
    ) -> pl.DataFrame:
        """Return the results of an ``sh:sparql`` constraint, one for each solution."""
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

    def cautions(self) -> list[str]:
        """Tell of queries that look at how literals are written, where the store rewrote some."""
        rewritten = sum(len(written) for written in self._as_written.values())
        return sorted(
            {
                f"the query of {shape.node} uses {', '.join(sorted(query.spelling))}, and Oxigraph "
                f"writes {rewritten} of the literals it may read otherwise than the data"
                for shape, query in self._ran
                if query.spelling and rewritten
            }
        )

    def _selected(
        self,
        shape: Shape,
        query: SelectQuery,
        messages: tuple[Literal, ...],
        parameters: _Bindings,
        focus: pl.Series,
    ) -> pl.DataFrame:
        self._ran.append((shape, query))
        # A literal stands in the store by its value: only asked one by one is it itself.
        literals = self._graph.where(focus, is_literal)
        several = self._at_once and query.at_once and focus.len() - literals.len() > _FEW
        fixed = {**parameters, **self._context(shape)}
        solutions = [
            (str(node), bindings)
            for node in self._graph.terms.objects(literals if several else focus)
            for bindings in self._query(query.text, {Variable("this"): node, **fixed})
        ]
        if several:
            found = self._query(query.text, parameters)
            solutions += [
                (str(bindings["this"]), bindings)
                for bindings in found
                if not isinstance(bindings["this"], Literal)
            ]
        rows = [
            self._row(shape, node, bindings, messages, parameters) for node, bindings in solutions
        ]
        frame = self._encoded(rows)
        return frame.join(pl.DataFrame({"focus": focus}), on="focus", how="semi")

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
                hint="See what its ?failure stands for.",
            )
        value = bindings.get("value")
        path = bindings.get("path") if shape.path is None else None
        known = {**{each.value: term for each, term in parameters.items()}, **bindings}
        written = (
            [self._message(bindings["message"])]
            if "message" in bindings
            else [_filled(each, known) for each in messages]
        )
        without = focus if shape.path is None else None
        return {
            "focus": focus,
            "value": self._restored(str(value), focus) if value is not None else without,
            "path": str(path) if isinstance(path, NamedNode) else None,
            "messages": written,
        }

    @staticmethod
    def _message(term: Term) -> str:
        return str(term if isinstance(term, Literal) else Literal(_shown(term)))

    def _asked(
        self,
        shape: Shape,
        constraint: CustomConstraint,
        query: AskValidator,
        values: pl.DataFrame,
    ) -> pl.DataFrame:
        fixed = {**constraint.parameters, **self._context(shape)}
        terms = self._graph.terms
        self._ran.append((shape, query))
        if _THIS.search(query.text):
            asked = values
            pairs = zip(terms.objects(asked["focus"]), terms.objects(asked["value"]), strict=True)
            substitutions = [
                {Variable("this"): node, Variable("value"): value, **fixed} for node, value in pairs
            ]
        else:
            asked = pl.DataFrame({"value": distinct(values["value"])})
            substitutions = [
                {Variable("value"): value, **fixed} for value in terms.objects(asked["value"])
            ]
        conforms = [any(True for _ in self._query(query.text, each)) for each in substitutions]
        unfit = asked.filter(~pl.Series(conforms, dtype=pl.Boolean))
        rows = values.join(unfit, on=unfit.columns, how="semi")
        return rows.with_columns(
            messages=pl.Series(
                [
                    [
                        _filled(each, {**_named(constraint.parameters), "value": value})
                        for each in constraint.messages
                    ]
                    for value in terms.objects(rows["value"])
                ],
                dtype=pl.List(pl.String),
            )
        )

    def _query(self, text: str, bindings: _Bindings) -> Iterator[dict[str, Term]]:
        """Yield the solutions of a query whose variables are bound to values beforehand."""
        functions = {name.value: NamedNode(_FUNCTION + name.value) for name in bindings}
        solutions = self._store().query(
            bind_everywhere(text, functions),
            # Those selected are given once more, since Oxigraph looks only these up in its index.
            substitutions={
                name: term for name, term in bindings.items() if name.value in ("this", "value")
            },
            custom_functions={
                functions[name.value]: _constant(term) for name, term in bindings.items()
            },
        )
        assert isinstance(solutions, QuerySolutions)  # noqa: S101 - `prepare_select` saw to it
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            yield {
                name: solution[index]
                for index, name in enumerate(names)
                if solution[index] is not None
            }

    @staticmethod
    def _context(shape: Shape) -> dict[Variable, Term]:
        return {Variable("shapesGraph"): _SHAPES_GRAPH, Variable("currentShape"): shape.node}

    def _encoded(self, rows: list[dict[str, Any]]) -> pl.DataFrame:
        frame = pl.DataFrame(rows, schema=_ROWS)
        ids = self._graph.terms.encode(frame.select("focus", "value", "path"))
        return ids.with_columns(frame["messages"])

    def _store(self) -> Store:
        if self._loaded is None:
            self._loaded = Store()
            graph, terms = self._graph, self._graph.terms
            wanted = (
                graph.predicates
                if self._predicates is None
                else [terms.id(each) for each in sorted(self._predicates, key=str)]
            )
            for predicate in wanted:
                pairs = graph.pairs(predicate)
                subjects, objects = terms.decode(pairs["focus"]), terms.decode(pairs["value"])
                (verb,) = terms.decode(pl.Series([predicate]))
                lines = "\n".join(subjects + f" {verb} " + objects + " .")
                self._loaded.bulk_extend(parse(lines, RdfFormat.N_TRIPLES))
                self._note_rewritten(objects)
            self._loaded.bulk_extend(
                Quad(each.subject, each.predicate, each.object, _SHAPES_GRAPH)
                for each in self._shapes
            )
        return self._loaded

    def _note_rewritten(self, objects: pl.Series) -> None:
        """Remember the literals that the store writes otherwise, to report them as they were."""
        texts = pl.DataFrame({"text": objects.unique()})
        kept = texts.filter(
            pl.col("text").str.contains(_TYPED) & ~pl.col("text").str.contains(_KEPT)
        )["text"]
        lines = pl.format("<urn:x:{}> <x:> {} .", pl.int_range(kept.len(), eager=True), kept)
        store = Store()
        store.bulk_extend(parse("\n".join(pl.select(lines).to_series()), RdfFormat.N_TRIPLES))
        for quad in store:
            text = kept[int(str(quad.subject.value).removeprefix("urn:x:"))]
            if str(quad.object) != text:
                self._as_written.setdefault(str(quad.object), []).append(text)

    def _restored(self, text: str, focus: str) -> str:
        """Return a literal as the data writes it near a focus node, if the store has rewritten it."""
        written = self._as_written.get(text)
        if written is None:
            return text
        candidates = [*written, text]
        if len(candidates) == 2:
            return self._nearest(candidates, focus) or candidates[0]
        return self._nearest(candidates, focus) or text

    def _nearest(self, candidates: list[str], focus: str) -> str | None:
        terms = self._graph.terms
        near = self._graph.triples(terms.encode(pl.DataFrame({"s": [focus]}))["s"])
        found = set(terms.decode(near["value"]))
        return next((each for each in candidates if each in found), None)


def _constant(term: Term) -> Callable[[], Term]:
    return lambda: term


def _named(parameters: _Bindings) -> dict[str, Term]:
    return {variable.value: term for variable, term in parameters.items()}


def _filled(message: Literal, bindings: Mapping[str, Term]) -> str:
    """Write a message with its placeholders filled in, as the text of a literal."""
    text = _PLACEHOLDER.sub(
        lambda found: _shown(bindings[found[1]]) if found[1] in bindings else found[0],
        message.value,
    )
    return str(Literal(text, language=message.language) if message.language else Literal(text))


def _shown(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
