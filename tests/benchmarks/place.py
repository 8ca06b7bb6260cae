"""Where programs run that are measured: a home and a service of their own."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
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
        self._out = self._process.stdout.fileno()
        self._lines: list[list[str]] = []
        self._rest = b""
        while b"\n" not in self._rest:
            self._rest += os.read(self._out, 4096)
        url, _, self._rest = self._rest.partition(b"\n")
        self.url = url.decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def program(self, *more: str) -> tuple[str, ...]:
        """The command line of icetui that asks here."""
        return (
            *(sys.executable, "-m", "icetui", "--ice-endpoint", self.url, "--vod-endpoint", self.url),
            *more,
        )

    def forget(self) -> None:
        """Only requests from now on count."""
        self._pump(0.0)
        self._lines.clear()

    def when(self, action: str, what: str, patience: float = 60.0) -> float:
        """When the next request of an operation came, or its answer had left; monotonic seconds.

        Raises:
            TimeoutError: it did not.
        """
        while True:
            for n, line in enumerate(self._lines):
                if (line[0], line[2]) == (action, what):
                    del self._lines[: n + 1]
                    return float(line[1])
            if not self._pump(patience):
                raise TimeoutError(f"no {action} {what}")

    def _pump(self, timeout: float) -> bool:
        if not select.select([self._out], [], [], timeout)[0]:
            return False
        *lines, self._rest = (self._rest + os.read(self._out, 65536)).split(b"\n")
        self._lines += [line.decode().split() for line in lines]
        return True
