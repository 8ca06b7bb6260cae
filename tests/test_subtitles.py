"""Transcripts as files: exact bytes, and read back by parsers that share nothing with the writers."""

from __future__ import annotations

import csv as csv_of_python
import html
import json
import re
from io import StringIO
from math import isfinite
from pathlib import Path

import pysubs2
import pytest
import webvtt
from hypothesis import example, given, settings
from hypothesis import strategies as st

from icetui import readers
from icetui.results import Cue, Transcript
from icetui.subtitles import FORMS, csv, json_text, srt, txt, vtt

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
        Cue(None, 360_003.0, "starts who knows when", 1, 95, (("words", [{"w": "starts", "from": 1}]),)),
        Cue(360_004.0, None, "ends who knows when", 2),
        Cue(float("nan"), float("inf"), "has no times"),
        Cue(7.0, 8.0, '=HYPERLINK("http://x")'),
        Cue(8.0, 9.0, '-5 degrees, "quoted"'),
        Cue(9.0, 10.0, " '@sum"),
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


@pytest.mark.parametrize("form", ["srt", "vtt", "txt", "json", "csv"])
@pytest.mark.parametrize("name", ["seed000_a_asr", "vod2021_list_ai_job_cn", "odd", "empty"])
def test_bytes_are_those_of_the_golden_file(name: str, form: str) -> None:
    written = FORMS[form].write(transcripts()[name], None)
    assert written.encode("utf-8") == (ANSWERS / f"subtitles_{name}.{form}").read_bytes()


def test_no_form_is_without_a_golden_file() -> None:
    assert {path.suffix[1:] for path in ANSWERS.glob("subtitles_odd.*")} == set(FORMS)


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

    def test_unknown_start_is_the_end_of_the_cue_above(self) -> None:
        cues = (Cue(1.0, 2.0, "a"), Cue(None, 3.0, "b"), Cue(float("nan"), None, "c"), Cue(9.0, None, "d"))
        assert [each[:2] for each in read_srt(srt(Transcript(cues)))] == [
            (1.0, 2.0),
            (2.0, 3.0),
            (3.0, 9.0),
            (9.0, 9.001),
        ]

    def test_a_time_of_no_media_is_as_good_as_unknown(self) -> None:
        transcript = Transcript((Cue(1e300, 2.0, "a"), Cue(3.0, 1e308, "b")))
        assert [each[:2] for each in read_srt(srt(transcript))] == [(0.0, 2.0), (3.0, 3.001)]
        assert csv(transcript).splitlines()[1:] == ["1,,0:00:02.000,,2.000,,,a", "2,0:00:03.000,,3.000,,,,b"]
        assert json.loads(json_text(transcript))["cues"][0]["start"] == 1e300

    def test_unknown_times_are_null_in_json_and_empty_in_csv(self) -> None:
        transcript = Transcript((Cue(None, float("inf"), "a"), Cue(-1.5, 2.0, "b")))
        found = json.loads(json_text(transcript))
        assert [(cue["start"], cue["end"]) for cue in found["cues"]] == [(None, None), (-1.5, 2.0)]
        rows = list(csv_of_python.DictReader(StringIO(csv(transcript).removeprefix("\ufeff"))))
        assert [(row["start_s"], row["end_s"]) for row in rows] == [("", ""), ("-1.500", "2.000")]


class TestChosen:
    """Marked cues only."""

    TRANSCRIPT = Transcript((Cue(5.0, 6.0, "c"), Cue(1.0, 9.0, "a"), Cue(None, 12.0, "b")), 20.0)

    def test_cues_are_numbered_anew_in_subtitles_and_keep_their_number_in_csv(self) -> None:
        assert srt(self.TRANSCRIPT, {2}) == "1\n00:00:09,000 --> 00:00:12,000\nb\n"
        assert csv(self.TRANSCRIPT, {1}).splitlines()[1:] == ["2,0:00:01.000,0:00:09.000,1.000,9.000,,,a"]

    def test_times_are_those_they_have_among_all(self) -> None:
        assert "00:00:09.000 --> 00:00:12.000\nb\n" in vtt(self.TRANSCRIPT)
        assert "00:00:09.000 --> 00:00:12.000\nb\n" in vtt(self.TRANSCRIPT, {2})

    def test_none_of_them_is_a_file_without_cues(self) -> None:
        assert [FORMS[form].write(self.TRANSCRIPT, ()) for form in ("srt", "vtt", "txt")] == [
            "",
            "WEBVTT\n",
            "",
        ]
        assert json.loads(json_text(self.TRANSCRIPT, ())) == {
            "kind": "transcript",
            "cues": [],
            "duration": 20.0,
        }


