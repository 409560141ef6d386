"""Fuzzes shapes graphs: validation must give a report, or an error of the library.

Valid shapes of every kind are mutated: terms are replaced, triples removed or duplicated, lists broken
or made circular, queries truncated. Data and shapes use the same nodes, so that most shapes have
something to check.
"""

from __future__ import annotations

import random
from collections import Counter

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from testimonia.errors import TestimoniaError
from testimonia.shacl.model import Shape
from testimonia.validation import validate

__all__ = ["run"]

Term = NamedNode | BlankNode | Literal | Triple

_HEAD = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix : <urn:x:> .
"""
_SHAPES = """
:S a sh:NodeShape ; sh:targetClass :C ; sh:targetNode :a , "b" ; sh:severity sh:Warning ;
    sh:message "m"@en , "n" ; sh:class :C ; sh:nodeKind sh:IRI ; sh:closed true ;
    sh:ignoredProperties ( rdf:type :p ) ; sh:property :P , :Q ; sh:not :T ; sh:node :U ;
    sh:or ( :T :U ) ; sh:xone ( :T [ sh:nodeKind sh:Literal ] ) ; sh:and ( :U ) ;
    sh:equals :p ; sh:disjoint :q ; sh:hasValue :a ; sh:in ( :a "b" 5 ) ; sh:rule [ a sh:TripleRule ] .
:P a sh:PropertyShape ; sh:path :p ; sh:minCount 1 ; sh:maxCount 2 ; sh:datatype xsd:integer ;
    sh:minInclusive 1 ; sh:maxExclusive 5.5 ; sh:minLength 1 ; sh:maxLength 9 ; sh:pattern "^[0-9]+$" ;
    sh:flags "i" ; sh:lessThan :q ; sh:lessThanOrEquals :r ; sh:uniqueLang true ;
    sh:languageIn ( "en" "de-AT" ) ; sh:qualifiedValueShape :T ; sh:qualifiedMinCount 1 ;
    sh:qualifiedMaxCount 3 ; sh:qualifiedValueShapesDisjoint true .
:Q sh:path ( [ sh:inversePath :p ] [ sh:zeroOrMorePath [ sh:alternativePath ( :p :q ) ] ] ) ;
    sh:minCount 1 ; sh:node :S ; sh:property [ sh:path [ sh:oneOrMorePath :q ] ; sh:maxCount 1 ] .
:T a sh:NodeShape , owl:Class ; sh:targetSubjectsOf :p ; sh:targetObjectsOf :q ; sh:deactivated false ;
    sh:sparql :c .
:U sh:target [ sh:select "SELECT ?this { ?this a :C }" ] ; :limit 5 ; sh:property [ sh:path :r ] .
:c a sh:SPARQLConstraint ; sh:prefixes :names ; sh:message "{$this} has {?value}" ;
    sh:select "SELECT $this ?value { $this x:p ?value FILTER (?value > 3) }" .
:names sh:declare [ sh:prefix "x" ; sh:namespace "urn:x:"^^xsd:anyURI ] ; owl:imports :names .
:L a sh:ConstraintComponent ; sh:parameter [ sh:path :limit ] , [ sh:path :more ; sh:optional true ] ;
    sh:validator [ sh:message "{$limit}" ; sh:ask "ASK { FILTER ($value != $limit) }" ] ;
    sh:propertyValidator [ sh:select "SELECT $this ?value { $this $PATH ?value }" ] .
