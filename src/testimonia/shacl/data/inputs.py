"""Reads whatever can be validated (files, quads, stores, rdflib graphs) as columns of terms."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import polars as pl
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, serialize

from testimonia.query.graph_names import is_under
from testimonia.rdf import files, rdflib_graphs
from testimonia.rdf.files import PLAIN, Reading
from testimonia.rdf.lexing import term_columns
from testimonia.rdf.opening import opened
from testimonia.rdf.reading_limits import LONGEST_TOKEN
from testimonia.shacl.data.dictionary import Terms

if TYPE_CHECKING:
    import rdflib

__all__ = ["Source", "columns", "encoded", "triples"]

Source: TypeAlias = (
    "Path | str | Iterable[Path | str] | Iterable[Quad | Triple] | Store | rdflib.Graph"
)

_LINE_BASED = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_CHUNK = 1 << 19
_SHAPES: Final = Reading(
    own_address=True
)  # the base does not matter: the addresses of shapes are not published


def columns(source: Source, reading: Reading = PLAIN) -> Iterator[pl.DataFrame]:
    """Read a source as frames of canonical terms.

    Parameters
    ----------
    source
        A file or several (by suffix: ``.nt``, ``.nq``, ``.ttl``, ``.trig``, ``.rdf``, ``.jsonld``
        …), pyoxigraph triples or quads, a pyoxigraph store, or an rdflib graph. The graphs of a
        dataset are merged, since SHACL validates one graph.
    reading
        How files are read.

    Yields
    ------
    polars.DataFrame
        Columns ``s``, ``p``, ``o`` (strings, canonical N-Triples).

    Raises
    ------
    InputError
        A file cannot be read; `UnknownFormat` if its suffix is not that of an RDF format, and
        `SyntaxFault`, with line and column, if it is not well formed. Or an rdflib graph contains
        something that is not RDF.
    """
    paths, statements = _separated(source)
    for number, path in enumerate(paths):
        for frame in _file_columns(path, reading):
            yield frame if len(paths) == 1 else _relabelled(frame, number)
    yield from _statement_columns(statements)


def encoded(
    source: Source, terms: Terms, reading: Reading = PLAIN, *, without: Sequence[NamedNode] = ()
) -> Iterator[pl.DataFrame]:
    """Read a source as frames of term ids: each statement as often as it is there, in order.

    Parameters
    ----------
    source, reading
        As for `columns`.
    terms
        The dictionary, to which the terms are added.
    without
        Graphs whose statements are left out, with those whose names continue theirs after a slash.

    Yields
    ------
    polars.DataFrame
        Columns ``s``, ``p``, ``o``.

    Raises
    ------
    InputError
        As for `columns`.
    """
    paths, statements = _separated(source)
    number = 0
    for by_line, group in groupby(paths, lambda path: files.format_of(path) in _LINE_BASED):
        if not by_line:
            kept = _kept(files.read(group, reading), without)
            yield from map(terms.encode, _statement_columns(kept))
            continue
        for path in group:
            label = None if len(paths) == 1 else number
            yield from _encoded_lines(path, reading, without, partial(_ids, terms, label))
            number += 1
    yield from map(terms.encode, _statement_columns(_kept(statements, without)))


def _ids(terms: Terms, number: int | None, frame: pl.DataFrame) -> pl.DataFrame:
    return terms.encode(frame if number is None else _relabelled(frame, number))


def _encoded_lines(
    path: Path,
    reading: Reading,
    without: Sequence[NamedNode],
    encode: Callable[[pl.DataFrame], pl.DataFrame],
) -> list[pl.DataFrame]:
    """Read a file of N-Triples or N-Quads; if that fails, once more with the parser of files."""
    form = files.format_of(path)
    if form in _LINE_BASED:
        unusual = contextlib.suppress(SyntaxError, pl.exceptions.ComputeError, OSError)
        with unusual, opened(path, form) as stream:
            return [encode(_short(frame)) for frame in term_columns(stream, form, without)]
    kept = _kept(files.read([path], reading), without)
    return [encode(frame) for frame in _statement_columns(kept)]


def _short(frame: pl.DataFrame) -> pl.DataFrame:
    """Refuse terms that are too long for the parser of files."""
    longest = frame.select(pl.max_horizontal(pl.all().str.len_bytes().max())).item()
    if longest is not None and longest > LONGEST_TOKEN:
        raise SyntaxError("a term is too long")
    return frame


def _kept(
    statements: Iterable[Quad | Triple], without: Sequence[NamedNode]
) -> Iterator[Quad | Triple]:
    for statement in statements:
        graph = statement.graph_name if isinstance(statement, Quad) else None
        if not any(is_under(graph, root) for root in without):
            yield statement


def triples(source: Source, reading: Reading = _SHAPES) -> list[Triple]:
    """Read a source as pyoxigraph triples without duplicates; see `columns` for sources and errors."""
    paths, statements = _separated(source)
    read = chain(files.read(paths, reading) if paths else (), statements)
    return list(dict.fromkeys(map(_triple, read)))


def _separated(source: Source) -> tuple[list[Path], Iterable[Quad | Triple]]:
    """Separate files from statements."""
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
    if form not in _LINE_BASED:
        yield from _statement_columns(files.read([path], reading))
        return
    try:
        with opened(path, form) as stream:
            yield from term_columns(stream, form)
    except (SyntaxError, pl.exceptions.ComputeError, OSError):
        # The position in the error counts from the block that was parsed. Parsing the whole file gives
        # the position in the file, and may even succeed, since the parser of files accepts more. The
        # triples read so far then occur twice, which is allowed.
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
    """The first statements of an iterator as triples, up to a limit, and how many were taken."""

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


def _relabelled(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """Rename blank nodes: the same label in another file is another node."""
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
