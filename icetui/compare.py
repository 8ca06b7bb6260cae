"""Two opened jobs side by side: what of them is compared, and which differences may be ignored.

Compared are, under names of their own: ``job`` (what a list tells of it), ``parameters`` (the fields
that tell what was asked for), ``results``, ``subjobs``, and ``rest``: whatever else the job's own part of
the answer says. JSON in strings is decoded. What only repeats the job's members (its ID, state, times) is
left out of the rest, so that one difference is told once; so is the RequestId, which is the call's, and
null, which says no more than a member that is not there.

Every path is one of ``icetui show ID --output json``, and with a dot in front one for jq.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from icetui.call import Json
from icetui.decode import at, join, parse_time
from icetui.diff import ANY, MISSING, Ignoring, Node, Rule, Step, Value, compare, group, only
from icetui.job_json import job_json, stamp, subjob_json
from icetui.records import record

if TYPE_CHECKING:
    from icetui.families.base import Opened

WORDS: Final = ("times", "ids")
"""What may be ignored by one word."""

_ID_NAME = re.compile(r"(?:[a-z0-9]|\A)(?:ID|Id)s?\Z|(?:\A|_|-)ids?\Z")
_ID_VALUE = re.compile(
    r"(?=.*[0-9])(?:[0-9a-f*]{20,}|[0-9A-Fa-f*]{8}(?:-[0-9A-Fa-f*]{4}){3}-[0-9A-Fa-f*]{12})\Z"
)

NO_IDS: Final = frozenset({"templateid", "channelid", "speakerid", "textid", "pipelineid", "voiceid"})
"""Members that are called an ID and say how something was made, letter case and underscores ignored."""

_TIME_NAME = re.compile(r"(?:time|date|timestamp|expires?|created|modified|finished)\Z", re.IGNORECASE)
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\Z")
_EPOCH = range(1_000_000_000, 5_000_000_000)

_TIME_RULES: tuple[Rule, ...] = (("job", "duration_s"),)
"""Lengths of time that follow from moments: how long a job took."""


def is_time(step: Step, value: Value) -> bool:
    """Whether a member is a moment: a date with a time in it, or seconds or milliseconds since 1970 in a
    member that is called a time. Where a cue begins is no moment, whatever it is called.
    """  # noqa: D205  # one thought
    if isinstance(value, str):
        if len(value) > 60 or not value[:9].strip()[:1].isdigit():
            return False
        text = value.strip()
        if _LOCAL_TIME.match(text) or (len(text) > 15 and parse_time(text) is not None):
            return True
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None
    if isinstance(value, bool) or not isinstance(value, int) or not isinstance(step, str):
        return False
    return bool(_TIME_NAME.search(step)) and (value in _EPOCH or value // 1000 in _EPOCH)


def is_id(step: Step, value: Value) -> bool:
    """Whether a member is called an ID (``JobId``, ``media_id``, ``MediaIds``) and is not one of `NO_IDS`, or
    a string looks like one wherever it stands: a UUID, or at least 20 hexadecimal digits with one of 0 to 9.
    """  # noqa: D205  # one thought
    named = _is_id_name(step) if isinstance(step, str) else None
    if named is None and isinstance(value, str) and 20 <= len(value) <= 64:
        return bool(_ID_VALUE.match(value))
    return bool(named)


@lru_cache(maxsize=4096)
def _is_id_name(name: str) -> bool | None:
    """Whether a name is that of an ID; None: it says nothing about that."""
    if name.casefold().replace("_", "") in NO_IDS:
        return False
    return True if _ID_NAME.search(name) else None


def ignoring(words: Collection[str] = (), rules: Sequence[Rule] = ()) -> Ignoring:
    """What does not count.

    Args:
        words: of `WORDS`.
        rules: paths besides, of `rule`.
    """
    tests = [test for word, test in (("times", is_time), ("ids", is_id)) if word in words]
    return Ignoring(tuple(tests), (*rules, *(_TIME_RULES if "times" in words else ())))


_RULE = re.compile(r'(?:\A|(?<=[\s\S])\.)([A-Za-z_][A-Za-z0-9_]*)|\.?\[([0-9]*)\]|\.?\[("(?:[^"\\]|\\.)*")\]')


def rule(path: str) -> Rule:
    """A path that is ignored, as jq writes it: ``.job.title``, ``.decoded.JobResult.AiResult[].from``.

    Raises:
        ValueError: it is no such path.
    """
    steps: list[Step | None] = []
    text = path.removeprefix(".") if not path.startswith(".[") else path
    place = 0
    while place < len(text):
        step = _RULE.match(text, place)
        if step is None:
            raise ValueError(f"no path: {path!r}")
        place = step.end()
        name, index, quoted = step.groups()
        if name is not None:
            steps.append(name)
        elif quoted is not None:
            steps.append(str(json.loads(quoted, strict=False)))
        else:
            steps.append(int(index) if index else ANY)
    if not steps:
        raise ValueError(f"no path: {path!r}")
    return tuple(steps)


def jq(path: str) -> str:
    """A path for jq."""
    return f".{path}"


def json_path(path: str) -> str:
    """A path as JSONPath (RFC 9535)."""
    return f"${path}" if path.startswith("[") else f"$.{path}" if path else "$"


# --- the roots --------------------------------------------------------------------------------------


@record
class _Own:
    """A job's own part of an answer, by the names of its fields.

    Attributes:
        base: where it stands in the decoded answer.
        parameters: field → value; a field is a path from `base`.
        results: the same.
        rest: all else.
    """

    base: str
    parameters: dict[str, Json]
    results: dict[str, Json]
    rest: Json


def compared(left: Opened, right: Opened, counting: Ignoring | None = None) -> Node:
    """What differs between two jobs.

    Args:
        left: one job.
        right: the other; it may be of another family.
        counting: what does not count, of `ignoring`.
    """
    counting = counting or Ignoring()
    ours, theirs = _own(left), _own(right)
    jobs = (dict(job_json(left.job)), dict(job_json(right.job)))
    told = (dict(jobs[0]), dict(jobs[1]))
    if left.job.state is not right.job.state or left.job.family != right.job.family:
        # Another state has another word, and each family has its own.
        for job in jobs:
            del job["state_word"]
    subjobs: tuple[list[Json], list[Json]] = (
        [dict(subjob_json(each)) for each in left.job.subjobs],
        [dict(subjob_json(each)) for each in right.job.subjobs],
    )
    _drop_request_ids([*jobs, *subjobs])
    rests = _unrepeated(ours.rest, theirs.rest, _told(told[0], subjobs[0]), _told(told[1], subjobs[1]))
    parts: dict[str, Node | dict[str, Node]] = {
        "job": compare(*jobs, counting.below("job"), base=("job", "job")),
        "parameters": _fields(ours.parameters, theirs.parameters, ours.base, theirs.base, counting),
        "results": _fields(ours.results, theirs.results, ours.base, theirs.base, counting),
        "subjobs": compare(*subjobs, counting.below("subjobs"), base=("subjobs", "subjobs")),
        "rest": compare(
            rests[0] if rests[0] is not MISSING else {},
            rests[1] if rests[1] is not MISSING else {},
            _below(counting, ours.base),
            base=(_shown(ours.base), _shown(theirs.base)),
        ),
    }
    return group(
        {name: part for name, part in parts.items() if not _is_nothing(part)}  # nothing of either: no heading
    )


def _is_nothing(part: Node | dict[str, Node]) -> bool:
    if isinstance(part, dict):
        return not part
    return part.left in ({}, []) and part.right in ({}, [])


def _drop_request_ids(values: Sequence[Json]) -> None:
    """The RequestId of an error is that of the call that told it: it is another each time one asks."""
    for value in values:
        if isinstance(value, list):
            _drop_request_ids(value)
        elif isinstance(value, dict) and isinstance(error := value.get("error"), dict):
            value["error"] = {key: each for key, each in error.items() if key != "request_id"}


def _fields(
    ours: dict[str, Json], theirs: dict[str, Json], here: str, there: str, counting: Ignoring
) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for name in [*ours, *(each for each in theirs if each not in ours)]:
        left, right = _shown(here, name), _shown(there, name)
        if name in ours and name in theirs:
            below = counting.below(*_steps(left))
            found[name] = compare(ours[name], theirs[name], below, base=(left, right))
        elif name in ours:
            found[name] = only(ours[name], "left", base=left, ignored=counting.below(*_steps(left)).all)
        else:
            found[name] = only(theirs[name], "right", base=right, ignored=counting.below(*_steps(right)).all)
    return found


def _below(counting: Ignoring, base: str) -> Ignoring:
    return counting.below(*_steps(_shown(base)))


def _shown(base: str, name: str = "") -> str:
    """A place of the decoded answer as one of ``show --output json``."""
    path = "decoded"
    for part in (base, name):
        if part:
            path += part if part.startswith("[") else f".{part}"
    return path


def _steps(path: str) -> tuple[Step, ...]:
    return tuple(step for step in rule(path) if step is not None)


def _own(opened: Opened) -> _Own:
    value = opened.decoded.value
    base = _place(value, opened.job.id)
    parameters = _taken(value, base, opened.parameters)
    results = _taken(value, base, [each.path for each in opened.results], beside=opened.parameters)
    rest = _without(at(value, base), "", frozenset([*parameters, *results]))
    if isinstance(rest, dict):
        rest = {key: each for key, each in rest.items() if each not in (None, opened.answer.request_id)}
    return _Own(base, parameters, results, rest)


def _place(value: Json, job_id: str) -> str:
    """Where the object stands that names the job's ID: an answer may tell several jobs."""
    waiting: list[tuple[str, Json]] = [("", value)]
    for path, each in waiting:  # the list grows on the way: what is least deep comes first
        if isinstance(each, dict):
            if any(isinstance(item, str) and item.strip() == job_id for item in each.values()):
                return path
            waiting += [
                (join(path, key), item) for key, item in each.items() if isinstance(item, (dict, list))
            ]
        elif isinstance(each, list):
            waiting += [
                (join(path, n), item) for n, item in enumerate(each) if isinstance(item, (dict, list))
            ]
    return ""


