"""What can be validated: files, quads, stores and rdflib graphs, all read as columns of terms."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import polars as pl
from pyoxigraph import Quad, RdfFormat, Store, Triple, serialize

from testimonia.rdf import files, rdflib_graphs
from testimonia.rdf.files import PLAIN, Reading
from testimonia.rdf.opening import opened
from testimonia.shacl.data.lexing import term_columns

if TYPE_CHECKING:
    import rdflib

__all__ = ["Source", "columns", "triples"]

Source: TypeAlias = (
    "Path | str | Iterable[Path | str] | Iterable[Quad | Triple] | Store | rdflib.Graph"
)

_BY_LINE = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_CHUNK = 1 << 19
_SHAPES: Final = Reading(own_address=True)  # nobody publishes the address of a shape from here


def columns(source: Source, reading: Reading = PLAIN) -> Iterator[pl.DataFrame]:
    """Read a source as frames of canonical terms.

    Parameters
    ----------
    source
        A file or several (by suffix: ``.nt``, ``.nq``, ``.ttl``, ``.trig``, ``.rdf``, ``.jsonld``
        …), pyoxigraph triples or quads, a pyoxigraph store, or an rdflib graph. The graphs of a
        dataset are taken together, since SHACL validates one graph.
    reading
        How files are read.

    Yields
    ------
    polars.DataFrame
        Columns ``s``, ``p``, ``o`` (strings, canonical N-Triples).

    Raises
    ------
    InputError
        A file cannot be read; `UnknownFormat` if its suffix names no RDF format, `SyntaxFault` if
        it is not well formed, with its line and column. Or an rdflib graph holds what is no RDF.
    """
    paths, statements = _sort_out(source)
    for number, path in enumerate(paths):
        for frame in _file_columns(path, reading):
            yield frame if len(paths) == 1 else _apart(frame, number)
    yield from _statement_columns(statements)


def triples(source: Source, reading: Reading = _SHAPES) -> list[Triple]:
    """Read a source as pyoxigraph triples, each once; sources and errors are those of `columns`."""
    paths, statements = _sort_out(source)
    read = chain(files.read(paths, reading) if paths else (), statements)
    return list(dict.fromkeys(map(_triple, read)))


def _sort_out(source: Source) -> tuple[list[Path], Iterable[Quad | Triple]]:
    """Tell files from statements."""
    if isinstance(source, str | Path):
        return files.expand([source]), ()
    if rdflib_graphs.is_graph(source):
        return [], rdflib_graphs.quads(source)
    items = iter(source)
    first = next(items, None)
    if first is None:
        return [], ()
    if isinstance(first, str | Path):
        return files.expand([first, *items]), ()
    return [], chain([first], items)


def _file_columns(path: Path, reading: Reading) -> Iterator[pl.DataFrame]:
    form = files.format_of(path)
    if form not in _BY_LINE:
        yield from _statement_columns(files.read([path], reading))
        return
    try:
        with opened(path, form) as stream:
            yield from term_columns(stream, form)
    except (SyntaxError, pl.exceptions.ComputeError, OSError):
        # Read whole, it tells the place of the fault, which was counted from somewhere within the
        # file; or it has none, but something only the parser of files copes with. What has been
        # read already then comes twice, as it may.
        yield from _statement_columns(files.read([path], reading))


def _statement_columns(statements: Iterable[Quad | Triple]) -> Iterator[pl.DataFrame]:
    iterator = iter(statements)
    while True:
        counted = _Counted(iterator, _CHUNK)
        lines = serialize(counted, format=RdfFormat.N_TRIPLES)
        if counted.taken == 0 or lines is None:
            return
        yield from term_columns(io.BytesIO(lines), RdfFormat.N_TRIPLES)


class _Counted:
    """At most so many statements of an iterator, as triples, and how many there were."""

    def __init__(self, statements: Iterator[Quad | Triple], limit: int) -> None:
        self._statements = statements
        self._limit = limit
        self.taken = 0

    def __iter__(self) -> Iterator[Triple]:
        while self.taken < self._limit:
            statement = next(self._statements, None)
            if statement is None:
                return
            self.taken += 1
            yield _triple(statement)


def _apart(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """Rename blank nodes, which are another's in every file."""
    renamed = f"_:f{number}x"
    return frame.with_columns(
        pl.when(pl.col(name).str.starts_with("_:"))
        .then(pl.lit(renamed) + pl.col(name).str.slice(2))
        .otherwise(pl.col(name))
        .alias(name)
        for name in ("s", "o")
    )


def _triple(statement: Quad | Triple) -> Triple:
    return statement.triple if isinstance(statement, Quad) else statement
