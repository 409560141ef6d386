"""What questions, queries and labels need of quads by column."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia.errors import NotCompiled
from testimonia.namespaces import RDF, RDFS, SKOS
from testimonia.printing import one_line
from testimonia.query.columnar.column_folders import open_folder
from testimonia.query.columnar.columnar_store import ColumnarStore
from testimonia.query.columnar.duckdb_facts import DuckDBFacts
from testimonia.query.columnar.single_rows import first_row
from testimonia.query.columnar.table_facts import PredicateFacts
from testimonia.query.columnar.term_ids import inline_term
from testimonia.query.columnar.written_quads import nquads
from testimonia.query.evaluation import Answer
from testimonia.query.store import Store
from testimonia.values import Term as AnyTerm

__all__ = ["ColumnData"]

LOG: Final = logging.getLogger("testimonia")
_LABELS: Final = (SKOS.prefLabel, RDFS.label)

Term = NamedNode | BlankNode | Literal


class ColumnData:
    """The quads of a folder, as they were when it was opened.

    Queries that are not compiled to SQL are answered by Oxigraph, from a copy in memory that is made for the first
    of them; a warning is logged. Oxigraph finds a triple once for each graph that it is in.

    Parameters
    ----------
    directory
        The folder.

    Raises
    ------
    InputError
        It holds no quads by column.
    ExtraMissing
        DuckDB is not installed.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._connection = open_folder(directory)
        self._patterns = self._connection.cursor()
        self._compiled = ColumnarStore(self._connection)
        self._facts = DuckDBFacts(self._patterns)
        self._labels: dict[NamedNode, Mapping[str, list[Triple]]] = {}
        self._copy: Store | None = None

    def __repr__(self) -> str:
        return f"<ColumnData in {self.directory}: {len(self):,} statements>"

    def __len__(self) -> int:
        """Count the statements of all graphs."""
        return sum(known.rows for known in self._facts.predicates.values())

    def query(self, sparql: str, *, time_limit: float | None = None) -> Answer:
        """Run a query over the union of all graphs, or over those that it names itself (FROM).

        Parameters
        ----------
        sparql
            A SPARQL 1.1 SELECT, ASK, CONSTRUCT or DESCRIBE query.
        time_limit
            Seconds after which it is stopped; no limit when left out.

        Raises
        ------
        QueryError
            It is not well formed, is an update, calls another server, fails, or takes too long.
        """
        try:
            return self._compiled.query(sparql, time_limit=time_limit).as_answer()
        except NotCompiled as error:
            LOG.warning("answered by Oxigraph instead of DuckDB: %s", one_line(error.message))
            return self.oxigraph().query(sparql, time_limit=time_limit)

    def oxigraph(self) -> Store:
        """Copy the quads into an Oxigraph store in memory, the first time."""
        if self._copy is None:
            copy = Store()
            copy.fill(nquads(self._patterns))  # at once: a label is one blank node in all of it
            self._copy = copy
        return self._copy

    def outgoing(self, subject: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have a subject, in any graph, each once."""
        if predicate in _LABELS:
            yield from self._labels_of(predicate).get(subject.value, ())
            return
        number = self._facts.id_of(subject)
        chosen = self._tables_of(predicate)
        if number is None or not chosen:
            return
        union = " UNION ALL ".join(
            f"SELECT {known.id} AS p, o AS other FROM {known.table} WHERE s = $1 AND first"
            for known in chosen
        )
        for name, term in self._terms(union, number):
            yield Triple(subject, NamedNode(name), term)

    def incoming(self, object_: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have an object, in any graph, each once."""
        number = self._facts.id_of(object_)
        chosen = self._tables_of(predicate)
        if number is None or not chosen:
            return
        union = " UNION ALL ".join(
            f"SELECT {known.id} AS p, s AS other FROM {known.table} WHERE o = $1 AND first"
            for known in chosen
        )
        for name, term in self._terms(union, number):
            if isinstance(term, NamedNode | BlankNode):
                yield Triple(term, NamedNode(name), object_)

    def has_graph(self, graph: NamedNode) -> bool:
        """Check whether a graph holds something."""
        number = self._facts.id_of(graph)
        return number is not None and self._facts.has_graph([number])

    def holds(self, quad: Quad, graph: NamedNode) -> bool:
        """Check whether a graph holds the triple of a quad."""
        number = self._facts.id_of(graph)
        return number is not None and self._has(quad.triple, f"g = {number}")

    def contains(self, triple: Triple) -> bool:
        """Check whether any graph holds a triple."""
        return self._has(triple, "TRUE")

    def _has(self, triple: Triple, condition: str) -> bool:
        subject, object_ = triple.subject, triple.object
        if isinstance(subject, Triple) or isinstance(object_, Triple):
            return False
        ends = [self._facts.id_of(subject), self._facts.id_of(object_)]
        known = self._facts.predicates.get(triple.predicate.value)
        if known is None or None in ends:
            return False
        sql = f"SELECT 1 FROM {known.table} WHERE s = $1 AND o = $2 AND {condition} LIMIT 1"
        return first_row(self._patterns, sql, ends) is not None

    def solutions(self, select: str, values: Mapping[str, AnyTerm]) -> list[dict[str, AnyTerm]]:
        """Run a SELECT query of this library's own with some of its variables set.

        Parameters
        ----------
        select
            The query, which ends after its WHERE clause.
        values
            Terms by variable.
        """
        if not all(isinstance(term, NamedNode | Literal) for term in values.values()):
            return self.oxigraph().solutions(select, values)  # VALUES takes no blank nodes
        names = " ".join(f"?{name}" for name in values)
        terms = " ".join(map(str, values.values()))
        try:
            found = self._compiled.query(f"{select}\nVALUES ({names}) {{ ({terms}) }}")
        except NotCompiled:
            return self.oxigraph().solutions(select, values)
        rows = (zip(found.variables, row, strict=True) for row in found.rows())
        return [{**{n: term for n, term in row if term is not None}, **values} for row in rows]

    def uses(self, term: NamedNode) -> bool:
        """Check whether data use a term as a predicate, or as the class of something."""
        if term.value in self._facts.predicates:
            return True
        types, number = self._facts.predicates.get(RDF.type.value), self._facts.id_of(term)
        if types is None or number is None:
            return False
        sql = f"SELECT 1 FROM {types.table} WHERE o = $1 LIMIT 1"
        return first_row(self._patterns, sql, [number]) is not None

    def subjects(self, namespace: str) -> set[str]:
        """Find the IRIs in a namespace that something is stated about."""
        if not self._facts.predicates:
            return set()
        union = " UNION ".join(
            f"SELECT s FROM {known.table}" for known in self._facts.predicates.values()
        )
        rows = self._patterns.execute(
            f"SELECT i.lexical FROM iris i JOIN ({union}) q ON q.s = i.id WHERE starts_with(i.lexical, $1)",
            [namespace],
        )
        return {iri for (iri,) in rows.fetchall()}

    def sizes(self) -> dict[str, int]:
        """Count the statements of each graph that an IRI names, by name and in order of name."""
        if not self._facts.predicates:
            return {}
        union = " UNION ALL ".join(
            f"SELECT g FROM {known.table}" for known in self._facts.predicates.values()
        )
        rows = self._patterns.execute(
            f"SELECT i.lexical, count(*) FROM ({union}) q JOIN iris i ON i.id = q.g GROUP BY 1 ORDER BY 1"
        )
        return dict(rows.fetchall())

    def close(self) -> None:
        """Close the folder."""
        self._patterns.close()
        self._connection.close()

    def _tables_of(self, predicate: NamedNode | None) -> list[PredicateFacts]:
        """Find the table of a predicate, or those of all."""
        known = self._facts.predicates
        if predicate is None:
            return list(known.values())
        return [known[predicate.value]] if predicate.value in known else []

    def _labels_of(self, predicate: NamedNode) -> Mapping[str, list[Triple]]:
        """Read all statements of a property that labels; most are soon needed."""
        if predicate not in self._labels:
            found: dict[str, list[Triple]] = defaultdict(list)
            known = self._facts.predicates.get(predicate.value)
            if known is not None:
                rows = self._patterns.execute(
                    "SELECT i.lexical, coalesce(t.lexical, s.lexical), t.language "
                    f"FROM {known.table} q JOIN iris i ON i.id = q.s "
                    "LEFT JOIN tagged t ON t.id = q.o LEFT JOIN strings s ON s.id = q.o "
                    "WHERE q.first AND coalesce(t.id, s.id) IS NOT NULL"
                )
                for iri, text, language in rows.fetchall():
                    label = Literal(text, language=language)
                    found[iri].append(Triple(NamedNode(iri), predicate, label))
            self._labels[predicate] = dict(found)
        return self._labels[predicate]

    def _terms(self, pattern: str, number: int) -> list[tuple[str, Term]]:
        """Read the terms that a pattern finds, each with its predicate."""
        rows = self._patterns.execute(
            f"WITH found AS ({pattern}) SELECT p.lexical, q.other, i.lexical, b.lexical, "
            "coalesce(s.lexical, t.lexical, l.lexical), t.language, d.lexical FROM found q "
            "JOIN iris p ON p.id = q.p LEFT JOIN iris i ON i.id = q.other "
            "LEFT JOIN blanks b ON b.id = q.other LEFT JOIN strings s ON s.id = q.other "
            "LEFT JOIN tagged t ON t.id = q.other LEFT JOIN literals l ON l.id = q.other "
            "LEFT JOIN iris d ON d.id = l.datatype",
            [number],
        )
        return [(row[0], _term(*row[1:])) for row in rows.fetchall()]


def _term(
    number: int,
    iri: str | None,
    blank: str | None,
    lexical: str | None,
    language: str | None,
    datatype: str | None,
) -> Term:
    inline = inline_term(number)
    if inline is not None:
        return inline
    if iri is not None:
        return NamedNode(iri)
    if blank is not None:
        return BlankNode(blank)
    if datatype is not None:
        return Literal(lexical or "", datatype=NamedNode(datatype))
    return Literal(lexical or "", language=language)
