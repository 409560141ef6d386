"""The question pages, the dumps, and the machine-readable descriptions."""

from __future__ import annotations

import csv
import hashlib
import io
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
import rdflib
from endpoints import ROOT, Running, endpoint
from pyoxigraph import RdfFormat, parse

import testimonia
from testimonia.catalogue import questions, resources
from testimonia.query.results import Results
from testimonia.rdf import files

NAMES = [path.stem for path in resources.queries()]
PALMYRA = "event:2025-12-13-palmyra-attack"
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")


@pytest.fixture(scope="module")
def dataset() -> testimonia.Dataset:
    return testimonia.open()


@pytest.mark.parametrize("name", NAMES)
def test_each_question_answers_as_the_library_does(
    shipped: Running, dataset: testimonia.Dataset, name: str
) -> None:
    question = dataset.question(name)
    values = {
        p.name: "claim:damascus-19-three-us-troops-injured" if p.name == "claim" else PALMYRA
        for p in question.parameters.values()
        if p.required or p.name == "incident"
    }
    expected = dataset.ask(name, **values)  # type: ignore[arg-type]
    assert isinstance(expected, Results)
    answer = httpx.get(f"{shipped.root}questions/{name}.csv", params=values, timeout=60)
    assert answer.status_code == 200
    assert sorted(rows(answer.text)) == sorted(rows(expected.to_csv()))
    page = httpx.get(f"{shipped.root}questions/{name}", params=values, timeout=60)
    assert page.status_code == 200
    assert outline(page.text).headings[0] == question.summary


def test_several_accept_headers(shipped: Running) -> None:
    accept = [("accept", "image/png"), ("accept", "text/csv")]
    answer = httpx.get(f"{shipped.root}questions/confirmed-figures", headers=accept)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    answer = httpx.get(shipped.sparql, params={"query": "SELECT * {}"}, headers=accept)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    accept = [("accept", "image/png"), ("accept", "text/turtle")]
    answer = httpx.get(f"{shipped.root}.well-known/void", headers=accept)
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    accept = [("accept", "image/png"), ("accept", "application/problem+json")]
    answer = httpx.get(f"{shipped.root}nowhere", headers=accept)
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_formats_of_a_question_are_listed(shipped: Running) -> None:
    answer = httpx.get(f"{shipped.root}questions/confirmd-figures")
    assert "they are available as json, xml, csv, tsv, html, xlsx, parquet." in answer.text


@pytest.mark.parametrize(
    ("rows_in_all", "heading"), [(500, "In every row"), (501, "In every row shown")]
)
def test_constants_above_the_table_are_of_the_rows_shown(
    shipped: Running, rows_in_all: int, heading: str
) -> None:
    query = f"""SELECT ?n ?s {{ VALUES ?a {{ {" ".join(map(str, range(6)))} }}
        VALUES ?b {{ {" ".join(map(str, range(100)))} }} BIND (100 * ?a + ?b AS ?n)
        FILTER (?n < {rows_in_all}) BIND (IF(?n < 500, "s", "t") AS ?s) }} ORDER BY ?n"""
    page = httpx.get(shipped.sparql, params={"query": query, "format": "html"}).text
    assert f"<h3>{heading}</h3>" in page


def test_labels_beside_the_iris_of_a_question(
    shipped: Running, dataset: testimonia.Dataset
) -> None:
    address = f"{shipped.root}questions/confirmed-figures"
    expected = dataset.ask("confirmed-figures")
    assert isinstance(expected, Results)
    for suffix, written in (
        ("csv", expected.to_csv(labels=True)),
        ("tsv", expected.to_tsv(labels=True)),
    ):
        answer = httpx.get(f"{address}.{suffix}", params={"labels": "true"})
        assert answer.status_code == 200
        assert sorted(answer.text.splitlines()) == sorted(written.splitlines())
    answer = httpx.get(f"{address}.json", params={"labels": "true"})
    assert "harm_label" in answer.json()["head"]["vars"]
    assert httpx.get(f"{address}.csv", params={"labels": "false"}).text.startswith("body,speaker,")
    assert httpx.get(f"{address}.xml", params={"labels": "true"}).status_code == 406
    assert httpx.get(f"{address}.csv", params={"labels": "some"}).status_code == 400
    assert httpx.get(address, params={"labels": "true"}).status_code == 200


