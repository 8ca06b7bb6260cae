"""JSON inside strings: what is decoded, what stays text, and where broken text broke."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from icetui.call import Json
from icetui.decode import (
    _DECODER,
    DEEPEST,
    Decoded,
    _parted,
    at,
    decode,
    decode_text,
    join,
    number,
    parse,
    parse_time,
)

ANSWERS = Path(__file__).parent / "answers"

CONTAINERS = (
    *(
        "AiResult",
        "Output",
        "UserData",
        "Usage",
        "JobParameters",
        "EditingConfig",
        "GenerateConfig",
        "SubtitleClips",
    ),
    *("JobParams", "Result", "InputConfig", "OutputConfig", "Extend", "ExtendInput", "ExtendOutput"),
    *("Data", "String"),
)


def text_of(name: str) -> str:
    return (ANSWERS / name).read_text(encoding="utf-8")


def answer(name: str) -> Json:
    return json.loads(text_of(name))


def decoded(name: str) -> Decoded:
    return decode(answer(name), CONTAINERS)


class TestDocumentedContainers:
    """api.md 2.7, row by row."""

    @pytest.mark.parametrize(
        ("name", "path", "inner"),
        [
            (
                "seed000_a_asr.json",
                "SmartJobInfo.InputConfig.JobParameters",
                "seed000_inner_JobParameters_asr.json",
            ),
            ("seed000_a_asr.json", "JobResult.AiResult", "seed000_inner_AiResult_a_asr.json"),
            (
                "seed000_b_texttospeech.json",
                "JobResult.AiResult",
                "seed000_inner_AiResult_b_texttospeech.json",
            ),
            (
                "seed000_c_textgenerate.json",
                "JobResult.AiResult",
                "seed000_inner_AiResult_c_textgenerate.json",
            ),
            (
                "seed003_get_batch_media_producing_job.json",
                "EditingBatchJob.EditingConfig",
                "seed003_inner_EditingConfig.json",
            ),
            (
                "seed003_get_batch_media_producing_job.json",
                "EditingBatchJob.OutputConfig",
                "seed003_inner_OutputConfig.json",
            ),
            (
                "seed003_get_batch_media_producing_job.json",
                "EditingBatchJob.UserData",
                "seed003_inner_UserData.json",
            ),
            (
                "seed003_get_batch_media_producing_job.json",
                "EditingBatchJob.Extend",
                "seed003_inner_Extend.json",
            ),
            (
                "seed003_get_batch_media_producing_job.json",
                "EditingBatchJob.ExtendInput",
                "seed003_inner_ExtendInput.json",
            ),
            (
                "seed003_get_batch_media_producing_job.json",
                "EditingBatchJob.ExtendOutput",
                "seed003_inner_ExtendOutput.json",
            ),
            (
                "seed004_list_ai_job.json",
                "NonExistAIJobIds.String[0]",
                "seed004_inner_NonExistAIJobIds_String0.json",
            ),
            (
                "vod2021_list_ai_job_cn.json",
                "AIJobList.AIJob[0].Data",
                "vod2021_list_ai_job_cn_inner_Data.json",
            ),
        ],
    )
    def test_string_becomes_the_value_it_holds(self, name: str, path: str, inner: str) -> None:
        found = decoded(name)
        assert at(found.value, path) == answer(inner)
        assert path in found.boundaries
        assert path not in found.broken

    @pytest.mark.parametrize("name", sorted(path.name for path in ANSWERS.glob("seed00?_*.json")))
    def test_answer_as_it_came_is_kept_whole(self, name: str) -> None:
        assert decoded(name).as_sent == answer(name)

    def test_json_in_json_in_json_is_decoded(self) -> None:
        found = decoded("seed000_c_textgenerate.json")
        path = "SmartJobInfo.EditingConfig.GenerateConfig"
        assert at(found.value, path) == {
            "keywords": "new shop's cake, dairy cream",
            "textLength": 100,
            "targetCount": 3,
        }
        assert {"SmartJobInfo.EditingConfig", path} <= found.boundaries

    def test_subtitle_clips_inside_ai_result_are_decoded(self) -> None:
        found = decoded("synth_smart_avatar_nested_clips.json")
        assert at(found.value, "JobResult.AiResult.SubtitleClips[1].Text") == "second line"

    def test_list_of_missing_ids_that_is_one_string_is_decoded(self) -> None:
        found = decoded("vod2021_list_ai_job_cn.json")
        assert at(found.value, "NonExistAIJobIds.String") == [
            "aasdcsfg*****782740asd",
            "k2l3ibask*****od98wrns9",
        ]

    def test_request_params_inside_job_parameters_stay_a_query_string(self) -> None:
        found = decoded("seed000_a_asr.json")
        path = "SmartJobInfo.InputConfig.JobParameters.request_params"
        assert at(found.value, path) == "&enable_word_level_result=true"

    def test_plain_text_where_a_result_could_be_is_not_broken(self) -> None:
        found = decoded("seed000_d_generic.json")
        assert (
            at(found.value, "JobResult.AiResult") == text_of("seed000_inner_AiResult_d_generic.txt").strip()
        )
        assert "JobResult.AiResult" not in found.broken

    def test_placeholder_one_of_submit_stays_text(self) -> None:
        found = decoded("vod2021_submit_ai_job.json")
        assert at(found.value, "AIJobList.AIJob[0].Data") == "1"
        assert not found.boundaries

    def test_error_message_that_looks_like_json_inside_stays_text(self) -> None:
        found = decoded("seed003_get_batch_media_producing_job.json")
        message = at(found.value, "EditingBatchJob.Extend.ErrorMessage")
        assert message == 'The specified clips id not found:["****30d0b5e871eebb2ff7f6c75a****"]'


class TestWhatIsNeverDecoded:
    """Only named fields are opened, and only text that begins with a bracket (api.md 2.8)."""

    def test_titles_texts_and_messages_stay_text_even_if_they_are_json(self) -> None:
        sent = {
            "Title": '["a"]',
            "ErrorMessage": '{"a": 1}',
            "AiResult": '[{"content": "[1, 2]", "from": 0, "to": 1}]',
        }
        found = decode(sent, CONTAINERS)
        assert found.value["Title"] == '["a"]'
        assert found.value["ErrorMessage"] == '{"a": 1}'
        assert found.value["AiResult"][0]["content"] == "[1, 2]"
        assert found.boundaries == {"AiResult"}

    def test_alternatives_of_a_decoded_array_stay_text(self) -> None:
        found = decode({"AiResult": '["[laughs] well", "{}"]'}, CONTAINERS)
        assert found.value["AiResult"] == ["[laughs] well", "{}"]
        assert not found.broken

    @pytest.mark.parametrize(
        "text", ["1", "true", "null", '"quoted"', "Speaking of which,", "", "  ", "NaN", "-"]
    )
    def test_text_that_begins_with_no_bracket_stays_text(self, text: str) -> None:
        found = decode({"AiResult": text}, CONTAINERS)
        assert found.value == {"AiResult": text}
        assert not found.boundaries
        assert not found.broken

    def test_strings_are_decoded_to_the_documented_depth_and_not_deeper(self) -> None:
        text = '{"end": true}'
        for _ in range(4):
            text = json.dumps({"Data": text})
        found = decode({"Data": text}, ("Data",))
        assert isinstance(at(found.value, "Data.Data.Data.Data.Data"), str)
        assert len(found.boundaries) == 4

    def test_names_of_containers_are_found_in_any_letter_case(self) -> None:
        assert decode({"aiResult": "[1]"}, CONTAINERS).value == {"aiResult": [1]}

    def test_what_was_sent_is_not_changed_by_decoding(self) -> None:
        sent: dict[str, Any] = {"Data": '{"a": [1]}', "AIJob": [{"Data": "[2]"}]}
        copy = json.loads(json.dumps(sent))
        found = decode(sent, CONTAINERS)
        assert sent == copy
        assert found.as_sent is sent
        assert found.value["AIJob"][0]["Data"] == [2]


class TestBrokenText:
    """api.md 2.8 #1, #2, #3, #28."""

    def test_missing_comma_of_the_batch_sample_is_placed_and_read(self) -> None:
        found = decoded("seed003_get_batch_media_producing_job.json")
        path = "EditingBatchJob.InputConfig"
        fault = found.broken[path]
        assert (fault.path, fault.message) == (path, "Expecting ',' delimiter")
        assert (fault.line, fault.column, fault.position) == (18, 7, 542)
        assert fault.text == at(found.as_sent, path)
        assert found.repaired[path] == fault
        speech = at(found.value, f"{path}.SpeechTextArray")
        assert [each.split()[0] for each in speech] == ["A", "There"]
        assert at(found.value, f"{path}.TitleArray[1]") == "Hema Fresh has opened"

    def test_bad_escape_of_the_vod_sample_is_placed_and_read(self) -> None:
        found = decoded("seed004_list_ai_job.json")
        path = "AIJobList.AIJob[0].Data"
        fault = found.broken[path]
        assert (fault.message, fault.line, fault.column, fault.position) == ("Expecting value", 1, 31, 30)
        assert path in found.repaired
        assert path in found.boundaries
        assert len(at(found.value, f"{path}.OrigASRData.AsrTextList")) == 6
        assert fault.text.endswith("}\n")

    def test_every_other_container_of_the_samples_parses(self) -> None:
        broken = {path for each in ANSWERS.glob("seed00*.json") for path in _broken_of(each)}
        assert broken == {"EditingBatchJob.InputConfig", "AIJobList.AIJob[0].Data"}

    def test_cut_off_json_is_raw_with_its_place(self) -> None:
        found = decoded("synth_smart_avatar_truncated.json")
        for path in ("JobResult.AiResult", "Output"):
            fault = found.broken[path]
            assert at(found.value, path) == at(found.as_sent, path)
            assert fault.position == len(fault.text)
            assert path not in found.boundaries
        assert not found.repaired

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ('["a"\n"b"]', ["a", "b"]),
            ('["a"  \r\n\t "b"]', ["a", "b"]),
            ('{"a": 1\n "b": 2}', {"a": 1, "b": 2}),
            ('[{"a": 1}\n{"b": 2}]', [{"a": 1}, {"b": 2}]),
            ("[[1]\n[2]]", [[1], [2]]),
            ('[1\n"a"\n[2]]', [1, "a", [2]]),
            ('{"a": "x]"\n"b": "y"}', {"a": "x]", "b": "y"}),
            ('["C:\\path"]', ["C:path"]),
            (r'{"a":\[1,2\]}', {"a": [1, 2]}),
            (r'["\\[", "\["]', ["\\[", "["]),
            ('["a\\_b"\n"c"]', ["a_b", "c"]),
            ('\n  ["a"\n"b"]\n', ["a", "b"]),
        ],
    )
    def test_slip_with_one_reading_is_read_and_said(self, text: str, value: Json) -> None:
        found, fault, repaired = decode_text(text)
        assert (found, repaired) == (value, True)
        assert fault is not None
        assert fault.text == text

    @pytest.mark.parametrize(
        "text",
        [
            '["a" "b"]',
            "[1 2]",
            "[1\n2]",
            '{"a"\n"b"}',
            '{"a"\n["b"]}',
            '["a"\n"b"',
            '{"a": [1, 2',
            '{"a": "cut',
            '["a"\n',
            "[1,]",
            "{'a': 1}",
            "{a: 1}",
            '{"a": 1}}',
            '["a\nb"]',
            r"{\"a\": 1}",
            r'["\u12"]',
            r'["\users"]',
            '["a"] trailing words',
            "[laughs] well",
            "{",
            "[",
            '["\\',
            "[true\n\\",
        ],
    )
    def test_anything_less_certain_stays_raw(self, text: str) -> None:
        found, fault, repaired = decode_text(text)
        assert (found, repaired) == (None, False)
        assert fault is not None
        assert fault.text == text
        assert decode({"Data": text}, ("Data",)).value == {"Data": text}

    def test_place_is_counted_in_the_text_as_it_came(self) -> None:
        _, fault, _ = decode_text('\n\u00a0 {"a": 1,\n  "b" 2}\n')
        assert fault is not None
        assert (fault.line, fault.column, fault.position) == (3, 7, 18)
        assert fault.text[fault.position] == "2"

    def test_words_after_a_value_are_placed(self) -> None:
        _, fault, _ = decode_text('{"a": 1}  \n then')
        assert fault is not None
        assert (fault.message, fault.line, fault.column) == ("Extra data", 2, 2)

    def test_mistake_inside_a_repaired_text_is_still_reported_with_its_own_path(self) -> None:
        sent = {"AiResult": '{"x": 1\n"SubtitleClips": "[1,"}'}
        found = decode(sent, CONTAINERS)
        assert set(found.broken) == {"AiResult", "AiResult.SubtitleClips"}
        assert set(found.repaired) == {"AiResult"}
        assert found.value["AiResult"]["SubtitleClips"] == "[1,"


