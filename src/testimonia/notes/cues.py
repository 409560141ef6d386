"""Cues for who reads a report: figures of people, reported speech, and names that are known.

They are found by words (``cue_words.toml``) in English, French, Spanish and Arabic, and are suggestions: what a
sentence says is for the reader to say. How many are right, and how many figures are missed, is measured on the
shipped incidents (docs/reference/suggestions.md).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from testimonia import sentences
from testimonia.validation.quantities import number_range

__all__ = ["LANGUAGES", "Cue", "CueKind", "common_words", "find"]

LANGUAGES: Final = ("en", "fr", "es", "ar")

_WORD: Final = re.compile(
    r"[0-9\u0660-\u0669\u06f0-\u06f9]+(?:[ ,.\u00a0\u202f][0-9]{3})*|[^\W\d_]+(?:['\u2019][^\W\d_]+)*|[^\w\s]|_"
)
_HARMS: Final = ("killed", "injured", "detained", "missing", "abducted", "displaced")
_PERSON_WITHIN: Final = 4  # words after the quantity: "three wounded Syrian soldiers"
_HARM_WITHIN: Final = 14  # words on either side
_TELLING: Final = 5_000  # characters by which the language is found
_ENDS: Final = frozenset(".;:!?")


class CueKind(StrEnum):
    """What a cue points to."""

    FIGURE = "figure"
    SPEECH = "speech"
    NAME = "name"


@dataclass(frozen=True)
class Cue:
    """A place in a text that may be worth a claim.

    Attributes
    ----------
    kind
        What it may be.
    start, end
        Where its words begin and end, in Unicode code points.
    sentence
        The number of its sentence, from 1.
    harm
        Of a figure: the code of the harm, or ``detained``.
    lower, upper
        Of a figure: its bounds; None for an open end.
    bound_type
        Of a figure: the code of its bound type.
    counted
        Of a figure: the words for those who are counted, as they stand in the text.
    name
        Of a name: the IRI that it may stand for.
    """

    kind: CueKind
    start: int
    end: int
    sentence: int
    harm: str | None = None
    lower: int | None = None
    upper: int | None = None
    bound_type: str | None = None
    counted: str | None = None
    name: str | None = None

    @property
    def phrase(self) -> str | None:
        """A figure as it would be typed in notes, such as ``killed 4 dock workers``."""
        if self.kind is not CueKind.FIGURE:
            return None
        match self.bound_type:
            case "vague":
                quantity = "several" if self.lower == 2 else f">={self.lower}"
            case "approximately":
                quantity = f"~{self.lower}"
            case "nearly":
                quantity = f"nearly {self.upper}"
            case "at-least":
                quantity = f">={self.lower}"
            case "at-most":
                quantity = f"<={self.upper}"
            case _:
                quantity = str(self.lower)
        return " ".join(filter(None, (self.harm, quantity, self.counted)))


class _Token(NamedTuple):
    text: str  # folded
    start: int
    end: int


class _Quantity(NamedTuple):
    first: int  # tokens
    last: int
    lower: int | None
    upper: int | None
    bound_type: str


class _Words:
    """The cue words of one language."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = {name: [_folded(word) for word in words] for name, words in lists.items()}
        self._exact = {
            name: {word for word in words if " " not in word and not word.endswith("*")}
            for name, words in self._lists.items()
        }
        self._stems = {
            name: tuple(word[:-1] for word in words if word.endswith("*"))
            for name, words in self._lists.items()
        }
        self._phrases = {
            name: [tuple(word.split()) for word in words if " " in word]
            for name, words in self._lists.items()
        }

    def at(self, name: str, tokens: Sequence[_Token], index: int) -> int:
        """Give how many tokens from one on are a word or phrase of a list; 0 for none."""
        for phrase in self._phrases[name]:
            if tuple(token.text for token in tokens[index : index + len(phrase)]) == phrase:
                return len(phrase)
        exact, stems = self._exact[name], self._stems[name]
        return int(
            any(text in exact or text.startswith(stems) for text in self._bare(tokens[index].text))
        )

    def _bare(self, text: str) -> Iterator[str]:
        yield text
        for prefix in self._lists["prefixes"]:
            if text.startswith(prefix):
                yield text.removeprefix(prefix)

    def listed(self, name: str) -> set[str]:
        """Return the single words of a list."""
        return self._exact[name]

    def common(self, tokens: Iterable[_Token]) -> int:
        """Count the tokens that are among the commonest words of the language."""
        return sum(token.text in self._exact["common"] for token in tokens)


