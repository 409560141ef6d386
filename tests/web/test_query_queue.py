"""How queries wait for a free slot."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testimonia.web.http.problems import Busy
from testimonia.web.workers.query_queue import QueryQueue


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 20))


def test_clients_take_turns() -> None:
    async def scenario() -> None:
        queue, order = QueryQueue(1, 100, 10), []
        release = asyncio.Event()

        async def request(client: str) -> None:
            async with queue.slot(client):
                order.append(client)
                await release.wait()

        tasks = []
        for client in ["a", "a", "a", "a", "b", "b", "c"]:
            tasks.append(asyncio.create_task(request(client)))
            await asyncio.sleep(0)
        release.set()
        await asyncio.gather(*tasks)
        assert order == ["a", "a", "b", "c", "a", "b", "a"]

    run(scenario())


def test_one_client_can_fill_only_half_of_the_queue() -> None:
    async def scenario() -> None:
        queue = QueryQueue(1, 4, 10)

        async def request(client: str) -> None:
            async with queue.slot(client):
                await asyncio.sleep(3600)

        tasks = [asyncio.create_task(request(client)) for client in "aaa"]
        await asyncio.sleep(0.01)
        with pytest.raises(Busy, match="too many requests are waiting"):
            await request("a")
        tasks += [asyncio.create_task(request(client)) for client in "bb"]
        await asyncio.sleep(0.01)
        with pytest.raises(Busy, match="too many requests are waiting"):
            await request("c")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with queue.slot("c"):
            pass

    run(scenario())


def test_waiting_times_out() -> None:
    async def scenario() -> None:
        queue = QueryQueue(1, 4, 0.05)
        async with queue.slot("a"):
            with pytest.raises(Busy, match=r"no worker became free within 0\.05 seconds"):
                async with queue.slot("b"):
                    pass
        async with queue.slot("b"):
            pass

    run(scenario())


def test_a_share_leaves_a_slot_to_others() -> None:
    async def scenario() -> None:
        shares = {"a": 1}
        queue = QueryQueue(2, 10, 10, lambda client: shares.get(client, 2))
        running: list[str] = []

        async def request(client: str) -> None:
            async with queue.slot(client):
                running.append(client)
                await asyncio.sleep(3600)

        tasks = [asyncio.create_task(request("a")) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert running == ["a"]
        async with queue.slot("b"):  # need not wait, although others are waiting
            pass
        await asyncio.sleep(0.01)
        assert running == ["a"]
        del shares["a"]
        queue.wake()
        await asyncio.sleep(0.01)
        assert running == ["a", "a"]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run(scenario())


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["enter", "leave", "cancel", "pause", "change"]), st.sampled_from("abc")
    ),
    max_size=60,
)


@settings(deadline=None, max_examples=150)
@given(steps=STEPS, slots=st.integers(1, 3))
def test_the_number_of_slots_never_changes(steps: list[tuple[str, str]], slots: int) -> None:
    """In whatever order clients come, leave and cancel, exactly this many queries can run."""

    async def scenario() -> None:
        shares = {"a": max(1, slots - 1)}
        queue = QueryQueue(slots, 6, 3600, lambda client: shares.get(client, slots))
        running_queries: list[asyncio.Event] = []

        async def request(client: str) -> None:
            async with queue.slot(client):
                done = asyncio.Event()
                running_queries.append(done)
                try:
                    await done.wait()
                finally:
                    running_queries.remove(done)

        tasks: list[asyncio.Task[None]] = []
        for step, client in steps:
            if step == "enter":
                tasks.append(asyncio.create_task(request(client)))
            elif step == "leave" and running_queries:
                running_queries[0].set()
            elif step == "cancel" and tasks:
                tasks[len(tasks) // 2].cancel()
            elif step == "change":
                shares = {client: 1}
                queue.wake()
            elif step == "pause":
                await asyncio.sleep(0)
            assert len(running_queries) <= slots
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        shares.clear()
        entered = [queue.slot(client) for client in "abc"[:slots]]
        for slot in entered:
            await asyncio.wait_for(slot.__aenter__(), 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(queue.slot("d").__aenter__(), 0.001)

    run(scenario())
