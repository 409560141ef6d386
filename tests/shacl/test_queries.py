"""Queries run for all focus nodes at once have the same solutions as run one by one."""

from __future__ import annotations

import contextlib

import pytest
import rdflib
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, parse

from testimonia.shacl import Unusable, run
from testimonia.shacl.paths import Path
from testimonia.shacl.sparql.prebinding import UnsupportedQuery, prepare_select
from testimonia.shacl.sparql.rewriting import bind_everywhere, write_path

PREFIXES = {"": "urn:x:"}
HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <urn:x:> .\n"
DECLARED = ':names sh:declare [ sh:prefix "" ; sh:namespace "urn:x:"^^xsd:anyURI ] .\n'

AT_ONCE = [
    "SELECT $this ?value WHERE { $this :p ?value }",
    "SELECT $this ?value WHERE { ?value :p $this }",
    "SELECT $this ?value WHERE { $this :p ?value ; :q ?other FILTER (?value = ?other) }",
    "SELECT $this ?value WHERE { $this :p ?value FILTER (?value != $this) }",
    "SELECT $this ?value WHERE { $this :p ?x OPTIONAL { $this :q ?value FILTER (?value != $this) } }",
    "SELECT $this WHERE { $this :p ?x OPTIONAL { $this :q ?y } FILTER (!bound(?y)) }",
    "SELECT $this ?value WHERE { $this :p ?x . { $this :p ?value } UNION { $this :q ?value } }",
    "SELECT $this ?value WHERE { $this :p ?x . { ?x :p ?value } UNION { ?x :q ?value } }",
    "SELECT $this WHERE { $this :p ?x FILTER NOT EXISTS { $this :q ?x } }",
    "SELECT $this WHERE { $this :p ?x FILTER EXISTS { $this :q ?y FILTER (?y != ?x) } }",
    "SELECT $this ?value WHERE { $this :p/:q* ?value }",
    "SELECT $this ?value WHERE { $this :p ?x . ?x :p* ?value }",
    "SELECT DISTINCT $this ?value WHERE { $this :p|:q ?value }",
    "SELECT $this (:q AS ?path) ?value WHERE { $this :q ?value BIND ($this AS ?same) FILTER (?same = $this) }",
    "SELECT $this ?message WHERE { $this :p ?x BIND (CONCAT(STR($this), STR(?x)) AS ?message) }",
]
ONE_BY_ONE = [
    "SELECT $this WHERE { FILTER ($this = :a) }",
    "SELECT $this ?value WHERE { OPTIONAL { $this :q ?value } $this :p ?x }",
    "SELECT $this ?value WHERE { $this :p* ?value }",
    "SELECT $this ?value WHERE { $this :p ?x . { ?x :q ?value FILTER (?value != $this) } }",
    "SELECT $this ?value WHERE { $this :p ?value } ORDER BY ?value LIMIT 1",
    "SELECT $this (COUNT(?x) AS ?value) WHERE { $this :p ?x } GROUP BY $this",
    "SELECT $this ?value WHERE { $this :p ?x { SELECT $this ?value WHERE { $this :q ?value } } }",
    "SELECT $this WHERE { $this :p ?x GRAPH $shapesGraph { $currentShape :q ?y } }",
    "SELECT $this WHERE { $this :p ?x FILTER NOT EXISTS { FILTER ($this = ?x) } }",
]
READS_ANY = '\n:s sh:sparql [ sh:select "SELECT $this { $this ?any ?x FILTER (false) }" ] .'

nodes = st.sampled_from(
    [":a", ":b", ":c", ":d", ":e", ":f", ":g", "_:h", "_:i", '"t"', '"01"^^xsd:integer']
)
subjects = nodes.filter(lambda node: not node.startswith('"'))
statements = st.builds("{} {} {} .".format, subjects, st.sampled_from([":p", ":q"]), nodes)
data_graphs = st.lists(statements, max_size=25).map(lambda lines: HEAD + "\n".join(lines))


def shapes_of(query: str) -> str:
    return (
        HEAD
        + DECLARED
        + ":s a sh:NodeShape ; sh:targetSubjectsOf :p, :q ; sh:targetObjectsOf :p ; sh:sparql :c .\n"
        + f':c sh:prefixes :names ; sh:message "{{$this}}: {{?value}}" ; sh:select """{query}""" .'
    )


