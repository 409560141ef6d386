"""Computes RDF files with changed passages, edited in place: comments, prefixes and order do not change."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple

from testimonia.errors import InputError, Place
from testimonia.namespaces import PREFIXES, TMN
from testimonia.passages.holdings import text_of
from testimonia.passages.updating import Changes
from testimonia.rdf.files import PLAIN, Reading, format_of, read
from testimonia.rdf.lines import Token, tokens
from testimonia.rdf.opening import COMPRESSIONS
from testimonia.values import Term

__all__ = ["changed", "rewritten"]

_TURTLE: Final = (RdfFormat.TURTLE, RdfFormat.TRIG)
_LINES: Final = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_STRING: Final = PREFIXES["xsd"] + "string"
_HINT: Final = "Convert the data to Turtle, TriG, N-Triples or N-Quads, and run this again."


def rewritten(
    files: Iterable[Path], changes: Changes, reading: Reading = PLAIN
) -> dict[Path, bytes]:
    """Compute the new contents of files of RDF.

    Only the statements that change are edited. The result is parsed, and compared with the expected statements.

    Parameters
    ----------
    files
        Files of RDF.
    changes
        The changes to make.
    reading
        How to read the files.

    Returns
    -------
    dict
        The new bytes of the files that change.

    Raises
    ------
    InputError
        A file with passages to change is compressed, in another format, or written in a way that cannot
        be edited in place.
    """
    texts: dict[Path, bytes] = {}
    for path in files:
        before = list(read([path], reading))
        after = list(changed(before, changes))
        if set(before) == set(after):
            continue
        if path.suffix in COMPRESSIONS or format_of(path) not in (*_TURTLE, *_LINES):
            raise InputError(
                "passages in this file need changes, and files of this type are not changed in place",
                place=Place(path),
                hint=_HINT,
            )
        text = text_of(path)
        base = reading.base_of(path) or ""
        lines = format_of(path) in _LINES
        new = "".join(_edited(text, base, changes, lines=lines)).encode()
        _compare(path, new, after, reading)
        texts[path] = new
    return texts


def changed(quads: Iterable[Quad], changes: Changes) -> Iterator[Quad]:
    """Yield the statements of data after the changes."""

    def new_name(term: Term) -> Term:
        if isinstance(term, NamedNode) and term.value in changes.renamed:
            return NamedNode(changes.renamed[term.value])
        return term

    for quad in quads:
        subject, value = _mapped(quad.subject, new_name), _mapped(quad.object, new_name)
        if isinstance(quad.subject, NamedNode):
            value = changes.values.get((quad.subject.value, quad.predicate.value), value)
            if quad.predicate == TMN.passageDigest:
                for predicate, literal in changes.added.get(quad.subject.value, ()):
                    yield Quad(subject, predicate, literal, quad.graph_name)  # type: ignore[arg-type]
        yield Quad(subject, quad.predicate, value, quad.graph_name)  # type: ignore[arg-type]


def _mapped(term: Term, change: Callable[[Term], Term]) -> Term:
    """Change a term, or the subjects and objects of a triple term."""
    if isinstance(term, Triple):
        subject, value = _mapped(term.subject, change), _mapped(term.object, change)
        return Triple(subject, term.predicate, value)  # type: ignore[arg-type]
    return change(term)


def _numbered(quads: Iterable[Quad]) -> set[Quad]:
    """Relabel blank nodes in the order of the file: parsers label them differently each time."""
    labels: dict[BlankNode, BlankNode] = {}

    def number(term: Term) -> Term:
        if isinstance(term, BlankNode):
            return labels.setdefault(term, BlankNode(f"b{len(labels)}"))
        return term

    found = set()
    for quad in quads:
        subject, value = _mapped(quad.subject, number), _mapped(quad.object, number)
        graph = (
            number(quad.graph_name) if isinstance(quad.graph_name, BlankNode) else quad.graph_name
        )
        found.add(Quad(subject, quad.predicate, value, graph))  # type: ignore[arg-type]
    return found


def _compare(path: Path, new: bytes, wanted: Iterable[Quad], reading: Reading) -> None:
    from pyoxigraph import parse

    bare = new.removeprefix(codecs.BOM_UTF8)
    try:
        got = _numbered(parse(bare, format_of(path), base_iri=reading.base_of(path)))
    except SyntaxError:
        got = None
    if got != _numbered(wanted):
        raise InputError(
            "the passages in this file are written in a way that cannot be changed in place",
            place=Place(path),
            hint="Give each passage and each selector an IRI and a statement of its own, as passages "
            "locate writes them.",
        )


def _edited(text: str, base: str, changes: Changes, *, lines: bool) -> Iterator[str]:
    """Yield the pieces of a file with the changes made."""
    at = 0
    subject = predicate = None
    words = list(tokens(text, base))
    for place, token in enumerate(words):
        iri = token.iri if token.kind in ("iri", "name") else None
        if token.is_subject:
            subject, predicate = iri, None
        if iri in changes.renamed:
            yield text[at : token.start] + f"<{changes.renamed[iri]}>"
            at = token.end
        if iri is not None and not token.is_subject:
            predicate = iri
        elif subject and predicate and token.kind in ("string", "other"):
            new = changes.values.get((subject, predicate))
            if new is not None:
                written = f'"{new.value}"' if token.kind == "string" else new.value
                yield text[at : token.start] + written
                at = token.end
            if predicate == TMN.passageDigest.value and subject in changes.added:
                end = _behind(words, place)
                yield text[at:end]
                at = end
                if lines:
                    stop = text.find("\n", end)
                    stop = len(text) if stop < 0 else stop
                    yield text[end:stop]
                    at = stop
                    yield from _as_lines(subject, text[end:stop], changes)
                else:
                    yield from _as_properties(changes.added[subject], token.prefixes)
            predicate = None
    yield text[at:]


def _behind(words: Sequence[Token], place: int) -> int:
    """Find the end of a literal, including its datatype, if it has one."""
    if place + 2 < len(words) and words[place + 1].match.group() == "^^":
        return words[place + 2].end
    return words[place].end


def _as_properties(
    added: Iterable[tuple[NamedNode, Literal]], prefixes: Mapping[str, str]
) -> Iterator[str]:
    for predicate, literal in added:
        yield f" ;\n    {_short(predicate.value, prefixes)} {_written(literal, prefixes)}"


def _as_lines(subject: str, rest: str, changes: Changes) -> Iterator[str]:
    name = changes.renamed.get(subject, subject)
    for predicate, literal in changes.added[subject]:
        yield f"\n<{name}> <{predicate.value}> {_written(literal, {})}{rest}"


def _written(literal: Literal, prefixes: Mapping[str, str]) -> str:
    datatype = literal.datatype.value
    typed = "" if datatype == _STRING else f"^^{_short(datatype, prefixes)}"
    return f'"{literal.value}"{typed}'


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    for prefix, namespace in prefixes.items():
        local = iri.removeprefix(namespace)
        if namespace and local != iri and local.isalnum():
            return f"{prefix}:{local}"
    return f"<{iri}>"
