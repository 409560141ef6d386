"""Attributed claims about security incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from testimonia.dataset import Dataset, open  # noqa: A004 - read as testimonia.open

__version__ = "0.1.0"

__all__ = ["Dataset", "__version__", "open"]


def __getattr__(name: str) -> Any:
    # The command line imports this package for its version alone and must start at once.
    if name in ("Dataset", "open"):
        from testimonia import dataset

        return getattr(dataset, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
