"""The façade that users meet: open a dataset, then ask it.

Each module holds the methods of one purpose; `Dataset` has them all.
"""

from __future__ import annotations

from testimonia.dataset.facade import Dataset
from testimonia.dataset.opened import open  # noqa: A004 - read as testimonia.open

__all__ = ["Dataset", "open"]
