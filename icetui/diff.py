"""What differs between two values of JSON, as a tree: pure, no I/O, nothing drawn.

The order of members makes no difference, that of items does. Items are aligned (`alignment`): first those
that are equal, then between them those with the same name or ID, the same text, the same start; what is
left is paired in order. So an inserted cue is one difference, and a cue that was moved and reworded is
told as changed where it stands. Numbers are compared by value: 1 and 1.0 are the same, 1 and "1" and
true are not. Each added or removed value counts once, however large; of a changed one each leaf.

Some differences may be ignored: `Ignoring` says which. They are kept, and counted apart.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b
from itertools import groupby
from typing import Final, Literal, TypeAlias

from icetui.alignment import Pair, aligned
from icetui.call import Json
from icetui.decode import join
from icetui.records import record

Step: TypeAlias = str | int
Side: TypeAlias = Literal["left", "right"]
Change: TypeAlias = Literal["same", "changed", "added", "removed", "ignored"]


class Missing(Enum):
    """That a side has nothing here, which is not null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
Value: TypeAlias = Json | Missing

ANY: Final = None
"""A step of a rule that fits every index."""

Steps: TypeAlias = tuple[Step | None, Step | None]
"""What a place is called on the left and on the right; None where it is not there."""

Rule: TypeAlias = tuple[Step | None, ...]
Test: TypeAlias = Callable[[Step, Value], bool]


@record
class Ignoring:
    """Which differences do not count.

    Attributes:
        tests: say of a member by its name and its value that it is ignored, whatever path it has.
        rules: paths that are ignored with all that is below them; `ANY` fits every index.
    """

    tests: tuple[Test, ...] = ()
    rules: tuple[Rule, ...] = ()

    def below(self, *steps: Step) -> Ignoring:
        """The same from a place on."""
        inner = self
        for step in steps:
            if not inner.rules or inner.all:
                break
            inner = Ignoring(inner.tests, tuple(rule[1:] for rule in inner.rules if _fits(rule, step)))
        return inner

    @property
    def shared(self) -> Ignoring | None:
        """The same from any item on, where rules are the same for all of them."""
        return self.below(0) if all(rule[:1] == (ANY,) for rule in self.rules) else None

    @property
    def all(self) -> bool:
        """Whether a rule ends here: all of this is ignored."""
        return () in self.rules

    def takes(self, step: Step, value: Value) -> bool:
        """Whether a member or an item here is ignored."""
        for rule in self.rules:
            if len(rule) == 1 and _fits(rule, step):
                return True
        for test in self.tests:  # noqa: SIM110  # a loop, because this is asked of every member there is
            if test(step, value):
                return True
        return False

    def takes_both(self, step: Step, left: Value, right: Value) -> bool:
        """Whether a difference is ignored: whatever is there on either side must be, null need not."""
        said = [each for each in (left, right) if each is not MISSING and each is not None]
        return all(self.takes(step, each) for each in said) if said else self.takes(step, None)


def _fits(rule: Rule, step: Step) -> bool:
    return bool(rule) and (rule[0] == step if rule[0] is not ANY else isinstance(step, int))


