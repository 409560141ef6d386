"""Where the passages of a document stand in a copy of its text: there, moved, in several places, or not at all."""

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
    """What becomes of a passage in a text."""

    VERIFIED = "verified"
    MOVED = "moved"
    SEVERAL = "in several places"
    MISSING = "missing"
    NO_ANCHOR = "no anchor"


@dataclass(frozen=True)
class Placed:
    """Where a passage stands in a text.

    Attributes
    ----------
    whereabouts
        Whether it is where its offsets say, elsewhere, in several places, or not there.
    spans
        All places in the text, in code points.
    likely
        The place that the order of the passages leaves; None where it leaves several, or none is there.
    nearest
        The place that is the nearest to where its neighbours went; None where none is there.
    """

    whereabouts: Whereabouts
    spans: tuple[Span, ...] = ()
    likely: Span | None = None
    nearest: Span | None = None


def exact_digest(text: str, span: Span) -> str:
    """Take the digest of the characters of a span as they are."""
    return digest_of(text[span[0] : span[1]])


def places(text: AnchoredText, passages: Sequence[Passage]) -> dict[str, Placed]:
    """Find where passages of one document stand in a text.

    A passage whose exact characters stand at its offsets is there. Of several places, those within the
    sentences that a passage is anchored by go first. Passages with the same words, as many as there are
    places, take these in order; for others, what stands before and after limits where they can be.

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
    assert passage.anchor is not None  # noqa: S101 - only those with one are sought
    offset = passage.anchor.offset or 0
    within = {begin + offset for begin, _ in wider[0]} if wider else set()
    narrowed = [span for span in spans if span[0] in within]
    return tuple(text.form.span(*span) for span in narrowed or spans)


def _in_order(
    passages: Iterable[Passage], found: Mapping[str, tuple[Span, ...]]
) -> dict[str, Span]:
    """Give passages with the same words their places in order, where there are as many places as passages."""
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
    """Passages whose place is known, in the order of the document that they were taken from."""

    def __init__(self, passages: Iterable[Passage], known: Mapping[str, Span]) -> None:
        pairs = sorted((each.span[0], known[each.iri][0]) for each in passages if each.iri in known)
        self._old = [old for old, _ in pairs]
        self._new = [new for _, new in pairs]

    def limits(self, start: int) -> tuple[int, int | None]:
        """Give where what stood at an offset can stand: no earlier than the first, and no later than the second."""
        before, behind = bisect_left(self._old, start) - 1, bisect_right(self._old, start)
        return (
            self._new[before] if before >= 0 else 0,
            self._new[behind] if behind < len(self._new) else None,
        )

    def expected(self, start: int) -> int:
        """Give where it stands if it moved as far as its neighbour did."""
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
