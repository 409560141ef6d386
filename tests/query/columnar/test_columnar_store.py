"""Asking data in columns: time limits, what is refused, values that are hard on SQL, and what comes back."""

from __future__ import annotations

import json

import duckdb
import pytest
from columnar_answers import columns_of, of_columns
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QueryResultsFormat

from testimonia.errors import (
    NotCompiled,
    QueryError,
    QuerySyntaxFault,
    ServiceRefused,
    TimeLimitExceeded,
    UpdateRefused,
)
from testimonia.query import results
from testimonia.query.columnar.columnar_store import ColumnarStore
from testimonia.query.columnar.literal_values import values_of
from testimonia.query.columnar.tables_from_quads import fill
from testimonia.query.store import Store

EX = "http://a.example/"
XSD = "http://www.w3.org/2001/XMLSchema#"
P, Q, G = NamedNode(EX + "p"), NamedNode(EX + "q"), NamedNode(EX + "g")
A, B = NamedNode(EX + "a"), NamedNode(EX + "b")
HARD = 'it\'s "$p0" {x} %s; DROP TABLE iris; -- \\ \x00'


def store(*quads: Quad) -> ColumnarStore:
    return columns_of(quads)


def test_a_query_is_stopped_after_its_time() -> None:
    numbers = [Literal(str(n), datatype=NamedNode(XSD + "integer")) for n in range(400)]
    slow = store(*(Quad(A, P, number) for number in numbers))
    query = f"SELECT (COUNT(*) AS ?n) {{ ?s <{P.value}> ?a, ?b, ?c, ?d FILTER(?a + ?b + ?c < ?d - 900) }}"
    with pytest.raises(TimeLimitExceeded) as caught:
        slow.query(query, time_limit=0.2)
    assert str(caught.value).startswith("the query took longer than 0.2 seconds")
    assert of_columns(slow.query("ASK { ?s ?p ?o }")) is True


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("DESCRIBE <http://a.example/a>", "DESCRIBE"),
        ('SELECT (BNODE("x") AS ?b) {}', "BNODE"),
        ("SELECT (<http://a.example/f>(1) AS ?b) {}", "http://a.example/f"),
        ("SELECT * { ?s !(^<http://a.example/p>) ?o }", "negated property set"),
    ],
)
def test_what_is_not_compiled_is_named(query: str, named: str) -> None:
    with pytest.raises(NotCompiled) as caught:
        store(Quad(A, P, B)).query(query)
    assert named in str(caught.value)


def test_an_update_and_a_query_that_is_not_well_formed_are_refused() -> None:
    with pytest.raises(UpdateRefused):
        store().query("DELETE WHERE { ?s ?p ?o }")
    with pytest.raises(QuerySyntaxFault):
        store().query("SELECT * { ?s ?p }")
    with pytest.raises(ServiceRefused):
        store().query("SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }")
    with pytest.raises(QueryError):
        store().query("ASK {}", time_limit=-1)


def test_text_is_never_part_of_the_sql() -> None:
    columns = store(Quad(A, P, Literal(HARD)), Quad(B, P, Literal("other")))
    literal = str(Literal(HARD))
    compiled = columns.compiled(f"SELECT ?s {{ ?s <{P.value}> ?o FILTER(?o = {literal}) }}")
    assert "DROP" not in compiled.sql
    for condition in (f"?o = {literal}", f"STR(?o) = {literal}", f"CONTAINS(?o, {literal})"):
        query = f"SELECT ?s {{ ?s <{P.value}> ?o FILTER({condition}) }}"
        assert of_columns(columns.query(query)) == [(str(A),)]
    query = f"SELECT (CONCAT(?o, {literal}) AS ?c) {{ <{A.value}> <{P.value}> ?o }}"
    assert of_columns(columns.query(query)) == [(str(Literal(HARD + HARD)),)]


def test_literals_keep_their_lexical_forms() -> None:
    forms = ["1", "01", "+1", "-0"]
    terms = [Literal(form, datatype=NamedNode(XSD + "integer")) for form in forms]
    columns = store(*(Quad(A, P, term) for term in terms))
    found = of_columns(columns.query(f"SELECT ?o {{ ?s <{P.value}> ?o FILTER(?o = 1) }}"))
    assert isinstance(found, list)
    assert sorted(found, key=str) == sorted([(str(term),) for term in terms[:3]], key=str)
    query = f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ ?s <{P.value}> ?o }}"
    assert of_columns(columns.query(query)) == [(str(Literal(4)),)]
    query = f'ASK {{ ?s <{P.value}> "01"^^<{XSD}integer> FILTER(sameTerm(1, 1)) }}'
    assert of_columns(columns.query(query)) is True


def test_a_triple_in_two_graphs_is_found_once() -> None:
    columns = store(Quad(A, P, B, G), Quad(A, P, B, Q), Quad(A, P, B))
    assert of_columns(columns.query("SELECT ?s { ?s ?p ?o }")) == [(str(A),)]
    found = of_columns(columns.query("SELECT ?g { GRAPH ?g { ?s ?p ?o } }"))
    assert isinstance(found, list)
    assert sorted(found, key=str) == [(str(G),), (str(Q),)]
    assert of_columns(columns.query(f"ASK FROM <{EX}none> {{ ?s ?p ?o }}")) is False


