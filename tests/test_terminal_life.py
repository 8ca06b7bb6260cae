"""The terminal is given back: after every way to end, to sleep and to step aside, on a real pty."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from icetui.demo import DEMO_STS
from tests.served import served
from tests.terminal import ENTER, Terminal

ICETUI = [sys.executable, "-m", "icetui"]
DEMO = [*ICETUI, "--demo"]
STANDING = [*DEMO, "--clock", "2026-11-20T10:00:00Z"]
"""Nothing moves: two pictures of it are equal."""

LISTED = "live, every"
F2, CTRL_C, CTRL_L = "\x1bOQ", "\x03", "\x0c"

AT_ONCE = 2.0
"""Seconds to end in, on a machine that has other work: it takes 0.3; a request hangs 10, a name server 30."""

MOUSE = frozenset({1000, 1002, 1003, 1005, 1006, 1015, 1016})

SECRET = "EnvironmentSecret0123456789"
ENVIRONMENT_KEY = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI5tEnvironmentKeyId01",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET,
}


def modes(raw: bytes | bytearray) -> set[int]:
    """DEC private modes that are on after all of these bytes; of a new terminal 7 and 25 are."""
    on = {7, 25}
    for numbers, switch in re.findall(rb"\x1b\[\?([0-9;]+)([hl])", raw):
        for number in numbers.split(b";"):
            (on.add if switch == b"h" else on.discard)(int(number))
    return on


class Seat:
    """A terminal with the program on it, and how the terminal was before."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._before = termios.tcgetattr(terminal._master)

    def end(self, within: float = AT_ONCE) -> int:
        """Waits for the end, which comes at once, and looks whether the terminal is as it was; the status."""
        asked = time.monotonic()
        status = self.terminal.end()
        assert time.monotonic() - asked < within
        self.terminal.pump(0.02)
        self.given_back()
        return status

    def given_back(self) -> None:
        """Fails unless a shell could go on from here."""
        raw = bytes(self.terminal.raw)
        assert modes(raw) == {7, 25}, "no alternate screen, mouse, paste or focus modes; wrap and cursor on"
        assert len(re.findall(rb"\x1b\[>\d+u", raw)) == raw.count(b"\x1b[<u"), "kitty keys"
        colours = re.findall(rb"\x1b\[[0-9;]*m", raw)
        assert not colours or colours[-1] == b"\x1b[0m", "no colour is left on"
        assert termios.tcgetattr(self.terminal._master) == self._before, "echo, lines, signals"

    @property
    def said(self) -> str:
        """What stands on the terminal after the screens."""
        tail = bytes(self.terminal.raw).rpartition(b"\x1b[?1049l")[2]
        return re.sub(rb"\x1b\[\?\d+[hl]", b"", tail).decode().replace("\r\n", "\n")


@contextlib.contextmanager
def seat(argv: Sequence[str] = DEMO, ready: str = LISTED, **env: str) -> Iterator[Seat]:
    """The program on a terminal, with its first list."""
    with Terminal(argv, env=env) as terminal:
        seated = Seat(terminal)
        terminal.wait(ready)
        terminal.quiet(0.1)
        yield seated


def settled(terminal: Terminal) -> str:
    """The list with its preview read, after which a clock that stands still brings no change."""
    terminal.wait(lambda: "Title   " in terminal.text and "asking…" not in terminal.text)
    terminal.quiet(0.1)
    return terminal.text


def broken(change: str) -> list[str]:
    """The program with something in it replaced first."""
    return [
        sys.executable,
        "-c",
        f"import sys\n{change}\nfrom icetui.cli import main\nsys.exit(main(sys.argv[1:]))",
    ]


# --- ways to end ----------------------------------------------------------------------------------


def test_q_gives_the_terminal_back() -> None:
    with seat() as it:
        it.terminal.send("q")
        assert it.end() == 0
        assert it.said == ""


