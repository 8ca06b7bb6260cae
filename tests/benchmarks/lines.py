"""A slow line, and one that stands still."""

from __future__ import annotations

import time
from collections.abc import Iterable

from tests.benchmarks.figures import Report, Samples
from tests.benchmarks.place import DOWN, FLOOR, PAGE_DOWN, Home, Serving
from tests.benchmarks.probe import Chunk, Probe

ROUND_TRIP = 0.100
BITS = 256_000
SEGMENT, AROUND = 1400, 60
"""Bytes of a segment, and of what stands around it on the wire."""

STALL = 20.0
"""Seconds for which the terminal reads nothing."""


def over(chunks: Iterable[Chunk], pressed: float) -> float:
    """Milliseconds from a key to the arrival of the last byte at the far end of the line.

    Half a round trip for the key; then each piece leaves when it was written or when the one before it has
    left, at the speed of the line, and arrives half a round trip later. Nothing is lost, nothing packed.
    """
    free = 0.0
    for chunk in chunks:
        whole = len(chunk.data) + AROUND * (-(-len(chunk.data) // SEGMENT))
        free = max(free, chunk.at + ROUND_TRIP / 2) + whole * 8 / BITS
    return (free + ROUND_TRIP / 2 - pressed) * 1000


def measure(report: Report, home: Home, rounds: int) -> None:
    """Keys over a line of 100 ms and 256 kbit/s; from the stamps of what was written at once."""
    times = Samples(list)
    home.configure(interval=3600)
    with (
        Serving(home, "--jobs", "1000") as service,
        Probe(FLOOR, home.env) as floor,
        Probe(service.program(), home.env) as program,
    ):
        floor.seen("listed")
        program.seen("LiveType")
        program.quiet(1.5)
        times["first screen"].append(over(program.chunks, program.began))
        times["floor: first screen"].append(over(floor.chunks, floor.began))
        program.press("V", 0.5)
        for _ in range(rounds):
            for name, key in (("cursor", DOWN), ("page", PAGE_DOWN)):
                for where, on in (("floor: ", floor), ("", program)):
                    cost = on.press(key)
                    times[where + name].append(over(cost.chunks, cost.pressed))
    report.group("Over 100 ms and 256 kbit/s, 1,000 rows")
    for name, most in (("cursor", 130.0), ("page", 350.0), ("first screen", None)):
        report.add(name, times[name], "ms", ("floor", times[f"floor: {name}"]), most)


def measure_stall(report: Report, home: Home, rounds: int) -> None:
    """A terminal that reads nothing while every beat changes ten rows; then it goes on."""
    del rounds
    home.configure(interval=1)
    with (
        Serving(home, "--jobs", "1000", "--changing") as service,
        Probe(service.program(), home.env) as program,
    ):
        program.seen("LiveType")
        program.quiet(0.3, 3.0)
        service.forget()
        before, cpu = program.size, program.cpu_ms
        time.sleep(STALL)
        cpu = program.cpu_ms - cpu
        program.quiet(0.05, 0.3)
        late = program.size - before
        text = program.text
        program.quiet(0.3, 3.0)
        key = program.press(DOWN, 0.02)
    report.group(f"A terminal that stands still for {STALL:.0f} s, ten rows changing every second")
    report.add("bytes that wait for it", [late], "B", most=20_000)
    report.add("processor meanwhile", [cpu / STALL / 10], "%")
    wrong = [word for word in ("could not", "timed out", "silent") if word in text]
    report.add("false time-outs", [len(wrong)], "", most=0)
    report.add("first byte of a key afterwards", [(key.chunks[0].at - key.pressed) * 1000], "ms", most=150)
