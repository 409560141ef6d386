"""The web application of the workbench: the page, and what it asks for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from testimonia.errors import InputError
from testimonia.workbench.notes_checks import NotesChecks
from testimonia.workbench.page_guard import PageGuard
from testimonia.workbench.report_folder import (
    LARGEST_NOTES,
    Changed,
    Full,
    Notes,
    ReportFolder,
    Unwritable,
)
from testimonia.workbench.report_views import cue_view, direction, report_view, vocabulary

__all__ = ["application"]

_STATIC: Final = Path(__file__).parent / "static"
_KINDS: Final = {"workbench.js": "text/javascript", "workbench.css": "text/css"}
_LARGEST_BODY: Final = 2 * LARGEST_NOTES

_T = TypeVar("_T")


def application(folder: ReportFolder, checks: NotesChecks, port: int, token: str) -> Starlette:
    """Make the web application.

    Parameters
    ----------
    folder
        The folder that is worked in.
    checks
        Checks its notes.
    port
        The port that it is served at.
    token
        What the address of the page holds.
    """
    pages = _Pages(folder, checks)
    return Starlette(
        routes=[
            Route("/", pages.index),
            Route("/static/{name}", _static),
            Route("/api/reports", pages.reports),
            Route("/api/report", pages.report),
            Route("/api/cues", pages.cues),
            Route("/api/vocabulary", pages.vocabulary),
            Route("/api/notes", pages.save, methods=["PUT"]),
            Route("/api/copy", pages.save_copy, methods=["POST"]),
            Route("/api/check", pages.check, methods=["POST"]),
            Route("/api/shapes", pages.shapes, methods=["POST"]),
            Route("/api/relations", pages.relations, methods=["POST"]),
        ],
        middleware=[Middleware(PageGuard, port=port, token=token)],
        exception_handlers={
            InputError: _refused,
            Changed: _changed,
            json.JSONDecodeError: _malformed,
        },
    )


class _Pages:
    """Answers requests. Work on files and notes is done in threads, saving apart from checking."""

    def __init__(self, folder: ReportFolder, checks: NotesChecks) -> None:
        self._folder = folder
        self._checks = checks
        self._saving = asyncio.Lock()
        self._checking = asyncio.Lock()
        self._comparing = asyncio.Lock()  # takes longer, and must not keep what is typed waiting

    async def index(self, request: Request) -> Response:
        page = (_STATIC / "index.html").read_text(encoding="utf-8")
        # The nonce, which the editor gives to its style element, is of URL-safe characters.
        return HTMLResponse(page.replace("{{nonce}}", request.scope["nonce"]))

    async def reports(self, _: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self._reports))

    def _reports(self) -> dict[str, Any]:
        rows: list[dict[str, Any]] = []
        for name in self._folder.reports():
            try:
                notes = self._folder.notes_on(self._folder.report(name))
            except InputError as error:
                rows.append({"name": name, "problem": error.message})
                continue
            rows.append({"name": name, "notes": notes.name, "begun": notes.version is not None})
        skipped = self._folder.skipped()
        return {"folder": self._folder.path.name, "reports": rows, "skipped": skipped}

    async def report(self, request: Request) -> Response:
        name = request.query_params.get("name", "")
        async with self._checking:
            return JSONResponse(await asyncio.to_thread(self._report, name))

    def _report(self, name: str) -> dict[str, Any]:
        text = self._folder.report(name)
        notes = self._folder.notes_on(text)
        checked = self._checks.check(notes, name)
        view = report_view(text, checked["language"])
        return {**view, "notes": _notes(notes), "checked": checked}

    async def cues(self, request: Request) -> Response:
        name = request.query_params.get("name", "")
        language = request.query_params.get("language") or None

        def work() -> list[dict[str, Any]]:
            return cue_view(self._folder.report(name), language, self._checks.names())

        return JSONResponse(await self._compared(work))

    async def vocabulary(self, _: Request) -> Response:
        return JSONResponse(vocabulary())

    async def save(self, request: Request) -> Response:
        given = await _body(request)
        expected = request.headers.get("if-match")
        if expected is None and request.headers.get("if-none-match") != "*":
            return _problem(HTTPStatus.PRECONDITION_REQUIRED, "say which version this replaces")
        async with self._saving:
            version = await asyncio.to_thread(
                self._folder.save,
                _text(given, "name"),
                _text(given, "text"),
                expected.strip('"') if expected is not None else None,
            )
        return JSONResponse({"version": version}, headers={"ETag": f'"{version}"'})

    async def save_copy(self, request: Request) -> Response:
        given = await _body(request)
        async with self._saving:
            name = await asyncio.to_thread(
                self._folder.save_copy, _text(given, "name"), _text(given, "text")
            )
        return JSONResponse({"name": name})

    async def check(self, request: Request) -> Response:
        given = await _body(request)
        notes, report = _given_notes(given), _text(given, "report")

        def work() -> dict[str, Any]:
            checked = self._checks.check(notes, report)
            text = self._folder.report(report).text
            return {**checked, "direction": direction(text, checked["language"])}

        return JSONResponse(await self._checked(work))

    async def shapes(self, request: Request) -> Response:
        notes = _given_notes(await _body(request))
        return JSONResponse(await self._compared(lambda: self._checks.shapes(notes)))

    async def relations(self, request: Request) -> Response:
        notes = _given_notes(await _body(request))
        return JSONResponse(await self._compared(lambda: self._checks.relations(notes)))

    async def _checked(self, work: Callable[[], _T]) -> _T:
        async with self._checking:
            return await asyncio.to_thread(work)

    async def _compared(self, work: Callable[[], _T]) -> _T:
        async with self._comparing:
            return await asyncio.to_thread(work)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _KINDS:
        return _problem(HTTPStatus.NOT_FOUND, "there is nothing at this address")
    return Response((_STATIC / name).read_bytes(), media_type=_KINDS[name])


async def _body(request: Request) -> dict[str, Any]:
    """Read a body of JSON, of limited length."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LARGEST_BODY:
            raise InputError("this is too large", hint="Write a file for each document.")
    given = json.loads(content)
    if not isinstance(given, dict):
        raise InputError("this is no JSON object")
    return given


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise InputError(f"{name} is missing")
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a character, which JSON can hold and a file cannot
        raise InputError(f"{name} holds half a character") from None
    return value


def _given_notes(given: dict[str, Any]) -> Notes:
    return Notes(_text(given, "name"), _text(given, "text"), None)


def _notes(notes: Notes | None) -> dict[str, Any] | None:
    if notes is None:
        return None
    return {"name": notes.name, "text": notes.text, "version": notes.version}


def _problem(status: HTTPStatus, message: str, hint: str = "", **more: object) -> Response:
    return JSONResponse({"message": message, "hint": hint, **more}, status)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, InputError)  # noqa: S101
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(error, Unwritable):
        status = HTTPStatus.FORBIDDEN
    if isinstance(error, Full):
        status = HTTPStatus.INSUFFICIENT_STORAGE
    return _problem(status, error.message, error.hint)


async def _changed(_: Request, error: Exception) -> Response:
    assert isinstance(error, Changed)  # noqa: S101
    message = "these notes were changed elsewhere since they were loaded here"
    return _problem(HTTPStatus.PRECONDITION_FAILED, message, notes=_notes(error.notes))


async def _malformed(_: Request, __: Exception) -> Response:
    return _problem(HTTPStatus.BAD_REQUEST, "this is no JSON")
