"""Regular expressions have the meaning that XPath defines, whichever engine matches them.

Expected values were worked out from XPath Functions 3.1, section 5.6, and XML Schema 1.1 part 2,
appendix G; where these give an example, it is here.
"""

from __future__ import annotations

import re
import time
import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testimonia.shacl.values.patterns import BadPattern, Pattern, compiled
from testimonia.shacl.values.patterns.codepoints import blocks, category
from testimonia.shacl.work_limits import TimeIsUp

POEM = (
    "Kaum hat dies der Hahn gesehen,\n"
    "Fängt er auch schon an zu krähen:\n"
    "Kikeriki! Kikikerikih!!\n"
    "Tak, tak, tak! - da kommen sie."
)


def matches(text: str, pattern: str, flags: str = "") -> bool:
    return bool(compiled(pattern, flags).matches(pl.Series([text]), seconds=20)[0])


# text, pattern, flags, whether it matches
CASES = [
    # Functions 3.1, 5.6.3.1 (fn:matches) and 5.6.2 (flags)
    ("abracadabra", "bra", "", True),
    ("abracadabra", "^a.*a$", "", True),
    ("abracadabra", "^bra", "", False),
    (POEM, "Kaum.*krähen", "", False),
    (POEM, "Kaum.*krähen", "s", True),
    (POEM, "^Kaum.*gesehen,$", "m", True),
    (POEM, "^Kaum.*gesehen,$", "", False),
    (POEM, "kiki", "i", True),
    ("helloworld", "hello world", "x", True),
    ("helloworld", "hello[ ]world", "x", False),
    ("hello world", "hello[ ]world", "x", True),
    ("hello world", r"hello\ sworld", "x", True),
    ("a[b c]d", r"a\[ b \s c \] d", "x", True),
    ("ab", "a\tb\n", "x", True),
    ("abcd", ".*", "q", False),
    ("Mr. B. Obama", "B. OBAMA", "iq", True),
    ("a\\b", "\\", "q", True),
    ("\u212a", "k", "i", True),  # KELVIN SIGN
    ("\u212a", "[A-Z]", "i", True),
    ("\u017f", "S", "i", True),  # LONG S
    ("q", "[^Q]", "i", False),
    ("r", "[^Q]", "i", True),
    ("o", "^[A-Z-[IO]]$", "i", False),
    ("b", "^[A-Z-[IO]]$", "i", True),
    ("a", r"\p{Lu}", "i", False),
    ("Straße", "STRASSE", "i", False),
    ("ÉTÉ", "été", "i", True),
    ("ς", "Σ", "i", True),
    # the dot and line ends
    ("a\nb", "a.b", "", False),
    ("a\rb", "a.b", "", False),
    ("a\u0085b", "a.b", "", True),
    ("a\u2028b", "a.b", "", True),
    ("a\nb", "a.b", "s", True),
    # anchors
    ("a\n", "^a$", "", False),
    ("a\n", "^a$", "m", True),
    ("a\n", "a\n^$", "m", False),
    ("a\n\n", "\n^$\n", "m", True),
    ("", "^$", "m", True),
    ("", "^$", "", True),
    ("\n", "\n$", "m", False),
    ("a\rb", "^b", "m", False),
    ("a$b", r"a\$b", "", True),
    ("xab", "a|^b", "", True),
    # classes
    ("brtk", "^[a-z-[aeiou]]+$", "", True),
    ("bane", "^[a-z-[aeiou]]+$", "", False),
    ("a-b", "^[a-z-[aeiou]]+$", "", False),
    ("5", r"^[\d-[4-6]]$", "", False),
    ("7", r"^[\d-[4-6]]$", "", True),
    ("m", "^[^a-f-[m]]$", "", False),
    ("n", "^[^a-f-[m]]$", "", True),
    ("e", "^[a-z-[a-m-[e]]]$", "", True),
    ("d", "^[a-z-[a-m-[e]]]$", "", False),
    ("-", "^[a-]$", "", True),
    ("-", "^[-a]$", "", True),
    ("-", r"^[\w-.]$", "", True),
    ("^", "^[a^]$", "", True),
    ("]", r"^[\]]$", "", True),
    ("[", r"^[\[a-c]$", "", True),
    ("&", "^[a&&b]$", "", True),
    ("~", "^[a~~b]$", "", True),
    ("b", "^[+--]$", "", False),
    (",", "^[+--]$", "", True),
    # multi-character escapes
    (" ", r"^\s$", "", True),
    ("\u00a0", r"^\s$", "", False),
    ("\u000b", r"^\s$", "", False),
    ("\u00a0", r"^\S$", "", True),
    ("٣", r"^\d$", "", True),
    ("Ⅷ", r"^\d$", "", False),
    ("_", r"^\w$", "", False),
    ("€", r"^\w$", "", True),
    ("é", r"^\w$", "", True),
    (".", r"^\W$", "", True),
    ("lives9", r"^\i\c*$", "", True),
    ("9lives", r"^\i\c*$", "", False),
    (":a", r"^\i\c*$", "", True),
    ("-", r"^\i$", "", False),
    ("-", r"^\c$", "", True),
    ("·", r"^[\c-[\i]]$", "", True),
    ("9", r"^\I\C?$", "", True),
    ("a", r"^[\I\d]$", "", False),
    # categories and blocks
    ("plain", r"^\p{IsBasicLatin}+$", "", True),
    ("plaîn", r"^\p{IsBasicLatin}+$", "", False),
    ("plaîn", r"\P{IsBasicLatin}", "", True),
    ("λ", r"^\p{IsGreek}$", "", True),
    ("λ", r"^\p{IsGreekandCoptic}$", "", True),
    ("A", r"^\p{Lu}\P{Lu}*$", "", True),
    ("AB", r"^\p{Lu}\P{Lu}*$", "", False),
    ("a", r"^[\p{L}-[\p{Lu}]]$", "", True),
    ("A", r"^[\p{L}-[\p{Lu}]]$", "", False),
    ("\U0001f600", r"^\p{So}$", "", True),
    ("\U0001f600", "^.$", "", True),
    # quantifiers
    ("aaa", "^a{3}$", "", True),
    ("aaaa", "^a{2,3}$", "", False),
    ("aaaa", "^a{2,}$", "", True),
    ("aaa", "^a{0}$", "", False),
    ("aaa", "^a+?$", "", True),
    ("ab", "^(?:a|b)*?$", "", True),
    ("", "^(a{0,2}){0,2}$", "", True),
    ("", "", "", True),
    ("b", "^(|a)b$", "", True),
    # back-references
    ("'hello'", r"^(['\"]).*\1$", "", True),
    ("'hello\"", r"^(['\"]).*\1$", "", False),
    ("aA", r"^(a)\1$", "i", True),
    ("aA", r"^(a)\1$", "", False),
    ("b", r"^(?:(a)|b)\1$", "", True),
    ("aa1", r"^(a)\11$", "", True),
    ("abcdefghijkk", r"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)\11$", "", True),
    ("abab", r"^((a)(b))\1$", "", True),
    # beyond the standard, as in other languages
    ("price", "p(?=r)", "", True),
    ("pick", "p(?=r)", "", False),
    ("pick", "^(?!x)", "", True),
    ("ABC", "(?i)abc", "", True),
    ("a/b", r"^a\/b$", "", True),
    ("a:b", r"^a\:b$", "", True),
]


