"""The SPARQL service: the requests it accepts and refuses, and the formats of its answers."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from endpoints import Running, await_that
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
SELECT = 'SELECT ?a ?b { VALUES (?a ?b) { (<urn:x:a> "ä, \\"q\\"") (1 UNDEF) } }'
CONSTRUCT = 'CONSTRUCT { <s> tmn:about "<é>"@fr, 1.50 } {}'


@pytest.mark.parametrize(
    ("method", "url", "headers", "body"),
    [
        ("GET", f"?query={quote(SELECT)}", {}, None),
        ("POST", "", {"content-type": FORM}, f"query={quote(SELECT)}"),
        ("POST", "", {"content-type": f"{FORM}; charset=UTF-8"}, f"query={quote(SELECT)}"),
        ("POST", "", {"content-type": DIRECT}, SELECT),
        ("POST", "", {"content-type": f'{DIRECT};charset="utf-8"'}, SELECT),
    ],
)
def test_methods_of_sending_a_query(
    shipped: Running, method: str, url: str, headers: dict[str, str], body: str | None
) -> None:
    answer = httpx.request(method, shipped.sparql + url, headers=headers, content=body)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert answer.headers["content-length"] == str(len(answer.content))
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    assert answer.json()["results"]["bindings"] == [
        {
            "a": {"type": "uri", "value": "urn:x:a"},
            "b": {"type": "literal", "value": 'ä, "q"'},
        },
        {"a": {"type": "literal", "value": "1", "datatype": integer}},
    ]


def test_line_ends_of_forms_are_those_that_were_written(shipped: Running) -> None:
    sent = 'SELECT ?a {\r\nBIND("""one\r\ntwo\rthree""" AS ?a) }'

    def value(method: str, headers: dict[str, str], **given: str) -> str:
        address = shipped.sparql + (f"?query={quote(sent)}" if method == "GET" else "")
        answer = httpx.request(method, address, headers=headers, **given)  # type: ignore[arg-type]
        return str(answer.json()["results"]["bindings"][0]["a"]["value"])

    assert value("GET", {}) == "one\ntwo\nthree"
    assert (
        value("POST", {"content-type": FORM}, content=f"query={quote(sent)}") == "one\ntwo\nthree"
    )
    # A query that is a body of its own comes from no form, and stays as it is.
    assert value("POST", {"content-type": DIRECT}, content=sent) == "one\r\ntwo\rthree"


@pytest.mark.parametrize(
    ("media_type", "syntax"),
    [
        ("application/sparql-results+json", QueryResultsFormat.JSON),
        ("application/sparql-results+xml", QueryResultsFormat.XML),
        ("text/tab-separated-values", QueryResultsFormat.TSV),
    ],
)
def test_solutions(shipped: Running, media_type: str, syntax: QueryResultsFormat) -> None:
    answer = httpx.get(shipped.sparql, params={"query": SELECT}, headers={"accept": media_type})
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert answer.headers["vary"] == "Origin, Accept"
    results = parse_query_results(answer.content, syntax)
    assert isinstance(results, QuerySolutions)
    assert [[str(term) for term in row if term] for row in results] == [
        ["<urn:x:a>", '"ä, \\"q\\""'],
        ['"1"^^<http://www.w3.org/2001/XMLSchema#integer>'],
    ]


def test_csv(shipped: Running) -> None:
    answer = httpx.get(shipped.sparql, params={"query": SELECT}, headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.decode() == 'a,b\r\nurn:x:a,"ä, ""q"""\r\n1,\r\n'


@pytest.mark.parametrize(
    ("media_type", "syntax"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/ld+json", RdfFormat.JSON_LD),
        ("application/rdf+xml", RdfFormat.RDF_XML),
    ],
)
def test_triples(shipped: Running, media_type: str, syntax: RdfFormat) -> None:
    answer = httpx.get(shipped.sparql, params={"query": CONSTRUCT}, headers={"accept": media_type})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type
    about = f"<{shipped.root}s> <https://w3id.org/testimonia/ns#about>"
    decimal = "http://www.w3.org/2001/XMLSchema#decimal"
    assert {str(quad.triple) for quad in parse(answer.content, syntax)} == {
        f'{about} "<é>"@fr',
        f'{about} "1.50"^^<{decimal}>',
    }


@pytest.mark.parametrize(("query", "yes"), [("ASK {}", True), ("ASK { FILTER(false) }", False)])
def test_boolean(shipped: Running, query: str, yes: bool) -> None:
    xml = httpx.get(
        shipped.sparql, params={"query": query}, headers={"accept": "application/xml"}
    ).text
    assert (f"<boolean>{str(yes).lower()}</boolean>" in xml) is True
    assert shipped.select(query).json()["boolean"] is yes
    answer = httpx.get(shipped.sparql, params={"query": query}, headers={"accept": "text/csv"})
    assert answer.status_code == 406
    assert answer.text == (
        "the answer (boolean) is not available in any of the formats asked for\nIt is available as "
        "application/sparql-results+json, application/sparql-results+xml, text/html.\n"
    )


