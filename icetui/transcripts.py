"""The timed texts of a job: those it found as transcripts, and those that are timed by what they hold."""

from __future__ import annotations

from collections.abc import Sequence

from icetui.decode import join
from icetui.records import record
from icetui.results import Cue, Result, Selection, Sentence, Transcript, as_json


@record
class TimedText:
    """One timed text of a job.

    Attributes:
        path: its place in the answer, e.g. ``JobResult.AiResult``.
        transcript: its cues.
        note: how it came by its times, where the service did not say them; else "".
        repaired: whether it was read from a repaired reading of broken JSON.
    """

    path: str
    transcript: Transcript
    note: str = ""
    repaired: bool = False


def timed_texts(results: Sequence[Result]) -> tuple[TimedText, ...]:
    """All timed texts among the results of a job, in their order.

    A `Selection` has one for each of its outputs: the sentences follow each other, so that their durations
    add up to their times (api.md 2.4).
    """
    found: list[TimedText] = []
    for result in results:
        if isinstance(result.value, Transcript):
            found.append(TimedText(result.path, result.value, repaired=result.repaired))
        elif isinstance(result.value, Selection):
            of = join(result.path, "textMatchMediaOutputList")
            found += [
                TimedText(join(of, n), _spoken(output), "times add up the durations", result.repaired)
                for n, output in enumerate(result.value.outputs)
                if output
            ]
    return tuple(found)


def _spoken(sentences: Sequence[Sentence]) -> Transcript:
    """Sentences one after the other; after one whose duration is not known no time is known."""
    cues: list[Cue] = []
    start: float | None = 0.0
    for sentence in sentences:
        end = None
        if start is not None and sentence.duration is not None:
            # Sums of floats drift; what came in has milliseconds.
            end = round(start + sentence.duration, 6)
        extra = (("textId", sentence.text_id), ("clips", as_json(sentence.clips)))
        cues.append(Cue(start, end, sentence.text, extra=extra))
        start = end
    return Transcript(tuple(cues))
