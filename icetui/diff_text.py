"""A difference in words and as a value of JSON: what ``icetui diff`` prints and the compare screen copies."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from icetui.call import Json
from icetui.clean import clean
from icetui.compare import jq
from icetui.diff import MISSING, Node, Piece, Value, differences, pieces
from icetui.job_json import job_json

if TYPE_CHECKING:
    from icetui.families.base import Opened

SIGNS: Final = {"added": "+", "removed": "-", "changed": "~"}

LONGEST: Final = 160
"""Characters of a value in a line; what is cut out of a longer one is said."""

_AROUND = 24


def as_json(left: Opened, right: Opened, top: Node) -> dict[str, Json]:
    """Two jobs and their differences; `ignored` is how many more there are that do not count."""
    return {
        "left": dict(job_json(left.job)),
        "right": dict(job_json(right.job)),
        "same": not top.count,
        "ignored": top.ignored,
        "differences": [difference_json(each) for each in differences(top)],
    }


def difference_json(node: Node) -> dict[str, Json]:
    """One difference. The path of a side that has nothing is null, and so is its value."""
    return {
        "root": root_of(node),
        "change": node.change,
        "left_path": _path(node.path("left")),
        "right_path": _path(node.path("right")),
        "left": _or_null(node.left),
        "right": _or_null(node.right),
    }


def root_of(node: Node) -> str:
    """The name under which a place is compared."""
    while node.parent is not None and node.parent.parent is not None:
        node = node.parent
    return str(node.step or "")


def _path(path: str | None) -> Json:
    return None if path is None else jq(path)


def _or_null(value: Value) -> Json:
    return None if value is MISSING else value


def summary(top: Node) -> str:
    """``12 differences; 5 more are ignored``."""
    counted = f"{top.count:,} difference{'' if top.count == 1 else 's'}" if top.count else "no difference"
    return counted + (
        f"; {top.ignored:,} more {'is' if top.ignored == 1 else 'are'} ignored" * (top.ignored > 0)
    )


def line_of(node: Node, more: str = "…", arrow: str = "→", longest: int = LONGEST) -> str:
    """One difference on one safe line: sign, path for jq, what it was and what it is.

    Args:
        node: the difference.
        more: stands for what is cut out.
        arrow: stands between left and right.
        longest: characters of a value that are told; 0: all.
    """
    left, right = node.path("left"), node.path("right")
    path = jq(left if left is not None else right or "")
    if left is not None and right is not None and left != right:
        path += f" (right {jq(right)})"
    head = f"{SIGNS[node.change]} {clean(path)}: "
    if node.change != "changed":
        return head + _short(node.value, more, longest)
    if longest and isinstance(node.left, str) and isinstance(node.right, str):
        here, there = pieces(node.left, node.right)
        return head + f"{_around(here, more)} {arrow} {_around(there, more)}"
    return head + f"{_short(node.left, more, longest)} {arrow} {_short(node.right, more, longest)}"


def json_of(value: Value) -> str:
    """A value as JSON on one line, not cleaned; what is not there is null."""
    if isinstance(value, float) and not math.isfinite(value):
        return "null"
    return json.dumps(_or_null(value), ensure_ascii=False)


def _short(value: Value, more: str, longest: int = LONGEST) -> str:
    text = clean(json_of(value))
    if not longest or len(text) <= longest:
        return text
    return f"{text[:longest]}{more} ({len(text):,} characters)"


def _around(parts: Sequence[Piece], more: str) -> str:
    """A text as JSON; of a long one what differs, with a little around it."""
    whole = "".join(text for text, _ in parts)
    if len(whole) <= LONGEST:
        return _short(whole, more)
    text = "".join(_ends(parts, more))
    cut = text if len(text) <= 2 * LONGEST else f"{text[: 2 * LONGEST]}{more}"
    return f"{clean(json_of(cut))} ({len(whole):,} characters)"


def _ends(parts: Sequence[Piece], more: str) -> Iterator[str]:
    last = len(parts) - 1
    for n, (text, alone) in enumerate(parts):
        if alone or len(text) <= 2 * _AROUND:
            yield text
            continue
        head = text[:_AROUND] if n else ""
        tail = text[-_AROUND:] if n < last else ""
        yield f"{head}{more}{tail}"
