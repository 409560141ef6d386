"""Writes Turtle for new passages, from the document's text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from testimonia.errors import PassageError, Place
from testimonia.namespaces import XSD, shorten
from testimonia.passages.anchoring import Anchor, AnchoredText
from testimonia.passages.describing import code, node, prefixes
from testimonia.passages.holdings import text_of
from testimonia.passages.updating import anchor_values
from testimonia.passages.wording import Span, equivalents, lookalikes

__all__ = ["locate", "passage_at"]


def locate(
    source: str | Path,
    words: str,
    document_iri: str,
    *,
    nth: int | None = None,
    no_claim: str | None = None,
) -> str:
    """Find words in a document's text and write the Turtle for the passage.

    Parameters
    ----------
    source
        File with the document's text in UTF-8.
    words
        The quotation, exactly as in the text, except that letters may be composed (NFC) where the text
        has them decomposed (NFD), or vice versa.
    document_iri
        IRI of the document.
    nth
        Which occurrence, counted from 1, if the words occur more than once.
    no_claim
        Why the passage makes no claim: a code of tmc:no-claim-reason, such as ``dateline-line``.

    Returns
    -------
    str
        Turtle with the passage's source, selector, digest and anchor; no text.

    Raises
    ------
    PassageError
        The words do not occur in the text, or occur several times and ``nth`` is not given.
    InputError
        The file cannot be read or is not UTF-8, or the IRI or ``no_claim`` is not valid.
    """
    reason = (
        f" ;\n    tmn:noClaimReason {node(code(no_claim, 'no-claim-reason'))}" if no_claim else ""
    )
    path = Path(source)
    text = text_of(path)
    start, end = _occurrence(text, words, nth, Place(path))
    try:
        return passage_at(AnchoredText(text), start, end, document_iri, reason)
    except PassageError as error:
        raise PassageError(error.message, place=Place(path), hint=error.hint) from None


def passage_at(
    anchored: AnchoredText, start: int, end: int, document_iri: str, reason: str = ""
) -> str:
    """Write the Turtle for a span of a text, as `locate` does.

    Parameters
    ----------
    anchored
        The text. Its normal form is made once, so use the same for all passages of a text.
    start, end
        The span, in code points; the end is exclusive.
    document_iri
        IRI of the document.
    reason
        The end of the passage's description, in Turtle.

    Raises
    ------
    PassageError
        The span has no anchor.
    """
    passage = node(f"{document_iri}#char={start},{end}")
    selector = node(f"{document_iri}#selector={start},{end}")
    anchor = anchored.anchor(start, end)
    return (
        f"{prefixes()}\n{passage} a tmn:Passage ;\n"
        f"    oa:hasSource {node(document_iri)} ;\n"
        f"    oa:hasSelector {selector} ;\n"
        f'    tmn:passageDigest "{_sha256(anchored.text[start:end])}"{_anchored(anchor)}{reason} .\n'
        "\n"
        f"{selector} a oa:TextPositionSelector ;\n"
        f'    oa:start "{start}"^^xsd:nonNegativeInteger ;\n'
        f'    oa:end "{end}"^^xsd:nonNegativeInteger .\n'
    )


def _anchored(anchor: Anchor) -> str:
    return "".join(
        f' ;\n    {shorten(predicate.value)} "{value.value}"'
        + ("" if value.datatype == XSD.string else f"^^{shorten(value.datatype.value)}")
        for predicate, value in anchor_values(anchor)
    )


def _occurrence(text: str, words: str, nth: int | None, place: Place) -> Span:
    if not words:
        raise PassageError("no words were given", place=place, hint="Give the words to find.")
    found = _spans(text, words) or equivalents(text, words)
    if not found:
        raise PassageError(
            "the words do not occur in the document",
            place=place,
            hint=_near(text, words),
        )
    if nth is None and len(found) > 1:
        raise PassageError(
            f"the words occur in the document {len(found)} times, at {_listed(start for start, _ in found)}",
            place=place,
            hint="Give more of the words around them, or say which occurrence you mean (from 1).",
        )
    if nth is not None and not 1 <= nth <= len(found):
        raise PassageError(
            f"there is no occurrence {nth}: the words occur in the document {len(found)} times",
            place=place,
            hint=f"Choose an occurrence from 1 to {len(found)}.",
        )
    return found[(nth or 1) - 1]


def _spans(text: str, words: str) -> list[Span]:
    spans = []
    at = text.find(words)
    while at >= 0:
        spans.append((at, at + len(words)))
        at = text.find(words, at + 1)
    return spans


def _near(text: str, words: str) -> str:
    similar = lookalikes(text, words)
    if similar:
        return (
            "With other accents or marks on letters, quotation marks, dashes, spaces or capitals they "
            f"occur at {_listed(start for start, _ in similar)}: copy them from the file."
        )
    return "Copy the words from the file, with its own quotation marks, dashes and line breaks."


def _listed(positions: Iterable[int]) -> str:
    every = list(positions)
    return ", ".join(map(str, every[:10])) + (", …" if len(every) > 10 else "")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
