"""The site in a real browser: readable at any width and in the dark, with and without scripts, and SPARQL in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import palmyra
import pytest
from desk_browser import found_browser, launched
from file_server import served
from playwright.sync_api import Browser, Page, Route

import testimonia
from testimonia.namespaces import PREFIXES, expand
from testimonia.pages.addresses import path_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(found_browser() is None, reason="Chromium is not installed"),
]

PAGES = [
    "index",
    "search",
    "questions",
    "questions/confirmed-figures",
    "sparql",
    "data/index",
    "ns",
    *(
        path_of(str(expand(curie)))
        for curie in (
            "event:2025-12-13-palmyra-attack",
            "event:2025-12-14-palmyra-arrests",
            "claim:damascus-19-three-us-troops-injured",
            "agent:us-central-command",
            "doc:palmyra-damascus",
            "doc:palmyra-damascus#char=2769,2844",
            "prop:one-interpreter-killed",
            "place:palmyra",
            "tmc:killed",
            "tmn:Claim",
        )
    ),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    site = palmyra.opened().write_site(tmp_path_factory.mktemp("made") / "site")
    # In a folder below the root of the server, since links are relative.
    with served(site.folder.parent) as address:
        yield f"{address}site/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@contextmanager
def opened(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """Open a page; at the end nothing may have gone wrong, nor been asked of another server."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    yield page
    start = "/".join(address.split("/")[:4])
    context.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith((start, "data:", "blob:"))] == []


@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_and_can_be_read(browser: Browser, root: str, path: str) -> None:
    for width, scheme, scripts in (
        (320, "light", True),
        (390, "dark", False),
        (1440, "dark", True),
        (820, "light", False),
    ):
        with opened(
            browser,
            f"{root}{path}.html",
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=scripts,
        ) as page:
            assert page.locator("h1").count() == 1
            assert page.locator("main").inner_text().strip()
            if scripts:
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
                dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
                assert (dark == "rgb(255, 255, 255)") == (scheme == "light")


def test_from_the_home_page_to_who_confirmed_what(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}index.html") as page:
        page.get_by_role("link", name="Attack near Palmyra").click()
        page.get_by_role("link", name="2", exact=True).first.wait_for()
        row = page.locator(".matrix tr", has_text="Members of the US armed forces").first
        row.locator(".figure").first.click()
        page.locator("h1", has_text="two US troops killed").wait_for()
        assert "killed" in page.locator("main").inner_text()


def test_the_search_finds_names_in_any_language(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}search.html?q=damas") as page:
        page.locator("#results li").first.wait_for()
        assert "Damascus" in page.locator("#results").inner_text()
        for words in ("загиблий", "TUE", "قتيل"):
            page.fill("#q", words)
            page.wait_for_function("document.getElementById('found').textContent.includes('found')")
            assert page.locator("#results li").count() > 0, words
        page.fill("#q", "killed")
        page.get_by_label("kind").select_option("code")
        first = page.locator("#results a").first
        assert first.inner_text() == "killed"
        first.click()
        page.locator("h1", has_text="killed").wait_for()


def results(page: Page, words: str) -> list[str]:
    page.fill("#q", words)
    found: list[str] = page.locator("#results a").all_inner_texts()
    return found


def test_the_search_prefers_whole_words_and_the_incident(browser: Browser, root: str) -> None:
    incident = "Attack near Palmyra, 13 December 2025"
    with opened(browser, f"{root}search.html") as page:
        page.get_by_label("kind").wait_for()
        assert results(page, "palmyra attack")[0] == incident
        found = results(page, "us")
        whole = [bool(re.search(r"\bUS\b", name)) for name in found]
        inside = [name for name in found if name == "Suspects in the Palmyra attack"]
        assert whole[0]
        assert len(inside) == 1
        assert whole.index(True) < found.index(inside[0])
        # The other name that was searched for is shown, in its language.
        assert results(page, "قتيل")[0] == "killed"
        also = page.locator("#results li").first.locator(".also")
        assert (also.inner_text(), also.get_attribute("lang")) == ("قتيل", "ar")
        results(page, "killed")
        assert page.locator("#results li").first.locator(".also").count() == 0


def test_the_search_leaves_out_small_words_and_says_what_it_lacks(
    browser: Browser, root: str
) -> None:
    with opened(browser, f"{root}search.html") as page:
        page.get_by_label("kind").wait_for()
        # No name has "who" or "of"; the statement on the two attacks has both other words.
        assert "the Idlib attack is linked to the Palmyra attack" in results(
            page, "who of the Idlib linked"
        )
        assert page.locator("#found").inner_text().endswith(" found")
        assert results(page, "the")  # alone, it is what is meant
        assert results(page, "zebra Palmyra")[0] == "Attack near Palmyra, 13 December 2025"
        said = page.locator("#found").inner_text()
        assert said.startswith("Nothing has all of “zebra”, “palmyra”. With most of these words: ")
        assert results(page, "zebra") == []
        assert page.locator("#found").inner_text() == "0 found"


def test_words_can_be_typed_while_the_index_is_loading(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}search.html") as page:
        held: list[Route] = []
        page.route("**/search.json", lambda route: held.append(route))
        page.reload()
        page.locator("#found", has_text="Loading the index …").wait_for()
        page.fill("#q", "damas")
        assert page.locator("#results li").count() == 0
        held[0].continue_()
        page.locator("#results li", has_text="Damascus").first.wait_for()