def found(data: str, query: str, *, at_once: bool):
    report = run(
        parse(data, RdfFormat.TURTLE), parse(shapes_of(query), RdfFormat.TURTLE), at_once=at_once
    )
    return report.frame.with_columns(
        report.frame["messages"].list.join(" ").alias("messages")
    ).rows()


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(data=data_graphs, query=st.sampled_from(AT_ONCE + ONE_BY_ONE))
def test_at_once_as_one_by_one(data, query):
    results = found(data, query, at_once=True)
    assert results == found(data, query, at_once=False)
    # If a query may read any triple, all are loaded, not only those of the predicates named.
    all_loaded = run(
        parse(data, RdfFormat.TURTLE), parse(shapes_of(query) + READS_ANY, RdfFormat.TURTLE)
    )
    assert len(results) == all_loaded.number


@pytest.mark.parametrize("query", AT_ONCE)
def test_run_at_once(query):
    assert prepare_select(query, PREFIXES, None, ["this"]).at_once


@pytest.mark.parametrize("query", ONE_BY_ONE)
def test_run_one_by_one(query):
    assert not prepare_select(query, PREFIXES, None, ["this"]).at_once


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        ("$this :p ?x . ?x :q/^:r ?y", {"p", "q", "r"}),
        ("$this :p ?x FILTER NOT EXISTS { ?x (:q|:r)* 1 }", {"p", "q", "r"}),
        ("$this :p/:q* ?x", {"p", "q"}),
        ("$this :p*/:q? ?x", None),
        ("$this :p ?x OPTIONAL { ?x ?any ?y }", None),
        ("$this !:p ?x", None),
    ],
)
def test_what_a_query_reads(pattern, read):
    query = prepare_select(f"SELECT $this {{ {pattern} }}", PREFIXES, None, ["this"])
    expected = None if read is None else {NamedNode("urn:x:" + name) for name in read}
    assert query.predicates == expected


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT $this WHERE { $this :p ?x MINUS { $this :q ?x } }", "MINUS"),
        ("SELECT $this WHERE { VALUES ?x { 1 } $this :p ?x }", "VALUES"),
        ("SELECT $this WHERE { $this :p ?x } VALUES ?x { 1 }", "VALUES"),
        ("SELECT $this WHERE { SERVICE <urn:x:far> { $this :p ?x } }", "SERVICE"),
        ("SELECT $this WHERE { $this :p ?x { SELECT ?x WHERE { ?x :p ?y } } }", "sub-select"),
        ("SELECT $this WHERE { BIND (1 AS $this) }", "pre-bound"),
        ("SELECT (1 AS $this) WHERE { ?x :p ?y }", "pre-bound"),
        ("SELECT $this WHERE { $this :p }", "not well formed"),
        ("ASK { $this :p ?x }", "SELECT"),
        ("SELECT ?x WHERE { $this :p ?x }", "must return"),
    ],
)
def test_what_shacl_does_not_allow_is_refused(query, reason):
    with pytest.raises(UnsupportedQuery, match=reason):
        prepare_select(query, PREFIXES, None, ["this"])
    with pytest.raises(Unusable, match=reason):
        run([], parse(shapes_of(query), RdfFormat.TURTLE), strict=True)


def test_literals_are_reported_as_the_data_write_them():
    data = (
        HEAD + ':a :p "01.50"^^xsd:decimal . :b :p "5"^^xsd:nonNegativeInteger, 5, "05"^^xsd:byte .'
    )
    for at_once in (True, False):
        rows = found(data, "SELECT $this ?value WHERE { $this :p ?value }", at_once=at_once)
        assert '"01.50"^^<http://www.w3.org/2001/XMLSchema#decimal>' in [row[5] for row in rows]


def test_literals_with_the_same_value_are_reported_separately():
    data = HEAD + ':a :p 5, "5"^^xsd:nonNegativeInteger, "05"^^xsd:byte ; :q "5.0"^^xsd:decimal .'
    shapes = shapes_of("SELECT $this ?value WHERE { $this $PATH ?value }").replace(
        "a sh:NodeShape", "a sh:PropertyShape ; sh:path :p"
    )
    report = run(parse(data, RdfFormat.TURTLE), parse(shapes, RdfFormat.TURTLE))
    written = sorted(
        text.replace("http://www.w3.org/2001/XMLSchema#", "") for text in report.frame["value"]
    )
    assert written == ['"05"^^<byte>', '"5"^^<integer>', '"5"^^<nonNegativeInteger>']


