"""Turtle for authors."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from testimonia import passages
from testimonia.errors import InputError, PassageError
from testimonia.namespaces import TMC, TMN
from testimonia.rdf import files

IRI = "https://w3id.org/testimonia/id/document/boats"
PREFIXES = """\
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix tmc: <https://w3id.org/testimonia/code/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_bytes("“Two” boats.\nTwo boats \u2013 two\u00a0sails.\n".encode())
    return path


def test_locate_writes_offsets_and_digest_and_no_words(text: Path) -> None:
    digest = sha256("Two boats \u2013 two")
    whole = '"Two"boats.Twoboatstwosails.'
    assert passages.locate(text, "Two boats \u2013 two", IRI) == (
        f"{PREFIXES}\n<{IRI}#char=13,28> a tmn:Passage ;\n"
        f"    oa:hasSource <{IRI}> ;\n"
        f"    oa:hasSelector <{IRI}#selector=13,28> ;\n"
        f'    tmn:passageDigest "{digest}" ;\n'
        f'    tmn:anchorDigest "{sha256("Twoboatstwo")}" ;\n'
        '    tmn:anchorLength "11"^^xsd:nonNegativeInteger ;\n'
        f'    tmn:widerDigest "{sha256(whole)}" ;\n'
        f'    tmn:widerLength "{len(whole)}"^^xsd:nonNegativeInteger ;\n'
        '    tmn:offsetInWider "11"^^xsd:nonNegativeInteger .\n'
        "\n"
        f"<{IRI}#selector=13,28> a oa:TextPositionSelector ;\n"
        '    oa:start "13"^^xsd:nonNegativeInteger ;\n'
        '    oa:end "28"^^xsd:nonNegativeInteger .\n'
    )


def test_document_writes_digest_and_count(text: Path) -> None:
    digest = hashlib.sha256(text.read_bytes()).hexdigest()
    assert passages.document(text, IRI) == (
        f"{PREFIXES}\n<{IRI}> a tmn:Document ;\n"
        f'    tmn:sha256 "{digest}" ;\n'
        '    tmn:characterCount "36"^^xsd:nonNegativeInteger .\n'
    )


def test_words_that_occur_twice_need_a_number(text: Path) -> None:
    with pytest.raises(PassageError) as caught:
        passages.locate(text, "Two", IRI)
    assert caught.value.message == "the words occur in the document 2 times, at 1, 13"
    assert "#char=13,16>" in passages.locate(text, "Two", IRI, nth=2)
    with pytest.raises(PassageError, match="no occurrence 3"):
        passages.locate(text, "Two", IRI, nth=3)
    with pytest.raises(PassageError, match="no occurrence 0"):
        passages.locate(text, "Two", IRI, nth=0)


def test_overlapping_occurrences_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("anana", encoding="utf-8")
    with pytest.raises(PassageError, match="2 times, at 0, 2"):
        passages.locate(path, "ana", IRI)


def test_near_misses_are_reported(text: Path) -> None:
    with pytest.raises(PassageError) as caught:
        passages.locate(text, '"two" BOATS. Two boats - two sails', IRI)
    assert caught.value.message == "the words do not occur in the document"
    assert "they occur at 0: copy them from the file" in caught.value.hint
    with pytest.raises(PassageError) as caught:
        passages.locate(text, "three boats", IRI)
    assert caught.value.hint.startswith("Copy the words from the file")
    with pytest.raises(PassageError, match="no words were given"):
        passages.locate(text, "", IRI)


@pytest.mark.parametrize(
    "iri", ["not an iri", "https://example.org/a b", "https://x> . <https://y"]
)
def test_an_invalid_iri_is_refused(text: Path, iri: str) -> None:
    with pytest.raises(InputError, match="is not an IRI"):
        passages.document(text, iri)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        passages.document(tmp_path / "absent.txt", IRI)


def test_what_is_written_parses_alone_and_appended(text: Path, tmp_path: Path) -> None:
    written = passages.document(text, IRI) + passages.locate(text, "sails", IRI)
    path = tmp_path / "passages.ttl"
    path.write_text(written + passages.locate(text, "boats.", IRI, no_claim="headline"))
    quads = list(files.read([path]))
    assert sum(quad.predicate == TMN.passageDigest for quad in quads) == 2
    assert [quad.object for quad in quads if quad.predicate == TMN.noClaimReason] == [TMC.headline]


@pytest.mark.parametrize(
    "name", ["headline", "tmc:headline", "https://w3id.org/testimonia/code/headline"]
)
def test_the_reason_for_no_claim_is_a_code(text: Path, name: str) -> None:
    written = passages.locate(text, "sails", IRI, no_claim=name)
    assert "tmn:noClaimReason <https://w3id.org/testimonia/code/headline> ." in written


def test_a_reason_that_is_not_in_the_code_list_is_refused(text: Path) -> None:
    with pytest.raises(
        InputError, match="'headlin' is not a code of tmc:no-claim-reason"
    ) as caught:
        passages.locate(text, "sails", IRI, no_claim="headlin")
    assert caught.value.hint == "Did you mean headline?"
    with pytest.raises(InputError, match="'tmc:killed' is not a code"):
        passages.locate(text, "sails", IRI, no_claim="tmc:killed")


@pytest.mark.parametrize("detail", ["label", "dateline"])
def test_words_that_are_not_utf8_are_refused(text: Path, detail: str) -> None:
    with pytest.raises(InputError, match="UTF-8 cannot express"):
        passages.describe(text, IRI, **{detail: "Boats \udcff"})  # type: ignore[arg-type]
