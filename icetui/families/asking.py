"""What a person asks for, in the service's words and in ours, and the one rule that applies it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from icetui.families.base import StateWord
from icetui.job import Job, Query, State
from icetui.records import record
from icetui.searching import holds

_OURS: Mapping[str, State] = MappingProxyType({each.value: each for each in State})

PAGE_LIMIT = 100
"""The most jobs one page of a listing may hold (api.md 6)."""


@record
class Vocabulary:
    """The state words of one family; letter case, white space and known spellings are ignored.

    Attributes:
        documented: words the filter bar offers.
        met: words that documents of lower rank name; understood, not offered.
        spellings: another spelling -> the documented word, e.g. ``Analyzing`` -> ``Analysing``.
    """

    documented: tuple[StateWord, ...]
    met: tuple[StateWord, ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()

    def plain(self, word: str) -> str:
        """The form in which two words are compared."""
        folded = word.strip().casefold()
        return next(
            (right.casefold() for other, right in self.spellings if other.casefold() == folded), folded
        )

    def state(self, word: str) -> State:
        """Our state for a word; `State.UNKNOWN` for a word never met, which is polled on."""
        plain = self.plain(word)
        known = (each.state for each in (*self.documented, *self.met) if each.word.casefold() == plain)
        return next(known, State.UNKNOWN)

    def asked(self, text: str) -> State | str:
        """What a state in a query means: one of ours, or a word of the service in plain form.

        Both vocabularies may hold the same letters: batch has our ``failed`` (failed and partial)
        and the service's ``Failed``. So ours are meant where they stand exactly as we write them,
        lower case; else the service's word is, in any letter case; else ours in any letter case.
        """
        text = text.strip()
        if text in _OURS:
            return _OURS[text]
        plain = self.plain(text)
        if self.state(plain) is State.UNKNOWN and plain in _OURS:
            return _OURS[plain]
        return plain

    def sent(self, text: str, words: Mapping[State, str]) -> str | None:
        """The state word to send for a state in a query, or None where the service cannot be asked.

        A word that is not documented is not sent, for the service may refuse it; what comes is
        then filtered here. So is a state of ours with no entry in `words`.

        Args:
            text: `Query.state`.
            words: a state of ours -> the one word whose jobs hold all that can be in that state.
        """
        if not text.strip():
            return None
        meant = self.asked(text)
        if isinstance(meant, State):
            return words.get(meant)
        return next((each.word for each in self.documented if each.word.casefold() == meant), None)


def matches(job: Job, query: Query, vocabulary: Vocabulary) -> bool:
    """Whether a job is what the query asks for: the one local filter, for every family.

    ``failed`` matches failed and partial jobs. A job without a known creation time matches no
    query with a time in it. VOD may name several types in one, by commas (api.md 1.6).
    """
    return (
        (not query.type.strip() or _typed(job, query.type))
        and (not query.state.strip() or _in_state(job, vocabulary, vocabulary.asked(query.state)))
        and holds(job, query.text.strip())
        and _within(job, query)
    )


def _typed(job: Job, wanted: str) -> bool:
    wanted = wanted.strip().casefold()
    words = job.type.casefold()
    return words == wanted or wanted in (word.strip() for word in words.split(","))


def _in_state(job: Job, vocabulary: Vocabulary, meant: State | str) -> bool:
    if isinstance(meant, State):
        return job.state is meant or (meant is State.FAILED and job.state.bad)
    return vocabulary.plain(job.state_word) == meant


def _within(job: Job, query: Query) -> bool:
    if query.since is None and query.until is None:
        return True
    if job.created is None:
        return False
    created = utc(job.created)
    return (query.since is None or created >= utc(query.since)) and (
        query.until is None or created < utc(query.until)
    )


def utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is taken for UTC, as `Query` promises."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def stamp(moment: datetime | None, *, up: bool = False) -> str | None:
    """A moment as the service takes it, ``2024-06-13T08:47:07Z``, or None.

    Whole seconds, down or up, so that what is sent never asks for less than the query does.
    """
    if moment is None:
        return None
    moment = utc(moment)
    whole = moment.replace(microsecond=0)
    if up and moment != whole:
        whole += timedelta(seconds=1)
    return whole.strftime("%Y-%m-%dT%H:%M:%SZ")


def spelled(word: str, documented: Iterable[str]) -> str | None:
    """A type word as the documents spell it, verbatim where they do not name it, None where empty."""
    word = word.strip()
    return next((each for each in documented if each.casefold() == word.casefold()), word) or None


def limited(limit: int) -> int:
    """How many jobs to ask for at once: 1 to 100."""
    return max(1, min(limit, PAGE_LIMIT))
