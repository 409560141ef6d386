"""The SPARQL editor in a real browser, in a static site and at an endpoint, on the attack near Palmyra."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import palmyra
import pytest
from desk_browser import found_browser, launched
from endpoints import endpoint
from playwright.sync_api import Browser, Page, expect

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(found_browser() is None, reason="Chromium is not installed"),
]

FIGURES = """SELECT ?claim ?harm ?low WHERE {
  ?claim tmn:proposition ?p . ?p tmn:harm ?harm ; tmn:lowerBound ?low
} ORDER BY ?claim"""
COORDINATES = """SELECT ?place ?lat ?long WHERE {
  VALUES (?place ?lat ?long) { (place:palmyra 34.56 38.28) (place:washington 38.9 -77.03) }
}"""
BROKEN = "SELECT * {\n  ?s nonsense }"


class Quiet(SimpleHTTPRequestHandler):
    """A plain file server."""

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002, ARG002, D102
        return


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = palmyra.opened().write_site(tmp_path_factory.mktemp("made") / "site").folder
    handler = partial(Quiet, directory=str(folder.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/site/"
        server.shutdown()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    with endpoint(folder, "--workers", "2", *map(str, palmyra.FILES)) as running:
        yield running.root


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(params=["site", "served"])
def root(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


@contextmanager
def opened(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """Open a page; at the end no policy may have been violated, nor another server been asked."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # The browser itself logs answers that say no, such as 400 for a query that is not well formed.
    page.on(
        "console",
        lambda m: (
            wrong.append(m.text) if m.type == "error" and "Failed to load" not in m.text else None
        ),
    )
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    yield page
    home = "/".join(address.split("/")[:3])
    context.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith((home, "data:", "blob:"))] == []


def ask(page: Page, query: str) -> None:
    """Put a query into the editor, and ask it by keyboard."""
    page.locator("#query").fill(query)
    page.keyboard.press("Control+Enter")


def lines(page: Page) -> list[str]:
    found: list[str] = page.locator(".cm-line").all_inner_texts()
    return found


def test_terms_are_completed_from_their_names_by_keyboard(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}sparql.html", locale="fr") as page:
        page.get_by_text("Query", exact=True).click()  # the label leads into the editor
        page.keyboard.press("Control+A")
        page.keyboard.type("SELECT * { ?p tmn:harm tué")  # French for killed
        first = page.locator("[role=option]").first
        expect(first).to_have_text(
            re.compile("tmc:killed.*tué.*code")
        )  # earlier ones may be shown first
        assert first.locator("[lang=fr]").count() == 1
        page.wait_for_timeout(200)  # the list takes no key in its first moments
        page.keyboard.press("Enter")
        assert lines(page) == ["SELECT * { ?p tmn:harm tmc:killed}"]
        # Variables are those of the query; prefixes come with their namespaces.
        page.keyboard.press("Control+A")
        page.keyboard.type("PREFIX sko")
        option = page.get_by_role("option", name="skos: <http://www.w3.org/2004/02/skos/core#>")
        option.click()
        assert lines(page) == ["PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"]
        page.keyboard.type(" SELECT ?perpetrator { ?x ?y ?per")
        page.get_by_role("option", name="?perpetrator").click()
        assert lines(page)[0].endswith("{ ?x ?y ?perpetrator}")
        # After "a" come classes, whatever else has such a name.
        page.keyboard.press("Control+A")
        page.keyboard.type("ASK { ?x a place")
        page.locator("[role=option]", has_text="class").first.wait_for()
        assert (
            page.locator("[role=option]", has_text="tmn:")
            .first.inner_text()
            .startswith("tmn:Place")
        )
        # Escape closes the list, and Tab leaves the editor.
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") != "editor"


def test_words_in_a_query_are_coloured_by_what_they_are(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}sparql.html") as page:
        page.locator("#query").fill('SELECT ?x { ?x tmn:gloss "one" } # note')
        weight = "node => [getComputedStyle(node).color, getComputedStyle(node).fontWeight]"
        looks = {
            word: tuple(page.locator(".cm-line span", has_text=word).first.evaluate(weight))
            for word in ("SELECT", "?x", "tmn:gloss", '"one"', "# note")
        }
        assert len(set(looks.values())) == 5
        assert looks["SELECT"][1] == "700"


