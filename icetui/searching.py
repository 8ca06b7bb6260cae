"""What of a job a person searches: find highlights it, narrowing keeps it. Pure.

One text for both, so that what `/` finds is what `&` leaves.
"""

from __future__ import annotations

from typing import Final

from icetui.job import Job, State

BORDER: Final = "\0"
"""Is in no folded text of a job, so that it can stand between two of them."""


def folded(text: str) -> str:
    """A text as it is compared: letter case ignored."""
    return text.casefold()


def searched(job: Job) -> str:
    """State in our word and theirs, type, ID, why it failed and title, as a list shows them."""
    return f"{job.state.value}\n{job.state_word}\n{job.type}\n{job.id}\n{titled(job)}"


def haystack(job: Job) -> str:
    """`searched`, as it is compared."""
    return folded(searched(job)).replace(BORDER, " ")


def holds(job: Job, text: str) -> bool:
    """Whether a job has a text; every job has the empty one."""
    return not text or folded(text) in haystack(job)


def titled(job: Job) -> str:
    """What the last column says: why it failed, or what is odd about its success, before its title."""
    if job.state is State.DONE:
        # A Success that stored nothing is told in words too, not by its sign alone (api.md 2.3).
        reason = job.note.partition(": ")[0].removeprefix("Success, but ")
    elif not job.state.bad:
        return job.title
    else:
        reason = (job.error.code or job.error.message) if job.error is not None else _code_first(job.note)
    return f"{reason} | {job.title}" if reason and job.title else reason or job.title


def _code_first(note: str) -> str:
    """``InternalError (1 of 3 subjobs failed)``: a narrow column shows the code, not how many."""
    count, _, code = note.partition(": ")
    return f"{code} ({count})" if code else note
