"""The endpoint's logger, and a rate limit on repeated warnings."""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from typing import Final

__all__ = ["LOG", "RateLimitedWarnings", "log_to_standard_error"]

LOG: Final = logging.getLogger("testimonia.web")

_SECONDS: Final = 10.0
_MAX_PER_KIND: Final = 5
_MAX_KINDS: Final = 100
_LOGS: Final = {
    "testimonia.web": logging.INFO,
    "uvicorn.error": logging.WARNING,
    "asyncio": logging.WARNING,
}


class RateLimitedWarnings(logging.Filter):
    """A filter that limits how often a warning is repeated, and reports how many were suppressed.

    An error of the operating system (no descriptor, no disk space) is logged as one line, without its
    traceback.

    Parameters
    ----------
    most
        Warnings of a kind per period.
    seconds
        Length of the period.
    """

    def __init__(self, most: int = _MAX_PER_KIND, seconds: float = _SECONDS) -> None:
        super().__init__()
        self._most = most
        self._seconds = seconds
        self._start = time.monotonic()
        self._counts: Counter[str] = Counter()
        self._suppressed = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to log a record."""
        if record.levelno < logging.WARNING:
            return True
        if time.monotonic() - self._start >= self._seconds:
            self._start = time.monotonic()
            self._counts.clear()
        kind = str(record.msg).partition("\n")[0]
        self._counts[kind] += 1
        if self._counts[kind] > self._most or len(self._counts) > _MAX_KINDS:
            self._suppressed += 1
            return False
        _shorten(record)
        if self._suppressed:
            record.msg = f"{record.msg} ({self._suppressed} more warnings were suppressed before)"
            self._suppressed = 0
        return True


def _shorten(record: logging.LogRecord) -> None:
    if record.exc_info and isinstance(record.exc_info[1], OSError):
        record.msg = f"{str(record.msg).partition(chr(10))[0]} (%s)"
        record.args = (record.exc_info[1],)
        record.exc_info = None


def log_to_standard_error() -> None:
    """Log to standard error, for the endpoint, uvicorn and asyncio."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(RateLimitedWarnings())
    for name, level in _LOGS.items():
        log = logging.getLogger(name)
        log.handlers[:] = [handler]
        log.setLevel(level)
        log.propagate = False
