"""Every screen as a picture, at 120x36 and 80x24, on the demo at a fixed clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from icetui.app import IcetuiApp
from icetui.call import Answer
from icetui.demo import SEED_RESULTS
from icetui.errors import Unreachable
from icetui.flags import Flags
from icetui.job import State
from icetui.log import Entry
from icetui.results import Cue, Result, Transcript
from icetui.screens.choose import Choose
from icetui.screens.detail import Detail
from icetui.screens.reading import Reading, log_lines
from icetui.session import Session
from tests.on_screen import (
    BIG,
    CLOCK,
    SMALL,
    browse,
    demo,
    lines_of,
    listed,
    opened,
    screen_text,
    turned_to,
    until,
)

Snap = Callable[..., bool]
Before = Callable[[Pilot[Any]], Awaitable[None]]

SIZES = pytest.mark.parametrize("size", [BIG, SMALL], ids=["120x36", "80x24"])
FAMILIES = ("smart", "batch", "iproduction", "vod-ai")

ASR = "******042d5e4db6866f6289d1******"
TEXTS = "******8c784f461db57c99c9d9******"
GENERIC = "****20b48fb04483915d4f2cd8ac****"
BATCH = "****b6b2750d4308892ac3330238****"
VOD = "a718a3a1e8bb42ee3bc88921e94****"

_TABS = ("Summary", "Result", "Subjobs and media", "Parameters", "Raw")
TABS = (
    ("smart", ASR, (*_TABS, "Transcript")),
    ("batch", BATCH, (*_TABS, "Timeline")),
    ("iproduction", SEED_RESULTS["Cover"], (*_TABS, "Timeline")),
    ("vod-ai", VOD, (*_TABS, "Transcript", "Timeline")),
)


async def settled(pilot: Pilot[Any]) -> None:
    """All followed jobs looked up, all finished batches read: what a list is after some beats."""
    screen = await listed(pilot)
    for _ in range(20):
        snapshot = screen.shelf.snapshot
        assert snapshot is not None
        if not snapshot.unread and not any(
            job.state is State.UNKNOWN and not job.state_word for job in snapshot.jobs
        ):
            break
        screen.feed.nudge()
        before = snapshot
        await until(pilot, lambda: screen.shelf.snapshot is not before)  # noqa: B023
    screen.table.action_first()
    await listed(pilot)


def opening(job_id: str, *keys: str) -> Before:
    """Opens a job, followed for the purpose where no page lists it, and presses keys."""

    async def before(pilot: Pilot[Any]) -> None:
        screen = await listed(pilot)
        if not screen.table.choose(job_id):
            screen.feed.follow([job_id])
            await pilot.press("r")
            await until(pilot, lambda: any(job.id == job_id for job in screen.table.place.latest))
            screen.table.release()
        await opened(pilot, job_id)
        if keys:
            await pilot.press(*keys)
        await pilot.pause()

    return before


def opening_first(wanted: Callable[[Any], bool], *keys: str) -> Before:
    """Opens the first job of the list whose answer is as wanted."""

    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        screen = browse(pilot)
        for job in screen.table.shown:
            if job.state is not State.MISSING and wanted(await screen.feed.open(job.id)):
                await opened(pilot, job.id)
                await pilot.press(*keys)
                await pilot.pause()
                return
        raise LookupError("the demo lists no such job")

    return before


def kind(word: str) -> Callable[[Any], bool]:
    return lambda read: any(each.value.kind == word for each in read.results)


@SIZES
@pytest.mark.parametrize("family", FAMILIES)
def test_list(snap_compare: Snap, size: tuple[int, int], family: str) -> None:
    assert snap_compare(demo(family=family), terminal_size=size, run_before=settled)


@SIZES
@pytest.mark.parametrize(
    ("name", "keys", "shown"),
    [
        ("type", ("f", "t"), Choose),
        ("state", ("f", "s"), Choose),
        ("help", ("?",), Reading),
    ],
)
def test_over_the_list(
    snap_compare: Snap, size: tuple[int, int], name: str, keys: tuple[str, ...], shown: type
) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await listed(pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(pilot.app.screen, shown))

    assert snap_compare(demo(), terminal_size=size, run_before=before)


@SIZES
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(("f",), id="filter"),
        pytest.param(("y",), id="copy"),
        pytest.param(("a",), id="add"),
        pytest.param(("/", "A", "S", "R", "enter"), id="find"),
        pytest.param(("space", "j", "space"), id="marks"),
    ],
)
def test_bottom_lines(snap_compare: Snap, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await listed(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        await listed(pilot)

    assert snap_compare(
        demo(family="vod-ai" if keys == ("a",) else "smart"), terminal_size=size, run_before=before
    )


@SIZES
def test_failed_batches(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await pilot.press("!")
        await until(
            pilot, lambda: {job.state for job in browse(pilot).table.shown} <= {State.FAILED, State.PARTIAL}
        )
        await settled(pilot)

    assert snap_compare(demo(family="batch"), terminal_size=size, run_before=before)


@SIZES
def test_the_request_log(snap_compare: Snap, size: tuple[int, int]) -> None:
    entries = [
        Entry(CLOCK, "ListSmartJobs", 83, 200, "", "8C1B5A4E-0000-5B3D-9B5D-000000000001", 1),
        Entry(
            CLOCK,
            "GetBatchMediaProducingJob",
            1204,
            400,
            "Throttling.User",
            "3C6F0000-0000-5000-A000-000000000008",
            2,
        ),
        Entry(CLOCK, "ListAIJob", 10_000, 0, "TimedOut", "", 3),
    ]

    async def before(pilot: Pilot[Any]) -> None:
        await listed(pilot)
        pilot.app.push_screen(Reading("Requests", log_lines(entries, 60, 3)))
        await until(pilot, lambda: isinstance(pilot.app.screen, Reading))

    assert snap_compare(demo(), terminal_size=size, run_before=before)


@SIZES
def test_jobs_that_wait(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        screen = await listed(pilot)
        await pilot.press("j", "j", "j", "space", "j")
        # What the preview has been told of its job is a snapshot too: it comes before ours.
        view, job = screen.preview, screen.table.job
        assert job is not None
        if view is not None:
            await until(pilot, lambda: job.id in lines_of(view) and "asking" not in lines_of(view))
        snapshot = screen.shelf.snapshot
        assert snapshot is not None
        new = [replace(snapshot.jobs[0], id=f"{n:032x}", title=f"New job {n}") for n in range(12)]
        # One that was there has left, too.
        jobs = snapshot.jobs.without({5}).inserted(0, new)
        screen.post_message(screen.Arrived(replace(snapshot, jobs=jobs)))
        await until(pilot, lambda: screen.table.waiting == 12)

    assert snap_compare(demo(), terminal_size=size, run_before=before)


@SIZES
def test_narrowed_as_typed(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        screen = await listed(pilot)
        await pilot.press("&", *"asr")
        await until(pilot, lambda: screen.shelf.query.text == "asr")
        await listed(pilot)

    assert snap_compare(demo(), terminal_size=size, run_before=before)


@SIZES
def test_paused(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await pilot.press("p")
        await listed(pilot)

    assert snap_compare(demo(), terminal_size=size, run_before=before)


@SIZES
def test_rows_that_could_not_be_refreshed(
    snap_compare: Snap, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = demo()

    async def gone(*_: object, **__: object) -> Answer:
        raise Unreachable("The network is gone.", hint="r tries again.")

    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        monkeypatch.setattr(app.session.client, "send", gone)
        await pilot.press("r")
        await until(pilot, lambda: "The network is gone." in screen_text(pilot))

    assert snap_compare(app, terminal_size=size, run_before=before)


@SIZES
def test_a_filter_that_nothing_fits(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await listed(pilot)
        await pilot.press("f", "x", *"nothing like this", "enter")
        await until(pilot, lambda: "No job fits" in screen_text(pilot))

    assert snap_compare(demo(), terminal_size=size, run_before=before)


@SIZES
def test_a_refused_family(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "is denied" in screen_text(pilot))
        view = browse(pilot).preview
        if view is not None:
            await until(pilot, lambda: "is denied" in lines_of(view))

    app = demo(family="iproduction", faults=("deny:QueryIProductionJob",))
    assert snap_compare(app, terminal_size=size, run_before=before)


@SIZES
def test_no_credentials(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "q quits" in screen_text(pilot))

    assert snap_compare(IcetuiApp(Session(Flags())), terminal_size=size, run_before=before)


@SIZES
@pytest.mark.parametrize(
    ("family", "job_id", "title"),
    [
        pytest.param(family, job_id, title, id=f"{family}-{title.split()[-1].lower()}")
        for family, job_id, titles in TABS
        for title in titles
    ],
)
def test_tab(snap_compare: Snap, size: tuple[int, int], family: str, job_id: str, title: str) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await opening(job_id)(pilot)
        await turned_to(pilot, title)
        await until(pilot, lambda: "checking" not in screen_text(pilot))

    assert snap_compare(demo(family=family), terminal_size=size, run_before=before)


@SIZES
@pytest.mark.parametrize(
    ("family", "before"),
    [
        pytest.param("iproduction", opening(SEED_RESULTS["MusicSegmentDetect"], "]"), id="segments"),
        pytest.param("iproduction", opening(SEED_RESULTS["AudioQualityAssessment"], "]"), id="grades"),
        pytest.param("vod-ai", opening_first(kind("tags"), "]"), id="tags"),
        pytest.param("vod-ai", opening_first(kind("matches"), "]"), id="matches"),
        pytest.param("smart", opening_first(kind("translations"), "]"), id="translations"),
        pytest.param("smart", opening(TEXTS, "]"), id="texts"),
        pytest.param("smart", opening_first(kind("tree"), "]"), id="tree"),
        pytest.param("smart", opening(GENERIC, "]"), id="plain"),
        pytest.param("smart", opening_first(kind("broken"), "]"), id="broken"),
    ],
)
def test_kind(snap_compare: Snap, size: tuple[int, int], family: str, before: Before) -> None:
    assert snap_compare(demo(family=family), terminal_size=size, run_before=before)


@SIZES
@pytest.mark.parametrize(
    ("family", "before", "ascii_only"),
    [
        pytest.param("iproduction", opening(SEED_RESULTS["MusicSegmentDetect"]), False, id="segments"),
        pytest.param("vod-ai", opening_first(kind("tags")), False, id="tags"),
        pytest.param("vod-ai", opening_first(kind("tags")), True, id="tags-ascii"),
        pytest.param("vod-ai", opening_first(kind("matches")), False, id="matches"),
    ],
)
def test_timeline(
    snap_compare: Snap, size: tuple[int, int], family: str, before: Before, ascii_only: bool
) -> None:
    async def timeline(pilot: Pilot[Any]) -> None:
        await before(pilot)
        await turned_to(pilot, "Timeline")
        await pilot.press("j", *["right"] * 5)
        await pilot.pause()

    app = demo(family=family, ascii=ascii_only, no_color=ascii_only)
    assert snap_compare(app, terminal_size=size, run_before=timeline)


@SIZES
def test_a_partial_batch_with_its_subjobs(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await opening_first(lambda read: read.job.state is State.PARTIAL)(pilot)
        await turned_to(pilot, "Subjobs and media")

    assert snap_compare(demo(family="batch"), terminal_size=size, run_before=before)


@SIZES
@pytest.mark.parametrize(
    ("title", "keys"),
    [
        pytest.param("Subjobs and media", ("j", "w"), id="whole"),
        pytest.param("Subjobs and media", ("o", "m"), id="asset"),
        pytest.param("Summary", (), id="subjob"),
        pytest.param("Timeline", ("j", "right", "right"), id="subjob-timeline"),
    ],
)
def test_subjobs(snap_compare: Snap, size: tuple[int, int], title: str, keys: tuple[str, ...]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await opening_first(lambda read: read.job.state is State.PARTIAL)(pilot)
        batch = await turned_to(pilot, "Subjobs and media")
        if title != "Subjobs and media":
            await pilot.press("enter")
            await until(pilot, lambda: pilot.app.screen is not batch)
            part: Any = pilot.app.screen
            await until(pilot, lambda: part.opened is not None)
            await turned_to(pilot, title)
        await pilot.press(*keys)
        if keys == ("o", "m"):
            await until(pilot, lambda: "GetMediaInfo: 1 URL" in screen_text(pilot))
        await pilot.pause()

    assert snap_compare(demo(family="batch"), terminal_size=size, run_before=before)


@SIZES
def test_a_failed_job(snap_compare: Snap, size: tuple[int, int]) -> None:
    before = opening_first(lambda read: read.job.state is State.FAILED and read.job.error)
    assert snap_compare(demo(), terminal_size=size, run_before=before)


@SIZES
def test_ascii_and_no_colour(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(demo(ascii=True, no_color=True), terminal_size=size, run_before=settled)


async def two_jobs(pilot: Pilot[Any], *keys: str) -> None:
    """Two batch jobs of one type, one partial, marked and compared."""
    screen = browse(pilot)
    await settled(pilot)
    for job_id in ("74a1a03b337de4d7635567a79c9aec24", "84c097c9033b5eb8632044746c3cb6ad"):
        assert screen.table.choose(job_id)
        await pilot.press("space")
    await pilot.press("d")
    await until(pilot, lambda: "differences; " in screen_text(pilot))
    await pilot.press(*keys)
    if "i" in keys:
        await until(pilot, lambda: "more in times and IDs" not in screen_text(pilot))
    await pilot.pause()


@SIZES
@pytest.mark.parametrize("keys", ["", "nnni", "nnw"], ids=["first", "all", "whole"])
def test_two_jobs_compared(snap_compare: Snap, size: tuple[int, int], keys: str) -> None:
    app = demo(family="batch")
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: two_jobs(pilot, *keys))


@SIZES
def test_jobs_compared_without_colour(snap_compare: Snap, size: tuple[int, int]) -> None:
    app = demo(family="batch", ascii=True, no_color=True)
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: two_jobs(pilot, "n"))


EDITED = (
    Cue(0.0, 2.4, "Welcome to the autumn campaign."),
    Cue(2.4, 3.2, "说得起劲不过我今天要给你介绍的是一种全新的转码方式", 0, 95),
    Cue(
        3.0,
        9.8,
        "This one is long enough to need more than one line on any terminal that a person is likely to "
        "have in front of them at two in the morning, and it begins before the cue above it has ended.",
        1,
        180,
        (("words", [{"word": "This"}, {"word": "one"}]), ("speaker", "guest")),
    ),
    Cue(2.9, 5.2, "It begins before the cue above it has ended, on the same channel.", 1),
    Cue(15.0, 15.0, "No time at all."),
    Cue(17.5, 16.0, "It ends before it starts."),
    Cue(None, 20.0, "Nobody knows when this starts."),
    Cue(20.0, 31.5, "The end, after the end."),
)


def editing(*keys: str) -> Before:
    """The seed's ASR job with cues an editor would have to look at."""

    async def before(pilot: Pilot[Any]) -> None:
        await opening(ASR)(pilot)
        detail = pilot.app.screen
        assert isinstance(detail, Detail)
        assert detail.opened is not None
        result = Result("JobResult.AiResult", Transcript(EDITED, 30.0))
        other = Result("Output.SubtitleClips", Transcript(EDITED[:2]))
        detail.opened = replace(detail.opened, results=(result, other))
        detail._show()
        await pilot.press("t")
        await until(pilot, lambda: "warnings" in screen_text(pilot))
        await pilot.press(*keys)
        await pilot.pause()

    return before