@dataclass(eq=False, slots=True)
class Node:
    """A place of two values, or a run of places where they are the same.

    Attributes:
        change: what became of it: "changed" too where something below it differs.
        left: the value on the left; `MISSING` where there is none, and for a run.
        right: the value on the right.
        steps: the member's name or the item's index on each side; (None, None) at the top.
        count: differences here and below.
        ignored: how many more do not count.
        first: how many differences stand before this place, in the order of the tree.
        parent: the place it belongs to.
        base: (left, right) path of this place where it does not follow from its parent's.
        run: places side by side that are the same, folded into one line.
    """

    change: Change
    left: Value = MISSING
    right: Value = MISSING
    steps: Steps = (None, None)
    count: int = 0
    ignored: int = 0
    first: int = 0
    parent: Node | None = None
    base: tuple[str | None, str | None] | None = None
    run: tuple[Node, ...] = ()
    _children: tuple[Node, ...] | None = None

    @property
    def step(self) -> Step | None:
        """Its name, or its index: on the left if it is there."""
        return self.steps[0] if self.steps[0] is not None else self.steps[1]

    @property
    def value(self) -> Value:
        """Its value: on the left if it is there."""
        return self.left if self.left is not MISSING else self.right

    @property
    def leaf(self) -> bool:
        """Whether nothing can be unfolded here: where two values differ whole, both are shown whole."""
        if self.run or self._children is not None:
            return False
        both = self.left is not MISSING and self.right is not MISSING
        return not _full(self.value) or (both and self.change != "same")

    @property
    def is_difference(self) -> bool:
        """Whether this place itself is one difference, rather than something below it."""
        return self.count == 1 and (self.change != "changed" or self._children is None)

    @property
    def children(self) -> tuple[Node, ...]:
        """What stands below it, in order."""
        if self.run:
            return self.run
        if self._children is None and not self.leaf:
            # Below a place that is only on one side, or the same on both, all has the same fate.
            before = self.first + self.count
            self._children = tuple(
                Node(self.change, left, right, steps, first=before, parent=self)
                for left, right, steps in _members(self.left, self.right)
            )
        return self._children or ()

    def path(self, side: Side) -> str | None:
        """Where this is in the whole value of a side, as `decode.join` writes it; None if it is not there."""
        at = 0 if side == "left" else 1
        steps: list[Step] = []
        node: Node | None = self
        while node is not None:
            if node.base is not None:
                path = node.base[at]
                if path is None:
                    return None
                for step in reversed(steps):
                    path = join(path, step)
                return path
            step_here = node.steps[at]
            if step_here is not None:
                steps.append(step_here)
            elif node.parent is not None and not node.run:
                return None
            node = node.parent
        path = ""
        for step in reversed(steps):
            path = join(path, step)
        return path


def _full(value: Value) -> bool:
    return isinstance(value, (dict, list)) and bool(value)


def _members(left: Value, right: Value) -> Iterator[tuple[Value, Value, Steps]]:
    """The members of one value, or of two that have the same ones."""
    one = left if left is not MISSING else right
    keys: Iterable[Step]
    if isinstance(one, dict):
        keys = one
    elif isinstance(one, list):
        keys = range(len(one))
    else:
        return
    for key in keys:
        yield (
            left[key] if isinstance(left, (dict, list)) else MISSING,
            right[key] if isinstance(right, (dict, list)) else MISSING,
            (None if left is MISSING else key, None if right is MISSING else key),
        )


# --- the same or not --------------------------------------------------------------------------------


class _Identities:
    """Marks of values: two values with the same mark are the same.

    The reverse is not quite so: the mark of an object with 1.0 in it is not that of one with 1. Whoever
    looks into both finds them the same.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, Ignoring], str] = {}

    def of(self, value: Json, ignoring: Ignoring) -> object:
        """The mark of a value, without what is ignored in it."""
        if not isinstance(value, (dict, list)):
            return _kind(value), value
        return self._container(value, ignoring)

    def _container(self, value: dict[str, Json] | list[Json], ignoring: Ignoring) -> str:
        place = (id(value), ignoring)
        mark = self._known.get(place)
        if mark is None:
            shape = self._members(value, ignoring)
            text = json.dumps(shape, sort_keys=True)
            mark = self._known[place] = blake2b(text.encode(), digest_size=16).hexdigest()
        return mark

    def _members(self, value: dict[str, Json] | list[Json], ignoring: Ignoring) -> Json:
        """What counts of a value: its plain members, and of each other the mark, in a list of its own."""
        counts = not ignoring.rules and not ignoring.tests
        if isinstance(value, list):
            shared = ignoring.shared
            return [
                None
                if not counts and ignoring.takes(n, each)
                else [self._container(each, shared or ignoring.below(n))]
                if isinstance(each, (dict, list))
                else each
                for n, each in enumerate(value)
            ]
        return {
            key: [self._container(each, ignoring.below(key))] if isinstance(each, (dict, list)) else each
            for key, each in value.items()
            if counts or not ignoring.takes(key, each)
        }


def _kind(value: Value) -> str:
    """The JSON type; a whole number and a fraction have the same."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, dict):
        return "object"
    return "array" if isinstance(value, list) else "null"


