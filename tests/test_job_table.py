"""The table on a screen: messages, what is drawn, and what it costs on the wire."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import Input

from icetui.job import State
from icetui.panes.job_table import JobTable
from icetui.panes.placing import Place
from icetui.panes.quiet import QuietScreen
from tests.pane_app import NOW, job
from tests.terminal import DOWN, PAGE_DOWN, Terminal, running

JOBS = tuple(job(n) for n in range(300))


class TableScreen(QuietScreen):
    """A table, and something else that can have the focus."""

    def compose(self) -> ComposeResult:
        yield JobTable()
        yield Input(compact=True)


class TableApp(App[None]):
    """Records what the table says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []

    def get_default_screen(self) -> TableScreen:
        return TableScreen()

    @property
    def table(self) -> JobTable:
        return self.screen.query_one(JobTable)

    def on_job_table_chosen(self, message: JobTable.Chosen) -> None:
        self.said.append(("chosen", message.job.id[:4] if message.job else ""))

    def on_job_table_activated(self, message: JobTable.Activated) -> None:
        self.said.append(("activated", message.job.id[:4]))

    def on_job_table_changed(self, message: JobTable.Changed) -> None:
        self.said.append(("changed", str(message.table.waiting)))


def rows(pilot: Pilot[None]) -> list[str]:
    """The table as text."""
    strips = pilot.app.screen._compositor.render_strips()
    height = pilot.app.screen.query_one(JobTable).size.height
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips[:height]]


def repaints(monkeypatch: pytest.MonkeyPatch, table: JobTable) -> list[Region]:
    """What the table asks to have painted from now on."""
    regions: list[Region] = []
    original = table.refresh

    def refresh(*asked: Region, **how: bool) -> JobTable:
        regions.extend(asked or (table.size.region,))
        return original(*asked, **how)

    monkeypatch.setattr(table, "refresh", refresh)
    return regions


async def test_jobs_are_shown_under_the_names_of_their_columns() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 12)) as pilot:
        app.table.show(JOBS, NOW, followed=frozenset({JOBS[2].id}))
        app.table.mark(JOBS[1].id)
        await pilot.pause()
        seen = rows(pilot)
        assert seen[0].split() == ["state", "age", "created", "UTC", "took", "type", "ID", "title"]
        assert seen[1].startswith("▸ ✓ done     <1m 11-20 13:00")
        assert seen[2].startswith(" ✚⠶ running")
        assert seen[3].startswith(" ⚑✗ failed")
        assert "[red]bold[/] claims 2" in seen[3]
        assert app.table.position == (1, 300)
        assert app.table.virtual_size.height == 301


async def test_ascii_leaves_no_sign_of_ours_that_is_not() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.table.show([replace(each, title="plain") for each in JOBS[:5]], NOW)
        app.table.mark()
        app.table.ascii = True
        await pilot.pause()
        seen = "\n".join(rows(pilot)).replace("…", "")
        assert seen.isascii()
        assert ">*+ done" in seen


async def test_an_empty_table_says_what_it_was_given_to_say() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.table.nothing = [[("No [b]jobs[/b].", "title")], [("Press a to add IDs.", "")]]
        await pilot.pause()
        assert rows(pilot)[2:4] == ["No [b]jobs[/b].", "Press a to add IDs."]
        app.table.show(JOBS, NOW)
        await pilot.pause()
        assert "No [b]jobs" not in "\n".join(rows(pilot))


async def test_keys_move_choose_mark_and_open() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.table.focus()
        app.table.show(JOBS, NOW)
        await pilot.pause()
        app.said.clear()
        await pilot.press("j", "down", "k", "space", "enter", "l", "right", "G", "g", "pagedown", "ctrl+u")
        moves = [said for said in app.said if said[0] != "changed"]
        assert moves == [
            ("chosen", "0001"),
            ("chosen", "0002"),
            ("chosen", "0001"),
            ("activated", "0001"),
            ("activated", "0001"),
            ("activated", "0001"),
            ("chosen", "0299"),
            ("chosen", "0000"),
            ("chosen", "0009"),
            ("chosen", "0005"),
        ]
        assert app.table.marks == {JOBS[1].id}


