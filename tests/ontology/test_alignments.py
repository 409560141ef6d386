"""The alignments to other vocabularies: what they may say, of what, and that nothing imports them."""

from __future__ import annotations

import io
import re
import shutil
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from testimonia.catalogue import resources
from testimonia.rdf import files

ONTOLOGY = resources.folder("ontology")
FOLDER = ONTOLOGY / "alignments"
NAMES = [
    "aida",
    "cidoc-crm",
    "nanopub",
    "org",
    "prov",
    "schema-org",
    "sem",
    "stix",
    "uco-case",
    "web-annotation",
    "wikidata",
]
EXPLANATION = Path(__file__).parents[2] / "docs" / "explanations" / "alignments.md"

TMN = "https://w3id.org/testimonia/ns#"
CORE = "https://w3id.org/testimonia/ontology"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"

MATCHES = {
    SKOS + "exactMatch": "exact match",
    SKOS + "closeMatch": "close match",
    SKOS + "broadMatch": "broad match",
    SKOS + "narrowMatch": "narrow match",
    SKOS + "relatedMatch": "related match",
}
AXIOMS = {RDFS + "subClassOf": "subclass of", RDFS + "subPropertyOf": "sub-property of"}
RELATIONS = MATCHES | AXIOMS

PROPERTY_KINDS = {
    OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
}
TERM_LISTS = {"prov": rdflib.PROV, "org": rdflib.ORG, "schema-org": rdflib.SDO}

each_alignment = pytest.mark.parametrize("name", NAMES)


@cache
def quads(name: str) -> tuple[Quad, ...]:
    return tuple(files.read([FOLDER / f"{name}.ttl"]))


@cache
def core_kinds() -> dict[str, set[str]]:
    """Tell, for each term that the core declares, what it is declared to be."""
    kinds: dict[str, set[str]] = {}
    for quad in files.read([ONTOLOGY / "testimonia.ttl"]):
        if quad.predicate.value == RDF + "type" and isinstance(quad.subject, NamedNode):
            kinds.setdefault(quad.subject.value, set()).add(quad.object.value)
    return {term: kinds[term] for term in kinds if term.startswith(TMN)}


def statements(name: str) -> list[tuple[str, str, str]]:
    return [
        (quad.subject.value, quad.predicate.value, quad.object.value)
        for quad in quads(name)
        if quad.subject.value.startswith(TMN)
    ]


def header(name: str) -> dict[str, list[NamedNode | Literal]]:
    told: dict[str, list[NamedNode | Literal]] = {}
    for quad in quads(name):
        if quad.subject.value == f"{CORE}/alignments/{name}":
            told.setdefault(quad.predicate.value, []).append(quad.object)
    return told


def sources(name: str) -> list[str]:
    return [source.value for source in header(name)[DCTERMS + "source"]]


def local_name(name: str, term: str) -> str:
    namespace = max((space for space in sources(name) if term.startswith(space)), key=len)
    return term.removeprefix(namespace)


def is_property(name: str, term: str) -> bool:
    """Tell a foreign property from a foreign class by the naming rule of its vocabulary."""
    local = local_name(name, term)
    if name == "wikidata":
        return local.startswith("P")
    if name == "cidoc-crm":
        return local[0] in "PJ"
    return local[0].islower()


def test_these_are_the_alignments() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == NAMES


@each_alignment
def test_rdflib_and_oxigraph_read_the_same(name: str) -> None:
    graph = rdflib.Graph().parse(FOLDER / f"{name}.ttl", format="turtle")
    ours = {(quad.subject.value, quad.predicate.value, quad.object.value) for quad in quads(name)}
    assert {tuple(map(str, triple)) for triple in graph} == ours
    assert len(statements(name)) >= 4


@each_alignment
def test_no_blank_nodes(name: str) -> None:
    assert not [
        quad
        for quad in quads(name)
        if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)
    ]


@each_alignment
def test_the_header_says_what_it_is_and_what_does_not_hold(name: str) -> None:
    told = header(name)
    assert told[RDF + "type"] == [NamedNode(OWL + "Ontology")]
    for once in (
        DCTERMS + "title",
        DCTERMS + "description",
        DCTERMS + "creator",
        DCTERMS + "created",
        RDFS + "label",
        OWL + "versionInfo",
    ):
        assert len(told[once]) == 1, once
    assert told[DCTERMS + "license"] == [NamedNode("https://creativecommons.org/licenses/by/4.0/")]
    assert told[OWL + "versionIRI"] == [
        NamedNode(f"{CORE}/alignments/{name}/{told[OWL + 'versionInfo'][0].value}")
    ]
    assert re.match(r"Read in this version: \S", told[RDFS + "comment"][0].value)
    assert len(told[SKOS + "editorialNote"]) >= 3
    assert len(sources(name)) >= 1


@each_alignment
def test_of_our_terms_only_correspondences_are_said(name: str) -> None:
    assert {predicate for _, predicate, _ in statements(name)} <= set(RELATIONS)
    assert {subject for subject, _, _ in statements(name)} <= set(core_kinds())


@each_alignment
def test_their_terms_belong_to_the_vocabulary_that_the_file_names(name: str) -> None:
    for subject, _, theirs in statements(name):
        assert any(
            theirs.startswith(space) and len(theirs) > len(space) for space in sources(name)
        ), (subject, theirs)
    used = {space for space in sources(name) for *_, term in statements(name) if space in term}
    assert used == set(sources(name))


