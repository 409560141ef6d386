"""The page of an incident with many claims stays small enough for a phone, and says what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import RdfFormat, parse

from testimonia.namespaces import PREFIXES
from testimonia.pages.page_renderer import PageRenderer
from testimonia.query.store import Store

EVENT = "https://example.org/event/flood"
SPEAKERS, FIGURES, NEAR = 30, 20, 60


def lines(claims: int) -> Iterator[str]:
    """Write claims of thirty speakers, each in conflict with some of the others."""
    for name, space in PREFIXES.items():
        yield f"@prefix {name}: <{space}> ."
    yield "@prefix x: <https://example.org/> ."
    yield f"<{EVENT}> a tmn:Incident ; rdfs:label 'Flood' ."
    yield "x:people a tmn:VictimGroup ; rdfs:label 'People' ."
    yield "tmn:Incident rdfs:subClassOf tmn:Event ."
    for n in range(SPEAKERS):
        yield f"x:body{n} a tmn:Agent ; rdfs:label 'Ministry of matter {n}' ."
    for n in range(FIGURES):
        yield f"x:figure{n} a tmn:CasualtyProposition ; tmn:about <{EVENT}> ; tmn:harm tmc:killed ;"
        yield f"  tmn:victims x:people ; tmn:lowerBound {n} ; tmn:upperBound {n} ."
    for n in range(claims):
        yield f"x:claim{n} a tmn:Claim ; rdfs:label 'Ministry {n % SPEAKERS}: {n % FIGURES} people killed' ;"
        yield f"  tmn:claimant x:body{n % SPEAKERS} ; tmn:proposition x:figure{n % FIGURES} ; tmn:stance tmc:asserts ."
        near = range(max(n % 3, n - NEAR), min(claims, n + NEAR + 1), 3)
        rivals = [m for m in near if m % FIGURES != n % FIGURES]
        if rivals:
            yield f"x:claim{n} tmn:conflictsWith {', '.join(f'x:claim{m}' for m in rivals)} ."


def page_of(claims: int) -> str:
    store = Store()
    store.load(parse("\n".join(lines(claims)), RdfFormat.TURTLE))
    page = PageRenderer(store).page(EVENT)
    assert page is not None
    return page


@pytest.fixture(scope="module")
def large() -> str:
    return page_of(1000)


def test_it_is_small(large: str) -> None:
    assert "1000 claims of 30 speakers" in large
    assert len(large.encode()) < 100_000


def test_it_says_what_is_left_out(large: str) -> None:
    assert "and 22 more speakers: " in large  # of thirty in the table, eight are shown
    # Statements differ in 20 * 19 / 2 = 190 ways, of which 15 are listed.
    assert "and 175 more: " in large
    assert large.count('<div class="side">') == 2 * 15


def test_of_a_smaller_one_all_is_shown() -> None:
    page = page_of(90)
    assert "more speakers: " not in page
    assert page.count('scope="col"') == 1 + SPEAKERS
    assert page.count('<div class="side">') == 2 * 25