def test_csv_over_the_protocol_is_quoted(shipped: Running) -> None:
    query = 'SELECT * { VALUES (?a ?b) { (<urn:x#char=1,2> "") (UNDEF "a,b") } }'
    answer = httpx.get(shipped.sparql, params={"query": query}, headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text == 'a,b\r\n"urn:x#char=1,2",""\r\n,"a,b"\r\n'


def rows(content: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content, newline="")))


class outline(HTMLParser):  # noqa: N801 - used as a function
    """The parts of a page that assistive technology relies on: language, headings, labels, links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language, self.levels, self.headings = "", [], []
        self.labelled, self.fields, self.links, self.identifiers = set(), set(), [], []
        self._heading = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record an element."""
        found = {name: value or "" for name, value in attrs}
        self.identifiers += [found["id"]] if "id" in found else []
        if tag == "html":
            self.language = found.get("lang", "")
        elif tag in ("h1", "h2", "h3"):
            self.levels.append(int(tag[1]))
            self._heading = True
        elif tag == "label":
            self.labelled.add(found["for"])
        elif tag in ("input", "select", "textarea"):
            self.fields.add(found["id"])
        elif tag == "a":
            self.links.append(found["href"])
        # Scripts are files of the server: the content security policy allows nothing else.
        assert tag != "script" or found.get("src", "").startswith(("/", "../"))
        assert not any(name.startswith("on") or name == "style" for name in found)

    def handle_data(self, data: str) -> None:
        """Record the text of a heading."""
        if self._heading:
            self.headings.append(data)
            self._heading = False


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        *("", "questions", "sparql", "data/", "questions/claim-provenance", "nothing"),
        f"questions/confirmed-figures?incident={PALMYRA}",
        "questions/confirmed-figures?incident=event:nothing",
        "questions/agents-and-parties",
        "sparql?query=ASK%20%7B%7D",
        "sparql?query=DESCRIBE%20tmc:killed",
        "sparql?query=ASK%20%7B",
    ],
)
def test_pages_are_accessible(shipped: Running, path: str) -> None:
    browser = {"accept": "text/html,*/*;q=0.8"}
    page = httpx.get(shipped.root + path, headers=browser, timeout=60)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    found = outline(page.text)
    assert found.language == "en"
    assert found.levels[0] == 1
    assert found.levels.count(1) == 1
    assert all(later - level <= 1 for level, later in pairwise(found.levels))
    assert found.fields == found.labelled
    assert len(found.identifiers) == len(set(found.identifiers))
    for address in found.links:
        if not address.startswith("#"):
            assert _status(str(page.url.join(address))) < 400


@cache
def _status(address: str) -> int:
    """Follow a link, once for all pages that have it; some answers take seconds."""
    return httpx.get(address, timeout=60).status_code