@each_alignment
def test_two_terms_stand_in_one_relation_only(name: str) -> None:
    pairs = [(ours, theirs) for ours, _, theirs in statements(name)]
    assert len(pairs) == len(set(pairs))


@each_alignment
def test_classes_meet_classes_and_properties_properties(name: str) -> None:
    for ours, relation, theirs in statements(name):
        property_here = bool(core_kinds()[ours] & PROPERTY_KINDS)
        assert property_here == is_property(name, theirs), (ours, theirs)
        if relation in AXIOMS:
            assert property_here == (relation == RDFS + "subPropertyOf"), (ours, theirs)


@each_alignment
def test_what_an_axiom_uses_is_declared_beside_it(name: str) -> None:
    declared = {
        quad.subject.value: quad.object.value
        for quad in quads(name)
        if quad.predicate.value == RDF + "type" and quad.object.value != OWL + "Ontology"
    }
    foreign = {term for term in declared if not term.startswith((SKOS, DCTERMS))}
    in_axioms = {theirs for _, relation, theirs in statements(name) if relation in AXIOMS}
    assert foreign == in_axioms
    for ours, relation, theirs in statements(name):
        if relation in AXIOMS:
            assert declared[theirs] in core_kinds()[ours], (ours, theirs)


@each_alignment
def test_match_properties_are_annotations(name: str) -> None:
    declared = {
        quad.subject.value
        for quad in quads(name)
        if quad.object == NamedNode(OWL + "AnnotationProperty")
    }
    assert {relation for _, relation, _ in statements(name)} & set(MATCHES) <= declared


@each_alignment
def test_each_statement_says_what_differs(name: str) -> None:
    lines = (FOLDER / f"{name}.ttl").read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for before, line in pairwise(lines)
        if line.startswith("tmn:") and not re.match(r"# \S", before)
    ]
    assert bare == []
    assert sum(line.startswith("tmn:") for line in lines) == len(statements(name))


@pytest.mark.parametrize("name", sorted(TERM_LISTS))
def test_their_terms_exist_in_the_term_list_that_rdflib_carries(name: str) -> None:
    local_names = {local_name(name, theirs) for *_, theirs in statements(name)}
    assert {local for local in local_names if local not in TERM_LISTS[name]} == set()


def test_nothing_is_imported() -> None:
    imports = [
        (path.name, quad.object.value)
        for path in sorted(ONTOLOGY.rglob("*.ttl"))
        for quad in files.read([path])
        if quad.predicate.value == OWL + "imports"
    ]
    assert imports == []


def test_the_ontology_comes_without_alignments() -> None:
    assert [path for path in resources.ontology() if FOLDER in path.parents] == []
    text = (ONTOLOGY / "testimonia.ttl").read_text(encoding="utf-8")
    assert f"<{CORE}/alignments/" not in text


def test_sem_takes_part_in_no_axiom() -> None:
    assert {relation for _, relation, _ in statements("sem")} <= set(MATCHES)


@pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs Java")
def test_all_alignments_together_leave_the_ontology_consistent() -> None:
    owlready2 = pytest.importorskip("owlready2")
    everything = files.read([*resources.ontology(), FOLDER])
    triples = serialize(
        (Triple(quad.subject, quad.predicate, quad.object) for quad in everything),
        format=RdfFormat.N_TRIPLES,
    )
    world = owlready2.World()
    ontology = world.get_ontology(CORE).load(fileobj=io.BytesIO(triples))
    with ontology:
        owlready2.sync_reasoner(world, debug=0)  # raises where there is no model
    assert list(world.inconsistent_classes()) == []
    inferred = {ancestor.iri for ancestor in world[TMN + "Person"].ancestors()}
    assert "http://www.cidoc-crm.org/cidoc-crm/E21_Person" in inferred


def test_the_explanation_shows_exactly_these_statements() -> None:
    shown: dict[str, set[tuple[str, str, str]]] = {}
    for line in EXPLANATION.read_text(encoding="utf-8").splitlines():
        if link := re.match(r"\[`ontology/alignments/([a-z-]+)\.ttl`\]", line):
            here = shown.setdefault(link.group(1), set())
            prefixes = dict(
                re.findall(
                    r"@prefix (\S+): <(\S+)>",
                    (FOLDER / link.group(1)).with_suffix(".ttl").read_text(),
                )
            )
        elif row := re.match(
            r"\| `tmn:(\w+)` \| ([a-z -]+) \| `([\w-]+):(\S+)` \| \S.*\. \|$", line
        ):
            ours, relation, prefix, local = row.groups()
            here.add((TMN + ours, relation, prefixes[prefix] + local))
    assert shown == {
        name: {(ours, RELATIONS[relation], theirs) for ours, relation, theirs in statements(name)}
        for name in NAMES
    }


@each_alignment
def test_the_explanation_repeats_what_does_not_hold(name: str) -> None:
    text = EXPLANATION.read_text(encoding="utf-8")
    missing = [
        note.value
        for note in header(name)[SKOS + "editorialNote"]
        if f"- {note.value}\n" not in text + "\n"
    ]
    assert missing == []
