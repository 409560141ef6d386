"""The command line: one thin module per command.

Exit codes: 0 success, 1 a check found something, 2 bad usage or input, 3 an internal error.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, NoReturn

from cyclopts import (
    App,
    CycloptsError,
    MissingArgumentError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from testimonia import __version__
from testimonia.cli.accept import accept
from testimonia.cli.aggregate import aggregate
from testimonia.cli.agreement import agreement
from testimonia.cli.ask import ask
from testimonia.cli.claim_tables import tables
from testimonia.cli.derive import derive
from testimonia.cli.describe import describe
from testimonia.cli.explain import explain
from testimonia.cli.identify import identify
from testimonia.cli.load import load
from testimonia.cli.map import datasets_of_others
from testimonia.cli.map_table import map_
from testimonia.cli.migrate import migrate
from testimonia.cli.notes import notes
from testimonia.cli.passages import passages
from testimonia.cli.publish import publish
from testimonia.cli.query import query
from testimonia.cli.questions import questions
from testimonia.cli.reason import reason
from testimonia.cli.serve import serve
from testimonia.cli.sheet import sheet
from testimonia.cli.terminal import print_error, print_warning
from testimonia.cli.validate import validate
from testimonia.cli.verify import verify
from testimonia.cli.write import write
from testimonia.errors import LeftOut, Place, TestimoniaError

__all__ = ["app", "main"]

_FINE, _BAD_INPUT, _FAULT = 0, 2, 3
_DEVICE_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
# 128 + signal number, by the convention of shells
_BROKEN_PIPE, _INTERRUPTED, _TERMINATED = 141, 130, 143

app = App(
    name="testimonia",
    help="Attributed claims about security incidents: ask, check and describe them.",
    help_epilogue="Add --debug anywhere on the command line to see the traceback of an error.",
    version=__version__,
    help_format="plaintext",
    exit_on_error=False,
    print_error=False,
    result_action="return_value",
)

for _command in (
    ask,
    questions,
    query,
    describe,
    derive,
    accept,
    explain,
    validate,
    migrate,
    reason,
    passages,
    map_,
    sheet,
    notes,
    identify,
    tables,
    aggregate,
    agreement,
    publish,
    verify,
    load,
    serve,
    write,
):
    app.command(_command)


def main() -> None:
    """Run the command line with the arguments of the process, and exit."""
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(run(sys.argv[1:]))


class _Terminated(BaseException):
    """SIGTERM was received; raised so that context managers clean up."""


def _terminate(*_: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a second signal ends the process at once
    raise _Terminated


def run(words: Sequence[str]) -> int:
    """Run the command line.

    Parameters
    ----------
    words
        The arguments after the name of the program.

    Returns
    -------
    int
        The exit code.
    """
    words, debug = _without_debug(list(words))
    _show_what_is_left_out()
    try:
        # Finding the datasets of other packages takes time, which only map needs.
        with datasets_of_others() if words[:1] == ["map"] else nullcontext():
            code = app(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except _Terminated:
        return _TERMINATED
    except BrokenPipeError:
        _abandon_output()
        return _BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the outermost handler
        if debug:
            traceback.print_exc()
        return _report(error)
    return code if isinstance(code, int) else _FINE


def _show_what_is_left_out() -> None:
    """Print `LeftOut` warnings once, as a plain message without a source location."""
    usual = warnings.showwarning

    def show(message: Warning | str, *rest: Any) -> None:
        if isinstance(message, LeftOut):
            print_warning(str(message))
        else:
            usual(message, *rest)

    warnings.filterwarnings("default", category=LeftOut)
    warnings.showwarning = show  # type: ignore[assignment]


def _abandon_output() -> None:
    # Python flushes standard output at exit, which would fail again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _without_debug(words: list[str]) -> tuple[list[str], bool]:
    end = words.index("--") if "--" in words else len(words)
    options = [word for word in words[:end] if word != "--debug"]
    return options + words[end:], len(options) < end


def _hint(error: CycloptsError) -> str:
    if isinstance(error, UnknownOptionError) and "--store" in (
        error.token.keyword,
        error.token.value,
    ):
        return "A store does not keep every literal as written: give the files with --data."
    if (
        isinstance(error, MissingArgumentError)
        and " --" in str(error)
        and error.command_chain == ("ask",)
    ):
        return "The parameters of a question need a value, such as --NAME true."
    if isinstance(error, UnknownOptionError) and error.command_chain == ("passages", "locate"):
        return "Put words that begin with - last, after --; or write --words='- …'."
    if isinstance(error, UnusedCliTokensError):
        return "Is an option misspelt, or a value with spaces not quoted? See COMMAND --help."
    return "See testimonia --help, or COMMAND --help."


def _reason(error: CycloptsError) -> str:
    if isinstance(error, UnusedCliTokensError):
        unused = ", ".join(f"'{token}'" for token in error.unused_tokens or ())
        return f"unexpected arguments: {unused}"
    return str(error)


def _report(error: Exception) -> int:
    if isinstance(error, TestimoniaError):
        print_error(error)
        return _BAD_INPUT
    if isinstance(error, CycloptsError):
        print_error(TestimoniaError(_reason(error), hint=_hint(error)))
        return _BAD_INPUT
    if isinstance(error, OSError) and error.filename is None and error.errno in _DEVICE_ERRORS:
        _abandon_output()
        why = f"the answer cannot be written ({error.strerror})"
        print_error(TestimoniaError(why, hint="Free some space, or write it elsewhere."))
        return _BAD_INPUT
    if isinstance(error, OSError) and error.filename is not None:
        place = Place(os.fsdecode(error.filename))
        why = f"this cannot be used ({error.strerror or error})"
        print_error(
            TestimoniaError(why, place=place, hint="Check that it exists, and its permissions.")
        )
        return _BAD_INPUT
    fault = f"internal error: {type(error).__name__}: {error}"
    print_error(
        TestimoniaError(fault, hint="This is a bug in Testimonia. --debug shows the traceback.")
    )
    return _FAULT
