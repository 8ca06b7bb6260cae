"""Readers: a decoded value in, a kind of result out, by the samples the shapes come from."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui import readers
from icetui.call import Json
from icetui.decode import Decoded, at, decode
from icetui.readers import Reader, read
from icetui.results import (
    Broken,
    Channel,
    Clip,
    Cover,
    Covers,
    Cue,
    Grade,
    Grades,
    Match,
    Matches,
    Plain,
    Result,
    Segment,
    Segments,
    Selection,
    Sentence,
    Span,
    Tag,
    Tags,
    Texts,
    Transcript,
    Translations,
    Tree,
    as_json,
)

ANSWERS = Path(__file__).parent / "answers"

CONTAINERS = ("AiResult", "SubtitleClips", "Output", "Result", "Data", "ExtendOutput", "Usage")

SECONDS: Reader = partial(readers.transcript, unit="s")
MILLISECONDS: Reader = partial(readers.transcript, unit="ms")
ALL: tuple[Reader, ...] = (
    SECONDS,
    readers.covers,
    readers.segments,
    readers.grades,
    readers.tags,
    readers.matches,
    readers.selection,
    readers.translations,
    readers.texts,
)


def value_of(name: str) -> Json:
    return json.loads((ANSWERS / name).read_text(encoding="utf-8"))


def decoded(name: str) -> Decoded:
    return decode(value_of(name), CONTAINERS)


class TestTranscript:
    """api.md 2.2, 2.5 and the units of 2.6."""

    def test_asr_sample_is_five_cues_in_seconds(self) -> None:
        found = SECONDS(value_of("seed000_inner_AiResult_a_asr.json"))
        assert isinstance(found, Transcript)
        assert len(found.cues) == 5
        assert found.cues[0] == Cue(0.0, 0.846, "Speaking of which,")
        assert found.cues[-1].end == 10.33
        assert found.duration is None

    def test_text_to_speech_sample_is_a_transcript(self) -> None:
        found = SECONDS(value_of("seed000_inner_AiResult_b_texttospeech.json"))
        assert isinstance(found, Transcript)
        assert all(cue.text and (cue.end or 0) > (cue.start or 0) for cue in found.cues)

    def test_vod_sample_is_six_cues_out_of_milliseconds(self) -> None:
        found = MILLISECONDS(value_of("vod2021_list_ai_job_cn_inner_Data.json")["OrigASRData"])
        assert isinstance(found, Transcript)
        assert found.duration == 30.016
        assert len(found.cues) == 6
        assert found.cues[2] == Cue(4.02, 5.91, "听不厌。", channel=0, rate=95)

    def test_orig_asr_data_may_be_an_array_of_objects(self) -> None:
        one = value_of("vod2021_list_ai_job_cn_inner_Data.json")["OrigASRData"]
        assert MILLISECONDS([one]) == MILLISECONDS(one)
        both = MILLISECONDS([one, {"AsrTextList": [], "Duration": 40000}])
        assert isinstance(both, Transcript)
        assert (len(both.cues), both.duration) == (6, 40.0)

    def test_orig_asr_data_may_be_an_array_of_cues(self) -> None:
        one = value_of("vod2021_list_ai_job_cn_inner_Data.json")["OrigASRData"]
        found = MILLISECONDS(one["AsrTextList"])
        assert isinstance(found, Transcript)
        assert len(found.cues) == 6

    def test_no_words_heard_is_a_transcript_without_cues(self) -> None:
        assert MILLISECONDS({"AsrTextList": [], "Duration": "30016"}) == Transcript((), 30.016)

    @pytest.mark.parametrize("clips", ["as a string", "as an array"])
    def test_subtitle_clips_of_an_avatar_are_read(self, clips: str) -> None:
        sent = value_of("synth_smart_avatar_nested_clips.json")
        if clips == "as an array":
            result = json.loads(sent["JobResult"]["AiResult"])
            result["SubtitleClips"] = json.loads(result["SubtitleClips"])
            sent["JobResult"]["AiResult"] = json.dumps(result)
        (result,) = read(decode(sent, CONTAINERS), "JobResult.AiResult.SubtitleClips", (SECONDS,))
        assert result.value == Transcript((Cue(0.0, 1.2, "first line"), Cue(1.2, 2.4, "second line")))

    @pytest.mark.parametrize(
        "cue",
        [
            {"content": "a", "from": 1, "to": 2},
            {"Text": "a", "Start": 1, "End": 2},
            {"Text": "a", "StartTime": "1.0", "EndTime": "2.0"},
            {"text": "a", "start": 1, "end": 2},
            {"title": "a", "starttime": 1, "endTime": " 2 "},
            {"CONTENT": "a", "FROM": 1, "TO": 2},
        ],
    )
    def test_every_known_name_of_a_member_is_read(self, cue: dict[str, Json]) -> None:
        assert SECONDS([cue]) == Transcript((Cue(1.0, 2.0, "a"),))

    def test_word_level_data_and_unknown_members_are_kept(self) -> None:
        words = [{"word": "a", "from": 1.0, "to": 1.5}]
        cue = {"id": 7, "content": "a", "from": 1, "to": 2, "words": words, "title": "T"}
        found = SECONDS([cue])
        assert isinstance(found, Transcript)
        assert found.cues[0].extra == (("id", 7), ("words", words), ("title", "T"))

    def test_channel_and_rate_that_are_no_integers_are_kept_as_sent(self) -> None:
        cue = {"Text": "a", "StartTime": 0, "EndTime": 1, "ChannelId": "1", "SpeechRate": 28.5}
        found = SECONDS([cue])
        assert found == Transcript((Cue(0.0, 1.0, "a", 1, None, (("SpeechRate", 28.5),)),))

    @pytest.mark.parametrize(
        "value",
        [
            [],
            {},
            None,
            "text",
            5,
            ["a"],
            [None],
            [{"content": "a", "from": 0}],
            [{"from": 0, "to": 1}],
            [{"content": None, "from": 0, "to": 1}],
            [{"content": ["a"], "from": 0, "to": 1}],
            [{"content": "a", "from": True, "to": 1}],
            [{"content": "a", "from": "soon", "to": 1}],
            [{"content": "a", "from": "NaN", "to": 1}],
            [{"content": "a", "from": 0, "to": 1}, {"content": "b"}],
            {"AsrTextList": "none"},
            {"AsrTextList": [{"Text": "a"}]},
            [{"AsrTextList": [{"Text": "a"}]}],
        ],
    )
    def test_anything_else_is_no_transcript(self, value: Json) -> None:
        assert SECONDS(value) is None

    def test_one_cue_that_cannot_be_read_spoils_no_transcript(self) -> None:
        found = SECONDS(
            [
                {"content": "a", "from": 0, "to": 1},
                {"content": "b", "from": "soon", "to": None},
                {"content": None, "from": 2, "to": "NaN"},
                {"content": 5, "from": 3, "to": 4},
            ]
        )
        assert found == Transcript(
            (
                Cue(0.0, 1.0, "a"),
                Cue(None, None, "b", extra=(("from", "soon"),)),
                Cue(2.0, None, "", extra=(("to", "NaN"),)),
                Cue(3.0, 4.0, "", extra=(("content", 5),)),
            )
        )

    def test_a_cue_that_ends_before_it_starts_is_kept(self) -> None:
        assert SECONDS([{"content": "a", "from": 2, "to": 1}]) == Transcript((Cue(2.0, 1.0, "a"),))


class TestIProduction:
    """api.md 2.3."""

    def test_cover_sample_is_two_thumbnails_out_of_milliseconds(self) -> None:
        found = readers.covers(value_of("seed001_result_Cover.json"))
        assert isinstance(found, Covers)
        assert [(round(each.time or 0, 3), each.url) for each in found.covers] == [
            (28.278, "cover/test-00001.jpg"),
            (25.943, "cover/test-00002.jpg"),
        ]
        assert found.covers[0].score == 8.270855992569906
        assert not any(each.note for each in found.covers)

    def test_cover_that_says_it_was_not_saved_has_a_note(self) -> None:
        (result,) = read(decoded("synth_iproduction_false_success.json"), "Result", (readers.covers,))
        assert isinstance(result.value, Covers)
        assert {each.note for each in result.value.covers} == {"nothing was stored"}
        assert result.value.covers[0].time == 4.64

    @pytest.mark.parametrize(
        ("url", "lost"),
        [
            ("oss fail to save the image in the given bucket", True),
            ("OSS Fail To Save: out/a.png", True),
            ("permission denied", True),
            ("cover/test-00001.jpg", False),
            ("ip/demix_vocals.wav.wav", False),
            ("a.mp4", False),
            ("", False),
        ],
    )
    def test_error_in_words_is_told_from_a_path(self, url: str, lost: bool) -> None:
        assert readers.unstored(url) is lost

    def test_cover_may_lack_its_time_or_its_score(self) -> None:
        found = readers.covers([{"Url": "a.jpg", "Score": 1}, {"Url": "b.jpg", "Time": "1000"}])
        assert found == Covers((Cover(None, 1.0, "a.jpg"), Cover(1.0, None, "b.jpg")))

    @pytest.mark.parametrize(
        "value",
        [
            [],
            {},
            [{}],
            [{"Url": 1, "Time": "1"}],
            [{"Url": "a"}],
            [{"Url": "a", "Time": "soon"}],
            [{"Time": "1"}],
        ],
    )
    def test_anything_else_is_no_cover(self, value: Json) -> None:
        assert readers.covers(value) is None

    def test_music_sample_is_three_choruses(self) -> None:
        found = readers.segments(value_of("seed001_result_MusicSegmentDetect.json"))
        assert isinstance(found, Segments)
        assert found.segments[0] == Segment(39.32, 63.85, "chorus")
        assert len(found.segments) == 3

    def test_video_clip_sample_is_one_segment_out_of_strings(self) -> None:
        assert readers.segments(value_of("seed001_result_VideoClip.json")) == Segments((Segment(0.28, 5.28),))

    @pytest.mark.parametrize(
        "value",
        [
            [],
            {},
            [{"start": 1}],
            [{"start": 1, "end": "late"}],
            [{"start": 1, "end": 2, "title": 3}],
            [{"start": 1, "end": 2, "text": "a transcript"}],
            {"VideoSummaryList": None},
            {"VideoSummaryList": [{"StartTime": "0.28"}]},
        ],
    )
    def test_anything_else_is_no_segment(self, value: Json) -> None:
        assert readers.segments(value) is None

    def test_audio_quality_sample_is_two_channels_with_grades(self) -> None:
        found = readers.grades(value_of("seed001_result_AudioQualityAssessment.json"))
        assert isinstance(found, Grades)
        first, second = found.channels
        assert (first.channel, first.tag, second.channel) == ("1", "Valid", "2")
        assert {each.name: each for each in first.grades} == {
            "Discontinuity": Grade("Discontinuity", "Good", 3.52, 0.88),
            "Loudness": Grade("Loudness", "Excellent", 4.91, None),
            "MOS": Grade("MOS", "Poor", 1.01, 0.38),
            "Coloration": Grade("Coloration", "Bad", 0.99, 0.42),
            "Noisiness": Grade("Noisiness", "Good", 3.28, 0.91),
        }
        assert dict(second.figures) == {
            "Speech Ratio": "41.68",
            "Bad Mute Ratio(%)": "0.0",
            "Time": "2022-12-02 16:14:06",
            "Double Talk Ratio(%)": "25.93",
            "Input": "/home/admin/algo/quality****/example.wav",
            "Total Duration": "42.78",
            "Loudness(-90dB-0dB)": "-4.82",
            "Saturated Ratio(%)": "0.0",
        }

    def test_nothing_of_the_audio_quality_sample_is_lost(self) -> None:
        for sent, channel in zip(
            value_of("seed001_result_AudioQualityAssessment.json"),
            _grades(value_of("seed001_result_AudioQualityAssessment.json")).channels,
            strict=True,
        ):
            told = {"Channel": channel.channel, "Tag": channel.tag, **dict(channel.figures)}
            for each in channel.grades:
                told |= {each.name: each.word, f"{each.name}(0-5)": str(each.score)}
                if each.worst is not None:
                    told[f"Worst {each.name}(0-5)"] = str(each.worst)
            assert told == sent

    def test_tag_that_makes_the_scores_meaningless_is_kept(self) -> None:
        found = _grades([{"Channel": 1, "Tag": "File too Short", "MOS(0-5)": "0", "MOS": "Bad"}])
        assert found.channels == (Channel("1", "File too Short", (Grade("MOS", "Bad", 0.0),)),)

    def test_quality_we_do_not_know_and_score_that_is_no_number_are_kept(self) -> None:
        found = _grades([{"Reverb(0-5)": "2", "Reverb": "Fair", "MOS(0-5)": "-", "Worst MOS(0-5)": None}])
        assert found.channels[0].grades == (Grade("Reverb", "Fair", 2.0),)
        assert found.channels[0].figures == (("MOS(0-5)", "-"), ("Worst MOS(0-5)", ""))

    @pytest.mark.parametrize(
        "value", [[], {}, [{}], [{"Tag": "Valid"}], [{"MOS": {}}], [{"MOS": "Bad"}, 1], "MOS"]
    )
    def test_anything_else_is_no_grade(self, value: Json) -> None:
        assert readers.grades(value) is None


def _grades(value: Json) -> Grades:
    found = readers.grades(value)
    assert isinstance(found, Grades)
    return found


class TestVodAI:
    """api.md 2.5."""

    def test_tag_sample_has_categories_labels_times_and_a_face(self) -> None:
        found = readers.tags(value_of("vod2021_event_AIVideoTagComplete_inner_Data.json"))
        assert isinstance(found, Tags)
        assert len(found.tags) == 14
        assert found.tags[0].label == "气垫"
        assert found.tags[0].times == (3.26, 4.0, 5.0, 8.41, 10.0, 12.0, 13.0, 14.0, 15.0)
        face = "http://test.com/aivideotag/11111B65-1955-4B84-823D-7921A742****/Index_00016.jpg"
        assert found.tags[12] == Tag("Person", "张三", (10.76,), face)

    def test_category_has_no_times(self) -> None:
        found = readers.tags(value_of("vod2021_get_ai_video_tag_result.json")["VideoTagResult"])
        assert isinstance(found, Tags)
        assert found.tags[0] == Tag("Category", "美容")

    def test_tags_stand_beside_a_transcript_in_one_value(self) -> None:
        data = {
            **value_of("vod2021_event_AIVideoTagComplete_inner_Data.json"),
            **value_of("vod2021_list_ai_job_cn_inner_Data.json"),
        }
        assert isinstance(readers.tags(data), Tags)
        assert isinstance(MILLISECONDS(data["OrigASRData"]), Transcript)

    def test_transcript_alone_has_no_tags(self) -> None:
        assert readers.tags(value_of("vod2021_list_ai_job_cn_inner_Data.json")) is None

    @pytest.mark.parametrize(
        "value",
        [
            {},
            [],
            {"Keyword": "a"},
            {"Keyword": [{"Times": []}]},
            {"Keyword": [{"Tag": 1}]},
            {"Keyword": [{"Tag": "a", "Times": "900"}]},
            {"Keyword": [{"Tag": "a", "Times": ["soon"]}]},
            {"Keyword": [{"Tag": "a", "FaceUrl": 1}]},
            {"Keyword": None},
        ],
    )
    def test_anything_else_is_no_tag(self, value: Json) -> None:
        assert readers.tags(value) is None

    def test_fingerprint_sample_is_one_match_with_its_spans(self) -> None:
        found = readers.matches(value_of("vod2021_event_AIMediaDNAComplete_inner_Data.json"))
        assert found == Matches(
            (Match("7a1d275cc8da4jw93mkde0e182e80****", 0.99, (Span(0.0, 14.0, 0.5, 14.4),)),)
        )

    def test_no_hit_is_matches_without_any(self) -> None:
        assert readers.matches({"VideoDNA": []}) == Matches(())

    @pytest.mark.parametrize(
        "value",
        [
            {},
            [],
            {"VideoDNA": None},
            {"VideoDNA": [{}]},
            {"VideoDNA": [{"PrimaryKey": "a", "Similarity": "very"}]},
            {"VideoDNA": [{"PrimaryKey": "a", "Detail": [{"Input": {"Start": "0"}}]}]},
        ],
    )
    def test_anything_else_is_no_match(self, value: Json) -> None:
        assert readers.matches(value) is None


class TestBatch:
    """api.md 2.4."""

    def test_extend_output_sample_is_two_sentences_with_negative_scores(self) -> None:
        found = readers.selection(value_of("seed003_inner_ExtendOutput.json"))
        media = "****a0900f5071efbf1ce7e6c66a****"
        assert found == Selection(
            (
                (
                    Sentence(
                        "A new Hema Fresh store has opened in the nearby shopping mall",
                        "0",
                        3.366667,
                        (Clip("null-2", media, 8.04, 11.16, -0.253),),
                    ),
                    Sentence(
                        "Today is the first day of opening",
                        "0",
                        1.566667,
                        (Clip("null-1", media, 0.0, 1.54, -0.2326),),
                    ),
                ),
            )
        )

    def test_sentence_without_clips_and_duration_is_read(self) -> None:
        value = {
            "textMatchMediaOutputList": [{"textMatchMediaSentenceOutputList": [{"text": "a", "textId": 3}]}]
        }
        assert readers.selection(value) == Selection(((Sentence("a", "3", None),),))

    @pytest.mark.parametrize(
        "sentence",
        [
            {},
            {"text": 1},
            {"text": "a", "duration": "long"},
            {"text": "a", "matchClipList": [{}]},
            {"text": "a", "matchClipList": [{"clipId": "c", "score": "high"}]},
            {"text": "a", "matchClipList": {}},
            "a",
        ],
    )
    def test_sentence_of_another_shape_is_no_selection(self, sentence: Json) -> None:
        value = {"textMatchMediaOutputList": [{"textMatchMediaSentenceOutputList": [sentence]}]}
        assert readers.selection(value) is None

    @pytest.mark.parametrize("value", [{}, [], ["project"], {"textMatchMediaOutputList": {}}, "a"])
    def test_anything_else_is_no_selection(self, value: Json) -> None:
        assert readers.selection(value) is None


class TestSmart:
    """api.md 2.2."""

    def test_several_languages_are_read_with_what_they_share(self) -> None:
        found = readers.translations(_ai_result("synth_smart_videotranslation_multi.json"))
        assert isinstance(found, Translations)
        assert [each.language for each in found.languages] == ["en", "es", "ja"]
        assert dict(found.languages[2].fields) == {"MediaId": "a0000000000000000000000000000ja01"}
        assert dict(found.shared)["DetextVideoMediaId"] == "a0000000000000000000000000000099"

    def test_one_language_at_the_top_is_a_language_without_a_name(self) -> None:
        found = readers.translations(_ai_result("synth_smart_videotranslation_single.json"))
        assert isinstance(found, Translations)
        assert [each.language for each in found.languages] == [""]
        assert len(found.languages[0].fields) == 11
        assert found.shared == ()

    def test_avatar_is_no_translation_although_it_has_a_media_url(self) -> None:
        assert readers.translations(_ai_result("synth_smart_avatar_nested_clips.json")) is None
        assert readers.translations({"MediaURL": "https://a.b/c.mp4"}) is None

    @pytest.mark.parametrize(
        "value",
        [
            {},
            [],
            {"VideoTranslationAiResultMap": []},
            {"VideoTranslationAiResultMap": {"en": "url"}},
            {"VideoTranslationAiResultMap": {"en": {"MediaURL": {}}}},
            {"VideoTranslationAiResultMap": {}, "more": []},
            {"SpeechTranslationJobId": ["a"]},
        ],
    )
    def test_anything_else_is_no_translation(self, value: Json) -> None:
        assert readers.translations(value) is None

    def test_generated_texts_sample_is_three_alternatives(self) -> None:
        found = readers.texts(value_of("seed000_inner_AiResult_c_textgenerate.json"))
        assert isinstance(found, Texts)
        assert len(found.texts) == 3
        assert found.texts[0].startswith("Our new shop's cakes")

    @pytest.mark.parametrize("value", [[], {}, "a", ["a", 1], [["a"]]])
    def test_anything_else_is_no_alternative(self, value: Json) -> None:
        assert readers.texts(value) is None


def _ai_result(name: str) -> Json:
    return at(decoded(name).value, "JobResult.AiResult")


class TestRead:
    """What a family calls: a path, and readers in order."""

    def test_seed_asr_job_opens_as_a_transcript(self) -> None:
        (result,) = read(decoded("seed000_a_asr.json"), "JobResult.AiResult", ALL)
        assert (result.path, result.repaired) == ("JobResult.AiResult", False)
        assert isinstance(result.value, Transcript)
        assert result.value.cues[0].text == "Speaking of which,"

    def test_seed_vod_job_opens_as_six_sentences_marked_repaired(self) -> None:
        path = "AIJobList.AIJob[0].Data.OrigASRData"
        (result,) = read(decoded("seed004_list_ai_job.json"), path, (MILLISECONDS,))
        assert result.repaired
        assert isinstance(result.value, Transcript)
        assert [cue.text for cue in result.value.cues][:3] == ["Yes.", "No.", "Of course."]
        assert result.value.cues[-1].end == 30.0
        assert result.value.duration == 30.016

    def test_first_reader_that_recognises_the_value_wins(self) -> None:
        found = decode([{"start": 1, "end": 2, "title": "chorus"}], ())
        assert read(found, "", (readers.segments, SECONDS)) == (
            Result("", Segments((Segment(1.0, 2.0, "chorus"),))),
        )
        assert read(found, "", (SECONDS, readers.segments)) == (
            Result("", Transcript((Cue(1.0, 2.0, "chorus"),))),
        )

    def test_json_of_no_known_shape_is_a_tree(self) -> None:
        (result,) = read(decoded("seed000_c_textgenerate.json"), "JobResult.Usage", ALL)
        assert result.value == Tree({"total_tokens": 200})

    def test_empty_object_of_functions_without_a_result_is_a_tree(self) -> None:
        (result,) = read(decoded("seed001_query_iproduction_job.json"), "Result", ALL)
        assert result.value == Tree({})

    def test_text_that_is_not_meant_to_be_json_is_plain(self) -> None:
        (result,) = read(decoded("seed000_d_generic.json"), "JobResult.AiResult", ALL)
        assert result.value == Plain("Clip segmentation or AI taggingInformation")
        (result,) = read(decoded("vod2019_list_ai_job_cn_placeholder.json"), "AIJobList.AIJob[0].Data", ALL)
        assert result.value == Plain("XXXXXXXXXXXXXXXXX")

    def test_cut_off_json_is_broken_with_its_place_whatever_the_readers(self) -> None:
        found = decoded("synth_smart_avatar_truncated.json")
        (result,) = read(found, "JobResult.AiResult", ALL)
        assert isinstance(result.value, Broken)
        assert result.value.text == at(found.as_sent, "JobResult.AiResult")
        assert (result.value.line, result.value.column, result.value.position) == (1, 102, 101)
        assert not result.repaired

    def test_value_with_a_repaired_text_inside_is_marked_too(self) -> None:
        found = decode({"AiResult": {"SubtitleClips": '["a"\n"b"]'}, "Output": "[1]"}, CONTAINERS)
        assert [each.repaired for each in read(found, "AiResult", ())] == [True]
        assert [each.repaired for each in read(found, "AiResult.SubtitleClips", (readers.texts,))] == [True]
        assert [each.repaired for each in read(found, "Output", ())] == [False]

    def test_path_that_only_begins_alike_is_not_marked(self) -> None:
        found = decode({"Data": '["a"\n"b"]', "DataMore": "x"}, CONTAINERS)
        assert [each.repaired for each in read(found, "DataMore", ())] == [False]

    @pytest.mark.parametrize("value", [None, "", "  \n"])
    def test_running_and_failed_jobs_have_no_result(self, value: Json) -> None:
        assert read(decode({"AiResult": value}, CONTAINERS), "AiResult", ALL) == ()

    def test_missing_field_is_no_result(self) -> None:
        assert read(decoded("synth_smart_executing_no_result.json"), "JobResult.AiResult", ALL) == ()

    def test_placeholder_of_submit_stays_the_text_one(self) -> None:
        (result,) = read(decoded("vod2021_submit_ai_job.json"), "AIJobList.AIJob[0].Data", ALL)
        assert result.value == Plain("1")


NAMES = st.sampled_from(
    [
        *(
            "content",
            "from",
            "to",
            "Text",
            "Start",
            "End",
            "StartTime",
            "EndTime",
            "ChannelId",
            "SpeechRate",
            "title",
        ),
        *(
            "Score",
            "Time",
            "Url",
            "VideoSummaryList",
            "start",
            "end",
            "MOS",
            "MOS(0-5)",
            "Worst MOS(0-5)",
            "Tag",
        ),
        *(
            "Keyword",
            "Times",
            "FaceUrl",
            "VideoDNA",
            "PrimaryKey",
            "Similarity",
            "Detail",
            "Input",
            "Duplication",
        ),
        *(
            "textMatchMediaOutputList",
            "textMatchMediaSentenceOutputList",
            "matchClipList",
            "clipId",
            "textId",
        ),
        *(
            "VideoTranslationAiResultMap",
            "DetextVideoURL",
            "MediaURL",
            "OrigASRData",
            "AsrTextList",
            "Duration",
        ),
    ]
)
ODD: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(
        [None, True, 0, -1, 0.5, 10**400, "1", "1.5", "", "a", "NaN", "oss fail to save", "\ud800"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


@given(ODD)
@settings(max_examples=400, deadline=None)
def test_no_value_makes_a_reader_fail_and_all_times_are_numbers(value: Json) -> None:
    for reader in ALL:
        found = reader(value)
        json.dumps(as_json(found), allow_nan=False)


@pytest.mark.parametrize("name", sorted(each.name for each in ANSWERS.glob("*_*result*.json")))
def test_every_documented_result_is_read_by_at_most_one_reader(name: str) -> None:
    value = value_of(name)
    assert sum(reader(value) is not None for reader in ALL[1:]) <= 1
