"""Credentials for a store: user and password, or a token, only from environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import httpx

from testimonia.errors import AccessDenied, InputError
from testimonia.printing import one_line

__all__ = ["Credentials"]

_USER, _PASSWORD, _TOKEN = (f"TESTIMONIA_STORE_{n}" for n in ("USER", "PASSWORD", "TOKEN"))


@dataclass(frozen=True)
class Credentials:
    """Credentials for requests; their repr never shows a password or token.

    Attributes
    ----------
    user, password
        For HTTP Basic or Digest authentication (RFC 7617, RFC 7616).
    token
        For HTTP Bearer authentication (RFC 6750).
    """

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.user is not None or self.token is not None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Credentials:
        """Read ``TESTIMONIA_STORE_USER`` and ``_PASSWORD``, or ``TESTIMONIA_STORE_TOKEN``.

        Parameters
        ----------
        environment
            The variables; those of the process when left out.

        Raises
        ------
        InputError
            Only one of user and password is set, a token is set as well, or a value cannot be sent.
        """
        given = os.environ if environment is None else environment
        user, password, token = (given.get(name) or None for name in (_USER, _PASSWORD, _TOKEN))
        if (user is None) != (password is None):
            missing = _USER if user is None else _PASSWORD
            raise InputError(
                f"the environment variable {missing} is not set",
                hint=f"Set both {_USER} and {_PASSWORD}, or neither.",
            )
        if token and user:
            raise InputError(
                f"{_TOKEN} and {_USER} are both set",
                hint="Set either a token, or a user and a password.",
            )
        if token is not None and not (token.isascii() and token.isprintable()):
            raise InputError(
                f"{_TOKEN} contains characters that a header cannot contain", hint="Set it again."
            )
        return cls(user, password, token)

    def authentication(self, kind: Literal["basic", "digest"]) -> httpx.Auth | None:
        """Give the HTTPX authentication for a store."""
        if self.token is not None:
            return _Bearer(self.token)
        if self.user is None or self.password is None:
            return None
        if kind == "digest":
            return _Digest(self.user, self.password)
        return httpx.BasicAuth(self.user, self.password)


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request):  # type: ignore[no-untyped-def]
        request.headers["Authorization"] = self._header
        yield request


class _Digest(httpx.Auth):
    """Digest authentication that raises a clear error for a challenge that it does not support."""

    def __init__(self, user: str, password: str) -> None:
        self._signer = httpx.DigestAuth(user, password)

    def auth_flow(self, request: httpx.Request):  # type: ignore[no-untyped-def]
        try:
            yield from self._signer.auth_flow(request)
        # HTTPX raises these for headers without "=", unknown algorithms, auth-int, and non-ASCII text.
        except (
            AssertionError,
            LookupError,
            NotImplementedError,
            ValueError,
            httpx.ProtocolError,
        ) as error:
            raise AccessDenied(
                f"{request.url.netloc.decode('ascii', 'replace')} asks for Digest authentication in an "
                f"unsupported form ({one_line(str(error))[:_SHOWN] or 'malformed'})",
                hint="Check its configuration; MD5 and SHA with qop=auth are supported.",
            ) from None


_SHOWN = 200
