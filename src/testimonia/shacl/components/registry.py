"""Which parameters state the constraints of SHACL Core, in the order in which they are read.

The rest needs no list: what is read knows how it is checked, and what is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from testimonia.shacl.components import (
    cardinality,
    logical,
    other,
    property_pairs,
    ranges,
    shape_based,
    strings,
    value_types,
)
from testimonia.shacl.components.component import Parameter

__all__ = ["CORE", "in_order"]

CORE: tuple[Parameter, ...] = (
    *value_types.PARAMETERS,
    *cardinality.PARAMETERS,
    *ranges.PARAMETERS,
    *strings.PARAMETERS,
    *property_pairs.PARAMETERS,
    *logical.PARAMETERS,
    *shape_based.PARAMETERS,
    *other.PARAMETERS,
)
"""The parameters of SHACL Core, in the order of its specification."""


def in_order(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Return parameters in the order in which their constraints are read, checked and reported.

    Those that may be repeated come first; otherwise the order stays.
    """
    return tuple(sorted(parameters, key=lambda each: not each.repeatable))