def test_format_by_parameter(shipped: Running) -> None:
    assert shipped.select("SELECT (1 AS ?a) {}", format="csv").text == "a\r\n1\r\n"
    for name in ("format", "output", "results"):
        assert shipped.select("SELECT (1 AS ?a) {}", **{name: "text/csv"}).text == "a\r\n1\r\n"
        graph = shipped.select(CONSTRUCT, **{name: "ntriples"})
        assert graph.headers["content-type"] == "application/n-triples"
    # A format that does not fit is ignored, and Accept is used.
    for unfit in ("ttl", "nonsense", "image/png", ""):
        answer = shipped.select("ASK {}", format=unfit)
        assert answer.headers["content-type"] == "application/sparql-results+json"
    described = httpx.get(shipped.sparql, params={"format": "nt"})
    assert described.headers["content-type"] == "application/n-triples"


def test_head_is_get_without_the_body(shipped: Running) -> None:
    get = shipped.select(SELECT)
    head = httpx.head(shipped.sparql, params={"query": SELECT})
    assert head.content == b""
    unlike = {"date", "etag"}  # two runs, which may differ in the order of rows
    assert {n: v for n, v in head.headers.items() if n not in unlike} == {
        n: v for n, v in get.headers.items() if n not in unlike
    }
    assert httpx.head(shipped.sparql).status_code == 200
    assert httpx.head(shipped.sparql, params={"query": "ASK {"}).status_code == 400


@pytest.mark.parametrize(
    ("method", "url", "headers", "body", "status", "message"),
    [
        ("GET", "?query=", {}, None, 400, "query:1:1: the query is not well formed"),
        ("GET", "?query=ASK%20%7B", {}, None, 400, "query:1:6: the query is not well formed"),
        ("GET", "?query=ASK{}&query=ASK{}", {}, None, 400, "more than one query"),
        ("GET", "?default-graph-uri=urn:x:g", {}, None, 400, "the request has no query"),
        ("GET", "?query=ASK{}&default-graph-uri=g", {}, None, 400, "a graph name is not an IRI"),
        ("GET", "?query=%FF", {}, None, 400, "not in UTF-8"),
        ("GET", "?query=ASK{}%23%ED%A0%80", {}, None, 400, "not in UTF-8"),
        ("GET", "?update=DROP%20ALL", {}, None, 403, "this is an update"),
        ("GET", "?query=DROP%20ALL", {}, None, 403, "this is an update"),
        ("GET", "?query=LOAD%20%3Chttp://127.0.0.1/%3E", {}, None, 403, "this is an update"),
        ("GET", "?" + "a=b&" * 1001, {}, None, 400, "more than 1000 parameters"),
        ("POST", "", {}, "ASK {}", 415, "cannot be posted with this content type"),
        ("POST", "", {"content-type": "text/plain"}, "ASK {}", 415, "cannot be posted with"),
        ("POST", "", {"content-type": FORM}, "", 400, "the request has no query"),
        ("POST", "", {"content-type": FORM}, "query=ASK{}&query=ASK{}", 400, "more than one"),
        ("POST", "", {"content-type": FORM}, "query=%FF", 400, "not in UTF-8"),
        ("POST", "", {"content-type": FORM}, "query=\xff", 400, "not in UTF-8"),
        ("POST", "", {"content-type": FORM}, "update=DROP%20ALL", 403, "this is an update"),
        ("POST", "", {"content-type": DIRECT}, b"ASK {} #\xff", 400, "not in UTF-8"),
        ("POST", "?query=ASK{}", {"content-type": DIRECT}, "ASK {}", 400, "more than one"),
        ("POST", "", {"content-type": f"{DIRECT};charset=latin1"}, "ASK {}", 415, "not in UTF-8"),
        ("POST", "", {"content-type": "application/sparql-update"}, "DROP ALL", 403, "an update"),
        ("PUT", "", {}, "ASK {}", 405, "this method is not allowed here"),
        ("DELETE", "", {}, None, 405, "this method is not allowed here"),
        ("PATCH", "", {}, "ASK {}", 405, "this method is not allowed here"),
    ],
)
def test_refused(
    shipped: Running,
    method: str,
    url: str,
    headers: dict[str, str],
    body: str | bytes | None,
    status: int,
    message: str,
) -> None:
    content = body.encode("latin-1") if isinstance(body, str) else body
    answer = httpx.request(method, shipped.sparql + url, headers=headers, content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert message in answer.text
    assert "Traceback" not in answer.text


def test_problems_as_json_and_as_a_page(shipped: Running) -> None:
    for accept in ("application/sparql-results+json", "application/json"):
        answer = httpx.get(shipped.sparql, params={"query": "ASK {"}, headers={"accept": accept})
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": "the query is not well formed: it ends too early",
            "hint": "Complete the query.",
            "place": "query:1:6",
        }
    hostile = "SELECT <script>alert(1)</script> \u202e"
    page = httpx.get(shipped.sparql, params={"query": hostile}, headers={"accept": "text/html"})
    assert page.status_code == 400
    assert "<script>" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\u202e" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "ASK { SERVICESILENT<file:///etc/passwd>{} }",
        "SELECT * { VALUES ?s { <http://127.0.0.1:1/> } SERVICE ?s { ?a ?b ?c } }",
        "PREFIX : <http://127.0.0.1:1/> ASK { FILTER(1<'>')SERVICE:x{} }",
        "SELECT * { SERVICE <relative> { ?s ?p ?o } }",
    ],
)
def test_service_is_refused(shipped: Running, query: str) -> None:
    answer = shipped.select(query)
    assert answer.status_code == 403
    assert "this query calls on another server (SERVICE), and nothing is fetched" in answer.text


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1:1/"])
@pytest.mark.parametrize("graphs", ["FROM", "FROM NAMED"])
def test_graphs_are_not_fetched(shipped: Running, address: str, graphs: str) -> None:
    query = f"ASK {graphs} <{address}> {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"
    assert shipped.select(query).json()["boolean"] is False
    named = {"default-graph-uri": address, "named-graph-uri": address}
    query = "ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    assert shipped.select(query, **named).json()["boolean"] is False


