"""``icetui diff``: what it prints of two jobs of the demo, and what its exit code says."""

from __future__ import annotations

import json

import pytest

from icetui import cli
from icetui.diff import compare, differences
from icetui.diff_text import line_of
from tests.test_command_show import ASR, BATCH, DEMO, IN_TWO_FAMILIES, NOBODY, UNTRUSTED, VOD
from tests.test_contract import check

OTHER = "9b30ec9e68b918e7feb718afd6d975fb"
FAILED = "eaf36092a2576492efbd8c688f62b7c8"


class Diff:
    """Runs ``icetui diff`` on the demo account."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: str, code: int = 1, faults: tuple[str, ...] = ()) -> tuple[str, str]:
        """What it writes to stdout and stderr; its exit code is `code`."""
        flags = [word for fault in faults for word in ("--fault", fault)]
        found = cli.main([*DEMO, *flags, "diff", *argv])
        told = self._capsys.readouterr()
        assert found == code, told.err
        return told.out, told.err


@pytest.fixture
def diff(capsys: pytest.CaptureFixture[str]) -> Diff:
    return Diff(capsys)


def test_jobs_that_differ_are_1_and_told_under_their_roots(diff: Diff) -> None:
    out, err = diff(OTHER, FAILED)
    assert err == ""
    lines = out.splitlines()
    assert lines[0].split() == ["left", "smart", "ASR", "done", OTHER]
    assert lines[1].split() == ["right", "smart", "ASR", "failed", FAILED]
    assert "== job ==" in lines
    assert '~ .job.state: "done" → "failed"' in lines
    assert any(line.startswith("- .decoded.JobResult.AiResult: [{") for line in lines)


def test_a_job_and_itself_are_0(diff: Diff) -> None:
    out, _ = diff(ASR, ASR, code=0)
    assert out.splitlines()[2:] == ["no difference"]
    assert json.loads(diff(ASR, ASR, "--output", "json", code=0)[0])["same"] is True
    assert diff(ASR, ASR, "--output", "ndjson", code=0)[0] == ""


def test_times_and_ids_are_ignored_and_counted(diff: Diff) -> None:
    whole = json.loads(diff(OTHER, FAILED, "--output", "json")[0])
    less = json.loads(diff(OTHER, FAILED, "--ignore", "times,ids", "--output", "json")[0])
    assert whole["ignored"] == 0
    assert len(whole["differences"]) > len(less["differences"])
    gone = {each["left_path"] for each in whole["differences"]} - {
        each["left_path"] for each in less["differences"]
    }
    assert {".job.id", ".job.created", ".job.duration_s"} <= gone
    assert less["ignored"] == len(gone)
    assert "more are ignored" in diff(OTHER, FAILED, "--ignore", "times", "--ignore", "ids")[0]


def test_all_that_differs_may_be_ignored_by_path(diff: Diff) -> None:
    out, _ = diff(OTHER, FAILED, "--ignore-path", ".job", "--ignore-path", "decoded", code=0)
    assert "no difference; " in out


@pytest.mark.parametrize(("left", "right"), [(OTHER, FAILED), (ASR, BATCH), (BATCH, VOD), (UNTRUSTED, OTHER)])
def test_json_is_as_the_schema_says_and_ndjson_says_the_same(diff: Diff, left: str, right: str) -> None:
    told = json.loads(diff(left, right, "--output", "json")[0])
    check(told, "compared")
    assert [told[side]["id"] for side in ("left", "right")] == [left, right]
    lines = [json.loads(line) for line in diff(left, right, "--output", "ndjson")[0].splitlines()]
    assert lines == told["differences"]
    for line in lines:
        check(line, "difference")


def test_nothing_raw_of_other_people_is_printed(diff: Diff) -> None:
    for form in ("table", "json", "ndjson"):
        out, _ = diff(UNTRUSTED, OTHER, "--output", form)
        odd = [char for char in out if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0]
        assert odd == []
        assert not set(out) & set("\u202e\u2066\u200f\u2028")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((ASR, " "), "empty"),
        ((ASR, f"{OTHER},{FAILED}"), "more than one ID"),
        ((ASR, OTHER, "--ignore", "colours"), "'colours' cannot be ignored"),
        ((ASR, OTHER, "--ignore-path", ".a |"), "is no path"),
    ],
)
def test_wrong_use_is_2_and_nobody_is_asked(diff: Diff, argv: tuple[str, ...], said: str) -> None:
    out, err = diff(*argv, code=2)
    assert out == ""
    assert said in err


def test_a_job_that_nobody_knows_is_said_and_nothing_printed(diff: Diff) -> None:
    out, err = diff(ASR, NOBODY)
    assert out == ""
    assert err.startswith(f"icetui: {NOBODY}: unknown here")
    assert diff(NOBODY, ASR, code=3, faults=("deny:QueryIProductionJob",))[0] == ""
    assert diff(NOBODY, ASR, code=4, faults=("status:503,action=ListAIJob",))[0] == ""


def test_a_family_is_asked_alone_where_it_is_named(diff: Diff) -> None:
    _, err = diff(IN_TWO_FAMILIES, OTHER)
    assert "smart compared; the ID is also one of iproduction" in err
    assert diff(IN_TWO_FAMILIES, OTHER, "--family", "smart")[1] == ""


def test_a_long_text_is_cut_to_what_differs_and_its_length_said() -> None:
    left = "a" * 500 + " old " + "b" * 500
    (node,) = differences(compare({"t": left}, {"t": left.replace("old", "new")}))
    line = line_of(node)
    assert len(line) < 250
    assert " old bbb" in line
    assert " new bbb" in line
    assert line.count("(1,005 characters)") == 2


def test_a_moved_item_is_told_with_both_its_paths() -> None:
    nodes = list(differences(compare([{"id": 1, "v": 1}], [{"id": 2, "v": 2}, {"id": 1, "v": 3}])))
    assert [line_of(node) for node in nodes] == [
        '+ .[0]: {"id": 2, "v": 2}',
        "~ .[0].v (right .[1].v): 1 → 3",
    ]


def test_ascii_has_no_other_sign(diff: Diff) -> None:
    out, _ = diff(ASR, OTHER, "--ascii")
    assert out.isascii() or "->" in out
    assert "→" not in out
