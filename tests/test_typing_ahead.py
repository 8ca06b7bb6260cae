"""Keys that arrive in one read do what they do one after the other, as over a slow line."""

from __future__ import annotations

import sys

import pytest

from tests.terminal import DOWN, ENTER, running

COMMAND = [sys.executable, "-m", "icetui", "--demo", "--clock", "2026-11-20T10:00:00Z"]

AT_ONCE = {
    "ft": "all",  # the box of types
    "ft2": "JobType ASR",
    "!": "JobState failed + partial",
    "/ASR" + ENTER: '"ASR": 1 of',
    "/ASR" + ENTER + "n": '"ASR": 2 of',
    DOWN * 7: "8 of 50 loaded",
    "fxKitchen" + ENTER: 'text "Kitchen"',
    "y" + DOWN + "u": "Times in UTC.",
}


@pytest.mark.parametrize("keys", AT_ONCE)
def test_keys_that_come_together_are_taken_one_after_the_other(keys: str) -> None:
    with running(COMMAND, ready="live, every") as terminal:
        terminal.send(keys)
        terminal.wait(AT_ONCE[keys] if keys != "ft" else lambda: "╭" in terminal.text)
