"""Reads the tokens of a SPARQL request, to tell what it is before anything runs it.

Only the terminals are read (SPARQL 1.1 Query, section 19.8): they decide exactly whether a request
is an update and whether it calls on another server, without parsing the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from testimonia.errors import Place, QueryError, QuerySyntaxFault, UpdateRefused

__all__ = ["Token", "check", "names_dataset", "syntax_fault", "tokens"]

_TOKEN = re.compile(
    r"""
      (?P<blank>[\s]+|\#[^\n\r]*)
    | (?P<iri><[^<>"{}|^`\x00-\x20]*>)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
                |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<blanknode>_:\w(?:[\w.\-]*[\w\-])?)
    | (?P<name>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:(?:(?:[\w:%\-.]|\\.)*(?:[\w:%\-]|\\.))?)
    | (?P<word>[^\W\d_]\w*)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    | (?P<mark>\\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PROLOGUE = {"BASE": 1, "VERSION": 1, "PREFIX": 2}
_UPDATE_FORMS = frozenset(
    {"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"}
)
_POSITION = re.compile(r"error at (\d+):(\d+): (?:expected (.*))?", re.DOTALL)


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
        if match.lastgroup is not None and match.lastgroup != "blank":
            yield Token(match.lastgroup, match.group(), match.start())


def check(request: str) -> None:
    """Refuse a request that is no query, or that calls on another server.

    Parameters
    ----------
    request
        What is to be run.

    Raises
    ------
    UpdateRefused
        It is an update.
    QueryError
        It has a SERVICE clause.
    """
    words = list(tokens(request))
    if _form(words) in _UPDATE_FORMS:
        raise UpdateRefused(
            "this is an update, and only queries are taken",
            hint="Change the RDF files instead, or use SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )
    service = next((t for t in words if t.kind == "word" and t.text.upper() == "SERVICE"), None)
    if service is not None:
        raise QueryError(
            "this query calls on another server (SERVICE), and nothing is fetched",
            place=_place(request, service.start),
            hint="Get the data as a file and open it together with the dataset.",
        )


def names_dataset(request: str) -> bool:
    """Tell whether a query names the graphs it is over (FROM; SPARQL 1.1 Query, section 13.2).

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
    return any(token.kind == "word" and token.text.upper() == "FROM" for token in tokens(request))


def syntax_fault(error: SyntaxError) -> QuerySyntaxFault:
    """Tell what Oxigraph found wrong with a query, and where."""
    match = _POSITION.match(error.msg)
    if match is None:
        return QuerySyntaxFault(f"the query is not well formed: {error.msg}", hint=_SYNTAX_HINT)
    reason = _reason(match[3] or "")
    place = Place("query", int(match[1]), int(match[2]))
    return QuerySyntaxFault(f"the query is not well formed{reason}", place=place, hint=_SYNTAX_HINT)


_SYNTAX_HINT = "Mend the query at that place."


def _reason(expected: str) -> str:
    if "Prefix not found" in expected:
        return ": a prefix there is not declared"
    # The parser lists every character class it would have taken; only the short lists help.
    return f": expected {expected}" if 0 < len(expected) <= 100 else ""


def _form(words: list[Token]) -> str | None:
    """Find the keyword that begins the request proper, after BASE, PREFIX and VERSION."""
    index = 0
    while index < len(words):
        word = words[index].text.upper()
        if words[index].kind != "word":
            return None
        if word not in _PROLOGUE:
            return word
        index += 1 + _PROLOGUE[word]
    return None


def _place(request: str, offset: int) -> Place:
    line_start = request.rfind("\n", 0, offset) + 1
    return Place("query", request.count("\n", 0, offset) + 1, offset - line_start + 1)