def test_ctrl_c_twice_gives_it_back_and_says_that_once_is_not_enough() -> None:
    with seat() as it:
        it.terminal.send(CTRL_C)
        it.terminal.wait("Ctrl+C again quits")
        it.terminal.send(CTRL_C)
        assert it.end() == 130


def test_ctrl_c_ends_a_menu_and_a_prompt_as_esc_does() -> None:
    with seat() as it:
        terminal = it.terminal
        terminal.send("f")
        terminal.wait("filter:")
        terminal.send("t")
        terminal.wait("another word")
        terminal.send(CTRL_C)
        terminal.wait(lambda: "another word" not in terminal.text)
        terminal.send("/")
        terminal.wait(lambda: terminal.rows[-1].startswith("/"))
        terminal.send(CTRL_C)
        terminal.wait(lambda: not terminal.rows[-1].startswith("/"))
        assert not terminal.ended


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_gives_it_back_with_the_status_of_that_signal(number: signal.Signals) -> None:
    with seat() as it:
        os.kill(it.terminal.process.pid, number)
        assert it.end() == 128 + number
        assert it.said == ""


def test_a_signal_that_comes_while_the_first_frame_is_made_gives_it_back() -> None:
    with Terminal(DEMO) as terminal:
        it = Seat(terminal)
        terminal.wait(lambda: b"\x1b[?1049h" in terminal.raw)
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert it.end() == 143


def test_a_terminal_that_knows_everything_gets_everything_back() -> None:
    with seat() as it:
        # It says that it knows synchronised output and sizes in band; the mouse in pixels comes with those.
        it.terminal.send("\x1b[?2026;2$y\x1b[?2048;2$y")
        it.terminal.wait(lambda: 2048 in modes(it.terminal.raw))
        it.terminal.quiet()
        it.terminal.send("q")
        assert it.end() == 0


def test_quitting_does_not_wait_for_a_request_that_hangs() -> None:
    with seat([*DEMO, "--fault", "never"], "Asking…") as it:
        it.terminal.send("q")
        assert it.end() == 0


def test_quitting_does_not_wait_for_a_service_that_hangs_nor_ctrl_c_for_what_it_stops() -> None:
    with served("--fault", "never:0,action=GetSmartHandleJob") as gateway:
        key = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": gateway.key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": gateway.secret,
        }
        argv = [*ICETUI, "--ice-endpoint", gateway.url, "--vod-endpoint", gateway.url]
        with seat(argv, **key) as it:
            it.terminal.send(ENTER)
            it.terminal.wait("asking…")
            it.terminal.wait(lambda: any("GetSmartHandleJob" in line for line in gateway.log()))
            it.terminal.quiet()
            it.terminal.send(CTRL_C)
            it.terminal.wait("Stopped. What came is kept.")
            it.terminal.wait("stopped, r asks again")
            it.terminal.send(CTRL_C)
            it.terminal.wait("Ctrl+C again quits")
            it.terminal.send(CTRL_C)
            assert it.end() == 130


def test_quitting_does_not_wait_for_a_name_server(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    deaf = (
        "import pathlib, socket, time\n"
        f"socket.getaddrinfo = lambda *a, **k: (pathlib.Path({str(asked)!r}).touch(), time.sleep(60))"
    )
    with seat([*broken(deaf)], "Asking…", **ENVIRONMENT_KEY) as it:
        it.terminal.wait(asked.exists)
        it.terminal.send("q")
        assert it.end() == 0


def test_quitting_does_not_wait_for_the_session_to_open() -> None:
    stuck = "import time\nfrom icetui.session import Session\nSession.open = lambda *a, **k: time.sleep(60)"
    with seat([*broken(stuck), "--demo"], "reading last session") as it:
        it.terminal.send("q")
        assert it.end() == 0


# --- the terminal goes ----------------------------------------------------------------------------


def hung_up(it: Seat) -> int:
    """The status the program ends with once its terminal is gone."""
    process = it.terminal.process
    os.close(it.terminal._master)
    try:
        return process.wait(timeout=10)
    finally:
        it.terminal._master = os.open(os.devnull, os.O_RDWR)


def test_a_hang_up_ends_the_program() -> None:
    with seat() as it:
        assert hung_up(it) == 129


def test_a_terminal_that_goes_without_a_signal_ends_the_program() -> None:
    deaf = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])"
    with seat([*broken(deaf), "--demo"]) as it:
        assert hung_up(it) == 129


