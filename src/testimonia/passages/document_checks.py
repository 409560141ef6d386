"""Checks passages against the texts of their documents that a reader has."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from pyoxigraph import Quad, Triple

from testimonia.errors import InputError, PassageError
from testimonia.passages.anchoring import AnchoredText, digest_of
from testimonia.passages.copying import WordingCheck, copied, unheard
from testimonia.passages.holdings import FORMS, Held, hold, text_of
from testimonia.passages.records import Document, Passage, read
from testimonia.passages.searching import search
from testimonia.passages.whereabouts import Placed, Whereabouts, places
from testimonia.rdf.files import surely_rdf

__all__ = ["DocumentCheck", "Fault", "PassageCheck", "PassageReport", "check"]


class Fault(StrEnum):
    """What can be wrong with a passage or a document."""

    MALFORMED = "malformed"
    UNKNOWN_DOCUMENT = "unknown document"
    NOT_HELD = "document not held"
    COUNT_DIFFERS = "character count differs"
    OUT_OF_RANGE = "out of range"
    IRI_DIFFERS = "IRI and selector disagree"
    DIGEST_DIFFERS = "digest differs"
    ANCHOR_DIFFERS = "anchor differs"
    MOVED = "moved"
    SEVERAL = "in several places"
    MISSING = "missing"


@dataclass(frozen=True)
class DocumentCheck:
    """A document, the file with its text, and the faults found.

    ``file`` and ``text`` are None if no file has the document's digest. In that case, ``copy`` is the
    file in which most passages, and at least half of them, were found by their anchors, and ``copied``
    its text; both are None if there is no such file.
    """

    document: Document
    file: Path | None
    text: str | None
    faults: dict[Fault, str]
    copy: Path | None = None
    copied: AnchoredText | None = None

    @property
    def ok(self) -> bool:
        """Whether the text is available and matches the description."""
        return not self.faults


@dataclass(frozen=True)
class PassageCheck:
    """A passage, its words if the text is available, and the faults found.

    ``faults`` has each fault with its details. ``placed`` is where the passage was found, in the
    document or in a copy of it; None if it was not searched for.
    """

    passage: Passage
    quotation: str | None
    faults: dict[Fault, str]
    placed: Placed | None = None

    @property
    def ok(self) -> bool:
        """Whether the passage was compared with its document and matches it."""
        return not self.faults


@dataclass(frozen=True)
class PassageReport:
    """The outcome for every document and passage, and the files that match no document.

    RDF files in the same directory are not listed among these.

    ``wordings`` are the texts in the data that copy a document, and the wordings of quantities that do
    not occur in their passages.
    """

    documents: tuple[DocumentCheck, ...]
    passages: tuple[PassageCheck, ...]
    unmatched_files: tuple[Path, ...]
    wordings: tuple[WordingCheck, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the text of every document is available."""
        return not any(Fault.NOT_HELD in check.faults for check in self.documents)

    @property
    def quotations(self) -> dict[str, str]:
        """The words of each passage that was compared with its document and matches it, by IRI."""
        return {
            each.passage.iri: each.quotation
            for each in self.passages
            if each.ok and each.quotation is not None
        }

    @property
    def empty(self) -> bool:
        """Whether there was nothing to check."""
        return not self.documents and not self.passages

    @property
    def ok(self) -> bool:
        """Whether the data have no faults; a text that is not available is not a fault of the data."""
        outcomes = [check.faults for check in self.documents]
        outcomes += [check.faults for check in self.passages]
        return not self.wordings and not any(set(faults) - {Fault.NOT_HELD} for faults in outcomes)


def check(quads: Iterable[Quad | Triple], sources: str | Path | Held) -> PassageReport:
    """Compare documents and passages with the documents' texts.

    A file belongs to a document if the SHA-256 of its bytes is the document's ``tmn:sha256``; names do
    not matter. For a document, the character count is checked. For a passage: that its span is within
    the document, that its IRI ends in ``#char=START,END`` (RFC 5147, section 2.1.1) with the offsets of
    its selector, and that its digest is the SHA-256 of exactly those characters in UTF-8. A passage that
    is not at its offsets is searched for by its anchor, and so are all passages of a document of which
    there is only an edited or differently typeset copy. For texts in the data: that they are not copied
    from a document, and that the wording of each quantity occurs in a passage of its claim.

    Parameters
    ----------
    quads
        The data, as parsed.
    sources
        Directory with the documents' texts, as UTF-8 files of any name; or the files by digest.

    Raises
    ------
    InputError
        The directory or a file in it cannot be read, or the file of a document is not UTF-8.
    """
    quads = list(quads)
    records = read(quads)
    held = sources if isinstance(sources, Held) else hold(sources)
    documents = {document.iri: _check_document(document, held) for document in records.documents}
    digests = {document.sha256 for document in records.documents}
    spare = [path for digest, path in held.files.items() if digest not in digests]
    spare = [path for path in spare if not surely_rdf(path)]
    passages = tuple(_checked(records.passages, documents, spare))
    copies = {each.copy for each in documents.values()}
    texts = {iri: each.text for iri, each in documents.items() if each.text is not None}
    quotations = {each.passage.iri: each.quotation if each.ok else None for each in passages}
    return PassageReport(
        documents=tuple(documents.values()),
        passages=passages,
        unmatched_files=tuple(path for path in spare if path not in copies),
        wordings=(*copied(quads, texts), *unheard(quads, quotations)),
    )


