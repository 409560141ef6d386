"""The lists of terms that some shapes hold are those of the ontology."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest
from pyoxigraph import NamedNode, Triple

from testimonia.catalogue import resources
from testimonia.namespaces import ONTOLOGY, PREFIXES, shorten
from testimonia.rdf import files
from testimonia.validation import pyshacl_engine

A = NamedNode(PREFIXES["rdf"] + "type")
DOMAIN = NamedNode(PREFIXES["rdfs"] + "domain")
SCOPE_NOTE = NamedNode(PREFIXES["skos"] + "scopeNote")
OBJECT_PROPERTY = NamedNode(PREFIXES["owl"] + "ObjectProperty")
VICTIM_CATEGORY = PREFIXES["tmc"] + "victim-category"
CATEGORY_FACET = PREFIXES["tmc"] + "category-facet"
SCHEME = NamedNode(PREFIXES["skos"] + "ConceptScheme")


def sh(name: str) -> NamedNode:
    return NamedNode(PREFIXES["sh"] + name)


@cache
def ontology() -> frozenset[Triple]:
    return frozenset(quad.triple for quad in files.read(resources.ontology()))


@cache
def shapes(name: str) -> frozenset[Triple]:
    return frozenset(quad.triple for quad in files.read([resources.folder("shapes") / name]))


def derived() -> set[str]:
    """List the properties of which the ontology says that they are derived."""
    return {
        triple.subject.value
        for triple in ontology()
        if triple.predicate == SCOPE_NOTE and triple.object.value.startswith("Derived")
    }


def objects(triples: frozenset[Triple], predicate: NamedNode) -> set[str]:
    return {triple.object.value for triple in triples if triple.predicate == predicate}


def test_derived_properties_are_refused() -> None:
    shape = shapes("derived.ttl")
    assert len(derived()) == 44
    assert objects(shape, sh("path")) == derived()
    assert objects(shape, sh("targetSubjectsOf")) == derived()


def test_domains_are_checked() -> None:
    declared: dict[str, set[str]] = defaultdict(set)
    for triple in ontology():
        ours = triple.subject.value.startswith(ONTOLOGY)
        if triple.predicate == DOMAIN and ours and triple.subject.value not in derived():
            declared["Domain-" + shorten(triple.object.value).split(":")[1]].add(
                triple.subject.value
            )
    checked: dict[str, set[str]] = defaultdict(set)
    for triple in shapes("domains.ttl"):
        if triple.predicate == sh("targetSubjectsOf"):
            checked[triple.subject.value.split("#")[1]].add(triple.object.value)
    assert checked == declared


def test_values_of_all_object_properties_are_named() -> None:
    declared = {
        triple.subject.value
        for triple in ontology()
        if (triple.predicate, triple.object) == (A, OBJECT_PROPERTY)
        and triple.subject.value.startswith(ONTOLOGY)
    }
    named = objects(shapes("named.ttl"), sh("targetObjectsOf"))
    assert {iri for iri in named if iri.startswith(ONTOLOGY)} == declared - derived()


def test_every_code_list_has_a_shape_that_some_property_uses() -> None:
    schemes = {
        triple.subject.value
        for triple in ontology()
        if (triple.predicate, triple.object) == (A, SCHEME)
    }
    # What is checked of the code lists themselves cannot refer to shapes for data.
    on_codes = objects(shapes("ontology.ttl"), sh("hasValue")) & schemes - {VICTIM_CATEGORY}
    assert on_codes == {CATEGORY_FACET}
    assert objects(shapes("codes.ttl"), sh("hasValue")) == schemes - on_codes
    used = {iri for path in resources.shapes() for iri in objects(shapes(path.name), sh("node"))}
    declared = {
        triple.subject.value
        for triple in shapes("codes.ttl")
        if (triple.predicate, triple.object) == (A, sh("NodeShape"))
    }
    assert used == declared


@pytest.mark.slow
def test_the_ontology_meets_its_own_checks() -> None:
    folder = resources.folder("shapes")
    found = pyshacl_engine.run(
        files.read(resources.ontology()),
        files.read([folder / "ontology.ttl", folder / "prefixes.ttl"]),
    )
    assert found == []


def test_the_questions_that_terms_serve_are_those_that_can_be_asked() -> None:
    serves = NamedNode(ONTOLOGY + "servesQuestion")
    served = {iri.rsplit("/", 1)[1] for iri in objects(ontology(), serves)}
    assert served == {path.stem for path in resources.queries()}
