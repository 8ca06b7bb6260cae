"""How the style names of `spans` look: the terminal's own 16 colours, or none.

No name is told by colour alone: the words and shapes beside it say the same, and without colours
bold, underline and reverse video are left.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from icetui.clean import width
from icetui.panes.spans import SpanLine

REVERSE = Style(reverse=True)
"""Laid over a line that is selected."""

_COLOURED = {
    "": Style(),
    "dim": Style(color="bright_black"),
    "key": Style(color="cyan"),
    "string": Style(color="green"),
    "number": Style(color="yellow"),
    "constant": Style(color="magenta"),
    "good": Style(color="green"),
    "bad": Style(color="red", bold=True),
    "warn": Style(color="yellow", bold=True),
    "busy": Style(color="cyan", bold=True),
    "title": Style(bold=True),
    "link": Style(color="blue", underline=True),
    "mark": Style(color="magenta", bold=True),
    "found": Style(color="black", bgcolor="yellow"),
    "active": Style(bold=True, reverse=True),
}

_PLAIN = {
    "": Style(),
    "dim": Style(),
    "key": Style(),
    "string": Style(),
    "number": Style(),
    "constant": Style(),
    "good": Style(),
    "bad": Style(bold=True),
    "warn": Style(bold=True),
    "busy": Style(bold=True),
    "title": Style(bold=True),
    "link": Style(underline=True),
    "mark": Style(bold=True),
    "found": Style(underline=True, bold=True),
    "active": Style(bold=True, reverse=True),
}


@lru_cache(2)
def palette(colour: bool = True) -> Mapping[str, Style]:
    """Style name to Style. `colour` False: what NO_COLOR asks for, attributes only."""
    return MappingProxyType(dict(_COLOURED if colour else _PLAIN))


@lru_cache(256)
def selected(style: Style) -> Style:
    """A style as it looks on the selected line: reverse video, without colours of its own.

    A coloured word in reverse video would be a coloured block, hard to read on half of all palettes.
    """
    return Style(bold=style.bold, underline=style.underline, reverse=True)


def strip(line: SpanLine, cells: int, styles: Mapping[str, Style], base: Style | None = None) -> Strip:
    """Spans as a strip of exactly `cells` cells; the caller has cut them. `base` lies under all."""
    segments = []
    used = 0
    for text, name in line:
        style = styles[name]
        segments.append(Segment(text, style if base is None else base + style))
        used += width(text)
    if used < cells:
        segments.append(Segment(" " * (cells - used), base))
    return Strip(segments, cells)
