"""A terminal that takes nothing for seconds, as a frozen SSH connection: the program goes on behind it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served import ServedGateway, served
from tests.terminal import PAGE_DOWN, PAGE_UP, Terminal

SILENCE = 3.0
"""The longest silence of the service that the program bears, here: shorter than the terminal stands still."""

STALL = 4.5
SCREEN = 7_500
"""Bytes of a first screen, as in test_bytes."""


def capacity() -> int:
    """Bytes that a pty holds which nobody reads."""
    master, slave = os.openpty()
    os.set_blocking(slave, False)
    held = 0
    try:
        # The same lengths as the program writes in: a pty keeps them in pieces.
        with contextlib.suppress(BlockingIOError):
            while True:
                held += os.write(slave, b"x" * 1000)
    finally:
        os.close(master)
        os.close(slave)
    return held


@contextlib.contextmanager
def asking(
    gateway: ServedGateway, folder: Path, interval: int, ceiling: int, *, silence: float = SILENCE
) -> Iterator[tuple[Terminal, Path]]:
    """The program on its first list, asking a gateway; and its log.

    Args:
        gateway: who answers.
        folder: for what it keeps.
        interval: seconds between beats.
        ceiling: calls a minute.
        silence: seconds after which a request is given up.
    """
    (folder / "config").mkdir()
    config = f"interval = {interval}\ncalls_per_minute = {ceiling}\n"
    (folder / "config" / "config.toml").write_text(config)
    log = folder / "calls.log"
    start = (
        f"import sys, icetui.connection\nicetui.connection.READ_SECONDS = {silence}\n"
        "from icetui.cli import main\nsys.exit(main(sys.argv[1:]))"
    )
    argv = [sys.executable, "-c", start, "--ice-endpoint", gateway.url, "--vod-endpoint", gateway.url]
    env = {
        "ICETUI_CONFIG_DIR": str(folder / "config"),
        "ICETUI_STATE_DIR": str(folder / "state"),
        "ALIBABA_CLOUD_ACCESS_KEY_ID": gateway.key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": gateway.secret,
    }
    with Terminal([*argv, "--log", str(log)], columns=120, lines=40, env=env) as terminal:
        terminal.wait("of 50 loaded")
        terminal.quiet()
        yield terminal, log


def browsing(
    gateway: ServedGateway, folder: Path
) -> contextlib.AbstractContextManager[tuple[Terminal, Path]]:
    """The program asking each second."""
    return asking(gateway, folder, 1, 6000)


def stall(terminal: Terminal, log: Path) -> None:
    """Reads nothing for a while, and types; returns when two more requests have been answered meanwhile."""
    before, began, n = len(log.read_bytes().splitlines()), time.monotonic(), 0
    while True:
        terminal.send((PAGE_DOWN, PAGE_UP)[n % 2])
        n += 1
        time.sleep(0.03)
        passed = time.monotonic() - began
        if passed > STALL and len(log.read_bytes().splitlines()) >= before + 2:
            return
        assert passed < terminal.patience, "the program stands still with its terminal"


def test_requests_go_on_frames_do_not_pile_up_and_the_last_picture_comes(tmp_path: Path) -> None:
    with (
        served("--clock", "2026-11-20T10:00:00Z", "--fault", "slow:1") as gateway,
        browsing(gateway, tmp_path) as (terminal, log),
    ):
        terminal.cost("V")  # what the preview tells comes when it likes
        before = _mebibytes(terminal.process.pid)
        for _ in range(2):
            stall(terminal, log)
            terminal.send("G")
            terminal.send("2")
            written = len(terminal.raw)
            terminal.wait("▸2 Batch")
            terminal.quiet()
            # What the line held when it stood still, and one picture: not those in between.
            assert len(terminal.raw) - written <= capacity() + 2 * SCREEN
            terminal.send("1")
            terminal.wait("50 of 50")  # the key that was typed last has done what it does
            shown = terminal.text
            terminal.screen.reset()
            terminal.send("\x0c")
            terminal.wait(lambda shown=shown: terminal.text == shown)  # type: ignore[misc]
            terminal.send("g")
            terminal.wait("1 of 50")
        assert _mebibytes(terminal.process.pid) - before < 16
        entries = [json.loads(line) for line in log.read_text().splitlines()]
        assert [entry for entry in entries if entry["status"] != 200] == []
        terminal.send("q")
        assert terminal.end() == 0


@pytest.mark.parametrize("how", ["the terminal is killed", "somebody else ends it"])
def test_a_program_whose_terminal_stands_still_can_be_ended(how: str, tmp_path: Path) -> None:
    with served("--fault", "slow:1") as gateway, browsing(gateway, tmp_path) as (terminal, log):
        stall(terminal, log)
        process = terminal.process
        if how == "the terminal is killed":
            os.close(terminal._master)
            terminal._master = os.open(os.devnull, os.O_RDWR)
            assert process.wait(timeout=10) == 128 + signal.SIGHUP
        else:
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(timeout=10) == 128 + signal.SIGTERM


def _mebibytes(pid: int) -> float:
    """Resident memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
