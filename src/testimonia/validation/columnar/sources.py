"""What can be validated: files, quads, stores and rdflib graphs, all read as columns of terms."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl
from pyoxigraph import Quad, RdfFormat, Store, Triple, parse, serialize

from testimonia.errors import InputError, Place, SyntaxFault, UnknownFormat
from testimonia.validation.columnar.lexing import term_columns

if TYPE_CHECKING:
    import rdflib

__all__ = ["Source", "columns", "triples"]

Source: TypeAlias = "Path | str | Iterable[Path | str] | Iterable[Quad | Triple] | Store | rdflib.Graph"

_BY_LINE = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_CHUNK = 1 << 19


def columns(source: Source) -> Iterator[pl.DataFrame]:
    """Read a source as frames of canonical terms.

    Parameters
    ----------
    source
        A file or several (by suffix: ``.nt``, ``.nq``, ``.ttl``, ``.trig``, ``.rdf``, ``.jsonld``
        …), pyoxigraph triples or quads, a pyoxigraph store, or an rdflib graph. The graphs of a
        dataset are taken together, since SHACL validates one graph.

    Yields
    ------
    polars.DataFrame
        Columns ``s``, ``p``, ``o`` (strings, canonical N-Triples).

    Raises
    ------
    UnknownFormat
        If a file's suffix names no RDF format.
    SyntaxFault
        If a file is not well formed, with its line and column.
    InputError
        If a file cannot be read.
    """
    paths, statements = _sort_out(source)
    for number, path in enumerate(paths):
        for frame in _file_columns(path):
            yield frame if len(paths) == 1 else _apart(frame, number)
    yield from _statement_columns(statements)


def triples(source: Source) -> list[Triple]:
    """Read a source as pyoxigraph triples, each once, with blank nodes of several files kept apart."""
    paths, statements = _sort_out(source)
    read: dict[Triple, None] = {}
    for path in paths:
        with _faults(path):
            for quad in parse(
                path=path,
                format=_form(path),
                base_iri=path.resolve().as_uri(),
                rename_blank_nodes=len(paths) > 1,
            ):
                read[quad.triple] = None
    for statement in statements:
        read[statement.triple if isinstance(statement, Quad) else statement] = None
    return list(read)


def _sort_out(source: Source) -> tuple[list[Path], Iterable[Quad | Triple]]:
    if isinstance(source, str | Path):
        return [Path(source)], ()
    if isinstance(source, Store):
        return [], source
    if hasattr(source, "namespace_manager"):
        return [], _from_rdflib(source)
    items: list[Any] = source if isinstance(source, list) else []
    if not items:
        iterator = iter(source)
        first = next(iterator, None)
        if not isinstance(first, str | Path):
            return [], () if first is None else _chain(first, iterator)
        items = [first, *iterator]
    if isinstance(items[0], str | Path):
        return [Path(item) for item in items], ()
    return [], items


def _chain(first: Any, others: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from others


def _from_rdflib(graph: Any) -> Iterator[Quad]:
    form, name = ("nquads", RdfFormat.N_QUADS) if graph.context_aware else ("nt", RdfFormat.N_TRIPLES)
    return parse(graph.serialize(format=form, encoding="utf-8"), name)


def _file_columns(path: Path) -> Iterator[pl.DataFrame]:
    form = _form(path)
    with _faults(path):
        if form not in _BY_LINE:
            quads = parse(path=path, format=form, base_iri=path.resolve().as_uri())
            yield from _statement_columns(quads)
            return
        try:
            with path.open("rb") as stream:
                yield from term_columns(stream, form)
        except (SyntaxError, pl.exceptions.ComputeError):
            # Its line was counted from somewhere within the file: ask the parser for the true place.
            for _ in parse(path=path, format=form):
                pass
            raise


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
            yield statement.triple if isinstance(statement, Quad) else statement


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


def _form(path: Path) -> RdfFormat:
    form = RdfFormat.from_extension(path.suffix.lstrip("."))
    if form is None:
        raise UnknownFormat(
            f"the suffix {path.suffix or '(none)'} names no RDF format",
            hint="Use .ttl, .nt, .nq, .trig, .rdf or .jsonld.",
            place=Place(path),
        )
    return form


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    try:
        yield
    except SyntaxError as fault:
        raise SyntaxFault(
            fault.msg,
            hint="Mend the file at that place.",
            place=Place(path, fault.lineno, fault.offset),
        ) from fault
    except OSError as fault:
        raise InputError(
            f"it cannot be read: {fault.strerror or fault}",
            hint="Check the path and its permissions.",
            place=Place(path),
        ) from fault
