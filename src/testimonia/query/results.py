"""What questions and queries answer with: rows, a yes or no, or a graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, overload

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
)

from testimonia.query import delimited
from testimonia.query.evaluation import Answer
from testimonia.query.graph_results import MOST_CANONICAL, GraphResult
from testimonia.query.labelling import Label, labelled, with_labels
from testimonia.query.solution_columns import columns_of, terms_of_column
from testimonia.values import IRI, Term, Value, value_of

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["MOST_CANONICAL", "Boolean", "GraphResult", "Label", "Results", "Row", "of"]


class Row(tuple[Value | None, ...]):
    """A row of results: values by position, by name (``row["harm"]``) or as attributes."""

    __slots__ = ()
    variables: tuple[str, ...] = ()

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return super().__getitem__(key)
        if key not in self.variables:
            raise KeyError(f"no column {key!r}; there are {', '.join(self.variables)}")
        return super().__getitem__(self.variables.index(key))

    def __repr__(self) -> str:
        cells = ", ".join(f"{n}={v!r}" for n, v in zip(self.variables, self, strict=True))
        return f"Row({cells})"

    def as_dict(self) -> dict[str, Value | None]:
        """Return the values by name."""
        return dict(zip(self.variables, self, strict=True))


class Results(Sequence[Row]):
    """The rows of a SELECT query.

    Attributes
    ----------
    variables
        The names of the columns, in the order of the query.
    notes
        What the answer lacks and why, such as facts that have not been derived; usually empty.
    """

    notes: tuple[str, ...] = ()

    def __init__(
        self,
        content: bytes,
        label: Label = lambda _: None,
        form: QueryResultsFormat = QueryResultsFormat.JSON,
    ) -> None:
        solutions = _solutions(content, form)
        self._label = label
        self.variables = tuple(variable.value for variable in solutions.variables)
        is_tsv = form == QueryResultsFormat.TSV
        self._tsv = content if is_tsv else _written(solutions, QueryResultsFormat.TSV)

    @cached_property
    def terms(self) -> list[tuple[Term | None, ...]]:
        """The RDF terms of each row, None where unbound."""
        if not self.variables:
            return [()] * len(self)
        return list(zip(*map(terms_of_column, self._texts()), strict=True))

    @cached_property
    def _rows(self) -> list[Row]:
        row = _row_class(self.variables)
        if not self.variables:
            return [row()] * len(self)
        columns = [terms_of_column(texts, value_of) for texts in self._texts()]
        return list(map(row, zip(*columns, strict=True)))

    def _texts(self) -> list[Sequence[str]]:
        return columns_of(self._tsv, len(self.variables))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        return self._rows[index]

    def __len__(self) -> int:
        return self._tsv.count(b"\n") - 1  # within terms, line ends are escaped

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __repr__(self) -> str:
        return f"<Results: {len(self)} rows of {', '.join(self.variables)}>"

    def label(self, value: Value | None) -> str | None:
        """Find the label of a cell, where it is an IRI and has one."""
        return self._label(value) if isinstance(value, IRI) else None

    def to_csv(self, *, labels: bool = False) -> str:
        """Write the rows as CSV (W3C SPARQL 1.1 Query Results CSV Format; RFC 4180).

        Parameters
        ----------
        labels
            Whether to add a column of labels after each column of IRIs, so that ``harm_label``
            follows ``harm``.
        """
        return "".join(delimited.csv(*self._columns(labels)))

    def to_tsv(self, *, labels: bool = False) -> str:
        """Write the rows as TSV (W3C SPARQL 1.1 Query Results TSV Format).

        Parameters
        ----------
        labels
            Whether to add a column of labels after each column of IRIs, so that ``harm_label``
            follows ``harm``.
        """
        return "".join(delimited.tsv(*self._columns(labels)))

    def to_json(self, *, labels: bool = False) -> str:
        """Write the rows as JSON (W3C SPARQL 1.1 Query Results JSON Format).

        Parameters
        ----------
        labels
            Whether to add a column of labels after each column of IRIs, so that ``harm_label``
            follows ``harm``.
        """
        rows = _solutions(self._tsv, QueryResultsFormat.TSV)
        content = _written(rows, QueryResultsFormat.JSON)
        return (with_labels(content, self._label) if labels else content).decode()

    def _columns(self, labels: bool) -> tuple[tuple[str, ...], Sequence[tuple[Term | None, ...]]]:
        if labels:
            return labelled(self.variables, self.terms, self._label)
        return self.variables, self.terms

    def to_arrow(self, *, labels: bool = False) -> pyarrow.Table:
        """Return the rows as an Arrow table with typed, nullable columns.

        Times with the same offset from UTC, in whole hours, become timestamps of that zone; times with
        different offsets stay strings as written, since a single zone would shift local days.

        Parameters
        ----------
        labels
            Whether to add a column of labels after each column of IRIs, so that ``harm_label``
            follows ``harm``.

        Raises
        ------
        ExtraMissing
            pyarrow is not installed.
        """
        from testimonia.query.frames import arrow_table

        return arrow_table(self.variables, self._tsv, self._label if labels else None)

    def to_pandas(self, *, labels: bool = False) -> pandas.DataFrame:
        """Return the rows as a pandas frame with nullable dtypes.

        Times with the same offset from UTC, in whole hours, become timestamps of that zone; times with
        different offsets stay strings as written, since a single zone would shift local days.

        Parameters
        ----------
        labels
            Whether to add a column of labels after each column of IRIs, so that ``harm_label``
            follows ``harm``.

        Raises
        ------
        ExtraMissing
            pandas or pyarrow is not installed.

        Examples
        --------
        >>> import testimonia
        >>> confirmed = testimonia.open().ask("confirmed-figures", incident="event:fenastras-bombing")
        >>> frame = confirmed.to_pandas(labels=True)
        >>> frame["body_label"].iloc[0], frame["harm_label"].iloc[0], int(frame["lower"].iloc[0])
        ('Police of El Salvador, force not stated', 'injured', 2)
        """
        from testimonia.query.frames import pandas_frame

        return pandas_frame(self.to_arrow(labels=labels))

    def to_polars(self, *, labels: bool = False) -> polars.DataFrame:
        """Return the rows as a polars frame.

        Times with the same offset from UTC, in whole hours, become timestamps of that zone; times with
        different offsets stay strings as written, since a single zone would shift local days.

        Parameters
        ----------
        labels
            Whether to add a column of labels after each column of IRIs, so that ``harm_label``
            follows ``harm``.

        Raises
        ------
        ExtraMissing
            polars or pyarrow is not installed.
        """
        from testimonia.query.frames import polars_frame

        return polars_frame(self.to_arrow(labels=labels))

    def _repr_html_(self) -> str:
        from testimonia.query.html import table

        return table(self.variables, self.terms, self._label, self.notes)


class Boolean:
    """The yes or no of an ASK query: true or false in a condition."""

    notes: tuple[str, ...] = ()

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._value = bool(parse_query_results(content, QueryResultsFormat.JSON))

    def __bool__(self) -> bool:
        return self._value

    def __eq__(self, other: object) -> bool:
        return bool(self) == other if isinstance(other, bool | Boolean) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return repr(self._value)

    def to_json(self) -> str:
        """Write it as JSON (W3C SPARQL 1.1 Query Results JSON Format)."""
        return self._content.decode()


def of(
    answer: Answer, label: Label, notes: tuple[str, ...] = ()
) -> Results | Boolean | GraphResult:
    """Wrap the answer of a store.

    Parameters
    ----------
    answer
        What the store answered.
    label
        Finds the label of an IRI.
    notes
        What the answer lacks, and why.
    """
    made: Results | Boolean | GraphResult
    if answer.kind == "solutions":
        made = Results(answer.content, label, answer.form)
    elif answer.kind == "boolean":
        made = Boolean(answer.content)
    else:
        quads = parse(answer.content, RdfFormat.N_TRIPLES)
        made = GraphResult([quad.triple for quad in quads], label)
    made.notes = notes
    return made


def _solutions(content: bytes, form: QueryResultsFormat) -> QuerySolutions:
    results = parse_query_results(content, form)
    if isinstance(results, QueryBoolean):
        raise TypeError("these are the results of an ASK query")
    return results


def _written(solutions: QuerySolutions, form: QueryResultsFormat) -> bytes:
    content = solutions.serialize(format=form)
    assert content is not None  # noqa: S101 - bytes are returned when no output is named
    return content


def _row_class(variables: tuple[str, ...]) -> type[Row]:
    """Make rows whose attributes are the variables, even one named ``count`` as tuple's method."""
    columns: dict[str, Any] = {
        name: property(itemgetter(index))
        for index, name in enumerate(variables)
        if not name.startswith("_") and name not in ("as_dict", "variables")
    }
    return type("Row", (Row,), {"__slots__": (), **columns, "variables": variables})
