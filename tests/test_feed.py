"""One family kept fresh: what is asked, what is shown, what is not lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from icetui.errors import (
    BadCredentials,
    Denied,
    Misuse,
    NotFound,
    Refusal,
    Throttled,
    TimedOut,
    Unreachable,
)
from icetui.families.base import Family
from icetui.feed import Feed, Snapshot
from icetui.job import Job, JobError, Page, Query, State
from icetui.jobs import NO_JOBS
from icetui.lookups import Places
from icetui.pulse import Rhythm
from icetui.store import Store
from tests.fake_service import (
    NOON,
    PATIENCE,
    SCOPE,
    ByTen,
    Listed,
    Service,
    Time,
    Unlisted,
    job,
    lean,
    settle,
)


@pytest.fixture
def store() -> Iterator[Store]:
    it = Store(Path(":memory:"))
    yield it
    it.close()


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def time() -> Time:
    return Time()


def feed_of(
    family: Family, service: Service, store: Store, time: Time | None = None, *, page: int = 10
) -> Feed:
    return Feed(
        family,
        service,
        store,
        SCOPE,
        clock=lambda: service.now,
        page_size=page,
        sleep=(time or Time()).sleep,
        chance=lambda: 0.0,
    )


@pytest.fixture
def listed(service: Service, store: Store, time: Time) -> Feed:
    return feed_of(Listed(), service, store, time)


@pytest.fixture
def unlisted(service: Service, store: Store, time: Time) -> Feed:
    return feed_of(Unlisted(), service, store, time)


def ids(snapshot: Snapshot) -> list[str]:
    return [each.id for each in snapshot.jobs]


def row(snapshot: Snapshot, job_id: str) -> Job:
    (found,) = (each for each in snapshot.jobs if each.id == job_id)
    return found


def running(count: int, *, start: int = 0) -> list[Job]:
    """Jobs that have not ended: j000 is the oldest."""
    return [job(f"j{n:03}", n, State.RUNNING) for n in range(start, start + count)]


def failed(count: int, *, start: int = 0) -> list[Job]:
    return [job(f"j{n:03}", n, State.FAILED) for n in range(start, start + count)]


class TestRows:
    """What is shown, and in which order."""

    async def test_the_listing_is_united_with_what_is_followed(self, listed: Feed, service: Service) -> None:
        service.put(*failed(15))
        listed.follow(["j001", "j014"])
        snapshot = await listed.refresh()
        assert ids(snapshot) == [f"j{n:03}" for n in range(14, 4, -1)] + ["j001"]
        assert service.asked() == ["j001"]
        assert (snapshot.loaded, snapshot.more, snapshot.answered) == (11, True, True)
        assert snapshot.followed == {"j001", "j014"}

    async def test_a_family_without_a_listing_shows_what_is_followed(
        self, unlisted: Feed, service: Service
    ) -> None:
        service.put(job("a", 1), job("b", 2), job("not followed", 3))
        unlisted.follow(["b", "a"])
        snapshot = await unlisted.refresh()
        assert ids(snapshot) == ["b", "a"]
        assert not snapshot.more
        assert snapshot.taken == NOON

    async def test_ties_are_in_order_of_id_and_unknown_times_come_last(
        self, unlisted: Feed, service: Service
    ) -> None:
        service.put(job("b"), job("a"), job("late", 5), job("never", None), job("early", -5))
        unlisted.follow(["never", "b", "early", "a", "late"])
        assert ids(await unlisted.refresh()) == ["late", "a", "b", "early", "never"]
        unlisted.ask(Query(newest=False))
        assert ids(unlisted.snapshot) == ["early", "a", "b", "late", "never"]

    async def test_nothing_followed_is_an_answer_and_asks_nothing(
        self, unlisted: Feed, service: Service
    ) -> None:
        assert not unlisted.snapshot.answered
        snapshot = await unlisted.refresh()
        assert snapshot.answered
        assert (snapshot.jobs, snapshot.error, service.calls) == (NO_JOBS, None, [])

    async def test_rows_are_the_same_tuple_as_long_as_nothing_changes(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(*running(5))
        before = await listed.refresh()
        service.now += timedelta(seconds=10)
        after = await listed.refresh()
        assert after.jobs is before.jobs
        assert after.taken == NOON + timedelta(seconds=10)
        service.put(job("j002", 2, State.FAILED))
        changed = await listed.refresh()
        assert changed.jobs is not before.jobs
        assert [a is b for a, b in zip(changed.jobs, before.jobs, strict=True)] == [
            True,
            True,
            False,
            True,
            True,
        ]

    async def test_of_a_job_told_twice_the_later_one_is_shown(self, listed: Feed, service: Service) -> None:
        twice = (lean(job("a", 0, State.RUNNING)), lean(job("a", 0, State.FAILED)))
        service.pages = lambda _: Page(twice)
        snapshot = await listed.refresh()
        assert [each.state for each in snapshot.jobs] == [State.FAILED]


class TestPages:
    """Token paging, and beats that do not lose what was loaded."""

    async def test_pages_follow_until_there_is_no_token(self, listed: Feed, service: Service) -> None:
        service.put(*failed(25))
        assert len((await listed.refresh()).jobs) == 10
        assert len((await listed.more()).jobs) == 20
        last = await listed.more()
        assert ids(last) == [f"j{n:03}" for n in range(24, -1, -1)]
        assert not last.more
        service.forget()
        assert (await listed.more()) == last
        assert service.calls == []

    @pytest.mark.parametrize(
        "second",
        [
            Page((lean(job("b")),), "t1"),
            Page((), "t2"),
            Page((lean(job("a")),), "t2"),
            Page((lean(job("b")),)),
        ],
        ids=["repeated token", "empty page", "the first page again", "no token"],
    )
    async def test_a_listing_that_goes_in_circles_ends(
        self, listed: Feed, service: Service, second: Page
    ) -> None:
        service.pages = lambda call: second if call.get("Token") else Page((lean(job("a")),), "t1")
        assert (await listed.refresh()).more
        assert not (await listed.more()).more
        assert service.asked("List") == ["", "t1"]

    async def test_a_longer_circle_of_tokens_ends_too(self, listed: Feed, service: Service) -> None:
        after = {"": "t1", "t1": "t2", "t2": "t3", "t3": "t1"}
        pages = iter(range(100))
        service.pages = lambda call: Page((lean(job(str(next(pages)))),), after[call.get("Token") or ""])
        await listed.refresh()
        for _ in range(9):
            await listed.more()
        assert service.asked("List") == ["", "t1", "t2", "t3"]

    async def test_more_before_the_first_beat_asks_nothing(self, listed: Feed, service: Service) -> None:
        service.put(*failed(5))
        assert (await listed.more()).jobs == ()
        assert service.calls == []

    async def test_a_beat_keeps_the_rows_and_the_place_of_further_pages(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(*failed(35))
        await listed.refresh()
        await listed.more()
        service.put(job("new", 99, State.FAILED))
        snapshot = await listed.refresh()
        assert ids(snapshot) == ["new", *(f"j{n:03}" for n in range(34, 14, -1))]
        service.forget()
        assert ids(await listed.more())[-10:] == [f"j{n:03}" for n in range(14, 4, -1)]
        assert service.asked("List") == ["j015"]

    async def test_what_slides_to_the_second_page_stays(self, listed: Feed, service: Service) -> None:
        service.put(*failed(10))
        await listed.refresh()
        service.put(*failed(3, start=10))
        assert len((await listed.refresh()).jobs) == 13

    async def test_what_left_the_first_page_is_gone_and_what_is_followed_stays(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(*failed(20))
        listed.follow(["j016"])
        await listed.refresh()
        for each in ("j017", "j016"):
            del service.jobs[each]
        assert ids(await listed.refresh()) == [f"j{n:03}" for n in (19, 18, 16, 15, 14, 13, 12, 11, 10, 9, 8)]

    async def test_the_only_page_is_all_there_is(self, listed: Feed, service: Service) -> None:
        service.put(*failed(5))
        await listed.refresh()
        service.jobs.clear()
        assert (await listed.refresh()).jobs == ()

    async def test_a_gap_of_a_few_pages_is_closed(self, listed: Feed, service: Service) -> None:
        service.put(*failed(25))
        await listed.refresh()
        await listed.more()
        service.put(*failed(32, start=25))
        assert ids(await listed.refresh()) == [f"j{n:03}" for n in range(56, 4, -1)]

    async def test_over_a_wide_gap_the_list_begins_anew(self, listed: Feed, service: Service) -> None:
        service.put(*failed(25))
        await listed.refresh()
        await listed.more()
        service.put(*failed(200, start=25))
        service.forget()
        snapshot = await listed.refresh()
        assert ids(snapshot) == [f"j{n:03}" for n in range(224, 174, -1)]
        assert snapshot.more
        assert len(service.calls) == 5
        assert ids(await listed.more())[50:] == [f"j{n:03}" for n in range(174, 164, -1)]

    async def test_running_jobs_on_later_pages_are_looked_up_a_few_at_a_time(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(*running(40))
        await listed.refresh()
        await listed.more()
        await listed.more()
        beats = []
        for _ in range(4):
            service.forget()
            await listed.refresh()
            beats.append(service.asked())
        assert [len(each) for each in beats] == [10] * 4
        assert {*beats[0], *beats[1]} == {f"j{n:03}" for n in range(10, 30)}
        assert sorted(beats[2]) == sorted(beats[0])
        service.put(job("j012", 12, State.FAILED))
        await listed.refresh()
        snapshot = await listed.refresh()
        assert row(snapshot, "j012").state is State.FAILED

    async def test_oldest_first_new_jobs_at_the_end_are_seen(self, listed: Feed, service: Service) -> None:
        listed.ask(Query(newest=False))
        service.put(*failed(15))
        await listed.refresh()
        await listed.more()
        service.put(*failed(2, start=15))
        snapshot = await listed.refresh()
        assert ids(snapshot) == [f"j{n:03}" for n in range(17)]
        assert not snapshot.more

    async def test_a_token_that_is_refused_leads_to_walking_again(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(*failed(35))
        await listed.refresh()
        await listed.more()
        service.wrong["List"] = Refusal("no such token", code="InvalidParameter.NextToken")
        snapshot = await listed.more()
        assert snapshot.error is service.wrong["List"]
        assert (len(snapshot.jobs), snapshot.more) == (20, True)
        service.wrong.clear()
        snapshot = await listed.more()
        assert (len(snapshot.jobs), snapshot.error) == (30, None)

    async def test_one_listing_is_under_way_at_most(self, listed: Feed, service: Service) -> None:
        service.put(*running(40))
        await listed.refresh()
        await asyncio.gather(
            *(
                each
                for _ in range(5)
                for each in (listed.refresh(), listed.more(), listed.refresh(person=True))
            )
        )
        assert service.most == {"List": 1, "Get": 3}
        assert len(listed.snapshot.jobs) == len(set(ids(listed.snapshot)))

    @pytest.mark.parametrize("page_first", [True, False])
    async def test_a_page_and_a_beat_wait_for_each_other(
        self, listed: Feed, service: Service, page_first: bool
    ) -> None:
        service.put(*failed(30))
        await listed.refresh()
        service.is_holding = True
        tasks = []
        for work in (listed.more, listed.refresh) if page_first else (listed.refresh, listed.more):
            tasks.append(asyncio.ensure_future(work()))
            await service.calling(1)
        await settle()
        under_way = len(service.held)
        service.is_holding = False
        service.let_go(under_way)
        await asyncio.gather(*tasks)
        assert under_way == 1
        assert len(listed.snapshot.jobs) == 20

    async def test_what_the_service_says_there_is_in_all_is_told(
        self, listed: Feed, service: Service
    ) -> None:
        service.pages = lambda _: Page((lean(job("a")),), "t", 110)
        assert (await listed.refresh()).total == 110


class TestOutcomes:
    """Rows, no rows, could not ask."""

    async def test_when_nobody_can_be_asked_the_rows_stay_and_say_how_old_they_are(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(*failed(3))
        before = await listed.refresh()
        service.now += timedelta(minutes=5)
        service.wrong["List"] = Unreachable("no connection")
        snapshot = await listed.refresh()
        assert snapshot.jobs is before.jobs
        assert (snapshot.taken, snapshot.stale) == (NOON, True)
        assert snapshot.error is service.wrong["List"]
        service.wrong.clear()
        snapshot = await listed.refresh()
        assert (snapshot.taken, snapshot.stale, snapshot.error) == (service.now, False, None)

    async def test_an_empty_account_is_an_answer(self, listed: Feed) -> None:
        snapshot = await listed.refresh()
        assert (snapshot.jobs, snapshot.answered, snapshot.stale, snapshot.error) == (
            NO_JOBS,
            True,
            False,
            None,
        )

    async def test_without_any_answer_nothing_is_said_about_the_rows(
        self, listed: Feed, service: Service
    ) -> None:
        service.wrong["List"] = TimedOut("no answer")
        snapshot = await listed.refresh()
        assert (snapshot.jobs, snapshot.answered, snapshot.taken) == (NO_JOBS, False, None)

    async def test_a_page_that_fails_leaves_the_rows_and_can_be_asked_again(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(*failed(15))
        await listed.refresh()
        service.wrong["List"] = TimedOut("no answer")
        snapshot = await listed.more()
        assert (len(snapshot.jobs), snapshot.more, snapshot.stale) == (10, True, False)
        assert snapshot.error is service.wrong["List"]
        service.wrong.clear()
        snapshot = await listed.more()
        assert (len(snapshot.jobs), snapshot.error) == (15, None)

    async def test_without_a_listing_a_broken_network_is_one_error_and_few_calls(
        self, unlisted: Feed, service: Service
    ) -> None:
        unlisted.follow([f"j{n:03}" for n in range(50)])
        service.wrong["Get"] = Unreachable("no connection")
        snapshot = await unlisted.refresh()
        assert snapshot.error is service.wrong["Get"]
        assert (snapshot.stale, snapshot.refused, len(snapshot.jobs)) == (True, (), 50)
        assert len(service.calls) <= 3

    async def test_lookups_that_all_time_out_are_given_up(self, unlisted: Feed, service: Service) -> None:
        unlisted.follow([f"j{n:03}" for n in range(50)])
        service.wrong["Get"] = TimedOut("no answer")
        assert (await unlisted.refresh()).error is service.wrong["Get"]
        assert len(service.calls) <= 6

    async def test_a_listing_that_is_forbidden_leaves_lookups_alone(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(job("a", 0, State.RUNNING))
        listed.follow(["a"])
        service.wrong["List"] = Denied("no", code="NoPermission")
        snapshot = await listed.refresh()
        assert row(snapshot, "a").state is State.RUNNING
        assert snapshot.error is service.wrong["List"]
        assert not snapshot.stopped


class TestLookups:
    """What is looked up, and what is not asked again."""

    async def test_they_are_batched_and_at_most_four_are_under_way(
        self, service: Service, store: Store
    ) -> None:
        service.put(*running(95))
        feed = feed_of(ByTen(), service, store)
        feed.follow([each.id for each in running(95)])
        service.is_holding = True
        beat = asyncio.create_task(feed.refresh())
        await service.calling(3)
        opened = asyncio.create_task(feed.open("j000"))
        other = asyncio.create_task(feed.open("j001"))
        await service.calling(4)
        await settle()
        under_way = len(service.held)
        service.is_holding = False
        service.let_go(under_way)
        await asyncio.gather(beat, opened, other)
        assert under_way == service.most["Get"] == 4
        assert len(service.calls) == 12

    async def test_a_finished_job_is_not_asked_for_again(self, unlisted: Feed, service: Service) -> None:
        service.put(job("done"), job("failed", 1, State.FAILED), job("going", 2, State.RUNNING))
        unlisted.follow(["done", "failed", "going"])
        await unlisted.refresh()
        service.forget()
        await unlisted.refresh()
        await unlisted.refresh(person=True)
        assert service.asked() == ["going", "going"]

    async def test_nor_in_another_session(self, unlisted: Feed, service: Service, store: Store) -> None:
        service.put(job("done", title="t", error=JobError("E", "m")), job("going", 2, State.RUNNING))
        unlisted.follow(["done", "going", "typo"])
        await unlisted.refresh()
        service.forget()
        next_session = feed_of(Unlisted(), service, store)
        snapshot = await next_session.refresh()
        assert service.asked() == ["going"]
        assert row(snapshot, "done") == service.jobs["done"]
        assert row(snapshot, "typo").state is State.MISSING

    async def test_an_unknown_word_is_asked_for_again(self, unlisted: Feed, service: Service) -> None:
        service.put(replace(job("odd"), state=State.UNKNOWN, state_word="Reticulating"))
        unlisted.follow(["odd"])
        for _ in range(3):
            await unlisted.refresh()
        assert service.asked() == ["odd"] * 3

    async def test_an_id_nobody_knows_is_a_row_and_is_asked_again_only_by_a_person(
        self, unlisted: Feed, service: Service
    ) -> None:
        unlisted.follow(["typo"])
        for _ in range(3):
            snapshot = await unlisted.refresh()
        assert row(snapshot, "typo").state is State.MISSING
        assert (snapshot.refused, snapshot.error) == ((), None)
        assert service.asked() == ["typo"]
        service.put(job("typo"))
        assert row(await unlisted.refresh(person=True), "typo").state is State.DONE

    async def test_following_a_missing_job_again_asks_again(self, unlisted: Feed, service: Service) -> None:
        unlisted.follow(["late"])
        await unlisted.refresh()
        service.put(job("late"))
        assert unlisted.follow(["late"]) == ()
        assert row(await unlisted.refresh(), "late").state is State.DONE

    async def test_one_id_that_fails_is_one_refused_row(self, unlisted: Feed, service: Service) -> None:
        service.put(job("a"), job("b", 1))
        service.wrong["bad"] = Refusal("InvalidParameter", code="InvalidParameter")
        unlisted.follow(["a", "bad", "b"])
        snapshot = await unlisted.refresh()
        assert snapshot.refused == (("bad", service.wrong["bad"]),)
        assert (snapshot.error, snapshot.stale) == (None, False)
        assert ids(snapshot) == ["b", "a", "bad"]
        assert row(snapshot, "bad").state is State.UNKNOWN
        service.forget()
        await unlisted.refresh()
        assert service.asked() == []
        await unlisted.refresh(person=True)
        assert service.asked() == ["bad"]

    async def test_one_id_that_could_not_be_asked_is_asked_again(
        self, unlisted: Feed, service: Service
    ) -> None:
        service.put(job("a"), job("slow"))
        service.wrong["slow"] = TimedOut("no answer")
        unlisted.follow(["a", "slow"])
        assert (await unlisted.refresh()).refused == (("slow", service.wrong["slow"]),)
        service.wrong.clear()
        snapshot = await unlisted.refresh()
        assert snapshot.refused == ()
        assert row(snapshot, "slow").state is State.DONE

    async def test_one_bad_id_does_not_spoil_the_nine_others_of_its_call(
        self, service: Service, store: Store
    ) -> None:
        service.put(*failed(10))
        service.wrong["j003"] = Refusal("InvalidParameter", code="InvalidParameter")
        del service.jobs["j007"]
        feed = feed_of(ByTen(), service, store)
        feed.follow([f"j{n:03}" for n in range(10)])
        snapshot = await feed.refresh()
        assert [each for each, _ in snapshot.refused] == ["j003"]
        assert row(snapshot, "j007").state is State.MISSING
        assert sum(each.state is State.FAILED for each in snapshot.jobs) == 8
        assert len(service.calls) <= 19

    async def test_an_id_the_answer_passes_over_is_refused(
        self, service: Service, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service.put(job("a"), job("b"))
        monkeypatch.setattr(ByTen, "read_lookup", lambda _, answer: Page(tuple(answer.body["jobs"][:1])))
        feed = feed_of(ByTen(), service, store)
        feed.follow(["a", "b"])
        snapshot = await feed.refresh()
        assert [each for each, _ in snapshot.refused] == ["b"]
        assert row(snapshot, "a").state is State.DONE

    async def test_rows_that_came_are_shown_before_the_lookups_have_ended(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(*failed(3), *(job(f"x{n}", -n) for n in range(1, 4)))
        listed.follow(["gone"])
        service.is_holding = True
        seen: list[Snapshot] = []
        loop = asyncio.create_task(listed.beats(seen.append))
        await service.calling(1)
        service.let_go()
        await service.calling(3)
        assert len(seen[-1].jobs) == 7
        await ended(loop)


class TestUnread:
    """Finished batches are looked up, because they may be partial."""

    async def test_twenty_a_beat_the_newest_first(self, service: Service, store: Store) -> None:
        service.put(*(job(f"j{n:03}", n, State.PARTIAL) for n in range(50)))
        feed = feed_of(Listed(), service, store, page=50)
        first = await feed.refresh()
        assert service.asked() == [f"j{n:03}" for n in range(49, 29, -1)]
        assert first.unread == 30
        assert [each.state for each in first.jobs] == [State.PARTIAL] * 20 + [State.DONE] * 30
        await feed.refresh()
        last = await feed.refresh()
        assert last.unread == 0
        service.forget()
        assert (await feed.refresh()).jobs is last.jobs
        assert service.asked() == []

    async def test_only_as_many_as_may_go_without_waiting(self, service: Service, store: Store) -> None:
        service.put(*(job(f"j{n:03}", n) for n in range(30)))
        service.allowance = 3
        feed = feed_of(Listed(), service, store, page=50)
        assert (await feed.refresh()).unread == 27
        service.allowance = 0
        assert (await feed.refresh()).unread == 27

    async def test_a_job_that_changed_is_looked_up_again(self, listed: Feed, service: Service) -> None:
        service.put(job("a", modified=NOON))
        await listed.refresh()
        service.put(job("a", 0, State.PARTIAL, modified=NOON + timedelta(hours=1)))
        assert row(await listed.refresh(), "a").state is State.PARTIAL
        assert service.asked() == ["a", "a"]

    async def test_what_an_earlier_session_read_is_not_read_again(
        self, listed: Feed, service: Service, store: Store
    ) -> None:
        service.put(*(job(f"j{n:03}", n, State.PARTIAL) for n in range(5)))
        await listed.refresh()
        service.forget()
        snapshot = await feed_of(Listed(), service, store).refresh()
        assert [each.state for each in snapshot.jobs] == [State.PARTIAL] * 5
        assert (snapshot.unread, service.asked()) == (0, [])

    async def test_a_job_that_was_read_stays_read_under_another_question(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(job("a", 0, State.PARTIAL), job("b", 1, State.FAILED))
        await listed.refresh()
        listed.ask(Query(state="Failed"))
        assert ids(await listed.refresh()) == ["b"]
        listed.ask(Query())
        service.forget()
        assert row(await listed.refresh(), "a").state is State.PARTIAL
        assert service.asked() == []

    async def test_failed_means_failed_and_partial(self, listed: Feed, service: Service) -> None:
        service.put(job("good"), job("partial", 1, State.PARTIAL), job("failed", 2, State.FAILED))
        listed.ask(Query(state="failed"))
        assert ids(await listed.refresh()) == ["failed", "partial"]

    async def test_only_those_count_that_the_query_could_show(self, listed: Feed, service: Service) -> None:
        service.put(job("this one"), job("other", 1))
        service.allowance = 0
        listed.ask(Query(text="this"))
        assert (await listed.refresh()).unread == 1

    async def test_the_rest_is_read_on_request(self, service: Service, store: Store) -> None:
        service.put(*(job(f"j{n:03}", n) for n in range(30)))
        feed = feed_of(Listed(), service, store, page=50)
        await feed.refresh()
        assert (await feed.read()).unread == 0
        assert service.asked("List") == [""]


class TestQuestions:
    """A new question, and the late answers of the one before."""

    async def test_the_answer_to_an_older_question_is_dropped(self, listed: Feed, service: Service) -> None:
        service.put(*failed(3), *running(2, start=3))
        service.is_holding = True
        beat = asyncio.create_task(listed.refresh())
        await service.calling(1)
        listed.ask(Query(state="Failed"))
        async with asyncio.timeout(PATIENCE):
            while not service.held or service.held[0][0].get("Status") != "Failed":
                await settle()
        assert len(service.held) == 1
        service.is_holding = False
        service.let_go()
        snapshot = await beat
        assert ids(snapshot) == ["j002", "j001", "j000"]
        assert (snapshot.generation, snapshot.query) == (1, Query(state="Failed"))

    async def test_a_page_of_an_older_question_is_dropped(self, listed: Feed, service: Service) -> None:
        service.put(*failed(15), *running(5, start=15))
        await listed.refresh()
        service.is_holding = True
        page = asyncio.create_task(listed.more())
        await service.calling(1)
        listed.ask(Query(state="Processing"))
        service.is_holding = False
        await page
        snapshot = await listed.refresh()
        assert ids(snapshot) == [f"j{n:03}" for n in range(19, 14, -1)]
        assert not snapshot.more

    async def test_rows_that_are_here_answer_at_once(self, listed: Feed, service: Service) -> None:
        service.put(*failed(3), *running(2, start=3))
        await listed.refresh()
        service.forget()
        listed.ask(Query(state="Failed"))
        assert ids(listed.snapshot) == ["j002", "j001", "j000"]
        assert (listed.snapshot.answered, listed.snapshot.generation, service.calls) == (False, 1, [])

    async def test_a_question_the_service_would_not_see_asks_nothing(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        service.put(*failed(12))
        seen: list[Snapshot] = []
        loop = asyncio.create_task(listed.beats(seen.append))
        await time.rest()
        service.forget()
        for text in ("0", "01", "011"):
            listed.ask(Query(text=text))
        assert (seen[-1].generation, ids(seen[-1])) == (3, ["j011"])
        assert (seen[-1].answered, seen[-1].loaded) == (True, 10)
        assert service.calls == []
        await ended(loop)

    async def test_beats_answer_a_new_question_at_once(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        service.put(*failed(3), *running(2, start=3))
        seen: list[Snapshot] = []
        loop = asyncio.create_task(listed.beats(seen.append))
        await time.rest()
        listed.ask(Query(state="Processing"))
        await time.rest()
        assert (seen[-1].answered, ids(seen[-1])) == (True, ["j004", "j003"])
        await ended(loop)

    async def test_pages_of_the_old_question_are_forgotten(self, listed: Feed, service: Service) -> None:
        service.put(*failed(25))
        await listed.refresh()
        await listed.more()
        listed.ask(Query(newest=False))
        snapshot = await listed.refresh()
        assert ids(snapshot) == [f"j{n:03}" for n in range(10)]


class TestBeats:
    """The one loop."""

    async def test_it_refreshes_rests_and_repeats(self, listed: Feed, service: Service, time: Time) -> None:
        service.put(*running(2))
        seen: list[Snapshot] = []
        async with beating(listed, seen):
            assert await time.rest() == 10.0
            posts = len(seen)
            service.now += timedelta(seconds=10)
            time.passes()
            await time.rest()
            # A beat without a change is told once, for its time.
            assert len(seen) == posts + 1
            assert seen[-1].jobs is seen[-2].jobs
            assert seen[-1].taken == service.now

    async def test_a_nudge_brings_the_next_beat_now(
        self, unlisted: Feed, service: Service, time: Time
    ) -> None:
        async with beating(unlisted):
            await time.rest()
            unlisted.follow(["typo"])
            await time.rest()
            assert service.asked() == ["typo"]
            unlisted.nudge()
            await time.rest()
            assert service.asked() == ["typo", "typo"]

    async def test_failures_stretch_the_rest_to_a_minute_and_success_ends_that(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        service.wrong["List"] = Unreachable("no connection")
        async with beating(listed):
            rests = []
            for _ in range(5):
                rests.append(await time.rest())
                time.passes()
            service.wrong.clear()
            await time.rest()
            time.passes()
            assert rests == [20.0, 40.0, 60.0, 60.0, 60.0]
            assert await time.rest() == 10.0

    async def test_chance_shortens_a_stretched_rest(self, service: Service, store: Store, time: Time) -> None:
        service.wrong["List"] = Unreachable("no connection")
        feed = Feed(Listed(), service, store, SCOPE, sleep=time.sleep, chance=lambda: 1.0)
        async with beating(feed):
            assert await time.rest() == 15.0

    async def test_a_throttling_service_is_given_the_time_it_asks_for(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        service.wrong["List"] = Throttled("too often", retry_after=90.0)
        async with beating(listed):
            assert await time.rest() == 90.0

    async def test_the_sender_may_stretch_all_intervals(
        self, service: Service, store: Store, time: Time
    ) -> None:
        service.stretch = 4.0  # type: ignore[attr-defined]  # optional, so not in the protocol
        async with beating(feed_of(Listed(), service, store, time)):
            assert await time.rest() == 40.0

    @pytest.mark.parametrize("error", [Denied("no"), BadCredentials("who?")])
    @pytest.mark.parametrize("family", [Listed(), Unlisted()])
    async def test_a_refusal_that_stays_ends_polling_until_a_person_asks(
        self, service: Service, store: Store, time: Time, error: Refusal, family: Family
    ) -> None:
        service.wrong = {"List": error, "Get": error}
        feed = feed_of(family, service, store, time)
        feed.follow(["a"])
        seen: list[Snapshot] = []
        async with beating(feed, seen):
            await until(seen, lambda snapshot: snapshot.stopped)
            assert seen[-1].error is error
            service.forget()
            feed.pause()
            feed.resume()
            await feed.refresh()
            assert service.calls == []
            service.wrong.clear()
            service.put(job("a"))
            feed.nudge()
            assert await time.rest() == 10.0
            last = seen[-1]
            assert (last.error, last.stopped, ids(last)) == (None, False, ["a"])

    async def test_a_pause_holds_beats_and_one_is_caught_up(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        async with beating(listed):
            await time.rest()
            listed.pause()
            assert listed.paused
            time.passes()
            await settle()
            assert len(service.calls) == 1
            listed.resume()
            await time.rest()
            assert len(service.calls) == 2

    async def test_a_short_pause_brings_no_extra_beat(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        async with beating(listed):
            await time.rest()
            listed.pause()
            listed.resume()
            await settle()
            assert len(service.calls) == 1

    async def test_a_paused_feed_begins_when_it_resumes_and_obeys_a_person(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        listed.pause()
        async with beating(listed):
            await settle()
            assert service.calls == []
            listed.nudge()
            await time.rest()
            time.passes()
            await settle()
            assert len(service.calls) == 1
            listed.resume()
            await time.rest()
            assert len(service.calls) == 2

    async def test_an_answer_slower_than_the_interval_is_waited_for(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        service.put(*failed(2))
        service.is_holding = True
        seen: list[Snapshot] = []
        async with beating(listed, seen):
            await service.calling(1)
            service.now += timedelta(minutes=1)
            service.let_go()
            await time.rest()
            assert len(seen[-1].jobs) == 2
            assert len(service.calls) == 1

    async def test_many_followed_jobs_have_their_turn_over_several_beats(
        self, unlisted: Feed, service: Service, time: Time
    ) -> None:
        service.put(*running(100))
        service.allowance = 30
        unlisted.follow([each.id for each in running(100)])
        async with beating(unlisted):
            for _ in range(4):
                await time.rest()
                time.passes()
            await time.rest()
        asked = service.asked()
        assert len(asked) == 150
        assert set(asked[:120]) == {each.id for each in running(100)}

    async def test_at_its_end_nothing_is_left_under_way(self, listed: Feed, service: Service) -> None:
        service.is_holding = True
        loop = asyncio.create_task(listed.beats(lambda _: None))
        await service.calling(1)
        await ended(loop)
        assert service.held == []

    async def test_a_refresh_of_a_person_joins_the_beat_and_still_gets_its_due(
        self, unlisted: Feed, service: Service
    ) -> None:
        service.put(job("a", 0, State.RUNNING))
        unlisted.follow(["a", "typo"])
        await unlisted.refresh()
        service.is_holding = True
        service.forget()
        beat = asyncio.create_task(unlisted.refresh())
        await service.calling(1)
        person = asyncio.create_task(unlisted.refresh(person=True))
        await settle()
        service.is_holding = False
        service.let_go()
        await asyncio.gather(beat, person)
        assert sorted(service.asked()) == ["a", "a", "typo"]


class TestOpening:
    """One job, whole."""

    async def test_a_finished_job_comes_out_of_memory(self, listed: Feed, service: Service) -> None:
        service.put(job("a", 0, State.FAILED))
        first = await listed.open("a")
        assert await listed.open("a") is first
        assert service.asked() == ["a"]
        assert service.urgent == [True]
        assert await listed.open("a", again=True) is not first
        assert service.asked() == ["a", "a"]

    async def test_a_finished_job_that_a_beat_has_read_is_not_asked_for_to_be_opened(
        self, service: Service, store: Store
    ) -> None:
        service.put(job("a", 0, State.FAILED), *running(1))
        feed = Feed(Unlisted(), service, store, SCOPE)
        feed.follow(["a", "j000"])
        await feed.refresh()
        assert sorted(service.asked()) == ["a", "j000"]
        opened = await feed.open("a")
        assert opened.job.id == "a"
        assert await feed.open("a") is opened
        assert sorted(service.asked()) == ["a", "j000"]
        await feed.open("j000")
        assert sorted(service.asked()) == ["a", "j000", "j000"]
        await feed.open("a", again=True)
        assert sorted(service.asked()) == ["a", "a", "j000", "j000"]

    async def test_a_job_that_goes_on_is_asked_for_each_time(self, listed: Feed, service: Service) -> None:
        service.put(*running(1))
        await listed.open("j000")
        await listed.open("j000")
        assert service.asked() == ["j000", "j000"]

    async def test_two_that_open_the_same_job_share_one_request(self, listed: Feed, service: Service) -> None:
        service.put(job("a"))
        service.is_holding = True
        both = [asyncio.create_task(listed.open("a")) for _ in range(2)]
        await service.calling(1)
        both.append(asyncio.create_task(listed.open("a")))
        await settle()
        both[0].cancel()
        service.let_go()
        cancelled, *rest = await asyncio.gather(*both, return_exceptions=True)
        assert isinstance(cancelled, asyncio.CancelledError)
        assert rest[0] is rest[1]
        assert len(service.calls) == 1

    async def test_when_nobody_waits_any_more_the_request_ends(self, listed: Feed, service: Service) -> None:
        service.put(job("a"))
        service.is_holding = True
        one = asyncio.create_task(listed.open("a"))
        await service.calling(1)
        await ended(one)
        assert service.held == []

    async def test_its_row_learns_what_it_told(self, listed: Feed, service: Service, store: Store) -> None:
        service.allowance = 0
        service.put(job("a", 0, State.PARTIAL, error=JobError("E", "m")))
        before = await listed.refresh()
        assert row(before, "a").state is State.DONE
        await listed.open("a")
        assert row(listed.snapshot, "a") == service.jobs["a"]
        assert listed.snapshot.unread == 0
        assert store.known(SCOPE, "fake", ["a"])["a"].error == JobError("E", "m")

    async def test_an_unknown_job_is_missing_in_its_row_too(self, listed: Feed, service: Service) -> None:
        service.put(*failed(1))
        await listed.refresh()
        service.jobs.clear()
        with pytest.raises(NotFound):
            await listed.open("j000")
        assert row(listed.snapshot, "j000").state is State.MISSING
        assert row(listed.snapshot, "j000").created == NOON

    async def test_a_job_that_is_not_listed_does_not_enter_the_list(
        self, unlisted: Feed, service: Service
    ) -> None:
        service.put(job("a"))
        assert (await unlisted.open("a")).job.id == "a"
        assert unlisted.snapshot.jobs == ()

    async def test_a_failure_is_raised_and_the_row_stays(self, listed: Feed, service: Service) -> None:
        service.put(*running(1))
        before = await listed.refresh()
        service.wrong["Get"] = TimedOut("no answer")
        with pytest.raises(TimedOut):
            await listed.open("j000")
        assert listed.snapshot.jobs is before.jobs

    async def test_memory_has_a_limit(self, service: Service, store: Store) -> None:
        service.put(*failed(5))
        feed = Feed(Listed(), service, store, SCOPE, memory=3 * 4096)
        for each in ("j000", "j001", "j002", "j000", "j003", "j000", "j001"):
            await feed.open(each)
        assert service.asked() == ["j000", "j001", "j002", "j003", "j001"]


class TestFollowing:
    """Adding and taking away IDs."""

    async def test_a_followed_id_has_a_row_at_once(self, unlisted: Feed, service: Service) -> None:
        assert unlisted.follow(["a", "b"]) == ("a", "b")
        assert unlisted.follow(["b", "c"]) == ("c",)
        assert ids(unlisted.snapshot) == ["a", "b", "c"]
        assert unlisted.snapshot.followed == {"a", "b", "c"}
        assert service.calls == []

    async def test_an_unfollowed_id_leaves_and_undo_brings_it_back_unasked(
        self, unlisted: Feed, service: Service
    ) -> None:
        service.put(job("a"), job("b", 1))
        unlisted.follow(["a", "b"])
        await unlisted.refresh()
        assert unlisted.unfollow(["a"]) == ("a",)
        assert ids(unlisted.snapshot) == ["b"]
        service.forget()
        assert unlisted.undo() == ("a",)
        assert unlisted.undo() == ()
        assert ids(await unlisted.refresh()) == ["b", "a"]
        assert service.asked() == []

    async def test_a_listed_job_stays_in_the_list_when_it_is_unfollowed(
        self, listed: Feed, service: Service
    ) -> None:
        service.put(*failed(2))
        listed.follow(["j000"])
        await listed.refresh()
        listed.unfollow(["j000"])
        assert ids(listed.snapshot) == ["j001", "j000"]
        assert listed.snapshot.followed == frozenset()

    async def test_what_another_program_follows_is_seen_in_the_next_beat(
        self, unlisted: Feed, service: Service, store: Store
    ) -> None:
        service.put(job("a"))
        await unlisted.refresh()
        store.follow(SCOPE, "fake", ["a"])
        assert ids(await unlisted.refresh()) == ["a"]
        store.unfollow(SCOPE, "fake", ["a"])
        assert ids(await unlisted.refresh()) == []

    async def test_a_job_unfollowed_while_it_is_asked_for_does_not_come_back(
        self, unlisted: Feed, service: Service
    ) -> None:
        service.put(job("a"))
        unlisted.follow(["a"])
        service.is_holding = True
        beat = asyncio.create_task(unlisted.refresh())
        await service.calling(1)
        unlisted.unfollow(["a"])
        service.let_go()
        assert (await beat).jobs == ()

    async def test_jobs_are_found_by_their_media_asset(self, service: Service, store: Store) -> None:
        service.put(job("new", 2), job("old", 1))
        service.found["m1"] = ("new", "old")
        feed = feed_of(ByTen(), service, store)
        assert await feed.find("m1") == ("new", "old")
        assert store.followed(SCOPE, "fake") == ("new", "old")
        assert ids(await feed.refresh()) == ["new", "old"]
        assert await feed.find("m2") == ()

    async def test_a_family_that_cannot_find_says_so(self, unlisted: Feed) -> None:
        with pytest.raises(Misuse, match="cannot be found by a media asset"):
            await unlisted.find("m1")


class TestRemembered:
    """Last session's rows, before anything is asked."""

    async def test_they_are_shown_stale_until_the_first_answer(
        self, listed: Feed, service: Service, store: Store
    ) -> None:
        service.put(*failed(3))
        await listed.refresh()
        next_session = feed_of(Listed(), service, store)
        service.forget()
        snapshot = next_session.remembered()
        assert ids(snapshot) == ["j002", "j001", "j000"]
        assert (snapshot.stale, snapshot.taken, snapshot.answered) == (True, NOON, False)
        assert service.calls == []
        service.jobs.clear()
        service.put(job("j009", 9, State.FAILED))
        fresh = await next_session.refresh()
        assert (ids(fresh), fresh.stale, fresh.answered) == (["j009"], False, True)

    async def test_without_a_listing_only_what_is_followed_is_remembered(
        self, unlisted: Feed, service: Service, store: Store
    ) -> None:
        service.put(job("a"), job("b", 1))
        unlisted.follow(["a", "b"])
        await unlisted.refresh()
        store.unfollow(SCOPE, "fake", ["b"])
        store.follow(SCOPE, "fake", ["c"])
        assert ids(feed_of(Unlisted(), service, store).remembered()) == ["a", "c"]

    async def test_the_query_applies_to_them(self, listed: Feed, service: Service, store: Store) -> None:
        service.put(*failed(2), *running(1, start=2))
        await listed.refresh()
        next_session = feed_of(Listed(), service, store)
        next_session.ask(Query(state="running"))
        assert ids(next_session.remembered()) == ["j002"]

    async def test_they_do_not_replace_fresh_rows(self, listed: Feed, service: Service) -> None:
        service.put(*failed(2))
        fresh = await listed.refresh()
        assert listed.remembered() is fresh

    async def test_when_nobody_can_be_asked_they_stay(
        self, listed: Feed, service: Service, store: Store
    ) -> None:
        service.put(*failed(2))
        await listed.refresh()
        next_session = feed_of(Listed(), service, store)
        next_session.remembered()
        service.wrong["List"] = Unreachable("no connection")
        snapshot = await next_session.refresh()
        assert (len(snapshot.jobs), snapshot.stale, snapshot.taken) == (2, True, NOON)

    async def test_with_cache_nothing_only_ids_are_remembered(self, service: Service) -> None:
        store = Store(Path(":memory:"), cache="nothing")
        service.put(job("a"))
        feed = feed_of(Unlisted(), service, store)
        feed.follow(["a"])
        await feed.refresh()
        service.forget()
        again = feed_of(Unlisted(), service, store)
        assert row(again.remembered(), "a") == Job("fake", "a", region=SCOPE.region)
        assert row(await again.refresh(), "a").state is State.DONE
        assert service.asked() == ["a"]
        store.close()


