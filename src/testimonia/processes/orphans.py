"""Kills a process when its parent ends, however the parent ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

__all__ = ["die_with"]

_PR_SET_PDEATHSIG: Final = 1
# Loaded at import: a worker that calls it may not open files.
_LIBRARY: Final = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends (Linux; elsewhere this does nothing).

    Parameters
    ----------
    parent
        Process ID of the parent. If it has ended already, this process ends at once.
    """
    if _LIBRARY is None:
        return
    _LIBRARY.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