def _taken(value: Json, base: str, paths: Sequence[str], *, beside: Sequence[str] = ()) -> dict[str, Json]:
    """Fields by their path from the job's own place; not those that stand in another one of them."""
    found: dict[str, Json] = {}
    for path in dict.fromkeys(paths):
        if any(_is_in(path, other) for other in paths if other != path) or path in beside:
            continue
        if any(_is_in(path, other) for other in beside):
            continue
        try:
            each = at(value, path)
        except KeyError:
            continue
        if _is_in(path, base):
            path = path[len(base) :].removeprefix(".")
        found[path] = each
    return found


def _is_in(path: str, other: str) -> bool:
    return not other or path.startswith((f"{other}.", f"{other}["))


def _without(value: Json, path: str, fields: Collection[str]) -> Json:
    """A value without some members of it and of the objects in it; items of lists stay where they are."""
    if not any(_is_in(field, path) for field in fields):
        return value
    if isinstance(value, dict):
        below = {
            key: _without(each, join(path, key), fields)
            for key, each in value.items()
            if join(path, key) not in fields
        }
        # Nor what is empty now and was not.
        return {key: each for key, each in below.items() if each not in ({}, None) or each == value[key]}
    if isinstance(value, list):
        return [_without(each, join(path, n), fields) for n, each in enumerate(value)]
    return value


