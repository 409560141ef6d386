"""Statements get the same code as from an independent implementation of trusty URIs."""

from __future__ import annotations

import itertools

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from testimonia.errors import InputError
from testimonia.publish.projections.trusty import PLACEHOLDER, artifact_code, named

NAME = f"http://example.org/np/{PLACEHOLDER}"
TEXT = rf"""
<{NAME}> <http://example.org/p> "two\nlines, a \\ and \"quotes\"" <{NAME}#a> .
<{NAME}> <http://example.org/p> "Grüße"@de-AT <{NAME}#a> .
<{NAME}> <http://example.org/p> "Grüße"@DE <{NAME}#a> .
<{NAME}> <http://example.org/p> "Grüße" <{NAME}#a> .
<{NAME}> <http://example.org/p> "007"^^<http://www.w3.org/2001/XMLSchema#integer> <{NAME}#a> .
<{NAME}> <http://example.org/p> "007"^^<http://www.w3.org/2001/XMLSchema#decimal> <{NAME}#a> .
<{NAME}> <http://example.org/p> <{NAME}#b> <{NAME}#a> .
<{NAME}> <http://example.org/p> <http://example.org/z> <{NAME}#a> .
<http://example.org/s> <{NAME}#p> <http://example.org/z> <{NAME}#b> .
<http://example.org/s> <http://example.org/p> "🌍" <{NAME}#b> .
"""
# As the Python library nanopub, version 2.0.1, computes it for the same statements.
CODE = "RACvTfOa4n_QeNxzmthtRHe3K4Uft3DzTGNF9ZKnp08YE"


def quads() -> list[Quad]:
    return list(parse(TEXT, format=RdfFormat.N_QUADS))


def test_the_code_is_that_of_the_other_implementation() -> None:
    assert artifact_code(quads()) == CODE


def test_order_and_repetition_do_not_matter() -> None:
    given = quads()
    for order in itertools.islice(itertools.permutations(given), 0, 5000, 997):
        assert artifact_code([*order, order[0]]) == CODE


def test_named_statements_prove_their_code() -> None:
    code, filled = named(quads())
    assert code == CODE
    assert not [quad for quad in filled if PLACEHOLDER in str(quad)]
    assert artifact_code(filled, code) == code
    altered = [
        Quad(q.subject, q.predicate, Literal("008", datatype=q.object.datatype), q.graph_name)
        if isinstance(q.object, Literal) and q.object.value == "007"
        else q
        for q in filled
    ]
    assert artifact_code(altered, code) != code


def test_what_has_no_name_is_refused() -> None:
    thing, graph = NamedNode("http://example.org/s"), NamedNode(NAME)
    for quad in (Quad(thing, thing, BlankNode("b"), graph), Quad(thing, thing, thing)):
        with pytest.raises(InputError, match="cannot be part of a graph with a trusty URI"):
            artifact_code([quad])
