"""Subjobs opened one after the other, as jobs of a list are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from icetui.families.reading import name_of
from icetui.job import Job, Media, Subjob


class Walked(Protocol):
    """What an opened job walks: the list, or the subjobs of a batch."""

    @property
    def position(self) -> tuple[int, int]:
        """(which from 1, of how many)."""

    @property
    def shown(self) -> Sequence[Job]:
        """All of them."""

    def step(self, by: int) -> Job | None:
        """Goes to another and says which; the same at an end."""


class SubjobWalk:
    """The subjobs of a batch job.

    Args:
        batch: the job.
        subjob_id: where it begins.
        went: is told the ID of each one it comes to.
    """

    def __init__(self, batch: Job, subjob_id: str, went: Callable[[str], None]) -> None:
        self.shown: Sequence[Job] = [as_job(each, batch) for each in batch.subjobs]
        self._at = next((n for n, each in enumerate(self.shown) if each.id == subjob_id), 0)
        self._went = went

    @property
    def position(self) -> tuple[int, int]:
        """(which subjob from 1, of how many)."""
        return self._at + 1, len(self.shown)

    def step(self, by: int) -> Job | None:
        """Goes to another subjob."""
        if not self.shown:
            return None
        self._at = max(0, min(self._at + by, len(self.shown) - 1))
        self._went(self.shown[self._at].id)
        return self.shown[self._at]


def as_job(subjob: Subjob, batch: Job) -> Job:
    """What its batch tells of a subjob, as a job."""
    made = bool(subjob.url or subjob.media_id)
    return Job(
        family="subjob",
        id=subjob.id,
        type="subjob",
        state=subjob.state,
        state_word=subjob.state_word,
        title=name_of(subjob.url) or subjob.project_id,
        region=batch.region,
        error=subjob.error,
        media=(Media("MediaURL" if subjob.url else "MediaId", subjob.url, subjob.media_id),) if made else (),
    )
