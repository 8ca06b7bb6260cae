"""Jobs as json, ndjson, tsv and table: values in, text out."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta

import pytest

from icetui.clean import width
from icetui.commands import forms, output
from icetui.commands.forms import JsonRows, NdjsonRows, TableRows, TsvRows
from icetui.errors import Refusal
from icetui.job import Job, JobError, State, Subjob

CREATED = datetime(2026, 11, 20, 10, 0, 0, 999_999, UTC)
GLYPHS = dict(zip(State, "○▸✓◐✗?!", strict=True))


def a_job(**members: object) -> Job:
    told: dict[str, object] = {
        "family": "smart",
        "id": "0a1b2c",
        "type": "ASR",
        "state": State.DONE,
        "state_word": "Finished",
        "title": "A title",
        "created": CREATED,
        "finished": CREATED + timedelta(seconds=95),
        "region": "cn-shanghai",
    }
    return Job(**(told | members))  # type: ignore[arg-type]  # a test names the members it is about


def test_members_of_a_job_are_those_of_the_contract_in_their_order() -> None:
    assert list(output.job_json(a_job())) == [
        "family",
        "id",
        "type",
        "state",
        "state_word",
        "title",
        "created",
        "modified",
        "finished",
        "duration_s",
        "region",
        "error",
    ]


def test_times_are_utc_to_the_second_and_unknown_ones_null() -> None:
    east = CREATED.astimezone(tz=None)
    told = output.job_json(a_job(created=east))
    assert (told["created"], told["modified"]) == ("2026-11-20T10:00:00Z", None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (-1.0, None),
        (float("nan"), None),
        (float("inf"), None),
        (95.0, 95),
        (24.5, 24.5),
        (0.0, 0),
    ],
)
def test_durations_are_seconds_and_nonsense_is_null(value: float | None, shown: float | None) -> None:
    assert output.seconds(value) == shown


def test_a_job_that_ends_before_it_begins_has_no_duration() -> None:
    assert output.job_json(a_job(finished=CREATED - timedelta(days=200)))["duration_s"] is None


def test_an_error_of_a_job_keeps_code_message_and_request_id() -> None:
    told = output.job_json(a_job(error=JobError("Bad.Input", "no voice", "R-1")))
    assert told["error"] == {"code": "Bad.Input", "message": "no voice", "request_id": "R-1"}


def test_members_of_a_subjob_are_those_of_the_contract_in_their_order() -> None:
    told = output.subjob_json(Subjob("s1", State.DONE, "Success", "http:/x", "m", "p", 24.5))
    assert told == {
        "id": "s1",
        "state": "done",
        "state_word": "Success",
        "url": "http:/x",
        "media_id": "m",
        "project_id": "p",
        "duration_s": 24.5,
        "error": None,
    }
    assert list(told)[:4] == ["id", "state", "state_word", "url"]


# --- json -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2J\x07",
        "\x9b31m",
        "\u202eevil\u202c",
        "a\u200bb",
        "\ud83d lone",
        "\u2028",
        "\x7f",
        "\ufeff",
        "\U000e0041",
    ],
)
def test_json_says_the_same_without_a_character_a_terminal_obeys(text: str) -> None:
    printed = output.json_text({"title": text})
    assert json.loads(printed) == {"title": text}
    assert all(character.isprintable() for character in printed)
    printed.encode("utf-8")


def test_json_of_chinese_and_emoji_is_readable() -> None:
    assert output.json_text(["视频 😀"]) == '["视频 😀"]'


def test_json_has_null_where_python_has_nan() -> None:
    assert json.loads(output.json_text({"a": [float("nan"), 1.5], "b": float("-inf")})) == {
        "a": [None, 1.5],
        "b": None,
    }


def test_json_is_ascii_where_stdout_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="iso-8859-1"))
    printed = output.json_text(["视频 é 😀"])
    assert printed.isascii()
    assert json.loads(printed) == ["视频 é 😀"]


def test_json_rows_are_one_array_however_they_come() -> None:
    form = JsonRows()
    text = form.rows([]) + form.rows([a_job(id="1"), a_job(id="2")]) + form.rows([a_job(id="3")]) + form.end()
    assert [job["id"] for job in json.loads(text)] == ["1", "2", "3"]
    assert text.count("\n") == 5


def test_no_rows_are_an_empty_array() -> None:
    form = JsonRows()
    assert form.rows([]) + form.end() == "[]\n"


def test_ndjson_is_an_object_a_line_even_with_newlines_in_a_title() -> None:
    text = NdjsonRows().rows([a_job(title="a\nb\u2028c\x85d"), a_job()])
    assert [json.loads(line)["title"] for line in text.splitlines()] == ["a\nb\u2028c\x85d", "A title"]


# --- tsv --------------------------------------------------------------------------------------


def test_tsv_has_a_header_once_and_escapes_what_would_break_it() -> None:
    form = TsvRows(("id", "title", "error_code"))
    text = (
        form.rows([a_job(title="a\tb\nc\\d\re\x1b[0m\u202e")])
        + form.rows([a_job(error=JobError("X", ""))])
        + form.end()
    )
    assert text == (
        "id\ttitle\terror_code\n0a1b2c\ta\\tb\\nc\\\\d\\re\\u001b[0m\\u202e\t\n0a1b2c\tA title\tX\n"
    )


def test_tsv_without_rows_is_its_header() -> None:
    assert TsvRows(("id", "state")).rows([]) == "id\tstate\n"


def test_tsv_has_every_member_unless_told_otherwise() -> None:
    head, row = TsvRows().rows([a_job()]).splitlines()
    assert dict(zip(head.split("\t"), row.split("\t"), strict=True)) == {
        "family": "smart",
        "id": "0a1b2c",
        "type": "ASR",
        "state": "done",
        "state_word": "Finished",
        "title": "A title",
        "created": "2026-11-20T10:00:00Z",
        "modified": "",
        "finished": "2026-11-20T10:01:35Z",
        "duration_s": "95",
        "region": "cn-shanghai",
        "error_code": "",
        "error_message": "",
        "error_request_id": "",
    }


# --- table ------------------------------------------------------------------------------------


def a_table(**how: object) -> TableRows:
    told: dict[str, object] = {"columns": ("state", "title", "id"), "glyphs": GLYPHS}
    return TableRows(**(told | how))  # type: ignore[arg-type]  # a test names what it is about


def columns_of(line: str, word: str) -> int:
    return width(line[: line.index(word)])


def test_a_table_is_aligned_in_cells_not_characters() -> None:
    lines = a_table().rows([a_job(title="视频转写"), a_job(title="plain")]).splitlines()
    assert lines[0].split() == ["STATE", "TITLE", "ID"]
    assert {columns_of(line, "0a1b2c") for line in lines[1:]} == {columns_of(lines[0], "ID")}


def test_a_state_is_a_shape_and_a_word() -> None:
    line = a_table().rows([a_job(state=State.PARTIAL)]).splitlines()[1]
    assert line.startswith("◐ partial")


def test_a_state_word_never_seen_before_is_shown_as_it_came() -> None:
    line = a_table().rows([a_job(state=State.UNKNOWN, state_word="Reviewing")]).splitlines()[1]
    assert line.startswith("! Reviewing")


def test_a_table_for_a_pipe_is_never_cut() -> None:
    title = "长" * 300
    assert title in a_table().rows([a_job(title=title)])


@pytest.mark.parametrize("cells", [1, 10, 27, 40])
def test_a_table_for_a_terminal_is_cut_at_its_cells(cells: int) -> None:
    text = a_table(columns=("state", "id", "title"), limit=cells).rows([a_job(title="长" * 300), a_job()])
    assert max(width(line) for line in text.splitlines()) <= cells
    if cells == 40:
        assert text.splitlines()[1].endswith("…")


def test_a_narrow_terminal_leaves_columns_out_until_the_title_has_room() -> None:
    wide = a_table(columns=forms.TABLE_COLUMNS, spare=forms.SPARE_COLUMNS, limit=160)
    wide.rows([a_job(id="0" * 32)])
    assert wide.left_out == ()
    narrow = a_table(columns=forms.TABLE_COLUMNS, spare=forms.SPARE_COLUMNS, limit=80)
    text = narrow.rows([a_job(id="0" * 32, type="Screen_Media_Highlights_Timeline_Organize")])
    assert narrow.left_out == ("duration_s", "created")
    assert "A title" in text
    assert "0" * 32 in text
    assert "Screen_Media_Highl" in text
    assert max(width(line) for line in text.splitlines()) <= 80


def test_colour_is_on_the_state_and_nowhere_else() -> None:
    lines = a_table(color=True).rows([a_job(state=State.FAILED)]).splitlines()
    assert "\x1b" not in lines[0]
    assert lines[1].startswith("\x1b[31m✗ failed")
    assert lines[1].count("\x1b") == 2


def test_no_text_of_the_service_reaches_the_terminal_unclean() -> None:
    evil = "a\x1b]0;owned\x07\nb\x9b\u202e"
    text = a_table(columns=tuple(forms.COLUMNS)).rows(
        [
            a_job(
                title=evil,
                id=evil,
                type=evil,
                state=State.UNKNOWN,
                state_word=evil,
                error=JobError(evil, evil),
            )
        ]
    )
    assert text.count("\n") == 2
    assert not set(text) & set("\x1b\x07\x9b\u202e")


def test_later_rows_stand_under_the_header_of_the_first() -> None:
    form = a_table(columns=("state", "id", "title"))
    first = form.rows([a_job(id="1234567890")]).splitlines()
    later = form.rows([a_job(id="1")])
    assert len(later.splitlines()) == 1
    assert columns_of(later, "A title") == columns_of(first[1], "A title") == columns_of(first[0], "TITLE")


def test_a_wider_cell_of_a_later_page_pushes_its_own_line_and_is_whole() -> None:
    form = a_table(columns=("state", "type", "id", "title"), limit=80)
    form.rows([a_job(id="1")])
    later = form.rows([a_job(id="0" * 32, type="TextToSpeech", state=State.UNKNOWN, state_word="Reviewing")])
    assert later.split() == ["!", "Reviewing", "TextToSpeech", "0" * 32, "A", "title"]


def test_what_is_cut_ends_in_the_mark_that_was_asked_for() -> None:
    form = a_table(columns=("state", "type", "title"), limit=48, mark="~")
    line = form.rows([a_job(type="Screen_Media_Highlights", title="长" * 40)]).splitlines()[1]
    assert "Screen_Medi~ " in line
    assert line.endswith("~")
    assert "…" not in line


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (0.4, "0s"),
        (45, "45s"),
        (725, "12m 05s"),
        (12_000, "3h 20m"),
        (187_200, "2d 4h"),
        (-3, "-"),
    ],
)
def test_durations_in_a_table_are_two_units(value: float | None, shown: str) -> None:
    assert forms.duration(value) == shown


# --- doors ------------------------------------------------------------------------------------


def test_an_error_is_one_safe_line_with_code_and_request_id() -> None:
    error = Refusal("Denied\nby \x1b[31mpolicy", code="Forbidden.RAM", request_id="R-9")
    told = output.sentence(error)
    assert "\n" not in told
    assert "\x1b" not in told
    assert told.endswith("(Forbidden.RAM, RequestId R-9)")


def test_a_code_that_the_message_names_is_not_said_twice() -> None:
    assert output.sentence(Refusal("Throttling: slow down", code="Throttling")) == "Throttling: slow down"


def test_a_closed_stdout_is_no_reason_to_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    output.put("x")
    output.put_bytes(b"x")
    output.say("x")
    assert not output.to_terminal()


def test_what_stdout_cannot_encode_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(kept, encoding="ascii"))
    output.put("é✓\n")
    assert kept.getvalue() == b"\\xe9\\u2713\n"


@pytest.mark.parametrize(
    ("environ", "flag", "wanted"),
    [
        ({}, False, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({}, True, False),
    ],
)
def test_colour_needs_a_terminal_that_wants_it(
    environ: dict[str, str], flag: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert output.coloured(no_color=flag) is wanted
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert not output.coloured(no_color=False)