def test_sparql_runs_in_the_page(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}sparql.html") as page:
        assert "MB" in page.locator("main").inner_text()  # what it costs, before it is loaded
        page.fill(
            "#query", "SELECT ?n ?c { tmc:killed skos:prefLabel ?n . OPTIONAL { ?c a tmc:none } }"
        )
        page.get_by_role("button", name="Ask").click()
        page.locator("#answer td").first.wait_for(timeout=60_000)
        assert page.locator("#answer th").all_inner_texts() == ["n", "c"]
        assert page.locator("#answer tbody tr").count() == len(
            list(testimonia.open().query("SELECT ?n { tmc:killed skos:prefLabel ?n }"))
        )
        page.fill("#query", "SELECT ?c { ?c a tmn:Claim } ORDER BY ?c LIMIT 1")
        page.get_by_role("button", name="Ask").click()
        page.locator("#answer a").first.wait_for()
        assert "query=SELECT" in page.url
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        assert Path(download.value.path()).read_bytes().startswith(b"c\r\nhttps://w3id.org/")
        page.fill("#query", "SELECT * {\n ?s nonsense }")
        page.get_by_role("button", name="Ask").click()
        page.locator("#status", has_text="error at 2:").wait_for()
        page.fill("#query", 'SELECT ("<img src=x onerror=alert(1)>" AS ?x) {}')
        page.get_by_role("button", name="Ask").click()
        page.locator("#answer td", has_text="<img").wait_for()
        assert page.locator("#answer img").count() == 0


def test_an_endless_query_can_be_stopped(browser: Browser, root: str) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with opened(browser, f"{root}sparql.html") as page:
        page.fill("#query", endless)
        page.get_by_role("button", name="Ask").click()
        page.locator("#status", has_text="Running").wait_for(timeout=60_000)
        page.get_by_role("button", name="Stop").click()
        page.locator("#status", has_text="stopped").wait_for()
        page.fill("#query", "ASK {}")
        page.get_by_role("button", name="Ask").click()
        page.locator("#answer", has_text="Yes.").wait_for(timeout=60_000)


def test_a_question_opens_in_the_editor(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}questions/confirmed-figures.html") as page:
        page.get_by_role("link", name="Open the query in the editor").click()
        page.locator("#query").wait_for()
        assert "SELECT" in page.locator("#query").inner_text()
        page.get_by_role("button", name="Ask").click()
        page.locator("#answer tbody tr").first.wait_for(timeout=60_000)
        assert page.locator("#answer tbody tr").count() == 4


def test_an_answer_can_be_sorted_and_filtered(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}questions/figures-by-claimant.html") as page:

        def column() -> list[str]:
            return page.locator("tbody tr:not([hidden]) td:first-child a").all_inner_texts()

        given = column()
        assert len(given) > 5
        page.get_by_role("button", name="claimant").click()
        assert column() == sorted(given, key=str.casefold)
        page.get_by_role("button", name="claimant").click()
        assert column() == sorted(given, key=str.casefold, reverse=True)
        assert page.locator("th[aria-sort=descending]").count() == 1
        page.get_by_label("Only rows with").fill("CENTRAL killed")
        assert 0 < len(column()) < len(given)
        assert {name for name in column() if "US Central Command" not in name} == set()
        page.get_by_label("Only rows with").fill("no such words")
        assert column() == []


def test_addresses_are_the_same_in_both_languages(browser: Browser, root: str) -> None:
    iris = [
        *(space + "x" for space in PREFIXES.values()),
        "https://w3id.org/testimonia/id/document/a#char=0,8",
        "https://w3id.org/testimonia/ns/Claim",
        "https://w3id.org/testimonia/sparql",
        "https://example.org/é?q=~#'",
        "https://example.org/",
        "https://example.org/index/..",
        "https://example.org/" + "ä~b" * 100,
        "https://example.org/" + "a" * 500,
        "urn:uuid:1/2",
        "https://example.org/\U0001f600",
    ]
    with opened(browser, f"{root}sparql.html") as page:
        script = "async (iris) => { const m = await import('./addresses.js'); return iris.map(m.pathOf); }"
        assert page.evaluate(script, iris) == [path_of(iri) for iri in iris]


def test_names_are_in_the_language_of_the_browser(browser: Browser, root: str) -> None:
    """A code on the page of a claim, and the heading of the page of a code."""
    claim = path_of(str(expand("claim:damascus-19-three-us-troops-injured")))
    with opened(browser, f"{root}{claim}.html", locale="fr-CA") as page:
        page.locator("dd a[lang], dd bdi[lang=fr]", has_text="affirmation").first.wait_for()
        assert page.locator("#languages select").input_value() == "fr"
    with opened(browser, f"{root}code/killed.html", locale="ar") as page:
        head = page.locator("h1 bdi[lang=ar]")
        head.wait_for()
        assert head.get_attribute("dir") == "rtl"
        assert re.search("[\u0600-\u06ff]", head.inner_text())


def test_a_chosen_language_is_kept(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}code/killed.html") as page:
        assert page.locator("h1").inner_text() == "killed"
        page.get_by_label("Names in").select_option("uk")
        page.locator("h1 bdi[lang=uk]").wait_for()
        name = page.locator("h1").inner_text()
        page.goto(f"{root}code/killed.html")
        page.locator("h1 bdi[lang=uk]").wait_for()
        assert page.locator("h1").inner_text() == name
        page.get_by_label("Names in").select_option("en")
        page.locator("h1 bdi[lang=en]").wait_for()
        assert page.locator("h1").inner_text() == "killed"
