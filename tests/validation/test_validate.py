"""Complete checks: what is found, where, and what is refused."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode
from rdflib.plugins import sparql

from testimonia.errors import ShapesError
from testimonia.validation import Report, Severity

Validate = Callable[..., Report]

EX = "https://example.org/"
SH = "http://www.w3.org/ns/shacl#"
TMSH = "https://w3id.org/testimonia/shapes#"
CLAIM = """
tmsh:Claim a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:property [
    sh:path tmn:claimant ; sh:minCount 1 ;
    sh:message "A claim names its claimant."@en , "Claim sans auteur."@fr ;
    sh:description "Add tmn:claimant."@en ] .
"""


def test_a_finding_says_what_where_and_how_to_fix_it(run: Validate, tmp_path: Path) -> None:
    report = run(
        '\nex:good a tmn:Claim ; tmn:claimant ex:a .\n\nex:bad a tmn:Claim ;\n  rdfs:label "Bad one"@en .',
        CLAIM,
    )
    [finding] = report.findings
    assert finding.severity is Severity.VIOLATION
    assert finding.focus == NamedNode(EX + "bad")
    assert finding.label == "Bad one"
    assert finding.shape == TMSH + "Claim"
    assert finding.component == SH + "MinCountConstraintComponent"
    assert str(finding.path) == "tmn:claimant"
    assert finding.value is None
    assert finding.message == "A claim names its claimant."
    assert finding.hint == "Add tmn:claimant."
    assert finding.place is not None
    assert finding.place.path == tmp_path / "data.ttl"
    line = finding.place.line
    assert line is not None
    assert (tmp_path / "data.ttl").read_text().splitlines()[line - 1] == "ex:bad a tmn:Claim ;"
    assert not report.conforms
    assert not report.passes


def test_data_without_violations_conform(run: Validate) -> None:
    report = run("ex:good a tmn:Claim ; tmn:claimant ex:a .", CLAIM)
    assert report == Report((), claims=1, statements=2)
    assert report.conforms
    assert report.passes


def test_data_with_warnings_pass_but_do_not_conform(run: Validate) -> None:
    report = run(
        "ex:c a tmn:Claim .",
        CLAIM.replace("sh:minCount 1 ;", "sh:minCount 1 ; sh:severity sh:Warning ;"),
    )
    assert [finding.severity for finding in report.findings] == [Severity.WARNING]
    assert report.passes
    assert not report.conforms


def test_a_custom_severity_counts_as_a_violation(run: Validate) -> None:
    report = run(
        "ex:c a tmn:Claim .",
        CLAIM.replace("sh:minCount 1 ;", "sh:minCount 1 ; sh:severity ex:Dire ;"),
    )
    assert [finding.severity for finding in report.findings] == [Severity.VIOLATION]


def test_placeholders_in_messages_of_queries_are_filled(run: Validate) -> None:
    shapes = """
    tmsh:p sh:declare [ sh:prefix "tmn" ; sh:namespace "https://w3id.org/testimonia/ns#"^^xsd:anyURI ] .
    tmsh:Self a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:sparql [
        sh:prefixes tmsh:p ; sh:message "It corrects {?value}." ; rdfs:comment "Remove it." ;
        sh:select "SELECT $this ?value { $this tmn:corrects ?value FILTER(?value = $this) }" ] .
    """
    report = run(
        "ex:c a tmn:Claim ; tmn:corrects ex:c . ex:d a tmn:Claim ; tmn:corrects ex:c .", shapes
    )
    [finding] = report.findings
    assert (finding.focus, finding.value) == (NamedNode(EX + "c"), NamedNode(EX + "c"))
    assert finding.component == SH + "SPARQLConstraintComponent"
    assert finding.message == f"It corrects {EX}c."
    assert finding.hint == "Remove it."


def test_literals_are_checked_as_written(run: Validate) -> None:
    shapes = """
    tmsh:B a sh:NodeShape ; sh:targetSubjectsOf tmn:lowerBound ; sh:property [
        sh:path tmn:lowerBound ; sh:datatype xsd:nonNegativeInteger ; sh:pattern "^[1-9]" ] .
    """
    report = run('ex:p tmn:lowerBound "007"^^xsd:nonNegativeInteger .', shapes)
    [finding] = report.findings
    assert finding.component == SH + "PatternConstraintComponent"
    assert finding.value == Literal(
        "007", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#nonNegativeInteger")
    )


def test_subclasses_in_the_ontology_count_for_targets(run: Validate) -> None:
    shapes = "tmsh:E a sh:NodeShape ; sh:targetClass tmn:Event ; sh:property [ sh:path rdfs:label ; sh:minCount 1 ] ."
    report = run("ex:i a tmn:Incident .", shapes)
    assert [finding.focus for finding in report.findings] == [NamedNode(EX + "i")]
    assert report.dead_shapes == ()


def test_shapes_that_find_nothing_to_check_are_listed(run: Validate) -> None:
    shapes = (
        CLAIM
        + """
    tmsh:None a sh:NodeShape ; sh:targetClass tmn:Event ; sh:nodeKind sh:IRI .
    tmsh:NoNode a sh:NodeShape ; sh:targetNode ex:nobody ; sh:nodeKind sh:IRI .
    tmsh:NoSubject a sh:NodeShape ; sh:targetSubjectsOf tmn:corrects ; sh:nodeKind sh:IRI .
    tmsh:NoObject a sh:NodeShape ; sh:targetObjectsOf tmn:corrects ; sh:nodeKind sh:IRI .
    tmsh:Some a sh:NodeShape ; sh:targetClass tmn:Event ; sh:targetNode ex:a ; sh:nodeKind sh:IRI .
    tmsh:Untargeted a sh:NodeShape ; sh:nodeKind sh:IRI .
    """
    )
    report = run("ex:c a tmn:Claim ; tmn:claimant ex:a .", shapes)
    assert report.conforms
    assert report.dead_shapes == (
        TMSH + "NoNode",
        TMSH + "NoObject",
        TMSH + "NoSubject",
        TMSH + "None",
    )


def test_the_order_of_findings_does_not_depend_on_that_of_the_data(run: Validate) -> None:
    lines = [f"ex:c{n} a tmn:Claim ; tmn:corrects ex:c{n} ." for n in range(9)]
    shapes = (
        CLAIM
        + "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:property [ sh:path tmn:corrects ; sh:maxCount 0 ; sh:severity sh:Info ] ."
    )
    report = run("\n".join(lines), shapes)
    assert [
        (f.severity.value, f.focus.value[-2:])
        for f in report.findings
        if isinstance(f.focus, NamedNode)
    ] == [
        *(("Violation", f"c{n}") for n in range(9)),
        *(("Info", f"c{n}") for n in range(9)),
    ]
    assert run("\n".join(reversed(lines)), shapes).findings != report.findings  # lines differ
    assert {f.focus for f in run("\n".join(reversed(lines)), shapes).findings} == {
        f.focus for f in report.findings
    }


def test_the_order_does_not_depend_on_blank_node_labels(run: Validate) -> None:
    data = "".join(f"[] a tmn:Claim ; tmn:corrects ex:{name} . " for name in "dacb")
    shapes = "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:property [ sh:path tmn:corrects ; sh:nodeKind sh:Literal ] ."
    values = [str(finding.value) for finding in run(data, shapes).findings]
    assert values == [f"<{EX}{name}>" for name in "abcd"]


def test_undeclared_terms_are_found_with_the_nearest_name(run: Validate) -> None:
    report = run(
        "ex:c a tmn:Claim ; tmn:claimant ex:a ; tmn:stance tmc:aserts ; tmn:clamant ex:a ; prov:wasAtributedTo ex:a ."
        " ex:d a tmn:Clam .",
        CLAIM,
    )
    assert [
        (f.severity.value, str(f.path), str(f.value), f.message, f.hint) for f in report.findings
    ] == [
        (
            "Violation",
            "tmn:clamant",
            "<https://w3id.org/testimonia/ns#clamant>",
            "tmn:clamant is not a declared term.",
            "Did you mean tmn:claimant?",
        ),
        (
            "Violation",
            "tmn:stance",
            "<https://w3id.org/testimonia/code/aserts>",
            "tmc:aserts is not a code of any code list.",
            "Did you mean tmc:asserts?",
        ),
        (
            "Violation",
            "rdf:type",
            "<https://w3id.org/testimonia/ns#Clam>",
            "tmn:Clam is not a declared term.",
            "Did you mean tmn:Claim?",
        ),
        (
            "Warning",
            "prov:wasAtributedTo",
            "<http://www.w3.org/ns/prov#wasAtributedTo>",
            "prov:wasAtributedTo is not a declared term.",
            "Did you mean prov:wasAttributedTo?",
        ),
    ]


@pytest.mark.parametrize(
    "namespace", ["https://w3id.org/testimonia/ns/", "http://w3id.org/testimonia/ns#"]
)
def test_terms_in_a_misspelt_namespace_are_found(run: Validate, namespace: str) -> None:
    report = run(f"@prefix t: <{namespace}> . ex:c a t:Claim ; t:claimant ex:a .", CLAIM)
    assert [(f.message, f.hint) for f in report.findings] == [
        (f"{namespace}{name} is not a declared term.", f"Did you mean tmn:{name}?")
        for name in ("claimant", "Claim")
    ]
    assert report.claims == 0


def test_a_reference_to_an_undescribed_iri_has_a_hint(run: Validate) -> None:
    shape = "tmsh:S a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:property"
    shape += " [ sh:path tmn:claimant ; sh:class tmn:Event ] ."
    report = run("ex:c a tmn:Claim ; tmn:claimant ex:emil . ex:emily a tmn:Event .", shape)
    assert [finding.hint for finding in report.findings] == [
        "Nothing is stated about https://example.org/emil: did you mean https://example.org/emily?"
    ]


def test_a_node_without_an_iri_is_placed_where_it_is_used(run: Validate) -> None:
    shape = "tmsh:S a sh:NodeShape ; sh:targetObjectsOf tmn:claimant ; sh:nodeKind sh:IRI ."
    report = run("ex:c a tmn:Claim ;\n tmn:claimant [] .", shape)
    (finding,) = report.findings
    assert finding.label == "tmn:claimant of https://example.org/c"
    assert finding.place is not None
    assert finding.place.line is not None


def test_terms_of_other_vocabularies_are_not_checked(run: Validate) -> None:
    assert run(
        "ex:c a tmn:Claim , ex:Thing ; tmn:claimant ex:a ; ex:own ex:b ; prov:wasDerivedFrom ex:d .",
        CLAIM,
    ).conforms


def test_two_constraints_of_a_shape_with_the_same_message_count_once(run: Validate) -> None:
    moment = 'tmsh:M a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:property tmsh:first . tmsh:first a sh:PropertyShape ; sh:path ex:first ; sh:datatype xsd:dateTimeStamp ; sh:pattern "Z$" '
    data = """ex:c a tmn:Claim ;
        ex:first "2024-01-03T00:00:00"^^xsd:dateTimeStamp , "2024-01-03"^^xsd:date ."""
    once = run(data, moment + '; sh:message "With an offset."@en .')
    assert sorted(str(finding.value)[:12] for finding in once.findings) == [
        '"2024-01-03"',
        '"2024-01-03T',
    ]
    twice = run(data, moment + ".")  # each constraint has its own message
    assert len(twice.findings) == 4


def test_a_closed_shape_does_not_repeat_an_undeclared_term(run: Validate) -> None:
    shapes = "tmsh:K a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ."
    report = run("ex:c a tmn:Claim ; tmn:clamant ex:a ; ex:own ex:b .", shapes)
    assert [(str(f.path), f.component.rpartition("#")[2]) for f in report.findings] == [
        ("<https://example.org/own>", "ClosedConstraintComponent"),
        ("tmn:clamant", "UndeclaredTermConstraintComponent"),
    ]


@pytest.mark.parametrize(
    ("shapes", "message", "hint"),
    [
        (
            "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Clam .",
            "nothing declares tmn:Clam",
            "tmn:Clam: did you mean tmn:Claim?",
        ),
        (
            "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:property [ sh:path ( tmn:claimant [ sh:inversePath tmn:corects ] ) ] .",
            "nothing declares tmn:corects",
            "tmn:corects: did you mean tmn:corrects?",
        ),
        (
            "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:property [ sh:path tmn:stance ; sh:in ( tmc:assert ) ] .",
            "nothing declares tmc:assert",
            "tmc:assert: did you mean tmc:asserts?",
        ),
        (
            'tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:sparql [ sh:select "SELECT $this { $this tmn:corect ?x . # tmn:nothing\\n }" ] .',
            "nothing declares tmn:corect",
            "tmn:corect: did you mean tmn:corrects?",
        ),
    ],
)
def test_shapes_with_a_misspelt_name_are_refused_before_the_run(
    run: Validate, shapes: str, message: str, hint: str
) -> None:
    with pytest.raises(ShapesError) as caught:
        run("ex:c a tmn:Claim .", shapes)
    assert caught.value.message == message
    assert caught.value.hint == hint
    assert caught.value.place is not None
    assert str(caught.value.place).endswith("shapes.ttl:13")


def test_a_misspelt_term_of_shacl_is_reported(run: Validate) -> None:
    report = run("ex:c a tmn:Claim .", "tmsh:C a sh:NodeShape ; sh:targetClas tmn:Claim .")
    (fault,) = report.coverage.unchecked
    assert (
        str(fault) == "tmsh:C: sh:targetClas is not a term of SHACL; did you mean sh:targetClass?"
    )
    assert str(fault.place).endswith("shapes.ttl:13")
    assert report.coverage.without_target == ("https://w3id.org/testimonia/shapes#C",)
    assert not report.passes


@pytest.mark.parametrize(
    ("shapes", "said", "pyshacl_said"),
    [
        ("ex:a ex:b ex:c .", "there is no shape to validate against", None),
        (
            "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:property [ sh:minCount 1 ] .",
            "tmsh:C: sh:minCount is not allowed in a node shape",
            "the shapes cannot be used",
        ),
        (
            'tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:sparql [ sh:select "SELECT $this { $this nope:x ?y }" ] .',
            "tmsh:C: the query is not well formed: the prefix nope: is not declared",
            "the shapes cannot be used: Unknown namespace prefix : nope",
        ),
        (
            'tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:sparql [ sh:select "SELECT $this { SERVICE <https://example.org/sparql> { $this ?p ?y } }" ] .',
            "has SERVICE: nothing is fetched",
            None,
        ),
        (
            """tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:sparql [
                sh:select '''SELECT $this { #
SERVICE#x
<https://example.org/sparql> { $this ?p ?y } }''' ] .""",
            "has SERVICE: nothing is fetched",
            None,
        ),
        (
            r"""tmsh:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:q ] ; sh:validator [
                sh:ask "ASK { \\u0053ERVICE <https://example.org/sparql> { $this ?p ?y } }" ] .
                tmsh:D a sh:NodeShape ; sh:targetClass tmn:Claim ; ex:q 1 .""",
            "has SERVICE: nothing is fetched",
            None,
        ),
        (
            'tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:sparql [ sh:select "SELECT $this from <https://example.org/g> { $this ?p ?y }" ] .',
            "has FROM: nothing is fetched",
            None,
        ),
        (
            'tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:sparql [ sh:select "SELECT $this FROM:g { $this ?p ?y }" ] .',
            "has FROM: nothing is fetched",
            None,
        ),
        (
            'tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:sparql [ sh:select "SELECT $this { $this ?p ?y MINUS { $this a <urn:D> } }" ] .',
            "MINUS",
            "the shapes could not be evaluated: A SPARQL Constraint must not contain a MINUS clause.",
        ),
        (
            "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:rule [ a sh:TripleRule ] .",
            "tmsh:C: the rule (sh:rule) is not run",
            None,
        ),
        (
            "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:in ex:l . ex:l rdf:first ex:a ; rdf:rest ex:l .",
            "tmsh:C: https://example.org/l is not a well-formed list",
            "a list in the shape",
        ),
        (
            "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:in ex:l . ex:l rdf:first ex:a .",
            "tmsh:C: https://example.org/l is not a well-formed list",
            "a list in the shape",
        ),
    ],
)
def test_shapes_that_cannot_be_used_are_refused(
    run: Validate, shapes: str, said: str, pyshacl_said: str | None
) -> None:
    for engine, words in (("columnar", said), ("pyshacl", pyshacl_said or said)):
        with pytest.raises(ShapesError) as caught:
            run("ex:c a tmn:Claim .", shapes, engine=engine, strict=True)
        assert words in caught.value.message
        assert caught.value.hint


@pytest.mark.parametrize(
    ("term", "message", "hint"),
    [
        (
            "<http://w3id.org/testimonia/code/asserts>",
            "http://w3id.org/testimonia/code/asserts is not a code of any code list.",
            "Did you mean tmc:asserts?",
        ),
        (
            "<https://w3id.org/testimonia/code#asserts>",
            "https://w3id.org/testimonia/code#asserts is not a code of any code list.",
            "Did you mean tmc:asserts?",
        ),
        (
            "<http://www.w3.org/ns/oa#TextPositionSelectr>",
            "oa:TextPositionSelectr is not a declared term.",
            "Did you mean oa:TextPositionSelector?",
        ),
        (
            "<http://www.opengis.net/ont/geosparql#Featur>",
            "geo:Featur is not a declared term.",
            "Did you mean geo:Feature?",
        ),
    ],
)
def test_undeclared_terms_are_reported_with_the_nearest(
    run: Validate, term: str, message: str, hint: str
) -> None:
    [finding] = run(f"ex:c a tmn:Claim ; tmn:claimant ex:a ; tmn:stance {term} .", CLAIM).findings
    assert (finding.message, finding.hint) == (message, hint)


def test_terms_of_reused_vocabularies_are_declared(run: Validate) -> None:
    names = "<http://www.w3.org/ns/oa#Annotation>, <http://www.opengis.net/ont/geosparql#asWKT>"
    report = run(f"ex:c a tmn:Claim ; tmn:claimant ex:a ; tmn:stance {names} .", CLAIM)
    assert report.findings == ()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this {{ $this a ?c FILTER(1<'>')SERVICE <{}> {{ ?s ?p ?o }} FILTER(1<'x') }}",
        "SELECT $this {{ FILTER(1<1#>'''\n+1) SERVICE\n<{}> {{ ?s ?p ?o }} #'''\n }}",
    ],
)
@pytest.mark.parametrize("engine", ["columnar", "pyshacl"])
def test_service_that_tokens_do_not_show_is_refused_when_it_runs(
    run: Validate, query: str, engine: str
) -> None:
    """In an expression, < may be an operator instead of the start of an IRI."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        text = query.format(f"http://127.0.0.1:{server.getsockname()[1]}/")
        shape = f'sh:sparql [ sh:select """{text}""" ]'
        with pytest.raises(ShapesError, match=r"nothing is fetched|federated query"):
            run(
                "ex:c a tmn:Claim .",
                f"tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; {shape} .",
                engine=engine,
                strict=True,
            )
        with pytest.raises(TimeoutError):
            server.accept()
    assert sparql.SPARQL_LOAD_GRAPHS
    assert sparql.CUSTOM_EVALS == {}


def test_the_shipped_data_have_no_violation() -> None:
    import testimonia

    report = testimonia.open().validate()
    violations = [f for f in report.findings if f.severity is Severity.VIOLATION]
    assert violations == []