def _check_document(document: Document, held: Held) -> DocumentCheck:
    faults: dict[Fault, str] = {}
    if document.defects:
        faults[Fault.MALFORMED] = "; ".join(document.defects)
    file = held.files.get(document.sha256) if document.sha256 else None
    if file is None:
        if document.sha256:
            near = held.nearly(document.sha256)
            faults[Fault.NOT_HELD] = (
                f"no file in {held.directory} has its SHA-256 {document.sha256}"
            ) + (f"; {near}" if near else "")
        return DocumentCheck(document, None, None, faults)
    text = text_of(file)
    if document.character_count not in (None, len(text)):
        faults[Fault.COUNT_DIFFERS] = (
            f"the data say {document.character_count} characters, the text has {len(text)}"
        )
    return DocumentCheck(document, file, text, faults)


def _checked(
    passages: Iterable[Passage], documents: dict[str, DocumentCheck], spare: Sequence[Path]
) -> Iterator[PassageCheck]:
    """Check the passages document by document; record copies in the documents."""
    texts: dict[Path, AnchoredText | None] = {}
    for iri, group in groupby(passages, lambda passage: passage.document):
        together = list(group)
        source = documents.get(iri) if iri else None
        outcomes = [_check_passage(passage, documents) for passage in together]
        if source is None:
            yield from outcomes
        elif source.text is not None:
            yield from _sought(outcomes, AnchoredText(source.text))
        else:
            spanned = [each for each in together if each.start is not None and each.end is not None]
            if found := _copy(spanned, spare, texts):
                path, text, placed = found
                source = documents[source.document.iri] = replace(source, copy=path, copied=text)
                outcomes = [_in_copy(each, placed.get(each.passage.iri)) for each in outcomes]
            yield from outcomes


def _sought(outcomes: Sequence[PassageCheck], text: AnchoredText) -> Iterator[PassageCheck]:
    """Search a document for passages that are not at their offsets, and compare the anchors of the others."""
    lost = {each.passage.iri for each in outcomes if _LOST & set(each.faults)}
    placed: dict[str, Placed] = {}
    if lost:
        spanned = [each.passage for each in outcomes if each.passage.start is not None]
        placed = places(text, [each for each in spanned if each.end is not None])
    for each in outcomes:
        if each.passage.iri in lost:
            yield _in_copy(each, placed.get(each.passage.iri))
        else:
            yield replace(each, faults=each.faults | _anchor_faults(each, text))


def _anchor_faults(outcome: PassageCheck, text: AnchoredText) -> dict[Fault, str]:
    anchor = outcome.passage.anchor
    if anchor is None or outcome.quotation is None:
        return {}
    try:
        own = text.anchor(*outcome.passage.span)
    except PassageError as error:
        return {Fault.ANCHOR_DIFFERS: error.message}
    if (anchor.digest, anchor.length) != (own.digest, own.length):
        how = f"the data have {anchor.digest} with length {anchor.length}, the words give {own.digest} with {own.length}"
        return {Fault.ANCHOR_DIFFERS: how}
    wider = anchor.wider_digest, anchor.wider_length, anchor.offset
    if wider != (None, None, None) and wider != (own.wider_digest, own.wider_length, own.offset):
        return _wider_faults(outcome.passage, text)
    return {}


def _wider_faults(passage: Passage, text: AnchoredText) -> dict[Fault, str]:
    """Check an anchor of other sentences than we would choose: it is valid if these contain the passage."""
    anchor = passage.anchor
    assert anchor is not None  # noqa: S101 - checked by the caller
    first, _ = text.form.within(*passage.span)
    if anchor.wider_digest and anchor.wider_length and anchor.offset is not None:
        begin = first - anchor.offset
        around = text.form.form[max(begin, 0) : begin + anchor.wider_length]
        if digest_of(around) == anchor.wider_digest:
            return {}
    return {Fault.ANCHOR_DIFFERS: "no sentences around it have the wider digest of the data"}


