"""Passages: checked against the texts of their documents, by offsets and digests."""

from __future__ import annotations

from testimonia.passages.anchoring import Anchor, AnchoredText
from testimonia.passages.authoring import locate
from testimonia.passages.copying import WordingCheck, WordingFault
from testimonia.passages.covering import Coverage, Covered, Sentence, coverage
from testimonia.passages.describing import DocumentDescription, describe, document
from testimonia.passages.document_checks import (
    DocumentCheck,
    Fault,
    PassageCheck,
    PassageReport,
    check,
)
from testimonia.passages.file_updates import Update, update, update_sheet
from testimonia.passages.normal_form import NormalText, normal, normalized
from testimonia.passages.records import Document, Passage
from testimonia.passages.updating import Moved
from testimonia.passages.whereabouts import Placed, Whereabouts

__all__ = [
    "Anchor",
    "AnchoredText",
    "Coverage",
    "Covered",
    "Document",
    "DocumentCheck",
    "DocumentDescription",
    "Fault",
    "Moved",
    "NormalText",
    "Passage",
    "PassageCheck",
    "PassageReport",
    "Placed",
    "Sentence",
    "Update",
    "Whereabouts",
    "WordingCheck",
    "WordingFault",
    "check",
    "coverage",
    "describe",
    "document",
    "locate",
    "normal",
    "normalized",
    "update",
    "update_sheet",
]
