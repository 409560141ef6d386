"""Searches a text for many digests at once: windows of each length slide over its normal form."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate

from testimonia.passages.normal_form import NormalText

__all__ = ["Wanted", "search"]

Wanted = tuple[str, int]
"""A digest in lower-case hexadecimal, and the length of the normal form from which it was computed."""


def search(
    form: NormalText, wanted: Iterable[Wanted], *, anywhere: bool = True
) -> dict[Wanted, list[tuple[int, int]]]:
    """Find the spans of the normal form of a text that have given digests.

    Windows that begin and end at word boundaries are tried first, and others only for digests that are
    not found that way. About one letter in six begins a word, so this is much faster. An occurrence
    within a word is thus found only if there is no other.

    Parameters
    ----------
    form
        The normal form of the text.
    wanted
        Digests with their lengths.
    anywhere
        Whether to try windows that do not begin and end at word boundaries.

    Returns
    -------
    dict
        For each, the spans of the form with that digest, in order; an empty list if there are none.
    """
    found: dict[Wanted, list[tuple[int, int]]] = {each: [] for each in wanted}
    windows = _Windows(form.form)
    begins, ends = _edges(form)
    for every in (False, True)[: 1 + anywhere]:
        by_length: dict[int, set[bytes]] = defaultdict(set)
        for digest, length in found:
            if not found[digest, length] and 0 < length <= len(form):
                by_length[length].add(bytes.fromhex(digest))
        for length, digests in by_length.items():
            last = len(form) - length
            places = (
                range(last + 1)
                if every
                else [at for at in begins if at <= last and ends[at + length]]
            )
            for at, seen in windows.having(digests, length, places):
                found[seen.hex(), length].append((at, at + length))
    return found


class _Windows:
    """The windows of a normal form, in UTF-8."""

    def __init__(self, form: str) -> None:
        self._bytes = memoryview(form.encode())
        lengths = (len(character.encode()) for character in form)
        # The byte offset of each character in UTF-8; for ASCII, the same as its position.
        self._offsets: Sequence[int] = (
            range(len(form) + 1) if form.isascii() else [0, *accumulate(lengths)]
        )

    def having(
        self, digests: Collection[bytes], length: int, places: Iterable[int]
    ) -> Iterator[tuple[int, bytes]]:
        """Find the windows of one length with one of the digests."""
        sha256, whole, offsets = hashlib.sha256, self._bytes, self._offsets
        for at in places:
            digest = sha256(whole[offsets[at] : offsets[at + length]]).digest()
            if digest in digests:
                yield at, digest


def _edges(form: NormalText) -> tuple[list[int], bytearray]:
    """Find where words begin in a normal form, and at which positions a word ends or may end."""
    count = len(form)
    begins: list[int] = []
    ends = bytearray(count + 1)
    starts, stops, characters = form.starts, form.ends, form.form
    before_is_word = False
    for at in range(count):
        is_word = characters[at].isalnum()
        # Removed characters, such as a space, separate words.
        apart = at == 0 or stops[at - 1] < starts[at] or not (is_word and before_is_word)
        if apart:
            begins.append(at)
            ends[at] = 1
        before_is_word = is_word
    ends[count] = 1
    return begins, ends
