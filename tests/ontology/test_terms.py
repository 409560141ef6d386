"""What holds of the terms of the ontology together: definitions, disjointness and sources."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from itertools import combinations

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from testimonia.catalogue import resources
from testimonia.namespaces import ONTOLOGY, PREFIXES
from testimonia.rdf import files

OWL, RDF, RDFS, SKOS, DCTERMS = (PREFIXES[p] for p in ("owl", "rdf", "rdfs", "skos", "dcterms"))
OWN_LISTS = {
    "affiliation-kind": "how documents put it, in the words of the modellers of the first incident",
    "basis": "gathered from how claimants say that they came to a figure; two codes have a source",
    "bound-type": "plain words for a number",
    "channel": "where statements were found to be made",
    "correction-reason": "what claimants gave as the reason for a correction",
    "event-type": "what the first incidents were about; the three kinds of conflict have a source",
    "exclusion-reason": "what the policies of this project do",
    "figure-status": "what claimants say of how settled a figure is",
    "judgement": "what claims about claims say of them",
    "no-claim-reason": "what the sentences of the first incidents were that held no claim",
    "object-type": "what reports say was damaged",
    "record-flag": "what the checks of this project find in tables",
    "source-kind": "the kinds of source that reports cite",
    "stance": "what claimants in the first incidents did with what was said",
    "unnamed-reason": "why reports say that a source was not named",
    "voice": "the three ways of rendering speech that every grammar has, and tables",
}
"""Code lists that follow no publication, and where they come from instead."""
STANDARD = re.compile(r"\b(RFC \d|FIPS \d|ISO \d|AJP-|WGS 84|IANA|Web Annotation Data Model)")


@cache
def store() -> Store:
    found = Store()
    found.extend(files.read(resources.ontology()))
    return found


def values(term: NamedNode | BlankNode, property_: str) -> list[str]:
    quads = store().quads_for_pattern(term, NamedNode(property_), None)
    return [quad.object.value for quad in quads if not isinstance(quad.object, BlankNode)]


def listed(head: NamedNode | BlankNode) -> list[str]:
    members = []
    while head.value != RDF + "nil":
        members += values(head, RDF + "first")
        (rest,) = store().quads_for_pattern(head, NamedNode(RDF + "rest"), None)
        head = rest.object
    return members


def of_kind(kind: str) -> list[str]:
    quads = store().quads_for_pattern(None, NamedNode(RDF + "type"), NamedNode(kind))
    return sorted(q.subject.value for q in quads if isinstance(q.subject, NamedNode))


def classes() -> list[str]:
    return [iri for iri in of_kind(OWL + "Class") if iri.startswith(ONTOLOGY)]


def above(class_: str) -> set[str]:
    found = {class_}
    for parent in values(NamedNode(class_), RDFS + "subClassOf"):
        found |= above(parent)
    return found


def disjoint_pairs() -> set[frozenset[str]]:
    pairs = set()
    for quad in store().quads_for_pattern(None, NamedNode(OWL + "members"), None):
        pairs |= {frozenset(pair) for pair in combinations(listed(quad.object), 2)}
    return pairs


def mentioned(class_: str) -> set[str]:
    """Find the classes whose labels stand in a definition, the longest label first."""
    text = values(NamedNode(class_), SKOS + "definition")[0].lower()
    labels = {values(NamedNode(c), RDFS + "label")[0].lower(): c for c in classes()}
    found = set()
    for label in sorted(labels, key=len, reverse=True):
        plural = label[:-1] + "ies" if label.endswith("y") else label + "s"
        left = re.sub(rf"\b({re.escape(plural)}|{re.escape(label)})\b", " ", text)
        if left != text:
            found.add(labels[label])
            text = left
    return found


def test_no_class_is_defined_by_itself_however_far_round() -> None:
    says = {class_: mentioned(class_) for class_ in classes()}
    assert says[ONTOLOGY + "Claim"] == {ONTOLOGY + "Proposition"}
    assert says[ONTOLOGY + "Proposition"] == {ONTOLOGY + "Event"}
    assert says[ONTOLOGY + "Event"] == set()
    for class_ in classes():
        reached, ahead = set(), set(says[class_])
        while ahead:
            reached |= ahead
            ahead = {further for each in ahead for further in says[each]} - reached
        assert class_ not in reached, class_


def test_kinds_of_proposition_exclude_one_another() -> None:
    kinds = [c for c in classes() if ONTOLOGY + "Proposition" in above(c) - {c}]
    assert len(kinds) >= 14
    excluded = disjoint_pairs()
    together = [
        (one, other)
        for one, other in combinations(kinds, 2)
        if one not in above(other) and other not in above(one)
        # What excludes a class excludes its kinds.
        if not any(frozenset((a, b)) in excluded for a in above(one) for b in above(other))
    ]
    assert together == []


def test_what_is_a_kind_of_a_published_term_names_where_it_is_published() -> None:
    lacking = [
        term
        for kind in ("Class", "ObjectProperty", "DatatypeProperty")
        for term in of_kind(OWL + kind)
        if any(
            not parent.startswith(ONTOLOGY)
            for relation in ("subClassOf", "subPropertyOf")
            for parent in values(NamedNode(term), RDFS + relation)
        )
        if not values(NamedNode(term), DCTERMS + "source")
    ]
    assert lacking == []


def test_a_term_that_speaks_of_a_standard_names_it_as_its_source() -> None:
    speaking = {
        quad.subject.value
        for predicate in ("definition", "scopeNote")
        for quad in store().quads_for_pattern(None, NamedNode(SKOS + predicate), None)
        if STANDARD.search(quad.object.value)
    }
    assert ONTOLOGY + "Passage" in speaking
    assert {t for t in speaking if not values(NamedNode(t), DCTERMS + "source")} == set()


def test_a_code_list_names_its_source_or_is_our_own() -> None:
    lists = of_kind(SKOS + "ConceptScheme")
    without = {t for t in lists if not values(NamedNode(t), DCTERMS + "source")}
    assert {iri.rsplit("/", 1)[1] for iri in without} == set(OWN_LISTS)


def test_no_two_terms_are_called_the_same_in_any_language() -> None:
    called: dict[tuple[str, str], set[str]] = defaultdict(set)
    for quad in files.read([*resources.ontology(), *resources.labels()]):
        if quad.predicate.value == RDFS + "label" and isinstance(quad.object, Literal):
            called[quad.object.language or "", quad.object.value.casefold()].add(str(quad.subject))
    assert {language for language, _ in called} >= {"en", "ar", "fr"}
    assert {label: terms for label, terms in called.items() if len(terms) > 1} == {}
