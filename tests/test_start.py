"""What is imported before the first frame, and by commands that draw nothing: imports are the start."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

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
json.dump([code, sorted(sys.modules)], sys.stderr)
"""


def run(program: str, *args: str) -> subprocess.CompletedProcess[str]:
    """A program in a Python of its own."""
    return subprocess.run([sys.executable, "-c", program, *args], capture_output=True, text=True, check=True)


def test_the_first_frame_waits_for_nothing_heavy() -> None:
    frame, modules = json.loads(run(FIRST_FRAME).stdout)
    assert frame[0].startswith("icetui")
    assert any("last session" in line for line in frame)
    assert not (HEAVY | LATER) & set(modules)


@pytest.mark.parametrize(
    "args",
    [
        ("--version",),
        ("--help",),
        ("list", "--help"),
        ("schema",),
        ("--demo", "list", "smart", "--limit", "1"),
    ],
    ids=" ".join,
)
def test_commands_that_draw_nothing_import_nothing_that_draws(args: tuple[str, ...]) -> None:
    code, modules = json.loads(run(COMMAND, *args).stderr)
    assert code == 0
    assert not {"textual", "keyring", "humanize"} & set(modules)


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_import_next_to_nothing(flag: str) -> None:
    _, modules = json.loads(run(COMMAND, flag).stderr)
    assert not {"asyncio", "dataclasses", "httpx"} & set(modules)
    ours = {name for name in modules if name.startswith("icetui")}
    assert ours <= {"icetui", "icetui.cli", "icetui.errors"}


def test_without_a_terminal_it_is_said_before_anything_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True
    )
    code, modules = json.loads(done.stderr[done.stderr.index("[") :])
    assert code == 2
    assert "textual" not in modules
    assert "icetui.session" not in modules
