"""The documentation's own sample answers as jobs of the account, unchanged, with the old dates they have.

They are what a client must cope with because the vendor prints it: broken JSON in strings, masked IDs, an end
before the beginning (api.md 2.7, 2.8). The files are in ``answers/``: ``seedNNN_*`` from today's pages,
``vod20NN_*`` from older ones.
"""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from importlib.resources import files

from icetui.demo import SEED_RESULTS, SEED_SPEECH, UNTRUSTED
from icetui.demo.written import Json, stamp
from icetui.records import record

ODD_DATE = datetime(2020, 6, 1, tzinfo=UTC)
"""For a sample whose own date is none."""


@record
class Sample:
    """A job that never changes."""

    id: str
    type: str
    created: datetime
    state: str
    told: dict[str, Json]
    answer: dict[str, Json] | bytes
    media: str = ""

    def word(self, at: datetime) -> str:
        """Its state word."""
        return self.state

    def row(self, at: datetime) -> dict[str, Json]:
        """What a listing tells."""
        return self.told

    def body(self, at: datetime) -> dict[str, Json] | bytes:
        """What a lookup tells."""
        return self.answer


@record
class Whole:
    """A ListAIJob sample: sent as it is to whoever asks for its job and nothing it does not mention."""

    job: str
    mentions: frozenset[str]
    text: bytes


def text(name: str) -> bytes:
    """A file of ``answers/`` as it is."""
    return files("icetui.demo").joinpath("answers", name).read_bytes()


def _when(value: object) -> datetime:
    try:
        return datetime.fromisoformat(str(value).strip())
    except ValueError:
        return ODD_DATE


def _smart(name: str, job_id: str = "", row: dict[str, Json] | None = None) -> Sample:
    whole = text(name)
    answer = json.loads(whole)
    info = answer["SmartJobInfo"]
    listed = row or {
        "JobId": answer["JobId"],
        "Title": info.get("Title", ""),
        "Description": info.get("Description", ""),
        "UserId": 0,
        "JobType": info["JobType"],
        "EditingConfig": info.get("EditingConfig", ""),
        "UserData": answer.get("UserData", ""),
        "JobState": answer["State"],
        "CreateTime": info["CreateTime"],
        "ModifiedTime": info["ModifiedTime"],
        "InputConfig": {"InputFile": info.get("InputConfig", {}).get("InputFile", ""), "Keyword": ""},
        "OutputConfig": info.get("OutputConfig", {"Bucket": "", "Object": ""}),
    }
    listed["JobId"] = job_id or answer["JobId"]
    return Sample(listed["JobId"], info["JobType"], _when(info["CreateTime"]), answer["State"], listed, whole)


def _batch(name: str) -> Sample:
    whole = text(name)
    job = json.loads(whole)["EditingBatchJob"]
    row = {
        key: value for key, value in job.items() if key not in ("SubJobList", "ExtendInput", "ExtendOutput")
    }
    return Sample(job["JobId"], job["JobType"], _when(job["CreateTime"]), job["Status"], row, whole)


def _production(name: str) -> Sample:
    whole = text(name)
    job = json.loads(whole)
    return Sample(job["JobId"], job["FunctionName"], _when(job["CreateTime"]), job["Status"], job, whole)


def _result(function: str, number: int) -> Sample:
    """A job around a Result value that the documentation prints by itself."""
    created = datetime(2022, 12, 2, 16, 10 + number, tzinfo=UTC)
    media = {"VideoClip": "mp4", "AudioQualityAssessment": "wav", "MusicSegmentDetect": "mp3"}.get(
        function, "mp4"
    )
    job: dict[str, Json] = {
        "JobId": SEED_RESULTS[function],
        "Name": f"{function} (documentation)",
        "FunctionName": function,
        "Input": {
            "Type": "OSS",
            "Media": f"oss://demo-bucket.oss-cn-shanghai.aliyuncs.com/documentation/example.{media}",
        },
        "Output": {
            "Type": "OSS",
            "Media": "oss://demo-bucket.oss-cn-shanghai.aliyuncs.com/documentation/out",
        },
        "TemplateId": "",
        "JobParams": '{"Model":""}' if function == "Cover" else "",
        "ScheduleConfig": {"PipelineId": "a54fdc9c9aab413caef0d1150f565e86", "Priority": 6},
        "UserData": "",
        "Result": text(f"seed001_result_{function}.json").decode().removesuffix("\n"),
        "CreateTime": stamp(created),
        "FinishTime": stamp(created.replace(second=40)),
        "Status": "Success",
    }
    return Sample(job["JobId"], function, created, "Success", job, job)


def _tagging(job: dict[str, Json], kind: str = "") -> Sample:
    """One AIJob of a VOD sample. Events name the type and the time otherwise."""
    when = job.get("EventTime")
    row = {key: value for key, value in job.items() if key not in ("EventTime", "EventType")}
    if when is not None:
        row |= {"Type": kind, "CreationTime": when, "CompleteTime": when}
    detail = {
        "JobId": row["JobId"],
        "JobType": row["Type"],
        "MediaId": row["MediaId"],
        "Status": row["Status"],
        "CreateTime": row["CreationTime"],
        "TemplateConfig": "{}",
        "Trigger": "Manual",
        "UserId": 0,
    }
    created = _when(row["CreationTime"])
    return Sample(
        row["JobId"], row["Type"], created, row["Status"], row, {"AIJobDetail": detail}, row["MediaId"]
    )


@functools.cache
def samples(family: str) -> tuple[Sample, ...]:
    """The samples of a family, in no order."""
    match family:
        case "smart":
            [listed] = json.loads(text("seed002_list_smart_jobs.json"))["SmartJobList"]
            return (
                _smart("seed000_a_asr.json"),
                _smart("seed000_b_texttospeech.json", SEED_SPEECH),
                _smart("seed000_c_textgenerate.json"),
                _smart("seed000_d_generic.json", row=listed),
                _smart("untrusted_text.json", UNTRUSTED),
            )
        case "batch":
            return (_batch("seed003_get_batch_media_producing_job.json"),)
        case "iproduction":
            results = (_result(function, number) for number, function in enumerate(SEED_RESULTS))
            return (_production("seed001_query_iproduction_job.json"), *results)
        case _:
            listed_jobs = [
                job
                for name in (
                    "seed004_list_ai_job.json",
                    "vod2021_list_ai_job_cn.json",
                    "vod2019_list_ai_job_cn_placeholder.json",
                    "vod2021_submit_ai_job.json",
                )
                for job in json.loads(text(name))["AIJobList"]["AIJob"]
            ]
            events = [
                _tagging(json.loads(text(f"vod2021_event_{kind}Complete.json")), kind)
                for kind in ("AIVideoTag", "AIMediaDNA")
            ]
            return (*(_tagging(job) for job in listed_jobs), *events)


@functools.cache
def wholes() -> tuple[Whole, ...]:
    """The ListAIJob samples, whole."""
    out = []
    for name in (
        "seed004_list_ai_job.json",
        "vod2021_list_ai_job_cn.json",
        "vod2019_list_ai_job_cn_placeholder.json",
    ):
        answer = json.loads(text(name))
        [job] = answer["AIJobList"]["AIJob"]
        missing = answer["NonExistAIJobIds"]["String"]
        if missing and isinstance(missing, list):
            [missing] = missing
        named = json.loads(missing) if missing else []
        out.append(Whole(job["JobId"], frozenset([job["JobId"], *named]), text(name)))
    return tuple(out)
