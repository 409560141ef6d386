"""What the log shows, and that no flood of faults fills a disk with it."""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from typing import Final

__all__ = ["LOG", "Seldom", "log_to_standard_error"]

LOG: Final = logging.getLogger("testimonia.web")

_SECONDS: Final = 10.0
_MOST: Final = 5
_MOST_KINDS: Final = 100
_LOGS: Final = {
    "testimonia.web": logging.INFO,
    "uvicorn.error": logging.WARNING,
    "asyncio": logging.WARNING,
}


class Seldom(logging.Filter):
    """Lets pass a few warnings of each kind in some seconds, and then tells how many it kept back.

    A fault of the system (no descriptor, no room) becomes one line, without the calls that led to it.

    Parameters
    ----------
    most
        How many of a kind.
    seconds
        In how many seconds.
    """

    def __init__(self, most: int = _MOST, seconds: float = _SECONDS) -> None:
        super().__init__()
        self._most = most
        self._seconds = seconds
        self._begin = time.monotonic()
        self._seen: Counter[str] = Counter()
        self._kept_back = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be shown."""
        if record.levelno < logging.WARNING:
            return True
        if time.monotonic() - self._begin >= self._seconds:
            self._begin = time.monotonic()
            self._seen.clear()
        kind = str(record.msg).partition("\n")[0]
        self._seen[kind] += 1
        if self._seen[kind] > self._most or len(self._seen) > _MOST_KINDS:
            self._kept_back += 1
            return False
        _shorten(record)
        if self._kept_back:
            record.msg = f"{record.msg} ({self._kept_back} more warnings were left out before)"
            self._kept_back = 0
        return True


def _shorten(record: logging.LogRecord) -> None:
    if record.exc_info and isinstance(record.exc_info[1], OSError):
        record.msg = f"{str(record.msg).partition(chr(10))[0]} (%s)"
        record.args = (record.exc_info[1],)
        record.exc_info = None


def log_to_standard_error() -> None:
    """Write the log of the endpoint, and of what it is built on, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(Seldom())
    for name, level in _LOGS.items():
        log = logging.getLogger(name)
        log.handlers[:] = [handler]
        log.setLevel(level)
        log.propagate = False
