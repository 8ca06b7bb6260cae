"""The last net before the terminal: control characters in a line become visible marks.

Text is made safe where it comes in (`icetui.clean`); this is for the place that was forgotten.
"""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U000e0000-\U000e0fff]"
)


class Net(LineFilter):
    """Replaces what a terminal would obey by U+FFFD (textual.md 5.2)."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, safe; the list itself where nothing had to be done."""
        if not any(_UNSAFE.search(text) for text, _, control in segments if not control):
            return segments
        return [
            segment if segment.control else Segment(_UNSAFE.sub("\ufffd", segment.text), segment.style)
            for segment in segments
        ]
