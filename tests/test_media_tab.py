"""The tab "Subjobs and media": the table, subjobs as jobs, links opened, renewed, asked for, played."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from icetui.assets import Found
from icetui.demo import SEED_RESULTS
from icetui.errors import Denied, NotFound
from icetui.families.base import Opened
from icetui.job import Job, JobError, Media, State, Subjob
from icetui.panes.leaf import Told
from icetui.panes.media import MediaLeaf, laid
from icetui.panes.spans import plain
from icetui.screens.detail import Detail
from tests.on_screen import (
    BIG,
    CLOCK,
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
from tests.terminal import DOWN, Terminal
from tests.test_opening import fake

SIGNED = (
    f"https://b.oss-cn-shanghai.aliyuncs.com/a.mp4?Expires={int(CLOCK.timestamp()) + 720}&Signature=s3cr3t"
)
GONE = SIGNED.replace(str(int(CLOCK.timestamp()) + 720), str(int(CLOCK.timestamp()) - 60))
LATER = SIGNED.replace("s3cr3t", "n3w")


def batch(*subjobs: Subjob, media: tuple[Media, ...] = ()) -> Job:
    return Job("batch", "b1", "Script", State.PARTIAL, "Finished", subjobs=subjobs, media=media, whole=True)


def told(job: Job, **found: Found) -> Told:
    return Told(job, None, CLOCK, found=found)


def page(job: Job, cells: int = 118, *, whole: bool = False, **found: Found) -> list[str]:
    lines = laid(told(job, **found), cells, whole=whole)[0].lines
    return [plain(lines.line(y)) for y in range(len(lines))]


FAILED = Subjob(
    "s2",
    State.FAILED,
    "Failed",
    project_id="p2",
    error=JobError("InvalidMaterial.NotFound", "clips\x1b " + "x" * 200),
)
DONE = Subjob("s1", State.DONE, "Success", SIGNED, "m1" * 16, "p1", 24.5, JobError("Odd", "reported"))


class TestLaid:
    """What the tab shows, and what each line of it is about."""

    def test_a_line_for_each_subjob_with_state_length_ids_and_reason(self) -> None:
        lines = page(
            batch(DONE, FAILED, Subjob("s3", State.FAILED, "Failed"), Subjob("s4", State.RUNNING, "x"))
        )
        assert lines[0] == "1 of 4 done, 1 running, 2 failed"
        assert re.fullmatch(
            r"  1 ✓ done  \(Success\)   24\.5 s  m1m1m1m1m1m…  p1  "
            r"https://.*a\.mp4\?…  expires in 12 min  ! reported Odd",
            lines[1],
        )
        assert lines[2].startswith(
            "  2 ✗ failed  (Failed)" + " " * 24 + "p2  InvalidMaterial.NotFound clips␛ xxx"
        )
        assert lines[3].endswith("no reason given")
        assert "s3cr3t" not in "\n".join(lines)

    def test_narrow_panes_leave_the_ids_to_w_and_w_shows_all_whole(self) -> None:
        assert "p2  Invalid" not in page(batch(DONE, FAILED), 78)[2]
        whole = "\n".join(page(batch(DONE, FAILED), 78, whole=True))
        for text in (
            "s1",
            "s2",
            "media " + "m1" * 16,
            "project p2",
            "reported: Odd reported",
            "expires in 12 min",
        ):
            assert text in whole
        assert "x" * 200 in whole.replace("\n", "").replace(" ", "")
        assert "s3cr3t" not in whole

    @pytest.mark.parametrize("whole", [False, True])
    @pytest.mark.parametrize("cells", [38, 78, 118])
    def test_every_line_is_about_its_piece(self, whole: bool, cells: int) -> None:
        media = (
            Media("OutputUrls[0]", SIGNED, "m3"),
            Media("OutputMediaIds[1]", media_id="m4"),
            Media("OutputFiles[2]", "oss://b/x.mp4"),
        )
        found = Found("m4", "GetMediaInfo", (Media("source_file mp4", LATER), Media("other", GONE)))
        job = replace(batch(DONE, FAILED, media=media), media_id="m9")
        sheet, pieces = laid(told(job, m4=found), cells, whole=whole)
        assert [(each.key, each.url, each.source) for each in pieces] == [
            ("subjob s1", SIGNED, "m1" * 16),
            ("subjob s2", "", ""),
            ("OutputUrls[0]", SIGNED, "m3"),
            ("OutputMediaIds[1]", "", "m4"),
            ("OutputFiles[2]", "oss://b/x.mp4", "oss://b/x.mp4"),
            ("media", "", "m9"),
            ("m4 0", LATER, "m4"),
            ("m4 1", GONE, "m4"),
        ]
        starts = [each.line for each in pieces]
        assert starts == sorted(set(starts))
        lines = [plain(sheet.lines.line(y)) for y in range(len(sheet.lines))]
        for each, word in zip(
            pieces, ("1", "2", "Urls[0]", "m4", "oss://b", "m9", "source", "other"), strict=True
        ):
            assert word in lines[each.line], (each.key, lines[each.line])

    def test_an_asset_without_files_says_so(self) -> None:
        assert "it has no file with a URL" in page(batch(DONE), m1=Found("m1", "GetMediaInfo", ()))[-1]

    def test_a_job_that_made_nothing_says_so(self) -> None:
        assert page(batch()) == ["Nothing made, as far as the answer tells."]


async def partial(pilot: Pilot[Any]) -> tuple[Detail, MediaLeaf]:
    """The first partial batch of the demo with its subjobs before one."""
    screen = await listed(pilot)

    def there() -> list[Job]:
        return [job for job in screen.table.shown if job.state is State.PARTIAL]

    await until(pilot, there)
    await opened(pilot, there()[0].id)
    detail = await turned_to(pilot, "Subjobs and media")
    leaf = detail.leaf
    assert isinstance(leaf, MediaLeaf)
    return detail, leaf


@pytest.mark.parametrize("size", [BIG, SMALL])
async def test_a_subjob_opens_as_a_job_with_its_reason_and_timeline_and_esc_comes_back_to_its_line(
    size: tuple[int, int],
) -> None:
    async with demo(family="batch").run_test(size=size) as pilot:
        detail, leaf = await partial(pilot)
        failed = next(each for each in detail.job.subjobs if each.state is State.FAILED)
        while leaf.piece is None or leaf.piece.subjob != failed:
            await pilot.press("j")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is not detail)
        part: Any = pilot.app.screen
        await until(pilot, lambda: part.opened is not None)
        assert (part.job.family, part.job.id, part.job.state) == ("subjob", failed.id, State.FAILED)
        assert failed.error is not None
        assert failed.error.code in screen_text(pilot)
        assert "▸2 Batch" in screen_text(pilot)
        assert part.copyable("command")[0].endswith(f"show {detail.job.id} --family batch")
        await turned_to(pilot, "Timeline")
        assert "video 1" in screen_text(pilot)
        # The next subjob without leaving; its line is where one comes back to.
        n = detail.job.subjobs.index(failed)
        step, other = ("J", n + 1) if n + 1 < len(detail.job.subjobs) else ("K", n - 1)
        await pilot.press(step)
        await until(pilot, lambda: part.opened is not None and part.job.id == detail.job.subjobs[other].id)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is detail)
        assert leaf.piece is not None
        assert leaf.piece.subjob == detail.job.subjobs[other]


async def test_a_family_key_in_a_subjob_goes_to_the_list() -> None:
    async with demo(family="batch").run_test(size=BIG) as pilot:
        detail, _ = await partial(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is not detail)
        await pilot.press("1")
        await until(pilot, lambda: "▸1 Smart" in screen_text(pilot) and pilot.app.screen is browse(pilot))


async def test_w_shows_subjobs_whole_and_keeps_the_cursor_on_its_subjob() -> None:
    async with demo(family="batch").run_test(size=SMALL) as pilot:
        _, leaf = await partial(pilot)
        await pilot.press("j", "j")
        before, lines = leaf.piece, len(leaf.lines)
        assert before is not None
        await pilot.press("w")
        assert len(leaf.lines) > 2 * lines
        assert leaf.piece is not None
        assert leaf.piece.key == before.key
        assert before.subjob is not None
        assert before.subjob.id in lines_of(leaf)
        await pilot.press("w")
        assert (leaf.piece.key, len(leaf.lines)) == (before.key, lines)


async def test_reasons_that_a_batch_leaves_out_are_listed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo(family="batch").run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        feed, asked = screen.feed, []
        assert feed.parts is not None
        tell, listed_of = feed.open, feed.parts.listed

        async def bare(job_id: str, **how: Any) -> Opened:
            told = await tell(job_id, **how)
            subjobs = tuple(replace(each, error=None) for each in told.job.subjobs)
            return replace(told, job=replace(told.job, subjobs=subjobs))

        async def counted(batch_id: str) -> tuple[Subjob, ...]:
            asked.append(batch_id)
            return await listed_of(batch_id)

        monkeypatch.setattr(feed, "open", bare)
        monkeypatch.setattr(feed.parts, "listed", counted)
        detail, _ = await partial(pilot)
        await until(
            pilot, lambda: all(each.error for each in detail.job.subjobs if each.state is State.FAILED)
        )
        await pilot.press("r")
        await until(
            pilot, lambda: all(each.error for each in detail.job.subjobs if each.state is State.FAILED)
        )
        assert asked == [detail.job.id]
        assert "no reason given" not in screen_text(pilot)


async def lost(pilot: Pilot[Any]) -> Job:
    """An IProduction job whose Success is false."""
    screen = await listed(pilot)

    def there() -> list[Job]:
        return [job for job in screen.table.shown if job.state is State.DONE and "stored" in job.note]

    await until(pilot, there)
    return there()[0]


async def test_a_false_success_is_flagged_in_the_list_and_in_every_tab_that_shows_it() -> None:
    async with demo(family="iproduction").run_test(size=BIG) as pilot:
        job = await lost(pilot)
        screen = browse(pilot)
        assert screen.table.choose(job.id)
        await pilot.pause()
        row = next(line for line in screen_text(pilot).split("\n") if line.startswith("▸"))
        assert "✓ done !" in row
        assert "nothing was sto" in row
        await opened(pilot, job.id)
        assert "Success, but nothing was stored" in screen_text(pilot)
        detail = await turned_to(pilot, "Subjobs and media")
        assert "nothing was stored: oss fail to save" in lines_of(detail.view)


class Copies:
    """What was copied of a screen, by `Room.copy`."""

    def __init__(self, detail: Detail, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[tuple[str, str]] = []
        monkeypatch.setattr(detail, "copy", lambda text, name: self.texts.append((text, name)))


async def with_media(
    pilot: Pilot[Any], *media: Media, then: tuple[Media, ...] = ()
) -> tuple[Detail, list[bool]]:
    """An opened job that made some media, others when it is asked again; of each asking, whether it was."""
    screen = await listed(pilot)
    ended = next(job for job in screen.table.shown if job.state is State.DONE)
    tell, asked = screen.feed.open, []

    async def other(job_id: str, *, again: bool = False, heard: object = None) -> Opened:
        opened = await tell(job_id)
        if job_id != ended.id:
            return opened
        asked.append(again)
        return replace(
            opened, job=replace(opened.job, media=then if again else media, subjobs=()), timed=None
        )

    screen.feed.open = other  # type: ignore[method-assign]
    await opened(pilot, ended.id)
    detail = await turned_to(pilot, "Subjobs and media")
    del asked[:-1]
    return detail, asked


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("javascript:alert(1)", "Not opened: not a link: javascript:"),
        ("http:/b/a.mp4", "Not opened: not a link: one slash"),
        ("http://b/{index}.mp4", "Not opened: template"),
        ("oss://b/a.mp4", "Not opened: in a bucket"),
        ("ip/a.mp4", "Not opened: a path in a bucket"),
    ],
)
async def test_what_is_no_link_is_never_opened(url: str, said: str) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail, _ = await with_media(pilot, Media("Output", url))
        for keys in (("o", "o"), ("enter",)):
            await pilot.press(*keys)
            assert said in screen_text(pilot)
            assert not detail.held


def at_a_desk(detail: Detail, folder: Path, script: str) -> None:
    """The person sits before this machine, whose opener does what a script says."""
    fake(folder, script)
    detail.session.environ = {"DISPLAY": ":0", "PATH": f"{folder}:/usr/bin:/bin"}


async def test_a_link_is_opened_after_a_yes_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    seen = tmp_path / "seen"
    async with demo().run_test(size=BIG) as pilot:
        detail, _ = await with_media(pilot, Media("Output", SIGNED))
        at_a_desk(detail, tmp_path, f'echo "$1" >> {seen}')
        for no in ("n", "escape", "q", "x"):
            await pilot.press("o", "o")
            question = screen_text(pilot).split("\n")[-1]
            assert question.startswith(
                "open https://b.oss-cn-shanghai.aliyuncs.com/a.mp4?… (expires in 12 min): y yes"
            )
            assert "s3cr3t" not in question
            await pilot.press(no)
            assert pilot.app.screen is detail
            assert not detail.held
        assert not seen.exists()
        await pilot.press("o", "o", "y")
        await until(pilot, lambda: "Handed to xdg-open." in screen_text(pilot))
        assert seen.read_text() == f"{SIGNED}\n"
        at_a_desk(detail, tmp_path, "exit 4")
        await pilot.press("enter", "y")
        await until(pilot, lambda: "xdg-open did not open it: it ended with status 4" in screen_text(pilot))


async def test_on_a_remote_host_a_link_is_copied_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail, _ = await with_media(pilot, Media("Output", SIGNED))
        copies = Copies(detail, monkeypatch)
        detail.session.environ = {"DISPLAY": ":10", "SSH_CONNECTION": "x"}
        await pilot.press("o", "o")
        assert copies.texts == [(SIGNED, "media URL …/a.mp4 (not opened: this host is remote)")]


async def test_an_expired_url_is_asked_for_again_before_it_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo().run_test(size=BIG) as pilot:
        first, second = Media("Output", GONE), Media("Output", LATER)
        detail, asked = await with_media(pilot, first, then=(second,))
        assert "expired" in screen_text(pilot)
        copies = Copies(detail, monkeypatch)
        await pilot.press("y", "u")
        await until(pilot, lambda: copies.texts)
        assert copies.texts == [(LATER, "media URL …/a.mp4")]
        assert asked == [False, True]
        # It is good now: nothing is asked.
        await pilot.press("y", "u")
        assert len(copies.texts) == 2
        assert asked == [False, True]


async def test_a_url_that_stays_expired_is_copied_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail, _ = await with_media(pilot, Media("Output", GONE), then=(Media("Output", GONE),))
        copies = Copies(detail, monkeypatch)
        await pilot.press("y", "u")
        await until(pilot, lambda: copies.texts)
        assert copies.texts == [(GONE, "media URL …/a.mp4 (expired: the service tells no newer one)")]


async def test_an_expired_url_whose_job_cannot_be_asked_again_is_not_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail, _ = await with_media(pilot, Media("Output", GONE))
        copies = Copies(detail, monkeypatch)

        async def denied(*_: object, **__: object) -> Opened:
            raise Denied("no more", code="NoPermission")

        monkeypatch.setattr(detail.feed, "open", denied)
        await pilot.press("y", "u")
        await until(pilot, lambda: "NoPermission" in screen_text(pilot))
        assert not copies.texts


async def test_a_media_asset_becomes_a_url_on_request_and_is_played_from_the_time_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with demo(family="iproduction").run_test(size=BIG) as pilot:
        await detail_of(pilot, SEED_RESULTS["Cover"])
        detail = await turned_to(pilot, "Timeline")
        copies = Copies(detail, monkeypatch)
        await pilot.press("j", "y", "m")
        assert copies.texts == [("", "Input.Media is no link: o m asks for a URL first")]
        await pilot.press("o", "m")
        await until(pilot, lambda: "GetMediaInfo: 1 URL, expires in 60 min" in screen_text(pilot))
        await pilot.press("y", "m")
        line, name = copies.texts[-1]
        argv = shlex.split(line)
        assert argv[:2] == ["mpv", "--start=28.278"]
        assert argv[2].startswith(
            "https://demo-bucket.oss-cn-shanghai.aliyuncs.com/documentation/example.mp4?Expires="
        )
        assert name == "mpv from 0:00:28.278"
        # Later it has expired: the asset is asked for again.
        clock = detail.session.clock
        finds: list[str] = []
        ask = detail.feed.asset

        async def counted(source: str) -> Found:
            finds.append(source)
            return await ask(source)

        monkeypatch.setattr(detail.feed, "asset", counted)
        detail.session.clock = lambda: clock() + timedelta(hours=2)
        await pilot.press("y", "m")
        await until(pilot, lambda: len(copies.texts) == 3)
        assert finds == ["oss://demo-bucket.oss-cn-shanghai.aliyuncs.com/documentation/example.mp4"]
        # And it is on the tab of media, whole on copy, shortened on the screen.
        await turned_to(pilot, "Subjobs and media")
        assert "GetMediaInfo of oss://demo-bucket" in screen_text(pilot)
        assert "Signature" not in screen_text(pilot)


async def test_a_subjobs_asset_is_asked_for_and_the_cursor_goes_to_its_url() -> None:
    async with demo(family="batch").run_test(size=BIG) as pilot:
        _, leaf = await partial(pilot)
        while leaf.piece is None or not leaf.piece.source:
            await pilot.press("j")
        assert "o m asks for a signed URL" in screen_text(pilot)
        source = leaf.piece.source
        await pilot.press("o", "m")
        await until(pilot, lambda: f"GetMediaInfo of {source}" in screen_text(pilot))
        piece: Any = leaf.piece
        assert piece.key == f"{source} 0"
        assert "Signature=" in piece.url
        assert "Signature=" not in lines_of(leaf)
        assert piece.url in leaf.plain_text()


async def test_the_url_at_the_cursor_is_played_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail, asked = await with_media(pilot, Media("Output", GONE), then=(Media("Output", LATER),))
        copies = Copies(detail, monkeypatch)
        await pilot.press("y", "m")
        await until(pilot, lambda: copies.texts)
        assert copies.texts == [(shlex.join(["mpv", "--start=0.000", LATER]), "mpv of media URL …/a.mp4")]
        assert asked == [False, True]


async def test_a_template_is_not_played(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail, _ = await with_media(pilot, Media("Output", "http://b/{index}.mp4"))
        copies = Copies(detail, monkeypatch)
        await pilot.press("y", "m")
        assert copies.texts == [("", "this job does not say what media its times are of")]


async def test_an_asset_that_nobody_knows_says_who_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail, _ = await with_media(pilot, Media("Output", "", "0123456789abcdef"))

        async def unknown(source: str) -> Found:
            raise NotFound(
                f"media asset {source} is unknown here: ICE GetMediaInfo and VOD GetPlayInfo asked"
            )

        monkeypatch.setattr(detail.feed, "asset", unknown)
        await pilot.press("o", "m")
        await until(pilot, lambda: "ICE GetMediaInfo and VOD GetPlayInfo asked" in screen_text(pilot))


def test_moving_among_subjobs_costs_little(tmp_path: Path) -> None:
    """Bytes at 120x40 (ux.md rule 4)."""
    argv = [sys.executable, "-m", "icetui", "--demo", "--clock", f"{CLOCK:%Y-%m-%dT%H:%M:%SZ}"]
    env = {"ICETUI_CONFIG_DIR": str(tmp_path / "config"), "ICETUI_STATE_DIR": str(tmp_path / "state")}
    with Terminal(argv, columns=120, lines=40, env=env) as terminal:
        terminal.wait("of 50 loaded")
        terminal.send("2")
        terminal.wait("▸2 Batch")
        terminal.wait("1 of ")
        terminal.quiet(0.3)
        terminal.send("!")
        terminal.wait("◒ partial")
        terminal.quiet(0.5)
        terminal.send("g\r")
        terminal.wait("Summary]")
        terminal.quiet(0.3)
        while "[Subjobs" not in terminal.text:
            terminal.send("]")
            terminal.quiet(0.3)
        for _ in range(4):
            assert terminal.cost(DOWN, 0.3) <= 700
