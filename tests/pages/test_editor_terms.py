"""What the editor completes: terms of the data with their names in all languages, and how often they are used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import testimonia
from testimonia.catalogue.questions import read_question
from testimonia.catalogue.resources import queries
from testimonia.namespaces import PREFIXES, expand
from testimonia.pages import editor_terms as module
from testimonia.pages.editor_examples import examples_json
from testimonia.pages.page_renderer import PageRenderer

DATA = """
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:x:Boat> rdfs:label "barco"@es .
<urn:x:a> a <urn:x:Boat> ; <urn:x:port> <urn:x:lisbon> .
<urn:x:b> a <urn:x:Boat> ; <urn:x:port> <urn:x:lisbon> , <urn:x:oslo> .
<urn:x:lisbon> a tmn:Place ; skos:prefLabel "Lisboa"@pt , "Lisbon"@en ; rdfs:label "not this"@en ;
  tmn:latitude 38.72 ; tmn:longitude -9.14 .
<urn:x:oslo> a tmn:Place ; rdfs:label "Oslo" ; tmn:latitude 99 ; tmn:longitude 10.75 .
<urn:x:me> a tmn:Person ; rdfs:label "Jemand"@de .
"""


def entries(content: bytes) -> dict[str, list[Any]]:
    found = json.loads(content)
    return {iri: [found["kinds"][kind], *rest] for iri, kind, *rest in found["terms"]}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> testimonia.Dataset:
    path = tmp_path_factory.mktemp("own") / "own.ttl"
    path.write_text(DATA)
    return testimonia.open(path)


def test_terms_of_ones_own_data(own: testimonia.Dataset) -> None:
    found = entries(module.editor_terms(own.store))
    assert found["urn:x:Boat"] == ["class", {"es": "barco"}, 2]
    assert found["urn:x:port"] == ["property", {}, 3]
    # Two boats call there, and latitude and longitude are those of the data.
    lisbon = ["place", {"en": "Lisbon", "pt": "Lisboa"}, 2, "", [38.72, -9.14]]
    assert found["urn:x:lisbon"] == lisbon
    assert found["urn:x:oslo"] == ["place", {"": "Oslo"}, 1]  # there is no latitude of 99 degrees
    assert found["urn:x:me"] == ["agent", {"de": "Jemand"}, 0]  # a person is an agent
    assert "urn:x:a" not in found


def test_the_vocabulary_is_there_in_all_its_languages(shipped: PageRenderer) -> None:
    found = entries(shipped.editor_terms())
    kind, names, uses, gloss = found[str(expand("tmc:killed"))]
    assert (kind, names["en"], names["fr"]) == ("code", "killed", "tué")
    assert set(names) == {"ar", "en", "es", "fr", "ru", "uk"}
    counted = shipped.store.solutions("SELECT ?s { ?s ?p tmc:killed }", {})
    assert uses == len(counted) > 0
    assert gloss
    assert json.loads(shipped.editor_terms())["prefixes"] == PREFIXES
    assert shipped.editor_terms() == shipped.editor_terms()


def test_of_many_terms_those_used_most_are_kept(
    own: testimonia.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_OF_A_KIND", 1)
    found = entries(module.editor_terms(own.store))
    assert [iri for iri, entry in found.items() if entry[0] == "place"] == ["urn:x:lisbon"]


def test_uses_are_not_counted_in_large_stores(
    own: testimonia.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_COUNTED", 10)
    found = entries(module.editor_terms(own.store))
    assert "urn:x:port" not in found  # nobody declared it
    assert found[str(expand("tmn:Claim"))][:1] == ["class"]


def test_examples_are_the_questions() -> None:
    questions = [read_question(path) for path in queries()]
    found = json.loads(examples_json(questions))
    assert found["confirmed-figures"] == Path(queries()[0]).with_name(
        "confirmed-figures.rq"
    ).read_text(encoding="utf-8")
    assert len(found) == len(questions) > 30
