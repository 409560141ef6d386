"""How requests wait for a place."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testimonia.web.lanes import Lane
from testimonia.web.problems import Busy


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 20))


def test_clients_take_turns() -> None:
    async def scenario() -> None:
        lane, order = Lane(1, 100, 10), []
        release = asyncio.Event()

        async def request(client: str) -> None:
            async with lane.place(client):
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


def test_the_waiting_room_is_full_for_one_client_before_it_is_for_all() -> None:
    async def scenario() -> None:
        lane = Lane(1, 4, 10)

        async def request(client: str) -> None:
            async with lane.place(client):
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
        async with lane.place("c"):
            pass

    run(scenario())


def test_nobody_waits_for_ever() -> None:
    async def scenario() -> None:
        lane = Lane(1, 4, 0.05)
        async with lane.place("a"):
            with pytest.raises(Busy, match=r"no place came free in 0\.05 seconds"):
                async with lane.place("b"):
                    pass
        async with lane.place("b"):
            pass

    run(scenario())


def test_a_share_keeps_a_place_for_others() -> None:
    async def scenario() -> None:
        shares = {"a": 1}
        lane = Lane(2, 10, 10, lambda client: shares.get(client, 2))
        running: list[str] = []

        async def request(client: str) -> None:
            async with lane.place(client):
                running.append(client)
                await asyncio.sleep(3600)

        tasks = [asyncio.create_task(request("a")) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert running == ["a"]
        async with lane.place("b"):  # need not wait, though others did before
            pass
        await asyncio.sleep(0.01)
        assert running == ["a"]
        del shares["a"]
        lane.admit()
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
@given(steps=STEPS, places=st.integers(1, 3))
def test_no_place_is_lost_or_made(steps: list[tuple[str, str]], places: int) -> None:
    """Whatever the order of coming, going and giving up, so many run at once and no more."""

    async def scenario() -> None:
        shares = {"a": max(1, places - 1)}
        lane = Lane(places, 6, 3600, lambda client: shares.get(client, places))
        inside: list[asyncio.Event] = []

        async def request(client: str) -> None:
            async with lane.place(client):
                done = asyncio.Event()
                inside.append(done)
                try:
                    await done.wait()
                finally:
                    inside.remove(done)

        tasks: list[asyncio.Task[None]] = []
        for step, client in steps:
            if step == "enter":
                tasks.append(asyncio.create_task(request(client)))
            elif step == "leave" and inside:
                inside[0].set()
            elif step == "cancel" and tasks:
                tasks[len(tasks) // 2].cancel()
            elif step == "change":
                shares = {client: 1}
                lane.admit()
            elif step == "pause":
                await asyncio.sleep(0)
            assert len(inside) <= places
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        shares.clear()
        entered = [lane.place(client) for client in "abc"[:places]]
        for place in entered:
            await asyncio.wait_for(place.__aenter__(), 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lane.place("d").__aenter__(), 0.001)

    run(scenario())
