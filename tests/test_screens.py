"""The screens on the demo account: what is listed, filtered, opened, copied, kept."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from textual.pilot import Pilot

from icetui import results as kinds
from icetui.app import IcetuiApp
from icetui.call import Answer
from icetui.demo import MEDIA
from icetui.errors import Unreachable
from icetui.families import FAMILIES
from icetui.families.base import Opened
from icetui.job import State
from icetui.openings import Memory
from icetui.panes import pages
from icetui.panes.bars import BottomLine, Header, StatusLine
from icetui.panes.spans import plain
from icetui.screens.choose import Choose
from icetui.screens.detail import Detail
from icetui.screens.reading import Reading
from tests.on_screen import (
    BIG,
    SMALL,
    browse,
    demo,
    detail_of,
    lines_of,
    listed,
    opened,
    screen_text,
    turned_to,
    until,
)
from tests.recorded import answered

SEEDS = {
    "smart": "******042d5e4db6866f6289d1******",
    "batch": "****b6b2750d4308892ac3330238****",
    "iproduction": "****20b48fb04483915d4f2cd8ac****",
    "vod-ai": "a718a3a1e8bb42ee3bc88921e94****",
}
DIGITS = {"smart": "1", "batch": "2", "iproduction": "3", "vod-ai": "4"}


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have gone to the clipboard."""
    from icetui.panes import clipboard

    taken: list[str] = []

    async def copy(text: str, *_: object, **__: object) -> clipboard.Copied:
        taken.append(text)
        return clipboard.Copied("tmux", len(text), True)

    monkeypatch.setattr(clipboard, "copy", copy)
    return taken


async def family(pilot: Pilot[Any], name: str) -> None:
    """Shows a family with live rows."""
    await listed(pilot)
    await pilot.press(DIGITS[name])
    await until(pilot, lambda: browse(pilot).family.name == name)
    await listed(pilot)


@pytest.mark.parametrize("name", DIGITS)
async def test_each_family_fills_its_list_on_its_key(name: str) -> None:
    async with demo().run_test(size=BIG) as pilot:
        await family(pilot, name)
        shown = browse(pilot).table.shown
        assert len(shown) > 20
        assert {job.family for job in shown} == {name}
        created = [job.created for job in shown if job.created]
        assert created == sorted(created, reverse=True)


async def test_a_type_chosen_from_the_menu_narrows_the_list() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("f", "t")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        assert "ASR" in screen_text(pilot)
        await pilot.press("2")
        await until(pilot, lambda: screen.shelf.query.type == "ASR")
        await until(pilot, lambda: {job.type for job in screen.table.shown} == {"ASR"})
        assert "JobType ASR" in screen_text(pilot)
        await pilot.press("F")
        await until(pilot, lambda: len({job.type for job in screen.table.shown}) > 1)


async def test_oldest_first_is_told_in_the_words_of_the_family() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("f", "o")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        await pilot.press("2")
        await until(pilot, lambda: not screen.shelf.query.newest)
        await listed(pilot)
        created = [job.created for job in screen.table.shown if job.created]
        assert created == sorted(created)
        assert "CreationTime:Asc" in screen_text(pilot)


async def test_failed_shows_failed_and_partial_and_again_all() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await family(pilot, "batch")
        screen = browse(pilot)
        await pilot.press("!")
        await until(pilot, lambda: screen.shelf.query.state == "failed")
        await until(pilot, lambda: len(screen.table.shown) > 1)
        assert {job.state for job in screen.table.shown} <= {State.FAILED, State.PARTIAL}
        await until(pilot, lambda: State.PARTIAL in {job.state for job in screen.table.shown})
        await pilot.press("!")
        await until(pilot, lambda: State.DONE in {job.state for job in screen.table.shown})


async def test_more_loads_the_next_page_below() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        before = [job.id for job in screen.table.shown]
        await pilot.press(">")
        await until(pilot, lambda: len(screen.table.shown) > len(before))
        assert [job.id for job in screen.table.shown][: len(before)] == before


async def test_a_family_is_found_again_where_it_was_left() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press(*"jjjjj")
        chosen = screen.table.job
        assert chosen is not None
        await family(pilot, "batch")
        await pilot.press(*"jj")
        await pilot.press("1")
        await until(pilot, lambda: screen.family.name == "smart")
        assert screen.table.job is not None
        assert screen.table.job.id == chosen.id


