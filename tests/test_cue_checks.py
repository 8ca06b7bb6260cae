"""Warnings about cues: each kind by the cue that has it, and by the one that just has not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui.cue_checks import KINDS, check, counted, reading_time, tally
from icetui.results import Cue, Transcript
from icetui.settings import Reading

NAN = float("nan")


def kinds(*cues: Cue, duration: float | None = None, limits: Reading | None = None) -> dict[int, list[str]]:
    found = check(Transcript(cues, duration), limits)
    return {n: [each.kind for each in mine] for n, mine in found.items()}


def words(*cues: Cue, duration: float | None = None) -> list[str]:
    return [each.words for mine in check(Transcript(cues, duration)).values() for each in mine]


class TestOneCue:
    """What a cue shows by itself."""

    @pytest.mark.parametrize(
        ("cue", "found"),
        [
            (Cue(1.0, 2.0, "fine"), []),
            (Cue(2.0, 1.0, "a"), ["negative"]),
            (Cue(2.0, 2.0, "a"), ["empty"]),
            (Cue(2.0, 2.0004, "a"), ["empty"]),
            (Cue(2.0, 2.001, ""), ["silent"]),
            (Cue(None, 2.0, "a"), ["unknown"]),
            (Cue(1.0, NAN, "a"), ["unknown"]),
            (Cue(None, None, "a"), ["unknown"]),
            (Cue(1.0, 1e300, "a"), ["unknown"]),
            (Cue(float("-inf"), 1.0, "a"), ["unknown"]),
            (Cue(-0.5, 1.0, "a"), ["before"]),
            (Cue(9.0, 10.001, "a"), ["beyond"]),
            (Cue(9.0, 10.0004, "a"), []),
            (Cue(None, 11.0, "a"), ["unknown", "beyond"]),
        ],
    )
    def test_each_kind(self, cue: Cue, found: list[str]) -> None:
        assert kinds(cue, duration=10.0).get(0, []) == found

    def test_no_media_duration_is_never_too_short(self) -> None:
        assert kinds(Cue(1e9, 1e9 + 1, "a")) == {}

    def test_words_name_what_is_known(self) -> None:
        assert words(Cue(2.5, 1.0, "a")) == ["ends 1.50 s before it starts"]
        assert words(Cue(1.0, None, "a")) == ["its end cannot be read"]
        assert words(Cue(9.0, 11.5, "a"), duration=10.0) == [
            "goes 1.50 s beyond the media, which ends at 0:00:10.000"
        ]


class TestAmongCues:
    """What cues show beside each other."""

    def test_cues_that_touch_are_fine(self) -> None:
        assert kinds(Cue(0.0, 0.846, "a"), Cue(0.846, 3.386, "b"), Cue(3.3859, 4.0, "c")) == {}

    def test_an_overlap_is_told_of_the_later_cue_and_names_the_other(self) -> None:
        assert words(Cue(0.0, 2.0, "a"), Cue(1.5, 3.0, "b")) == ["overlaps cue 1 by 0.50 s"]

    def test_a_cue_inside_a_long_one_overlaps_the_long_one_whatever_stands_between(self) -> None:
        cues = (Cue(0.0, 100.0, "a"), Cue(1.0, 2.0, "b"), Cue(50.0, 51.0, "c"))
        assert words(*cues) == ["overlaps cue 1 by 99.00 s", "overlaps cue 1 by 50.00 s"]

    def test_a_gap_is_longer_than_the_limit(self) -> None:
        assert kinds(Cue(0.0, 1.0, "a"), Cue(4.0, 5.0, "b")) == {}
        assert words(Cue(0.0, 1.0, "a"), Cue(4.25, 5.0, "b")) == ["a gap of 3.25 s before it"]
        assert kinds(Cue(0.0, 1.0, "a"), Cue(1.5, 2.0, "b"), limits=Reading(gap_seconds=0.25)) == {1: ["gap"]}

    def test_silence_before_the_first_cue_is_no_gap(self) -> None:
        assert kinds(Cue(60.0, 61.0, "a")) == {}

    def test_a_cue_that_comes_late_is_out_of_order_and_no_gap_beside_it_is_made_up(self) -> None:
        cues = (Cue(0.0, 4.0, "a"), Cue(8.0, 12.0, "c"), Cue(4.0, 8.0, "b"))
        assert kinds(*cues) == {2: ["order"]}
        assert words(*cues) == ["starts 4.00 s before cue 2 above it"]

    def test_channels_are_looked_at_one_by_one(self) -> None:
        cues = (Cue(0.0, 3.0, "a", 0), Cue(1.0, 2.0, "b", 1), Cue(2.5, 3.5, "c", 0), Cue(0.5, 0.9, "d", 2))
        assert kinds(*cues) == {2: ["overlap"]}

    def test_a_cue_without_a_start_stands_in_nobodys_way(self) -> None:
        assert kinds(Cue(0.0, 1.0, "a"), Cue(None, 9.0, "b"), Cue(1.0, 2.0, "c")) == {1: ["unknown"]}


class TestSpeed:
    """How fast a text is, script by script."""

    @pytest.mark.parametrize(
        ("text", "cjk", "others"),
        [
            ("hello", 0, 5),
            ("  two   words \n", 0, 9),
            ("说得起劲", 4, 0),
            ("说得起劲。", 4, 1),
            ("用 ffmpeg 转码", 3, 8),
            ("Ａ１", 0, 2),
            ("ｶﾞｷﾞ", 2, 0),
            ("がぎ", 2, 0),
            ("か\u3099", 1, 0),
            ("한국어", 3, 0),
            (unicodedata.normalize("NFD", "한국어"), 3, 0),
            ("ー々", 2, 0),
            ("e\u0301te\u0301", 0, 3),
            ("q\u0323\u0307", 0, 1),
            ("ส\u0e34\u0e48", 0, 1),
            ("a\u200b\u202eb", 0, 2),
            ("𠮷野家", 3, 0),
            ("，。！", 0, 3),
            ("", 0, 0),
        ],
    )
    def test_characters_are_counted_as_they_are_read(self, text: str, cjk: int, others: int) -> None:
        assert counted(text) == (cjk, others)

    def test_each_script_takes_its_own_time(self) -> None:
        assert reading_time("说得起劲abcde", Reading(4.0, 5.0)) == pytest.approx(2.0)

    def test_the_same_length_is_too_fast_in_chinese_only(self) -> None:
        assert kinds(Cue(0.0, 1.0, "twelve chars")) == {}
        assert kinds(Cue(0.0, 1.0, "说得起劲不过我今天要给你")) == {0: ["fast"]}

    def test_words_say_what_is_needed(self) -> None:
        assert words(Cue(0.0, 1.0, "说得起劲不过我今天要给你ab")) == [
            "too fast to read: 12 CJK and 2 other characters in 1.00 s, need 1.43 s"
        ]
        assert words(Cue(0.0, 0.01, "a")) == ["too fast to read: 1 Latin character in 0.01 s, need 0.05 s"]

    def test_limits_are_settable(self) -> None:
        cue = Cue(0.0, 1.0, "twelve chars")
        assert kinds(cue, limits=Reading(latin_per_second=11.0)) == {0: ["fast"]}

    @given(st.text(max_size=20))
    def test_every_text_has_a_count(self, text: str) -> None:
        cjk, others = counted(text)
        assert cjk >= 0
        assert others >= 0


def test_the_tally_is_one_phrase() -> None:
    cues = (Cue(0.0, 2.0, "a"), Cue(1.0, 3.0, "b"), Cue(2.0, 4.0, "c"), Cue(9.0, 10.0, "d"))
    assert tally(check(Transcript(cues))) == "3 warnings: 2 overlaps, 1 gap"
    assert tally(check(Transcript((Cue(2.0, 1.0, "a"),)))) == "1 warning: 1 negative length"
    assert tally({}) == ""


def test_warnings_come_in_the_order_of_the_cues() -> None:
    cues = (Cue(0.0, 2.0, "a"), Cue(1.0, 3.0, "b"), Cue(1.0, 0.0, "c"))
    assert list(check(Transcript(cues))) == sorted(check(Transcript(cues)))


CUES = st.lists(
    st.builds(
        Cue,
        st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)),
        st.one_of(st.none(), st.floats(-5, 20)),
        st.text(max_size=5),
        st.one_of(st.none(), st.integers(0, 1)),
    ),
    max_size=8,
)


@given(CUES, st.one_of(st.none(), st.floats(0, 10)))
def test_any_cues_can_be_checked(cues: list[Cue], duration: float | None) -> None:
    found = check(Transcript(tuple(cues), duration))
    assert all(each.kind in KINDS and each.words for mine in found.values() for each in mine)
    assert set(found) <= set(range(len(cues)))
