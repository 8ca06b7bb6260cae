"""What a person sees of asking: how often, what is in the way, how many calls, and that it can be stopped."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from icetui.panes import telling
from icetui.panes.bars import status_line
from icetui.panes.spans import plain
from icetui.pulse import Rhythm
from icetui.traffic import Traffic
from tests.on_screen import BIG, browse, demo, listed, screen_text, until
from tests.served import served
from tests.terminal import ENTER
from tests.test_stalled_terminal import asking

AT = datetime(2026, 11, 20, 10, 0, 25, tzinfo=UTC)
CTRL_C = "\x03"


@pytest.mark.parametrize(
    ("rhythm", "said"),
    [
        (Rhythm(10.0), "live, every 10 s"),
        (Rhythm(2.5), "live, every 2.5 s"),
        (Rhythm(40.0, "calm"), "live, every 40 s, nothing moves"),
        (Rhythm(30.0, "away"), "live, every 30 s, out of focus"),
        (Rhythm(80.0, "throttled"), "live, every 80 s, throttled"),
    ],
)
def test_how_often_is_asked_and_why_not_more_often(rhythm: Rhythm, said: str) -> None:
    assert plain(telling.live(rhythm)) == said


@pytest.mark.parametrize(
    ("traffic", "said"),
    [
        (None, ""),
        (Traffic(5, 60, attempt=1, attempts=1), ""),
        (Traffic(5, 60, attempt=2, attempts=4), "no answer yet, try 2 of 4"),
        (Traffic(5, 60, held=AT), "throttled until 10:00:25 UTC"),
        (Traffic(5, 60, held=AT, attempt=2, attempts=4), "throttled until 10:00:25 UTC, then try 2 of 4"),
        (Traffic(60, 60, queued=AT, attempt=1, attempts=1), "60 of 60 calls a minute, next 10:00:25 UTC"),
    ],
)
def test_what_keeps_an_answer_away(traffic: Traffic | None, said: str) -> None:
    assert plain(telling.obstacles(traffic)) == said


@pytest.mark.parametrize(
    ("calls", "ceiling", "said"),
    [
        (0, 60, "0/60 calls/min"),
        (1, 60, "6/60 calls/min"),
        (6, 60, "6/60 calls/min"),
        (7, 60, "12/60 calls/min"),
        (60, 60, "60/60 calls/min"),
        (1, 3, "1/3 calls/min"),
        (59, 59, "59/59 calls/min"),
    ],
)
def test_calls_are_told_in_tenths_of_the_ceiling_never_too_few(calls: int, ceiling: int, said: str) -> None:
    assert plain(telling.calls(Traffic(calls, ceiling), ceiling)) == said


@pytest.mark.parametrize(
    ("calls", "pace", "said"), [(0, 60, "0/60"), (1, 6, "6/60"), (3, 60, "60/60"), (14, 6, "18/60")]
)
def test_the_pace_of_the_beats_is_said_before_the_first_minute_is_over(
    calls: int, pace: float, said: str
) -> None:
    assert plain(telling.calls(Traffic(calls, 60), 60, pace)) == f"{said} calls/min"


def test_without_a_ceiling_the_steps_stay() -> None:
    assert plain(telling.calls(Traffic(130, 0), 60)) == "132 calls/min"


def test_the_calls_are_the_first_to_go_where_there_is_no_room() -> None:
    message, fresh, aside = [("1 of 50", "")], [("live", "")], [("6/60", "")]
    assert plain(status_line(message, fresh, 30, aside)) == "1 of 50            live · 6/60"
    assert plain(status_line(message, fresh, 19, aside)) == "1 of 50        live"


def fall_silent(pilot: Pilot[Any]) -> None:
    """From here on no request is answered."""
    transport = browse(pilot).session.client._transport
    assert transport is not None

    async def never(*_: object) -> None:
        await until(pilot, lambda: False, seconds=60)

    transport.handle_async_request = never  # type: ignore[assignment,method-assign]


async def test_ctrl_c_stops_the_opening_of_a_job_and_r_opens_it_again() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await listed(pilot)
        fall_silent(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: getattr(pilot.app.screen, "_under_way", 0))
        assert "asking…" in screen_text(pilot)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "Stopped. What came is kept." in screen_text(pilot))
        assert "stopped; r asks again" in screen_text(pilot)
        assert "stopped, r asks again" in screen_text(pilot)
        await until(pilot, lambda: not getattr(pilot.app.screen, "_under_way", 1))
        await pilot.press("r")
        await until(pilot, lambda: getattr(pilot.app.screen, "_under_way", 0))
        assert "r asks again" not in screen_text(pilot)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not getattr(pilot.app.screen, "_under_way", 1))
        await pilot.press("ctrl+c")
        assert "Ctrl+C again quits." in screen_text(pilot)


@pytest.mark.parametrize(("key", "fault"), [("r", "refresh"), (">", "more")])
async def test_ctrl_c_stops_what_a_person_asked_of_the_list_and_keeps_the_rows(key: str, fault: str) -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        rows = len(screen.table.shown)
        fall_silent(pilot)
        await pilot.press(key)
        await until(pilot, lambda: any(each.group == fault and each.is_running for each in pilot.app.workers))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "Stopped. What came is kept." in screen_text(pilot))
        assert not any(each.group == fault and each.is_running for each in pilot.app.workers)
        assert len(screen.table.shown) == rows


def test_a_beat_below_the_ceiling_is_silent_and_the_calls_are_said(tmp_path: Path) -> None:
    with (
        served("--clock", "2026-11-20T10:00:00Z") as gateway,
        asking(gateway, tmp_path, 1, 6000) as (
            terminal,
            log,
        ),
    ):
        terminal.wait("live, every 1 s · 600/6000 calls/min")
        terminal.quiet(0.5)
        before, written = len(log.read_bytes().splitlines()), len(terminal.raw)
        terminal.wait(lambda: len(log.read_bytes().splitlines()) >= before + 4)
        assert terminal.raw[written:] == b""


def test_a_throttling_service_is_said_until_when_and_then_a_longer_rest(tmp_path: Path) -> None:
    with (
        served("--fault", "throttle:1,after=3000,action=ListSmartJobs,every=2") as gateway,
        asking(gateway, tmp_path, 2, 60) as (terminal, _),
    ):
        terminal.wait("throttled until ")
        assert ", then try 2 of 4" in terminal.text
        terminal.wait("live, every 2 s")


def test_at_the_ceiling_the_next_call_is_said_and_the_log_has_the_number(tmp_path: Path) -> None:
    with served() as gateway, asking(gateway, tmp_path, 1, 5) as (terminal, _):
        terminal.send("V")
        terminal.wait("of 5 calls a minute, next ")
        terminal.send("D")
        terminal.wait(" in the last minute, of 5 at most")
        terminal.send("q")
        terminal.wait("of 5 calls a minute, next ")


def test_tries_of_a_slow_call_are_counted(tmp_path: Path) -> None:
    with (
        served("--fault", "never:0,action=GetSmartHandleJob") as gateway,
        asking(gateway, tmp_path, 60, 60, silence=1.0) as (terminal, _),
    ):
        terminal.send(ENTER)
        terminal.wait("no answer yet, try 2 of 4")
        terminal.wait("no answer yet, try 3 of 4")
        terminal.send(CTRL_C)
        terminal.wait("stopped, r asks again")
