"""Choosing filters in the family's own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from icetui.clean import clean
from icetui.families.base import ListedFamily
from icetui.job import Query, State
from icetui.panes.bars import BottomLine, KeyHint
from icetui.screens.choose import Choice, Choose

if TYPE_CHECKING:
    from icetui.screens.browse import Browse

_OTHER = "\0other"


_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def when(text: str, now: datetime) -> datetime | None:
    """A point in time as a person types it: ``24h``, ``7d``, ``2026-11-19``, ``2026-11-19T08:00``; UTC.

    Raises:
        ValueError: it is none of these; the message says what they are.
    """
    text = text.strip()
    if not text:
        return None
    if text[:-1].isdigit() and text[-1].lower() in _UNITS:
        return now - timedelta(seconds=int(text[:-1]) * _UNITS[text[-1].lower()])
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        raise ValueError(f"{text!r} is no time: 24h, 7d, 2026-11-19 or 2026-11-19T08:00Z") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def span(text: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Since and until as a person types them, either may be left out.

    Raises:
        ValueError: not times, more than two, or the second not after the first.
    """
    times = [when(word, now) for word in text.split()]
    since, until = (*times, None, None)[:2]
    if len(times) > 2 or (since is not None and until is not None and since >= until):
        raise ValueError("Two times at most, since before until.")
    return since, until


class Filters:
    """Asks for one filter of the list and puts the question."""

    def __init__(self, browse: Browse) -> None:
        self._browse = browse
        self._family = browse.family
        self._query = browse.shelf.query

    def type(self) -> None:
        """One of the documented types, or any other word: the vocabulary is open."""
        family = self._family
        snapshot = self._browse.shelf.snapshot
        seen = {job.type for job in snapshot.jobs if job.type} if snapshot is not None else set()
        choices = [Choice("", "all"), *(Choice(word, word) for word in family.types)]
        choices += [Choice(word, word, "seen here") for word in sorted(seen - set(family.types))]
        choices.append(Choice(_OTHER, "another word…", "the vocabulary is open"))
        self._choose(family.type_label, choices, self._query.type, self._typed_type)

    def _typed_type(self, value: str) -> None:
        if value == _OTHER:
            self._browse.ask(
                f"{self._family.type_label}: ", lambda text: self._put(replace(self._query, type=text))
            )
        else:
            self._put(replace(self._query, type=value))

    def state(self) -> None:
        """The service's words with ours beside them, then ours that gather several."""
        family = self._family
        choices = [Choice("", "all"), Choice(State.FAILED.value, "failed + partial", "ours; also !")]
        choices += [Choice(each.word, each.word, each.state.value) for each in family.states]
        ours = [State.WAITING, State.RUNNING, State.DONE]
        # Only what finishes in parts can be partial, only what is asked for by ID can be missing.
        ours += [State.PARTIAL] if family.name == "batch" else []
        ours += [] if isinstance(family, ListedFamily) else [State.MISSING]
        ours.append(State.UNKNOWN)
        choices += [Choice(state.value, state.value, "ours") for state in ours]
        self._choose(
            family.state_label,
            choices,
            self._query.state,
            lambda value: self._put(replace(self._query, state=value)),
        )

    def order(self) -> None:
        """Newest or oldest first, in the words of the family."""
        newest, oldest = self._family.orders
        choices = [Choice("newest", newest, "newest first"), Choice("oldest", oldest, "oldest first")]
        self._choose(
            self._family.order_label,
            choices,
            "newest" if self._query.newest else "oldest",
            lambda value: self._put(replace(self._query, newest=value == "newest")),
        )

    def dates(self, typed: str = "") -> None:
        """Since, and optionally until: ``24h``, or two times with a blank between."""
        self._browse.ask("Since [until]: ", self._typed_dates, value=typed)
        if not typed:
            self._browse.say("For example 24h, 7d, 2026-11-19, or two of them with a blank between.", "dim")

    def _typed_dates(self, text: str) -> None:
        now = self._browse.session.clock()
        try:
            since, until = span(text, now)
        except ValueError as error:
            # What was typed stands there to be mended.
            self.dates(text)
            self._browse.say(clean(str(error)), "warn")
            return
        self._put(replace(self._query, since=since, until=until))

    def _choose(self, title: str, choices: list[Choice], current: str, then: Callable[[str], None]) -> None:
        def chosen(value: str | None) -> None:
            self._browse.show_keys()
            if value is not None:
                then(value)

        hints = [("Enter", "choose"), ("1-9", "choose at once"), ("j k", "move"), ("Esc", "cancel")]
        self._browse.query_one(BottomLine).keys.show([KeyHint(*hint) for hint in hints], title=title)
        self._browse.app.push_screen(Choose(title, choices, current), chosen)

    def _put(self, query: Query) -> None:
        self._browse.ask_for(query)
