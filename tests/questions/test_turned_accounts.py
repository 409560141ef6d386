"""Accounts that their speaker has turned round, names in one language alone, and places within two others."""

from __future__ import annotations

from typing import Any

import pytest

import testimonia
from testimonia.errors import UnknownResource
from testimonia.namespaces import shorten

DATA = """
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix tmc: <https://w3id.org/testimonia/code/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <https://example.org/id/> .

ex:shell a tmn:Incident ; rdfs:label "Shelling"@en .
ex:ministry a tmn:OfficialBody ; rdfs:label "وزارة الداخلية"@ar .
ex:watch a tmn:Monitor ; rdfs:label "Hill Watch"@en .
ex:front a tmn:ArmedGroup ; rdfs:label "Hill Front"@en .
ex:guard a tmn:ArmedGroup ; rdfs:label "الحرس"@ar .
ex:people a tmn:VictimGroup ; rdfs:label "People"@en .
ex:quarter a tmn:Place ; rdfs:label "Quarter"@en ; tmn:within ex:town , ex:province .
ex:town a tmn:Place ; rdfs:label "Town"@en .
ex:province a tmn:Place ; rdfs:label "Province"@en .
ex:report a tmn:Document ; rdfs:label "Report"@en .
ex:monday a tmn:TimeBounds ; tmn:edtf "2031-03-03" ;
    tmn:notBefore "2031-03-03T00:00:00Z"^^xsd:dateTimeStamp ; tmn:notAfter "2031-03-03T23:59:59Z"^^xsd:dateTimeStamp .
ex:friday a tmn:TimeBounds ; tmn:edtf "2031-03-07" ;
    tmn:notBefore "2031-03-07T00:00:00Z"^^xsd:dateTimeStamp ; tmn:notAfter "2031-03-07T23:59:59Z"^^xsd:dateTimeStamp .

ex:front-did-it a tmn:ResponsibilityProposition ; tmn:about ex:shell ; tmn:perpetrator ex:front .
ex:guard-did-it a tmn:ResponsibilityProposition ; tmn:about ex:shell ; tmn:perpetrator ex:guard .
ex:three-dead a tmn:CasualtyProposition ; tmn:about ex:shell ; tmn:harm tmc:killed ; tmn:victims ex:people ;
    tmn:boundType tmc:exact ; tmn:lowerBound 3 ; tmn:upperBound 3 .
ex:there a tmn:PlaceProposition ; tmn:about ex:shell ; tmn:claimedPlace ex:quarter .
"""
CLAIM = """
ex:{name} a tmn:Claim ; tmn:claimant ex:{who} ; tmn:onBehalfOf ex:{who} ; tmn:stance tmc:{stance} ;
    tmn:certainty tmc:unhedged ; tmn:voice tmc:indirect-report ; tmn:statedIn ex:report ;
    tmn:statedAt ex:{day} ; tmn:proposition ex:{what} ; tmn:passage <https://example.org/id/report#char={span}> .
"""
CLAIMS = [
    ("blames-front", "ministry", "asserts", "monday", "front-did-it"),
    ("clears-front", "ministry", "denies", "friday", "front-did-it"),
    ("blames-guard", "ministry", "asserts", "friday", "guard-did-it"),
    ("watch-clears-front", "watch", "denies", "monday", "front-did-it"),
    ("counts", "watch", "asserts", "monday", "three-dead"),
    ("places", "watch", "asserts", "monday", "there"),
]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> testimonia.Dataset:
    path = tmp_path_factory.mktemp("turned") / "data.ttl"
    claims = [
        CLAIM.format(name=name, who=who, stance=stance, day=day, what=what, span=f"{n},{n + 1}")
        for n, (name, who, stance, day, what) in enumerate(CLAIMS)
    ]
    path.write_text(DATA + "".join(claims), encoding="utf-8")
    return testimonia.open(path)


def rows(dataset: testimonia.Dataset, question: str, *columns: str, **given: Any) -> set[Any]:
    return {
        tuple(shorten(str(row[name])).rpartition("/")[2] for name in columns)
        for row in dataset.ask(question, **given)  # type: ignore[union-attr]
    }


def test_a_summary_leaves_out_whom_its_accuser_has_cleared(dataset: testimonia.Dataset) -> None:
    """And names in Arabic whom nothing names in English."""
    (row,) = dataset.ask("incident-summary")
    assert row["blame"] == "الحرس, by وزارة الداخلية"  # type: ignore[index]
    # The monitor denied what the ministry does not say any more.
    assert row["contested"] is False  # type: ignore[index]


def test_accounts_that_were_turned_round_are_marked(dataset: testimonia.Dataset) -> None:
    assert rows(dataset, "perpetrator-accounts", "claim", "disputed", "superseded") == {
        ("blames-front", "True", "True"),
        ("clears-front", "False", "False"),
        ("blames-guard", "False", "False"),
        ("watch-clears-front", "True", "False"),
    }


def test_a_contradiction_of_what_was_turned_round_is_marked(dataset: testimonia.Dataset) -> None:
    assert rows(dataset, "contradictions", "claim", "otherClaim", "superseded") == {
        ("blames-front", "watch-clears-front", "True")
    }


def test_a_place_within_two_others_has_one_row(dataset: testimonia.Dataset) -> None:
    assert len(dataset.ask("place-accounts")) == 1
    for place in ("quarter", "town", "province"):
        found = rows(dataset, "place-accounts", "claimedPlace", "within", place=place)
        assert found == {("quarter", "province")}


def test_a_bare_name_is_that_of_a_thing_where_a_code_has_it_too(
    dataset: testimonia.Dataset,
) -> None:
    assert len(dataset.ask("incident-summary", incident="shell")) == 1
    with pytest.raises(UnknownResource, match="nothing in the data has the IRI event:mortar"):
        dataset.ask("incident-summary", incident="mortar")
