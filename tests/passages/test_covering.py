"""Coverage by sentence."""

from __future__ import annotations

from collections.abc import Callable

from testimonia.passages import Covered, PassageReport, coverage

Check = Callable[[str], PassageReport]
Locate = Callable[[str], str]


def claimed(turtle: str, claim: str = "ex:claim") -> str:
    iri = turtle.split(" a tmn:Passage")[0].split()[-1]
    return f"{turtle}{claim} tmn:passage {iri} .\n"


def test_whole_partial_and_no_coverage(check: Check, described: str, passage: Locate) -> None:
    turtle = described + claimed(passage("HARBOUR"))
    turtle += claimed(passage("Åsa said")) + claimed(passage("sank"), "ex:other")
    found = coverage(check(turtle))
    assert [sentence.covered for sentence in found.sentences] == [
        Covered.WHOLLY,
        Covered.PARTLY,
        Covered.NOT,
    ]
    half = found.sentences[1]
    assert [half.text[a - half.start : b - half.start] for a, b in half.bare] == ["two boats"]
    assert half.claims == ("https://example.org/claim", "https://example.org/other")
    assert (half.characters, half.bare_characters) == (19, 8)
    assert not found.complete
    assert found.share == 1 / 3


def test_punctuation_need_not_be_covered_and_passages_may_overlap(
    check: Check, described: str, passage: Locate
) -> None:
    turtle = described + claimed(passage("HARBOUR")) + claimed(passage("Nobody was hurt 😀 today"))
    turtle += claimed(passage("Åsa said “two")) + claimed(passage("said “two boats” sank"))
    found = coverage(check(turtle))
    assert found.complete
    assert found.share == 1.0


def test_one_uncovered_letter_makes_coverage_partial(
    check: Check, described: str, passage: Locate
) -> None:
    turtle = described + claimed(passage("HARBOU")) + claimed(passage("Nobody was hurt 😀 today"))
    turtle += claimed(passage("Åsa said “two boats” sank"))
    found = coverage(check(turtle))
    assert not found.complete
    assert [(s.start, s.bare) for s in found.sentences if s.bare] == [(0, ((6, 7),))]


def test_a_reason_covers_and_is_reported(check: Check, described: str, passage: Locate) -> None:
    reason = passage("HARBOUR").replace(
        "a tmn:Passage", "a tmn:Passage ; tmn:noClaimReason tmc:dateline"
    )
    found = coverage(check(described + reason))
    assert found.sentences[0].covered is Covered.WHOLLY
    assert found.sentences[0].reasons == ("https://w3id.org/testimonia/code/dateline",)
    assert found.sentences[0].claims == ()


def test_a_passage_without_claim_or_reason_covers_nothing(
    check: Check, described: str, passage: Locate
) -> None:
    assert coverage(check(described + passage("HARBOUR"))).sentences[0].covered is Covered.NOT


def test_a_passage_that_failed_its_check_covers_nothing(
    check: Check, described: str, passage: Locate
) -> None:
    digest = passage("Nobody").split('Digest "')[1][:64]
    own = passage("HARBOUR").split('Digest "')[1][:64]
    wrong = claimed(passage("HARBOUR")).replace(own, digest)
    assert coverage(check(described + wrong)).sentences[0].covered is Covered.NOT


def test_without_any_text_nothing_is_complete(check: Check, described: str) -> None:
    digest = described.split('sha256 "')[1][:64]
    found = coverage(check(described.replace(digest, "0" * 64)))
    assert found.sentences == ()
    assert found.not_held == ("https://example.org/document/boats",)
    assert not found.complete
