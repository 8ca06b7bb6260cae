"""Where programs run that are measured: a home and a service of their own."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

CLOCK = "2026-11-20T10:00:00Z"
DEMO = (sys.executable, "-m", "icetui", "--demo", "--clock", CLOCK)
FLOOR = (sys.executable, "-m", "tests.benchmarks.floor")
DOWN, PAGE_UP, PAGE_DOWN, ENTER, ESC = "\x1b[B", "\x1b[5~", "\x1b[6~", "\r", "\x1b"

_NOT_OURS = (
    "SSH_",
    "TMUX",
    "STY",
    "TEXTUAL",
    "ICETUI_",
    "ALIBABA_",
    "PYTHON",
    "NO_COLOR",
    "COLORTERM",
    "LC_",
)

_SEED = """
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from icetui.flags import Flags
from icetui.job import Job, State
from icetui.session import Session

session = Session(Flags())
session.open()
now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
job = Job("smart", "", "KeptType", State.DONE, "Finished", "A take of usual length")
jobs = [replace(job, id=f"{n:032x}", created=now - timedelta(minutes=n)) for n in range(1000)]
session.store.keep(session.scope, "smart", jobs, now)
session.close()
"""


class Home:
    """A home with nothing of the person's; compiled modules are kept, as an installation has them.

    Args:
        root: an empty directory.

    Attributes:
        env: the whole environment of a program in it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config, self.state = root / "config", root / "state"
        self.env: Mapping[str, str] = {
            **{name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)},
            "HOME": str(root),
            "ICETUI_CONFIG_DIR": str(self.config),
            "ICETUI_STATE_DIR": str(self.state),
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI5tBenchmarkKeyId001",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "NoSecretOfAnybody0123456789abc",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONPYCACHEPREFIX": str(root / "pyc"),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }

    def configure(self, **settings: object) -> None:
        """Writes config.toml."""
        self.config.mkdir(parents=True, exist_ok=True)
        (self.config / "config.toml").write_text("".join(f"{k} = {v}\n" for k, v in settings.items()))

    def forget(self) -> None:
        """Nothing was ever kept here."""
        shutil.rmtree(self.state, ignore_errors=True)

    def remember(self) -> None:
        """The store holds a thousand rows of the last session, and no frame."""
        self.forget()
        kept = self.root / "kept"
        if not kept.exists():
            subprocess.run([sys.executable, "-c", _SEED], env=self.env, check=True)
            self.state.rename(kept)
        shutil.copytree(kept, self.state)

    def forget_frames(self) -> None:
        """The next start finds no picture."""
        shutil.rmtree(self.state / "frames", ignore_errors=True)


class Serving:
    """A service in a process of its own; see `tests.benchmarks.service`."""

    def __init__(self, home: Home, *args: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.service", *args], env=home.env, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        self._out = self._process.stdout
        self.url = self._out.readline().decode().strip()
        self._lines: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
        # In a thread: a pipe that nobody reads would stop the service after a thousand requests.
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        for line in self._out:
            self._lines.put(line.decode().split())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reading.join()
        self._out.close()

    def program(self, *more: str) -> tuple[str, ...]:
        """The command line of icetui that asks here."""
        return (
            *(sys.executable, "-m", "icetui", "--ice-endpoint", self.url, "--vod-endpoint", self.url),
            *more,
        )

    def forget(self) -> None:
        """Only requests from now on count."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._lines.get_nowait()

    def when(self, action: str, what: str, patience: float = 60.0) -> float:
        """When the next request of an operation came, or its answer had left; monotonic seconds.

        Raises:
            TimeoutError: it did not.
        """
        try:
            while True:
                said, at, event = self._lines.get(timeout=patience)
                if (said, event) == (action, what):
                    return float(at)
        except queue.Empty:
            raise TimeoutError(f"no {action} {what}") from None
