"""How asking goes at one moment, for whoever says it to a person."""

from __future__ import annotations

from datetime import datetime

from icetui.records import record


@record
class Traffic:
    """The calls of one profile.

    Attributes:
        calls: that went in the last 60 s, retries included.
        ceiling: most calls in any 60 s; 0: none.
        held: until when the service, which throttles, is left alone, UTC; None: it is not.
        queued: when the next call goes that waits below the ceiling, UTC; None: none waits.
        attempt: of the call under way that is asked again most often; 1 for a first try, 0 for no call.
        attempts: how many tries that one has.
    """

    calls: int
    ceiling: int
    held: datetime | None = None
    queued: datetime | None = None
    attempt: int = 0
    attempts: int = 0