def _broken_of(path: Path) -> set[str]:
    value = json.loads(path.read_text(encoding="utf-8"))
    return set(decode(value, CONTAINERS).broken)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
CONTAINER_JSON = st.lists(JSON, max_size=4) | st.dictionaries(st.text(), JSON, max_size=4)
JSON_PIECES = st.lists(
    st.sampled_from(['"', "\\", "\n", "[", "]", "{", "}", ",", ":", " ", "a", "1", "u", "n", '"b"']),
    max_size=14,
).map("".join)


class TestProperties:
    """What holds for any text."""

    @given(CONTAINER_JSON, st.sampled_from([None, 1]), st.booleans())
    @settings(max_examples=150, deadline=None)
    @example(['\\["', 'x"\n"y', "\\\\["], 1, False)
    def test_valid_json_is_never_reported_or_altered(
        self, value: Json, indent: int | None, plain: bool
    ) -> None:
        text = json.dumps(value, indent=indent, ensure_ascii=plain)
        assert decode_text(text) == (value, None, False)
        found = decode({"Data": text}, ("Data",))
        assert not found.broken

    @given(JSON_PIECES)
    @settings(max_examples=300, deadline=None)
    def test_what_parses_is_never_repaired(self, tail: str) -> None:
        text = "[" + tail
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        found, fault, repaired = decode_text(text)
        if value is not None:
            assert (found, fault, repaired) == (value, None, False)
        else:
            assert fault is not None
            assert repaired == (found is not None)

    @given(CONTAINER_JSON, st.data())
    @settings(max_examples=100, deadline=None)
    def test_a_removed_comma_at_the_end_of_a_line_is_put_back_or_left_raw(
        self, value: Json, data: st.DataObject
    ) -> None:
        lines = json.dumps(value, indent=1).split("\n")
        commas = [index for index, line in enumerate(lines) if line.endswith(",")]
        if not commas:
            return
        index = data.draw(st.sampled_from(commas))
        lines[index] = lines[index][:-1]
        found, fault, repaired = decode_text("\n".join(lines))
        assert fault is not None
        if repaired:
            assert found == value

    @given(CONTAINER_JSON, st.integers(min_value=1, max_value=60))
    @settings(max_examples=100, deadline=None)
    def test_cut_off_json_is_never_repaired(self, value: Json, less: int) -> None:
        text = json.dumps(value, indent=1)[:-less]
        _, _, repaired = decode_text(text)
        assert not repaired

    @given(st.lists(st.one_of(st.text(), st.integers(min_value=0, max_value=3)), min_size=1, max_size=5))
    @settings(max_examples=150, deadline=None)
    def test_path_of_join_leads_to_the_value(self, steps: list[str | int]) -> None:
        value: Json = "here"
        path = ""
        for step in reversed(steps):
            value = {step: value} if isinstance(step, str) else [None] * step + [value]
        for step in steps:
            path = join(path, step)
        assert at(value, path) == "here"