def test_a_terminal_that_goes_during_the_plain_view_ends_the_program() -> None:
    deaf = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])"
    with seat([*broken(deaf), "--demo"]) as it:
        it.terminal.send("P")
        it.terminal.wait("Enter goes back")
        assert hung_up(it) == 129


# --- crashes --------------------------------------------------------------------------------------

LEAK = f"""
import os
def leak(*given, **named):
    kept = os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
    raise LookupError(kept)
async def leak_later(*given, **named):
    {"leak(given, named)"}
"""

CRASHES = {
    "a key": ("from icetui.panes.job_table import JobTable\nJobTable.action_mark = leak", " "),
    "a paint": ("from icetui.panes.bars import KeyBar\nKeyBar.line = leak", ""),
    "a worker": ("from icetui.feed import Feed\nFeed.beats = leak_later", ""),
    "the opening": ("from icetui.session import Session\nSession.open = leak", ""),
}


@pytest.mark.parametrize("where", CRASHES)
def test_a_crash_says_where_and_not_a_single_value(where: str) -> None:
    change, keys = CRASHES[where]
    with Terminal([*broken(LEAK + change), "--demo"], env=ENVIRONMENT_KEY) as terminal:
        it = Seat(terminal)
        if keys:
            terminal.wait(LISTED)
            terminal.send(keys)
        assert it.end(within=terminal.patience) == 70
        assert "this is a bug in icetui" in it.said
        assert "in leak\n" in it.said
        assert "LookupError" in it.said
        assert "--log FILE" in it.said
        assert SECRET.encode() not in terminal.raw
        assert b"kept =" not in terminal.raw


def test_input_that_cannot_be_read_is_a_crash_like_any_other() -> None:
    change = "from textual._xterm_parser import XTermParser\nXTermParser.feed = leak\nXTermParser.tick = leak"
    with Terminal([*broken(LEAK + change), "--demo"], env=ENVIRONMENT_KEY) as terminal:
        it = Seat(terminal)
        assert it.end(within=terminal.patience) == 70
        assert "this is a bug in icetui" in it.said
        assert SECRET.encode() not in terminal.raw


# --- without a terminal ---------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["stdin", "stderr"])
def test_half_a_terminal_is_none_and_gets_no_escape_sequence(missing: str, tmp_path: Path) -> None:
    put = {"stdin": f"< {os.devnull}", "stderr": f"2> {tmp_path}/said"}[missing]
    with Terminal(["sh", "-c", f'"$0" -m icetui --demo {put}', sys.executable]) as terminal:
        assert terminal.end() == 2
        terminal.pump(0.1)
        said = bytes(terminal.raw) or (tmp_path / "said").read_bytes()
        assert b"icetui: No terminal. Use `ssh -t`," in said
        assert b"\x1b" not in said


# --- the plain view -------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [ENTER, CTRL_C, b"\xe9\xff\r"])
def test_the_plain_view_leaves_the_screen_and_comes_back_with_everything(key: str | bytes) -> None:
    with seat(STANDING) as it:
        terminal = it.terminal
        before = settled(terminal)
        terminal.send("P")
        terminal.wait("Enter goes back")
        it.given_back()
        painted = len(terminal.raw)
        terminal.screen.reset()
        terminal.send(key)
        terminal.wait(lambda: terminal.text == before)
        assert {1049, 2004} <= modes(terminal.raw)
        assert len(terminal.raw) > painted
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert it.end() == 143


