"""The commands under ``testimonia passages``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from testimonia.cli.options import Files, open_dataset
from testimonia.cli.passages_text import (
    check_lines,
    check_row,
    coverage_lines,
    document_row,
    sentence_row,
    wording_row,
)
from testimonia.cli.rich_text import print_texts
from testimonia.cli.terminal import console, write
from testimonia.errors import InputError, Place
from testimonia.suggestions import nearest

__all__ = ["passages"]

_FINDINGS = 1
# IRI schemes without //; anything else without // is a misspelt prefix.
_SCHEMES = ("urn", "tag", "doi", "info", "ark", "did", "hdl", "ni")
_Format = Literal["table", "csv", "json"]
_Flag = Annotated[bool, Parameter(negative=())]
_Many = Annotated[tuple[str, ...], Parameter(negative=())]

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
    update: _Flag = False,
    sheet: Path | None = None,
    sheet_base: str | None = None,
    format: _Format = "table",  # noqa: A002
    output: Path | None = None,
) -> int:
    """Compare documents and passages with the texts of the documents.

    In a text that was edited, or extracted in another way, passages are found by their anchors, and are
    reported as moved, in several places, or missing. Also finds sentences that were copied into glosses
    and other texts of the data, and words for quantities that do not occur in their passages. Exits with
    1 if anything differs, if the text of a document is not among the sources, or if the data describe
    neither documents nor passages.

    Parameters
    ----------
    sources
        Directory with the texts, as UTF-8 files of any name.
    quote
        Show the words of each passage as well.
    allow_missing
        Ignore documents whose text is not among the sources.
    update
        Write new offsets and digests, and missing anchors, into the files of --data or --sheet. A
        document does not change if the place of one of its passages is uncertain.
    sheet
        A directory of claim tables as CSV, in place of --data.
    sheet_base
        Namespace for the names in the sheet, as for testimonia map sheet --base.
    format
        Text, or all passages as CSV or JSON.
    output
        File to write to; standard output when left out.
    """
    from testimonia.cli.passages_update import change_lines, changes_of, updated

    made = None
    if update or sheet is not None or sheet_base is not None:
        given = data or Files()
        report, made = updated(given, sheet, sheet_base, sources, output, write_=update)
    else:
        report = open_dataset(data, output, read=[sources]).check_passages(sources)
    changes = change_lines(made) if made else []
    if format == "table":
        print_texts([*check_lines(report, quote=quote), *changes], output)
    else:
        rows = [check_row(outcome, quote=quote) for outcome in report.passages]
        documents = [document_row(outcome) for outcome in report.documents]
        wordings = [wording_row(each) for each in report.wordings]
        whole: dict[str, Any] = {"documents": documents, "passages": rows, "wordings": wordings}
        if made:
            whole["update"] = changes_of(made)
        if format == "csv":  # has no place for them
            for line in changes:
                console(error=True).print(line, soft_wrap=True)
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
    """Describe a document: digest and length of its text, without the text, and where it is available.

    Parameters
    ----------
    text
        File with the text of the document.
    document
        IRI of the document, in full or as a CURIE such as doc:NAME; so are all IRIs below.
    label
        What it is, in your own English words.
    address
        Its web address; may be given more than once. It is never fetched.
    archived
        The address of an archived copy; may be given more than once.
    publisher
        IRI of its publisher, if the document names one.
    agency
        IRI of the news agency whose dispatch the publisher prints, if the document credits one.
    dateline
        The dateline as printed.
    language
        Its language, as a BCP 47 tag such as ar.
    kind
        What kind of source it is: a code of tmc:source-kind, such as news-report.
    published
        When it was published, in EDTF, such as 2026-03-04 or 2026-03-04T10:15:00Z.
    captured
        When your copy of the text was captured, in EDTF.
    capture
        The page, PDF or archive file that the text was extracted from; its digest is written.
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
