"""The commands under ``testimonia passages``."""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from testimonia.cli.findings_text import print_texts
from testimonia.cli.options import Files, open_dataset
from testimonia.cli.passages_text import (
    check_lines,
    check_row,
    coverage_lines,
    document_row,
    sentence_row,
    wording_row,
)
from testimonia.cli.terminal import write
from testimonia.errors import InputError, Place

__all__ = ["passages"]

_FINDINGS = 1
# Schemes of IRIs that have no // behind them; others without are prefixes, misspelt.
_SCHEMES = ("urn", "tag", "doi", "info", "ark", "did", "hdl", "ni")
_Format = Literal["table", "csv", "json"]
_Flag = Annotated[bool, Parameter(negative=())]
_Many = Annotated[tuple[str, ...], Parameter(negative=())]

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
        print_texts([*check_lines(report, quote=quote), *changes], output)
    else:
        rows = [check_row(outcome, quote=quote) for outcome in report.passages]
        documents = [document_row(outcome) for outcome in report.documents]
        wordings = [wording_row(each) for each in report.wordings]
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
        print_texts(coverage_lines(found, every=all), output)
    else:
        rows = [sentence_row(sentence) for sentence in found.sentences]
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
def document(
    text: Path,
    document: str,
    *,
    label: str | None = None,
    address: _Many = (),
    archived: _Many = (),
    publisher: str | None = None,
    agency: str | None = None,
    dateline: str | None = None,
    language: str | None = None,
    kind: str | None = None,
    published: str | None = None,
    captured: str | None = None,
    capture: Path | None = None,
    translation_of: str | None = None,
    replaces: _Many = (),
    replaced_by: _Many = (),
    format: Literal["turtle", "csv"] = "turtle",  # noqa: A002
    output: Path | None = None,
) -> int:
    """Describe a document: digest and length of its text, without the text, and where it is to be had.

    Parameters
    ----------
    text
        File with the document's text.
    document
        IRI of the document, in full or as a CURIE such as doc:NAME; so are all IRIs below.
    label
        What it is, in English words of your own.
    address
        Where it is on the web; may be given more than once. It is never fetched.
    archived
        Where a copy is kept; may be given more than once.
    publisher
        IRI of who published it, if the document says so.
    agency
        IRI of the news agency whose dispatch the publisher prints, if the document credits one.
    dateline
        The dateline as printed.
    language
        Its language, as a tag of BCP 47 such as ar.
    kind
        What kind of source it is: a code of tmc:source-kind, such as news-report.
    published
        When it was published, in EDTF, such as 2026-03-04 or 2026-03-04T10:15:00Z.
    captured
        When the text was taken as you hold it, in EDTF.
    capture
        The page, PDF or archive file that the text was taken from; its digest is written.
    translation_of
        IRI of the document that it is a translation of.
    replaces
        IRI of an earlier version; may be given more than once.
    replaced_by
        IRI of a later version; may be given more than once.
    format
        Turtle, or the row of the claim table documents with its header.
    output
        File to write to; standard output when left out.
    """
    from testimonia import passages as authoring

    _refuse_existing(output)
    described = authoring.describe(
        text,
        _iri(document),
        label=label,
        addresses=address,
        archived=archived,
        publisher=publisher and _iri(publisher),
        agency=agency and _iri(agency),
        dateline=dateline,
        language=language,
        kind=kind,
        published=published,
        captured=captured,
        capture=capture,
        translation_of=translation_of and _iri(translation_of),
        replaces=map(_iri, replaces),
        replaced_by=map(_iri, replaced_by),
    )
    write(described.csv() if format == "csv" else described.turtle(), output)
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
