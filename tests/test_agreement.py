"""Agreement of two coders: pairs, comparison of fields, and differences to settle."""

from __future__ import annotations

import csv
from pathlib import Path

import palmyra
import pytest

import testimonia
from testimonia.agreement import Agreement, alpha, compare
from testimonia.cli import run

HEAD = """
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix tmc: <https://w3id.org/testimonia/code/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <https://example.org/%s/> .
@prefix doc: <https://w3id.org/testimonia/id/document/> .
doc:%s a tmn:Document ; rdfs:label "A report"@en ; tmn:sha256 "%s" .
"""
PASSAGE = """
<https://w3id.org/testimonia/id/document/{doc}#char={start},{end}> a tmn:Passage ; oa:hasSource doc:{doc} ;
    oa:hasSelector <https://w3id.org/testimonia/id/document/{doc}#char={start},{end}-selector> .
<https://w3id.org/testimonia/id/document/{doc}#char={start},{end}-selector> a oa:TextPositionSelector ;
    oa:start "{start}"^^xsd:nonNegativeInteger ; oa:end "{end}"^^xsd:nonNegativeInteger .
"""
CLAIM = """
ex:{name} a tmn:Claim ; rdfs:label "{name}"@en ; tmn:claimant ex:{who} ; tmn:stance tmc:asserts ;
    tmn:certainty tmc:{certainty} ; tmn:voice tmc:{voice} ; tmn:statedIn doc:{doc} ;
    tmn:passage <https://w3id.org/testimonia/id/document/{doc}#char={start},{end}> ;
    tmn:proposition ex:{name}-p {more}.
ex:{name}-p a tmn:{kind} ; tmn:about <https://example.org/raid> ; tmn:gloss "People died."@en ; tmn:lowerBound "{lower}"^^xsd:nonNegativeInteger ;
    tmn:harm tmc:killed .
"""
DIGEST = "a" * 64


def coding(
    folder: Path, coder: str, claims: list[dict[str, object]], *, doc: str, digest: str = DIGEST
) -> testimonia.Dataset:
    text = HEAD % (coder, doc, digest)
    text += 'ex:army a tmn:Organization ; rdfs:label "The Army"@en .\n'
    text += 'ex:police a tmn:Organization ; rdfs:label "The police"@en .\n'
    defaults = {
        "who": "army",
        "certainty": "unhedged",
        "voice": "indirect-report",
        "kind": "CasualtyProposition",
        "lower": 2,
        "more": "",
        "doc": doc,
    }
    spans = {(claim["start"], claim["end"]) for claim in claims}
    text += "".join(PASSAGE.format(doc=doc, start=s, end=e) for s, e in sorted(spans))  # type: ignore[type-var]
    text += "".join(CLAIM.format(**{**defaults, **claim}) for claim in claims)
    path = folder / f"{coder}.ttl"
    path.write_text(text, encoding="utf-8")
    return testimonia.open(path)


@pytest.fixture
def two(tmp_path: Path) -> tuple[testimonia.Dataset, testimonia.Dataset]:
    """Two codings of one report, which the coders named differently, as they did everything else."""
    first = coding(
        tmp_path,
        "ann",
        [
            {"name": "dead", "start": 0, "end": 40},
            {"name": "wounded", "start": 0, "end": 40, "lower": 7},
            {"name": "later", "start": 50, "end": 90, "more": "; tmn:corrects ex:dead "},
            {"name": "unseen", "start": 100, "end": 120},
        ],
        doc="report",
    )
    second = coding(
        tmp_path,
        "ben",
        [
            {"name": "c1", "start": 0, "end": 20, "lower": 7, "who": "police"},
            {"name": "c2", "start": 10, "end": 40},
            {"name": "c3", "start": 50, "end": 90, "lower": 3, "more": "; tmn:corrects ex:c2 "},
            {"name": "c4", "start": 100, "end": 120, "kind": "DetentionProposition"},
            {"name": "c5", "start": 130, "end": 140},
        ],
        doc="the-report",
    )
    return first, second


@pytest.fixture
def found(two: tuple[testimonia.Dataset, testimonia.Dataset]) -> Agreement:
    return compare(two[0].quads(), two[1].quads())


def short(name: str) -> str:
    return name.rpartition("/")[2]


