"""Attributed claims about security incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from testimonia.lazy_names import lazy

if TYPE_CHECKING:
    from testimonia.dataset import Dataset, open  # noqa: A004 - read as testimonia.open

__version__ = "0.1.0"

__all__ = ["Dataset", "__version__", "open"]

# The command line imports this package for its version alone and must start at once.
__getattr__, __dir__ = lazy(__name__, __all__, {"Dataset": "dataset", "open": "dataset"})
