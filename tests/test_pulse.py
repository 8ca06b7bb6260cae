"""How long a loop rests."""

from __future__ import annotations

import pytest

from icetui.errors import Throttled, Unreachable
from icetui.pulse import stretched


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
