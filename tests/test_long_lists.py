"""Lists of more rows than a page: loaded in the background, narrowed, found in, and never moved."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from icetui import feed as feed_room
from icetui.feed import Feed
from icetui.job import State
from icetui.keymap import KEYS
from icetui.panes import job_table
from icetui.panes.job_table import JobTable
from icetui.panes.telling import bar
from icetui.screens.loading import Loading
from icetui.store import Store
from tests.fake_service import NOON, SCOPE, Listed, Service, job
from tests.on_screen import close_sessions, demo, lines_of, listed, screen_text, until

BIG = (120, 36)


async def test_all_pages_come_while_the_person_moves() -> None:
    async with demo(faults=("jobs:700",)).run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        assert len(screen.table.shown) == 50
        await pilot.press("j", "j", "j", "L", "j")
        chosen = screen.table.job
        line = screen.table.place.index - screen.table.place.top
        await until(pilot, lambda: screen.shelf.snapshot is not None and not screen.shelf.snapshot.more)
        assert len(screen.table.shown) == 700
        assert screen.table.job == chosen
        assert screen.table.place.index - screen.table.place.top == line
        await until(pilot, lambda: "5 of 700" in screen_text(pilot))
        assert "loaded…" not in screen_text(pilot)
        await pilot.press("L")
        await until(pilot, lambda: "That is all there is." in screen_text(pilot))


async def test_ctrl_c_stops_loading_and_keeps_what_came() -> None:
    async with demo(faults=("jobs:100000",)).run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("L")
        await until(pilot, lambda: len(screen.table.shown) >= 150)
        assert "loaded…" in screen_text(pilot)
        assert "Ctrl+C stops" in screen_text(pilot)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not any(each.group == "more" for each in pilot.app.workers))
        assert "Stopped. What came is kept." in screen_text(pilot)
        kept = len(screen.table.shown)
        await pilot.pause(0.3)
        assert len(screen.table.shown) == kept
        await pilot.press("j")
        await until(pilot, lambda: "more below (> L)" in screen_text(pilot))


async def test_loading_goes_on_while_another_list_is_shown_and_ends_at_another_question() -> None:
    async with demo(faults=("jobs:100000",)).run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("L", "2")
        before = screen.session.feeds["smart"].snapshot.loaded
        await until(pilot, lambda: screen.session.feeds["smart"].snapshot.loaded > before + 100)
        await pilot.press("1")
        await until(pilot, lambda: len(screen.table.shown) > 150)
        assert "loaded…" in screen_text(pilot)
        await pilot.press("!")
        await until(pilot, lambda: not any(each.group == "more" for each in pilot.app.workers))


async def test_a_page_that_cannot_be_had_keeps_the_rows_and_says_how_to_go_on() -> None:
    faults = ("deny:ListSmartJobs,action=ListSmartJobs,every=4", "jobs:700")
    async with demo(faults=faults).run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("p", "L")
        await until(pilot, lambda: "L goes on" in screen_text(pilot))
        assert "150 Smart rows are kept" in screen_text(pilot)
        assert "NoPermission" in screen_text(pilot)
        assert len(screen.table.shown) == 150
        await pilot.press("L")
        await until(pilot, lambda: len(screen.table.shown) > 150)


async def test_the_same_token_ends_the_list_and_that_is_said() -> None:
    async with demo(faults=("same-token",)).run_test(size=(160, 36)) as pilot:
        await listed(pilot)
        await pilot.press("L")
        await until(pilot, lambda: "ends here: the service sent" in screen_text(pilot))


def test_a_bar_is_drawn_where_a_total_can_be_true() -> None:
    assert bar(12_300, 40_000) == " [###.......] 30% of 40,000"
    assert bar(40_000, 40_000) == " [##########] 100% of 40,000"
    assert bar(12_300, None) == ""
    assert bar(12_300, 100) == ""


async def test_the_words_change_once_a_second() -> None:
    now = 0.0
    service = Service([job(f"j{n:03}", n) for n in range(60)])
    store = Store(Path(":memory:"))
    feed = Feed(Listed(), service, store, SCOPE, clock=lambda: NOON, page_size=10)
    await feed.refresh()
    loading = Loading(lambda: now)
    said: list[int | None] = []

    def post(_: object) -> None:
        nonlocal now
        now += 0.4
        said.append(loading.said(feed))

    await loading.all(feed, post)
    assert said == [20, 20, 20, 50, 50]
    assert loading.said(feed) is None
    urgent = [each for call, each in zip(service.calls, service.urgent, strict=True) if call.action == "List"]
    assert urgent == [False] * 6
    store.close()


# -- narrowing and finding


async def test_rows_are_narrowed_as_a_text_is_typed() -> None:
    async with demo(faults=("jobs:700",)).run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("ampersand", *"BOUR")
        await pilot.pause()
        assert {each.title.split()[0] for each in screen.table.shown} == {"Harbour"}
        await pilot.press("enter")
        await pilot.pause()
        assert "that fit, of 50 loaded" in screen_text(pilot)
        chosen = screen.table.job
        await pilot.press("escape")
        await pilot.pause()
        assert len(screen.table.shown) == 50
        assert screen.table.job == chosen


@pytest.mark.parametrize("way_back", ["escape", "F"])
async def test_what_is_narrowed_is_shown_whole_again(way_back: str) -> None:
    async with demo(faults=("jobs:700",)).run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("f", "x", *"zzz")
        await pilot.pause()
        assert len(screen.table.shown) == 0
        if way_back == "F":
            await pilot.press("enter")
        await pilot.press(way_back)
        await until(pilot, lambda: len(screen.table.shown) == 50)


async def test_a_list_too_long_to_be_searched_at_once_is_searched_in_slices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_room, "SEARCHED_AT_ONCE", 60)
    monkeypatch.setattr(job_table, "FOLDED_AT_ONCE", 60)
    monkeypatch.setattr(job_table, "_SLICE", 10)
    async with demo(faults=("jobs:2000",)).run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("L")
        await until(pilot, lambda: len(screen.table.shown) == 2000)
        assert not screen.feed.is_searchable
        screen.find("item 10")
        assert screen.table.searching
        await until(pilot, lambda: not screen.table.searching)
        assert screen.table.found[1] > 10
        screen.find("")
        await pilot.press("ampersand", *"item 1002")
        await until(pilot, lambda: len(screen.table.shown) == 1)


@pytest.mark.parametrize("columns", [110, 113, 119, 120, 160])
async def test_the_preview_has_room_for_a_whole_id(columns: int) -> None:
    async with demo().run_test(size=(columns, 36)) as pilot:
        screen = await listed(pilot)
        assert screen.table.job is not None
        view = screen.preview
        assert view is not None
        assert f"ID         {screen.table.job.id}" in lines_of(view)


def test_the_keys_are_in_the_key_map() -> None:
    keys = {key.id: key for key in KEYS}
    assert keys["narrow"].shown == "&"
    assert "Ctrl+C" in keys["more.all"].tooltip


# -- the place in a list, from the service to the table


class TableApp(App[None]):
    """A table and nothing else."""

    def compose(self) -> ComposeResult:
        yield JobTable()


@pytest.mark.parametrize("seed", range(2))
async def test_a_thousand_answers_of_a_service_never_move_the_chosen_job(seed: int) -> None:
    random_ = random.Random(seed)
    service = Service([job(f"j{n:04}", n, State.RUNNING) for n in range(80)])
    store = Store(Path(":memory:"))
    feed = Feed(Listed(), service, store, SCOPE, clock=lambda: service.now, page_size=40)
    serial = 80
    app = TableApp()
    async with app.run_test(size=(100, 20)):
        table = app.query_one(JobTable)
        await feed.refresh()
        table.show((await feed.more()).jobs, NOON)
        table.choose("j0050")
        table.mark("j0049")
        table.mark("j0077")
        before = (table.place.index, table.place.top, "j0050", table.marks)
        for _ in range(500):
            for _ in range(random_.randrange(4)):
                some = random_.choice(list(service.jobs.values()))
                match random_.randrange(5):
                    case 0:
                        service.put(replace(some, title=f"other {serial}"))
                    case 1:
                        service.put(job(some.id, 0, State.DONE, created=some.created))
                    case 2 if len(service.jobs) > 40:
                        del service.jobs[some.id]
                    case 3:
                        serial += 1
                        service.put(job(f"j{serial:04}", serial, State.RUNNING))
                    case 4:
                        feed.follow([some.id])
            snapshot = await feed.refresh()
            if random_.random() < 0.1:
                snapshot = await feed.more()
            table.show(snapshot.jobs, NOON)
            assert table.job is not None
            assert (table.place.index, table.place.top, table.job.id, table.marks) == before
            shown = [each.id for each in table.shown]
            assert len(shown) == len(set(shown))
            assert table.place.gone == set(shown) - {each.id for each in snapshot.jobs}
            known = {each.id: each for each in snapshot.jobs}
            assert all(known.get(each.id, each) == each for each in table.shown)
        table.release()
        assert table.shown == snapshot.jobs
    await asyncio.to_thread(store.close)


async def test_a_list_of_last_session_is_painted_at_its_first_visit() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("2")
        await until(pilot, lambda: len(screen.table.shown) > 1)
        await listed(pilot)
    close_sessions()
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        screen.action_family("batch")
        # Before anything is painted, and before anybody was asked.
        assert len(screen.table.shown) > 1
        assert screen.table.shown[0].family == "batch"
