"""Subjobs: the parts of a job, listed with their reasons and opened like any job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from icetui.assets import Found, find
from icetui.errors import IcetuiError
from icetui.families.base import Opened, PartFamily
from icetui.job import Job, State, Subjob
from icetui.lookups import Lookups, Sender
from icetui.openings import Heard, Openings
from icetui.pulse import Rhythm

_PAGES: Final = 20
"""Pages of a listing at most: two thousand subjobs of one batch."""

_MEMORY: Final = 8 * 1024 * 1024


class Parts:
    """The parts of one family's jobs. Screens open them as they open jobs (`openings.Opener`).

    Args:
        family: of the parts.
        sender: asks.
        region: where.
        pause_after: seconds to wait after so many failures, the last one this.
        rhythm_of: how often a part is asked for; see `openings.Opener` for both.
    """

    def __init__(
        self,
        family: PartFamily,
        sender: Sender,
        region: str,
        pause_after: Callable[[int, IcetuiError | None, Rhythm | None], float],
        rhythm_of: Callable[[Job, datetime], Rhythm],
    ) -> None:
        self.family = family
        self.rhythm_of = rhythm_of
        self._pause_after = pause_after
        self._sender = sender
        self._openings = Openings(family, Lookups(family, sender, region), _nobody, most=_MEMORY)

    def pause_after(self, failures: int, error: IcetuiError | None, asked: Rhythm | None = None) -> float:
        """Seconds to wait before asking again, after so many failures in a row, the last one this."""
        return self._pause_after(failures, error, asked)

    async def open(self, job_id: str, *, again: bool = False, heard: Heard | None = None) -> Opened:
        """All about one part; a finished one that was opened before comes out of memory.

        Raises:
            IcetuiError: the service refused, does not know the ID, or could not be asked.
        """
        return await self._openings.open(job_id, again=again, heard=heard)

    async def asset(self, source: str) -> Found:
        """Where a media asset opens that a part names.

        Raises:
            IcetuiError: it is unknown, the service refused, or nobody could be asked.
        """
        return await find(self._sender, self.family, source)

    async def listed(self, batch_id: str) -> tuple[Subjob, ...]:
        """The parts of a job as a listing tells them: it has the reasons that the job itself may lack.

        Raises:
            IcetuiError: nobody could be asked, or the answer is no list.
        """
        found: dict[str, Subjob] = {}
        token, seen = "", {""}
        for _ in range(_PAGES):
            answer = await self._sender.send(self.family.listing_of(batch_id, token), urgent=True)
            some, token = self.family.read_subjobs(answer)
            found.update({each.id: each for each in some})
            # A token that comes again would go round for ever (api.md 1.1).
            if token in seen:
                break
            seen.add(token)
        return tuple(found.values())


def unexplained(subjobs: Sequence[Subjob]) -> bool:
    """Whether a listing may tell what the job did not: why a part failed."""
    return any(each.state is State.FAILED and each.error is None for each in subjobs)


def explained(subjobs: Sequence[Subjob], listed: Sequence[Subjob]) -> tuple[Subjob, ...]:
    """The same parts with the reasons, media and lengths that only the listing told."""
    by_id = {each.id: each for each in listed if each.id}

    def one(part: Subjob) -> Subjob:
        other = by_id.get(part.id)
        if other is None:
            return part
        return replace(
            part,
            error=part.error or other.error,
            url=part.url or other.url,
            media_id=part.media_id or other.media_id,
            project_id=part.project_id or other.project_id,
            duration=part.duration if part.duration is not None else other.duration,
        )

    return tuple(map(one, subjobs))


async def _nobody(_job: Job, _taken: datetime | None) -> None:
    """Parts have no row of their own."""
