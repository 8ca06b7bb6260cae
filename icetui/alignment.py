"""Two sequences side by side: which items of one are those of the other, in order, at a bounded cost.

Patience: what is equal at both ends goes first, then items that each side has once anchor the rest, and the
gaps between anchors are done the same way. A gap without an anchor is solved exactly (longest common
subsequence) while it is small; a larger one is walked once, each item looking `AHEAD` items further. So an
inserted item never makes the later ones differ, and 50,000 items cost a fraction of a second; what the walk
may miss is that two far parts of a gap are equal: they are then told as removed and added.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Final

EXACT: Final = 1_000_000
"""Cells of the table that all exact solutions of one call may fill, together."""

AHEAD: Final = 100
"""Items that the walk through a large gap looks ahead."""

_DEEPEST = 50
"""Times that gaps are divided by anchors."""

Pair = tuple[int, int]


def aligned(left: Sequence[int], right: Sequence[int], exact: int = EXACT) -> list[Pair]:
    """Which items are the same: (place on the left, place on the right), both rising.

    Args:
        left: the items as numbers: the same number, the same item.
        right: the same.
        exact: cells for exact solutions.
    """
    pairs: list[Pair] = []
    gaps = [(0, len(left), 0, len(right), 0)]
    while gaps:
        a, b, c, d, level = gaps.pop()
        while a < b and c < d and left[a] == right[c]:
            pairs.append((a, c))
            a, c = a + 1, c + 1
        while a < b and c < d and left[b - 1] == right[d - 1]:
            b, d = b - 1, d - 1
            pairs.append((b, d))
        if a == b or c == d:
            continue
        if level < _DEEPEST and (anchors := _anchors(left[a:b], right[c:d])):
            before = (a, c)
            for i, j in [*((a + i, c + j) for i, j in anchors), (b, d)]:
                if before[0] < i and before[1] < j:
                    gaps.append((before[0], i, before[1], j, level + 1))
                before = (i + 1, j + 1)
            pairs += [(a + i, c + j) for i, j in anchors]
        elif (b - a) * (d - c) <= exact:
            exact -= (b - a) * (d - c)
            pairs += [(a + i, c + j) for i, j in _longest(left[a:b], right[c:d])]
        else:
            pairs += [(a + i, c + j) for i, j in _walked(left[a:b], right[c:d])]
    pairs.sort()
    return pairs


def _anchors(left: Sequence[int], right: Sequence[int]) -> list[Pair]:
    """Items that each side has once, as many of them as stand in the same order on both."""
    here, there = Counter(left), Counter(right)
    place = {item: j for j, item in enumerate(right) if there[item] == 1}
    return _rising([(i, place[item]) for i, item in enumerate(left) if here[item] == 1 and item in place])


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest run of pairs whose right places rise too; the left ones do already."""
    ends: list[int] = []  # the smallest right place that a run of this length ends in
    last: list[int] = []  # and which pair that is
    before = [-1] * len(pairs)
    for n, (_, j) in enumerate(pairs):
        size = bisect_left(ends, j)
        if size:
            before[n] = last[size - 1]
        if size == len(ends):
            ends.append(j)
            last.append(n)
        else:
            ends[size], last[size] = j, n
    found: list[Pair] = []
    n = last[-1] if last else -1
    while n >= 0:
        found.append(pairs[n])
        n = before[n]
    return found[::-1]


def _longest(left: Sequence[int], right: Sequence[int]) -> list[Pair]:
    """The longest common subsequence, by the whole table."""
    rows = [[0] * (len(right) + 1)]
    for item in reversed(left):
        below, row = rows[-1], [0] * (len(right) + 1)
        for j in range(len(right) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if item == right[j] else max(below[j], row[j + 1])
        rows.append(row)
    rows.reverse()
    found: list[Pair] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] == right[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _walked(left: Sequence[int], right: Sequence[int]) -> list[Pair]:
    """Each item with the next equal one that is not far."""
    places: dict[int, list[int]] = {}
    for j, item in enumerate(right):
        places.setdefault(item, []).append(j)
    found: list[Pair] = []
    at = 0
    for i, item in enumerate(left):
        known = places.get(item, [])
        n = bisect_left(known, at)
        if n < len(known) and known[n] - at < AHEAD:
            found.append((i, known[n]))
            at = known[n] + 1
    return found