def test_a_fault_is_shown_at_its_place(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}sparql.html") as page:
        ask(page, BROKEN)
        page.locator(".cm-lint-marker-error").wait_for(timeout=60_000)
        shown = page.locator("main .problem").inner_text()
        assert "2:6" in shown
        assert "nonsense" in shown
        marked = page.locator(".cm-lintRange-error")
        assert marked.inner_text() == "nonsense"
        assert page.locator(".cm-content").evaluate(
            "node => node.getRootNode().activeElement === node"
        )
        page.keyboard.press("Delete")  # an edit clears the mark, which may be wrong by now
        marked.wait_for(state="detached")
        assert lines(page)[1] == "  ?s onsense }"


@pytest.mark.parametrize(
    ("query", "place", "words"),
    [
        ("SELEC * {}", "1:1", "begins with SELECT, ASK, CONSTRUCT or DESCRIBE"),
        ("# only this", "1:12", "it ends here"),
        ("SELECT * {\n ?s foo:bar ?x }", "2:5", "the prefix foo: is not declared"),
        ("SELECT * { ?s ?p }", "1:18", "“}” cannot be here"),
        ("SELECT ?a (COUNT(*) AS ?n) {?a ?b ?c}", "1:38", "a variable that is unbound"),
    ],
)
def test_what_a_site_says_of_faults(
    browser: Browser, site: str, query: str, place: str, words: str
) -> None:
    with opened(browser, f"{site}sparql.html") as page:
        ask(page, query)
        page.locator("#status.problem").wait_for(timeout=60_000)
        said = page.locator("#status").inner_text()
        assert said.startswith(f"Error at {place}: ")
        assert words in said


def test_an_answer_as_table_chart_and_map(browser: Browser, root: str) -> None:
    rows = [(str(row["harm"]), int(row["low"])) for row in palmyra.opened().query(FIGURES)]
    with opened(browser, f"{root}sparql.html") as page:
        ask(page, FIGURES)
        page.get_by_role("button", name="Chart").click(timeout=60_000)
        chart = page.locator(".chart svg")
        chart.wait_for()
        assert page.get_by_label("Up").input_value() == "2"  # the column of numbers
        assert chart.locator("rect").count() == len(rows)
        widths = [
            float(w)
            for w in chart.locator("rect").evaluate_all(
                "all => all.map(r => r.getAttribute('width'))"
            )
        ]
        longest = max(low for _, low in rows)
        assert widths == pytest.approx([306 * low / longest for _, low in rows], rel=0.02)
        page.get_by_label("Across").select_option(label="harm")
        page.get_by_label("Up").select_option(label="number of rows")
        counted = chart.locator("text").all_text_contents()
        harms = [harm for harm, _ in rows]
        assert counted[1] == str(max(harms.count(each) for each in harms))
        assert counted[0] in ("killed", "injured")
        page.get_by_role("button", name="Map").click()
        page.get_by_role("status").get_by_text("No place in this answer").wait_for()
        page.get_by_role("button", name="Table").click()
        assert page.locator("table").is_visible()
        assert page.locator("table a").first.is_visible()
        head = page.get_by_role("columnheader", name="low").get_by_role("button")
        head.click()
        head.click()
        cells = page.locator("td[data-name=low]").all_inner_texts()
        assert cells == sorted(cells, key=int, reverse=True)
        assert cells[0] == str(longest)


