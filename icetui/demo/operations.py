"""The operations: what is asked, checked as documented, answered from the account (api.md 1)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from icetui.demo import MEDIA, USER_ID, assets
from icetui.demo.productions import Production, productions
from icetui.demo.reply import ICE, STS, VOD, Asked, Refused
from icetui.demo.stream import Record
from icetui.demo.world import World
from icetui.demo.written import Json
from icetui.records import record

Listed = TypeVar("Listed", Record, Production)

Place = tuple[str, str]
"""Where a page ended: creation time and ID of its last job."""


@record
class Desk:
    """Where an operation works: the account, or an empty one in a region where nothing runs."""

    world: World
    home: bool

    def window(self, family: str, asked: Asked) -> list[Record]:
        """What can be listed."""
        return self.world.window(family, asked.at) if self.home else []

    def find(self, family: str, job_id: str, asked: Asked) -> Record | None:
        """A job by ID."""
        return self.world.find(family, job_id, asked.at) if self.home else None


def list_smart_jobs(desk: Desk, asked: Asked) -> dict[str, Json]:
    """ICE ListSmartJobs: two paging styles, numbers as strings, TotalCount only in the page-number style."""
    order = asked.params.get("SortBy") or "CreationTime:Desc"
    if order not in ("CreationTime:Asc", "CreationTime:Desc"):
        raise invalid("SortBy")
    jobs = desk.window("smart", asked)
    if kind := asked.params.get("JobType"):
        jobs = [job for job in jobs if job.type == kind]
    if word := asked.params.get("JobState"):
        jobs = [job for job in jobs if job.word(asked.at) == word]
    if order.endswith(":Asc"):
        jobs.reverse()
    by_token = "NextToken" in asked.params or "MaxResults" in asked.params
    if by_token or not ("PageNo" in asked.params or "PageSize" in asked.params):
        size = number(asked, "MaxResults", 10, 1, 100)
        page, token = paged(jobs, size, asked.params.get("NextToken", ""), descending=order.endswith(":Desc"))
        total = None
    else:
        size = number(asked, "PageSize", 10, 1, 100)
        first = (number(asked, "PageNo", 1, 1, 100_000) - 1) * size
        page, token, total = jobs[first : first + size], "", len(jobs)
    if not jobs:
        # The list itself is absent, and so is the token (samples: synth_smart_list_empty).
        return {"MaxResults": str(size)} | ({} if total is None else {"TotalCount": "0"})
    out: dict[str, Json] = {
        "SmartJobList": [job.row(asked.at) for job in page],
        "NextToken": token,
        "MaxResults": str(size),
    }
    return out if total is None else {**out, "TotalCount": str(total)}


def get_smart_job(desk: Desk, asked: Asked) -> dict[str, Json] | bytes:
    """ICE GetSmartHandleJob."""
    return found(desk, "smart", asked).body(asked.at)


def list_batch_jobs(desk: Desk, asked: Asked) -> dict[str, Json]:
    """ICE ListBatchMediaProducingJobs: tokens only, MaxResults an int, no total, its own order words."""
    order = asked.params.get("SortBy") or "desc"
    if order not in ("asc", "desc"):
        raise invalid("SortBy")
    jobs = desk.window("batch", asked)
    if job_id := asked.params.get("JobId"):
        one = desk.find("batch", job_id, asked)
        jobs = [one] if one else []
    if kind := asked.params.get("JobType"):
        jobs = [job for job in jobs if job.type == kind]
    if word := asked.params.get("Status"):
        jobs = [job for job in jobs if job.word(asked.at) == word]
    if (since := moment(asked, "StartTime")) is not None:
        jobs = [job for job in jobs if job.created.replace(microsecond=0) >= since]
    if (until := moment(asked, "EndTime")) is not None:
        jobs = [job for job in jobs if job.created.replace(microsecond=0) <= until]
    if order == "asc":
        jobs.reverse()
    size = number(asked, "MaxResults", 10, 1, 100)
    page, token = paged(jobs, size, asked.params.get("NextToken", ""), descending=order == "desc")
    return {
        "EditingBatchJobList": [job.row(asked.at) for job in page],
        "NextToken": token,
        "MaxResults": size,
    }


def get_batch_job(desk: Desk, asked: Asked) -> dict[str, Json] | bytes:
    """ICE GetBatchMediaProducingJob."""
    return found(desk, "batch", asked).body(asked.at)


def query_production_job(desk: Desk, asked: Asked) -> dict[str, Json] | bytes:
    """ICE QueryIProductionJob."""
    return found(desk, "iproduction", asked).body(asked.at)


def list_ai_jobs(desk: Desk, asked: Asked) -> dict[str, Json] | bytes:
    """VOD ListAIJob: at most ten IDs; the order of the answer is nobody's business (api.md 1.6)."""
    ids = list(dict.fromkeys(filter(None, (each.strip() for each in needed(asked, "JobIds").split(",")))))
    if len(ids) > 10:
        raise invalid("JobIds", "at most 10 IDs can be specified")
    if desk.home and (whole := desk.world.whole(frozenset(ids))) is not None:
        return whole
    known = {each: job for each in ids if (job := desk.find("vod-ai", each, asked)) is not None}
    missing = [each for each in ids if each not in known]
    jobs = sorted(known.values(), key=lambda job: hashlib.sha256(job.id.encode()).digest())
    return {"AIJobList": {"AIJob": [job.row(asked.at) for job in jobs]}, "NonExistAIJobIds": unknown(missing)}


