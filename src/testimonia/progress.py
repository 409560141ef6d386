"""How work that takes long reports how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Progress"]

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Takes what is counted, how many are done, and of how many if that is known."""
