"""Finds the parts of a JSON-LD document that processors silently drop in the conversion to RDF.

By the algorithms of JSON-LD, a relative IRI without a base, an IRI with a space, a language tag such
as ``en_US`` or a name that no context defines makes a statement disappear. The document is walked like
in the expansion algorithm, and each such part is recorded.

Source: JSON-LD 1.1 Processing Algorithms and API, sections 5.1 (expansion) and 8.1 (to RDF).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode

from testimonia.errors import InputError, SyntaxFault
from testimonia.rdf.jsonld.contexts import (
    KEYWORDS,
    NOTHING,
    Context,
    IllFormedContext,
    RemoteContext,
    Term,
    expanded,
    processed,
)
from testimonia.rdf.reading_limits import NESTING

__all__ = ["Loss", "Losses", "losses"]


class Loss(StrEnum):
    """Why a part of a document is lost."""

    RELATIVE = "relative IRI without a base"
    IRI = "not an IRI"
    LANGUAGE = "not a language tag"
    PROPERTY = "blank node as a property"
    LOOSE = "value of no property"
    UNKNOWN = "name that no context maps to an IRI"


class Lost(NamedTuple):
    """A part that is lost: why, its text, and details of the reason."""

    loss: Loss
    text: str
    reason: str = ""


@dataclass
class Losses:
    """The parts of a document that would be lost in RDF.

    Attributes
    ----------
    parts
        The parts, with the number of occurrences.
    remote
        IRIs of remote contexts. What depends on them was not checked.
    """

    parts: dict[Lost, int] = field(default_factory=dict)
    remote: dict[str, None] = field(default_factory=dict)

    def of(self, *kinds: Loss) -> dict[Lost, int]:
        """Give the parts that are lost for some reasons, in document order."""
        return {part: count for part, count in self.parts.items() if part.loss in kinds}


class _Here(NamedTuple):
    """A value that is still to be checked."""

    value: Any
    context: Context
    term: Term | None
    free: bool  # not the value of a property
    depth: int
    mapped: bool = False  # within a language map, id map or the like


def losses(document: Any, base: str | None = None) -> Losses:
    """Find the parts of a JSON-LD document that would be lost in RDF.

    Parameters
    ----------
    document
        The parsed JSON.
    base
        The base of its relative IRIs.

    Raises
    ------
    InputError
        It is nested too deeply. The error has no place.
    SyntaxFault
        A context in it is ill-formed. The error has no place.
    """
    walk = _Walk()
    walk.waiting.append(_Here(document, Context(base, base), None, free=True, depth=0))
    most = NESTING.value
    while walk.waiting:
        here = walk.waiting.pop()
        if here.depth > most:
            raise InputError(f"it is nested more than {most:,} levels deep", hint=NESTING.hint)
        try:
            walk.look(here)
        except RemoteContext as remote:
            walk.found.remote[remote.iri] = None
        except IllFormedContext as error:
            raise SyntaxFault(f"not well formed: {error}", hint="Correct its context.") from None
    return walk.found


class _Walk:
    def __init__(self) -> None:
        self.found = Losses()
        self.waiting: list[_Here] = []

    def look(self, here: _Here) -> None:
        if isinstance(here.value, list):
            self._push(here, here.value)
        elif isinstance(here.value, dict):
            self._object(here, here.value)
        elif here.value is not None:
            self._scalar(here)

    def _push(self, here: _Here, value: Any, **changes: Any) -> None:
        """Push nested values on the stack, the last one first, so that they are checked in order."""
        values = value if isinstance(value, list) else [value]
        for each in reversed(values):
            self.waiting.append(here._replace(value=each, depth=here.depth + 1, **changes))

    def _note(self, loss: Loss, text: str, reason: str = "") -> None:
        part = Lost(loss, text, reason)
        self.found.parts[part] = self.found.parts.get(part, 0) + 1

    def _scalar(self, here: _Here) -> None:
        if here.free:
            self._note(Loss.LOOSE, str(here.value))
            return
        term = here.term or Term(None)
        if isinstance(here.value, str) and term.kind in ("@id", "@vocab"):
            self._resource(here.value, here.context, vocab=term.kind == "@vocab")
        elif term.kind and not term.kind.startswith("@"):
            self._absolute(term.kind)
        elif isinstance(here.value, str) and not term.kind.startswith("@json"):
            language = here.context.language if term.language is NOTHING else term.language
            self._language(language)

    def _object(self, here: _Here, node: dict[str, Any]) -> None:
        context = here.context
        if context.previous is not None and not here.mapped and not _keeps(node, context):
            context = context.previous
        if here.term is not None and here.term.context is not NOTHING:
            context = processed(context, here.term.context)
        if "@context" in node:
            context = processed(context, node["@context"])
        context = _typed(node, context)
        names = {expanded(name, context): value for name, value in node.items()}
        here = here._replace(context=context)
        if "@value" in names:
            self._literal(names, here)
        elif "@list" in names or "@set" in names:
            self._push(here, names.get("@list", names.get("@set")), mapped=False)
        else:
            self._properties(here, node)

    def _literal(self, names: Mapping[str | None, Any], here: _Here) -> None:
        if here.free:
            self._note(Loss.LOOSE, str(names["@value"]))
        elif names["@value"] is not None:
            datatype = names.get("@type")
            if isinstance(datatype, str) and datatype != "@json":
                self._absolute(expanded(datatype, here.context, relative=True), datatype)
            self._language(names.get("@language"))

    def _properties(self, here: _Here, node: dict[str, Any]) -> None:
        for name, value in node.items():
            if name == "@context":
                continue
            stands_for = expanded(name, here.context)
            if stands_for in KEYWORDS:
                self._keyword(here, str(stands_for), name, value)
            elif stands_for is not None and ":" in stands_for:
                if value is not None and value != []:
                    self._property(stands_for, name)
                self._values(here, name, value)
            elif name not in here.context.terms and value is not None:
                self._note(Loss.UNKNOWN, name)

    def _keyword(self, here: _Here, keyword: str, name: str, value: Any) -> None:
        context = here.context
        if keyword == "@id" and isinstance(value, str):
            self._resource(value, context)
        elif keyword == "@type":
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, str):
                    self._resource(each, context, vocab=True)
        elif keyword in ("@graph", "@included"):
            self._push(here, value, term=None, free=True, mapped=False)
        elif keyword == "@reverse" and isinstance(value, dict):
            self._properties(here, value)
        elif keyword == "@nest":
            term = context.terms.get(name)
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    scoped = context
                    if term is not None and term.context is not NOTHING:
                        scoped = processed(context, term.context)
                    self._properties(here._replace(context=scoped), each)

    def _values(self, here: _Here, name: str, value: Any) -> None:
        term = here.context.terms.get(name) or Term(None)
        if term.kind == "@json":
            return
        inner = here._replace(term=term, free=False, mapped=False)
        container = term.container
        if not (isinstance(value, dict) and container & {"@language", "@index", "@id", "@type"}):
            self._push(inner, value)
            return
        for key, each in value.items():
            none = expanded(key, here.context) == "@none"
            if "@language" in container:
                if not none and each is not None:
                    self._language(key)
                continue
            context = here.context
            if "@id" in container and not none:
                self._resource(key, context)
            if "@type" in container:
                if not none:
                    self._resource(key, context, vocab=True)
                context = _of_type(context.previous or context, context, key)
            self._push(inner, each, context=context, mapped=True)

    def _resource(self, name: str, context: Context, *, vocab: bool = False) -> None:
        self._absolute(expanded(name, context, vocab=vocab, relative=True), name)

    def _property(self, iri: str, name: str) -> None:
        if iri.startswith("_:"):
            self._note(Loss.PROPERTY, iri)
        else:
            self._absolute(iri, name)

    def _absolute(self, iri: str | None, written: str = "") -> None:
        """Record what is neither an absolute IRI nor a blank node."""
        if iri is None or iri in KEYWORDS or iri.startswith("_:"):
            return
        try:
            NamedNode(iri)
        except ValueError as error:
            if ":" not in iri.partition("/")[0]:
                self._note(Loss.RELATIVE, written or iri)
            else:
                self._note(Loss.IRI, iri, str(error))

    def _language(self, tag: object) -> None:
        if isinstance(tag, str):
            try:
                Literal("", language=tag)
            except ValueError as error:
                self._note(Loss.LANGUAGE, tag, str(error))


def _keeps(node: dict[str, Any], context: Context) -> bool:
    """Check whether a context that does not propagate still applies: the value is not a node object."""
    names = [expanded(name, context) for name in node]
    return "@value" in names or names == ["@id"]


def _typed(node: dict[str, Any], context: Context) -> Context:
    """Apply the type-scoped contexts of a node."""
    scope = context
    for name in sorted(node):
        if expanded(name, scope) == "@type":
            types = node[name] if isinstance(node[name], list) else [node[name]]
            for each in sorted(each for each in types if isinstance(each, str)):
                context = _of_type(context, scope, each)
    return context


def _of_type(context: Context, scope: Context, name: str) -> Context:
    term = scope.terms.get(name)
    if term is None or term.context is NOTHING:
        return context
    return processed(context, term.context, propagate=False)
