"""JSON-LD contexts: what the names in a document mean.

Source: JSON-LD 1.1 Processing Algorithms and API, sections 4.1 (contexts), 4.2 (terms) and 5.2 (IRI
expansion). Errors in a context are left to the parser to report, unless nothing can be expanded with
it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urljoin

from pyoxigraph import NamedNode

__all__ = [
    "KEYWORDS",
    "NOTHING",
    "Context",
    "IllFormedContext",
    "RemoteContext",
    "Term",
    "expanded",
    "processed",
]

KEYWORDS: Final = frozenset(
    """
    @base @container @context @direction @graph @id @import @included @index @json @language @list
    @nest @none @prefix @propagate @protected @reverse @set @type @value @version @vocab
    """.split()  # noqa: SIM905
)
NOTHING: Final = object()
"""Marks what a context does not define, as opposed to null."""

_KEYWORD_FORM: Final = re.compile(r"@[A-Za-z]+")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_PREFIX_ENDS: Final = tuple(":/?#[]@")


class RemoteContext(Exception):
    """A document refers to a remote context."""

    def __init__(self, iri: str) -> None:
        super().__init__(iri)
        self.iri = iri


class IllFormedContext(Exception):
    """A keyword of a context has an invalid value."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term definition of a context.

    Attributes
    ----------
    iri
        The IRI or keyword; None if the context maps the term to null.
    kind
        The type mapping: ``@id``, ``@vocab``, ``@json``, a datatype or empty.
    container
        The container mapping.
    language
        The language mapping; `NOTHING` for the default language of the context.
    context
        The scoped context; `NOTHING` if there is none.
    prefix
        Whether it may be used as the prefix of compact IRIs.
    """

    iri: str | None
    kind: str = ""
    container: frozenset[str] = frozenset()
    language: Any = NOTHING
    context: Any = NOTHING
    prefix: bool = False


@dataclass(frozen=True)
class Context:
    """An active context.

    Attributes
    ----------
    document
        The IRI of the document; None if it is not given.
    base
        The base IRI; None if there is none.
    vocab
        The vocabulary mapping, which names without a term are appended to.
    language
        The default language.
    terms
        Term definitions by name.
    previous
        The context to return to in nested nodes, if this one does not propagate.
    """

    document: str | None = None
    base: str | None = None
    vocab: str | None = None
    language: str | None = None
    terms: Mapping[str, Term] = field(default_factory=dict)
    previous: Context | None = None


def processed(active: Context, local: Any, *, propagate: bool = True) -> Context:
    """Apply a local context to an active context.

    Parameters
    ----------
    active
        The active context.
    local
        The value of ``@context``.
    propagate
        Whether it propagates to nested nodes, unless it has ``@propagate`` itself.

    Raises
    ------
    RemoteContext
        It refers to a remote context.
    IllFormedContext
        Its base, vocabulary, language or a container is invalid.
    """
    if isinstance(local, dict) and isinstance(local.get("@propagate"), bool):
        propagate = local["@propagate"]
    result = active
    if not propagate and result.previous is None:
        result = replace(result, previous=active)
    for each in local if isinstance(local, list) else [local]:
        if each is None:
            previous = None if propagate else result
            result = Context(active.document, active.document, previous=previous)
        elif isinstance(each, str):
            raise RemoteContext(each)
        elif isinstance(each, dict):
            result = _joined(result, each)
    return result


def _joined(active: Context, local: dict[str, Any]) -> Context:
    if isinstance(local.get("@import"), str):
        raise RemoteContext(local["@import"])
    if "@base" in local:
        base = _string(local, "@base")
        active = replace(active, base=None if base is None else _base(active.base, base))
    if "@vocab" in local:
        vocab = _string(local, "@vocab")
        if vocab is not None:
            vocab = expanded(vocab, active, relative=True)
        active = replace(active, vocab=vocab)
    if "@language" in local:
        active = replace(active, language=_string(local, "@language"))
    building = _Building(replace(active, terms=dict(active.terms)), local)
    for name in local:
        building.define(name)
    return building.context


def _string(local: dict[str, Any], keyword: str) -> str | None:
    value = local[keyword]
    if value is None or isinstance(value, str):
        return value
    raise IllFormedContext(f"{keyword} must be a string or null")


def _base(outer: str | None, base: str) -> str:
    joined = resolved(outer, base)
    if _SCHEME.match(joined):
        try:
            NamedNode(joined)
        except ValueError as error:
            raise IllFormedContext(f"@base is not an IRI: {error}") from None
    return joined


class _Building:
    """Adds the terms of a local context to a context, each after the terms that it depends on."""

    def __init__(self, context: Context, local: dict[str, Any]) -> None:
        self.context = context
        self._terms: dict[str, Term] = context.terms  # type: ignore[assignment]
        self._local = local
        self._done: set[str] = set()

    def define(self, name: str) -> None:
        if name in self._done or name not in self._local:
            return
        self._done.add(name)
        if not name or name in KEYWORDS or _KEYWORD_FORM.fullmatch(name):
            return
        self._terms.pop(name, None)
        value = self._local[name]
        simple = isinstance(value, str)
        if simple or value is None:
            value = {"@id": value}
        if isinstance(value, dict):
            term = self._term(name, value, simple=simple)
            if term is not None:
                self._terms[name] = term

    def _term(self, name: str, value: dict[str, Any], *, simple: bool) -> Term | None:
        iri = self._iri(name, value)
        if iri is not None and _KEYWORD_FORM.fullmatch(iri) and iri not in KEYWORDS:
            return None
        kind = value.get("@type")
        kind = self._expanded(kind) or "" if isinstance(kind, str) else ""
        container = value.get("@container") or []
        container = [container] if isinstance(container, str) else container
        if not isinstance(container, list) or not all(isinstance(each, str) for each in container):
            raise IllFormedContext("@container must be a string or an array of strings")
        container = frozenset(container)
        if "@type" in container and not kind:
            kind = "@id"
        ends = iri is not None and (iri.startswith("_:") or iri.endswith(_PREFIX_ENDS))
        plain = simple and ":" not in name and "/" not in name
        return Term(
            iri,
            kind,
            container,
            value.get("@language", NOTHING),
            value.get("@context", NOTHING),
            bool(value.get("@prefix", plain and ends)),
        )

    def _iri(self, name: str, value: dict[str, Any]) -> str | None:
        named = value.get("@reverse", value.get("@id", name))
        if named is None or (isinstance(named, str) and named != name):
            return None if named is None else self._expanded(named)
        prefix, colon, rest = name.partition(":")
        if prefix and colon:
            self.define(prefix)
            term = self._terms.get(prefix)
            return term.iri + rest if term and term.iri else name
        if "/" in name:
            return self._expanded(name)
        return name if self.context.vocab is None else self.context.vocab + name

    def _expanded(self, name: str) -> str | None:
        self.define(name)
        self.define(name.partition(":")[0])
        return expanded(name, self.context)


def expanded(
    name: str, context: Context, *, vocab: bool = True, relative: bool = False
) -> str | None:
    """Expand a name to an IRI or keyword.

    Parameters
    ----------
    name
        The name in the document.
    context
        The active context.
    vocab
        Whether it may be a term, or relative to the vocabulary mapping.
    relative
        Whether it is otherwise resolved against the base IRI.

    Returns
    -------
    str or None
        The name itself if it cannot be expanded; None if it is mapped to null.
    """
    if name in KEYWORDS:
        return name
    if _KEYWORD_FORM.fullmatch(name):
        return None
    term = context.terms.get(name)
    if term is not None and (vocab or term.iri in KEYWORDS):
        return term.iri
    prefix, colon, rest = name.partition(":")
    if prefix and colon:
        if prefix == "_" or rest.startswith("//"):
            return name
        short = context.terms.get(prefix)
        if short is not None and short.prefix and short.iri:
            return short.iri + rest
        if _SCHEME.match(name):
            return name
    if vocab and context.vocab is not None:
        return context.vocab + name
    return resolved(context.base, name) if relative else name


def resolved(base: str | None, reference: str) -> str:
    """Resolve an IRI against a base; it stays relative if there is no base."""
    if _SCHEME.match(reference) or not base:
        return reference
    try:
        joined = urljoin(base, reference)
    except ValueError:  # an invalid host
        joined = ""
    if _SCHEME.match(joined) or not _SCHEME.match(base):
        return joined or reference
    # For a scheme that urllib does not know, it is enough that the IRI is absolute.
    return base.partition(":")[0] + ":" + reference
