"""Pages of claims, agents, documents, passages, places, terms and codes; and what they say as RDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from posixpath import join, normpath
from urllib.parse import parse_qs, unquote, urlsplit

import palmyra
import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

import testimonia
from testimonia.catalogue import resources
from testimonia.namespaces import OA, RDFS, TMN, expand
from testimonia.pages.addresses import iri_at, path_of
from testimonia.pages.locator_map import HEIGHT, WIDTH, locator_map
from testimonia.pages.node_reader import NodeReader
from testimonia.pages.page_renderer import TWINS, PageRenderer
from testimonia.pages.thing_kinds import kind_of
from testimonia.query.results import Results

CLAIM = str(expand("claim:damascus-19-three-us-troops-injured"))
PALMYRA = str(expand("event:2025-12-13-palmyra-attack"))
NOTHING_TO_SAY = {"revisions", "contradictions", "concessions"}
"""In these reports nobody changes what they said, contradicts anybody or concedes anything."""
QUESTIONS = {path.stem for path in resources.queries()}
EXAMPLES = {
    CLAIM: "claim",
    str(expand("event:2025-12-13-palmyra-attack")): "incident",
    str(expand("event:2025-12-14-palmyra-arrests")): "event",
    str(expand("agent:us-central-command")): "agent",
    str(expand("post:us-president")): "post",
    str(expand("doc:palmyra-damascus")): "document",
    str(expand("doc:palmyra-damascus#char=2769,2844")): "passage",
    str(expand("prop:one-interpreter-killed")): "proposition",
    str(expand("place:palmyra")): "place",
    str(expand("group:us-troops")): "group",
    str(expand("policy:evidence-grade")): "policy",
    str(expand("tmc:killed")): "code",
    str(expand("tmc:harm")): "code list",
    str(expand("tmn:Claim")): "term",
    str(expand("bounds:2025-12-13-saturday")): "thing",
    "https://w3id.org/testimonia/ns": "ontology",
}


class Links(HTMLParser):
    """The links of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(  # noqa: D102
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self.found += [
            str(value) for name, value in attrs if tag in ("a", "link") and name == "href"
        ]

    def handle_data(self, data: str) -> None:  # noqa: D102
        self.text += data

    def inside(self, path: str) -> Iterator[str]:
        """Iterate over the paths that it leads to, without fragment."""
        for link in self.found:
            if not re.match(r"[a-z]+:", link) and not link.startswith("#"):
                yield normpath(
                    join("/", path.rpartition("/")[0], unquote(re.split("[?#]", link)[0]))
                )[1:]


@pytest.mark.parametrize(("iri", "kind"), EXAMPLES.items())
def test_every_link_of_a_page_leads_to_a_page(iri: str, kind: str, shipped: PageRenderer) -> None:
    reader = NodeReader(shipped.store)
    assert kind == "ontology" or kind_of(reader, NamedNode(iri)) == kind
    page = shipped.page(iri)
    assert page is not None
    links = Links(page)
    own = {
        "index.html",
        "search.html",
        "questions.html",
        "sparql.html",
        "data/index.html",
        "style.css",
    }
    paths = set(links.inside(path_of(iri)))
    assert own <= paths
    asked = {path for path in paths if path.startswith("questions/")}
    assert {path[10:].removesuffix(".html") for path in asked} <= QUESTIONS
    for path in paths - own - asked:
        bare, _, suffix = path.rpartition(".")
        target = iri_at(bare)
        assert suffix in ("html", *TWINS)
        assert target is not None
        assert shipped.knows(target), path
    assert iri in links.text


def test_a_claim_says_who_for_whom_where_and_why(shipped: PageRenderer) -> None:
    page = shipped.page(CLAIM)
    assert page is not None
    text = " ".join(Links(page).text.split())
    for words in (
        "Donald Trump",
        "Presidency of the United States",
        "President of the United States",
        "characters 2769 to 2844",
        "three US troops injured",
    ):
        assert words in text
    # Why a derived fact is true is the sentence of its rule.
    assert "which passes on nothing" in text


def test_a_page_asks_questions_about_its_thing(shipped: PageRenderer) -> None:
    dataset = palmyra.opened()
    for iri, name in ((CLAIM, "claim"), (PALMYRA, "incident")):
        links = Links(shipped.page(iri) or "").found
        asked = [urlsplit(link) for link in links if "?" in link]
        assert asked
        for address in asked:
            assert parse_qs(address.query) == {name: [iri]}
            question = address.path.rpartition("/")[2].removesuffix(".html")
            rows = dataset.ask(question, **{name: iri})
            assert isinstance(rows, Results)
            assert (len(rows) == 0) == (question in NOTHING_TO_SAY)


def test_a_document_lists_its_passages_in_order(shipped: PageRenderer) -> None:
    iri = str(expand("doc:palmyra-istanbul"))
    page = shipped.page(iri)
    assert page is not None
    starts = [int(n) for n in re.findall(r'id="char=(\d+),\d+"', page)]
    assert len(starts) > 15
    assert starts == sorted(starts)
    reader = NodeReader(shipped.store)
    assert len(starts) == len(reader.subjects(NamedNode(iri), OA.hasSource))


def _in_words(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page.partition("<main")[2]).split())