def test_dataset_of_the_request(shipped: Running) -> None:
    ontology, codes = "https://w3id.org/testimonia/ontology", "https://w3id.org/testimonia/code/"
    count = "SELECT (COUNT(*) AS ?n) {{ {} }}"
    default, named = count.format("?s ?p ?o"), count.format("GRAPH ?g { ?s ?p ?o }")

    def number(query: str, **graphs: object) -> int:
        rows = httpx.get(shipped.sparql, params={"query": query, **graphs}).json()  # type: ignore[dict-item]
        return int(rows["results"]["bindings"][0]["n"]["value"])

    both = {"default-graph-uri": [ontology, codes]}
    one = number(default, **{"default-graph-uri": ontology})
    assert 0 < one < number(default, **both) < number(default)
    assert number(named, **both) == 0
    assert number(named, **{"named-graph-uri": ontology}) == one
    assert number(default, **{"named-graph-uri": ontology}) == 0
    own = default.replace("{", f"FROM <{codes}> {{", 1)
    assert number(own, **{"default-graph-uri": ontology}) == one


def test_cors(shipped: Running) -> None:
    origin = {"origin": "https://page.example"}
    answer = httpx.get(shipped.sparql, params={"query": "ASK {}"}, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    for name in answer.headers["access-control-expose-headers"].split(", "):
        assert name in ("Retry-After", "Content-Length", "Accept-Ranges", "Content-Range", "ETag")
    for fields in (
        "content-type",
        "authorization",
        "x-requested-with,cache-control",
        "range",
        "x-a",
    ):
        preflight = httpx.options(
            shipped.sparql,
            headers={
                **origin,
                "access-control-request-method": "POST",
                "access-control-request-headers": fields,
            },
        )
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "*"
        assert preflight.headers["access-control-allow-methods"] == "GET, HEAD, POST"
        assert preflight.headers["access-control-allow-headers"] == fields
        assert preflight.headers["access-control-max-age"] == "86400"
        assert "access-control-allow-credentials" not in preflight.headers
    plain = httpx.options(shipped.sparql)
    assert (plain.status_code, plain.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")


def test_every_response_has_security_headers(shipped: Running) -> None:
    for path in ("", "sparql", "questions", "nothing", "sparql?query=x", "style.css", "data/x"):
        headers = httpx.get(shipped.root + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "server" not in headers


def test_queries_are_logged_if_enabled(shipped: Running) -> None:
    shipped.select("ASK { # logged\n FILTER(1 = 1) \u202e}")
    logged = "query: ASK { # logged FILTER(1 = 1) \\u202e}\n"
    # A request is logged when its response has been sent.
    await_that(lambda: logged in shipped.log.read_text())
    assert "Traceback" not in shipped.log.read_text()


def test_the_page_for_browsers(shipped: Running) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    form = httpx.get(shipped.sparql, headers=browser)
    assert form.headers["content-type"] == "text/html; charset=utf-8"
    assert '<textarea id="query" name="query"' in form.text
    query = "SELECT ?h { VALUES ?h { tmc:killed } }"
    page = httpx.get(shipped.sparql, params={"query": query}, headers=browser)
    assert page.status_code == 200
    assert (
        '<span>killed</span></a> <code title="https://w3id.org/testimonia/code/killed">'
        in page.text
    )
    yes = httpx.get(shipped.sparql, params={"query": "ASK {}"}, headers=browser)
    assert '<p class="boolean">Yes.</p>' in yes.text
    late = httpx.get(shipped.sparql, params={"query": "SELECT * {}" * 2}, headers=browser)
    assert late.status_code == 400
