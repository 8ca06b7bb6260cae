"""The differences of two values as rows: a tree in which only what differs is unfolded. No framework here.

Side by side, the left value beside the right one with a sign between them, or unified: one below the
other, each with its sign in front. Rows are spans made when they come into view; folding replaces a
stretch of the list of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from icetui.clean import clean, width
from icetui.diff import MISSING, Node, Piece, Side, Value, difference, pieces
from icetui.diff_text import SIGNS, json_of
from icetui.panes.drawings import plural
from icetui.panes.spans import Span, window

Form: TypeAlias = Literal["sides", "unified"]

SIDES_FROM: Final = 96
"""Cells of a row from which on both values stand side by side."""

_BETWEEN = 3
_MOST = 2_000
"""Characters of a value that a row shows where it is cut anyway."""


class Row(NamedTuple):
    """A place of the tree on the screen.

    Attributes:
        node: the place.
        depth: how far it is indented.
        side: which value the row shows: "left" or "right" of a changed one where they are unified.
    """

    node: Node
    depth: int
    side: Side | None


class DiffRows:
    """The visible rows of a tree of differences.

    Args:
        top: the tree, from `compare.compared`; its own row is not shown.
        form: how two values of one place stand.
        cells: of a row.
        whole: nothing is cut: for wrapping, and for the plain view.
    """

    def __init__(self, top: Node, form: Form, cells: int, *, whole: bool = False) -> None:
        self.top = top
        self.form: Form = form
        self.cells = cells
        self.whole = whole
        self._open: set[Node] = set()
        self._pieces: dict[Node, tuple[list[Piece], list[Piece]]] = {}
        self._unfold_differences()
        self._rows = list(self._seen(top, 0))

    def _unfold_differences(self) -> None:
        waiting = [self.top]
        while waiting:
            node = waiting.pop()
            if node is self.top or (node.count and not node.is_difference):
                self._open.add(node)
                waiting.extend(node.children)

    def __len__(self) -> int:
        return len(self._rows)

    # -- which rows there are

    def _seen(self, node: Node, depth: int) -> Iterator[Row]:
        """The rows below an unfolded node."""
        waiting = [(iter(node.children), depth)]
        while waiting:
            children, level = waiting[-1]
            child = next(children, None)
            if child is None:
                waiting.pop()
                continue
            yield from self._own(child, level)
            if child in self._open:
                waiting.append((iter(child.children), level + 1))

    def _own(self, node: Node, depth: int) -> Iterator[Row]:
        if self.form == "unified" and node.leaf and _has_two(node):
            yield Row(node, depth, "left")
            yield Row(node, depth, "right")
        else:
            yield Row(node, depth, None)

    def carry(self, old: DiffRows) -> None:
        """Takes over what is folded in other rows of the same tree."""
        self._open = set(old._open)
        self._rows = list(self._seen(self.top, 0))

    def node(self, y: int) -> Node:
        """The place on a row."""
        return self._rows[y].node

    def y(self, node: Node) -> int:
        """The row of a place, or of the folded one that hides it; 0 for the top."""
        line = []
        each: Node | None = node
        while each is not None:
            line.append(each)
            each = each.parent
        shown = {each: y for y, each in self._first_rows(set(line))}
        return next((shown[each] for each in line if each in shown), 0)

    def _first_rows(self, wanted: set[Node]) -> Iterator[tuple[int, Node]]:
        for y in range(len(self._rows) - 1, -1, -1):
            if self._rows[y].node in wanted:
                yield y, self._rows[y].node

    # -- folding

    def is_open(self, node: Node) -> bool:
        """Whether what stands below a node is shown."""
        return node in self._open

    def unfold(self, y: int, *, deep: bool = False) -> bool:
        """Shows what stands below a row; False where nothing is hidden."""
        node, depth, _ = self._rows[y]
        if node.leaf:
            return False
        before = len(self._open)
        waiting = [node]
        while waiting:
            each = waiting.pop()
            if not each.leaf:
                self._open.add(each)
                if deep:
                    waiting.extend(each.children)
        if len(self._open) == before:
            return False
        self._rows[y + 1 : self._past(y)] = self._seen(node, depth + 1)
        return True

    def fold(self, y: int, *, deep: bool = False) -> bool:
        """Hides what stands below a row; False where nothing is shown."""
        node = self._rows[y].node
        if node not in self._open:
            return False
        waiting = [node]
        while waiting:
            each = waiting.pop()
            if each in self._open:
                self._open.discard(each)
                if deep:
                    waiting.extend(each.children)
        del self._rows[y + 1 : self._past(y)]
        return True

    def level(self, by: int) -> bool:
        """Unfolds the highest folded level of the rows that are seen, or folds the deepest unfolded one."""
        if by > 0:
            folded = [row for row in self._rows if not row.node.leaf and row.node not in self._open]
            level = min((row.depth for row in folded), default=0)
            turned = {row.node for row in folded if row.depth == level}
            self._open |= turned
        else:
            unfolded = [row for row in self._rows if row.node in self._open]
            level = max((row.depth for row in unfolded), default=0)
            turned = {row.node for row in unfolded if row.depth == level}
            self._open -= turned
        if turned:
            self._rows = list(self._seen(self.top, 0))
        return bool(turned)

    def _past(self, y: int) -> int:
        """The first row below one that does not stand below it in the tree."""
        depth = self._rows[y].depth
        y += 1
        while y < len(self._rows) and self._rows[y].depth > depth:
            y += 1
        return y

    def parent(self, y: int) -> int | None:
        """The row of the place that a row belongs to; None at the root."""
        depth = self._rows[y].depth
        if not depth:
            return None
        while self._rows[y].depth >= depth:
            y -= 1
        return y

    # -- differences

    def step(self, y: int, by: int) -> int | None:
        """The number of the next or previous difference, from 0; None where there is no other."""
        node = self._rows[y].node
        n = node.first + (1 if node.is_difference else 0) if by > 0 else node.first - 1
        return n if 0 <= n < self.top.count else None

    def reveal(self, n: int) -> int:
        """The row of difference number `n`; what hides it is unfolded."""
        node = difference(self.top, n)
        above: list[Node] = []
        each = node.parent
        while each is not None:
            above.append(each)
            each = each.parent
        if not self._open.issuperset(above):
            self._open.update(above)
            self._rows = list(self._seen(self.top, 0))
        return self.y(node)

    def number(self, y: int) -> int:
        """Which difference a row is, from 1; 0 if it is none or holds others."""
        node = self._rows[y].node
        return node.first + 1 if node.is_difference else 0

    # -- drawing

    def line(self, y: int) -> list[Span]:
        """The spans of a row."""
        row = self._rows[y]
        if self.form == "sides":
            return self._beside(row)
        sign, style = _sign(row.node, row.side)
        return [(f"{sign} ", style), *self._shown(row, row.side)]

    def _beside(self, row: Row) -> list[Span]:
        """The left value, a sign, the right value."""
        half = (self.cells - _BETWEEN) // 2
        left = window(self._shown(row, "left"), 0, half)
        blank = half - sum(width(text) for text, _ in left)
        sign, style = _sign(row.node, None)
        middle: Span = (f" {sign} ", style) if sign != " " else (" │ ", "dim")
        return [*left, (" " * blank, ""), middle, *self._shown(row, "right")]

    def _shown(self, row: Row, side: Side | None) -> list[Span]:
        """A row as it stands on a side; None: in a row that both share."""
        node = row.node
        is_heading = node.left is MISSING and node.right is MISSING
        if is_heading:
            return [] if side == "right" else self._heading(row)
        if side is None:
            side = "left" if node.left is not MISSING else "right"
            shared = True
        else:
            shared = False
        value = node.left if side == "left" else node.right
        if value is MISSING:
            return []
        spans = self._head(row, None if shared else side)
        if node.leaf:
            return [*spans, *self._value(node, side)]
        is_second = side == "right" and not shared and node.left is not MISSING
        return [*spans, *_sized(value), *([] if is_second else self._counted(node))]

    def _heading(self, row: Row) -> list[Span]:
        """A name that jobs are compared under, or a run of places that are the same."""
        node = row.node
        spans = [*self._indent(row)]
        if not node.run:
            return [*spans, (clean(str(node.step)), "title"), *self._counted(node)]
        ignored = sum(1 for each in node.run if each.ignored)
        same = len(node.run) - ignored
        said = [f"{same:,} the same"] if same else []
        if ignored:
            said.append(f"{plural(node.ignored, 'difference')} ignored")
        return [*spans, (f"… {', '.join(said)}", "dim")]

    def _indent(self, row: Row) -> list[Span]:
        sign = "  " if row.node.leaf else "▾ " if row.node in self._open else "▸ "
        return [("  " * row.depth, ""), (sign, "dim")]

    def _head(self, row: Row, side: Side | None) -> list[Span]:
        """Indent, fold sign, name; an index on both sides where it differs and they share the row."""
        here, there = row.node.steps
        step = there if side == "right" or here is None else here
        spans = self._indent(row)
        if isinstance(step, int):
            moved = f"→{there}" if side is None and there not in (None, step) else ""
            return [*spans, (f"[{step}{moved}]", "dim"), (" ", "")]
        if row.node.parent is self.top:
            return [*spans, (clean(str(step)), "title"), (" ", "")]
        return [*spans, (clean(str(step)) or '""', "key"), (": ", "dim")]

    def _counted(self, node: Node) -> list[Span]:
        """How much below a place differs, where that is not seen."""
        if node.change in ("added", "removed"):
            side, style = ("right", "good") if node.change == "added" else ("left", "bad")
            return [(f"  only on the {side}", style)]
        if node.count:
            hidden = node not in self._open
            return [(f"  {plural(node.count, 'difference')}", "warn")] if hidden else []
        if node.ignored:
            return [(f"  {plural(node.ignored, 'difference')} ignored", "dim")]
        return [("  the same", "dim")]

    def _value(self, node: Node, side: Side) -> list[Span]:
        """The value of a leaf on a side, what differs marked."""
        value = node.left if side == "left" else node.right
        own = "gone" if side == "left" else "come"
        if node.change in ("same", "ignored"):
            return [(self._text(value), "dim")]
        if node.change != "changed":
            return [(self._text(value), own)]
        if isinstance(node.left, str) and isinstance(node.right, str):
            return self._marked(node, side, own)
        return [(self._text(value), own)]

    def _text(self, value: Value) -> str:
        text = json_of(value)
        return clean(text if self.whole or len(text) <= _MOST else f"{text[:_MOST]}…")

    def _marked(self, node: Node, side: Side, own: str) -> list[Span]:
        if node not in self._pieces:
            if len(self._pieces) > 500:
                self._pieces.clear()
            assert isinstance(node.left, str)
            assert isinstance(node.right, str)
            self._pieces[node] = pieces(node.left, node.right)
        parts = self._pieces[node][0 if side == "left" else 1]
        spans: list[Span] = [('"', "")]
        for n, (text, alone) in enumerate(parts):
            if not self.whole and not alone:
                text = _shortened(text, first=n == 0, last=n == len(parts) - 1)
            said = clean(json_of(text)[1:-1])
            if not self.whole and len(said) > _MOST:
                said = f"{said[:_MOST]}…"
            spans.append((said, own if alone else ""))
        spans.append(('"', ""))
        return spans


def _sized(value: Value) -> list[Span]:
    if isinstance(value, dict):
        return [(f"{{{len(value):,}}}", "dim")]
    return [(f"[{len(value):,}]", "dim")] if isinstance(value, list) else []


_AHEAD, _AROUND = 24, 12


def _shortened(text: str, *, first: bool, last: bool) -> str:
    """The part two texts share, so short that what differs behind it is seen."""
    if last or len(text) <= _AHEAD:
        return text
    return f"{'' if first else text[:_AROUND]}…{text[-_AROUND:]}"


def _sign(node: Node, side: Side | None) -> tuple[str, str]:
    if side is not None and node.change == "changed":
        return ("-", "bad") if side == "left" else ("+", "good")
    if node.change == "changed":
        return (SIGNS["changed"], "warn") if node.leaf else (" ", "")
    if node.change == "ignored":
        return ("≈", "dim") if node.leaf else (" ", "")
    return {"added": ("+", "good"), "removed": ("-", "bad")}.get(node.change, (" ", ""))


def _has_two(node: Node) -> bool:
    """Whether a place has a value on each side that is worth showing."""
    return node.change in ("changed", "ignored") and node.left is not MISSING and node.right is not MISSING