def unknown(ids: list[str]) -> dict[str, Json]:
    """IDs that do not exist, in one of the three shapes that the documentation has for them (api.md 1.6).

    Which one is decided by the IDs, so that the same question has the same answer.
    """
    inner = json.dumps(ids, ensure_ascii=False)
    shapes: tuple[Json, ...] = (ids, [inner], inner)
    if not ids:
        return {"String": []}
    return {"String": shapes[hashlib.sha256(",".join(sorted(ids)).encode()).digest()[0] % 3]}


def list_job_info(desk: Desk, asked: Asked) -> dict[str, Json]:
    """VOD ListJobInfo: the jobs that looked at a media asset."""
    media, kind = needed(asked, "MediaId"), needed(asked, "JobType")
    if kind not in ("transcode", "snapshot", "ai"):
        raise invalid("JobType")
    jobs = desk.world.of_media(media, asked.at) if desk.home else None
    if jobs is None:
        raise Refused(404, "InvalidVideo.NotFound", "The video does not exist.")
    listed = []
    for job in jobs if kind == "ai" else ():
        told = job.row(asked.at)
        entry = {
            "JobId": job.id,
            "Status": told["Status"],
            "CreateTime": told["CreationTime"],
            "UserId": USER_ID,
        }
        listed.append(entry | ({"CompleteTime": told["CompleteTime"]} if "CompleteTime" in told else {}))
    return {"MediaId": media, "JobType": kind, "JobInfoList": listed}


def get_job_detail(desk: Desk, asked: Asked) -> dict[str, Json] | bytes:
    """VOD GetJobDetail, of AI jobs: the account has no others."""
    kind = needed(asked, "JobType")
    if kind not in ("transcode", "snapshot", "ai", "workflow"):
        raise invalid("JobType")
    needed(asked, "JobId")
    if kind != "ai":
        raise not_found(asked.params["JobId"])
    detail = found(desk, "vod-ai", asked).body(asked.at)
    assert isinstance(detail, dict)  # no sample of this operation is printed anywhere
    return {"JobType": "ai", **detail}


def list_productions(desk: Desk, asked: Asked) -> dict[str, Json]:
    """ICE ListMediaProducingJobs: subjobs, of one batch or of all; MaxResults is a string again."""
    order = asked.params.get("SortBy") or "CreationTime:Desc"
    if order not in ("CreationTime:Asc", "CreationTime:Desc"):
        raise invalid("SortBy")
    since, until = moment(asked, "StartTime"), moment(asked, "EndTime")
    if since is not None and until is not None and until - since > timedelta(days=30):
        raise invalid("EndTime", "at most 30 days after StartTime")
    size = number(asked, "MaxResults", 10, 1, 100)
    found = list(productions(desk.world, asked.at, asked.params.get("MasterJobId", ""))) if desk.home else []
    if word := asked.params.get("Status"):
        found = [each for each in found if each.word == word]
    if project := asked.params.get("ProjectId"):
        found = [each for each in found if each.told.get("ProjectId") == project]
    found = [each for each in found if (since or each.created) <= each.created <= (until or each.created)]
    found.sort(key=_place, reverse=order.endswith(":Desc"))
    page, token = paged(found, size, asked.params.get("NextToken", ""), descending=order.endswith(":Desc"))
    rows = [each.row(asked.at) for each in page]
    return {"MediaProducingJobList": rows, "NextToken": token, "MaxResults": str(size)}


def get_production(desk: Desk, asked: Asked) -> dict[str, Json]:
    """ICE GetMediaProducingJob."""
    job_id = needed(asked, "JobId")
    for each in productions(desk.world, asked.at) if desk.home else ():
        if each.id == job_id:
            return {"MediaProducingJob": each.body(asked.at)}
    raise not_found(job_id)


def get_media_info(desk: Desk, asked: Asked) -> dict[str, Json]:
    """ICE GetMediaInfo, by ID or by address."""
    source = asked.params.get("MediaId", "").strip() or asked.params.get("InputURL", "").strip()
    if not source:
        raise invalid("MediaId", "MediaId or InputURL is needed")
    if not (desk.home and assets.known(desk.world, ("batch", "smart", "iproduction"), source, asked.at)):
        raise Refused(404, "InvalidParameter.MediaNotFound", "The specified media is not found.")
    seconds = number(asked, "AuthTimeout", assets.LASTS, 1, 2_592_000)
    return {"MediaInfo": assets.media_info(source, asked.at, seconds)}


