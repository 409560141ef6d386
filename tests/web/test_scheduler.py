"""Large answers that are not fetched count against the limit on large answers, and only that."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from testimonia.web.http.problems import Problem
from testimonia.web.settings import Settings
from testimonia.web.workers.fork_server_client import ForkServer
from testimonia.web.workers.scheduler import Scheduler
from testimonia.web.workers.wire_format import Job
from testimonia.web.workers.worker_client import Answer

LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 4000"


def test_large_answers_that_are_not_fetched(tmp_path: Path) -> None:
    settings = Settings(workers=2)
    fork_server = ForkServer(settings, tmp_path)
    try:
        asyncio.run(_not_fetched(Scheduler(fork_server, settings)))
    finally:
        fork_server.close()


async def _not_fetched(scheduler: Scheduler) -> None:
    async def answer(query: str, client: str) -> Answer:
        return await scheduler.run(Job(query=query, formats={"solutions": "json"}), client)

    unfetched = [await answer(LARGE, "one") for _ in range(16)]
    assert all(large.size > 1 << 20 for large in unfetched)
    with pytest.raises(Problem, match="too many large answers are being sent") as refused:
        await answer(LARGE, "one")
    assert (refused.value.status, "Retry-After" in refused.value.headers) == (503, True)
    unfetched += [await answer(LARGE, "other") for _ in range(16)]
    for client in ("one", "third"):
        with pytest.raises(Problem, match="too many large answers are being sent"):
            await answer(LARGE, client)
        (await answer("SELECT * { ?s ?p ?o } LIMIT 1", client)).close()
    for large in unfetched:
        large.close()
    (await answer(LARGE, "one")).close()
    scheduler.close()
