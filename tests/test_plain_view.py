"""`P` in a real terminal: every screen printed on the plain screen, unboxed and unwrapped, and back."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal import Terminal

CLOCK = "2026-11-20T10:00:00Z"
ASR = "9b30ec9e68b918e7feb718afd6d975fb"
END = "-- Enter goes back --"


@contextmanager
def program(columns: int = 80) -> Iterator[Terminal]:
    """The program on the demo, its list filled."""
    argv = [sys.executable, "-m", "icetui", "--demo", "--clock", CLOCK]
    with Terminal(argv, columns=columns, lines=24) as terminal:
        terminal.wait("live, every 10 s")
        terminal.quiet()
        yield terminal


def printed(terminal: Terminal) -> str:
    """What `P` prints, all of it; Enter goes back to what was there."""
    terminal.quiet()
    before, shown = len(terminal.raw), terminal.text
    terminal.send("P")
    terminal.wait(END)
    terminal.quiet()
    raw = bytes(terminal.raw[before:])
    text = raw[raw.index(b"\x1b[?1049l") :].decode()
    terminal.send("\r")
    terminal.wait(lambda: END not in terminal.text)
    terminal.quiet()
    assert terminal.text == shown
    body = re.sub(r"\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b[78=>]", "", text)
    return body[: body.index(END)].replace("\r\n", "\n")


def typed(terminal: Terminal, keys: str, until: str) -> None:
    """Types, and waits for a text."""
    terminal.send(keys)
    terminal.wait(until)
    terminal.quiet()


def opened(terminal: Terminal) -> None:
    """Opens an ASR job, found in the list by its title."""
    typed(terminal, "/Markets tonight, 20 Nov\r", "1 of")
    typed(terminal, "\r", "Transcript")


def test_the_list_is_printed_with_tabs_between_whole_cells() -> None:
    with program() as terminal:
        lines = printed(terminal).split("\n")
        row = next(line for line in lines if ASR in line)
        assert row.split("\t")[:3] == ["done", "ASR", ASR]
        assert row.split("\t")[-1] == "Markets tonight, 20 Nov"


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("Summary", "Markets tonight, 20 Nov"),
        ("Result", "The central bank left its rate unchanged for the 55th month in a row."),
        ("Transcript", "The central bank left its rate unchanged for the 55th month in a row."),
        ("Timeline", "The central bank left its rate"),
        ("Subjobs and media", ""),
        ("Parameters", "oss://demo-bucket.oss-cn-shanghai.aliyuncs.com/news/2026/11/20/markets-17420.mp4"),
        ("Raw", '"JobId": "9b30ec9e68b918e7feb718afd6d975fb"'),
    ],
)
def test_each_tab_of_an_opened_job_is_printed_uncut(tab: str, said: str) -> None:
    with program() as terminal:
        opened(terminal)
        for _ in range(8):
            if f"[{tab}" in terminal.text:
                break
            terminal.send("]")
            terminal.quiet()
        assert f"[{tab}" in terminal.text
        text = printed(terminal)
        assert said in text
        assert "…" not in text.replace("_{index}", "")


def test_help_and_the_request_log_are_printed() -> None:
    with program() as terminal:
        typed(terminal, "?", "Keys")
        assert "Show only failed and partial jobs; again shows all." in printed(terminal)
        typed(terminal, "q", "live, every 10 s")
        typed(terminal, "D", "RequestId, code")
        assert "ListSmartJobs" in printed(terminal)


def test_a_comparison_is_printed_difference_by_difference() -> None:
    with program() as terminal:
        typed(terminal, " jjjjd", "difference")
        lines = printed(terminal).strip().split("\n")
        assert lines[0].startswith("left\tsmart\t")
        assert lines[1].startswith("right\tsmart\t")
        assert all(line[:3] in ("~ .", "- .", "+ .") for line in lines[4:])


def test_in_a_prompt_p_is_a_letter() -> None:
    with program() as terminal:
        typed(terminal, "/P", "/P")
        assert END not in terminal.text


def test_what_other_people_wrote_is_printed_safe(tmp_path: Path) -> None:
    with program() as terminal:
        typed(terminal, "a0ddba11000000000000000000000e5c0\r", "0ddba110")
        typed(terminal, "\r", "Summary")
        terminal.quiet()
        before = len(terminal.raw)
        for _ in range(6):
            printed(terminal)
            terminal.send("]")
            terminal.quiet()
        written = bytes(terminal.raw[before:]).decode()
        assert not re.search("\x1b](?!52)|[\x80-\x9f\u202a-\u202e\u2066-\u2069]", written)


def test_ctrl_c_goes_back_too() -> None:
    with program() as terminal:
        terminal.send("P")
        terminal.wait(END)
        terminal.send("\x03")
        terminal.wait(lambda: END not in terminal.text)
        typed(terminal, "j", "2 of 50")
