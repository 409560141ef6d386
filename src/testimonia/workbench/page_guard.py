"""Keeps other sites, and other users of the machine, out of the workbench."""

from __future__ import annotations

import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["PageGuard"]

_READS: Final = ("GET", "HEAD")
_NO_ENTRY: Final = "Open the address that “testimonia write” printed.\n"


class PageGuard:
    """Middleware that lets in only those who have the token, and sends headers that restrict the page.

    Requests must name this server as their host (which a DNS name that was rebound does not), and
    bear the token: in the address once, and from then on in a cookie that is sent from its own
    pages alone. What changes something must come from this origin.

    Parameters
    ----------
    app
        The application.
    port
        The port of the server.
    token
        What the address holds.
    """

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self._app = app
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self._token = token
        self._cookie = f"testimonia-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        given = QueryParams(scope["query_string"]).get("token", "")
        enters = scope["path"] == "/" and self._is_token(given)
        scope["nonce"] = nonce = secrets.token_urlsafe(16)

        async def restricted(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in _restrictions(nonce).items():
                    sent[name] = value
                if enters:
                    sent["Set-Cookie"] = (
                        f"{self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
                    )
            await send(message)

        refused = self._refusal(scope, headers, enters=enters)
        if refused is not None:
            await PlainTextResponse(refused, 403)(scope, receive, restricted)
            return
        await self._app(scope, receive, restricted)

    def _refusal(self, scope: Scope, headers: Headers, *, enters: bool) -> str | None:
        """Say why a request is refused; None where it is not."""
        host = headers.get("host", "")
        if host not in self._hosts or len(headers.getlist("host")) != 1:
            return "This is no name of this server.\n"
        if not enters and not self._is_token(self._sent(headers)):
            return _NO_ENTRY
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site", "same-origin")
        if scope["method"] not in _READS and (origin != f"http://{host}" or site != "same-origin"):
            return "This comes from another site.\n"
        if scope["path"] != "/" and site not in ("same-origin", "none"):
            return "This comes from another site.\n"
        return None

    def _sent(self, headers: Headers) -> str:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return morsel.value if morsel else ""

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self._token.encode())


def _restrictions(nonce: str) -> dict[str, str]:
    return {
        # Trusted types: no text becomes markup, in libraries too. The images are those of the editor.
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
