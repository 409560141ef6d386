"""What is wrong with a query: the reason, and the place where it lies."""

from __future__ import annotations

import pyoxigraph
import pytest

from testimonia.errors import QuerySyntaxFault
from testimonia.namespaces import PREFIXES
from testimonia.query.query_faults import syntax_fault


def fault(query: str, base: str | None = None) -> QuerySyntaxFault:
    with pytest.raises(SyntaxError) as caught:
        pyoxigraph.Store().query(query, prefixes=PREFIXES, base_iri=base)
    return syntax_fault(caught.value, query, base=base)


@pytest.mark.parametrize(
    ("query", "place", "reason"),
    [
        # Grouping: the variable is named where it is selected, at whatever depth.
        ("SELECT ?a ?v { ?a <urn:p> ?v } GROUP BY ?v", "1:8", "?a is selected, and is neither"),
        ("SELECT (COUNT(?x) AS ?n) ?y { ?x ?p ?y }", "1:26", "?y is selected"),
        ("SELECT (COUNT(?x) + ?z AS ?n) { ?x ?p ?y }", "1:21", "?z is selected"),
        ("SELECT ?y\n(STR(?x) AS ?n) { ?x ?p ?y } GROUP BY ?y", "2:6", "?x is selected"),
        ("ASK {\n{ SELECT $q { $q ?p ?o } GROUP BY ?o } }", "2:10", "$q is selected"),
        ("ASK { FILTER EXISTS { SELECT ?q { ?q ?p ?o } GROUP BY ?o } }", "1:30", "?q is selected"),
        (
            "SELECT ?x (MAX(?o) AS ?m) { ?x ?p ?o } GROUP BY (STR(?x) AS ?y) ORDER BY ?x",
            "1:8",
            "?x is selected",
        ),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", "1:8", "SELECT * is not authorized with GROUP BY"),
        # Names that have a value already.
        ("SELECT (1 AS ?x) { ?x ?p ?y }", "1:14", "overrides an existing variable"),
        ("ASK { ?x ?p ?y . BIND(2 AS ?y) }", "1:28", "BIND is overriding"),
        ("ASK { ?x ?p _:b . { _:b ?p ?x } }", "1:21", "_:b stands in another group"),
        # Prefixes and IRIs.
        ("ASK { ?x nobody:p ?y }", "1:10", "the prefix nobody: is not declared"),
        ("ASK {\n ?x ?p 'a'^^nobody:p }", "2:13", "the prefix nobody: is not declared"),
        ("ASK { ?x ?p ?y FILTER(1 = 1 && nobody:p = ?x) }", "1:32", "the prefix nobody:"),
        ("ASK { ?x ?p :y }", "1:13", "the prefix : is not declared"),
        ("ASK { ?x <p> ?y }", "1:10", "<p> is not an IRI"),
        # Tokens out of place, and what does not end.
        ("SELCT ?x { ?x ?p ?y }", "1:1", "SELCT cannot stand there"),
        ("SELECT ?x, ?y { ?x ?p ?y }", "1:10", ", cannot stand there"),
        ("ASK { ?x ?p ?y } }", "1:18", "} cannot stand there"),
        ("ASK { ?x ?p ?y ", "1:15", "it ends too early"),
        ("ASK { OPTIONAL ?x ?p ?y }", "1:16", "?x cannot stand there; expected {"),
        ("ASK { ?x ?p ?y } LIMIT many", "1:24", "many cannot stand there"),
        ("ASK { ?x ?p 'abc }", "1:13", "the string that begins there does not end"),
        ("ASK { VALUES (?a ?b) { (1) } }", "1:26", "the same number of values"),
        ("ASK { ?x ?p 1 FILTER(1 < 2 && 2 <= 3 || ) }", "1:41", ") cannot stand there"),
        ("ASK { # ?x }\n ?x ?p }", "2:8", "} cannot stand there"),
        ("", "1:1", "it is empty"),
        ("# nothing", "1:1", "it is empty"),
    ],
)
def test_reason_and_place(query: str, place: str, reason: str) -> None:
    found = fault(query)
    assert found.message.startswith("the query is not well formed: ")
    assert reason in found.message
    assert str(found.place) == f"query:{place}"
    assert found.hint


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("ASK { ?x tnm:harm ?y }", "Did you mean tmn: or tmd:?"),
        ("PREFIX book: <http://b.example/> ASK { ?x boo:k ?y }", "Did you mean book:"),
        ("SELECT ?x WERE { ?x ?p ?y }", "Did you mean WHERE?"),
        ("ASK { ?x ?p ?y FLITER(?x) }", "Did you mean FILTER?"),
        ("SELECT ?a { ?a ?p ?v } GROUP BY ?v", "Add ?a to GROUP BY"),
    ],
)
def test_hints(query: str, hint: str) -> None:
    assert hint in fault(query).hint


def test_relative_iris_have_a_base() -> None:
    found = fault("ASK { ?x <p> ?y } }", base="http://base.example/")
    assert "} cannot stand there" in found.message


def test_without_the_query_the_parser_speaks() -> None:
    with pytest.raises(SyntaxError) as caught:
        pyoxigraph.Store().query("ASK { OPTIONAL ?x }")
    found = syntax_fault(caught.value)
    assert found.message == 'the query is not well formed: expected "{"'
    assert str(found.place) == "query:1:16"


def test_a_long_query_is_not_parsed_over_and_over() -> None:
    query = "ASK {" + " ?x ?p ?y ." * 50_000 + " } }"
    assert str(fault(query).place).startswith("query:1:55")
