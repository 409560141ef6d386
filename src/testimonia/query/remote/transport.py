"""Sends requests, again where that may help, and tells in words what went wrong.

Every request can be sent twice with the same outcome, so a broken connection costs nothing but
time. A redirect is never followed: neither credentials nor data go to a host nobody named.
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
"""How often a request is sent at most."""

LONGEST_WAIT: Final = 120.0
"""Seconds that a store may ask to wait; longer than that, the load stops."""

_FIRST_WAIT, _GREATEST_WAIT = 0.5, 16.0
_PASSING = {429, 502, 503, 504}
_CONNECT_SECONDS = 10.0
_SHOWN = 300  # characters of a store's own words
_LARGEST_COMPLAINT = 64 * 1024
_CHUNK = 1 << 16
_NO_ROOM = re.compile(
    r"no space left|disk (?:is )?full|quota exceeded|out of (?:disk )?space", re.I
)


class TooSlow(StoreUnreachable):
    """A store is silent for too long, or too slow."""


class AnswerTooLarge(StoreError):
    """A store answers with more than is taken."""


@dataclass(frozen=True)
class Reply:
    """What a store answered.

    Attributes
    ----------
    status
        Of HTTP.
    headers
        Of HTTP, by name in any case.
    content
        The whole body; empty where it went to a sink, and cut where the store complains at length.
    """

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def good(self) -> bool:
        """Whether the store did what it was asked."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The type of the content, without parameters."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def words(self) -> str:
        """What a person reads in the content: no markup, one line, not too long."""
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
    """Speaks HTTP with one store.

    Parameters
    ----------
    credentials
        Sent to the hosts of the requests, which all come from one base URL.
    profile
        Tells how passwords are taken.
    seconds
        How long the store may be silent before a request counts as lost.
    wait
        Waits for so many seconds; for tests.
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
            Where the content of a good answer goes, in place of what it holds; else it is kept.
        most
            How many bytes a good answer may have.
        seconds
            How long the store may be silent, where not as always.
        total
            How long request and answer may take in all.

        Raises
        ------
        AnswerTooLarge
            The answer is larger.
        StoreError
            The store refuses it, is too slow, or does not answer however often it is asked.
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
            # Where no length is told, an answer that the watchdog has cut ends as a whole one does.
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
            # Raw: what was compressed, unasked, is not inflated to whatever it may come to.
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
                hint="Ask for less, as with a LIMIT.",
            )
        return Reply(r.status_code, r.headers, bytes(content))

    def _built(self, request: Request, silence: float, watchdog: Watchdog) -> httpx.Request:
        body = request.body
        # A body from a file is iterated anew each time.
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
            f"sent and took less than {LEAST_RATE} bytes a second over {silence:g} seconds"
            if slowness == "rate"
            else f"took longer than {total:g} seconds in all"
        )
        raise TooSlow(
            f"{urlsplit(request.url).netloc} {how} when asked to {request.purpose}",
            hint="See what keeps it: its log, a proxy, the line. --timeout allows longer.",
        ) from None

    def _not_secure(self, request: Request, error: httpx.RequestError | None) -> NoReturn:
        why = "" if error is None else _words(str(error))
        raise StoreUnreachable(
            f"there is no secure connection to {urlsplit(request.url).netloc} "
            f"({why or 'it does not answer as TLS does'})",
            hint="Check host, port and certificate; if it speaks plain HTTP, begin the URL with http://.",
        ) from None

    def _unreachable(
        self, request: Request, error: httpx.RequestError, attempts: int, seconds: float
    ) -> NoReturn:
        host = urlsplit(request.url).netloc
        what = f"to {request.purpose}"
        if isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout):
            raise TooSlow(
                f"{host} was silent for {seconds:g} seconds when asked {what}",
                hint="It may still be at work: wait until it is idle, or allow more (--timeout).",
            ) from None
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            raise StoreUnreachable(
                f"nothing answers at {host} ({_words(str(error))})",
                hint="Start the store, and check host and port.",
            ) from None
        raise StoreUnreachable(
            f"the connection to {host} broke {attempts} times when asked {what} "
            f"({_words(str(error)) or type(error).__name__})",
            hint="See the store's log: it may have run out of memory or room.",
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
                f"{host} sends on to {aim or 'another place'}, and nothing is sent there",
                hint="Give that address itself, if you trust it.",
            )
        if status == 401:
            hint = (
                "Check TESTIMONIA_STORE_USER and TESTIMONIA_STORE_PASSWORD, or the token."
                if self._credentials
                else "Set TESTIMONIA_STORE_USER and TESTIMONIA_STORE_PASSWORD, or the token."
            )
            raise AccessDenied(answer, hint=hint)
        if status == 403:
            raise AccessDenied(answer, hint="Ask for the right to write, or use another user.")
        if status in (405, 501) and request.method != "GET":
            raise AccessDenied(
                answer, hint="This address is read-only: give one that takes changes."
            )
        if status == 507 or _NO_ROOM.search(said):
            raise StoreFull(answer, hint="Make room on the store's disk.")
        if status == 413:
            raise StoreError(answer, hint="Raise the largest request size of the store or a proxy.")
        if status == 404 and request.method != "GET":
            raise StoreError(answer, hint="Check the path of the URL, and the kind of store.")
        if status in _PASSING and pause is not None and pause > LONGEST_WAIT:
            raise StoreUnreachable(
                f"{answer}; it asks to wait {pause:.0f} seconds", hint="Come back by then."
            )
        if status in _PASSING:
            raise StoreUnreachable(
                f"{answer}, {attempts} times in a row", hint="Come back when it is less busy."
            )
        raise StoreError(answer, hint="See the store's log.")


def _refuse_compressed(response: httpx.Response) -> None:
    encoding = str(response.headers.get("content-encoding", "")).strip().lower()
    if encoding not in ("", "identity"):
        raise StoreError(
            f"{response.url.netloc.decode('ascii', 'replace')} compresses its answer "
            f"({one_line(encoding)[:_SHOWN]}) unasked",
            hint="Turn that off in the store, or in the proxy before it.",
        )


def _may_pass(error: httpx.RequestError, *, reached: bool) -> bool:
    """Tell whether it may help to ask again: a store that was never there is not restarting."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) and not reached:
        return False
    if isinstance(error, httpx.TimeoutException):
        return isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
    return isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError)


def _pause(attempt: int) -> float:
    """Choose how long to wait: exponential back-off with full jitter, so that clients spread out."""
    longest = min(_GREATEST_WAIT, _FIRST_WAIT * 2.0**attempt)
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret


# Possessive, so that the reading is linear whatever a stranger sends.
_PIECE: Final = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*+)?+[^<>]*+>|(?P<text>[^<]++|<)"
)
_UNREAD: Final = {"script", "style"}


def _words(text: str) -> str:
    """Take what a person reads from a page or a message: no markup, one line, not too long."""
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