def test_the_plain_view_prints_whole_lines_with_tabs_between_columns() -> None:
    with seat(STANDING) as it:
        it.terminal.send("P")
        it.terminal.wait("Enter goes back")
        lines = it.said.split("\n")
        assert lines[0] == "state\ttype\tID\tcreated\ttitle"
        assert any(re.fullmatch(r"done\tASR\t[0-9a-f]{32}\t2026-\S+Z\t.+", line) for line in lines)
        assert not re.search("[│─▸…]", "".join(lines[:40]))
        assert "\x1b" not in it.said


def test_a_signal_ends_the_plain_view_too() -> None:
    with seat() as it:
        it.terminal.send("P")
        it.terminal.wait("Enter goes back")
        os.kill(it.terminal.process.pid, signal.SIGTERM)
        assert it.end() == -signal.SIGTERM


# --- mouse and repaint ----------------------------------------------------------------------------


def test_f2_turns_the_mouse_off_and_on() -> None:
    with seat() as it:
        terminal = it.terminal
        assert modes(terminal.raw) & MOUSE >= {1000, 1006}
        terminal.send(F2)
        terminal.wait("Mouse off")
        assert not modes(terminal.raw) & MOUSE
        terminal.send("P")
        terminal.wait("Enter goes back")
        terminal.send(ENTER)
        terminal.wait(LISTED)
        assert not modes(terminal.raw) & MOUSE, "it stays off after the program stepped aside"
        terminal.send(F2)
        terminal.wait("Mouse on")
        assert modes(terminal.raw) & MOUSE >= {1000, 1006}
        terminal.send("q")
        assert it.end() == 0


def test_over_ssh_no_mouse_mode_is_sent_before_f2() -> None:
    with seat(SSH_TTY="/dev/pts/1") as it:
        assert not re.search(rb"\x1b\[\?10(?:0[0-35]|06|15|16)[hl]", it.terminal.raw)
        it.terminal.send(F2)
        it.terminal.wait("Mouse on")
        assert modes(it.terminal.raw) & MOUSE >= {1000, 1006}
        it.terminal.send("q")
        assert it.end() == 0


def test_ctrl_l_paints_everything_again() -> None:
    with seat(STANDING) as it:
        before = settled(it.terminal)
        it.terminal.screen.reset()
        it.terminal.send(CTRL_L)
        it.terminal.wait(lambda: it.terminal.text == before)


# --- in tmux --------------------------------------------------------------------------------------


class Tmux:
    """A server of its own with a shell in it."""

    def __init__(self, program: str, folder: Path) -> None:
        self._command = [program, "-L", "icetui", "-f", os.devnull]
        self._env = {**os.environ, "TMUX_TMPDIR": str(folder), "LANG": "C.UTF-8"}

    def run(self, *argv: str) -> str:
        """One command of tmux."""
        done = subprocess.run(
            [*self._command, *argv], env=self._env, check=True, capture_output=True, text=True
        )
        return done.stdout

    def text(self) -> str:
        """What stands in the pane."""
        return self.run("capture-pane", "-p")

    def state(self) -> str:
        """Alternate screen, any mouse mode, cursor."""
        return self.run("display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag}").strip()

    def type(self, *keys: str) -> None:
        """Types keys by their names."""
        self.run("send-keys", *keys)

    def wait(self, so: Callable[[], bool]) -> None:
        """Looks until something is so."""
        deadline = time.monotonic() + 20
        while not so():
            assert time.monotonic() < deadline, self.text()
            time.sleep(0.05)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """A tmux that ends with the test."""
    program = shutil.which("tmux")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("tmux is missing, and CI installs it")
        pytest.skip("tmux is not installed")
    server = Tmux(program, tmp_path)
    server.run("new-session", "-d", "-x", "100", "-y", "30", "bash --norc --noprofile")
    server.wait(lambda: bool(server.text().strip()))
    yield server
    with contextlib.suppress(subprocess.CalledProcessError):
        server.run("kill-server")