class TestParse:
    """Whole bodies."""

    @pytest.mark.parametrize("name", sorted(path.name for path in ANSWERS.glob("*.json")))
    def test_every_recorded_answer_parses_as_the_standard_library_reads_it(self, name: str) -> None:
        assert parse(text_of(name)) == answer(name)

    def test_order_of_keys_is_kept(self) -> None:
        assert list(parse('{"z": 1, "a": 2, "M": 3}')) == ["z", "a", "M"]

    def test_last_of_two_equal_keys_wins(self) -> None:
        assert parse('{"a": 1, "b": 2, "a": 3}') == {"a": 3, "b": 2}

    def test_numbers_that_json_cannot_write_stay_text(self) -> None:
        assert parse("[NaN, Infinity, -Infinity, 1e999]") == ["NaN", "Infinity", "-Infinity", "1e999"]

    def test_integer_of_too_many_digits_stays_text(self) -> None:
        digits = "7" * 5000
        assert parse(f"[{digits}, -{digits}, 12345678901234567890123]") == [
            digits,
            "-" + digits,
            12345678901234567890123,
        ]

    def test_lone_surrogate_is_kept(self) -> None:
        assert parse('["\\ud800"]') == ["\ud800"]

    def test_byte_order_mark_and_blanks_around_are_ignored(self) -> None:
        assert parse('\ufeff\r\n {"a": 1} \n') == {"a": 1}

    @pytest.mark.parametrize(
        "text", ["[" * 10_000, '{"a":' * 10_000, "[" * 10_000 + "]" * 10_000, "[" * 300 + "]" * 300]
    )
    def test_deep_nesting_is_an_error_with_its_place(self, text: str) -> None:
        with pytest.raises(json.JSONDecodeError, match="Nested more than 200 levels deep") as caught:
            parse(text)
        assert text[caught.value.pos] in "[{"
        assert text[: caught.value.pos].count(text[0]) == DEEPEST

    def test_brackets_inside_strings_do_not_count_as_nesting(self) -> None:
        text = json.dumps(["[" * 10_000])
        assert parse(text) == ["[" * 10_000]

    def test_deepest_nesting_allowed_is_read_decoded_and_written_again(self) -> None:
        text = "[" * DEEPEST + "]" * DEEPEST
        found = decode({"Data": text}, ("Data",))
        assert found.broken["Data"].message == "Nested more than 199 levels deep"
        fitting = text[1:-1]
        found = decode({"Data": fitting}, ("Data",))
        assert not found.broken
        assert json.dumps(found.value["Data"]) == fitting

    @pytest.mark.parametrize("text", ["", "   ", "<html>", "{", '{"a"}'])
    def test_what_is_no_json_is_a_value_error_with_line_and_column(self, text: str) -> None:
        with pytest.raises(json.JSONDecodeError) as caught:
            parse(text)
        assert caught.value.lineno == 1
        assert caught.value.pos == min(len(text), caught.value.colno - 1)

    def test_deep_text_inside_a_string_is_a_fault(self) -> None:
        found = decode({"Data": "[" * 10_000}, ("Data",))
        assert found.broken["Data"].message.startswith("Nested more than")
        assert found.value["Data"] == "[" * 10_000

    def test_a_megabyte_of_backslashes_and_quotes_is_read_in_linear_time(self) -> None:
        for tail in ('\\"' * 250_000, '"' * 250_001, "\\" * 500_000, '"a"\n' * 100_000):
            assert decode_text("[" + tail)[1] is not None


