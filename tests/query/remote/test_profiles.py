"""The endpoints of each kind of store, and which URLs are accepted."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode

from testimonia.errors import InputError
from testimonia.query.remote.profiles import PROFILES, base_of, profile_named

SECRET = "wren-hollow"  # noqa: S105 - of nobody


@pytest.mark.parametrize(
    ("store", "base", "query", "update", "graphs"),
    [
        ("oxigraph", "http://h:7878", "http://h:7878/query", "http://h:7878/update", "http://h:7878/store"),
        ("fuseki", "http://h/ds", "http://h/ds/query", "http://h/ds/update", "http://h/ds/data"),
        ("fuseki", "http://h/ds/sparql", "http://h/ds/query", "http://h/ds/update", "http://h/ds/data"),
        ("virtuoso", "http://h:8890/sparql", "http://h:8890/sparql", "http://h:8890/sparql", "http://h:8890/sparql-graph-crud"),
        ("rdf4j", "http://h/r/repositories/a", "http://h/r/repositories/a", "http://h/r/repositories/a/statements", "http://h/r/repositories/a/rdf-graphs/service"),
    ],
)  # fmt: skip
def test_addresses(store: str, base: str, query: str, update: str, graphs: str) -> None:
    found = PROFILES[store].addresses(base, credentials=False)
    assert (found.query, found.update, found.graphs) == (query, update, graphs)


def test_virtuoso_has_other_endpoints_with_credentials() -> None:
    found = PROFILES["virtuoso"].addresses("http://h:8890", credentials=True)
    assert found.update == "http://h:8890/sparql-auth"
    assert found.graphs == "http://h:8890/sparql-graph-crud-auth"


@pytest.mark.parametrize(
    "url", ["http://localhost:3030/ds", "https://a.example", "http://[::1]:80/x"]
)
def test_a_url_is_taken_as_it_is(url: str) -> None:
    assert base_of(url) == base_of(url + "/") == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://h/", "does not begin with http:// or https://"),
        ("http://", "host or port"),
        ("http://h:99999/", "host or port"),
        ("http://h:0/", "host or port"),
        ("http://h/?x=1", "query or fragment"),
        ("http://h/#x", "query or fragment"),
        ("http://h/a b", "spaces"),
        ("http://h/a\x1b[2J", "spaces"),
        (f"http://me:{SECRET}@h/", "contains a user or password"),
        (f"http://{SECRET}@h/", "contains a user or password"),
    ],
)
def test_other_urls_are_refused_without_repeating_a_password(url: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        base_of(url)
    assert SECRET not in str(caught.value)
    assert caught.value.hint


def test_an_unknown_kind_of_store_is_named_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="'fussy' is not a known kind of store") as caught:
        profile_named("fussy")
    assert caught.value.hint == "Known kinds are oxigraph, fuseki, virtuoso, rdf4j."


def test_a_graph_is_replaced_by_an_update_that_can_be_sent_twice() -> None:
    update = PROFILES["virtuoso"].replacing(NamedNode("x:staged"), NamedNode("x:g"))
    assert update == (
        "DROP SILENT GRAPH <x:g> ; "
        "INSERT { GRAPH <x:g> { ?s ?p ?o } } WHERE { GRAPH <x:staged> { ?s ?p ?o } }"
    )