async def test_the_cursor_stays_on_its_job_and_its_line_when_new_jobs_come() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.table.show(JOBS, NOW)
        app.table.choose(JOBS[5].id)
        await pilot.pause()
        before = rows(pilot)
        app.said.clear()
        app.table.show((job(900), job(901), *JOBS), NOW)
        await pilot.pause()
        assert rows(pilot) == before
        assert app.said == [("changed", "2")]
        assert app.table.release() == 2
        await pilot.pause()
        assert app.table.job == JOBS[5]
        assert rows(pilot)[1].strip().startswith("✓ done")
        assert app.table.position == (8, 302)
        assert ("changed", "0") in app.said


async def test_a_job_that_left_is_grey_until_the_person_moves() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 12)) as pilot:
        app.table.show(JOBS, NOW)
        app.table.step(3)
        app.table.show((*JOBS[:2], *JOBS[3:]), NOW)
        await pilot.pause()
        strip = pilot.app.screen._compositor.render_strips()[3]
        styles = {segment.style.dim for segment in strip if segment.text.strip() and segment.style}
        assert styles == {True}
        assert app.table.step(1) == JOBS[4]
        assert len(app.table.shown) == 299


async def test_nothing_is_painted_for_the_same_jobs_and_a_stretch_of_a_line_for_a_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = TableApp()
    async with app.run_test(size=(120, 20)) as pilot:
        app.table.show(JOBS, NOW)
        await pilot.pause()
        regions = repaints(monkeypatch, app.table)
        app.table.show([replace(each) for each in JOBS], NOW)
        assert regions == []
        later = NOW + timedelta(minutes=1)
        app.table.show(JOBS, later)
        # Ages stand left: signs, state and age are sixteen cells.
        assert {region.width for region in regions} == {16}
        assert len(regions) == 10  # nine of the last hour, and one that is two hours old now
        await pilot.pause()
        regions.clear()
        app.table.show((replace(JOBS[0], title="another"), *JOBS[1:]), later)
        assert regions == [Region(0, 1, 120, 1)]
        await pilot.pause()
        regions.clear()
        app.table.show((replace(JOBS[0], title="another"), *JOBS[1:250], job(700), *JOBS[250:]), later)
        assert regions == []


async def test_find_highlights_counts_wraps_and_hides_nothing() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 12)) as pilot:
        app.table.show(JOBS[:20], NOW)
        app.table.step(2)
        assert app.table.find("CLIP 0412") == (1, 5)
        assert app.table.job == JOBS[3]
        assert app.table.find_next() == (2, 5)
        assert app.table.find_next(-1) == (1, 5)
        assert app.table.find_next(-1) == (5, 5)
        assert app.table.find_next() == (1, 5)
        await pilot.pause()
        assert len([row for row in rows(pilot)[1:] if row.strip()]) == 10
        found = [
            segment.text
            for strip in pilot.app.screen._compositor.render_strips()[:11]
            for segment in strip
            if segment.style and segment.style.bgcolor and segment.text == "clip 0412"
        ]
        assert len(found) == len([row for row in rows(pilot) if "clip 0412" in row]) > 1
        assert app.table.find("秋季") == (2, 5)
        assert app.table.find("[red]")[1] == 5
        assert app.table.find("no such text") == (0, 0)
        assert app.table.find("") == (0, 0)


async def test_what_is_found_in_a_cut_text_lights_up_its_ellipsis() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.table.show([replace(JOBS[0], title="a" * 90 + " needle", id="x" * 40)], NOW)
        assert app.table.find("needle") == (1, 1)
        await pilot.pause()
        strip = pilot.app.screen._compositor.render_strips()[1]
        assert {s.text for s in strip if s.style and s.style.bgcolor and s.style.underline} >= {"…"}


async def test_hits_are_counted_anew_when_jobs_change() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 12)) as pilot:
        app.table.show(JOBS[:20], NOW)
        app.table.find("clip")
        await pilot.pause()
        app.said.clear()
        app.table.show([replace(each, title="clip") for each in JOBS[:20]], NOW)
        assert app.table.found[1] == 20
        await pilot.pause()
        assert ("changed", "0") in app.said


async def test_failed_jobs_are_reached_one_after_the_other() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 12)):
        app.table.show(JOBS[:10], NOW)
        reached = []
        for _ in range(5):
            assert app.table.step_failed(1)
            reached.append(app.table.position[0] - 1)
        assert reached == [2, 4, 7, 9, 2]
        assert app.table.step_failed(-1)
        assert app.table.position[0] - 1 == 9
        app.table.show([replace(each, state=State.DONE) for each in JOBS[:10]], NOW)
        assert not app.table.step_failed(1)


