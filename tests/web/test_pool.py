"""Large answers that nobody fetches take room from large answers alone, and not all of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from testimonia.web.keeping import ForkServer
from testimonia.web.pool import Pool
from testimonia.web.problems import Problem
from testimonia.web.settings import Settings
from testimonia.web.wire import Job
from testimonia.web.workers import Reply

LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 4000"


def test_large_answers_that_nobody_fetches(tmp_path: Path) -> None:
    settings = Settings(workers=2)
    fork_server = ForkServer(settings, tmp_path)
    try:
        asyncio.run(_not_fetched(Pool(fork_server, settings)))
    finally:
        fork_server.close()


async def _not_fetched(pool: Pool) -> None:
    async def answer(query: str, client: str) -> Reply:
        return await pool.answer(Job(query=query, formats={"solutions": "json"}), client)

    kept = [await answer(LARGE, "one") for _ in range(16)]
    assert all(reply.size > 1 << 20 for reply in kept)
    with pytest.raises(Problem, match="too many large answers are being sent") as refused:
        await answer(LARGE, "one")
    assert (refused.value.status, "Retry-After" in refused.value.headers) == (503, True)
    kept += [await answer(LARGE, "other") for _ in range(16)]
    for client in ("one", "third"):
        with pytest.raises(Problem, match="too many large answers are being sent"):
            await answer(LARGE, client)
        (await answer("SELECT * { ?s ?p ?o } LIMIT 1", client)).close()
    for reply in kept:
        reply.close()
    (await answer(LARGE, "one")).close()
    pool.close()
