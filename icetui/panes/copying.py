"""What is copied of an opened job: always the true text, never what is drawn of it."""

from __future__ import annotations

import re
from datetime import datetime

from icetui.families.base import Opened
from icetui.job import Job
from icetui.media_urls import MediaUrl, media_url
from icetui.panes.json_lines import JsonLines
from icetui.subtitles import txt
from icetui.transcripts import timed_texts


def copied(opened: Opened, what: str) -> tuple[str, str]:
    """(text, what to call it); ("", why not) where there is none.

    Args:
        opened: the job.
        what: ``id``, ``url``, ``json``, ``raw``, ``transcript`` or ``error``.
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
    told = timed_texts(opened.results)
    return (txt(told[0].transcript), "the transcript") if told else ("", "this job has no transcript")


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
