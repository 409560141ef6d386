"""Quads are kept by column exactly as the parser reads them, whatever file they come from."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import palmyra
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
    serialize,
)

from testimonia.errors import InputError
from testimonia.query.columnar.literal_values import values_of
from testimonia.query.columnar.quad_reading import lines_of_file, statements
from testimonia.query.columnar.quad_writing import create_tables, fact, write_staged
from testimonia.query.columnar.term_ids import inline_term, kind_of_id, kind_of_term
from testimonia.query.columnar.term_ordering import order_terms
from testimonia.query.columnar.term_staging import Staging
from testimonia.query.columnar.written_quads import line_sum, nquads
from testimonia.query.line_sums import LineSum

Term = NamedNode | BlankNode | Literal
XSD = "http://www.w3.org/2001/XMLSchema#"
GRAPH = NamedNode("http://g.example/")

iris = st.sampled_from(["urn:x:a", "urn:x:b", "http://e.example/é?a=%20#c", "urn:x:p"]).map(
    NamedNode
)
blanks = st.sampled_from(["a", "b0", "a-b.c"]).map(BlankNode)
texts = st.text(st.characters(codec="utf-8"), max_size=4)
numbers = st.sampled_from(
    ["0", "-1", "01", "+2", "1.50", "1e400", "-INF", "NaN", "9" * 30, "x", ""]
)
days = st.sampled_from(
    [
        "2025-12-13",
        "2025-02-30",
        "0001-01-01",
        "10000-01-01",
        "2024-01-03Z",
        "2024-01-03T01:00:00+03:30",
    ]
)
names = st.sampled_from(
    ["integer", "decimal", "double", "nonNegativeInteger", "int", "boolean", "date", "dateTime"]
)
names |= st.sampled_from(["dateTimeStamp", "string", "gYear"])
literals = st.one_of(
    st.builds(Literal, texts),
    st.builds(Literal, texts, language=st.sampled_from(["en", "ar-sy", "zh-hans-cn"])),
    st.builds(
        lambda text, name: Literal(text, datatype=NamedNode(XSD + name)),
        texts | numbers | days | st.sampled_from(["true", "1"]),
        names,
    ),
    st.builds(Literal, texts, datatype=iris),
)
quads = st.builds(
    Quad, iris | blanks, iris, iris | blanks | literals, st.just(DefaultGraph()) | iris | blanks
)


def tables() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    create_tables(connection)
    return connection


def add(connection: duckdb.DuckDBPyConnection, some: Iterable[Quad], scope: str = "") -> None:
    staging = Staging(connection)
    staging.add(statements(some), scope)
    write_staged(connection)


def terms_in(connection: duckdb.DuckDBPyConnection) -> dict[int, Term]:
    """Read all dictionaries."""
    found: dict[int, Term] = {}
    for table, make in (("iris", NamedNode), ("blanks", BlankNode), ("strings", Literal)):
        for number, lexical in connection.table(table).fetchall():
            found[number] = make(lexical)
    for number, lexical, language in connection.execute("SELECT * FROM tagged").fetchall():
        found[number] = Literal(lexical, language=language)
    for row in connection.execute("SELECT * FROM literals").fetchall():
        literal = Literal(row[1], datatype=found[row[2]])
        number, exact, instant, offset = values_of(literal)
        assert (row[3], row[5], row[6]) == (pytest.approx(number, nan_ok=True), instant, offset)
        assert (row[4] is None) == (exact is None)
        found[row[0]] = literal
    assert all(kind_of_id(number) == kind_of_term(term) for number, term in found.items())
    assert len(set(found.values())) == len(found)
    return found


def quads_in(connection: duckdb.DuckDBPyConnection) -> set[Quad]:
    """Read all tables back, and check what is listed of them."""
    terms, found = terms_in(connection), set()
    for predicate, table, count, many, *kinds in connection.execute("FROM predicates").fetchall():
        rows = connection.table(table).fetchall()
        assert rows == sorted(rows, key=lambda row: row[:3])
        assert len({row[:3] for row in rows}) == len(rows) == count > 0
        pairs = [row[:2] for row in rows]
        firsts = [number == 0 or pairs[number - 1] != pair for number, pair in enumerate(pairs)]
        assert [row[3] for row in rows] == firsts
        assert many == (not all(firsts))
        for place in (0, 1):
            assert {k for k in range(12) if kinds[place] >> k & 1} == {
                kind_of_id(row[place]) for row in rows
            }
        for s, o, g, _ in rows:
            subject, object_ = terms[s], terms.get(o) or inline_term(o)
            graph = terms[g] if g else DefaultGraph()
            found.add(Quad(subject, terms[predicate], object_, graph))
    return found


def check_order(connection: duckdb.DuckDBPyConnection) -> None:
    assert fact(connection, "ordered_kinds") == 1 << 1 | 1 << 2 | 1 << 3
    for table in ("iris", "blanks", "strings"):
        texts = [text.encode() for _, text in sorted(connection.table(table).fetchall())]
        assert texts == sorted(texts)


@settings(max_examples=30, deadline=None)
@given(st.lists(quads, max_size=12))
def test_quads_are_read_back_as_they_were(some: list[Quad]) -> None:
    connection = tables()
    add(connection, some)
    assert quads_in(connection) == set(some)
    check_order(connection)


@settings(max_examples=15, deadline=None)
@given(st.lists(quads, max_size=8), st.lists(quads, max_size=8))
def test_what_is_added_replaces_its_graphs(before: list[Quad], added: list[Quad]) -> None:
    connection = tables()
    add(connection, before)
    add(connection, added)
    replaced = {quad.graph_name for quad in added}
    kept = {quad for quad in before if quad.graph_name not in replaced}
    assert quads_in(connection) == kept | set(added)


@settings(max_examples=15, deadline=None)
@given(st.lists(quads, max_size=8), st.lists(quads, max_size=8))
def test_terms_are_put_in_order(before: list[Quad], added: list[Quad]) -> None:
    connection = tables()
    add(connection, before)
    add(connection, added)
    kept = quads_in(connection)
    order_terms(connection)
    assert quads_in(connection) == kept
    check_order(connection)


@settings(max_examples=30, deadline=None)
@given(st.lists(quads, max_size=12))
def test_digests_are_added_up_as_of_lines(some: list[Quad]) -> None:
    connection = tables()
    add(connection, [*some, Quad(GRAPH, GRAPH, Literal("_:a and _:b"), GRAPH)])
    lines = LineSum()
    for each in nquads(connection):
        lines.write(each)
    assert line_sum(connection) == lines.total > 0
    (left_out,) = connection.execute(
        "SELECT id FROM iris WHERE lexical = ?", [GRAPH.value]
    ).fetchall()[0]
    others = LineSum(GRAPH.value)
    for each in nquads(connection):
        others.write(each)
    assert line_sum(connection, [left_out]) == others.total
    assert others.total < lines.total


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "data.nt": bytes,
    "data.nt.gz": gzip.compress,
    "odd.nt": lambda lines: lines.replace(b"> <", b">\t<").replace(b" .\n", b".# end\n"),
}


@pytest.mark.parametrize("name", FORMS)
def test_lines_are_those_of_the_parser(tmp_path: Path, name: str) -> None:
    plain = b"".join(
        serialize(parse(path=str(f)), format=RdfFormat.N_TRIPLES) for f in palmyra.FILES
    )
    path = tmp_path / name
    path.write_bytes(FORMS[name](plain))
    connection = tables()
    staging = Staging(connection)
    staging.add(lines_of_file(path), "", str(GRAPH))
    write_staged(connection)
    wanted = {
        Quad(q.subject, q.predicate, q.object, GRAPH) for q in parse(plain, RdfFormat.N_TRIPLES)
    }
    assert len(wanted) > 1000
    assert quads_in(connection) == wanted


def test_equal_labels_of_two_files_are_two_nodes() -> None:
    connection = tables()
    node, p = BlankNode("b"), NamedNode("urn:x:p")
    staging = Staging(connection)
    staging.add(statements([Quad(node, p, node, node)]), "f1x")
    staging.add(statements([Quad(node, p, Literal("_:b"))]), "f2x")
    write_staged(connection)
    one, other = BlankNode("f1xb"), BlankNode("f2xb")
    assert quads_in(connection) == {Quad(one, p, one, one), Quad(other, p, Literal("_:b"))}


def test_a_file_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "bad.nt"
    path.write_text("<urn:x:s> <urn:x:p> <urn:x:o> .\n" * 3 + "<urn:x:s> nonsense\n")
    connection = tables()
    staging = Staging(connection)
    staging.add(statements([Quad(GRAPH, GRAPH, Literal("1"))]), "f1x")
    with pytest.raises(SyntaxError):
        staging.add(lines_of_file(path), "f2x")
    assert staging.count == 1
    write_staged(connection)
    assert quads_in(connection) == {Quad(GRAPH, GRAPH, Literal("1"))}


@pytest.mark.parametrize(
    "line",
    [
        "<urn:x:s> <urn:x:p> <<( <urn:x:s> <urn:x:p> <urn:x:o> )>> .",
        '<urn:x:s> <urn:x:p> "a"@ar--rtl .',
    ],
)
def test_terms_of_rdf_1_2_are_refused(line: str) -> None:
    connection = tables()
    with pytest.raises(InputError, match=r"RDF 1\.2"):
        add(connection, parse(line, RdfFormat.N_TRIPLES))
