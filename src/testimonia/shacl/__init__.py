"""A columnar SHACL validator: each constraint is checked at all its focus nodes at once.

The data graph is read into columns of dictionary-encoded terms; :func:`run` validates it. All of
SHACL Core and SHACL-SPARQL is implemented. Shapes may be recursive, except through a negation.
"""

from __future__ import annotations

from testimonia.shacl.faults import Fault, Unusable
from testimonia.shacl.plan import explain
from testimonia.shacl.report.report import ColumnarReport
from testimonia.shacl.validator import run

__all__ = ["ColumnarReport", "Fault", "Unusable", "explain", "run"]
