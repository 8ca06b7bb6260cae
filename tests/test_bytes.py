"""What goes over the wire at 120x40, counted on a pty: on a slow line bytes are what one waits for.

The bounds stand a third above what was counted when they were written, and far below those of ux.md
rule 4. Nothing here looks at a clock: it waits until the program has said what it had to say.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal import DOWN, ENTER, ESC, PAGE_DOWN, PAGE_UP, UP, Terminal

CLOCK = "2026-11-20T10:00:00Z"
F9, F11, F12 = "\x1b[20~", "\x1b[23~", "\x1b[24~"
QUIET = 0.3
"""Seconds of silence after which all is said; the preview waits 0.15 s for the cursor to rest."""


@contextmanager
def browsing(tmp_path: Path, *program: str, interval: int = 3600) -> Iterator[Terminal]:
    """The program on the demo, its first list painted."""
    config = tmp_path / "config"
    config.mkdir(exist_ok=True)
    (config / "config.toml").write_text(f"interval = {interval}\n")
    argv = [sys.executable, "-m", *(program or ("icetui", "--demo", "--clock", CLOCK))]
    env = {"ICETUI_CONFIG_DIR": str(config), "ICETUI_STATE_DIR": str(tmp_path / "state")}
    with Terminal(argv, columns=120, lines=40, env=env) as terminal:
        terminal.wait("of 50 loaded")
        terminal.quiet(QUIET)
        yield terminal


def calls(log: Path) -> int:
    """How many requests went out."""
    return len(log.read_text().splitlines())


def test_the_first_screen(tmp_path: Path) -> None:
    with browsing(tmp_path) as terminal:
        assert len(terminal.raw) <= 7_500
    # Again, with the rows of this session to begin with.
    with browsing(tmp_path) as terminal:
        assert len(terminal.raw) <= 7_500


def test_idle_is_silent_and_so_are_beats_that_change_nothing(tmp_path: Path) -> None:
    log = tmp_path / "calls.log"
    program = ("icetui", "--demo", "--clock", CLOCK, "--log", str(log))
    with browsing(tmp_path, *program, interval=1) as terminal:
        before, written = calls(log), len(terminal.raw)
        terminal.wait(lambda: calls(log) >= before + 3)
        terminal.quiet(1.5)
        assert terminal.raw[written:] == b""


@pytest.mark.parametrize(("key", "most"), [(F11, 100), (F12, 700)], ids=["one", "ten"])
def test_a_beat_costs_what_it_changes(key: str, most: int, tmp_path: Path) -> None:
    with browsing(tmp_path, "tests.beating_app") as terminal:
        before = terminal.text
        there = terminal.cost(key, QUIET)
        assert terminal.text != before
        assert there <= most
        back = terminal.cost(key, QUIET)
        assert terminal.text == before
        assert back <= most
        # Another one just before it that tells nothing new costs nothing more.
        assert terminal.cost(F9 + key, QUIET) == there
        assert terminal.cost(F9 + key, QUIET) == back


def test_moving(tmp_path: Path) -> None:
    with browsing(tmp_path) as terminal:
        terminal.cost("V", QUIET)  # without the preview, which is drawn when the cursor rests
        assert terminal.cost(DOWN, QUIET) <= 450
        assert terminal.cost(DOWN, QUIET) <= 450
        assert terminal.cost(UP, QUIET) <= 450
        assert terminal.cost(PAGE_DOWN, QUIET) <= 6_500
        assert terminal.cost(PAGE_UP, QUIET) <= 6_500
        assert terminal.cost("G", QUIET) <= 6_500
        assert terminal.cost("g", QUIET) <= 6_500


def test_moving_with_the_preview(tmp_path: Path) -> None:
    with browsing(tmp_path) as terminal:
        for _ in range(4):
            # The cursor, what the list knows, what was asked for.
            assert terminal.cost(DOWN, QUIET) <= 450 + 3_000
        assert terminal.cost("V", QUIET) <= 5_500
        assert terminal.cost("V", QUIET) <= 5_500


def test_another_list(tmp_path: Path) -> None:
    with browsing(tmp_path) as terminal:
        for key, said in (("2", "▸2 Batch"), ("3", "▸3 IPro"), ("4", "▸4 VOD"), ("1", "▸1 Smart")):
            terminal.quiet(QUIET)
            written = len(terminal.raw)
            terminal.send(key)
            terminal.wait(said)
            terminal.wait("1 of ")
            terminal.quiet(QUIET)
            assert len(terminal.raw) - written <= 9_000, key
        for key in ("2", "3", "4", "1"):
            assert terminal.cost(key, QUIET) <= 7_000, key


def test_an_opened_job(tmp_path: Path) -> None:
    with browsing(tmp_path) as terminal:
        terminal.send("/ASR" + ENTER)
        terminal.wait('"ASR": 1 of')
        assert terminal.cost(ENTER, QUIET) <= 4_500
        for _ in range(5):
            assert terminal.cost("]", QUIET) <= 6_000
        assert terminal.cost("J", QUIET) <= 4_500
        assert terminal.cost("q", QUIET) <= 8_000


def test_asking_and_choosing(tmp_path: Path) -> None:
    with browsing(tmp_path) as terminal:
        assert terminal.cost("/", QUIET) <= 250
        assert terminal.cost("k", QUIET) <= 3_500
        assert terminal.cost(ESC, QUIET) <= 3_500
        assert terminal.cost("f", QUIET) <= 250
        assert terminal.cost("t", QUIET) <= 2_000
        assert terminal.cost(DOWN, QUIET) <= 350
        assert terminal.cost(ESC, QUIET) <= 1_500
        assert terminal.cost("?", QUIET) <= 4_500
        assert terminal.cost("q", QUIET) <= 7_000
