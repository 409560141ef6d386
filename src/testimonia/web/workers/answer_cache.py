"""A short-lived cache of answers for clients that fetch in ranges, so that all ranges are of one answer.

A query that is run again may return its rows in another order. Clients such as Polars first send HEAD,
then ask for some bytes of the answer, then for more.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from typing import Final

from testimonia.web.workers.wire_format import Job
from testimonia.web.workers.worker_client import Answer

__all__ = ["AnswerCache"]

_SECONDS: Final = 60.0
_MAX_ANSWERS: Final = 16
_MAX_PER_CLIENT: Final = 4

Key = tuple[str, bytes]


class AnswerCache:
    """Answers by client and job, the least recently used one first."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._timers: dict[Key, asyncio.TimerHandle] = {}

    def get(self, client: str, job: Job) -> Answer | None:
        """Return the cached answer to a job, if any; the caller closes it."""
        key = _key(client, job)
        answer = self._answers.get(key)
        if answer is None:
            return None
        self._answers.move_to_end(key)
        self._restart_timer(key)
        return answer.shared()

    def put(self, client: str, job: Job, answer: Answer) -> None:
        """Cache the answer to a job, evicting the least recently used one if a limit is reached."""
        key = _key(client, job)
        self._evict(key)
        own = [other for other in self._answers if other[0] == client]
        if len(own) >= _MAX_PER_CLIENT:
            self._evict(own[0])
        if len(self._answers) >= _MAX_ANSWERS:
            self._evict(next(iter(self._answers)))
        self._answers[key] = answer.shared()
        self._restart_timer(key)

    def _restart_timer(self, key: Key) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
        self._timers[key] = asyncio.get_running_loop().call_later(_SECONDS, self._evict, key)

    def _evict(self, key: Key) -> None:
        answer = self._answers.pop(key, None)
        if answer is not None:
            self._timers.pop(key).cancel()
            answer.close()


def _key(client: str, job: Job) -> Key:
    return client, hashlib.sha256(job.to_frame()).digest()
