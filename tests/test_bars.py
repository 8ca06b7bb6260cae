"""The one-line bars: what they shed, what they cost, and a line that is typed into."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.events import Paste
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget

from icetui import keymap
from icetui.clean import width
from icetui.panes.bars import (
    BottomLine,
    Filter,
    FilterBar,
    Header,
    KeyHint,
    Prompt,
    StatusLine,
    Tab,
    Who,
    filter_line,
    header_line,
    key_line,
    prompt_line,
    status_line,
)
from icetui.panes.entry import Entry
from icetui.panes.palette import palette, selected
from icetui.panes.quiet import QuietScreen
from icetui.panes.spans import STYLES, Span, extent, plain, window

TABS = (Tab("1", "Smart"), Tab("2", "Batch", active=True), Tab("3", "IProduction"), Tab("4", "VOD AI"))
WHO = Who("prod", "env", "LTAI…9QeF", "cn-shanghai")
HINTS = (KeyHint("Enter", "open"), KeyHint("/", "find"), KeyHint("f…", "filter"), KeyHint("?", "help"))


def test_a_wide_header_says_everything() -> None:
    line = plain(header_line(TABS, WHO, 120))
    assert line.startswith("icetui ")
    assert "▸2 Batch" in line
    assert line.endswith("prod · env · LTAI…9QeF · cn-shanghai")
    assert width(line) == 120


@pytest.mark.parametrize(
    ("cells", "there", "shed"),
    [
        (80, ["1 Smart", "▸2 Batch", "4 VOD AI", "prod", "LTAI…9QeF", "cn-shanghai"], ["icetui", "env"]),
        (60, ["▸2 Batch", "prod", "LTAI…9QeF", "cn-shanghai"], ["Smart"]),
        (40, ["▸2", "LTAI…9QeF", "cn-shanghai"], ["Batch", "prod"]),
        (14, ["cn-shanghai"], ["▸"]),
    ],
)
def test_a_narrow_header_sheds_key_hint_and_region_last(
    cells: int, there: list[str], shed: list[str]
) -> None:
    line = plain(header_line(TABS, WHO, cells))
    assert width(line) <= cells
    assert all(word in line for word in there)
    assert not any(word in line for word in shed)


def test_the_active_tab_is_marked_without_colour() -> None:
    assert ("▸2 Batch ", "active") in header_line(TABS, WHO, 120)
    assert palette(False)["active"].reverse


def test_members_that_are_not_known_leave_no_dots() -> None:
    assert plain(header_line(TABS, Who(region="cn-beijing"), 120)).endswith("   cn-beijing")


def test_filters_stand_in_the_words_of_the_family() -> None:
    filters = (
        Filter("JobType", "all"),
        Filter("JobState", "Failed", active=True),
        Filter("SortBy", "CreationTime:Desc"),
        Filter("find", '"x"', active=True),
    )
    assert (
        plain(filter_line(filters, 120))
        == 'JobType all · JobState Failed · SortBy CreationTime:Desc · find "x"'
    )
    assert ("Failed", "title") in filter_line(filters, 120)
    assert plain(filter_line(filters, 36)) == 'JobType all · JobState Failed · find "x"'[14:]


def test_a_status_message_yields_to_the_freshness_and_says_that_it_was_cut() -> None:
    line = plain(status_line([("a message that is far too long for this", "")], [("3 s ago", "dim")], 30))
    assert line.endswith("…  3 s ago")
    assert width(line) == 30
    assert plain(status_line([("message", "")], [("a very long freshness", "")], 12)) == "message"


def test_keys_are_shown_whole_or_not_at_all() -> None:
    assert plain(key_line(HINTS, "", 80)) == "Enter open  / find  f… filter  ? help"
    assert plain(key_line(HINTS, "", 30)) == "Enter open  / find  …"
    assert plain(key_line(HINTS, "copy", 80)).startswith("copy: Enter open")


text_spans = st.lists(
    st.tuples(st.text(st.sampled_from("ab 秋e\u0301"), max_size=8), st.sampled_from(STYLES))
)


@given(line=text_spans, left=st.integers(0, 20), cells=st.integers(0, 20))
@example(line=[("aaaaaaa", ""), ("aaaaaaa", ""), ("\u0301", "")], left=0, cells=14)
def test_a_window_never_takes_more_cells_than_it_has(line: list[Span], left: int, cells: int) -> None:
    seen = window(line, left, cells)
    assert width(plain(seen)) <= cells
    whole = plain(line)
    if left == 0 and width(whole) <= cells:
        assert plain(seen) == whole
    if cells and width(whole) > left + cells:
        assert plain(seen).endswith("…")
        assert width(plain(seen)) == cells


@given(old=text_spans, new=text_spans)
def test_the_extent_covers_every_cell_that_differs(old: list[Span], new: list[Span]) -> None:
    until = extent(old, new)

    def cells(line: list[Span]) -> list[tuple[str, str]]:
        return [(char, style) for text, style in line for char in text for _ in range(width(char))]

    if width(plain(old)) == width(plain(new)):
        assert cells(old)[until:] == cells(new)[until:]
    if old == new:
        assert until == 0


@pytest.mark.parametrize("styles", [palette(True), palette(False), selected(True), selected(False)])
def test_every_style_name_has_a_look(styles: Any) -> None:
    assert set(styles) == set(STYLES)


def test_without_colours_nothing_has_a_colour_and_what_is_bad_or_found_still_shows() -> None:
    for styles in (palette(False), selected(False)):
        assert all(look.color is None and look.bgcolor is None for look in styles.values())
    assert palette(False)["bad"].bold
    assert palette(False)["found"].underline
    assert selected(False)[""].reverse


# --- a line that is typed into ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        (Entry("abc", 3), "backspace", Entry("ab", 2)),
        (Entry("abc", 0), "backspace", Entry("abc", 0)),
        (Entry("abc", 1), "delete", Entry("ac", 1)),
        (Entry("abc", 2), "ctrl+u", Entry("c", 0)),
        (Entry("abc", 1), "ctrl+k", Entry("a", 1)),
        (Entry("one two  x", 9), "ctrl+w", Entry("one x", 4)),
        (Entry("abc", 0), "left", Entry("abc", 0)),
        (Entry("abc", 3), "right", Entry("abc", 3)),
        (Entry("abc", 2), "home", Entry("abc", 0)),
        (Entry("abc", 0), "end", Entry("abc", 3)),
    ],
)
def test_editing_keys(before: Entry, key: str, after: Entry) -> None:
    assert before.key(key, None) == after


def test_characters_go_where_the_insertion_point_is() -> None:
    assert Entry("ac", 1).key("b", "b") == Entry("abc", 2)
    assert Entry().key("x", "秋") == Entry("秋", 1)
    assert Entry().key("f5", None) is None


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r", "\u2028"])
def test_a_paste_keeps_all_its_lines_in_one(breaks: str) -> None:
    assert Entry("<>", 1).pasted(f"id1{breaks}id2{breaks}id3") == Entry("<id1 id2 id3>", 12)


@given(text=st.text(max_size=30), at=st.integers(0, 30), cells=st.integers(1, 20))
def test_the_insertion_point_is_always_in_view(text: str, at: int, cells: int) -> None:
    entry = Entry(text, min(at, len(text)))
    shown, point = entry.window(cells)
    assert width(shown[:point]) < cells
    assert width(shown) <= cells
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in shown)


def test_a_prompt_shows_label_text_and_insertion_point() -> None:
    line, cell = prompt_line("find: ", Entry("秋x", 1), 40)
    assert plain(line).rstrip() == "find: 秋x"
    assert cell == 8
    assert ("x", "active") in line


# --- on a screen ------------------------------------------------------------------------------------


class Pane(Widget, can_focus=True):
    """Something that has the focus before the prompt takes it."""

    DEFAULT_CSS = "Pane { height: 1fr; }"
    BINDINGS = (Binding("q", "app.note('q pressed')"),)  # type: ignore[assignment]


class BarScreen(QuietScreen):
    """All bars."""

    def compose(self) -> ComposeResult:
        yield Header()
        yield FilterBar()
        yield Pane()
        yield StatusLine()
        yield BottomLine()


class BarApp(App[None]):
    """Records what the prompt says and what is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str, str]] = []

    def get_default_screen(self) -> BarScreen:
        return BarScreen()

    @on(Prompt.Submitted)
    @on(Prompt.Edited)
    @on(Prompt.Cancelled)
    def record(self, message: Prompt.Said) -> None:
        self.said.append((type(message).__name__, message.name, message.value))

    def action_note(self, text: str) -> None:
        self.said.append((text, "", ""))


