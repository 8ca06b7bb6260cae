"""The axis of media time: what is drawn where, how its cursor and its table go together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from icetui.clean import width
from icetui.demo import SEED_RESULTS
from icetui.panes.axis import AxisView, Drawing, TimelineLeaf, TimelineTable, table
from icetui.panes.spans import plain
from icetui.results import Cue, Result, Segment, Segments, Transcript
from icetui.timeline import Item, Timeline, timeline
from tests.on_screen import BIG, SMALL, demo, detail_of, screen_text, turned_to, until
from tests.terminal import ENTER, LEFT, RIGHT, Terminal

CLOCK = "2026-11-20T10:00:00Z"
VOD = "a718a3a1e8bb42ee3bc88921e94****"

items = st.builds(
    lambda lane, start, length: Item(lane, start, start + length),
    st.sampled_from(["cues", "covers", "tags"]),
    st.floats(0, 5_000),
    st.just(0.0) | st.floats(0, 300),
)
lines = st.lists(items, min_size=1, max_size=40).map(
    lambda some: Timeline(tuple(sorted(some, key=lambda item: item.start)), max(item.end for item in some))
)


@given(lines, st.integers(40, 200), st.booleans())
def test_every_item_is_drawn_in_its_cells_and_nothing_else_is(
    line: Timeline, cells: int, ascii_only: bool
) -> None:
    drawing = Drawing(line, cells, ascii_only=ascii_only)
    for lane, drawn in zip(line.lanes, drawing.lanes, strict=True):
        assert width(drawn) == len(drawn) == drawing.cells
        there = {
            cell
            for item in line.items
            if item.lane == lane
            for cell in range(drawing.span(item)[0], drawing.span(item)[1] + 1)
        }
        assert {cell for cell, sign in enumerate(drawn) if sign != " "} == there
        assert not ascii_only or drawn.isascii()
    assert all(width(row) == cells - drawing.cells for row in drawing.names)


@given(lines, st.integers(40, 200))
def test_the_cursors_time_and_its_cell_are_one_and_items_are_found_where_they_are_drawn(
    line: Timeline, cells: int
) -> None:
    drawing = Drawing(line, cells)
    assert [drawing.cell(drawing.time(cell)) for cell in range(drawing.cells)] == list(range(drawing.cells))
    for cell in range(drawing.cells):
        n = drawing.under(cell)
        there = any(drawing.span(item)[0] <= cell <= drawing.span(item)[1] for item in line.items)
        assert (n is not None) == there
        if n is not None:
            first, last = drawing.span(line.items[n])
            assert first <= cell <= last


@given(st.floats(0, 400_000), st.integers(40, 200), st.booleans())
def test_the_ruler_is_as_long_as_the_axis_and_its_times_stand_where_they_are(
    duration: float, cells: int, ascii_only: bool
) -> None:
    drawing = Drawing(Timeline((Item("cues", 0, duration),), duration), cells, ascii_only=ascii_only)
    assert len(drawing.ruler) == drawing.cells
    signs = drawing.signs
    for at, sign in enumerate(drawing.ruler):
        if sign != signs.tick:
            continue
        said = drawing.ruler[at + 1 :].split(signs.rule)[0].split(signs.tick)[0]
        seconds = 0
        for part in said.split(":"):
            seconds = seconds * 60 + int(part)
        assert drawing.cell(seconds) == at


def test_items_that_touch_take_turns() -> None:
    cues = Transcript(tuple(Cue(n, n + 1, str(n)) for n in range(4)))
    line = timeline([Result("R", cues)])
    assert Drawing(line, 21, ascii_only=True).lanes == ("====----====----",)
    assert Drawing(line, 21).lanes == ("⠛⠛⠛⠛⣤⣤⣤⣤⠛⠛⠛⠛⣤⣤⣤⣤",)


def test_a_moment_is_drawn_through_a_range_and_two_ranges_together() -> None:
    line = Timeline(
        (Item("cues", 0, 8), Item("cues", 2, 6), Item("cues", 4, 4)),
        8,
    )
    assert Drawing(line, 13, ascii_only=True).lanes == ("==##|#==",)


def test_the_table_has_times_lane_score_and_label_whole() -> None:
    head, rows = table(
        Timeline(
            (Item("covers", 28.27825, 28.27825, "a\x1b.jpg", 8.27), Item("cues", 30, 31.5, "x")), 40, True
        )
    )
    assert " ".join(plain(head).split()) == "start end lane score what (2 items in 0:00:40.000)"
    assert plain(rows.line(0)) == "0:00:28.278               covers      8.27  a␛.jpg"
    assert plain(rows.line(1)) == "0:00:30.000  0:00:31.500  cues              x"


async def on_timeline(pilot: Pilot[Any], job_id: str) -> TimelineLeaf:
    await detail_of(pilot, job_id)
    leaf = (await turned_to(pilot, "Timeline")).leaf
    assert isinstance(leaf, TimelineLeaf)
    return leaf


def places(leaf: TimelineLeaf) -> tuple[float, int]:
    """Where the axis' cursor is in time, and the table's row."""
    return round(leaf.query_one(AxisView).time, 3), leaf.query_one(TimelineTable).point


@pytest.mark.parametrize("size", [BIG, SMALL, (40, 12)])
async def test_the_covers_of_the_documentation(size: tuple[int, int]) -> None:
    async with demo(family="iproduction").run_test(size=size) as pilot:
        leaf = await on_timeline(pilot, SEED_RESULTS["Cover"])
        assert places(leaf) == (25.943, 0)
        shown = screen_text(pilot)
        assert "0:00:25.943" in shown
        await pilot.press("j")
        assert places(leaf) == (28.278, 1)
        assert "0:00:28.278  covers  8.2" in plain([("", ""), *leaf.note])
        drawing = leaf.query_one(AxisView).drawing
        assert drawing is not None
        assert [n for n, sign in enumerate(drawing.lanes[0]) if sign != " "] == [
            int(25.942583 / 28.27825 * drawing.cells),
            drawing.cells - 1,
        ]


async def test_arrows_go_through_time_and_enter_takes_the_table_along() -> None:
    async with demo(family="vod-ai").run_test(size=BIG) as pilot:
        leaf = await on_timeline(pilot, VOD)
        axis = leaf.query_one(AxisView)
        assert places(leaf) == (0, 0)
        await pilot.press("left")
        assert axis.cell == 0
        await pilot.press(*["right"] * 3)
        assert (axis.cell, leaf.query_one(TimelineTable).point) == (3, 0)
        assert "nothing here" in plain(leaf.note)
        assert leaf.seconds == axis.time > 0.7
        # Nothing under the cursor: the table goes to what comes next, and the cursor along.
        await pilot.press("enter")
        assert places(leaf) == (1.63, 1)
        # Within a cue the cursor stays where it is.
        await pilot.press("g", *["right"] * 8)
        before = places(leaf)
        assert (before[1], 1.63 < before[0] < 3.75) == (0, True)
        await pilot.press("enter")
        assert places(leaf) == (before[0], 1)
        assert "No." in plain(leaf.note)
        await pilot.press("j")
        assert places(leaf) == (4.02, 2)
        await pilot.press("G", "right")
        assert "Yes." in plain(leaf.note)
        await pilot.press(*["right"] * 200)
        drawing = axis.drawing
        assert drawing is not None
        assert axis.cell == drawing.cells - 1


async def test_a_refresh_moves_neither_cursor() -> None:
    async with demo(family="vod-ai").run_test(size=BIG) as pilot:
        leaf = await on_timeline(pilot, VOD)
        await pilot.press("j", "j", "right")
        before = places(leaf)
        detail: Any = pilot.app.screen
        told = detail.opened
        await pilot.press("r")
        await until(pilot, lambda: detail.opened is not told)
        assert places(leaf) == before


async def test_a_job_without_times_has_no_such_tab() -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail = await detail_of(pilot, "******8c784f461db57c99c9d9******")
        assert "Timeline" not in screen_text(pilot)
        seen = set()
        for _ in range(8):
            await pilot.press("]")
            seen.add(detail.leaf.TITLE)
        assert "Timeline" not in seen


def test_more_lanes_than_fit_are_said_to_be_more() -> None:
    tracks = [Result(f"J.VideoTracks[{n}].VideoTrackClips", Segments((Segment(n, n + 1),))) for n in range(9)]
    view = AxisView()
    view.show(timeline(tracks), most=5, ascii_only=False)
    view._drawing = Drawing(view._line, 80)
    assert [plain(row)[:14] for row in view.lines()][-1] == "… 6 more lanes"
    assert len(view.lines()) == 5


def test_a_cursor_key_on_the_axis_costs_little(tmp_path: Path) -> None:
    """Bytes at 120x40 (ux.md rule 4)."""
    argv = [sys.executable, "-m", "icetui", "--demo", "--clock", CLOCK]
    env = {"ICETUI_CONFIG_DIR": str(tmp_path / "config"), "ICETUI_STATE_DIR": str(tmp_path / "state")}
    with Terminal(argv, columns=120, lines=40, env=env) as terminal:
        terminal.wait("of 50 loaded")
        terminal.send("4")
        terminal.wait("▸4 VOD")
        terminal.wait("1 of ")
        terminal.quiet(0.3)
        while "Timeline" not in terminal.text:
            terminal.send("qj\r" if "Summary]" in terminal.text else "\r")
            terminal.quiet(0.3)
        terminal.send("[[[")
        terminal.wait("[Timeline")
        for key in (RIGHT, RIGHT, LEFT, "j", "j", RIGHT):
            assert terminal.cost(key, 0.3) <= 700, key
        # Nothing to say where the table stands on that item already.
        written = len(terminal.raw)
        terminal.send(ENTER)
        terminal.quiet(0.3)
        assert len(terminal.raw) - written <= 700
