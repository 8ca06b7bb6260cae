"""Runs all benchmarks and prints the table; see README.md beside this file."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.probe import Probe
from tests.benchmarks.size import costs

CLOCK = "2026-11-20T10:00:00Z"
PROGRAM = (sys.executable, "-m", "icetui", "--demo", "--clock", CLOCK)
FLOOR = (sys.executable, "-m", "tests.benchmarks.floor")
DOWN, PAGE_DOWN, ENTER = "\x1b[B", "\x1b[6~", "\r"

PASS, TEXTUAL, HTTPX = "python -c pass", "import textual.app", "import httpx"
NOTHING_DRAWN = {
    PASS: ("-c", "pass"),
    TEXTUAL: ("-c", "from textual.app import App"),
    HTTPX: ("-c", "import httpx"),
    "icetui --version": ("-m", "icetui", "--version"),
    "icetui --demo list": ("-m", "icetui", "--demo", "--clock", CLOCK, "list", "smart", "--limit", "3"),
}
FLOORS = {
    "icetui --version": PASS,
    "icetui --demo list": HTTPX,
    "first byte": TEXTUAL,
    "first frame": TEXTUAL,
    "last session's rows": TEXTUAL,
    "live rows": TEXTUAL,
    "floor: first frame": TEXTUAL,
}
Samples = defaultdict[str, list[float]]


def environment(home: Path) -> dict[str, str]:
    """Nothing of the person's; compiled modules are kept, as an installation has them."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(
            ("SSH_", "TMUX", "STY", "TEXTUAL", "ICETUI_", "ALIBABA_", "PYTHON", "NO_COLOR")
        )
    }
    return {
        **kept,
        "HOME": str(home),
        "ICETUI_CONFIG_DIR": str(home / "config"),
        "ICETUI_STATE_DIR": str(home / "state"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONPYCACHEPREFIX": str(home / "pyc"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }


def start(env: dict[str, str], times: Samples, sizes: Samples) -> None:
    """One round of everything that begins: interleaved, so that a busy moment is shared."""
    for name, args in NOTHING_DRAWN.items():
        with Probe((sys.executable, *args), env) as program:
            times[name].append(program.ended())
    with Probe(FLOOR, env) as program:
        times["floor: first frame"].append(program.seen("listed"))
        program.quiet(0.3)
        sizes["floor: first screen"].append(len(program.written))
        sizes["floor: MiB"].append(program.mebibytes)
        times["floor: quit"].append(program.quit())
    with Probe(PROGRAM, env) as program:
        times["first byte"].append(program.seen("\x1b"))
        times["first frame"].append(program.seen("JobType"))
        times["last session's rows"].append(program.seen("VideoTranslation"))
        times["live rows"].append(program.seen("live, every"))
        program.quiet(0.5)
        sizes["first screen"].append(len(program.written))
        sizes["MiB"].append(program.mebibytes)
        times["quit"].append(program.quit())


def keys(env: dict[str, str], times: Samples, sizes: Samples, rounds: int) -> None:
    """Keys, of the floor and of the program in turn, in two runs that live side by side."""
    with Probe(FLOOR, env) as floor, Probe(PROGRAM, env) as program:
        floor.seen("listed")
        floor.quiet(0.5)
        program.seen("live, every")
        program.quiet(0.5)
        program.press("V")  # the preview is drawn when the cursor rests: not by the key
        for key in ("2", "3", "4", "1"):
            program.press(key, 0.4)

        def press(name: str, key: str, on: Probe) -> None:
            cost = on.press(key)
            times[name].append(cost.ms)
            sizes[name].append(cost.size)

        for n in range(rounds):
            for name, key in (
                ("cursor key", DOWN),
                ("page key", PAGE_DOWN),
                ("open a job", ENTER),
                ("back", "q"),
            ):
                press(f"floor: {name}", key, floor)
                press(name, key, program)
            program.press("g")
            press("another list", "234"[n % 3], program)
            program.press("1")
        program.press("/ASR\r")
        for _ in range(rounds):
            press("find next", "n", program)


def table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Prints columns."""
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    print(f"\n{title}")
    for row in (head, *rows):
        print(
            "  "
            + "  ".join(
                cell.ljust(w) if not n else cell.rjust(w)
                for n, (cell, w) in enumerate(zip(row, widths, strict=True))
            )
        )


def main() -> None:
    """Measures, then prints."""
    given = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    given.add_argument("--rounds", type=int, default=11, help="how often each thing is done (11)")
    rounds = max(3, given.parse_args().rounds)
    times, sizes = Samples(list), Samples(list)
    with tempfile.TemporaryDirectory() as home:
        env = environment(Path(home))
        for n in range(rounds + 1):
            print(f"\rstart {n}/{rounds} ", end="", file=sys.stderr, flush=True)
            start(env, times, sizes)
            if not n:  # compiled modules and files in memory are there from now on
                times.clear()
                sizes.clear()
        print("\rkeys        ", end="", file=sys.stderr, flush=True)
        keys(env, times, sizes, rounds)
    print("\rsize        ", end="", file=sys.stderr, flush=True)
    small, large = costs(100), costs(100_000)
    print("\r            \r", end="", file=sys.stderr, flush=True)
    report(times, sizes, small, large)


def report(times: Samples, sizes: Samples, small: dict[str, float], large: dict[str, float]) -> None:
    """The tables: medians, and how many times the floor of the same run."""
    ms = {name: median(each) for name, each in times.items()}
    size = {name: median(each) for name, each in sizes.items()}
    started = []
    for name in (
        *NOTHING_DRAWN,
        "floor: first frame",
        "first byte",
        "first frame",
        "last session's rows",
        "live rows",
    ):
        floor = FLOORS.get(name)
        ratio = f"{ms[name] / ms[floor]:.2f} x {floor}" if floor else ""
        started.append((name, f"{ms[name]:.0f}", ratio))
    table("Start, ms from exec", ("", "median", "floor"), started)
    pressed = []
    for name in ("cursor key", "page key", "find next", "another list", "open a job", "back", "quit"):
        floor = f"floor: {name}"
        told = [f"{ms[name]:.1f}", f"{size[name]:,.0f}" if name in size else ""]
        if floor in ms:
            told += [
                f"{ms[floor]:.1f}",
                f"{size[floor]:,.0f}" if floor in size else "",
                f"{ms[name] / ms[floor]:.2f}",
            ]
        pressed.append((name, *told, *[""] * (5 - len(told))))
    table("Keys, to the last byte", ("", "ms", "bytes", "floor ms", "floor bytes", "ratio"), pressed)
    table(
        "Weight",
        ("", "icetui", "floor", "ratio"),
        [
            (
                name,
                f"{size[name]:,.0f}",
                f"{size[f'floor: {name}']:,.0f}",
                f"{size[name] / size[f'floor: {name}']:.2f}",
            )
            for name in ("first screen", "MiB")
        ],
    )
    table(
        "A list of 100,000 beside one of 100, ms without painting",
        ("", "100,000", "100", "more, ms"),
        [
            (name, f"{large[name]:.2f}", f"{small[name]:.2f}", f"{large[name] - small[name]:.2f}")
            for name in large
        ],
    )


if __name__ == "__main__":
    main()
