"""The RDF 1.2 form says the same as the plain form, and is read by another implementation."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import releases
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse
from tools import jena

import scenarios
from testimonia.errors import InputError
from testimonia.namespaces import PREFIXES, TMN
from testimonia.publish.folder.release import Release
from testimonia.publish.projections.reification import (
    PATH,
    REIFIES,
    claims_in_rdf12,
    reified,
    restored,
)


@pytest.fixture(scope="module")
def text(release: Release) -> bytes:
    return releases.artefacts(claims_in_rdf12, release)[PATH]


@pytest.fixture(scope="module")
def quads(text: bytes) -> list[Quad]:
    return list(parse(text, format=RdfFormat.N_QUADS))


def test_it_gives_back_the_plain_form(release: Release, quads: list[Quad]) -> None:
    plain = list(release.quads())
    back = list(restored(quads))
    assert len(back) == len(set(back))
    assert set(back) == set(plain)


@pytest.mark.parametrize("name", scenarios.NAMES)
def test_every_scenario_goes_there_and_back(name: str) -> None:
    plain = releases.in_graph(scenarios.FOLDER / name / "data.ttl")
    turned = list(reified(lambda: iter(plain)))
    assert any(quad.predicate == REIFIES for quad in turned)
    assert set(restored(turned)) == set(plain)


def test_what_a_claim_says_is_nowhere_asserted(quads: list[Quad]) -> None:
    said = {quad.object for quad in quads if quad.predicate == REIFIES}
    assert len(said) > 150
    assert not said & {quad.triple for quad in quads}
    contested = {
        TMN[n] for n in ("lowerBound", "upperBound", "harm", "victims", "perpetrator", "actor")
    }
    assert not [quad for quad in quads if quad.predicate in contested]
    assert {t.predicate for t in said if isinstance(t, Triple)} >= contested


def test_agreement_is_a_shared_triple_term(release: Release, quads: list[Quad]) -> None:
    store = Store()
    store.extend(quads)
    query = f"""
    PREFIX tmn: <{PREFIXES["tmn"]}>
    PREFIX prop: <{PREFIXES["prop"]}>
    PREFIX rdf: <{PREFIXES["rdf"]}>
    SELECT DISTINCT ?claim ?claimant {{
      ?claim rdf:reifies <<( prop:two-us-troops-killed tmn:lowerBound ?number )>> ;
          tmn:claimant ?claimant .
      FILTER(?number = 2)
    }}"""
    asked = {
        (row["claim"], row["claimant"])
        for row in store.query(query, use_default_graph_as_union=True)
    }
    plain = {(q.subject, q.predicate): q.object for q in release.quads()}
    wanted = NamedNode(PREFIXES["prop"] + "two-us-troops-killed")
    made = [s for (s, p), o in plain.items() if (p, o) == (TMN.proposition, wanted)]
    assert asked == {(claim, plain[claim, TMN.claimant]) for claim in made}
    assert len(asked) >= 3


def test_derived_facts_stay_as_they_are() -> None:
    plain = releases.in_graph(scenarios.FOLDER / "downward-correction" / "data.ttl")
    graph = NamedNode("https://w3id.org/testimonia/id/graph/derived/350-agrees-with")
    thirty = NamedNode(PREFIXES["prop"] + "thirty")
    fact = Quad(thirty, TMN.confirmedBy, NamedNode(PREFIXES["agent"] + "watch"), graph)
    assert fact in set(reified(lambda: iter([*plain, fact])))


def test_what_nobody_claims_stays_stated() -> None:
    plain = releases.in_graph(scenarios.FOLDER / "downward-correction" / "data.ttl")
    lone = Quad(NamedNode("https://a.example/p"), TMN.harm, plain[0].object, plain[0].graph_name)
    assert lone in set(reified(lambda: iter([*plain, lone])))


def test_it_is_made_once_only(quads: list[Quad]) -> None:
    with pytest.raises(InputError, match="already reifies"):
        list(reified(lambda: iter(quads)))


def riot() -> list[str] | None:
    """Give Jena's command that reads RDF, from the classes of its validator."""
    command = jena.command()
    return [*command[:-1], "riotcmd.riot"] if command and command[0] == "java" else None


def test_apache_jena_reads_the_same(text: bytes, tmp_path: Path) -> None:
    command = riot()
    if command is None:
        pytest.skip("Apache Jena needs Java and Maven, which are not here")
    path = tmp_path / "claims.nq"
    path.write_bytes(text)
    done = subprocess.run(
        [*command, "--output=nq", str(path)], capture_output=True, check=True, timeout=120
    )
    theirs = set(parse(done.stdout, format=RdfFormat.N_QUADS))
    assert theirs == set(parse(text, format=RdfFormat.N_QUADS))
