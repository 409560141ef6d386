"""The summary of an incident says of whom, and by whom, something is said, as one would write it by hand."""

from __future__ import annotations

import palmyra
import pytest
from pyoxigraph import NamedNode

import testimonia
from testimonia.catalogue import resources
from testimonia.namespaces import expand
from testimonia.pages.incident_view import IncidentView, incident_view
from testimonia.pages.node_reader import NodeReader
from testimonia.pages.page_renderer import PageRenderer
from testimonia.query.results import Results

PALMYRA = str(expand("event:2025-12-13-palmyra-attack"))
FENASTRAS = str(expand("event:fenastras-bombing"))
SHARED = ("agents.ttl", "events.ttl", "groups.ttl", "places.ttl")


def over(folder: str) -> PageRenderer:
    """Make the renderer of one incident with all its reports."""
    paths = resources.data()
    files = [path for path in paths if path.parent.name == folder or path.name in SHARED]
    dataset = testimonia.open(*files)
    dataset.prepare()
    return PageRenderer(dataset.store)


@pytest.fixture(scope="module")
def fenastras() -> PageRenderer:
    return over("1989-10-31-fenastras")


def view(pages: PageRenderer, iri: str) -> IncidentView:
    return incident_view(NodeReader(pages.store), NamedNode(iri), pages.why)


def test_only_what_is_denied_of_a_name_is_beside_it(fenastras: PageRenderer) -> None:
    # The one denial of the reports: the armed forces say that the armed forces did not do it.
    found = view(fenastras, FENASTRAS)
    answers = {
        each.who.text: [(a.word, a.account.text, [by.text for by in a.by]) for a in each.answers]
        for each in found.accused
    }
    body = "Armed forces of El Salvador"
    assert {name for name, said in answers.items() if said} == {body}
    assert answers[body] == [("denied", f"{body} did it", [body])]
    assert "Alfredo Cristiani" in answers
    # The cells of the accounts say the same, and say where a denial is of what an account implies.
    own = {a.proposition.text for a in found.accounts if any(not v.about for v in a.denied)}
    implied = {v.about.text for a in found.accounts for v in a.denied if v.about}
    assert own == implied == {f"{body} did it"}


def test_the_page_says_who_denies_it(fenastras: PageRenderer) -> None:
    page = fenastras.page(FENASTRAS)
    assert page is not None
    line = next(part for part in page.split("<li>") if ">denied</a> by " in part)
    assert (
        line.count("<bdi>Armed forces of El Salvador</bdi>") == 2
    )  # the accused, and who denies it
    assert page.count(">denied</a> by ") == 1


def test_the_bodies_on_the_cards_are_those_of_the_question(shipped: PageRenderer) -> None:
    rows = palmyra.opened().ask("confirmed-figures", incident=PALMYRA)
    assert isinstance(rows, Results)
    tolls = view(shipped, PALMYRA).tolls
    shown = {(t.harm.iri, t.victims.iri): {body.iri for body, _ in t.bodies} for t in tolls}
    expected: dict[tuple[str, str], set[str]] = {key: set() for key in shown}
    for row in rows:
        if (row.harm, row.victims) in expected and not row.superseded:
            expected[row.harm, row.victims].add(row.body)
    assert shown == expected
    assert any(shown.values())
    assert not all(shown.values())


def test_a_grade_says_what_it_is_about(shipped: PageRenderer, fenastras: PageRenderer) -> None:
    page = " ".join((shipped.page(PALMYRA) or "").split())
    assert 'code/confirmed.html"><bdi>confirmed</bdi></a> (admitted, or own loss)' in page
    assert "confirmed by: no official body</span>" in page
    page = " ".join((fenastras.page(FENASTRAS) or "").split())
    assert page.count('code/contested.html"><bdi>contested</bdi></a> (who did it)') == 5
    # The police said "at least six", which is not the whole range from 6 to 10.
    assert "<bdi>Police of El Salvador, force not stated</bdi></a> (6 or more)" in page
    assert "(People, evidence contested: who did it)" in page


def test_cards_say_that_groups_overlap(fenastras: PageRenderer) -> None:
    # Velasquez, who died of wounds, is one of the people killed.
    found = {(t.harm.text, t.victims.text): t for t in view(fenastras, FENASTRAS).tolls}
    wounds = found["died of wounds", "Febe Elizabeth Velasquez"]
    assert [(who.text, harm and harm.text) for who, harm in wounds.within] == [("People", "killed")]
    assert found["killed", "People"].within == ()
    page = fenastras.page(FENASTRAS) or ""
    assert "Groups overlap; do not add them up." in page


def test_a_wider_group_is_before_its_parts() -> None:
    # The three US nationals were two members of the armed forces and a civilian.
    killed = [t for t in view(over("2025-12-13-palmyra"), PALMYRA).tolls if t.harm.text == "killed"]
    parts = {t.victims.text: [who.text for who, _ in t.within] for t in killed}
    assert parts["Members of the US armed forces"] == parts["Civilians"] == ["US nationals"]
    assert next(iter(parts)) == "US nationals"
