"""A reader gets from a document, a passage and a claim to the report itself, if it has an address that can be followed."""

from __future__ import annotations

from pathlib import Path

import pytest

import testimonia
from testimonia.namespaces import expand
from testimonia.pages.page_renderer import PageRenderer
from testimonia.pages.report_line import web_address

REPORT = """
@prefix x: <https://example.org/> .
x:report a tmn:Document ; rdfs:label "Report" ; dcterms:identifier "A 7" , "{address}" ;
    dcterms:language "fr" ; tmn:published x:day .
x:day a tmn:TimeBounds ; tmn:notBefore "2025-12-13T00:00:00Z"^^xsd:dateTime ;
    tmn:notAfter "2025-12-13T23:59:59Z"^^xsd:dateTime .
<https://example.org/report#char=0,4> a tmn:Passage ; oa:hasSource x:report .
"""
LINK = (
    '<a href="https://news.example/a?b=1&amp;c=2" rel="external nofollow noreferrer" hreflang="fr">'
)


def page(folder: Path, address: str, iri: str = "https://example.org/report") -> str:
    path = folder / "report.ttl"
    names = ("tmn", "rdfs", "dcterms", "xsd", "oa")
    prefixes = "".join(f"@prefix {n}: <{testimonia.namespaces.PREFIXES[n]}> .\n" for n in names)
    path.write_text(prefixes + REPORT.replace("{address}", address))
    return PageRenderer(testimonia.open(path).store).page(iri) or ""


def test_a_document_leads_to_the_report(tmp_path: Path) -> None:
    for iri in ("https://example.org/report", "https://example.org/report#char=0,4"):
        found = page(tmp_path, "https://news.example/a?b=1&c=2", iri)
        line = found[found.index('<p class="report">') :].partition("</p>")[0]
        assert f"Read the report: {LINK}" in line
        assert "13 December 2025</span>" in line
        assert "language: fr" in line
    below = found.index("</h1>") < found.index('<p class="report">') < found.index("<h2>")
    assert below


@pytest.mark.parametrize(
    "odd",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https:/x",
        "https://",
        "https://a b/",
        "//example.org/",
        "http://[x",
        "DEV-MUC3-0106",
    ],
)
def test_what_is_no_address_is_no_link(tmp_path: Path, odd: str) -> None:
    assert web_address(odd) == ""
    found = page(tmp_path, odd)
    line = found[found.index('<p class="report">') :].partition("</p>")[0]
    assert "Report <bdi>" in line
    assert "<a" not in line


def test_a_claim_leads_to_its_document(shipped: PageRenderer) -> None:
    found = shipped.page(str(expand("claim:damascus-19-three-us-troops-injured"))) or ""
    link = '<p class="report">Stated in: <a href="../document/palmyra-damascus.html">'
    assert found.index("</h1>") < found.index(link) < found.index("<h2>")
