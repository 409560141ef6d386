"""Each statement goes to the graph that decision 9 names, and stands where it is read."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.namespaces import PREFIXES, shorten
from testimonia.publish.data import arranging
from testimonia.publish.data.arranging import Arrangement
from testimonia.rdf import files
from testimonia.rdf.canonical import canonical_nquads, graph_digest, nquads, sorting

GRAPH = "https://w3id.org/testimonia/id/graph/"
HEAD = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
HEAD += "@prefix : <http://a.example/> .\n"


Arranged = Callable[..., Arrangement]


@pytest.fixture
def arranged(tmp_path: Path) -> Iterator[Arranged]:
    with ExitStack() as opened:

        def arrange(text: str | list[Quad]) -> Arrangement:
            quads = parse(HEAD + text, RdfFormat.TRIG) if isinstance(text, str) else text
            ontology = list(files.read(resources.ontology()))
            arrangement = opened.enter_context(Arrangement(ontology=ontology, scratch=tmp_path))
            arrangement.take(quads)
            return arrangement

        yield arrange


def places(arranged: Arranged, text: str) -> dict[str, set[str]]:
    """Tell in which graphs each subject is."""
    content = b"".join(arranged(text).nquads())
    found: dict[str, set[str]] = {}
    for quad in parse(content, RdfFormat.N_QUADS):
        graph = quad.graph_name.value.removeprefix(GRAPH)  # type: ignore[union-attr]
        found.setdefault(shorten(quad.subject.value), set()).add(graph)  # type: ignore[union-attr]
    return found


ONE_DOCUMENT = """
doc:d a tmn:Document ; tmn:published bounds:published .
<https://w3id.org/testimonia/id/document/d#char=0,1> a tmn:Passage ; oa:hasSource doc:d ; oa:hasSelector :said .
<https://w3id.org/testimonia/id/document/d#char=2,3> a tmn:Passage ; oa:hasSource doc:d ; oa:hasSelector :unsaid .
:said a oa:TextPositionSelector ; oa:start 0 . :unsaid a oa:TextPositionSelector ; oa:start 2 .
claim:c a tmn:Claim ; tmn:statedIn doc:d ; tmn:statedAt bounds:said ; tmn:proposition prop:p ;
  tmn:passage <https://w3id.org/testimonia/id/document/d#char=0,1> .
