"""Answers SPARQL from tables in DuckDB."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.errors import NotCompiled, QueryError, TimeLimitExceeded
from testimonia.query.columnar.aggregate_calls import aggregator
from testimonia.query.columnar.calls_to_oxigraph import arguments_of, evaluator
from testimonia.query.columnar.compiled_queries import CompiledQuery, compile_query, with_moment
from testimonia.query.columnar.decoding import ColumnarAnswer, texts_in
from testimonia.query.columnar.duckdb_facts import DuckDBFacts
from testimonia.query.columnar.unifying import TOO_LARGE
from testimonia.query.evaluation import check_limit

__all__ = ["ColumnarStore"]

_MOST_COMPILED: Final = 256
_BETWEEN_INTERRUPTS: Final = 0.05  # seconds
_NUMBERS: Final = itertools.count()


class ColumnarStore:
    """Tables of quads that can be queried.

    Parameters
    ----------
    connection
        A connection to the tables of `testimonia.query.columnar.quad_tables`, which must not change. It is
        used by one query at a time; others wait.
    union
        Whether queries are over the union of all graphs, as everywhere in Testimonia, and not over the
        default graph.
    known
        Ids of terms, as `DuckDBFacts` has them.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        union: bool = True,
        known: dict[NamedNode | BlankNode | Literal, int] | None = None,
    ) -> None:
        self._connection = connection
        self._union = union
        self._number = next(_NUMBERS)
        # It would evaluate the pattern of an EXISTS for all data instead of for the rows in question,
        # which never ends where the pattern only makes sense for those.
        connection.execute("SET disabled_optimizers = 'deliminator'")
        self._facts = DuckDBFacts(connection, known)
        self._compiled: OrderedDict[str, CompiledQuery] = OrderedDict()
        self._functions: set[str] = set()
        self._lock = threading.Lock()

    def compiled(self, query: str) -> CompiledQuery:
        """Compile a query, or take what was compiled before.

        Parameters
        ----------
        query
            SPARQL 1.1.

        Raises
        ------
        QuerySyntaxFault
            It is not well formed.
        NotCompiled
            It uses what has no equal in SQL.
        """
        with self._lock:
            return self._compile(query)

    def _compile(self, query: str) -> CompiledQuery:
        found = self._compiled.get(query)
        if found is None:
            found = compile_query(query, self._facts, union=self._union, owner=self._number)
            self._compiled[query] = found
            while len(self._compiled) > _MOST_COMPILED:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(query)
        return found

    def query(self, query: str, *, time_limit: float | None = None) -> ColumnarAnswer:
        """Answer a query over the union of all graphs, or over those that it names.

        A triple that is in several graphs is found once. Blank nodes have the names they have in the tables.

        Parameters
        ----------
        query
            A SPARQL 1.1 SELECT, ASK or CONSTRUCT query.
        time_limit
            Seconds after which it is stopped; no limit when left out. Compiling is not counted.

        Raises
        ------
        QuerySyntaxFault
            It is not well formed.
        NotCompiled
            It uses what has no equal in SQL; Oxigraph can answer it.
        TimeLimitExceeded
            It took longer.
        QueryError
            It fails.
        """
        if time_limit is not None:
            check_limit(time_limit)
        with self._lock:
            compiled = self._compile(query)
            self._register(compiled.calls)
            with _stopped_after(self._connection, time_limit), _faults(time_limit):
                table = self._run(compiled)
                return ColumnarAnswer(compiled, table, texts_in(self._connection, compiled, table))

    def ids(self, query: str, *, time_limit: float | None = None) -> tuple[CompiledQuery, pa.Table]:
        """Answer a query without looking terms up.

        Parameters
        ----------
        query
            A SPARQL 1.1 query.
        time_limit
            Seconds after which it is stopped, as for `query`.

        Returns
        -------
        compiled
            The query.
        table
            Its rows, as DuckDB gives them.

        Raises
        ------
        QueryError
            As `query` does.
        """
        with self._lock:
            compiled = self._compile(query)
            self._register(compiled.calls)
            with _stopped_after(self._connection, time_limit), _faults(time_limit):
                return compiled, self._run(compiled)

    def _run(self, compiled: CompiledQuery) -> pa.Table:
        parameters = with_moment(compiled.parameters)
        return self._connection.sql(compiled.sql, params=parameters or None).to_arrow_table()

    def _register(self, calls: dict[str, str]) -> None:
        """Define the functions that a query needs."""
        for name, expression in calls.items():
            if name in self._functions:
                continue
            function: Callable[..., Any]
            types: list[Any]
            if name.startswith("aggregate_"):
                function, types = aggregator(expression), ["VARCHAR[]"]
            else:
                count = arguments_of(expression)
                function, types = evaluator(expression, count), ["VARCHAR"] * count
            self._connection.create_function(
                name,
                function,
                types,
                "VARCHAR",
                type=PythonUDFType.ARROW,
                null_handling=FunctionNullHandling.SPECIAL,
            )
            self._functions.add(name)


@contextmanager
def _stopped_after(connection: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[None]:
    if seconds is None:
        yield
        return
    ended = threading.Event()

    def stop() -> None:
        ended.wait(seconds)
        while not ended.wait(_BETWEEN_INTERRUPTS):  # one that comes before the query runs is lost
            connection.interrupt()

    stopper = threading.Thread(target=stop, daemon=True)
    stopper.start()
    try:
        yield
    finally:
        ended.set()
        stopper.join()


@contextmanager
def _faults(seconds: float | None) -> Iterator[Any]:
    """Report DuckDB's errors as the project's."""
    try:
        yield
    except duckdb.InterruptException:
        raise TimeLimitExceeded(
            f"the query took longer than {seconds or 0:g} seconds and was stopped",
            hint="Make the query narrower, or allow it more time.",
        ) from None
    except duckdb.OutOfMemoryException as error:
        raise QueryError(
            f"the query needs more memory than there is ({error})", hint="Make the query narrower."
        ) from None
    except duckdb.Error as error:
        if TOO_LARGE in str(error) or isinstance(error, duckdb.OutOfRangeException):
            raise NotCompiled("a number is too large for the columns of SQL") from None
        raise NotCompiled(f"DuckDB cannot run the compiled query: {error}") from None
