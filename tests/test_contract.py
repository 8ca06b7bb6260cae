"""What is printed as JSON is what the schema says: every recorded answer, the whole demo."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from icetui import cli, subtitles
from icetui.call import Json
from icetui.commands.output import json_text
from icetui.commands.schema import schema
from icetui.commands.show import shown
from icetui.families import FAMILIES, by_name
from icetui.results import Cue, Transcript
from tests.recorded import ANSWERS, body_of, recorded

CLOCK = "2026-11-20T10:00:00Z"
DEMO = ("--demo", "--clock", CLOCK)
SCHEMA = json.loads(schema())


def check(value: Json, what: str) -> None:
    """Holds a value against one definition of the schema.

    Raises:
        jsonschema.ValidationError: it is another shape.
    """
    jsonschema.Draft202012Validator(SCHEMA | {"anyOf": [{"$ref": f"#/$defs/{what}"}]}).validate(value)


def recorded_jobs() -> Iterator[tuple[str, str]]:
    """(family, file) of each recorded answer that tells one job."""
    for path in sorted(ANSWERS.glob("*.json")):
        body = json.loads(path.read_text("utf-8"))
        if not isinstance(body, dict):
            continue
        if "EditingBatchJob" in body:
            yield "batch", path.name
        elif "SmartJobInfo" in body:
            yield "smart", path.name
        elif "FunctionName" in body:
            yield "iproduction", path.name
        elif "AIJobList" in body:
            yield "vod-ai", path.name


def first_id(family: str, body: dict[str, Json]) -> str:
    """The ID of the first job an answer tells."""
    if family == "batch":
        return str(body["EditingBatchJob"]["JobId"])
    if family == "vod-ai":
        return str(body["AIJobList"]["AIJob"][0]["JobId"])
    return str(body["JobId"])


def test_the_schema_is_one_and_has_a_version() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert isinstance(SCHEMA["version"], int)
    assert SCHEMA["$id"].endswith(f":{SCHEMA['version']}")


def test_the_schema_refuses_another_shape() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check([{"id": "x"}], "jobs")


def test_a_transcript_with_times_that_cannot_be_read_is_as_the_schema_says() -> None:
    cues = (Cue(None, 1.0, "a", extra=(("start", "soon"),)), Cue(2.0, float("inf"), "", 1, 95))
    check(json.loads(subtitles.json_text(Transcript(cues))), "transcript")


@pytest.mark.parametrize(("family", "name"), recorded_jobs())
def test_every_recorded_job_is_shown_as_the_schema_says(family: str, name: str) -> None:
    room = by_name(family)
    job_id = first_id(family, body_of(name))
    answer = recorded(room.lookup([job_id]), name)
    printed = json.loads(json_text(shown(room.open(answer, job_id))))
    check(printed, "shown")
    assert list(printed) == ["job", "subjobs", "results", "decoded", "repaired", "broken", "raw"]
    assert printed["raw"] == body_of(name)
    assert set(printed["repaired"]) <= {each["path"] for each in printed["broken"]}


def printed_by(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """What a command of the demo prints."""
    code = cli.main([*DEMO, *argv])
    told = capsys.readouterr()
    assert code == 0, told.err
    return told.out


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
def test_every_list_of_the_demo_and_every_job_in_it_is_as_the_schema_says(
    family: str, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = json.loads(printed_by(capsys, "list", family, "--all", "--output", "json"))
    check(jobs, "jobs")
    lines = printed_by(capsys, "list", family, "--all", "--output", "ndjson").splitlines()
    again = [json.loads(line) for line in lines]
    for job in (*again, *jobs):
        job["error"] = job["error"] and job["error"] | {"request_id": "of another call"}
    assert again == jobs
    assert len({job["id"] for job in jobs}) == len(jobs) > 40
    for job in jobs:
        if job["state"] == "missing":
            continue
        one = json.loads(printed_by(capsys, "show", job["id"], "--family", family, "--output", "json"))
        check(one, "shown")
        assert one["job"]["id"] == job["id"]
        assert one["job"]["state"] == job["state"]


def test_the_schema_is_printed_as_it_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    shipped = Path(cli.__file__).parent / "commands" / "schema.json"
    assert capsys.readouterr().out == shipped.read_text("utf-8")


def test_every_state_and_kind_of_the_program_is_in_the_schema() -> None:
    from typing import get_args

    from icetui.job import State
    from icetui.results import Kind

    assert set(SCHEMA["$defs"]["state"]["enum"]) == {state.value for state in State}
    kinds = {branch["$ref"].rpartition("/")[2] for branch in SCHEMA["$defs"]["result"]["oneOf"]}
    assert kinds == {kind.kind for kind in get_args(Kind)}
    assert set(SCHEMA["$defs"]["family"]["enum"]) == {family.name for family in FAMILIES}
