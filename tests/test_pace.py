"""The ceiling of calls a minute, and what the service asks us to wait."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui.pace import Pace, asked_wait, http_date

NOW = datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)


class Watch:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_calls_go_at_once_until_the_ceiling_and_then_when_the_first_is_a_minute_old() -> None:
    watch = Watch()
    pace = Pace(5, watch)
    turns = []
    for _ in range(7):
        turns.append(pace.turn())
        watch.now += 1
    assert turns == [1000, 1001, 1002, 1003, 1004, 1060, 1061]


def test_a_tenth_is_kept_for_calls_a_person_waits_for() -> None:
    pace = Pace(60, Watch())
    assert [pace.turn() for _ in range(54)] == [1000.0] * 54
    assert pace.allowance == 0
    assert pace.turn() == 1060
    assert [pace.turn(urgent=True) for _ in range(6)] == [1000.0] * 6
    assert pace.turn(urgent=True) == 1060


def test_allowance_counts_the_calls_of_the_last_minute_those_of_a_person_too() -> None:
    watch = Watch()
    pace = Pace(60, watch)
    assert pace.allowance == 54
    pace.turn()
    pace.turn(urgent=True)
    assert pace.allowance == 52
    watch.now += 60
    assert pace.allowance == 54


def test_without_a_ceiling_nobody_waits() -> None:
    pace = Pace(0, Watch())
    assert {pace.turn() for _ in range(500)} == {1000.0}
    assert pace.allowance > 10_000


def test_a_turn_given_back_is_free_for_somebody_else() -> None:
    pace = Pace(2, Watch())
    pace.turn()
    pace.turn()
    later = pace.turn()
    assert later == 1060
    pace.give_back(later)
    assert pace.turn() == 1060
    assert pace.turn() == 1060
    assert pace.turn() == 1120


def test_a_retry_is_not_before_its_time_and_leaves_room_for_others_now() -> None:
    pace = Pace(3, Watch())
    assert pace.turn(not_before=1030.0) == 1030
    assert pace.turn() == 1000
    assert pace.turn() == 1000
    assert pace.turn() == 1060


def test_throttling_holds_everyone_and_stretches_intervals_until_answers_come_again() -> None:
    watch = Watch()
    pace = Pace(60, watch)
    assert (pace.held, pace.stretch) == (0.0, 1.0)
    pace.hold(20)
    assert pace.held == 20
    assert pace.turn(urgent=True) == 1020
    pace.hold(5)  # a shorter one does not shorten the first
    assert pace.held == 20
    assert pace.stretch == 4
    for _ in range(5):
        pace.hold(1)
    assert pace.stretch == 8
    watch.now += 21
    assert pace.held == 0
    pace.relax()
    assert pace.stretch == 4
    for _ in range(4):
        pace.relax()
    assert pace.stretch == 1


def test_calls_that_were_under_way_together_are_throttled_once() -> None:
    watch = Watch()
    pace = Pace(60, watch)
    for _ in range(4):
        pace.hold(5, asked=watch.now - 1 if pace.held else watch.now)
    assert pace.stretch == 2
    # An answer to one of them says nothing of the time after.
    pace.relax(asked=watch.now - 1)
    assert pace.stretch == 2
    watch.now += 6
    pace.hold(5, asked=watch.now)
    assert pace.stretch == 4
    watch.now += 6
    pace.relax(asked=watch.now)
    assert pace.stretch == 2


@pytest.mark.parametrize(("chance", "apart"), [(0.0, 0.5), (1.0, 1.5)])
def test_after_throttling_calls_come_one_by_one_until_the_service_answers_freely(
    chance: float, apart: float
) -> None:
    watch = Watch()
    pace = Pace(0, watch, lambda: chance)
    pace.hold(10)
    assert [pace.turn(urgent=n == 1) for n in range(4)] == [1010 + n * apart for n in range(4)]
    watch.now += 20
    pace.relax()
    assert [pace.turn() for _ in range(3)] == [watch.now] * 3


def test_a_call_that_goes_late_delays_those_after_it() -> None:
    watch = Watch()
    pace = Pace(2, watch)
    first, second, third = pace.turn(), pace.turn(), pace.turn()
    watch.now += 0.75  # the machine was busy
    for at in (first, second):
        assert pace.due(at) == 0
        pace.go(at)
    watch.now = third
    assert pace.due(third) == pytest.approx(0.75, abs=1e-5)
    watch.now += 0.75
    assert pace.due(third) == 0


def test_a_turn_that_has_come_waits_if_the_service_has_throttled_meanwhile() -> None:
    watch = Watch()
    pace = Pace(60, watch)
    at = pace.turn()
    pace.hold(7)
    assert pace.due(at) == 7


def test_calls_of_the_last_minute_are_counted_with_and_without_a_ceiling() -> None:
    for ceiling in (0, 60):
        watch = Watch()
        pace = Pace(ceiling, watch)
        for _ in range(5):
            pace.go(pace.turn())
            watch.now += 20
        assert pace.recent == 2
        pace.turn()  # has not gone
        assert pace.recent == 2
        watch.now += 60
        assert pace.recent == 0


@settings(max_examples=100, deadline=None)
@given(
    ceiling=st.integers(1, 12),
    steps=st.lists(
        st.tuples(st.floats(0, 40, allow_nan=False), st.booleans(), st.sampled_from([0.0, 0.0, 2.5, 61.0])),
        max_size=50,
    ),
)
def test_no_sixty_seconds_ever_hold_more_calls_than_the_ceiling(
    ceiling: int, steps: list[tuple[float, bool, float]]
) -> None:
    watch = Watch()
    pace = Pace(ceiling, watch)
    turns = []
    for passed, urgent, delay in steps:
        watch.now += passed
        at = pace.turn(urgent=urgent, not_before=watch.now + delay if delay else 0.0)
        assert at >= watch.now + delay
        turns.append(at)
    turns.sort()
    for first, beyond in zip(turns, turns[ceiling:], strict=False):
        assert beyond - first >= 60 - 1e-6


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (None, False)),
        ({"x-acs-retry-after": "2500"}, (2.5, True)),
        ({"x-acs-retry-after": " 1 "}, (0.001, True)),
        ({"x-acs-retry-after": "0"}, (None, False)),
        ({"x-acs-retry-after": "-5"}, (None, False)),
        ({"x-acs-retry-after": "soon"}, (None, False)),
        ({"x-acs-retry-after": "1.5"}, (None, False)),
        ({"x-acs-retry-after": "²"}, (None, False)),
        ({"x-acs-retry-after": "1" * 5000}, (111111.111, True)),
        ({"retry-after": "7"}, (7.0, False)),
        ({"retry-after": "0"}, (None, False)),
        ({"retry-after": "Fri, 20 Nov 2026 10:00:09 GMT"}, (9.0, False)),
        ({"retry-after": "Fri, 20 Nov 2026 09:59:00 GMT"}, (None, False)),
        ({"retry-after": "later"}, (None, False)),
        # Their clock is 22 minutes ahead: the wait is between their two dates.
        (
            {"retry-after": "Fri, 20 Nov 2026 10:22:04 GMT", "date": "Fri, 20 Nov 2026 10:22:00 GMT"},
            (4.0, False),
        ),
        # The vendor's own header is the more exact one.
        ({"x-acs-retry-after": "1500", "retry-after": "7"}, (1.5, True)),
        ({"x-acs-retry-after": "0", "retry-after": "7"}, (7.0, False)),
    ],
)
def test_what_a_reply_asks_us_to_wait(headers: dict[str, str], expected: tuple[float | None, bool]) -> None:
    assert asked_wait(headers, NOW) == expected


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Fri, 20 Nov 2026 10:00:00 GMT", NOW),
        ("Fri, 20 Nov 2026 18:00:00 +0800", NOW),
        ("Friday, 20-Nov-26 10:00:00 GMT", NOW),
        ("Fri, 20 Nov 2026 10:00:00 -0000", NOW),
        ("", None),
        ("yesterday", None),
        ("Fri, 99 Nov 2026 10:00:00 GMT", None),
        ("Fri, 20 Nov 99999 10:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
    ],
)
def test_dates_of_headers(text: str, moment: datetime | None) -> None:
    assert http_date(text) == moment
