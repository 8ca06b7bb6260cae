"""The account: which jobs there are at a moment, and where to find one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from icetui.demo import MEDIA, batch_jobs, iproduction_jobs, smart_jobs, vod_jobs
from icetui.demo.samples import samples, wholes
from icetui.demo.stream import YEAR, Record, Stream

FAMILIES: dict[str, tuple[tuple[Stream, Callable[[Stream, int], Record]], ...]] = {
    "smart": ((smart_jobs.LIVE, smart_jobs.make), (smart_jobs.ARCHIVE, smart_jobs.make)),
    "batch": ((batch_jobs.LIVE, batch_jobs.make), (batch_jobs.ARCHIVE, batch_jobs.make)),
    "iproduction": (
        (iproduction_jobs.LIVE, iproduction_jobs.make),
        (iproduction_jobs.ARCHIVE, iproduction_jobs.make),
    ),
    "vod-ai": ((vod_jobs.LIVE, vod_jobs.make), (vod_jobs.ARCHIVE, vod_jobs.make)),
}


class World:
    """All jobs as a function of the moment: no state, so every process sees the same account."""

    def window(self, family: str, at: datetime) -> list[Record]:
        """What the account lists, newest first: what ran lately, some of the days before, the samples."""
        listed: list[Record] = [
            make(stream, number) for stream, make in FAMILIES[family] for number in stream.window(at)
        ]
        listed += [cast("Record", sample) for sample in samples(family) if sample.created <= at]
        return sorted(listed, key=lambda record: (record.created, record.id), reverse=True)

    def find(self, family: str, job_id: str, at: datetime) -> Record | None:
        """A job by its ID, listed or not, if it exists by now and is at most a year old."""
        for sample in samples(family):
            if sample.id == job_id:
                return sample
        for stream, make in FAMILIES[family]:
            number = stream.number(job_id)
            if number is not None and at - YEAR <= stream.created(number) <= at:
                return make(stream, number)
        return None

    def of_media(self, media: str, at: datetime) -> list[Record] | None:
        """VOD AI jobs that looked at a media asset, newest first; None if there is no such asset."""
        found = [record for record in self.window("vod-ai", at) if record.media == media]
        return found if found or media in MEDIA else None

    def whole(self, job_ids: frozenset[str]) -> bytes | None:
        """The documentation's ListAIJob answer to exactly this question, if it prints one."""
        for each in wholes():
            if each.job in job_ids <= each.mentions:
                return each.text
        return None
