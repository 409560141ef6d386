"""SHACL validation by column: every constraint over all its focus nodes at once.

The data are read as columns of dictionary-encoded terms, the shapes as a plan over such columns;
see :func:`run`. SHACL Core and SHACL-SPARQL are implemented whole; recursive shapes are refused.
"""

from __future__ import annotations

from testimonia.shacl.faults import Fault, Unusable
from testimonia.shacl.plan import explain
from testimonia.shacl.report.report import ColumnarReport
from testimonia.shacl.validating import run

__all__ = ["ColumnarReport", "Fault", "Unusable", "explain", "run"]
