"""``testimonia write``: type claims beside a report, on a page of this machine."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path

from testimonia.cli.options import Given, open_dataset

__all__ = ["write"]


def write(
    folder: Path,
    /,
    *,
    port: int = 0,
    browser: bool = True,
    base: str | None = None,
    data: Given | None = None,
) -> int:
    """Type claims beside a report, on a page that this machine serves to itself alone.

    Prints the address of the page, with a secret that lets you in, opens it in a browser, and stops on
    Ctrl-C or SIGTERM. Reports are the files in FOLDER that end in .txt; the notes on each are saved
    beside it on every change. Nothing leaves the machine. Needs the extra serve.

    Parameters
    ----------
    folder
        The folder of reports and notes. Nothing outside of it is read or written.
    port
        On which port of 127.0.0.1; 0 takes a free one.
    browser
        Open the page in a browser.
    base
        What the IRIs of names begin with, such as https://example.org/desk/; what the notes say with
        base: when left out, and else that of the project.
    """
    from testimonia.workbench import write as serve_page

    given = data is not None and bool(data.data or data.shipped or data.with_)
    known = list(open_dataset(data).quads()) if given else []

    def ready(address: str) -> None:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        if browser:
            webbrowser.open(address)

    return serve_page(folder, known=known, base=base, port=port, ready=ready)