async def test_a_place_can_be_put_away_and_taken_back() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 12)) as pilot:
        app.table.show(JOBS, NOW)
        app.table.step(40)
        app.table.mark()
        await pilot.pause()
        before, place = rows(pilot), app.table.place
        app.table.place = Place()
        app.table.show(JOBS[100:110], NOW)
        await pilot.pause()
        assert rows(pilot) != before
        app.table.place = place
        await pilot.pause()
        assert rows(pilot) == before


async def test_the_mouse_scrolls_chooses_and_opens() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 12)) as pilot:
        app.table.show(JOBS, NOW)
        await pilot.pause()
        await pilot.click(JobTable, offset=(10, 4))
        assert app.said[-1] == ("chosen", "0003")
        await pilot.click(JobTable, offset=(10, 4))
        assert app.said[-1] == ("activated", "0003")
        await pilot.click(JobTable, offset=(10, 0))
        assert app.said[-1] == ("activated", "0003")


async def test_a_table_without_the_focus_shows_its_cursor_without_reverse_video() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 12)) as pilot:
        app.table.show(JOBS, NOW)
        app.table.focus()
        await pilot.pause()

        def looks() -> tuple[bool, bool]:
            strip = pilot.app.screen._compositor.render_strips()[1]
            styles = [segment.style for segment in strip if segment.style and segment.text.strip()]
            return any(style.reverse for style in styles), any(style.bold for style in styles)

        assert looks()[0]
        app.screen.query_one(Input).focus()
        await pilot.pause()
        assert looks() == (False, True)
        assert rows(pilot)[1].startswith("▸")


async def test_a_smaller_window_keeps_the_cursor_in_view_and_no_size_crashes() -> None:
    app = TableApp()
    async with app.run_test(size=(120, 30)) as pilot:
        app.table.show(JOBS, NOW)
        app.table.step(25)
        for size in ((80, 10), (40, 4), (20, 2), (1, 1), (200, 50), (120, 6)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert app.table.job == JOBS[25]
        assert any(row.startswith("▸") for row in rows(pilot))


async def test_rows_shown_before_the_first_layout_stay_where_they_are() -> None:
    table = JobTable()
    table._put(table.place.arrived(JOBS, table._height).on(5, table._height))
    assert (table.place.index, table.place.top) == (5, 0)


# --- bytes on the wire, on a real pty ---------------------------------------------------------------

F1, F2, F3, F4, F5 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~"
TICK = "\x1b[17~"
"""Makes the program say something: a key typed before it has been dealt with when it is seen."""


def extra(terminal: Terminal, keys: str) -> int:
    """Bytes that keys cost of which nothing may be seen."""
    terminal.cost(TICK)
    alone = terminal.cost(TICK)
    return terminal.cost(keys + TICK) - alone


@pytest.fixture(scope="module")
def terminal() -> Iterator[Terminal]:
    command = [sys.executable, "-m", "tests.pane_app", "table"]
    with running(command, ready="ready", columns=120, lines=40) as terminal:
        yield terminal


def test_a_beat_without_change_costs_nothing(terminal: Terminal) -> None:
    assert extra(terminal, F1) == 0


def test_one_changed_row_costs_at_most_350_bytes(terminal: Terminal) -> None:
    assert 0 < terminal.cost(F2) <= 350


def test_ten_changed_rows_cost_at_most_2500_bytes(terminal: Terminal) -> None:
    assert 0 < terminal.cost(F3) <= 2_500


def test_a_minute_costs_the_rows_whose_age_changed(terminal: Terminal) -> None:
    assert 0 < terminal.cost(F5) <= 1_000


def test_a_cursor_key_costs_at_most_700_bytes(terminal: Terminal) -> None:
    assert 0 < terminal.cost("j") <= 700
    assert 0 < terminal.cost(DOWN) <= 700
    assert 0 < terminal.cost("k") <= 700


def test_jobs_that_wait_cost_nothing(terminal: Terminal) -> None:
    terminal.cost("j")
    assert extra(terminal, F4) == 0


def test_a_page_costs_at_most_13_kilobytes(terminal: Terminal) -> None:
    assert 0 < terminal.cost(PAGE_DOWN) <= 13_000


def test_asking_costs_a_line_or_two(terminal: Terminal) -> None:
    assert 0 < terminal.cost("/") <= 700
    assert 0 < terminal.cost("x") <= 100
    assert 0 < terminal.cost("\x1b") <= 700


def test_a_silent_program_sends_nothing(terminal: Terminal) -> None:
    terminal.quiet()
    assert terminal.quiet(1.0) == 0