@cache
def _words_of(language: str) -> _Words:
    text = Path(__file__).with_name("cue_words.toml").read_text(encoding="utf-8")
    return _Words(tomllib.loads(text)[language])


@cache
def common_words() -> frozenset[str]:
    """Return the commonest words of all languages that have cue words."""
    return frozenset().union(*(_words_of(each).listed("common") for each in LANGUAGES))


def find(
    text: str, language: str | None = None, names: Mapping[str, str] | None = None
) -> list[Cue]:
    """Find the figures of people, the reported speech and the known names of a report.

    Parameters
    ----------
    text
        The report.
    language
        Its language, as a BCP 47 tag; found from its letters and commonest words where not given.
    names
        IRIs by name, for those that are known.

    Returns
    -------
    list of Cue
        In the order of the text. Of a language without cue words (see `LANGUAGES`) there are names alone.

    Examples
    --------
    >>> for cue in find("The mayor said four dock workers were killed and more than 70 people injured."):
    ...     print(cue.kind.value, cue.phrase or "-")
    speech -
    figure killed 4 dock workers
    figure injured >=71 people
    """
    tag = (language or _guessed(text)).partition("-")[0].casefold()
    words = _words_of(tag) if tag in LANGUAGES else None
    found: list[Cue] = []
    for number, (start, end) in enumerate(sentences.split(text), 1):
        tokens = _tokens(text, start, end)
        if words is not None:
            found += _figures(text, tokens, words, number)
            found += _speech(tokens, words, number)
        found += _names(tokens, names or {}, number)
    return sorted(found, key=lambda cue: (cue.start, cue.end, cue.kind))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'")


def _tokens(text: str, start: int, end: int) -> list[_Token]:
    return [
        _Token(_folded(match[0]), match.start(), match.end())
        for match in _WORD.finditer(text, start, end)
    ]


def _guessed(text: str) -> str:
    letters = [letter for letter in text[:_TELLING] if letter.isalpha()]
    if 2 * sum("\u0600" <= letter <= "\u06ff" for letter in letters) > len(letters):
        return "ar"
    tokens = _tokens(text, 0, min(len(text), _TELLING))
    return max(LANGUAGES, key=lambda tag: _words_of(tag).common(tokens))


def _figures(text: str, tokens: list[_Token], words: _Words, number: int) -> Iterator[Cue]:
    for quantity in _quantities(tokens, words):
        after = _counted(tokens, words, quantity)
        harm = _harm(tokens, words, quantity, after)
        # "15 dead", "killed 15": nobody is named, but the harm stands beside the number.
        if harm is None or (after is None and harm[1] > 1):
            continue
        last = quantity.last if after is None else after
        first = tokens[quantity.first]
        counted = (
            None if after is None else text[tokens[quantity.last + 1].start : tokens[after].end]
        )
        yield Cue(
            CueKind.FIGURE,
            first.start,
            tokens[last].end,
            number,
            harm=harm[0],
            lower=quantity.lower,
            upper=quantity.upper,
            bound_type=quantity.bound_type,
            counted=counted,
        )


def _quantities(tokens: list[_Token], words: _Words) -> Iterator[_Quantity]:
    index = 0
    while index < len(tokens):
        found = _quantity(tokens, words, index)
        if found is None:
            index += 1
        else:
            yield found
            index = found.last + 1


