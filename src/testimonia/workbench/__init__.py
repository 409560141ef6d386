"""The workbench: a page on this machine, on which claims are typed beside a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from testimonia.lazy_names import lazy

if TYPE_CHECKING:
    from testimonia.workbench.local_server import write

__all__ = ["write"]

__getattr__, __dir__ = lazy(__name__, __all__, {"write": "local_server"})