def painted(monkeypatch: pytest.MonkeyPatch, widget: Widget) -> list[Region]:
    """The regions a widget asks to have painted from now on."""
    regions: list[Region] = []
    original = widget.refresh

    def refresh(*asked: Region, **how: bool) -> Widget:
        regions.extend(asked or (widget.size.region,))
        return original(*asked, **how)

    monkeypatch.setattr(widget, "refresh", refresh)
    return regions


def row(pilot: Pilot[None], y: int) -> str:
    return "".join(segment.text for segment in pilot.app.screen._compositor.render_strips()[y]).rstrip()


async def test_bars_say_what_they_are_given_and_repaint_nothing_for_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with BarApp().run_test(size=(80, 10)) as pilot:
        screen = pilot.app.screen
        header, filters, status = (
            screen.query_one(Header),
            screen.query_one(FilterBar),
            screen.query_one(StatusLine),
        )
        bottom = screen.query_one(BottomLine)

        def say() -> None:
            header.show(TABS, WHO)
            filters.show([Filter("JobType", "all")])
            status.show("[red]41[/] jobs \x1b[31m", "3 s ago", style="bad")
            bottom.keys.show(HINTS)

        say()
        await pilot.pause()
        assert row(pilot, 0).endswith("cn-shanghai")
        assert row(pilot, 1) == "JobType all"
        assert row(pilot, 8).startswith("✗ [red]41[/] jobs ␛[31m")
        assert row(pilot, 9).startswith("Enter open")
        again = [painted(monkeypatch, bar) for bar in (header, filters, status, bottom)]
        say()
        assert again == [[], [], [], []]
        status.show("[red]42[/] jobs \x1b[31m", "3 s ago", style="bad")
        assert again[2] == [Region(0, 0, 9, 1)]


