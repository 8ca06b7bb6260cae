"""``icetui demo-gateway``: the demo account on loopback over HTTP, for other programs and for tests."""

from __future__ import annotations

import argparse

from icetui.commands.output import stamp
from icetui.flags import Flags, faults_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``icetui demo-gateway``."""
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="on 127.0.0.1; 0, the default: a free one"
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Serves until it is interrupted.

    Raises:
        Misuse: a clock or a fault that is none.
    """
    from icetui.demo import serve

    flags = Flags.of(args)
    return serve.run(args.port, stamp(flags.clock), faults_of(flags))