class TestPaths:
    """The syntax that export, copy and show share."""

    def test_plain_names_are_joined_with_dots(self) -> None:
        assert join(join(join("", "a"), "b"), 0) == "a.b[0]"

    @pytest.mark.parametrize("key", ["MOS(0-5)", "zh-CN", "a.b", "", "0", "语言", 'a"b', "a b"])
    def test_odd_names_are_quoted(self, key: str) -> None:
        path = join("Result[0]", key)
        assert path == f"Result[0][{json.dumps(key, ensure_ascii=False)}]"
        assert at({"Result": [{key: 1}]}, path) == 1

    def test_empty_path_is_the_whole(self) -> None:
        assert at([1], "") == [1]

    @pytest.mark.parametrize(
        "path",
        ["b", "a.b", "a[2]", "a[-1]", "a[x]", "a.", ".a", "a[0", "a b", "a[0]x", "[0]", f"a[{'9' * 30}]"],
    )
    def test_path_that_leads_nowhere_is_a_key_error(self, path: str) -> None:
        with pytest.raises(KeyError):
            at({"a": [1, 2]}, path)


class TestTimes:
    """ISO 8601 with a zone."""

    def test_trailing_newline_of_the_batch_sample_is_ignored(self) -> None:
        sent = answer("seed003_get_batch_media_producing_job.json")["EditingBatchJob"]["CompleteTime"]
        assert sent.endswith("\n")
        assert parse_time(sent) == datetime(2024, 6, 13, 8, 57, 7, tzinfo=UTC)

    def test_other_zones_become_utc(self) -> None:
        china = timezone(timedelta(hours=8))
        assert parse_time("2022-01-21T14:15:02+08:00") == datetime(2022, 1, 21, 14, 15, 2, tzinfo=china)
        assert parse_time("2022-01-21T14:15:02.250+08:00").isoformat() == "2022-01-21T06:15:02.250000+00:00"  # type: ignore[union-attr]  # a time is expected

    @pytest.mark.parametrize(
        "text",
        [
            "2022-12-02 16:14:06",
            "1",
            "",
            "2022",
            "soon",
            None,
            1656400000,
            True,
            "0001-01-01T00:00:00+14:00",
            "2022-13-01T00:00:00Z",
        ],
    )
    def test_anything_that_is_no_moment_is_none(self, text: object) -> None:
        assert parse_time(text) is None