@pytest.mark.parametrize(
    ("address", "content_type"),
    [
        ("confirmed-figures.csv", "text/csv; charset=utf-8"),
        ("confirmed-figures.tsv", "text/tab-separated-values; charset=utf-8"),
        ("confirmed-figures.json", "application/sparql-results+json"),
        ("confirmed-figures.xml", "application/sparql-results+xml"),
        ("confirmed-figures.html", "text/html; charset=utf-8"),
        ("confirmed-figures", "text/html; charset=utf-8"),
    ],
)
def test_formats_by_suffix(shipped: Running, address: str, content_type: str) -> None:
    answer = httpx.get(f"{shipped.root}questions/{address}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)


def test_format_by_accept(shipped: Running) -> None:
    address = f"{shipped.root}questions/confirmed-figures"
    answer = httpx.get(address, headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert httpx.get(address, headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("confirmed-figures.csv?year=3", 400, "has no parameter 'year'"),
        ("confirmed-figures.csv?include_state_media=3", 400, "it takes true or false"),
        ("confirmed-figures.csv?include_state_media=true&include_state_media=true", 400, "twice"),
        ("confirmed-figures.csv?incident=event:no", 404, "nothing in the data has the IRI event"),
        ("confirmed-figures.csv?incident=%00", 400, "the parameter 'incident'"),
        ("confirmed-figures.csv?incident=%FF", 400, "not in UTF-8"),
        ("claim-provenance.csv", 400, "needs the parameter 'claim'"),
        ("claim-provenance.csv?claim=", 400, "needs the parameter 'claim'"),
        ("confirmd-figures.csv", 404, "Did you mean confirmed-figures"),
        ("confirmed-figures.ttl", 406, "none of the formats asked for is available"),
        ("confirmed-figures.exe", 404, "there is no question"),
        ("..%2F..%2FREADME.md", 404, "there is nothing at this address"),
        ("%2E%2E%5Cconfirmed-figures", 404, "there is no question"),
        ("confirmed-figures%0D%0AX-Injected: 1", 404, "there is no question"),
        ("confirmed-figures.csv%00", 404, "there is no question"),
    ],
)
def test_refused_questions(shipped: Running, address: str, status: int, message: str) -> None:
    answer = httpx.get(
        httpx.URL(shipped.root).copy_with(raw_path=b"/questions/" + address.encode())
    )
    assert (answer.status_code, message in answer.text) == (status, True), answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "x-injected" not in answer.headers


def test_a_form_keeps_the_rejected_value(shipped: Running) -> None:
    address = f"{shipped.root}questions/claim-provenance"
    asked = {"claim": '"><script>alert(1)</script>'}
    page = httpx.get(address, params=asked, headers={"accept": "text/html"})
    assert page.status_code in (400, 404)
    assert "<script>" not in page.text
    assert 'value="&#34;&gt;&lt;script&gt;' in page.text


def test_parameters_never_become_query_text(shipped: Running) -> None:
    address = f"{shipped.root}questions/confirmed-figures.csv"
    for value in ("urn:x:a> } #", "event:a } UNION { ?s ?p ?o", "<urn:x:a>", "urn:x:\u0000"):
        assert httpx.get(address, params={"incident": value}).status_code in (400, 404)


def test_dumps_are_the_data_as_published(shipped: Running) -> None:
    described = rdflib.Graph().parse(
        data=httpx.get(shipped.root + ".well-known/void").text, format="turtle"
    )
    addresses = {str(address) for address in described.objects(None, VOID.dataDump)}
    assert shipped.root + "data/dump.nq" in addresses
    dumped_files = {address for address in addresses if "/data/files/" in address}
    assert len(dumped_files) == len(resources.data())
    for path in resources.data():
        name = path.relative_to(ROOT / "data").as_posix()
        address = f"{shipped.root}data/files/{name}"
        assert address in addresses
        answer = httpx.get(address)
        assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
        assert hashlib.sha256(answer.content).digest() == hashlib.sha256(path.read_bytes()).digest()
    whole = httpx.get(shipped.root + "data/dump.nq")
    assert whole.headers["content-type"] == "application/n-quads"
    assert set(parse(whole.content, RdfFormat.N_QUADS)) == set(files.read(resources.data()))


def test_dumps_keep_every_literal(tmp_path: Path) -> None:
    data = tmp_path / "ä b" / "own.ttl"
    data.parent.mkdir()
    decimal = '"01.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    data.write_text(f"<urn:x:s> <urn:x:p> {decimal} .\n")
    with endpoint(tmp_path, str(data)) as running:
        assert decimal in httpx.get(running.root + "data/dump.nq").text
        assert httpx.get(running.root + "data/files/own.ttl").text == data.read_text()
        part = httpx.get(running.root + "data/files/own.ttl", headers={"range": "bytes=0-8"})
        assert (part.status_code, part.text) == (206, "<urn:x:s>")
        data.unlink()
        assert httpx.get(running.root + "data/files/own.ttl").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        *("../README.md", "..%2fREADME.md", "files/../../README.md", "files/%2e%2e/README.md"),
        *("/etc/passwd", "%2Fetc%2Fpasswd", "files/agents.ttl%00", "files\\agents.ttl"),
        *("dump.nq/", "files/", "~root", "file:///etc/passwd"),
    ],
)
def test_no_other_file_is_served(shipped: Running, name: str) -> None:
    path = b"/data/" + name.encode()
    answer = httpx.get(httpx.URL(shipped.root).copy_with(raw_path=path))
    assert answer.status_code == 404
    assert answer.text in (
        "there is no such dump\nSee /data/ for the dumps available.\n",
        "there is nothing at this address\nThe home page, /, lists what is served here.\n",
    )


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", "text/turtle"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
    ],
)
@pytest.mark.parametrize("name", ["sparql", ".well-known/void", ".well-known/sparql-examples"])
def test_descriptions_in_each_format(shipped: Running, name: str, accept: str, form: str) -> None:
    answer = httpx.get(shipped.root + name, headers={"accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == form
    assert len(list(parse(answer.content, RdfFormat.from_media_type(form)))) > 5
    assert httpx.get(shipped.root + name, headers={"accept": "image/png"}).status_code == 406


def test_examples_are_the_questions_and_run(shipped: Running) -> None:
    described = rdflib.Graph().parse(
        data=httpx.get(shipped.root + ".well-known/sparql-examples").text, format="turtle"
    )
    found = {
        str(node): str(described.value(node, SH.select))
        for node in described.subjects(rdflib.RDF.type, SH.SPARQLSelectExecutable)
    }
    expected = {
        f"{shipped.root}questions/{path.stem}": questions.read_question(path).sparql
        for path in resources.queries()
    }
    assert found == expected
    for address, query in found.items():
        assert httpx.head(address, timeout=60).status_code == 200
        assert shipped.select(query).status_code == 200


@pytest.mark.slow
def test_a_store_on_disk(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with endpoint(tmp_path, *("--store", str(store), "--shipped", "--workers", "2")) as running:
        first = httpx.get(running.root + "questions/confirmed-figures.csv").text
        assert httpx.get(running.root + "data/dump.nq").status_code == 200
    with endpoint(tmp_path, "--store", str(store)) as running:
        assert httpx.get(running.root + "questions/confirmed-figures.csv").text == first
        assert running.select("ASK { SERVICE <http://127.0.0.1:1/> {} }").status_code == 403
        assert httpx.get(running.root + "data/dump.nq").status_code == 404
        assert "There are no dumps" in httpx.get(running.root + "data/").text
    expected = testimonia.open().ask("confirmed-figures")
    assert isinstance(expected, Results)
    assert sorted(rows(first)) == sorted(rows(expected.to_csv()))


@pytest.mark.slow
def test_there_is_no_whole_dump_if_the_store_holds_other_data(tmp_path: Path) -> None:
    one, two = tmp_path / "one.nt", tmp_path / "two.nt"
    one.write_text('<urn:x:s> <urn:x:p> "1" .\n')
    two.write_text("<urn:x:s> <urn:x:p> <urn:x:o> .\n" * 2)
    store = ("--store", str(tmp_path / "store"), "--workers", "2")
    for names, whole in (([one], True), ([two], False), ([one, two], True)):
        with endpoint(tmp_path, *store, *map(str, names)) as running:
            dump = httpx.get(running.root + "data/dump.nq")
            assert dump.status_code == (200 if whole else 404)
            other = "The store already held other data" in httpx.get(running.root + "data/").text
            assert other != whole
            described = httpx.get(running.root + ".well-known/void").text
            assert ("data/dump.nq" in described) == whole
    assert sorted(dump.text.splitlines()) == [
        '<urn:x:s> <urn:x:p> "1" .',
        "<urn:x:s> <urn:x:p> <urn:x:o> .",
    ]


def test_blank_graph_names_and_quoted_triples(tmp_path: Path) -> None:
    data = tmp_path / "odd.nq"
    data.write_text(
        "<urn:x:s> <urn:x:p> <urn:x:o> _:graph .\n"
        "<urn:x:r> <urn:x:p> <<( <urn:x:s> <urn:x:p> <urn:x:o> )>> <urn:x:g> .\n"
    )
    with endpoint(tmp_path, str(data)) as running:
        described = httpx.get(running.sparql, headers={"accept": "text/turtle"})
        assert described.status_code == 200
        assert "sd:name <urn:x:g>" in described.text
        assert len(httpx.get(running.root + "data/dump.nq").text.splitlines()) == 2
