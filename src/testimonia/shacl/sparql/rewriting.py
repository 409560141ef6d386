"""Rewrites the text of queries: ``$PATH``, pre-bound variables, ASK as SELECT, literals as written.

Source: SHACL, sections 5.3.1 and 6.3 ($PATH, pre-binding) and appendix A.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import NamedNode

from testimonia.query.sparql import Token, form, tokens
from testimonia.shacl.paths import Path
from testimonia.shacl.sparql.outline import Expression, Outline, changed

__all__ = [
    "DATATYPE",
    "DECODE",
    "ask_as_select",
    "bind_everywhere",
    "constants",
    "read_as_written",
    "write_path",
]

DECODE = NamedNode("urn:x-testimonia:value")
"""The function that returns the value of a literal that the store keeps as written."""

DATATYPE = NamedNode("urn:x-testimonia:datatype")
"""The function that returns the datatype of such a literal."""

# These depend on the literal as written, or only on whether there is one.
_OF_TERMS = frozenset(["DATATYPE", "STR", "SAMETERM", "BOUND", "COUNT", "SAMPLE"])


def write_path(text: str, path: Path | None) -> str:
    """Replace ``$PATH`` with a property path, except in strings, IRIs and comments.

    The standard defines this as text substitution. It is safe, since a path consists of operators
    and of IRIs that the RDF parser has accepted.
    """
    if path is None:
        return text
    written = f"({path.sparql()})" if path.operator else path.sparql()
    return changed(
        text,
        (
            (token.start, token.start + len(token.text), written)
            for token in tokens(text)
            if token.kind == "variable" and token.text[1:] == "PATH"
        ),
    )


def bind_everywhere(text: str, functions: Mapping[str, NamedNode]) -> str:
    """Bind variables to their values at the start of every group of a query.

    The values are not written into the query: each variable is bound to the result of a function
    without arguments, and the functions are passed to the engine separately.

    Parameters
    ----------
    text
        A query, checked by `prepare_select` or `prepare_ask`.
    functions
        The name of the function that returns the value of each variable, by variable name.
    """
    outline = Outline(text)
    used = outline.variables()
    bindings = "".join(
        f" BIND({function}() AS ?{name})" for name, function in functions.items() if name in used
    )
    places = (outline.end_of(each.start) for each in outline.groups if not each.selects)
    return changed(text, ((place, place, bindings + " ") for place in places))


def ask_as_select(text: str, names: list[str]) -> str:
    """Rewrite an ASK query as a SELECT query that has a solution if the answer is true."""
    if form(text) != "ASK":
        return text
    outline = Outline(text)
    ask = outline.tokens[outline.form]
    selected = "SELECT " + " ".join(f"?{name}" for name in names) + " "
    return changed(text, [(ask.start, outline.end_of(outline.form), selected)])


def constants(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each number (with its sign) and typed literal in a query."""
    found = list(tokens(text))
    for index, token in enumerate(found):
        end = token.start + len(token.text)
        if token.kind == "number":
            before = found[index - 1] if index else token
            signed = before.text in ("+", "-") and before.start + 1 == token.start
            yield token.start - signed, end
        elif token.kind == "string" and _typed(found, index):
            last = found[index + 3]
            yield token.start, last.start + len(last.text)


def _typed(found: Sequence[Token], index: int) -> bool:
    return [each.text for each in found[index + 1 : index + 3]] == ["^", "^"]


def read_as_written(text: str, encoded: Mapping[int, tuple[int, str]]) -> str:
    """Rewrite a query for the store that keeps literals as written.

    That store keeps literals under datatypes of its own, so that they match as terms and keep their
    lexical form. In expressions they are replaced with their values, except in functions that depend
    on the term.

    Parameters
    ----------
    text
        A query.
    encoded
        For the start of each literal to replace: its end, and the replacement.
    """
    outline = Outline(text)
    changes: list[tuple[int, int, str]] = []
    valued: set[int] = set()
    for expression in outline.expressions:
        for index in _valued(outline, expression):
            token = outline.tokens[index]
            valued |= {token.start, token.start - 1}  # a sign may stand before it
            if token.kind == "variable":
                taken = f"{DECODE}(?{token.text[1:]})"
                changes.append((token.start, outline.end_of(index), taken))
        changes.extend(
            (outline.tokens[index].start, outline.end_of(index), str(DATATYPE))
            for index in expression.tokens
            if outline.word(index) == "DATATYPE" and outline.word(index + 1) == "("
        )
    literals = ((start, *rest) for start, rest in encoded.items() if start not in valued)
    return changed(text, [*changes, *literals])


def _valued(outline: Outline, expression: Expression) -> Iterator[int]:
    """Yield the variables and literals of an expression that are used by value, not as terms."""
    functions: list[str] = []
    for index in expression.tokens:
        before, token = outline.word(index - 1), outline.tokens[index]
        if outline.word(index) == "(":
            functions.append(before)
        elif outline.word(index) == ")":
            functions.pop()
        elif token.kind in ("variable", "string", "number") and before != "AS":
            typed = token.kind == "string" and _typed(outline.tokens, index)
            after = outline.word(index + (4 if typed else 1))
            alone = before in ("(", ",", "DISTINCT") and after in (")", ",", "AS")
            of_terms = after == "AS" or (bool(functions) and functions[-1] in _OF_TERMS)
            if not (alone and of_terms):
                yield index