async def test_find_goes_to_hits_and_hides_nothing() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        rows = len(screen.table.shown)
        await pilot.press("/", *"ASR", "enter")
        await pilot.pause()
        assert len(screen.table.shown) == rows
        assert screen.table.job is not None
        first = screen.table.job.id
        await pilot.press("n")
        await pilot.pause()
        assert screen.table.job.id != first
        assert '"ASR": 2 of' in screen_text(pilot)
        await pilot.press("N")
        await pilot.pause()
        assert screen.table.job.id == first


async def test_pasted_ids_become_rows_and_a_typo_is_missing() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await family(pilot, "iproduction")
        screen = browse(pilot)
        await pilot.press("a")
        await pilot.press(*"no-such-job-1,", "space", *"no-such-job-1", "enter")
        await until(pilot, lambda: any(job.id == "no-such-job-1" for job in screen.shelf.snapshot.jobs))  # type: ignore[union-attr]
        found = [job for job in screen.shelf.snapshot.jobs if job.id == "no-such-job-1"]  # type: ignore[union-attr]
        assert [job.state for job in found] == [State.MISSING]


@pytest.mark.parametrize("name", SEEDS)
async def test_the_seed_job_of_each_family_opens(name: str) -> None:
    app = demo(family=name)
    async with app.run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        while not screen.table.choose(SEEDS[name]):
            before = len(screen.shelf.snapshot.jobs)  # type: ignore[union-attr]
            await pilot.press(">")
            await until(pilot, lambda: len(screen.shelf.snapshot.jobs) > before)  # type: ignore[union-attr]  # noqa: B023
            screen.table.release()
        detail = await opened(pilot)
        assert detail.opened is not None
        assert detail.opened.job.id == SEEDS[name]
        assert detail.opened.job.whole


async def test_the_seed_asr_job_opens_as_a_transcript() -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail = await detail_of(pilot, SEEDS["smart"])
        await pilot.press("t")
        await until(pilot, lambda: detail.tab == 2)
        assert "5 cues" in screen_text(pilot)
        text = lines_of(detail.view)
        cue = next(line for line in text.split("\n") if "Speaking of which," in line)
        assert cue.split()[-5:-3] == ["0:00:00.000", "0:00:00.846"]


async def test_the_seed_batch_job_shows_its_broken_input_raw_with_the_place_and_its_subjob_url() -> None:
    async with demo(family="batch").run_test(size=BIG) as pilot:
        detail = await detail_of(pilot, SEEDS["batch"])
        detail.action_tab_previous()
        detail.action_tab_previous()
        assert detail.leaf.TITLE == "Parameters"
        text = lines_of(detail.view)
        assert "Expecting ',' delimiter" in text
        assert "line 18, column 7 (character 542)" in text
        assert "There are quite a few people in the mall" in text
        assert "InputConfig: ⟪repaired⟫" in text
        while detail.leaf.TITLE != "Subjobs and media":
            detail.action_tab_previous()
        assert "not a link: one slash" in lines_of(detail.view)
        await pilot.press("w")
        assert "http:/xxx.oss-cn-shanghai.aliyuncs.com/xxx_0.mp4" in lines_of(detail.view)
        assert "not a link" in lines_of(detail.view)


async def test_the_seed_vod_job_shows_six_sentences_marked_repaired() -> None:
    async with demo(family="vod-ai").run_test(size=BIG) as pilot:
        detail = await detail_of(pilot, SEEDS["vod-ai"])
        await pilot.press("t")
        assert "6 cues" in screen_text(pilot)
        assert "repaired" in screen_text(pilot).split("\n")[3]
        assert "Hello, good afternoon." in lines_of(detail.view)
        assert detail.opened is not None
        transcripts = [each for each in detail.opened.results if isinstance(each.value, kinds.Transcript)]
        assert [each.repaired for each in transcripts] == [True]


