"""Times as a person types them."""

from __future__ import annotations

import pytest

from icetui.errors import Misuse
from icetui.timecodes import Jump, parse_jump, timecode


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("83", 83.0),
        ("1:23", 83.0),
        ("01:23.5", 83.5),
        ("1:02:03", 3723.0),
        ("00:01:23,500", 83.5),
        ("90:00", 5400.0),
        ("0", 0.0),
        (".5", 0.5),
        ("5.", 5.0),
        (" 83 ", 83.0),
        ("１：２３", 83.0),
        ("１：２３．５", 83.5),
        ("1：23。5", 83.5),
        ("100:00:00", 360_000.0),
    ],
)
def test_a_time(typed: str, seconds: float) -> None:
    assert parse_jump(typed) == Jump(seconds)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("+10", 10.0),
        ("-1:00", -60.0),
        ("＋１０", 10.0),
        ("－1：00", -60.0),
        ("\u22125", -5.0),
        ("+ 1:02:03.25", 3723.25),
    ],
)
def test_a_time_from_here(typed: str, seconds: float) -> None:
    assert parse_jump(typed) == Jump(seconds, relative=True)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "1:2:3:4",
        "1:60",
        "1:60:00",
        "1:75.5",
        "--5",
        "1e3",
        "nan",
        "inf",
        ":",
        "1:",
        "1 2",
        "٣",
        "9" * 30,
    ],
)
def test_nonsense_is_told_what_is_taken(typed: str) -> None:
    with pytest.raises(Misuse) as told:
        parse_jump(typed)
    assert told.value.hint == "A time is 83, 1:23, 01:23.5, 1:02:03, or +10 or -1:00 from here."


def test_a_jump_never_ends_before_the_media() -> None:
    assert parse_jump("-1:00").from_here(30.0) == 0.0
    assert parse_jump("+10").from_here(30.0) == 40.0
    assert parse_jump("10").from_here(30.0) == 10.0


def test_an_unknown_time_is_a_dash() -> None:
    assert timecode(None) == "–"
    assert [timecode(each) for each in (float("nan"), float("inf"), -1e300)] == ["–"] * 3
