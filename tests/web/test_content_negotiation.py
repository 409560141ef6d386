"""Which format a client gets, by Accept or by parameter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.web.http.content_negotiation import (
    BY_SUFFIX,
    GRAPH_FORMATS,
    RESULT_FORMATS,
    acceptable_formats,
    preferred_format,
    requested_formats,
)

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
SOLUTIONS, BOOLEAN, TRIPLES = (
    RESULT_FORMATS["solutions"],
    RESULT_FORMATS["boolean"],
    RESULT_FORMATS["triples"],
)


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
    assert acceptable_formats(accept) == {kind: name for kind, name in expected.items() if name}


@pytest.mark.parametrize(
    ("names", "solutions", "boolean", "triples"),
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
        (["application/sparql-results json"], "json", "json", None),  # unencoded plus
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
def test_names_that_clients_use(
    names: list[str], solutions: str | None, boolean: str | None, triples: str | None
) -> None:
    expected = {"solutions": solutions, "boolean": boolean, "triples": triples}
    assert requested_formats(names, "text/csv") == {
        kind: name for kind, name in expected.items() if name
    }


@given(st.lists(st.text(max_size=40), max_size=4), st.text(max_size=40))
def test_any_name_is_accepted(names: list[str], accept: str) -> None:
    assert requested_formats(names, accept).keys() >= acceptable_formats(accept).keys()


def test_the_first_of_equally_preferred_formats() -> None:
    assert preferred_format("text/csv, text/tab-separated-values", SOLUTIONS) == BY_SUFFIX["csv"]
    assert preferred_format("application/n-triples, text/turtle", GRAPH_FORMATS) == BY_SUFFIX["ttl"]


def test_names_are_unique() -> None:
    assert {name: form.name for name, form in BY_SUFFIX.items()} == {
        name: name
        for name in (
            *("json", "xml", "csv", "tsv", "xlsx", "parquet"),
            *("html", "ttl", "nt", "jsonld", "rdf", "n3"),
        )
    }
    assert BOOLEAN[0] == SOLUTIONS[0]
    assert TRIPLES[-1] in SOLUTIONS  # HTML


@given(st.text(alphabet=st.characters(max_codepoint=255)) | st.from_regex(r"[a-z*/;q=., 0-9]*"))
def test_any_accept_header_is_accepted(accept: str) -> None:
    chosen = preferred_format(accept, SOLUTIONS)
    assert chosen is None or chosen in SOLUTIONS


@given(
    st.permutations(SOLUTIONS),
    st.lists(st.integers(1, 1000), min_size=7, max_size=7, unique=True),
)
def test_the_highest_quality_wins(order: list, weights: list[int]) -> None:  # type: ignore[type-arg]
    ranges = [
        f"{form.media_types[0]};q={weight / 1000}"
        for form, weight in zip(order, weights, strict=True)
    ]
    best = order[weights.index(max(weights))]
    assert preferred_format(", ".join(ranges), SOLUTIONS) == best
