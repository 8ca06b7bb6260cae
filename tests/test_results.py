"""Kinds of result as JSON (contracts.md, "JSON")."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from icetui import results
from icetui.results import (
    Broken,
    Channel,
    Clip,
    Cover,
    Covers,
    Cue,
    Grade,
    Grades,
    Kind,
    Match,
    Matches,
    Plain,
    Segment,
    Segments,
    Selection,
    Sentence,
    Span,
    Tag,
    Tags,
    Texts,
    Transcript,
    Translation,
    Translations,
    Tree,
    as_json,
)

EXAMPLES: list[tuple[Kind, object]] = [
    (
        Transcript((Cue(0.0, 0.846, "Speaking of which,", 0, 85, (("words", [1]),)),), 30.016),
        {
            "kind": "transcript",
            "cues": [
                {
                    "start": 0.0,
                    "end": 0.846,
                    "text": "Speaking of which,",
                    "channel": 0,
                    "rate": 85,
                    "words": [1],
                }
            ],
            "duration": 30.016,
        },
    ),
    (
        Covers((Cover(28.27825, 8.27, "cover/1.jpg"),)),
        {"kind": "covers", "covers": [{"time": 28.27825, "score": 8.27, "url": "cover/1.jpg", "note": ""}]},
    ),
    (
        Segments((Segment(39.32, 63.85, "chorus"),)),
        {"kind": "segments", "segments": [{"start": 39.32, "end": 63.85, "title": "chorus"}]},
    ),
    (
        Grades((Channel("1", "Valid", (Grade("MOS", "Poor", 1.01, 0.38),), (("Speech Ratio", "48.55"),)),)),
        {
            "kind": "grades",
            "channels": [
                {
                    "channel": "1",
                    "tag": "Valid",
                    "grades": [{"name": "MOS", "word": "Poor", "score": 1.01, "worst": 0.38}],
                    "figures": {"Speech Ratio": "48.55"},
                }
            ],
        },
    ),
    (
        Tags((Tag("Person", "张三", (10.76,), "http://test.com/a.jpg"),)),
        {
            "kind": "tags",
            "tags": [
                {"category": "Person", "label": "张三", "times": [10.76], "face_url": "http://test.com/a.jpg"}
            ],
        },
    ),
    (
        Matches((Match("k", 0.99, (Span(0.0, 14.0, 0.5, 14.4),)),)),
        {
            "kind": "matches",
            "matches": [
                {
                    "key": "k",
                    "similarity": 0.99,
                    "spans": [
                        {
                            "input_start": 0.0,
                            "input_duration": 14.0,
                            "other_start": 0.5,
                            "other_duration": 14.4,
                        }
                    ],
                }
            ],
        },
    ),
    (
        Selection(((Sentence("A", "0", 3.4, (Clip("null-2", "m", 8.04, 11.16, -0.253),)),),)),
        {
            "kind": "selection",
            "outputs": [
                [
                    {
                        "text": "A",
                        "text_id": "0",
                        "duration": 3.4,
                        "clips": [
                            {
                                "clip_id": "null-2",
                                "media_id": "m",
                                "start": 8.04,
                                "end": 11.16,
                                "score": -0.253,
                            }
                        ],
                    }
                ]
            ],
        },
    ),
    (
        Translations((Translation("en", (("MediaURL", "u"),)),), (("DetextVideoURL", "d"),)),
        {
            "kind": "translations",
            "languages": [{"language": "en", "fields": {"MediaURL": "u"}}],
            "shared": {"DetextVideoURL": "d"},
        },
    ),
    (Texts(("one", "two")), {"kind": "texts", "texts": ["one", "two"]}),
    (Tree({"kind": "theirs"}), {"kind": "tree", "value": {"kind": "theirs"}}),
    (Plain("words"), {"kind": "plain", "text": "words"}),
    (
        Broken("{", 1, 2, 1, "Expecting property name"),
        {
            "kind": "broken",
            "text": "{",
            "line": 1,
            "column": 2,
            "position": 1,
            "message": "Expecting property name",
        },
    ),
]


@pytest.mark.parametrize(("value", "expected"), EXAMPLES, ids=lambda each: getattr(each, "kind", ""))
def test_kind_is_written_as_its_members_with_the_kind_first(value: Kind, expected: dict[str, object]) -> None:
    written = as_json(value)
    assert written == expected
    assert next(iter(written)) == "kind"
    assert json.loads(json.dumps(written)) == expected


def test_every_kind_has_an_example_and_a_name_of_its_own_in_lower_case() -> None:
    kinds = get_args(Kind)
    assert {type(value) for value, _ in EXAMPLES} == set(kinds)
    names = [kind.kind for kind in kinds]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() for name in names)


def test_members_of_a_cue_without_a_field_are_written_beside_it_and_hide_nothing() -> None:
    cue = Cue(1.0, 2.0, "a", extra=(("text", "theirs"), ("channel", "left"), ("emotion", "glad")))
    assert as_json(cue) == {
        "start": 1.0,
        "end": 2.0,
        "text": "a",
        "channel": "left",
        "rate": None,
        "emotion": "glad",
    }


def test_kinds_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        results.Plain("a").text = "b"  # type: ignore[misc]  # that is the point


def test_a_time_that_cannot_be_read_is_null_whatever_was_sent() -> None:
    cue = Cue(None, float("nan"), "a", extra=(("start", "soon"), ("End", "late")))
    assert as_json(cue) == {
        "start": None,
        "end": None,
        "text": "a",
        "channel": None,
        "rate": None,
        "End": "late",
    }
