"""What is copied of an opened job: always the true text, never what is drawn of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from icetui.assets import Found
from icetui.families.base import Opened
from icetui.job import Job
from icetui.media_urls import MediaUrl, media_url, player_line
from icetui.panes.json_lines import JsonLines
from icetui.subtitles import txt
from icetui.timecodes import timecode
from icetui.transcripts import timed_texts


def copied(opened: Opened, what: str) -> tuple[str, str]:
    """(text, what to call it); ("", why not) where there is none.

    Args:
        opened: the job.
        what: ``id``, ``url``, ``json``, ``raw``, ``transcript``, ``player`` or ``error``.
    """
    job = opened.job
    if what == "id":
        return job.id, "the job ID"
    if what == "raw":
        return opened.answer.text, "the raw answer"
    if what == "json":
        return JsonLines(opened.decoded.value).text(), "the decoded JSON"
    if what == "error":
        return error_text(job), "the error" if job.error else "no error is reported for this job"
    if what == "url":
        urls = [each.url for each in job.subjobs] + [each.url for each in job.media]
        urls = [url for url in urls if url]
        return (urls[0], named(urls[0], len(urls))) if urls else ("", "this job has no media URL")
    if what == "player":
        return played(opened, 0.0)
    told = timed_texts(opened.results)
    return (txt(told[0].transcript), "the transcript") if told else ("", "this job has no transcript")


def player_source(opened: Opened, found: Mapping[str, Found]) -> tuple[str, str]:
    """(a link to the media that the times are of, ""), or ("", why there is none).

    Args:
        opened: the job.
        found: where media assets open, as far as they were asked for.
    """
    timed = opened.timed
    if timed is None:
        return "", "this job does not say what media its times are of"
    for source in (timed.media_id, timed.url):
        told = found.get(source)
        if told is not None and told.media:
            return told.media[0].url, ""
    if timed.url and media_url(timed.url).opens:
        return timed.url, ""
    what = f"media asset {timed.media_id}" if timed.media_id else f"{timed.label} is no link"
    return "", f"{what}: o m asks for a URL first"


def played(
    opened: Opened, start: float, found: Mapping[str, Found] = MappingProxyType({})
) -> tuple[str, str]:
    """(a command line that plays the job's media from a time on, what to call it), or ("", why not)."""
    url, why = player_source(opened, found)
    if not url:
        return "", why
    return player_line(url, start), f"mpv from {timecode(start)}"


def named(url: str, of: int = 1) -> str:
    """What to call a copied URL: its end tells one from the other."""
    tail = url.split("?", 1)[0].rsplit("/", 1)[-1]
    return f"media URL …/{tail}" + (f" (the first of {of})" if of > 1 else "")


def error_text(job: Job) -> str:
    """Code, message and RequestId of a job's error as text for a ticket; "" where there is none."""
    if job.error is None:
        return ""
    parts = [
        job.error.code,
        job.error.message,
        f"RequestId {job.error.request_id}" if job.error.request_id else "",
    ]
    return "\n".join([f"{job.family} {job.type} {job.id}", *(part for part in parts if part)])


_URL = re.compile(r"https?://[^\s\"'<>\\]+")
_LOOKED_AT = 1_000_000


def signed(text: str, now: datetime) -> str:
    """What is to be said of a text that opens files for whoever has it, or ""; its first megabyte counts."""
    found = [
        url
        for url in (media_url(each[0]) for each in _URL.finditer(text[:_LOOKED_AT]))
        if url.signed and not url.expired(now)
    ]
    if not found:
        one = media_url(text) if text.startswith("http") and len(text) < 10_000 else None
        return _named(one, now) if one is not None and one.signed else ""
    return _named(found[0], now) if found[0].text == text else "with signed URLs in it"


def _named(url: MediaUrl, now: datetime) -> str:
    said = url.said(now)
    return said if said.startswith("signed") else f"signed, {said}"