def test_after_ctrl_z_the_shell_has_the_terminal_and_fg_brings_everything_back(tmux: Tmux) -> None:
    tmux.type(" ".join(STANDING), "Enter")
    tmux.wait(lambda: LISTED in tmux.text())
    before = tmux.text()
    assert tmux.state().startswith("1 0"), "no mouse in tmux"
    tmux.type("C-z")
    tmux.wait(lambda: "Stopped" in tmux.text())
    assert tmux.state() == "0 0 1"
    tmux.type("echo typ$((40+2))ed", "Enter")
    tmux.wait(lambda: "typ42ed" in tmux.text() and "echo typ" in tmux.text())
    tmux.type("fg", "Enter")
    tmux.wait(lambda: tmux.text() == before)
    tmux.type("j")
    tmux.wait(lambda: "2 of " in tmux.text())
    tmux.type("q")
    tmux.wait(lambda: tmux.state() == "0 0 1")
    tmux.type("echo status$?", "Enter")
    tmux.wait(lambda: "status0" in tmux.text())


def test_a_tmux_that_is_killed_takes_the_program_with_it(tmux: Tmux) -> None:
    tmux.type(f"echo $$; exec {' '.join(DEMO)}", "Enter")
    tmux.wait(lambda: LISTED in tmux.text())
    pid = int(tmux.run("display-message", "-p", "#{pane_pid}"))
    tmux.run("kill-server")
    tmux_gone = time.monotonic()
    while _runs(pid):
        assert time.monotonic() - tmux_gone < 10
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # What has ended and was not yet waited for by whoever adopts it has ended.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or " Z " not in status.read_text()


# --- secrets --------------------------------------------------------------------------------------


def written(*folders: Path) -> Mapping[Path, bytes]:
    """Every file there is in some folders."""
    return {file: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}


def test_no_byte_on_the_terminal_in_the_log_or_in_the_store_tells_a_secret(tmp_path: Path) -> None:
    assert DEMO_STS.token is not None
    secrets = [DEMO_STS.secret.reveal(), DEMO_STS.token.reveal()]
    key = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": DEMO_STS.id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secrets[0],
        "ALIBABA_CLOUD_SECURITY_TOKEN": secrets[1],
    }
    log = tmp_path / "calls.log"
    with served() as gateway:
        argv = [*ICETUI, "--ice-endpoint", gateway.url, "--vod-endpoint", gateway.url, "--log", str(log)]
        with seat(argv, **key) as it:
            terminal = it.terminal
            for keys, seen in (
                ("?", "f, then"),
                ("q", LISTED),
                ("D", "ListSmartJobs"),
                ("P", "Enter goes back"),
                (ENTER, "requests kept"),
                ("q", LISTED),
                (ENTER, "[Summary]"),
                ("]]]]", "[Raw]"),
                ("y", "copy:"),
                ("c", ""),
                ("P", "Enter goes back"),
                (ENTER, "[Raw]"),
                ("q", LISTED),
                ("q", ""),
            ):
                terminal.send(keys)
                terminal.wait(seen)
            assert it.end() == 0
            seen_bytes = bytes(terminal.raw)
            [copied] = re.findall(rb"\]52;c;([^\x07]+)\x07", seen_bytes)
    files = written(tmp_path)
    assert log in files
    assert b"ListSmartJobs" in files[log]
    assert log.stat().st_mode & 0o777 == 0o600
    assert len(files) > 1, "the store has a file"
    for secret in secrets:
        for name, content in {
            Path("terminal"): seen_bytes,
            Path("copy"): base64.b64decode(copied),
            **files,
        }.items():
            assert secret.encode() not in content, name
    for name, content in files.items():
        assert b"Signature=" not in content, name