NAMES: Final = ("id", "jobid", "name", "key", "language", "channel")
TEXTS: Final = ("content", "text", "title")
STARTS: Final = ("start", "starttime", "from", "begin", "begintime", "index", "position", "url", "mediaurl")
"""Members, letter case ignored, by which an item that is not equal is known again: tried in this order."""


# --- comparing --------------------------------------------------------------------------------------


def compare(
    left: Json,
    right: Json,
    ignoring: Ignoring | None = None,
    *,
    base: tuple[str | None, str | None] | None = None,
) -> Node:
    """What differs between two values.

    Args:
        left: one value.
        right: the other.
        ignoring: what does not count; None: everything counts.
        base: where the values stand, for `Node.path`.

    Returns:
        The top of the tree. Places where the sides are the same are made as they are asked for.
    """
    top = _Comparison().node(left, right, (None, None), ignoring or Ignoring())
    top.base = base
    return numbered(top)


def group(parts: Mapping[str, Node | Mapping[str, Node]]) -> Node:
    """Several trees under names, as one."""

    def made(name: str | None, below: Mapping[str, Node | Mapping[str, Node]]) -> Node:
        children: list[Node] = []
        for key, each in below.items():
            node = each if isinstance(each, Node) else made(key, each)
            node.steps = (key, key)
            children.append(node)
        node = _parent(children, (name, name))
        node.base = (None, None)
        return node

    return numbered(made(None, parts))


def only(value: Json, side: Side, *, base: str, ignored: bool = False) -> Node:
    """The tree of a value that only one side has."""
    change: Change = "ignored" if ignored else "removed" if side == "left" else "added"
    return Node(
        change,
        value if side == "left" else MISSING,
        value if side == "right" else MISSING,
        count=0 if ignored else 1,
        ignored=1 if ignored else 0,
        base=(base if side == "left" else None, base if side == "right" else None),
    )


def numbered(top: Node) -> Node:
    """The same tree, with `first` and `parent` right everywhere."""
    waiting = [top]
    before = 0
    while waiting:
        node = waiting.pop()
        node.first = before
        if node.is_difference:
            before += 1
        # What is not made yet is the same all through, or one difference whose parts do not count.
        below = node.run or node._children or ()
        for child in below:
            child.parent = node
        waiting.extend(reversed(below))
    return top


def differences(top: Node) -> Iterator[Node]:
    """Every difference, in the order of the tree."""
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if not node.count:
            continue
        if node.is_difference:
            yield node
        else:
            waiting.extend(reversed(node.children))


def difference(top: Node, n: int) -> Node:
    """The difference number `n`, from 0.

    Raises:
        IndexError: there are not so many.
    """
    if not 0 <= n < top.count:
        raise IndexError(n)
    node = top
    while not node.is_difference:
        node = next(each for each in node.children if each.first <= n < each.first + each.count)
    return node


RUN: Final = 4
"""So many places side by side that are the same are folded into one line."""


def _parent(children: Sequence[Node], steps: Steps) -> Node:
    count = sum(each.count for each in children)
    ignored = sum(each.ignored for each in children)
    change: Change = "changed" if count else "ignored" if ignored else "same"
    return Node(change, steps=steps, count=count, ignored=ignored, _children=tuple(children))


