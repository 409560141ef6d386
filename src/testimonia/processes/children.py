"""Does work over a store in a process of its own, which can be stopped.

Oxigraph offers no way to interrupt a query: a signal handler of Python does not run before the
call into Rust returns, and a thread cannot be killed. A process can. Where the platform forks, a
forked child sees the store in memory as it is at no cost; elsewhere, and for stores on disk (whose
background threads do not survive a fork), a fresh process opens the data read-only. The same
process boundary keeps work that exhausts the stack from taking the caller down.
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

COMPLETE, FAILED = b"\0", b"\1"
"""How a child ends what it writes, or begins the reason why it failed.

Neither byte occurs in JSON, N-Triples or N-Quads.
"""

_CHUNK = 1 << 16


class Ended(Exception):
    """A child ended before its work was done.

    Attributes
    ----------
    why
        Its time was up, what it wrote was too large, or it died of itself.
    """

    def __init__(self, why: Literal["time", "size", "death"]) -> None:
        super().__init__(why)
        self.why = why


class Alarm:
    """Kills a child once its time is up.

    Parameters
    ----------
    kill
        Kills it.

    Attributes
    ----------
    rang
        Whether it did.
    """

    def __init__(self, kill: Callable[[], None]) -> None:
        self.rang = False
        self._kill = kill
        self._timer: threading.Timer | None = None

    def set(self, seconds: float) -> None:
        """Ring after so many seconds from now, in place of what was set before."""
        self.stop()
        self._timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._ring)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Never ring any more: by the next line, the number of the child may be another's."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()

    def _ring(self) -> None:
        self.rang = True
        self._kill()


def child_environment() -> dict[str, str]:
    """Give the variables of this process, so that a fresh one finds this package where this one has it."""
    package = str(Path(__file__).resolve().parents[2])
    # An empty entry would mean the working directory.
    inherited = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return {**os.environ, "PYTHONPATH": os.pathsep.join([package, *inherited])}


def start_module(
    module: str, *words: str, variables: Mapping[str, str] = MappingProxyType({})
) -> subprocess.Popen[bytes]:
    """Start a fresh process of this interpreter, with pipes to write to it and to read from it.

    Parameters
    ----------
    module
        A module of this package to run.
    words
        Its arguments.
    variables
        What its environment has beside ours.
    """
    return subprocess.Popen(  # noqa: S603 - this interpreter, a module of this package
        # -P: a module in the working directory must not stand in for one that is installed.
        [sys.executable, "-P", "-m", module, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**child_environment(), **variables},
    )


def can_fork() -> bool:
    """Tell whether this platform forks."""
    return hasattr(os, "fork")


def run_in_fork(
    work: Callable[[IO[bytes]], None], seconds: float | None, *, most: int | None = None
) -> bytes:
    """Do work in a child of this process.

    Parameters
    ----------
    work
        Writes what it finds to a stream, and at last `COMPLETE`, or `FAILED` and why.
    seconds
        After so many it is stopped; None lets it go on.
    most
        So many bytes it may write.

    Raises
    ------
    Ended
        It did not come to its end.
    """
    receiver, sender = os.pipe()
    parent = os.getpid()
    # An interrupt between fork and the care for the child would leave a child that nobody ends.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with warnings.catch_warnings():
            # Python 3.12 warns of forking beside other threads; the child runs nothing of theirs.
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
        faulthandler.disable()  # work that overflows the stack is the parent's to report
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        with os.fdopen(sender, "wb", _CHUNK) as stream:
            work(stream)
    finally:
        os._exit(0)  # the parent's exit handlers and buffers are not the child's to run


def run_in_new_process(
    module: str, place: Path, request: bytes, seconds: float | None, *, most: int | None = None
) -> bytes:
    """Do work in a fresh process.

    Parameters
    ----------
    module
        Is run with the place as its argument, and writes to standard output as `run_in_fork` says.
    place
        Where the data are; `open_from_disk` reads them.
    request
        What the module reads on standard input.
    seconds
        After so many it is stopped; None lets it go on.
    most
        So many bytes it may write.

    Raises
    ------
    Ended
        It did not come to its end.
    """
    with start_module(module, str(place)) as process:
        question, answer = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        with contextlib.suppress(BrokenPipeError), question:
            question.write(request)
        return _gathered(answer, process.kill, seconds, most)


@contextlib.contextmanager
def on_disk(store: Store, directory: Path | None) -> Iterator[Path]:
    """Give a place from which another process can read a store with `open_from_disk`.

    Parameters
    ----------
    store
        The store.
    directory
        Where it keeps its quads, or None when it is in memory.
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
    """Open, in another process, what `on_disk` gives."""
    if not place.is_dir():
        store = Store()
        store.bulk_load(path=str(place), format=RdfFormat.N_QUADS)
        return store
    # Again if its owner has just tidied away a file that it listed.
    for wait in (0.05, 0.1, 0.2, 0.4):
        try:
            return Store.read_only(str(place))
        except (OSError, RuntimeError):
            time.sleep(wait)
    return Store.read_only(str(place))


def _gathered(
    stream: IO[bytes], kill: Callable[[], None], seconds: float | None, most: int | None
) -> bytes:
    """Read all that a child writes, and kill it at the end or when its time is up."""
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