@SIZES
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(("j", "j"), id="whole"),
        pytest.param(("e", "e", "e"), id="warning"),
        pytest.param(("space", "j", "j", "v", "j", "j"), id="marks"),
        pytest.param(("j", "t", "1", ":", "2"), id="jump"),
        pytest.param(("x",), id="export"),
        pytest.param(("slash", *"the", "enter"), id="find"),
    ],
)
def test_transcript(snap_compare: Snap, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(demo(), terminal_size=size, run_before=editing(*keys))


def test_transcript_in_ascii(snap_compare: Snap) -> None:
    assert snap_compare(
        demo(ascii=True, no_color=True), terminal_size=SMALL, run_before=editing("space", "j", "j")
    )


@SIZES
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(("i",), id="unfolded"),
        pytest.param(("i", "(", "(", "(", "(", "(", "j", "j", "j"), id="folded"),
        pytest.param(("i", "/", *"speech", "enter", "n"), id="found"),
        pytest.param(("i", "/", *"InputConfig", "enter", "escape", "j", "l"), id="broken"),
        pytest.param((), id="sent"),
    ],
)
def test_tree(snap_compare: Snap, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    before = opening(BATCH, "[", *keys)
    assert snap_compare(demo(family="batch"), terminal_size=size, run_before=before)
