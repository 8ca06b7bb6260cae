"""An account of as many smart jobs as somebody wants, told page by page: for tests and benchmarks.

Each row is a function of its number, so that a hundred thousand cost nothing until they are asked for.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from icetui.demo.reply import Asked, Refused
from icetui.demo.written import Json, stamp

MOST: Final = 1_000_000
EVERY: Final = timedelta(minutes=5)
"""Between two jobs: 100,000 of them reach back for most of a year."""

_TYPES = ("ASR", "TextToSpeech", "TextGenerate", "VideoTranslation", "DynamicChart")
_WORDS = ("Finished",) * 12 + ("Failed",)
_TITLES = ("Harbour Lights S02E{}", "《城市声音》第{}期", "Markets tonight, item {}", "本周最佳扑救 {}")


def listed(count: int, asked: Asked) -> dict[str, Json]:
    """What ListSmartJobs tells of so many jobs, by token."""
    size = int(asked.params.get("MaxResults") or 10)
    token = asked.params.get("NextToken") or "crowd-0"
    if not re.fullmatch(r"crowd-[0-9]{1,9}", token) or not 1 <= size <= 100:
        raise Refused(400, "InvalidParameter", "The token is not one of ours.")
    start = int(token.removeprefix("crowd-"))
    numbers: range = range(count)
    if asked.params.get("SortBy", "").endswith(":Asc"):
        numbers = numbers[::-1]
    fitting = [n for n in numbers[start:] if _fits(n, asked)] if _is_narrow(asked) else numbers[start:]
    page = fitting[:size]
    end = numbers.index(page[-1]) + 1 if page else count
    return {
        "SmartJobList": [_row(n, asked.at) for n in page],
        "NextToken": f"crowd-{end}" if end < count else "",
        "MaxResults": str(size),
    }


def found(count: int, asked: Asked) -> dict[str, Json] | None:
    """What GetSmartHandleJob tells of one of them; None if it is no such job."""
    job_id = asked.params.get("JobId", "")
    number = int(job_id, 16) if re.fullmatch("0{20}[0-9a-f]{12}", job_id) else count
    if number >= count:
        return None
    row = _row(number, asked.at)
    told = {key: row[key] for key in ("Title", "JobType", "CreateTime", "ModifiedTime")}
    return {"JobId": job_id, "State": row["JobState"], "SmartJobInfo": told}


def _is_narrow(asked: Asked) -> bool:
    return bool(asked.params.get("JobType") or asked.params.get("JobState"))


def _fits(number: int, asked: Asked) -> bool:
    kind, word = asked.params.get("JobType"), asked.params.get("JobState")
    return (not kind or _type(number) == kind) and (not word or _word(number) == word)


def _type(number: int) -> str:
    return _TYPES[number % len(_TYPES)]


def _word(number: int) -> str:
    return _WORDS[number % len(_WORDS)]


def _row(number: int, at: datetime) -> dict[str, Json]:
    # Fixed for a day: a running clock moves no row.
    created = at.replace(hour=0, minute=0, second=0, microsecond=0) - EVERY * number
    return {
        "JobId": f"{number:032x}",
        "Title": _TITLES[number % len(_TITLES)].format(number),
        "Description": "",
        "UserId": 1084460000000000,
        "JobType": _type(number),
        "EditingConfig": '{"SentenceMaxLength":16}',
        "UserData": f'{{"desk":"news","ticket":"VOD-{number}"}}',
        "JobState": _word(number),
        "CreateTime": stamp(created),
        "ModifiedTime": stamp(created + timedelta(seconds=20 + number % 600)),
        "InputConfig": {"InputFile": f"oss://harbour-media/in/{number}.mp4", "Keyword": ""},
        "OutputConfig": {"Bucket": "harbour-media", "Object": f"out/{number}.json"},
    }
