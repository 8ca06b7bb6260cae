"""Whether the terminal has the focus, as tmux tells it: an unwatched list is asked for less often."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal import Terminal

Run = Callable[..., str]


@contextmanager
def in_tmux(folder: Path, events: str) -> Iterator[tuple[Terminal, Run, Path]]:
    """The program in a tmux that somebody is attached to; commands of that tmux; the program's log."""
    tmux = shutil.which("tmux")
    if tmux is None:
        if os.environ.get("CI") == "true":
            pytest.fail("tmux is missing, and CI installs it")
        pytest.skip("tmux is not installed")
    (folder / "config").mkdir()
    (folder / "config" / "config.toml").write_text("interval = 2\n")
    (folder / "tmux.conf").write_text(f"set -g focus-events {events}\nset -g status off\n")
    log = folder / "calls.log"
    env = {
        "TMUX_TMPDIR": str(folder),
        "ICETUI_CONFIG_DIR": str(folder / "config"),
        "ICETUI_STATE_DIR": str(folder / "state"),
    }
    base = [tmux, "-L", "icetui-focus", "-f", str(folder / "tmux.conf")]
    program = f"{sys.executable} -m icetui --demo --log {log}"

    def run(*argv: str) -> str:
        done = subprocess.run(
            [*base, *argv], env={**os.environ, **env}, check=True, capture_output=True, text=True
        )
        return done.stdout

    with Terminal([*base, "new-session", program], columns=120, lines=40, env=env) as terminal:
        try:
            terminal.wait("live, every 2 s")
            yield terminal, run, log
        finally:
            run("kill-server")


def calls(log: Path) -> int:
    return len(log.read_bytes().splitlines())


def test_out_of_focus_is_asked_less_often_and_on_return_at_once_as_before(tmp_path: Path) -> None:
    with in_tmux(tmp_path, "on") as (terminal, run, log):
        assert "out of focus" not in terminal.text
        run("split-window", "-d", "sleep 1000")
        run("select-pane", "-t", "1")
        terminal.wait("every 6 s, out of focus")
        run("select-pane", "-t", "0")
        terminal.wait(lambda: "live, every 2 s" in terminal.text and "out of focus" not in terminal.text)
        before = calls(log)
        terminal.wait(lambda: calls(log) >= before + 2)
        assert "out of focus" not in terminal.text


def test_a_terminal_that_tells_nothing_of_the_focus_never_loses_it(tmp_path: Path) -> None:
    with in_tmux(tmp_path, "off") as (terminal, run, log):
        run("split-window", "-d", "sleep 1000")
        run("select-pane", "-t", "1")
        before = calls(log)
        terminal.wait(lambda: calls(log) >= before + 3)
        assert "out of focus" not in terminal.text
        assert "every 2 s" in terminal.text
