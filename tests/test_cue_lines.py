"""A transcript as lines: what a cue shows, whole and on one line; finding; times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui.clean import width
from icetui.cue_checks import check
from icetui.panes.cue_lines import Clock, CueLines
from icetui.panes.spans import highlighted, pattern, plain, sought
from icetui.results import Cue, Transcript

CUES = (
    Cue(0.0, 1.5, "Speaking of which"),
    Cue(1.0, 3.0, "两行\n字幕", channel=0, rate=85, extra=(("words", [1, 2]), ("id", "a\x1b[31mb"))),
    Cue(None, 2.0, "x" * 70, channel=1),
    Cue(9.0, 3.0, "1:00 ends before it starts", channel=1),
)
TRANSCRIPT = Transcript(CUES, 10.0)


def lines(cues: CueLines) -> list[str]:
    return [plain(cues.line(y)) for y in range(len(cues))]


def whole(cues: CueLines, y: int, cells: int = 60) -> list[str]:
    return [plain(line) for line in cues.whole(y, cells)]


class TestLine:
    """One cue on one line."""

    def test_times_channel_and_rate_stand_in_columns(self) -> None:
        cues = CueLines(TRANSCRIPT)
        assert plain(cues.names()) == "      start          end  ch  rate  text"
        assert lines(cues)[:2] == [
            "0:00:00.000  0:00:01.500            Speaking of which",
            "0:00:01.000  0:00:03.000   0    85  两行⏎字幕",
        ]

    def test_an_unknown_time_is_a_dash(self) -> None:
        assert lines(CueLines(TRANSCRIPT))[2].startswith("          –  0:00:02.000   1")

    def test_without_channels_and_rates_there_are_no_such_columns(self) -> None:
        cues = CueLines(Transcript((Cue(0.0, 1.0, "a", channel=0), Cue(1.0, 2.0, "b", channel=0))))
        assert plain(cues.names()).split() == ["start", "end", "text"]
        assert lines(cues) == ["0:00:00.000  0:00:01.000  a", "0:00:01.000  0:00:02.000  b"]

    def test_warned_cues_have_a_sign_in_the_margin(self) -> None:
        cues = CueLines(TRANSCRIPT, margin=True)
        assert [line[0] for line in lines(cues)] == [" ", " ", " ", " "]
        told = cues.told(check(TRANSCRIPT))
        assert [line[0] for line in lines(told)] == [" ", " ", "!", "!"]
        assert cues.warnings is None

    def test_hours_of_two_digits_widen_all_times(self) -> None:
        cues = CueLines(Transcript((Cue(0.0, 1.0, "a"), Cue(36_000.0, 36_001.0, "b"))))
        assert len({width(line) for line in lines(cues)}) == 1

    def test_no_cues_are_no_lines(self) -> None:
        assert len(CueLines(Transcript(()))) == 0


class TestWhole:
    """The chosen cue."""

    def test_its_text_is_broken_under_itself_with_its_own_line_breaks(self) -> None:
        cues = CueLines(TRANSCRIPT)
        assert whole(cues, 1)[:2] == [
            "0:00:01.000  0:00:03.000   0    85  两行",
            " " * 36 + "字幕",
        ]
        pieces = whole(cues, 2)
        assert "".join(piece[36:] for piece in pieces) == "x" * 70
        assert all(width(piece) <= 60 for piece in pieces)

    def test_warnings_and_other_members_stand_below(self) -> None:
        cues = CueLines(TRANSCRIPT, margin=True).told(check(TRANSCRIPT))
        assert whole(cues, 3, 90)[-1].strip() == "! ends 6.00 s before it starts"
        assert whole(cues, 1, 90)[-1].strip() == "words: 2 items  id: a␛[31mb"

    def test_in_a_narrow_pane_the_text_stands_under_its_times(self) -> None:
        assert whole(CueLines(TRANSCRIPT), 0, 40) == [
            "0:00:00.000  0:00:01.500" + " " * 12,
            "  Speaking of which",
        ]

    def test_a_text_that_is_empty_is_one_line(self) -> None:
        assert len(whole(CueLines(Transcript((Cue(0.0, 1.0, ""),))), 0)) == 1

    @given(st.text(max_size=60), st.integers(20, 100))
    def test_no_line_is_wider_than_the_pane(self, text: str, cells: int) -> None:
        transcript = Transcript((Cue(0.0, 0.1, text, extra=(("id", text),)),))
        cues = CueLines(transcript, check(transcript), margin=True)
        made = whole(cues, 0, cells)
        assert made
        assert all(width(line) <= max(cells, 28) for line in made)


class TestFind:
    """Found is what is said."""

    @pytest.mark.parametrize(
        ("text", "found"), [("SPEAKING", [0]), ("字", [1]), ("x", [2]), ("e", [0, 3]), ("zz", []), ("", [])]
    )
    def test_letter_case_is_ignored(self, text: str, found: list[int]) -> None:
        assert list(CueLines(TRANSCRIPT).having(text)) == found

    def test_times_are_not_text(self) -> None:
        cues = CueLines(TRANSCRIPT)
        assert list(cues.having("0:00")) == []
        assert list(cues.having("1:00")) == [3]
        before, said = sought(cues, cues.line(3))
        assert "0:00:09.000" in plain(before)
        assert highlighted(said, pattern("1:00"))[0] == ("1:00", "found")

    def test_nothing_is_found_over_the_border_of_two_cues(self) -> None:
        assert list(CueLines(TRANSCRIPT).having("which\n两")) == []
        assert list(CueLines(Transcript((Cue(0, 1, "ab"), Cue(1, 2, "cd")))).having("bc")) == []

    @given(st.lists(st.text(max_size=8), max_size=8), st.text(min_size=1, max_size=3))
    def test_it_finds_what_a_look_at_every_cue_finds(self, texts: list[str], text: str) -> None:
        from icetui.clean import clean

        cues = CueLines(Transcript(tuple(Cue(0.0, 1.0, each) for each in texts)))
        wanted = [
            n for n, each in enumerate(texts) if "\n" not in text and text.lower() in clean(each).lower()
        ]
        assert list(cues.having(text)) == wanted


class TestClock:
    """Which cue stands at a time."""

    CLOCK = Clock((Cue(10.0, 12.0, "b"), Cue(0.0, 5.0, "a"), Cue(None, 1.0, "?"), Cue(12.0, 13.0, "c")))

    @pytest.mark.parametrize(
        ("seconds", "place"),
        [(-1.0, 1), (0.0, 1), (4.9, 1), (5.0, 0), (9.0, 0), (10.0, 0), (11.9, 0), (12.0, 3), (99.0, 3)],
    )
    def test_a_time_is_in_a_cue_or_before_the_next(self, seconds: float, place: int) -> None:
        assert self.CLOCK.at(seconds) == place

    def test_seconds_on_go_to_another_cue_in_the_order_of_time(self) -> None:
        assert [self.CLOCK.moved(y, 10.0) for y in (1, 0, 3)] == [0, 3, None]
        assert [self.CLOCK.moved(y, -10.0) for y in (1, 0, 3)] == [None, 1, 1]
        assert self.CLOCK.moved(2, 1.0) == 0

    def test_without_times_there_is_nowhere_to_go(self) -> None:
        clock = Clock((Cue(None, None, "a"),))
        assert clock.at(1.0) is None
        assert clock.moved(0, 10.0) is None
