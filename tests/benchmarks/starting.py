"""From `exec` to what a person or the service sees first."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.benchmarks.figures import Report, Samples
from tests.benchmarks.place import DEMO, FLOOR, Home, Serving
from tests.benchmarks.probe import Probe

PASS, TEXTUAL, HTTPX = "python -c pass", "import textual.app", "import httpx"
ENDING = {
    PASS: ("-c", "pass"),
    TEXTUAL: ("-c", "from textual.app import App"),
    HTTPX: ("-c", "import httpx"),
    "--version": ("-m", "icetui", "--version"),
}


def measure(report: Report, home: Home, rounds: int) -> None:
    """All that begins is begun in turn, so that a busy moment falls on all alike."""
    times, sizes = Samples(list), Samples(list)
    with Serving(home, "--jobs", "50") as service:
        for n in range(rounds + 1):
            if n == 1:  # compiled modules and files in memory are there from now on
                times.clear()
                sizes.clear()
            _round(home, service, times, sizes)
    home.forget()
    report.group("Start, ms from exec")
    one, many, lib = ((name, times[name]) for name in (PASS, TEXTUAL, HTTPX))
    report.add("--version", times["--version"], "ms", one, 3.0, "ratio")
    report.add("list: first request leaves", times["request"], "ms", lib, 1.3, "ratio")
    report.add("last frame: first byte", times["frame: byte"], "ms", one)
    report.add("last frame: its rows", times["frame: rows"], "ms", one, 4.0, "ratio")
    report.add("last frame: live rows", times["frame: live"], "ms", many)
    report.add("no frame: first byte", times["byte"], "ms", many)
    report.add("no frame: first words", times["words"], "ms", many)
    report.add("no frame: last session's rows", times["rows"], "ms", many, 1.15, "ratio")
    report.add("no frame: live rows", times["live"], "ms", many)
    report.add("nothing kept: first rows or words", times["fresh"], "ms", many)
    report.add("--demo: live rows", times["demo"], "ms", many)
    report.add("floor: a Textual list", times["floor"], "ms", many)
    report.group("Weight of the start")
    report.add("first screen", sizes["screen"], "B", ("floor", sizes["floor: screen"]), 40_000)
    report.add("resident at first paint", sizes["MiB"], "MiB", ("floor", sizes["floor: MiB"]), 45)


def _round(home: Home, service: Serving, times: Samples, sizes: Samples) -> None:
    for name, args in ENDING.items():
        with Probe((sys.executable, *args), home.env) as program:
            times[name].append(program.ended())
    home.forget()
    service.forget()
    began = time.monotonic()
    subprocess.run(service.program("list", "smart"), env=home.env, check=True, stdout=subprocess.DEVNULL)
    times["request"].append((service.when("ListSmartJobs", "came") - began) * 1000)
    with Probe(FLOOR, home.env) as program:
        times["floor"].append(program.since_start("listed"))
        program.quiet(0.3)
        sizes["floor: screen"].append(program.size)
        sizes["floor: MiB"].append(program.mebibytes)
        program.quit()
    home.remember()
    with Probe(service.program(), home.env) as program:
        times["byte"].append(program.first_byte)
        times["words"].append(program.since_start("JobType"))
        sizes["MiB"].append(program.mebibytes)
        times["rows"].append(program.since_start("KeptType"))
        times["live"].append(program.since_start("LiveType"))
        program.quiet(0.5)
        sizes["screen"].append(program.size)
        program.quit()
    with Probe(service.program(), home.env) as program:
        times["frame: byte"].append(program.first_byte)
        times["frame: rows"].append(program.since_start("LiveType"))
        times["frame: live"].append(program.since_start("live, every"))
        program.quit()
    home.forget()
    with Probe(service.program(), home.env) as program:
        times["fresh"].append(program.since_start(lambda text: "last session" in text or "LiveType" in text))
        program.seen("LiveType")
        program.quit()
    home.forget()
    with Probe(DEMO, home.env) as program:
        times["demo"].append(program.since_start("live, every"))
        program.quit()
