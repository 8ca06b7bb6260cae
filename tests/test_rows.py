"""Rows: filtered and sorted by a query, changed one by one, equal to what sorting all anew would give."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from icetui.job import Job, JobError, Query, State
from icetui.rows import Backlog, Rows, is_blank, merged
from tests.fake_service import NOON, Unlisted, job, lean

FAMILY = Unlisted()
WHOLE = job("a", 0, State.PARTIAL, modified=NOON, title="t", error=JobError("E", "m"))


class TestMerged:
    """Which of two answers about one job wins."""

    def test_a_listing_that_agrees_leaves_the_whole_row(self) -> None:
        assert merged(WHOLE, lean(WHOLE)) is WHOLE
        assert merged(WHOLE, replace(lean(WHOLE), state_word="FINISHED", modified=None)) is WHOLE

    def test_a_listing_that_says_something_new_wins(self) -> None:
        later = replace(lean(WHOLE), modified=NOON + timedelta(seconds=1))
        assert merged(WHOLE, later) is later
        going = replace(lean(WHOLE), state=State.RUNNING, state_word="Processing")
        assert merged(WHOLE, going) is going

    def test_a_lookup_wins_and_what_it_leaves_out_stays(self) -> None:
        told = Job("fake", "a", state=State.FAILED, state_word="Failed", whole=True)
        assert merged(lean(WHOLE), told) == replace(
            told, type="Script", title="t", created=WHOLE.created, modified=NOON
        )

    def test_equal_answers_are_one_object(self) -> None:
        assert merged(WHOLE, replace(WHOLE)) is WHOLE
        assert merged(WHOLE, replace(WHOLE, title="")) is WHOLE

    def test_an_id_alone_says_nothing(self) -> None:
        blank = Job("fake", "a")
        assert is_blank(blank)
        assert not is_blank(replace(blank, state=State.MISSING, whole=True))
        assert merged(WHOLE, blank) is WHOLE
        assert merged(blank, WHOLE) == WHOLE
        assert merged(None, blank) is blank


QUERIES = (Query(), Query(newest=False), Query(state="failed"), Query(text="1", newest=False))
changes = st.lists(
    st.one_of(
        st.tuples(
            st.integers(0, 40).map(str),
            st.none() | st.integers(0, 6),
            st.sampled_from([State.RUNNING, State.DONE, State.FAILED, None]),
        ),
        st.sampled_from(QUERIES),
        st.just("look"),
    ),
    max_size=120,
)


@settings(max_examples=150, deadline=None)
@given(changes)
def test_what_is_shown_is_always_what_sorting_anew_gives(script: list[object]) -> None:
    rows, query, truth = Rows(FAMILY.matches, Query()), Query(), dict[str, Job]()
    for step in [*script, "look"]:
        if isinstance(step, Query):
            query = step
            rows.ask(query)
        elif isinstance(step, tuple):
            job_id, minutes, state = step
            if state is None:
                truth.pop(job_id, None)
                rows.drop(job_id)
            else:
                truth[job_id] = job(job_id, minutes, state)
                rows.put(truth[job_id])
        else:
            shown = rows.shown
            assert list(shown) == sorted_anew(truth, query)
            assert rows.shown is shown
            assert len(rows) == len(truth)


def sorted_anew(jobs: dict[str, Job], query: Query) -> list[Job]:
    sign = -1 if query.newest else 1
    last = datetime.max.replace(tzinfo=UTC)
    return sorted(
        (each for each in jobs.values() if FAMILY.matches(each, query)),
        key=lambda each: (each.created is None, sign * (each.created or last).timestamp(), each.id),
    )


def test_a_change_that_is_taken_back_keeps_the_tuple() -> None:
    rows = Rows(FAMILY.matches, Query())
    jobs = [job(str(n), n) for n in range(50)]
    for each in jobs:
        rows.put(each)
    before = rows.shown
    rows.drop("7")
    rows.put(jobs[7])
    rows.put(job("hidden", state=State.FAILED))
    rows.drop("hidden")
    assert rows.shown is before


class TestBacklog:
    """IDs that wait, newest first."""

    def test_the_newest_come_first_and_go_on_waiting(self) -> None:
        backlog = Backlog()
        for n in (3, 1, 2, 3):
            backlog.add(job(str(n), n))
        backlog.add(job("never", None))
        assert backlog.first(2, lambda _: False) == ["3", "2"]
        assert backlog.first(9, lambda each: each == "3") == ["2", "1", "never"]
        assert (len(backlog), set(backlog)) == (4, {"1", "2", "3", "never"})

    def test_what_waits_no_more_is_not_given_out(self) -> None:
        backlog = Backlog()
        backlog.add(job("a", 1))
        backlog.add(job("b", 2))
        backlog.discard("b")
        backlog.discard("never there")
        assert backlog.first(9, lambda _: False) == ["a"]
        backlog.add(job("b", 0))
        assert backlog.first(9, lambda _: False) == ["a", "b"]
        backlog.clear()
        assert (backlog.first(9, lambda _: False), len(backlog)) == ([], 0)
