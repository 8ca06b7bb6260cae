"""Text by visible lines: moving, finding, wrapping, and what half a million lines cost."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region
from textual.pilot import Pilot

from icetui.clean import width
from icetui.panes.lines_view import LinesView
from icetui.panes.quiet import QuietScreen
from icetui.panes.spans import (
    Fixed,
    Joined,
    Lines,
    Made,
    Span,
    broken,
    having,
    highlighted,
    pattern,
    plain,
)
from tests.terminal import END, LEFT, PAGE_DOWN, RIGHT, Terminal, running

# --- lines as values --------------------------------------------------------------------------------


def texts(lines: Lines) -> list[str]:
    return [plain(lines.line(y)) for y in range(len(lines))]


def test_lines_are_joined_without_being_made() -> None:
    asked: list[int] = []

    def make(y: int) -> Sequence[Span]:
        asked.append(y)
        return ((f"line {y}", ""),)

    lines = Joined(Fixed.of("head", ""), Made(1000, make), Fixed(), Fixed.of("tail"))
    assert len(lines) == 1003
    assert asked == []
    assert [plain(lines.line(y)) for y in (0, 1, 2, 1001, 1002)] == ["head", "", "line 0", "line 999", "tail"]
    assert asked == [0, 999]
    for y in (-1, 1003):
        with pytest.raises(IndexError):
            lines.line(y)


def test_text_is_found_in_every_part_with_letter_case_ignored() -> None:
    lines = Joined(Fixed.of("Alpha", "beta"), Made(3, lambda y: (("al", ""), (f"pha {y}", "key"))))
    assert list(having(lines, "ALPHA")) == [0, 2, 3, 4]
    assert list(having(lines, "")) == []
    assert list(having(lines, "a.p")) == []


def test_lines_that_know_better_are_asked() -> None:
    class Quick(Fixed):
        def having(self, text: str) -> Sequence[int]:
            return [41] if text == "x" else []

    assert list(having(Joined(Fixed.of("a"), Quick([()] * 50)), "x")) == [42]


def test_highlights_cross_the_borders_of_spans() -> None:
    line = (("ab", "key"), ("cd", ""), ("abcd", "string"))
    assert highlighted(line, pattern("BC")) == [
        ("a", "key"),
        ("b", "found"),
        ("c", "found"),
        ("d", ""),
        ("a", "string"),
        ("bc", "found"),
        ("d", "string"),
    ]
    assert highlighted(line, pattern("x")) is line
    assert highlighted(line, None) is line


span_lines = st.lists(
    st.tuples(st.text(st.sampled_from("ab  秋e\u0301"), max_size=30), st.sampled_from(["", "key"])),
    max_size=5,
)


@given(line=span_lines, cells=st.integers(2, 30))
def test_a_broken_line_fits_and_loses_nothing_but_blanks(line: list[Span], cells: int) -> None:
    pieces = list(broken(line, cells))
    assert pieces
    assert all(width(plain(piece)) <= cells for piece in pieces)
    assert "".join(plain(piece) for piece in pieces).replace(" ", "") == plain(line).replace(" ", "")
    styles = [(char, style) for text, style in line for char in text if char != " "]
    assert [(c, style) for piece in pieces for text, style in piece for c in text if c != " "] == styles


@given(line=span_lines, sought=st.text(st.sampled_from("ab 秋e"), min_size=1, max_size=4))
def test_highlighting_changes_no_text(line: list[Span], sought: str) -> None:
    lit = highlighted(line, pattern(sought))
    assert plain(lit) == plain(line)
    assert "".join(text for text, style in lit if style == "found").lower().count(sought) == plain(
        line
    ).count(sought)


def test_a_line_is_broken_at_a_blank_where_one_is_near() -> None:
    assert [plain(piece).rstrip() for piece in broken((("the quick brown fox", ""),), 10)] == [
        "the quick",
        "brown fox",
    ]
    assert [plain(piece) for piece in broken((("a" * 25, ""),), 10)] == ["a" * 10, "a" * 10, "a" * 5]
    assert [plain(piece) for piece in broken((), 10)] == [""]


# --- on a screen ------------------------------------------------------------------------------------


class LinesScreen(QuietScreen):
    """One view; the arrow keys mean something to the screen too."""

    BINDINGS = [Binding("left", "app.note('back')"), Binding("right,enter,l", "app.note('open')")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        yield LinesView()


class LinesApp(App[None]):
    """Records what the view says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, int]] = []

    def get_default_screen(self) -> LinesScreen:
        return LinesScreen()

    @property
    def view(self) -> LinesView:
        return self.screen.query_one(LinesView)

    def on_lines_view_pointed(self, message: LinesView.Pointed) -> None:
        self.said.append(("pointed", message.y))

    def on_lines_view_activated(self, message: LinesView.Activated) -> None:
        self.said.append(("activated", message.y))

    def on_lines_view_marked(self, message: LinesView.Marked) -> None:
        self.said.append(("marked", message.y))

    def action_note(self, what: str) -> None:
        self.said.append((what, -1))


