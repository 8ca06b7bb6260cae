"""JSON inside strings: decoded where it should be JSON, kept as it came where it broke.

Fields of the service hold JSON as text, sometimes JSON in JSON in JSON, sometimes not quite JSON
(api.md 2.7, 2.8). `decode` replaces such text by its value, and says at which paths it did so, where
it could not, and where it read text that is only almost JSON.

Paths look like ``JobResult.AiResult[0].text``; keys that are no identifiers stand as
``Result[0]["MOS(0-5)"]``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from icetui.call import Json
from icetui.records import field, record

DEEPEST = 200
"""Levels of nesting that are read: far above any answer, far below Python's recursion limit."""


@record
class Fault:
    """Where a text that should be JSON broke: the first error of the text as it came.

    Attributes:
        path: the field's place in the answer; "" from `decode_text`.
        line: from 1.
        column: from 1, in characters.
        position: from 0, in characters.
        message: the parser's words.
        text: the whole text as it came.
    """

    path: str
    line: int
    column: int
    position: int
    message: str
    text: str = field(repr=False)


@record
class Decoded:
    """An answer with its strings decoded.

    Attributes:
        value: the answer with strings replaced by what they decode to, repaired readings too.
        as_sent: the parsed answer as it came; never changed.
        boundaries: paths at which a string was decoded.
        repaired: the members of `broken` that have a repaired reading in `value`.
        broken: every path whose text did not parse; `value` holds the text itself where not repaired.
        texts: the string that was decoded at each of the boundaries, as it came.
        closed: the boundaries that jq's ``fromjson`` does not cross: repaired readings, and texts with
            NaN, Infinity or blanks that are none in JSON.
    """

    value: Json
    as_sent: Json
    boundaries: frozenset[str] = frozenset()
    repaired: Mapping[str, Fault] = field(default_factory=dict)
    broken: Mapping[str, Fault] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    closed: frozenset[str] = frozenset()


def parse(text: str) -> Json:
    """The value of a whole body.

    Of duplicate keys the last wins, at the place of the first. What Python has no JSON number for (NaN,
    Infinity, an integer of more than 4,300 digits, a float beyond 1.8e308) stays as its text, so that a
    value can always be written as JSON again.

    Raises:
        json.JSONDecodeError: (a ValueError) with `lineno`, `colno` and `pos`; also for nesting deeper
            than `DEEPEST`.
    """
    return _load(text, DEEPEST)


def decode_text(text: str) -> tuple[Json | None, Fault | None, bool]:
    """One string: its value, where it broke, and whether the value is a repaired reading.

    Only text that begins with ``{`` or ``[`` should be JSON (api.md 2.8): anything else gives
    (None, None, False). Broken text without a certain reading gives (None, fault, False).
    """
    return _decode_text(text, DEEPEST)


def decode(value: Json, containers: Collection[str], depth: int = 4) -> Decoded:
    """An answer with the strings of known fields decoded in place.

    Args:
        value: the parsed answer.
        containers: names of the fields whose strings may hold JSON, letter case ignored. A list of
            strings in such a field is decoded item by item (``NonExistAIJobIds.String``). All other
            strings are left alone: titles, transcript text and error messages may look like JSON.
        depth: how many strings may be nested in each other.
    """
    walk = _Walk(frozenset(name.casefold() for name in containers))
    found = walk.value(value, "", inside=False, depth=depth, level=0)
    return Decoded(
        found,
        value,
        frozenset(walk.texts),
        walk.repaired,
        walk.broken,
        walk.texts,
        frozenset(walk.closed),
    )


def decode_everywhere(value: Json, depth: int = 8) -> Decoded:
    """A value of any origin with every string decoded that holds a whole JSON object or array.

    Nothing is known of its fields, so nothing is repaired and no text is called broken: a title may
    begin with a bracket.
    """
    walk = _Walk(frozenset(), everywhere=True)
    found = walk.value(value, "", inside=True, depth=depth, level=0)
    return Decoded(found, value, frozenset(walk.texts), {}, {}, walk.texts, frozenset(walk.closed))


