"""Stores the data graph in Oxigraph without losing the lexical forms of literals.

Oxigraph normalises literals of XML Schema datatypes: both ``"01"^^xsd:integer`` and ``"1"^^xsd:byte``
become ``"1"^^xsd:integer``. SPARQL, however, matches terms. Literals that Oxigraph would normalise are
therefore stored under a datatype of our own, which it does not change, and queries get their values
with a function (see `testimonia.shacl.sparql.rewriting`). A query that reads no such literals runs
unchanged.

Source: RDF 1.1 Concepts, section 3.3 (literal term equality); SPARQL 1.1, section 18.3.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import polars as pl
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.data.graph import Graph
from testimonia.shacl.names import XSD
from testimonia.shacl.sparql.outline import Outline
from testimonia.shacl.sparql.rewriting import constants

__all__ = [
    "SHAPES_GRAPH",
    "Stores",
    "as_written",
    "constants_as_written",
    "datatype",
    "kept",
    "value",
]

SHAPES_GRAPH = NamedNode("urn:x-testimonia:shapes-graph")
"""The named graph of the shapes."""

_ANY = NamedNode("x:")
_OWN = "urn:x-testimonia:written:"
_TYPED = rf"\"\^\^<{XSD}"
# Common forms that Oxigraph does not change; others are tried out.
_KEPT = (
    rf'^"(?:(?:0|-?[1-9][0-9]{{0,17}})"\^\^<{XSD}integer>'
    rf'|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9:]{{8}}Z"\^\^<{XSD}dateTime>'
    rf'|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"\^\^<{XSD}date>)$'
)


class Stores:
    """The triples that queries read, in two stores: normalised by Oxigraph, and as written.

    Parameters
    ----------
    graph
        The data graph.
    shapes
        The shapes graph, for ``$shapesGraph``.
    """

    def __init__(self, graph: Graph, shapes: tuple[Triple, ...]) -> None:
        self._graph = graph
        self._shapes = shapes
        self._stores: dict[bool, Store] = {}
        self._held: dict[bool, set[int]] = {True: set(), False: set()}
        self._rewritten: dict[int, pl.Series] = {}

    def rewrites(self, predicates: frozenset[NamedNode] | None) -> bool:
        """Return whether Oxigraph would change any object of these predicates."""
        return any(self._rewritten_of(each).len() for each in self._ids(predicates))

    def get(self, predicates: frozenset[NamedNode] | None, *, written: bool) -> Store:
        """Return the store with literals as written, or as Oxigraph normalises them.

        Parameters
        ----------
        predicates
            Those that are read, of which the store gets what it does not have yet; None for all.
        written
            Whether literals are as written.
        """
        if written not in self._stores:
            self._stores[written] = Store()
            self._load_shapes(self._stores[written], written)
        for predicate in self._ids(predicates):
            if predicate not in self._held[written]:
                self._load(self._stores[written], predicate, written)
                self._held[written].add(predicate)
        return self._stores[written]

    def _ids(self, predicates: frozenset[NamedNode] | None) -> list[int]:
        if predicates is None:
            return self._graph.predicates
        return [self._graph.terms.id(each) for each in sorted(predicates, key=str)]

    def _rewritten_of(self, predicate: int) -> pl.Series:
        if predicate not in self._rewritten:
            ids = self._graph.pairs(predicate)["value"].unique()
            self._rewritten[predicate] = _rewritten(self._graph.terms.decode(ids))
        return self._rewritten[predicate]

    def _load(self, store: Store, predicate: int, written: bool) -> None:
        terms, pairs = self._graph.terms, self._graph.pairs(predicate)
        subjects, objects = terms.decode(pairs["focus"]), terms.decode(pairs["value"])
        if written:
            objects = _as_written(objects, self._rewritten_of(predicate))
        (verb,) = terms.decode(pl.Series([predicate]))
        lines = "\n".join(subjects + f" {verb} " + objects + " .")
        store.bulk_extend(parse(lines, RdfFormat.N_TRIPLES))

    def _load_shapes(self, store: Store, written: bool) -> None:
        store.bulk_extend(
            Quad(
                each.subject,
                each.predicate,
                as_written(each.object) if written else each.object,
                SHAPES_GRAPH,
            )
            for each in self._shapes
        )


def _rewritten(texts: pl.Series) -> pl.Series:
    """Return those of some texts (without duplicates) that Oxigraph would change."""
    tried = texts.filter(texts.str.contains(_TYPED) & ~texts.str.contains(_KEPT))
    if tried.is_empty():
        return tried
    lines = pl.select(
        pl.format("<urn:x:{}> <x:> {} .", pl.int_range(tried.len(), eager=True), tried)
    ).to_series()
    store = Store()
    store.bulk_extend(parse("\n".join(lines), RdfFormat.N_TRIPLES))
    stored = pl.DataFrame(
        [(_number(quad.subject), str(quad.object)) for quad in store],
        schema={"number": pl.Int64, "stored": pl.String},
        orient="row",
    ).sort("number")
    return tried.filter(tried != stored["stored"])


def _number(subject: object) -> int:
    return int(str(subject).strip("<>").rpartition(":")[2])


def _as_written(texts: pl.Series, rewritten: pl.Series) -> pl.Series:
    if rewritten.is_empty():
        return texts
    own = texts.str.replace(rf'"\^\^<({XSD}[A-Za-z]+)>$', f'"^^<{_OWN}${{1}}>')
    return pl.select(
        pl.when(texts.is_in(rewritten.implode())).then(own).otherwise(texts)
    ).to_series()


@lru_cache(maxsize=4096)
def kept(term: Term) -> bool:
    """Return whether Oxigraph stores a term unchanged."""
    if not isinstance(term, Literal) or not term.datatype.value.startswith(XSD):
        return True
    store = Store()
    store.add(Quad(_ANY, _ANY, term))
    (stored,) = store
    return str(stored.object) == str(term)


def as_written(term: Term) -> Term:
    """Return the term that represents a literal in the store with literals as written."""
    if not isinstance(term, Literal) or kept(term):
        return term
    return Literal(term.value, datatype=NamedNode(_OWN + term.datatype.value))


def value(term: Term) -> Term:
    """Return the literal that a term in that store represents; other terms represent themselves."""
    if isinstance(term, Literal) and term.datatype.value.startswith(_OWN):
        return Literal(term.value, datatype=NamedNode(term.datatype.value.removeprefix(_OWN)))
    return term


def datatype(term: Term) -> Term | None:
    """Return the datatype of a literal in that store; None is an error in SPARQL."""
    return value(term).datatype if isinstance(term, Literal) else None  # type: ignore[union-attr]


def constants_as_written(text: str) -> dict[int, tuple[int, str]]:
    """Find the literals in a query that Oxigraph would change.

    Returns
    -------
    dict
        For the start of each: its end, and what represents it in the store with literals as written.
    """
    found = list(constants(text))
    if not found:
        return {}
    outline = Outline(text)
    head = text[: outline.tokens[outline.form].start]
    return {
        start: (end, str(as_written(literal)))
        for start, end, literal in _literals(text, head, found)
        if not kept(literal)
    }


def _literals(
    text: str, head: str, places: Iterable[tuple[int, int]]
) -> Iterable[tuple[int, int, Literal]]:
    for start, end in places:
        # Turtle has the same syntax for literals and prefixes as SPARQL.
        line = f"{head}\n<x:> <x:> {text[start:end]} ."
        try:
            (quad,) = parse(line, RdfFormat.TURTLE)
        except (SyntaxError, ValueError):
            continue
        if isinstance(quad.object, Literal):
            yield start, end, quad.object
