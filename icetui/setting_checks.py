"""Whether a value of config.toml can be used, and where in the file it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)

T = TypeVar("T")


def is_name(given: str) -> bool:
    """Whether a text can name a profile: letters, digits, ``.``, ``_``, ``-``; at most 64; no mark first."""
    return _NAME.fullmatch(given) is not None


class Unusable(Exception):
    """A value of a setting that cannot be used.

    Args:
        words: why, without the final full stop.
        nearest: a value that would do and looks like it, or "".
    """

    def __init__(self, words: str, nearest: str = "") -> None:
        super().__init__(words)
        self.nearest = nearest


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that looks most like another, or ""."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, n=1)), "")


def text(value: object) -> str:
    """A text."""
    if not isinstance(value, str):
        raise Unusable("a text in quotes is expected")
    return value


def name(value: object) -> str:
    """A name of a profile."""
    given = text(value)
    if not is_name(given):
        raise Unusable(f"{given[:70]!r} cannot name a profile")
    return given


def table(value: object) -> Mapping[str, Any]:
    """A table."""
    if not isinstance(value, dict):
        raise Unusable("tables such as [profiles.prod] are expected")
    return value


def switch(value: object) -> bool:
    """True or false; neither 1 nor "yes"."""
    if not isinstance(value, bool):
        raise Unusable("true or false is expected")
    return value


def words(value: object) -> tuple[str, ...]:
    """A program and its arguments."""
    if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
        raise Unusable('a list of texts is expected, e.g. ["pass", "show", "icetui/prod"]')
    if not value[0] or any("\0" in word for word in value):
        raise Unusable("it does not name a program")
    return tuple(value)


def one_of(value: object, known: tuple[T, ...]) -> T:
    """One of a few words."""
    for each in known:
        if value == each:
            return each
    choice = [str(each) for each in known]
    near = nearest(value, choice) if isinstance(value, str) else ""
    raise Unusable(f"{str(value)[:70]!r} is not one of {', '.join(choice)}", near)


def number(value: object, least: int, most: int) -> float:
    """A finite number in a range, bounds included."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unusable(f"a number from {least} to {most} is expected")
    if not least <= value <= most:
        raise Unusable(f"{value} is not from {least} to {most}")
    return value


def whole(value: object, least: int, most: int) -> int:
    """A whole number in a range, bounds included."""
    given = number(value, least, most)
    if not isinstance(given, int):
        raise Unusable("a whole number is expected")
    return given


_KEY = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+")


def line_of(text: str, where: tuple[str, ...]) -> int:
    """The line a key stands in, from 1; of the nearest table around it, or 0, where it has none of its own.

    tomllib tells no positions, so the lines are looked at as a person would.
    """
    best, line = 0, 0
    table: tuple[str, ...] = ()
    for count, content in enumerate(text.splitlines(), 1):
        left, equals, _ = content.partition("=")
        if content.lstrip().startswith("["):
            table = here = _keys(content.partition("]")[0])
        elif equals and not left.lstrip().startswith("#"):
            here = table + _keys(left)
        else:
            continue
        depth = min(len(here), len(where))
        if depth > best and here[:depth] == where[:depth]:
            best, line = depth, count
    return line


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(key.strip("\"'") for key in _KEY.findall(dotted))