bounds:published a tmn:TimeBounds . bounds:said a tmn:TimeBounds .
prop:p a tmn:CasualtyProposition .
"""


def test_what_belongs_to_one_document(arranged: Arranged) -> None:
    assert places(arranged, ONE_DOCUMENT) == {
        "doc:d": {"document/d"},
        "doc:d#char=0,1": {"document/d"},
        "doc:d#char=2,3": {"document/d"},
        "http://a.example/said": {"document/d"},
        "http://a.example/unsaid": {"document/d"},
        "claim:c": {"document/d"},
        "bounds:published": {"document/d"},
        "bounds:said": {"document/d"},
        "prop:p": {"propositions"},
    }


@pytest.mark.parametrize(
    ("more", "graph"),
    [
        ("doc:e a tmn:Document ; tmn:published bounds:said .", "times"),
        ("claim:e a tmn:Claim ; tmn:statedIn doc:e ; tmn:statedAt bounds:said .", "times"),
        ("claim:e a tmn:Claim ; tmn:statedIn doc:d ; tmn:statedAt bounds:said .", "document/d"),
        ("event:e a tmn:Event ; tmn:occurred bounds:said .", "times"),
        ("membership:m a org:Membership ; tmn:during bounds:said .", "times"),
        ("prop:t a tmn:TimeProposition ; tmn:claimedTime bounds:said .", "times"),
        ("prop:t a tmn:AffiliationProposition ; tmn:since bounds:said .", "times"),
    ],
)
def test_times_that_others_refer_to_as_well(arranged: Arranged, more: str, graph: str) -> None:
    assert places(arranged, ONE_DOCUMENT + more)["bounds:said"] == {graph}


@pytest.mark.parametrize(
    ("text", "graph"),
    [
        ("agent:a a tmn:UnnamedSource .", "agents"),
        ("agent:a a tmn:DocumentVoice ; tmn:voiceOf doc:d .", "agents"),
        ("post:a a tmn:Post .", "agents"),
        ("membership:a a org:Membership .", "agents"),
        ("event:a a tmn:Incident .", "events"),
        ("place:a a tmn:Place .", "places"),
        ("prop:a a tmn:ControlProposition .", "propositions"),
        ("group:a a tmn:VictimGroup .", "groups"),
        (":a a tmn:Assessment .", "assessments"),
        ("bounds:a a tmn:TimeBounds .", "times"),
        (":a a oa:TextPositionSelector .", "selectors"),
        ("claim:a a tmn:Claim .", "other"),
        ("claim:a a tmn:Claim ; tmn:statedIn 'nowhere' .", "other"),
        (":a a :Thing .", "other"),
        (":a rdfs:label 'no type' .", "other"),
        (":a a tmn:Document .", "foreign-document/http%3A%2F%2Fa.example%2Fa"),
        ("doc:a-b a tmn:Document .", "document/a-b"),
        (":c a tmn:Claim ; tmn:statedIn :b, :a .", "foreign-document/http%3A%2F%2Fa.example%2Fa"),
        (":c a tmn:Place, tmn:Claim ; tmn:statedIn doc:d .", "document/d"),
        # What is in a graph stays there.
        (":g { agent:a a tmn:Person }", "http://a.example/g"),
    ],
)
def test_the_rule(arranged: Arranged, text: str, graph: str) -> None:
    (found,) = places(arranged, text).values()
    assert found == {graph}


def test_a_subject_in_two_graphs(arranged: Arranged) -> None:
    text = "agent:a a tmn:Person ; rdfs:label 'a' . :g { agent:a a tmn:Person ; rdfs:label 'b' }"
    written = b"".join(arranged(text).nquads()).splitlines()
    assert written == sorted(written)
    assert Counter(line.rsplit(b" ", 2)[1] for line in written) == {
        f"<{GRAPH}agents>".encode(): 2,
        b"<http://a.example/g>": 2,
    }


def test_a_statement_given_with_and_without_its_graph_is_there_once(arranged: Arranged) -> None:
    text = f"agent:a a tmn:Person . <{GRAPH}agents> {{ agent:a a tmn:Person }}"
    arrangement = arranged(text)
    assert b"".join(arrangement.nquads()).count(b"\n") == 1
    assert [graph.triples for graph in arrangement.graphs()] == [1]


def test_claims_are_read_with_what_belongs_to_them(arranged: Arranged) -> None:
    arrangement = arranged(ONE_DOCUMENT)
    for _ in arrangement.nquads():
        pass

    def order(text: bytes) -> list[str]:
        subjects = (block.partition(b" ")[0].decode() for block in text.split(b"\n\n")[1:])
        return [name.rpartition("/")[2].strip("<>") for name in subjects if name[0] != "}"]

    assert order(b"".join(arrangement.turtle())) == [
        "doc:d",
        "bounds:published",
        "claim:c",
        "d#char=0,1",
        "said",
        "bounds:said",
        "prop:p",
        "d#char=2,3",
        "unsaid",
    ]
    # In TriG the proposition is in a graph of its own.
    assert order(b"".join(arrangement.trig())) == [
        *("d", "doc:d", "bounds:published", "claim:c", "d#char=0,1", "said", "bounds:said"),
        *("d#char=2,3", "unsaid"),
        *("propositions", "prop:p"),
    ]


@pytest.mark.parametrize("shuffle", [1, 2])
def test_neither_order_nor_memory_matters(
    arranged: Arranged, monkeypatch: pytest.MonkeyPatch, shuffle: int
) -> None:
    quads = list(files.read(resources.data()))
    whole = arranged(quads)
    monkeypatch.setattr(arranging, "_BLOCKS_IN_MEMORY", 9_000)
    monkeypatch.setattr(sorting.Sorter.__init__, "__defaults__", (30_000,))
    monkeypatch.setattr(sorting, "_BLOCK", 1_000)
    monkeypatch.setattr(nquads, "CHUNK", 300)
    mixed = quads + quads[:500]
    random.Random(shuffle).shuffle(mixed)  # noqa: S311
    pieces = arranged(mixed)
    assert len(pieces._statements._runs) > 5
    for read in (
        lambda one: b"".join(one.nquads()),
        lambda one: one.graphs(),
        lambda one: b"".join(one.trig()),
        lambda one: b"".join(one.turtle()),
    ):
        assert read(pieces) == read(whole)


def test_arranged_again_it_stays_as_it_is(arranged: Arranged) -> None:
    first = arranged(list(files.read(resources.data())))
    said = b"".join(first.nquads())
    again = arranged(list(parse(said, RdfFormat.N_QUADS)))
    assert b"".join(again.nquads()) == said
    assert b"".join(again.trig()) == b"".join(first.trig())
    assert b"".join(again.turtle()) == b"".join(first.turtle())


def test_lines_and_digests_are_canonical(arranged: Arranged) -> None:
    arrangement = arranged(list(files.read(resources.data())))
    content = b"".join(arrangement.nquads())
    quads = list(parse(content, RdfFormat.N_QUADS))
    assert b"".join(canonical_nquads(quads)) == content
    graphs = arrangement.graphs()
    assert [graph.name for graph in graphs] == sorted(graph.name for graph in graphs)
    for graph in graphs:
        within = [quad for quad in quads if quad.graph_name.value == graph.name]  # type: ignore[union-attr]
        assert (graph.triples, graph.sha256) == (len(within), graph_digest(within))


@pytest.mark.parametrize("where", ["subject", "object", "graph"])
def test_blank_nodes_are_refused(arranged: Arranged, where: str) -> None:
    text = {"subject": "[] a :B .", "object": ":a a [] .", "graph": "_:g { :a a :B }"}[where]
    with pytest.raises(InputError, match="a statement has a blank node"):
        arranged(text)


def test_words_that_look_like_a_blank_node_are_not(arranged: Arranged) -> None:
    arrangement = arranged(":a rdfs:label ' _:b ' .")
    assert b'" _:b "' in b"".join(arrangement.nquads())
