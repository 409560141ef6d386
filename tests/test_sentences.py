"""Sentences: invented texts only."""
# ruff: noqa: RUF001 - other scripts are what is tested

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.sentences import split


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bus left. It was late.", ["The bus left.", "It was late."]),
        (
            "Was it late? Yes! Very…  Then came rain.",
            ["Was it late?", "Yes!", "Very…", "Then came rain."],
        ),
        ("PORTVILLE\nThe bus left.", ["PORTVILLE", "The bus left."]),
        ("A heading without a stop\n\nThe bus left", ["A heading without a stop", "The bus left"]),
        ("One line\r\nAnother line", ["One line", "Another line"]),
        ("It cost 3.5 crowns. Nobody paid.", ["It cost 3.5 crowns.", "Nobody paid."]),
        ("They met in 1907. 12 came.", ["They met in 1907.", "12 came."]),
        (
            "The U.S. Navy and Gen. Ash met Mr. Elm on Nov. 3 there.",
            ["The U.S. Navy and Gen. Ash met Mr. Elm on Nov. 3 there."],
        ),
        ("J. R. Ash left. He ran.", ["J. R. Ash left.", "He ran."]),
        ("It left at 5 p.m. on Monday. Rain fell.", ["It left at 5 p.m. on Monday.", "Rain fell."]),
        (
            "“It rained. We stayed,” she said. He nodded.",
            ["“It rained. We stayed,” she said.", "He nodded."],
        ),
        ('He said "we left." Nobody knew.', ['He said "we left."', "Nobody knew."]),
        (
            "They call it “home.” (Few do.) All stay.",
            ["They call it “home.”", "(Few do.)", "All stay."],
        ),
        ("The old trees … to be felled stand.", ["The old trees … to be felled stand."]),
        ("He came “late. She waited. They left.", ["He came “late.", "She waited.", "They left."]),
        ("She waited. “Then we left. It rained.”", ["She waited.", "“Then we left. It rained.”"]),
        ("  \n * * * \n\tThe end.  ", ["The end."]),
        ("", []),
    ],
)
def test_split(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    "expected",
    [
        [
            "قُتل ثلاثة حراس عند الجسر.",
            "وقالت البلدية إن السائق فر.",
            "هل أصيب أحد؟",
            "نفى د. سالم ذلك!",
        ],
        ["«لم نصل بعد. سنصل غدا» قال المتحدث.", "انتهى البيان."],
        ["پل بند ہو گیا۔", "کسی نے نہیں دیکھا۔"],
        ["桥上有三人受伤。", "市政府证实了这一消息。", "真的吗？！", "没有人回答。"],
        ["发言人说：“三人受伤。两人失踪。”", "司机逃走了。", "“没有人受伤。”警方说。"],
        [
            "「橋は閉じた。」と市は発表した。",
            "彼は「行く。」と言った。",
            "午前３．５時に開いた．",
            "誰も来ない．",
        ],
        ["पुल पर तीन लोग घायल हुए।", "नगर ने पुष्टि की।", "कौन आया?", "कोई नहीं।"],
        ["ሦስት ሰዎች ቆሰሉ።", "ከተማው አረጋግጧል።"],
        ["Երեք մարդ վիրավորվեց։", "Քաղաքը հաստատեց։"],
        ["လူသုံးဦး ဒဏ်ရာရသည်။", "မြို့က အတည်ပြုသည်။"],
        ["სამი კაცი დაიჭრა.", "ქალაქმა დაადასტურა."],
        ["שלושה נפצעו בגשר.", "העירייה אישרה."],
        [
            "Il a dit : « Nous partons. »",
            "Ensuite, rien !",
            "« Il pleut ? » demande M. Orme.",
            "Fin.",
        ],
        ["«\u00a0Nous partons.\u00a0»", "Qui\u00a0?", "Personne\u202f!", "Rien."],
        ["¿Quién fue?", "¡Nadie!", "El Gral. Fresno salió de EE.UU. ayer.", "¿Por qué?"],
        ["Er sagte: „Wir gehen. Es regnet.“", "Dann ging er.", "»Neu.«", "Alt."],
        ["Ранены трое.", "Полк. Ясень и А. С. Вяз были на ул. Мира в 2014 г. утром.", "Всё!"],
        ["«Мы ушли. Шёл дождь», — сказал он.", "Чому?", "Місто підтвердило це."],
        ["DR. ASH DIED.", "GEN. ELM SAID NO.", "THEY LEFT."],
    ],
    ids=lambda expected: expected[0],
)
def test_other_scripts(expected: list[str]) -> None:
    between = "" if "\u3040" <= expected[0][1] <= "\u9fff" else " "
    assert pieces(between.join(expected)) == expected


def test_marks_of_other_scripts_are_those_that_unicode_names() -> None:
    # From SentenceBreakProperty.txt, beside those above: Bengali uses the danda, Tibetan has no mark.
    for mark in "\u0964\u1362\u0589\u3002\uff1f\U000111c5\U0001bc9f":
        assert pieces(f"a{mark} ক") == [f"a{mark}", "ক"], mark
    assert pieces("a\u0f0d ক") == ["a\u0f0d ক"]


def test_thai_is_split_only_at_line_breaks() -> None:
    assert pieces("สามคนบาดเจ็บ เมืองยืนยัน\nไม่มีใครเห็น") == ["สามคนบาดเจ็บ เมืองยืนยัน", "ไม่มีใครเห็น"]


def test_sentence_after_an_abbreviation_is_joined() -> None:
    # A documented limit: the span grows, so coverage can only become stricter.
    assert pieces("He lives in the U.S. Nobody knows.") == ["He lives in the U.S. Nobody knows."]


@given(st.text(alphabet="aB1 .!?…\"“”'()\n\r\u2028é😀。「」«»\u00a0ق؟．"))
def test_spans_hold_every_letter_once_and_are_trimmed(text: str) -> None:
    spans = split(text)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    inside = {at for start, end in spans for at in range(start, end)}
    assert {at for at, char in enumerate(text) if char.isalnum()} <= inside
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
