"""JSON as lines: printed once, coloured only where it is looked at.

Pretty-printed JSON has no token that spans two lines, so colouring a line alone is exact
(textual.md 4) and a document of any size costs what its visible lines cost.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from icetui.call import Json
from icetui.clean import clean
from icetui.decode import join
from icetui.panes.spans import Span, pattern

if TYPE_CHECKING:
    from pygments.lexer import Lexer

BOUNDARY = "⟪json⟫"
REPAIRED = "⟪repaired⟫"
BROKEN = "⟪broken⟫"

_INDENT = "  "

_LEVELS = 300
"""What nests too deep to be printed as a whole still does so many levels further down."""


class JsonLines:
    """A value printed with two blanks a level; `boundaries` and the like get a mark after their key.

    Args:
        value: what to print.
        boundaries: paths at which a string was decoded.
        repaired: paths whose value is a repaired reading of broken JSON.
        broken: paths whose text should be JSON and is not.
        path: where `value` stands in the answer.
    """

    def __init__(
        self,
        value: Json,
        *,
        boundaries: Collection[str] = (),
        repaired: Collection[str] = (),
        broken: Collection[str] = (),
        path: str = "",
    ) -> None:
        self._marks = {
            **dict.fromkeys(boundaries, BOUNDARY),
            **dict.fromkeys(broken, BROKEN),
            **dict.fromkeys(repaired, REPAIRED),
        }
        self._text: list[str] = []
        self._print(value, path)

    def __len__(self) -> int:
        return len(self._text)

    def line(self, y: int) -> Sequence[Span]:
        """One line as coloured spans."""
        return coloured(self._text[y])

    def text(self) -> str:
        """The whole text, as it is drawn but not cleaned: for copying."""
        return "\n".join(self._text)

    def having(self, text: str) -> Sequence[int]:
        """The lines that contain a text, letter case ignored, found without colouring a line."""
        wanted = pattern(text)
        if wanted is None:
            return ()
        return [y for y, line in enumerate(self._text) if wanted.search(line)]

    def _print(self, root: Json, root_path: str) -> None:
        """Prints with a stack: only what leads to a mark is walked, the rest the json module prints, in C."""
        out = self._text
        ways = _ways(self._marks)
        mark = self._marks.get(root_path)
        stack: list[tuple[str, Json, str | None, str]] = [(f"{mark} " if mark else "", root, root_path, "")]
        too_deep = -_LEVELS  # where something last was too deep for the json module
        while stack:
            head, value, path, tail = stack.pop()
            if path is None:  # a closing bracket waiting for its turn
                out.append(head + tail)
                continue
            if not isinstance(value, (dict, list)) or not value:
                out.append(head + _scalar(value) + tail)
                continue
            indent = head[: len(head) - len(head.lstrip(" "))]
            depth = len(indent) // len(_INDENT)
            if path not in ways and not too_deep < depth < too_deep + _LEVELS:
                lines = _printed(value)
                if lines is not None:
                    out.append(head + lines[0])
                    out += [indent + line for line in lines[1:-1]]
                    out.append(indent + lines[-1] + tail)
                    continue
                too_deep = depth
            named = isinstance(value, dict)
            out.append(head + ("{" if named else "["))
            stack.append((indent + ("}" if named else "]"), None, None, tail))
            items: list[tuple[str | int, Json]] = list(
                value.items() if isinstance(value, dict) else enumerate(value)
            )
            for n in range(len(items) - 1, -1, -1):
                key, item = items[n]
                below = join(path, key)
                mark = self._marks.get(below)
                label = f"{indent}{_INDENT}{f'{_scalar(key)}: ' if named else ''}{mark + ' ' if mark else ''}"
                stack.append((label, item, below, "," if n < len(items) - 1 else ""))


def _ways(marks: Collection[str]) -> frozenset[str]:
    """The paths on the way to a mark, "" among them where there is any mark."""
    ways = {""} if marks else set()
    for mark in marks:
        ways |= {mark[:n] for n, char in enumerate(mark) if char in ".["}
    return frozenset(ways)


def _printed(value: Json) -> list[str] | None:
    """A value as the json module lays it out; None where it nests deeper than Python's stack."""
    try:
        return json.dumps(value, ensure_ascii=False, indent=_INDENT).split("\n")
    except RecursionError:
        return None


def _scalar(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=1)
def _lexer() -> Lexer:
    # Here, not at the top: pygments is for whoever looks at JSON, after the first paint.
    from pygments.lexers.data import JsonLexer

    return JsonLexer(stripnl=False, ensurenl=False)


@lru_cache(maxsize=1)
def _styles() -> dict[object, str]:
    from pygments.token import Token

    return {
        Token.Name.Tag: "key",
        Token.Literal.String.Double: "string",
        Token.Literal.Number.Integer: "number",
        Token.Literal.Number.Float: "number",
        Token.Keyword.Constant: "constant",
        Token.Punctuation: "dim",
    }


@lru_cache(maxsize=4096)
def coloured(text: str) -> tuple[Span, ...]:
    """One printed line, cleaned, as spans: key, string, number, constant, dim, mark."""
    styles = _styles()
    spans: list[Span] = []
    # The marks stand outside the JSON grammar: they are cut out before the lexer sees the line.
    for mark, style in ((BOUNDARY, "mark"), (REPAIRED, "warn"), (BROKEN, "bad")):
        before, found, after = text.partition(mark + " ")
        if found and '": "' not in before and not before.lstrip().startswith('"' + mark):
            return (*coloured(before), (mark, style), (" ", ""), *coloured(after))
    for kind, piece in _lexer().get_tokens(text):
        if piece:
            spans.append((clean(piece), styles.get(kind, "")))
    return tuple(spans)
