"""The frame of the last session: painted before the framework, taken over without a blank, private."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region, Size

from icetui import kept_frame, places
from icetui.kept_frame import KeptFrame, Rows
from icetui.panes.thrift import Copy
from tests.served import served
from tests.terminal import ENTER, Terminal

CLOCK = "2026-11-20T10:00:00Z"
MARK = "last session's rows, "
"""What only a painted frame says."""

SLOW = """
import os, sys, time
sys.path.insert(0, os.getcwd())
from icetui import kept_frame
paint = kept_frame.KeptFrame.paint
def painted(self):
    done = paint(self)
    if done:
        assert not {"textual", "rich", "argparse", "asyncio", "sqlite3", "json"} & set(sys.modules)
        os.read(9, 1)
    return done
kept_frame.KeptFrame.paint = painted
from icetui.start import main
sys.exit(main(sys.argv[1:]))
"""
"""The program, which waits after it has painted the frame until a pipe says more."""


@contextmanager
def program(
    home: Path, *words: str, columns: int = 120, env: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """The screens on the demo, with a home of their own."""
    argv = [sys.executable, "-m", "icetui", "--demo", "--clock", CLOCK, *words]
    with Terminal(argv, columns=columns, lines=30, env={**kept_in(home), **(env or {})}) as terminal:
        yield terminal


def kept_in(home: Path) -> dict[str, str]:
    """An environment whose configuration and state are in a folder."""
    return {"ICETUI_CONFIG_DIR": str(home / "config"), "ICETUI_STATE_DIR": str(home / "state")}


def seen_once(home: Path, *words: str, columns: int = 120, keys: str = "") -> None:
    """A session that has seen the first list, and ends."""
    with program(home, *words, columns=columns) as terminal:
        terminal.wait("live, every")
        terminal.quiet()
        if keys:
            terminal.send(keys)
            terminal.quiet()
        terminal.send("q")
        if keys.endswith(ENTER):
            terminal.quiet()
            terminal.send("q")
        assert terminal.end() == 0


def frames(home: Path) -> list[Path]:
    """The files that were kept."""
    return sorted((home / "state" / "frames").glob("*"))


@contextmanager
def held(home: Path) -> Iterator[tuple[Terminal, int]]:
    """The program right after it has painted the frame, and a pipe that lets it go on."""
    reading, writing = os.pipe()
    # The shell opens the pipe anew: what a child inherits was closed before it began.
    script = f'exec "$0" "$@" 9</proc/{os.getpid()}/fd/{reading}'
    argv = ["/bin/sh", "-c", script, sys.executable, "-c", SLOW, "--demo", "--clock", CLOCK]
    try:
        with Terminal(argv, columns=120, lines=30, env=kept_in(home)) as terminal:
            terminal.wait(MARK)
            yield terminal, writing
    finally:
        os.close(reading)
        os.close(writing)


def rows_of(terminal: Terminal) -> list[str]:
    """The lines of the table."""
    return [line.partition("│")[0].rstrip() for line in terminal.rows[2:28]]


def test_the_frame_is_painted_before_the_framework_and_says_what_it_is(tmp_path: Path) -> None:
    seen_once(tmp_path)
    with held(tmp_path) as (terminal, go_on):
        # `SLOW` holds the modules to it: it would have ended with a traceback.
        assert terminal.rows[0].startswith("icetui  ▸1 Smart")
        assert "demo · LTAI…Id01 · cn-shanghai" in terminal.rows[0]
        assert terminal.rows[3].startswith("▸ ⋮ waiting  <1m")
        assert terminal.rows[28].startswith(f" {MARK}")
        assert "live" not in terminal.text
        os.write(go_on, b".")
        terminal.wait("live, every")
        assert MARK not in terminal.text


def test_the_framework_takes_over_without_a_blank_frame(tmp_path: Path) -> None:
    seen_once(tmp_path)
    with held(tmp_path) as (terminal, go_on):
        before, size = rows_of(terminal), len(terminal.raw)
        assert all(before)
        os.write(go_on, b".")
        # After every single byte the same rows stand there.
        seen = set()
        terminal.wait(lambda: len(terminal.raw) > size)
        terminal.wait("live, every")
        terminal.quiet()
        taken_over = bytes(terminal.raw[size:])
        assert rows_of(terminal) == before
        assert b"\x1b[?1049h" not in taken_over
        assert b"\x1b[2J" not in taken_over
        # Modes, the status line twice and the preview: not the rows again.
        assert len(taken_over) <= 1_800
    replay = Terminal(["/bin/true"], columns=120, lines=30)
    with replay:
        replay._feed(bytes(terminal.raw[:size]))
        for n in range(len(taken_over)):
            replay._feed(taken_over[n : n + 1])
            seen.add(tuple(rows_of(replay)))
    assert seen == {tuple(before)}


def test_keys_typed_at_the_frame_are_not_lost(tmp_path: Path) -> None:
    seen_once(tmp_path)
    with held(tmp_path) as (terminal, go_on):
        terminal.send("jj")
        terminal.quiet(0.1)
        assert "jj" not in terminal.text  # no echo
        os.write(go_on, b".")
        terminal.wait("3 of 50")
        assert terminal.rows[5].startswith("▸")


def test_leaving_does_not_wait_for_rows(tmp_path: Path) -> None:
    seen_once(tmp_path)
    with held(tmp_path) as (terminal, go_on):
        terminal.send("q")
        os.write(go_on, b".")
        assert terminal.end() == 0


def test_a_slow_source_of_the_key_is_said_on_the_frame_and_the_rows_stay(tmp_path: Path) -> None:
    delay = tmp_path / "delay"
    delay.write_text("0")
    (tmp_path / "config").mkdir(mode=0o700)
    with served() as gateway:
        words = (
            f"ALIBABA_CLOUD_ACCESS_KEY_ID={gateway.key_id} ALIBABA_CLOUD_ACCESS_KEY_SECRET={gateway.secret}"
        )
        (tmp_path / "key").write_text(words.replace(" ", "\n"))
        (tmp_path / "config" / "config.toml").write_text(
            f"""default_profile = "slow"
