"""What a list says about itself: why it is empty, how fresh it is, what was refused. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from icetui.clean import clean
from icetui.errors import IcetuiError
from icetui.families.base import Family, FoundFamily, ListedFamily
from icetui.job import Query, State
from icetui.panes.bars import Filter
from icetui.panes.spans import Span
from icetui.pulse import Rhythm

if TYPE_CHECKING:
    from icetui.jobs import Jobs
    from icetui.panes.placing import Place
    from icetui.snapshot import Snapshot
    from icetui.traffic import Traffic


def narrowed(query: Query) -> bool:
    """Whether a query leaves anything out; the order does not."""
    return replace(query, newest=True) != Query()


def filters(family: Family, query: Query) -> list[Filter]:
    """What the filter bar says: the family's own words, and the dates and text where they narrow."""
    order = family.orders[0 if query.newest else 1]
    state = "failed + partial" if query.state == State.FAILED.value else query.state
    found = [
        Filter(family.type_label, clean(query.type) or "all", bool(query.type)),
        Filter(family.state_label, clean(state) or "all", bool(query.state)),
        Filter(family.order_label, order, not query.newest),
    ]
    if query.since is not None:
        found.append(Filter("since", f"{query.since:%Y-%m-%d %H:%M} UTC", True))
    if query.until is not None:
        found.append(Filter("until", f"{query.until:%Y-%m-%d %H:%M} UTC", True))
    if query.text:
        found.append(Filter("text", f'"{clean(query.text)}"', True))
    return found


def failure(error: IcetuiError) -> list[Span]:
    """A failure in one line: code, words, the next step, RequestId. All of it made safe."""
    spans: list[Span] = []
    if error.code and error.code not in error.message:
        spans.append((f"{clean(error.code)}: ", "bad"))
    spans.append((clean(error.message), "bad"))
    if error.hint:
        spans.append((f"  {clean(error.hint)}", ""))
    if error.request_id:
        spans.append((f"  RequestId {clean(error.request_id)}", "dim"))
    return spans


def failure_lines(error: IcetuiError, cells: int) -> list[list[Span]]:
    """A failure whole, wrapped: words, the next step, then code, status and RequestId for a ticket."""
    from icetui.panes.drawings import wrapped

    lines: list[list[Span]] = [[(piece, "bad")] for piece in wrapped(error.message, cells)]
    if error.hint:
        lines += [[], *([(piece, "")] for piece in wrapped(error.hint, cells))]
    facts = [("Code", error.code), ("Status", str(error.status or "")), ("RequestId", error.request_id)]
    if any(fact for _, fact in facts):
        lines.append([])
    lines += [[(f"{label:<10} ", "key"), (clean(fact), "")] for label, fact in facts if fact]
    return lines


def failure_text(error: IcetuiError) -> str:
    """A failure as text for a ticket."""
    request = f"RequestId {error.request_id}" if error.request_id else ""
    return "\n".join(part for part in (error.action, error.code, error.message, request) if part)


def why_empty(family: Family, snapshot: Snapshot, region: str) -> list[str]:
    """What an empty list says: not asked yet, nothing fits, nothing there, nothing followed."""
    if not snapshot.answered:
        return ["Asking…"]
    if narrowed(snapshot.query):
        return ["No job fits these filters.", "F clears them."]
    if isinstance(family, ListedFamily):
        return [
            f"No {family.title} jobs in {clean(region)} within the past year.",
            "Another region may have them: c chooses one.",
        ]
    media = " or media:ID of a media asset" if isinstance(family, FoundFamily) else ""
    return [
        f"{family.title} has no call that lists jobs, so this list is what you follow.",
        f"a adds IDs, with any separators{media}.",
        f"From a shell: icetui follow {family.name} ID…  (- reads them from stdin).",
    ]


def freshness(
    snapshot: Snapshot | None, interval: float, *, paused: bool, all_ended: bool = False
) -> list[Span]:
    """How fresh the rows are, without a clock that ticks: nothing is sent while nothing changes."""
    if paused:
        return [("paused, p goes on", "warn")]
    if snapshot is None:
        return []
    if snapshot.taken is None:
        return [("not asked yet" if snapshot.error is None else "no answer yet", "dim")]
    if snapshot.stale or snapshot.error is not None:
        return [(f"rows of {snapshot.taken:%m-%d %H:%M:%S} UTC", "warn")]
    if all_ended:
        # Ended jobs are not asked for again, so nothing is.
        return [(f"all ended, as of {snapshot.taken:%H:%M:%S} UTC", "dim")]
    return live(snapshot.rhythm if snapshot.rhythm.seconds else Rhythm(interval))


def live(rhythm: Rhythm) -> list[Span]:
    """How often is asked, and why not more often."""
    return [(f"live, every {rhythm.seconds:g} s{_WHY[rhythm.why]}", "dim")]


_WHY = {"": "", "calm": ", nothing moves", "away": ", out of focus", "throttled": ", throttled"}


