"""Which timed texts a job has."""

from __future__ import annotations

import json

from icetui.decode import at
from icetui.results import Clip, Cue, Plain, Result, Selection, Sentence, Transcript
from icetui.transcripts import timed_texts
from tests.recorded import ANSWERS

ASR = Transcript((Cue(0.0, 1.0, "a"),))


def test_transcripts_come_in_the_order_of_the_results() -> None:
    results = (
        Result("JobResult.AiResult", ASR),
        Result("Output", Plain("text")),
        Result("Output.SubtitleClips", Transcript(()), repaired=True),
    )
    found = timed_texts(results)
    assert [(each.path, each.repaired, each.note) for each in found] == [
        ("JobResult.AiResult", False, ""),
        ("Output.SubtitleClips", True, ""),
    ]
    assert found[0].transcript is ASR


def test_sentences_of_a_selection_follow_each_other_output_by_output() -> None:
    clip = Clip("c", "m", 0.0, 2.0, -0.5)
    outputs = (
        (Sentence("one", "0", 1.1, (clip,)), Sentence("two", "1", 2.2)),
        (),
        (Sentence("three", "0", 0.5), Sentence("four", "1", None), Sentence("five", "2", 1.0)),
    )
    found = timed_texts((Result("ExtendOutput", Selection(outputs)),))
    assert [each.path for each in found] == [
        "ExtendOutput.textMatchMediaOutputList[0]",
        "ExtendOutput.textMatchMediaOutputList[2]",
    ]
    assert {each.note for each in found} == {"times add up the durations"}
    first, second = (each.transcript.cues for each in found)
    assert [(cue.start, cue.end, cue.text) for cue in first] == [(0.0, 1.1, "one"), (1.1, 3.3, "two")]
    assert dict(first[0].extra)["textId"] == "0"
    assert dict(first[0].extra)["clips"] == [
        {"clip_id": "c", "media_id": "m", "start": 0.0, "end": 2.0, "score": -0.5}
    ]
    assert [(cue.start, cue.end) for cue in second] == [(0.0, 0.5), (0.5, None), (None, None)]


def test_the_path_of_an_output_is_its_place_in_the_answer() -> None:
    from icetui.readers import selection

    value = {"ExtendOutput": json.loads((ANSWERS / "seed003_inner_ExtendOutput.json").read_text("utf-8"))}
    read = selection(value["ExtendOutput"])
    assert read is not None
    for each in timed_texts((Result("ExtendOutput", read),)):
        sentences = at(value, each.path)["textMatchMediaSentenceOutputList"]
        assert [cue.text for cue in each.transcript.cues] == [told["text"] for told in sentences]
        assert each.transcript.cues[0].end == sentences[0]["duration"]
