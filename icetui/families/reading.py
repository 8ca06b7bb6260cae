"""Reading the members of an answer that may be absent, null, empty or of another type."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from icetui.call import Answer, Json
from icetui.decode import at, join, parse_time
from icetui.errors import IcetuiError, NotFound, Unreadable
from icetui.job import Job, JobError, State

_NO_ERROR = frozenset({"", "0", "200", "ok", "success"})
_LONGEST_TITLE = 200

when = parse_time


def text(value: Json) -> str:
    """A string without white space around it; a number in decimal; anything else is "".

    IDs and times come with a trailing newline in places (api.md 2.8 #5, #27), and UserId and
    states have been numbers in one operation and strings in another.
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    # Python refuses to write integers of thousands of digits; no word is one.
    return str(value) if abs(value) < 1e300 else ""


def mapping(value: Json) -> dict[str, Json]:
    """The object itself, or an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def objects(value: Json) -> list[dict[str, Json]]:
    """The objects of an array, or one object that stands where an array should; else nothing."""
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def strings(value: Json) -> list[str]:
    """The texts of an array, place by place ("" where none stands), or of one text on its own."""
    if isinstance(value, list):
        return [text(each) for each in value]
    return [text(value)] if text(value) else []


def blank(value: Json) -> bool:
    """Whether a field says nothing: absent, null, or an empty text, object or array."""
    if isinstance(value, str):
        return value.strip() in ("", "{}", "[]", "null", '""')
    return value is None or value == {} or value == []


def key_of(value: Json, name: str) -> str | None:
    """The key under which an object has `name`, letter case ignored (api.md 2.2); None if it has not."""
    if not isinstance(value, dict):
        return None
    if name in value:
        return name
    return next((key for key in value if key.casefold() == name.casefold()), None)


def present(value: Json, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the paths at which the answer says something."""
    return tuple(path for path in paths if not blank(found(value, path)))


def found(value: Json, path: str) -> Json:
    """What stands at a path, or None."""
    try:
        return at(value, path)
    except KeyError:
        return None


def rows(answer: Answer, name: str) -> Iterator[dict[str, Json]]:
    """The objects of a listing's array that have a JobId.

    Absent, null and empty arrays are no rows (api.md 1.1).

    Raises:
        errors.Unreadable: something stands there that is no array of jobs; or nothing does, and the
            body of this 200 is a refusal (api.md 4.2). Neither is the same as no rows.
    """
    value = answer.body.get(name)
    if blank(value):
        if refused(answer):
            raise unreadable(answer, _said(answer))
        return iter(())
    jobs = [each for each in objects(value) if text(each.get("JobId"))]
    if not jobs:
        raise unreadable(answer, f"{name} is no list of jobs")
    return iter(jobs)


def token(answer: Answer) -> str:
    """The token of the next page, or "" where it is absent, null or empty."""
    return text(answer.body.get("NextToken"))


def total(answer: Answer) -> int | None:
    """How many jobs there are, where the service says so: a string, a number, or nothing (api.md 2.8 #21)."""
    try:
        count = int(text(answer.body.get("TotalCount")))
    except ValueError:
        return None
    return count if count >= 0 else None


def fault(code: Json, message: Json, answer: Answer) -> JobError | None:
    """What an answer reports about a job, or None.

    Empty and null are no error (api.md 2.8 #17, #26), nor is VOD's ``0`` with ``OK`` (#22).
    """
    word, words = text(code), text(message)
    if word.casefold() in _NO_ERROR:
        word = ""
    if not word and words.casefold() in _NO_ERROR:
        return None
    return JobError(word, words, answer.request_id)


def asked_for(answer: Answer, told: Json = None) -> str:
    """The one ID a lookup asked for; the ID the answer tells only where none was asked.

    The body may mask its ID with ``*`` (api.md 2.8 #16).
    """
    return (answer.call.get("JobId") or "").strip() or text(told)


def one_id(ids: Sequence[str]) -> str:
    """The ID of a lookup that takes one.

    Raises:
        ValueError: none or several were given.
    """
    (job_id,) = ids
    return job_id.strip()


def missing(family: str, job_id: str, region: str) -> Job:
    """The row of an ID that the service does not know, so that a typo is seen."""
    return Job(
        family,
        job_id,
        state=State.MISSING,
        region=region,
        note=f"unknown here, or in another region ({region} asked)",
        whole=True,
    )


def unreadable(answer: Answer, what: str) -> Unreadable:
    """An answer that is not what was documented, with the facts of its call."""
    return Unreadable(
        f"{answer.call.action} answered, but {what}",
        text=answer.text,
        code=text(answer.body.get("Code")),
        request_id=answer.request_id,
        status=answer.status,
        action=answer.call.action,
    )


def not_found(answer: Answer, job_id: str, code: str = "") -> NotFound:
    """The service's word that it does not know an ID."""
    return NotFound(
        f"job {job_id} is unknown here, or in another region ({answer.region} asked)",
        code=code,
        request_id=answer.request_id,
        status=answer.status,
        action=answer.call.action,
    )


def no_job(answer: Answer) -> IcetuiError:
    """Why an answer holds no job: it says it knows none, or it is not what was documented.

    A status of 200 can carry a body with a Code (api.md 4.2).
    """
    code, job_id = text(answer.body.get("Code")), asked_for(answer)
    if code.endswith("JobNotFound") and job_id:
        return not_found(answer, job_id, code)
    return unreadable(answer, _said(answer) if refused(answer) else "it holds no job")


def _said(answer: Answer) -> str:
    return f"it said {text(answer.body.get('Code'))}: {text(answer.body.get('Message'))}"


def refused(answer: Answer) -> bool:
    """Whether a body that came with status 200 says no: it has a Code (api.md 4.2)."""
    return text(answer.body.get("Code")).casefold() not in _NO_ERROR


def same(answer: Answer, job: Job, job_id: str) -> None:
    """Checks that an answer is about the job that somebody wants to open.

    Raises:
        errors.Unreadable: it is about another.
    """
    if job.id != job_id.strip():
        raise unreadable(answer, f"it is about {job.id}, not {job_id}")


def name_of(source: Json) -> str:
    """A short name for an input: the last part of a URL or path, else the first line of the text.

    InputFile may be a URL (with blanks in it, too), a media asset's ID, two alternatives in one string
    or the spoken prose itself (api.md 1.2; 2.8 #15, #19). A text that is cut ends in ``…``.
    """
    words = text(source)
    if re.match(r"[a-z]{2,8}://", words, re.IGNORECASE) and not re.search(r"\n| or ", words):
        last = re.split(r"[?#]", words, maxsplit=1)[0].rsplit("/", 1)[-1]
        return last or words
    line = words.split("\n", 1)[0].rstrip()
    return line if len(line) <= _LONGEST_TITLE else line[: _LONGEST_TITLE - 1] + "…"


def is_url(value: Json) -> bool:
    """Whether a text is an http(s) URL with a host; one slash too few is none (api.md 2.8 #6)."""
    return re.fullmatch(r"https?://[^\s/]\S*", text(value), re.IGNORECASE) is not None


def child(path: str, *keys: str | int) -> str:
    """The path of a member of a member of … what stands at `path`."""
    for key in keys:
        path = join(path, key)
    return path
