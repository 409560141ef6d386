"""Finds the line on which a subject first occurs in a file.

This is a simple lexical scan: a parser that records the position of every term would be much slower.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

from pyoxigraph import RdfFormat

from testimonia.rdf.files import PLAIN, Reading, Source, format_of
from testimonia.rdf.opening import opened

__all__ = ["Token", "subject_lines", "tokens"]

_BY_LINE = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_LEXICAL = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)

# The terminals of Turtle 1.1 (section 6.5), simplified: enough for files that are known to be well
# formed.
_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
                |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<iri><[^<>"{}|^`\x00-\x20]*>)
    | (?P<directive>@prefix\b|@base\b|(?:prefix|base)(?=\s+(?:[\w.\-]*:\s*)?<))
    | (?P<name>[^\W_][\w.\-]*?:(?:[\w:%\-]|\\.|\.(?=[\w:%\\\-]))*|:(?:[\w:%\-]|\\.|\.(?=[\w:%\\\-]))*)
    | (?P<mark>[\[\](){};,.])
    | (?P<other>_:[\w\-]+(?:\.+[\w\-]+)*|@[A-Za-z\-]+|\^\^|[^\s\[\](){};,.<"'#]+)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_BOM = "\ufeff"
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)")


def subject_lines(
    path: Source, reading: Reading = PLAIN, wanted: Collection[str] | None = None
) -> dict[str, int]:
    """Map each subject of a file to the line of its first occurrence.

    Parameters
    ----------
    path
        A well-formed RDF file. Formats other than Turtle, TriG, N-Triples and N-Quads give an empty
        result.
    reading
        The options it was read with.
    wanted
        The IRIs that are looked for; None for all. Of others, some may be missing.

    Returns
    -------
    dict of str to int
        Line numbers, counted from 1, by IRI.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    form = format_of(path)
    if form not in _LEXICAL:
        return {}
    path = Path(path)
    with opened(path, None) as stream:
        if form in _BY_LINE and (by_line := _first_lines(stream, wanted)) is not None:
            return by_line
    with opened(path, None) as stream:
        text = stream.read().decode("utf-8", "replace")
    found: dict[str, int] = {}
    missing = None if wanted is None else set(wanted)
    line, counted = 1, 0
    for iri, offset in _subjects(text, reading.base_of(path) or ""):
        line += text.count("\n", counted, offset)
        counted = offset
        found.setdefault(iri, line)
        if missing is not None:
            missing.discard(iri)
            if not missing:
                break
    return found


def _first_lines(stream: BinaryIO, wanted: Collection[str] | None) -> dict[str, int] | None:
    """Find subjects in N-Triples or N-Quads, which have one statement a line.

    None if bare carriage returns end lines, since they do not count as lines here.
    """
    found: dict[str, int] = {}
    missing = None if wanted is None else set(wanted)
    before = b""
    for number, line in enumerate(stream, 1):
        if b"\r" in line.rstrip(b"\r\n"):
            return None
        subject = line.lstrip(b" \t").partition(b">")[0]
        if subject == before or not subject.startswith(b"<"):
            continue
        before = subject
        iri = _unescape(subject[1:].decode("utf-8", "replace"))
        if missing is None:
            found.setdefault(iri, number)
        elif iri in missing:
            found[iri] = number
            missing.remove(iri)
            if not missing:
                break
    return found


def _subjects(text: str, base: str) -> Iterator[tuple[str, int]]:
    for token in tokens(text, base):
        if token.is_subject and (iri := token.iri) is not None:
            yield iri, token.start


@dataclass(frozen=True, slots=True)
class Token:
    """A term or a mark of Turtle, and where it stands; prefixes are those declared so far."""

    match: re.Match[str]
    is_subject: bool
    prefixes: dict[str, str]
    base: str

    @property
    def kind(self) -> str | None:
        """What it is: ``iri``, ``name``, ``string``, ``mark`` or ``other``."""
        return self.match.lastgroup

    @property
    def start(self) -> int:
        """Where it begins, in characters from 0."""
        return self.match.start()

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.match.end()

    @property
    def iri(self) -> str | None:
        """The IRI that it stands for, or None where it stands for none."""
        return _resolve(self.kind, self.match.group(), self.prefixes, self.base)


def tokens(text: str, base: str = "") -> Iterator[Token]:
    """Go through well-formed Turtle, TriG, N-Triples or N-Quads, without comments and declarations."""
    prefixes: dict[str, str] = {}
    fresh, depth, directive = True, 0, ""  # fresh: the next term is a subject
    declared = ""
    for match in _TOKEN.finditer(text, text.startswith(_BOM)):
        kind, word = match.lastgroup, match.group()
        if kind == "comment":
            continue
        if directive:
            if kind == "name":
                declared = word[:-1]
            elif kind == "iri":
                namespace = urljoin(base, _unescape(word[1:-1]))
                if "base" in directive:
                    base = namespace
                else:
                    # A new dictionary: tokens that were yielded keep theirs.
                    prefixes = {**prefixes, declared: namespace}
                directive = ""
        elif kind == "directive":
            directive = word.lower()
        elif kind == "mark":
            depth += (word in "[(") - (word in "])")
            fresh = depth == 0 and (word in ".{}" or (fresh and word == "]"))
            yield Token(match, False, prefixes, base)
        else:
            is_subject = fresh and depth == 0
            fresh = fresh and not is_subject
            yield Token(match, is_subject, prefixes, base)


def _resolve(kind: str | None, word: str, prefixes: dict[str, str], base: str) -> str | None:
    if kind == "iri":
        iri = _unescape(word[1:-1])
        return urljoin(base, iri) if base else iri
    if kind == "name":
        prefix, _, local = word.partition(":")
        return prefixes[prefix] + _unescape(local) if prefix in prefixes else None
    return None


def _unescape(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else match[3]

    return _ESCAPE.sub(plain, text) if "\\" in text else text