def rows(pilot: Pilot[None]) -> list[str]:
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def numbered(count: int) -> Made:
    return Made(count, lambda y: ((f"line {y}", ""),))


async def test_only_visible_lines_are_made() -> None:
    asked: set[int] = set()

    def make(y: int) -> Sequence[Span]:
        asked.add(y)
        return ((f"line {y}", ""),)

    app = LinesApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(Made(1_000_000, make))
        await pilot.pause()
        await pilot.press("G")
        assert rows(pilot)[-1] == "line 999999"
        await pilot.press("g", "pagedown")
        assert rows(pilot)[0] == "line 9"
        assert len(asked) <= 30
        assert app.view.position == (19, 1_000_000)


async def test_text_without_a_cursor_scrolls() -> None:
    app = LinesApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.focus()
        app.view.show(numbered(50))
        await pilot.press("j", "down", "k")
        assert rows(pilot)[0] == "line 1"
        await pilot.press("ctrl+d")
        assert rows(pilot)[0] == "line 5"
        await pilot.press("ctrl+u", "k", "k")
        assert rows(pilot)[0] == "line 0"
        await pilot.press("end")
        assert (rows(pilot)[0], rows(pilot)[-1]) == ("line 40", "line 49")
        await pilot.press("j", "pagedown")
        assert rows(pilot)[0] == "line 40"
        assert app.view.point == 40


async def test_a_cursor_moves_marks_and_opens() -> None:
    app = LinesApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.focus()
        app.view.cursor = True
        app.view.show(numbered(50))
        await pilot.press("j", "j", "space", "enter", "l")
        assert app.said == [("pointed", 1), ("pointed", 2), ("marked", 2), ("activated", 2), ("activated", 2)]
        assert rows(pilot)[1:4] == ["  line 1", "▸✚line 2", "  line 3"]
        await pilot.press("G")
        assert rows(pilot)[-1] == "▸ line 49"
        await pilot.press("pageup")
        assert app.view.point == 40
        app.view.go(3)
        await pilot.pause()
        assert "▸ line 3" in rows(pilot)
        assert app.view.marks == {2}


async def test_without_a_cursor_enter_and_space_are_the_screen_s() -> None:
    app = LinesApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.focus()
        app.view.show(numbered(5))
        await pilot.press("enter", "l", "right", "left")
        assert app.said == [("open", -1), ("open", -1), ("open", -1), ("back", -1)]


async def test_long_lines_say_that_they_go_on_and_scroll_sideways() -> None:
    app = LinesApp()
    async with app.run_test(size=(20, 5)) as pilot:
        app.view.focus()
        app.view.show(Fixed.of("0123456789" * 3, "short", "秋" * 20))
        await pilot.pause()
        assert rows(pilot)[:3] == ["0123456789012345678…", "short", "秋" * 9 + " …"]
        await pilot.press("right")
        assert rows(pilot)[0] == "89012345678901234567"[:19] + "…"
        await pilot.press("greater_than_sign")
        assert rows(pilot)[0].endswith("3456789")
        await pilot.press("right", "right", "right")
        assert app.said[-1] == ("open", -1)
        await pilot.press("left", "less_than_sign", "left", "left")
        assert rows(pilot)[0] == "0123456789012345678…"
        await pilot.press("》", "《")
        assert rows(pilot)[0] == "0123456789012345678…"
        await pilot.press("left")
        assert app.said[-1] == ("back", -1)


async def test_wrapped_lines_are_seen_whole_and_scrolled_by_screen_lines() -> None:
    app = LinesApp()
    async with app.run_test(size=(10, 4)) as pilot:
        app.view.focus()
        app.view.show(Fixed.of("0123456789" * 3, "next", *[f"l{n}" for n in range(8)]))
        app.view.wrap = True
        await pilot.pause()
        assert rows(pilot) == ["0123456789", "0123456789", "0123456789", "next"]
        await pilot.press("j")
        assert rows(pilot) == ["0123456789", "0123456789", "next", "l0"]
        await pilot.press("G")
        assert rows(pilot) == ["l4", "l5", "l6", "l7"]
        await pilot.press("g")
        assert rows(pilot)[3] == "next"
        await pilot.press("pagedown")
        assert rows(pilot) == ["next", "l0", "l1", "l2"]
        app.view.wrap = False
        await pilot.pause()
        assert rows(pilot)[0] == "next"


async def test_a_cursor_line_taller_than_the_pane_can_be_read_to_its_end() -> None:
    app = LinesApp()
    async with app.run_test(size=(12, 4)) as pilot:
        app.view.focus()
        app.view.cursor = True
        app.view.wrap = True
        app.view.show(Fixed.of("first", "abcdefghij" * 6, "last"))
        await pilot.press("j")
        assert rows(pilot)[0] == "▸ abcdefghij"
        for _ in range(2):
            await pilot.press("j")
            assert app.view.point == 1
        await pilot.press("j")
        assert app.view.point == 2
        assert rows(pilot)[-1] == "▸ last"
        await pilot.press("k", "k", "k", "k", "k", "k")
        assert app.view.point == 0