def get_play_info(desk: Desk, asked: Asked) -> dict[str, Json]:
    """VOD GetPlayInfo, of assets that VOD keeps."""
    video = needed(asked, "VideoId")
    if not (desk.home and (video in MEDIA or assets.known(desk.world, ("vod-ai",), video, asked.at))):
        raise Refused(404, "InvalidVideo.NotFound", "The video does not exist.")
    seconds = number(asked, "AuthTimeout", assets.LASTS, 1, 2_592_000)
    base, streams = assets.play_info(video, asked.at, seconds)
    return {"VideoBase": base, "PlayInfoList": {"PlayInfo": streams}}


def caller_identity(_desk: Desk, _asked: Asked) -> dict[str, Json]:
    """STS GetCallerIdentity: who asks. Not a job operation, but what a sign-in is checked with."""
    account, user = str(USER_ID), "204718369025718364"
    return {
        "AccountId": account,
        "UserId": user,
        "PrincipalId": user,
        "IdentityType": "RAMUser",
        "Arn": f"acs:ram::{account}:user/demo",
    }


OPERATIONS: dict[str, dict[str, Callable[[Desk, Asked], dict[str, Json] | bytes]]] = {
    ICE: {
        "ListSmartJobs": list_smart_jobs,
        "GetSmartHandleJob": get_smart_job,
        "ListBatchMediaProducingJobs": list_batch_jobs,
        "GetBatchMediaProducingJob": get_batch_job,
        "QueryIProductionJob": query_production_job,
        "ListMediaProducingJobs": list_productions,
        "GetMediaProducingJob": get_production,
        "GetMediaInfo": get_media_info,
    },
    VOD: {
        "ListAIJob": list_ai_jobs,
        "ListJobInfo": list_job_info,
        "GetJobDetail": get_job_detail,
        "GetPlayInfo": get_play_info,
    },
    STS: {"GetCallerIdentity": caller_identity},
}
"""By version and name."""


def invalid(name: str, why: str = "") -> Refused:
    """A parameter that cannot be."""
    return Refused(
        400, "InvalidParameter", f"The specified parameter {name} is not valid{why and ': ' + why}."
    )


def needed(asked: Asked, name: str) -> str:
    """A parameter that must be there."""
    if not (value := asked.params.get(name, "").strip()):
        raise Refused(
            400,
            "MissingParameter",
            f"The input parameter {name} that is mandatory for this action is missing.",
        )
    return value


def not_found(job_id: str) -> Refused:
    """Not here, or in another region. The status is not documented (api.md 9): each ID has its own."""
    status = 404 if hashlib.sha256(job_id.encode()).digest()[0] % 2 else 400
    return Refused(status, "InvalidParameter.JobNotFound", "The specified job is not found.")


def found(desk: Desk, family: str, asked: Asked) -> Record:
    """The job that JobId names."""
    job_id = needed(asked, "JobId")
    if (record := desk.find(family, job_id, asked)) is None:
        raise not_found(job_id)
    return record


def number(asked: Asked, name: str, default: int, low: int, high: int) -> int:
    """A whole number between two others."""
    sent = asked.params.get(name, "")
    if not sent:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", sent) or not low <= int(sent) <= high:
        raise invalid(name, f"{low} to {high}")
    return int(sent)


def moment(asked: Asked, name: str) -> datetime | None:
    """A time in the one form that is documented, or None if it was not sent."""
    if not (sent := asked.params.get(name, "")):
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", sent):
            return datetime.fromisoformat(sent)
    except ValueError:
        pass
    raise invalid(name, "yyyy-MM-ddTHH:mm:ssZ")


def paged(jobs: Sequence[Listed], size: int, token: str, *, descending: bool) -> tuple[list[Listed], str]:
    """A page and the token of the next, "" at the end.

    The token says which job was last, not how many went before: jobs that come meanwhile move nothing.
    """
    if token:
        last = _opened(token)
        jobs = [job for job in jobs if (_place(job) < last if descending else _place(job) > last)]
    page = list(jobs[:size])
    return page, _token(_place(page[-1])) if len(jobs) > size else ""


def _place(job: Record | Production) -> Place:
    return f"{job.created.timestamp():017.6f}", job.id


def _token(place: Place) -> str:
    plain = "|".join(place).encode()
    check = hashlib.sha256(b"page" + plain).digest()[:4]
    return base64.b64encode(_veiled(check, plain)).decode()


def _opened(token: str) -> Place:
    try:
        sealed = base64.b64decode(token, validate=True)
        check, plain = sealed[:4], _veiled(sealed[:4], sealed[4:])[4:]
        created, _, job_id = plain.decode().partition("|")
    except ValueError:
        raise invalid("NextToken") from None
    if hashlib.sha256(b"page" + plain).digest()[:4] != check:
        raise invalid("NextToken")
    return created, job_id


def _veiled(check: bytes, text: bytes) -> bytes:
    """So that nobody reads meaning into a token: it is opaque, and full of ``+ / =`` (api.md 1.3)."""
    stream = hashlib.shake_256(check).digest(len(text))
    return check + bytes(a ^ b for a, b in zip(text, stream, strict=True))