def test_claims_about_the_same_words_are_paired_by_common_fields(
    found: Agreement,
) -> None:
    pairs = {(short(a.name), short(b.name)) for a, b in found.pairs}
    assert pairs == {("dead", "c2"), ("wounded", "c1"), ("later", "c3")}
    # Of another kind, or about words that nobody else marked.
    assert [short(claim.name) for claim in found.only_first] == ["unseen"]
    assert sorted(short(claim.name) for claim in found.only_second) == ["c4", "c5"]
    assert found.f1 == pytest.approx(6 / 9)
    assert found.overlap == pytest.approx((30 / 40 + 20 / 40 + 1) / 3)


def test_fields_are_compared_by_content_and_not_by_names(found: Agreement) -> None:
    fields = {each.field: (each.pairs, each.same) for each in found.fields}
    assert fields == {
        "claimant": (3, 2),  # two armies of one label are one
        "stance": (3, 3),
        "voice": (3, 3),
        "certainty": (3, 3),
        "corrects": (1, 1),  # of claims that are a pair
        "about": (3, 3),
        "harm": (3, 3),
        "lower_bound": (3, 2),
    }
    assert next(iter(fields)) == "claimant"
    of = {each.field: each.alpha for each in found.fields}
    assert of["stance"] is None  # there is but one value
    # army, army, army against army, police, army: 1 - (6 - 1) * 2 / (36 - 25 - 1)
    assert of["claimant"] == pytest.approx(0)


def test_differences_have_a_place_and_both_values(found: Agreement) -> None:
    rows = [(d.start, d.end, d.field, d.first, d.second) for d in found.differences]
    assert rows == [
        (0, 40, "claimant", "the army", "the police"),
        (50, 90, "lower_bound", "2", "3"),
        (100, 120, "claim", "unseen", ""),
        (100, 120, "claim", "", "c4"),
        (130, 140, "claim", "", "c5"),
    ]


def test_documents_that_only_one_coded_are_ignored(tmp_path: Path) -> None:
    one = [{"name": "a", "start": 0, "end": 9}]
    first = coding(tmp_path, "ann", one, doc="report")
    second = coding(tmp_path, "ben", one, doc="report", digest="b" * 64)
    found = compare(first.quads(), second.quads())
    assert (found.pairs, found.only_first, found.only_second, found.elsewhere) == ((), (), (), 2)
    assert found.f1 is None
    assert found.overlap is None


def test_incomplete_claims_are_counted_and_ignored(
    two: tuple[testimonia.Dataset, testimonia.Dataset],
) -> None:
    first, second = (list(dataset.quads()) for dataset in two)
    gloss = [quad for quad in first if str(quad.subject).endswith("/dead-p>")]
    without = [quad for quad in first if quad not in gloss]
    found = compare(without, second)
    assert found.incomplete == 1
    assert [short(claim.name) for claim in found.only_second] == ["c1", "c4", "c5"]


def test_parts_in_a_cycle_are_compared_by_name(tmp_path: Path) -> None:
    one = [{"name": "a", "start": 0, "end": 9}, {"name": "b", "start": 0, "end": 9}]
    coding(tmp_path, "ann", one, doc="report")
    path = tmp_path / "ann.ttl"
    cyclic = "ex:a-p tmn:subsetOf ex:b-p . ex:b-p tmn:subsetOf ex:a-p .\n"
    path.write_text(path.read_text(encoding="utf-8") + cyclic, encoding="utf-8")
    dataset = testimonia.open(path)
    found = compare(dataset.quads(), dataset.quads())
    assert [each.share for each in found.fields if each.field == "subset_of"] == [1.0]


def test_a_span_longer_than_any_text_takes_no_memory(tmp_path: Path) -> None:
    claims: list[dict[str, object]] = [{"name": "dead", "start": 0, "end": 10**17}]
    first = coding(tmp_path, "ann", claims, doc="one")
    second = coding(tmp_path, "bob", [{"name": "killed", "start": 0, "end": 10**16}], doc="two")
    assert compare(first.quads(), second.quads()).overlap == 0.1


