"""The commands under ``testimonia passages``."""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from testimonia.cli.findings_text import print_texts
from testimonia.cli.options import Files, open_dataset
from testimonia.cli.terminal import visible, write
from testimonia.errors import InputError, Place
from testimonia.legible import one_line

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

__all__ = ["passages"]

_FINDINGS = 1
# Schemes of IRIs that have no // behind them; others without are prefixes, misspelt.
_SCHEMES = ("urn", "tag", "doi", "info", "ark", "did", "hdl", "ni")
_Format = Literal["table", "csv", "json"]
_Flag = Annotated[bool, Parameter(negative=())]

passages = App(
    name="passages",
    help="Check passages against the documents' texts, and write new ones.",
    help_format="plaintext",
)


@passages.command
def check(
    *,
    sources: Path,
    data: Files | None = None,
    quote: _Flag = False,
    allow_missing: _Flag = False,
    update: _Flag = False,
    sheet: Path | None = None,
    sheet_base: str | None = None,
    format: _Format = "table",  # noqa: A002
    output: Path | None = None,
) -> int:
    """Compare documents and passages with the documents' texts.

    Where a text was edited or typeset in another way, passages are found by their anchors: moved, in
    several places, or missing. Finds sentences that were copied into glosses and other texts of the data, too, and words of
    quantities that do not stand in their passages. Leaves with 1 when one disagrees, when a document's text is not among the sources, or when the
    data describe neither documents nor passages.

    Parameters
    ----------
    sources
        Directory that holds the texts, as UTF-8 files of any name.
    quote
        Also show the words of each passage.
    allow_missing
        Do not mind documents whose text is not among the sources.
    update
        Write new offsets and digests into the files of --data or --sheet, and anchors where there are
        none; a document of which a passage has no certain place stays as it is.
    sheet
        A directory of claim tables as CSV, in place of --data.
    sheet_base
        What the IRIs of names in the sheet begin with, as for testimonia map sheet --base.
    format
        Lines for people, or all passages as CSV or JSON.
    output
        File to write to; standard output when left out.
    """
    from testimonia.cli.passages_update import updated

    if update or sheet is not None:
        given = data or Files()
        report, changes = updated(given, sheet, sheet_base, sources, output, write_=update)
    else:
        report, changes = open_dataset(data, output, read=[sources]).check_passages(sources), []
    if format == "table":
        print_texts([*_check_lines(report, quote=quote), *changes], output)
    else:
        rows = [_check_row(outcome, quote=quote) for outcome in report.passages]
        documents = [_document_row(outcome) for outcome in report.documents]
        wordings = [_wording_row(each) for each in report.wordings]
        whole = {"documents": documents, "passages": rows, "wordings": wordings}
        _write_rows(rows, whole, format, output)
    fine = report.ok and not report.empty and (report.complete or allow_missing)
    return 0 if fine else _FINDINGS


@passages.command
def coverage(
    *,
    sources: Path,
    data: Files | None = None,
    all: _Flag = False,  # noqa: A002
    allow_missing: _Flag = False,
    format: _Format = "table",  # noqa: A002
    output: Path | None = None,
) -> int:
    """Report which sentences of the documents lie under claims, or under reasons for none.

    Leaves with 1 when a letter or digit of any sentence lies under neither.

    Parameters
    ----------
    sources
        Directory that holds the texts, as UTF-8 files of any name.
    all
        Show every sentence with its claims and reasons, not only those with gaps.
    allow_missing
        Do not mind documents whose text is not among the sources.
    format
        Lines for people, or all sentences as CSV or JSON.
    output
        File to write to; standard output when left out.
    """
    found = open_dataset(data, output, read=[sources]).coverage(sources)
    if format == "table":
        print_texts(_coverage_lines(found, every=all), output)
    else:
        rows = [_sentence_row(sentence) for sentence in found.sentences]
        whole = {"share": found.share, "notHeld": list(found.not_held), "sentences": rows}
        _write_rows(rows, whole, format, output)
    return 0 if found.complete and (allow_missing or not found.not_held) else _FINDINGS


