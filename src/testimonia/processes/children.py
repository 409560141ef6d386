"""Runs work on a store in a child process, which can be killed.

Oxigraph offers no way to interrupt a query: a Python signal handler does not run before the call into
Rust returns, and a thread cannot be killed. A process can. Where the platform can fork, a forked child
shares the store in memory at no cost; elsewhere, and for stores on disk (whose background threads do
not survive a fork), a new process opens the data read-only. If work overflows the stack, only the
child crashes.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Literal, NoReturn, cast

from pyoxigraph import RdfFormat, Store

from testimonia.processes.orphans import die_with

__all__ = [
    "COMPLETE",
    "FAILED",
    "Alarm",
    "Ended",
    "can_fork",
    "child_environment",
    "on_disk",
    "open_from_disk",
    "run_in_fork",
    "run_in_new_process",
    "start_module",
]

COMPLETE, FAILED = b"\xff", b"\xfe"
"""Marks the end of what a child writes, or the beginning of the reason why it failed.

Neither byte occurs in UTF-8.
"""

_CHUNK = 1 << 16


class Ended(Exception):
    """A child ended before its work was done.

    Attributes
    ----------
    why
        It ran out of time, wrote too much, or crashed.
    """

    def __init__(self, why: Literal["time", "size", "death"]) -> None:
        super().__init__(why)
        self.why = why


class Alarm:
    """Kills a child when its time is up.

    Parameters
    ----------
    kill
        Kills the child.

    Attributes
    ----------
    rang
        Whether the time was up.
    """

    def __init__(self, kill: Callable[[], None]) -> None:
        self.rang = False
        self._kill = kill
        self._timer: threading.Timer | None = None

    def set(self, seconds: float) -> None:
        """Ring after a number of seconds from now; replaces an earlier setting."""
        self.stop()
        self._timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._ring)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Cancel the alarm: after this, the process ID of the child may be reused."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()

    def _ring(self) -> None:
        self.rang = True
        self._kill()


def child_environment() -> dict[str, str]:
    """Give the environment for a child, so that it imports this package from the same place."""
    package = str(Path(__file__).resolve().parents[2])
    # An empty entry would mean the working directory.
    inherited = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return {**os.environ, "PYTHONPATH": os.pathsep.join([package, *inherited])}


def start_module(
    module: str, *words: str, variables: Mapping[str, str] = MappingProxyType({})
) -> subprocess.Popen[bytes]:
    """Run a module in a new process of this interpreter, with pipes to its input and output.

    Parameters
    ----------
    module
        A module of this package to run.
    words
        Its arguments.
    variables
        Additional environment variables.
    """
    return subprocess.Popen(  # noqa: S603 - this interpreter, a module of this package
        # -P: a module in the working directory must not shadow an installed one.
        [sys.executable, "-P", "-m", module, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**child_environment(), **variables},
    )


def can_fork() -> bool:
    """Check whether this platform can fork."""
    return hasattr(os, "fork")


def run_in_fork(
    work: Callable[[IO[bytes]], None], seconds: float | None, *, most: int | None = None
) -> bytes:
    """Run work in a forked child of this process.

    Parameters
    ----------
    work
        Writes its result to a stream, then `COMPLETE`; or `FAILED` and the reason.
    seconds
        Time limit; None for no limit.
    most
        Maximum number of bytes that it may write.

    Raises
    ------
    Ended
        It ended before its work was done.
    """
    receiver, sender = os.pipe()
    parent = os.getpid()
    # An interrupt right after the fork would leave a child that nobody kills.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with warnings.catch_warnings():
            # Python 3.12 warns of forks while other threads run; the child does not need them.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
    except OSError:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(receiver)
        os.close(sender)
        raise
    if child == 0:
        _work_and_leave(work, sender, before, parent)
    os.close(sender)

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)

    try:
        with os.fdopen(receiver, "rb", 0) as stream:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            return _gathered(stream, kill, seconds, most)
    finally:
        kill()
        with contextlib.suppress(
            ChildProcessError
        ):  # where the caller has children reaped by the system
            os.waitpid(child, 0)


def _work_and_leave(
    work: Callable[[IO[bytes]], None], sender: int, signals: Iterable[int], parent: int
) -> NoReturn:
    try:
        die_with(parent)
        faulthandler.disable()  # the parent reports work that overflows the stack
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        with os.fdopen(sender, "wb", _CHUNK) as stream:
            work(stream)
    finally:
        os._exit(0)  # without running the parent's exit handlers or flushing its buffers


def run_in_new_process(
    module: str, place: Path, request: bytes, seconds: float | None, *, most: int | None = None
) -> bytes:
    """Run work in a new process.

    Parameters
    ----------
    module
        The module to run. Its argument is the place; it writes to standard output as for `run_in_fork`.
    place
        Where the data are, for `open_from_disk`.
    request
        What the module reads from standard input.
    seconds
        Time limit; None for no limit.
    most
        Maximum number of bytes that it may write.

    Raises
    ------
    Ended
        It ended before its work was done.
    """
    with start_module(module, str(place)) as process:
        question, answer = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        with contextlib.suppress(BrokenPipeError), question:
            question.write(request)
        return _gathered(answer, process.kill, seconds, most)


@contextlib.contextmanager
def on_disk(store: Store, directory: Path | None) -> Iterator[Path]:
    """Give a path from which another process can read a store with `open_from_disk`.

    Parameters
    ----------
    store
        The store.
    directory
        Its directory; None for a store in memory, which is dumped to a temporary file.
    """
    if directory is not None:
        store.flush()
        yield directory
        return
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder, "store.nq")
        store.dump(dump, RdfFormat.N_QUADS)
        yield dump


def open_from_disk(place: Path) -> Store:
    """Open, in another process, the store at a path that `on_disk` gives."""
    if not place.is_dir():
        store = Store()
        store.bulk_load(path=str(place), format=RdfFormat.N_QUADS)
        return store
    # Retried, since compaction by its owner may just have removed a file that it listed.
    for wait in (0.05, 0.1, 0.2, 0.4):
        try:
            return Store.read_only(str(place))
        except (OSError, RuntimeError):
            time.sleep(wait)
    return Store.read_only(str(place))


def _gathered(
    stream: IO[bytes], kill: Callable[[], None], seconds: float | None, most: int | None
) -> bytes:
    """Read everything that a child writes, and kill it at the end or when its time is up."""
    alarm = Alarm(kill)
    if seconds is not None:
        alarm.set(seconds)
    message = bytearray()
    try:
        while (most is None or len(message) <= most) and (chunk := stream.read(_CHUNK)):
            message += chunk
    finally:
        alarm.stop()
        kill()
    if most is not None and len(message) > most:
        raise Ended("size")
    if message.endswith(COMPLETE) or FAILED in message:
        return bytes(message)
    raise Ended("time" if alarm.rang else "death")
