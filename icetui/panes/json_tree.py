"""JSON as a tree of rows: walked once, kept flat, drawn by visible rows. No framework here.

The nodes stand in arrays in the order of the text, each with the number behind its last descendant:
folding cuts a stretch out of the visible rows, unfolding puts one back. What is sought is looked for in
one text of all keys and values, at the speed of `str.find`.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from icetui.call import Json
from icetui.clean import clean
from icetui.decode import Decoded, Fault, join
from icetui.panes.spans import Span
from icetui.paths import Step, border, stepped
from icetui.records import record

BOUNDARY: Final = "⟪json⟫"
REPAIRED: Final = "⟪repaired⟫"
BROKEN: Final = "⟪broken⟫"

_SCALAR, _OBJECT, _ARRAY, _TEXT, _PIECE = range(5)

LONG: Final = 20_000
"""Characters of a string from which on it is folded, and unfolds to pieces."""

_PIECE_SIZE: Final = 4_000

UNFOLDED_AT_FIRST: Final = 2_000
"""Rows that are unfolded when a tree is first shown, unless its first level alone has more."""

_AT_ONCE: Final = 20_000

_COUNTED: Final = 5_000
"""Nodes with a hit that are counted one by one; behind them each occurrence counts."""


@record
class Root:
    """One value to show.

    Attributes:
        value: what to show.
        path: where it stands in the answer, as `decode.join` writes it.
        label: what its row says before it; "" for the whole answer.
    """

    value: Json
    path: str = ""
    label: str = ""


class Found(NamedTuple):
    """A place among hits: which one, from 1, or 0 where the place is none; of how many."""

    which: int
    many: int


class JsonTree:
    """Values, what is folded of them, and which rows are therefore visible.

    Attributes:
        visible: node numbers of the visible rows, rising.
        keys: of each node: its key, its place in an array, or None (a root, a piece of a text).
        values: of each node: its value; of a piece its text.
        parent: of each node: its parent's number, or -1.
        past: of each node: the number behind its last descendant.
        depth: of each node, from 0.
        folded: of each node: 1 where its descendants are hidden.
    """

    def __init__(self, roots: Sequence[Root], decoded: Decoded | None = None) -> None:
        """Walks the values.

        Args:
            roots: what to show, one below the other.
            decoded: where strings were decoded, repaired or are broken; None for values as sent.
        """
        self.keys: list[str | int | None] = []
        self.values: list[Json] = []
        self.parent = array("i")
        self.past = array("I")
        self.depth = array("H")
        self.folded = bytearray()
        self.visible: array[int] = array("I")
        self.roots: list[int] = []
        self._kinds = bytearray()
        self._decoded = decoded
        self._borders: dict[int, str] = {}
        self._faults: dict[int, Fault] = {}
        self._labels: dict[int, Root] = {}
        self._twins: set[int] = set()
        self._below: frozenset[str] = _ways(decoded)
        self._sought: tuple[str, array[int]] | None = None
        self._hits: tuple[str, list[int], int] = ("", [], 0)
        for root in roots:
            self._grow(root)
        self._below = frozenset()
        self.folded = bytearray(len(self.keys))
        # One byte a node each, so that whole trees are folded by arithmetic on bytes.
        self._foldable = bytes([past > n + 1 for n, past in enumerate(self.past)])
        self._levels = bytes([min(depth, 255) for depth in self.depth])
        self._long = [
            node
            for node, kind in enumerate(self._kinds)
            if kind == _TEXT and (node not in self._faults or node in self._twins)
        ]
        self._depths = {depth for depth, below in zip(self._levels, self._foldable, strict=True) if below}
        self._all: array[int] = array("I")
        for start in range(0, len(self.keys), _AT_ONCE):
            self._all.extend(range(start, min(start + _AT_ONCE, len(self.keys))))
        self._fold_at_first()

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.keys)

    # -- walking once

    def _grow(self, root: Root) -> None:
        first = len(self.keys)
        self.roots.append(first)
        self._labels[first] = root
        iterators: list[tuple[int, str | None, Iterator[tuple[str | int, Json]]]] = []
        path: str | None = root.path
        self._add(None, root.value, -1, 0, path)
        below = self._members(first, root.value)
        if below is not None:
            iterators.append((first, path if path in self._below else None, below))
        keys, values, parents, pasts, depths, kinds = (
            self.keys, self.values, self.parent, self.past, self.depth, self._kinds
        )  # fmt: skip
        while iterators:
            node, path, items = iterators[-1]
            depth = depths[node] + 1
            for key, item in items:
                kind = type(item)
                if (
                    path is None and kind is not dict and kind is not list
                    and (kind is not str or len(item) <= LONG)
                ):  # fmt: skip
                    # Most nodes: nothing below, no mark, nothing to look at.
                    keys.append(key)
                    values.append(item)
                    parents.append(node)
                    depths.append(depth)
                    kinds.append(_SCALAR)
                    pasts.append(len(keys))
                    continue
                number = len(keys)
                at = None if path is None else join(path, key)
                self._add(key, item, node, depth, at)
                below = self._members(number, item)
                if below is not None:
                    iterators.append((number, at if at in self._below else None, below))
                    break
            else:
                pasts[node] = len(keys)
                iterators.pop()

    def _put(self, key: str | int | None, value: Json, parent: int, depth: int, kind: int) -> int:
        """One node more; its number."""
        node = len(self.keys)
        self.keys.append(key)
        self.values.append(value)
        self.parent.append(parent)
        self.depth.append(min(depth, 65_535))
        self._kinds.append(kind)
        self.past.append(node + 1)
        return node

    def _add(self, key: str | int | None, value: Json, parent: int, depth: int, path: str | None) -> None:
        """A node with what is known of its path; a text that is broken or long with its pieces."""
        kind = _OBJECT if isinstance(value, dict) else _ARRAY if isinstance(value, list) else _SCALAR
        node = self._put(key, value, parent, depth, kind)
        fault: Fault | None = None
        if path is not None and self._decoded is not None:
            if path in self._decoded.boundaries:
                self._borders[node] = path
            fault = self._decoded.broken.get(path)
        if fault is None:
            if isinstance(value, str) and len(value) > LONG:
                self._add_pieces(node, [value])
            return
        self._faults[node] = fault
        if isinstance(value, str):
            self._add_pieces(node, _lines(value))
            return
        # A repaired reading: what was sent stands before it.
        twin = self._put(None, fault.text, node, depth + 1, _TEXT)
        self._faults[twin] = fault
        self._twins.add(twin)
        self._add_pieces(twin, _lines(fault.text))
        self.past[node] = len(self.keys)

    def _add_pieces(self, node: int, lines: Sequence[str]) -> None:
        self._kinds[node] = _TEXT
        for line in lines:
            for start in range(0, len(line), _PIECE_SIZE):
                self._put(None, line[start : start + _PIECE_SIZE], node, self.depth[node] + 1, _PIECE)
        self.past[node] = len(self.keys)

    def _members(self, node: int, value: Json) -> Iterator[tuple[str | int, Json]] | None:
        if isinstance(value, dict):
            return iter(value.items()) if value else None
        if isinstance(value, list):
            return iter(enumerate(value)) if value else None
        return None

    def _fold_at_first(self) -> None:
        """Unfolds as many whole levels as fit `UNFOLDED_AT_FIRST`; at least one; no long text."""
        if len(self) > UNFOLDED_AT_FIRST:
            rows = [0] * (max(self.depth, default=0) + 2)
            for depth in self.depth:
                rows[depth] += 1
            level, seen = 0, rows[0]
            while level + 1 < len(rows) and (seen + rows[level + 1] <= UNFOLDED_AT_FIRST or seen <= 30):
                level += 1
                seen += rows[level]
            self._fold_below(level)
        for node in self._long:
            self.folded[node] = 1
        self._see()

    # -- what a node is

    def is_foldable(self, node: int) -> bool:
        """Whether anything stands below a node."""
        return self.past[node] > node + 1

    def is_text(self, node: int) -> bool:
        """Whether a node is a text shown in pieces, or one of its pieces."""
        return self._kinds[node] in (_TEXT, _PIECE)

    def children(self, node: int) -> Iterator[int]:
        """The nodes right below a node."""
        child = node + 1
        while child < self.past[node]:
            yield child
            child = self.past[child]

    def owner(self, node: int) -> int:
        """The node that a piece of a text is part of; any other node itself."""
        return self.parent[node] if self._kinds[node] == _PIECE else node

    def value(self, node: int) -> Json:
        """The value of a node; of a piece that of the whole text."""
        return self.values[self.owner(node)]

    def fault(self, node: int) -> Fault | None:
        """Where the text of a node broke."""
        return self._faults.get(self.owner(node))

    def label(self, node: int) -> str:
        """What to call a node: its key, or where it stands; cleaned."""
        node = self.owner(node)
        key = self.keys[node]
        if node in self._twins:
            return "what was sent"
        if key is None:
            return clean(self._labels[node].label) or "the whole"
        return f"[{key}]" if isinstance(key, int) else clean(key)

    def keys_to(self, node: int) -> tuple[int, tuple[str | int, ...]]:
        """Which root a node stands under, and the keys from there."""
        keys: list[str | int] = []
        node = self.owner(node)
        while self.parent[node] >= 0:
            key = self.keys[node]
            if key is not None:
                keys.append(key)
            node = self.parent[node]
        return self.roots.index(node), tuple(reversed(keys))

    def nearest(self, root: int, keys: Sequence[str | int]) -> int:
        """The node at some keys under a root; where they lead nowhere, the last one that there is."""
        node = self.roots[min(root, len(self.roots) - 1)]
        for key in keys:
            below = next((child for child in self.children(node) if self.keys[child] == key), None)
            if below is None:
                break
            node = below
        return node

    def steps(self, node: int) -> tuple[Step, ...]:
        """The way to a node from the answer's root, with the borders of decoded strings."""
        node = self.owner(node)
        closed = self._decoded.closed if self._decoded is not None else frozenset()
        back: list[Step] = []
        while self.parent[node] >= 0:
            if node in self._borders:
                back.append(border(self._borders[node], closed))
            key = self.keys[node]
            if key is not None:
                back.append(key)
            node = self.parent[node]
        root = self._labels[node].path
        boundaries = self._decoded.boundaries if self._decoded is not None else frozenset()
        return (*stepped(root, boundaries, closed), *reversed(back))

    def sent(self, node: int) -> str | None:
        """The string, as it came, that holds a node: the nearest that was decoded, or a broken one."""
        node = self.owner(node)
        if node in self._faults and self._kinds[node] == _TEXT:
            return str(self.values[node])
        while node >= 0:
            if node in self._borders and self._decoded is not None:
                return self._decoded.texts[self._borders[node]]
            if self.parent[node] < 0:
                return self._sent_above(self._labels[node].path)
            node = self.parent[node]
        return None

    def _sent_above(self, path: str) -> str | None:
        """The text of the nearest decoded string that a root's path lies in."""
        if self._decoded is None:
            return None
        above = [each for each in self._decoded.texts if each != path and path.startswith(each)]
        inside = [each for each in above if not each or path[len(each)] in ".["]
        return self._decoded.texts[max(inside, key=len)] if inside else None

    # -- folding

    def _see(self) -> None:
        """Makes the visible rows anew."""
        self.visible = self._seen(0, len(self))

    def _seen(self, first: int, end: int) -> array[int]:
        """The visible rows among some nodes that begin and end with whole siblings."""
        rows: array[int] = array("I")
        folded, past = self.folded, self.past
        while first < end:
            at = folded.find(1, first, end)
            if at == first:
                rows.append(at)
            elif at < 0:
                rows += self._all[first:end]
                break
            else:
                rows += self._all[first : at + 1]
            first = past[at]
        return rows

    def row(self, node: int) -> int:
        """The row a node stands on, or of the folded one that hides it."""
        return max(0, bisect_right(self.visible, node) - 1)

    def fold(self, node: int) -> bool:
        """Hides what stands below a node; False where nothing is to be hidden."""
        if self.folded[node] or not self.is_foldable(node):
            return False
        self.folded[node] = 1
        at = bisect_left(self.visible, node)
        if at < len(self.visible) and self.visible[at] == node:
            del self.visible[at + 1 : bisect_left(self.visible, self.past[node])]
        return True

    def unfold(self, node: int) -> bool:
        """Shows what stands below a node; False where it is shown."""
        if not self.folded[node]:
            return False
        self.folded[node] = 0
        at = bisect_left(self.visible, node)
        if at < len(self.visible) and self.visible[at] == node:
            self.visible[at + 1 : at + 1] = self._seen(node + 1, self.past[node])
        return True

    def fold_deep(self, node: int) -> bool:
        """Folds a node and all below it."""
        return self._set_deep(node, fold=True)

    def unfold_deep(self, node: int) -> bool:
        """Unfolds a node and all below it; long texts stay folded."""
        return self._set_deep(node, fold=False)

    def _set_deep(self, node: int, *, fold: bool) -> bool:
        end = self.past[node]
        before = bytes(self.folded[node:end])
        self.folded[node:end] = self._foldable[node:end] if fold else bytes(end - node)
        for each in self._long[bisect_left(self._long, node + 1) : bisect_left(self._long, end)]:
            self.folded[each] = 1
        if before == self.folded[node:end]:
            return False
        self._see()
        return True

    def show_level(self, by: int) -> bool:
        """Shows one level more or less of the whole tree; False where there is none.

        The level is that of the first folded node: above it all is unfolded, below it all is folded.
        """
        deepest = max(self._depths, default=-1)
        folded = bytearray(self.folded)
        for node in self._long:
            folded[node] = 0
        level = next(
            (each for each in range(deepest + 1) if 1 in _both(folded, _where(self._levels, each, each))),
            deepest + 1,
        )
        if not 0 <= level + by <= deepest + 1:
            return False
        before = bytes(self.folded)
        self._fold_below(level + by)
        self._see()
        return before != self.folded

    def _fold_below(self, level: int) -> None:
        self.folded = bytearray(_both(self._foldable, _where(self._levels, level, 255)))
        for node in self._long:
            self.folded[node] = 1

    def reveal(self, node: int) -> bool:
        """Unfolds what hides a node; False where it is visible."""
        hiding: list[int] = []
        above = self.parent[node]
        while above >= 0:
            if self.folded[above]:
                hiding.append(above)
            above = self.parent[above]
        for each in reversed(hiding):
            self.unfold(each)
        return bool(hiding)

    def carry(self, old: JsonTree) -> None:
        """Takes over what was folded and unfolded in an older tree of the same thing, by path."""
        if self.past == old.past and self.keys == old.keys:
            self.folded = bytearray(old.folded)
            self._see()
            return
        pairs = list(zip(old.roots, self.roots, strict=False))
        while pairs:
            before, now = pairs.pop()
            if not (old.is_foldable(before) and self.is_foldable(now)):
                continue
            self.folded[now] = old.folded[before]
            if self._kinds[now] in (_OBJECT, _ARRAY):
                places = {self.keys[child]: child for child in self.children(now)}
                pairs += [
                    (child, places[old.keys[child]])
                    for child in old.children(before)
                    if old.is_foldable(child) and old.keys[child] in places
                ]
        self._see()

    # -- going somewhere

    def sibling(self, node: int, by: int) -> int:
        """The next or previous node with the same parent; the node itself at the end."""
        parent = self.parent[node]
        if by > 0:
            after = self.past[node]
            return after if after < len(self) and self.parent[after] == parent else node
        before = node - 1
        while before > parent and self.parent[before] != parent:
            before = self.parent[before]
        return before if before > parent and before >= 0 else node

    def same_key(self, node: int, by: int) -> int:
        """The next or previous node with the same key, around the end; the node itself if it is alone."""
        key = self.keys[self.owner(node)]
        if not isinstance(key, str):
            return node
        text, starts = self._text()
        wanted = f"\x1e{key.lower()}\x1f"
        here = starts[node]
        at = here
        for _ in range(len(self)):
            if by > 0:
                at = text.find(wanted, at + 1)
                at = text.find(wanted) if at < 0 else at
            else:
                at = text.rfind(wanted, 0, max(0, at + len(wanted) - 1))
                at = text.rfind(wanted) if at < 0 else at
            other = bisect_right(starts, at) - 1
            if at < 0 or other == node or self.keys[other] == key:
                return node if at < 0 else other
        return node

    # -- finding

    def _text(self) -> tuple[str, array[int]]:
        """All keys and values in one lower-case text, and where each node begins in it."""
        if self._sought is None:
            parts: list[str] = []
            said: list[str] = []
            starts: array[int] = array("Q")
            at = 0
            values, kinds = self.values, self._kinds
            for node, key in enumerate(self.keys):
                kind = kinds[node]
                value = values[node]
                if kind == _PIECE:
                    # What was repaired is found in its reading.
                    text = "" if self.parent[node] in self._twins else value
                else:
                    text = f"\x1e{'' if key is None else key}\x1f"
                    if kind == _SCALAR:
                        text += value if isinstance(value, str) else _scalar(value)
                text = text.lower()
                starts.append(at)
                at += len(text)
                said.append(text)
                if len(said) >= _AT_ONCE:
                    # In parts: a million strings joined at once stop every other thread.
                    parts.append("".join(said))
                    said.clear()
            self._sought = "".join([*parts, *said]), starts
        return self._sought

    def prepare(self) -> None:
        """Makes what finding needs, where nobody waits for it."""
        self._text()

    def find(self, text: str, node: int, *, by: int = 1, here: bool = False) -> int | None:
        """The nearest node from another one on that has a text in key or value; around the end.

        Args:
            text: what to find, letter case ignored.
            node: where from.
            by: 1 forwards, -1 backwards.
            here: whether the node itself counts.
        """
        wanted = _low(text)
        if not wanted or not len(self):
            return None
        said, starts = self._text()
        if by > 0:
            begin = node if here else node + 1
            at = said.find(wanted, starts[begin]) if begin < len(self) else -1
            at = said.find(wanted) if at < 0 else at
        else:
            at = said.rfind(wanted, 0, starts[node] + len(wanted) - 1)
            at = said.rfind(wanted) if at < 0 else at
        return None if at < 0 else bisect_right(starts, at) - 1

    def found(self, text: str, node: int) -> Found:
        """Which of the nodes that have a text this one is."""
        wanted = _low(text)
        if not wanted or not len(self):
            return Found(0, 0)
        said, starts = self._text()
        if self._hits[0] != wanted:
            hits: list[int] = []
            at = said.find(wanted)
            while at >= 0 and len(hits) < _COUNTED:
                hit = bisect_right(starts, at) - 1
                hits.append(hit)
                at = said.find(wanted, starts[hit + 1]) if hit + 1 < len(self) else -1
            self._hits = wanted, hits, said.count(wanted, at) if at >= 0 else 0
        _, hits, more = self._hits
        end = starts[node + 1] if node + 1 < len(self) else len(said)
        if said.find(wanted, starts[node], end + len(wanted) - 1) < 0:
            return Found(0, len(hits) + more)
        which = bisect_left(hits, node) + 1
        if more and which > len(hits):
            which += said.count(wanted, starts[hits[-1] + 1], starts[node])
        return Found(which, len(hits) + more)

    # -- drawing

    def spans(self, node: int) -> list[Span]:
        """One row: indent, fold sign, key, mark, value or count."""
        kind = self._kinds[node]
        indent = "  " * self.depth[node]
        if kind == _PIECE:
            return self._piece(node, indent)
        foldable = self.is_foldable(node)
        sign = ("▸ " if self.folded[node] else "▾ ") if foldable else "  "
        spans: list[Span] = [(indent, ""), (sign, "dim")]
        key = self.keys[node]
        if isinstance(key, str):
            spans += [(clean(key) or '""', "key"), (": ", "dim")]
        elif key is not None:
            spans += [(f"[{key}]", "dim"), (" ", "")]
        elif node in self._twins:
            spans += [("as sent", "warn"), (": ", "dim")]
        elif self._labels[node].label:
            spans += [(clean(self._labels[node].label), "title"), (": ", "dim")]
        fault = self._faults.get(node)
        if node in self._borders:
            spans += [
                (BOUNDARY if fault is None else REPAIRED, "mark" if fault is None else "warn"),
                (" ", ""),
            ]
        value = self.values[node]
        if kind == _SCALAR:
            spans.append(_drawn(value))
        elif kind == _TEXT:
            if fault is None:
                head = value[:200]
                spans += [(f"{len(value):,} characters  ", "dim"), _drawn(head), (" …", "dim")]
            else:
                spans.append((f"{BROKEN} ", "bad"))
        else:
            brackets = "{}" if kind == _OBJECT else "[]"
            spans.append((f"{brackets[0]}{len(value) or ''}{brackets[1]}", "dim"))
            if foldable and self.folded[node]:
                spans.append((f"  {_preview(value)}", "dim"))
        if fault is not None and node not in self._borders:
            said = f"{clean(fault.message)}, line {fault.line}, column {fault.column}"
            spans.append((f"{said} (character {fault.position})", "bad"))
        return spans

    def _piece(self, node: int, indent: str) -> list[Span]:
        text = self.values[node]
        fault = self._faults.get(self.parent[node])
        shown = text.rstrip("\r\n") if fault is not None else text
        before: Span = (f"{indent}│ ", "dim")
        if fault is None:
            return [before, (clean(shown), "string")]
        start = sum(len(self.values[each]) for each in range(self.parent[node] + 1, node))
        place = fault.position - start
        if not (0 <= place < len(text) or (place == len(text) and node + 1 == self.past[self.parent[node]])):
            return [before, (clean(shown), "")]
        return [
            before,
            (clean(shown[:place]), ""),
            (clean(shown[place : place + 1]) or "⏎", "found"),
            (clean(shown[place + 1 :]), ""),
            ("  ← here", "bad"),
        ]