async def test_next_and_previous_job_without_leaving() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        ids = [job.id for job in screen.table.shown[:2]]
        detail = await opened(pilot)
        await pilot.press("J")
        await until(pilot, lambda: detail.opened is not None and detail.opened.job.id == ids[1])
        await pilot.press("K")
        await until(pilot, lambda: detail.opened is not None and detail.opened.job.id == ids[0])
        await pilot.press("J", "escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.table.job is not None
        assert screen.table.job.id == ids[1]


@pytest.mark.parametrize("key", ["escape", "q", "h", "backspace", "left"])
async def test_every_key_that_goes_back_does_and_loses_nothing(key: str) -> None:
    async with demo().run_test(size=SMALL) as pilot:
        screen = await listed(pilot)
        await pilot.press("j", "j")
        chosen = screen.table.job
        await opened(pilot)
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.table.job is not None
        assert chosen is not None
        assert screen.table.job.id == chosen.id


async def test_copies_give_the_true_text(copies: list[str]) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail = await detail_of(pilot, SEEDS["smart"])
        assert detail.opened is not None
        for second in "irjt":
            await pilot.press("y", second)
            await until(pilot, lambda: "Copied" in screen_text(pilot))
        await until(pilot, lambda: len(copies) == 4)
        assert copies[0] == SEEDS["smart"]
        assert copies[1] == detail.opened.answer.text
        assert '"content": "Speaking of which,"' in copies[2]
        assert copies[3].startswith("Speaking of which,") or "Speaking of which," in copies[3].split("\n")[0]


async def test_a_subjob_url_is_copied_whole_from_its_line(copies: list[str]) -> None:
    async with demo(family="batch").run_test(size=BIG) as pilot:
        detail = await detail_of(pilot, SEEDS["batch"])
        await pilot.press("]", "]", "y", "u")
        await until(pilot, lambda: len(copies) == 1)
        assert copies == [detail.job.subjobs[0].url]


async def test_each_subjob_has_its_own_url_and_one_without_has_none(copies: list[str]) -> None:
    async with demo(family="batch").run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await until(pilot, lambda: any(job.state is State.PARTIAL for job in screen.table.shown))
        job = next(job for job in screen.table.shown if job.state is State.PARTIAL)
        detail = await opened(pilot, job.id)
        await turned_to(pilot, "Subjobs and media")
        subjobs = detail.job.subjobs
        heads = [
            y for y in range(len(detail.view.lines)) if plain(detail.view.lines.line(y))[:4].strip().isdigit()
        ]
        assert len(heads) == len(subjobs)
        for head, subjob in zip(heads, subjobs, strict=True):
            detail.view.go(head)
            assert detail.copyable("url")[0] == subjob.url
        assert "" in {subjob.url for subjob in subjobs}
        assert not copies


async def test_a_list_opens_the_job_for_what_only_an_opened_job_has(copies: list[str]) -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        failed = next(job for job in screen.table.shown if job.state is State.FAILED)
        assert screen.table.choose(failed.id)
        await pilot.press("y", "e")
        await until(pilot, lambda: "error" in screen_text(pilot).split("\n")[-2])
        read = await screen.feed.open(failed.id)
        if read.job.error is not None:
            await until(pilot, lambda: len(copies) == 1)
            assert read.job.error.code in copies[0]
        await pilot.press("y", "r")
        await until(pilot, lambda: bool(copies) and copies[-1] == read.answer.text)


async def test_the_marked_jobs_are_copied_together(copies: list[str]) -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("space", "j", "j", "space", "y", "i")
        await until(pilot, lambda: len(copies) == 1)
        shown = screen.table.shown
        assert copies == [f"{shown[0].id}\n{shown[2].id}"]


async def test_clearing_a_filter_brings_the_whole_list_back_in_its_order() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        before = [job.id for job in screen.table.shown]
        await pilot.press("!")
        await until(pilot, lambda: {job.state for job in screen.table.shown} <= {State.FAILED, State.PARTIAL})
        await listed(pilot)
        await pilot.press("j", "j", "F")
        await until(pilot, lambda: not screen.shelf.asked)
        assert [job.id for job in screen.table.shown][: len(before)] == before
        assert not screen.table.waiting


async def test_an_answer_to_a_person_stays_until_the_next_key() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await family(pilot, "iproduction")
        screen = browse(pilot)
        job = screen.table.job
        assert job is not None
        await pilot.press("m")
        await until(
            pilot, lambda: screen.shelf.snapshot is not None and job.id not in screen.shelf.snapshot.followed
        )
        await pilot.pause()
        assert "No longer followed" in screen_text(pilot)
        await pilot.press("m")
        await until(
            pilot, lambda: screen.shelf.snapshot is not None and job.id in screen.shelf.snapshot.followed
        )
        assert "Followed, and kept" in screen_text(pilot)
        await pilot.press("j")
        await pilot.pause()
        assert "Followed" not in screen_text(pilot)


async def test_the_first_added_job_is_chosen() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await family(pilot, "vod-ai")
        screen = browse(pilot)
        await pilot.press("a", *"ours-1", "space", *"ours-2", "enter")
        await until(pilot, lambda: screen.table.job is not None and screen.table.job.id == "ours-1")
        assert "2 followed" in screen_text(pilot)


async def test_jobs_are_found_by_media_asset_newest_first() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await family(pilot, "vod-ai")
        screen = browse(pilot)
        await pilot.press("a", *f"media:{MEDIA[0]}", "enter")
        await until(pilot, lambda: "found by media asset" in screen_text(pilot))
        found = await screen.feed.find(MEDIA[0])
        assert found
        await until(pilot, lambda: screen.table.job is not None and screen.table.job.id == found[0])


async def test_times_that_are_none_are_asked_for_again() -> None:
    async with demo().run_test(size=SMALL) as pilot:
        screen = await listed(pilot)
        await pilot.press("f", "d", *"yesterday", "enter")
        await until(pilot, lambda: "is no time" in screen_text(pilot))
        assert "yesterday" in screen_text(pilot).split("\n")[-1]
        await pilot.press("ctrl+u", *"24h", "enter")
        await until(pilot, lambda: screen.shelf.query.since is not None)


async def test_what_cannot_be_copied_says_why(copies: list[str]) -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        speechless = next(job for job in screen.table.shown if job.type == "TextGenerate")
        assert screen.table.choose(speechless.id)
        await pilot.press("y", "t")
        await until(pilot, lambda: "Nothing copied" in screen_text(pilot))
        assert not copies


async def test_a_chord_shows_its_second_keys_and_escape_leaves_it() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        await pilot.press("f")
        await pilot.pause()
        assert "type" in screen_text(pilot).split("\n")[-1]
        assert screen.held
        await pilot.press("escape")
        await pilot.pause()
        assert not screen.held
        assert pilot.app.is_running


async def test_help_lists_the_keys_that_work_here() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await listed(pilot)
        await pilot.press("?")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reading))
        assert "Show only failed and partial jobs" in screen_text(pilot)
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Reading))


