"""Splits N-Triples and N-Quads into columns of terms, without a Python object per triple.

A regular expression, which Polars matches against a whole column of lines, accepts lines that are
already in canonical form (one space between terms, only the escapes of canonical N-Triples, no
explicit ``xsd:string``, IRIs without unusual characters). Every other line is parsed by pyoxigraph
and written in canonical form. The grammar is therefore pyoxigraph's: the pattern may accept less
than pyoxigraph does, but never more, which a test checks.

Source: RDF 1.1 N-Triples, section 7 (grammar) and section 4 (canonical form).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

import polars as pl
from pyoxigraph import NamedNode, RdfFormat, parse, serialize

__all__ = ["CANONICAL_LINE", "split_lines", "term_columns"]

_UCS = r"\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}"
_CHARACTER = rf"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/{_UCS}]|%[0-9A-Fa-f]{{2}})"
_TAIL = rf"(?:\?(?:{_CHARACTER}|\?)*)?(?:#(?:{_CHARACTER}|\?)*)?"
_IRI = (
    r"<[A-Za-z][A-Za-z0-9+.\-]*:"
    rf"(?://[A-Za-z0-9.\-]*(?::[0-9]+)?(?:/{_CHARACTER}*)?|[A-Za-z0-9]{_CHARACTER}*){_TAIL}>"
)
_BLANK = r"_:[A-Za-z0-9]+"
_STRING = r'"(?:[^"\\\x00-\x1F\x{7F}-\x{9F}\x{FFFE}\x{FFFF}]|\\[tbnrf"\\])*"'
_LANGUAGE = r"@[a-z]{2,3}(?:-[a-z]{4})?(?:-[a-z]{2})?"
_SUBJECT = f"(?:{_IRI}|{_BLANK})"
_OBJECT = rf"(?:{_IRI}|{_BLANK}|{_STRING}(?:{_LANGUAGE}|\^\^{_IRI})?)"

CANONICAL_LINE: Final = {
    RdfFormat.N_TRIPLES: rf"^{_SUBJECT} {_IRI} {_OBJECT} \.$",
    RdfFormat.N_QUADS: rf"^{_SUBJECT} {_IRI} {_OBJECT}(?: {_SUBJECT})? \.$",
}
# Datatypes that the canonical form omits, or whose literals the parser must check.
_IMPLIED_DATATYPE = r"#(?:string|langString|dirLangString)> "
_GRAPH_NAME = r" (<[^<> \x22]*>|_:[^<> \x22]+)$"
_EMPTY = r"^[ \t\r]*(?:#.*)?$"
_BLOCK: Final = 1 << 26


def term_columns(
    source: BinaryIO, form: RdfFormat, without: Sequence[NamedNode] = (), *, graphs: bool = False
) -> Iterator[pl.DataFrame]:
    """Read N-Triples or N-Quads as frames of canonical terms, in the order of the lines.

    Parameters
    ----------
    source
        A binary stream, read in blocks of 64 MiB.
    form
        ``RdfFormat.N_TRIPLES`` or ``RdfFormat.N_QUADS``.
    without
        Graphs whose statements are left out, with those whose names continue theirs after a slash.
    graphs
        Whether to keep the names of graphs.

    Yields
    ------
    polars.DataFrame
        Columns ``s``, ``p``, ``o`` (strings): terms in canonical N-Triples. With ``graphs``, also ``g``,
        which is null for the default graph.

    Raises
    ------
    SyntaxError
        From pyoxigraph, at the first line that is not well formed. The line number counts the lines
        that the parser was given, not those of the source.
    polars.exceptions.ComputeError
        The source is not UTF-8.
    """
    rest = b""
    while block := source.read(_BLOCK):
        whole, newline, tail = (rest + block).rpartition(b"\n")
        if newline:
            yield split_lines(_lines(whole), form, without, graphs=graphs)
        rest = tail
    if rest:
        yield split_lines(_lines(rest), form, without, graphs=graphs)


def split_lines(
    lines: pl.Series, form: RdfFormat, without: Sequence[NamedNode] = (), *, graphs: bool = False
) -> pl.DataFrame:
    """Split a column of N-Triples or N-Quads lines into subject, predicate, object and perhaps graph.

    Parameters
    ----------
    lines
        Strings without line endings.
    form
        ``RdfFormat.N_TRIPLES`` or ``RdfFormat.N_QUADS``.
    without
        Graphs to leave out; see `term_columns`.
    graphs
        Whether to keep the names of graphs.

    Raises
    ------
    SyntaxError
        From pyoxigraph: a line is not well formed.
    """
    accepted = pl.col("line").str.contains(CANONICAL_LINE[form]) & ~pl.col("line").str.contains(
        _IMPLIED_DATATYPE
    )
    frame = pl.DataFrame({"line": lines}).with_columns(accepted.alias("accepted"))
    if frame["accepted"].all():
        return _split(frame["line"], form, without, graphs)
    frame = frame.with_row_index("number")
    usual = frame.filter("accepted").select("number", "line")
    others = frame.filter(~pl.col("accepted") & ~pl.col("line").str.contains(_EMPTY))
    plain = _canonical(others["line"], form)
    # A line has one statement; only where a bare carriage return ends lines, it may have more.
    numbers = others["number"] if plain.len() == others.height else frame.height
    rewritten = pl.DataFrame({"line": plain}).select(
        number=pl.lit(numbers, dtype=pl.UInt32), line="line"
    )
    ordered = pl.concat([usual, rewritten]).sort("number", maintain_order=True)
    return _split(ordered["line"], form, without, graphs)


def _canonical(lines: pl.Series, form: RdfFormat) -> pl.Series:
    """Parse lines, and write their statements in canonical form."""
    statements = parse("\n".join(lines), form)
    if form == RdfFormat.N_QUADS:
        plain = serialize(statements, format=form)
    else:
        plain = serialize((statement.triple for statement in statements), format=form)
    assert plain is not None  # noqa: S101 - bytes are returned when no output is named
    return _lines(plain.rstrip(b"\n"))


def _lines(block: bytes) -> pl.Series:
    if not block:
        return pl.Series(dtype=pl.String)
    return pl.read_lines(block)["line"]


def _split(
    lines: pl.Series, form: RdfFormat, without: Sequence[NamedNode], graphs: bool
) -> pl.DataFrame:
    fields = pl.col("line").str.strip_suffix(" .").str.splitn(" ", 3)
    frame = (
        pl.DataFrame({"line": lines})
        .select(fields.struct.rename_fields(["s", "p", "o"]).alias("terms"))
        .unnest("terms")
    )
    if form != RdfFormat.N_QUADS:
        return frame.with_columns(pl.lit(None, pl.String).alias("g")) if graphs else frame
    if without:
        roots = "|".join(re.escape(graph.value) for graph in without)
        frame = frame.filter(~pl.col("o").str.contains(rf" <(?:{roots})(?:/[^<> \x22]*)?>$"))
    if graphs:
        frame = frame.with_columns(pl.col("o").str.extract(_GRAPH_NAME).alias("g"))
    return frame.with_columns(pl.col("o").str.replace(_GRAPH_NAME, ""))
