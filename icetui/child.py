"""A program that is asked one thing and can be stopped, with everything it has started."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from icetui.records import record

if TYPE_CHECKING:
    from subprocess import Popen

PATIENCE = 1.0
"""Seconds after which a person is told that something is waited for."""

_running: set[Popen[bytes]] = set()


class TooLong(Exception):
    """It did not end in time and was killed."""


@record
class Ended:
    """How a program ended.

    Attributes:
        status: its exit status; negative: the signal that ended it.
        out: what it wrote to stdout. What it wrote to stderr is kept from the screen and forgotten.
    """

    status: int
    out: bytes

    @property
    def killed(self) -> bool:
        """Whether it was ended as by `stop`."""
        return self.status == -signal.SIGKILL


def ask(
    command: Sequence[str],
    *,
    given: bytes = b"",
    env: Mapping[str, str],
    limit: float,
    waiting: Callable[[], None] | None = None,
) -> Ended:
    """Runs a program without a shell, a terminal or a directory of the person.

    Args:
        command: program and arguments.
        given: what it reads from stdin.
        env: its whole environment.
        limit: seconds until it is killed.
        waiting: called once if it takes longer than `PATIENCE`.

    Raises:
        TooLong: after the limit.
        OSError: it cannot be started.
    """
    import subprocess

    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # An empty entry of PATH or PYTHONPATH means the current directory, where anything may lie.
        cwd=os.path.abspath(os.sep),
        env=dict(env),
        start_new_session=True,
    )
    _running.add(process)
    try:
        with process:
            out = _out(process, given, limit, waiting)
    finally:
        _running.discard(process)
    return Ended(process.returncode, out)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment for a child: without access keys, and without what makes Python stop or stumble.

    Only the command of a profile gets the whole one: it may need a key to fetch another.
    """
    unwanted = ("PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONBREAKPOINT", "PYTHONSTARTUP")
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith("ALIBABA_CLOUD_") and name not in unwanted
    }


def stop() -> None:
    """Ends all that is under way, so that a program can end at once."""
    for process in tuple(_running):
        _kill(process)


def _out(process: Popen[bytes], given: bytes, limit: float, waiting: Callable[[], None] | None) -> bytes:
    """What the process writes. It does not outlive this call."""
    from subprocess import TimeoutExpired

    first = min(PATIENCE, limit)
    try:
        try:
            return process.communicate(given, timeout=first)[0]
        except TimeoutExpired:
            if waiting is not None and limit > first:
                waiting()
        try:
            return process.communicate(timeout=limit - first)[0]
        except TimeoutExpired:
            raise TooLong from None
    finally:
        _kill(process)


def _kill(process: Popen[bytes]) -> None:
    if process.returncode is not None:
        return
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)  # its own session, hence its own group
        except ProcessLookupError:
            return
    else:
        process.kill()
