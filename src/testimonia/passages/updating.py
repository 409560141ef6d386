"""Computes the changes to data after passages were found elsewhere: new offsets, digests and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode

from testimonia.errors import PassageError
from testimonia.namespaces import TMN, XSD
from testimonia.passages.anchoring import Anchor, AnchoredText, Span, digest_of
from testimonia.passages.document_checks import DocumentCheck, Fault, PassageCheck, PassageReport
from testimonia.passages.records import END, START, Passage
from testimonia.passages.whereabouts import Whereabouts, exact_digest

__all__ = ["Changes", "Moved", "anchor_values", "changes"]

_FINE: Final = frozenset(
    (Fault.NOT_HELD, Fault.MOVED, Fault.SEVERAL, Fault.DIGEST_DIFFERS, Fault.OUT_OF_RANGE)
)
_NUMBER: Final = XSD.nonNegativeInteger


@dataclass(frozen=True)
class Moved:
    """A passage that gets a new name, which contains its offsets; or only gets an anchor."""

    old: str
    new: str
    anchored: bool


@dataclass
class Changes:
    """Changes to data.

    Attributes
    ----------
    renamed
        New IRIs of passages and selectors by their old ones.
    values
        New literals by subject (its old IRI) and property.
    added
        Literals that passages did not have, by their old IRI.
    moved
        Each passage that changes.
    left
        Documents that are left unchanged although they need changes, with the reason.
    """

    renamed: dict[str, str] = field(default_factory=dict)
    values: dict[tuple[str, str], Literal] = field(default_factory=dict)
    added: dict[str, list[tuple[NamedNode, Literal]]] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.renamed or self.values or self.added)


def anchor_values(anchor: Anchor) -> Iterator[tuple[NamedNode, Literal]]:
    """Yield the properties of a passage for its anchor."""
    yield TMN.anchorDigest, Literal(anchor.digest)
    yield TMN.anchorLength, Literal(str(anchor.length), datatype=_NUMBER)
    if anchor.wider_digest is not None:
        yield TMN.widerDigest, Literal(anchor.wider_digest)
        yield TMN.widerLength, Literal(str(anchor.wider_length), datatype=_NUMBER)
        yield TMN.offsetInWider, Literal(str(anchor.offset), datatype=_NUMBER)


def changes(report: PassageReport) -> Changes:
    """Compute the changes by which every passage gets the place where it was found, and an anchor.

    A document changes as a whole or not at all: if the place of one passage is uncertain, the others
    keep their offsets too, since these refer to the text with the document's digest.

    Parameters
    ----------
    report
        The outcome of :func:`testimonia.passages.check`.
    """
    found = Changes()
    groups: dict[str | None, list[PassageCheck]] = defaultdict(list)
    for outcome in report.passages:
        groups[outcome.passage.document].append(outcome)
    for document in report.documents:
        text = document.copied or (AnchoredText(document.text) if document.text else None)
        if text is not None:
            _of_document(document, text, groups[document.document.iri], found)
    return found


def _of_document(
    document: DocumentCheck, text: AnchoredText, outcomes: list[PassageCheck], found: Changes
) -> None:
    iri = document.document.iri
    lost = [each for each in outcomes if _span(each) is None]
    if lost:
        first = lost[0]
        why = "; ".join(f"{kind.value}: {how}" for kind, how in first.faults.items())
        found.left[iri] = (
            f"{len(lost)} of its {len(outcomes)} passages could not be located with certainty, "
            f"the first of them <{first.passage.iri}> ({why or 'no anchor'})"
        )
        return
    mine = Changes()
    try:
        for each in outcomes:
            span = _span(each)
            assert span is not None  # noqa: S101 - checked above
            _of_passage(each.passage, span, text, mine)
    except PassageError as error:
        found.left[iri] = error.message
        return
    if document.copied is not None or Fault.COUNT_DIFFERS in document.faults:
        mine.values[iri, TMN.sha256.value] = Literal(digest_of(text.text))
        mine.values[iri, TMN.characterCount.value] = _count(len(text.text))
    found.renamed |= mine.renamed
    found.values |= mine.values
    found.added |= mine.added
    found.moved += mine.moved


def _span(outcome: PassageCheck) -> Span | None:
    """Return the span of a passage; None if it is uncertain."""
    if set(outcome.faults) - _FINE:
        return None
    if outcome.placed is None:
        return outcome.passage.span if outcome.ok else None
    if outcome.placed.whereabouts is Whereabouts.NO_ANCHOR:
        return None
    return outcome.placed.likely


def _of_passage(passage: Passage, span: Span, text: AnchoredText, found: Changes) -> None:
    values = found.values
    if span != passage.span:
        _move(passage, span, found)
    digest = exact_digest(text.text, span)
    if digest != passage.digest:
        values[passage.iri, TMN.passageDigest.value] = Literal(digest)
    wider = passage.anchor is not None and passage.anchor.wider_digest is not None
    own, had = text.anchor(*span, wider=wider), _had(passage)
    added = []
    for predicate, value in anchor_values(own):
        if predicate not in had:
            added.append((predicate, value))
        elif had[predicate] != value:
            values[passage.iri, predicate.value] = value
    if added:
        found.added[passage.iri] = added
    if span != passage.span or added or digest != passage.digest:
        new = found.renamed.get(passage.iri, passage.iri)
        found.moved.append(Moved(passage.iri, new, anchored=bool(added)))


def _move(passage: Passage, span: Span, found: Changes) -> None:
    if passage.selector is None:
        raise PassageError(
            f"the selector of <{passage.iri}> is a blank node, and cannot be changed"
        )
    found.renamed[passage.iri] = f"{passage.document}#char={span[0]},{span[1]}"
    old = "#selector={},{}".format(*passage.span)
    if passage.selector.endswith(old):
        kept = passage.selector.removesuffix(old)
        found.renamed[passage.selector] = f"{kept}#selector={span[0]},{span[1]}"
    found.values[passage.selector, START.value] = _count(span[0])
    found.values[passage.selector, END.value] = _count(span[1])


def _had(passage: Passage) -> Mapping[NamedNode, Literal]:
    return dict(anchor_values(passage.anchor)) if passage.anchor else {}


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=_NUMBER)
