"""Quads by column that rules and policies write to, as they write to a store of Oxigraph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse
from rdflib import BNode, Variable

from testimonia.errors import QueryError
from testimonia.namespaces import RDF
from testimonia.query.columnar.columnar_store import ColumnarStore
from testimonia.query.columnar.compiled_queries import CompiledQuery
from testimonia.query.columnar.decoding import ColumnarAnswer, texts_in
from testimonia.query.columnar.duckdb_facts import DuckDBFacts
from testimonia.query.columnar.operands import Form
from testimonia.query.columnar.quad_reading import statements
from testimonia.query.columnar.quad_writing import fact, set_fact, write_quads, write_staged
from testimonia.query.columnar.single_rows import first_row
from testimonia.query.columnar.term_ids import (
    ADDRESS,
    BLANK,
    BOOLEAN,
    INTEGER,
    INTEGER_ZERO,
    IRI,
    LARGEST_INTEGER,
    PAYLOAD_BITS,
    STRING,
    inline_id,
    make_id,
)
from testimonia.query.columnar.term_staging import Staging
from testimonia.query.columnar.written_quads import line_sum, nquads
from testimonia.query.deadlines import Deadline

if TYPE_CHECKING:
    import duckdb

__all__ = ["WritableColumns"]

_OF_FORM: Final = {
    Form.ID: "{0}",
    Form.BOOLEAN: f"(({BOOLEAN}::BIGINT << {PAYLOAD_BITS}) | {{0}}::BIGINT)",
    Form.INTEGER: f"(({INTEGER}::BIGINT << {PAYLOAD_BITS}) | ({{0}}::BIGINT + {INTEGER_ZERO}))",
}
"""The id of a value that needs no dictionary, by the form of its column."""
_DICTIONARIES: Final = {Form.ADDRESS: ("iris", IRI), Form.STRING: ("strings", STRING)}
"""The dictionary of texts, and the kind of its terms, by the form of their column."""

Term = NamedNode | BlankNode | Literal


class WritableColumns:
    """The tables of quads, with what deriving asks of a `testimonia.query.store.Store`.

    Parameters
    ----------
    connection
        A connection that may change them.
    deadline
        When queries are stopped; never when left out.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, deadline: Deadline | None = None
    ) -> None:
        self._connection = connection
        self._deadline = deadline
        self._known: dict[Term, int] = {}

    def write(self, construct: str, graph: NamedNode) -> int:
        """Replace a graph by the result of a CONSTRUCT query over the union of all graphs.

        Parameters
        ----------
        construct
            A SPARQL 1.1 CONSTRUCT query.
        graph
            The graph. The query does not see its old statements.

        Returns
        -------
        int
            How many statements the graph holds.

        Raises
        ------
        QueryError
            The query is not well formed, is not a CONSTRUCT query, has no equal in SQL, or fails.
        """
        self.clear(graph)
        compiled, rows = self._answer(construct)
        if compiled.kind != "triples":
            raise QueryError("this query makes no statements", hint="Write it as CONSTRUCT.")
        if new := [term for term in _unknown_in(compiled, rows) if isinstance(term, NamedNode)]:
            for term in new:
                self._numbered(term)
            compiled, rows = self._answer(construct)
        if _can_be_numbered(compiled, rows):
            return self._write_ids(compiled, rows, graph)
        answer = ColumnarAnswer(compiled, rows, texts_in(self._connection, compiled, rows))
        triples = list(answer.triples())
        self.load(Quad(t.subject, t.predicate, t.object, graph) for t in triples)
        return len(triples)

    def _answer(self, query: str) -> tuple[CompiledQuery, pa.Table]:
        left = None if self._deadline is None else self._deadline.left("the query")
        store = ColumnarStore(self._connection, known=self._known)
        return store.ids(query, time_limit=left)

    def _write_ids(self, compiled: CompiledQuery, rows: pa.Table, graph: NamedNode) -> int:
        """Write statements of ids; a subject that is a literal makes none."""
        facts, ids = self._facts(), dict[Term, int]()
        terms = {c.variable: c.term for c in compiled.columns if not c.has_column}
        with_column = [column for column in compiled.columns if column.has_column]
        written = {
            c.variable: f"t{n}.id" if c.form in _DICTIONARIES else _OF_FORM[c.form].format(f"v{n}")
            for n, c in enumerate(with_column)
        }
        texts = [
            (f"t{n}", f"v{n}", c.form) for n, c in enumerate(with_column) if c.form in _DICTIONARIES
        ]
        source = "made_rows " + " ".join(
            f"LEFT JOIN {_DICTIONARIES[form][0]} {name} ON {name}.lexical = {column}"
            for name, column, form in texts
        )

        def id_of(term: Term) -> int:
            if term not in ids:
                ids[term] = facts.id_of(term) or self._numbered(term)
            return ids[term]

        def sql(part: object) -> str:
            if isinstance(part, Variable):
                name = str(part)
                term = terms.get(name)
                return written.get(name) or ("NULL::BIGINT" if term is None else sql(term))
            assert isinstance(part, Term)  # noqa: S101 - no blank nodes are made
            return f"{id_of(part)}::BIGINT"

        selects = [
            f"SELECT {sql(s)} AS s, {sql(p)} AS p, {sql(o)} AS o FROM {source}"
            for s, p, o in compiled.template
        ]
        place = id_of(graph)
        self._connection.register("made_rows", rows)
        try:
            for _, column, form in texts:
                self._add_texts(column, *_DICTIONARIES[form])
            self._connection.execute(
                f"CREATE TEMP TABLE new_quads AS SELECT DISTINCT s, p, o, {place}::BIGINT AS g "
                f"FROM ({' UNION ALL '.join(selects)}) WHERE p IS NOT NULL AND o IS NOT NULL "
                f"AND s >> {PAYLOAD_BITS} IN ({IRI}, {BLANK}) AND p >> {PAYLOAD_BITS} = {IRI};"
                "CREATE TEMP TABLE new_graphs(g BIGINT)"
            )
        finally:
            self._connection.unregister("made_rows")
        count = first_row(self._connection, "SELECT count(*) FROM new_quads")
        write_quads(self._connection, replaces=False)
        return int(count[0]) if count else 0

    def _numbered(self, term: Term) -> int:
        """Give an id to an IRI that has none."""
        assert isinstance(term, NamedNode)  # noqa: S101 - literals that are written here are their own ids
        largest = first_row(self._connection, "SELECT max(id) FROM iris")
        number = largest[0] + 1 if largest and largest[0] is not None else make_id(IRI, 1)
        self._connection.execute("INSERT INTO iris VALUES (?, ?)", [number, term.value])
        self._known[term] = int(number)
        self._lose_order(IRI)
        return int(number)

    def _add_texts(self, column: str, dictionary: str, kind: int) -> None:
        """Give ids to the texts of a column of ``made_rows`` that a dictionary does not have."""
        added = self._connection.execute(
            f"INSERT INTO {dictionary} "
            f"SELECT (SELECT coalesce(max(id), {make_id(kind, 0)}) FROM {dictionary}) "
            "+ row_number() OVER (ORDER BY text), text "
            f"FROM (SELECT DISTINCT {column} AS text FROM made_rows WHERE {column} IS NOT NULL) t "
            f"WHERE NOT EXISTS (SELECT 1 FROM {dictionary} d WHERE d.lexical = t.text)"
        ).fetchall()
        if added[0][0]:
            self._lose_order(kind)

    def _lose_order(self, kind: int) -> None:
        ordered = fact(self._connection, "ordered_kinds")
        set_fact(self._connection, "ordered_kinds", ordered & ~(1 << kind))

    def load(self, quads: Iterable[Quad]) -> None:
        """Add quads; blank nodes keep their labels."""
        Staging(self._connection).add(statements(quads), "")
        write_staged(self._connection, replaces=False)

    def clear(self, graph: NamedNode) -> None:
        """Remove a graph."""
        self._remove([graph])

    def forget(self, root: NamedNode) -> None:
        """Remove a graph and those whose names begin with its name and a slash."""
        self._remove(self.graphs(root))

    def _remove(self, graphs: Iterable[NamedNode]) -> None:
        ids = self._ids(graphs)
        if not self._facts().has_graph(ids):
            return
        self._connection.execute(
            "CREATE TEMP TABLE new_quads(s BIGINT, p BIGINT, o BIGINT, g BIGINT);"
            "CREATE TEMP TABLE new_graphs(g BIGINT)"
        )
        self._connection.executemany("INSERT INTO new_graphs VALUES (?)", [[n] for n in ids])
        write_quads(self._connection)

    def _ids(self, graphs: Iterable[NamedNode]) -> list[int]:
        facts = self._facts()
        return [number for graph in graphs if (number := facts.id_of(graph)) is not None]

    def _facts(self) -> DuckDBFacts:
        return DuckDBFacts(self._connection, self._known)

    def graphs(self, root: NamedNode) -> list[NamedNode]:
        """List the graphs that hold something: one, and those whose names begin with its name and a slash."""
        facts = self._facts()
        rows = self._connection.execute(
            "SELECT id, lexical FROM iris WHERE lexical = $1 OR starts_with(lexical, $1 || '/') ORDER BY 2",
            [root.value],
        ).fetchall()
        return [NamedNode(name) for number, name in rows if facts.has_graph([number])]

    def statements(self, graph: NamedNode) -> Iterator[Triple]:
        """Read the statements of a graph."""
        facts = self._facts()
        number = facts.id_of(graph)
        if number is None or not facts.has_graph([number]):
            return
        for lines in nquads(self._connection, number):
            for quad in parse(lines, RdfFormat.N_QUADS):
                yield quad.triple

    def instances(self, kind: NamedNode, graph: NamedNode) -> list[NamedNode]:
        """Find the IRIs that a graph says to be of a class."""
        facts = self._facts()
        types, ids = facts.predicates.get(RDF.type.value), [facts.id_of(kind), facts.id_of(graph)]
        if types is None or None in ids:
            return []
        rows = self._connection.execute(
            f"SELECT i.lexical FROM {types.table} q JOIN iris i ON i.id = q.s WHERE q.o = $1 AND q.g = $2",
            ids,
        )
        return [NamedNode(iri) for (iri,) in rows.fetchall()]

    def line_sum(self, without: NamedNode | None = None) -> int:
        """Add up the digests of all quads, or of those that are in no graph below one (`testimonia.query.line_sums`)."""
        left_out = () if without is None else self._ids(self.graphs(without))
        return line_sum(self._connection, left_out)


