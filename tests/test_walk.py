"""A walk through pages, as values."""

from __future__ import annotations

from icetui.job import Job, Page
from icetui.walk import Walk
from tests.fake_service import job


def page(*minutes: int, token: str = "") -> Page:
    """A page of jobs named after the minute they were created in."""
    return Page(tuple(job(str(each), each) for each in minutes), token)


def known(job_id: str) -> Job | None:
    return job(job_id, int(job_id))


def walked(*pages: Page) -> Walk:
    walk = Walk()
    walk.begin(pages[0])
    for each in pages[1:]:
        walk.extend(each)
    return walk


def test_the_first_page_replaces_what_was_remembered() -> None:
    walk = Walk()
    walk.remember(["1", "9"])
    assert (walk.members, walk.is_begun) == ({"1", "9"}, False)
    assert walk.begin(page(9, 8, token="t")) == {"1"}
    assert (walk.members, walk.token, walk.is_extended) == ({"9", "8"}, "t", False)


def test_a_restarted_walk_keeps_members_until_the_first_page() -> None:
    walk = walked(page(9, 8, token="t"), page(7, 6, token="u"))
    walk.restart()
    assert (walk.token, len(walk.members)) == ("", 4)
    assert walk.refresh(page(3, 2, token="t"), known, newest=True) == {"9", "8", "7", "6"}


def test_pages_that_were_read_stay_and_so_does_the_place() -> None:
    walk = walked(page(9, 8, token="t"), page(7, 6, token="u"))
    assert walk.refresh(page(10, 9, 8, token="t2"), known, newest=True) == set()
    assert (walk.members, walk.token) == ({"10", "9", "8", "7", "6"}, "u")


def test_who_should_stand_on_the_page_and_does_not_has_left() -> None:
    walk = walked(page(9, 8, 7, token="t"), page(6, token="u"))
    assert walk.refresh(page(10, 9, 7, token="t"), known, newest=True) == {"8"}
    oldest = walked(page(1, 2, 3, token="t"), page(4, token="u"))
    assert oldest.refresh(page(1, 3, 4, token="t"), known, newest=False) == {"2"}


def test_who_slid_to_the_next_page_has_not() -> None:
    walk = walked(page(9, 8, 7, token="t"), page(6, token="u"))
    assert walk.refresh(page(11, 10, 8, token="t"), known, newest=True) == {"9"}
    assert "7" in walk.members


def test_on_a_page_that_is_in_no_order_nobody_is_missed() -> None:
    walk = walked(page(9, 8, 7, token="t"), page(6, token="u"))
    assert walk.refresh(page(9, 6, 7, token="t"), known, newest=True) == set()


def test_a_page_that_ends_above_the_rows_leaves_a_gap() -> None:
    walk = walked(page(9, 8, token="t"), page(7, 6, token="u"))
    assert walk.refresh(page(20, 19, token="t"), known, newest=True) is None
    # In the second of the newest row others may have been created too.
    assert walk.refresh(page(20, 9, token="t"), known, newest=True) is None
    assert walk.refresh(page(20, 9, 8, token="t"), known, newest=True) == set()


def test_a_page_that_reaches_below_them_leaves_none_though_all_have_changed() -> None:
    walk = walked(page(9, 8, token="t"), page(7, 6, token="u"))
    assert walk.refresh(page(20, 5, token="t"), known, newest=True) == {"9", "8"}


def test_without_times_one_job_in_common_has_to_do() -> None:
    walk = Walk()
    walk.begin(Page((job("a", None), job("b", None)), "t"))
    timeless = {each: job(each, None) for each in "abcd"}
    assert walk.refresh(Page((timeless["c"], timeless["a"]), "t"), timeless.get, newest=True) == set()
    assert walk.refresh(Page((timeless["d"],), "t"), timeless.get, newest=True) is None


def test_going_back_walks_from_the_first_page_again() -> None:
    walk = walked(page(9, 8, token="t"), page(7, 6, token="u"))
    walk.again()
    assert walk.token == "t"
    assert walk.extend(page(7, 6, token="u2")) == set()
    assert walk.token == "u2"


def test_the_tail_is_known_only_at_the_end() -> None:
    walk = walked(page(1, 2, token="t"), page(3))
    assert (walk.token, walk.tail) == ("", "t")
    walk.regrow(page(3, 4, token="u"))
    assert (walk.token, walk.tail, walk.members) == ("u", "", {"1", "2", "3", "4"})
    assert walked(page(1, 2)).tail == ""


def test_a_walk_that_ends_too_soon_says_why() -> None:
    assert walked(page(9, token="a"), page(8)).cut == ""
    assert walked(page(9, token="a"), page(8, token="a")).cut == "sent the same token again"
    assert walked(page(9, token="a"), page(token="b")).cut == "sent a page without rows"
    assert walked(page(9, token="a"), page(9, token="b")).cut == "sent a page of rows it had sent before"
    walk = walked(page(9, token="a"), page(8, token="a"))
    walk.restart()
    assert walk.cut == ""