def test_a_map_of_the_coordinates_in_an_answer(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}sparql.html") as page:
        ask(page, COORDINATES)
        page.get_by_role("button", name="Map").click(timeout=60_000)
        page.locator(".map svg").wait_for()
        places = page.locator(".map li").all_inner_texts()
        assert places == [
            "Palmyra 34.56° N, 38.28° E; 1 row",
            "Washington 38.9° N, 77.03° W; 1 row",
        ]
        west, east = (
            float(page.locator(".map circle").nth(n).get_attribute("cx") or 0) for n in (1, 0)
        )
        assert 0 < west < east < 360
        # Syria lies under the first pin: the outlines are where the coordinates are.
        under = page.locator(".map circle").first.evaluate(
            """pin => [...document.querySelectorAll(".map .land")].filter(land =>
              land.isPointInFill(new DOMPoint(pin.cx.baseVal.value, pin.cy.baseVal.value))).length"""
        )
        assert under == 1
        page.get_by_role("link", name="Palmyra").click()
        page.locator("h1", has_text="Palmyra").wait_for()


def test_a_chart_begins_with_what_was_counted(browser: Browser, root: str) -> None:
    counted = COORDINATES.replace("?long", "?long ?n").replace("38.28", "38.28 3")
    with opened(browser, f"{root}sparql.html") as page:
        ask(page, counted.replace("-77.03", "-77.03 2"))
        page.get_by_role("button", name="Chart").click(timeout=60_000)
        assert page.get_by_label("Up").input_value() == "3"
        assert page.get_by_label("Across").input_value() == "0"
    with opened(browser, f"{root}sparql.html") as page:
        ask(page, COORDINATES)  # coordinates are no amounts: rows are counted
        page.get_by_role("button", name="Chart").click(timeout=60_000)
        assert page.get_by_label("Up").input_value() == "-1"


def test_a_map_shows_the_places_alone_and_joins_those_too_close(
    browser: Browser, site: str
) -> None:
    near = "(1 34.56 38.28) (2 38.9 -77.03) (3 34.55 38.29) (4 13.71 -89.2)"
    with opened(browser, f"{site}sparql.html") as page:
        ask(page, f"SELECT ?x ?lat ?long {{ VALUES (?x ?lat ?long) {{ {near} }} }}")
        page.get_by_role("button", name="Map").click(timeout=60_000)
        page.locator(".map svg").wait_for()
        # The first and the third are at one mark, and next to each other in the list.
        assert page.locator(".map .pin-number").all_text_contents() == ["1\N{EN DASH}2", "3", "4"]
        starts = [
            text.split("°")[0].split()[-1] for text in page.locator(".map li").all_inner_texts()
        ]
        assert starts == ["34.56", "34.55", "38.9", "13.71"]
        # 127.5 degrees from the first to the last, of which the middle is at 25.4 W: with 26 of 360 left on both sides.
        last = float(page.locator(".map circle").last.get_attribute("cx") or 0)
        assert last == pytest.approx(26, abs=0.2)
        assert page.locator(".map svg").get_attribute("viewBox") == "0 0 360 180"


def test_a_map_goes_on_beyond_the_date_line(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}sparql.html") as page:
        ask(page, "SELECT ?lat ?long { VALUES (?lat ?long) { (-17 178) (-14 -172) } }")
        page.get_by_role("button", name="Map").click(timeout=60_000)
        page.locator(".map svg").wait_for()
        fiji, samoa = (
            float(page.locator(".map circle").nth(n).get_attribute("cx") or 0) for n in (0, 1)
        )
        assert (fiji, samoa) == pytest.approx((26, 334), abs=0.1)  # ten degrees apart, Fiji west


def test_questions_are_examples(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}sparql.html") as page:
        page.get_by_label("Begin with a question").select_option("confirmed-figures")
        page.locator(".cm-line", has_text="VALUES").first.wait_for()
        page.locator("#query").focus()
        page.keyboard.press("Control+Z")  # what was there comes back
        assert lines(page)[0] == "SELECT ?claim ?claimant ?stance WHERE {"


