"""Where a value stands, as jq and as JSONPath write it.

A value inside a decoded string stands behind a border. jq crosses it with ``fromjson``; JSONPath cannot
look into a string and ends there. A text that is not quite JSON (api.md 2.8) is closed to both.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple, TypeAlias

from icetui.decode import join, steps


class Border(enum.Enum):
    """The border of a string that was decoded."""

    DECODED = "decoded"
    CLOSED = "closed"


Step: TypeAlias = str | int | Border
"""A key, a place in an array from 0, or a border that is crossed."""


class Written(NamedTuple):
    """A path as text, and whether it leads all the way or to the string that holds the value."""

    text: str
    whole: bool


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def jq(path: Sequence[Step]) -> Written:
    """As a jq filter: ``.Job.Data | fromjson | .[0]["MOS(0-5)"]``; it ends at a closed border."""
    pipes: list[str] = []
    here = ""
    for step in path:
        if step is Border.CLOSED:
            return Written(" | ".join([*pipes, here or "."]), whole=False)
        if step is Border.DECODED:
            pipes += [here or ".", "fromjson"]
            here = ""
        elif isinstance(step, int):
            here += f"[{step}]" if here else f".[{step}]"
        elif _NAME.match(step):
            here += f".{step}"
        else:
            here += f"[{_quoted(step)}]" if here else f".[{_quoted(step)}]"
    if here or not pipes:
        pipes.append(here or ".")
    return Written(" | ".join(pipes), whole=True)


def jsonpath(path: Sequence[Step]) -> Written:
    """As JSONPath (RFC 9535): ``$.Job.Data``; it ends at the first border."""
    text = "$"
    for step in path:
        if isinstance(step, Border):
            return Written(text, whole=False)
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if _NAME.match(step) else f"[{_quoted(step)}]"
    return Written(text, whole=True)


def stepped(path: str, boundaries: Collection[str], closed: Collection[str] = ()) -> tuple[Step, ...]:
    """The steps of a path of `decode.join`, with the borders it crosses; one at its very end too.

    Raises:
        KeyError: it is no such path.
    """
    found: list[Step] = []
    here = ""
    if here in boundaries:
        found.append(border(here, closed))
    for step in steps(path):
        here = join(here, step)
        found.append(step)
        if here in boundaries:
            found.append(border(here, closed))
    return tuple(found)


def border(path: str, closed: Collection[str]) -> Border:
    """What kind of border stands at a path."""
    return Border.CLOSED if path in closed else Border.DECODED


def _quoted(key: str) -> str:
    """A key as a string of jq and JSONPath: what cannot be seen is escaped, so that a paste is safe."""
    text = json.dumps(key, ensure_ascii=False)
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
