"""Finds out what a SPARQL request is before anything runs it.

Its tokens (SPARQL 1.1 Query, section 19.8) are enough to distinguish an update from a query. They are not
enough to find a call on another server: Oxigraph takes ``SERVICESILENT<x:y>{}`` and
``FILTER(1<'>')SERVICE:x{}`` for such calls. Its own parser is asked instead.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Store

from testimonia.errors import Place, QueryError, UpdateRefused
from testimonia.namespaces import PREFIXES

__all__ = [
    "DEEPEST",
    "LARGEST_REQUEST",
    "NEVER",
    "PADDING",
    "POSITION",
    "PROLOGUE",
    "Token",
    "check",
    "clause",
    "form",
    "names_dataset",
    "place_in",
    "service_call",
    "tokens",
]

LARGEST_REQUEST: Final = 1024 * 1024
"""Most bytes of UTF-8 that a request may have."""

DEEPEST: Final = 500
"""Most brackets that stand inside one another; many more exhaust the stack of the parser."""

# Possessive quantifiers, and runs of letters and dots read in one go, keep the reading linear.
_TOKEN = re.compile(
    r"""
      (?P<blank>[\s]++|\#[^\n\r]*+)
    | (?P<iri><[^<>"{}|^`\x00-\x20]*+>)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''
                |"(?:[^"\\\n\r]|\\.)*+"|'(?:[^'\\\n\r]|\\.)*+')
    | (?P<variable>[?$]\w++)
    | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
    | (?P<blanknode>_:\w(?:[\w.\-]*[\w\-])?)
    | (?P<name>(?:[^\W\d_][\w.\-]*+(?<!\.))?+:(?:(?:[\w:%\-.]|\\.)*(?:[\w:%\-]|\\.))?)
    | (?P<run>[^\W\d_][\w.\-]*+)
    | (?P<number>\d++(?:\.\d++)?(?:[eE][+-]?\d++)?|\.\d++(?:[eE][+-]?\d++)?)
    | (?P<mark>\\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PART = re.compile(r"(?P<word>[^\W\d_]\w*+)|(?P<number>\.?\d++)|(?P<mark>.)", re.DOTALL)
_SERVICE = re.compile("service", re.IGNORECASE | re.ASCII)
PADDING = "\n" * 64  # Oxigraph may report a fault as far behind its place as a keyword is long
NEVER = "\x01"  # a character that no query may have outside strings and comments
PROLOGUE = {"BASE": 1, "VERSION": 1, "PREFIX": 2}
_OPENING, _CLOSING = "([{<", ")]}>"
_UPDATE_FORMS = frozenset(
    {"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"}
)
POSITION = re.compile(r"error at (\d+):(\d+): (?:expected (.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a SPARQL request.

    Attributes
    ----------
    kind
        iri, string, variable, language, blanknode, name, word, number or mark.
    text
        The token as written.
    start
        Its first character, as an offset into the request in code points.
    """

    kind: str
    text: str
    start: int


def tokens(request: str) -> Iterator[Token]:
    """Read the tokens of a SPARQL request, without blanks and comments.

    Parameters
    ----------
    request
        A query or an update.

    Examples
    --------
    >>> [token.text for token in tokens("ASK { ?s a <http://a/#b> } # SERVICE")]
    ['ASK', '{', '?s', 'a', '<http://a/#b>', '}']
    """
    for match in _TOKEN.finditer(request):
        if match.lastgroup == "run":
            for part in _PART.finditer(match.group()):
                yield Token(str(part.lastgroup), part.group(), match.start() + part.start())
        elif match.lastgroup != "blank":
            yield Token(str(match.lastgroup), match.group(), match.start())


def check(request: str) -> None:
    """Refuse a request that is not a query, or that is too large to be read.

    Parameters
    ----------
    request
        What is to be run.

    Raises
    ------
    UpdateRefused
        It is an update.
    QueryError
        It is larger than `LARGEST_REQUEST`, or nested deeper than `DEEPEST`.
    """
    if len(request.encode("utf-8", "surrogatepass")) > LARGEST_REQUEST:
        raise QueryError(
            f"the query is larger than {LARGEST_REQUEST >> 20} MiB",
            hint="Put its values into a file of data, and query for them.",
        )
    if _depth(request) > DEEPEST:
        raise QueryError(
            f"the query is nested more than {DEEPEST} deep",
            hint="Write it with fewer brackets inside one another.",
        )
    if form(request) in _UPDATE_FORMS:
        raise UpdateRefused(
            "this is an update, and only queries are taken",
            hint="Change the RDF files instead, or use SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )


def _depth(request: str) -> int:
    """Count how many brackets at most are open at once."""
    if sum(request.count(mark) for mark in _OPENING) <= DEEPEST:
        return 0  # the common case, without reading tokens
    depth = most = 0
    for token in tokens(request):
        if token.kind == "mark":
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
            most = max(most, depth)
    return most


def service_call(request: str, base: str | None = None) -> Place | None:
    """Find where a query calls on another server (SERVICE; SPARQL 1.1 Federated Query).

    Every ``service`` in the query is replaced by a word that is no keyword. If Oxigraph still reads
    the query to its end, each was part of a name, a variable, an IRI, a string or a comment.

    Parameters
    ----------
    request
        A query.
    base
        What its relative IRIs are relative to.

    Returns
    -------
    Place or None
        None where it calls on nobody.

    Raises
    ------
    SyntaxError
        Oxigraph does not read it.

    Examples
    --------
    >>> print(service_call("ASK { SERVICESILENT<http://a.example/> {} }"))
    query:1:7
    >>> service_call("PREFIX service: <http://a.example/> ASK { ?service a service:service }")
    """
    first = _SERVICE.search(request)
    if first is None or _fault_before_end(_without_service(request), base) is None:
        return None
    fault = _fault_before_end(request, base)
    if fault is not None:
        raise fault
    words = (t.start for t in tokens(request) if t.kind == "word" and _SERVICE.search(t.text))
    return place_in(request, next(words, first.start()))


def _without_service(request: str) -> str:
    word, taken = "", request.lower()
    while not word or word in taken:
        # As long as the word it stands for: language tags have a greatest length. No keyword
        # begins with z.
        word = "z" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(6))

    def stand_in(match: re.Match[str]) -> str:
        pairs = zip(word, match.group(), strict=True)
        return "".join(new.upper() if old.isupper() else new for new, old in pairs)

    return _SERVICE.sub(stand_in, request)


def _fault_before_end(request: str, base: str | None) -> SyntaxError | None:
    """Have Oxigraph parse a query without running it, and return what it rejects before the end."""
    spoilt = request + PADDING + NEVER
    try:
        Store().query(spoilt, base_iri=base, prefixes=PREFIXES)
    except SyntaxError as error:
        match = POSITION.match(error.msg)
        if match is None or int(match[1]) != spoilt.count("\n") + 1:
            return error
        return None
    raise AssertionError("Oxigraph took a query that is not well formed")


def names_dataset(request: str) -> bool:
    """Check whether a query names the graphs it is over (FROM; SPARQL 1.1 Query, section 13.2).

    Parameters
    ----------
    request
        A query.

    Examples
    --------
    >>> names_dataset("SELECT * FROM <http://a/> { ?s ?p ?o }")
    True
    >>> names_dataset("SELECT ?from { ?s ?p ?from }")
    False
    """
    words = (token.text.upper() for token in tokens(request) if token.kind == "word")
    return any(word.startswith("FROM") for word in words)  # FROMNAMED is FROM NAMED to Oxigraph


def form(request: str) -> str | None:
    """Find the keyword that begins a request proper, after BASE, PREFIX and VERSION.

    Parameters
    ----------
    request
        A query or an update.

    Returns
    -------
    str or None
        In upper case; None where no keyword stands there.

    Examples
    --------
    >>> form("PREFIX a: <http://a.example/> select * { ?s a a:B }")
    'SELECT'
    """
    skipped = 0
    for token in tokens(request):
        word = token.text.upper()
        if skipped:
            skipped -= 1
        elif token.kind != "word":
            return None
        elif word not in PROLOGUE:
            return word
        else:
            skipped = PROLOGUE[word]
    return None


def clause(token: Token) -> str:
    """Give the keyword or mark that a token may be, in upper case; empty where it is neither."""
    return token.text.upper() if token.kind in ("word", "mark") else ""


def place_in(request: str, offset: int) -> Place:
    """Give the line and column of a character of a request."""
    line_start = request.rfind("\n", 0, offset) + 1
    return Place("query", request.count("\n", 0, offset) + 1, offset - line_start + 1)
