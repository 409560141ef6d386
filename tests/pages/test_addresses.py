"""Every IRI has one path, from which it can be read back, and which any file system can hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.namespaces import ONTOLOGY
from testimonia.pages.addresses import HOME, href, iri_at, path_of

SEGMENT = re.compile(r"[A-Za-z0-9_.,=()~-]+")


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        (f"{HOME}id/event/2025-12-13-palmyra-attack", "id/event/2025-12-13-palmyra-attack"),
        (f"{HOME}id/document/a#char=0,8", "id/document/a~23char=0,8"),
        (f"{ONTOLOGY}Claim", "ns/Claim"),
        (f"{HOME}ns", "ns"),
        (f"{HOME}code/killed", "code/killed"),
        (f"{HOME}ns/Claim", "iri/https/w3id.org/testimonia/ns/Claim"),
        (f"{HOME}sparql", "iri/https/w3id.org/testimonia/sparql"),
        (f"{HOME}iri/x", "iri/https/w3id.org/testimonia/iri/x"),
        ("https://example.org/desk/", "iri/https/example.org/desk/index"),
        ("https://example.org/index", "iri/https/example.org/~69~6e~64~65~78"),
        ("https://example.org/a//../b", "iri/https/example.org/a/index/~2e~2e/b"),
        ("urn:uuid:1/2", "iri/urn~3a/uuid~3a1~2f2"),
        ("https://example.org/é?q=~", "iri/https/example.org/~c3~a9~3fq=~7e"),
    ],
)
def test_paths(iri: str, path: str) -> None:
    assert path_of(iri) == path
    assert iri_at(path) == iri


REST = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=400)
STARTS = ["https://example.org/", HOME, ONTOLOGY, f"{HOME}id/", "urn:x:", "javascript:", "tag:"]


@given(st.sampled_from(STARTS), REST)
def test_every_iri_can_be_read_back(start: str, rest: str) -> None:
    path = path_of(start + rest)
    assert iri_at(path) == start + rest
    for segment in path.split("/"):
        assert SEGMENT.fullmatch(segment)
        assert segment not in (".", "..")
        assert len(segment) + len(".jsonld") < 255


@pytest.mark.parametrize(
    "path", ["", "questions", "iri", "iri/https", "ns/a/b", "id/é", "id//x", "id/~41", "../x"]
)
def test_other_paths_are_of_no_iri(path: str) -> None:
    assert iri_at(path) is None or path_of(str(iri_at(path))) == path


def test_links_are_relative() -> None:
    assert href("id/event/a", "code/killed") == "../../code/killed.html"
    assert href("ns", "ns/Claim") == "ns/Claim.html"
    assert href("", "id/event/a", ".ttl") == "id/event/a.ttl"
