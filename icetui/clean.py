"""Text made safe to show, and measured in terminal cells.

Every string of the service passes here on its way to a screen, a terminal title or a plain print
(design.md, law 5): titles and transcripts are written by users of users. Terminals obey control
characters and disagree about the width of joiners, variation selectors, skin tones and characters
newer than their tables (textual.md 5.2, 5.3): what is left here has one width everywhere.
Markup is not touched: nothing shown is ever parsed.
"""

from __future__ import annotations

import re
import unicodedata

MARK = "\ufffd"
"""Stands for a character that must not reach a terminal."""

_MOST_COMBINING = 3


def clean(text: str) -> str:
    """One line that is safe for a terminal; cleaning it again changes nothing.

    - A line break becomes ``⏎``, a tab a space, other C0 controls their picture (ESC ``␛``).
    - C1, bidi controls, zero-width and other format characters, line and paragraph separators, lone
      surrogates and characters unknown to this Python's Unicode become U+FFFD.
    - Joiners, variation selectors, keycap marks and skin tones are dropped.
    - Of a run of combining marks three are kept; a run without a base gets ``◌``.
    """
    if text.isascii() and text.isprintable():
        return text
    return _ODD.sub(_marked, text)


def clean_block(text: str) -> list[str]:
    """The same for text of several lines: real line breaks split it, tabs become up to four spaces.

    A line break at the very end begins no line; there is always at least one line.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    text = text.removesuffix("\n")
    return [clean(line.expandtabs(4) if "\t" in line else line) for line in text.split("\n")]


def width(text: str) -> int:
    """How many cells clean text takes: two for Chinese, Japanese, Korean and emoji, none for marks."""
    return len(text) if text.isascii() else sum(map(_CELLS.__getitem__, text))


def cut(text: str, cells: int, mark: str = "…") -> str:
    """Clean text in at most `cells` cells; what is cut ends in a mark of one cell.

    Cut is between characters with their marks, so it may take one cell less than allowed.
    """
    if cells <= 0:
        return ""
    if text.isascii():
        return text if len(text) <= cells else text[: cells - 1] + mark
    used = keep = 0
    for index, char in enumerate(text):
        used += _CELLS[char]
        if used < cells:
            keep = index + 1
        elif used > cells:
            return text[:keep] + mark
    return text


# --- what happens to a character ------------------------------------------------------------------

# Only the common blocks without a single odd character: a short list is fast to search, and the rest
# is looked up one by one.
_ODD = re.compile(
    "[^ -~\u00a0-\u00ac\u00ae-\u02ff\u0391-\u03a1\u03a3-\u0482\u0e01-\u0e30"
    "\u2010-\u2027\u2030-\u205e\u2070\u2080-\u208e\u20a0-\u20bf\u2190-\u2426\u2460-\u2b73"
    "\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u3131-\u3163\u3190-\u31e3\u3200-\u321e\u3220-\u9ffc"
    "\uac00-\ud7a3\uff01-\uff9f\uffe0-\uffe6\ufffd"
    "\U0001f1e6-\U0001f1ff\U0001f300-\U0001f3fa\U0001f400-\U0001f64f]+"
)

# Dropped: variation selectors (presentation only), ZWJ, keycap, skin tones.
_DROPPED = re.compile(
    "[\u180b-\u180d\u180f\u200d\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)

# Blank or invisible although they are letters or marks: Hangul fillers, Khmer inherent vowels, CGJ.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]")

_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})


def _shown(char: str) -> str:
    """What is shown for one character, before runs of marks are capped."""
    if char == "\n":
        return "⏎"
    if char == "\t":
        return " "
    if char < " ":
        return chr(0x2400 + ord(char))
    if char == "\x7f":
        return "␡"
    if _DROPPED.match(char):
        return ""
    if _INVISIBLE.match(char) or unicodedata.category(char) in _CATEGORIES:
        return MARK
    return char


def _cells(char: str) -> int:
    """How many cells one clean character takes.

    Spacing marks and the vowels and finals of decomposed Hangul join the cell of their base. Symbols
    that Unicode 16 made wide are wide whatever this Python's Unicode says.
    """
    if unicodedata.category(char) in ("Mn", "Me", "Mc") or _FINALS.match(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" or _WIDE.match(char) else 1


_FINALS = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb]")
_WIDE = re.compile("[\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d356\U0001d360-\U0001d376]")


class _Shown(dict[str, str]):
    """What is shown for a character, found out once."""

    def __missing__(self, char: str) -> str:
        shown = self[char] = _shown(char)
        return shown


class _Cells(dict[str, int]):
    """The width of a character, found out once."""

    def __missing__(self, char: str) -> int:
        cells = self[char] = _cells(char)
        return cells


_SHOWN = _Shown()
_CELLS = _Cells()


def _marked(odd: re.Match[str]) -> str:
    """A run of characters that are not all harmless, as shown.

    Every mark is in such a run, so a run of marks is never split over two.
    """
    run = odd[0]
    if len(run) == 1 and odd.start():
        return _SHOWN[run]
    if "\r" in run:
        run = run.replace("\r\n", "\n")
    out: list[str] = []
    marks = 0
    based = odd.start() > 0
    for char in run:
        shown = _SHOWN[char]
        if not shown:
            continue
        if _CELLS[shown]:
            marks = 0
        else:
            marks += 1
            if marks > _MOST_COMBINING:
                continue
            if not based:
                out.append("◌")
        based = True
        out.append(shown)
    return "".join(out)