def test_an_answer_is_written_as_tsv_and_as_triples() -> None:
    node = BlankNode("n")
    columns = store(Quad(A, P, Literal("é", language="fr")), Quad(node, Q, Literal("1.50")))
    answer = columns.query(f"SELECT ?s ?o ?z {{ ?s <{P.value}> ?o }}").as_answer()
    assert (answer.kind, answer.form) == ("solutions", QueryResultsFormat.TSV)
    assert answer.content.decode() == f'?s\t?o\t?z\n{A}\t"é"@fr\t\n'
    assert json.loads(columns.query("ASK {}").as_answer().content)["boolean"] is True
    made = columns.query(f"CONSTRUCT {{ ?s <{P.value}> ?o }} {{ ?s <{Q.value}> ?o }}").as_answer()
    assert made.content.decode() == f'_:n {P} "1.50" .\n'


@pytest.mark.parametrize(
    "expression",
    [
        "?o",
        "STR(?o)",
        "STR(?s)",
        "IRI(STR(?s))",
        "CONCAT(STR(?o), '\\t\\n')",
        "STRLANG(STR(?o), 'en')",
        "STRDT(STR(?o), <http://a.example/d>)",
        "STRLEN(STR(?o))",
        "(STRLEN(STR(?o)) > 3)",
        "IF(STRLEN(STR(?o)) > 3, ?o, ?s)",
        "(1 / STRLEN(STR(?o)))",
    ],
)
def test_terms_that_are_hard_to_write_come_back_from_an_answer(expression: str) -> None:
    texts = ["", "tab\tend\n", 'say "no" \\t \\', "\r\n", "\x0b\x1f\u2028,;|", "a <b> c", HARD]
    quads = [Quad(A, P, Literal(text)) for text in texts]
    quads += [Quad(A, P, Literal(text, language="en-GB")) for text in texts]
    quads += [Quad(B, P, Literal(text, datatype=NamedNode(EX + "d"))) for text in texts]
    query = f"SELECT ?s ({expression} AS ?x) ?z {{ ?s <{P.value}> ?o }}"
    reference = Store()
    reference.load(quads)
    here = results.of(columns_of(quads).query(query).as_answer(), lambda _: None)
    there = results.of(reference.query(query), lambda _: None)
    assert isinstance(here, results.Results)
    assert isinstance(there, results.Results)
    assert len(here) == len(there) == len(quads)
    assert sorted(map(str, here.terms)) == sorted(map(str, there.terms))


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("12345678901.5", True),
        ("-10000000000", True),
        ("99999999999999999999." + "9" * 18, True),
        ("100000000000000000000", False),
        ("0." + "1" * 19, False),
        ("9" * 60, False),
    ],
)
def test_decimals_of_many_digits_are_kept(text: str, exact: bool) -> None:
    number = Literal(text, datatype=NamedNode(XSD + "decimal"))
    assert (values_of(number).exact is not None) is exact
    columns = store(Quad(A, P, number))
    assert of_columns(columns.query("SELECT ?o { ?s ?p ?o FILTER(isNumeric(?o)) }")) == [
        (str(number),)
    ]


def test_a_path_starts_only_from_nodes_that_it_is_joined_to() -> None:
    columns = store(Quad(A, P, B))
    named = "<http://a.example/nowhere>"
    for pattern, found in (
        (f"{{ SELECT ?x {{ {named} <{P.value}>* ?x }} }} ?x <{Q.value}>* ?y", 0),
        (f"{{ SELECT ?x {{ ?s <{P.value}> ?x }} }} ?x <{Q.value}>* ?y", 1),
        (f"?s <{P.value}> ?o BIND({named} AS ?x) {{ ?x <{Q.value}>* ?y }}", 0),
    ):
        rows = of_columns(columns.query(f"SELECT * {{ {pattern} }}"))
        assert isinstance(rows, list)
        assert len(rows) == found, pattern


def test_solutions_without_values_are_counted() -> None:
    columns = store(Quad(A, P, A), Quad(B, P, B))
    for query, rows in (
        ("SELECT * { <http://a.example/a> ?p <http://a.example/b> }", []),
        ("SELECT ?z { ?s ?p ?o }", [(None,), (None,)]),
        ("SELECT (1 / 0 AS ?x) ?z { ?s ?p ?o }", [(None, None), (None, None)]),
        ("SELECT * { <http://a.example/a> <http://a.example/p> <http://a.example/a> }", [()]),
    ):
        found = results.of(columns.query(query).as_answer(), lambda _: None)
        assert isinstance(found, results.Results)
        assert (len(found), found.terms, list(found)) == (len(rows), rows, rows)


def test_a_query_is_compiled_once() -> None:
    columns = store(Quad(A, P, B))
    assert columns.compiled("ASK { ?s ?p ?o }") is columns.compiled("ASK { ?s ?p ?o }")


def test_two_stores_of_one_connection_do_not_disturb_each_other() -> None:
    connection = duckdb.connect()
    fill(connection, [Quad(A, P, Literal("ab"))])
    query = f'SELECT ?s {{ ?s <{P.value}> ?o FILTER(REGEX(?o, "^A", "i")) }}'
    for _ in range(2):
        assert of_columns(ColumnarStore(connection).query(query)) == [(str(A),)]


def test_a_variable_that_only_a_filter_reads_is_not_selected() -> None:
    columns = store(Quad(A, P, A))
    query = f"SELECT * {{ ?x <{P.value}> ?x OPTIONAL {{ ?x <{P.value}> ?x FILTER(?x = ?y) }} }}"
    assert columns.query(query).variables == ["x"]
    query = "SELECT * { VALUES (?x ?y) { (1 UNDEF) } BIND(1 + ?y AS ?z) }"
    assert sorted(columns.query(query).variables) == ["x", "y", "z"]
