"""Checks of passages against texts: each kind of fault."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from testimonia import passages
from testimonia.errors import InputError
from testimonia.passages import Fault, PassageReport

Check = Callable[[str], PassageReport]
Locate = Callable[[str], str]


def faults(report: PassageReport) -> list[dict[Fault, str]]:
    return [outcome.faults for outcome in report.passages]


def test_a_correct_passage_is_verified_and_quoted(
    check: Check, described: str, passage: Locate
) -> None:
    report = check(described + passage("“two boats” sank"))
    assert report.ok
    assert report.complete
    assert [outcome.quotation for outcome in report.passages] == ["“two boats” sank"]
    assert report.documents[0].file is not None
    assert report.documents[0].file.name == "any name"
    assert report.unmatched_files == ()


def test_offsets_count_code_points(check: Check, described: str, passage: Locate) -> None:
    report = check(described + passage("😀 today"))
    assert report.ok
    assert (report.passages[0].passage.start, report.passages[0].passage.end) == (51, 58)


@pytest.mark.parametrize(
    ("old", "new", "fault", "how"),
    [
        (
            'oa:start "17"',
            'oa:start "18"',
            {Fault.IRI_DIFFERS, Fault.DIGEST_DIFFERS},
            "according to its selector, it would be <https://example.org/document/boats#char=18,33>",
        ),
        (
            'tmn:passageDigest "',
            'tmn:passageDigest "0',
            {Fault.MALFORMED},
            "tmn:passageDigest is not a SHA-256 in lower-case hexadecimal",
        ),
        ('oa:end "33"', 'oa:end "x"', {Fault.MALFORMED}, "oa:end is not a number of characters"),
        (
            'oa:end "33"',
            'oa:end "17"',
            {Fault.IRI_DIFFERS, Fault.OUT_OF_RANGE},
            "it starts at 17 and ends at 17",
        ),
        (
            'oa:end "33"',
            'oa:end "62"',
            {Fault.IRI_DIFFERS, Fault.OUT_OF_RANGE},
            "it ends at 62, its document has 60 characters",
        ),
        (
            "oa:hasSource <https://example.org/document/boats>",
            "oa:hasSource ex:other",
            {Fault.UNKNOWN_DOCUMENT, Fault.IRI_DIFFERS},
            "the data do not describe <https://example.org/other>",
        ),
        (
            "oa:hasSource <https://example.org/document/boats>",
            'oa:hasSource "boats"',
            {Fault.MALFORMED},
            "oa:hasSource is not an IRI",
        ),
    ],
)
def test_a_wrong_passage_is_reported_with_its_fault(
    check: Check, described: str, passage: Locate, old: str, new: str, fault: set[Fault], how: str
) -> None:
    turtle = passage("“two boats” sank")
    assert old in turtle
    report = check(described + turtle.replace(old, new))
    assert not report.ok
    [found] = faults(report)
    # Its anchor shows where the words are.
    moved = {Fault.MOVED} if fault & {Fault.DIGEST_DIFFERS, Fault.OUT_OF_RANGE} else set()
    assert set(found) == fault | moved
    assert how in found.values()


def test_a_digest_of_other_words_differs(check: Check, described: str, passage: Locate) -> None:
    wrong = passage("HARBOUR").split('tmn:passageDigest "')[1][:64]
    right = passage("Nobody").split('tmn:passageDigest "')[1][:64]
    report = check(described + passage("Nobody").replace(right, wrong))
    [found] = faults(report)
    # The digest of this word is that of its normal form, too.
    assert set(found) == {Fault.DIGEST_DIFFERS, Fault.MISSING}


def test_missing_and_repeated_statements(check: Check, described: str, passage: Locate) -> None:
    turtle = passage("Nobody").replace(
        "oa:TextPositionSelector ;", 'oa:TextPositionSelector ; oa:end "9" ;'
    )
    report = check(
        described + turtle.replace("oa:hasSource <https://example.org/document/boats> ;", "")
    )
    assert faults(report) == [{Fault.MALFORMED: "no values of oa:hasSource; 2 values of oa:end"}]


def test_a_passage_that_only_a_claim_names(check: Check, described: str) -> None:
    report = check(described + "ex:claim tmn:passage ex:nowhere .")
    assert faults(report) == [{Fault.MALFORMED: "not described"}]
    assert report.passages[0].passage.claims == ("https://example.org/claim",)


def test_a_missing_text_is_not_a_fault_of_the_data(
    check: Check, described: str, passage: Locate, sources: Path
) -> None:
    turtle = described + passage("Nobody")
    (sources / "any name").write_text("Something else.", encoding="utf-8")
    report = check(turtle)
    assert report.ok
    assert not report.complete
    assert [set(found) for found in faults(report)] == [{Fault.NOT_HELD}]
    assert report.passages[0].quotation is None
    assert [path.name for path in report.unmatched_files] == ["any name"]


def test_a_wrong_character_count(check: Check, described: str) -> None:
    report = check(described.replace('Count "60"', 'Count "62"'))
    assert not report.ok
    assert report.documents[0].faults == {
        Fault.COUNT_DIFFERS: "the data say 62 characters, the text has 60"
    }


def test_line_ends_are_characters_like_others(check: Check, sources: Path, described: str) -> None:
    text = "One.\r\nTwo.\rThree.\n"
    (sources / "any name").write_bytes(text.encode())
    turtle = described.replace('Count "60"', f'Count "{len(text)}"')
    digest = turtle.split('sha256 "')[1][:64]
    report = check(turtle.replace(digest, hashlib.sha256(text.encode()).hexdigest()))
    assert report.ok
    assert report.complete


def test_a_missing_or_empty_directory(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        passages.check([], tmp_path / "absent")
    assert caught.value.message == "there is no such directory"
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as caught:
        passages.check([], tmp_path / "empty")
    assert caught.value.message == "the directory contains no files"


def test_texts_may_be_in_folders_but_not_in_hidden_ones(
    check: Check, sources: Path, described: str, passage: Locate
) -> None:
    turtle = described + passage("Nobody")
    (text,) = sources.iterdir()
    for name, held in (("one/two", True), (".trash", False)):
        (sources / name).mkdir(parents=True)
        text = text.rename(sources / name / "text")
        (sources / "other").write_text("Another.")
        assert check(turtle).complete is held


def test_a_text_that_is_not_utf_8(check: Check, sources: Path, described: str) -> None:
    raw = b"caf\xe9"
    (sources / "any name").write_bytes(raw)
    digest = described.split('sha256 "')[1][:64]
    with pytest.raises(InputError) as caught:
        check(described.replace(digest, hashlib.sha256(raw).hexdigest()))
    assert caught.value.message == "the file is not UTF-8 (byte 3 cannot be decoded)"


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (lambda text: b"\xef\xbb\xbf" + text, "without its byte order mark"),
        (lambda text: text.replace(b"\n", b"\r\n"), "with line feeds as line ends"),
    ],
)
def test_a_text_that_differs_only_in_line_ends_is_recognised(
    tmp_path: Path, change: Callable[[bytes], bytes], difference: str
) -> None:
    text = b"One line.\nTwo lines.\n"
    digest = hashlib.sha256(text).hexdigest()
    (tmp_path / "text.txt").write_bytes(change(text))
    data = f"""
        @prefix tmn: <https://w3id.org/testimonia/ns#> .
        <https://example.org/d> a tmn:Document ; tmn:sha256 "{digest}" ; tmn:characterCount {len(text)} .
    """
    report = passages.check(parse(data, RdfFormat.TURTLE), tmp_path)
    assert (
        report.documents[0].faults[Fault.NOT_HELD].endswith(f"text.txt is that text {difference}")
    )


def test_nothing_to_check_is_not_a_success(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes(b"text")
    assert passages.check([], tmp_path).empty


def test_an_offset_of_thousands_of_digits_is_malformed(check: Check, described: str) -> None:
    selector = f'[ oa:start "{"9" * 5000}" ; oa:end 2 ]'
    report = check(f"{described} ex:p a tmn:Passage ; oa:hasSelector {selector} .")
    assert "oa:start is not a number of characters" in report.passages[0].faults[Fault.MALFORMED]
