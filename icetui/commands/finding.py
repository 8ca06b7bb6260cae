"""Which family knows a job ID: found by asking, all families at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from icetui.errors import CouldNotAsk, IcetuiError, Misuse, NotFound, Refusal
from icetui.records import record

if TYPE_CHECKING:
    from icetui.families.base import Opened
    from icetui.session import Session


@record
class Found:
    """What the families said about one ID, in the order of the families.

    Attributes:
        id: the ID.
        opened: the job in each family that knows it.
        refused: (family, why) of each that would not say.
        unasked: (family, why) of each that gave no usable answer.
        unknown: each family that does not know it.
    """

    id: str
    opened: tuple[Opened, ...]
    refused: tuple[tuple[str, IcetuiError], ...]
    unasked: tuple[tuple[str, IcetuiError], ...]
    unknown: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 found; 3 a family refused; 4 a family could not be asked; 1 no family knows it."""
        if self.opened:
            return 0
        return 3 if self.refused else 4 if self.unasked else 1

    def words(self, region: str) -> list[str]:
        """Why there is no job, a line for each reason; families with the same reason share one."""
        from icetui.commands.output import alike, sentence

        reasons = alike((*self.refused, *self.unasked))
        if self.opened:
            return []
        if not reasons:
            return [f"icetui: {self.id}: unknown here, or in another region ({region} asked)"]
        if len(reasons) == 1 and not self.unknown:
            error = reasons[0][0]
            return [f"icetui: {sentence(error)}", *filter(None, [error.hint])]
        lines = [f"icetui: {self.id}: not found, and not every family could be asked"]
        lines += [f"{', '.join(families)}: {sentence(error)}" for error, families in reasons]
        return [*lines, *dict.fromkeys(error.hint for error, _ in reasons if error.hint)]


def one_id(given: str) -> str:
    """The one ID a person gave, stripped.

    Raises:
        Misuse: it is none, or several: the service takes several IDs where it takes a list of them, and
            would answer for each.
    """
    job_id = given.strip()
    if not job_id:
        raise Misuse("Which job? Its ID is empty.")
    if len(re.split(r"[\s,]+", job_id)) > 1:
        raise Misuse(f"{job_id!r} is more than one ID: one job at a time.")
    return job_id


async def find(session: Session, job_id: str, families: Sequence[str]) -> Found:
    """Asks the given families for one ID, all at once.

    Raises:
        IcetuiError: what concerns all families: no credentials, wrong configuration.
    """
    feeds = [session.feeds[name] for name in families]

    async def ask(n: int) -> Opened | IcetuiError:
        try:
            return await feeds[n].open(job_id)
        except (Refusal, CouldNotAsk) as error:
            return error

    said = await asyncio.gather(*(ask(n) for n in range(len(feeds))))
    told = list(zip(families, said, strict=True))
    return Found(
        id=job_id,
        opened=tuple(each for _, each in told if not isinstance(each, IcetuiError)),
        refused=tuple(
            (name, each)
            for name, each in told
            if isinstance(each, Refusal) and not isinstance(each, NotFound)
        ),
        unasked=tuple((name, each) for name, each in told if isinstance(each, CouldNotAsk)),
        unknown=tuple(name for name, each in told if isinstance(each, NotFound)),
    )
