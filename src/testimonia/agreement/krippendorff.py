"""Krippendorff's alpha, a measure of agreement that allows for chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

__all__ = ["alpha"]


def alpha(values: Sequence[tuple[object, object]]) -> float | None:
    """Krippendorff's alpha of two observers, for nominal values without gaps.

    Parameters
    ----------
    values
        The values of both observers for each unit.

    Returns
    -------
    float or None
        1 for full agreement, 0 for agreement by chance, below 0 for less than that; None if it is not
        defined, because there is no unit or only one value.

    Source: K. Krippendorff, *Computing Krippendorff's Alpha-Reliability* (2011), section B.

    Examples
    --------
    >>> round(alpha(list(zip("aabbdcccedda", "babbbccceddd"))), 3)
    0.692
    """
    counts = Counter(value for pair in values for value in pair)
    total = counts.total()
    expected = total * total - sum(n * n for n in counts.values())
    if not expected:
        return None
    observed = 2 * sum(a != b for a, b in values)
    return 1 - (total - 1) * observed / expected
