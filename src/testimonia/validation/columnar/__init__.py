"""SHACL validation by column: every constraint over all its focus nodes at once.

The data are read as columns of dictionary-encoded terms, the shapes as a plan over such columns;
see :func:`run`. SHACL Core and SHACL-SPARQL are implemented whole; recursive shapes are refused.
"""

from __future__ import annotations

from testimonia.validation.columnar.faults import Fault, Unusable
from testimonia.validation.columnar.plan import explain
from testimonia.validation.columnar.report import ColumnarReport
from testimonia.validation.columnar.running import run

__all__ = ["ColumnarReport", "Fault", "Unusable", "explain", "run"]
