"""Keeps an answer for a while for a client that asks for parts of it, so that all are of one answer.

A query that is run again may give its rows in another order. Clients such as Polars first ask for the
head of an answer, then for some bytes of it, then for more.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from typing import Final

from testimonia.web.wire import Job
from testimonia.web.workers import Reply

__all__ = ["Kept"]

_SECONDS: Final = 60.0
_MOST: Final = 16
_MOST_OF_ONE: Final = 4

Key = tuple[str, bytes]


class Kept:
    """Answers by client and job, the one used longest ago first."""

    def __init__(self) -> None:
        self._replies: OrderedDict[Key, Reply] = OrderedDict()
        self._timers: dict[Key, asyncio.TimerHandle] = {}

    def find(self, client: str, job: Job) -> Reply | None:
        """Give the answer to a job if it is here; to be closed by whoever asked."""
        key = _key(client, job)
        reply = self._replies.get(key)
        if reply is None:
            return None
        self._replies.move_to_end(key)
        self._await(key)
        return reply.shared()

    def keep(self, client: str, job: Job, reply: Reply) -> None:
        """Keep the answer to a job for a while, in the place of others where there are too many."""
        key = _key(client, job)
        self._drop(key)
        own = [other for other in self._replies if other[0] == client]
        if len(own) >= _MOST_OF_ONE:
            self._drop(own[0])
        if len(self._replies) >= _MOST:
            self._drop(next(iter(self._replies)))
        self._replies[key] = reply.shared()
        self._await(key)

    def _await(self, key: Key) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
        self._timers[key] = asyncio.get_running_loop().call_later(_SECONDS, self._drop, key)

    def _drop(self, key: Key) -> None:
        reply = self._replies.pop(key, None)
        if reply is not None:
            self._timers.pop(key).cancel()
            reply.close()


def _key(client: str, job: Job) -> Key:
    return client, hashlib.sha256(job.written()).digest()