class _Walk:
    """One pass over an answer, collecting paths on its way."""

    def __init__(self, containers: frozenset[str], *, everywhere: bool = False) -> None:
        self.containers = containers
        self.everywhere = everywhere
        self.texts: dict[str, str] = {}
        self.closed: set[str] = set()
        self.repaired: dict[str, Fault] = {}
        self.broken: dict[str, Fault] = {}

    def value(self, value: Json, path: str, *, inside: bool, depth: int, level: int) -> Json:
        """`value` decoded; `inside`: whether a string here may hold JSON; `level`: nesting so far."""
        if isinstance(value, str):
            return self.text(value, path, depth, level) if inside and depth > 0 else value
        if level >= DEEPEST:
            return value
        if isinstance(value, dict):
            # Most members are plain strings and numbers: they cost no path.
            members = dict(value)
            for key, item in value.items():
                known = self.everywhere or key.casefold() in self.containers
                if isinstance(item, (dict, list)) or (known and isinstance(item, str)):
                    members[key] = self.value(
                        item, join(path, key), inside=known, depth=depth, level=level + 1
                    )
            return members
        if isinstance(value, list):
            items = list(value)
            for index, item in enumerate(value):
                if isinstance(item, (dict, list)) or (inside and isinstance(item, str)):
                    items[index] = self.value(
                        item, join(path, index), inside=inside, depth=depth, level=level + 1
                    )
            return items
        return value

    def text(self, text: str, path: str, depth: int, level: int) -> Json:
        """A string of a container field: what it holds, or itself."""
        value, fault, repaired = _decode_text(text, DEEPEST - level)
        if fault is not None:
            if self.everywhere:
                return text
            self.broken[path] = replace(fault, path=path)
            if not repaired:
                return text
            self.repaired[path] = self.broken[path]
        elif value is None:
            return text
        self.texts[path] = text
        if repaired or _is_loose(text):
            self.closed.add(path)
        # Items of a decoded array are values, not fields: alternatives of TextGenerate may begin with "[".
        return self.value(value, path, inside=self.everywhere, depth=depth - 1, level=level)


# --- one text -------------------------------------------------------------------------------------

_BLANK = " \t\r\n\v\f\u0085\u00a0\u2028\u2029\u3000\ufeff"


def _integer(digits: str) -> Json:
    try:
        return int(digits)
    except ValueError:  # more digits than sys.get_int_max_str_digits()
        return digits


def _fraction(digits: str) -> Json:
    value = float(digits)
    return value if math.isfinite(value) else digits


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_fraction, parse_constant=str)


def _is_loose(text: str) -> bool:
    """Whether text that we can read is more than JSON: odd blanks around it, NaN or Infinity in it."""
    bare = text.strip(" \t\r\n")
    if not bare.startswith(("{", "[")) or not bare.endswith(("}", "]")):
        return True
    if "\\ud" in text or "\\uD" in text:
        # jq 1.6 takes no half of a character (a surrogate without the other).
        halves = _PAIRED.sub(" ", text.replace("\\\\", ""))
        if _HALF.search(halves):
            return True
    if "NaN" not in text and "Infinity" not in text:
        return False
    outside = _STRING.sub("", text)
    return "N" in outside or "I" in outside


_PAIRED = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


_scan: Callable[[str, int], tuple[Json, int]] = cast(Any, _DECODER).scan_once
"""One value of any kind; typeshed does not know of it."""

LARGE = 300_000
"""Characters of a text from which on it is parsed part by part."""

_PART = 20_000
"""Characters of an item; where one is longer, the next is taken apart too."""

_space = re.compile(r"[ \t\n\r]*+").match


def _parted(text: str, start: int) -> tuple[Json, int]:
    """What `raw_decode` gives, parsed in many short calls.

    The json module holds the interpreter from the first character to the last: of 10 MB for a third of a
    second, in which no other thread, and so no key, gets its turn. Here it parses item by item.
    """
    try:
        return _item(text, start, 0)
    except (StopIteration, ValueError, IndexError):
        # It is broken: the json module says where.
        return _DECODER.raw_decode(text, start)


def _item(text: str, at: int, level: int) -> tuple[Json, int]:
    opening = text[at : at + 1]
    if opening not in ("{", "[") or level > 5:
        return _scan(text, at)
    closing, named = ("}", True) if opening == "{" else ("]", False)
    members: dict[str, Json] = {}
    items: list[Json] = []
    at = _space(text, at + 1).end()  # type: ignore[union-attr]  # it matches anywhere
    if text[at] == closing:
        return (members if named else items), at + 1
    seen = size = 0
    while True:
        key = ""
        if named:
            if text[at] != '"':
                raise ValueError(at)
            key, at = _scan(text, at)
            at = _space(text, at).end()  # type: ignore[union-attr]
            if text[at] != ":":
                raise ValueError(at)
            at = _space(text, at + 1).end()  # type: ignore[union-attr]
        before = at
        # Items of one array or object are of a size, after the first few.
        if seen < 16 or size > _PART:
            value, at = _item(text, at, level + 1)
        else:
            value, at = _scan(text, at)
        seen, size = seen + 1, at - before
        if named:
            members[key] = value
        else:
            items.append(value)
        at = _space(text, at).end()  # type: ignore[union-attr]
        if text[at] == closing:
            return (members if named else items), at + 1
        if text[at] != ",":
            raise ValueError(at)
        at = _space(text, at + 1).end()  # type: ignore[union-attr]


