"""Checks of passages against the documents that a reader holds."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pyoxigraph import Quad, Triple

from testimonia.passages.copying import WordingCheck, copied, unheard
from testimonia.passages.holdings import FORMS, Held, hold, text_of
from testimonia.passages.records import Document, Passage, read
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


@dataclass(frozen=True)
class DocumentCheck:
    """A document, the file that holds its text, and what was found wrong.

    ``file`` and ``text`` are None where no file has the document's digest.
    """

    document: Document
    file: Path | None
    text: str | None
    faults: dict[Fault, str]

    @property
    def ok(self) -> bool:
        """Whether the document is held and agrees with its description."""
        return not self.faults


@dataclass(frozen=True)
class PassageCheck:
    """A passage, its words where the document is held, and what was found wrong.

    ``faults`` gives each fault with a sentence that says how.
    """

    passage: Passage
    quotation: str | None
    faults: dict[Fault, str]

    @property
    def ok(self) -> bool:
        """Whether the passage was compared with its document and agrees with it."""
        return not self.faults


@dataclass(frozen=True)
class PassageReport:
    """The outcome for every document and passage, and the files that no document matches.

    RDF files, which may lie beside the texts, are none of these.

    ``wordings`` are the texts of the data that copy a held document, and the words of quantities
    that do not stand in their passages.
    """

    documents: tuple[DocumentCheck, ...]
    passages: tuple[PassageCheck, ...]
    unmatched_files: tuple[Path, ...]
    wordings: tuple[WordingCheck, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every document is held."""
        return not any(Fault.NOT_HELD in check.faults for check in self.documents)

    @property
    def empty(self) -> bool:
        """Whether there was nothing to check."""
        return not self.documents and not self.passages

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with the data; documents that are not held are no fault of it."""
        outcomes = [check.faults for check in self.documents]
        outcomes += [check.faults for check in self.passages]
        return not self.wordings and not any(set(faults) - {Fault.NOT_HELD} for faults in outcomes)


def check(quads: Iterable[Quad | Triple], sources: str | Path | Held) -> PassageReport:
    """Compare documents and passages with the documents' texts.

    A file belongs to a document when the SHA-256 of its bytes is the document's ``tmn:sha256``;
    names do not matter. Of a document, the character count is verified. Of a passage: that its
    span lies inside the document, that its IRI ends in ``#char=START,END`` (RFC 5147, section
    2.1.1) with the offsets of its selector, and that its digest is the SHA-256 of the UTF-8 of
    exactly those characters. Of the data's own words: that none are copied from a held document,
    and that the words of each quantity stand in a passage of their claim.

    Parameters
    ----------
    quads
        The data, as parsed.
    sources
        Directory that holds the documents' texts, as UTF-8 files of any name; or the files by digest.

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
    passages = tuple(_check_passage(passage, documents) for passage in records.passages)
    texts = {iri: each.text for iri, each in documents.items() if each.text is not None}
    quotations = {each.passage.iri: each.quotation if each.ok else None for each in passages}
    return PassageReport(
        documents=tuple(documents.values()),
        passages=passages,
        unmatched_files=tuple(
            path
            for digest, path in held.files.items()
            if digest not in digests and not surely_rdf(path)
        ),
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


def _check_passage(passage: Passage, documents: dict[str, DocumentCheck]) -> PassageCheck:
    faults: dict[Fault, str] = {}
    if passage.defects:
        faults[Fault.MALFORMED] = "; ".join(passage.defects)
    source = documents.get(passage.document) if passage.document else None
    if passage.document and source is None:
        faults[Fault.UNKNOWN_DOCUMENT] = f"nothing describes <{passage.document}>"
    if passage.start is None or passage.end is None:
        return PassageCheck(passage, None, faults)
    if passage.document:
        expected = f"{passage.document}#char={passage.start},{passage.end}"
        if passage.iri != expected:
            faults[Fault.IRI_DIFFERS] = f"by its selector it would be <{expected}>"
    if passage.start >= passage.end:
        faults[Fault.OUT_OF_RANGE] = f"it starts at {passage.start} and ends at {passage.end}"
    if source is None:
        return PassageCheck(passage, None, faults)
    if source.text is None:
        faults[Fault.NOT_HELD] = "its document is not held"
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
            f"the data say {passage.digest}, the characters give {digest}"
        ) + _in_another_form(quotation, passage.digest)
    return PassageCheck(passage, quotation, faults)


def _in_another_form(quotation: str, digest: str | None) -> str:
    for form in FORMS:
        if hashlib.sha256(unicodedata.normalize(form, quotation).encode()).hexdigest() == digest:
            return f"; it is that of the same words in the normal form {form}"
    return ""
