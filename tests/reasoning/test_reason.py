"""Real runs of HermiT: consistent, inconsistent, rejected datatypes, and no Java."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import palmyra
import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store, parse

from testimonia.catalogue import resources
from testimonia.errors import (
    ExtraMissing,
    InconsistentOntology,
    JavaMissing,
    ReasoningError,
    UnsupportedDatatype,
)
from testimonia.rdf import files
from testimonia.reasoning import Classification, reason

pytestmark = pytest.mark.slow

Write = Callable[[str], Path]
TMN = "https://w3id.org/testimonia/ns#"
EX = "https://example.org/"


def run(path: Path) -> Classification:
    return reason(files.read([path]), ontology=files.read(resources.ontology()), data_files=[path])


@pytest.mark.usefixtures("java")
def test_defined_classes_get_the_members_that_follow(turtle: Write) -> None:
    result = run(
        turtle(
            """
            ex:official tmn:onBehalfOf ex:ministry ; tmn:stance tmc:denies ; a tmn:Claim .
            ex:confirming a tmn:Claim ; tmn:onBehalfOf ex:ministry ; tmn:stance tmc:confirms .
            ex:unnamed a tmn:Claim ; tmn:claimant ex:someone .
            ex:plain a tmn:Claim ; tmn:claimant ex:person .
            ex:ministry a tmn:OfficialBody . ex:someone a tmn:UnnamedSource . ex:person a tmn:Person .
            """
        )
    )
    assert result.unsatisfiable == ()
    assert result.members[TMN + "OfficialClaim"] == (EX + "confirming", EX + "official")
    assert result.members[TMN + "ConfirmingClaim"] == (EX + "confirming",)
    assert result.members[TMN + "AnonymousClaim"] == (EX + "unnamed",)
    assert result.members[TMN + "StateMediaClaim"] == ()


@pytest.mark.usefixtures("java")
def test_runs_leave_nothing_behind(turtle: Write, capfd: pytest.CaptureFixture[str]) -> None:
    import owlready2

    before = {path.name for path in Path(tempfile.gettempdir()).glob("tmp*")}
    run(turtle("ex:one a tmn:Claim ; tmn:claimant ex:x . ex:x a tmn:UnnamedSource ."))
    second = run(turtle("ex:two a tmn:Claim ; tmn:claimant ex:x . ex:x a tmn:UnnamedSource ."))
    with pytest.raises(InconsistentOntology):
        run(turtle("ex:one a tmn:Claim , tmn:Agent ."))
    assert second.members[TMN + "AnonymousClaim"] == (EX + "two",)
    assert list(owlready2.default_world.ontologies) in ([], ["http://anonymous/"])
    assert capfd.readouterr() == ("", "")
    left = {path.name for path in Path(tempfile.gettempdir()).glob("tmp*")} - before
    assert not [name for name in left if _holds_terms(Path(tempfile.gettempdir(), name))]


def _holds_terms(path: Path) -> bool:
    return path.is_file() and EX.encode() in path.read_bytes()


@pytest.mark.usefixtures("java")
def test_imports_are_not_followed(turtle: Write) -> None:
    result = run(turtle("ex:o a owl:Ontology ; owl:imports <http://127.0.0.1:9/none> ."))
    assert result.unsatisfiable == ()


@pytest.mark.usefixtures("java")
def test_an_inconsistency_is_explained_by_its_clash(turtle: Write) -> None:
    path = turtle("\nex:x a tmn:Claim .\nex:y tmn:claimant ex:x .\n")
    with pytest.raises(InconsistentOntology) as caught:
        run(path)
    assert caught.value.message == (
        "no model satisfies the ontology together with the data: https://example.org/x: it is "
        "tmn:Agent (it is a value of tmn:claimant) and tmn:Claim (stated), and these are disjoint"
    )
    place = caught.value.place
    assert place is not None
    assert place.line is not None
    assert path.read_text().splitlines()[place.line - 1] == "ex:x a tmn:Claim ."


@pytest.mark.usefixtures("java")
def test_an_uncommon_inconsistency_is_narrowed_to_the_statements_that_clash(turtle: Write) -> None:
    innocent = "".join(f"ex:c{n} a tmn:Claim ; tmn:claimant ex:a .\n" for n in range(2))
    clash = "ex:bad a ex:NoClaim . ex:bad a tmn:Claim . ex:NoClaim a owl:Class ; owl:complementOf tmn:Claim ."
    with pytest.raises(InconsistentOntology) as caught:
        run(turtle(innocent + clash))
    assert caught.value.message == (
        "no model satisfies the ontology together with the data: these statements are "
        "inconsistent: https://example.org/bad rdf:type tmn:Claim; https://example.org/bad rdf:type "
        "https://example.org/NoClaim; https://example.org/NoClaim owl:complementOf tmn:Claim"
    )


@pytest.mark.usefixtures("java")
def test_an_ontology_that_contradicts_itself_is_distinguished() -> None:
    ontology = parse(
        b"""
        @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix ex: <https://example.org/> .
        ex:A a owl:Class . ex:B a owl:Class ; owl:complementOf ex:A . ex:i a ex:A , ex:B .
        """,
        format=RdfFormat.TURTLE,
    )
    with pytest.raises(
        InconsistentOntology, match="the ontology contradicts itself, whatever the data"
    ):
        reason([], ontology=ontology)


@pytest.mark.usefixtures("java")
def test_unsatisfiable_classes_are_named() -> None:
    ontology = parse(
        b"""
        @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix ex: <https://example.org/> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        ex:A a owl:Class ; owl:disjointWith ex:B . ex:B a owl:Class .
        ex:Both a owl:Class ; rdfs:subClassOf ex:A , ex:B .
        """,
        format=RdfFormat.TURTLE,
    )
    assert reason([], ontology=ontology).unsatisfiable == (EX + "Both",)


@pytest.mark.usefixtures("java")
@pytest.mark.parametrize(
    ("literal", "message"),
    [
        (
            '"2025-12-13"^^xsd:date',
            "HermiT does not support the datatype xsd:date, used in https://example.org/p "
            'tmn:lowerBound "2025-12-13"^^<http://www.w3.org/2001/XMLSchema#date>',
        ),
        (
            '"x"^^ex:odd',
            "HermiT does not support the datatype https://example.org/odd, used in https://example.org/p "
            'tmn:lowerBound "x"^^<https://example.org/odd>',
        ),
        (
            '"many"^^xsd:integer',
            "a literal does not fit its datatype, as in https://example.org/p "
            'tmn:lowerBound "many"^^<http://www.w3.org/2001/XMLSchema#integer>',
        ),
    ],
)
def test_datatypes_that_the_reasoner_rejects_are_named(
    turtle: Write, literal: str, message: str
) -> None:
    with pytest.raises(UnsupportedDatatype) as caught:
        run(turtle(f"ex:p tmn:lowerBound {literal} ."))
    assert caught.value.message == message


@pytest.mark.usefixtures("java")
def test_what_goes_beyond_owl_dl_is_passed_on() -> None:
    ontology = parse(
        b"""
        @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix ex: <https://example.org/> .
        ex:p a owl:ObjectProperty , owl:TransitiveProperty , owl:AsymmetricProperty .
        """,
        format=RdfFormat.TURTLE,
    )
    with pytest.raises(ReasoningError, match=r"HermiT failed: .*Non-simple property"):
        reason([], ontology=ontology)


def test_without_java_the_error_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("owlready2", reason="the extra owl is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(JavaMissing) as caught:
        reason([], ontology=[])
    assert "Install a Java runtime" in caught.value.hint


def test_without_owlready2_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "owlready2", None)
    with pytest.raises(ExtraMissing, match="owlready2") as caught:
        reason([], ontology=[])
    assert 'pip install "testimonia[owl]"' in caught.value.hint


# Each defined class once more, as a query over the asserted statements and the class tree.
QUERIES = {
    "OfficialClaim": "?claim tmn:onBehalfOf/a/rdfs:subClassOf* tmn:OfficialBody",
    "ConfirmingClaim": """?claim tmn:onBehalfOf/a/rdfs:subClassOf* tmn:OfficialBody ; tmn:stance ?stance
        FILTER(?stance IN (tmc:asserts, tmc:confirms, tmc:concedes))""",
    "AnonymousClaim": "?claim tmn:claimant/a/rdfs:subClassOf* tmn:UnnamedSource",
    "NarratedClaim": "?claim tmn:voice tmc:narration",
    "StateMediaClaim": "?claim tmn:claimant/a/rdfs:subClassOf* tmn:StateMedia",
    "RelayingClaim": "?claim tmn:reportsClaim/a tmn:Claim",
    "CasualtyClaim": "?claim tmn:proposition/a/rdfs:subClassOf* tmn:CasualtyProposition",
}


@pytest.fixture(scope="module")
def shipped() -> Classification:
    pytest.importorskip("owlready2", reason="the extra owl is not installed: HermiT is not tested")
    try:
        return palmyra.opened().reason()
    except JavaMissing:
        pytest.skip("there is no Java runtime: HermiT is not tested")


def test_every_defined_class_has_a_query(shipped: Classification) -> None:
    assert {iri.removeprefix(TMN) for iri in shipped.members} == QUERIES.keys()
    assert shipped.unsatisfiable == ()


@pytest.mark.parametrize("name", QUERIES)
def test_hermit_and_a_query_find_the_same_claims(shipped: Classification, name: str) -> None:
    store = Store()
    store.bulk_extend(files.read([*resources.ontology(), *palmyra.FILES]))
    answer = store.query(
        f"SELECT DISTINCT ?claim {{ ?claim a tmn:Claim . {QUERIES[name]} }}",
        prefixes={
            "tmn": TMN,
            "tmc": "https://w3id.org/testimonia/code/",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        },
    )
    assert isinstance(answer, QuerySolutions)
    found = sorted(row["claim"].value for row in answer if isinstance(row["claim"], NamedNode))
    assert found
    assert list(shipped.members[TMN + name]) == found
