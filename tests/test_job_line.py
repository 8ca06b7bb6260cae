"""A job as a line: coarse times, columns for every width, cells that always fit."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from icetui.clean import width
from icetui.job import Job, JobError, State
from icetui.panes.job_line import (
    GLYPHS,
    GUTTER,
    SIGNS,
    TIMES,
    Times,
    age,
    columns_for,
    fit,
    state_style,
    state_word,
    took,
    zone_word,
)
from icetui.panes.spans import STYLES
from icetui.searching import searched, titled

NOW = datetime(2025, 11, 20, 13, 0, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))
JOB = Job(
    family="iproduction",
    id="20b48fb04483915d4f2cd8ac0000abcd",
    type="AudioQualityAssessment",
    state=State.DONE,
    state_word="Success",
    title="秋季宣传片",
    created=NOW - timedelta(hours=3),
    finished=NOW - timedelta(hours=3) + timedelta(seconds=200),
)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=0), "<1m"),
        (timedelta(seconds=59), "<1m"),
        (timedelta(seconds=-59), "<1m"),
        (timedelta(minutes=1), "1m"),
        (timedelta(minutes=59, seconds=59), "59m"),
        (timedelta(hours=1), "1h"),
        (timedelta(hours=23, minutes=59), "23h"),
        (timedelta(days=1), "1d"),
        (timedelta(days=364), "364d"),
        (timedelta(days=365), "1y"),
        (timedelta(minutes=-3), "-3m"),
        (timedelta(days=-2), "-2d"),
    ],
)
def test_ages_are_coarse(ago: timedelta, said: str) -> None:
    assert age(NOW - ago, NOW) == said


def test_an_unknown_time_has_no_age() -> None:
    assert age(None, NOW) == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (-1.0, ""),
        (0.0, "0s"),
        (45.9, "45s"),
        (200.0, "3m20s"),
        (3720.0, "1h02m"),
        (86399.0, "23h59m"),
        (3 * 86400 + 4 * 3600.0, "3d04h"),
        (120 * 86400.0, "120d"),
    ],
)
def test_durations_take_at_most_six_cells(seconds: float | None, said: str) -> None:
    assert took(seconds) == said
    assert len(said) <= 6


@pytest.mark.parametrize("ascii_only", [False, True])
def test_every_state_has_a_shape_of_its_own_and_a_style(ascii_only: bool) -> None:
    shapes = GLYPHS[ascii_only]
    assert set(shapes) == set(State)
    assert len(set(shapes.values())) == len(State)
    assert all(state_style(state) in STYLES for state in State)


def test_our_signs_are_one_cell_in_every_terminal_and_locale() -> None:
    signs = [*GLYPHS[False].values(), SIGNS[False].cursor, SIGNS[False].mark, SIGNS[False].followed]
    for sign in signs:
        assert width(sign) == cell_len(sign) == 1
        # "A" is two cells in terminals of a Chinese locale that say so.
        assert unicodedata.east_asian_width(sign) in ("N", "Na")


def test_ascii_means_ascii() -> None:
    assert all(sign.isascii() for sign in GLYPHS[True].values())
    assert (SIGNS[True].cursor + SIGNS[True].mark + SIGNS[True].followed).isascii()


def test_eighty_columns_show_state_age_duration_type_id_and_title() -> None:
    columns = columns_for(80)
    assert [column.name for column in columns.columns] == ["state", "age", "took", "type", "id", "title"]
    state, ago, duration, kind, job_id, title = columns.row(JOB, NOW)
    assert (state.strip(), ago.strip(), duration.strip()) == ("✓ done", "3h", "3m20s")
    assert kind.startswith("AudioQuality")
    assert kind.endswith("…")
    assert job_id[:11] == JOB.id[:11]
    assert job_id.endswith("…")
    assert title.strip() == "秋季宣传片"


def test_a_hundred_and_twenty_columns_show_everything_whole() -> None:
    columns = columns_for(120)
    assert [column.name for column in columns.columns] == [
        "state",
        "age",
        "date",
        "took",
        "type",
        "id",
        "title",
    ]
    row = dict(zip([column.name for column in columns.columns], columns.row(JOB, NOW), strict=True))
    assert row["id"] == JOB.id
    assert row["date"] == "11-20 10:00"


def test_forty_columns_keep_state_age_and_title() -> None:
    assert [column.name for column in columns_for(40).columns] == ["state", "age", "title"]


def test_volatile_columns_stand_left_and_the_title_last() -> None:
    for cells in range(40, 200):
        names = [column.name for column in columns_for(cells).columns]
        assert names[0] == "state"
        assert names[-1] == "title"


def test_times_carry_their_zone_in_the_header() -> None:
    assert "created UTC" in columns_for(80, "utc").head()
    local = columns_for(80, "local", zone_word(CHINA, NOW), zone=CHINA)
    assert "local +0800" in local.head()
    assert "11-20 18:00" in local.row(JOB, NOW)


def test_an_old_job_shows_its_year() -> None:
    old = replace(JOB, created=datetime(2023, 1, 5, 6, 7, tzinfo=UTC))
    assert columns_for(80, "utc").row(old, NOW)[1].strip() == "2023-01-05"


def test_an_unknown_state_shows_the_words_of_the_service() -> None:
    strange = replace(JOB, state=State.UNKNOWN, state_word="Archiving")
    assert state_word(strange) == "Archiving"
    assert state_word(replace(strange, state_word="")) == "unasked"
    assert state_word(JOB) == "done"


def test_what_others_wrote_is_made_safe() -> None:
    evil = replace(JOB, title="a\x1b[31mb\nc\u202ed", type="x\x07y", id="i\x9bd", state_word="\x1b]0;x")
    for state in State:
        row = " ".join(columns_for(160).row(replace(evil, state=state), NOW))
        assert row.isprintable()


@given(
    title=st.text(max_size=60),
    kind=st.text(max_size=30),
    job_id=st.text(max_size=40),
    word=st.text(max_size=12),
    cells=st.integers(0, 220),
    times=st.sampled_from(TIMES),
    state=st.sampled_from(State),
    created=st.none() | st.integers(-(10**5), 10**5).map(lambda hours: NOW - timedelta(hours=hours)),
)
def test_every_cell_is_as_wide_as_its_column(
    title: str,
    kind: str,
    job_id: str,
    word: str,
    cells: int,
    times: Times,
    state: State,
    created: datetime | None,
) -> None:
    job = replace(
        JOB, title=title, type=kind, id=job_id, state_word=word, state=state, created=created, finished=NOW
    )
    columns = columns_for(cells, times)
    row = columns.row(job, NOW)
    assert [width(cell) for cell in row] == [column.cells for column in columns.columns]
    assert width(columns.head()) == columns.cells
    if cells >= 40:
        assert columns.cells == cells - GUTTER


def test_wide_characters_are_cut_at_a_cell_border() -> None:
    assert fit("秋季宣传片", 6) == "秋季… "
    assert fit("秋季", 6) == "秋季  "


def test_find_looks_at_state_type_id_and_title() -> None:
    text = searched(JOB)
    assert all(part in text for part in ("done", "Success", JOB.type, JOB.id, JOB.title))


def test_why_a_job_failed_stands_before_its_title_the_code_first() -> None:
    failed = replace(JOB, state=State.FAILED, error=JobError("Some.Code", "Words."), title="A title")
    assert titled(failed) == "Some.Code | A title"
    partial = replace(
        JOB, state=State.PARTIAL, error=None, note="1 of 3 subjobs failed: InternalError", title="A"
    )
    assert titled(partial) == "InternalError (1 of 3 subjobs failed) | A"
    assert titled(replace(JOB, state=State.FAILED, error=None, note="", title="A")) == "A"
    assert titled(replace(failed, state=State.DONE)) == "A title"


def test_a_false_success_says_before_its_title_what_is_false() -> None:
    odd = replace(
        JOB, state=State.DONE, title="A", note="Success, but nothing was stored: oss fail to save the image"
    )
    assert titled(odd) == "nothing was stored | A"


def test_a_success_with_a_note_is_flagged_in_its_state() -> None:
    odd = replace(JOB, state=State.DONE, note="nothing was stored")
    columns = columns_for(120)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert columns.row(odd, now)[0].strip() == "✓ done !"
    assert columns.row(replace(odd, note=""), now)[0].strip() == "✓ done"