async def test_every_bar_is_one_line_at_every_size() -> None:
    async with BarApp().run_test(size=(40, 10)) as pilot:
        for size in ((1, 6), (20, 6), (200, 50)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert all(
                bar.size.height == 1
                for bar in pilot.app.screen.query("Header, FilterBar, StatusLine, BottomLine")
            )


async def test_a_prompt_takes_keys_and_gives_the_focus_back() -> None:
    app = BarApp()
    async with app.run_test(size=(80, 10)) as pilot:
        pane, bottom = app.screen.query_one(Pane), app.screen.query_one(BottomLine)
        pane.focus()
        bottom.keys.show(HINTS)
        bottom.prompt.ask("find", "find: ")
        await pilot.press("q", "u", "x", "backspace", "enter")
        assert app.said == [
            ("Edited", "find", "q"),
            ("Edited", "find", "qu"),
            ("Edited", "find", "qux"),
            ("Edited", "find", "qu"),
            ("Submitted", "find", "qu"),
        ]
        assert app.screen.focused is pane
        assert row(pilot, 9).startswith("Enter open")
        await pilot.press("q")
        assert app.said[-1] == ("q pressed", "", "")


async def test_escape_cancels_and_keys_that_are_not_text_go_their_way() -> None:
    app = BarApp()
    async with app.run_test(size=(80, 10)) as pilot:
        bottom = app.screen.query_one(BottomLine)
        app.screen.query_one(Pane).focus()
        bottom.prompt.ask("add", "IDs: ", "x")
        await pilot.press("f5", "ctrl+u", "escape")
        assert app.said == [("Edited", "add", ""), ("Cancelled", "add", "")]
        assert not bottom.prompt.open
        assert not bottom.can_focus


async def test_a_pasted_column_of_ids_is_kept_whole() -> None:
    app = BarApp()
    async with app.run_test(size=(80, 10)) as pilot:
        bottom = app.screen.query_one(BottomLine)
        bottom.prompt.ask("add", "IDs: ")
        await pilot.pause()
        bottom.post_message(Paste("a1\r\nb2\nc3\n"))
        await pilot.pause()
        await pilot.press("enter")
        assert app.said[-1] == ("Submitted", "add", "a1 b2 c3")


async def test_the_terminal_s_cursor_stands_where_the_text_goes() -> None:
    app = BarApp()
    async with app.run_test(size=(80, 10)) as pilot:
        app.screen.query_one(BottomLine).prompt.ask("find", "find: ", "ab")
        await pilot.pause()
        assert app.cursor_position == (8, 9)


async def test_asking_repaints_one_line_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    app = BarApp()
    async with app.run_test(size=(80, 10)) as pilot:
        bottom = app.screen.query_one(BottomLine)
        screen = painted(monkeypatch, app.screen)
        header = painted(monkeypatch, app.screen.query_one(Header))
        bottom.prompt.ask("find", "find: ")
        await pilot.press("a", "enter")
        assert screen == []
        assert header == []


@pytest.mark.parametrize("cells", [120, 80, 60, 40])
def test_every_choice_of_a_chord_is_seen_at_any_width(cells: int) -> None:
    for chord in keymap.CHORDS:
        hints = [KeyHint(key.shown, key.description) for key in chord.seconds]
        line = plain(key_line([*hints, KeyHint("Esc", "cancel")], chord.description, cells))
        assert width(line) <= cells
        words = line.partition(": ")[2].split(" ")
        assert [key.shown for key in chord.seconds] == [
            word for word in words if word in {key.shown for key in chord.seconds}
        ], line


def test_a_family_that_is_denied_is_greyed_unless_it_is_looked_at() -> None:
    tabs = [Tab("1", "Smart", active=True, denied=True), Tab("2", "Batch", denied=True), Tab("3", "VOD AI")]
    looks = {span[0].strip(" ▸"): span[1] for span in header_line(tabs, Who(), 100) if span[0].strip()}
    assert looks["1 Smart"] == "active"
    assert (looks["2"], looks["Batch"]) == ("dim", "dim")
    assert (looks["3"], looks["VOD AI"]) == ("key", "")
