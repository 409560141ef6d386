"""The page of an incident shows what a careful reader would write down by hand."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import palmyra
import pytest
from pyoxigraph import NamedNode

import testimonia
from testimonia.namespaces import TMN, expand
from testimonia.pages import figure_chart, incident_claims
from testimonia.pages.figure_matrix import bounds_text
from testimonia.pages.incident_view import IncidentView, incident_view
from testimonia.pages.node_reader import NodeReader
from testimonia.pages.page_renderer import PageRenderer
from testimonia.query.results import Results

PALMYRA = str(expand("event:2025-12-13-palmyra-attack"))


def view(pages: PageRenderer, iri: str) -> IncidentView:
    return incident_view(NodeReader(pages.store), NamedNode(iri), pages.why)


def only_incident(pages: PageRenderer) -> str:
    """Find the incident of a scenario that most propositions are about."""
    query = """SELECT ?incident WHERE { ?p tmn:about ?incident . ?incident a tmn:Incident }
        GROUP BY ?incident ORDER BY DESC(COUNT(?p)) ?incident LIMIT 1"""
    ((incident,),) = [tuple(row.values()) for row in pages.store.solutions(query, {})]
    assert isinstance(incident, NamedNode)
    return incident.value


def test_the_summary_of_palmyra(shipped: PageRenderer) -> None:
    found = view(shipped, PALMYRA)
    assert [
        (t.harm.text, t.figure, t.victims.text, t.grade and t.grade.text) for t in found.tolls
    ] == [
        ("killed", "2", "Members of the US armed forces", "confirmed"),
        ("killed", "1", "Civilians", "weak"),
        ("killed", "1", "The attacker himself", "weak"),
        ("injured", "2", "Members of the Syrian security forces", "weak"),
        ("injured", "3", "Service members, force not stated", "confirmed"),
    ]
    blamed = {each.who.text: {link.text for link in each.by} for each in found.accused}
    assert blamed["Islamic State (ISIS, Daesh)"] == {"Presidency of the United States"}
    assert blamed["Terrorists, in the plural, not identified"] == {"United States"}
    assert len(blamed["The Palmyra attacker, not named"]) == 4
    assert found.sentence.startswith("Attack near Palmyra, 13 December 2025: killed 2 (Members")


def test_the_summary_says_what_the_question_says(shipped: PageRenderer) -> None:
    rows = palmyra.opened().ask("incident-summary", incident=PALMYRA)
    assert isinstance(rows, Results)
    expected = {
        (
            row.harm,
            row.victims,
            bounds_text(str(row.lowest), str(row.highest)),
            row.grade,
            row.speakers,
        )
        for row in rows
    }
    assert expected == {
        (t.harm.iri, t.victims.iri, t.figure, t.grade and t.grade.iri, t.speakers)
        for t in view(shipped, PALMYRA).tolls
    }


def test_the_figures_of_palmyra_are_side_by_side(shipped: PageRenderer) -> None:
    killed = view(shipped, PALMYRA).matrix[0]
    assert killed.harm.text == "killed"
    rows = {victims.text: (depth, cells) for victims, depth, cells in killed.rows}
    assert rows["Civilian interpreters"][0] == 1  # under the civilians
    names = [speaker.link.text for speaker in killed.speakers]
    by_speaker = dict(zip(names, rows["Members of the US armed forces"][1], strict=True))
    (entry,) = by_speaker["US Central Command"]
    assert (entry.figure, entry.words, entry.superseded, entry.counts) == ("2", "Two", False, True)
    assert [claim.text for claim in entry.claims] == ["US Central Command: two US troops killed"]
    parties = {
        speaker.link.text: speaker.party and speaker.party.text for speaker in killed.speakers
    }
    assert parties["US Central Command"] == "United States"


def test_every_figure_of_the_question_is_in_the_matrix(shipped: PageRenderer) -> None:
    rows = palmyra.opened().ask("figures-by-claimant", incident=PALMYRA)
    assert isinstance(rows, Results)
    shown = {
        claim.iri
        for table in view(shipped, PALMYRA).matrix
        for _, _, cells in table.rows
        for entries in cells
        for entry in entries
        for claim in entry.claims
    }
    assert shown == {row.claim for row in rows}


def test_a_figure_that_was_raised_is_struck_and_drawn(
    scenario: Callable[[str], PageRenderer],
) -> None:
    pages = scenario("upward-series")
    found = view(pages, only_incident(pages))
    entries = [e for t in found.matrix for _, _, cells in t.rows for c in cells for e in c]
    assert {entry.superseded for entry in entries} == {True, False}
    lines = [line for chart in found.charts for line in chart.lines]
    shapes = [[mark.shape for mark in line.marks] for line in lines if len(line.marks) > 1]
    assert shapes
    assert all(shape[0] == "first" for shape in shapes)
    assert any("up" in shape for shape in shapes)
    for line in lines:  # more people are higher up, and later is to the right
        assert [m.x for m in line.marks] == sorted(m.x for m in line.marks)
        for before, mark in zip(line.marks, line.marks[1:], strict=False):
            assert (mark.y < before.y) == (mark.shape == "up")


def test_of_a_large_incident_the_latest_figures_are_drawn(
    scenario: Callable[[str], PageRenderer], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = scenario("upward-series")
    incident = only_incident(pages)
    (whole,) = view(pages, incident).charts
    (most,) = (line.marks for line in whole.lines if len(line.marks) > 1)
    monkeypatch.setattr(incident_claims, "_LARGE", 1)
    monkeypatch.setattr(figure_chart, "_MOST_OF_LARGE", figure_chart._Most(1, 9, 1))
    (chart,) = view(pages, incident).charts
    assert chart.earlier == len(most) - 1 > 0
    assert most[-1] in [mark for line in chart.lines for mark in line.marks]
    page = pages.page(incident) or ""
    noun = "figure" if chart.earlier == 1 else "figures"
    assert f"{chart.earlier} earlier {noun} of these speakers" in page


def test_a_correction_is_no_growth(scenario: Callable[[str], PageRenderer]) -> None:
    pages = scenario("downward-correction")
    found = view(pages, only_incident(pages))
    shapes = {m.shape for chart in found.charts for line in chart.lines for m in line.marks}
    assert "corrected" in shapes


def test_denials_are_beside_what_they_deny(scenario: Callable[[str], PageRenderer]) -> None:
    pages = scenario("denied-and-claimed")
    found = view(pages, only_incident(pages))
    denied = {a.proposition.text: [v.speaker.text for v in a.denied] for a in found.accounts}
    assert any(denied.values())


def test_conflicts_are_those_of_the_question(scenario: Callable[[str], PageRenderer]) -> None:
    for name in (
        "denied-and-claimed",
        "blame-and-ties",
        "zero-beside-silence",
        "two-officials-differ",
    ):
        pages = scenario(name)
        incident = only_incident(pages)
        dataset = testimonia.open(f"tests/scenarios/{name}/data.ttl")
        rows = dataset.ask("contradictions", incident=incident)
        assert isinstance(rows, Results)
        expected = {frozenset((row.proposition, row.otherProposition)) for row in rows}
        found = [each for topic in view(pages, incident).disputes for each in topic.disputes]
        conflicts = [d for d in found if "questioned" not in {side.manner for side in d.sides}]
        assert {frozenset(s.proposition.iri for s in d.sides) for d in conflicts} == expected
        assert all(dispute.reason.strip() for dispute in found)


@pytest.mark.parametrize("name", ["retraction", "turned-round", "zero-beside-silence"])
def test_what_is_only_questioned_is_a_dispute_too(
    scenario: Callable[[str], PageRenderer], name: str
) -> None:
    pages = scenario(name)
    incident = only_incident(pages)
    rows = testimonia.open(f"tests/scenarios/{name}/data.ttl").ask("disputes", incident=incident)
    assert isinstance(rows, Results)
    found = [each for topic in view(pages, incident).disputes for each in topic.disputes]
    questioned = [d for d in found if "questioned" in {side.manner for side in d.sides}]
    assert questioned
    assert all("without denying it" in dispute.reason for dispute in questioned)
    assert "questioned:" in (pages.page(incident) or "")
    shown = {c.iri for d in found for side in d.sides for _, said in side.voices for c in said}
    assert {claim for row in rows for claim in (row.claim, row.otherClaim)} <= shown
    assert any("questioned" in row.how for row in rows)


def test_an_incident_includes_its_parts(shipped: PageRenderer) -> None:
    reader = NodeReader(shipped.store)
    parts = reader.subjects(NamedNode(PALMYRA), TMN.partOf)
    assert {link.iri for link in view(shipped, PALMYRA).parts} == {n.value for n in parts}


class Outline(HTMLParser):
    """The tags of a page, and the targets of links."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(  # noqa: D102
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.links += [str(values["href"])] if tag == "a" and "href" in values else []
        self.ids += [str(values["id"])] if "id" in values else []
        self.inline += [n for n in values if n.startswith("on") or n == "style"]


def test_the_page_is_well_made(shipped: PageRenderer) -> None:
    page = shipped.page(PALMYRA)
    assert page is not None
    outline = Outline()
    outline.feed(page)
    assert outline.tags.count("h1") == 1
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.inline == []  # the content security policy forbids them
    assert outline.tags.count("script") == 1  # that of the names, which no reader needs
    inner = [link[1:] for link in outline.links if link.startswith("#")]
    assert set(inner) <= set(outline.ids)
    assert len(page) < 100_000


def test_labels_are_in_the_language_of_the_reader(shipped: PageRenderer) -> None:
    page = shipped.page(PALMYRA, ("ar",))
    assert page is not None
    label = testimonia.open().label("tmc:shooting", language="ar")
    assert f'lang="ar" dir="rtl"><bdi>{label}</bdi>' in page
