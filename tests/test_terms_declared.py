"""Every term in shapes, questions, data and ontology is declared by somebody.

SHACL and SPARQL say nothing of a misspelt name: a shape whose target class does not exist conforms,
and a query that asks for a property that does not exist finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
import rdflib
import rdflib.namespace
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import URIRef
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from testimonia.catalogue import resources
from testimonia.namespaces import CODE, ONTOLOGY, PREFIXES, shorten
from testimonia.rdf import files
from testimonia.validation import reused_vocabularies

REUSED: dict[str, str] = {
    # RDF 1.1 Concepts and Schema: https://www.w3.org/TR/rdf-schema/
    "rdf": "type first rest nil langString",
    "rdfs": "label comment isDefinedBy subClassOf subPropertyOf domain range seeAlso",
    # XML Schema datatypes: https://www.w3.org/TR/xmlschema11-2/
    "xsd": "string boolean integer nonNegativeInteger positiveInteger decimal double date dateTime "
    "dateTimeStamp anyURI",
    # OWL 2: https://www.w3.org/TR/owl2-rdf-based-semantics/
    "owl": "Ontology Class ObjectProperty DatatypeProperty AnnotationProperty TransitiveProperty "
    "SymmetricProperty AsymmetricProperty IrreflexiveProperty NamedIndividual Restriction "
    "AllDisjointClasses members onProperty someValuesFrom hasValue "
    "equivalentClass intersectionOf oneOf propertyChainAxiom sameAs differentFrom versionIRI "
    "versionInfo deprecated",
    # SHACL: https://www.w3.org/TR/shacl/
    "sh": "NodeShape PropertyShape SPARQLConstraint targetClass targetSubjectsOf targetObjectsOf "
    "property path inversePath alternativePath minCount maxCount class datatype nodeKind IRI "
    "Literal node or xone not in hasValue equals disjoint minInclusive maxInclusive "
    "minLength maxLength pattern uniqueLang languageIn qualifiedValueShape qualifiedMinCount "
    "closed ignoredProperties severity Violation Warning message description sparql select "
    "prefixes declare prefix namespace",
    # SKOS: https://www.w3.org/TR/skos-reference/
    "skos": "Concept ConceptScheme inScheme topConceptOf hasTopConcept broader prefLabel altLabel "
    "definition scopeNote example note changeNote notation exactMatch closeMatch "
    "broadMatch narrowMatch relatedMatch",
    # DCMI Metadata Terms: https://www.dublincore.org/specifications/dublin-core/dcmi-terms/
    "dcterms": "title abstract description creator publisher license rights created modified "
    "bibliographicCitation language source identifier replaces isReplacedBy",
    # FOAF: http://xmlns.com/foaf/spec/
    "foaf": "Agent Person Document",
    # PROV-O: https://www.w3.org/TR/prov-o/
    "prov": "Activity Entity Agent Plan used wasAttributedTo wasDerivedFrom wasGeneratedBy "
    "alternateOf specializationOf",
    # The Organization Ontology: https://www.w3.org/TR/vocab-org/
    "org": "Organization Post Membership subOrganizationOf member organization postIn",
    # Web Annotation Vocabulary: https://www.w3.org/TR/annotation-vocab/
    "oa": "SpecificResource TextPositionSelector TextQuoteSelector hasSource hasSelector start "
    "end exact prefix suffix",
    # OGC GeoSPARQL: https://docs.ogc.org/is/22-047r1/22-047r1.html
    "geo": "Feature sfDisjoint",
    # schema.org: https://schema.org/docs/schemas.html
    "schema": "archivedAt sameAs sourceOrganization translationOfWork",
    # VANN: https://vocab.org/vann/
    "vann": "preferredNamespacePrefix preferredNamespaceUri",
    # BIBO: https://www.dublincore.org/specifications/bibo/
    "bibo": "status status/draft",
}
MORE_PREFIXES = {
    "vann": "http://purl.org/vocab/vann/",
    "bibo": "http://purl.org/ontology/bibo/",
    "question": "https://w3id.org/testimonia/question/",
    "selector": "https://w3id.org/testimonia/id/selector/",
}
KNOWN_PREFIXES = PREFIXES | MORE_PREFIXES
VOCABULARIES = {KNOWN_PREFIXES[prefix] for prefix in REUSED} | {ONTOLOGY, CODE}
OUR_OWN_THINGS = tuple(
    "https://w3id.org/testimonia/" + part
    for part in ("id/", "question/", "shapes", "ontology", "code/", "ns#")
)

SHAPES = tuple(sorted(resources.folder("shapes").glob("*.ttl")))
QUERIES = (*resources.queries(), *resources.rules(), *resources.policies())
TURTLE = (*resources.ontology(), *resources.labels(), *resources.data(), *SHAPES)


@cache
def quads(*paths: Path) -> tuple[Quad, ...]:
    return tuple(files.read(paths))


@cache
def declared() -> frozenset[str]:
    """List what the ontology declares, and what is reused."""
    reused = (
        KNOWN_PREFIXES[prefix] + name for prefix, names in REUSED.items() for name in names.split()
    )
    ours = (
        quad.subject.value
        for quad in quads(*resources.ontology())
        if quad.predicate.value == PREFIXES["rdf"] + "type"
        and isinstance(quad.subject, NamedNode)
        and quad.subject.value.startswith((ONTOLOGY, CODE))
    )
    return frozenset((*reused, *ours))


def is_term(iri: str) -> bool:
    return any(iri.startswith(vocabulary) and iri != vocabulary for vocabulary in VOCABULARIES)


def iris(triples: Iterable[Quad]) -> Iterator[str]:
    """List the terms in some triples: whatever is of a vocabulary, and every predicate, class and datatype."""
    for triple in triples:
        yield triple.predicate.value
        value = triple.object
        if isinstance(value, Literal):
            if not value.language:
                yield value.datatype.value
        elif triple.predicate.value == PREFIXES["rdf"] + "type":
            yield value.value
        for node in (triple.subject, value):
            if isinstance(node, NamedNode) and is_term(node.value):
                yield node.value


def iris_in_query(text: str) -> set[str]:
    """List the IRIs in a SPARQL query, those in its property paths included."""
    found: set[str] = set()
    level: list[object] = [translateQuery(parseQuery(text)).algebra]
    while level:
        part = level.pop()
        if isinstance(part, URIRef):
            found.add(str(part))
        elif isinstance(part, rdflib.Literal) and part.datatype:
            found.add(str(part.datatype))
        elif isinstance(part, CompValue):
            level += part.values()
        elif isinstance(part, dict):
            level += [*part.keys(), *part.values()]
        elif isinstance(part, PropertyPath):
            level += vars(part).values()
        elif isinstance(part, list | tuple | set | frozenset):
            level += part
    return found


def constraints() -> list[str]:
    """List the SPARQL of the shapes, made whole by the prefixes that the shapes declare."""
    sh = PREFIXES["sh"]
    graph: dict[object, dict[str, str]] = {}
    for quad in quads(*SHAPES):
        if isinstance(quad.object, Literal):
            graph.setdefault(quad.subject, {})[quad.predicate.value] = quad.object.value
    head = "".join(
        f"PREFIX {node[sh + 'prefix']}: <{node[sh + 'namespace']}>\n"
        for node in graph.values()
        if sh + "prefix" in node
    )
    return [
        head + node[sh + "select"].replace("$PATH", "tmn:about")
        for node in graph.values()
        if sh + "select" in node
    ]


@pytest.mark.parametrize("path", TURTLE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_terms_in_turtle_are_declared(path: Path) -> None:
    used = {iri for iri in iris(quads(path)) if not iri.startswith(PREFIXES["tmsh"])}
    assert sorted(map(shorten, used - declared())) == []


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_terms_in_questions_are_declared(path: Path) -> None:
    found = iris_in_query(path.read_text(encoding="utf-8"))
    assert found, "a question asks for something"
    assert sorted(shorten(iri) for iri in found - declared() if is_term(iri)) == []
    assert (
        sorted(iri for iri in found if not is_term(iri) and not iri.startswith(OUR_OWN_THINGS))
        == []
    )


def test_terms_in_the_sparql_of_shapes_are_declared() -> None:
    found = set().union(*map(iris_in_query, constraints()))
    assert found, "some constraint names a term"
    assert sorted(map(shorten, found - declared())) == []


def test_no_term_in_a_query_is_overlooked() -> None:
    query = """
        SELECT ?a (COUNT(?b) AS ?n)
        WHERE {
            VALUES ?k { <x:value> }
            ?a <x:first>/^<x:second>*|!<x:third> ?b .
            FILTER (?b IN (<x:listed>) || NOT EXISTS { ?b a <x:Class> })
            OPTIONAL { GRAPH <x:graph> { SELECT ?b { ?b <x:inner> "1"^^<x:type> } } }
        }
        GROUP BY ?a HAVING (MIN(?b) != <x:having>)
    """
    names = [
        "value",
        "first",
        "second",
        "third",
        "listed",
        "Class",
        "graph",
        "inner",
        "type",
        "having",
    ]
    rdf_type = PREFIXES["rdf"] + "type"
    assert iris_in_query(query) - {rdf_type} >= {"x:" + name for name in names}


@pytest.mark.parametrize(
    "path", [*TURTLE, *QUERIES], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_a_prefix_means_the_same_everywhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = dict(re.findall(r"(?im)^\s*@?prefix\s+([\w-]*):\s*<([^>]*)>", text))
    assert found, "every file declares the prefixes it uses"
    assert {p: iri for p, iri in found.items() if KNOWN_PREFIXES.get(p) != iri} == {}


def test_shapes_target_classes_and_follow_properties() -> None:
    sh, owl = PREFIXES["sh"], PREFIXES["owl"]
    types: dict[str, set[str]] = {}
    for quad in quads(*resources.ontology()):
        if quad.predicate.value == PREFIXES["rdf"] + "type" and isinstance(quad.subject, NamedNode):
            types.setdefault(quad.subject.value, set()).add(quad.object.value)
    for quad in quads(*SHAPES):
        name = quad.predicate.value.removeprefix(sh)
        if not isinstance(quad.object, NamedNode) or not quad.object.value.startswith(ONTOLOGY):
            continue
        kinds = types[quad.object.value]
        if name in ("targetClass", "class"):
            assert owl + "Class" in kinds, quad
        elif name in ("path", "inversePath", "targetSubjectsOf", "targetObjectsOf", "equals"):
            assert any(kind.endswith("Property") for kind in kinds), quad


# BIBO is not among the vocabularies that rdflib holds.
@pytest.mark.parametrize("prefix", sorted(REUSED.keys() - {"oa", "bibo"}))
def test_reused_terms_are_in_the_vocabulary_named(prefix: str) -> None:
    vocabulary = getattr(rdflib.namespace, "SDO" if prefix == "schema" else prefix.upper())
    assert str(vocabulary) == KNOWN_PREFIXES[prefix]
    missing = [name for name in REUSED[prefix].split() if vocabulary[name] not in vocabulary]
    assert missing == []


def test_reused_terms_are_in_the_table_where_rdflib_has_none() -> None:
    assert set(REUSED["oa"].split()) <= reused_vocabularies.REUSED[PREFIXES["oa"]]


@pytest.mark.slow
def test_reused_terms_are_used() -> None:
    used = {iri for path in TURTLE for iri in iris(quads(path))}
    for path in QUERIES:
        used |= iris_in_query(path.read_text(encoding="utf-8"))
    for text in constraints():
        used |= iris_in_query(text)
    for prefix, names in REUSED.items():
        assert [n for n in names.split() if KNOWN_PREFIXES[prefix] + n not in used] == [], prefix
