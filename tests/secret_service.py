"""A real Secret Service on a private bus: dbus-daemon and gnome-keyring-daemon, as in credentials.md."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

NEEDED = ("dbus-daemon", "gnome-keyring-daemon")
PASSWORD = "ci-password"


def require() -> None:
    """Skips with the reason where the programs are missing; where CI=true, fails."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if sys.platform == "linux" and not missing:
        return
    reason = f"no {' and no '.join(missing)} here" if missing else "Secret Service is Linux's"
    if os.environ.get("CI") == "true" and sys.platform == "linux":
        pytest.fail(f"{reason}; CI needs it (apt-get install dbus gnome-keyring)")
    pytest.skip(reason)


class Bus:
    """A session bus of one test, with a home of its own.

    Attributes:
        environ: what a program needs to be on this bus.
    """

    def __init__(self, folder: Path, *, activates: bool) -> None:
        self._started: list[subprocess.Popen[bytes]] = []
        names = {"XDG_RUNTIME_DIR": "run", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"}
        folders = {"HOME": "home", "XDG_CACHE_HOME": "cache", **names}
        self.environ = {name: str(folder / part) for name, part in folders.items()}
        for path in self.environ.values():
            Path(path).mkdir(mode=0o700)
        services = "<standard_session_servicedirs/>" if activates else ""
        config = folder / "bus.conf"
        config.write_text(
            f"<busconfig><type>session</type><listen>unix:dir={folder}</listen>{services}"
            '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
            '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>'
        )
        bus = self._start(["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"])
        assert bus.stdout is not None
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()

    def unlocked(self) -> None:
        """Starts a daemon whose login collection is made now and is open."""
        self._daemon("--unlock", PASSWORD)

    def relocked(self) -> None:
        """Ends the daemon and starts another on the same collection, which stays locked."""
        self.ended()
        self._daemon("--start", "")

    def ended(self) -> None:
        """Ends the daemon; the bus stays."""
        _end(self._started.pop())

    def close(self) -> None:
        """Ends all."""
        while self._started:
            _end(self._started.pop())

    def _daemon(self, how: str, password: str) -> None:
        daemon = self._start(["gnome-keyring-daemon", how, "--components=secrets", "--foreground"])
        assert daemon.stdin is not None
        daemon.stdin.write(password.encode())
        daemon.stdin.close()
        end = time.monotonic() + 10
        while b"true" not in self._owned():
            assert time.monotonic() < end, "gnome-keyring-daemon did not take its name"

    def _owned(self) -> bytes:
        command = [
            "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
            "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets",
        ]  # fmt: skip
        return subprocess.run(command, env=self._whole(), capture_output=True, check=True).stdout

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            env=self._whole(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def _whole(self) -> Mapping[str, str]:
        return {**os.environ, **self.environ}


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


@contextmanager
def private_bus(folder: Path, monkeypatch: pytest.MonkeyPatch, *, activates: bool = False) -> Iterator[Bus]:
    """A bus on which this process and its children are; without a daemon yet.

    Args:
        folder: an empty one, for its socket and its home.
        monkeypatch: sets the environment.
        activates: whether the bus starts the daemon when it is asked for, as a desktop's does.
    """
    require()
    bus = Bus(folder, activates=activates)
    try:
        for name, value in bus.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
        yield bus
    finally:
        bus.close()


@contextmanager
def silent(path: Path) -> Iterator[str]:
    """A session bus that authenticates and never answers `Hello`; its address."""
    stop = threading.Event()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()
        server.settimeout(0.1)
        peers: list[socket.socket] = []

        def serve() -> None:
            while not stop.is_set():
                try:
                    peer, _ = server.accept()
                except TimeoutError:
                    continue
                peers.append(peer)
                asked = b""
                while b"\r\n" not in asked:
                    asked += peer.recv(1024)
                peer.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"unix:path={path}"
        stop.set()
        thread.join()
        for peer in peers:
            peer.close()