@pytest.mark.parametrize(("text", "pattern", "flags", "expected"), CASES)
def test_it_matches(text: str, pattern: str, flags: str, expected: bool) -> None:
    assert matches(text, pattern, flags) is expected


@pytest.mark.parametrize(("text", "pattern", "flags", "expected"), CASES)
def test_it_matches_in_python_too(text: str, pattern: str, flags: str, expected: bool) -> None:
    assert Pattern(pattern, flags).by_python().matches(pl.Series([text]))[0] is expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("*a", "nothing to repeat"),
        ("a**", "nothing to repeat"),
        ("a{1}{2}", "nothing to repeat"),
        ("a{,3}", "nothing to repeat"),
        ("a{3,1}", "exceeds its maximum"),
        ("a]", "is unmatched"),
        ("a}", "is unmatched"),
        ("(a", "not closed"),
        ("a)", "not opened"),
        ("[a", "not closed"),
        ("[]", "is empty"),
        ("[^]", "is empty"),
        ("[z-a]", "ends before it begins"),
        (r"[a-\d]", "a range must end with a single character"),
        ("[a[b]]", "is not allowed in a character class"),
        ("[a-[b]c]", "after the class subtracted"),
        ("(?<n>a)", "no such group"),
        ("(?P<n>a)", "no such group"),
        ("(?>a)", "no such group"),
        (r"\1", "no group 1"),
        (r"(a\1)", "no group 1"),
        (r"(a)\2", "no group 2"),
        (r"(a)\0", "no group 0"),
        (r"\bword\b", r"no escape \\b"),
        (r"\h", r"no escape \\h"),
        (r"\x41", r"no escape \\x"),
        (r"\p{Greek}", "the block is IsGreek"),
        (r"\p{IsKlingon}", "no category or block"),
        (r"\p{BasicLatin}", "the block is IsBasicLatin"),
        (r"\pL", "goes in braces"),
        ("a\\", "ends unexpectedly"),
        ("(" * 101 + ")" * 101, "nested more than"),
        ("[a-" * 101 + "[b]" + "]" * 101, "nested more than"),
        ("(?<=a*)b", "cannot be evaluated"),
    ],
)
def test_an_invalid_pattern_says_why(pattern: str, reason: str) -> None:
    with pytest.raises(BadPattern, match=reason):
        compiled(pattern, "")


