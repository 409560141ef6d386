"""Coverage: which sentences of the documents are covered by claims, or by reasons for no claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from testimonia import sentences
from testimonia.passages.document_checks import DocumentCheck, PassageReport
from testimonia.passages.records import Passage

__all__ = ["Coverage", "Covered", "Sentence", "coverage"]


class Covered(StrEnum):
    """How far passages cover a sentence."""

    WHOLLY = "covered"
    PARTLY = "partly"
    NOT = "not covered"


@dataclass(frozen=True)
class Sentence:
    """A sentence, the claims and reasons that cover it, and the spans that nothing covers.

    Positions count Unicode code points from 0, ends exclusive. ``bare`` are the spans of letters and
    digits (and the characters between them) that no passage covers.
    """

    document: str
    start: int
    end: int
    text: str
    claims: tuple[str, ...]
    reasons: tuple[str, ...]
    bare: tuple[tuple[int, int], ...]
    characters: int
    bare_characters: int

    @property
    def covered(self) -> Covered:
        """How far the sentence is covered."""
        if not self.bare_characters:
            return Covered.WHOLLY
        return Covered.NOT if self.bare_characters == self.characters else Covered.PARTLY


@dataclass(frozen=True)
class Coverage:
    """Every sentence of the documents whose text is available, and the documents whose text is not."""

    sentences: tuple[Sentence, ...]
    not_held: tuple[str, ...]

    def count(self, covered: Covered) -> int:
        """Count the sentences with a given degree of coverage."""
        return sum(sentence.covered is covered for sentence in self.sentences)

    @property
    def complete(self) -> bool:
        """Whether there are sentences, and all are fully covered."""
        return bool(self.sentences) and self.count(Covered.WHOLLY) == len(self.sentences)

    @property
    def share(self) -> float:
        """The share of sentences that are fully covered, from 0 to 1."""
        return self.count(Covered.WHOLLY) / len(self.sentences) if self.sentences else 0.0


def coverage(report: PassageReport) -> Coverage:
    """Find what covers each sentence of the documents whose text is available.

    A sentence is covered if each of its letters and digits is in a passage that is cited by a claim, or
    has a reason for no claim. Only passages that match their document count.

    Parameters
    ----------
    report
        The outcome of :func:`testimonia.passages.check`.
    """
    good = [
        outcome.passage
        for outcome in report.passages
        if outcome.ok and (outcome.passage.claims or outcome.passage.reasons)
    ]
    return Coverage(
        sentences=tuple(
            sentence for document in report.documents for sentence in _of_document(document, good)
        ),
        not_held=tuple(check.document.iri for check in report.documents if check.text is None),
    )


def _of_document(held: DocumentCheck, passages: Iterable[Passage]) -> Iterator[Sentence]:
    if held.text is None:
        return
    here = [passage for passage in passages if passage.document == held.document.iri]
    covered = bytearray(len(held.text))
    for passage in here:
        start, end = passage.span
        covered[start:end] = b"\1" * (end - start)
    for start, end in sentences.split(held.text):
        over = [p for p in here if p.span[0] < end and start < p.span[1]]
        wanted = [at for at in range(start, end) if held.text[at].isalnum()]
        bare = [at for at in wanted if not covered[at]]
        yield Sentence(
            document=held.document.iri,
            start=start,
            end=end,
            text=held.text[start:end],
            claims=tuple(sorted({claim for passage in over for claim in passage.claims})),
            reasons=tuple(sorted({reason for passage in over for reason in passage.reasons})),
            bare=tuple(_stretches(bare, covered)),
            characters=len(wanted),
            bare_characters=len(bare),
        )


def _stretches(positions: list[int], covered: bytearray) -> Iterator[tuple[int, int]]:
    """Join bare positions into spans, including the characters between them unless these are covered."""
    start = previous = None
    for at in positions:
        if start is None or previous is None:
            start = at
        elif 1 in covered[previous:at]:
            yield start, previous + 1
            start = at
        previous = at
    if start is not None and previous is not None:
        yield start, previous + 1
