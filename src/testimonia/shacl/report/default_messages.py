"""What a result says when its shape has no message of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyoxigraph import NamedNode

from testimonia.shacl.data.dictionary import text_of
from testimonia.shacl.model import Constraint
from testimonia.shacl.names import sh

__all__ = ["default_message"]

_SAYINGS: dict[NamedNode, Callable[[Any], str]] = {
    sh(name + "ConstraintComponent"): saying
    for name, saying in {
        "Class": lambda c: f"The value is not an instance of {c.cls}",
        "Datatype": lambda c: f"The value is not a well-formed literal of {c.datatype}",
        "NodeKind": lambda c: f"The value's kind is not {c.kind}",
        "MinCount": lambda c: f"There are fewer than {c.count} values",
        "MaxCount": lambda c: f"There are more than {c.count} values",
        "MinExclusive": lambda c: f"The value is not more than {c.limit}",
        "MinInclusive": lambda c: f"The value is not {c.limit} or more",
        "MaxExclusive": lambda c: f"The value is not less than {c.limit}",
        "MaxInclusive": lambda c: f"The value is not {c.limit} or less",
        "MinLength": lambda c: f"The value has fewer than {c.length} characters",
        "MaxLength": lambda c: f"The value has more than {c.length} characters",
        "Pattern": lambda c: f"The value does not match the pattern {c.pattern}",
        "LanguageIn": lambda c: f"The value's language is not one of {', '.join(c.ranges)}",
        "UniqueLang": lambda _: "Two values have the same language",
        "Equals": lambda c: f"The values are not those of {c.predicate}",
        "Disjoint": lambda c: f"The value is also one of {c.predicate}",
        "LessThan": lambda c: f"The value is not less than that of {c.predicate}",
        "LessThanOrEquals": lambda c: f"The value is more than that of {c.predicate}",
        "Not": lambda c: f"The value conforms to {c.shape.node}, and must not",
        "And": lambda c: f"The value does not conform to all of {_listed(c)}",
        "Or": lambda c: f"The value conforms to none of {_listed(c)}",
        "Xone": lambda c: f"The value does not conform to exactly one of {_listed(c)}",
        "Node": lambda c: f"The value does not conform to {c.shape.node}",
        "QualifiedMinCount": lambda c: f"Fewer than {c.count} values conform to {c.shape.node}",
        "QualifiedMaxCount": lambda c: f"More than {c.count} values conform to {c.shape.node}",
        "Closed": lambda _: "The property is not one that the shape allows",
        "HasValue": lambda c: f"The value {text_of(c.value)} is missing",
        "In": lambda c: f"The value is not one of {', '.join(map(text_of, c.members))}",
        "SPARQL": lambda _: "The query of the shape found this",
    }.items()
}


def _listed(constraint: Any) -> str:
    return ", ".join(str(shape.node) for shape in constraint.shapes)


def default_message(constraint: Constraint) -> str:
    """Return a sentence for the results of a constraint."""
    saying = _SAYINGS.get(constraint.component)
    return saying(constraint) if saying else f"The constraint {constraint.component} is not met"