def _load(text: str, deepest: int) -> Json:
    """Parses with positions counted in `text` as it came, white space around it included."""
    start = len(text) - len(text.lstrip(_BLANK))
    end = len(text.rstrip(_BLANK))
    try:
        value, stop = (_parted if len(text) >= LARGE else _DECODER.raw_decode)(text, start)
    except RecursionError:
        raise _too_deep(text, deepest) from None
    if stop < end:
        extra = stop + len(text[stop:end]) - len(text[stop:end].lstrip(_BLANK))
        raise json.JSONDecodeError("Extra data", text, extra)
    if text.count("[") + text.count("{") > deepest and _levels(value, deepest) > deepest:
        raise _too_deep(text, deepest)
    return value


def _levels(value: Json, enough: int) -> int:
    """How deep a value is nested; stops counting above `enough`."""
    level, count = [value], 0
    while level and count <= enough:
        containers = [node for node in level if isinstance(node, (dict, list))]
        if not containers:
            break
        count += 1
        level = []
        for node in containers:
            level.extend(node.values() if isinstance(node, dict) else node)
    return count


# A whole string (or an unclosed one to the end), or one bracket. Possessive: never tried twice.
_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{\]}]', re.DOTALL)


def _too_deep(text: str, deepest: int) -> json.JSONDecodeError:
    depth = position = 0
    for found in _BRACKETS.finditer(text):
        if found[0] in ("[", "{"):
            depth += 1
            if depth > deepest:
                position = found.start()
                break
        elif found[0] in ("]", "}"):
            depth -= 1
    return json.JSONDecodeError(f"Nested more than {deepest} levels deep", text, position)


def _decode_text(text: str, deepest: int) -> tuple[Json | None, Fault | None, bool]:
    if not text.lstrip(_BLANK).startswith(("{", "[")):
        return None, None, False
    try:
        return _load(text, deepest), None, False
    except json.JSONDecodeError as error:
        fault = Fault("", error.lineno, error.colno, error.pos, error.msg, text)
    mended = _mend(text)
    if mended == text:
        return None, fault, False
    try:
        return _load(mended, deepest), fault, True
    except json.JSONDecodeError:
        return None, fault, False


_PAIR = re.compile(r"\\(.)", re.DOTALL)
# A whole string, or the last character of another value; then white space with a line break in it
# before the first character of a string, an object or an array.
_GAP = re.compile(
    r'("(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\]}0-9])([ \t\r]*+\n[ \t\r\n]*+(?=["\[{]))?',
    re.DOTALL,
)


def _mend(text: str) -> str:
    """The text with the two slips put right that have one reading only (api.md 2.8 #1, #2).

    A backslash before a character that JSON does not escape is dropped; pairs are walked, so that an
    escaped backslash stays. Where a line ends with a value and the next one begins with a value, a comma
    is put between. Neither can happen in valid JSON, so text that parses never changes. Nothing is
    closed, renamed or quoted: what was cut off stays broken.
    """
    text = _PAIR.sub(lambda pair: pair[0] if pair[1] in '"\\/bfnrtu' else pair[1], text)
    return _GAP.sub(lambda gap: f"{gap[1]},{gap[2]}" if gap[2] else gap[0], text)


# --- paths ----------------------------------------------------------------------------------------

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_STEP = re.compile(r'(?:\A|(?<=[\s\S])\.)([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]|\[("(?:[^"\\]|\\.)*")\]')


def join(path: str, key: str | int) -> str:
    """The path of a member: ``a.b``, ``a[0]``, ``a["MOS(0-5)"]``."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if _PLAIN_KEY.match(key):
        return f"{path}.{key}" if path else key
    return f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def steps(path: str) -> Iterator[str | int]:
    """The keys and places a path of `join` goes through.

    Raises:
        KeyError: it is no such path.
    """
    place = 0
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None:
            raise KeyError(path)
        place = step.end()
        name, index, quoted = step.groups()
        if index is not None:
            if len(index) > 18:
                raise KeyError(path)
            yield int(index)
        else:
            yield name if quoted is None else str(json.loads(quoted, strict=False))


def at(value: Json, path: str) -> Json:
    """The value at a path of `join`; "" is the whole.

    Raises:
        KeyError: there is nothing at this path, or it is no path.
    """
    for step in steps(path):
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                raise KeyError(path)
        elif not isinstance(value, dict) or step not in value:
            raise KeyError(path)
        value = value[step]
    return value


# --- times and numbers ----------------------------------------------------------------------------


def parse_time(text: object) -> datetime | None:
    """A moment in UTC from ISO 8601 with a zone, white space around it ignored (api.md 2.8 #5).

    None for anything else, a time without a zone included (``2022-12-02 16:14:06``, api.md 2.5): it is
    not known where that clock stood.
    """
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


def number(value: object) -> float | None:
    """A number, or a number written in a string (api.md 2.6); None for bool, NaN and anything else."""
    if isinstance(value, str):
        value = value.strip()
        if not _NUMBER.match(value):
            return None
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None