class TreeLines:
    """The visible rows of a tree, for a `lines_view`."""

    def __init__(self, tree: JsonTree) -> None:
        self.tree = tree

    def __len__(self) -> int:
        return len(self.tree.visible)

    def line(self, y: int) -> list[Span]:
        """The spans of row `y`."""
        return self.tree.spans(self.tree.visible[y])


def pretty(value: Json) -> str:
    """A value as JSON text for copying: laid out, or in one line where it is very large."""
    is_large = isinstance(value, (dict, list)) and _weight(value, 200_000) >= 200_000
    return json.dumps(value, ensure_ascii=False, indent=None if is_large else 2)


def _weight(value: Json, enough: int) -> int:
    """How many nodes a value has; stops counting at `enough`."""
    count, level = 0, [value]
    while level and count < enough:
        count += len(level)
        below: list[Json] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
        level = below
    return count


def _lines(text: str) -> list[str]:
    """The lines of a text as a JSON parser counts them, with their ends."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]


def _ways(decoded: Decoded | None) -> frozenset[str]:
    """The paths on the way to a mark, so that no other path is made."""
    if decoded is None:
        return frozenset()
    marks: set[str] = {*decoded.boundaries, *decoded.broken}
    ways = {""} if marks else set()
    for mark in marks:
        ways.add(mark)
        ways |= {mark[:n] for n, char in enumerate(mark) if char in ".["}
    return frozenset(ways)


def _both(one: bytes | bytearray, other: bytes) -> bytes:
    """1 where both are 1: an and of all bytes at once."""
    both = int.from_bytes(one, "little") & int.from_bytes(other, "little")
    return both.to_bytes(len(one), "little")


def _where(numbers: bytes, least: int, most: int) -> bytes:
    """1 where a number lies between two others, else 0."""
    return numbers.translate(bytes([least <= each <= most for each in range(256)]))


def _low(text: str) -> str:
    """What is looked for; nothing, where it has the characters that part keys and values here."""
    return "" if "\x1e" in text or "\x1f" in text else text.lower()


def _scalar(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _drawn(value: Json) -> Span:
    if isinstance(value, str):
        return (clean(json.dumps(value, ensure_ascii=False)), "string")
    if isinstance(value, (dict, list)):
        return ("{}" if isinstance(value, dict) else "[]", "dim")
    if value is None or isinstance(value, bool):
        return (_scalar(value), "constant")
    return (_scalar(value), "number")


_PREVIEWED: Mapping[str, int] = {"members": 8, "characters": 40, "all": 160}


def _preview(value: Json) -> str:
    """The first members of a folded node."""
    said: list[str] = []
    used = 0
    items = value.items() if isinstance(value, dict) else ((None, each) for each in value)
    for n, (key, item) in enumerate(items):
        if n >= _PREVIEWED["members"] or used > _PREVIEWED["all"]:
            said.append("…")
            break
        text = _brief(item)
        said.append(text if key is None else f"{clean(key[: _PREVIEWED['characters']])}: {text}")
        used += len(said[-1])
    return ", ".join(said)


def _brief(value: Json) -> str:
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return "[…]" if value else "[]"
    if isinstance(value, str):
        most = _PREVIEWED["characters"]
        return clean(json.dumps(value[:most], ensure_ascii=False)) + ("…" if len(value) > most else "")
    return _scalar(value)[: _PREVIEWED["characters"]]
