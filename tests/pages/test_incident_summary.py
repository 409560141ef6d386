"""The summary of an incident says of whom, and by whom, something is said, as one would write it by hand."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode

import testimonia
from testimonia.catalogue import resources
from testimonia.namespaces import expand
from testimonia.pages.incident_view import IncidentView, incident_view
from testimonia.pages.node_reader import NodeReader
from testimonia.pages.page_renderer import PageRenderer

FENASTRAS = str(expand("event:fenastras-bombing"))
SHARED = ("agents.ttl", "events.ttl", "groups.ttl", "places.ttl")


@pytest.fixture(scope="module")
def fenastras() -> PageRenderer:
    files = [
        path
        for path in resources.data()
        if path.parent.name == "1989-10-31-fenastras" or path.name in SHARED
    ]
    dataset = testimonia.open(*files)
    dataset.prepare()
    return PageRenderer(dataset.store)


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
