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
from testimonia.validation.columnar.paths import value_pairs
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
_WRITTEN = {"value": pl.UInt32, "original": pl.UInt32}
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
        self._rewritten: list[pl.DataFrame] = []

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
        rewritten = sum(each.height for each in self._rewritten)
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
        frame = self._as_data_write(self._encoded(rows), shape)
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
            "value": str(value) if value is not None else without,
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
        stored = [(_number(quad.subject), str(quad.object)) for quad in store]
        changed = [(kept[number], text) for number, text in stored if kept[number] != text]
        table = pl.DataFrame(changed, schema=["original", "value"], orient="row")
        if table.height:
            self._rewritten.append(self._graph.terms.encode(table.select("value", "original")))

    def _as_data_write(self, rows: pl.DataFrame, shape: Shape) -> pl.DataFrame:
        """Replace values that the store has rewritten by those that the data hold there.

        Two literals of one value are one in the store: of a property shape, each is told.
        """
        if not self._rewritten:
            return rows
        written = pl.concat([pl.DataFrame(schema=_WRITTEN), *self._rewritten]).unique()
        rows = rows.with_row_index("row")
        touched = rows.join(written, on="value", how="semi")
        itself = touched.select("value", original="value").unique()
        options = touched.select("row", "focus", "value").join(
            pl.concat([written, itself]), on="value"
        )
        focus = distinct(touched["focus"])
        if shape.path is not None:
            near = value_pairs(self._graph, shape.path, focus)
        else:
            near = self._graph.triples(focus).select("focus", "value").unique()
        found = options.join(
            near, left_on=["focus", "original"], right_on=["focus", "value"], how="semi"
        )
        # Not found there, it came from elsewhere: then it is told if it can only be one.
        elsewhere = (
            options.filter(pl.col("original") != pl.col("value"))
            .join(found, on="row", how="anti")
            .filter(pl.len().over("row") == 1)
        )
        known = pl.concat([found, elsewhere]).sort("row", "original").select("row", "original")
        if shape.path is None:
            known = known.unique("row", keep="first")
        return (
            rows.join(known, on="row", how="left")
            .with_columns(value=pl.coalesce("original", "value"))
            .drop("row", "original")
        )


def _number(subject: object) -> int:
    return int(str(subject).strip("<>").rpartition(":")[2])


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
