"""Results of real size: ten megabytes of JSON, fifty thousand cues."""

from __future__ import annotations

from icetui.keymap import KEYS
from tests.benchmarks.figures import Report, Samples
from tests.benchmarks.place import DOWN, ENTER, ESC, PAGE_DOWN, Home, Serving
from tests.benchmarks.probe import Probe

HELP = next(key.tooltip for key in KEYS if key.where == "detail")
"""Words of the screen that shows the keys."""

TABS = 8
"""Tabs that are looked through at most."""


def measure(report: Report, home: Home, rounds: int) -> None:
    """Opens each, from the moment its answer has left the service; then moves in it."""
    home.configure(interval=3600)
    times, sizes = Samples(list), Samples(list)
    jobs = (("10 MB of JSON", 1, "usual length", ""), ("50,000 cues", 2, "opening words", "t"))
    for name, row, words, key in jobs:
        try:
            _opened(home, name, row, words, key, times, sizes, rounds)
        except (TimeoutError, RuntimeError) as error:
            report.group(f"A result of {name}")
            report.failed("broken off", error)
    for name, *_ in jobs:
        report.group(f"A result of {name}")
        report.add("readable after its arrival", times[f"{name} readable"], "ms", most=300)
        report.add("help asked for during the load", times[f"{name} key"], "ms", most=150)
        report.add("page", times[f"{name} page"], "ms", most=10)
        report.add("page, bytes", sizes[f"{name} page"], "B")
        report.add("end and back", times[f"{name} end"], "ms", most=50)
        report.add("find, one letter", times[f"{name} find"], "ms", most=50)
        report.add("resident", sizes[f"{name} MiB"], "MiB")


def _opened(
    home: Home, name: str, row: int, words: str, key: str, times: Samples, sizes: Samples, rounds: int
) -> None:
    for n in range(3):
        home.forget()
        with Serving(home, "--jobs", "10") as service, Probe(service.program(), home.env) as program:
            program.seen("LiveType")
            program.quiet(1.0)
            program.press("V", 0.5)  # the preview would ask for it before it is opened
            for _ in range(row):
                program.press(DOWN)
            service.forget()
            program.type(ENTER)
            arrived = service.when("GetSmartHandleJob", "left")
            if n == 2:  # not in the runs that time the load
                at = program.type("?")
                times[f"{name} key"].append((program.seen(HELP) - at) * 1000)
                continue
            _readable(program, name, words, key, arrived, times)
            if n:
                continue
            program.seen(lambda text: "laying it out" not in text)
            program.quiet(1.0, 10.0)
            for _ in range(rounds):
                cost = program.press(PAGE_DOWN)
                times[f"{name} page"].append(cost.ms)
                sizes[f"{name} page"].append(cost.size)
            for _ in range(min(rounds, 5)):
                times[f"{name} end"] += [program.press("G").ms, program.press("g").ms]
            for _ in range(min(rounds, 5)):
                program.press("/", 0.5)
                times[f"{name} find"].append(program.press("7").ms)
                program.press(ESC, 0.5)
            sizes[f"{name} MiB"].append(program.mebibytes)


def _readable(program: Probe, name: str, words: str, key: str, arrived: float, times: Samples) -> None:
    """Until the result can be read: where another tab shows it, until it is painted there."""

    def opened(text: str) -> bool:
        return words in text or not ("asking" in text or "JobType all" in text)

    took = program.seen(opened) - arrived
    for turn in ("", *key, *"]" * TABS):
        if turn:
            pressed = program.type(turn)
        try:
            at = program.seen(words, 0.1 if not turn else 5.0 if turn == key else 1.5)
        except TimeoutError:
            continue
        times[f"{name} readable"].append((took + (at - pressed if turn else 0.0)) * 1000)
        return
    raise TimeoutError(f"{words!r} is on no tab")
