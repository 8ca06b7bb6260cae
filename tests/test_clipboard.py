"""Copying: the ladder, its sequences, and a real tmux and screen at the other end."""

from __future__ import annotations

import base64
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from icetui.panes import clipboard
from icetui.panes.clipboard import Copied, copy, for_screen, native_tool, osc52
from tests.terminal import Terminal

TEXT = "https://example.oss-cn-shanghai.aliyuncs.com/秋季.mp4\n[red]second[/] line"


def tool_or_skip(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing, and CI installs it")
        pytest.skip(f"{name} is not installed")
    return found


def unpacked(sequence: str) -> str:
    """What GNU screen hands on of a row of DCS pieces."""
    return "".join(re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL))


def test_osc_52_carries_the_text_in_base64() -> None:
    sequence = osc52(TEXT)
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\x07")
    assert base64.b64decode(sequence[7:-1]).decode() == TEXT


def test_a_lone_surrogate_does_not_stop_a_copy() -> None:
    assert base64.b64decode(osc52("a\ud800b")[7:-1]) == b"a?b"


@given(sequence=st.text(st.sampled_from("ab\x1b;"), max_size=2000))
def test_screen_gets_small_pieces_that_make_the_whole(sequence: str) -> None:
    pieces = re.findall(r"\x1bP.*?(?:\x1b\\)", for_screen(sequence), re.DOTALL)
    assert all(len(piece.encode()) <= 250 for piece in pieces)
    assert len(pieces) == -(-len(sequence) // 246) or "\x1b" in sequence


def test_screen_s_pieces_carry_osc_52() -> None:
    assert unpacked(for_screen(osc52(TEXT * 40))) == osc52(TEXT * 40)


@pytest.mark.parametrize(
    ("env", "tools", "way"),
    [
        ({}, [], None),
        ({}, ["wl-copy", "xclip"], None),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, ["wl-copy", "xclip"], "wl-copy"),
        ({"DISPLAY": ":0"}, ["wl-copy", "xclip"], "xclip"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ["xclip"], None),
        ({}, ["pbcopy"], "pbcopy"),
        ({"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, ["pbcopy"], None),
    ],
)
def test_a_native_tool_is_asked_where_its_display_is(
    env: dict[str, str], tools: list[str], way: str | None
) -> None:
    found = native_tool(env, lambda name: f"/bin/{name}" if name in tools else None)
    assert (found and found[0]) == way


class Screen:
    """Stands for a driver: keeps what is written to the terminal."""

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> None:
        self.written += text

    def flush(self) -> None:
        """Nothing is held back."""


class Program(App[None]):
    """An app with a terminal that is not there."""

    is_headless = False

    def __init__(self) -> None:
        super().__init__()
        self.terminal = Screen()
        self._driver = self.terminal  # type: ignore[assignment]


def tool(tmp_path: Path, name: str, script: str) -> str:
    """A program that plays a tool."""
    path = tmp_path / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def only(**tools: str) -> Callable[[str], str | None]:
    return lambda name: tools.get(name.replace("-", "_"))


async def test_a_bare_terminal_gets_osc_52_and_nothing_is_claimed() -> None:
    app = Program()
    assert await copy(TEXT, app, env={}, which=only()) == Copied("OSC 52", len(TEXT), sure=False)
    assert app.terminal.written == osc52(TEXT)


async def test_a_tool_learns_no_access_key(tmp_path: Path) -> None:
    env = {
        "TMUX": "/tmp/tmux,1,0",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "ExampleSecret0123456789",
        "PATH": "/bin",
    }
    tmux = tool(tmp_path, "tmux", f"env > {tmp_path}/env")
    assert (await copy(TEXT, Program(), env=env, which=only(tmux=tmux))).way == "tmux"
    told = (tmp_path / "env").read_text()
    assert "TMUX=" in told
    assert "ALIBABA" not in told


async def test_in_screen_the_sequence_goes_in_pieces() -> None:
    app = Program()
    copied = await copy(TEXT * 20, app, env={"STY": "1.pts"}, which=only())
    assert copied == Copied("screen", len(TEXT) * 20, sure=False)
    assert unpacked(app.terminal.written) == osc52(TEXT * 20)


async def test_a_native_tool_that_says_yes_is_sure(tmp_path: Path) -> None:
    xclip = tool(tmp_path, "xclip", f'cat > "{tmp_path}/got"; echo "$@" > "{tmp_path}/argv"')
    copied = await copy(
        TEXT, Program(), env={"DISPLAY": ":0", "PATH": os.environ["PATH"]}, which=only(xclip=xclip)
    )
    assert copied == Copied("xclip", len(TEXT), sure=True)
    assert (tmp_path / "got").read_text() == TEXT
    assert TEXT not in (tmp_path / "argv").read_text()


@pytest.mark.parametrize("script", ["exit 1", "exec 0<&-; exit 3"])
async def test_a_tool_that_fails_is_not_believed(tmp_path: Path, script: str) -> None:
    xclip = tool(tmp_path, "xclip", script)
    copied = await copy("x" * 200_000, Program(), env={"DISPLAY": ":0"}, which=only(xclip=xclip))
    assert copied == Copied("none", 200_000, sure=False)


async def test_a_tool_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "_PATIENCE", 0.05)
    tmux = tool(tmp_path, "tmux", f'echo $$ > "{tmp_path}/pid"; exec sleep 60')
    env = {"TMUX": "/tmp/tmux,1,0", "PATH": os.environ["PATH"]}
    started = time.monotonic()
    assert (await copy(TEXT, Program(), env=env, which=only(tmux=tmux))).way == "OSC 52"
    assert time.monotonic() - started < 30


async def test_a_text_too_long_for_a_terminal_is_not_sent_in_part() -> None:
    app = Program()
    assert (await copy("x" * 100_000, app, env={}, which=only())).way == "none"
    assert app.terminal.written == ""


async def test_without_a_terminal_there_is_no_way() -> None:
    assert (await copy(TEXT, App[Any](), env={}, which=only())).way == "none"


# --- real multiplexers ------------------------------------------------------------------------------


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """A tmux server of its own, without a config."""
    program = tool_or_skip("tmux")
    env = {**os.environ, "TMUX_TMPDIR": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8"}

    def run(*argv: str) -> str:
        command = [program, "-L", "icetui", "-f", "/dev/null", *argv]
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout

    run("new-session", "-d", "-x", "80", "-y", "24", "cat")
    yield run
    run("kill-server")


async def test_tmux_keeps_what_is_copied(tmux: Callable[..., str]) -> None:
    where = tmux("display-message", "-p", "#{socket_path},#{pid},0").strip()
    app = Program()
    copied = await copy(TEXT, app, env={**os.environ, "TMUX": where})
    assert copied == Copied("tmux", len(TEXT), sure=True)
    assert tmux("show-buffer") == TEXT
    assert app.terminal.written == ""


async def test_a_tmux_that_is_gone_falls_through_to_the_terminal(tmp_path: Path) -> None:
    tool_or_skip("tmux")
    env = {"PATH": os.environ["PATH"], "TMUX": f"{tmp_path}/none,1,0", "TMUX_TMPDIR": str(tmp_path)}
    copied = await copy(
        TEXT, Program(), env=env, which=lambda name: shutil.which(name) if name == "tmux" else None
    )
    assert copied == Copied("OSC 52", len(TEXT), sure=False)


def test_screen_hands_the_pieces_to_the_terminal_behind_it(tmp_path: Path) -> None:
    screen = tool_or_skip("screen")
    text = TEXT * 30
    piece = tmp_path / "sequence"
    piece.write_bytes(for_screen(osc52(text)).encode())
    folder = tmp_path / "screens"
    folder.mkdir(mode=0o700)
    command = [screen, "-c", "/dev/null", sys.executable, "-c", _PRINT, str(piece)]
    with Terminal(command, columns=80, lines=24, env={"SCREENDIR": str(folder)}) as terminal:
        terminal.wait("printed")
        terminal.wait(lambda: osc52(text).encode() in bytes(terminal.raw))
        terminal.send("\r")
        terminal.end()


_PRINT = "import sys; print(open(sys.argv[1]).read(), end=''); print('printed', flush=True); input()"