class TestNumbers:
    """Numbers, also in strings (api.md 2.6)."""

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("28278.25", 28278.25),
            ("30016", 30016.0),
            (" 0.99\n", 0.99),
            ("-0.59", -0.59),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("5.", 5.0),
            (3, 3.0),
            (-0.253, -0.253),
        ],
    )
    def test_numbers_and_numbers_in_strings_are_read(self, value: object, expected: float) -> None:
        assert number(value) == expected

    @pytest.mark.parametrize(
        "value",
        [
            True,
            False,
            None,
            "",
            "NaN",
            "nan",
            "inf",
            "Infinity",
            "1_000",
            "0x10",
            "１２",
            "1,5",
            "12 s",
            [],
            {},
            "1e999",
            math.nan,
            math.inf,
            10**400,
            "9" * 5000,
        ],
    )
    def test_anything_else_is_none(self, value: object) -> None:
        assert number(value) is None


odd_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.just("x" * 30_000),
    lambda below: st.lists(below, max_size=20) | st.dictionaries(st.text(max_size=4), below, max_size=20),
    max_leaves=60,
)


@settings(deadline=None)
@given(odd_values, st.sampled_from([None, 0, 2]), st.integers(0), st.sampled_from(list('{}[]",:x\\0 \n')))
def test_a_large_text_is_parsed_as_a_small_one_is_sound_or_broken(
    value: object, indent: int | None, place: int, slip: str
) -> None:
    text = json.dumps(value, indent=indent)
    assert repr(_parted(text, 0)) == repr(_DECODER.raw_decode(text, 0))
    place %= len(text)
    slipped = text[:place] + slip + text[place + 1 :]
    assert _outcome(_parted, slipped) == _outcome(_DECODER.raw_decode, slipped)


def _outcome(parse: Callable[[str, int], object], text: str) -> str:
    try:
        return repr(parse(text, 0))
    except json.JSONDecodeError as error:
        return f"{error.msg} {error.pos}"