"""
_DATA = """
:a a :C ; :p 1 , "x"@en ; :q :b ; :r "2025-01-01"^^xsd:date . :b a :D ; :p :a , 7 . :D rdfs:subClassOf :C .
[] a :C ; :q [ :p 1.50 ] . :d :p "12345678901234567890"^^xsd:integer ; :q true , "zz"^^xsd:integer .
"""
_ADVANCED = [NamedNode("http://www.w3.org/ns/shacl#" + name) for name in ("rule", "target", "node")]
_STRANGE: list[Term] = [
    Literal(""),
    Literal("(?<="),
    Literal("[a-z-[aeiou]]"),
    Literal("SELECT"),
    Literal("SELECT $this { $this ?p ?value } GROUP BY ?value"),
    Literal("SELECT ?value { ?s ?p ?value }"),
    Literal('SELECT $this { { SELECT $this { $this ?p "}" } } # {'),
    Literal(
        "SELECT $this ($this AS ?value) { $this <urn:x:p>*/^<urn:x:q>? ?o FILTER NOT EXISTS {} }"
    ),
    Literal("ASK { SERVICE <urn:x:s> { ?s ?p ?o } }"),
    Literal("SELECT $this { FILTER (<urn:x:f>($this)) }"),
    Literal("\0\U0001f600\x7f"),
    Literal("-1", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
    Literal("9" * 40, datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
    Literal("1e999", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#double")),
    Literal("2025-13-45", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#date")),
    Literal("yes", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#boolean")),
    Literal("x", language="en"),
    NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"),
    NamedNode("http://www.w3.org/ns/shacl#minCuont"),
    NamedNode("urn:x:not-there"),
    BlankNode("nobody"),
    Triple(NamedNode("urn:x:a"), NamedNode("urn:x:p"), Literal("o")),
]


def run(seed: int, inputs: int) -> Counter[str]:
    """Validate with a number of shapes graphs.

    Parameters
    ----------
    seed
        Seed of the random numbers; the same seed gives the same inputs.
    inputs
        How many.

    Returns
    -------
    Counter
        How many gave a complete report, a report with parts left out, and an error; every other
        outcome begins with ``finding:`` and shows the error and the number of the input.
    """
    source = random.Random(seed)  # noqa: S311 - no secret
    shapes = [quad.triple for quad in parse(_HEAD + _SHAPES, RdfFormat.TURTLE)]
    data = [quad.triple for quad in parse(_HEAD + _DATA, RdfFormat.TURTLE)]
    outcomes: Counter[str] = Counter()
    for number in range(inputs):
        changed = _changed(shapes, source)
        outcomes[
            _outcome(data, changed, number, strict=source.choice([True, False, False, None]))
        ] += 1
    return outcomes


def _changed(shapes: list[Triple], source: random.Random) -> list[Triple]:
    """Keep some of the shapes, and change a few of their triples."""
    lost = source.choice([0.0, 0.05, 0.5])
    plain = source.random() < 0.5
    kept = [
        triple
        for triple in shapes
        if source.random() >= lost and not (plain and triple.predicate in _ADVANCED)
    ]
    subjects = [triple.subject for triple in shapes]
    predicates = [triple.predicate for triple in shapes]
    objects = [*(triple.object for triple in shapes), *_STRANGE]
    for _ in range(source.randint(0, 6)):
        if not kept:
            break
        place = source.randrange(len(kept))
        old = kept[place]
        match source.randrange(5):
            case 0:
                del kept[place]
            case 1:
                kept[place] = Triple(source.choice(subjects), old.predicate, old.object)
            case 2:
                kept[place] = Triple(old.subject, source.choice(predicates), old.object)
            case 3:
                kept[place] = Triple(old.subject, old.predicate, source.choice(objects))
            case 4:
                kept.append(Triple(old.subject, old.predicate, source.choice(objects)))
    return [_cut(triple, source) if source.random() < 0.01 else triple for triple in kept]


def _cut(triple: Triple, source: random.Random) -> Triple:
    """Remove a piece of a text, such as a query."""
    text = triple.object
    if not isinstance(text, Literal) or not text.value or text.language:
        return triple
    start = source.randrange(len(text.value))
    left = text.value[:start] + text.value[start + source.randint(1, 5) :]
    return Triple(triple.subject, triple.predicate, Literal(left, datatype=text.datatype))


def _outcome(data: list[Triple], shapes: list[Triple], number: int, *, strict: bool | None) -> str:
    try:
        report = validate(data, shapes, strict=strict)
        written = report.serialize()
        report.frame.height  # noqa: B018 - it is made when asked for
    except TestimoniaError as error:
        return "refused" if str(error).strip() else f"finding: an empty error at {number}"
    except BaseException as error:  # any other is a finding
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"finding: {type(error).__name__}: {str(error)[:200]} at {number}"
    if b"ValidationReport" not in written or not all(
        isinstance(each, Shape) for each in report.idle
    ):
        return f"finding: no report at {number}"
    return "a whole report" if report.complete else "a report of a part"
