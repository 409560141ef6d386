"""The IRIs that a query names are found by its tokens."""

from __future__ import annotations

import pytest

from testimonia.query.named_terms import named_terms


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?a tmn:claimant ?b . ?b a tmn:Agent }", {"claimant", "Agent"}),
        ("PREFIX t: <https://w3id.org/testimonia/ns#> ASK { ?a t:claimant ?b }", {"claimant"}),
        ("ASK { ?a <https://w3id.org/testimonia/ns#claimant> 3 }", {"claimant"}),
        ("ASK { ?a tmn:claimant ?b FILTER(?b<3&&?a>4) }", {"claimant"}),
        ('ASK { ?a skos:broader "tmn:claimant" } # tmn:speaker', set()),
        ("BASE <http://b/> ASK { ?a <p> ?b }", set()),
    ],
)
def test_terms_of_the_ontology(query: str, expected: set[str]) -> None:
    found = {term.value.rpartition("#")[2] for term in named_terms(query)}
    assert found == expected


def test_of_any_namespace() -> None:
    found = named_terms(r"PREFIX e: <http://o/> ASK { ?a e:x\,y ?b ; tmn:claimant ?c }", ("",))
    assert {term.value for term in found} == {
        "http://o/x,y",
        "https://w3id.org/testimonia/ns#claimant",
    }
