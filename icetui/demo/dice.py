"""Chance without chance: the same throw for the same name, in every process and Python version."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A row of throws that depends on nothing but a name.

    `random` promises its `random()` across versions, not `choice` or `shuffle`; snapshots need both.

    Args:
        name: whatever tells one row of throws from another.
    """

    __slots__ = ("_name", "_throw")

    def __init__(self, *name: object) -> None:
        self._name = "/".join(map(str, name)).encode()
        self._throw = 0

    def _next(self) -> int:
        self._throw += 1
        digest = hashlib.blake2b(self._name, digest_size=8, salt=self._throw.to_bytes(8, "big"))
        return int.from_bytes(digest.digest(), "big")

    def below(self, count: int) -> int:
        """0 to `count` - 1."""
        return self._next() % count

    def between(self, low: int, high: int) -> int:
        """`low` to `high`, both possible."""
        return low + self._next() % (high - low + 1)

    def real(self, low: float = 0.0, high: float = 1.0, digits: int = 3) -> float:
        """`low` to `high`, rounded."""
        return round(low + (high - low) * (self._next() / 2**64), digits)

    def pick(self, things: Sequence[T]) -> T:
        """One of them."""
        return things[self.below(len(things))]

    def order(self, things: Sequence[T]) -> list[T]:
        """All of them in another order."""
        keyed = [(self._next(), place) for place in range(len(things))]
        return [things[place] for _, place in sorted(keyed)]

    def hexes(self, count: int) -> str:
        """`count` hex digits."""
        digits = ""
        while len(digits) < count:
            digits += f"{self._next():016x}"
        return digits[:count]
