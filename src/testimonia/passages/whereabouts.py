"""Finds the passages of a document in a copy of its text: in place, moved, in several places, or missing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from testimonia.passages.anchoring import AnchoredText, Span, digest_of
from testimonia.passages.records import Passage
from testimonia.passages.searching import Wanted, search

__all__ = ["Placed", "Whereabouts", "exact_digest", "places"]


class Whereabouts(StrEnum):
    """Whether and where a passage was found in a text."""

    VERIFIED = "verified"
    MOVED = "moved"
    SEVERAL = "in several places"
    MISSING = "missing"
    NO_ANCHOR = "no anchor"


@dataclass(frozen=True)
class Placed:
    """Where a passage was found in a text.

    Attributes
    ----------
    whereabouts
        Whether it is at its offsets, elsewhere, in several places, or missing.
    spans
        All places in the text, in code points.
    likely
        The only place that fits the order of the passages; None if several or none do.
    nearest
        The place nearest to the one expected from its neighbours; None if it is missing.
    """

    whereabouts: Whereabouts
    spans: tuple[Span, ...] = ()
    likely: Span | None = None
    nearest: Span | None = None


def exact_digest(text: str, span: Span) -> str:
    """Compute the digest of the exact characters of a span."""
    return digest_of(text[span[0] : span[1]])


def places(text: AnchoredText, passages: Sequence[Passage]) -> dict[str, Placed]:
    """Find the passages of one document in a text.

    A passage whose exact characters are at its offsets is in place. Of several places, those within the
    sentences of its wider digest are preferred. If as many passages have the same words as there are
    places, they are assigned in order; otherwise, the passages before and after limit the places.

    Parameters
    ----------
    text
        A copy of the document.
    passages
        Passages of the document that have a span.

    Returns
    -------
    dict
        By the IRI of the passage.
    """
    there = {each.iri: each.span for each in passages if _is_there(text, each)}
    sought = [each for each in passages if each.iri not in there and each.anchor]
    forms = search(text.form, {key for each in sought for key in _keys(each)})
    found = {each.iri: _candidates(text, each, forms) for each in sought}
    known = {each.iri: each.span for each in passages if each.iri in there}
    known |= {iri: spans[0] for iri, spans in found.items() if len(spans) == 1}
    in_order = _in_order(sought, found)
    neighbours = _Neighbours(passages, known | in_order)
    placed = {}
    for each in passages:
        if each.iri in there:
            placed[each.iri] = Placed(Whereabouts.VERIFIED, (each.span,), each.span, each.span)
        elif not each.anchor:
            placed[each.iri] = Placed(Whereabouts.NO_ANCHOR)
        else:
            spans, taken = found[each.iri], in_order.get(each.iri)
            placed[each.iri] = _placed(each, spans, taken, neighbours)
    return placed


def _is_there(text: AnchoredText, passage: Passage) -> bool:
    start, end = passage.span
    return start < end <= len(text.text) and exact_digest(text.text, (start, end)) == passage.digest


def _keys(passage: Passage) -> Iterable[Wanted]:
    anchor = passage.anchor
    if anchor:
        yield anchor.digest, anchor.length
        if anchor.wider_digest and anchor.wider_length:
            yield anchor.wider_digest, anchor.wider_length


def _candidates(
    text: AnchoredText, passage: Passage, forms: Mapping[Wanted, Sequence[Span]]
) -> tuple[Span, ...]:
    spans, *wider = (forms[key] for key in _keys(passage))
    assert passage.anchor is not None  # noqa: S101 - only those with one are searched for
    offset = passage.anchor.offset or 0
    within = {begin + offset for begin, _ in wider[0]} if wider else set()
    narrowed = [span for span in spans if span[0] in within]
    return tuple(text.form.span(*span) for span in narrowed or spans)


def _in_order(
    passages: Iterable[Passage], found: Mapping[str, tuple[Span, ...]]
) -> dict[str, Span]:
    """Assign places in order to passages with the same words, if there are as many places as passages."""
    alike: dict[tuple[Span, ...], list[Passage]] = defaultdict(list)
    for each in passages:
        if len(found[each.iri]) > 1:
            alike[found[each.iri]].append(each)
    return {
        passage.iri: span
        for spans, group in alike.items()
        if len(spans) == len({each.span for each in group}) == len(group)
        for passage, span in zip(sorted(group, key=lambda each: each.span), spans, strict=True)
    }


class _Neighbours:
    """Passages whose place is known, in the order of the original document."""

    def __init__(self, passages: Iterable[Passage], known: Mapping[str, Span]) -> None:
        pairs = sorted((each.span[0], known[each.iri][0]) for each in passages if each.iri in known)
        self._old = [old for old, _ in pairs]
        self._new = [new for _, new in pairs]

    def limits(self, start: int) -> tuple[int, int | None]:
        """Return the first and last possible position of what was at an offset; None if there is no last."""
        before, behind = bisect_left(self._old, start) - 1, bisect_right(self._old, start)
        return (
            self._new[before] if before >= 0 else 0,
            self._new[behind] if behind < len(self._new) else None,
        )

    def expected(self, start: int) -> int:
        """Return the position of what was at an offset, if it moved as far as its neighbour."""
        if not self._old:
            return start
        at = max(bisect_right(self._old, start) - 1, 0)
        return start + self._new[at] - self._old[at]


def _placed(
    passage: Passage, spans: tuple[Span, ...], taken: Span | None, neighbours: _Neighbours
) -> Placed:
    if not spans:
        return Placed(Whereabouts.MISSING)
    if len(spans) == 1:
        return Placed(Whereabouts.MOVED, spans, spans[0], spans[0])
    start = passage.span[0]
    first, last = neighbours.limits(start)
    possible = [span for span in spans if first <= span[0] and (last is None or span[0] <= last)]
    likely = taken or (possible[0] if len(possible) == 1 else None)
    expected = neighbours.expected(start)
    nearest = likely or min(possible or spans, key=lambda span: abs(span[0] - expected))
    return Placed(Whereabouts.SEVERAL, spans, likely, nearest)