@passages.command
def locate(
    text: Path,
    document: str,
    words: str,
    *,
    nth: int | None = None,
    no_claim: str | None = None,
    output: Path | None = None,
) -> int:
    """Find words in a document's text and write the Turtle for the passage, without the words.

    Parameters
    ----------
    text
        File with the document's text.
    document
        IRI of the document, in full or as a CURIE such as doc:NAME.
    words
        The quotation, exactly as it stands there.
    nth
        Which occurrence, from 1, when the words stand there more than once.
    no_claim
        Why the passage holds no claim: a code of tmc:no-claim-reason, such as dateline-line.
    output
        File to write to; standard output when left out.
    """
    from testimonia import passages as authoring

    _refuse_existing(output)
    write(authoring.locate(text, words, _iri(document), nth=nth, no_claim=no_claim), output)
    return 0


@passages.command
def document(text: Path, document: str, *, output: Path | None = None) -> int:
    """Write the Turtle that ties a document to its text by digest and length, without the text.

    Parameters
    ----------
    text
        File with the document's text.
    document
        IRI of the document, in full or as a CURIE such as doc:NAME.
    output
        File to write to; standard output when left out.
    """
    from testimonia import passages as authoring

    _refuse_existing(output)
    write(authoring.document(text, _iri(document)), output)
    return 0


def _refuse_existing(output: Path | None) -> None:
    """Refuse to replace a file, which may hold passages written before."""
    if output is not None and output.exists():
        raise InputError(
            "this file exists already, and may hold passages written before",
            place=Place(output),
            hint="Name a new file, or append the output yourself: … >> FILE.",
        )


def _iri(name: str) -> str:
    """Write an IRI in full, and refuse a CURIE whose prefix is not known: it looks like an IRI."""
    from testimonia.namespaces import PREFIXES, expand

    whole = expand(name)
    prefix, colon, rest = name.partition(":")
    if whole is None and not (colon and (rest.startswith("//") or prefix.lower() in _SCHEMES)):
        near = difflib.get_close_matches(prefix, PREFIXES, n=1)
        raise InputError(
            f"{name!r} is not an IRI, and {prefix + colon!r} is no prefix that is known",
            hint=(f"Did you mean {near[0]}:{rest}? " if near else "")
            + f"The prefixes are {', '.join(sorted(PREFIXES))}.",
        )
    return whole or name


def _check_lines(report: PassageReport, *, quote: bool) -> list[Text]:
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
        summary += f" {bare} have no anchor, by which to find them in other copies."
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


def _coverage_lines(found: Coverage, *, every: bool) -> list[Text]:
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


def _document_row(outcome: DocumentCheck) -> dict[str, Any]:
    return {
        "document": outcome.document.iri,
        "file": str(outcome.file) if outcome.file else None,
        "copy": str(outcome.copy) if outcome.copy else None,
        "status": _status(outcome.faults),
        "details": "; ".join(outcome.faults.values()),
    }


def _check_row(outcome: PassageCheck, *, quote: bool) -> dict[str, Any]:
    passage = outcome.passage
    row = {
        "passage": passage.iri,
        "document": passage.document,
        "start": passage.start,
        "end": passage.end,
        "status": _status(outcome.faults),
        "details": "; ".join(outcome.faults.values()),
        "places": [f"{start}-{end}" for start, end in outcome.placed.spans] if outcome.placed else [],
    }
    return row | {"quotation": outcome.quotation} if quote else row


def _wording_row(wording: WordingCheck) -> dict[str, Any]:
    return {
        "subject": wording.subject,
        "property": wording.property,
        "status": wording.fault.value,
        "details": wording.how,
    }


def _status(faults: Iterable[Any]) -> str:
    return "; ".join(fault.value for fault in faults) or "ok"


def _sentence_row(sentence: Sentence) -> dict[str, Any]:
    return {
        "document": sentence.document,
        "start": sentence.start,
        "end": sentence.end,
        "status": sentence.covered.value,
        "bare": [f"{start}-{end}" for start, end in sentence.bare],
        "claims": list(sentence.claims),
        "reasons": list(sentence.reasons),
    }


def _write_rows(
    rows: Sequence[dict[str, Any]], whole: dict[str, Any], form: str, output: Path | None
) -> None:
    if form == "json":
        write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", output)
        return
    stream = io.StringIO()
    if rows:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    write(stream.getvalue(), output)


def _cell(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list) else value
