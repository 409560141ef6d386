"""Answers reach Python, data frames, notebooks and files with their types and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from html.parser import HTMLParser

import palmyra
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from testimonia.errors import ExtraMissing
from testimonia.query import results
from testimonia.query.evaluation import Answer
from testimonia.query.results import MOST_CANONICAL, Boolean, GraphResult, Results
from testimonia.query.store import Store
from testimonia.values import IRI, Term, value_of

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"
LABELS = {"http://a.example/x": 'The <b>"x"</b>'}


def select(query: str) -> Results:
    answer = results.of(Store().query(query), LABELS.get)
    assert isinstance(answer, Results)
    return answer


def construct(query: str) -> GraphResult:
    answer = results.of(Store().query(query), LABELS.get)
    assert isinstance(answer, GraphResult)
    return answer


@pytest.mark.parametrize(
    ("datatype", "written", "value"),
    [
        ("integer", "007", 7),
        ("nonNegativeInteger", "3", 3),
        ("integer", "seven", "seven"),
        ("integer", "1_000", "1_000"),
        ("decimal", "01.50", Decimal("1.50")),
        ("decimal", "NaN", "NaN"),
        ("decimal", "1e5", "1e5"),
        ("double", "1e3", 1000.0),
        ("double", "-INF", float("-inf")),
        ("double", "infinity", "infinity"),
        ("double", "NaNs", "NaNs"),
        ("integer", "9" * 5000, "9" * 5000),
        ("dateTime", "2025-02-30T00:00:00Z", "2025-02-30T00:00:00Z"),
        ("boolean", "true", True),
        ("boolean", "0", False),
        ("boolean", "yes", "yes"),
        ("dateTime", "2025-12-13T10:00:00Z", datetime(2025, 12, 13, 10, tzinfo=UTC)),
        (
            "dateTimeStamp",
            "2025-12-13T10:00:00+03:00",
            datetime(2025, 12, 13, 10, tzinfo=timezone(timedelta(hours=3))),
        ),
        ("dateTime", "2025-12-13", "2025-12-13"),
        ("dateTimeStamp", "-0044-03-15T00:00:00Z", "-0044-03-15T00:00:00Z"),
        ("date", "2025-12-13", "2025-12-13"),
        ("string", "text", "text"),
    ],
)
def test_literals(datatype: str, written: str, value: object) -> None:
    found = value_of(Literal(written, datatype=NamedNode(XSD + datatype)))
    assert found == value
    assert type(found) is type(value)


def test_other_terms() -> None:
    node = NamedNode("http://a.example/x")
    assert value_of(None) is None
    assert isinstance(value_of(node), IRI)
    assert value_of(node) == "http://a.example/x"
    assert value_of(Literal("words", language="en")) == "words"
    assert value_of(BlankNode("b")) == "_:b"
    assert value_of(Triple(node, node, node)) == " ".join(["<http://a.example/x>"] * 3)


TYPED = """SELECT ?iri ?n ?count ?text ?_x WHERE {
  VALUES (?iri ?n ?count ?text ?_x) {
    (<http://a.example/x> 3 1 "a,\\"b\\"\\n" 1)
    (UNDEF 4 UNDEF "c"@en 2)
  }
}"""


def test_rows() -> None:
    found = select(TYPED)
    assert found.variables == ("iri", "n", "count", "text", "_x")
    assert len(found) == 2
    first, second = found
    assert tuple(first) == ("http://a.example/x", 3, 1, 'a,"b"\n', 1)
    assert (first.n, first["n"], first[1], first.count) == (3, 3, 3, 1)
    assert (second.iri, second.count, second.text) == (None, None, "c")
    assert second.as_dict() == {"iri": None, "n": 4, "count": None, "text": "c", "_x": 2}
    assert repr(second) == "Row(iri=None, n=4, count=None, text='c', _x=2)"
    assert found[1] == second
    assert found[:1] == [first]
    assert repr(found) == "<Results: 2 rows of iri, n, count, text, _x>"
    with pytest.raises(KeyError, match="no column 'm'; there are iri, n, count, text, _x"):
        first["m"]
    with pytest.raises(AttributeError):
        first.m  # noqa: B018


def test_terms_of_rows() -> None:
    found = select(TYPED)
    assert found.terms[1][3] == Literal("c", language="en")
    assert found.terms[1][0] is None
    assert found.label(found[0].iri) == LABELS["http://a.example/x"]
    assert found.label("http://a.example/x") is None  # a string, not an IRI


def test_written_rows() -> None:
    found = select(TYPED)
    assert found.to_csv() == (
        'iri,n,count,text,_x\r\nhttp://a.example/x,3,1,"a,""b""\n",1\r\n,4,,c,2\r\n'
    )
    assert found.to_tsv() == (
        "?iri\t?n\t?count\t?text\t?_x\n"
        '<http://a.example/x>\t3\t1\t"a,\\"b\\"\\n"\t1\n\t4\t\t"c"@en\t2\n'
    )
    assert json.loads(found.to_json())["results"]["bindings"][1] == {
        "n": {"type": "literal", "value": "4", "datatype": XSD + "integer"},
        "text": {"type": "literal", "value": "c", "xml:lang": "en"},
        "_x": {"type": "literal", "value": "2", "datatype": XSD + "integer"},
    }
    assert found.to_csv() == found.to_csv()


def test_no_rows() -> None:
    found = select("SELECT ?a ?b { ?a ?b 1 }")
    assert list(found) == []
    assert found.to_csv() == "a,b\r\n"
    assert found.to_pandas().shape == (0, 2)


COLUMNS = {
    "i": "1 UNDEF",
    "big": f"{2**70} 1",
    "x": "1.5 2",
    "d": "1e0 2",
    "b": "true UNDEF",
    "t": f'"2025-12-13T03:00:00+03:00"^^<{XSD}dateTimeStamp> UNDEF',
    "offsets": (
        f'"2025-12-13T03:00:00+03:00"^^<{XSD}dateTimeStamp>'
        f' "2025-12-12T19:00:00-05:00"^^<{XSD}dateTimeStamp>'
    ),
    "half": f'"2024-01-03T01:00:00+03:30"^^<{XSD}dateTimeStamp> UNDEF',
    "utc": (
        f'"2025-12-13T03:00:00Z"^^<{XSD}dateTimeStamp>'
        f' "2025-12-13T04:00:00+00:00"^^<{XSD}dateTimeStamp>'
    ),
    "local": f'"2025-12-13T03:00:00"^^<{XSD}dateTime> UNDEF',
    "mixed": '1 "a"',
    "iri": "<http://a.example/x> UNDEF",
    "none": "UNDEF UNDEF",
}


@pytest.mark.parametrize(
    ("column", "arrow", "pandas", "values"),
    [
        ("i", "int64", "Int64", [1, None]),
        ("big", "decimal128(22, 0)", "object", [Decimal(2**70), Decimal(1)]),
        ("x", "decimal128(2, 1)", "object", [Decimal("1.5"), Decimal("2.0")]),
        ("d", "double", "Float64", [1.0, 2.0]),
        ("b", "bool", "boolean", [True, None]),
        (
            "t",
            "timestamp[us, tz=Etc/GMT-3]",
            "datetime64[us, Etc/GMT-3]",
            [datetime(2025, 12, 13, tzinfo=UTC), None],
        ),
        (
            "offsets",
            "string",
            "string",
            ["2025-12-13T03:00:00+03:00", "2025-12-12T19:00:00-05:00"],
        ),
        (
            "half",
            "string",
            "string",
            ["2024-01-03T01:00:00+03:30", None],
        ),
        (
            "utc",
            "timestamp[us, tz=UTC]",
            "datetime64[us, UTC]",
            [datetime(2025, 12, 13, 3, tzinfo=UTC), datetime(2025, 12, 13, 4, tzinfo=UTC)],
        ),
        ("local", "string", "string", ["2025-12-13T03:00:00", None]),
        ("mixed", "string", "string", ["1", "a"]),
        ("iri", "string", "string", ["http://a.example/x", None]),
        ("none", "string", "string", [None, None]),
    ],
)
def test_frames(column: str, arrow: str, pandas: str, values: list[object]) -> None:
    first, second = COLUMNS[column].split()
    found = select(f"SELECT ?{column} {{ VALUES ?{column} {{ {first} {second} }} }}")
    table = found.to_arrow()
    assert str(table.schema.field(column).type) == arrow
    assert table.column(column).to_pylist() == values
    assert str(found.to_pandas()[column].dtype) == pandas
    assert found.to_polars()[column].to_list() == values


IRIS = st.sampled_from(["http://a.example/x", "http://a.example/,;'", "urn:x:\u00e9"]).map(
    NamedNode
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=5)
NUMBERS = st.sampled_from(["1", "-7", "007", "1.5", "1e3", "INF", "seven", str(2**70)])
TIMES = st.sampled_from(
    ["2025-12-13T03:00:00+03:00", "2025-12-13T03:00:00Z", "2025-12-13T03:00:00", "soon"]
)
DATATYPES = st.sampled_from(["integer", "decimal", "double", "boolean", "dateTime", "string"])
LITERALS = st.one_of(
    st.builds(Literal, TEXTS),
    st.builds(Literal, TEXTS, language=st.sampled_from(["en", "ar-sy"])),
    st.builds(
        lambda text, name: Literal(text, datatype=NamedNode(XSD + name)),
        TEXTS | NUMBERS | TIMES,
        DATATYPES,
    ),
)
TERMS = st.one_of(st.none(), IRIS, LITERALS, st.just(BlankNode("b")))
TERMS_OF_A_COLUMN = st.sampled_from([TERMS, LITERALS, IRIS | st.none(), LITERALS | st.none()])


@given(st.data())
def test_frames_have_the_values_of_rows(data: st.DataObject) -> None:
    """Columns are typed where that loses nothing, and otherwise hold the terms as they are written."""
    terms = data.draw(st.lists(data.draw(TERMS_OF_A_COLUMN), min_size=1, max_size=6))
    found = answered_with(terms)
    assert [row[0] for row in found.terms] == terms
    column = found.to_arrow().column("x")
    values = [value_of(term) for term in terms]
    if str(column.type) == "string" or str(column.type).startswith("timestamp"):
        wanted = [term and term.value for term in terms]
        if str(column.type) != "string":
            wanted = values
        assert column.to_pylist() == wanted
    else:
        assert column.to_pylist() == values


def answered_with(terms: list[Term | None]) -> Results:
    """Make the results of a query that answers with a column of terms."""
    cells = [[] if term is None else [f'"x":{as_json(term)}'] for term in terms]
    bindings = ",".join("{" + "".join(cell) + "}" for cell in cells)
    content = f'{{"head":{{"vars":["x"]}},"results":{{"bindings":[{bindings}]}}}}'
    return Results(content.encode())


def as_json(term: Term) -> str:
    """Write a term (W3C SPARQL 1.1 Query Results JSON Format)."""
    if isinstance(term, NamedNode):
        return json.dumps({"type": "uri", "value": term.value})
    if isinstance(term, BlankNode):
        return json.dumps({"type": "bnode", "value": term.value})
    assert isinstance(term, Literal)
    tag = {"xml:lang": term.language} if term.language else {"datatype": term.datatype.value}
    return json.dumps({"type": "literal", "value": term.value, **tag})


def test_frames_without_rows_or_columns() -> None:
    none = select("SELECT ?x ?y { FILTER(false) }").to_arrow()
    assert (none.column_names, none.num_rows) == (["x", "y"], 0)
    assert len(select("SELECT ?x { }")) == 1
    assert select("SELECT ?x { }").to_arrow().to_pydict() == {"x": [None]}
    assert select("SELECT * { }").to_arrow().column_names == []


LABELLED = """SELECT ?one ?plain ?one_label ?two ?mixed ?count WHERE {
  VALUES (?one ?plain ?one_label ?two ?mixed ?count) {
    (<http://a.example/x> <http://a.example/y> "own" <http://a.example/x> <http://a.example/x> 1)
    (UNDEF                UNDEF                UNDEF <http://a.example/y> "x"                  2)
    (UNDEF                UNDEF                UNDEF UNDEF                UNDEF            UNDEF)
  }
}"""


@pytest.mark.parametrize("method", ["to_arrow", "to_pandas", "to_polars"])
def test_labels_beside_iris(method: str) -> None:
    found = select(LABELLED)
    frame = getattr(found, method)(labels=True)
    names = frame.column_names if method == "to_arrow" else list(frame.columns)
    expected = ["one", "plain", "one_label", "two", "two_label", "mixed", "mixed_label", "count"]
    assert names == expected
    columns = found.to_arrow(labels=True).to_pydict()
    label = LABELS["http://a.example/x"]
    assert columns["one_label"] == ["own", None, None]  # the query's own column stays
    assert columns["two_label"] == [label, None, None]
    assert columns["mixed_label"] == [label, None, None]
    assert columns["mixed"] == ["http://a.example/x", "x", None]
    assert columns["count"] == [1, 2, None]


def test_label_columns_are_typed_and_the_others_as_without_them() -> None:
    found = select(LABELLED)
    with_labels, without = found.to_pandas(labels=True), found.to_pandas()
    assert with_labels[list(without.columns)].equals(without)
    assert str(with_labels["two_label"].dtype) == "string"
    assert str(found.to_arrow(labels=True).schema.field("two_label").type) == "string"
    assert str(found.to_polars(labels=True).schema["count"]) == "Int64"


def test_each_label_is_looked_up_once() -> None:
    asked: list[str] = []
    iris = " ".join(f"<http://a.example/{i % 3}>" for i in range(30))
    found = results.of(
        Store().query(f"SELECT ?x {{ VALUES ?x {{ {iris} }} }}"),
        lambda iri: asked.append(iri) or iri[-1],  # type: ignore[func-returns-value]
    )
    assert found.to_arrow(labels=True).column("x_label").to_pylist() == list("012") * 10
    assert asked == ["http://a.example/0", "http://a.example/1", "http://a.example/2"]


@pytest.mark.parametrize(
    ("module", "method"),
    [("pyarrow", "to_arrow"), ("pandas", "to_pandas"), ("polars", "to_polars")],
)
def test_missing_extra(monkeypatch: pytest.MonkeyPatch, module: str, method: str) -> None:
    found = select(TYPED)
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(ExtraMissing, match=f"needs the package {module}") as caught:
        getattr(found, method)()
    assert caught.value.hint == (
        'Install it with: pip install "testimonia[frames]"; where Testimonia was checked out, in its '
        'folder: pip install -e ".[frames]"'
    )


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and that it has no attribute that could do harm."""
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"title", "style", "class"}
        assert dict(attrs).get("class") in (None, "tex2jax_ignore mathjax_ignore")
        sides = ("text-align: left", "text-align: right")
        assert dict(attrs).get("style") in (None, "overflow-x: auto", *sides)


def test_notebook_shows_labels_beside_iris() -> None:
    page = select("SELECT ?x { VALUES ?x { <http://a.example/x> tmc:killed true } }")._repr_html_()
    assert "The &lt;b&gt;&quot;x&quot;&lt;/b&gt;" in page
    assert '<code title="https://w3id.org/testimonia/code/killed">tmc:killed</code>' in page
    assert '<td style="text-align: left">true</td>' in page


def test_notebook_aligns_numbers_right_and_all_else_left() -> None:
    page = select(
        """SELECT * { VALUES (?n ?x ?mixed ?yes ?text ?none) {
          (1 1.5 1 true "1" UNDEF) (UNDEF 2e0 "a" false "2" "none")
        } }"""
    )._repr_html_()
    head, first, second = page.split("<tr>")[1:]
    heads = re.findall(r'<th style="text-align: (\w+)">(\w+)</th>', head)
    assert {name for side, name in heads if side == "right"} == {"n", "x"}
    assert {name for side, name in heads if side == "left"} == {"mixed", "yes", "text", "none"}
    for row in (first, second):
        cells = re.findall(r'<td style="text-align: (\w+)">', row)
        assert cells == [side for side, _ in heads]


@given(st.text(max_size=30))
def test_notebook_escapes_everything(text: str) -> None:
    written = str(Literal(text))
    page = select(f"SELECT ?x {{ BIND({written} AS ?x) }}")._repr_html_()
    page += construct(f"CONSTRUCT {{ tmn:a tmn:b {written} }} {{}}")._repr_html_()
    tags = Tags()
    tags.feed(page)
    assert tags.tags <= {
        *["table", "thead", "tbody", "tr", "th", "td", "code", "p", "div", "span", "b"]
    }
    assert "\x1b" not in page


def test_notebook_shows_the_first_of_many_rows() -> None:
    digits = " ".join(map(str, range(15)))
    page = select(f"SELECT * {{ VALUES ?a {{ {digits} }} VALUES ?b {{ {digits} }} }}")._repr_html_()
    assert page.count("<tr>") == 201
    assert "<p>225 rows, of which the last 25 are not shown</p>" in page


def test_notebook_judges_by_all_rows_what_they_share() -> None:
    """Row 201 is not shown, and says something else in one column."""
    query = """SELECT ?n ?most ?all { VALUES ?n { %s } BIND (IF(?n < 200, "s", "t") AS ?most)
        BIND ("u" AS ?all) } ORDER BY ?n"""
    page = select(query % " ".join(map(str, range(201))))._repr_html_()
    above, below = page.split("<thead>")
    assert re.findall(r"<b>(\w+)</b>", above) == ["all"]
    assert re.findall(r"<th [^>]*>(\w+)</th>", below) == ["n", "most"]
    page = select(query % " ".join(map(str, range(200))))._repr_html_()
    assert re.findall(r"<b>(\w+)</b>", page) == ["most", "all"]


def test_notebook_says_once_what_all_rows_share() -> None:
    query = """SELECT ?n ?iri ?same ?none ?text { VALUES (?n ?iri ?same ?none ?text) {
        (1 <http://a.example/x> "s" UNDEF "a") (2 <http://a.example/x> "s" UNDEF "b") } }"""
    page = select(query)._repr_html_()
    above, below = page.split("<thead>")
    assert re.findall(r"<b>(\w+)</b>", above) == ["iri", "same"]
    assert above.count("The &lt;b&gt;") == 1
    assert re.findall(r"<th [^>]*>(\w+)</th>", below) == ["n", "text"]
    assert page.count("<td") == 2 * 2 + 2 * 2
    # Of one row all is shown, but for what is unbound; where all rows are alike, there is no table.
    one = select(query.replace('(2 <http://a.example/x> "s" UNDEF "b")', ""))._repr_html_()
    assert re.findall(r"<th [^>]*>(\w+)</th>", one) == ["n", "iri", "same", "text"]
    alike = select('SELECT ?x { VALUES ?x { "s" "s" } }')._repr_html_()
    assert "<thead>" not in alike
    assert "<p>2 rows</p>" in alike


class Texts(HTMLParser):
    """Collects the runs of text between tags, and the classes of tables."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.classes: list[str | None] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        """Keep a run of text."""
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the class of a table."""
        if tag == "table":
            self.classes.append(dict(attrs).get("class"))


@pytest.mark.parametrize(
    "text", ["between $5 million and $6 million", r"\(x^2\) \[y\]", "$$", r"\begin{equation}x"]
)
def test_notebook_sets_nothing_as_a_formula(text: str) -> None:
    written = str(Literal(text))
    for page in (
        select(f"SELECT * {{ VALUES (?x ?n) {{ ({written} 1) ({written} 2) }} }}")._repr_html_(),
        select(f"SELECT * {{ VALUES (?x ?n) {{ ({written} 1) ('' 2) }} }}")._repr_html_(),
        construct(f"CONSTRUCT {{ tmn:a tmn:b {written} }} {{}}")._repr_html_(),
    ):
        found = Texts(page)
        assert text in "".join(found.texts)
        for run in found.texts:
            assert run in ("$", "\\") or not set(run) & set("$\\")
        assert found.classes
        assert set(found.classes) == {"tex2jax_ignore mathjax_ignore"}


def test_boolean() -> None:
    yes, no = (results.of(Store().query(f"ASK {{ FILTER({x}) }}"), LABELS.get) for x in (1, 0))
    assert yes
    assert not no
    assert isinstance(yes, Boolean)
    assert yes == True  # noqa: E712 - equal to the boolean, not only true
    assert (repr(yes), yes != no, len({yes, True})) == ("True", True, 1)
    assert json.loads(yes.to_json()) == {"head": {}, "boolean": True}


GRAPH = 'CONSTRUCT { tmc:b a skos:Concept . tmc:a a skos:Concept ; rdfs:label "A"@en . } {}'


def test_graph() -> None:
    graph = construct(GRAPH)
    assert len(graph) == 3
    assert [triple.subject.value[-1] for triple in graph] == ["a", "a", "b"]
    assert graph[-1].predicate.value.endswith("#type")
    assert graph.to_turtle() == (
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix tmc: <https://w3id.org/testimonia/code/> .\n"
        'tmc:a a skos:Concept ;\n\trdfs:label "A"@en .\n'
        "tmc:b a skos:Concept .\n"
    )
    assert graph.to_ntriples().splitlines() == sorted(graph.to_ntriples().splitlines())
    assert json.loads(graph.to_jsonld())[1] == {
        "@id": "https://w3id.org/testimonia/code/b",
        RDF_TYPE: [{"@id": "http://www.w3.org/2004/02/skos/core#Concept"}],
    }


def test_graphs_with_blank_nodes_are_written_equally() -> None:
    query = "CONSTRUCT { [] tmn:about [ tmn:about 1 ] , [ tmn:about 2 ] } {}"
    assert construct(query).to_turtle() == construct(query).to_turtle()
    assert construct(query).to_ntriples().startswith("_:c14n0 ")


def test_answers_of_the_right_kind_only() -> None:
    with pytest.raises(TypeError, match="ASK"):
        Results(Answer("boolean", b'{"head":{},"boolean":true}').content)


def clique(names: list[str]) -> GraphResult:
    nodes, p = [BlankNode(name) for name in names], NamedNode("urn:x:p")
    return GraphResult([Triple(a, p, b) for a in nodes for b in nodes if a != b])


def test_few_blank_nodes_are_named_canonically() -> None:
    names = [f"n{i}" for i in range(MOST_CANONICAL)]
    written = clique(names).to_ntriples()
    assert written == clique([f"other{name}" for name in reversed(names)]).to_ntriples()
    assert "_:c14n0 " in written


def test_many_blank_nodes_keep_their_names() -> None:
    """Naming a clique canonically takes time as the factorial of its size: 40! is never done."""
    names = [f"n{i:02}" for i in range(40)]
    graph = clique(names)
    assert len(graph) == 40 * 39
    assert list(map(str, graph)) == sorted(map(str, graph))
    assert {str(triple.subject) for triple in graph} == {f"_:{name}" for name in names}


def test_blank_nodes_in_triple_terms_count() -> None:
    p = NamedNode("urn:x:p")
    inner = [Triple(BlankNode(f"n{i}"), p, BlankNode(f"n{i + 1}")) for i in range(MOST_CANONICAL)]
    graph = GraphResult([Triple(BlankNode("n0"), p, term) for term in inner])
    assert {str(triple.subject) for triple in graph} == {"_:n0"}


def test_times_of_one_offset_keep_their_days_and_years() -> None:
    query = """SELECT ?t { VALUES ?t { "2014-01-01T00:00:00+03:00"^^xsd:dateTime } }"""
    found = palmyra.opened().query(query)
    assert isinstance(found, Results)
    assert found.to_pandas()["t"].dt.year.tolist() == [2014]
    assert found.to_polars()["t"].dt.year().to_list() == [2014]
    assert found.to_arrow().schema.field("t").type.tz == "Etc/GMT-3"


def test_labels_in_csv_tsv_and_json() -> None:
    found = select(LABELLED)
    head, first, second, third = csv.reader(io.StringIO(found.to_csv(labels=True), newline=""))
    assert head == [
        "one",
        "plain",
        "one_label",
        "two",
        "two_label",
        "mixed",
        "mixed_label",
        "count",
    ]
    iri, label = "http://a.example/x", LABELS["http://a.example/x"]
    assert first == [iri, "http://a.example/y", "own", iri, label, iri, label, "1"]
    assert second == ["", "", "", "http://a.example/y", "", "x", "", "2"]
    assert third == [""] * 8
    assert found.to_tsv(labels=True).splitlines()[0] == "\t".join(f"?{name}" for name in head)
    written = json.loads(found.to_json(labels=True))
    assert written["head"]["vars"] == head
    bindings = written["results"]["bindings"]
    assert bindings[0]["two_label"] == {"type": "literal", "value": label}
    assert "two_label" not in bindings[1]
    assert bindings[1]["mixed"] == {"type": "literal", "value": "x"}


def test_labels_where_there_are_none_change_nothing() -> None:
    for query in ("SELECT * { }", "SELECT ?a { ?a ?b 1 }", "SELECT (1 AS ?n) { }"):
        found = select(query)
        assert found.to_csv(labels=True) == found.to_csv()
        assert json.loads(found.to_json(labels=True)) == json.loads(found.to_json())
