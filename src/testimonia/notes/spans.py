"""Finds passages by sentence number, by their words, or by their first and last words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal, RdfFormat, parse

from testimonia.errors import PassageError, TestimoniaError
from testimonia.notes.draft import Draft, Page, Row, Text
from testimonia.passages.authoring import locate, passage_at
from testimonia.passages.wording import equivalents
from testimonia.suggestions import nearest
from testimonia.tables.cell_terms import iri_of
from testimonia.tables.schema import by_name
from testimonia.yaml_nodes import Fields, Items, Node, Word

__all__ = ["Passages"]

_NUMBERS: Final = re.compile(r"([0-9]{1,6})(?:\s*[-–]\s*([0-9]{1,6}))?")  # noqa: RUF001
_OFFSETS: Final = re.compile(r"char=([0-9]{1,12}),([0-9]{1,12})")
_OPEN, _CLOSE = '"“«„', '"”»“'

_COLUMNS: Final = {
    column.property_iri: column for column in by_name("passages").columns if column.predicate
}

_Span = tuple[int, int]


class Passages:
    """Finds passages, and adds their rows.

    Parameters
    ----------
    draft
        Rows and faults are added to it.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._rows: dict[tuple[str, int, int], dict[str, object]] = {}

    def at(self, page: Page, node: Node, no_claim: str | None = None) -> list[str]:
        """Find the passages that are typed, and return their ids.

        Parameters
        ----------
        page
            The file of notes.
        node
            The number of a sentence, ``3-4``, words of the text, ``char=START,END``, fields ``from``
            and ``to`` (or ``words`` and ``nth``); or a list of these.
        no_claim
            The reason why they contain no claim.
        """
        if page.document is None:
            hint = "Describe it under document:."
            self._draft.fault(page, node, "these notes have no document", hint)
            return []
        nodes = node.items if isinstance(node, Items) else (node,)
        return [name for each in nodes for name in self._one(page, page.document, each, no_claim)]

    def _one(self, page: Page, document: str, node: Node, no_claim: str | None) -> Iterator[str]:
        if isinstance(node, Word) and (offsets := _OFFSETS.fullmatch(node.text or "")):
            name = f"{document}#{node.text}"
            if page.text is None or self._draft.row("passages", name) is not None:
                yield name  # described in the notes: its digest is there
                return
            span: _Span | None = (int(offsets[1]), int(offsets[2]))
        elif page.text is None:
            hint = "Write text: FILE under document:."
            self._draft.fault(page, node, "the text of the document is not available", hint)
            return
        else:
            span = self._span(page, page.text, node)
        if span is None:
            return
        start, end = span
        if not 0 <= start < end <= len(page.text.text):
            message = (
                f"the offsets are not in the text, which has {len(page.text.text):,} characters"
            )
            self._draft.fault(page, node, message, "")
            return
        try:
            cells = self.cells(page.text, document, start, end)
        except TestimoniaError as error:
            self._draft.fault(page, node, error.message, error.hint)
            return
        if no_claim is not None:
            cells = cells | {"no_claim_reason": [no_claim]}
        name = str(cells["id"])
        there = self._draft.row("passages", name)
        if there is None:
            self._draft.put("passages", Row(cells, page.place(node)))  # type: ignore[arg-type]
        elif no_claim is not None and there.get("no_claim_reason") != [no_claim]:
            message = "a claim, or another reason, is given for this passage"
            self._draft.fault(page, node, message, "Remove it from nothing:, or remove the other.")
        yield name

    def cells(self, text: Text, document: str, start: int, end: int) -> dict[str, object]:
        """Make the row of a passage as `locate` would describe it.

        Parameters
        ----------
        text
            The text of the document.
        document
            Its id.
        start, end
            Its span, in code points; the end is exclusive.
        """
        key = (document, start, end)
        if key not in self._rows:
            iri = iri_of(document, by_name("documents").base)
            turtle = passage_at(text.anchored, start, end, iri)
            row: dict[str, object] = {"id": f"{document}#char={start},{end}", "document": document}
            for quad in parse(turtle, RdfFormat.TURTLE):
                column = _COLUMNS.get(quad.predicate.value)
                if column is not None and isinstance(quad.object, Literal):
                    value = quad.object.value
                    row[column.name] = int(value) if column.kind == "integer" else value
            self._rows[key] = row
        return self._rows[key]

    def _span(self, page: Page, text: Text, node: Node) -> _Span | None:
        if isinstance(node, Fields):
            return self._between(page, text, node)
        if not isinstance(node, Word) or not node.text:
            hint = "Give the number of a sentence, or words of it."
            self._draft.fault(page, node, "this is not a passage", hint)
            return None
        numbers = _NUMBERS.fullmatch(node.text)
        if numbers is None:
            quoted = node.text if _found(text.text, node.text) else _unquoted(node.text)
            return self._words(page, text, node, quoted, None)
        first, last = int(numbers[1]), int(numbers[2] or numbers[1])
        count = len(text.sentences)
        if not 1 <= first <= last <= count:
            hint = (
                "“testimonia notes sentences” lists them; words of the text can be given instead."
            )
            message = f"there is no such sentence: they are numbered from 1 to {count}"
            self._draft.fault(page, node, message, hint)
            return None
        return text.sentences[first - 1][0], text.sentences[last - 1][1]

    def _between(self, page: Page, text: Text, node: Fields) -> _Span | None:
        fields = {key.text: value for key, value in node.entries}
        odd = [key for key, _ in node.entries if key.text not in ("from", "to", "words", "nth")]
        begin = fields.get("from", fields.get("words"))
        if odd or not isinstance(begin, Word) or not begin.text:
            hint = "Write {from: first words, to: last words}, or {words: …, nth: 2}."
            self._draft.fault(page, odd[0] if odd else node, "this is not a passage", hint)
            return None
        nth = fields.get("nth")
        typed = nth.text or "" if isinstance(nth, Word) else ""
        number = int(typed[:9]) if typed.isdecimal() else None
        first = self._words(page, text, begin, begin.text, number)
        end = fields.get("to")
        if first is None or end is None:
            return first
        if not isinstance(end, Word) or not end.text:
            self._draft.fault(page, end, "“to” must be text: the last words of the passage", "")
            return None
        rest = text.text[first[0] :]
        spans = _found(rest, end.text)
        if not spans:
            hint = "Copy them from the file."
            self._draft.fault(page, end, "these words do not come after those of “from”", hint)
            return None
        return first[0], first[0] + spans[0][1]

    def _words(
        self, page: Page, text: Text, node: Word, words: str, nth: int | None
    ) -> _Span | None:
        """Find words as `locate` does, and report its error if they are not found."""
        spans = _found(text.text, words)
        if len(spans) == 1:
            return spans[0]
        if nth is not None and 1 <= nth <= len(spans):
            return spans[nth - 1]
        try:
            locate(text.path, words, "urn:x", nth=nth)
        except PassageError as error:
            hint = error.hint
            if not spans and (near := self._nearest(text, words)):
                hint += f" Sentence {near} is similar."
            if len(spans) > 1:
                hint = "Give more of the words around them, or {words: …, nth: 2}."
            self._draft.fault(page, node, error.message, hint)
        return None

    def _nearest(self, text: Text, words: str) -> int | None:
        whole = [text.text[start:end] for start, end in text.sentences]
        near = nearest(words, whole, most=1, similarity=0.4) if len(whole) < 2_000 else []
        return whole.index(near[0]) + 1 if near else None


def _found(text: str, words: str) -> list[_Span]:
    spans, at = [], text.find(words)
    while at >= 0:
        spans.append((at, at + len(words)))
        at = text.find(words, at + 1)
    return spans or equivalents(text, words)


def _unquoted(text: str) -> str:
    """Remove quotation marks around words."""
    if len(text) > 2 and text[0] in _OPEN and text[-1] in _CLOSE:
        return text[1:-1]
    return text
