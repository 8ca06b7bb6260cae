"""Drawings: one for each kind, said in the units and words of the service."""

from __future__ import annotations

import typing

import pytest

from icetui import results as kinds
from icetui.clean import width
from icetui.panes.drawings import DRAWINGS, briefly, draw, wrapped
from icetui.panes.spans import Lines, plain
from icetui.results import Result
from icetui.timecodes import timecode

SAMPLES: dict[type, kinds.Kind] = {
    kinds.Transcript: kinds.Transcript(
        (
            kinds.Cue(0.0, 0.846, "Speaking of which,"),
            kinds.Cue(0.846, 3.386, "两行\n字幕", channel=0, rate=85),
            kinds.Cue(9.0, 3.0, "ends before it starts", channel=1),
        ),
        10.33,
    ),
    kinds.Covers: kinds.Covers(
        (
            kinds.Cover(28.27825, 8.270855992569906, "cover/test-00001.jpg"),
            kinds.Cover(25.942583333, 7.474117489692728, "cover/test-00002.jpg"),
        )
    ),
    kinds.Segments: kinds.Segments((kinds.Segment(39.32, 63.85, "chorus"),)),
    kinds.Grades: kinds.Grades(
        (
            kinds.Channel(
                "1", "Valid", (kinds.Grade("MOS", "Poor", 1.01, 0.38),), (("Speech Ratio", "48.55"),)
            ),
            kinds.Channel("2", "Mute", (kinds.Grade("MOS"),)),
        )
    ),
    kinds.Tags: kinds.Tags(
        (kinds.Tag("Keyword", "气垫", (3.26, 4.0)), kinds.Tag("Person", "张三", (), "http://x/f.jpg"))
    ),
    kinds.Matches: kinds.Matches((kinds.Match("key", 0.99, (kinds.Span(2.0, 12.0, 3.0, 12.1),)),)),
    kinds.Selection: kinds.Selection(
        (
            (
                kinds.Sentence(
                    "A new store", "0", 3.366667, (kinds.Clip("null-2", "media", 8.04, 11.16, -0.253),)
                ),
            ),
        )
    ),
    kinds.Translations: kinds.Translations(
        (kinds.Translation("en", (("MediaURL", "https://b/en.mp4"),)),),
        (("DetextVideoURL", "https://b/c.mp4"),),
    ),
    kinds.Texts: kinds.Texts(("One text.", "另一个文本。" * 30)),
    kinds.Tree: kinds.Tree({"a": [1, True, None, {"b": "c"}], "d": {}}),
    kinds.Plain: kinds.Plain("Clip segmentation or AI taggingInformation"),
    kinds.Broken: kinds.Broken('{"a": 1\n "b": 2}', 2, 2, 9, "Expecting ',' delimiter"),
}


def text_of(lines: Lines) -> list[str]:
    return [plain(lines.line(y)) for y in range(len(lines))]


def drawn(value: kinds.Kind, cells: int = 100, *, repaired: bool = False) -> list[str]:
    return text_of(draw(Result("Here", value, repaired), cells))


def test_every_kind_has_a_drawing_and_a_sample_here() -> None:
    every = set(typing.get_args(kinds.Kind))
    assert set(DRAWINGS) == every == set(SAMPLES)


@pytest.mark.parametrize("value", SAMPLES.values(), ids=[kind.__name__ for kind in SAMPLES])
@pytest.mark.parametrize("cells", [24, 78, 200])
def test_a_drawing_begins_with_its_kind_and_path_and_every_line_is_one_safe_line(
    value: kinds.Kind, cells: int
) -> None:
    lines = drawn(value, cells)
    assert lines[0] == f"{value.kind}  Here"
    assert len(lines) > 1
    for line in lines:
        assert "\n" not in line
        assert "\x1b" not in line


def test_a_transcript_shows_start_end_text_and_what_its_channels_said() -> None:
    lines = drawn(SAMPLES[kinds.Transcript])
    assert lines[1] == "3 cues, to 0:00:03.386, media 0:00:10.330"
    assert lines[3].split() == ["0:00:00.000", "0:00:00.846", "Speaking", "of", "which,"]
    assert lines[4].split() == ["0:00:00.846", "0:00:03.386", "0", "85", "两行⏎字幕"]


def test_covers_are_told_in_seconds() -> None:
    lines = drawn(SAMPLES[kinds.Covers])
    assert lines[1] == "2 thumbnails"
    assert "28.278 s" in lines[3]
    assert "25.943 s" in lines[4]


def test_a_channel_that_is_not_valid_says_that_its_scores_mean_nothing() -> None:
    text = "\n".join(drawn(SAMPLES[kinds.Grades]))
    assert "channel 2  Mute  the scores mean nothing" in text
    assert "channel 1  Valid\n" in text
    assert "worst 0.38" in text


def test_broken_json_is_raw_with_a_caret_under_the_place() -> None:
    lines = drawn(SAMPLES[kinds.Broken])
    assert lines[1] == "not JSON: Expecting ',' delimiter"
    assert lines[2] == "line 2, column 2 (character 9)"
    row = lines.index('   2   "b": 2}')
    assert lines[row + 1].index("^") == lines[row].index('"')


def test_of_a_long_text_the_place_comes_first_and_then_the_whole() -> None:
    text = "\n".join(f"line {n}" for n in range(1, 31))
    lines = drawn(kinds.Broken(text, 18, 3, 120, "Expecting value"))
    assert [line.split()[-1] for line in lines[4:10]] == ["16", "17", "18", "here", "19", "20"]
    assert lines[11] == "as sent, whole"
    assert [line.split()[-1] for line in lines[12:] if "^" not in line] == [str(n) for n in range(1, 31)]


def test_the_place_in_one_endless_line_is_brought_into_view() -> None:
    text = '{"a": "' + "x" * 500 + '" oops}'
    lines = drawn(kinds.Broken(text, 1, 510, 509, "Expecting ',' delimiter"), 60)
    caret = next(line for line in lines if "^ here" in line).index("^")
    assert caret < 60
    assert lines[lines.index(next(line for line in lines if "^ here" in line)) - 1][caret:].startswith("oops")


def test_a_repaired_reading_is_marked() -> None:
    assert "repaired" in drawn(SAMPLES[kinds.Transcript], repaired=True)[0]


def test_a_text_is_broken_within_its_cells_chinese_too() -> None:
    for piece in wrapped("另一个文本。" * 40 + " and some words " * 10, 37):
        assert width(piece) <= 37


def test_broken_lines_lose_no_character() -> None:
    text = "混合 text 与中文 mixed 一起" * 9
    assert "".join(wrapped(text, 20)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0:00:00.000"),
        (0.8464, "0:00:00.846"),
        (59.9996, "0:01:00.000"),
        (3661.5, "1:01:01.500"),
        (-1.5, "-0:00:01.500"),
        (360_000, "100:00:00.000"),
    ],
)
def test_timecode_rounds_to_milliseconds_and_keeps_the_sign(seconds: float, said: str) -> None:
    assert timecode(seconds) == said


@pytest.mark.parametrize("value", SAMPLES.values(), ids=[kind.__name__ for kind in SAMPLES])
def test_every_kind_is_told_in_a_phrase(value: kinds.Kind) -> None:
    assert briefly(value)