# --- what is told already ---------------------------------------------------------------------------

_Told = dict[object, set[str]]


def _told(job: Json, subjobs: Json) -> _Told:
    """The members of a job and of its subjobs by their values."""
    found: _Told = {}
    for path, value in _leaves({"job": job, "subjobs": subjobs}, ""):
        # How long a job took is reckoned, not told.
        if path != "job.duration_s":
            found.setdefault(_said(value), set()).add(path)
    return found


def _leaves(value: Json, path: str) -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, join(path, key))
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _leaves(each, join(path, n))
    else:
        yield path, value


def _said(value: Json) -> object:
    """What a value says, however it is written: a moment in UTC, text without blanks around it."""
    if isinstance(value, str):
        return stamp(parse_time(value)) or value.strip()
    return (type(value) is bool, value)


def _unrepeated(left: Value, right: Value, ours: _Told, theirs: _Told) -> tuple[Value, Value]:
    """Two values without what repeats the same member of a job on each side that has it."""
    if isinstance(left, dict) or isinstance(right, dict):
        one = left if isinstance(left, dict) else {}
        other = right if isinstance(right, dict) else {}
        if (left is not MISSING and not isinstance(left, dict)) or (
            right is not MISSING and not isinstance(right, dict)
        ):
            return left, right
        pairs = {
            key: _unrepeated(one.get(key, MISSING), other.get(key, MISSING), ours, theirs)
            for key in [*one, *other]
        }
        return (
            _kept(left, {key: pair[0] for key, pair in pairs.items() if pair[0] is not MISSING}),
            _kept(right, {key: pair[1] for key, pair in pairs.items() if pair[1] is not MISSING}),
        )
    if all(each is MISSING or isinstance(each, list) for each in (left, right)):
        return _unrepeated_items(left, right, ours, theirs)
    sides = [
        told.get(_said(value), set())
        for value, told in ((left, ours), (right, theirs))
        if value is not MISSING and not isinstance(value, (dict, list))
    ]
    if sides and set.intersection(*sides):
        return MISSING, MISSING
    return left, right


def _unrepeated_items(left: Value, right: Value, ours: _Told, theirs: _Told) -> tuple[Value, Value]:
    """Items stay where they are, or an index would not be what it is; the list goes if nothing is left."""
    one = left if isinstance(left, list) else []
    other = right if isinstance(right, list) else []
    pairs = [
        _unrepeated(
            one[n] if n < len(one) else MISSING, other[n] if n < len(other) else MISSING, ours, theirs
        )
        for n in range(max(len(one), len(other)))
    ]
    if pairs and all(pair == (MISSING, MISSING) for pair in pairs):
        return MISSING, MISSING
    return (
        MISSING if left is MISSING else [_item(each, pairs[n][0]) for n, each in enumerate(one)],
        MISSING if right is MISSING else [_item(each, pairs[n][1]) for n, each in enumerate(other)],
    )


def _item(before: Json, after: Value) -> Json:
    """An item without what is told already; what is no object stays whole."""
    if after is not MISSING:
        return after
    return {} if isinstance(before, dict) else before


def _kept(value: Value, members: dict[str, Json]) -> Value:
    """An object without some members: nothing where none is left of it."""
    return MISSING if value is MISSING or (value and not members) else members
