"""What is imported before the first frame, and by commands that draw nothing: imports are the start."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from icetui.cli import COMMANDS

HEAVY = {"httpx", "keyring", "pygments", "humanize", "sqlite3", "tomlkit", "markdown_it"}
"""Each costs more than the first frame itself."""

LATER = {
    "icetui.connection",
    "icetui.credentials",
    "icetui.demo.world",
    "icetui.feed",
    "icetui.panes.pages",
    "icetui.results",
    "icetui.screens.choose",
    "icetui.screens.detail",
    "icetui.store",
    "icetui.wire",
}
"""Rooms of ours that the first frame does without."""

FIRST_FRAME = """
import json, sys
from icetui import app
from icetui.flags import Flags
from icetui.session import Session

class Early(app.IcetuiApp):
    def open_session(self):
        frame = [strip.text for strip in self.screen._compositor.render_strips()]
        self.exit(0)
        json.dump([frame, sorted(sys.modules)], sys.stdout)

Early.CSS_PATH = app.__file__.replace("app.py", "icetui.tcss")
Early(Session(Flags(demo=True))).run(headless=True, size=(120, 40))
"""

COMMAND = """
import json, sys
from icetui.cli import main
code = main(sys.argv[1:])
sys.stderr.write("\\x1e" + json.dumps([code, sorted(sys.modules)]))
"""

DRAWING = {"textual", "rich", "humanize", "icetui.app", "icetui.screens", "keyring"}
"""What no command needs; the keyring lives in a process of its own."""

DEMO = ("--demo", "--clock", "2026-11-20T10:00:00Z")
SPOKEN = "fcae7aaeef81798d223dc08df0e0067f"
OTHER = "ebfb93e4fce0c131a1f093b1b38ab854"

RUNS: dict[str, list[tuple[int, tuple[str, ...]]]] = {
    "list": [
        (0, (*DEMO, "list", "smart", "--limit", "1")),
        (0, (*DEMO, "list", "vod-ai", "--output", "json")),
        (3, ("list", "smart")),
        (2, ("list", "no-family")),
    ],
    "show": [
        (0, (*DEMO, "show", SPOKEN)),
        (0, (*DEMO, "show", SPOKEN, "--output", "srt")),
        (1, (*DEMO, "show", "nowhere")),
    ],
    "export": [(0, (*DEMO, "export", SPOKEN, "--format", "srt", "--output", "-"))],
    "diff": [(1, (*DEMO, "diff", SPOKEN, OTHER)), (0, (*DEMO, "diff", SPOKEN, SPOKEN))],
    "json": [
        (0, ("json", str(Path(__file__).parent / "answers" / "seed000_a_asr.json"))),
        (0, ("json", "--paths", str(Path(__file__).parent / "answers" / "seed000_a_asr.json"))),
        (2, ("json", "/no/such/file")),
    ],
    "follow": [(0, (*DEMO, "follow", "smart", SPOKEN)), (3, ("follow", SPOKEN))],
    "unfollow": [(1, (*DEMO, "unfollow", "smart", SPOKEN))],
    "wait": [(0, (*DEMO, "wait", SPOKEN)), (1, (*DEMO, "wait", "smart", "nowhere"))],
    "cache": [(0, ("cache", "status")), (0, ("cache", "clear")), (2, ("cache", "nothing"))],
    "completion": [(0, ("completion", shell)) for shell in ("bash", "zsh", "fish")],
    "login": [(2, ("login", "prod", "--stdin"))],
    "logout": [(2, ("logout", "prod"))],
    "profiles": [(0, ("profiles",)), (0, ("profiles", "--output", "json"))],
    "doctor": [(0, (*DEMO, "doctor"))],
    "schema": [(0, ("schema",))],
    "demo-gateway": [(2, ("demo-gateway", "--port", "x"))],
}
"""Exit code and arguments of runs that do what the command is for, and of some that fail."""


def run(program: str, *args: str) -> subprocess.CompletedProcess[str]:
    """A program in a Python of its own."""
    return subprocess.run(
        [sys.executable, "-c", program, *args], capture_output=True, text=True, check=True, input=""
    )


def told(*args: str) -> tuple[int, set[str]]:
    """The exit code of a command line, and what it has imported."""
    code, modules = json.loads(run(COMMAND, *args).stderr.rpartition("\x1e")[2])
    return code, set(modules)


@pytest.fixture(autouse=True)
def _nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home without configuration, and no access key."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ICETUI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("ICETUI_STATE_DIR", str(tmp_path / "state"))
    for name in list(os.environ):
        if name.startswith(("ALIBABA_CLOUD_", "ICETUI_PROFILE", "ICETUI_REGION")):
            monkeypatch.delenv(name)


def test_the_first_frame_waits_for_nothing_heavy() -> None:
    frame, modules = json.loads(run(FIRST_FRAME).stdout)
    assert frame[0].startswith("icetui")
    assert any("last session" in line for line in frame)
    assert not (HEAVY | LATER) & set(modules)


def test_each_command_stands_in_the_test_below() -> None:
    assert RUNS.keys() == COMMANDS.keys()


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_import_nothing_that_draws(command: str) -> None:
    for code, args in [*RUNS[command], (0, (command, "--help")), (2, (command, "--no-such-flag"))]:
        left, modules = told(*args)
        assert left == code, args
        assert not DRAWING & modules, args


def test_the_demo_gateway_serves_without_anything_that_draws() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, "demo-gateway", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as gateway:
        assert gateway.stdout is not None
        assert "url" in json.loads(gateway.stdout.readline())
        gateway.send_signal(signal.SIGINT)
        _, words = gateway.communicate(timeout=30)
    _, modules = json.loads(words.rpartition("\x1e")[2])
    assert not DRAWING & set(modules)


@pytest.mark.parametrize("args", [("no-command",), ("--no-flag",), ("--clock", "now"), ("--region",)])
def test_a_wrong_command_line_is_told_without_anything_that_draws(args: tuple[str, ...]) -> None:
    code, modules = told(*args)
    assert code == 2
    assert not (DRAWING | {"asyncio", "httpx", "icetui.session"}) & modules


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_import_next_to_nothing(flag: str) -> None:
    _, modules = told(flag)
    assert not {"asyncio", "dataclasses", "httpx"} & modules
    ours = {name for name in modules if name.startswith("icetui")}
    assert ours <= {"icetui", "icetui.cli", "icetui.errors"}


@pytest.mark.parametrize("why", ["no terminal", "a dumb one"])
def test_a_terminal_that_cannot_be_used_is_told_before_anything_is_imported(
    why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if why == "no terminal":
        code, modules = told()
    else:
        monkeypatch.setenv("TERM", "dumb")
        code, modules = on_a_terminal(COMMAND)
    assert code == 2
    assert not {"textual", "asyncio", "icetui.session"} & modules


def on_a_terminal(program: str) -> tuple[int, set[str]]:
    """As `told`, on a pty, without arguments."""
    master, slave = os.openpty()
    try:
        process = subprocess.Popen([sys.executable, "-c", program], stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        words = b""
        with contextlib.suppress(OSError):  # Linux: the program has ended
            while piece := os.read(master, 65536):
                words += piece
        assert process.wait() == 0
    finally:
        os.close(master)
    code, modules = json.loads(words.rpartition(b"\x1e")[2])
    return code, set(modules)
