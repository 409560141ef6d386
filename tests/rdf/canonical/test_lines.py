"""Canonical lines are as RDFC-1.0 requires, and can be split into their parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse
from terms import quads

from testimonia.errors import InputError
from testimonia.rdf.canonical.nquads import DEFAULT, graph_of, nquads, split, triples

S, P = NamedNode("x:s"), NamedNode("x:p")
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (Literal("a b"), '"a b"'),
        (Literal('\b\t\n\f\r"\\'), r'"\b\t\n\f\r\"\\"'),
        (Literal("\0\x07\x0b\x1f\x7f"), r'"\u0000\u0007\u000B\u001F\u007F"'),
        (Literal("\x80\x85\xa0\u2028é😀"), '"\x80\x85\xa0\u2028é😀"'),
        (Literal("\ufffe\uffff"), r'"\uFFFE\uFFFF"'),
        (Literal("1", datatype=NamedNode(XSD + "string")), '"1"'),
        (Literal("01", datatype=NamedNode(XSD + "integer")), f'"01"^^<{XSD}integer>'),
        (Literal("x", language="en-gb"), '"x"@en-gb'),
    ],
)
def test_escapes(literal: Literal, text: str) -> None:
    assert nquads([Quad(S, P, literal)]) == [f"<x:s> <x:p> {text} .\n".encode()]


@given(quads())
def test_parts(quad: Quad) -> None:
    (line,) = nquads([quad])
    terms = (str(quad.subject), str(quad.predicate))
    subject, predicate, object_, graph = split(line)
    assert (subject.decode(), predicate.decode()) == terms
    assert graph == graph_of(quad)
    end = b" " + graph if graph else b""
    assert subject + b" " + predicate + b" " + object_ + end + b" .\n" == line
    assert [subject + b" " + predicate + b" " + object_ + b" .\n"] == triples([quad])
    (back,) = parse(line, RdfFormat.N_QUADS)
    assert nquads([back]) == [line]


def test_graphs() -> None:
    assert graph_of(Quad(S, P, S)) == DEFAULT
    assert graph_of(Quad(S, P, S, P)) == b"<x:p>"
    assert graph_of(Quad(S, P, S, BlankNode("b"))) == b"_:b"


def test_not_a_line() -> None:
    with pytest.raises(ValueError, match="not a canonical line"):
        split(b"<x:s> <x:p> what .\n")


@pytest.mark.parametrize(
    "term",
    [Triple(S, P, S), Literal("x", language="he", direction=BaseDirection.RTL)],
    ids=["triple", "rtl"],
)
def test_rdf_12_is_refused(term: Triple | Literal) -> None:
    with pytest.raises(InputError, match=r"cannot be expressed in RDF 1\.1"):
        nquads([Quad(S, P, S), Quad(S, P, term)])


def test_words_that_look_like_rdf_12_are_not() -> None:
    said = Literal("<<( a )>> --rtl --ltr")
    assert nquads([Quad(S, P, said)]) == [b'<x:s> <x:p> "<<( a )>> --rtl --ltr" .\n']
