"""The place in a list: whatever a refresh brings, the person stays where the person is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui import jobs as jobs_room
from icetui.job import Job, State
from icetui.jobs import Jobs
from icetui.panes.placing import Place

HEIGHT = 10


def job(job_id: str, state: State = State.RUNNING) -> Job:
    return Job(family="smart", id=job_id, state=state)


def jobs(*ids: str) -> tuple[Job, ...]:
    return tuple(job(each) for each in ids)


def ids(rows: Sequence[Job]) -> list[str]:
    return [row.id for row in rows]


def placed(*rows: str, on: int = 0, height: int = HEIGHT) -> Place:
    return Place().asked(jobs(*rows), height).on(on, height)


def chosen(place: Place) -> str:
    assert place.job is not None
    return place.job.id


def test_the_first_answer_is_shown_from_its_top() -> None:
    place = Place().arrived(jobs("a", "b"), HEIGHT)
    assert (ids(place.rows), place.index, place.top) == (["a", "b"], 0, 0)


def test_an_empty_answer_has_no_cursor() -> None:
    place = Place().arrived((), HEIGHT)
    assert place.job is None
    assert place.moved(1, HEIGHT).job is None
    assert place.first(HEIGHT).job is None
    assert place.last(HEIGHT).job is None
    assert chosen(place.arrived(jobs("a"), HEIGHT)) == "a"


def test_the_same_answer_changes_nothing_at_all() -> None:
    place = placed("a", "b", on=1)
    assert place.arrived(jobs("a", "b"), HEIGHT) is place


def test_a_changed_job_is_changed_in_its_row() -> None:
    place = placed("a", "b", "c", on=1).arrived((*jobs("a", "b"), job("c", State.FAILED)), HEIGHT)
    assert place.rows[2].state is State.FAILED
    assert (place.index, place.waiting) == (1, 0)


def test_new_jobs_wait_while_the_cursor_is_below_the_first_row() -> None:
    place = placed("a", "b", on=1).arrived(jobs("y", "z", "a", "b"), HEIGHT)
    assert ids(place.rows) == ["a", "b"]
    assert place.waiting == 2
    assert chosen(place) == "b"


def test_waiting_jobs_are_counted_once_and_forgotten_when_they_leave() -> None:
    place = placed("a", "b", on=1).arrived(jobs("y", "z", "y", "a", "b"), HEIGHT)
    assert place.waiting == 2
    assert place.arrived(jobs("z", "a", "b"), HEIGHT).waiting == 1


def test_on_the_first_row_new_jobs_are_shown_above_and_the_choice_stays() -> None:
    place = placed("a", "b").arrived(jobs("z", "a", "b"), HEIGHT)
    assert ids(place.rows) == ["z", "a", "b"]
    assert chosen(place) == "a"
    assert (place.top, place.waiting) == (0, 0)


def test_more_new_jobs_than_the_screen_has_lines_leave_the_choice_in_view() -> None:
    new = [f"n{n}" for n in range(30)]
    place = placed("a", "b", height=5).arrived(jobs(*new, "a", "b"), 5)
    assert chosen(place) == "a"
    assert place.top <= place.index < place.top + 5


def test_a_job_that_left_stays_grey_until_the_person_moves() -> None:
    place = placed("a", "b", "c", on=1).arrived(jobs("a", "c"), HEIGHT)
    assert ids(place.rows) == ["a", "b", "c"]
    assert place.gone == {"b"}
    assert chosen(place) == "b"
    down = place.moved(1, HEIGHT)
    assert (ids(down.rows), chosen(down), down.gone) == (["a", "c"], "c", frozenset())
    up = place.moved(-1, HEIGHT)
    assert (ids(up.rows), chosen(up)) == (["a", "c"], "a")


def test_a_job_that_comes_back_is_no_longer_grey() -> None:
    place = placed("a", "b", "c", on=1).arrived(jobs("a", "c"), HEIGHT).arrived(jobs("a", "b", "c"), HEIGHT)
    assert place.gone == frozenset()
    assert place.waiting == 0


def test_moving_over_grey_rows_lands_on_the_next_that_is_there() -> None:
    place = placed("a", "b", "c", "d", on=0).arrived(jobs("a", "d"), HEIGHT).moved(1, HEIGHT)
    assert chosen(place) == "d"


def test_a_grey_row_can_be_chosen() -> None:
    place = placed("a", "b", "c", on=0).arrived(jobs("a", "c"), HEIGHT).on(1, HEIGHT)
    assert chosen(place) == "b"
    assert ids(place.rows) == ["a", "b", "c"]


def test_another_order_is_not_taken_over_under_the_cursor() -> None:
    place = placed("a", "b", "c", on=1).arrived(jobs("c", "b", "a"), HEIGHT)
    assert ids(place.rows) == ["a", "b", "c"]
    assert ids(place.released(HEIGHT).rows) == ["c", "b", "a"]


def test_a_further_page_is_added_below() -> None:
    place = placed("a", "b", on=1).arrived(jobs("a", "b", "c", "d"), HEIGHT)
    assert ids(place.rows) == ["a", "b", "c", "d"]
    assert place.waiting == 0


def test_wholly_other_jobs_wait_while_all_rows_turn_grey() -> None:
    place = placed("a", "b", on=1).arrived(jobs("x", "y"), HEIGHT)
    assert ids(place.rows) == ["a", "b"]
    assert place.gone == {"a", "b"}
    assert place.waiting == 2
    assert chosen(place.released(HEIGHT)) == "y"


def test_release_shows_what_waits_and_keeps_the_choice() -> None:
    place = placed("a", "b", on=1).arrived(jobs("y", "z", "a", "b"), HEIGHT).released(HEIGHT)
    assert ids(place.rows) == ["y", "z", "a", "b"]
    assert chosen(place) == "b"
    assert (place.top, place.waiting) == (0, 0)


def test_walking_up_to_the_first_row_finds_the_waiting_jobs_above_it() -> None:
    rows = [f"r{n}" for n in range(20)]
    place = placed(*rows, on=1).arrived(jobs("y", "z", *rows), HEIGHT).moved(-1, HEIGHT)
    assert chosen(place) == "r0"
    assert place.index - place.top == 0
    assert chosen(place.moved(-1, HEIGHT)) == "z"


def test_home_goes_to_the_newest_of_those_that_waited() -> None:
    place = placed("a", "b", on=1).arrived(jobs("y", "z", "a", "b"), HEIGHT).first(HEIGHT)
    assert chosen(place) == "y"
    assert place.top == 0


def test_rows_of_last_session_are_nobody_s_choice() -> None:
    place = Place().asked(jobs("a", "b"), HEIGHT, settled=False).arrived(jobs("z", "a", "b"), HEIGHT)
    assert chosen(place) == "z"
    assert place.top == 0


def test_a_row_of_last_session_that_a_person_chose_is_held() -> None:
    place = Place().asked(jobs("a", "b"), HEIGHT, settled=False).moved(1, HEIGHT)
    place = place.arrived(jobs("z", "a", "b"), HEIGHT)
    assert chosen(place) == "b"
    assert place.waiting == 1


def test_a_list_come_back_to_while_its_rows_are_old_keeps_its_place() -> None:
    rows = [f"r{n}" for n in range(30)]
    place = placed(*rows, on=20).asked(jobs(*rows), HEIGHT, settled=False)
    place = place.arrived(jobs("z", *rows), HEIGHT)
    assert chosen(place) == "r20"
    assert place.waiting == 1


def test_another_question_keeps_the_chosen_job_on_its_line_where_it_can() -> None:
    rows = [f"r{n}" for n in range(30)]
    place = placed(*rows, on=20)
    line = place.index - place.top
    place = place.asked(jobs(*rows[5:]), HEIGHT)
    assert chosen(place) == "r20"
    assert place.index - place.top == line
    assert chosen(place.asked(jobs("x", "y"), HEIGHT)) == "x"


def test_marks_stay_on_their_jobs() -> None:
    place = placed("a", "b", "c", on=2).marked("b").marked("c").marked("c")
    assert place.marks == {"b"}
    assert place.arrived(jobs("z", "a"), HEIGHT).moved(-1, HEIGHT).marks == {"b"}


def test_a_page_scrolls_with_the_cursor() -> None:
    place = placed(*[f"r{n}" for n in range(100)], on=3).moved(9, HEIGHT, page=True)
    assert (place.index, place.top) == (12, 9)
    assert place.moved(-9, HEIGHT, page=True).index == 3


def test_scrolling_takes_the_cursor_along_only_where_it_must() -> None:
    place = placed(*[f"r{n}" for n in range(100)], on=3)
    assert place.scrolled(2, HEIGHT).index == 3
    assert place.scrolled(5, HEIGHT).index == 5
    assert place.scrolled(1000, HEIGHT).top == 90


def test_the_ends_of_the_list_stop_the_cursor() -> None:
    place = placed(*[f"r{n}" for n in range(30)])
    assert place.moved(-1, HEIGHT).index == 0
    assert place.moved(1000, HEIGHT).index == 29
    assert place.last(HEIGHT).top == 20


def test_a_smaller_screen_keeps_the_cursor_in_view() -> None:
    place = placed(*[f"r{n}" for n in range(30)], on=9)
    assert place.fitted(4).top == 6
    assert place.fitted(0).top == 9


def shuffled(random_: random.Random, place: Place, serial: list[int]) -> tuple[Job, ...]:
    """An answer as a service might give it: jobs changed, gone, new, reordered, twice."""
    answer = list(place.latest)
    for _ in range(random_.randrange(4)):
        what = random_.randrange(6)
        if what == 0 and answer:
            at = random_.randrange(len(answer))
            answer[at] = replace(answer[at], state=random_.choice(list(State)))
        elif what == 1 and answer:
            del answer[random_.randrange(len(answer))]
        elif what == 2:
            serial[0] += 1
            answer.insert(random_.choice([0, random_.randrange(len(answer) + 1)]), job(f"new{serial[0]}"))
        elif what == 3:
            random_.shuffle(answer)
        elif what == 4 and answer:
            answer.insert(random_.randrange(len(answer) + 1), random_.choice(answer))
        elif what == 5 and place.rows:
            answer.append(random_.choice(place.rows))
    return tuple(answer)


def consistent(place: Place, answer: Sequence[Job], height: int) -> None:
    """What is always so."""
    shown = ids(place.rows)
    wanted = set(ids(answer))
    assert len(set(shown)) == len(shown)
    assert place.gone == set(shown) - wanted
    assert place.waiting == len(wanted - set(shown))
    assert ids(place.latest) == list(dict.fromkeys(ids(answer)))
    assert (place.index >= 0) == bool(place.rows)
    if place.rows:
        assert place.top <= place.index < place.top + height
        newest = {each.id: each for each in reversed(answer)}
        assert all(row == newest[row.id] for row in place.rows if row.id in newest)


@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_refreshes_never_move_the_chosen_job_or_its_line(seed: int) -> None:
    random_ = random.Random(seed)
    start = [f"r{n}" for n in range(60)]
    place = placed(*start, on=random_.randrange(1, 60)).marked("r3").marked("r40")
    before = (chosen(place), place.index - place.top, place.top, place.marks)
    serial = [0]
    for _ in range(1000):
        answer = shuffled(random_, place, serial)
        place = place.arrived(answer, HEIGHT)
        assert (chosen(place), place.index - place.top, place.top, place.marks) == before
        consistent(place, answer, HEIGHT)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), height=st.integers(1, 12), seed=st.integers(0, 2**32))
def test_whatever_happens_refreshes_keep_the_choice_and_moves_keep_the_cursor_in_view(
    data: st.DataObject, height: int, seed: int
) -> None:
    random_ = random.Random(seed)
    serial = [0]
    answer: tuple[Job, ...] = jobs(*[f"r{n}" for n in range(data.draw(st.integers(0, 20)))])
    place = Place().asked(answer, height)
    for what in data.draw(st.lists(st.integers(0, 8), max_size=40)):
        if what <= 3:
            answer = shuffled(random_, place, serial)
            before = place
            place = place.arrived(answer, height)
            if before.rows:
                assert chosen(place) == chosen(before)
            if before.index > 0:
                assert (place.index, place.top) == (before.index, before.top)
        elif what == 4:
            place = place.moved(random_.choice([-7, -1, 1, 1, 7]), height, page=random_.random() < 0.3)
        elif what == 5 and place.rows:
            at = random_.randrange(len(place.rows))
            wanted = place.rows[at].id
            place = place.on(at, height)
            assert chosen(place) == wanted
        elif what == 6:
            place = place.released(height)
            assert ids(place.rows) == ids(place.latest)
        elif what == 7:
            place = random_.choice([place.first, place.last])(height)
        elif what == 8:
            place = place.scrolled(random_.choice([-3, 3]), height)
        if place.rows:
            assert place.top <= place.index < place.top + height
        consistent(place, answer, height)


def compared(place: Place, answer: Sequence[Job], height: int) -> Place:
    """`Place.arrived` as the rules say it, all looked at: what its short cuts have to come to."""
    latest = answer = tuple({job.id: job for job in answer}.values())
    present = {job.id: job for job in latest}
    shown = [job.id for job in place.rows]
    rows = [present.get(job.id, job) for job in place.rows]
    gone = frozenset(set(shown) - present.keys())
    new = [job for job in latest if job.id not in set(shown)]
    index, top = place.index, place.top
    if new and index == 0:
        for at, job in enumerate(latest):
            if job in new:
                before = ids(rows).index(latest[at - 1].id) if at else -1
                rows.insert(before + 1, job)
        new = []
        index = ids(rows).index(shown[0])
        top = max(0, index - max(1, height) + 1) if top == 0 else top + index
    elif new and any(job.id in shown for job in latest):
        while latest[-1] in new:
            rows.insert(len(shown), latest[-1])
            new.remove(latest[-1])
            latest = latest[:-1]
    return replace(
        place,
        rows=Jobs.of(rows),
        gone=gone,
        latest=Jobs.of(answer),
        new=frozenset(ids(new)),
        index=index,
        top=top,
    )


def edited(random_: random.Random, latest: Jobs, place: Place, serial: list[int]) -> Jobs:
    """An answer that shares with the one before what has not changed, as a feed's does."""
    for _ in range(random_.randrange(5)):
        what, size = random_.randrange(7), len(latest)
        if what <= 1 and size:
            at = random_.randrange(size)
            latest = latest.replaced({at: replace(latest[at], state=random_.choice(list(State)))})
        elif what == 2 and size:
            latest = latest.without({random_.randrange(size) for _ in range(random_.randrange(1, 4))})
        elif what == 3:
            serial[0] += 1
            at = random_.choice([0, size, random_.randrange(size + 1)])
            latest = latest.inserted(at, jobs(f"n{serial[0]}"))
        elif what == 4:
            serial[0] += 20
            some = [f"n{serial[0] - n}" for n in range(random_.randrange(1, 20))]
            latest = latest.inserted(random_.choice([0, size]), jobs(*some))
        elif what == 5 and place.gone:
            back = random_.choice(sorted(place.gone))
            if latest.index_of(back) < 0:
                latest = latest.inserted(random_.randrange(size + 1), jobs(back))
        elif what == 6 and random_.random() < 0.2:
            mixed = list(latest)
            random_.shuffle(mixed)
            latest = Jobs.of(mixed)
    return latest


@pytest.mark.parametrize("most", [2, 4, 512])
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), height=st.integers(1, 12))
def test_what_an_answer_changes_is_what_comparing_all_of_it_gives(most: int, seed: int, height: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs_room, "MOST", most)
        random_, serial = random.Random(seed), [0]
        answer = Jobs.of(jobs(*[f"r{n}" for n in range(random_.randrange(1, 40))]))
        place = Place().asked(answer, height).on(random_.randrange(len(answer)), height)
        for _ in range(12):
            answer = edited(random_, answer, place, serial)
            before = place
            place = before.arrived(answer, height)
            if before.rows and answer != before.latest:
                assert place == compared(before, answer, height)
            match random_.randrange(12):
                case 0:
                    place = place.moved(random_.choice([-9, -1, 1, 9]), height)
                case 1:
                    place = place.released(height)
                case 2:
                    place = place.first(height)
                case 3 if place.rows:
                    place = place.on(random_.randrange(len(place.rows)), height)
            consistent(place, answer, height)
