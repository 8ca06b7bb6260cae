"""What the program costs while nobody does anything, and how fast it goes."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from tests.benchmarks.figures import Report, Samples
from tests.benchmarks.place import FLOOR, Home, Serving
from tests.benchmarks.probe import Probe

IDLE = 10.0
"""Seconds of idleness."""


def measure(report: Report, home: Home, rounds: int) -> None:
    """Memory with the client loaded, bytes and processor time at rest and under beats."""
    del rounds
    report.group("At rest")
    with Probe(FLOOR, home.env) as floor:
        floor.seen("listed")
        cpu, _ = _rest(floor)
        beside = ("floor", [cpu])
        weight = ("floor", [floor.mebibytes])
    home.remember()
    home.configure(interval=3600)
    with Serving(home, "--jobs", "1000") as service:
        with Probe(service.program(), home.env) as program:
            program.seen("LiveType")
            program.quiet(1.5)
            cpu, size = _rest(program)
            report.add("idle, processor", [cpu], "%", beside, 0.3)
            report.add("idle, bytes in 10 s", [size], "B", most=0)
            report.add("resident with client and 1,000 rows", [program.mebibytes], "MiB", weight, 70)
        home.configure(interval=1)
        with Probe(service.program(), home.env) as program:
            program.seen("LiveType")
            program.quiet(1.5)
            cpu, size = _rest(program)
            report.add("beats every second without change, processor", [cpu], "%")
            report.add("beats every second without change, bytes in 10 s", [size], "B", most=0)


def _rest(program: Probe) -> tuple[float, float]:
    """Percent of one processor, and bytes, over the seconds of `IDLE`."""
    program.quiet(1.0)
    cpu, size, began = program.cpu_ms, program.size, time.monotonic()
    while (left := began + IDLE - time.monotonic()) > 0:
        program.quiet(left, left)
    return (program.cpu_ms - cpu) / IDLE / 10, program.size - size


def measure_quit(report: Report, home: Home, rounds: int) -> None:
    """From the key that ends the program to the end of the process, in whatever it is doing."""
    states: dict[str, tuple[tuple[str, ...], Callable[[Probe], float]]] = {
        "at rest": ((), _at_rest),
        "first listing hangs": (("--hang", "ListSmartJobs"), _before_rows),
        "preview hangs": (("--hang", "GetSmartHandleJob"), _at_rest),
        "opened job hangs": (("--hang", "GetSmartHandleJob"), _opened),
        "help is shown": ((), _help),
        "prompt is open, Ctrl+C": ((), _prompt),
        "SIGTERM while the first listing hangs": (("--hang", "ListSmartJobs"), _signalled),
    }
    times = Samples(list)
    for name, (args, way) in states.items():
        with Serving(home, *args) as service:
            for _ in range(min(rounds, 5)):
                home.forget()
                with Probe(service.program(), home.env) as program:
                    times[name].append(way(program))
    home.forget()
    with Probe(FLOOR, home.env) as floor:
        floor.seen("listed")
        floor.quiet(0.5)
        times["floor"].append(floor.quit())
    report.group("Quit, ms from the key to the end of the process")
    for name in states:
        report.add(name, times[name], "ms", ("floor", times["floor"]), 300)


def _at_rest(program: Probe) -> float:
    program.seen("LiveType")
    program.quiet(0.5)
    return program.quit()


def _before_rows(program: Probe) -> float:
    program.seen("JobType")
    program.quiet(1.0)
    return program.quit()


def _opened(program: Probe) -> float:
    program.seen("LiveType")
    program.quiet(0.5)
    program.press("\r", 0.5)
    program.type("q")
    program.quiet(0.3)
    return program.quit()


def _help(program: Probe) -> float:
    program.seen("LiveType")
    program.quiet(0.5)
    program.press("?", 0.3)
    return program.quit("qq")


def _prompt(program: Probe) -> float:
    program.seen("LiveType")
    program.quiet(0.5)
    program.press("/", 0.3)
    program.press("\x03", 0.3)
    program.press("\x03", 0.3)
    return program.quit("\x03")


def _signalled(program: Probe) -> float:
    program.seen("JobType")
    program.quiet(1.0)
    return program.signal(signal.SIGTERM)