def test_a_query_has_an_address_that_answers_again(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}sparql.html") as page:
        ask(page, FIGURES)
        page.locator("#answer tbody td").first.wait_for(timeout=60_000)
        address = page.url
        parts = urlsplit(address)
        assert parse_qs(parts.query or parts.fragment)["query"][0].replace("\r", "") == FIGURES
    with opened(browser, address) as page:
        page.locator(".cm-line", has_text="tmn:lowerBound").wait_for()
        if urlsplit(address).query:  # an endpoint answers at once; a site first says what it loads
            page.locator("#answer tbody td").first.wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_endpoint_is_asked_twice_in_a_row(browser: Browser, served: str, scripts: bool) -> None:
    with opened(browser, f"{served}sparql.html", java_script_enabled=scripts) as page:
        for _ in range(2):
            if scripts:
                ask(page, FIGURES)
            else:
                page.get_by_label("Query").fill(FIGURES)
                page.get_by_role("button", name="Ask").click()
            page.locator("#answer tbody td").first.wait_for()
            # Asked again as it is shown.
            page.get_by_role("button", name="Ask").click()
            page.wait_for_load_state()
            page.locator("#answer tbody td").first.wait_for()
            assert page.locator("textarea").input_value() == FIGURES
            assert page.locator("main .problem").count() == 0
        broken = page.locator("#query")
        broken.fill(BROKEN)
        page.get_by_role("button", name="Ask").click()
        page.locator("main .problem", has_text="2:6").wait_for()


IN_SIGHT = """node => { const box = node.getBoundingClientRect();
  return document.activeElement === node && box.top >= 0 && box.top < innerHeight / 2; }"""


@pytest.mark.parametrize("scripts", [True, False])
def test_after_asking_the_answer_is_in_sight(
    browser: Browser, served: str, site: str, scripts: bool
) -> None:
    options = {"viewport": {"width": 800, "height": 500}, "java_script_enabled": scripts}
    for root in (served, site) if scripts else (served,):
        with opened(browser, f"{root}sparql.html", **options) as page:
            if scripts:
                ask(page, FIGURES)
            else:
                page.get_by_label("Query").fill(FIGURES)
                page.get_by_role("button", name="Ask").click()
            page.locator("#answer tbody td").first.wait_for(timeout=60_000)
            page.wait_for_timeout(300)
            assert page.locator("#answer").evaluate(IN_SIGHT)
            page.keyboard.press("Tab")  # on to what is in the answer
            assert page.evaluate("!!document.activeElement.closest('#answer')")


def test_who_writes_on_while_a_query_runs_stays_there(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}sparql.html") as page:
        ask(page, FIGURES)
        page.keyboard.type("#")  # the store is still being loaded
        page.locator("#answer tbody td").first.wait_for(timeout=60_000)
        page.wait_for_timeout(300)
        assert page.evaluate("document.activeElement.className") == "editor"


def test_bounds_of_whole_days_are_shown_as_days(browser: Browser, root: str) -> None:
    moments = [
        ("2025-12-13T00:00:00+14:00", "2025-12-14T23:59:59-12:00"),
        ("2025-12-13T00:00:00+03:00", "2025-12-13T23:59:59+03:00"),
        ("2025-12-13T00:00:00+03:00", "2025-12-13T14:00:00+03:00"),
        ("2025-12-13T00:00:00+03:00", "2025-12-13T23:59:59+01:00"),
    ]
    rows = " ".join(f'("{a}"^^xsd:dateTime "{b}"^^xsd:dateTime)' for a, b in moments)
    with opened(browser, f"{root}sparql.html") as page:
        ask(page, f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {rows} }} }}")
        cells = page.locator("#answer tbody td")
        cells.first.wait_for(timeout=60_000)
        shown = [text.replace("T", " ") for text in cells.all_inner_texts()]
        assert shown[:4] == ["2025-12-13", "2025-12-14", "2025-12-13", "2025-12-13"]
        assert shown[4:] == [text.replace("T", " ") for pair in moments[2:] for text in pair]
        exact = [time.get_attribute("datetime") for time in page.locator("#answer time").all()]
        assert exact == [text for pair in moments[:2] for text in pair]
        titles = [time.get_attribute("title") or "" for time in page.locator("#answer time").all()]
        assert [title.replace(" ", "T") for title in titles] == exact


