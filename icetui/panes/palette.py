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

_COLOURED = {
    "": Style(),
    "dim": Style(dim=True),  # not bright black: in Solarized that is the background
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
    "gone": Style(color="red", underline=True),
    "come": Style(color="green", underline=True),
}

_PLAIN = {
    "": Style(),
    "dim": Style(dim=True),
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
    "gone": Style(underline=True),
    "come": Style(underline=True),
}


def _shared(styles: Mapping[str, Style]) -> Mapping[str, Style]:
    """The same with one object for all styles that look alike: whether they do is asked for every span."""
    objects: dict[Style, Style] = {}
    return MappingProxyType({name: objects.setdefault(style, style) for name, style in styles.items()})


@lru_cache(2)
def palette(colour: bool = True) -> Mapping[str, Style]:
    """Style name to Style. `colour` False: what NO_COLOR asks for, attributes only."""
    return _shared(_COLOURED if colour else _PLAIN)


@lru_cache(4)
def selected(colour: bool = True, *, focused: bool = True) -> Mapping[str, Style]:
    """The same names on the selected line: reverse video, and bold where the pane has no focus.

    Colours are dropped there: a coloured word in reverse video is a coloured block, hard to read on
    half of all palettes. Found text keeps its own look.
    """
    look = Style(reverse=True) if focused else Style(bold=True)
    line = {
        name: look + Style(bold=style.bold or None, underline=style.underline or None)
        for name, style in palette(colour).items()
    }
    return _shared({**line, "found": palette(colour)["found"] + Style(bold=True, underline=True)})


def strip(line: SpanLine, cells: int, styles: Mapping[str, Style]) -> Strip:
    """Spans as a strip of exactly `cells` cells; the caller has cut them. The rest is blank."""
    segments: list[Segment] = []
    used = 0
    run, look = "", styles[""]
    for text, name in line:
        used += width(text)
        style = styles[name]
        if style is look:  # one run of bytes for each change of looks
            run += text
        else:
            if run:
                segments.append(Segment(run, look))
            run, look = text, style
    if used < cells:
        blank = " " * (cells - used)
        if look is styles[""]:
            run += blank
        else:
            segments.append(Segment(run, look))
            run, look = blank, styles[""]
    if run:
        segments.append(Segment(run, look))
    return Strip(segments, cells)
