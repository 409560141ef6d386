"""The commands under ``testimonia passages``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from testimonia.cli.options import Files, open_dataset
from testimonia.cli.rich_text import print_texts
from testimonia.cli.terminal import visible, write
from testimonia.errors import InputError, Place
from testimonia.printing import one_line
from testimonia.suggestions import nearest

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
# IRI schemes without //; anything else without // is a misspelt prefix.
_SCHEMES = ("urn", "tag", "doi", "info", "ark", "did", "hdl", "ni")
_Format = Literal["table", "csv", "json"]
_Flag = Annotated[bool, Parameter(negative=())]

passages = App(
    name="passages",
    help="Check passages against the texts of their documents, and write new ones.",
    help_format="plaintext",
)


@passages.command
def check(
    *,
    sources: Path,
    data: Files | None = None,
    quote: _Flag = False,
    allow_missing: _Flag = False,
    format: _Format = "table",  # noqa: A002
    output: Path | None = None,
) -> int:
    """Compare documents and passages with the texts of the documents.

    Also finds sentences that were copied into glosses and other texts of the data, and words for
    quantities that do not occur in their passages. Exits with 1 if anything differs, if the text of a
    document is not among the sources, or if the data describe neither documents nor passages.

    Parameters
    ----------
    sources
        Directory with the texts, as UTF-8 files of any name.
    quote
        Show the words of each passage as well.
    allow_missing
        Ignore documents whose text is not among the sources.
    format
        Text, or all passages as CSV or JSON.
    output
        File to write to; standard output when left out.
    """
    report = open_dataset(data, output, read=[sources]).check_passages(sources)
    if format == "table":
        print_texts(_check_lines(report, quote=quote), output)
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
    """Report which sentences of the documents are covered by claims, or by reasons for no claim.

    Exits with 1 if a letter or digit of any sentence is covered by neither.

    Parameters
    ----------
    sources
        Directory with the texts, as UTF-8 files of any name.
    all
        Show all sentences with their claims and reasons, not only those with gaps.
    allow_missing
        Ignore documents whose text is not among the sources.
    format
        Text, or all sentences as CSV or JSON.
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
    """Find words in the text of a document, and write the Turtle of the passage, without the words.

    Parameters
    ----------
    text
        File with the text of the document.
    document
        IRI of the document, in full or as a CURIE such as doc:NAME.
    words
        The quotation, exactly as in the text.
    nth
        Which occurrence, counted from 1, if the words occur more than once.
    no_claim
        Why the passage makes no claim: a code of tmc:no-claim-reason, such as dateline-line.
    output
        File to write to; standard output when left out.
    """
    from testimonia import passages as authoring

    _refuse_existing(output)
    write(authoring.locate(text, words, _iri(document), nth=nth, no_claim=no_claim), output)
    return 0


@passages.command
def document(text: Path, document: str, *, output: Path | None = None) -> int:
    """Write the Turtle that links a document to its text by digest and length, without the text.

    Parameters
    ----------
    text
        File with the text of the document.
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
    """Refuse to overwrite a file, which may contain earlier passages."""
    if output is not None and output.exists():
        raise InputError(
            "this file exists already, and may contain earlier passages",
            place=Place(output),
            hint="Name a new file, or append the output with >> FILE.",
        )


def _iri(name: str) -> str:
    """Expand a CURIE, and refuse one with an unknown prefix, which would look like an IRI."""
    from testimonia.namespaces import PREFIXES, expand

    whole = expand(name)
    prefix, colon, rest = name.partition(":")
    if whole is None and not (colon and (rest.startswith("//") or prefix.lower() in _SCHEMES)):
        near = nearest(prefix, PREFIXES, most=1, similarity=0.6)
        raise InputError(
            f"{name!r} is not an IRI, and {prefix + colon!r} is not a known prefix",
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
        Text(f"{one_line(str(path))}: not the text of any document", "dim")
        for path in report.unmatched_files
    ]
    good = sum(outcome.ok for outcome in report.passages)
    fine = report.ok and report.complete and not report.empty
    style = "bold green" if fine else "bold red"
    verified = f"{good} of {len(report.passages)} passages verified"
    held = sum(outcome.file is not None for outcome in report.documents)
    return [*lines, Text(f"{held} of {len(report.documents)} documents held, {verified}.", style)]


def _document_line(outcome: DocumentCheck) -> Text:
    from rich.text import Text

    from testimonia.namespaces import shorten

    line = Text(visible(shorten(outcome.document.iri)), "bold")
    if outcome.file:
        line.append(f"  {one_line(outcome.file.name)}", "dim")
    return _with_faults(line, outcome.faults)


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
