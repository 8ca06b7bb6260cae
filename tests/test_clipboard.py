"""Copying: the ladder, its sequences, and a real tmux and screen at the other end."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from icetui.panes import clipboard
from icetui.panes.clipboard import Copied, copy, for_screen, native_tool, osc52, said
from icetui.panes.copying import signed
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
    assert copied == Copied("xclip", len(TEXT), sure=True, note="sent to the terminal")
    assert (tmp_path / "got").read_text() == TEXT
    assert TEXT not in (tmp_path / "argv").read_text()


@pytest.mark.parametrize("script", ["exit 1", "exec 0<&-; exit 3"])
async def test_a_tool_that_fails_is_not_believed(tmp_path: Path, script: str) -> None:
    xclip = tool(tmp_path, "xclip", script)
    copied = await copy("x" * 200_000, Program(), env={"DISPLAY": ":0"}, which=only(xclip=xclip))
    told = "it has 200,000 bytes and terminals take 74,994"
    assert copied == Copied("none", 200_000, sure=False, note=told)


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
    assert copied == Copied("tmux", len(TEXT), sure=True, note="sent to the terminal")
    assert tmux("show-buffer") == TEXT
    assert app.terminal.written == ""


async def test_a_tmux_that_is_gone_falls_through_to_the_terminal(tmp_path: Path) -> None:
    tool_or_skip("tmux")
    env = {"PATH": os.environ["PATH"], "TMUX": f"{tmp_path}/none,1,0", "TMUX_TMPDIR": str(tmp_path)}
    copied = await copy(
        TEXT, Program(), env=env, which=lambda name: shutil.which(name) if name == "tmux" else None
    )
    assert copied == Copied("OSC 52", len(TEXT), sure=False)


# --- the whole program in real terminals and multiplexers -------------------------------------------

TEXTS = {
    "1 B": "x",
    "1 kB": "".join(f"line {n:03}\n" for n in range(111)) + "\u00e9",
    "CJK": "《长夜微光》第22集 字幕：今天天气很好。\n" * 20,
    "the most": "m" * clipboard.TEXT_MOST,
    "100 kB": "0123456789" * 10_000,
}
SENT = re.compile(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\\\)")
TMUX_CONFIGS = {
    "as it comes": "",
    "set-clipboard on": "set -s set-clipboard on",
    "allow-passthrough on": "set -s set-clipboard on\nset -g allow-passthrough on",
    "set-clipboard off": "set -s set-clipboard off",
}


class Place:
    """A folder of a test, with the text that is to be copied."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.text = folder / "text"
        self.text.write_bytes(text.encode())

    @property
    def program(self) -> list[str]:
        """The program that copies the text on `Y`."""
        return [sys.executable, "-m", "tests.copying_app", str(self.text)]


def sent(terminal: Terminal) -> list[bytes]:
    """The texts that the terminal was asked to put on its clipboard."""
    return [base64.b64decode(found) for found in SENT.findall(bytes(terminal.raw))]


def copies(terminal: Terminal, words: str) -> None:
    """Types the key, and waits for what is said about it."""
    terminal.wait("ready to copy")
    terminal.quiet()
    terminal.send("Y")
    terminal.wait(words)
    terminal.quiet()


@contextlib.contextmanager
def in_tmux(place: Place, config: str = "", **env: str) -> Iterator[tuple[Terminal, Callable[..., bytes]]]:
    """The program in a tmux of its own that a terminal is attached to; and how to ask that tmux."""
    program = tool_or_skip("tmux")
    conf = place.folder / "tmux.conf"
    conf.write_text(config)
    # A short path: a socket's is cut at 108 bytes.
    with tempfile.TemporaryDirectory(prefix="ice") as folder:
        base = [program, "-S", f"{folder}/s", "-f", str(conf)]

        def ask(*argv: str) -> bytes:
            return subprocess.run([*base, *argv], check=True, capture_output=True).stdout

        shell = shlex.join(["env", *(f"{name}={value}" for name, value in env.items()), *place.program])
        if "TMUX" in env:
            shell = shell.replace("TMUX= ", "").replace("env ", "env -u TMUX -u TMUX_PANE ", 1)
        with Terminal([*base, "new-session", shell], columns=100, lines=24) as terminal:
            try:
                yield terminal, ask
            finally:
                with contextlib.suppress(subprocess.CalledProcessError):
                    ask("kill-server")


@pytest.mark.parametrize("size", TEXTS)
@pytest.mark.parametrize("config", TMUX_CONFIGS)
def test_in_tmux_the_buffer_holds_the_text_byte_for_byte(tmp_path: Path, config: str, size: str) -> None:
    text = TEXTS[size]
    with in_tmux(Place(tmp_path, text), TMUX_CONFIGS[config]) as (terminal, ask):
        count = f"({len(text):,} character{'s' * (len(text) > 1)})"
        copies(terminal, f"Copied the text {count} to the tmux buffer, sent to the terminal.")
        assert ask("save-buffer", "-") == text.encode()
        assert sent(terminal) == [text.encode()]


