"""A workbench that runs as its users run it, in a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import testimonia

_SOURCE = str(Path(testimonia.__file__).parents[1])
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found_browser() -> str | None:
    """Find a Chromium of the system; none is downloaded."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def launched() -> Iterator[Browser]:
    """Start the browser, without a window and with a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found_browser(), args=[*_OPTIONS])
        yield browser
        browser.close()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run ``testimonia write`` on a folder, and give the address that it prints."""
    command, environment = write_command(folder)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def write_command(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Give the command that serves a folder, and its environment."""
    # Polars hands work to threads, which wait for each other on a busy machine.
    environment = {**os.environ, "PYTHONPATH": _path(), "POLARS_MAX_THREADS": "1"}
    command = [sys.executable, "-m", "testimonia", "write", str(folder), "--no-browser"]
    return command, environment


def _path() -> str:
    return os.pathsep.join(filter(None, (_SOURCE, os.environ.get("PYTHONPATH", ""))))


class Desk:
    """A page of the workbench, and what went wrong in it.

    Parameters
    ----------
    context
        A fresh context of the browser.
    address
        What ``testimonia write`` printed.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self.asked: set[str] = set()
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self._noted)
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda request: self.asked.add(request.url.partition("/api")[0]))
        self.page.goto(address)

    def _noted(self, message: Any) -> None:
        # The browser itself logs answers that say no, such as 412.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.wrong.append(message.text)

    def _dialog(self, dialog: Any) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, name: str) -> None:
        """Open a report from the list."""
        self.page.get_by_role("link", name=name, exact=True).click()
        self.page.locator(".sentence").first.wait_for()

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Type words, as a keyboard does."""
        self.page.keyboard.type(words)

    def text(self, selector: str) -> str:
        """Give what an element shows."""
        return self.page.locator(selector).inner_text()

    def notes(self) -> str:
        """Give the text in the editor, whose lines are all shown."""
        return "\n".join(self.page.locator(".cm-line").all_inner_texts())

    def wait(self, holds: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until something holds."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"this did not come: {self.page.inner_text('body')}"
            self.page.wait_for_timeout(30)

    def wait_saved(self) -> None:
        """Wait until what is typed is on the disk."""
        self.wait(lambda: self.text("#saving").startswith("Saved "))
