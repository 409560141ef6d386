"""Blank nodes are labelled as RDFC-1.0 requires: by the W3C tests, and in any order and with any labels."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, parse
from terms import quads

from testimonia.errors import InputError
from testimonia.rdf.canonical import canonical_nquads, graph_digest, rdfc

SUITE = Path(__file__).parents[4] / "shared" / "suites" / "rdf-canon" / "tests"
EVALUATION, NEGATIVE, MAP = (f"rdfc:RDFC10{kind}Test" for kind in ("Eval", "NegativeEval", "Map"))
P = NamedNode("x:p")


def entries(kind: str) -> list[Any]:
    if not SUITE.is_dir():
        return []
    manifest = json.loads((SUITE / "manifest.jsonld").read_text("utf-8"))
    return [entry for entry in manifest["entries"] if entry["type"] == kind]


def read(entry: Any, key: str) -> bytes:
    return (SUITE / entry[key]).read_bytes()


def canonical(text: bytes, **options: Any) -> bytes:
    return b"".join(canonical_nquads(parse(text, RdfFormat.N_QUADS), **options))


suite = pytest.mark.skipif(
    not SUITE.is_dir(), reason="the W3C's tests are not beside this checkout"
)


@suite
@pytest.mark.parametrize("entry", entries(EVALUATION), ids=lambda entry: entry["id"])
def test_evaluation(entry: Any) -> None:
    named = "sha384" if entry.get("hashAlgorithm") == "SHA384" else "sha256"
    assert canonical(read(entry, "action"), hashed_by=named) == read(entry, "result")


@suite
@pytest.mark.parametrize("entry", entries(NEGATIVE), ids=lambda entry: entry["id"])
def test_poison_is_stopped(entry: Any) -> None:
    with pytest.raises(InputError, match=r"cannot be distinguished within 1\.5 seconds"):
        canonical(read(entry, "action"), time_limit=1.5)


@suite
def test_all_but_the_maps_are_run() -> None:
    """Map tests ask which label each node had before, which pyoxigraph does not report.

    Each has a twin that asks for the result, and that is run.
    """
    run = {entry["action"] for entry in entries(EVALUATION)}
    assert (len(entries(EVALUATION)), len(entries(NEGATIVE)), len(entries(MAP))) == (64, 1, 21)
    assert {entry["action"] for entry in entries(MAP)} <= run


def clique(size: int) -> list[Quad]:
    nodes = [BlankNode(f"n{number}") for number in range(size)]
    return [Quad(one, P, other) for one in nodes for other in nodes if one != other]


def test_our_own_poison_graph_is_stopped_despite_duplicates() -> None:
    quads = clique(10)
    with pytest.raises(InputError, match="cannot be distinguished"):
        list(canonical_nquads([*quads, *quads[:5]], time_limit=0.5))


def test_similar_nodes_that_are_quickly_distinguished() -> None:
    lines = list(canonical_nquads(clique(3)))
    assert lines == sorted(
        f"_:c14n{one} <x:p> _:c14n{other} .\n".encode()
        for one in range(3)
        for other in range(3)
        if one != other
    )


def test_a_crashed_process_is_not_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdfc, "_CHILD", "import os; os.abort()")
    with pytest.raises(InputError, match="cannot be distinguished with the memory available"):
        list(canonical_nquads(clique(3)))


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        (b"_:a <x:p> <x:1> .\n_:b <x:p> <x:2> .\n", False),
        (b"_:a <x:p> <x:1> .\n_:b <x:p> <x:1> .\n", False),
        (b"<x:s> <x:p> _:a .\n<x:s> <x:p> _:b .\n_:a <x:p> <x:1> .\n_:b <x:p> <x:1> .\n", False),
        (b"_:s <x:p> _:a .\n_:s <x:q> _:b .\n_:a <x:p> <x:1> .\n_:b <x:p> <x:1> .\n", False),
        (b"_:s <x:p> _:a .\n_:s <x:p> _:b .\n_:a <x:p> <x:1> .\n_:b <x:p> <x:2> .\n", False),
        (b"_:s <x:p> _:a .\n_:s <x:p> _:b .\n_:a <x:p> <x:1> .\n_:b <x:p> <x:1> .\n", True),
        (b"_:a <x:p> _:s .\n_:b <x:p> _:s .\n", True),
        (b"<x:a> <x:p> _:a _:g .\n<x:a> <x:p> _:b _:g .\n", True),
        (b"".join(b"_:n%d <x:p> _:n%d .\n" % (n, n + 1) for n in range(120)), True),
    ],
)
def test_a_process_is_needed_for_permutations_and_depth(
    monkeypatch: pytest.MonkeyPatch, text: bytes, needed: bool
) -> None:
    expected = canonical(text)
    calls: list[object] = []
    in_a_process = rdfc._in_a_process
    monkeypatch.setattr(rdfc, "_in_a_process", lambda *a: calls.append(a) or in_a_process(*a))
    assert canonical(text) == expected
    assert bool(calls) == needed
    monkeypatch.setattr(rdfc, "_may_take_long", lambda _: True)
    assert canonical(text) == expected


def test_labels_follow_the_order_of_hashes() -> None:
    # Of `_:a <x:p> <x:2> .` and of `_:a <x:p> <x:1> .`, each with a line feed.
    assert canonical(b"_:a <x:p> <x:1> .\n_:b <x:p> <x:2> .\n") == (
        b"_:c14n0 <x:p> <x:2> .\n_:c14n1 <x:p> <x:1> .\n"
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(quads(), max_size=12), st.randoms(use_true_random=False))
def test_order_labels_and_repetition_do_not_matter(
    given_: list[Quad], chance: random.Random
) -> None:
    again = [*given_, *given_[:3]]
    chance.shuffle(again)

    def renamed(term: Any) -> Any:
        return BlankNode("z" + term.value) if isinstance(term, BlankNode) else term

    changed = [
        Quad(renamed(q.subject), q.predicate, renamed(q.object), renamed(q.graph_name))
        for q in again
    ]
    lines = list(canonical_nquads(given_))
    assert list(canonical_nquads(changed)) == lines
    assert lines == sorted(set(lines))


def test_digest_of_a_graph_leaves_its_name_out() -> None:
    named = [Quad(P, P, P, NamedNode("x:g"))]
    assert graph_digest(named) == graph_digest([Quad(P, P, P, DefaultGraph())])
    # Of `<x:p> <x:p> <x:p> .` and a line feed, as sha256sum has it.
    assert graph_digest(named) == (
        "e2dcce233f7811cf6c29b847024548baf497d1da475b08508c0aae98eebfd580"
    )


def test_no_statements() -> None:
    assert list(canonical_nquads([])) == []
