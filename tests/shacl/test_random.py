"""Random shapes and data: the columnar engine has the same results as pySHACL."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from tools.random_shapes import by_columns, by_pyshacl, data_and_shapes, ordered_pairs

quietly = pytest.mark.filterwarnings("ignore")
few = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@quietly
@few
@given(drawn=data_and_shapes())
def test_shapes(drawn):
    assert by_columns(*drawn) == by_pyshacl(*drawn)


@quietly
@few
@given(drawn=ordered_pairs())
def test_orders(drawn):
    assert by_columns(*drawn) == by_pyshacl(*drawn)
