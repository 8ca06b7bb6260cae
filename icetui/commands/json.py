"""``icetui json``: any JSON with the strings in it decoded: a tree on a terminal, text in a pipe.

It needs no account: what it reads comes from a file or from stdin, e.g. ``icetui show ID --output json``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from icetui.commands.output import json_text, put
from icetui.decode import Decoded, decode_everywhere, parse
from icetui.errors import IcetuiError, Misuse, Unreadable


class NothingThere(IcetuiError):
    """No value stands at the path that was asked for: the answer is no."""

    exit_code = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``icetui json``."""
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="what to read; - is stdin")
    parser.add_argument("--as-sent", action="store_true", help="leave JSON inside strings in its strings")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--path", metavar="JQPATH", help="only the value at a path as --paths prints it")
    chosen.add_argument("--paths", action="store_true", help="the jq path of every value, one a line")
    parser.add_argument(
        "--output", choices=("screen", "text"), help="default: a screen on a terminal, text in a pipe"
    )


def on_screen(args: argparse.Namespace) -> bool:
    """Whether it is to be looked at.

    Raises:
        Misuse: a screen was asked for where there is none.
    """
    there = os.isatty(1) and os.isatty(2) and os.environ.get("TERM") != "dumb"
    if args.output == "screen" and not there:
        raise Misuse("No terminal to show it on.", hint="Without --output screen it is printed.")
    return there and args.output != "text" and not (args.paths or args.path is not None)


def run(args: argparse.Namespace) -> int:
    """Prints it.

    Raises:
        IcetuiError: it cannot be read, is no JSON, or nothing stands at the path.
    """
    decoded = decoded_of(read(args.file), as_sent=args.as_sent)
    if args.paths:
        put("".join(f"{path}\n" for path, is_leaf in _paths(decoded) if is_leaf))
    elif args.path is not None:
        put(json_text(_at(decoded, args.path), indent=2) + "\n")
    else:
        put(json_text(decoded.value, indent=2) + "\n")
    return 0


def read(file: str) -> str:
    """The text of a file or of stdin.

    Raises:
        Misuse: there is no such file, or stdin is a terminal where nobody types JSON.
    """
    if file == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise Misuse(
                "Which JSON? Nothing is piped in.", hint="`icetui json FILE`, or pipe something into it."
            )
        data = sys.stdin.buffer.read()
    else:
        try:
            data = Path(file).read_bytes()
        except OSError as error:
            raise Misuse(f"{file} cannot be read: {error.strerror}.") from None
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


def decoded_of(text: str, *, as_sent: bool = False) -> Decoded:
    """The value, its strings decoded or as they came.

    Raises:
        Unreadable: it is no JSON.
    """
    try:
        value = parse(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"This is not JSON: {error.msg}, {where}.", text=text) from None
    return Decoded(value, value) if as_sent else decode_everywhere(value)


def _paths(decoded: Decoded) -> Iterator[tuple[str, bool]]:
    """The jq path of every value, and whether nothing stands below it."""
    from icetui.panes.json_tree import JsonTree, Root
    from icetui.paths import jq

    tree = JsonTree([Root(decoded.value)], decoded)
    for node in range(len(tree)):
        if tree.owner(node) == node:
            yield jq(tree.steps(node)).text, not tree.is_foldable(node) or tree.is_text(node)


def _at(decoded: Decoded, path: str) -> object:
    from icetui.panes.json_tree import JsonTree, Root
    from icetui.paths import jq

    wanted = path.strip()
    tree = JsonTree([Root(decoded.value)], decoded)
    for node in range(len(tree)):
        if tree.owner(node) == node and jq(tree.steps(node)).text == wanted:
            return tree.value(node)
    raise NothingThere(f"Nothing stands at {wanted}.", hint="`--paths` lists what there is.")