async def test_the_request_log_lists_every_call_with_its_request_id() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await listed(pilot)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reading))
        assert "ListSmartJobs" in screen_text(pilot)


async def test_a_refused_family_says_why_and_the_others_work() -> None:
    async with demo(faults=("deny:QueryIProductionJob",)).run_test(size=BIG) as pilot:
        await listed(pilot)
        await pilot.press("3")
        await until(pilot, lambda: "ice:QueryIProductionJob is denied" in screen_text(pilot))
        await pilot.press("2")
        await listed(pilot)
        assert len(browse(pilot).table.shown) > 20
        # It is greyed from now on.
        header = browse(pilot).query_one(Header).line(120)
        assert (" IProduction ", "dim") in header
        assert (" VOD AI ", "") in header


async def test_a_service_that_fails_keeps_the_rows_and_says_how_old_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = demo()
    async with app.run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        rows = [job.id for job in screen.table.shown]

        async def broken(*_: object, **__: object) -> Answer:
            raise Unreachable("The network is gone.", hint="r tries again.")

        monkeypatch.setattr(app.session.client, "send", broken)
        await pilot.press("r")
        await until(pilot, lambda: "The network is gone." in screen_text(pilot))
        assert [job.id for job in screen.table.shown] == rows
        assert "rows of 11-20 10:00:00 UTC" in screen_text(pilot)


async def test_half_a_key_ends_the_program_as_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    from icetui.errors import HalfKey
    from icetui.flags import Flags
    from icetui.session import Session

    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI5tOnlyHalf")
    app = IcetuiApp(Session(Flags()))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.return_code == 2)
    assert isinstance(app.crash, HalfKey)


