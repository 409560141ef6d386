"""Wrong edits of the incident of two reports, each of which is found by the shape that is about it.

Each edit is made to a copy of the data that is moved to identifiers of its own, so that several copies
are validated in one run. What is found in a copy beyond what is found in the data as shipped must be just
what the table says. What no shape can find is listed in docs/decisions/0005-what-shapes-hold.md.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import NamedTuple

import palmyra
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from testimonia import validation
from testimonia.catalogue import resources
from testimonia.namespaces import IDENTIFIER, PREFIXES, shorten
from testimonia.rdf import files
from testimonia.shacl.data.dictionary import Term

TOGETHER = 8  # copies that are validated in one run


class Edit(NamedTuple):
    """Statements removed from the data and added, in Turtle, and the shapes that must report them."""

    name: str
    out: str
    put_in: str
    shapes: str


CENTCOM = """
claim:x a tmn:Claim ; tmn:claimant agent:us-central-command ; tmn:onBehalfOf agent:us-central-command ;
    tmn:statedIn doc:palmyra-istanbul ; tmn:voice tmc:indirect-report ; tmn:certainty tmc:unhedged ;
    tmn:passage <https://w3id.org/testimonia/id/document/palmyra-istanbul#char=1465,1613> ;
"""
TROOPS = "claim:istanbul-10-two-us-troops-killed"
TWO = "prop:two-us-troops-killed"
SATURDAY = "bounds:2025-12-13-saturday"
DAYS = "bounds:2025-12-days-after-the-attack"
PARNELL = "claim:damascus-18-us-soldiers-meeting-leaders"
PIGOTT = "claim:damascus-09-pigott-syria-to-destroy-islamic-state"
SHIBANI = "claim:damascus-09-shibani-syria-to-destroy-islamic-state"

EDITS = [
    # Unnamed sources
    Edit(
        "an unnamed source matched with a spokesman",
        "",
        "agent:palmyra-pentagon-official skos:exactMatch agent:sean-parnell .",
        "UnnamedSource-match",
    ),
    Edit(
        "a spokesman matched with an unnamed source",
        "",
        "agent:sean-parnell skos:closeMatch agent:palmyra-pentagon-official .",
        "UnnamedSource-match",
    ),
    # Parts and wholes, groups
    Edit(
        "soldiers as a part of the civilians",
        "",
        f"{TWO} tmn:subsetOf prop:one-civilian-killed .",
        "CountProposition-subsetOf-bounds CountProposition-subsetOf-people",
    ),
    Edit(
        "civilians as a part of the soldiers",
        "",
        f"prop:one-civilian-killed tmn:subsetOf {TWO} .",
        "CountProposition-subsetOf-people",
    ),
    Edit(
        "a total of soldiers that adds up civilians",
        "",
        f"{TWO} tmn:aggregates prop:one-civilian-killed .",
        "CountProposition-aggregates-people",
    ),
    Edit(
        "a group of soldiers and civilians",
        "",
        "group:us-troops tmn:category tmc:civilian .",
        "PersonGroup-category-apart",
    ),
    Edit(
        "nationals of an armed group",
        "",
        "group:civilians tmn:nationality agent:islamic-state .",
        "PersonGroup-nationality-kind",
    ),
    Edit(
        "nationals of a command",
        "",
        "group:civilians tmn:nationality agent:us-central-command .",
        "PersonGroup-nationality-state",
    ),
    # Order of claims
    Edit(
        "a retraction before what it takes back",
        "",
        CENTCOM + f"tmn:stance tmc:retracts ; tmn:statedAt bounds:2019 ; tmn:proposition {TWO} .",
        "Claim-retracts-order Claim-statedAt-event",
    ),
    Edit(
        "a retraction of what its speaker never said",
        f"{PARNELL} tmn:stance tmc:asserts .",
        f"{PARNELL} tmn:stance tmc:retracts .",
        "Claim-retracts-something",
    ),
    Edit(
        "a correction before what it corrects",
        "",
        CENTCOM + "tmn:stance tmc:asserts ; tmn:statedAt bounds:2019 ; tmn:corrects"
        " claim:istanbul-10-three-service-members-injured ; tmn:proposition prop:three-us-troops-injured .",
        "Claim-corrects-order Claim-statedAt-event",
    ),
    Edit(
        "a disowning before what it disowns",
        f"{PARNELL} tmn:statedAt {DAYS} .",
        f"{PARNELL} tmn:statedAt bounds:2019 ; tmn:disowns claim:q . claim:q a tmn:Claim ; rdfs:label"
        " 'q'@en ; tmn:claimant agent:sean-parnell ; tmn:statedIn doc:palmyra-istanbul ; tmn:passage"
        " <https://w3id.org/testimonia/id/document/palmyra-istanbul#char=1465,1613> ; tmn:voice"
        f" tmc:indirect-report ; tmn:stance tmc:asserts ; tmn:statedAt {DAYS} ; tmn:proposition {TWO} .",
        "Claim-disowns-order Claim-post-time",
    ),
    Edit(
        "a relay before what it passes on",
        f"{PIGOTT} tmn:statedAt bounds:2025-12-after-the-call .",
        f"{PIGOTT} tmn:statedAt bounds:2019 .",
        "Claim-reportsClaim-order Claim-post-time",
    ),
    Edit(
        "a place that corrects a figure",
        "",
        CENTCOM + f"tmn:stance tmc:asserts ; tmn:statedAt {DAYS} ; tmn:corrects {TROOPS} ;"
        " tmn:proposition prop:attack-near-palmyra .",
        "Claim-corrects-kind",
    ),
    Edit(
        "a figure that corrects one of another event",
        "",
        CENTCOM + f"tmn:stance tmc:asserts ; tmn:statedAt {DAYS} ; tmn:corrects {TROOPS} ;"
        " tmn:proposition prop:case . prop:case a tmn:CasualtyProposition ; tmn:about event:idlib-attack ;"
        " tmn:gloss 'Three members of the US armed forces lost their lives.'@en ; tmn:harm tmc:killed ;"
        " tmn:victims group:us-troops ; tmn:boundType tmc:exact ; tmn:lowerBound"
        " '3'^^xsd:nonNegativeInteger ; tmn:upperBound '3'^^xsd:nonNegativeInteger .",
        "Claim-corrects-event",
    ),
    # Yes and no at once, twice the same, relays
    Edit(
        "a body that denies its own figure",
        "",
        CENTCOM + f"tmn:stance tmc:denies ; tmn:statedAt {DAYS} ; tmn:proposition {TWO} .",
        "Claim-denies-own",
    ),
    Edit(
        "the same claim twice",
        "",
        CENTCOM + f"tmn:stance tmc:asserts ; tmn:statedAt {DAYS} ; tmn:proposition {TWO} .",
        "Claim-twin",
    ),
    Edit(
        "two figures of one content",
        f"{TROOPS} tmn:proposition {TWO} .",
        f"{TROOPS} tmn:proposition prop:twin . prop:twin a tmn:CasualtyProposition ; tmn:about"
        " event:2025-12-13-palmyra-attack ; tmn:gloss 'Two US soldiers are dead.'@en ; tmn:harm"
        " tmc:killed ; tmn:victims group:us-troops ; tmn:boundType tmc:exact ; tmn:lowerBound"
        " '2'^^xsd:nonNegativeInteger ; tmn:upperBound '2'^^xsd:nonNegativeInteger .",
        "CountProposition-twin",
    ),
    Edit(
        "two accounts of one culprit",
        "claim:damascus-21-attacker-responsible tmn:proposition prop:attacker-responsible .",
        "claim:damascus-21-attacker-responsible tmn:proposition prop:twin . prop:twin a"
        " tmn:ResponsibilityProposition ; tmn:about event:2025-12-13-palmyra-attack ; tmn:gloss"
        " 'Islamic State carried it out.'@en ; tmn:perpetrator agent:islamic-state .",
        "Proposition-twin",
    ),
    Edit(
        "a proposition that nobody claims",
        "",
        "prop:orphan a tmn:OccurrenceProposition ; tmn:about event:idlib-attack ; tmn:gloss 'Nobody says"
        " that this took place.'@en .",
        "Proposition-claimed",
    ),
    Edit(
        "a relay of two statements at once",
        "",
        f"{PIGOTT} tmn:reportsClaim claim:damascus-09-shibani-condolences .",
        "Claim-reportsClaim-proposition",
    ),
    Edit(
        "a relay of another statement",
        f"{PIGOTT} tmn:reportsClaim {SHIBANI} .",
        f"{PIGOTT} tmn:reportsClaim claim:damascus-10-syria-in-solidarity .",
        "Claim-reportsClaim-proposition",
    ),
    Edit(
        "a confirmation of what nobody said",
        f"{TROOPS} tmn:stance tmc:asserts .",
        f"{TROOPS} tmn:stance tmc:confirms .",
        "Claim-confirms-something",
    ),
    # Figures
    Edit(
        "twelve for two",
        f'{TROOPS} tmn:verbatimQuantity "Two" .',
        f'{TROOPS} tmn:verbatimQuantity "twelve" .',
        "Claim-verbatimQuantity",
    ),
    Edit(
        "dozens for two",
        f'{TROOPS} tmn:verbatimQuantity "Two" .',
        f'{TROOPS} tmn:verbatimQuantity "dozens of" .',
        "Claim-verbatimQuantity",
    ),
    Edit(
        "about two is exactly two",
        f"{TWO} tmn:boundType tmc:exact .",
        f"{TWO} tmn:boundType tmc:approximately .",
        "CountProposition-approximately",
    ),
    Edit(
        "about two and any number more",
        f'{TWO} tmn:boundType tmc:exact ; tmn:upperBound "2"^^xsd:nonNegativeInteger .',
        f"{TWO} tmn:boundType tmc:approximately .",
        "CountProposition-approximately-both",
    ),
    Edit(
        "at least none",
        'prop:more-than-seventy-detained tmn:lowerBound "71"^^xsd:nonNegativeInteger .',
        'prop:more-than-seventy-detained tmn:lowerBound "0"^^xsd:nonNegativeInteger .',
        "CountProposition-empty Claim-verbatimQuantity",
    ),
    Edit(
        "a figure about two events",
        "",
        f"{TWO} tmn:about event:idlib-attack .",
        "CountProposition-about",
    ),
    # Offices
    Edit(
        "the post of somebody else",
        f"{PARNELL} tmn:claimant agent:sean-parnell .",
        f"{PARNELL} tmn:claimant agent:noureddine-al-baba .",
        "Claim-post-held",
    ),
    Edit(
        "a spokesman of another body",
        f"{PARNELL} tmn:inCapacityOf post:pentagon-spokesman ; tmn:onBehalfOf agent:us-department-of-defense .",
        f"{PARNELL} tmn:onBehalfOf agent:islamic-state .",
        "Claim-body-of-claimant",
    ),
    Edit(
        "a command that speaks for a foreign ministry",
        f"{TROOPS} tmn:onBehalfOf agent:us-central-command .",
        f"{TROOPS} tmn:onBehalfOf agent:syrian-foreign-ministry .",
        "Claim-body-of-organisation",
    ),
    Edit(
        "a post held years before",
        "membership:sean-parnell-pentagon-spokesman tmn:during bounds:2025-12-in-office .",
        "membership:sean-parnell-pentagon-spokesman tmn:during bounds:2019 .",
        "Claim-post-time",
    ),
    # Times and languages
    Edit(
        "a statement years before its event",
        f"{TROOPS} tmn:statedAt {DAYS} .",
        f"{TROOPS} tmn:statedAt bounds:2019 .",
        "Claim-statedAt-event",
    ),
    Edit(
        "a figure as of years before its event",
        "",
        f"{TROOPS} tmn:asOf bounds:2019 .",
        "Claim-asOf-event",
    ),
    Edit(
        "a month that does not exist",
        f'{SATURDAY} tmn:edtf "2025-12-13" .',
        f'{SATURDAY} tmn:edtf "2025-13-45" .',
        "TimeBounds-edtf",
    ),
    Edit(
        "a time zone in which nothing is written",
        f'{SATURDAY} tmn:timeZone "+03:00" .',
        f'{SATURDAY} tmn:timeZone "-08:00" .',
        "TimeBounds-timeZone",
    ),
    Edit(
        "a time zone that does not exist",
        f'{SATURDAY} tmn:timeZone "+03:00" .',
        f'{SATURDAY} tmn:timeZone "Asia/Palmyra" .',
        "TimeBounds-timeZone",
    ),
    Edit(
        "an offset beyond any",
        f'{SATURDAY} tmn:timeZone "+03:00" .',
        f'{SATURDAY} tmn:timeZone "+26:00" .',
        "TimeBounds-timeZone",
    ),
    Edit(
        "a language in words",
        'doc:palmyra-damascus dcterms:language "en" .',
        'doc:palmyra-damascus dcterms:language "English (US)" .',
        "Document-language",
    ),
    Edit(
        "a label without a language",
        'event:idlib-attack rdfs:label "Shooting of road security members in Idlib province"@en .',
        'event:idlib-attack rdfs:label "Shooting" .',
        "Label",
    ),
]


def statements(turtle: str) -> set[Quad]:
    declared = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    return set(parse(declared + turtle, RdfFormat.TURTLE))


@cache
def shipped() -> frozenset[Quad]:
    return frozenset(files.read(palmyra.FILES))


def moved(quads: set[Quad], number: int) -> list[Quad]:
    """Move a copy to identifiers of its own; codes and terms stay."""
    home = f"{IDENTIFIER}{number}-/"

    def move(term: Term) -> Term:
        if isinstance(term, NamedNode) and term.value.startswith(IDENTIFIER):
            return NamedNode(home + term.value.removeprefix(IDENTIFIER))
        return term

    return [Quad(move(quad.subject), quad.predicate, move(quad.object)) for quad in quads]


@cache
def found() -> dict[int, Counter[tuple[str, str]]]:
    """Validate all copies, including the data as shipped; return the findings in each."""
    copies = [set(shipped())]
    for edit in EDITS:
        out, put_in = statements(edit.out), statements(edit.put_in)
        assert out <= shipped(), edit.name
        copies.append((set(shipped()) - out) | put_in)
    ontology = list(files.read(resources.ontology()))
    results: dict[int, Counter[tuple[str, str]]] = {n: Counter() for n in range(len(copies))}
    for first in range(0, len(copies), TOGETHER):
        numbers = range(first, min(first + TOGETHER, len(copies)))
        data = [quad for number in numbers for quad in moved(copies[number], number)]
        report = validation.check(data, ontology=ontology, shapes=resources.shapes())
        assert not report.coverage.unchecked
        for finding in report.findings:
            number, _, rest = finding.focus.value.removeprefix(IDENTIFIER).partition("-/")
            results[int(number)][shorten(finding.shape).removeprefix("tmsh:"), rest] += 1
    return results


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(EDITS)), ids=[edit.name for edit in EDITS])
def test_a_wrong_edit_is_found_by_the_right_shapes(number: int) -> None:
    beyond = found()[number + 1] - found()[0]
    assert {shape for shape, _ in beyond} == set(EDITS[number].shapes.split())
