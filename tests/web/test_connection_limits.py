"""Which connection is evicted when there are too many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.web.http.connection_limits import ConnectionLimits


class Connection:
    """A connection that records whether it was evicted."""

    evicted = False

    def evict(self) -> None:
        """Record it."""
        self.evicted = True


def admitted(limits: ConnectionLimits, address: str, count: int = 1) -> list[Connection]:
    connections = [Connection() for _ in range(count)]
    for connection in connections:
        assert limits.admit(connection, address)
    return connections


def test_the_connection_idle_longest_is_evicted() -> None:
    limits = ConnectionLimits(10, 3)
    first, second, third = admitted(limits, "192.0.2.1", 3)
    limits.mark(first, idle=False)  # it sent a request,
    limits.mark(first, idle=True)  # and got the response
    admitted(limits, "192.0.2.1")
    assert [c.evicted for c in (first, second, third)] == [False, True, False]
    assert len(limits) == 3


def test_a_client_at_its_limit_without_idle_connections_is_refused() -> None:
    limits = ConnectionLimits(10, 2)
    connections = admitted(limits, "192.0.2.1", 2)
    for connection in connections:
        limits.mark(connection, idle=False)
    assert not limits.admit(Connection(), "192.0.2.1")
    assert limits.admit(Connection(), "192.0.2.2")
    limits.remove(connections[0])
    assert limits.admit(Connection(), "192.0.2.1")
    assert not any(connection.evicted for connection in connections)


def test_the_client_with_most_connections_loses_one_to_another() -> None:
    limits = ConnectionLimits(5, 4)
    (one,) = admitted(limits, "192.0.2.1")
    many = admitted(limits, "192.0.2.2", 4)
    admitted(limits, "192.0.2.3")
    assert not one.evicted
    assert [connection.evicted for connection in many] == [True, False, False, False]
    assert len(limits) == 5


def test_no_busy_connection_is_evicted() -> None:
    limits = ConnectionLimits(2, 2)
    for address in ("192.0.2.1", "192.0.2.2"):
        limits.mark(admitted(limits, address)[0], idle=False)
    assert not limits.admit(Connection(), "192.0.2.3")
    assert len(limits) == 2


def test_a_trusted_proxy_has_no_limit_of_its_own() -> None:
    limits = ConnectionLimits(10, 2, ["127.0.0.1"])
    assert not any(connection.evicted for connection in admitted(limits, "127.0.0.1", 10))


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
def test_which_addresses_count_as_one_client(one: str, other: str, same: bool) -> None:
    limits = ConnectionLimits(10, 1)
    (first,) = admitted(limits, one)
    admitted(limits, other)
    assert first.evicted is same


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 2)), max_size=80))
def test_limits_are_never_exceeded(steps: list[tuple[int, int, int]]) -> None:
    limits, connections = ConnectionLimits(6, 3), [Connection() for _ in range(13)]
    open_connections: dict[Connection, int] = {}
    for action, number, address in steps:
        connection = connections[number]
        if action == 0 and connection not in open_connections:
            connection.evicted = False
            if limits.admit(connection, str(address)):
                open_connections[connection] = address
        elif action == 1:
            limits.remove(connection)
            open_connections.pop(connection, None)
        else:
            limits.mark(connection, idle=action == 2)
        open_connections = {c: a for c, a in open_connections.items() if not c.evicted}
        assert len(limits) == len(open_connections) <= 6
        assert all(list(open_connections.values()).count(a) <= 3 for a in range(3))