def test_a_literal_focus_node_is_itself():
    lines = [f':{name} :p "0{number}"^^xsd:integer .' for number, name in enumerate("abcdefg")]
    data = HEAD + "\n".join(lines)
    for at_once in (True, False):
        rows = found(data, "SELECT $this ?value WHERE { ?value :p $this }", at_once=at_once)
        assert len(rows) == 7
        assert '"03"^^<http://www.w3.org/2001/XMLSchema#integer>' in [row[3] for row in rows]


@pytest.mark.parametrize(
    ("query", "focus"),
    [
        ("{ $this :p ?x FILTER (DATATYPE(?x) = xsd:nonNegativeInteger) }", "a"),
        ("{ $this :p ?x filter( datatype ( ?x ) != xsd:integer ) }", "ac"),
        ("{ $this :p ?x FILTER (STR(?x) = '05') }", "b"),
        ("{ $this :p ?x FILTER (?x = 5) }", "abcd"),
        ("{ $this :p ?x FILTER (?x IN (4, 5.0)) }", "abcd"),
        ("{ $this :p ?x FILTER (sameTerm(?x, 5)) }", "d"),
        ("{ $this :p ?x FILTER (sameTerm(?x, '05'^^xsd:integer)) }", "b"),
        ("{ $this :p 5 }", "d"),
        ("{ $this :p 05 }", "b"),
        ("{ $this :p '5'^^xsd:nonNegativeInteger }", "a"),
        ("{ $this :p ?x . :a :p ?x }", "a"),
        ("{ $this :p ?x FILTER NOT EXISTS { $this :p 5 } }", "abc"),
        ("{ $this :p ?x FILTER EXISTS { ?y :p ?z FILTER (?z + 0 = ?x && ?y != $this) } }", "abcd"),
        ("{ $this :p ?x BIND (?x AS ?y) FILTER (STR(?y) = '05') }", "b"),
        ("{ $this :p ?x BIND (?x + 1 AS ?y) FILTER (?y = 6) }", "abcd"),
        ("{ $this :p ?x FILTER (isNumeric(?x) && BOUND(?x) && !(?x < 5)) }", "abcd"),
        ("{ $this :p ?x FILTER (COALESCE(?x, 0) > 4 && IF(?x > 4, true, false)) }", "abcd"),
        ("{ $this :p ?x FILTER REGEX(STR(?x), '^0') }", "b"),
        ("{ $this :p ?x } GROUP BY $this ?x HAVING (?x = 5)", "abcd"),
        ("{ $this :p ?x } ORDER BY ?x DESC(?x + 1)", "abcd"),
    ],
)
def test_queries_see_literals_as_written(query, focus):
    data = HEAD + (
        ':a :p "5"^^xsd:nonNegativeInteger . :b :p "05"^^xsd:integer . :c :p "5"^^xsd:byte . :d :p 5 .'
    )
    text = f"PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT $this {query}"
    for at_once in (True, False):
        rows = found(data, text, at_once=at_once)
        assert [row[3] for row in rows] == [f"<urn:x:{name}>" for name in focus]


def test_terms_with_the_same_value_are_counted_separately():
    data = HEAD + ':a :p 5, "05"^^xsd:integer, "5"^^xsd:byte, 6 .'
    query = "SELECT $this (COUNT(DISTINCT ?x) AS ?value) (SUM(?x) AS ?sum) { $this :p ?x } GROUP BY $this"
    ((*_, value, _messages, _constraint),) = found(data, query, at_once=True)
    assert value.startswith('"4"')


literals = st.sampled_from(
    [
        '"5"^^xsd:integer',
        '"05"^^xsd:integer',
        '"5"^^xsd:byte',
        '"5.0"^^xsd:decimal',
        '"1"^^xsd:boolean',
        '"true"^^xsd:boolean',
        '"2025-01-01T00:00:00+00:00"^^xsd:dateTime',
        '"x"',
        '"2025-01-01T00:00:00Z"^^xsd:dateTime',
        '"2025-01-01T00:00:00Z"^^xsd:dateTimeStamp',
    ]
)
AS_TERMS = [
    "SELECT $this ?value WHERE { $this :p ?value . ?other :q ?value }",
    "SELECT $this ?value WHERE { $this :p ?value FILTER NOT EXISTS { $this :q ?value } }",
    "SELECT $this ?value WHERE { $this :p ?value FILTER (isLiteral(?value) && STR(?value) = '5') }",
    "SELECT $this ?value WHERE { $this :p ?value FILTER (DATATYPE(?value) = :none || STRLEN(STR(?value)) > 1) }",
    "SELECT $this ?value WHERE { $this :p ?value ; :q ?x FILTER (sameTerm(?x, ?value)) }",
]


