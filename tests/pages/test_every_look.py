"""Every kind of page in every look: three widths, both colour schemes, with and without scripts.

Nothing may go wrong in the browser, nothing may be wider than the window, and neither axe nor the Nu checker may find
anything. With ``TESTIMONIA_SCREENSHOTS`` set to a folder, what a reader sees is written there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import palmyra
import pytest
from desk_browser import found_browser, launched
from endpoints import endpoint
from file_server import served
from page_checkers import found_by_axe, found_by_nu, missing
from playwright.sync_api import Browser, BrowserContext, Page

from testimonia.namespaces import expand
from testimonia.pages.addresses import path_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(found_browser() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]

WIDTHS: Final = (320, 768, 1280)
LOOKS: Final = [(scheme, scripts) for scheme in ("light", "dark") for scripts in (True, False)]
SHOTS: Final = os.environ.get("TESTIMONIA_SCREENSHOTS")


def _of(curie: str) -> str:
    return f"{path_of(str(expand(curie)))}.html"


KINDS: Final = {
    "home": "index.html",
    "search": "search.html",
    "questions": "questions.html",
    "question": "questions/confirmed-figures.html",
    "editor": "sparql.html",
    "data": "data/index.html",
    "ontology": "ns.html",
    "incident": _of("event:2025-12-13-palmyra-attack"),
    "event": _of("event:2025-12-14-palmyra-arrests"),
    "claim": _of("claim:damascus-19-three-us-troops-injured"),
    "agent": _of("agent:us-central-command"),
    "document": _of("doc:palmyra-damascus"),
    "passage": _of("doc:palmyra-damascus#char=2769,2844"),
    "place": _of("place:palmyra"),
    "proposition": _of("prop:one-interpreter-killed"),
    "group": _of("group:civilians"),
    "assessment": "id/assessment/two-independent-origins/2a015bf112a904ea.html",
    "term": _of("tmn:Claim"),
    "property": _of("tmn:conflictsWith"),
    "code": _of("tmc:killed"),
    "code list": _of("tmc:harm"),
}
"""The pages of a site."""
OF_THE_SERVER: Final = {
    "home of the server": "",
    "question asked": "questions/figures-by-claimant?incident=event:2025-12-13-palmyra-attack",
    "question to fill in": "questions/claim-provenance",
    "editor of the server": "sparql",
    "answer of the editor": "sparql?format=html&query=SELECT+%2A+%7B+%3Fs+tmn%3Astance+%3Fo+%7D+LIMIT+9",
    "data of the server": "data/index.html",
    "incident in Arabic": f"{KINDS['incident']}?lang=ar",
}
"""The pages that a server has for itself, or in another language."""


@dataclass(frozen=True)
class Reader:
    """A browser with a context for each look."""

    contexts: dict[tuple[str, bool], BrowserContext]

    def check(self, name: str, address: str) -> list[str]:
        """List what is wrong with a page, in any look."""
        wrong: list[str] = []

        def note(event: object) -> None:
            wrong.append(str(event))

        for (scheme, scripts), context in self.contexts.items():
            page = context.new_page()
            look = f"{scheme}, {'with' if scripts else 'without'} scripts"
            page.on("pageerror", note)
            page.on("console", note)
            answer = page.goto(address, wait_until="load")
            assert answer is not None
            assert answer.status == 200, address
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                # Axe itself is a script. What it reads is the same without those of the page.
                found = layout(page) + (found_by_axe(page) if scripts else [])
                wrong += [f"{look}, {width} wide: {each}" for each in found]
                shoot(page, f"{name}-{width}-{scheme}{'' if scripts else '-without-scripts'}")
            page.close()
        return wrong


def layout(page: Page) -> list[str]:
    """List what is wrong with how a page is laid out."""
    wrong = []
    if page.locator("h1").count() != 1:
        wrong.append("it has not one heading")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*wrong, f"it is {wide} too wide"] if wide > 0 else wrong


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        path = Path(SHOTS) / f"{name.replace(' ', '-')}.png"
        page.screenshot(path=path, full_page=True)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with launched() as browser:
        yield Reader({look: _context(browser, *look) for look in LOOKS})


def _context(browser: Browser, scheme: str, scripts: bool) -> BrowserContext:
    return browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
        viewport={"width": WIDTHS[0], "height": 900},
        reduced_motion="reduce",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return palmyra.opened().write_site(tmp_path_factory.mktemp("made") / "site").folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    with served(folder) as address:
        yield address


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    files = map(str, palmyra.FILES)
    with endpoint(tmp_path_factory.mktemp("endpoint"), *files) as running:
        yield running.root


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_a_site(reader: Reader, site: str, kind: str) -> None:
    assert reader.check(kind, site + KINDS[kind]) == []


@pytest.mark.parametrize("kind", OF_THE_SERVER)
def test_pages_of_a_server(reader: Reader, server: str, kind: str) -> None:
    assert reader.check(kind, server + OF_THE_SERVER[kind]) == []


def test_pages_are_valid_html(folder: Path, server: str, tmp_path: Path) -> None:
    for name, path in OF_THE_SERVER.items():
        answer = httpx.get(server + path, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == 200
        (tmp_path / f"{name}.html").write_bytes(answer.content)
    missing_page = httpx.get(f"{server}id/nothing", headers={"Accept": "text/html"})
    assert missing_page.status_code == 404
    (tmp_path / "missing.html").write_bytes(missing_page.content)
    kinds = {folder / path.partition("?")[0] for path in KINDS.values()}
    # Of the others, most of which are codes and terms, every tenth: the checker takes a while for each.
    others = sorted(set(folder.rglob("*.html")) - kinds)[::10]
    assert len(others) > 100
    pages = [folder / "style.css", *sorted(kinds), *others, *sorted(tmp_path.iterdir())]
    assert found_by_nu(pages) == []


def test_the_checkers_find_what_is_wrong(reader: Reader, tmp_path: Path) -> None:
    text = '<!doctype html><html><title>x</title><img src="data:,"><p style="color: #eee">pale</p>'
    (tmp_path / "bad.html").write_text(text, "utf-8")
    page = reader.contexts["light", True].new_page()
    page.goto((tmp_path / "bad.html").as_uri())
    found = "\n".join(found_by_axe(page))
    assert "image-alt" in found
    assert "color-contrast" in found
    assert "html-has-lang" in found
    assert any("alt" in each for each in found_by_nu([tmp_path / "bad.html"]))
