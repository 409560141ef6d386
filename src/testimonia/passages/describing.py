"""Describes a document: digest and length of its text, and where the document is available."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.namespaces import CODE, IDENTIFIER, PREFIXES, SKOS, TMC
from testimonia.passages.holdings import bytes_of, text_of
from testimonia.rdf import files
from testimonia.suggestions import did_you_mean, nearest

__all__ = ["DocumentDescription", "code", "describe", "document", "node", "prefixes"]

_IN_SCHEME = SKOS.inScheme
_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[0-9A-Za-z]{1,8})*")  # loosely; a shape checks RFC 5646
_TIED: Final = 2  # properties that identify the text of a document
_WEB: Final = ("http://", "https://")


@dataclass(frozen=True)
class DocumentDescription:
    """The description of a document.

    Attributes
    ----------
    iri
        The IRI of the document.
    sha256, character_count
        SHA-256 of its text in UTF-8, and the number of code points.
    label
        What it is, in your own English words.
    addresses, archived
        Its web addresses, and those of archived copies.
    publisher, agency
        IRIs of its publisher, and of the news agency whose dispatch it prints.
    dateline, language, kind
        Its dateline as printed, its language (BCP 47), and the IRI of its kind of source.
    published, captured
        When it was published, and when its text was captured, in EDTF.
    capture_digest
        SHA-256 of the page, PDF or archive file that the text was extracted from.
    translation_of
        IRI of the document that it is a translation of.
    replaces, replaced_by
        IRIs of earlier and of later versions.
    """

    iri: str
    sha256: str
    character_count: int
    label: str | None = None
    addresses: tuple[str, ...] = ()
    archived: tuple[str, ...] = ()
    publisher: str | None = None
    agency: str | None = None
    dateline: str | None = None
    language: str | None = None
    kind: str | None = None
    published: str | None = None
    captured: str | None = None
    capture_digest: str | None = None
    translation_of: str | None = None
    replaces: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()

    def turtle(self) -> str:
        """Write it as Turtle, with the bounds of its times."""
        times = [edtf for edtf in (self.published, self.captured) if edtf]
        properties = list(self._properties())
        used = {"dcterms", "rdfs", "schema"} if len(properties) > _TIED else set()
        body = "".join(f" ;\n    {name} {value}" for name, value in properties)
        later = "".join(
            f"\n{node(iri)} dcterms:replaces {node(self.iri)} .\n" for iri in self.replaced_by
        )
        bounds = "".join(f"\n{_bounds_turtle(edtf)}" for edtf in dict.fromkeys(times))
        used |= {"dcterms"} if later else set()
        return f"{prefixes(used)}\n{node(self.iri)} a tmn:Document{body} .\n{later}{bounds}"

    def _properties(self) -> Iterator[tuple[str, str]]:
        if self.label:
            yield "rdfs:label", str(Literal(self.label, language="en"))
        yield "tmn:sha256", f'"{self.sha256}"'
        yield "tmn:characterCount", f'"{self.character_count}"^^xsd:nonNegativeInteger'
        for name, text in (("tmn:dateline", self.dateline), ("dcterms:language", self.language)):
            if text:
                yield name, str(Literal(text))
        for name, addresses in (
            ("dcterms:identifier", self.addresses),
            ("schema:archivedAt", self.archived),
        ):
            for address in addresses:
                yield name, f"{Literal(address)}^^xsd:anyURI"
        for name, iri in (
            ("dcterms:publisher", self.publisher),
            ("schema:sourceOrganization", self.agency),
            ("tmn:sourceKind", self.kind),
            ("tmn:published", self.published and _bounds_iri(self.published)),
            ("tmn:captured", self.captured and _bounds_iri(self.captured)),
            ("schema:translationOfWork", self.translation_of),
            *(("dcterms:replaces", each) for each in self.replaces),
        ):
            if iri:
                yield name, node(iri)
        if self.capture_digest:
            yield "tmn:captureDigest", f'"{self.capture_digest}"'

    def row(self) -> dict[str, str]:
        """Return its row of the claim table ``documents``: cells by column, without empty ones.

        Raises
        ------
        InputError
            It has no label, or has a later version, which belongs in a separate row.
        """
        from testimonia.tables.cell_format import SEPARATOR

        if not self.label:
            raise InputError(
                "the document has no label, which is required in a table", hint="Give --label."
            )
        if self.replaced_by:
            raise InputError(
                "the row of a document cannot name a later version",
                hint="Name this document in the column replaces of the later version.",
            )
        cells = {
            "id": _name(self.iri, "document/"),
            "label": self.label,
            "sha256": self.sha256,
            "character_count": str(self.character_count),
            "dateline": self.dateline,
            "language": self.language,
            "published": self.published,
            "publisher": self.publisher and _name(self.publisher, "agent/"),
            "agency": self.agency and _name(self.agency, "agent/"),
            "url": SEPARATOR.join(self.addresses),
            "archived_copy": SEPARATOR.join(self.archived),
            "captured": self.captured,
            "capture_digest": self.capture_digest,
            "source_kind": self.kind and self.kind.removeprefix(CODE),
            "translation_of": self.translation_of and _name(self.translation_of, "document/"),
            "replaces": SEPARATOR.join(_name(each, "document/") for each in self.replaces),
        }
        return {name: cell for name, cell in cells.items() if cell}

    def csv(self) -> str:
        """Write the claim table ``documents`` with this row alone, all its columns in order."""
        from testimonia.tables.schema import by_name

        stream = io.StringIO()
        names = [column.name for column in by_name("documents").columns]
        writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerow(self.row())
        return stream.getvalue()


def describe(
    source: str | Path,
    iri: str,
    *,
    label: str | None = None,
    addresses: Iterable[str] = (),
    archived: Iterable[str] = (),
    publisher: str | None = None,
    agency: str | None = None,
    dateline: str | None = None,
    language: str | None = None,
    kind: str | None = None,
    published: str | None = None,
    captured: str | None = None,
    capture: str | Path | None = None,
    translation_of: str | None = None,
    replaces: Iterable[str] = (),
    replaced_by: Iterable[str] = (),
) -> DocumentDescription:
    """Describe a document, from its text and from the details given.

    Parameters
    ----------
    source
        File with the document's text in UTF-8.
    iri
        IRI of the document.
    kind
        What kind of source it is: a code of tmc:source-kind, such as ``news-report``.
    capture
        The page, PDF or archive file that the text was extracted from; only its digest is kept.
    label, addresses, archived, publisher, agency, dateline, language, published, captured, translation_of, replaces, replaced_by
        As in :class:`DocumentDescription`.

    Raises
    ------
    InputError
        A file cannot be read, the text, label or dateline is not UTF-8, or an IRI, web address, EDTF date, language tag or
        code is not valid.
    """
    text = text_of(Path(source))
    if language is not None and not _TAG.fullmatch(language):
        raise InputError(
            f"{language!r} is not a language tag",
            hint="Give a BCP 47 tag, such as en or zh-Hant.",
        )
    for words in (label, dateline):
        if words is not None:
            _refuse_undecoded(words)
    for date in (published, captured):
        if date is not None:
            _bounds(date)
    described = DocumentDescription(
        iri,
        hashlib.sha256(text.encode()).hexdigest(),
        len(text),
        label=label,
        addresses=tuple(map(_address, addresses)),
        archived=tuple(map(_address, archived)),
        publisher=publisher,
        agency=agency,
        dateline=dateline,
        language=language,
        kind=code(kind, "source-kind") if kind else None,
        published=published,
        captured=captured,
        capture_digest=hashlib.sha256(bytes_of(Path(capture))).hexdigest() if capture else None,
        translation_of=translation_of,
        replaces=tuple(replaces),
        replaced_by=tuple(replaced_by),
    )
    others = (publisher, agency, translation_of, *described.replaces, *described.replaced_by)
    for each in (iri, *others):
        if each is not None:
            node(each)
    return described


def document(source: str | Path, iri: str) -> str:
    """Write Turtle with the digest and length of a document's text.

    Parameters
    ----------
    source
        File with the document's text in UTF-8.
    iri
        IRI of the document.

    Returns
    -------
    str
        Turtle with the SHA-256 of the bytes and the number of Unicode code points, without the text.

    Raises
    ------
    InputError
        The file cannot be read or is not UTF-8, or the IRI is not valid.
    """
    return describe(source, iri).turtle()


def prefixes(more: Iterable[str] = ()) -> str:
    """Declare the prefixes of the Turtle that is written here.

    Prefixes may be repeated in Turtle, so the output can be used alone or appended to other Turtle.
    """
    names = ("tmn", "tmc", "oa", "xsd", *sorted(more))
    return "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in names)


def node(iri: str) -> str:
    """Write an IRI in Turtle.

    Raises
    ------
    InputError
        It is not valid.
    """
    try:
        return str(NamedNode(iri))
    except ValueError as error:
        raise InputError(
            f"{iri!r} is not an IRI: {error}", hint="Give the whole IRI of the document."
        ) from error


def code(name: str, scheme: str) -> str:
    """Find a code of a list by its name, CURIE or IRI.

    Raises
    ------
    InputError
        The list has no such code.
    """
    plain = name.removeprefix(CODE).removeprefix("tmc:")
    codes = sorted(
        quad.subject.value.removeprefix(CODE)
        for quad in files.read(resources.ontology())
        if quad.predicate == _IN_SCHEME and quad.object == TMC[scheme]
        if isinstance(quad.subject, NamedNode)
    )
    if plain not in codes:
        near = nearest(plain, codes, most=1, similarity=0.6)
        raise InputError(
            f"{name!r} is not a code of tmc:{scheme}",
            hint=did_you_mean(near) or f"The codes are {', '.join(codes)}.",
        )
    return CODE + plain


def _address(address: str) -> str:
    try:
        NamedNode(address)
        fine = address.startswith(_WEB)
    except ValueError:
        fine = False
    if not fine:
        raise InputError(
            f"{address!r} is not a web address",
            hint="Give one such as https://example.org/report, with spaces and special characters percent-encoded.",
        )
    return address


def _refuse_undecoded(words: str) -> None:
    """Refuse words with bytes that could not be decoded, as an argument of the command may have."""
    try:
        words.encode()
    except UnicodeEncodeError:
        raise InputError(
            f"{words!r} contains characters that UTF-8 cannot express", hint="Write it in UTF-8."
        ) from None


def _bounds(edtf: str) -> dict[str, str]:
    from testimonia.tables.sheets.time_cells import bounds_of

    found = bounds_of(edtf)
    if found is None:
        raise InputError(
            f"{edtf!r} is not a date in EDTF",
            hint="Write 2025-12-13, 2025-12, a time such as 2025-12-13T10:15:00Z, or an interval.",
        )
    return {name: value for name, value in found.row(0, named=True).items() if value}


def _bounds_iri(edtf: str) -> str:
    from testimonia.tables.cell_terms import iri_of

    return iri_of(_bounds(edtf)["id"], IDENTIFIER + "bounds/")


def _bounds_turtle(edtf: str) -> str:
    row = _bounds(edtf)
    properties = [
        ("rdfs:label", str(Literal(row["label"], language="en"))),
        ("tmn:edtf", str(Literal(row["edtf"]))),
        *(
            (name, f'"{row[column]}"^^xsd:dateTimeStamp')
            for name, column in (("tmn:notBefore", "not_before"), ("tmn:notAfter", "not_after"))
            if column in row
        ),
        ("tmn:resolution", str(Literal(row["resolution"], language="en"))),
    ]
    body = " ;\n    ".join(f"{name} {value}" for name, value in properties)
    return f"{node(_bounds_iri(edtf))} a tmn:TimeBounds ;\n    {body} .\n"


def _name(iri: str, path: str) -> str:
    """Return the name that an IRI of the project has in a claim table, or the IRI."""
    return iri.removeprefix(IDENTIFIER + path)
