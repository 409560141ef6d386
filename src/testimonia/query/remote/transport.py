"""Sends requests, retries them where that may help, and explains what went wrong.

Every request is idempotent, so a broken connection costs only time. Redirects are not followed:
neither credentials nor data go to a host that the user did not name.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import IO, Final, NoReturn
from urllib.parse import urlsplit

import httpx

from testimonia.errors import AccessDenied, StoreError, StoreFull, StoreUnreachable
from testimonia.printing import one_line
from testimonia.query.evaluation import LARGEST_ANSWER
from testimonia.query.remote.credentials import Credentials
from testimonia.query.remote.profiles import Profile
from testimonia.query.remote.requests import Request
from testimonia.query.remote.watchdog import (
    LEAST_RATE,
    LONGEST_EXCHANGE,
    Connections,
    Slowness,
    Watchdog,
)

__all__ = ["ATTEMPTS", "LONGEST_WAIT", "AnswerTooLarge", "Reply", "TooSlow", "Transport"]

ATTEMPTS: Final = 6
"""How many times a request is sent at most."""

LONGEST_WAIT: Final = 120.0
"""Longest wait in seconds that a store may ask for (Retry-After)."""

_FIRST_WAIT, _GREATEST_WAIT = 0.5, 16.0
_PASSING = {429, 502, 503, 504}
_CONNECT_SECONDS = 10.0
_SHOWN = 300  # characters of a message of the store
_LARGEST_COMPLAINT = 64 * 1024
_CHUNK = 1 << 16
_NO_ROOM = re.compile(
    r"no space left|disk (?:is )?full|quota exceeded|out of (?:disk )?space", re.I
)


class TooSlow(StoreUnreachable):
    """A store does not answer in time, or is too slow."""


class AnswerTooLarge(StoreError):
    """The answer of a store is too large."""


@dataclass(frozen=True)
class Reply:
    """The answer of a store.

    Attributes
    ----------
    status
        The HTTP status.
    headers
        The HTTP headers; names are case-insensitive.
    content
        The body; empty if it was written to a sink, and truncated for long error pages.
    """

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def good(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The media type of the content, without parameters."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def words(self) -> str:
        """The text of the content: without markup, on one line, shortened."""
        return _words(self.content[:_LARGEST_COMPLAINT].decode("utf-8", "replace"))

    @property
    def asked_pause(self) -> float | None:
        """Seconds that the store asks to wait (Retry-After; RFC 9110, section 10.2.3)."""
        asked = str(self.headers.get("retry-after", "")).strip()
        if re.fullmatch("[0-9]{1,9}", asked):
            return float(asked)
        try:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
        except (ValueError, TypeError, OverflowError):
            return None


class Transport:
    """The HTTP connection to one store.

    Parameters
    ----------
    credentials
        Sent with the requests, which all go to one base URL.
    profile
        The kind of store, which determines the kind of authentication.
    seconds
        Seconds without an answer after which a request fails.
    wait
        Sleeps for a number of seconds; for tests.
    """

    def __init__(
        self,
        credentials: Credentials,
        profile: Profile | None,
        *,
        seconds: float,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        kind = "basic" if profile is None else profile.authentication
        self._client = httpx.Client(
            auth=credentials.authentication(kind),
            timeout=httpx.Timeout(seconds, connect=_CONNECT_SECONDS),
            follow_redirects=False,
        )
        self._connections = Connections()
        self._credentials = credentials
        self._seconds = seconds
        self._wait = wait
        self._reached = False

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
        self._connections.close()

    def send(
        self,
        request: Request,
        *,
        sink: IO[bytes] | None = None,
        most: int = LARGEST_ANSWER,
        seconds: float | None = None,
        total: float = LONGEST_EXCHANGE,
    ) -> Reply:
        """Send a request, and read the whole answer.

        Parameters
        ----------
        request
            What to send.
        sink
            Where the content of a successful answer is written, replacing any content; otherwise it is
            kept in memory.
        most
            Maximum bytes of a successful answer.
        seconds
            Seconds without an answer after which the request fails, if not the default.
        total
            Seconds that request and answer may take in all.

        Raises
        ------
        AnswerTooLarge
            The answer is larger.
        StoreError
            The store refuses it, is too slow, or does not answer any attempt.
        """
        silence = self._seconds if seconds is None else seconds
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            watchdog = Watchdog(self._connections, silence, total)
            try:
                reply = self._exchange(request, sink, most, silence, watchdog)
            except httpx.RequestError as error:
                if watchdog.expired is not None:
                    self._too_slow(request, watchdog.expired, silence, total)
                if self._connections.in_handshake:
                    self._not_secure(request, error)
                if last or not _may_pass(error, reached=self._reached):
                    self._unreachable(request, error, attempt, silence)
                self._wait(_pause(attempt))
                continue
            # Without a Content-Length, an answer that the watchdog cut off looks complete.
            if watchdog.expired is not None:
                self._too_slow(request, watchdog.expired, silence, total)
            if reply.good or reply.status in request.answers:
                return reply
            pause = reply.asked_pause if reply.status in _PASSING else None
            if last or reply.status not in _PASSING or (pause or 0) > LONGEST_WAIT:
                self._refused(request, reply, attempt, pause)
            self._wait(_pause(attempt) if pause is None else pause)
        raise AssertionError("the last attempt returns or raises")

    def _exchange(
        self,
        request: Request,
        sink: IO[bytes] | None,
        most: int,
        silence: float,
        watchdog: Watchdog,
    ) -> Reply:
        with (
            watchdog,
            closing(self._client.send(self._built(request, silence, watchdog), stream=True)) as r,
        ):
            self._reached = True
            if r.is_success:
                _refuse_compressed(r)
            content = bytearray()
            size, most = 0, most if r.is_success else _LARGEST_COMPLAINT
            into = sink if r.is_success else None
            if into is not None:
                into.seek(0)
                into.truncate()
            # Raw, so that a compressed answer is not decompressed to an unknown size.
            for piece in watchdog.counted(r.iter_raw(_CHUNK)):
                size += len(piece)
                if size > most:
                    break
                if into is not None:
                    into.write(piece)
                else:
                    content += piece
        if r.is_success and size > most:
            raise AnswerTooLarge(
                f"the answer is larger than {most >> 20:,} MiB",
                hint="Ask for less, for example with LIMIT.",
            )
        return Reply(r.status_code, r.headers, bytes(content))

    def _built(self, request: Request, silence: float, watchdog: Watchdog) -> httpx.Request:
        body = request.body
        # A body from a file is iterated again for each attempt.
        content = body if body is None or isinstance(body, bytes) else watchdog.counted(body)
        return self._client.build_request(
            request.method,
            request.url,
            headers={
                **request.headers,
                "Accept-Encoding": "identity",
                "User-Agent": "testimonia",
            },
            content=content,
            timeout=httpx.Timeout(silence, connect=min(silence, _CONNECT_SECONDS)),
            extensions={"trace": self._connections.note},
        )

    def _too_slow(
        self, request: Request, slowness: Slowness, silence: float, total: float
    ) -> NoReturn:
        if slowness == "handshake":
            self._not_secure(request, None)
        how = (
            f"transferred less than {LEAST_RATE} bytes a second for {silence:g} seconds"
            if slowness == "rate"
            else f"took longer than {total:g} seconds in total"
        )
        raise TooSlow(
            f"{urlsplit(request.url).netloc} {how} when asked to {request.purpose}",
            hint="Check its log, a proxy, the network; or allow more time with --timeout.",
        ) from None

    def _not_secure(self, request: Request, error: httpx.RequestError | None) -> NoReturn:
        why = "" if error is None else _words(str(error))
        raise StoreUnreachable(
            f"there is no secure connection to {urlsplit(request.url).netloc} "
            f"({why or 'it does not answer like TLS'})",
            hint="Check host, port and certificate; for plain HTTP, begin the URL with http://.",
        ) from None

    def _unreachable(
        self, request: Request, error: httpx.RequestError, attempts: int, seconds: float
    ) -> NoReturn:
        host = urlsplit(request.url).netloc
        what = f"to {request.purpose}"
        if isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout):
            raise TooSlow(
                f"{host} did not answer for {seconds:g} seconds when asked {what}",
                hint="It may still be working: wait until it is idle, or allow more time with --timeout.",
            ) from None
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            raise StoreUnreachable(
                f"nothing answers at {host} ({_words(str(error))})",
                hint="Start the store, and check host and port.",
            ) from None
        raise StoreUnreachable(
            f"the connection to {host} broke {attempts} times when asked {what} "
            f"({_words(str(error)) or type(error).__name__})",
            hint="See the store's log: it may have run out of memory or disk space.",
        ) from None

    def _refused(
        self, request: Request, reply: Reply, attempts: int, pause: float | None
    ) -> NoReturn:
        status, host = reply.status, urlsplit(request.url).netloc
        said = f": {reply.words}" if reply.words else ""
        answer = f"{host} answers {status} when asked to {request.purpose}{said}"
        if 300 <= status < 400:
            aim = one_line(reply.headers.get("location", ""))[:_SHOWN]
            raise StoreError(
                f"{host} redirects to {aim or 'another address'}, and redirects are not followed",
                hint="Give that address directly, if you trust it.",
            )
        if status == 401:
            hint = (
                "Check TESTIMONIA_STORE_USER and TESTIMONIA_STORE_PASSWORD, or the token."
                if self._credentials
                else "Set TESTIMONIA_STORE_USER and TESTIMONIA_STORE_PASSWORD, or the token."
            )
            raise AccessDenied(answer, hint=hint)
        if status == 403:
            raise AccessDenied(answer, hint="Ask for write permission, or use another user.")
        if status in (405, 501) and request.method != "GET":
            raise AccessDenied(
                answer, hint="This address is read-only: give one that accepts changes."
            )
        if status == 507 or _NO_ROOM.search(said):
            raise StoreFull(answer, hint="Free space on the store's disk.")
        if status == 413:
            raise StoreError(answer, hint="Raise the maximum request size of the store or a proxy.")
        if status == 404 and request.method != "GET":
            raise StoreError(answer, hint="Check the path of the URL, and the kind of store.")
        if status in _PASSING and pause is not None and pause > LONGEST_WAIT:
            raise StoreUnreachable(
                f"{answer}; it asks to wait {pause:.0f} seconds", hint="Try again later."
            )
        if status in _PASSING:
            raise StoreUnreachable(
                f"{answer}, {attempts} times in a row", hint="Try again when it is less busy."
            )
        raise StoreError(answer, hint="See the store's log.")


def _refuse_compressed(response: httpx.Response) -> None:
    encoding = str(response.headers.get("content-encoding", "")).strip().lower()
    if encoding not in ("", "identity"):
        raise StoreError(
            f"{response.url.netloc.decode('ascii', 'replace')} compresses its answer "
            f"({one_line(encoding)[:_SHOWN]}), though it was asked not to",
            hint="Turn that off in the store, or in a proxy in front of it.",
        )


def _may_pass(error: httpx.RequestError, *, reached: bool) -> bool:
    """Check whether a retry may help: a store that never answered is not just restarting."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) and not reached:
        return False
    if isinstance(error, httpx.TimeoutException):
        return isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
    return isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError)


def _pause(attempt: int) -> float:
    """Choose how long to wait: exponential backoff with jitter, so that clients spread out."""
    longest = min(_GREATEST_WAIT, _FIRST_WAIT * 2.0**attempt)
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret


# Possessive, so that matching takes linear time whatever the server sends.
_PIECE: Final = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*+)?+[^<>]*+>|(?P<text>[^<]++|<)"
)
_UNREAD: Final = {"script", "style"}


def _words(text: str) -> str:
    """Extract the text of a page or a message: without markup, on one line, shortened."""
    plain: list[str] = []
    unread = ""
    for piece in _PIECE.finditer(text):
        name = (piece["name"] or "").lower()
        if unread:
            unread = "" if piece["end"] and name == unread else unread
        elif name in _UNREAD and not piece["end"]:
            unread = name
        else:
            plain.append(piece["text"] or " ")
    line = one_line("".join(plain))
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
