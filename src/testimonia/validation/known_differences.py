"""Compares the findings of two engines, and recognises known differences between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.names import XSD, component_name
from testimonia.shacl.paths import Path
from testimonia.validation.findings import Finding, Severity, in_order

__all__ = ["Difference", "compare"]

_NUMBERS = {XSD + name for name in ("decimal", "double", "float", "integer")}
# SPARQL 1.1 Query, section 17.1; SHACL, section 4.1.2, refers only to these.
_SPARQL_DATATYPES = _NUMBERS | {XSD + name for name in ("boolean", "dateTime", "string")}
_RANGES = ("MinInclusive", "MinExclusive", "MaxInclusive", "MaxExclusive")


@dataclass(frozen=True)
class Difference:
    """A finding of one engine that the other does not have.

    Attributes
    ----------
    finding
        The finding.
    engine
        The engine that found it, ``columnar`` or ``pyshacl``.
    ruling
        The name of the known difference in docs/reference/validation-conformance.md; empty if it is
        not a known one.
    """

    finding: Finding
    engine: str
    ruling: str


def compare(columnar: Iterable[Finding], pyshacl: Iterable[Finding]) -> tuple[Difference, ...]:
    """List the findings that only one engine has, as often as it has them.

    Messages are not compared, since each engine has its own where a shape has none; nor are the
    labels of blank nodes.
    """
    ours, theirs = in_order(columnar), in_order(pyshacl)
    return (
        *(Difference(each, "columnar", _known_difference(each)) for each in _missing(ours, theirs)),
        *(
            Difference(each, "pyshacl", _path_difference(each.path))
            for each in _missing(theirs, ours)
        ),
    )


def _missing(some: Iterable[Finding], others: Iterable[Finding]) -> Iterable[Finding]:
    known = Counter(map(_key, others))
    for finding in some:
        key = _key(finding)
        if known[key]:
            known[key] -= 1
        else:
            yield finding


def _key(finding: Finding) -> tuple[str, str, str, Path | None, str, Severity]:
    return (
        _name(finding.focus),
        finding.shape,
        finding.component,
        finding.path,
        _name(finding.value),
        finding.severity,
    )


def _name(term: Term | None) -> str:
    return "_:" if isinstance(term, BlankNode) else str(term)


def _known_difference(finding: Finding) -> str:
    """Return the name of the known difference due to which only the columnar engine has a finding."""
    value = finding.value
    match component_name(finding.component), value:
        case "Datatype", Literal() if value.datatype.value not in _SPARQL_DATATYPES:
            return "ill-typed-beyond-sparql"
        case "LessThan" | "LessThanOrEquals", BlankNode():
            return "less-than-blank-nodes"
        case "LessThan" | "LessThanOrEquals", NamedNode():
            return "less-than-iris"
        case "LessThan" | "LessThanOrEquals", Literal() if value.language:
            return "less-than-language-tags"
        case "MinLength", BlankNode():
            return "min-length-of-blank-nodes"
        case name, Literal() if name in _RANGES and value.datatype.value not in _NUMBERS:
            return "range-of-another-datatype"
    return _path_difference(finding.path)


def _path_difference(path: Path | None) -> str:
    return "inverse-of-a-sequence" if path is not None and _inverts_a_sequence(path) else ""


def _inverts_a_sequence(path: Path) -> bool:
    here = path.operator == "^" and path.steps[0].operator == "/"
    return here or any(map(_inverts_a_sequence, path.steps))
