"""A transcript as lines: one for each cue, made when it is looked at. No widget here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from icetui.clean import clean, clean_block, cut
from icetui.cue_checks import Warned, Warnings, known
from icetui.panes.spans import Span, SpanLine, broken
from icetui.results import Cue, Transcript
from icetui.timecodes import timecode

_LEAST = 16
"""Cells a cue's text has at least, however narrow the pane."""


class CueLines:
    """A transcript by visible lines: one line a cue, whatever the number of cues.

    A cue that is chosen is shown whole: its text broken under itself, below it what is wrong with it and
    what else the service said of it.

    Attributes:
        transcript: the cues in the order they came; line `y` draws cue `y`.
        warnings: what is wrong, by line; None while it is not known yet.
    """

    def __init__(
        self, transcript: Transcript, warnings: Warnings | None = None, *, margin: bool = False
    ) -> None:
        """Lines of a transcript.

        Args:
            transcript: what is drawn.
            warnings: what is wrong with it.
            margin: whether a column says which cues have warnings.
        """
        self.transcript = transcript
        self.warnings = warnings
        self._margin = margin
        cues = transcript.cues
        self._channels = len({cue.channel for cue in cues}) > 1
        self._rates = any(cue.rate is not None for cue in cues)
        times = [abs(at) for cue in cues for each in (cue.start, cue.end) if (at := known(each)) is not None]
        self._time = max(len(timecode(max(times, default=0.0))), 11)
        self._found = Haystack(cues)
        self.unsought = len(self._head(Cue(0.0, 0.0, ""), ())) if cues else 0

    def __len__(self) -> int:
        return len(self.transcript.cues)

    def told(self, warnings: Warnings) -> CueLines:
        """The same lines with what is wrong; what was made to find text fast is kept."""
        lines = CueLines.__new__(CueLines)
        lines.__dict__.update(self.__dict__, warnings=warnings)
        return lines

    def ready(self) -> None:
        """Makes what finds text fast; may take a tenth of a second for 50,000 cues, so in a thread."""
        self._found.ready()

    def names(self) -> list[Span]:
        """The names of the columns."""
        said = "  " if self._margin else ""
        said += f"{'start':>{self._time}}  {'end':>{self._time}}  "
        said += "ch  " if self._channels else ""
        said += "rate  " if self._rates else ""
        return [(said + "text", "dim")]

    def line(self, y: int) -> SpanLine:
        """One cue; its end is marked where it does not lie after its start."""
        cue = self.transcript.cues[y]
        return [*self._head(cue, self._warned(y)), (clean(cue.text), "")]

    def whole(self, y: int, cells: int) -> Iterator[SpanLine]:
        """The screen lines of a cue that is shown whole."""
        cue = self.transcript.cues[y]
        head = self._head(cue, self._warned(y))
        left = sum(len(text) for text, _ in head)
        if cells - left < _LEAST:  # under its times, where there is no room beside them
            left = 2
            yield head
            head = [("  ", ""), *[("", "")] * (self.unsought - 1)]
        indent: list[Span] = [(" " * left, ""), *[("", "")] * (self.unsought - 1)]
        for line in clean_block(cue.text):
            for piece in broken([(line, "")], cells - left):
                yield [*head, *piece]
                head = indent
        for warned in self._warned(y):
            for piece in broken([(f"! {warned.words}", "warn")], cells - left):
                yield [*indent[:-1], *piece]
        more = "  ".join(_member(name, value) for name, value in cue.extra)
        if more:
            for piece in broken([(more, "dim")], cells - left):
                yield [*indent[:-1], *piece]

    def having(self, text: str) -> Sequence[int]:
        """The cues that say a text, letter case ignored."""
        return self._found.having(text)

    def _warned(self, y: int) -> Sequence[Warned]:
        return self.warnings.get(y, ()) if self.warnings else ()

    def _head(self, cue: Cue, warned: Sequence[Warned]) -> list[Span]:
        """What stands before the text, always in as many spans."""
        start, end = known(cue.start), known(cue.end)
        fine = start is None or end is None or end > start
        spans: list[Span] = [("! " if warned else "  ", "warn")] if self._margin else []
        spans += [
            (f"{timecode(start):>{self._time}}", "number"),
            ("  ", ""),
            (f"{timecode(end):>{self._time}}", "dim" if fine else "warn"),
            ("  ", ""),
        ]
        if self._channels:
            spans.append((f"{'' if cue.channel is None else cue.channel!s:>2}  ", "dim"))
        if self._rates:
            spans.append((f"{'' if cue.rate is None else cue.rate!s:>4}  ", "dim"))
        return spans


def _member(name: str, value: object) -> str:
    """What else is said of a cue: lists and objects by how much there is, all else as it is."""
    if isinstance(value, (list, tuple)):
        said = f"{len(value)} item{'' if len(value) == 1 else 's'}"
    elif isinstance(value, dict):
        said = f"{len(value)} member{'' if len(value) == 1 else 's'}"
    else:
        said = cut(clean(str(value)), 200)
    return f"{clean(name)}: {said}"


class Haystack:
    """All that is said in one text, to find in at the speed of C."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._cues = cues
        self._made: tuple[str, list[int]] | None = None

    def ready(self) -> tuple[str, list[int]]:
        """The text, and where each cue's own begins in it."""
        if self._made is None:
            lines = [clean(cue.text).lower() for cue in self._cues]
            starts = [0, *accumulate(len(line) + 1 for line in lines)]
            self._made = "\n".join(lines), starts
        return self._made

    def having(self, text: str) -> Sequence[int]:
        """The places of the cues that say a text, letter case ignored, in order."""
        text = text.lower()
        if not text or "\n" in text:
            return ()
        hay, starts = self.ready()
        found: list[int] = []
        at = hay.find(text)
        while at >= 0:
            y = bisect_right(starts, at) - 1
            found.append(y)
            at = hay.find(text, starts[y + 1])
        return found


class Clock:
    """Which cue stands at a time: the cues in the order of their starts."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        timed = [(start, n) for n, cue in enumerate(cues) if (start := known(cue.start)) is not None]
        timed.sort()
        self._starts = [start for start, _ in timed]
        self._places = [n for _, n in timed]
        self._rank = {n: rank for rank, n in enumerate(self._places)}
        self._cues = cues

    def at(self, seconds: float) -> int | None:
        """The cue that is heard at a time: the last that has begun, or where it has ended the next one.

        None where no cue has a start.
        """
        if not self._starts:
            return None
        rank = bisect_right(self._starts, seconds) - 1
        if rank < 0:
            return self._places[0]
        end = known(self._cues[self._places[rank]].end)
        if (
            end is not None
            and end <= seconds
            and self._starts[rank] < seconds
            and rank + 1 < len(self._starts)
        ):
            rank += 1
        return self._places[rank]

    def moved(self, y: int, by: float) -> int | None:
        """The cue so many seconds from cue `y`, another one where there is one that way.

        None where nothing lies that way.
        """
        if not self._starts:
            return None
        here = self._rank.get(y)
        if here is None:  # its start is not known: from the nearest cue above that has one
            above = [rank for n in range(y, -1, -1) if (rank := self._rank.get(n)) is not None][:1]
            here = above[0] if above else 0
        rank = bisect_right(self._starts, self._starts[here] + by) - 1
        rank = max(rank, here + 1) if by > 0 else min(rank, here - 1)
        rank = max(0, min(rank, len(self._starts) - 1))
        return None if rank == here else self._places[rank]
