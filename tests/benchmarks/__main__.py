"""Runs the benchmarks and prints the table; see README.md beside this file."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks import keys, lines, results, starting, stays
from tests.benchmarks.figures import Report
from tests.benchmarks.place import Home

GROUPS: Mapping[str, Callable[[Report, Home, int], None]] = {
    "start": starting.measure,
    "keys": keys.measure,
    "size": keys.measure_size,
    "stays": stays.measure,
    "quit": stays.measure_quit,
    "results": results.measure,
    "link": lines.measure,
    "stall": lines.measure_stall,
}


def main() -> None:
    """Measures, then prints; nothing it measures makes it fail."""
    given = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    given.add_argument("--rounds", type=int, default=7, help="how often each thing is done (7)")
    given.add_argument(
        "--only", action="append", choices=GROUPS, metavar="GROUP", help=f"one of {', '.join(GROUPS)}; repeat"
    )
    args = given.parse_args()
    report, began = Report(), time.monotonic()
    for name in args.only or GROUPS:
        print(f"\r{name}…\x1b[K", end="", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="icetui-") as root:
            try:
                GROUPS[name](report, Home(Path(root)), max(3, args.rounds))
            except (TimeoutError, RuntimeError, OSError, AssertionError) as error:
                # The other figures are still worth having.
                report.group(f"Broken off: {name}")
                report.failed(name, error)
                print(f"\r{error}", file=sys.stderr)
    print("\r\x1b[K", end="", file=sys.stderr)
    print(report.text())
    print(f"{time.monotonic() - began:.0f} s on Python {sys.version.split()[0]}.")


if __name__ == "__main__":
    main()
