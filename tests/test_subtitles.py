"""Transcripts as files: exact bytes, and read back by parsers that share nothing with the writers."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from icetui import readers
from icetui.results import Cue, Transcript
from icetui.subtitles import srt, txt, vtt

ANSWERS = Path(__file__).parent / "answers"

ODD = Transcript(
    (
        Cue(3599.9996, 3601.5, "an hour\r\nand a second line"),
        Cue(-1.0, 0.5, "begins before the media"),
        Cue(2.0, 2.0, "without a length"),
        Cue(2.0, 1.0, "ends before it starts"),
        Cue(1.0, 9.0, "overlaps & is <i>tagged</i>"),
        Cue(4.0, 5.0, "00:00:01,000 --> 00:00:02,000\n\n  \nafter blank lines\n"),
        Cue(5.0, 6.0, " \n"),
        Cue(6.0, 7.0, "escape \x1b[31m, lone \ud800, next line\u2028below, tab\tkept"),
        Cue(360_000.0, 360_001.25, "一百小时以后"),
    )
)


def transcripts() -> dict[str, Transcript]:
    """What the golden files were written from."""
    asr = readers.transcript(_value("seed000_inner_AiResult_a_asr.json"), "s")
    vod = readers.transcript(_value("vod2021_list_ai_job_cn_inner_Data.json")["OrigASRData"], "ms")
    assert asr is not None
    assert vod is not None
    return {"seed000_a_asr": asr, "vod2021_list_ai_job_cn": vod, "odd": ODD, "empty": Transcript(())}


def _value(name: str) -> dict[str, object]:
    value: dict[str, object] = json.loads((ANSWERS / name).read_text(encoding="utf-8"))
    return value


@pytest.mark.parametrize("form", ["srt", "vtt", "txt"])
@pytest.mark.parametrize("name", ["seed000_a_asr", "vod2021_list_ai_job_cn", "odd", "empty"])
def test_bytes_are_those_of_the_golden_file(name: str, form: str) -> None:
    written = {"srt": srt, "vtt": vtt, "txt": txt}[form](transcripts()[name])
    assert written.encode("utf-8") == (ANSWERS / f"subtitles_{name}.{form}").read_bytes()


class TestTimes:
    """Times of every kind reach the file."""

    def test_times_are_rounded_to_milliseconds(self) -> None:
        assert "00:00:25,943 --> 00:00:28,278" in srt(Transcript((Cue(25.942583333333332, 28.27825, "a"),)))
        assert "00:59:59.999 --> 01:00:00.000" in vtt(Transcript((Cue(3599.9994, 3599.9996, "a"),)))

    def test_more_than_99_hours_are_written_out(self) -> None:
        assert "123:00:00,000 --> 123:00:01,000" in srt(Transcript((Cue(442_800, 442_801, "a"),)))

    def test_cue_without_a_length_lasts_a_millisecond(self) -> None:
        for cue in (Cue(2.0, 2.0, "a"), Cue(2.0, 1.0, "a"), Cue(2.0, -5.0, "a")):
            assert "00:00:02,000 --> 00:00:02,001" in srt(Transcript((cue,)))

    def test_times_before_the_media_are_zero(self) -> None:
        assert "00:00:00.000 --> 00:00:00.001" in vtt(Transcript((Cue(-2.0, -1.0, "a"),)))

    def test_cues_that_start_together_keep_their_order(self) -> None:
        cues = (Cue(5.0, 6.0, "c"), Cue(1.0, 9.0, "a"), Cue(1.0, 2.0, "b"))
        assert txt(Transcript(cues)) == "a\nb\nc\n"


class TestText:
    """Escapes, format by format."""

    def test_web_vtt_writes_markup_as_entities(self) -> None:
        assert "a &amp;amp; &lt;b&gt; --&gt; c\n" in vtt(Transcript((Cue(0, 1, "a &amp; <b> --> c"),)))

    def test_subrip_keeps_markup_and_breaks_arrows(self) -> None:
        assert srt(Transcript((Cue(0, 1, "a & <b> --> c ---> d"),))).endswith("\na & <b> -> c -> d\n")

    def test_plain_text_is_one_line_for_each_cue(self) -> None:
        assert (
            txt(Transcript((Cue(0, 1, "one\r\n two \n\nthree"), Cue(1, 2, "four"))))
            == "one two three\nfour\n"
        )


Told = list[tuple[float, float, str]]


def read_srt(text: str) -> Told:
    """A small SubRip parser: blocks between blank lines, number, times, text."""
    cues: Told = []
    for number, block in enumerate(filter(None, re.split(r"\n{2,}", text.strip("\n"))), 1):
        first, times, *lines = block.split("\n")
        assert first == str(number)
        found = re.fullmatch(r"(\d{2,}):(\d\d):(\d\d),(\d{3}) --> (\d{2,}):(\d\d):(\d\d),(\d{3})", times)
        assert found, times
        assert lines
        cues.append((*_moments(found.groups()), "\n".join(lines)))
    return cues


def read_vtt(text: str) -> Told:
    """A small WebVTT parser, by the steps of the standard: header, blank line, blocks of lines."""
    lines = text.split("\n")
    assert lines[0] == "WEBVTT"
    assert lines[1] == ""
    assert lines[-1] == ""
    cues: Told = []
    place = 2
    while place < len(lines):
        if not lines[place]:
            place += 1
            continue
        found = re.fullmatch(
            r"(\d{2,}):(\d\d):(\d\d)\.(\d{3}) --> (\d{2,}):(\d\d):(\d\d)\.(\d{3})", lines[place]
        )
        assert found, lines[place]
        end = lines.index("", place)
        payload = lines[place + 1 : end]
        assert payload
        assert not any("-->" in line or "<" in line for line in payload)
        cues.append((*_moments(found.groups()), html.unescape("\n".join(payload))))
        place = end
    return cues


def _moments(parts: tuple[str, ...]) -> tuple[float, float]:
    return _moment(parts[:4]), _moment(parts[4:])


def _moment(parts: tuple[str, ...]) -> float:
    hours, minutes, seconds, ms = map(int, parts)
    assert minutes < 60
    assert seconds < 60
    return hours * 3600 + minutes * 60 + seconds + ms / 1000


def worded(text: str) -> list[str]:
    """The words of a cue, whatever became of its line breaks and controls."""
    return re.sub(
        "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", text
    ).split()


def said(text: str) -> list[str]:
    """The words of a cue, whatever became of its arrows."""
    return worded(re.sub("-{2,}>", "->", text))


CUES = st.lists(
    st.builds(
        Cue,
        st.floats(min_value=-10, max_value=500_000),
        st.floats(min_value=-10, max_value=500_000),
        st.one_of(
            st.text(max_size=12),
            st.lists(
                st.sampled_from(
                    ["a", "-->", "&", "&lt;", "<b>", "\n", "\r", "\r\n", "\n\n", " ", "1", "\u2028"]
                )
            ).map("".join),
        ),
    ),
    max_size=6,
)


@given(CUES)
@settings(max_examples=200, deadline=None)
@example([Cue(0, 1, "WEBVTT"), Cue(0, 1, "1"), Cue(0, 1, "NOTE a\n\n00:00:00.000 --> 00:00:01.000\nb")])
@example(list(ODD.cues))
def test_no_words_and_no_times_are_lost_on_the_way_to_a_file_and_back(cues: list[Cue]) -> None:
    transcript = Transcript(tuple(cues))
    kept = sorted((cue for cue in cues if worded(cue.text)), key=lambda cue: max(0, round(cue.start * 1000)))
    assert [line.split() for line in txt(transcript).split("\n")[:-1]] == [worded(cue.text) for cue in kept]
    for text, read in ((srt(transcript), read_srt), (vtt(transcript), read_vtt)):
        text.encode("utf-8")
        assert text.endswith("\n") or not kept
        told = read(text)
        assert [said(words) for _, _, words in told] == [said(cue.text) for cue in kept]
        for (start, end, _), cue in zip(told, kept, strict=True):
            assert start == pytest.approx(max(0.0, cue.start), abs=0.00051)
            assert end > start
            if cue.end > cue.start + 0.002 and cue.end > 0.002:
                assert end == pytest.approx(cue.end, abs=0.00051)