def test_an_unknown_flag() -> None:
    with pytest.raises(BadPattern, match="no flag 'g'"):
        compiled("a", "g")


def test_null_stays_null() -> None:
    for pattern in ("a", r"(a)\1"):
        found = compiled(pattern, "").matches(pl.Series(["aa", None]), seconds=20)
        assert found.to_list() == [True, None]


def test_catastrophic_backtracking_is_stopped() -> None:
    pattern = compiled(r"^(a+)+\1$", "")
    began = time.monotonic()
    with pytest.raises(TimeIsUp):
        pattern.matches(pl.Series(["a" * 60 + "b"]), seconds=0.5)
    assert time.monotonic() - began < 10


def test_patterns_too_large_for_rust_are_matched_too() -> None:
    pattern = compiled(r"^\w{900}(?:\w{900}){9}$", "")
    assert not pattern.linear
    assert pattern.matches(pl.Series(["é" * 9000, "é"]), seconds=20).to_list() == [True, False]


@given(st.characters(exclude_categories=["Cs"]))
def test_categories_are_those_of_unicode(character: str) -> None:
    name = unicodedata.category(character)
    assert any(first <= ord(character) <= last for first, last in category(name))


def test_blocks_and_their_older_names() -> None:
    assert blocks()["BasicLatin"] == ((0, 0x7F),)
    assert blocks()["PrivateUse"][0] == (0xE000, 0xF8FF)
    assert len(blocks()) > 340


_classes = st.sampled_from([r"\d", r"\w", r"\s", r"\i", r"\C", r"\p{Lu}", ".", "[a-c]", "[^b-[z]]"])
_atoms = st.one_of(st.sampled_from(["a", "B", "c", " ", "é", "_", "1", r"\."]), _classes)
_patterns = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: f"(?:{'|'.join(each)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{1,2}", "+?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(_patterns, st.text("aAbBcC é_1.\n", max_size=6), st.sampled_from(["", "i", "s", "is"]))
def test_both_engines_agree(pattern: str, text: str, flags: str) -> None:
    made = Pattern(f"^{pattern}$", flags)
    assert made.linear
    series = pl.Series([text])
    assert made.matches(series).to_list() == made.by_python().matches(series).to_list()


@given(st.text(max_size=12))
def test_any_text_is_found_literally(text: str) -> None:
    assert matches(f"<{text}>", text, "q")
    assert matches(text, re.sub(r"([\\^$.?*+|()\[\]{}\-])", r"\\\1", text))