class TestTables:
    """CSV, for programs and for spreadsheets."""

    def read(self, text: str) -> list[dict[str, str]]:
        assert text.startswith("\ufeffcue,start,end,start_s,end_s,channel,rate,text\r\n")
        return list(csv_of_python.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))

    @pytest.mark.parametrize(
        "text",
        ["=1+1", "+1", "-1", "@sum", "\t=1", " =1", "'=1", "' =1", "''@x", "＝1", "＋", "－1", "＠a", "\n=1"],
    )
    def test_what_a_spreadsheet_would_reckon_has_an_apostrophe_first_and_is_whole_behind_it(
        self, text: str
    ) -> None:
        (row,) = self.read(csv(Transcript((Cue(0, 1, text),))))
        assert row["text"] == "'" + text

    @pytest.mark.parametrize(
        "text", ["a=b", "'tis", "5 - 3", "…", "'", "(-1)", 'a "b", c', "two\nlines", " x "]
    )
    def test_any_other_text_is_as_it_is(self, text: str) -> None:
        (row,) = self.read(csv(Transcript((Cue(0, 1, text),))))
        assert row["text"] == text

    def test_every_cue_is_there_in_the_order_it_came(self) -> None:
        rows = self.read(csv(ODD))
        assert [row["cue"] for row in rows] == [str(n) for n in range(1, len(ODD.cues) + 1)]
        assert rows[1]["start"] == "'-0:00:01.000"


class TestReferees:
    """Parsers of other people read what we wrote."""

    @pytest.mark.parametrize("name", ["seed000_a_asr", "vod2021_list_ai_job_cn"])
    @pytest.mark.parametrize("form", ["srt", "vtt"])
    def test_pysubs2_finds_the_same_times_and_texts(self, name: str, form: str) -> None:
        transcript = transcripts()[name]
        found = pysubs2.SSAFile.from_string(FORMS[form].write(transcript, None), format_=form)
        assert [(each.start, each.end, each.plaintext) for each in found] == [
            (round((cue.start or 0) * 1000), round((cue.end or 0) * 1000), cue.text)
            for cue in transcript.cues
        ]

    @pytest.mark.parametrize("name", ["seed000_a_asr", "vod2021_list_ai_job_cn", "odd"])
    def test_webvtt_py_finds_the_same_cues_as_our_own_parser(self, name: str) -> None:
        text = vtt(transcripts()[name])
        found = [
            (each.start, each.end, html.unescape(each.raw_text)) for each in webvtt.from_string(text).captions
        ]
        assert found == [(stamp(start), stamp(end), words) for start, end, words in read_vtt(text)]

    def test_pysubs2_finds_the_odd_ones_too(self) -> None:
        # It takes any line with two times for a line of times, and knows no more than 99 hours.
        texts = [cue for cue in ODD.cues if "00:00:01,000" not in cue.text and not cue.extra]
        texts = [cue for cue in texts if (cue.start or 0) < 300_000]
        written = srt(Transcript(tuple(texts)))
        found = pysubs2.SSAFile.from_string(written, format_="srt")
        ours = [(round(start * 1000), round(end * 1000)) for start, end, _ in read_srt(written)]
        assert [(each.start, each.end) for each in found] == ours


def stamp(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


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
@example([cue for cue in ODD.cues if cue.start is not None and isfinite(cue.start)])
def test_no_words_and_no_times_are_lost_on_the_way_to_a_file_and_back(cues: list[Cue]) -> None:
    transcript = Transcript(tuple(cues))
    kept = sorted(
        (cue for cue in cues if worded(cue.text)), key=lambda cue: max(0, round(known_start(cue) * 1000))
    )
    assert [line.split() for line in txt(transcript).split("\n")[:-1]] == [worded(cue.text) for cue in kept]
    for text, read in ((srt(transcript), read_srt), (vtt(transcript), read_vtt)):
        text.encode("utf-8")
        assert text.endswith("\n") or not kept
        told = read(text)
        assert [said(words) for _, _, words in told] == [said(cue.text) for cue in kept]
        for (start, end, _), cue in zip(told, kept, strict=True):
            assert start == pytest.approx(max(0.0, known_start(cue)), abs=0.00051)
            assert end > start
            if cue.end is not None and cue.end > max(0.0, known_start(cue)) + 0.002:
                assert end == pytest.approx(cue.end, abs=0.00051)


def known_start(cue: Cue) -> float:
    assert cue.start is not None
    return cue.start
