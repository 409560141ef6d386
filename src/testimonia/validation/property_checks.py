"""What checks of a property outside SHACL have in common: the findings they report."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode

from testimonia.namespaces import PREFIXES
from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.paths import Path
from testimonia.validation.findings import Finding, Severity

__all__ = ["PropertyCheck"]

_TMSH = PREFIXES["tmsh"]


@dataclass(frozen=True)
class PropertyCheck:
    """A check in Python of something that no shape can express, reported like a constraint.

    Attributes
    ----------
    shape
        Local name of the shape under which it reports.
    name
        Name of its constraint component, which is one of this project.
    """

    shape: str
    name: str

    @property
    def component(self) -> str:
        """IRI of the constraint component."""
        return f"{_TMSH}{self.name}ConstraintComponent"

    def finding(
        self,
        focus: Term,
        predicate: NamedNode,
        value: Term,
        message: str,
        hint: str,
        severity: Severity = Severity.VIOLATION,
    ) -> Finding:
        """Return a finding at a value of a property of a node, without label and place."""
        return Finding(
            severity=severity,
            focus=focus,
            shape=_TMSH + self.shape,
            component=self.component,
            message=message,
            path=Path.of(predicate),
            value=value,
            hint=hint,
        )
