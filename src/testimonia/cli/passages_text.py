"""The output of the commands under ``testimonia passages``: lines for people, and rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from testimonia.cli.terminal import visible
from testimonia.printing import one_line

if TYPE_CHECKING:
    from rich.text import Text

    from testimonia.passages import (
        Coverage,
        DocumentCheck,
        PassageCheck,
        PassageReport,
        Sentence,
        WordingCheck,
    )

__all__ = [
    "check_lines",
    "check_row",
    "coverage_lines",
    "document_row",
    "sentence_row",
    "wording_row",
]


def check_lines(report: PassageReport, *, quote: bool) -> list[Text]:
    """Return the lines that describe the outcome of a check."""
    from rich.text import Text

    lines = [_document_line(outcome) for outcome in report.documents]
    lines += [_passage_line(p, quote=quote) for p in report.passages if quote or not p.ok]
    lines += [_wording_line(each) for each in report.wordings]
    lines += [
        Text(f"{one_line(str(path))}: no document has this text", "dim")
        for path in report.unmatched_files
    ]
    good = sum(outcome.ok for outcome in report.passages)
    fine = report.ok and report.complete and not report.empty
    style = "bold green" if fine else "bold red"
    verified = f"{good} of {len(report.passages)} passages verified"
    held = sum(outcome.file is not None for outcome in report.documents)
    summary = f"{held} of {len(report.documents)} documents held, {verified}."
    bare = sum(outcome.passage.anchor is None for outcome in report.passages)
    if bare:
        summary += f" {bare} have no anchor, so cannot be found in other copies."
    return [*lines, Text(summary, style)]


def _document_line(outcome: DocumentCheck) -> Text:
    from rich.text import Text

    from testimonia.namespaces import shorten

    line = Text(visible(shorten(outcome.document.iri)), "bold")
    if outcome.file:
        line.append(f"  {one_line(outcome.file.name)}", "dim")
    line = _with_faults(line, outcome.faults)
    if outcome.copy:
        line.append(f"\n  a copy of it is {one_line(outcome.copy.name)}", "yellow")
    return line


def _passage_line(outcome: PassageCheck, *, quote: bool) -> Text:
    from rich.text import Text

    from testimonia.namespaces import shorten

    line = _with_faults(Text(visible(shorten(outcome.passage.iri))), outcome.faults)
    if quote and outcome.quotation is not None:
        line.append(f"\n  {one_line(outcome.quotation)}", "italic")
    return line


def _wording_line(wording: WordingCheck) -> Text:
    from rich.text import Text

    from testimonia.namespaces import shorten

    line = Text(visible(f"{shorten(wording.subject)} {shorten(wording.property)}"))
    return _with_faults(line, {wording.fault: wording.how})


def _with_faults(line: Text, faults: dict[Any, str]) -> Text:
    if not faults:
        return line.append("  ok", "green")
    for fault, how in faults.items():
        line.append(f"\n  {fault.value}: ", "red").append(one_line(how))
    return line


def coverage_lines(found: Coverage, *, every: bool) -> list[Text]:
    """Return the lines that describe coverage."""
    from rich.text import Text

    from testimonia.passages import Covered

    shown = [s for s in found.sentences if every or s.covered is not Covered.WHOLLY]
    lines = [_sentence_line(sentence) for sentence in shown]
    lines += [Text(f"{visible(iri)}: not held", "yellow") for iri in found.not_held]
    covered = found.count(Covered.WHOLLY)
    partly, bare = found.count(Covered.PARTLY), found.count(Covered.NOT)
    # Never rounded up: 100 % means all.
    share = 100 if found.complete else int(found.share * 1000) / 10
    text = f"{covered} of {len(found.sentences)} sentences covered ({share} %)"
    text += f", {partly} partly, {bare} not at all."
    return [*lines, Text(text, "bold green" if found.complete else "bold red")]


def _sentence_line(sentence: Sentence) -> Text:
    from rich.text import Text

    from testimonia.namespaces import shorten

    where = f"{shorten(sentence.document)} {sentence.start}-{sentence.end}"
    line = Text(f"{visible(where)}  {sentence.covered.value}", "bold")
    line.append(f"\n  {one_line(sentence.text)}", "italic")
    for start, end in sentence.bare:
        bare = sentence.text[start - sentence.start : end - sentence.start]
        line.append(f"\n  bare {start}-{end}: {one_line(bare)}", "red")
    for iri in (*sentence.claims, *sentence.reasons):
        line.append(f"\n  {visible(shorten(iri))}", "dim")
    return line


def document_row(outcome: DocumentCheck) -> dict[str, Any]:
    """Return the row of a document in the outcome of a check."""
    return {
        "document": outcome.document.iri,
        "file": str(outcome.file) if outcome.file else None,
        "copy": str(outcome.copy) if outcome.copy else None,
        "status": _status(outcome.faults),
        "details": "; ".join(outcome.faults.values()),
    }


def check_row(outcome: PassageCheck, *, quote: bool) -> dict[str, Any]:
    """Return the row of a passage in the outcome of a check."""
    passage, placed = outcome.passage, outcome.placed
    row = {
        "passage": passage.iri,
        "document": passage.document,
        "start": passage.start,
        "end": passage.end,
        "status": _status(outcome.faults),
        "details": "; ".join(outcome.faults.values()),
        "places": [f"{span[0]}-{span[1]}" for span in (placed.spans if placed else ())],
    }
    return row | {"quotation": outcome.quotation} if quote else row


def wording_row(wording: WordingCheck) -> dict[str, Any]:
    """Return the row of a text in the data, in the outcome of a check."""
    return {
        "subject": wording.subject,
        "property": wording.property,
        "status": wording.fault.value,
        "details": wording.how,
    }


def _status(faults: Iterable[Any]) -> str:
    return "; ".join(fault.value for fault in faults) or "ok"


def sentence_row(sentence: Sentence) -> dict[str, Any]:
    """Return the row of a sentence, with its coverage."""
    return {
        "document": sentence.document,
        "start": sentence.start,
        "end": sentence.end,
        "status": sentence.covered.value,
        "bare": [f"{start}-{end}" for start, end in sentence.bare],
        "claims": list(sentence.claims),
        "reasons": list(sentence.reasons),
    }
