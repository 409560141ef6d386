"""Reads RDF files, keeping literals as written: the only module that parses RDF."""

from __future__ import annotations

import io
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from testimonia.errors import InputError, LeftOut, Place, SyntaxFault, UnknownFormat
from testimonia.namespaces import XSD
from testimonia.rdf.jsonld import Copies, prepared
from testimonia.rdf.opening import COMPRESSIONS, opened, refuse_missing, uncompressed_name
from testimonia.rdf.reading_limits import JSONLD, LONGEST_TOKEN

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

__all__ = [
    "FORMATS",
    "PLAIN",
    "Reading",
    "Source",
    "expand",
    "format_of",
    "read",
    "surely_rdf",
    "to_rdflib",
]

Source = str | os.PathLike[str]

FORMATS: Final[dict[str, RdfFormat]] = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".jsonld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".n3": RdfFormat.N3,
}
"""RDF formats by file suffix; each may be followed by one of `testimonia.rdf.opening.COMPRESSIONS`."""

_LONGEST = 400  # characters of a parser message
_AMBIGUOUS = (".json", ".xml")


@dataclass(frozen=True)
class Reading:
    """Options for reading RDF files.

    Attributes
    ----------
    base
        The IRI that relative IRIs are resolved against, if a file declares no base. Without one, files
        with relative IRIs are refused: local paths must not end up in published data.
    own_address
        Whether to use a file's own ``file:`` URI if there is no base (RFC 3986, section 5.1.3): for
        files whose IRIs are not published, such as shapes.
    contexts
        Local copies of JSON-LD contexts, by IRI.
    checked
        Whether to check JSON-LD for parts that would be lost in RDF. Not needed if the result is
        compared with another serialization of the same data.

    Raises
    ------
    InputError
        The base is not an absolute IRI.
    """

    base: str | None = None
    own_address: bool = False
    contexts: Copies = field(default_factory=dict)
    checked: bool = True

    def __post_init__(self) -> None:
        if self.base is not None:
            try:
                NamedNode(self.base)
            except ValueError as error:
                raise InputError(
                    f"the base {self.base!r} is not an absolute IRI ({error})",
                    hint="Give one such as https://example.org/data/.",
                ) from None

    def base_of(self, path: Path) -> str | None:
        """Give the base for the relative IRIs of a file."""
        if self.base is None and self.own_address:
            return path.resolve().as_uri()
        return self.base


PLAIN: Final = Reading()
"""The default: no base and no contexts."""


def format_of(path: Source) -> RdfFormat | None:
    """Find the RDF format of a file by its suffix; None if it is not that of an RDF format.

    Examples
    --------
    >>> format_of("claims.ttl.gz").name
    'Turtle'
    """
    return FORMATS.get(Path(uncompressed_name(path)).suffix)


def expand(sources: Iterable[Source]) -> list[Path]:
    """List RDF files, searching directories.

    Directories are searched recursively, in order of names. Hidden files and files that are not RDF are
    skipped there, and so are ``.json`` and ``.xml``, which may contain anything. A file that is named
    directly must be RDF.

    Parameters
    ----------
    sources
        Files and directories.

    Returns
    -------
    list of Path
        Each file once, in the order given.

    Raises
    ------
    InputError
        One does not exist, or a directory holds no RDF file.
    UnknownFormat
        The suffix of a file named directly is not that of an RDF format.
    """
    found: dict[Path, Path] = {}
    for source in map(Path, sources):
        for path in _files_of(source):
            found.setdefault(path.resolve(), path)
    return list(found.values())


def read(sources: Iterable[Source], reading: Reading = PLAIN) -> Iterator[Quad]:
    """Stream the quads of RDF files, literals as written.

    Blank nodes of different files stay distinct. Nothing is fetched from the network.

    Parameters
    ----------
    sources
        Files and directories, as for `expand`.
    reading
        Options, such as the base of relative IRIs.

    Raises
    ------
    InputError
        A file cannot be read, is not text, needs a document from the network, has relative IRIs but no
        base, or exceeds a limit of `testimonia.rdf.reading_limits`.
    UnknownFormat
        A suffix is not that of an RDF format.
    SyntaxFault
        A file is not well formed, or a part of it cannot be RDF.

    Warns
    -----
    LeftOut
        A JSON-LD file contains what by the rules of JSON-LD is not data, such as names that its context
        does not define.
    """
    for path in expand(sources):
        yield from _quads(path, reading)


def to_rdflib(quads: Iterable[Quad | Triple]) -> rdflib.Graph:
    """Copy quads into an in-memory rdflib graph, literals as written, without graph names.

    Turns off ``rdflib.NORMALIZE_LITERALS`` for the process, since rdflib would otherwise rewrite a
    literal whenever it copies one.

    Parameters
    ----------
    quads
        What to copy.

    Raises
    ------
    InputError
        A term cannot be expressed in RDF 1.1: a triple term or a base direction.
    """
    import logging

    import rdflib

    rdflib.NORMALIZE_LITERALS = False
    # The shapes report ill-typed literals; rdflib would log each with a traceback.
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    graph = rdflib.Graph(bind_namespaces="none")
    for quad in quads:
        graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    return graph