[profiles.slow]
source = "command"
command = ["/bin/sh", "-c", "sleep $(cat {delay}); cat {tmp_path}/key"]
"""
        )
        (tmp_path / "config" / "config.toml").chmod(0o600)
        argv = [sys.executable, "-m", "icetui", "--ice-endpoint", gateway.url, "--vod-endpoint", gateway.url]
        for seconds in ("0", "2"):
            delay.write_text(seconds)
            with Terminal(argv, columns=120, lines=30, env=kept_in(tmp_path)) as terminal:
                if seconds == "2":
                    terminal.wait(MARK)
                    rows = rows_of(terminal)
                    terminal.wait("waiting for the keyring…")
                    assert rows_of(terminal) == rows
                terminal.wait("live, every")
                terminal.quiet()
                terminal.send("q")
                assert terminal.end() == 0


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)],
)
def test_a_signal_at_the_frame_gives_the_terminal_back(
    number: signal.Signals, status: int, tmp_path: Path
) -> None:
    seen_once(tmp_path)
    with held(tmp_path) as (terminal, _):
        raw = termios.tcgetattr(terminal._master)
        assert not raw[3] & termios.ECHO
        terminal.process.send_signal(number)
        assert terminal.end() == status
        terminal.pump(0.1)
        assert terminal.raw.endswith(b"\x1b[?25h\x1b[?1049l")
        back = termios.tcgetattr(terminal._master)
        assert back[3] & termios.ECHO
        assert back[3] & termios.ICANON


def test_at_the_end_the_terminal_is_as_it_was_before_the_frame(tmp_path: Path) -> None:
    seen_once(tmp_path)
    with program(tmp_path) as terminal:
        terminal.wait(MARK)
        terminal.wait("live, every")
        terminal.send("q")
        terminal.end()
        terminal.pump(0.1)
        after = termios.tcgetattr(terminal._master)
        assert after[3] & termios.ECHO
        assert after[3] & termios.ICANON
        assert after[0] & termios.ICRNL
        assert b"\x1b[?1049l" in terminal.raw


def test_what_goes_wrong_before_the_framework_is_said_on_the_normal_screen(tmp_path: Path) -> None:
    log = tmp_path / "calls.log"
    seen_once(tmp_path, "--log", str(log))
    log.unlink()
    log.mkdir()
    with program(tmp_path, "--log", str(log)) as terminal:
        assert terminal.end() == 2
        terminal.pump(0.1)
        assert MARK.encode() in terminal.raw
        left = terminal.raw.index(b"\x1b[?1049l")
        assert b"icetui: " in terminal.raw[left:]
        assert termios.tcgetattr(terminal._master)[3] & termios.ECHO


def test_a_list_that_was_left_narrowed_or_open_begins_as_it_began(tmp_path: Path) -> None:
    seen_once(tmp_path, keys="jjj")
    seen_once(tmp_path, keys="!")
    seen_once(tmp_path, keys="2")
    seen_once(tmp_path, keys="j" + ENTER)
    with held(tmp_path) as (terminal, _):
        assert terminal.rows[0].startswith("icetui  ▸1 Smart")
        assert "JobState all" in terminal.rows[1]
        assert terminal.rows[3].startswith("▸ ⋮ waiting  <1m")


class TestWhose:
    """Only a start with the same words, environment, configuration and size finds it."""

    def test_another_size(self, tmp_path: Path) -> None:
        seen_once(tmp_path)
        with program(tmp_path, columns=100) as terminal:
            terminal.wait("live, every")
            assert MARK.encode() not in terminal.raw

    def test_another_region(self, tmp_path: Path) -> None:
        seen_once(tmp_path)
        with program(tmp_path, "--region", "cn-beijing") as terminal:
            terminal.wait("live, every")
            assert MARK.encode() not in terminal.raw

    @pytest.mark.parametrize(
        "env",
        [
            {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI5tAnotherKeyIdXXXX"},
            {"ICETUI_PROFILE": "other"},
            {"COLORTERM": "truecolor"},
            {"NO_COLOR": "1"},
        ],
        ids=lambda env: next(iter(env)),
    )
    def test_another_environment(
        self, env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._here(tmp_path, monkeypatch)
        assert self._path(os.environ) != self._path({**os.environ, **env})
        assert self._path(os.environ) == self._path({**os.environ, "SHLVL": "7"})

    def test_another_configuration_or_aliyun_key(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._here(tmp_path, monkeypatch)
        first = self._path(os.environ)
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "config.toml").write_text('cache = "rows"\n')
        second = self._path(os.environ)
        home = {**os.environ, "HOME": str(tmp_path)}
        third = self._path(home)
        (tmp_path / ".aliyun").mkdir()
        (tmp_path / ".aliyun" / "config.json").write_text("{}")
        assert len({first, second, third, self._path(home)}) == 4

    def _here(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in kept_in(folder).items():
            monkeypatch.setenv(name, value)

    def _path(self, environ: Mapping[str, str]) -> str:
        return KeptFrame([], environ)._path((80, 24))


class TestKept:
    """What stands in the file, and who may read it."""

    def test_it_is_the_users_alone_and_holds_no_key(self, tmp_path: Path) -> None:
        os.umask(0o000)
        try:
            seen_once(tmp_path)
        finally:
            os.umask(0o022)
        (file,) = frames(tmp_path)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert "LTAI5t" not in file.read_text()
        assert "\x1b" not in file.read_text()

    def test_nothing_is_kept_where_nothing_is_to_be_kept(self, tmp_path: Path) -> None:
        seen_once(tmp_path)
        assert frames(tmp_path)
        (tmp_path / "config").mkdir(exist_ok=True)
        (tmp_path / "config" / "config.toml").write_text('cache = "nothing"\n')
        with program(tmp_path) as terminal:
            terminal.wait("live, every")
            assert MARK.encode() not in terminal.raw
            terminal.send("q")
            assert terminal.end() == 0
        assert not frames(tmp_path)

    def test_a_folder_that_cannot_be_written_stops_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ICETUI_STATE_DIR", str(tmp_path / "file"))
        (tmp_path / "file").write_text("no folder")
        frame = KeptFrame([], os.environ)
        frame.keep([[("", "x")]], (80, 1), (0, ""))
        assert (tmp_path / "file").read_text() == "no folder"

    def test_only_so_many_are_kept_the_newest(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ICETUI_STATE_DIR", str(tmp_path / "state"))
        for width in range(40, 40 + kept_frame.MOST_FILES + 3):
            KeptFrame([], os.environ).keep([[("", str(width))]], (width, 1), (0, ""))
        kept = frames(tmp_path)
        assert len(kept) == kept_frame.MOST_FILES
        texts = "".join(path.read_text() for path in kept)
        assert f"{40 + kept_frame.MOST_FILES + 2}" in texts

    def test_all_are_forgotten_at_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ICETUI_STATE_DIR", str(tmp_path / "state"))
        kept_frame.forget()
        KeptFrame([], os.environ).keep([[("", "x")]], (80, 1), (0, ""))
        assert frames(tmp_path)
        kept_frame.forget()
        assert not frames(tmp_path)


class TestUntrusted:
    """A terminal obeys whoever writes to it."""

    GOOD = f"{kept_frame.TYPE}\n4 2 1 1;33\n\x1fabcd\n1\x1fab\x1e\x1fcd"

    def test_what_was_kept_is_read(self) -> None:
        rows, said = kept_frame._read(self.GOOD, (4, 2))
        assert rows == [[("", "abcd")], [("1", "ab"), ("", "cd")]]
        assert said == (1, "1;33")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "another program's file",
            GOOD.replace("frame 1", "frame 2"),
            GOOD.replace("4 2 1", "4 3 1"),
            GOOD.replace("4 2 1", "4 2 7"),
            GOOD.replace("4 2 1", "4 x 1"),
            GOOD + "\nmore",
            GOOD.rpartition("\n")[0],
            GOOD.replace("abcd", "a\x1b]52;c;cm0=\x07"),
            GOOD.replace("abcd", "a\x9b2J"),
            GOOD.replace("abcd", "a\u202eb"),
            GOOD.replace("1\x1fab", "1m\x1b[2J\x1fab"),
            GOOD.replace("1;33", "1;33m\x1b]0;x\x07"),
        ],
        ids=range(13),
    )
    def test_anything_else_is_not_painted(self, text: str) -> None:
        with pytest.raises(kept_frame.NotAFrame):
            kept_frame._read(text, (4, 2))

    def test_a_file_of_something_else_is_no_frame(self, tmp_path: Path) -> None:
        seen_once(tmp_path)
        (file,) = frames(tmp_path)
        file.write_bytes(b"\xff\x00" + file.read_bytes())
        with program(tmp_path) as terminal:
            terminal.wait("live, every")
            assert MARK.encode() not in terminal.raw


looks = st.sampled_from(["", "1", "2", "36", "1;33", "7"])
texts = st.text(st.sampled_from("ab ▸│中文片é·"), min_size=1, max_size=9)


@given(st.lists(st.lists(st.tuples(looks, texts), max_size=5), min_size=3, max_size=3))
def test_a_copy_gives_back_what_it_was_told_stands_there(rows: list[list[tuple[str, str]]]) -> None:
    size = Size(100, 3)
    copy = Copy()
    copy.stand(rows, size)
    again = Copy()
    again.stand(copy.rows(Region()), size)
    assert (again._chars, again._looks) == (copy._chars, copy._looks)
    # A file holds it too.
    lines = ["\x1e".join(f"{look}\x1f{text}" for look, text in row) for row in copy.rows(Region())]
    read, _ = kept_frame._read("\n".join([kept_frame.TYPE, "100 3 0 ", *lines]), (100, 3))
    assert read == copy.rows(Region())


def test_a_region_can_be_left_out_and_nothing_is_told_of_what_is_unknown() -> None:
    copy = Copy()
    with pytest.raises(ValueError, match="nobody knows"):
        copy.rows(Region())
    rows: Rows = [[("1", "abcdef")], [("1", "ghijkl")]]
    copy.stand(rows, Size(6, 2))
    assert copy.rows(Region(2, 1, 4, 1)) == [[("1", "abcdef")], [("1", "gh")]]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the rules of Linux are read off")
@pytest.mark.parametrize(
    "env",
    [
        {},
        {"XDG_CONFIG_HOME": "/x/c", "XDG_STATE_HOME": "/x/s"},
        {"XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "  "},
        {"XDG_CONFIG_HOME": "relative", "XDG_STATE_HOME": "./here"},
        {"HOME": "/somewhere/else"},
    ],
    ids=str,
)
def test_places_are_those_of_platformdirs(env: dict[str, str]) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "ICETUI_"))}
    code = (
        "import platformdirs as p; from icetui.places import config_path, state_path;"
        "print([config_path(), state_path()] == "
        "[p.user_config_dir('icetui', appauthor=False), p.user_state_dir('icetui', appauthor=False)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**clean, **env}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n", places