def test_long_chains_of_parts_are_compared_by_name(tmp_path: Path) -> None:
    more = "".join(
        f'ex:s{n} a tmn:UnnamedSource, tmn:Person ; rdfs:label "s{n}"@en ; <http://www.w3.org/ns/org#subOrganizationOf> ex:s{n + 1}, ex:t{n + 1} .\n'
        f'ex:t{n} a tmn:UnnamedSource, tmn:Person ; rdfs:label "t{n}"@en ; <http://www.w3.org/ns/org#subOrganizationOf> ex:s{n + 1}, ex:t{n + 1} .\n'
        for n in range(1000)
    )
    sides = []
    for coder in ("ann", "bob"):
        data = coding(
            tmp_path, coder, [{"name": "dead", "start": 0, "end": 9, "who": "s0"}], doc="a"
        )
        path = data.files[0]
        path.write_text(path.read_text("utf-8") + more, encoding="utf-8")
        sides.append(testimonia.open(path))
    found = compare(*(side.quads() for side in sides))
    assert len(found.pairs) == 1
    claimant = next(each for each in found.fields if each.field == "claimant")
    assert (claimant.pairs, claimant.same) == (1, 0)


def test_names_of_the_library_are_known_without_being_in_the_data(tmp_path: Path) -> None:
    one = [{"name": "a", "start": 0, "end": 9}]
    first = coding(tmp_path, "ann", one, doc="report")
    second = coding(tmp_path, "ben", one, doc="report")
    shipped = "https://w3id.org/testimonia/id/agent/united-states"
    changed = (tmp_path / "ann.ttl").read_text(encoding="utf-8")
    (tmp_path / "ann.ttl").write_text(
        changed.replace("tmn:claimant ex:army", f"tmn:claimant <{shipped}>"), encoding="utf-8"
    )
    mine = (tmp_path / "ben.ttl").read_text(encoding="utf-8")
    (tmp_path / "ben.ttl").write_text(mine.replace("The Army", "United States"), encoding="utf-8")
    found = compare(first.quads(), second.quads())
    assert {each.field: each.share for each in found.fields}["claimant"] == 1.0


def test_the_shipped_claims_agree_with_themselves() -> None:
    dataset = palmyra.opened()
    found = compare(dataset.quads(), dataset.quads())
    assert len(found.pairs) == dataset.count_claims()
    assert all(a.name == b.name for a, b in found.pairs)
    assert found.differences == ()
    assert {each.share for each in found.fields} == {1.0}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections A and B
        ("0100000010", "1110010000", 0.095),
        ("aabbdcccedda", "babbbcccedDd".lower(), 0.692),
        ("ab", "ba", -0.5),
        ("abab", "abab", 1.0),
    ],
)
def test_alpha(first: str, second: str, expected: float) -> None:
    assert alpha(list(zip(first, second, strict=True))) == pytest.approx(expected, abs=0.0005)


def test_alpha_is_undefined_without_variation() -> None:
    assert alpha([]) is None
    assert alpha([("a", "a"), ("a", "a")]) is None


@pytest.mark.usefixtures("two")
def test_the_command_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "settle.csv"
    paths = [str(tmp_path / "ann.ttl"), str(tmp_path / "ben.ttl")]
    assert run(["agreement", *paths, "--output", str(output)]) == 0
    printed = capsys.readouterr().out
    assert "     3  claims of both" in printed
    assert "  0.67  F1 over claims" in printed
    assert "5 differences to settle." in printed
    with output.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["field"] for row in rows] == ["claimant", "lower_bound", "claim", "claim", "claim"]


def test_nothing_to_compare_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    coding(tmp_path, "ann", [{"name": "a", "start": 0, "end": 9}], doc="report")
    coding(tmp_path, "ben", [{"name": "a", "start": 0, "end": 9}], doc="other", digest="b" * 64)
    coding(tmp_path, "eve", [], doc="report")
    paths = {name: str(tmp_path / f"{name}.ttl") for name in ("ann", "ben", "eve")}
    assert run(["agreement", paths["ann"], paths["ben"]]) == 2
    assert "the two coders have no document in common" in capsys.readouterr().err
    assert run(["agreement", paths["ann"], paths["eve"]]) == 2
    assert "there are no claims here" in capsys.readouterr().err
    assert run(["agreement", paths["ann"], paths["ben"], "-o", paths["ann"]]) == 2