def _quantity(tokens: list[_Token], words: _Words, index: int) -> _Quantity | None:
    for name, kind in (("about", "approximately"), ("nearly", "nearly")):
        if length := words.at(name, tokens, index):
            inner = _plain(tokens, index + length)
            if inner is not None and inner[0] is not None:
                lower = None if kind == "nearly" else inner[0]
                return _Quantity(index, inner[2], lower, inner[0], kind)
            if name == "about" and not words.at("some", tokens, index):
                return None
    if length := words.at("some", tokens, index):
        return _Quantity(index, index + length - 1, 2, None, "vague")
    if length := words.at("limits", tokens, index):
        inner = _plain(tokens, index + length)
        if inner is None:
            return None
        phrase = " ".join(token.text for token in tokens[index : index + length])
        said = number_range(f"{phrase} {inner[3]}")
        least, most = said or (inner[0], None)
        return _Quantity(index, inner[2], least, most, "at-least" if most is None else "at-most")
    if inner := _plain(tokens, index):
        least, most, last, _ = inner
        if words.at("one", tokens, index) and last == index:
            return _Quantity(index, index, 1, 1, "exact")
        return _Quantity(index, last, least, most, "exact" if least == most else "vague")
    return None


def _plain(tokens: list[_Token], index: int) -> tuple[int | None, int | None, int, str] | None:
    """Read a number or a vague quantity: its bounds, the last of its tokens, and its words."""
    for length in (4, 3, 2, 1):
        part = tokens[index : index + length]
        if len(part) < length:
            continue
        written = " ".join(token.text for token in part).replace(" - ", "-")
        said = number_range(written)
        if said is not None:
            return (*said, index + length - 1, written)
    return None


def _counted(tokens: list[_Token], words: _Words, quantity: _Quantity) -> int | None:
    """Give the last token of those who are counted: the first words for persons after the quantity."""
    for index in range(quantity.last + 1, min(quantity.last + 1 + _PERSON_WITHIN, len(tokens))):
        text = tokens[index].text
        if text in _ENDS or text == "," or words.at("not_persons", tokens, index):
            return None
        if words.at("persons", tokens, index):
            while index + 1 < len(tokens) and words.at("persons", tokens, index + 1):
                index += 1
            return index
        if index > quantity.last + 1 and text.isdigit():
            return None
    return None


def _harm(
    tokens: list[_Token], words: _Words, quantity: _Quantity, after: int | None
) -> tuple[str, int] | None:
    """Give the nearest harm and how many words away it is, those that follow first."""
    last = quantity.last if after is None else after
    breaks = [index for index, token in enumerate(tokens) if token.text in _ENDS]
    begin = max((index for index in breaks if index < quantity.first), default=-1) + 1
    end = min((index for index in breaks if index > last), default=len(tokens))
    reach = [
        *((index, index - last) for index in range(quantity.last + 1, end)),
        *((index, 3 * (quantity.first - index - 1)) for index in range(begin, quantity.first)),
    ]
    if after is None:  # then what stands before is as near as what follows
        reach = [
            (index, abs(index - (quantity.first if index < quantity.first else last)))
            for index, _ in reach
        ]
    for index, distance in sorted(reach, key=lambda each: max(each[1], 0)):
        if distance > _HARM_WITHIN * 3 or abs(index - last) > _HARM_WITHIN + 4:
            break
        for harm in _HARMS:
            if words.at(harm, tokens, index):
                return harm, max(distance, 0)
    return None


def _speech(tokens: list[_Token], words: _Words, number: int) -> Iterator[Cue]:
    for index, token in enumerate(tokens):
        if length := words.at("saying", tokens, index):
            yield Cue(CueKind.SPEECH, token.start, tokens[index + length - 1].end, number)
            return


def _names(tokens: list[_Token], names: Mapping[str, str], number: int) -> Iterator[Cue]:
    if not names:
        return
    known = _by_first_word(tuple(names.items()))
    index = 0
    while index < len(tokens):
        for parts, iri in known.get(tokens[index].text, ()):
            if tuple(token.text for token in tokens[index : index + len(parts)]) == parts:
                last = index + len(parts) - 1
                yield Cue(CueKind.NAME, tokens[index].start, tokens[last].end, number, name=iri)
                index = last
                break
        index += 1


@lru_cache(maxsize=4)  # names change with every change of notes
def _by_first_word(
    names: tuple[tuple[str, str], ...],
) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Arrange names by their first word, the longest first."""
    known: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, iri in names:
        parts = tuple(token.text for token in _tokens(name, 0, len(name)))
        if parts:
            known.setdefault(parts[0], []).append((parts, iri))
    for found in known.values():
        found.sort(key=lambda each: -len(each[0]))
    return known