@contextlib.asynccontextmanager
async def beating(feed: Feed, seen: list[Snapshot] | None = None) -> AsyncIterator[None]:
    """The loop runs meanwhile; snapshots go to the list."""
    loop = asyncio.create_task(feed.beats((seen if seen is not None else []).append))
    try:
        yield
    finally:
        await ended(loop)


async def ended(task: asyncio.Task[object] | asyncio.Task[None]) -> None:
    """Cancels a task and waits for its end."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def until(seen: list[Snapshot], holds: Callable[[Snapshot], bool]) -> None:
    """Returns when the newest snapshot is such a one."""
    async with asyncio.timeout(PATIENCE):
        while not seen or not holds(seen[-1]):
            await asyncio.to_thread(lambda: None)


class TestRhythm:
    """How often is asked: `pulse.rhythm` with what the feed knows."""

    async def test_a_list_in_which_nothing_moves_is_asked_for_less_often(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        service.put(job("old", -300, State.DONE))
        posted: list[Snapshot] = []
        async with beating(listed, posted):
            rests = []
            for _ in range(5):
                rests.append(await time.rest())
                service.now += timedelta(minutes=8)
                time.passes()
            assert rests == [10.0, 10.0, 20.0, 40.0, 60.0]
            await time.rest()
            # A rhythm that changes is told, though no row does.
            assert [each.rhythm for each in posted][-1] == Rhythm(60.0, "calm")

    async def test_jobs_that_run_for_hours_slow_it_down_a_minute_after_the_start(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        service.put(job("old", -300, State.RUNNING), job("younger", -25, State.RUNNING))
        async with beating(listed):
            assert await time.rest() == 10.0
            service.now += timedelta(seconds=61)
            time.passes()
            assert await time.rest() == 40.0
            # A new job, and one that goes on, are changes.
            service.put(job("new", 1, State.RUNNING))
            time.passes()
            assert await time.rest() == 10.0
            service.now += timedelta(seconds=61)
            time.passes()
            assert await time.rest() == 10.0, "the new one is young"
            service.put(job("new", 1, State.DONE))
            service.now += timedelta(minutes=40)
            time.passes()
            assert await time.rest() == 10.0

    @pytest.mark.parametrize("how", ["nudge", "r", "question", "resume"])
    async def test_whoever_asks_brings_the_interval_back(
        self, listed: Feed, service: Service, time: Time, how: str
    ) -> None:
        service.put(job("old", -300, State.RUNNING))
        async with beating(listed):
            assert await time.rest() == 10.0
            service.now += timedelta(hours=3)
            time.passes()
            assert await time.rest() == 60.0
            if how == "nudge":
                listed.nudge()
            elif how == "r":
                await listed.refresh(person=True)
                assert listed.rhythm == Rhythm(10.0)
                return
            elif how == "question":
                listed.ask(Query(state="Processing"))
            else:
                listed.pause()
                listed.resume()
                time.passes()
            assert await time.rest() == 10.0

    async def test_a_beat_of_itself_brings_nothing_back(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        service.put(job("old", -300, State.RUNNING))
        async with beating(listed):
            await time.rest()
            for _ in range(3):
                service.now += timedelta(hours=3)
                time.passes()
                assert await time.rest() == 60.0

    async def test_without_the_focus_is_asked_less_often_and_on_return_when_it_is_due(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        service.put(job("a", 0, State.RUNNING))
        service.away = True  # type: ignore[attr-defined]  # optional, so not in the protocol
        posted: list[Snapshot] = []
        async with beating(listed, posted):
            assert await time.rest() == 30.0
            assert posted[-1].rhythm == Rhythm(30.0, "away")
            service.now += timedelta(seconds=4)
            service.away = False  # type: ignore[attr-defined]
            listed.hurry()
            assert await time.rest() == 6.0
            assert posted[-1].rhythm == Rhythm(10.0)
            service.forget()
            time.passes()
            assert await time.rest() == 10.0
            assert service.asked("List") == [""]

    async def test_on_return_a_beat_that_is_overdue_comes_at_once(
        self, listed: Feed, service: Service, time: Time
    ) -> None:
        service.away = True  # type: ignore[attr-defined]
        async with beating(listed):
            assert await time.rest() == 30.0
            service.now += timedelta(seconds=25)
            service.away = False  # type: ignore[attr-defined]
            listed.hurry()
            assert await time.rest() == 0.0

    async def test_an_opened_job_follows_the_same_law(self, listed: Feed, service: Service) -> None:
        young, old = job("young", -2, State.RUNNING), job("old", -25, State.RUNNING)
        moved = service.now
        assert listed.rhythm_of(old, moved) == Rhythm(10.0)
        service.now += timedelta(seconds=60)
        assert listed.rhythm_of(young, moved) == Rhythm(10.0)
        assert listed.rhythm_of(old, moved) == Rhythm(40.0, "calm")
        assert listed.pause_after(0, None, listed.rhythm_of(old, moved)) == 40.0
        assert listed.pause_after(1, Unreachable("x"), listed.rhythm_of(young, moved)) == 20.0

    async def test_throttled_rests_are_spread_by_chance(
        self, service: Service, store: Store, time: Time
    ) -> None:
        service.stretch = 4.0  # type: ignore[attr-defined]
        feed = Feed(Listed(), service, store, SCOPE, sleep=time.sleep, chance=lambda: 1.0)
        async with beating(feed):
            assert await time.rest() == 50.0


async def test_lookups_of_all_families_share_four_places(service: Service, store: Store) -> None:
    service.places = Places()  # type: ignore[attr-defined]  # optional, so not in the protocol
    service.is_holding = True
    feeds = [feed_of(Unlisted(), service, store), feed_of(Unlisted(), service, store)]
    service.put(*running(12))
    feeds[0].follow([f"j{n:03}" for n in range(12)])
    feeds[1].follow([f"j{n:03}" for n in range(12)])
    beats = [asyncio.create_task(each.refresh()) for each in feeds]
    await service.calling(3)
    await settle()
    assert len(service.held) == 3, "one is left for a person"
    opening = asyncio.create_task(feeds[1].open("j005"))
    await service.calling(4)
    await settle()
    assert len(service.held) == 4
    service.is_holding = False
    service.let_go(4)
    await asyncio.gather(*beats, opening)
    assert service.most["Get"] == 4
