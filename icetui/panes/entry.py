"""One line of text being typed: a value that each key turns into another."""

from __future__ import annotations

import re

from icetui.clean import clean, width
from icetui.records import record

_WORD_BEFORE = re.compile(r"\S+\s*$")
_BREAK = re.compile(r"\r\n|[\r\n\t\v\f\x85\u2028\u2029]")


@record
class Entry:
    """Text and where the next character goes, in characters from 0.

    The text is one line, always: line breaks of a paste become blanks, so that IDs pasted as a column
    stay apart.
    """

    text: str = ""
    at: int = 0

    def key(self, key: str, character: str | None) -> Entry | None:
        """The entry after a key; None where the key means nothing here.

        Args:
            key: Textual's name of the key.
            character: what it prints, or None.
        """
        text, at = self.text, self.at
        if character:
            return self._with(text[:at] + character + text[at:], at + len(character))
        match key:
            case "backspace" | "ctrl+h":
                return self._with(text[: max(0, at - 1)] + text[at:], at - 1)
            case "delete" | "ctrl+d":
                return self._with(text[:at] + text[at + 1 :], at)
            case "ctrl+u":
                return self._with(text[at:], 0)
            case "ctrl+k":
                return self._with(text[:at], at)
            case "ctrl+w":
                kept = _WORD_BEFORE.sub("", text[:at])
                return self._with(kept + text[at:], len(kept))
            case "left":
                return self._with(text, at - 1)
            case "right":
                return self._with(text, at + 1)
            case "home" | "ctrl+a":
                return self._with(text, 0)
            case "end" | "ctrl+e":
                return self._with(text, len(text))
        return None

    def pasted(self, text: str) -> Entry:
        """The entry after a paste; all its lines are kept, in one."""
        line = _BREAK.sub(" ", text)
        return self._with(self.text[: self.at] + line + self.text[self.at :], self.at + len(line))

    def _with(self, text: str, at: int) -> Entry:
        return Entry(text, max(0, min(len(text), at)))

    def window(self, cells: int) -> tuple[str, int]:
        """The part of the text that is seen in `cells` cells, and the insertion point within it.

        Characters a terminal must not see are shown as marks, one for one.
        """
        shown = "".join(
            [char if clean(f"a{char}") == f"a{char}" else clean(char)[:1] or " " for char in self.text]
        )
        start = 0
        while start < self.at and width(shown[start : self.at]) >= cells:
            start += 1
        end = self.at
        while end < len(shown) and width(shown[start : end + 1]) <= cells:
            end += 1
        return shown[start:end], self.at - start
