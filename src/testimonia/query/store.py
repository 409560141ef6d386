"""The embedded store: Oxigraph, in memory or in a directory, queried over the union of its graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import IO, Concatenate, ParamSpec, TypeVar, cast

from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    Variable,
)
from pyoxigraph import Store as Oxigraph

from testimonia.errors import InputError, Place, QueryError
from testimonia.namespaces import PREFIXES, RDF
from testimonia.outputs.store_files import is_store, not_a_store
from testimonia.processes.children import on_disk
from testimonia.query.evaluation import Answer, evaluate, evaluate_within, run
from testimonia.query.graph_names import is_under
from testimonia.query.line_sums import line_sum
from testimonia.rdf.files import Source
from testimonia.values import Term

__all__ = ["Store", "damaged"]

_TYPE = RDF.type
_SIZE = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
_SIZES = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@contextmanager
def _reporting_damage(store: Store) -> Iterator[None]:
    """Report faults of the store itself, such as damaged files, as such."""
    try:
        yield
    except RuntimeError as error:
        raise damaged(error, store.directory) from None


def _reports_damage(
    method: Callable[Concatenate[Store, Parameters], Result],
) -> Callable[Concatenate[Store, Parameters], Result]:
    @wraps(method)
    def guarded(store: Store, /, *args: Parameters.args, **named: Parameters.kwargs) -> Result:
        with _reporting_damage(store):
            return method(store, *args, **named)

    return guarded


class Store:
    """Quads that can be queried.

    Parameters
    ----------
    directory
        Where to keep them; in memory when left out.

    Attributes
    ----------
    content
        The name of a snapshot that it holds exactly as it is, apart from assessments of policies; None
        otherwise. Every change resets it.

    Raises
    ------
    InputError
        The directory cannot be opened as a store.
    """

    def __init__(self, directory: Source | None = None) -> None:
        self.content: str | None = None
        self.directory = None if directory is None else Path(directory)
        if self.directory is not None:
            _refuse_other_contents(self.directory)
        try:
            self._oxigraph = Oxigraph(self.directory)
        except RuntimeError as error:
            raise damaged(error, self.directory) from None
        except (OSError, ValueError) as error:
            raise InputError(
                f"the store cannot be opened ({error})",
                place=Place(str(directory)),
                hint="Give a new or empty directory, or one that holds a store not open elsewhere.",
            ) from None

    @classmethod
    def read_only(cls, directory: Source) -> Store:
        """Open a store on disk to read it, while other processes may read it too.

        Parameters
        ----------
        directory
            Where it keeps its quads. What is written there later is not seen.

        Raises
        ------
        InputError
            The directory cannot be opened as a store.
        """
        store = cls.__new__(cls)
        store.content = None
        store.directory = Path(directory)
        try:
            store._oxigraph = Oxigraph.read_only(str(directory))
        except RuntimeError as error:
            raise damaged(error, store.directory) from None
        except (OSError, ValueError) as error:
            raise InputError(
                f"the store cannot be read ({error})",
                place=Place(store.directory),
                hint="Give a directory that holds a store.",
            ) from None
        return store

    def __repr__(self) -> str:
        place = "in memory" if self.directory is None else str(self.directory)
        return f"<Store {place}: {len(self):,} statements>"

    @_reports_damage
    def __len__(self) -> int:
        return len(self._oxigraph)

    def __iter__(self) -> Iterator[Quad]:
        with _reporting_damage(self):
            yield from self._oxigraph

    def query(self, sparql: str, *, time_limit: float | None = None) -> Answer:
        """Run a query over the union of all graphs, or over those that it names itself (FROM).

        Oxigraph does not merge equal triples of different graphs: a query finds each once for every
        graph it is in.

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
        if time_limit is None:
            return evaluate(self._oxigraph, sparql)
        return evaluate_within(time_limit, self._oxigraph, self.directory, sparql)

    def results(
        self,
        sparql: str,
        *,
        base: str | None = None,
        default_graphs: Sequence[NamedNode] | None = None,
        named_graphs: Sequence[NamedNode] | None = None,
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Run a query and return its results as they are found, as `testimonia.query.evaluation.run` does."""
        return run(
            self._oxigraph,
            sparql,
            base=base,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
        )

    def outgoing(self, subject: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have a subject, in any graph."""
        return self._matching(subject, predicate, None)

    def incoming(self, object_: NamedNode, predicate: NamedNode | None = None) -> Iterator[Triple]:
        """Find the statements that have an object, in any graph."""
        return self._matching(None, predicate, object_)

    def uses(self, term: NamedNode) -> bool:
        """Check whether data use a term as a predicate, or as the class of something."""
        patterns = ((None, term, None), (None, _TYPE, term))
        return any(any(True for _ in self._oxigraph.quads_for_pattern(*p)) for p in patterns)

    def subjects(self, namespace: str) -> set[str]:
        """Find the IRIs in a namespace that something is stated about; reads all statements."""
        found = (quad.subject for quad in self if isinstance(quad.subject, NamedNode))
        return {node.value for node in found if node.value.startswith(namespace)}

    def holds(self, quad: Quad, graph: NamedNode) -> bool:
        """Check whether a graph holds the triple of a quad."""
        return Quad(quad.subject, quad.predicate, quad.object, graph) in self._oxigraph

    @_reports_damage
    def load(self, quads: Iterable[Quad], graph: NamedNode | None = None) -> None:
        """Add quads.

        Parameters
        ----------
        quads
            What to add.
        graph
            The graph for quads that are in the default graph.
        """
        if graph is not None:
            quads = (_placed(quad, graph) for quad in quads)
        self.content = None
        self._oxigraph.bulk_extend(quads)

    @_reports_damage
    def restore(self, nquads: bytes) -> None:
        """Add quads that a store has written, as N-Quads that are not checked again."""
        self.content = None
        self._oxigraph.bulk_load(nquads, RdfFormat.N_QUADS, lenient=True)

    @_reports_damage
    def write(self, construct: str, graph: NamedNode) -> int:
        """Replace a graph by the result of a CONSTRUCT query over the union of all graphs.

        Parameters
        ----------
        construct
            A SPARQL 1.1 CONSTRUCT query.
        graph
            The graph. The query does not see its old statements, which are lost unless it fails.

        Returns
        -------
        int
            How many statements the graph holds.

        Raises
        ------
        QueryError
            The query is not well formed, is not a CONSTRUCT query, calls another server, or fails.
        """
        before = [Quad(t.subject, t.predicate, t.object, graph) for t in self.statements(graph)]
        self.clear(graph)
        try:
            answer = evaluate(self._oxigraph, construct)
            if answer.kind != "triples":
                raise QueryError("this query makes no statements", hint="Write it as CONSTRUCT.")
        except QueryError:
            self.load(before)
            raise
        self._oxigraph.bulk_load(answer.content, RdfFormat.N_TRIPLES, to_graph=graph)
        return sum(1 for _ in self.statements(graph))

    def statements(self, graph: NamedNode) -> Iterator[Triple]:
        """Stream the statements of a graph."""
        return self._matching(None, None, None, graph)

    def _matching(
        self,
        subject: NamedNode | None,
        predicate: NamedNode | None,
        object_: NamedNode | None,
        graph: NamedNode | None = None,
    ) -> Iterator[Triple]:
        with _reporting_damage(self):
            for quad in self._oxigraph.quads_for_pattern(subject, predicate, object_, graph):
                yield quad.triple

    @_reports_damage
    def graphs(self, root: NamedNode) -> list[NamedNode]:
        """List a graph and those whose names begin with its name and a slash, if they exist."""
        return [name for name in self._oxigraph.named_graphs() if is_under(name, root)]

    @_reports_damage
    def sizes(self) -> dict[str, int]:
        """Count the statements of each graph that an IRI names, by name and in order of name."""
        rows = self._oxigraph.query(_SIZES)
        if not isinstance(rows, QuerySolutions):
            raise TypeError("a SELECT query gives solutions")
        named = ((graph, count) for graph, count in rows if isinstance(graph, NamedNode))
        counts = {graph.value: int(count.value) for graph, count in named}
        return dict(sorted(counts.items()))

    @_reports_damage
    def contains(self, triple: Triple) -> bool:
        """Check whether any graph holds a triple."""
        pattern = (triple.subject, triple.predicate, triple.object)
        return any(self._oxigraph.quads_for_pattern(*pattern))

    @_reports_damage
    def solutions(self, select: str, values: Mapping[str, Term]) -> list[dict[str, Term]]:
        """Run a SELECT query with some of its variables set.

        Parameters
        ----------
        select
            A SPARQL 1.1 SELECT query of this library's own.
        values
            Terms by variable. They are passed as terms and never become part of the query text.

        Returns
        -------
        list of dict
            For each solution its terms by variable, both set and found.
        """
        found = self._oxigraph.query(
            select,
            prefixes=PREFIXES,
            use_default_graph_as_union=True,
            substitutions={Variable(name): term for name, term in values.items()},
        )
        if not isinstance(found, QuerySolutions):
            raise TypeError("a SELECT query gives solutions")
        names = [variable.value for variable in found.variables]
        rows = [{n: t for n, t in zip(names, row, strict=True) if t is not None} for row in found]
        return [{**row, **values} for row in rows]

    @_reports_damage
    def update(self, sparql: str) -> None:
        """Run an update of this library's own (SPARQL 1.1 Update), completely or not at all."""
        self.content = None
        self._oxigraph.update(sparql)

    @_reports_damage
    def dump(self, stream: RawIOBase) -> None:
        """Write all quads as N-Quads, in no particular order."""
        self._oxigraph.dump(cast(IO[bytes], stream), RdfFormat.N_QUADS)

    def instances(self, kind: NamedNode, graph: NamedNode) -> list[NamedNode]:
        """Find the IRIs that a graph says to be of a class."""
        found = self._oxigraph.quads_for_pattern(None, RDF.type, kind, graph)
        return [quad.subject for quad in found if isinstance(quad.subject, NamedNode)]

    def line_sum(self, without: NamedNode | None = None) -> int:
        """Add up the digests of all quads, or of those that are in no graph below one (`testimonia.query.line_sums`)."""
        return line_sum(self.dump, "" if without is None else without.value)

    @_reports_damage
    def dump_graph(self, graph: NamedNode, stream: IO[bytes]) -> None:
        """Write a graph as canonical lines of N-Triples, in no particular order."""
        self._oxigraph.dump(stream, RdfFormat.N_TRIPLES, from_graph=graph)

    @_reports_damage
    def count(self, graph: NamedNode) -> int:
        """Count the statements of a graph."""
        rows = self._oxigraph.query(_SIZE, default_graph=graph)
        if not isinstance(rows, QuerySolutions):
            raise TypeError("a SELECT query gives solutions")
        return next(int(count.value) for (count,) in rows if isinstance(count, Literal))

    @_reports_damage
    def fill(self, nquads: Iterable[bytes]) -> None:
        """Add N-Quads that are known to be valid. If it is interrupted, nothing is added.

        Parameters
        ----------
        nquads
            Their text, in pieces of any length.
        """
        self.content = None
        source = cast(IO[bytes], _Pieces(nquads))
        self._oxigraph.bulk_load(source, RdfFormat.N_QUADS, lenient=True)

    @_reports_damage
    def copy_to(self, directory: Path) -> None:
        """Copy a store on disk into a new directory, with hard links where the file system has them."""
        self._oxigraph.flush()
        self._oxigraph.backup(directory)

    def on_disk(self) -> AbstractContextManager[Path]:
        """Return a place from which another process can read it, as `testimonia.processes.children` does."""
        return on_disk(self._oxigraph, self.directory)

    @_reports_damage
    def flush(self) -> None:
        """Write to disk what is only in memory."""
        self._oxigraph.flush()

    @_reports_damage
    def clear(self, graph: NamedNode) -> None:
        """Remove a graph."""
        self.content = None
        self._oxigraph.remove_graph(graph)

    def forget(self, root: NamedNode) -> None:
        """Remove a graph, and then those whose names begin with its name and a slash."""
        self.clear(root)
        for graph in self.graphs(root):
            self.clear(graph)


def damaged(error: RuntimeError, directory: Path | None = None) -> InputError:
    """Make the error for a store that fails: its files are not as written, or its disk is full."""
    return InputError(
        f"the store fails ({error})",
        place=None if directory is None else Place(directory),
        hint="It is damaged, or its disk is full: make room, or load it again from its sources.",
    )


class _Pieces:
    """Reads pieces of text as if they were a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = map(BytesIO, pieces)
        self._piece = BytesIO()

    def read(self, size: int) -> bytes:
        while not (found := self._piece.read(size)):  # a piece may be empty
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._piece = piece
        return found


def _refuse_other_contents(directory: Path) -> None:
    """Refuse a directory that holds something else: opening it would litter it with a database."""
    if not directory.is_dir() or is_store(directory):
        return
    other = next(directory.iterdir(), None)
    if other is not None:
        raise not_a_store(directory, other)


def _placed(quad: Quad, graph: NamedNode) -> Quad:
    if not isinstance(quad.graph_name, DefaultGraph):
        return quad
    return Quad(quad.subject, quad.predicate, quad.object, graph)
