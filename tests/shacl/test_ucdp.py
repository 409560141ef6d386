"""Errors inserted at known places in the UCDP events: these are found, and nothing else."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import polars as pl
import pytest
import ucdp
from pyoxigraph import BlankNode, Quad
from ucdp import OA, Graph, code, iri, mapped, put, quads, tmn, whole, words

from testimonia.catalogue import resources
from testimonia.rdf import files
from testimonia.validation import pyshacl_engine
from testimonia.validation.columnar_engine import find
from testimonia.validation.findings import Finding

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ucdp.TABLE.exists(), reason=f"the UCDP events are not at {ucdp.TABLE}"),
]

Known = tuple[str, str, str, str]
"""Focus node, shape, component and value, shape and component without their namespaces."""

KINDS: list[Callable[[Graph, str, random.Random], list[Known]]] = []
"""Each inserts one kind of error at the event with a key, and returns what must be found."""


def kind(
    fault: Callable[[Graph, str, random.Random], list[Known]],
) -> Callable[[Graph, str, random.Random], list[Known]]:
    KINDS.append(fault)
    return fault


def some(what: str, key: str, chance: random.Random) -> str:
    """Choose a claim or a figure of an event: those that every event has."""
    column = chance.choice(["deaths_a", "deaths_civilians", "deaths_unknown"])
    return iri(f"{what}/{key}/{column}")


def only(graph: Graph, subject: str, predicate: str) -> str:
    (term,) = graph[subject, predicate]
    return term


def selected(graph: Graph, key: str) -> str:
    """Return the passage of an event."""
    return only(graph, iri(f"claim/{key}/deaths_a"), tmn("passage"))


@kind
def no_claimant(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    claim = some("claim", key, chance)
    del graph[claim, tmn("claimant")]
    return [(claim, "Claim-claimant", "MinCount", "")]


@kind
def two_stances(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    claim = some("claim", key, chance)
    graph[claim, tmn("stance")].add(code("denies"))
    return [(claim, "Claim-stance", "MaxCount", "")]


@kind
def stance_of_another_list(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    claim = some("claim", key, chance)
    graph[claim, tmn("stance")] = {code("killed")}
    return [(claim, "Claim-stance", "Node", code("killed"))]


@kind
def harm_of_another_list(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    figure = some("figure", key, chance)
    graph[figure, tmn("harm")] = {code("civilian")}
    return [(figure, "CasualtyProposition-harm", "Node", code("civilian"))]


@kind
def bounds_the_wrong_way_round(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    figure = some("figure", key, chance)
    graph[figure, tmn("boundType")] = {code("range")}
    graph[figure, tmn("lowerBound")] = {whole(10)}  # by their text 10 comes before 9
    graph[figure, tmn("upperBound")] = {whole(9)}
    return [(figure, "CountProposition-order", "SPARQL", whole(10))]


@kind
def exact_between_bounds(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    figure = some("figure", key, chance)
    graph[figure, tmn("lowerBound")] = {whole(9)}
    graph[figure, tmn("upperBound")] = {whole(10)}
    return [(figure, "CountProposition-exact", "Or", figure)]


@kind
def bound_of_another_type(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    figure = some("figure", key, chance)
    retyped = only(graph, figure, tmn("lowerBound")).replace("nonNegativeInteger", "integer")
    graph[figure, tmn("lowerBound")] = {retyped}
    return [
        (figure, "CountProposition-lowerBound", "Datatype", retyped),
        (figure, "CountProposition-exact", "Or", figure),  # equal numbers are two terms now
    ]


@kind
def passage_beyond_the_end(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    passage, document = selected(graph, key), iri("ged")
    count = int(only(graph, document, tmn("characterCount")).split('"')[1])
    selector = only(graph, passage, f"<{OA}hasSelector>")
    graph[selector, f"<{OA}end>"] = {whole(count + chance.randint(1, 9))}
    return [
        (document, "Document-passage-end", "SPARQL", passage),
        (passage, "Passage-name", "SPARQL", passage),
    ]


@kind
def malformed_digest(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    passage = selected(graph, key)
    digest = only(graph, passage, tmn("passageDigest"))
    place = chance.randrange(1, 65)
    spoilt = f"{digest[:place]}g{digest[place + 1 :]}"
    graph[passage, tmn("passageDigest")] = {spoilt}
    return [(passage, "Passage-digest", "Pattern", spoilt)]


@kind
def victims_without_a_name(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    group = f"_:victims{key}"
    put(graph, group, a=tmn("VictimGroup"), label=words("some"), category=code("person"))
    graph[some("figure", key, chance), tmn("victims")] = {group}
    return [("_:", "Named", "NodeKind", "_:")]


@kind
def no_gloss(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    figure = some("figure", key, chance)
    del graph[figure, tmn("gloss")]
    return [(figure, "Proposition-gloss", "MinCount", "")]


@kind
def claims_that_report_each_other(graph: Graph, key: str, _: random.Random) -> list[Known]:
    one, two = iri(f"claim/{key}/deaths_a"), iri(f"claim/{key}/deaths_civilians")
    put(graph, one, reportsClaim=two)
    put(graph, two, reportsClaim=one)
    return [
        (one, "Claim-reportsClaim-acyclic", "SPARQL", two),
        (two, "Claim-reportsClaim-acyclic", "SPARQL", one),
        # They have different propositions, too.
        (one, "Claim-reportsClaim-proposition", "MaxCount", ""),
        (two, "Claim-reportsClaim-proposition", "MaxCount", ""),
    ]


@kind
def unnamed_source_identified(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    claim, source = some("claim", key, chance), iri(f"source/{key}")
    put(graph, source, a=tmn("UnnamedSource"), label=words("a man"), describedAs=words("a man"))
    graph[source, "<http://www.w3.org/2002/07/owl#sameAs>"] = {iri("ucdp")}
    graph[claim, tmn("claimant")] = {source}
    del graph[claim, tmn("onBehalfOf")]
    return [(source, "UnnamedSource-sameAs", "MaxCount", "")]


@kind
def unnamed_source_for_a_body(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    claim, source = some("claim", key, chance), iri(f"source/{key}")
    put(graph, source, a=tmn("UnnamedSource"), label=words("a man"), describedAs=words("a man"))
    graph[claim, tmn("claimant")] = {source}
    return [(claim, "Claim-unnamed-for-body", "Or", claim)]


@kind
def body_for_nobody(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    claim = some("claim", key, chance)
    del graph[claim, tmn("onBehalfOf")]
    return [(claim, "Claim-body-for-itself", "Or", claim)]


@kind
def time_the_wrong_way_round(graph: Graph, key: str, _: random.Random) -> list[Known]:
    time = iri(f"time/{key}")
    first, last = (only(graph, time, tmn(name)) for name in ("notBefore", "notAfter"))
    graph[time, tmn("notBefore")], graph[time, tmn("notAfter")] = {last}, {first}
    return [(time, "TimeBounds-ordered", "SPARQL", last)]


@kind
def time_without_an_offset(graph: Graph, key: str, _: random.Random) -> list[Known]:
    time = iri(f"time/{key}")
    retyped = only(graph, time, tmn("notAfter")).replace("dateTimeStamp", "dateTime")
    graph[time, tmn("notAfter")] = {retyped}
    return [(time, "TimeBounds-notAfter", "Datatype", retyped)]


@kind
def unused_passage(graph: Graph, key: str, _: random.Random) -> list[Known]:
    start = int(only(graph, iri(f"selector/{key}"), f"<{OA}start>").split('"')[1])
    end = start + len(key)  # a record begins with its key
    passage, selector = iri(f"ged#char={start},{end}"), iri(f"selector/{key}/key")
    digest = hashlib.sha256(key.encode()).hexdigest()
    put(graph, passage, a=tmn("Passage"), passageDigest=f'"{digest}"')
    graph[passage, f"<{OA}hasSource>"] = {iri("ged")}
    graph[passage, f"<{OA}hasSelector>"] = {selector}
    put(graph, selector, a=f"<{OA}TextPositionSelector>")
    graph[selector, f"<{OA}start>"] = {whole(start)}
    graph[selector, f"<{OA}end>"] = {whole(end)}
    return [(passage, "Passage-use", "Xone", passage)]


@kind
def quoted_text(graph: Graph, key: str, _: random.Random) -> list[Known]:
    selector = iri(f"selector/{key}")
    graph[selector, f"<{OA}exact>"] = {'"some text"'}
    return [
        (selector, "Selector", "Closed", '"some text"'),
        (selector, "Quotation-exact", "MaxCount", ""),
    ]


@kind
def figure_on_the_event(graph: Graph, key: str, _: random.Random) -> list[Known]:
    event = iri(f"event/{key}")
    put(graph, event, lowerBound=whole(3))
    return [(event, "Event", "Closed", whole(3))]


@kind
def derived_by_hand(graph: Graph, key: str, chance: random.Random) -> list[Known]:
    claim = some("claim", key, chance)
    put(graph, claim, originParty=iri("ucdp"))
    return [(claim, "Derived-originParty", "MaxCount", "")]


def spoilt(rows: pl.DataFrame, each: int) -> tuple[Graph, Counter[Known]]:
    """Insert every kind of error into a number of events, at most one per event."""
    graph, chance = mapped(rows), random.Random(20231)  # noqa: S311 - a sample, no secret
    keys = chance.sample(rows["id"].to_list(), each * len(KINDS))
    faults = [fault for fault in KINDS for _ in range(each)]
    known = [fault(graph, key, chance) for fault, key in zip(faults, keys, strict=True)]
    return graph, Counter(each for found in known for each in found)


def summary(findings: Iterable[Finding]) -> Counter[Known]:
    def name(term: object) -> str:
        return "" if term is None else "_:" if isinstance(term, BlankNode) else str(term)

    return Counter(
        (
            name(each.focus),
            each.shape.rpartition("#")[2],
            each.component.rpartition("#")[2].removesuffix("ConstraintComponent"),
            name(each.value),
        )
        for each in findings
    )


def everything(data: list[Quad], shapes: list[Quad]) -> Sequence[Finding]:
    """Find what violates the shapes, none of which takes too long."""
    found = find(data, shapes)
    assert found.coverage.unchecked == ()
    return found.findings


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return ucdp.table()


@pytest.fixture(scope="module")
def ontology() -> list[Quad]:
    return list(files.read(resources.ontology()))


@pytest.fixture(scope="module")
def shapes() -> list[Quad]:
    return list(files.read(resources.shapes()))


def test_the_table_is_cut_into_its_records(rows):
    text = ucdp.TABLE.read_bytes().decode()
    spans = zip(rows["id"], rows["start"], rows["end"], strict=True)
    assert rows.height == 1848
    assert [key for key, start, end in spans if not text[start:end].startswith(f"{key},")] == []
    assert rows["end"].max() == len(text.rstrip("\n"))


def test_nothing_is_found_where_nothing_is_wrong(rows, ontology, shapes):
    graph = mapped(rows)
    claims = [subject for (subject, _), objects in graph.items() if tmn("Claim") in objects]
    # Four figures an event, of which violence against civilians (1,076 events) has three.
    assert len(claims) == 4 * 1848 - 1076
    assert everything([*ontology, *quads(graph)], shapes) == []


def test_the_faults_are_found_and_nothing_else(rows, ontology, shapes):
    graph, known = spoilt(rows, each=7)
    assert known.total() >= 7 * len(KINDS)
    assert summary(everything([*ontology, *quads(graph)], shapes)) == known


@pytest.mark.filterwarnings("ignore")
def test_pyshacl_finds_the_same(rows, ontology, shapes):
    graph, known = spoilt(rows.head(40), each=1)
    data = [*ontology, *quads(graph)]
    assert summary(pyshacl_engine.run(data, shapes)) == summary(everything(data, shapes)) == known
