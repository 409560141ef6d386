"""Regular expressions of ``sh:pattern``: parsed as XPath defines them, translated, and matched.

Source: SHACL, section 4.4.3; SPARQL 1.1, section 17.4.3.14; XPath and XQuery Functions and Operators
3.1, section 5.6; XML Schema 1.1 part 2, appendix G.
"""

from __future__ import annotations

from testimonia.shacl.values.patterns.matching import Pattern, compiled
from testimonia.shacl.values.patterns.syntax import FLAGS, BadPattern

__all__ = ["FLAGS", "BadPattern", "Pattern", "compiled"]
