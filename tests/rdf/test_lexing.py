"""Lines that the pattern accepts are split as pyoxigraph parses them; the others it parses itself."""

from __future__ import annotations

import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, RdfFormat, parse

from testimonia.rdf.lexing import CANONICAL_LINE, split_lines, term_columns

FORMS = [RdfFormat.N_TRIPLES, RdfFormat.N_QUADS]

characters = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from(list('\\"<>{}|^`%#?@:/[]._- \t\x00\x7f\x80\ufffe\U0001f600é')),
    st.sampled_from(["\\n", "\\t", "\\\\", '\\"', "\\u00e9", "%20", "%zz", "://", "#a#b"]),
)
text = st.lists(characters, max_size=8).map("".join)
iris = st.one_of(
    text.map(lambda tail: f"<http://example.com/{tail}>"),
    text.map(lambda tail: f"<urn:x:{tail}>"),
    text.map(lambda whole: f"<{whole}>"),
    st.from_regex(r"<https?://[a-z.]{1,6}(:[0-9]{0,3})?(/[a-z%:?#/é]{0,6})?>", fullmatch=True),
)
blanks = st.from_regex(r"_:[A-Za-z0-9.:_\-]{1,5}", fullmatch=True)
suffixes = st.one_of(
    st.just(""),
    st.from_regex(r"@[A-Za-z]{1,9}(-[A-Za-z0-9]{1,9}){0,2}", fullmatch=True),
    iris.map(lambda iri: f"^^{iri}"),
    st.sampled_from(
        [
            "^^<http://www.w3.org/2001/XMLSchema#string>",
            "^^<http://www.w3.org/2001/XMLSchema#integer>",
            "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>",
        ]
    ),
)
literals = st.tuples(text, suffixes).map(lambda parts: f'"{parts[0]}"{parts[1]}')
spaces = st.sampled_from([" ", " ", " ", "", "  ", "\t"])


@st.composite
def lines(draw):
    subject = draw(st.one_of(iris, blanks))
    target = draw(st.one_of(iris, blanks, literals))
    graph = draw(st.one_of(st.just(""), iris, blanks))
    parts = [subject, draw(iris), target, *([graph] if graph else []), "."]
    written = "".join(part + draw(spaces) for part in parts[:-1]) + "."
    return written + draw(st.sampled_from(["", "", " # comment", "\r"]))


def by_parser(line: str, form: RdfFormat) -> list[tuple[str, str, str]] | None:
    try:
        quads = list(parse(line, form))
    except SyntaxError:
        return None
    return [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads]


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(line=lines(), form=st.sampled_from(FORMS))
def test_a_line_reads_as_the_parser_reads_it(line, form):
    expected = by_parser(line, form)
    column = pl.Series("line", [line])
    accepted = column.str.contains(CANONICAL_LINE[form]).item()
    if expected is None:
        assert not accepted
        with pytest.raises(SyntaxError):
            split_lines(column, form)
    else:
        assert split_lines(column, form).rows() == expected
        names = [
            None if isinstance(quad.graph_name, DefaultGraph) else str(quad.graph_name)
            for quad in parse(line, form)
        ]
        assert split_lines(column, form, graphs=True)["g"].to_list() == names


@settings(max_examples=400, deadline=None)
@given(body=text, tag=suffixes)
def test_literals_read_as_the_parser_reads_them(body, tag):
    line = f'<urn:x:s> <urn:x:p> "{body}"{tag} .'
    expected = by_parser(line, RdfFormat.N_TRIPLES)
    if expected is None:
        with pytest.raises(SyntaxError):
            split_lines(pl.Series("line", [line]), RdfFormat.N_TRIPLES)
    else:
        assert split_lines(pl.Series("line", [line]), RdfFormat.N_TRIPLES).rows() == expected


def test_lines_of_the_usual_kind_never_reach_the_parser():
    usual = pl.Series(
        "line",
        [
            '<https://w3id.org/testimonia/id/claim/1> <http://www.w3.org/2000/01/rdf-schema#label> "é \\"x\\""@en .',
            "<https://w3id.org/testimonia/id/document/1#char=0,9> <urn:p> _:b0 .",
            '<http://example.com/a?b=c%20d> <urn:p:q> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
        ],
    )
    assert usual.str.contains(CANONICAL_LINE[RdfFormat.N_TRIPLES]).all()


@pytest.mark.parametrize("block", [1, 7, 40, 1 << 20])
def test_blocks_may_end_anywhere(monkeypatch, block):
    monkeypatch.setattr("testimonia.rdf.lexing._BLOCK", block)
    source = '<urn:s> <urn:p> "é\\n" .\n\n# nothing\n<urn:s>\t<urn:p> <urn:o> .\n_:b <urn:p> "x" .'
    frames = term_columns(io.BytesIO(source.encode()), RdfFormat.N_TRIPLES)
    rows = [row for frame in frames for row in frame.rows()]
    assert sorted(rows) == sorted(by_parser(source, RdfFormat.N_TRIPLES))


def test_graph_names_are_left_out():
    column = pl.Series(
        "line",
        [
            '<urn:s> <urn:p> "a <urn:b>" <urn:g> .',
            '<urn:s> <urn:p> "a _:b" .',
            "<urn:s> <urn:p> <urn:o> _:g .",
            "<urn:s> <urn:p> _:o .",
            '<urn:s> <urn:p> "1"^^<urn:d> <urn:g> .',
        ],
    )
    assert split_lines(column, RdfFormat.N_QUADS)["o"].to_list() == [
        '"a <urn:b>"',
        '"a _:b"',
        "<urn:o>",
        "_:o",
        '"1"^^<urn:d>',
    ]
    assert split_lines(column, RdfFormat.N_QUADS, graphs=True)["g"].to_list() == [
        "<urn:g>",
        None,
        "_:g",
        None,
        "<urn:g>",
    ]


def test_graph_names_that_the_parser_reads_are_kept():
    column = pl.Series("line", ["<urn:s>  <urn:p> _:a-b.c _:g-h.i .", "<urn:s> <urn:p>  _:a-b ."])
    rows = split_lines(column, RdfFormat.N_QUADS, graphs=True).rows()
    assert rows == [
        ("<urn:s>", "<urn:p>", "_:a-b.c", "_:g-h.i"),
        ("<urn:s>", "<urn:p>", "_:a-b", None),
    ]