async def test_find_goes_to_hits_highlights_and_wraps() -> None:
    app = LinesApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(numbered(100))
        assert app.view.find("LINE 7") == (1, 11)
        await pilot.pause()
        assert rows(pilot)[0] == "line 0"
        assert app.view.find_next() == (2, 11)
        await pilot.pause()
        assert "line 70" in rows(pilot)
        assert app.view.find_next(-1) == (1, 11)
        assert app.view.find_next(-1) == (11, 11)
        assert app.view.find_next() == (1, 11)
        await pilot.pause()
        lit = [
            segment.text
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.style.bgcolor and segment.text == "line 7"
        ]
        assert lit == ["line 7"]
        assert app.view.find("nothing") == (0, 0)
        assert app.view.find("") == (0, 0)


async def test_find_brings_a_hit_beyond_the_right_border_into_view() -> None:
    app = LinesApp()
    async with app.run_test(size=(20, 5)) as pilot:
        app.view.show(Fixed.of("x", "." * 100 + "needle" + "." * 10))
        assert app.view.find("needle") == (1, 1)
        await pilot.pause()
        assert "needle" in rows(pilot)[1]


async def test_the_same_text_read_again_keeps_the_place_and_paints_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = LinesApp()
    async with app.run_test(size=(40, 10)) as pilot:
        view = app.view
        view.cursor = True
        view.show(numbered(100))
        view.find("line 5")
        view.go(42)
        view.marks = frozenset({40})
        await pilot.pause()
        regions: list[Region] = []
        original = view.refresh

        def refresh(*asked: Region, **how: bool) -> LinesView:
            regions.extend(asked or (view.size.region,))
            return original(*asked, **how)

        monkeypatch.setattr(view, "refresh", refresh)
        before = rows(pilot)
        view.show(numbered(100), keep=True)
        view.find("line 5")
        assert regions == []
        assert (view.point, view.marks) == (42, frozenset({40}))
        view.show(Made(100, lambda y: (("line ", ""), (f"{y}{'!' * (y == 41)}", ""))), keep=True)
        await pilot.pause()
        assert [y for y, row in enumerate(rows(pilot)) if row != before[y]] == [
            region.y for region in regions
        ]
        view.show(numbered(3), keep=True)
        assert view.point == 2
        view.show(numbered(100))
        assert (view.point, view.marks) == (0, frozenset())


async def test_no_size_and_no_text_crash() -> None:
    app = LinesApp()
    async with app.run_test(size=(40, 10)) as pilot:
        for lines in (Fixed(), numbered(1), Fixed.of("秋" * 100), numbered(100)):
            for wrap in (False, True):
                for cursor in (False, True):
                    app.view.show(lines)
                    app.view.wrap, app.view.cursor = wrap, cursor
                    for size in ((1, 1), (3, 2), (40, 10)):
                        await pilot.resize_terminal(*size)
                        app.view.find("9")
                        for key in ("action_first", "action_last"):
                            getattr(app.view, key)()
                        app.view.action_page(1)
                        app.view.action_page(-0.5)
                        app.view.action_move(1)
                        app.view.find("")
                    await pilot.pause()
        assert app.view.position[1] == 100


async def test_one_line_of_megabytes_is_shown_and_wrapped_at_once() -> None:
    app = LinesApp()
    async with app.run_test(size=(80, 24)) as pilot:
        started = time.process_time()
        app.view.show(Fixed.of("0123456789" * 500_000))
        await pilot.pause()
        app.view.wrap = True
        await pilot.pause()
        app.view.action_move(1)
        await pilot.pause()
        # Broken to the end it would be 62,500 pieces: seconds. The bound is far from both.
        assert time.process_time() - started < 2.0
        assert rows(pilot)[0] == "0123456789" * 8


# --- bytes on the wire, on a real pty ---------------------------------------------------------------

TICK = "\x1b[17~"
"""Makes the program say something: a key typed before it has been dealt with when it is seen."""


@pytest.fixture(scope="module", params=["scrolling", "cursor"])
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    command = [sys.executable, "-m", "tests.pane_app", "lines", request.param]
    with running(command, ready="ready", columns=120, lines=40) as terminal:
        yield terminal


def test_pages_of_half_a_million_lines_cost_at_most_13_kilobytes(terminal: Terminal) -> None:
    assert 0 < terminal.cost(PAGE_DOWN) <= 13_000
    assert 0 < terminal.cost(END) <= 13_000
    assert "499999" in terminal.text


def test_scrolling_sideways_and_back_costs_at_most_a_page(terminal: Terminal) -> None:
    assert 0 < terminal.cost(RIGHT) <= 13_000
    assert 0 < terminal.cost(LEFT) <= 13_000


def test_a_key_at_the_end_of_the_text_costs_nothing(terminal: Terminal) -> None:
    terminal.send("G")
    terminal.cost(TICK)
    alone = terminal.cost(TICK)
    assert terminal.cost("j" + TICK) == alone