_LOST = {Fault.DIGEST_DIFFERS, Fault.OUT_OF_RANGE}
_COPY = 0.5  # share of the passages that a file must contain to count as a copy
_SAMPLE = 8  # of this many, the longest, one must be found before all passages are searched for


def _copy(
    passages: Sequence[Passage], spare: Sequence[Path], texts: dict[Path, AnchoredText | None]
) -> tuple[Path, AnchoredText, dict[str, Placed]] | None:
    """Find the file with the most passages of a document; None if no file has enough."""
    anchored = [passage for passage in passages if passage.anchor]
    longest = sorted(anchored, key=lambda each: each.anchor.length if each.anchor else 0)[-_SAMPLE:]
    sample = {(each.anchor.digest, each.anchor.length) for each in longest if each.anchor}
    best: tuple[int, Path, AnchoredText, dict[str, Placed]] | None = None
    for path in spare if sample else ():
        if path not in texts:
            texts[path] = _readable(path)
        text = texts[path]
        if text is None or not any(search(text.form, sample, anywhere=False).values()):
            continue
        placed = places(text, passages)
        count = sum(bool(each.spans) for each in placed.values())
        if count >= _COPY * len(anchored) and (best is None or count > best[0]):
            best = count, path, text, placed
    return best and best[1:]


def _readable(path: Path) -> AnchoredText | None:
    try:
        return AnchoredText(text_of(path))
    except InputError:
        return None  # not text in UTF-8, for example a picture


def _in_copy(outcome: PassageCheck, placed: Placed | None) -> PassageCheck:
    if placed is None or placed.whereabouts is Whereabouts.NO_ANCHOR:
        return outcome
    faults = dict(outcome.faults)
    faults.pop(Fault.NOT_HELD, None)
    where = [f"{start}-{end}" for start, end in placed.spans]
    if placed.whereabouts is Whereabouts.MOVED:
        same = placed.spans[0] == outcome.passage.span
        faults[Fault.MOVED] = f"its words are at {where[0]}" + ", with other marks or spaces" * same
    elif placed.whereabouts is Whereabouts.SEVERAL:
        nearest = placed.nearest or placed.spans[0]
        how = "by the order of passages" if placed.likely else "perhaps"
        faults[Fault.SEVERAL] = (
            f"its words are at {', '.join(where)}; {how} it is at {nearest[0]}-{nearest[1]}"
        )
    elif placed.whereabouts is Whereabouts.MISSING:
        faults[Fault.MISSING] = "its words are not in the text"
    return replace(outcome, faults=faults, placed=placed)


def _check_passage(passage: Passage, documents: dict[str, DocumentCheck]) -> PassageCheck:
    faults: dict[Fault, str] = {}
    if passage.defects:
        faults[Fault.MALFORMED] = "; ".join(passage.defects)
    source = documents.get(passage.document) if passage.document else None
    if passage.document and source is None:
        faults[Fault.UNKNOWN_DOCUMENT] = f"the data do not describe <{passage.document}>"
    if passage.start is None or passage.end is None:
        return PassageCheck(passage, None, faults)
    if passage.document:
        expected = f"{passage.document}#char={passage.start},{passage.end}"
        if passage.iri != expected:
            faults[Fault.IRI_DIFFERS] = f"according to its selector, it would be <{expected}>"
    if passage.start >= passage.end:
        faults[Fault.OUT_OF_RANGE] = f"it starts at {passage.start} and ends at {passage.end}"
    if source is None:
        return PassageCheck(passage, None, faults)
    if source.text is None:
        faults[Fault.NOT_HELD] = "there is no text of its document"
        return PassageCheck(passage, None, faults)
    if passage.end > len(source.text):
        faults[Fault.OUT_OF_RANGE] = (
            f"it ends at {passage.end}, its document has {len(source.text)} characters"
        )
    if Fault.OUT_OF_RANGE in faults:
        return PassageCheck(passage, None, faults)
    quotation = source.text[passage.start : passage.end]
    digest = hashlib.sha256(quotation.encode()).hexdigest()
    if passage.digest not in (None, digest):
        faults[Fault.DIGEST_DIFFERS] = (
            f"the data have {passage.digest}, the characters give {digest}"
        ) + _in_another_form(quotation, passage.digest)
    return PassageCheck(passage, quotation, faults)


def _in_another_form(quotation: str, digest: str | None) -> str:
    for form in FORMS:
        if hashlib.sha256(unicodedata.normalize(form, quotation).encode()).hexdigest() == digest:
            return f"; it is that of the same words in normal form {form}"
    return ""
