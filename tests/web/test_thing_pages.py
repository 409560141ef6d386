"""Every IRI answers: content negotiation, suffixes, redirects, headers, and DESCRIBE."""

from __future__ import annotations

import httpx
import pytest
from endpoints import Running
from pyoxigraph import NamedNode, RdfFormat, parse

import testimonia
from testimonia.namespaces import TMN, expand
from testimonia.pages.addresses import path_of
from testimonia.pages.licence_notice import notice, shipped_metadata
from testimonia.pages.page_renderer import PageRenderer

EVENT = str(expand("event:2025-12-13-palmyra-attack"))
PATHS = [
    "id/event/2025-12-13-palmyra-attack",
    "id/claim/damascus-19-three-us-troops-injured",
    "ns/Claim",
    "ns",
    "code/killed",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("accept", "suffix", "media_type"),
    [
        ("", "html", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "html", "text/html; charset=utf-8"),
        ("text/turtle", "ttl", "text/turtle; charset=utf-8"),
        ("application/ld+json, text/html;q=0.1", "jsonld", "application/ld+json"),
        ("application/n-triples", "nt", "application/n-triples"),
    ],
)
def test_every_iri_answers(
    shipped: Running, path: str, accept: str, suffix: str, media_type: str
) -> None:
    headers = {"accept": accept} if accept else {}
    found = httpx.get(f"{shipped.root}{path}", headers=headers, timeout=30)
    assert found.status_code == 303
    assert found.headers["location"] == f"/{path}.{suffix}"
    assert "Accept" in found.headers["vary"]
    twin = httpx.get(f"{shipped.root}{path}.{suffix}", timeout=30)
    assert (twin.status_code, twin.headers["content-type"]) == (200, media_type)


@pytest.mark.parametrize(
    "path", ["id/nobody", "id/nobody.ttl", "code/no-such", "ns/NoSuch", "x", "x.html", "a" * 5000]
)
def test_what_nobody_described_is_not_found(shipped: Running, path: str) -> None:
    assert httpx.get(f"{shipped.root}{path}").status_code == 404


def test_a_format_that_there_is_not_is_not_acceptable(shipped: Running) -> None:
    answer = httpx.get(f"{shipped.root}{PATHS[0]}", headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.text


def test_the_headers_say_what_it_is(shipped: Running) -> None:
    answer = httpx.get(f"{shipped.root}{PATHS[0]}.html")
    links = answer.headers["link"]
    for link in (
        f'<{EVENT}>; rel="describes"',
        f'<{EVENT}>; rel="cite-as"',
        f'</{PATHS[0]}.ttl>; rel="alternate"; type="text/turtle"',
        '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
    ):
        assert link in links
    tag = answer.headers["etag"]
    again = httpx.get(f"{shipped.root}{PATHS[0]}.html", headers={"if-none-match": f'"x", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = httpx.get(f"{shipped.root}{PATHS[0]}.html?lang=ar")
    assert other.headers["etag"] != tag
    assert other.headers["content-language"] == "en, ar"


def test_a_language_is_kept_by_a_redirect(shipped: Running) -> None:
    answer = httpx.get(f"{shipped.root}{PATHS[0]}?lang=ar")
    assert answer.headers["location"] == f"/{PATHS[0]}.html?lang=ar"


def test_a_redirect_leads_nowhere_else(shipped: Running) -> None:
    answer = httpx.get(f"{shipped.root}{PATHS[0]}?x=%0d%0aSet-Cookie:a=b\\//evil.example")
    assert answer.headers["location"].startswith(f"/{PATHS[0]}.html?")
    assert "set-cookie" not in answer.headers
    for path in ("/evil.example/", "//evil.example", "%2Fevil.example.html"):
        found = httpx.get(f"{shipped.root}{path}")
        assert found.status_code == 404


def test_the_bytes_are_those_of_the_renderer(shipped: Running) -> None:
    dataset = testimonia.open()
    dataset.prepare()
    pages = PageRenderer(dataset.store, notice(shipped_metadata(), testimonia.__version__))
    for iri in (EVENT, str(expand("agent:us-central-command")), str(expand("tmc:killed"))):
        answer = httpx.get(f"{shipped.root}{path_of(iri)}.html")
        assert answer.text == pages.page(iri)
        answer = httpx.get(f"{shipped.root}{path_of(iri)}.nt")
        assert answer.content == pages.rdf(iri, RdfFormat.N_TRIPLES)


def test_pages_allow_no_script_but_their_own(shipped: Running) -> None:
    policy = httpx.get(f"{shipped.root}search.html").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in policy


def described(shipped: Running, query: str) -> tuple[int, set[object]]:
    headers = {"accept": "application/n-triples"}
    answer = httpx.get(shipped.sparql, params={"query": query}, headers=headers, timeout=30)
    if answer.status_code != 200:
        return answer.status_code, set()
    return 200, {quad.triple for quad in parse(answer.content, RdfFormat.N_TRIPLES)}


def test_describe_gives_what_the_page_has(shipped: Running) -> None:
    twin = httpx.get(f"{shipped.root}{PATHS[0]}.nt")
    expected = {quad.triple for quad in parse(twin.content, RdfFormat.N_TRIPLES)}
    for query in (
        f"DESCRIBE <{EVENT}>",
        "DESCRIBE event:2025-12-13-palmyra-attack",
        "PREFIX e: <https://w3id.org/testimonia/id/event/> DESCRIBE e:2025-12-13-palmyra-attack",
        f"DESCRIBE ?e WHERE {{ VALUES ?e {{ <{EVENT}> }} }}",
    ):
        assert described(shipped, query) == (200, expected), query
    assert len({t.subject for t in expected if t.predicate == TMN.proposition}) > 30


def test_an_unknown_thing_cannot_be_described(shipped: Running) -> None:
    status, _ = described(shipped, "DESCRIBE <https://w3id.org/testimonia/id/no-such-thing>")
    assert status == 404
    assert described(shipped, "DESCRIBE ?s WHERE { ?s a <urn:x:none> }") == (200, set())


def test_describe_from_one_graph_is_of_that_graph(shipped: Running) -> None:
    status, found = described(
        shipped, "DESCRIBE tmc:killed FROM <https://w3id.org/testimonia/code/> WHERE {}"
    )
    assert status == 200
    assert found
    assert {t.subject for t in found} == {NamedNode(str(expand("tmc:killed")))}


def test_names_for_pages_are_served_by_language(shipped: Running) -> None:
    answer = httpx.get(f"{shipped.root}labels/fr.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["code/killed"] == "tué"
    again = httpx.get(answer.url, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert httpx.get(f"{shipped.root}labels/xx.json").status_code == 404


def test_the_search_index_has_every_language(shipped: Running) -> None:
    index = httpx.get(f"{shipped.root}search.json", timeout=30).json()
    things = {thing[1]: thing for thing in index["things"]}
    assert things["code/killed"][2] == "killed"
    for named in (["tué", "fr"], ["загиблий", "uk"], ["muerto", "es"]):
        assert named in things["code/killed"][3]
    proposition = next(t for t in index["things"] if t[2] == "near ancient Palmyra")
    assert ["قرب تدمر", "ar"] in proposition[3]
    assert proposition[4] == "The attack took place close to ancient Palmyra."
    claim = dict(zip(["party", "harm", "stance"], things[PATHS[1]][5:], strict=False))
    assert claim == {"party": "United States", "harm": "injured", "stance": "asserts"}
    page = httpx.get(f"{shipped.root}search.html").text
    assert 'href="id/event/2025-12-13-palmyra-attack.html"' in page
