"""Reads RDF files without rewriting a literal: the only place that parses RDF."""

from __future__ import annotations

import codecs
import difflib
import gzip
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from testimonia.errors import InputError, Place, SyntaxFault, UnknownFormat

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

__all__ = ["FORMATS", "Source", "expand", "format_of", "read", "to_rdflib"]

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
"""RDF formats by file suffix; each may be followed by ``.gz``."""

_SNIFFED_BYTES = 1024
_AMBIGUOUS = (".json", ".xml")


def format_of(path: Source) -> RdfFormat | None:
    """Tell the RDF format of a file by its suffix, or None where the suffix names none.

    Examples
    --------
    >>> format_of("claims.ttl.gz").name
    'Turtle'
    """
    name = Path(path).name.lower().removesuffix(".gz")
    return FORMATS.get(Path(name).suffix)


def expand(sources: Iterable[Source]) -> list[Path]:
    """List the RDF files that some files and directories stand for.

    Directories are searched whole and in order of name; hidden files and files that are not RDF
    are passed over there, and so are ``.json`` and ``.xml``, which may hold anything. A file that is
    named directly must be RDF.

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


def read(sources: Iterable[Source]) -> Iterator[Quad]:
    """Stream the quads of RDF files, every literal as it is written.

    Blank nodes of different files are kept apart. Nothing is fetched from the network.

    Parameters
    ----------
    sources
        Files and directories, as for `expand`.

    Raises
    ------
    InputError
        A file cannot be read, is not text, or needs a document from the network.
    UnknownFormat
        A suffix is not that of an RDF format.
    SyntaxFault
        A file is not well formed.
    """
    for path in expand(sources):
        yield from _quads(path)


def to_rdflib(quads: Iterable[Quad]) -> rdflib.Graph:
    """Copy quads into an rdflib memory graph, every literal as it is, graph names left out.

    Turns off rdflib's rewriting of literals (``rdflib.NORMALIZE_LITERALS``) for the process,
    because rdflib would otherwise rewrite the same literals again whenever it copies one.

    Parameters
    ----------
    quads
        What to copy.

    Raises
    ------
    InputError
        A term has no form in RDF 1.1: a triple term or a base direction.
    """
    import logging

    import rdflib

    rdflib.NORMALIZE_LITERALS = False
    # Ill-typed literals are for the shapes to report, not for rdflib to log with a traceback.
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    graph = rdflib.Graph(bind_namespaces="none")
    for quad in quads:
        graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    return graph


def _files_of(source: Path) -> list[Path]:
    if source.is_dir():
        files = [path for path in _walk(source) if _surely_rdf(path)]
        if not files:
            raise InputError(
                "this directory holds no RDF file",
                place=Place(source),
                hint=f"Files are known by their suffix: {_suffixes()}. "
                "Name .json and .xml files themselves.",
            )
        return files
    if not source.exists():
        raise InputError(
            "there is no such file or directory", place=Place(source), hint=_spelling(source)
        )
    if format_of(source) is None:
        raise UnknownFormat(
            f"the suffix {source.suffix!r} names no RDF format",
            place=Place(source),
            hint=f"Files are known by their suffix: {_suffixes()}.",
        )
    return [source]


def _surely_rdf(path: Path) -> bool:
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    return format_of(path) is not None and suffix not in _AMBIGUOUS


def _walk(directory: Path) -> list[Path]:
    found = []
    for folder, subfolders, names in os.walk(directory):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    return sorted(found)


def _suffixes() -> str:
    return ", ".join(FORMATS) + ", each also with .gz"


def _quads(path: Path) -> Iterator[Quad]:
    try:
        with _open(path) as stream:
            yield from parse(stream, format_of(path), rename_blank_nodes=True)
    except SyntaxError as error:
        raise _syntax_fault(path, error) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SyntaxFault(
            f"this is not a whole gzip file ({error})", place=Place(path), hint="Compress it anew."
        ) from None
    except OSError as error:
        raise InputError(
            f"this file cannot be read ({error.strerror or error})",
            place=Place(path),
            hint="Check that it exists and that you may read it.",
        ) from None


def _open(path: Path) -> IO[bytes]:
    opener = cast(Callable[[Path], IO[bytes]], gzip.open) if _gzipped(path) else _plain
    stream = opener(path)
    try:
        head = stream.read(_SNIFFED_BYTES)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise InputError(
                "this file is encoded in UTF-16", place=Place(path), hint="Save it as UTF-8."
            )
        if b"\0" in head:
            raise InputError(
                "this is a binary file, not RDF",
                place=Place(path),
                hint="Give text in an RDF format; compressed files end in .gz.",
            )
        stream.seek(len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0)
    except BaseException:
        stream.close()
        raise
    return stream


def _plain(path: Path) -> IO[bytes]:
    return path.open("rb")


def _gzipped(path: Path) -> bool:
    return path.name.lower().endswith(".gz")


def _spelling(path: Path) -> str:
    """Name what a path that leads nowhere may have meant: something beside it with a like name."""
    folder = path.parent
    try:
        while not folder.is_dir() and folder != folder.parent:
            path, folder = folder, folder.parent
        beside = [entry.name for entry in folder.iterdir()]
    except OSError:
        return "Check the spelling."
    close = difflib.get_close_matches(path.name, beside, n=2, cutoff=0.6)
    if not close:
        return f"Check the spelling: {folder} holds nothing of a name like {path.name}."
    return f"Did you mean {' or '.join(str(folder / name) for name in close)}?"


def _syntax_fault(path: Path, error: SyntaxError) -> InputError:
    if "LoadDocumentCallback" in error.msg:
        return InputError(
            "this file refers to a remote JSON-LD context, and nothing is fetched",
            place=Place(path),
            hint="Write the context into the file.",
        )
    reason = error.msg.split(": ", 1)[-1] if error.msg.startswith("Parser error") else error.msg
    hint = "Mend the file at that place."
    if "No scheme found in an absolute IRI" in reason:
        hint = "Write the IRI in full, or declare a base IRI at the head of the file."
    place = Place(path, error.lineno, error.offset)
    return SyntaxFault(f"not well formed: {reason}", place=place, hint=hint)


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
    raise InputError(f"{term} has no form in RDF 1.1", hint="Write it as ordinary statements.")


_STRING = "http://www.w3.org/2001/XMLSchema#string"
