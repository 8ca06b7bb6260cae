"""Writing only what differs: the terminal shows what it would show if everything were written."""

from __future__ import annotations

import sys
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Region, Size
from textual.strip import Strip

from icetui.panes.thrift import Copy
from tests.terminal import DOWN, ESC, PAGE_DOWN, UP, Terminal, running

WIDTH, HEIGHT = 24, 3
SIZE = Size(WIDTH, HEIGHT)
CONSOLE = Console(color_system="256", force_terminal=True, width=WIDTH, height=HEIGHT, legacy_windows=False)
LOOKS = (
    None,
    Style(),
    Style(bold=True),
    Style(dim=True),
    Style(reverse=True),
    Style(color="cyan"),
    Style(color="black", bgcolor="yellow"),
    Style(color="default", bgcolor="default"),
    Style(color="color(208)", underline=True),
)
PIECES = ("a", "bc", " ", "      ", "…", "▸ ", "宽", "一 b", "é", "x" * 9)

looks = st.sampled_from(LOOKS)


@st.composite
def line(draw: st.DrawFn, cells: int = WIDTH) -> Strip:
    """Segments of exactly so many cells."""
    segments: list[Segment] = []
    left = cells
    while left:
        text = draw(st.sampled_from(PIECES))
        if cell_len(text) > left:
            text = " " * left
        segments.append(Segment(text, draw(looks)))
        left -= cell_len(text)
    return Strip(segments, cells)


@st.composite
def whole(draw: st.DrawFn) -> LayoutUpdate:
    """A frame."""
    return LayoutUpdate([[draw(line())] for _ in range(HEIGHT)], Region(0, 0, WIDTH, HEIGHT))


@st.composite
def part(draw: st.DrawFn) -> ChopsUpdate:
    """One line, in pieces as two panes side by side give them, each written or not."""
    y = draw(st.integers(0, HEIGHT - 1))
    widths = (10, 1, WIDTH - 11)
    starts = [0, *accumulate(widths)]
    wanted = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()).filter(any))
    chops: list[dict[int, Strip | None]] = [{} for _ in range(HEIGHT)]
    chops[y] = {
        x: draw(line(cells)) if want else None for x, cells, want in zip(starts, widths, wanted, strict=False)
    }
    return ChopsUpdate(chops, [(y, 0, WIDTH)], [starts[1:] for _ in range(HEIGHT)])


def cells_of(screen: pyte.Screen) -> list[list[tuple[str, ...]]]:
    """What a person sees: of a blank, not the colour of the letter that is not there.

    Of a wide character that was half overwritten terminals leave a blank; pyte leaves the half.
    """
    rows = []
    for y in range(HEIGHT):
        row: list[tuple[str, ...]] = []
        for x in range(WIDTH):
            char = screen.buffer[y][x]
            if (not char.data and cell_len(screen.buffer[y][x - 1].data) < 2) or (
                cell_len(char.data) > 1 and screen.buffer[y][x + 1].data
            ):
                char = char._replace(data=" ")
            looks = (char.bg, str(char.reverse), str(char.underscore))
            seen = (char.fg, str(char.bold)) if char.data != " " or char.reverse or char.underscore else ()
            row.append((char.data, *looks, *seen))
        rows.append(row)
    return rows


@given(st.lists(st.one_of(whole(), part()), min_size=1, max_size=6), st.data())
def test_the_terminal_shows_what_it_would_show_if_everything_were_written(
    updates: list[LayoutUpdate | ChopsUpdate], data: st.DataObject
) -> None:
    thrifty, plain = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    thrifty_stream, plain_stream = pyte.Stream(thrifty), pyte.Stream(plain)
    copy = Copy()
    for update in updates:
        if data.draw(st.booleans(), label="forget"):
            copy.forget()
        thrifty_stream.feed(copy.change(update, CONSOLE, SIZE))
        plain_stream.feed(update.render_segments(CONSOLE).replace("\n", "\r\n"))
        assert cells_of(thrifty) == cells_of(plain)
        assert thrifty.cursor.attrs == thrifty.default_char


@given(st.lists(st.tuples(st.one_of(whole(), part()), st.booleans()), min_size=1, max_size=8))
def test_pictures_that_were_never_written_are_in_the_next_difference(
    updates: list[tuple[LayoutUpdate | ChopsUpdate, bool]],
) -> None:
    late, plain = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    late_stream, plain_stream = pyte.Stream(late), pyte.Stream(plain)
    copy = Copy()
    for update, is_written in updates:
        copy.take(update, CONSOLE, SIZE)
        plain_stream.feed(update.render_segments(CONSOLE).replace("\n", "\r\n"))
        if is_written:
            late_stream.feed(copy.difference())
            assert cells_of(late) == cells_of(plain)
    late_stream.feed(copy.difference())
    assert cells_of(late) == cells_of(plain)
    assert copy.difference() == ""


