"""Which format a client gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.web.formats import BY_SUFFIX, GRAPHS, KINDS, acceptable, asked_for, preferred

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
SOLUTIONS, BOOLEAN, TRIPLES = KINDS["solutions"], KINDS["boolean"], KINDS["triples"]


@pytest.mark.parametrize(
    ("accept", "solutions", "boolean", "triples"),
    [
        ("", "json", "json", "ttl"),
        ("*/*", "json", "json", "ttl"),
        ("nonsense", "json", "json", "ttl"),
        (BROWSER, "html", "html", "html"),
        ("text/csv", "csv", None, None),
        ("TEXT/CSV", "csv", None, None),
        ("text/tab-separated-values", "tsv", None, None),
        ("application/sparql-results+xml", "xml", "xml", None),
        ("application/json", "json", "json", "jsonld"),
        ("application/xml", "xml", "xml", "rdf"),
        ("application/rdf+xml", None, None, "rdf"),
        ("application/n-triples", None, None, "nt"),
        ("application/ld+json", None, None, "jsonld"),
        ("text/turtle;charset=utf-8", None, None, "ttl"),
        ("text/*", "csv", "html", "ttl"),
        ("text/*;q=0.5, application/*", "json", "json", "nt"),
        ("application/sparql-results+json;q=0.4, text/csv;q=0.8", "csv", "json", None),
        ("*/*;q=0.1, text/csv", "csv", "json", "ttl"),
        ("text/csv;q=0, */*", "json", "json", "ttl"),
        ("application/sparql-results+json;q=0, application/json;q=0, */*", "xml", "xml", "ttl"),
        ("text/csv;q=0", None, None, None),
        ("image/png", None, None, None),
        ('text/csv;x="a;q=0"', "csv", None, None),
    ],
)
def test_preferred(
    accept: str, solutions: str | None, boolean: str | None, triples: str | None
) -> None:
    expected = {"solutions": solutions, "boolean": boolean, "triples": triples}
    assert acceptable(accept) == {kind: name for kind, name in expected.items() if name}


@pytest.mark.parametrize(
    ("words", "solutions", "boolean", "triples"),
    [
        (["turtle"], "csv", None, "ttl"),
        (["ttl"], "csv", None, "ttl"),
        (["n3"], "csv", None, "n3"),
        (["N-Triples"], "csv", None, "nt"),
        (["ntriples"], "csv", None, "nt"),
        (["rdf+xml"], "csv", None, "rdf"),
        (["RDF/XML"], "csv", None, "rdf"),
        (["rdf"], "csv", None, "rdf"),
        (["json-ld"], "csv", None, "jsonld"),
        (["ld+json"], "csv", None, "jsonld"),
        (["json"], "json", "json", "jsonld"),
        (["xml"], "xml", "xml", "rdf"),
        (["tsv"], "tsv", None, None),
        (["sparql-results+json"], "json", "json", None),
        (["html"], "html", "html", "html"),
        (["application/sparql-results+json"], "json", "json", None),
        (["application/sparql-results json"], "json", "json", None),  # a plus that was not encoded
        (["text/turtle;charset=utf-8"], "csv", None, "ttl"),
        (["text/rdf+n3,application/turtle;q=0.5"], "csv", None, "n3"),
        (["TEXT/TAB-SEPARATED-VALUES"], "tsv", None, None),
        (["image/png"], "csv", None, None),
        (["nonsense"], "csv", None, None),
        (["nonsense", "xml"], "xml", "xml", "rdf"),
        (["turtle", "xml"], "xml", "xml", "ttl"),
        (["", "/", " ", "x" * 100_000], "csv", None, None),
    ],
)
def test_words_of_clients(
    words: list[str], solutions: str | None, boolean: str | None, triples: str | None
) -> None:
    expected = {"solutions": solutions, "boolean": boolean, "triples": triples}
    assert asked_for(words, "text/csv") == {kind: name for kind, name in expected.items() if name}


@given(st.lists(st.text(max_size=40), max_size=4), st.text(max_size=40))
def test_any_words_can_be_sent(words: list[str], accept: str) -> None:
    assert asked_for(words, accept).keys() >= acceptable(accept).keys()


def test_first_of_equals() -> None:
    assert preferred("text/csv, text/tab-separated-values", SOLUTIONS) == BY_SUFFIX["csv"]
    assert preferred("application/n-triples, text/turtle", GRAPHS) == BY_SUFFIX["ttl"]


def test_names_are_unique() -> None:
    assert {name: form.name for name, form in BY_SUFFIX.items()} == {
        name: name
        for name in ("json", "xml", "csv", "tsv", "html", "ttl", "nt", "jsonld", "rdf", "n3")
    }
    assert BOOLEAN[0] == SOLUTIONS[0]
    assert TRIPLES[-1] == SOLUTIONS[-1]


@given(st.text(alphabet=st.characters(max_codepoint=255)) | st.from_regex(r"[a-z*/;q=., 0-9]*"))
def test_anything_can_be_asked_for(accept: str) -> None:
    chosen = preferred(accept, SOLUTIONS)
    assert chosen is None or chosen in SOLUTIONS


@given(
    st.permutations(SOLUTIONS),
    st.lists(st.integers(1, 1000), min_size=5, max_size=5, unique=True),
)
def test_the_greatest_weight_wins(order: list, weights: list[int]) -> None:  # type: ignore[type-arg]
    ranges = [
        f"{form.media_types[0]};q={weight / 1000}"
        for form, weight in zip(order, weights, strict=True)
    ]
    best = order[weights.index(max(weights))]
    assert preferred(", ".join(ranges), SOLUTIONS) == best
