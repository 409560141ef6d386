"""Whose connection ends where there are too many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.web.crowd import Crowd


class Member:
    """A connection that notes whether it was given up."""

    ended = False

    def give_way(self) -> None:
        """Note it."""
        self.ended = True


def entered(crowd: Crowd, address: str, count: int = 1) -> list[Member]:
    members = [Member() for _ in range(count)]
    for member in members:
        assert crowd.enter(member, address)
    return members


def test_the_one_that_has_kept_waiting_longest_makes_room() -> None:
    crowd = Crowd(10, 3)
    first, second, third = entered(crowd, "192.0.2.1", 3)
    crowd.note(first, waiting=False)  # it sent a request,
    crowd.note(first, waiting=True)  # and got its answer
    entered(crowd, "192.0.2.1")
    assert [m.ended for m in (first, second, third)] == [False, True, False]
    assert len(crowd) == 3


def test_an_address_full_of_requests_gets_no_more() -> None:
    crowd = Crowd(10, 2)
    members = entered(crowd, "192.0.2.1", 2)
    for member in members:
        crowd.note(member, waiting=False)
    assert not crowd.enter(Member(), "192.0.2.1")
    assert crowd.enter(Member(), "192.0.2.2")
    crowd.leave(members[0])
    assert crowd.enter(Member(), "192.0.2.1")
    assert not any(member.ended for member in members)


def test_the_address_with_most_connections_makes_room_for_others() -> None:
    crowd = Crowd(5, 4)
    (one,) = entered(crowd, "192.0.2.1")
    many = entered(crowd, "192.0.2.2", 4)
    entered(crowd, "192.0.2.3")
    assert not one.ended
    assert [member.ended for member in many] == [True, False, False, False]
    assert len(crowd) == 5


def test_where_all_are_busy_nobody_makes_room() -> None:
    crowd = Crowd(2, 2)
    for address in ("192.0.2.1", "192.0.2.2"):
        crowd.note(entered(crowd, address)[0], waiting=False)
    assert not crowd.enter(Member(), "192.0.2.3")
    assert len(crowd) == 2


def test_a_proxy_connects_for_many() -> None:
    crowd = Crowd(10, 2, ["127.0.0.1"])
    assert not any(member.ended for member in entered(crowd, "127.0.0.1", 10))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "no address", False),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, same: bool) -> None:
    crowd = Crowd(10, 1)
    (first,) = entered(crowd, one)
    entered(crowd, other)
    assert first.ended is same


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 2)), max_size=80))
def test_it_never_holds_too_many(steps: list[tuple[int, int, int]]) -> None:
    crowd, members = Crowd(6, 3), [Member() for _ in range(13)]
    inside: dict[Member, int] = {}
    for action, number, address in steps:
        member = members[number]
        if action == 0 and member not in inside:
            member.ended = False
            if crowd.enter(member, str(address)):
                inside[member] = address
        elif action == 1:
            crowd.leave(member)
            inside.pop(member, None)
        else:
            crowd.note(member, waiting=action == 2)
        inside = {m: a for m, a in inside.items() if not m.ended}
        assert len(crowd) == len(inside) <= 6
        assert all(list(inside.values()).count(a) <= 3 for a in range(3))
