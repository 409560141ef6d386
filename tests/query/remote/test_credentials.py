"""Credentials come from the environment, and are never shown."""

from __future__ import annotations

import pytest

from testimonia.errors import InputError
from testimonia.query.remote import Credentials

USER, PASSWORD, TOKEN = (f"TESTIMONIA_STORE_{name}" for name in ("USER", "PASSWORD", "TOKEN"))


def test_from_the_environment() -> None:
    assert not Credentials.from_environment({})
    assert Credentials.from_environment({USER: "me", PASSWORD: "wren"}) == Credentials("me", "wren")
    assert Credentials.from_environment({TOKEN: "t"}) == Credentials(token="t")  # noqa: S106


def test_they_are_not_shown() -> None:
    assert repr(Credentials("me", "wren")) == "Credentials(user='me')"
    assert repr(Credentials(token="wren")) == "Credentials(user=None)"  # noqa: S106


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({USER: "me"}, f"{PASSWORD} is not set"),
        ({PASSWORD: "wren"}, f"{USER} is not set"),
        ({USER: "me", PASSWORD: "wren", TOKEN: "t"}, "are both set"),
        ({TOKEN: "t\r\nHost: x"}, "contains characters that a header cannot contain"),
    ],
)
def test_incomplete_and_conflicting_credentials_are_refused(
    environment: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        Credentials.from_environment(environment)
    assert "wren" not in str(caught.value)