@given(whole(), whole())
def test_of_two_pictures_only_the_second_is_written(first: LayoutUpdate, second: LayoutUpdate) -> None:
    copy, fresh = Copy(), Copy()
    copy.take(first, CONSOLE, SIZE)
    copy.take(second, CONSOLE, SIZE)
    assert copy.difference() == fresh.change(second, CONSOLE, SIZE)


@given(whole())
def test_what_stands_there_already_is_not_written_again(update: LayoutUpdate) -> None:
    copy = Copy()
    assert copy.change(update, CONSOLE, SIZE)
    assert copy.change(update, CONSOLE, SIZE) == ""


@given(whole())
def test_after_forgetting_all_of_it_is_written(update: LayoutUpdate) -> None:
    copy = Copy()
    first = copy.change(update, CONSOLE, SIZE)
    copy.forget()
    assert copy.change(update, CONSOLE, SIZE) == first


def test_another_size_is_another_terminal() -> None:
    copy = Copy()
    update = LayoutUpdate([[Strip([Segment("abc")])]], Region(0, 0, 3, 1))
    assert copy.change(update, CONSOLE, Size(3, 1)) == "\x1b[1;1Habc"
    assert copy.change(update, CONSOLE, Size(3, 2)) == "\x1b[1;1Habc"


def test_what_lies_beyond_the_terminal_is_not_written() -> None:
    update = LayoutUpdate([[Strip([Segment("abcdef")])], [Strip([Segment("gh")])]], Region(0, 0, 6, 2))
    assert Copy().change(update, CONSOLE, Size(3, 1)) == "\x1b[1;1Habc"


def test_one_changed_character_costs_a_jump_and_the_character() -> None:
    copy = Copy()
    for text in ("one of 50", "two of 50"):
        written = copy.change(
            LayoutUpdate([[Strip([Segment(text)])]], Region(0, 0, 9, 1)), CONSOLE, Size(9, 1)
        )
    assert written == "\x1b[1;1Htwo"


def test_the_rest_of_a_line_is_erased_not_overwritten() -> None:
    copy = Copy()
    size = Size(40, 1)
    for text in ("abcdefghijklmnopqrstuvwxyz", "abc"):
        written = copy.change(
            LayoutUpdate([[Strip([Segment(text.ljust(40))])]], Region(0, 0, 40, 1)), CONSOLE, size
        )
    assert written == "\x1b[1;4H\x1b[K"


def test_the_framework_still_has_what_this_builds_on() -> None:
    """`App._display` and the updates are private: another Textual is to be looked at first."""
    assert version("textual").startswith("8."), "see icetui/panes/thrift.py"
    assert App._display.__code__.co_varnames[:3] == ("self", "screen", "renderable")


KEYS: dict[str, tuple[str, ...]] = {
    "moving": (DOWN, PAGE_DOWN, UP, "G", "g", PAGE_DOWN, "k", "j"),
    "lists": ("2", DOWN, "3", "4", PAGE_DOWN, "1"),
    "an opened job": ("\r", "]", "]", "J", "]", DOWN, "q", DOWN),
    "finding": ("/", "ASR", "\r", "n", "n", ESC),
    "panes over panes": ("?", DOWN, "q", "V", "D", "q", "V"),
}


@pytest.mark.parametrize("name", KEYS)
def test_painting_all_of_it_anew_changes_nothing(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "icetui", "--demo", "--clock", "2026-11-20T10:00:00Z"]
    with running(command, ready="live, every") as terminal:
        for key in KEYS[name]:
            terminal.send(key)
            terminal.quiet(0.6)  # a busy machine reads the preview late
            if "╭" not in terminal.text:  # the box of choices has no key for it
                repainted(terminal)


def repainted(terminal: Terminal) -> None:
    """Has all of it painted, which Ctrl+L does whatever stands there; the screen is as it was."""
    before = terminal.rows
    written = len(terminal.raw)
    terminal.send("\x0c")
    terminal.wait(lambda: b"\x1b[1;1H" in terminal.raw[written:])
    terminal.quiet(0.3)
    assert terminal.rows == before