def obstacles(traffic: Traffic | None) -> list[Span]:
    """What keeps an answer away: the service wants to be left alone, the ceiling, tries that failed.

    Moments, not seconds that are left: those would have to tick.
    """
    if traffic is None:
        return []
    attempt = f"try {traffic.attempt} of {traffic.attempts}" if traffic.attempt > 1 else ""
    if traffic.held is not None:
        return [
            (f"throttled until {traffic.held:%H:%M:%S} UTC{', then ' if attempt else ''}{attempt}", "warn")
        ]
    if attempt:
        return [(f"no answer yet, {attempt}", "warn")]
    if traffic.queued is not None:
        words = f"{traffic.calls} of {traffic.ceiling} calls a minute, next {traffic.queued:%H:%M:%S} UTC"
        return [(words, "warn")]
    return []


def calls(traffic: Traffic | None, ceiling: int, pace: float = 0.0) -> list[Span]:
    """Calls of the last minute, `12/60 calls/min`, rounded up to the next tenth of the ceiling.

    Rounded, because a steady beat is then always the same number, and what does not change is not painted;
    up, so that nobody is told less than was sent. The request log has the number itself.

    Args:
        traffic: or None, where nothing is known.
        ceiling: as set; it gives the steps also where it does not hold.
        pace: calls a minute that the beats make; the first minute is not over when it is said already.
    """
    if traffic is None:
        return []
    step = max(1, ceiling // 10)
    made = max(traffic.calls, math.ceil(pace)) if traffic.calls else 0
    rounded = min(-(-made // step) * step, traffic.ceiling or 1_000_000)
    return [(f"{rounded}{f'/{traffic.ceiling}' if traffic.ceiling else ''} calls/min", "dim")]


def counts(
    snapshot: Snapshot,
    position: tuple[int, int],
    *,
    waiting: int,
    marked: int,
    problems: Sequence[str],
    loading: int | None = None,
) -> list[Span]:
    """How many, what waits, what was refused and why; a failed beat comes first.

    Args:
        snapshot: of the list.
        position: the chosen row from 1, and how many rows there are.
        waiting: new jobs held back.
        marked: marked jobs.
        problems: of the configuration.
        loading: while all pages are being loaded: how many rows to say have come. More may be there:
            words that change with each page would be sent with each page.
    """
    at, rows = position
    if not rows and not snapshot.answered:
        # Nobody has said that there are none.
        return failure(snapshot.error) if snapshot.error is not None else [("asking…", "dim")]
    count = f"{at:,} of {rows:,}" if rows else "no jobs"
    if narrowed(snapshot.query):
        # Said as what it is: a filter that the service does not know looks through loaded rows only.
        count += f" that fit, of {snapshot.loaded:,} loaded"
    elif snapshot.more:
        count += " loaded"
    if loading is not None:
        count = f"{at:,} of {max(loading, at):,} loaded…{bar(loading, snapshot.total)}  Ctrl+C stops"
    elif snapshot.more:
        count += ", more below (> L)"
    spans: list[Span] = [(count, "")]
    if snapshot.cut:
        spans.append((f"  ends here: the service {snapshot.cut}", "warn"))
    if waiting:
        spans.append((f"  ▲ {waiting} new, press .", "busy"))
    if marked:
        spans.append((f"  {marked} marked", "mark"))
    if snapshot.unread:
        spans.append((f"  {snapshot.unread} finished not yet read", "dim"))
    if snapshot.refused:
        job_id, error = snapshot.refused[0]
        spans.append((f"  {len(snapshot.refused)} refused: {clean(job_id)} {clean(error.code)} ", "bad"))
        spans.append((clean(error.message), "bad"))
    if snapshot.error is not None:
        return [*failure(snapshot.error), ("  ", ""), *spans]
    if problems:
        spans.append((f"  {clean(problems[0])}", "warn"))
    return spans


def unloaded(snapshot: Snapshot, title: str) -> list[Span]:
    """That loading has ended early, why, and how to go on; what came is kept."""
    assert snapshot.error is not None
    kept = f"{snapshot.loaded:,} {title} rows are kept; L goes on. "
    return [(kept, ""), *failure(snapshot.error)]


def bar(loaded: int, total: int | None) -> str:
    """How far loading has come, where the service tells a total that can be true; else "".

    Returns:
        e.g. `` [###.......] 31% of 40,000``.
    """
    if not total or loaded > total:
        return ""
    tenths = loaded * 10 // total
    return f" [{'#' * tenths}{'.' * (10 - tenths)}] {loaded * 100 // total}% of {total:,}"


def told(place: Place, now: Jobs) -> bool:
    """Whether rows of which only the ID was known are known now, and the chosen one is still there."""
    if not place.latest:
        return False
    changes, chosen = now.changes(place.latest), place.job
    if chosen is not None and (
        chosen.id in changes.left or (chosen.id in place.gone and chosen.id not in changes.came)
    ):
        return False
    return any(
        old.state is State.UNKNOWN and not old.state_word and bool(job.state_word)
        for old, job in changes.turned.values()
    )
