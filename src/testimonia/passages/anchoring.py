"""Anchors: digests of words in their normal form, with which a passage is found in any copy of its document."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Final

from testimonia import sentences
from testimonia.errors import PassageError
from testimonia.passages.normal_form import NormalText, normal, normalized

__all__ = ["LONG_ENOUGH", "Anchor", "AnchoredText", "digest_of"]

Span = tuple[int, int]

LONG_ENOUGH: Final = 80
"""Length of the normal form below which the surrounding sentences are anchored as well.

Running text has about one bit of entropy per letter, so shorter passages can be guessed by computing
many digests. Source: C. E. Shannon, Prediction and Entropy of Printed English, Bell
System Technical Journal 30 (1951), 50-64. ``tmsh:Passage-wider`` has the same number.
"""


@dataclass(frozen=True)
class Anchor:
    """A digest with which a passage can be found in any copy of its document.

    Attributes
    ----------
    digest
        SHA-256 of the normal form of its words in UTF-8, in lower-case hexadecimal.
    length
        Length of that form in code points.
    wider_digest, wider_length
        The same for the surrounding sentences; None if the passage is long enough.
    offset
        Where the form of the passage begins in that of the sentences; None if these are.
    """

    digest: str
    length: int
    wider_digest: str | None = None
    wider_length: int | None = None
    offset: int | None = None


def digest_of(form: str) -> str:
    """Compute the digest of a normal form."""
    return hashlib.sha256(form.encode()).hexdigest()


class AnchoredText:
    """A text, its normal form and its sentences, each computed once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def form(self) -> NormalText:
        """The normal form of the text."""
        return normal(self.text)

    @cached_property
    def _sentences(self) -> list[Span]:
        return sentences.split(self.text)

    def anchor(self, start: int, end: int, *, wider: bool = False) -> Anchor:
        """Compute the anchor of a span of the text.

        Parameters
        ----------
        start, end
            The span, in code points.
        wider
            Whether to anchor the surrounding sentences even if the passage is long enough without.

        Raises
        ------
        PassageError
            The normal form of the span is empty, or the span separates a letter from its accents.
        """
        words = normalized(self.text[start:end])
        if not words:
            raise PassageError(
                "the normal form of this passage is empty, so it has no anchor",
                hint="Choose a passage with a letter or a digit.",
            )
        first, last = self.form.within(start, end)
        inside = self.form.form[first:last].find(words)
        if inside < 0:
            raise PassageError(
                "the passage separates a letter from its accents, or splits a ligature",
                hint="Begin and end it between whole letters.",
            )
        if len(words) >= LONG_ENOUGH and not wider:
            return Anchor(digest_of(words), len(words))
        begin, stop = self._wider(start, end)
        around = self.form.form[begin:stop]
        offset = first + inside - begin
        return Anchor(digest_of(words), len(words), digest_of(around), len(around), offset)

    def _wider(self, start: int, end: int) -> Span:
        """Find the sentences around a span; add sentences after and before in turn until they are long enough.

        Returns
        -------
        pair of int
            Their span in the normal form; all of it if the whole text is shorter.
        """
        spans = self._sentences
        first = bisect_right(spans, start, key=itemgetter(1))
        last = bisect_left(spans, end, key=itemgetter(0)) - 1
        begin, stop = start, end
        after = True
        while True:
            if first <= last:
                begin, stop = min(start, spans[first][0]), max(end, spans[last][1])
            within = self.form.within(begin, stop)
            if within[1] - within[0] >= LONG_ENOUGH:
                return within
            behind, ahead = last + 1 < len(spans), first > 0
            if not behind and not ahead:
                return within
            if behind and (after or not ahead):
                last += 1
            else:
                first -= 1
            after = not after
