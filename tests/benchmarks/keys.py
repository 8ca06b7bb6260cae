"""Keys on lists of any size: from the key to the last byte, and the bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from icetui.keymap import KEYS
from tests.benchmarks.figures import Report, Samples
from tests.benchmarks.place import DEMO, DOWN, ENTER, ESC, FLOOR, PAGE_DOWN, PAGE_UP, Home, Serving
from tests.benchmarks.probe import Probe
from tests.benchmarks.size import costs

SIZES = (100, 10_000, 100_000)
F9, F11, F12 = "\x1b[20~", "\x1b[23~", "\x1b[24~"
PROMISED = {
    "cursor": 5.0,
    "page": 10.0,
    "end and back": None,
    "find, one letter": 50.0,
    "narrow, one letter": 50.0,
    "another list and back": 10.0,
}
BYTES = {"cursor": 700, "page": 13_000, "another list and back": 14_000}


def measure(report: Report, home: Home, rounds: int) -> None:
    """Keys on three sizes of list and on the floor, and what changes cost."""
    times, sizes = Samples(list), Samples(list)
    broken: list[tuple[int, Exception]] = []
    home.configure(interval=3600)
    with Probe(FLOOR, home.env) as floor:
        floor.seen("listed")
        floor.quiet(0.5)
        for _ in range(rounds):
            _press(floor, DOWN, "floor: cursor", times, sizes)
            _press(floor, PAGE_DOWN, "floor: page", times, sizes)
    for size in SIZES:
        home.forget()
        with Serving(home, "--jobs", str(size)) as service, Probe(service.program(), home.env) as program:
            try:
                _list(program, size, rounds, times, sizes)
            except (TimeoutError, RuntimeError) as error:
                broken.append((size, error))
    report.group("Keys, ms to the last byte")
    for size, why in broken:
        report.failed(f"{size:,} rows", why)
    for name, most in PROMISED.items():
        beside = ("floor", times[f"floor: {name}"]) if times[f"floor: {name}"] else None
        for size in SIZES:
            # Find and narrow are promised for ten thousand rows.
            bound = None if most == 50.0 and size > 10_000 else most
            report.add(f"{name}, {size:,} rows", times[f"{name} {size}"], "ms", beside, bound)
    report.group("Grown from 100 to 100,000 rows")
    for name in ("cursor", "page"):
        least = ("100 rows", times[f"{name} 100"])
        report.add(name, times[f"{name} 100000"], "ms", least, 1.2, "ratio")
    report.group("Bytes")
    for name, most in BYTES.items():
        beside = ("floor", sizes[f"floor: {name}"]) if sizes[f"floor: {name}"] else None
        report.add(name, sizes[f"{name} 10000"], "B", beside, most)
    _changes(report, home)
    _open(report, home, rounds)


def _press(on: Probe, key: str, name: str, times: Samples, sizes: Samples) -> None:
    cost = on.press(key)
    times[name].append(cost.ms)
    sizes[name].append(cost.size)


def _list(program: Probe, size: int, rounds: int, times: Samples, sizes: Samples) -> None:
    """All keys on one list; the preview is switched off: it is drawn when the cursor rests."""
    program.seen("LiveType")
    program.seen(lambda text: f"{size:,}" in text or f"of {size}" in text)
    program.quiet(1.0)
    program.press("V")
    for key in "21":
        program.type(key)
        program.quiet(0.6)
    for _ in range(rounds):
        _press(program, DOWN, f"cursor {size}", times, sizes)
        _press(program, PAGE_DOWN, f"page {size}", times, sizes)
        _press(program, PAGE_UP, f"page {size}", times, sizes)
    program.press("g")
    for _ in range(rounds):
        _press(program, "G", f"end and back {size}", times, sizes)
        _press(program, "g", f"end and back {size}", times, sizes)
        program.press("2")
        _press(program, "1", f"another list and back {size}", times, sizes)
    there_are = {key.id for key in KEYS}
    for prompt, name in (("/", "find"), ("&", "narrow")):
        if name not in there_are:
            continue
        for n in range(min(rounds, 5)):
            program.press(prompt, 0.3)
            program.quiet(0.2 if n else 1.5)  # what is searched is made ready meanwhile
            program.press("7")
            _press(program, "9", f"{name}, one letter {size}", times, sizes)
            program.press(ESC, 0.3)


def _changes(report: Report, home: Home) -> None:
    """A beat that changes rows, by `tests.beating_app`."""
    home.forget()
    with Probe((sys.executable, "-m", "tests.beating_app"), home.env) as program:
        program.seen("live, every")
        program.quiet(1.0)
        for key, name, most in ((F11, "one changed row", 350), (F12, "ten changed rows", 3_000)):
            there, back = program.press(key, 0.4), program.press(key, 0.4)
            report.add(name, [there.size, back.size], "B", most=most)
        before = program.size
        program.type(F9)
        program.quiet(1.0)
        report.add("beat without change", [program.size - before], "B", most=0)


def _open(report: Report, home: Home, rounds: int) -> None:
    times, sizes = Samples(list), Samples(list)
    with Probe(DEMO, home.env) as program:
        program.seen("live, every")
        program.quiet(1.0)
        program.press("/")
        program.press(f"ASR{ENTER}", 0.8)
        for _ in range(min(rounds, 5)):
            _press(program, ENTER, "open", times, sizes)
            _press(program, "q", "back", times, sizes)
    report.add("opening a job", sizes["open"], "B", most=20_000)
    report.group("Opened jobs, ms to the last byte")
    report.add("open, from memory", times["open"], "ms")
    report.add("back", times["back"], "ms")


def measure_size(report: Report, home: Home, rounds: int) -> None:
    """A hundred thousand jobs, page by page: memory, and keys meanwhile; costs inside the process."""
    del rounds
    home.configure(interval=3600, calls_per_minute=6000)
    report.group("100,000 jobs in pages")
    with Serving(home, "--jobs", "100000", "--paged") as service:
        argv = service.program("list", "smart", "--all", "--output", "ndjson")
        began = time.monotonic()
        with subprocess.Popen(argv, env=home.env, stdout=subprocess.PIPE) as listing:
            assert listing.stdout is not None
            rows = sum(1 for line in listing.stdout if json.loads(line)["id"])
            _, _, used = os.wait4(listing.pid, 0)
            listing.returncode = 0
        report.add("list --all", [time.monotonic() - began], "s", note=f"{rows:,} rows")
        report.add("list --all, resident", [used.ru_maxrss / 1024], "MiB", most=200)
        _all_pages(report, home, service)
    small, large = costs(100), costs(100_000)
    report.group("100,000 jobs beside 100, in the process, without painting")
    for name in large:
        report.add(name, [large[name]], "ms", ("100 jobs", [small[name]]))


def _all_pages(report: Report, home: Home, service: Serving) -> None:
    """The screens load all pages while a person moves."""
    load = next((each.keys[0] for each in KEYS if each.action == "load_all"), None)
    if load is None:
        return
    home.forget()
    with Probe(service.program(), home.env) as program:
        program.seen("LiveType")
        program.quiet(1.0)
        began = program.type(load)
        times: list[float] = []
        while time.monotonic() - began < 90 and "100,000 of 100,000" not in program.text:
            if len(times) < 40:
                at = program.type(DOWN)
                before = len(program.chunks)
                while len(program.chunks) == before and time.monotonic() - at < 5:
                    program.quiet(0.0, 0.0)
                times.append((program.chunks[-1].at - at) * 1000)
            program.quiet(0.1, 0.3)
        told = program.text.split("\n")[-2].split("  ")[0].strip()
        report.add("all pages on the screen", [time.monotonic() - began], "s", note=told)
        report.add("cursor meanwhile, first byte", times, "ms")
        program.press("G", 0.5)
        report.add("scrolled to the end, resident", [program.mebibytes], "MiB", most=200)
