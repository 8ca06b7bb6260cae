"""Figures with the floor beside them: medians, ratios, and what was promised."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

Samples = defaultdict[str, list[float]]


@dataclass(slots=True)
class Figure:
    """One line of the table.

    Attributes:
        value: a median, or NaN where nothing could be measured.
        floor: name and median of the least that can be done, or None.
        most: what is promised, or None.
        of: what the promise is about: the value, the ratio to the floor, or what is above it.
        note: why there is no value.
    """

    name: str
    value: float
    unit: str
    floor: tuple[str, float] | None = None
    most: float | None = None
    of: str = "value"
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times the floor; NaN without one."""
        return self.value / self.floor[1] if self.floor and self.floor[1] else math.nan

    @property
    def met(self) -> bool | None:
        """Whether the promise is kept; None where nothing was promised."""
        if self.most is None:
            return None
        if math.isnan(self.value):
            return False
        if self.of == "ratio":
            return self.ratio <= self.most
        above = self.floor[1] if self.of == "above" and self.floor else 0.0
        return self.value - above <= self.most

    def cells(self) -> tuple[str, ...]:
        """Figure, floor, ratio, promise, whether it is kept."""
        value = "–" if math.isnan(self.value) else f"{_number(self.value)} {self.unit}"
        floor = f"{_number(self.floor[1])} {self.floor[0]}" if self.floor else ""
        ratio = "" if math.isnan(self.ratio) else f"{self.ratio:.2f}"
        bound = ""
        if self.most is not None:
            bound = {
                "value": f"≤ {_number(self.most)} {self.unit}",
                "ratio": f"≤ {self.most:g} ×",
                "above": f"≤ floor + {_number(self.most)} {self.unit}",
            }[self.of]
        met = {None: "", True: "met", False: "NOT met"}[self.met]
        return (self.name, value, floor, ratio, bound, met, self.note)


class Report:
    """All figures of a run, by group."""

    def __init__(self) -> None:
        self.groups: dict[str, list[Figure]] = {}
        self._group = ""

    def group(self, title: str) -> None:
        """What is added from now on stands under this title."""
        self._group = title
        self.groups.setdefault(title, [])

    def add(
        self,
        name: str,
        samples: Sequence[float],
        unit: str,
        floor: tuple[str, Sequence[float]] | None = None,
        most: float | None = None,
        of: str = "value",
        note: str = "",
    ) -> None:
        """One figure: the median of its samples beside the median of its floor's."""
        beside = (floor[0], median(floor[1])) if floor and floor[1] else None
        value = median(samples) if samples else math.nan
        self.groups[self._group].append(Figure(name, value, unit, beside, most, of, note))

    def failed(self, name: str, error: Exception) -> None:
        """What could not be measured at all."""
        words = str(error).strip().splitlines()[0][:90] if str(error).strip() else type(error).__name__
        self.groups[self._group].append(Figure(name, math.nan, "", most=0.0, note=words))

    @property
    def broken(self) -> list[Figure]:
        """Promises that are not kept."""
        return [each for group in self.groups.values() for each in group if each.met is False]

    def text(self) -> str:
        """The table."""
        head = ("", "figure", "floor", "ratio", "promised", "", "")
        parts = []
        for title, figures in self.groups.items():
            parts += [title, *columns([head, *(each.cells() for each in figures)]), ""]
        promised = sum(each.met is not None for group in self.groups.values() for each in group)
        parts.append(f"{promised - len(self.broken)} of {promised} promises kept.")
        return "\n".join(parts)


def columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Lines of text in columns; the first is set to the left, numbers to the right."""
    rows = list(rows)
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    left = (0, 4, 5, 6)
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if n in left else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _number(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 1 else f"{value:.1f}"