def test_long_texts_are_wide_and_the_first_column_stays(browser: Browser, root: str) -> None:
    text = "One of the suspects was held for a day after the attack, and then set free. " * 3
    wide = " ".join(f'(CONCAT(STR(?harm), "{text}") AS ?t{n})' for n in range(6))
    with opened(browser, f"{root}sparql.html", viewport={"width": 1000, "height": 700}) as page:
        ask(page, f"SELECT ?harm {wide} {{ VALUES ?harm {{ tmc:killed tmc:injured }} }}")
        first = page.locator("#answer tbody td").first
        first.wait_for(timeout=60_000)
        assert (page.locator("td.long").first.bounding_box() or {})["width"] >= 300
        before = first.bounding_box()
        page.locator(".scroll").evaluate("node => { node.scrollLeft = 300; }")
        assert page.locator(".scroll").evaluate("node => node.scrollLeft") == 300
        assert first.bounding_box() == before
        name, code = first.locator("a"), first.locator("code")
        size = "node => parseFloat(getComputedStyle(node).fontSize)"
        assert code.evaluate(size) < 0.8 * name.evaluate(size)


def test_text_of_others_stays_text(browser: Browser, root: str) -> None:
    bad = "<img src=x onerror=alert(1)>"
    with opened(browser, f"{root}sparql.html") as page:
        ask(page, f'SELECT ("{bad}" AS ?x) (1 AS ?n) {{}}')
        page.get_by_role("button", name="Chart").click(timeout=60_000)
        page.locator(".chart text", has_text="<img").wait_for()
        assert page.locator("#answer img").count() == 0


def test_an_endpoint_needs_no_scripts(browser: Browser, served: str) -> None:
    with opened(browser, f"{served}sparql.html", java_script_enabled=False) as page:
        page.get_by_label("Query").fill(COORDINATES)
        page.get_by_role("button", name="Ask").click()
        page.locator("#answer td", has_text="Palmyra").wait_for()
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        assert Path(download.value.path()).read_bytes().startswith(b"place,lat,long\r\n")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_narrow_windows_and_both_schemes(browser: Browser, root: str, scheme: str) -> None:
    options = {"viewport": {"width": 320, "height": 700}, "color_scheme": scheme}
    with opened(browser, f"{root}sparql.html", **options) as page:
        fits = "document.documentElement.scrollWidth <= innerWidth"
        page.locator("#query").click()
        page.keyboard.press("Control+End")
        page.keyboard.type("\nkill")
        page.locator("[role=option]").first.wait_for()
        assert page.evaluate(fits)
        box = page.locator(".cm-tooltip-autocomplete").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        ink, paper = page.locator(".cm-editor").evaluate(
            "node => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]"
        )
        assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
        assert ink != paper
        # What explains a term would cover the list, and is left out.
        assert page.locator(".cm-completionInfo").filter(visible=True).count() == 0
        page.keyboard.press("Escape")
        ask(page, FIGURES)
        page.get_by_role("button", name="Chart").click(timeout=60_000)
        page.locator(".chart svg").wait_for()
        assert page.evaluate(fits)


def test_screen_readers_find_an_editor_with_a_name(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}sparql.html") as page:
        box = page.get_by_role("textbox", name="SPARQL query")
        assert box.count() == 1
        assert box.get_attribute("aria-multiline") == "true"
        assert page.locator("textarea").is_hidden()
        ask(page, "ASK {}")
        page.locator("#answer", has_text="es").wait_for(timeout=60_000)


def test_what_a_site_says_is_what_its_files_hold(site: str, browser: Browser) -> None:
    with opened(browser, f"{site}terms.json") as page:
        terms = json.loads(page.locator("body").inner_text())
    assert {"class", "property", "code", "incident", "agent"} <= set(terms["kinds"])


def test_many_rows_are_drawn_in_part_and_said_so(browser: Browser, root: str) -> None:
    with opened(browser, f"{root}sparql.html") as page:
        ask(page, "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 6000")
        page.get_by_role("button", name="Chart").click(timeout=60_000)
        most = "1,000" if "/site/" in root else "5,000"
        said = f"Of 6,000 rows, the first {most} are drawn."
        page.get_by_role("status").get_by_text(said).wait_for(timeout=60_000)
