"""The terms in Python are those of the ontology."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode

from testimonia import namespaces
from testimonia.catalogue import resources
from testimonia.namespaces import TMC, TMN, expand, shorten
from testimonia.rdf import files


def test_terms_are_those_the_ontology_declares() -> None:
    declared = {
        quad.subject.value.removeprefix("https://w3id.org/testimonia/ns#")
        for quad in files.read(resources.ontology())
        if isinstance(quad.subject, NamedNode)
        and quad.subject.value.startswith("https://w3id.org/testimonia/ns#")
    }
    assert declared == namespaces.TERMS


def test_terms_by_attribute_and_item() -> None:
    assert TMN.claimant == TMN["claimant"] == NamedNode("https://w3id.org/testimonia/ns#claimant")
    assert TMC["no-claim-reason"].value == "https://w3id.org/testimonia/code/no-claim-reason"
    assert TMC.killed == TMC["killed"]
    assert set(dir(TMN)) == namespaces.TERMS


@pytest.mark.parametrize("name", ["claimaint", "Claimant", "", "__wrapped__"])
def test_undeclared_terms_are_refused(name: str) -> None:
    with pytest.raises(AttributeError, match="declares no term"):
        TMN[name]


def test_curies() -> None:
    iri = "https://w3id.org/testimonia/id/event/x"
    assert expand("event:x") == expand("tmd:event/x") == iri
    assert shorten(iri) == "event:x"
    assert expand("nobody:x") is None
    assert expand("event") is None
    assert shorten("http://a.example/") == "http://a.example/"
    assert shorten("https://w3id.org/testimonia/id/event/") == "tmd:event/"