@pytest.mark.parametrize(("term", "size"), [("tmux-256color", "CJK"), ("screen-256color", "1 B")])
def test_behind_ssh_a_near_tmux_takes_it_where_it_is_set_to(tmp_path: Path, term: str, size: str) -> None:
    text = TEXTS[size]
    place = Place(tmp_path, text)
    with in_tmux(place, TMUX_CONFIGS["set-clipboard on"], TMUX="", TERM=term) as (terminal, ask):
        copies(terminal, "to the terminal, unconfirmed; P prints it.")
        assert ask("save-buffer", "-") == text.encode()
        assert terminal.rows[0].strip() == "Copying", "nothing of the sequences is seen"


def test_behind_ssh_a_tmux_with_passthrough_hands_it_to_the_terminal(tmp_path: Path) -> None:
    config = "set -s set-clipboard off\nset -g allow-passthrough on"
    with in_tmux(Place(tmp_path, TEXTS["CJK"]), config, TMUX="", TERM="tmux-256color") as (terminal, _):
        copies(terminal, "unconfirmed")
        assert sent(terminal) == [TEXTS["CJK"].encode()]


@contextlib.contextmanager
def in_screen(place: Place, *prefix: str) -> Iterator[Terminal]:
    """The program in GNU screen."""
    program = tool_or_skip("screen")
    folder = place.folder / "screens"
    folder.mkdir(mode=0o700)
    command = [program, "-U", "-c", "/dev/null", *prefix, *place.program]
    env = {"SCREENDIR": str(folder)}
    with Terminal(command, columns=100, lines=24, env=env) as terminal:
        try:
            yield terminal
            terminal.send("qq")
            terminal.end()
        finally:
            # Its server outlives the terminal, and a test that fails.
            subprocess.run(
                [program, "-X", "quit"], env={**os.environ, **env}, capture_output=True, check=False
            )


@pytest.mark.parametrize("size", [size for size in TEXTS if size != "100 kB"])
def test_through_screen_the_terminal_gets_the_text_byte_for_byte(tmp_path: Path, size: str) -> None:
    text = TEXTS[size]
    with in_screen(Place(tmp_path, text)) as terminal:
        copies(terminal, "through screen to the terminal, unconfirmed; P prints it.")
        assert sent(terminal) == [text.encode()]


def test_behind_ssh_a_near_screen_hands_it_through(tmp_path: Path) -> None:
    with in_screen(Place(tmp_path, TEXTS["CJK"]), "env", "-u", "STY", "TERM=screen-256color") as terminal:
        copies(terminal, "to the terminal, unconfirmed; P prints it.")
        assert sent(terminal) == [TEXTS["CJK"].encode()]
        assert terminal.rows[0].strip() == "Copying"


@pytest.mark.parametrize("size", [size for size in TEXTS if size != "100 kB"])
def test_a_terminal_alone_is_sent_the_text_byte_for_byte(tmp_path: Path, size: str) -> None:
    text = TEXTS[size]
    with Terminal(Place(tmp_path, text).program, columns=100, lines=24) as terminal:
        copies(terminal, "to the terminal, unconfirmed; P prints it.")
        assert sent(terminal) == [text.encode()]


@pytest.mark.parametrize("screen", [False, True], ids=["alone", "in screen"])
def test_more_than_a_terminal_takes_is_not_sent_and_printed_on_a_key(tmp_path: Path, screen: bool) -> None:
    place = Place(tmp_path, TEXTS["100 kB"])
    with in_screen(place) if screen else Terminal(place.program, columns=100, lines=24) as terminal:
        copies(
            terminal, "Not copied: the text (100,000 characters), it has 100,000 bytes and terminals take 74"
        )
        assert sent(terminal) == []
        terminal.send("P")
        terminal.wait("-- Enter goes back --")
        assert "0123456789" in terminal.text
        terminal.send("\r")
        terminal.wait("ready to copy")


@pytest.mark.parametrize("size", TEXTS)
def test_a_tool_of_the_display_takes_the_text_byte_for_byte(tmp_path: Path, size: str) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    tool(tools, "xclip", f'cat > "{tmp_path}/got"')
    env = {"DISPLAY": ":7", "PATH": f"{tools}:{os.environ['PATH']}"}
    with Terminal(Place(tmp_path, TEXTS[size]).program, columns=100, lines=24, env=env) as terminal:
        copies(terminal, ") by xclip")
        assert (tmp_path / "got").read_bytes() == TEXTS[size].encode()
        assert ("sent to the terminal" in terminal.text) == (size != "100 kB")


