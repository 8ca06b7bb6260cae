"""A long list as a value: whatever is done to it, it is what a plain list would be."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui import jobs as jobs_room
from icetui.hits import Hits
from icetui.job import Job, State
from icetui.jobs import Jobs, Run
from icetui.searching import holds


def job(n: int, state: State = State.RUNNING, title: str = "") -> Job:
    return Job("smart", f"j{n}", "ASR", state, title=title)


def numbered(count: int) -> Jobs:
    return Jobs.of([job(n) for n in range(count)])


def key(one: Job) -> int:
    return int(one.id[1:])


def test_an_id_that_comes_twice_counts_once_where_it_came_first() -> None:
    first, second = job(1, State.DONE), job(1, State.FAILED)
    assert tuple(Jobs.of([job(0), first, job(2), second])) == (job(0), first, job(2))


def test_it_is_equal_to_what_holds_the_same_jobs_however_it_came_about() -> None:
    some = numbered(2000)
    assert some == numbered(2000)
    assert some == tuple(some)
    assert some.without({5}) != some
    assert some.without({5}).inserted(5, [job(5)]) == some
    assert hash(some.without({5}).inserted(5, [job(5)])) == hash(some)
    assert Jobs() == ()


def test_it_is_read_like_any_sequence() -> None:
    some, plain = numbered(1500), [job(n) for n in range(1500)]
    assert [some[0], some[-1], some[777]] == [plain[0], plain[-1], plain[777]]
    assert some[500:1100] == tuple(plain[500:1100])
    assert some[::-7] == tuple(plain[::-7])
    with pytest.raises(IndexError):
        some[1500]


def test_another_list_shares_what_is_the_same_in_both() -> None:
    some = numbered(100_000)
    other = some.replaced({50_000: job(50_000, State.DONE)})
    shared = set(map(id, some.runs)) & set(map(id, other.runs))
    assert len(shared) == len(some.runs) - 1
    grown = other.inserted(0, [job(100_000)]).without({70_000})
    assert len(set(map(id, grown.runs)) & set(map(id, other.runs))) >= len(other.runs) - 2


def test_only_what_is_not_shared_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    some = numbered(100_000)
    other = some.replaced({3: job(3, State.DONE), 99_000: job(99_000, State.DONE)})
    looked_at: list[int] = []
    seen = jobs_room._other

    def counted(runs: Iterable[Run], shared: set[int], start: int) -> list[tuple[int, Job]]:
        found = seen(runs, shared, start)
        looked_at.append(len(found))
        return found

    monkeypatch.setattr(jobs_room, "_other", counted)
    changes = other.changes(some)
    assert changes.turned == {n: (job(n), job(n, State.DONE)) for n in (3, 99_000)}
    assert sum(looked_at) <= 4 * jobs_room.MOST


@pytest.mark.parametrize("most", [2, 8, 512])
@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_changes_made_one_by_one_are_those_of_plain_lists(most: int, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs_room, "MOST", most)
        random_ = random.Random(seed)
        plain = [job(n) for n in range(random_.randrange(60))]
        some, serial = Jobs.of(plain), 1000
        for _ in range(15):
            before, was = some, list(plain)
            for _ in range(random_.randrange(1, 4)):
                at = random_.randrange(len(plain) + 1)
                match random_.randrange(3):
                    case 0 if at < len(plain):
                        plain[at] = replace(plain[at], state=random_.choice(list(State)))
                        some = some.replaced({at: plain[at]})
                    case 1:
                        serial += 9
                        new = [job(serial + n) for n in range(random_.randrange(5))]
                        plain[at:at] = new
                        some = some.inserted(at, new)
                    case 2 if plain:
                        away = {random_.randrange(len(plain)) for _ in range(3)}
                        plain = [each for n, each in enumerate(plain) if n not in away]
                        some = some.without(away)
            assert list(some) == plain
            assert all(0 < len(run.jobs) <= most for run in some.runs)
            if random_.random() < 0.1:
                random_.shuffle(plain)
                some = Jobs.of(plain)
            changes = some.changes(before)
            old, now = {each.id: each for each in was}, {each.id: each for each in plain}
            assert changes.left == {each.id: n for n, each in enumerate(was) if each.id not in now}
            assert changes.came == {each.id: n for n, each in enumerate(plain) if each.id not in old}
            assert list(changes.came.values()) == sorted(changes.came.values())
            assert changes.turned == {
                n: (old[each.id], each)
                for n, each in enumerate(plain)
                if each.id in old and old[each.id] != each
            }
            stayed = [each.id for each in was if each.id in now]
            assert changes.in_order == (stayed == [each.id for each in plain if each.id in old])


NUMBERS = st.sets(st.integers(0, 99))


@pytest.mark.parametrize("most", [2, 8, 512])
@settings(max_examples=80, deadline=None)
@given(NUMBERS, st.lists(st.tuples(NUMBERS, NUMBERS)))
def test_a_sorted_list_stays_sorted(
    most: int, start: set[int], steps: list[tuple[set[int], set[int]]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs_room, "MOST", most)
        some, there = Jobs.of([job(n) for n in sorted(start)]), set(start)
        for gone, came in steps:
            gone &= there
            there -= gone
            came -= there
            there |= came
            some = some.sorted_by(key, [job(n) for n in gone], [job(n) for n in came])
            assert [key(each) for each in some] == sorted(there)
            assert all(0 < len(run.jobs) <= most for run in some.runs)


TEXTS = st.text(st.sampled_from("aAbßſSsİi\n\0 秋"), max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, max_size=12), TEXTS)
def test_a_text_is_found_where_it_is(titles: list[str], wanted: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs_room, "MOST", 4)
        some = Jobs.of([job(n, title=title) for n, title in enumerate(titles)])
        assert some.having(wanted) == [n for n, each in enumerate(some) if wanted and holds(each, wanted)]
        assert some.taken(some.having(wanted)) == [each for each in some if wanted and holds(each, wanted)]


@pytest.mark.parametrize("most", [2, 512])
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_hits_are_counted_and_stepped_through_in_every_list_that_comes(most: int, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs_room, "MOST", most)
        random_ = random.Random(seed)
        some, hits = numbered(random_.randrange(30)), Hits("this")
        for _ in range(5):
            if some:
                some = some.replaced(
                    {random_.randrange(len(some)): job(random_.randrange(1000, 9999), title="THIS")}
                )
            hits.look(some)
            places = some.having("this")
            assert len(hits) == len(places)
            for at in range(-1, len(some)):
                assert hits.rank(at) == (places.index(at) + 1 if at in places else 0)
                behind = [place for place in places if place > at] or places
                ahead = [place for place in places if place < at] or places
                assert hits.after(at) == (behind[0] if places else -1)
                assert hits.before(at) == (ahead[-1] if places else -1)


def test_what_is_searched_is_made_in_slices_and_kept_where_nothing_changed() -> None:
    some = numbered(4000)
    slices = 1
    while some.fold(500):
        slices += 1
    assert 5 <= slices <= 11
    assert some.unfolded == 0
    changed = some.replaced({7: job(7, title="new")})
    assert 0 < changed.unfolded <= jobs_room.MOST
    assert changed.having("NEW") == [7]