def _files_of(source: Path) -> list[Path]:
    refuse_missing(source)
    if source.is_dir():
        files = [path for path in _walk(source) if surely_rdf(path)]
        if not files:
            raise InputError(
                "this directory contains no RDF files",
                place=Place(source),
                hint=f"RDF files are recognised by their suffix: {_suffixes()}. "
                "Name .json and .xml files directly.",
            )
        return files
    if format_of(source) is None:
        raise UnknownFormat(
            f"the suffix {source.suffix!r} is not that of an RDF format",
            place=Place(source),
            hint=f"RDF files are recognised by their suffix: {_suffixes()}.",
        )
    return [source]


def surely_rdf(path: Path) -> bool:
    """Check whether a file is RDF by its suffix; ``.json`` and ``.xml`` may be something else.

    Parameters
    ----------
    path
        The file.
    """
    return format_of(path) is not None and not uncompressed_name(path).endswith(_AMBIGUOUS)


def _walk(directory: Path) -> list[Path]:
    found = []
    for folder, subfolders, names in os.walk(directory, onerror=_unsearchable):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    return sorted(found)


def _unsearchable(error: OSError) -> None:
    raise InputError(
        f"this directory cannot be searched ({error.strerror or error})",
        place=Place(Path(str(error.filename))),
        hint="Check its permissions, or name the files directly.",
    ) from None


def _suffixes() -> str:
    return f"{', '.join(FORMATS)}, each also with {', '.join(COMPRESSIONS)}"


def _quads(path: Path, reading: Reading) -> Iterator[Quad]:
    form = format_of(path)
    with opened(path, form) as stream:
        if form == RdfFormat.JSON_LD and reading.checked:
            yield from _jsonld(path, stream, reading)
        else:
            yield from _parsed(path, stream, reading.base_of(path))


def _parsed(path: Path, stream: BinaryIO, base: str | None) -> Iterator[Quad]:
    try:
        yield from parse(stream, format_of(path), base_iri=base, rename_blank_nodes=True)
    except SyntaxError as error:
        raise _syntax_fault(path, error, base) from None
    except MemoryError as error:
        if "buffer" not in str(error):
            raise
        raise InputError(
            f"a literal, an IRI or a comment is longer than {LONGEST_TOKEN:,} bytes",
            place=Place(path),
            hint="Keep such a text in a separate file, and link to it.",
        ) from None


def _jsonld(path: Path, stream: BinaryIO, reading: Reading) -> Iterator[Quad]:
    most = JSONLD.value
    content = stream.read(most + 1)
    if len(content) > most:
        raise InputError(
            f"this JSON-LD file is larger than {most:,} bytes, and would be read into memory as a whole",
            place=Place(path),
            hint=f"{JSONLD.hint} Or convert it to N-Quads, which are streamed.",
        )
    base = reading.base_of(path)
    document = prepared(content, path, base, reading.contexts)
    number = 0
    for quad in _parsed(path, io.BytesIO(document.content), base):
        number += 1
        yield quad
    if document.ignored and not number:
        raise InputError(
            f"this file contains no statements: {document.ignored}",
            place=Place(path),
            hint="Give it an @context that maps names to IRIs.",
        )
    if document.ignored:
        warnings.warn(
            LeftOut(f"{path}: left out, as JSON-LD has it: {document.ignored}"), stacklevel=1
        )


def _syntax_fault(path: Path, error: SyntaxError, base: str | None) -> InputError:
    if "LoadDocumentCallback" in error.msg:
        return InputError(
            "this file refers to a remote JSON-LD context, and nothing is fetched",
            place=Place(path),
            hint="Write the context into the file.",
        )
    reason = error.msg
    if reason.startswith("Parser error"):
        reason = re.sub(r" \(line \d+\)$", "", reason.split(": ", 1)[-1])
    if len(reason) > _LONGEST:
        reason = reason[:_LONGEST] + " …"
    place = Place(path, error.lineno, error.offset)
    if error.lineno is None:
        place = _found_again(path, base)
    hint = "Correct the file there."
    if "No scheme found in an absolute IRI" in reason:
        hint = (
            "Write the IRI in full, declare a base in the file, "
            "or give the address at which it is published: --base IRI."
        )
    elif "has not been declared" in reason:
        hint = "Declare the prefix in the file."
    elif "Invalid UTF-8" in reason:
        hint = "Save the file as UTF-8."
    return SyntaxFault(f"not well formed: {reason}", place=place, hint=hint)


def _found_again(path: Path, base: str | None) -> Place:
    """Find the line at which the parser stops, for formats whose errors have no line number.

    The parser is fed line by line; the last line that it reads is the one.
    """
    with opened(path, format_of(path)) as stream:
        lines = _Lines(stream)
        try:
            for _ in parse(cast(BinaryIO, lines), format_of(path), base_iri=base):
                pass
        except (SyntaxError, MemoryError):
            return Place(path, lines.number or None)
    return Place(path)


class _Lines:
    """Reads a stream one line, or a part of a long line, at a time."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._within = False
        self.number = 0

    def read(self, size: int) -> bytes:
        line = self._stream.readline(size)
        if line and not self._within:
            self.number += 1
        self._within = bool(line) and not line.endswith(b"\n")
        return line


def _term(term: NamedNode | BlankNode | Literal | Triple) -> Node:
    import rdflib

    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, Literal) and term.direction is None:
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        # Plain strings carry no datatype in rdflib; it treats xsd:string as a different term.
        plain = term.datatype.value == _STRING
        datatype = None if plain else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, datatype=datatype, normalize=False)
    raise InputError(
        f"{term} cannot be expressed in RDF 1.1", hint="Write it as ordinary statements."
    )


_STRING = XSD.string.value