@settings(max_examples=30, deadline=None, phases=[Phase.generate])
@given(
    lines=st.lists(
        st.builds(
            "{} {} {} .".format,
            st.sampled_from([":a", ":b", ":c", ":d", ":e", ":f"]),
            st.sampled_from([":p", ":q"]),
            literals,
        ),
        max_size=20,
    ),
    query=st.sampled_from(AS_TERMS),
)
def test_terms_match_as_in_rdflib(lines, query):
    data = HEAD + "\n".join(lines)
    with as_written():
        graph = rdflib.Graph().parse(data=data, format="turtle")
        text = "PREFIX : <urn:x:>" + query.replace("$this", "?this")
        expected = {(row.this.n3(), row.value.n3()) for row in graph.query(text)}
        rows = {
            (rdflib.URIRef(row[3][1:-1]).n3(), rdflib.util.from_n3(row[5]).n3())
            for row in found(data, query, at_once=True)
        }
    assert rows == expected


@contextlib.contextmanager
def as_written():
    """Let rdflib keep literals as they are written."""
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this WHERE { { # a comment {\n SELECT $this { $this :p ?x } } FILTER (?n = $this) }",
        "SELECT $this WHERE{{#\nSELECT $this WHERE{$this :p ?x}}$this :p ?n FILTER(?n=$this)}",
    ],
)
def test_comments_before_a_sub_select_do_not_matter(query):
    query = query.replace("SELECT $this WHERE { {", "SELECT $this WHERE { $this :p ?n . {")
    assert [row[3] for row in found(HEAD + ":a :p :a . :b :p :a .", query, at_once=True)] == [
        "<urn:x:a>"
    ]


@pytest.mark.parametrize(
    "query",
    [
        "select $this {#$this {\n$this :p ?x filter(?x=:a&&?x!='}#')}",
        "# SELECT {\nSeLeCt ?this\n#{\nwHeRe\t{\r\n?this :p ?x FILTER(?x = :a)}#",
        r"SELECT \u0024this { $this \u003Ap ?x . \u0046ILTER(?x = :a && '\u007B' != 'x') }",
        "PREFIX a:<urn:x:> #PREFIX b:\nSELECT $this{$this a:p ?x;.FILTER(?x=a:a)}",
    ],
)
def test_odd_spacing_comments_and_case_do_not_matter(query):
    data = HEAD + ":a :p :a . :b :p :a . :c :p :b ."
    for at_once in (True, False):
        rows = found(data, query, at_once=at_once)
        assert [row[3] for row in rows] == ["<urn:x:a>", "<urn:x:b>"]


def test_an_ask_with_comments_is_rewritten():
    shapes = (
        HEAD
        + DECLARED
        + """
        :Has a sh:ConstraintComponent ; sh:parameter [ sh:path :has ] ;
          sh:validator [ sh:prefixes :names ; sh:ask "# ASK {\\nask#\\n where{ $value :q $has }" ] .
        :s a sh:NodeShape ; sh:targetSubjectsOf :p ; :has :yes .
    """
    )
    data = HEAD + ":a :p 1 ; :q :yes . :b :p 1 ; :q :no ."
    report = run(parse(data, RdfFormat.TURTLE), parse(shapes, RdfFormat.TURTLE))
    assert report.frame["focus"].to_list() == ["<urn:x:b>"]


def test_the_path_is_not_written_into_strings_iris_or_comments():
    path = Path("/", (Path("", property="urn:x:p"), Path("", property="urn:x:q")))
    query = (
        'SELECT $this { $this $PATH ?x . ?x ?PATH <urn:x:$PATH> FILTER (?x = "$PATH") # $PATH\n }'
    )
    assert write_path(query, path) == (
        "SELECT $this { $this (<urn:x:p>/<urn:x:q>) ?x . ?x (<urn:x:p>/<urn:x:q>) <urn:x:$PATH> "
        'FILTER (?x = "$PATH") # $PATH\n }'
    )


def test_values_never_enter_the_text_of_a_query():
    query = 'SELECT $this { { SELECT $this { $this ?p "{" } } }'
    assert bind_everywhere(query, {"this": NamedNode("urn:f"), "other": NamedNode("urn:g")}) == (
        'SELECT $this { BIND(<urn:f>() AS ?this)  { SELECT $this { BIND(<urn:f>() AS ?this)  $this ?p "{" } } }'
    )
