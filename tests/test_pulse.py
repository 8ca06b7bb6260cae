"""How long a loop rests."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui.errors import Throttled, Unreachable
from icetui.pulse import Pulse, Rhythm, rhythm, stretched
from tests.fake_service import Time, settle


@pytest.mark.parametrize(
    ("interval", "failures", "chance", "seconds"),
    [
        (10.0, 0, 1.0, 10.0),
        (10.0, 1, 0.0, 20.0),
        (10.0, 2, 0.0, 40.0),
        (10.0, 3, 0.0, 60.0),
        (10.0, 10_000, 0.0, 60.0),
        (10.0, 3, 1.0, 45.0),
        (1.0, 4, 0.0, 16.0),
        # Never shorter than the interval that was asked for.
        (300.0, 3, 1.0, 300.0),
    ],
)
def test_failures_double_the_rest_up_to_a_minute(
    interval: float, failures: int, chance: float, seconds: float
) -> None:
    assert stretched(interval, failures, Unreachable("no connection"), chance) == seconds


def test_a_time_that_the_service_names_is_kept() -> None:
    assert stretched(10.0, 1, Throttled("too often", retry_after=75.0), 1.0) == 75.0
    assert stretched(10.0, 1, Throttled("too often", retry_after=1.0), 0.0) == 20.0
    assert stretched(10.0, 1, Throttled("too often"), 0.0) == 20.0


HOUR = 3600.0


@pytest.mark.parametrize(
    ("quiet", "age", "seconds"),
    [
        # For a minute after a change it is the interval, however old the jobs are.
        (0.0, 0.0, 10),
        (59.9, 48 * HOUR, 10),
        # Then what has lasted longest counts, in steps of two.
        (599.0, 0.0, 10),
        (600.0, 0.0, 20),
        (1200.0, 0.0, 40),
        (1800.0, 0.0, 60),
        (48 * HOUR, 48 * HOUR, 60),
        (60.0, 599.0, 10),
        (60.0, 600.0, 20),
        (60.0, 2 * HOUR, 60),
        (HOUR, 30.0, 60),
        # A clock that was put back.
        (-HOUR, -HOUR, 10),
    ],
)
def test_the_rest_is_a_thirtieth_of_the_time_in_which_nothing_moves(
    quiet: float, age: float, seconds: float
) -> None:
    assert rhythm(10.0, quiet=quiet, age=age) == Rhythm(seconds, "calm" if seconds > 10 else "")


@pytest.mark.parametrize(
    ("interval", "quiet", "away", "stretch", "expected"),
    [
        (10.0, 0.0, True, 1.0, Rhythm(30.0, "away")),
        (30.0, 0.0, True, 1.0, Rhythm(60.0, "away")),
        (120.0, 0.0, True, 1.0, Rhythm(120.0)),
        (120.0, 9 * HOUR, False, 1.0, Rhythm(120.0)),
        (10.0, 700.0, True, 1.0, Rhythm(30.0, "away")),
        (10.0, 1300.0, True, 1.0, Rhythm(40.0, "calm")),
        (10.0, 0.0, False, 4.0, Rhythm(40.0, "throttled")),
        (10.0, 1300.0, True, 2.0, Rhythm(40.0, "calm")),
        (10.0, HOUR, False, 8.0, Rhythm(80.0, "throttled")),
    ],
)
def test_what_makes_it_longest_counts_and_is_said(
    interval: float, quiet: float, away: bool, stretch: float, expected: Rhythm
) -> None:
    assert rhythm(interval, quiet=quiet, away=away, stretch=stretch) == expected


@given(
    interval=st.floats(1, 3600),
    quiet=st.floats(0, 1e7),
    more=st.floats(0, 1e6),
    age=st.floats(0, 1e7),
    away=st.booleans(),
)
def test_a_rest_never_falls_below_the_interval_nor_rises_above_a_minute_or_shrinks_with_time(
    interval: float, quiet: float, more: float, age: float, away: bool
) -> None:
    found = rhythm(interval, quiet=quiet, age=age, away=away)
    assert interval <= found.seconds <= max(60.0, interval)
    assert (found.why == "") == (found.seconds == interval)
    assert rhythm(interval, quiet=quiet + more, age=age, away=away).seconds >= found.seconds
    if found.why == "calm":
        # Of a job that ends now one hears at most a thirtieth of its age late.
        assert found.seconds <= max(quiet, age) / 30


async def test_a_rest_can_be_made_shorter_while_it_lasts() -> None:
    time = Time()
    pulse = Pulse(time.sleep)
    resting = asyncio.create_task(pulse.rest(60.0))
    assert await time.rest() == 60.0
    pulse.hurry(4.0)
    assert await time.rest() == 4.0
    assert not resting.done()
    time.passes()
    await resting
    # It counts for that rest only.
    resting = asyncio.create_task(pulse.rest(60.0))
    assert await time.rest() == 60.0
    await settle()
    assert not resting.done()
    pulse.nudge()
    await resting
