"""Words in another spelling, copied text, and quantities that do not occur in their passages are found."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from testimonia import passages
from testimonia.errors import PassageError
from testimonia.passages import Fault, PassageReport, WordingFault
from testimonia.passages.copying import copied
from testimonia.passages.wording import equivalents, lookalikes

IRI = "https://w3id.org/testimonia/id/document/port"
FRENCH = "Un élève a été blessé près du café d’Ahmès, hier.\n"  # noqa: RUF001

Check = Callable[[str], PassageReport]


@pytest.mark.parametrize(("held", "asked"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_composed_and_decomposed_words_are_the_same(tmp_path: Path, held: str, asked: str) -> None:
    path = tmp_path / "report.txt"
    path.write_text(unicodedata.normalize(held, FRENCH), encoding="utf-8")
    there = unicodedata.normalize(held, "été blessé")
    start = path.read_text(encoding="utf-8").index(there)
    written = passages.locate(path, unicodedata.normalize(asked, "été blessé"), IRI)
    assert f"#char={start},{start + len(there)}> a tmn:Passage" in written
    assert hashlib.sha256(there.encode()).hexdigest() in written


@pytest.mark.parametrize("words", ["ete blesse", "cafe d'Ahmes", "CAFÉ D'AHMES"])
def test_words_without_their_accents_are_located(tmp_path: Path, words: str) -> None:
    path = tmp_path / "report.txt"
    path.write_text(FRENCH, encoding="utf-8")
    at = 11 if "lesse" in words else 30
    with pytest.raises(PassageError) as caught:
        passages.locate(path, words, IRI)
    assert caught.value.hint == (
        "With other accents or marks on letters, quotation marks, dashes, spaces or capitals they "
        f"occur at {at}: copy them from the file."
    )


def test_part_of_a_letter_is_not_a_match() -> None:
    assert equivalents(unicodedata.normalize("NFD", "café"), "cafe") == []
    assert equivalents("café", "cafe") == []
    assert lookalikes("قُتِل", "قتل") == [(0, 5)]


def test_a_text_in_another_normal_form_is_reported(
    sources: Path, check: Check, described: str
) -> None:
    (sources / "any name").write_bytes(
        unicodedata.normalize("NFD", (sources / "any name").read_text(encoding="utf-8")).encode()
    )
    (outcome,) = check(described).documents
    assert outcome.faults[Fault.NOT_HELD].endswith("any name is that text in normal form NFC")


GLOSS = 'ex:p tmn:gloss "{}"@en .\n'


def test_copied_words_are_found() -> None:
    text = "Åsa said that two boats sank in the harbour late on Monday, and nobody was hurt."
    documents = {IRI: text}
    from pyoxigraph import RdfFormat, parse

    prefixes = (
        "@prefix tmn: <https://w3id.org/testimonia/ns#> . @prefix ex: <https://example.org/> .\n"
    )

    def faults(gloss: str) -> list[str]:
        quads = list(parse(prefixes + GLOSS.format(gloss), RdfFormat.TURTLE))
        return [each.how for each in copied(quads, documents)]

    assert faults("Two boats went down in the harbour on Monday.") == []
    assert faults("Two boats sank in the harbour late.") == []  # seven words
    (how,) = faults("TWO boats sank in the harbour late on Monday; nobody was hurt.")
    assert how.startswith("9 of its 12 words, or more, occur in this order in <" + IRI)


def test_quantities_are_searched_for_in_their_passages(
    check: Check, described: str, passage: Callable[[str], str]
) -> None:
    there = passage("“two boats” sank")
    iri = there[there.index("\n<") + 2 : there.index("> a tmn:Passage")]

    def outcome(quantity: str) -> list[tuple[str, WordingFault]]:
        claim = f'ex:c tmn:passage <{iri}> ; tmn:verbatimQuantity "{quantity}" .\n'
        report = check(described + there + claim)
        assert report.ok == (not report.wordings)
        return [(each.subject, each.fault) for each in report.wordings]

    assert outcome("Two") == []
    assert outcome("two boats") == []
    assert outcome("wo") == [("https://example.org/c", WordingFault.NOT_THERE)]
    assert outcome("twelve") == [("https://example.org/c", WordingFault.NOT_THERE)]