def _unknown_in(compiled: CompiledQuery, rows: pa.Table) -> list[Term]:
    """List the terms without an id of their own that are in the rows."""
    if not compiled.unknown:
        return []
    unknown, found = pa.array(list(compiled.unknown), pa.int64()), set[int]()
    for number, column in enumerate(c for c in compiled.columns if c.has_column):
        if column.form is Form.ID:
            values = rows.column(number)
            found.update(values.filter(pc.is_in(values, unknown)).unique().to_pylist())
    return [compiled.unknown[number] for number in sorted(found)]


def _can_be_numbered(compiled: CompiledQuery, rows: pa.Table) -> bool:
    """Check whether every term that a query makes has an id, is one, or is a text that can be given one."""
    if any(isinstance(part, BNode) for triple in compiled.template for part in triple):
        return False
    if _unknown_in(compiled, rows):
        return False
    number = 0
    for column in compiled.columns:
        if not column.has_column:
            if not _has_id(column.term):
                return False
            continue
        values = rows.column(number)
        number += 1
        if column.form not in (*_OF_FORM, *_DICTIONARIES):
            return False
        if (
            column.form is Form.ADDRESS
            and not pc.all(pc.match_substring_regex(values, ADDRESS), min_count=0).as_py()
        ):
            return False
        if column.form is Form.INTEGER and not _are_small(values):
            return False
    return all(_has_id(part) for triple in compiled.template for part in triple)


def _has_id(part: object) -> bool:
    """Check whether a literal is its own id; an IRI is given one, and nothing makes no statement."""
    if not isinstance(part, Literal):
        return True
    return inline_id(part.value, part.datatype.value) is not None


def _are_small(values: pa.ChunkedArray) -> bool:
    """Check whether integers, which are given as texts, are their own ids."""
    longest = pc.max(pc.utf8_length(values)).as_py()
    return longest is None or longest < len(str(LARGEST_INTEGER))