def test_a_tmux_that_hangs_does_not_freeze_the_screen(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    tool(tools, "tmux", f'echo $$ >> "{tmp_path}/pids"; sleep 600 & echo $! >> "{tmp_path}/pids"; wait')
    env = {"TMUX": "/none,1,0", "PATH": f"{tools}:{os.environ['PATH']}"}
    with Terminal(Place(tmp_path, "text").program, columns=100, lines=24, env=env) as terminal:
        terminal.wait("ready to copy")
        terminal.quiet()
        terminal.send("Y/abc")
        terminal.wait("/abc")  # typed while the tool hangs
        assert sent(terminal) == []
        terminal.wait(lambda: sent(terminal) == [b"text"])
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        terminal.wait(lambda: not any(map(runs, pids)))


def runs(pid: int) -> bool:
    """Whether a process is there and not only waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_program_as_it_is_started_copies_a_job_id_into_tmux(tmp_path: Path) -> None:
    place = Place(tmp_path, "")
    argv = [sys.executable, "-m", "icetui", "--demo", "--clock", "2026-11-20T10:00:00Z"]
    place.__class__ = type("Started", (Place,), {"program": argv})
    with in_tmux(place) as (terminal, ask):
        terminal.wait("live, every 10 s")
        terminal.quiet()
        terminal.send("jyi")
        terminal.wait("Copied the job ID (32 characters) to the tmux buffer")
        copied = ask("save-buffer", "-").decode()
        assert re.fullmatch("[0-9a-f]{32}", copied)
        assert next(row for row in terminal.rows if copied[:20] in row).startswith("▸")


# --- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("copied", "words"),
    [
        (Copied("tmux", 43, True), "Copied the jq path (43 characters) to the tmux buffer."),
        (
            Copied("tmux", 1, True, "xclip", "sent to the terminal"),
            "Copied the jq path (1 character) to the tmux buffer and by xclip, sent to the terminal.",
        ),
        (Copied("xclip", 43, True), "Copied the jq path (43 characters) by xclip."),
        (
            Copied("OSC 52", 43, False),
            "Sent the jq path (43 characters) to the terminal, unconfirmed; P prints it.",
        ),
        (
            Copied("none", 43, False),
            "Not copied: the jq path (43 characters), there is no way here; P prints it.",
        ),
    ],
)
def test_no_more_is_said_than_is_known(copied: Copied, words: str) -> None:
    assert said(copied, "the jq path") == words
    assert copied.sure == words.startswith("Copied")


def test_a_signed_url_is_said_to_be_one_and_until_when() -> None:
    now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    url = "http://b.oss-cn-shanghai.aliyuncs.com/a.mp4?Expires=1795170000&OSSAccessKeyId=x&Signature=y"
    until = datetime.fromtimestamp(1795170000, UTC)
    assert signed(url, until - timedelta(minutes=12)) == "signed, expires in 12 min"
    assert signed(url, until + timedelta(minutes=12)) == "signed, expired"
    assert signed(f'{{"MediaUrl": "{url}"}}', now) == "with signed URLs in it"
    assert signed(f"mpv --start=12 '{url}'", now) == "with signed URLs in it"
    assert signed("http://example.com/a.mp4", now) == ""
    assert signed("no URL at all", now) == ""


async def test_a_tmux_without_w_keeps_the_text_and_says_that_it_goes_no_further(tmp_path: Path) -> None:
    script = f'[ "$2" = -w ] && exit 1; [ "$1" = load-buffer ] && cat > "{tmp_path}/got"'
    tmux = tool(tmp_path, "tmux", script)
    env = {"TMUX": "/tmp/tmux,1,0", "PATH": os.environ["PATH"]}
    copied = await copy(TEXT, App[Any](), env=env, which=only(tmux=tmux))
    assert copied == Copied("tmux", len(TEXT), True, note="this tmux keeps it from the terminal")
    assert (tmp_path / "got").read_text() == TEXT
    app = Program()
    copied = await copy(TEXT, app, env=env, which=only(tmux=tmux))
    assert copied.note == "sent to the terminal"
    assert app.terminal.written == osc52(TEXT)


async def test_beside_tmux_a_tool_of_the_display_takes_it_too(tmp_path: Path) -> None:
    tmux = tool(tmp_path, "tmux", "cat > /dev/null")
    xclip = tool(tmp_path, "xclip", f'cat > "{tmp_path}/got"')
    env = {"TMUX": "/tmp/tmux,1,0", "DISPLAY": ":0", "PATH": os.environ["PATH"]}
    copied = await copy(TEXT, Program(), env=env, which=only(tmux=tmux, xclip=xclip))
    assert copied == Copied("tmux", len(TEXT), True, also="xclip", note="sent to the terminal")
    assert (tmp_path / "got").read_text() == TEXT
