"""An RDF graph in columns: one table of (subject, object) ids for each predicate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import polars as pl
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from testimonia.shacl.data.dictionary import Terms
from testimonia.shacl.names import SUBCLASS, TYPE

__all__ = ["PAIRS", "ROWS", "Graph", "distinct", "nodes"]

ROWS = {"s": pl.UInt32, "p": pl.UInt32, "o": pl.UInt32}
PAIRS = {"focus": pl.UInt32, "value": pl.UInt32}


def nodes(ids: Iterable[int] = ()) -> pl.Series:
    """Return a column of term ids."""
    return pl.Series("node", list(ids), dtype=pl.UInt32)


def distinct(ids: pl.Series) -> pl.Series:
    """Return the ids of a column without duplicates, as a column ``node``."""
    return ids.unique().alias("node")


class Graph:
    """An RDF graph, dictionary-encoded.

    Parameters
    ----------
    terms
        The dictionary.
    frames
        Frames of its ids with the columns ``s``, ``p``, ``o``; triples may repeat.
    """

    def __init__(self, terms: Terms, frames: Iterable[pl.DataFrame]) -> None:
        self.terms = terms
        rows = pl.concat([pl.DataFrame(schema=ROWS), *frames])
        self.read = rows.height
        tables = rows.partition_by("p", as_dict=True, include_key=False)
        self._tables = {
            int(key[0]): table.rename({"s": "focus", "o": "value"}) for key, table in tables.items()
        }
        self._unique: set[int] = set()
        self._instances: dict[int, pl.Series] = {}

    @classmethod
    def encoded(
        cls, frames: Iterable[pl.DataFrame], *, keep: frozenset[NamedNode] | None = None
    ) -> Graph:
        """Build a graph from frames of term texts; triples may repeat.

        Parameters
        ----------
        frames
            Frames with the columns ``s``, ``p``, ``o``.
        keep
            The predicates whose triples are kept while reading, None for all.
        """
        terms, read = Terms(), 0
        wanted = None if keep is None else [str(predicate) for predicate in keep]
        encoded = []
        for frame in frames:
            read += frame.height
            kept = frame if wanted is None else frame.filter(pl.col("p").is_in(wanted))
            encoded.append(terms.encode(kept))
        graph = cls(terms, encoded)
        graph.read = read
        return graph

    @property
    def predicates(self) -> list[int]:
        """The ids of the predicates in the graph."""
        return list(self._tables)

    def has_node(self, node: int) -> bool:
        """Return whether a node is a subject or an object in the graph."""
        ends = (table[end] for table in self._tables.values() for end in ("focus", "value"))
        return any(node in each for each in ends)

    def nodes(self) -> pl.Series:
        """Return the subjects and objects in the graph, without duplicates."""
        ends = [table[end] for table in self._tables.values() for end in ("focus", "value")]
        return distinct(pl.concat([nodes(), *(each.alias("node") for each in ends)]))

    def pairs(self, predicate: NamedNode | int) -> pl.DataFrame:
        """Return the subjects and objects of a predicate, as columns ``focus`` and ``value``."""
        key = predicate if isinstance(predicate, int) else self.terms.id(predicate)
        if key not in self._tables:
            return pl.DataFrame(schema=PAIRS)
        if key not in self._unique:
            self._tables[key] = self._tables[key].unique()
            self._unique.add(key)
        return self._tables[key]

    def triples(self, subjects: pl.Series) -> pl.DataFrame:
        """Return the triples of some subjects, as columns ``focus``, ``predicate``, ``value``."""
        of = pl.DataFrame({"focus": subjects})
        return pl.concat(
            [
                pl.DataFrame(schema={**PAIRS, "predicate": pl.UInt32}),
                *(
                    self.pairs(key)
                    .join(of, on="focus", how="semi")
                    .with_columns(pl.lit(key, dtype=pl.UInt32).alias("predicate"))
                    for key in self.predicates
                ),
            ]
        )

    def all_triples(self) -> Iterator[Triple]:
        """Yield every triple, once."""
        for key in self.predicates:
            pairs = self.pairs(key)
            ends = (self.terms.decode(pairs[name]) for name in ("focus", "value"))
            (verb,) = self.terms.decode(nodes([key]))
            lines = pl.select(pl.format("{} {} {} .", next(ends), pl.lit(verb), next(ends)))
            for quad in parse("\n".join(lines.to_series()), RdfFormat.N_TRIPLES):
                yield quad.triple

    def subclasses(self, cls: int) -> pl.Series:
        """Return a class and all its subclasses."""
        return self._reachable(
            nodes([cls]), self.pairs(SUBCLASS).select(focus="value", value="focus")
        )

    def instances(self, cls: int) -> pl.Series:
        """Return the SHACL instances of a class: those of the class itself and of its subclasses."""
        if cls not in self._instances:
            types = pl.DataFrame({"value": self.subclasses(cls)})
            self._instances[cls] = distinct(
                self.pairs(TYPE).join(types, on="value", how="semi")["focus"]
            )
        return self._instances[cls]

    def texts(self, ids: pl.Series) -> pl.DataFrame:
        """Return ids with their texts, as columns ``node`` and ``text``."""
        return pl.DataFrame({"node": ids, "text": self.terms.decode(ids)})

    def where(self, ids: pl.Series, condition: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
        """Return the ids whose text satisfies a condition."""
        return self.texts(ids).filter(condition(pl.col("text")).fill_null(False))["node"]

    @staticmethod
    def _reachable(start: pl.Series, steps: pl.DataFrame) -> pl.Series:
        seen = frontier = pl.DataFrame({"focus": start})
        while frontier.height:
            found = steps.join(frontier, on="focus", how="semi").select(focus="value").unique()
            frontier = found.join(seen, on="focus", how="anti")
            seen = pl.concat([seen, frontier])
        return seen["focus"].alias("node")
