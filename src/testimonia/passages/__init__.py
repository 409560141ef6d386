"""Passages: verified against the documents they quote, by offsets and digests."""

from __future__ import annotations

from testimonia.passages.authoring import document, locate
from testimonia.passages.copying import WordingCheck, WordingFault
from testimonia.passages.covering import Coverage, Covered, Sentence, coverage
from testimonia.passages.document_checks import (
    DocumentCheck,
    Fault,
    PassageCheck,
    PassageReport,
    check,
)
from testimonia.passages.records import Document, Passage

__all__ = [
    "Coverage",
    "Covered",
    "Document",
    "DocumentCheck",
    "Fault",
    "Passage",
    "PassageCheck",
    "PassageReport",
    "Sentence",
    "WordingCheck",
    "WordingFault",
    "check",
    "coverage",
    "document",
    "locate",
]
