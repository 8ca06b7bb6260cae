"""Where the program begins: last session's frame is painted before anything else is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

VALUED = ("--profile", "--region", "--ice-endpoint", "--vod-endpoint", "--log", "--clock", "--fault")
"""Global flags whose value is the next word."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line; without a command the screens, beginning with the frame that was kept.

    Args:
        argv: arguments without the program's name; None: those of this process.

    Returns:
        The exit code (contracts.md, "Exit codes").
    """
    given = sys.argv[1:] if argv is None else list(argv)
    if "_ARGCOMPLETE" in os.environ:
        from icetui.completion import complete

        complete()
    frame = None
    # Textual reads keys from descriptor 0 and paints on 2.
    if os.name == "posix" and os.isatty(0) and os.isatty(2) and _is_for_screens(given):
        from icetui.kept_frame import KeptFrame

        frame = KeptFrame(given, os.environ)
        frame.paint()
    from icetui.cli import main as run

    return run(given, frame=frame)


def _is_for_screens(given: Sequence[str]) -> bool:
    """Whether no command is named, as far as one sees without a parser: a guess costs a missing frame."""
    words = iter(given)
    for word in words:
        if word in VALUED:
            next(words, None)
        elif not word.startswith("-") or word in ("--version", "--help", "-h"):
            return False
    return True