async def test_the_first_frame_needs_nobody() -> None:
    app = demo(faults=("never",))
    async with app.run_test(size=SMALL) as pilot:
        assert "1 Smart" in screen_text(pilot)
        assert pilot.app.screen.query_one(BottomLine).display
        assert pilot.app.screen.query(StatusLine)


def test_every_family_has_its_digit() -> None:
    assert [family.name for family in FAMILIES] == list(DIGITS)


async def test_a_large_answer_is_readable_before_it_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    app = demo()
    async with app.run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        job = screen.table.job
        assert job is not None
        cues = [{"content": f"line {n} of a long talk", "from": n, "to": n + 1} for n in range(30_000)]
        body = {"JobId": job.id, "State": "Finished", "JobResult": {"AiResult": json.dumps(cues)}}
        large = screen.family.open(answered(screen.family.lookup([job.id]), body), job.id)
        assert len(large.answer.text) > pages.LARGE

        async def open_large(*_: object, **__: object) -> Opened:
            return large

        monkeypatch.setattr(screen.feed, "open", open_large)
        detail = await opened(pilot)
        await pilot.press("]")
        await until(pilot, lambda: "30,000 cues" in lines_of_head(detail))
        detail.action_tab_previous()
        detail.action_tab_previous()
        assert detail.leaf.TITLE == "Raw"
        raw = unlaid_text(detail)
        assert raw.startswith('{"JobId"')
        await until(pilot, lambda: plain(detail.view.lines.line(0)) == "▾ {3}")
        assert len(detail.view.lines) < 20


def lines_of_head(detail: Detail) -> str:
    return "\n".join(plain(detail.view.lines.line(y)) for y in range(min(4, len(detail.view.lines))))


def unlaid_text(detail: Detail) -> str:
    return "".join(plain(detail.view.lines.line(y)) for y in range(len(detail.view.lines)))


def sent(app: IcetuiApp) -> int:
    """How many requests have gone out."""
    return len(app.session.log.entries)


async def beats(pilot: Pilot[Any], more: int) -> None:
    """Lets so many more requests go out."""
    app = browse(pilot).program
    goal = sent(app) + more
    await until(pilot, lambda: sent(app) >= goal)


async def quiet(pilot: Pilot[Any]) -> bool:
    """Whether nothing goes out any more while a list would have beaten ten times."""
    app = browse(pilot).program
    before = sent(app)
    for _ in range(25):
        await pilot.pause(0.02)
    return sent(app) == before


def fast(app: IcetuiApp, name: str) -> IcetuiApp:
    """Beats every 50 ms."""
    app.session.open()
    app.session.feeds[name].interval = 0.05
    return app


async def test_a_paused_list_asks_nothing_until_it_goes_on() -> None:
    async with fast(demo(), "smart").run_test(size=SMALL) as pilot:
        await listed(pilot)
        await beats(pilot, 3)
        await pilot.press("p")
        await pilot.pause(0.2)
        assert await quiet(pilot)
        assert "paused, p goes on" in screen_text(pilot)
        await pilot.press("p")
        await beats(pilot, 3)
        assert "live" in screen_text(pilot)


async def test_a_list_that_is_not_visible_asks_nothing() -> None:
    async with fast(demo(), "smart").run_test(size=SMALL) as pilot:
        await listed(pilot)
        await beats(pilot, 3)
        await pilot.press("?")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reading))
        await pilot.pause(0.2)
        assert await quiet(pilot)
        await pilot.press("q")
        await beats(pilot, 3)


async def test_an_opened_job_is_asked_for_until_it_has_ended_or_is_paused() -> None:
    async with fast(demo(), "smart").run_test(size=SMALL) as pilot:
        screen = await listed(pilot)
        runs = next(job for job in screen.table.shown if job.state is State.RUNNING)
        await opened(pilot, runs.id)
        await beats(pilot, 3)
        await pilot.press("p")
        await pilot.pause(0.2)
        assert await quiet(pilot)
        await pilot.press("q")
        await until(pilot, lambda: pilot.app.screen is screen)
        ended = next(job for job in screen.table.shown if job.state is State.DONE)
        await opened(pilot, ended.id)
        await pilot.pause(0.2)
        assert await quiet(pilot)


