"""``--ascii``: our own signs as ASCII, cell for cell. Text of other people stays as it is."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

SIGNS = str.maketrans(
    {
        "▸": ">",
        "▾": "v",
        "≈": "~",
        "▲": "^",
        "·": "-",
        "…": "~",
        "–": "-",
        "•": "*",
        "│": "|",
        "─": "-",
        "╭": "+",
        "╮": "+",
        "╰": "+",
        "╯": "+",
        "⟪": "<",
        "⟫": ">",
        "←": "<",
        "→": ">",
        "↑": "^",
        "↓": "v",
        "⏎": "/",
        "␛": "?",
        "\ufffd": "?",
    }
)
"""Each sign that screens and panes draw, and what stands for it in one cell."""


class AsciiOnly(LineFilter):
    """Draws our signs with the characters every font has."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, sign by sign; the list itself where all is ASCII already."""
        if all(text.isascii() for text, _, _ in segments):
            return segments
        return [
            segment if segment.control else Segment(segment.text.translate(SIGNS), segment.style)
            for segment in segments
        ]
