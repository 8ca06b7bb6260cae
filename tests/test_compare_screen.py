"""The compare screen on the demo account: which two jobs, what differs, keys, copies."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from textual.pilot import Pilot

from icetui.compare import compared as compare_jobs
from icetui.panes.diff_rows import DiffRows
from icetui.screens.browse import Browse
from icetui.screens.compare import Compare
from icetui.screens.detail import Detail
from tests.on_screen import BIG, SMALL, browse, demo, lines_of, listed, opened, screen_text, until
from tests.test_screens import copies as copies
from tests.test_screens import family

OTHER = "9b30ec9e68b918e7feb718afd6d975fb"
FAILED = "eaf36092a2576492efbd8c688f62b7c8"


async def compared(pilot: Pilot[Any]) -> Compare:
    """The compare screen, both jobs opened and compared, or one not."""
    await until(pilot, lambda: isinstance(pilot.app.screen, Compare))
    screen = pilot.app.screen
    assert isinstance(screen, Compare)
    await until(pilot, lambda: screen.compared is not None or "could not be opened" in lines_of(screen.view))
    return screen


async def marked(pilot: Pilot[Any], *ids: str) -> Browse:
    screen = await listed(pilot)
    for job_id in ids:
        assert screen.table.choose(job_id)
        await pilot.press("space")
    return screen


async def two(pilot: Pilot[Any]) -> Compare:
    await marked(pilot, OTHER, FAILED)
    await pilot.press("d")
    return await compared(pilot)


def rows_of(screen: Compare) -> DiffRows:
    rows = screen.view.rows
    assert rows is not None
    return rows


async def test_two_marked_jobs_are_compared_side_by_side() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await two(pilot)
        text = screen_text(pilot).split("\n")
        assert text[0].startswith("- left")
        assert OTHER in text[0]
        assert FAILED in text[1]
        row = next(line for line in text if "state:" in line)
        assert [part.strip() for part in row.split(" ~ ")] == ['state: "done"', 'state: "failed"']
        assert rows_of(screen).form == "sides"
        assert "more in times and IDs, i counts them" in text[-2]


async def test_times_and_ids_are_counted_on_a_key() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await two(pilot)
        less, text = rows_of(screen).top.count, lines_of(screen.view)
        assert "▸ … " in text
        assert "created" not in text
        await pilot.press("i")
        await until(pilot, lambda: rows_of(screen).top.count > less)
        assert "created" in lines_of(screen.view)
        assert "in times and IDs" not in screen_text(pilot).replace("i times and IDs", "")
        await pilot.press("i")
        assert rows_of(screen).top.count == less


async def test_n_goes_from_difference_to_difference() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await two(pilot)
        rows = rows_of(screen)
        total = rows.top.count
        seen = []
        for _ in range(total):
            await pilot.press("n")
            seen.append(rows.number(screen.view.point))
        assert seen == list(range(1, total + 1))
        assert f"difference {total} of {total}" in screen_text(pilot)
        await pilot.press("n")
        assert "That is the last difference." in screen_text(pilot)
        await pilot.press("N")
        assert rows.number(screen.view.point) == total - 1


async def test_n_unfolds_what_hides_the_next_difference() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await two(pilot)
        await pilot.press("g", "H", "n")
        assert rows_of(screen).number(screen.view.point) == 1


async def test_folding_keys() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await two(pilot)
        view, rows = screen.view, rows_of(screen)
        before = len(rows)
        await pilot.press("j", "j", "h")
        assert view.point == 0
        await pilot.press("h")
        assert len(rows) < before
        await pilot.press("l")
        assert len(rows) == before
        await pilot.press("enter")
        assert len(rows) < before
        await pilot.press("right", "right")
        assert (len(rows), view.point) == (before, 1)
        await pilot.press("(")
        folded = len(rows)
        assert folded < before
        await pilot.press(")")
        assert len(rows) > folded
        await pilot.press("g", "h", "h")
        await until(pilot, lambda: isinstance(pilot.app.screen, Browse))


async def test_find_comes_before_differences_on_n() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await two(pilot)
        await pilot.press("/", *"state", "enter")
        await pilot.pause()
        assert '"state": 1 of' in screen_text(pilot)
        await pilot.press("n")
        assert "state" in lines_of(screen.view).split("\n")[screen.view.point]
        await pilot.press("escape", "n")
        assert "difference " in screen_text(pilot)


async def test_a_narrow_terminal_shows_one_below_the_other() -> None:
    async with demo().run_test(size=SMALL) as pilot:
        screen = await two(pilot)
        text = screen_text(pilot).split("\n")
        at = next(n for n, line in enumerate(text) if "state:" in line)
        assert text[at].split()[-2:] == ["state:", '"done"']
        assert text[at + 1].split()[-2:] == ["state:", '"failed"']
        assert text[at].lstrip("▸ ").startswith("-")
        assert text[at + 1].lstrip().startswith("+")
        rows = rows_of(screen)
        await pilot.press("g", "h")
        folded = len(rows)
        await pilot.resize_terminal(*BIG)
        await until(pilot, lambda: rows_of(screen).form == "sides")
        assert len(rows_of(screen)) <= folded, "what was folded stays so"


async def test_long_values_are_shown_whole_on_a_key() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await two(pilot)
        value = '"oss://demo-bucket.oss-cn-shanghai.aliyuncs.com/news/2026/11/20/markets-17420.mp4"'
        assert "markets-17420.json" in lines_of(screen.view)
        await pilot.press("i")
        await until(pilot, lambda: not screen.ignores)
        await pilot.press("w")
        assert value in lines_of(screen.view)
        assert screen.view.wrap
        await pilot.press("w")
        assert value not in screen_text(pilot)


async def test_one_marked_job_is_compared_with_the_one_here() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await marked(pilot, FAILED)
        assert screen.table.choose(OTHER)
        await pilot.press("d")
        assert [each.id for each in (await compared(pilot)).wanted] == [FAILED, OTHER]


async def test_without_marks_it_is_said_what_to_do() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("d")
        assert "Space marks a job; then d on another one compares them." in screen_text(pilot)
        await pilot.press("space", "d")
        assert "Space marks a job" in screen_text(pilot), "a job is not compared with itself"
        await pilot.press("j", "space", "j", "space", "d")
        assert "3 jobs are marked: d compares two." in screen_text(pilot)
        assert pilot.app.screen is screen


async def test_jobs_of_two_families_are_compared() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await marked(pilot, OTHER)
        await family(pilot, "batch")
        job = browse(pilot).table.job
        assert job is not None
        await pilot.press("d")
        screen = await compared(pilot)
        assert [each.family for each in screen.wanted] == ["smart", "batch"]
        assert '"batch"' in screen_text(pilot)


async def test_an_opened_job_is_compared_with_the_marked_one() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await marked(pilot, OTHER)
        await opened(pilot, FAILED)
        await pilot.press("d")
        assert [each.id for each in (await compared(pilot)).wanted] == [OTHER, FAILED]
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, Detail))


async def test_an_opened_job_is_compared_with_an_id_that_is_asked_for() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await listed(pilot)
        await opened(pilot, FAILED)
        await pilot.press("d", *OTHER, "enter")
        screen = await compared(pilot)
        assert screen.compared is not None
        assert screen.compared.right.job.id == OTHER


async def test_a_job_that_cannot_be_opened_is_named_with_the_reason() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await listed(pilot)
        await opened(pilot, FAILED)
        await pilot.press("d", *"nope", "enter")
        screen = await compared(pilot)
        assert "nope could not be opened." in lines_of(screen.view)
        assert "JobNotFound" in screen_text(pilot)
        await pilot.press("n", "l", "h")
        await until(pilot, lambda: isinstance(pilot.app.screen, Detail))


async def test_a_job_and_its_like_say_the_same() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await listed(pilot)
        await opened(pilot, FAILED)
        await pilot.press("d", *FAILED, "enter")
        await compared(pilot)
        assert "no difference" in screen_text(pilot)


async def test_copies_of_the_difference_its_path_and_all(copies: list[str]) -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await two(pilot)
        await pilot.press("n", "y", "y", "y", "p", "y", "q", "y", "j", "y", "c")
        await until(pilot, lambda: len(copies) == 5)
        assert copies[:3] == ['~ .job.state: "done" → "failed"', "$.job.state", ".job.state"]
        told = json.loads(copies[3])
        assert len(told["differences"]) == rows_of(screen).top.count
        assert copies[4].endswith(f"diff {OTHER} {FAILED} --ignore times,ids")
        await pilot.press("g", "G", "y", "q")
        await pilot.pause()


async def test_a_heading_has_no_path(copies: list[str]) -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await two(pilot)
        rows = rows_of(screen)
        screen.view.go(next(y for y in range(len(rows)) if rows.node(y).step == "parameters"))
        await pilot.press("y", "q")
        assert "Nothing copied: this is a heading" in screen_text(pilot)
        assert copies == []


async def test_the_plain_view_tells_every_difference_whole() -> None:
    async with demo().run_test(size=SMALL) as pilot:
        screen = await two(pilot)
        lines = screen.plain_text().split("\n")
        assert lines[0].split("\t")[4] == OTHER
        assert len(lines) == 4 + rows_of(screen).top.count
        assert any("markets-17420.json" in line and "kitchen-table-07509.json" in line for line in lines)


async def test_the_comparison_is_made_where_keys_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []
    made = compare_jobs

    def seen(*given: Any) -> Any:
        threads.append(threading.current_thread() is threading.main_thread())
        return made(*given)

    monkeypatch.setattr("icetui.screens.compare.compared", seen)
    async with demo().run_test(size=BIG) as pilot:
        await two(pilot)
    assert threads == [False]


async def test_a_digit_goes_to_a_family_from_here() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await two(pilot)
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen is browse(pilot))
        await until(pilot, lambda: browse(pilot).family.name == "batch")