async def test_an_opened_job_that_the_service_does_not_know_is_asked_for_once() -> None:
    async with fast(demo(family="iproduction"), "iproduction").run_test(size=SMALL) as pilot:
        screen = await listed(pilot)
        missing = "ffffffffffffffffffffffffffffffff"
        await until(pilot, lambda: any(job.id == missing for job in screen.table.shown))
        await opened(pilot, missing)
        await until(pilot, lambda: "JobNotFound" in screen_text(pilot))
        await pilot.pause(0.2)
        assert await quiet(pilot)


async def test_a_tab_keeps_its_place_while_others_are_read_and_over_a_refresh() -> None:
    async with demo().run_test(size=SMALL) as pilot:
        detail = await detail_of(pilot, SEEDS["smart"])
        await pilot.press("left_square_bracket", "G")
        raw, place = detail.leaf, detail.view.point
        assert place > 10
        await pilot.press("left_square_bracket", "j", "right_square_bracket")
        assert detail.leaf is raw
        assert detail.view.point == place
        before = detail.opened
        await pilot.press("r")
        await until(pilot, lambda: detail.opened is not before)
        assert detail.view.point == place


async def test_an_empty_tab_is_dim_and_only_a_job_with_a_transcript_has_such_a_tab() -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail = await detail_of(pilot, SEEDS["smart"])
        tabs = {text.strip(): style for text, style in spans_of_tabs(detail)}
        assert "Transcript" in tabs
        assert tabs["Subjobs and media"] == "dim"
        assert tabs["Raw"] == ""
        await pilot.press("t")
        assert detail.leaf.TITLE == "Transcript"
    async with demo(family="iproduction").run_test(size=BIG) as pilot:
        detail = await detail_of(pilot, SEEDS["iproduction"])
        assert "Transcript" not in {text.strip() for text, _ in spans_of_tabs(detail)}
        await pilot.press("t")
        assert "no transcript" in screen_text(pilot)
        await pilot.press("]", "]")
        assert detail.leaf.TITLE == "Subjobs and media"


def spans_of_tabs(detail: Detail) -> list[tuple[str, str]]:
    assert detail._told is not None
    return [span for span in detail._tab_spans(detail._told) if span[0].strip()]


async def test_a_job_without_a_transcript_shows_its_result_where_the_last_one_s_transcript_stood() -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        rows = screen.table.shown
        at = next(
            n
            for n in range(len(rows) - 1)
            if rows[n].type == "ASR" and rows[n].state is State.DONE and rows[n + 1].type != "ASR"
        )
        detail = await opened(pilot, rows[at].id)
        await pilot.press("t")
        assert detail.leaf.TITLE == "Transcript"
        await pilot.press("J")
        await until(pilot, lambda: detail.opened is not None and detail.opened.job.id == rows[at + 1].id)
        assert detail.leaf.TITLE == "Result"
        assert pilot.app.focused is detail.leaf


async def test_the_text_of_a_large_answer_stands_there_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = demo()
    async with app.run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        job = screen.table.job
        assert job is not None
        await pilot.press("V")
        cues = [{"content": f"line {n} of a long talk", "from": n, "to": n + 1} for n in range(30_000)]
        body = {"JobId": job.id, "State": "Finished", "JobResult": {"AiResult": json.dumps(cues)}}
        answer = answered(screen.family.lookup([job.id]), body)
        may_decode = threading.Event()

        def decoded(answer: Answer, job_id: str) -> Opened:
            assert may_decode.wait(20)
            return type(screen.family).open(screen.family, answer, job_id)

        async def one(job_id: str) -> Answer:
            return answer

        openings = screen.feed._openings
        monkeypatch.setattr(openings, "_decoded", decoded)
        monkeypatch.setattr(openings._lookups, "one", one)
        monkeypatch.setattr(openings, "_memory", Memory(0, lambda _: 1))
        monkeypatch.setattr(openings, "_heard", Memory(0, lambda _: 1))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Detail))
        detail = pilot.app.screen
        assert isinstance(detail, Detail)
        await until(pilot, lambda: "reading 2" in screen_text(pilot))
        await pilot.press("[")
        assert detail.opened is None
        assert unlaid_text(detail) == answer.text
        may_decode.set()
        await until(pilot, lambda: plain(detail.view.lines.line(0)) == "▾ {3}")
