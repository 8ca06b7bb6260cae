"""A job as a value of JSON, with the members of contracts.md, "JSON"."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from icetui.call import Json
from icetui.job import Job, JobError, Subjob


def stamp(when: datetime | None) -> str | None:
    """``YYYY-MM-DDTHH:MM:SSZ``, or None where the time is unknown."""
    return None if when is None else f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def seconds(value: float | None) -> float | int | None:
    """A duration as JSON: whole seconds without a fraction; None for what is no length of time."""
    if value is None or not math.isfinite(value) or value < 0:
        return None
    return int(value) if value == int(value) else value


def error_json(error: JobError | None) -> Json:
    """``{code, message, request_id}``, or None."""
    if error is None:
        return None
    return {"code": error.code, "message": error.message, "request_id": error.request_id}


def job_json(job: Job) -> dict[str, Json]:
    """One job with the members of contracts.md, in their order."""
    return {
        "family": job.family,
        "id": job.id,
        "type": job.type,
        "state": job.state.value,
        "state_word": job.state_word,
        "title": job.title,
        "created": stamp(job.created),
        "modified": stamp(job.modified),
        "finished": stamp(job.finished),
        "duration_s": seconds(job.duration),
        "region": job.region,
        "error": error_json(job.error),
    }


def subjob_json(subjob: Subjob) -> dict[str, Json]:
    """One subjob with the members of contracts.md, in their order."""
    return {
        "id": subjob.id,
        "state": subjob.state.value,
        "state_word": subjob.state_word,
        "url": subjob.url,
        "media_id": subjob.media_id,
        "project_id": subjob.project_id,
        "duration_s": seconds(subjob.duration),
        "error": error_json(subjob.error),
    }
