"""Text from outside is never markup, and an odd IRI is never a link."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

import testimonia
from testimonia.pages.licence_notice import Notice, notice
from testimonia.pages.page_renderer import PageRenderer

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe",
    "]]>&lt;b&gt;",
]
ODD = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,<script>alert(1)</script>".replace("<", "%3C").replace(">", "%3E"),
    "vbscript:x",
    "file:///etc/passwd",
    "https://example.org/?a=1&b='onclick='x",
    "https://example.org/%22%3E%3Cscript%3E",
]
SOURCE = Path(__file__).parents[2] / "data/incidents/2025-12-13-palmyra/claims.ttl"


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.targets: set[str] = set()

    def handle_starttag(  # noqa: D102
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.targets |= {str(value) for name, value in attrs if name in ("href", "src", "action")}


def poisoned(directory: Path) -> list[Path]:
    """Copy the shipped claims with every text made hostile, and add odd IRIs to all things."""
    see = NamedNode("http://www.w3.org/2000/01/rdf-schema#seeAlso")
    quads = []
    for index, quad in enumerate(parse(path=str(SOURCE), format=RdfFormat.TURTLE)):
        value = quad.object
        if isinstance(value, Literal) and (
            value.language or value.datatype.value.endswith("string")
        ):
            text = NASTY[index % len(NASTY)] + value.value
            value = Literal(text, language="ar" if index % 3 else "en")
        quads.append(Quad(quad.subject, quad.predicate, value))
        quads.append(Quad(quad.subject, see, NamedNode(ODD[index % len(ODD)])))
    path = directory / "claims.nq"
    path.write_text("".join(f"{quad} .\n" for quad in quads), "utf-8")
    shipped = Path(testimonia.open().files[0]).parents[0]
    others = [p for p in testimonia.open().files if p.name != "claims.ttl"]
    assert shipped.exists()
    return [path, *others]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> PageRenderer:
    dataset = testimonia.open(*poisoned(tmp_path_factory.mktemp("poisoned")))
    dataset.prepare()
    return PageRenderer(dataset.store, Notice("<b>title</b>", "https://example.org/\"'", "<i>"))


def test_hostile_text_stays_text(pages: PageRenderer) -> None:
    subjects = {
        row["s"].value  # type: ignore[union-attr]
        for row in pages.store.solutions("SELECT DISTINCT ?s { ?s rdfs:seeAlso ?o }", {})
    }
    subjects.add("https://w3id.org/testimonia/id/event/2025-12-13-palmyra-attack")
    assert len(subjects) > 150
    for iri in subjects:
        page = pages.page(iri)
        assert page is not None
        seen = Seen()
        seen.feed(page)
        assert seen.tags.isdisjoint({"img", "b" if "event" not in iri else "img", "iframe"})
        assert page.count("<script") == 1  # our own, for the names in other languages
        assert not [name for name in seen.attributes if name.startswith("on") or name == "style"]
        assert not [
            t for t in seen.targets if re.match(r"(?i)\s*(javascript|data|vbscript|file):(?!,)", t)
        ]
        assert "49" not in re.findall(r"\{\{ 7 \* 7 \}\}|\b49\b", page)
        assert "\u202e" not in page


def test_the_search_index_is_json_and_its_page_has_no_markup(pages: PageRenderer) -> None:
    seen = Seen()
    seen.feed(pages.search_page())
    assert "img" not in seen.tags
    assert b"<script>alert(1)" in pages.search_index()  # as data: the script sets text only


def test_a_licence_is_a_link_only_if_it_is_an_address() -> None:
    assert notice({"license": "<javascript:alert(1)>"}).licence == ""
    assert notice({"license": "<https://example.org/l>"}).licence == "https://example.org/l"
    assert notice({"title": '"<b>"@en'}).title == "<b>"
