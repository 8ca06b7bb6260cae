"""What of two jobs is compared: recorded answers against each other, their paths held against jq."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from itertools import combinations

import pytest

from icetui.call import Json
from icetui.commands.output import json_text
from icetui.commands.show import shown
from icetui.compare import compared, ignoring, is_id, is_time, jq, json_path, rule
from icetui.decode import at
from icetui.diff import ANY, MISSING, differences
from icetui.families import by_name
from icetui.families.base import Opened
from tests.recorded import answered, body_of, recorded
from tests.test_clipboard import tool_or_skip
from tests.test_contract import first_id, recorded_jobs

JOBS = [
    (family, name)
    for family, name in recorded_jobs()
    if body_of(name).get("AIJobList") != {"AIJob": []} and family
]


def recorded_job(family: str, name: str) -> Opened:
    room = by_name(family)
    job_id = first_id(family, body_of(name))
    return room.open(recorded(room.lookup([job_id]), name), job_id)


def smart(body: dict[str, Json], job_id: str = "j1") -> Opened:
    """A smart job whose answer says more than its ID and state."""
    room = by_name("smart")
    whole: dict[str, Json] = {"RequestId": f"R-{job_id}", "JobId": job_id, "State": "Finished", **body}
    return room.open(answered(room.lookup([job_id]), whole), job_id)


def told(left: Opened, right: Opened, *words: str, paths: tuple[str, ...] = ()) -> list[str]:
    """The paths of all differences, those of the right with a +."""
    top = compared(left, right, ignoring(words, [rule(path) for path in paths]))
    return [node.path("left") or f"+{node.path('right')}" for node in differences(top)]


def within(value: object, whole: object) -> bool:
    """Whether a value is another one, with or without members that are told elsewhere."""
    if isinstance(value, dict) and isinstance(whole, dict):
        return all(key in whole and within(each, whole[key]) for key, each in value.items())
    if isinstance(value, list) and isinstance(whole, list) and len(value) == len(whole):
        return all(map(within, value, whole))
    return value == whole


@pytest.mark.parametrize(("family", "name"), JOBS)
def test_a_job_does_not_differ_from_itself(family: str, name: str) -> None:
    job = recorded_job(family, name)
    top = compared(job, recorded_job(family, name))
    assert (top.count, top.ignored) == (0, 0)


@pytest.mark.parametrize("family", ["smart", "batch", "iproduction", "vod-ai"])
def test_every_path_gives_its_value_in_what_show_prints(family: str) -> None:
    jobs = [recorded_job(each, name) for each, name in JOBS if each == family]
    for left, right in combinations(jobs[:8], 2):
        ours, theirs = shown(left), shown(right)
        for node in differences(compared(left, right)):
            for side, value, whole in (("left", node.left, ours), ("right", node.right, theirs)):
                path = node.path(side)  # type: ignore[arg-type]
                assert (path is None) == (value is MISSING)
                if path is not None:
                    assert within(value, at(whole, path))


def test_paths_are_taken_by_jq() -> None:
    program = tool_or_skip("jq")
    left, right = recorded_job("batch", JOBS_OF["batch"][0]), recorded_job("vod-ai", JOBS_OF["vod-ai"][0])
    nodes = [node for node in differences(compared(left, right)) if node.left is not MISSING]
    filters = ", ".join(f"[{jq(node.path('left') or '')}]" for node in nodes)
    run = subprocess.run(
        [program, "-c", filters], input=json_text(shown(left)), capture_output=True, text=True, check=True
    )
    values = [json.loads(line)[0] for line in run.stdout.splitlines()]
    assert len(values) > 5
    assert all(within(node.left, value) for node, value in zip(nodes, values, strict=True))


JOBS_OF = {family: [name for each, name in JOBS if each == family] for family in ("batch", "vod-ai")}


def test_a_fact_is_told_once() -> None:
    left = smart({"SmartJobInfo": {"JobType": "ASR", "Title": "one", "CreateTime": "2026-01-01T00:00:00Z"}})
    right = smart(
        {"SmartJobInfo": {"JobType": "ASR", "Title": "two", "CreateTime": "2026-01-02T00:00:00Z"}}, "j2"
    )
    assert told(left, right) == ["job.id", "job.title", "job.created"]
    assert told(left, right, "times", "ids") == ["job.title"]


def test_what_repeats_another_member_on_each_side_is_no_repetition() -> None:
    left = smart({"SmartJobInfo": {"JobType": "ASR", "Title": "one"}, "Extra": "one"})
    right = smart({"SmartJobInfo": {"JobType": "ASR", "Title": "two"}, "Extra": "ASR"})
    assert told(left, right) == ["job.title", "decoded.Extra"]


def test_members_of_the_answer_that_nobody_knows_are_compared() -> None:
    left = smart({"Novel": {"a": [1, 2]}})
    right = smart({"Novel": {"a": [1, 3]}})
    assert told(left, right) == ["decoded.Novel.a[1]"]


def test_results_and_parameters_are_compared_decoded() -> None:
    cues = [{"content": "a", "from": 0, "to": 1}, {"content": "b", "from": 1, "to": 2}]
    left = smart(
        {"SmartJobInfo": {"JobType": "ASR", "InputConfig": {"JobParameters": '{"duration":"00:30:00"}'}}}
        | {"JobResult": {"AiResult": json.dumps(cues)}}
    )
    right = smart(
        {"SmartJobInfo": {"JobType": "ASR", "InputConfig": {"JobParameters": '{ "duration": "00:40:00" }'}}}
        | {"JobResult": {"AiResult": json.dumps(cues[1:], indent=2)}}
    )
    assert told(left, right) == [
        "decoded.SmartJobInfo.InputConfig.JobParameters.duration",
        "decoded.JobResult.AiResult[0]",
    ]
    assert told(left, right, paths=(".decoded.JobResult.AiResult[]",)) == [
        "decoded.SmartJobInfo.InputConfig.JobParameters.duration"
    ]
    assert told(left, right, paths=("decoded",)) == []


def test_what_is_an_id_on_one_side_only_is_a_difference() -> None:
    left = smart({"SmartJobInfo": {"InputConfig": {"InputFile": "oss://bucket/a.mp4"}}})
    right = smart({"SmartJobInfo": {"InputConfig": {"InputFile": "8f779b6c9471a60d14e0dd48c1b30af7"}}})
    assert told(left, right, "ids")[1:] == ["decoded.SmartJobInfo.InputConfig.InputFile"]
    assert told(left, right, "ids")[0] == "job.title", "which is the input's, where there is none"


def test_a_time_that_has_not_come_is_a_time() -> None:
    left = smart({"SmartJobInfo": {"JobType": "ASR", "CreateTime": None}})
    right = smart({"SmartJobInfo": {"JobType": "ASR", "CreateTime": "2026-01-02T00:00:00Z"}})
    assert told(left, right) == ["job.created"], "and told once"
    assert told(left, right, "times") == []


def test_a_job_is_compared_and_not_the_others_of_its_answer() -> None:
    def vod(job_id: str, *others: str) -> Opened:
        room = by_name("vod-ai")
        jobs: list[Json] = [
            {"JobId": each, "Type": "AIVideoTag", "Status": "success", "Data": f'{{"T":"{each}"}}'}
            for each in (*others, job_id)
        ]
        body: dict[str, Json] = {"RequestId": "R", "AIJobList": {"AIJob": jobs}}
        return room.open(answered(room.lookup([job_id]), body), job_id)

    left, right = vod("j1"), vod("j2", "x", "y")
    top = compared(left, right)
    (data,) = [node for node in differences(top) if node.step == "T"]
    assert data.path("left") == "decoded.AIJobList.AIJob[0].Data.T"
    assert data.path("right") == "decoded.AIJobList.AIJob[2].Data.T"
    assert [node.step for node in differences(top)] == ["id", "T"]


def test_the_request_id_of_an_error_is_no_difference() -> None:
    job = recorded_job("batch", JOBS_OF["batch"][0])
    assert job.job.error is not None
    other = replace(job, job=replace(job.job, error=replace(job.job.error, request_id="R-2")))
    assert compared(job, other).count == 0


@pytest.mark.parametrize(
    ("step", "value", "is_one"),
    [
        ("CreateTime", "2024-06-13T08:47:07Z", True),
        ("ModifiedTime", "2024-06-13T08:57:07Z\n", True),
        ("anything", "2022-12-02 16:14:06", True),
        ("Expires", 1_700_000_000, True),
        ("Timestamp", 1_700_000_000_000, True),
        ("created", "1700000000", True),
        ("StartTime", 1630, False),
        ("StartTime", 8.04, False),
        ("start_time", "00:00:00", False),
        ("UserId", 1_700_000_000, False),
        ("Title", "2024 in review, a very long title", False),
        ("BeginTime", True, False),
    ],
)
def test_a_time_is_a_moment_and_not_a_place_in_the_media(step: str, value: Json, is_one: bool) -> None:
    assert is_time(step, value) == is_one


@pytest.mark.parametrize(
    ("step", "value", "is_one"),
    [
        ("JobId", "x", True),
        ("media_id", "x", True),
        ("id", 7, True),
        ("MediaIds", ["x"], True),
        ("RequestID", "x", True),
        (3, "9d04648d1eb803d5592b87ea9c7c1085", True),
        ("InputFile", "****20b48fb04483915d4f2cd8ac****", True),
        ("Any", "6A3C9E51-1111-2222-3333-1234567890AB", True),
        ("TemplateId", "9d04648d1eb803d5592b87ea9c7c1085", False),
        ("ChannelId", 0, False),
        ("Valid", "x", False),
        ("paid", "x", False),
        ("Width", "12345678901234567890123", True),
        ("text", "deadbeefdeadbeefdeadbeef", False),
        ("url", "http://x/9d04648d1eb803d5592b87ea9c7c1085.mp4", False),
    ],
)
def test_an_id_is_called_one_or_looks_like_one(step: str | int, value: Json, is_one: bool) -> None:
    assert is_id(step, value) == is_one


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        (".job.title", ("job", "title")),
        ("job", ("job",)),
        (".decoded.A[].from", ("decoded", "A", ANY, "from")),
        ('.decoded.Result[0]["MOS(0-5)"]', ("decoded", "Result", 0, "MOS(0-5)")),
        ('.["a b"].c', ("a b", "c")),
        (".[3]", (3,)),
    ],
)
def test_a_path_of_jq_is_a_rule(path: str, steps: tuple[object, ...]) -> None:
    assert rule(path) == steps


@pytest.mark.parametrize("path", ["", ".", "..a", ".a[", ".a | .b", "a b", ".a[-1]"])
def test_what_is_no_path_is_said(path: str) -> None:
    with pytest.raises(ValueError, match="no path"):
        rule(path)


def test_paths_as_jsonpath() -> None:
    assert json_path("a.b[0]") == "$.a.b[0]"
    assert json_path('["a b"]') == '$["a b"]'
