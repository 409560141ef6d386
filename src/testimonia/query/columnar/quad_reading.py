"""Reads RDF files and Oxigraph stores as columns of terms with their graphs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl
from pyoxigraph import Quad, RdfFormat, serialize

from testimonia.query.store import Store
from testimonia.rdf import files
from testimonia.rdf.files import Reading
from testimonia.rdf.lexing import term_columns
from testimonia.rdf.opening import opened

__all__ = ["LINE_BASED", "lines_of_file", "statements", "store_columns"]

LINE_BASED: Final = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_AT_ONCE: Final = 1 << 19
"""Statements made into one frame."""


def lines_of_file(path: Path) -> Iterator[pl.DataFrame]:
    """Read an N-Triples or N-Quads file; blank nodes keep the labels of the file.

    Parameters
    ----------
    path
        The file, which may be compressed.

    Yields
    ------
    polars.DataFrame
        Columns ``s``, ``p``, ``o`` and ``g`` of canonical N-Triples; ``g`` is null for the default graph.

    Raises
    ------
    InputError
        The file cannot be opened.
    SyntaxError, polars.exceptions.ComputeError
        It is not well formed, or not UTF-8; `testimonia.rdf.files.read` finds out where.
    """
    form = files.format_of(path)
    assert form is not None  # noqa: S101 - it was chosen by its format
    with opened(path, form) as stream:
        yield from term_columns(stream, form, graphs=True)


def statements(quads: Iterable[Quad]) -> Iterator[pl.DataFrame]:
    """Write quads as columns, as `lines_of_file` does, some hundred thousand at a time.

    Parameters
    ----------
    quads
        The quads.
    """
    iterator = iter(quads)
    while some := list(islice(iterator, _AT_ONCE)):
        lines = serialize(some, format=RdfFormat.N_QUADS)
        assert lines is not None  # noqa: S101 - bytes are returned when no output is named
        yield from term_columns(BytesIO(lines), RdfFormat.N_QUADS, graphs=True)


def file_statements(path: Path, reading: Reading) -> Iterator[pl.DataFrame]:
    """Read a file of any format with the parser, as `lines_of_file` does.

    Parameters
    ----------
    path
        The file.
    reading
        How it is read.

    Raises
    ------
    InputError
        It cannot be read.
    """
    return statements(files.read([path], reading))


def store_columns(directory: Path) -> Iterator[pl.DataFrame]:
    """Read an Oxigraph store on disk, as `lines_of_file` does.

    Parameters
    ----------
    directory
        The directory of the store.

    Raises
    ------
    InputError
        It cannot be read.
    """
    store = Store.read_only(directory)
    with tempfile.TemporaryFile() as stream:
        store.dump(stream)  # type: ignore[arg-type]
        stream.seek(0)
        yield from term_columns(stream, RdfFormat.N_QUADS, graphs=True)
