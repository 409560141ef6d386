"""The home page begins with the incidents that reports are about."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import httpx
import palmyra
import pytest
from endpoints import endpoint
from pyoxigraph import RdfFormat, parse

from testimonia.namespaces import PREFIXES, expand
from testimonia.pages.home_incidents import HomeIncident, described_incidents
from testimonia.pages.page_renderer import PageRenderer
from testimonia.query.store import Store

PALMYRA = HomeIncident(
    str(expand("event:2025-12-13-palmyra-attack")),
    "Attack near Palmyra, 13 December 2025",
    "id/event/2025-12-13-palmyra-attack.html",
    "13 December 2025",
    reports=2,
    claims=41,
    killed="2 (Members of the US armed forces) and other groups",
)
REPORTS = """
@prefix x: <https://example.org/> .
x:a a tmn:Incident . x:b a tmn:Incident . x:c a tmn:Incident .
x:pa tmn:about x:a . x:pb tmn:about x:b .
x:c1 tmn:statedIn x:one ; tmn:proposition x:pa . x:c2 tmn:statedIn x:one ; tmn:proposition x:pa .
x:c3 tmn:statedIn x:one ; tmn:proposition x:pb .
x:c4 tmn:statedIn x:two ; tmn:proposition x:pa .
"""


def listed(text: str) -> list[tuple[str, int, int]]:
    prefix = f"@prefix tmn: <{PREFIXES['tmn']}> .\n"
    store = Store()
    store.load(parse(prefix + text, RdfFormat.TURTLE))
    found = described_incidents(store)
    return [(each.iri.rpartition("/")[2], each.reports, each.claims) for each in found]


def test_palmyra_is_described_by_its_two_reports(shipped: PageRenderer) -> None:
    assert described_incidents(shipped.store) == [PALMYRA]


def test_a_report_is_about_what_most_of_its_claims_are_about() -> None:
    assert listed(REPORTS) == [("a", 2, 3)]
    # Where none has several reports, those with one are listed: not b, which the report only mentions.
    assert listed(REPORTS.replace("x:two", "x:one")) == [("a", 1, 3)]
    assert listed("") == []


def check(home: str) -> None:
    first, _, others = unescape(home).partition("<h2>Other events</h2>")
    assert f'{PALMYRA.href}"><bdi>{PALMYRA.label}</bdi></a>' in first
    assert f"2 reports, {PALMYRA.claims} claims; killed: <bdi>{PALMYRA.killed}</bdi>" in first
    assert PALMYRA.href not in others
    assert "search.html" in first
    assert 'name="q"' in first


@pytest.mark.slow
def test_a_site_and_a_server_begin_with_it(tmp_path: Path) -> None:
    site = palmyra.opened().write_site(tmp_path / "site")
    check((site.folder / "index.html").read_text(encoding="utf-8"))
    with endpoint(tmp_path, *map(str, palmyra.FILES)) as running:
        check(httpx.get(running.root, timeout=60).text)