@dataclass(slots=True)
class _Comparison:
    """One comparison: what is known of its values."""

    marks: _Identities = field(default_factory=_Identities)

    def node(self, left: Json, right: Json, steps: Steps, ignoring: Ignoring) -> Node:
        """Of two values at the same place."""
        if ignoring.all or self._same(left, right, ignoring):
            same = self._same(left, right, _NOTHING)
            if same:
                return Node("same", left, right, steps)
            if ignoring.all or _kind(left) != _kind(right) or not _full(left) or not _full(right):
                return Node("ignored", left, right, steps, ignored=1)
        if isinstance(left, dict) and isinstance(right, dict):
            return self._parent_of(self._objects(left, right, ignoring), steps, left, right)
        if isinstance(left, list) and isinstance(right, list):
            return self._parent_of(self._arrays(left, right, ignoring), steps, left, right)
        return Node("changed", left, right, steps, count=1)

    def _same(self, left: Json, right: Json, ignoring: Ignoring) -> bool:
        return self.marks.of(left, ignoring) == self.marks.of(right, ignoring)

    def _parent_of(
        self,
        children: list[Node],
        steps: Steps,
        left: Json,
        right: Json,
    ) -> Node:
        node = _parent(_in_runs(children), steps)
        node.left, node.right = left, right
        return node

    def _objects(self, left: dict[str, Json], right: dict[str, Json], ignoring: Ignoring) -> list[Node]:
        found: list[Node] = []
        for key, value in left.items():
            other = right.get(key, MISSING) if key in right else MISSING
            found.append(self._one(key, value, other, ignoring))
        found += [self._one(key, MISSING, value, ignoring) for key, value in right.items() if key not in left]
        return found

    def _one(self, key: str, left: Value, right: Value, ignoring: Ignoring) -> Node:
        ignored = ignoring.takes_both(key, left, right)
        steps = (None if left is MISSING else key, None if right is MISSING else key)
        if left is MISSING or right is MISSING:
            return _alone(left, right, steps, ignored=ignored)
        if ignored:
            return self.node(left, right, steps, _ALL)
        return self.node(left, right, steps, ignoring.below(key))

    def _arrays(self, left: list[Json], right: list[Json], ignoring: Ignoring) -> list[Node]:
        # An index is not an item's own: rules for every index hold for all, and one for an index holds
        # for the items that have it on the left.
        shared = ignoring.shared
        numbers: dict[object, int] = {}
        ours, theirs = (
            [
                numbers.setdefault(self.marks.of(each, shared or ignoring.below(n)), len(numbers))
                for n, each in enumerate(items)
            ]
            for items in (left, right)
        )
        found: list[Node] = []
        i = j = 0
        for at, to in [*self._paired(left, right, ours, theirs, ignoring), (len(left), len(right))]:
            for n in range(i, at):
                ignored = ignoring.takes(n, left[n])
                found.append(_alone(left[n], MISSING, (n, None), ignored=ignored))
            for n in range(j, to):
                ignored = ignoring.takes(n, right[n])
                found.append(_alone(MISSING, right[n], (None, n), ignored=ignored))
            if at < len(left):
                ignored = ignoring.takes_both(at, left[at], right[to])
                below = _ALL if ignored else shared or ignoring.below(at)
                found.append(self.node(left[at], right[to], (at, to), below))
            i, j = at + 1, to + 1
        return found

    def _paired(
        self,
        left: list[Json],
        right: list[Json],
        ours: list[int],
        theirs: list[int],
        ignoring: Ignoring,
    ) -> list[Pair]:
        """Which items belong together, in order."""
        pairs = aligned(ours, theirs)
        for names in (NAMES, TEXTS, STARTS):
            if len(pairs) == min(len(left), len(right)):
                return pairs
            more: list[Pair] = []
            for a, b, c, d in _gaps(pairs, len(left), len(right)):
                numbers: dict[object, int] = {}
                here = _numbers(left[a:b], names, ignoring, numbers)
                there = _numbers(right[c:d], names, ignoring, numbers)
                more += [(a + i, c + j) for i, j in aligned(here, there)]
            pairs = sorted([*pairs, *more])
        more = []
        for a, b, c, d in _gaps(pairs, len(left), len(right)):
            for i, j in zip(range(a, b), range(c, d), strict=False):
                if _kind(left[i]) == _kind(right[j]):
                    more.append((i, j))
        return sorted([*pairs, *more])


_NOTHING = Ignoring()
_ALL = Ignoring(rules=((),))


def _alone(left: Value, right: Value, steps: Steps, *, ignored: bool) -> Node:
    change: Change = "ignored" if ignored else "added" if left is MISSING else "removed"
    return Node(change, left, right, steps, count=0 if ignored else 1, ignored=1 if ignored else 0)


def _gaps(pairs: Sequence[Pair], left: int, right: int) -> Iterator[tuple[int, int, int, int]]:
    """What stands between pairs on both sides."""
    i = j = 0
    for at, to in [*pairs, (left, right)]:
        if i < at and j < to:
            yield i, at, j, to
        i, j = at + 1, to + 1


