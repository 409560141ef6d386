"""The list of all parameters of SHACL Core; each knows the class of its constraints."""

from __future__ import annotations

from collections.abc import Iterable

from testimonia.shacl.components import (
    allowed_values,
    cardinality,
    closed,
    logical,
    property_pairs,
    qualified_value_shape,
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
    *qualified_value_shape.PARAMETERS,
    *closed.PARAMETERS,
    *allowed_values.PARAMETERS,
)
"""The parameters of SHACL Core, in the order of the specification."""


def in_order(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Return parameters in the order in which their constraints are parsed, checked and reported.

    Repeatable ones come first; otherwise the order stays the same.
    """
    return tuple(sorted(parameters, key=lambda each: not each.repeatable))
