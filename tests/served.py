"""The demo account served over HTTP by a process of its own, and icetui asking it with an environment key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ServedGateway:
    """A gateway that runs, and what it was asked.

    Attributes:
        url: where it listens.
        key_id: of its first key.
        secret: of its first key.
    """

    def __init__(self, first_line: str, log: Path) -> None:
        told = json.loads(first_line)
        self.url: str = told["url"]
        self.key_id: str = told["keys"][0]["id"]
        self.secret: str = told["keys"][0]["secret"]
        self._log = log

    def log(self) -> list[str]:
        """A line for each request so far: it is written before the answer is."""
        return self._log.read_text("utf-8").splitlines()

    def run(
        self, *argv: str, environ: dict[str, str] | None = None, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Runs icetui against it, in a process of its own."""
        key = {"ALIBABA_CLOUD_ACCESS_KEY_ID": self.key_id, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": self.secret}
        return subprocess.run(
            [sys.executable, "-m", "icetui", "--ice-endpoint", self.url, "--vod-endpoint", self.url, *argv],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=os.environ | key | (environ or {}),
        )


@contextmanager
def served(*flags: str) -> Iterator[ServedGateway]:
    """A gateway on a free port for as long as the block runs."""
    with tempfile.NamedTemporaryFile("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "icetui", "demo-gateway", "--port", "0", *flags],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        with process:
            assert process.stdout is not None
            try:
                yield ServedGateway(process.stdout.readline(), Path(log.name))
            finally:
                process.terminate()
                process.wait(timeout=10)
