"""A text in a pane: which part of which line stands where, wrapped or not. No framework here.

Only the lines that are looked at are made, and only as many of their pieces: a text has millions of
lines, or one line of megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from icetui.panes.spans import Lines, SpanLine, broken, whole

_KEPT = 500
"""Broken lines that are remembered."""


class Spot(NamedTuple):
    """A screen line's worth of text: piece `piece` (0 where lines are not wrapped) of line `y`."""

    y: int
    piece: int = 0


class _Pieces:
    """A line broken to the width, as far as it was looked at."""

    def __init__(self, pieces: Iterator[SpanLine]) -> None:
        self._made: list[SpanLine] = []
        self._more = pieces

    def piece(self, k: int) -> SpanLine | None:
        """Piece `k`, or None behind the last."""
        if k >= len(self._made):
            self._made += islice(self._more, k + 1 - len(self._made))
        return self._made[k] if k < len(self._made) else None

    def __len__(self) -> int:
        self._made += self._more
        return len(self._made)


class Flow:
    """A text at one width.

    Args:
        lines: the text.
        cells: how wide the pane is.
        wrap: whether lines that are longer take several screen lines.
        whole: the one line that is shown whole where lines are not wrapped, or -1.
    """

    def __init__(self, lines: Lines, cells: int, *, wrap: bool, whole: int = -1) -> None:
        self._lines = lines
        self._cells = cells
        self._wrap = wrap
        self._whole = whole
        self._pieces: dict[int, _Pieces] = {}
        self._seen: tuple[Spot, int, list[Spot]] | None = None

    def _broken(self, y: int) -> _Pieces:
        pieces = self._pieces.get(y)
        if pieces is None:
            if len(self._pieces) > _KEPT:
                self._pieces.clear()
            made = whole(self._lines, y, self._cells) if y == self._whole else None
            pieces = self._pieces[y] = _Pieces(made or broken(self._lines.line(y), self._cells))
        return pieces

    def wraps(self, y: int) -> bool:
        """Whether a line may take several screen lines."""
        return self._wrap or y == self._whole

    def has(self, spot: Spot) -> bool:
        """Whether the line has this piece."""
        return self._broken(spot.y).piece(spot.piece) is not None if self.wraps(spot.y) else spot.piece == 0

    def height(self, y: int) -> int:
        """How many screen lines a line takes."""
        return len(self._broken(y)) if self.wraps(y) else 1

    def spans(self, spot: Spot) -> SpanLine:
        """The text of a spot; a line that is not wrapped is given whole."""
        if not self.wraps(spot.y):
            return self._lines.line(spot.y)
        return self._broken(spot.y).piece(spot.piece) or ()

    def stepped(self, spot: Spot, by: int) -> Spot:
        """The spot `by` screen lines further, not beyond the text."""
        y, piece = spot
        last = len(self._lines) - 1
        if last < 0 or not (self._wrap or self._whole >= 0):
            return Spot(max(0, min(y + by, last)))
        while by > 0:
            if self.has(Spot(y, piece + 1)):
                piece += 1
            elif y < last:
                y, piece = y + 1, 0
            else:
                break
            by -= 1
        while by < 0:
            if piece:
                piece -= 1
            elif y:
                y -= 1
                piece = self.height(y) - 1
            else:
                break
            by += 1
        return Spot(y, piece)

    def end(self, height: int) -> Spot:
        """The spot on the first screen line when the text's end is on the last."""
        last = len(self._lines) - 1
        if last < 0 or height <= 0:
            return Spot(max(0, last))
        return self.stepped(Spot(last, self.height(last) - 1), 1 - height)

    def visible(self, top: Spot, height: int) -> list[Spot]:
        """The spots of a pane of `height` screen lines; fewer where the text ends before."""
        if self._seen is None or self._seen[:2] != (top, height):
            self._seen = (top, height, self._spots(top, height))
        return self._seen[2]

    def _spots(self, top: Spot, height: int) -> list[Spot]:
        total = len(self._lines)
        if not self._wrap and self._whole < 0:
            return [Spot(y) for y in range(top.y, min(total, top.y + height))]
        spots: list[Spot] = []
        y, piece = top
        while len(spots) < height and y < total:
            if self.has(Spot(y, piece)):
                spots.append(Spot(y, piece))
                piece += 1
            else:
                y, piece = y + 1, 0
        return spots
