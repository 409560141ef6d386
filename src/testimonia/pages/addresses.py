"""Where the page of a thing is: a path relative to the root of the site, and the IRI that a path is about.

Things of the project have the path of their IRI below ``https://w3id.org/testimonia/``: terms as
``ns/TERM``, everything else as it is (``id/claim/NAME``, ``code/NAME``). Other IRIs are spelt out below
``iri/``: the scheme, the host and the path, each a segment. Characters that file systems or browsers treat
specially are written as ``~`` and two hexadecimal digits, so that every path can be read back.
"""

from __future__ import annotations

import re
from posixpath import relpath
from typing import Final
from urllib.parse import quote

from testimonia.namespaces import ONTOLOGY

__all__ = ["HOME", "INDEX", "href", "iri_at", "path_of"]

HOME: Final = ONTOLOGY.removesuffix("ns#")
"""The namespace of the project."""
INDEX: Final = "index"
"""Stands for the empty name after a slash."""

_OTHERS: Final = "iri"
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,=()")
_LONGEST: Final = 120  # a file system allows 255 bytes, and a suffix is added
_ESCAPED: Final = re.compile("((?:~[0-9a-f]{2})+)")
_OWN_PAGES: Final = frozenset(
    {"", "data", "iri", "labels", "questions", "search", "sparql", "index"}
)


def path_of(iri: str) -> str:
    """Return the path of the page of an IRI, without a suffix.

    Parameters
    ----------
    iri
        An absolute IRI.

    Examples
    --------
    >>> path_of("https://w3id.org/testimonia/id/document/a#char=0,8")
    'id/document/a~23char=0,8'
    >>> path_of("https://w3id.org/testimonia/ns#Claim"), path_of("https://example.org/desk/claim?n=1")
    ('ns/Claim', 'iri/https/example.org/desk/claim~3fn=1')
    """
    if iri.startswith(ONTOLOGY) and "/" not in iri[len(ONTOLOGY) :]:
        return f"ns/{_segment(iri[len(ONTOLOGY) :])}"
    if iri.startswith(HOME) and iri[len(HOME) :].partition("/")[0] not in _OWN_PAGES:
        path = "/".join(map(_segment, iri[len(HOME) :].split("/")))
        if not path.startswith("ns/"):
            return path
    scheme, _, rest = iri.partition(":")
    if rest.startswith("//"):
        return "/".join((_OTHERS, scheme, *map(_segment, rest[2:].split("/"))))
    return f"{_OTHERS}/{scheme}~3a/{_segment(rest)}"


def iri_at(path: str) -> str | None:
    """Return the IRI that a path is about, the reverse of `path_of`.

    Parameters
    ----------
    path
        A path relative to the root of the site, without a suffix; percent-encoding is decoded.

    Returns
    -------
    str or None
        None if the path is of no IRI.

    Examples
    --------
    >>> iri_at("code/killed"), iri_at("iri/urn~3a/x~3ay"), iri_at("questions")
    ('https://w3id.org/testimonia/code/killed', 'urn:x:y', None)
    """
    joined = path.replace("~/", "")
    segments = [_unescaped(segment) for segment in joined.split("/")]
    first, rest = segments[0], segments[1:]
    if first == _OTHERS:
        if len(rest) < 2:
            return None
        scheme, after = rest[0], rest[1:]
        iri = f"{scheme}{after[0]}" if scheme.endswith(":") else f"{scheme}://{'/'.join(after)}"
    elif first == "ns" and len(rest) == 1:
        iri = ONTOLOGY + rest[0]
    else:
        iri = HOME + "/".join(segments)
    return iri if path_of(iri) == path else None


def href(page: str, target: str, suffix: str = ".html") -> str:
    """Return a relative link from one page to another.

    Parameters
    ----------
    page, target
        Paths without suffix.
    suffix
        The suffix of the target.

    Examples
    --------
    >>> href("id/event/a", "id/claim/b"), href("id/event/a", "id/event/c", ".ttl")
    ('../claim/b.html', 'c.ttl')
    """
    folder = page.rpartition("/")[0]
    relative = relpath(f"/{target}{suffix}", f"/{folder}")
    return quote(relative, safe="/~,=()-_.")


def _segment(text: str) -> str:
    if text == "":
        return INDEX
    if text in (INDEX, ".", ".."):
        return "".join(f"~{byte:02x}" for byte in text.encode())
    escaped = "".join(
        c if c in _PLAIN else "".join(f"~{byte:02x}" for byte in c.encode()) for c in text
    )
    # A trailing tilde continues in the next segment; no escape is cut.
    pieces: list[str] = []
    while len(escaped) > _LONGEST:
        end = _LONGEST
        while "~" in escaped[end - 2 : end]:
            end -= 1
        pieces.append(escaped[:end] + "~")
        escaped = escaped[end:]
    return "/".join([*pieces, escaped])


def _unescaped(segment: str) -> str:
    if segment == INDEX:
        return ""
    return _ESCAPED.sub(
        lambda match: bytes.fromhex(match[1].replace("~", "")).decode(errors="replace"), segment
    )
