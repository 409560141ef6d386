"""Where two engines find different things, and which rulings on this are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.namespaces import PREFIXES
from testimonia.shacl.paths import Path
from testimonia.validation.findings import Finding, Severity, Term, in_order

__all__ = ["Difference", "compare"]

_XSD = PREFIXES["xsd"]
_NUMBERS = {_XSD + name for name in ("decimal", "double", "float", "integer")}
# SPARQL 1.1 Query, section 17.1; SHACL, section 4.1.2, refers to these alone.
_KNOWN_TO_SPARQL = _NUMBERS | {_XSD + name for name in ("boolean", "dateTime", "string")}
_RANGES = ("MinInclusive", "MinExclusive", "MaxInclusive", "MaxExclusive")


@dataclass(frozen=True)
class Difference:
    """A finding of one engine that the other does not have.

    Attributes
    ----------
    finding
        What was found.
    engine
        The engine that found it, ``columnar`` or ``pyshacl``.
    ruling
        The ruling in docs/reference/validation-conformance.md that such a finding falls under; empty
        where none is known.
    """

    finding: Finding
    engine: str
    ruling: str


def compare(columnar: Iterable[Finding], pyshacl: Iterable[Finding]) -> tuple[Difference, ...]:
    """List the findings that one engine has and the other has not, as often as it has them.

    Messages do not count: where a shape has none, each engine words its own. Nor do the names of
    blank nodes.
    """
    ours, theirs = in_order(columnar), in_order(pyshacl)
    return (
        *(Difference(each, "columnar", _ruling(each)) for each in _beyond(ours, theirs)),
        *(Difference(each, "pyshacl", _of_paths(each.path)) for each in _beyond(theirs, ours)),
    )


def _beyond(some: Iterable[Finding], others: Iterable[Finding]) -> Iterable[Finding]:
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


def _ruling(finding: Finding) -> str:
    """Name the ruling under which the columnar engine alone has a finding."""
    value = finding.value
    match finding.component.rpartition("#")[2].removesuffix("ConstraintComponent"), value:
        case "Datatype", Literal() if value.datatype.value not in _KNOWN_TO_SPARQL:
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
    return _of_paths(finding.path)


def _of_paths(path: Path | None) -> str:
    return "inverse-of-a-sequence" if path is not None and _turns_a_sequence(path) else ""


def _turns_a_sequence(path: Path) -> bool:
    here = path.operator == "^" and path.steps[0].operator == "/"
    return here or any(map(_turns_a_sequence, path.steps))