def test_an_assessment_says_what_is_accepted_from_which_claims_and_what_is_set_aside(
    scenario: Callable[[str], PageRenderer],
) -> None:
    pages = scenario("two-officials-differ")

    def page_of(policy: str) -> str:
        query = f"SELECT ?a WHERE {{ ?a tmn:underPolicy policy:{policy} }}"
        (row,) = pages.store.solutions(query, {})
        assert isinstance(row["a"], NamedNode)
        return _in_words(pages.page(row["a"].value) or "")

    lowest = page_of("most-conservative")
    assert "accepts 10 : killed , Civilians , Explosion in Mirel ." in lowest
    used, _, aside = lowest.partition("Set aside")
    assert "Defence Ministry of Varnia: ten civilians were killed" in used
    assert "Health Ministry" not in used
    assert "higher figure Health Ministry of Varnia: fourteen civilians were killed" in aside
    independent = page_of("two-independent-origins")
    assert "accepts no figure: killed" in independent
    assert "From these claims" not in independent
    aside = independent.partition("Set aside single origin")[2]
    assert "Defence Ministry of Varnia" in aside
    assert "Health Ministry of Varnia" in aside


def test_the_number_on_a_card_leads_to_its_assessment(shipped: PageRenderer) -> None:
    page = shipped.page(PALMYRA) or ""
    cards = re.findall(r'<a class="figure" href="([^"]*assessment[^"]*)">([^<]*)</a>', page)
    assert cards
    for href, figure in cards:
        iri = iri_at(unquote(normpath(join(path_of(PALMYRA), "..", href))).removesuffix(".html"))
        text = _in_words(shipped.page(iri or "") or "")
        assert f"accepts {figure} :" in text
        assert "From these claims" in text


def test_nothing_is_said_of_what_is_unknown(shipped: PageRenderer) -> None:
    for iri in ("https://w3id.org/testimonia/id/nobody", "not an IRI", "urn:x:y"):
        assert shipped.page(iri) is None
        assert shipped.rdf(iri, RdfFormat.TURTLE) is None


@pytest.mark.parametrize("iri", EXAMPLES)
def test_the_twins_say_the_same(iri: str, shipped: PageRenderer) -> None:
    graphs = []
    for syntax in TWINS.values():
        content = shipped.rdf(iri, syntax)
        assert content is not None
        graphs.append({quad.triple for quad in parse(content, syntax)})
    if "ns" not in iri.rpartition("/")[2][:2]:  # the ontology has blank nodes
        assert graphs[0] == graphs[1] == graphs[2]
    assert any(t.subject == NamedNode(iri) for t in graphs[0]) or iri.endswith("/ns")


def test_an_incident_is_described_with_its_claims(shipped: PageRenderer) -> None:
    iri = NamedNode(str(expand("event:2025-12-13-palmyra-attack")))
    found = shipped.description(iri.value)
    claims = {t.subject for t in found if t.predicate == TMN.proposition}
    query = "SELECT DISTINCT ?c ?e { ?c tmn:proposition/tmn:about ?e }"
    expected = {row["c"] for row in shipped.store.solutions(query, {"e": iri})}
    assert len(expected) > 30
    assert claims >= expected
    bounds = next(t.object for t in found if t.subject == iri and t.predicate == TMN.occurred)
    assert any(t.subject == bounds and t.predicate == TMN.notBefore for t in found)
    named = {t.subject for t in found if t.predicate == RDFS.label}
    assert {t.object for t in found if t.predicate == TMN.claimant} <= named


def test_a_code_is_described_without_all_that_uses_it(shipped: PageRenderer) -> None:
    found = shipped.description(str(expand("tmc:killed")))
    assert not [t for t in found if t.predicate == TMN.harm]
    assert len({t.object.language for t in found if "Label" in t.predicate.value}) >= 6  # type: ignore[union-attr]


PLACES = """@prefix tmn: <https://w3id.org/testimonia/ns#> . @prefix p: <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
p:a a tmn:Place ; rdfs:label "A" ; tmn:latitude 13.7 ; tmn:longitude -89.2 .
p:b a tmn:Place ; rdfs:label "B" ; tmn:within p:a .
p:c a tmn:Place ; rdfs:label "C" ; tmn:latitude "north" ; tmn:longitude 200 .
p:d a tmn:Place ; rdfs:label "D" ; tmn:latitude 14.0 ; tmn:longitude -89.5 .
"""


def test_a_map_shows_places_where_they_are(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "places.ttl"
    path.write_text(PLACES)
    reader = NodeReader(testimonia.open(path).store)
    a, b, c, d = (NamedNode(f"https://example.org/{name}") for name in "abcd")
    assert locator_map(reader, [c]) is None
    drawn = locator_map(reader, [b, c, d, a])
    assert drawn is not None
    first, second = drawn.pins
    assert (first.place.text, second.place.text) == ("A", "D")  # B is shown by A, around it
    assert first.x > second.x  # east is to the right, and north is up
    assert first.y > second.y
    assert all(0 < pin.x < WIDTH and 0 < pin.y < HEIGHT for pin in drawn.pins)
    assert "El Salvador" in {name for name, _, _ in drawn.countries}
    assert "Brazil" not in {name for name, _, _ in drawn.countries}
    (single,) = [name for name, _, _ in drawn.countries if name == "El Salvador"]
    assert single


def test_a_twin_is_sorted(shipped: PageRenderer) -> None:
    content = shipped.rdf(CLAIM, RdfFormat.N_TRIPLES)
    assert content is not None
    triples: list[Triple] = [quad.triple for quad in parse(content, RdfFormat.N_TRIPLES)]
    assert triples == sorted(
        triples, key=lambda t: tuple(map(str, (t.subject, t.predicate, t.object)))
    )