def _numbers(
    items: Sequence[Json], names: Sequence[str], ignoring: Ignoring, numbers: dict[object, int]
) -> list[int]:
    """Items as numbers by what they are known by: two may say the same, not be called the same."""
    known = [_known_by(each, names, ignoring) for each in items]
    times = Counter(known)
    # An object of its own is equal to no other.
    keys = [each if each is not None and (names is TEXTS or times[each] == 1) else object() for each in known]
    return [numbers.setdefault(key, len(numbers)) for key in keys]


def _known_by(item: Json, names: Sequence[str], ignoring: Ignoring) -> tuple[str, str, object] | None:
    """The first of some members that an item has, with its value."""
    if not isinstance(item, dict):
        return None
    there = {key.casefold(): key for key in item}
    for name in names:
        key = there.get(name)
        if key is None or ignoring.takes(key, item[key]):
            continue
        value = item[key]
        if value not in (None, "") and not isinstance(value, (dict, list)):
            return name, _kind(value), value
    return None


def _in_runs(children: list[Node]) -> list[Node]:
    """Places side by side that count for nothing, folded where there are many."""
    out: list[Node] = []
    for counts, each in groupby(children, key=lambda node: node.count > 0):
        nodes = list(each)
        if counts or len(nodes) < RUN or len(nodes) == len(children):
            out += nodes
        else:
            ignored = sum(node.ignored for node in nodes)
            out.append(Node("ignored" if ignored else "same", ignored=ignored, run=tuple(nodes)))
    return out


# --- strings ----------------------------------------------------------------------------------------

Piece: TypeAlias = tuple[str, bool]
"""(text, whether it is on this side only)."""

_WORDS = re.compile(r"[0-9A-Za-z_]+|\s+|.", re.DOTALL)
_MOST_WORDS = 2_000


def pieces(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    """Two texts in pieces that are the same on both sides, or on one only: by words, Chinese by characters.

    Where the parts between equal ends have more than 2,000 words each, they are one piece.
    """
    start = _shared(left, right)
    end = _shared(left[start:][::-1], right[start:][::-1])
    # Not in the middle of a word: half a number in another style is harder to read than all of it.
    while start and _is_word(left[start - 1 : start]) and _is_word(left[start:][:1] + right[start:][:1]):
        start -= 1
    while end and _is_word(left[len(left) - end]) and _is_word(_before(left, end) + _before(right, end)):
        end -= 1
    here, there = left[start : len(left) - end], right[start : len(right) - end]
    ours, theirs = _WORDS.findall(here), _WORDS.findall(there)
    if max(len(ours), len(theirs)) > _MOST_WORDS:
        pairs: list[Pair] = []
    else:
        numbers: dict[str, int] = {}
        pairs = aligned(
            [numbers.setdefault(word, len(numbers)) for word in ours],
            [numbers.setdefault(word, len(numbers)) for word in theirs],
            100_000,
        )
    # A comma or a blank that two other texts share is no more than chance: it stays only beside a word.
    kept = {pair for pair in pairs if ours[pair[0]][0].isalnum()}
    kept |= {(i, j) for i, j in pairs if (i - 1, j - 1) in kept or (i + 1, j + 1) in kept}
    pairs = sorted(kept)
    head, tail = left[:start], left[len(left) - end :]
    return (
        _joined(head, ours, {i for i, _ in pairs}, tail),
        _joined(head, theirs, {j for _, j in pairs}, tail),
    )


def _shared(left: str, right: str) -> int:
    """How many characters two texts begin with alike, found by halves: a text may be of megabytes."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _is_word(text: str) -> bool:
    return any(char.isascii() and (char.isalnum() or char == "_") for char in text)


def _before(text: str, end: int) -> str:
    return text[len(text) - end - 1 : len(text) - end]


def _joined(head: str, words: Sequence[str], both: set[int], tail: str) -> list[Piece]:
    marked = [(head, False), *((word, n not in both) for n, word in enumerate(words)), (tail, False)]
    out: list[Piece] = []
    for alone, run in groupby((each for each in marked if each[0]), key=lambda piece: piece[1]):
        out.append(("".join([text for text, _ in run]), alone))
    return out
