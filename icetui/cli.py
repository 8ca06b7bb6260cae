"""Arguments, and which command runs; the screens are the default command.

Nothing heavy is imported here: ``--help`` and ``--version`` answer from this file alone, and a
command's module is imported when it is the one that was asked for.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import itertools
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

from icetui import __version__
from icetui.errors import IcetuiError, Misuse

if TYPE_CHECKING:
    from icetui.kept_frame import KeptFrame

CRASH = 70
INTERRUPTED = 130
NO_TERMINAL = "No terminal. Use `ssh -t`, or a command such as `icetui list`."


class Command(Protocol):
    """What a module in `icetui.commands` offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Says which arguments the command takes beside the global ones."""

    def run(self, args: argparse.Namespace) -> int:
        """Does it; the exit code of contracts.md."""


COMMANDS: Mapping[str, tuple[str, str]] = {
    "list": ("list", "jobs of one family: table, json, ndjson, tsv"),
    "show": ("show", "one job with its results, subjobs and parameters"),
    "export": ("export", "the transcript of a job as a file: srt, vtt, txt, json, csv"),
    "diff": ("diff", "what differs between two jobs; exit 1 where they differ"),
    "wait": ("wait", "ask until jobs have ended; the exit code says how"),
    "follow": ("follow", "keep jobs in the lists, also of families that have no list call"),
    "unfollow": ("unfollow", "take followed jobs out of the lists"),
    "json": ("json", "any JSON with the JSON inside its strings decoded: a tree, or text in a pipe"),
    "login": ("login", "store an access key in the keyring"),
    "logout": ("logout", "remove a stored access key"),
    "profiles": ("profiles", "the profiles there are, and which one is used"),
    "doctor": ("doctor", "why access works or does not, in ten lines without a secret"),
    "cache": ("cache", "what is kept between runs: tell it, or remove it"),
    "completion": ("completion", "completion on TAB for bash, zsh and fish"),
    "schema": ("schema", "the JSON Schema of what list, show, export and diff print"),
    "demo-gateway": ("demo_gateway", "serve the demo account on loopback over HTTP"),
}
"""Name of a command: its module in `icetui.commands`, and one line on it."""


class Arguments(argparse.ArgumentParser):
    """A parser that raises `Misuse` instead of leaving the program."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("allow_abbrev", False)
        super().__init__(**settings)

    def error(self, message: str) -> NoReturn:
        """Turns what argparse found into the error every command raises."""
        raise Misuse(f"{message[:1].upper()}{message[1:]}.", hint=f"See `{self.prog} --help`.")


class CommandArguments(Arguments):
    """The parser of one command, which asks its module for arguments only when it is the chosen one."""

    module = ""
    _is_filled = False

    def fill(self) -> None:
        """Imports the command and adds its arguments, once."""
        if not self._is_filled:
            self._is_filled = True
            _command(self.module).add_arguments(self)
            _add_globals(self, again=True)

    def parse_known_args(  # type: ignore[override]  # the overloads of the base say the same
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Imports the command, then parses what stands after its name."""
        self.fill()
        return super().parse_known_args(args, namespace)


def parser(*, whole: bool = False) -> argparse.ArgumentParser:
    """The whole command line; a command's own arguments are added when it is chosen.

    Args:
        whole: with the arguments of all commands, for whoever asks what there is.
    """
    top = Arguments(
        prog="icetui",
        description="Browse Alibaba Cloud ICE and ApsaraVideo VOD jobs in the terminal. "
        "Without a command the screens start.",
        epilog="Exit codes: 0 yes, 1 the answer is no, 2 wrong use, 3 refused, 4 could not ask, "
        "70 crash, 124 `wait` ran out of time, 130 interrupted. `icetui --demo` needs no account.",
    )
    _add_globals(top)
    commands = top.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", parser_class=CommandArguments
    )
    for name, (module, line) in COMMANDS.items():
        command = commands.add_parser(name, help=line, description=f"{line[:1].upper()}{line[1:]}.")
        command.module = module
        if whole:
            command.fill()
    return top


def _add_globals(target: argparse.ArgumentParser, *, again: bool = False) -> None:
    """The flags that stand before or after a command; `again`: after it, where silence changes nothing."""
    silent = argparse.SUPPRESS if again else None
    off = argparse.SUPPRESS if again else False
    group = target.add_argument_group("global flags, before or after the command")
    group.add_argument("--profile", metavar="NAME", default=silent, help="which access key to use")
    group.add_argument("--region", metavar="REGION", default=silent, help="where to ask, e.g. cn-shanghai")
    group.add_argument("--demo", action="store_true", default=off, help="an account inside this program")
    group.add_argument("--ice-endpoint", metavar="URL", default=silent, help="ask another ICE host")
    group.add_argument("--vod-endpoint", metavar="URL", default=silent, help="ask another VOD host")
    group.add_argument("--log", metavar="FILE", default=silent, help="write one line for each call")
    group.add_argument("--no-color", action="store_true", default=off, help="as NO_COLOR=1")
    group.add_argument("--ascii", action="store_true", default=off, help="no character beyond ASCII is drawn")
    group.add_argument(
        "--clock", metavar="ISO", default=silent, help="with --demo: a clock that stands still"
    )
    group.add_argument("--version", action="version", version=f"icetui {__version__}")
    # A second list for what stands after the command: argparse would replace the first with it.
    group.add_argument(
        "--fault",
        metavar="NAME[:ARGS]",
        action="append",
        dest="faults_after" if again else "faults",
        default=silent,
        help="with --demo: what goes wrong; may be repeated",
    )


def _command(module: str) -> Command:
    return cast(Command, importlib.import_module(f"icetui.commands.{module}"))


def main(argv: Sequence[str] | None = None, *, frame: KeptFrame | None = None) -> int:
    """Runs one command line.

    Args:
        argv: arguments without the program's name; None: those of this process.
        frame: of the last session, where the screens may begin with it.

    Returns:
        The exit code (contracts.md, "Exit codes").
    """
    given = sys.argv[1:] if argv is None else list(argv)
    try:
        code = _answer(given, frame)
    except KeyboardInterrupt:
        code = INTERRUPTED
        # Python remembers an interrupt inside an `exec` of text, which is how dataclasses are made at
        # import, and would end itself by the signal in spite of our exit code. Another one makes it forget.
        exec("")
    except BrokenPipeError:
        # Whoever read us has seen enough: `icetui list … | head -1`.
        code = 0
    except Exception as error:  # the last door: whatever nobody foresaw
        code = CRASH
        _crash(error, given)
    _let_go()
    return code


def _answer(argv: Sequence[str], frame: KeptFrame | None) -> int:
    """The exit code of one command line, with everything brought out that it printed."""
    try:
        try:
            code = _run(argv, frame)
        except SystemExit as left:  # argparse after --help and --version
            code = left.code if isinstance(left.code, int) else 0
        finally:
            if frame is not None:
                # Whatever is said now is not to stand on a screen that goes away.
                frame.give_back()
        # Here, so that a full disk or a closed pipe is met while it can still be told.
        _flush()
    except IcetuiError as error:
        tell(error)
        code = error.exit_code
    return code


def _run(argv: Sequence[str], frame: KeptFrame | None) -> int:
    top = parser()
    args = top.parse_args(argv)
    later: list[str] = args.__dict__.pop("faults_after", None) or []
    args.faults = [*(args.faults or []), *later]
    if args.command is not None:
        # Looking for garbage among modules would take a tenth of the time to the first request.
        gc.set_threshold(100_000, 20, 20)
        return _json(args) if args.command == "json" else _command(COMMANDS[args.command][0]).run(args)
    return _screens(args, frame)


def _json(args: argparse.Namespace) -> int:
    """The command that has a screen: commands themselves know none."""
    from icetui.commands import json

    if not json.on_screen(args):
        return json.run(args)
    text = json.read(args.file)
    decoded = json.decoded_of(text)
    from icetui.session import Session

    viewer = importlib.import_module("icetui.viewer")
    name = "" if args.file == "-" else args.file
    return int(viewer.run(Session.of(args), name, text, decoded, as_sent=args.as_sent))


def _screens(args: argparse.Namespace, frame: KeptFrame | None) -> int:
    # Textual reads keys from descriptor 0 and paints on 2; looked at before anything heavy is imported.
    if not (os.isatty(0) and os.isatty(2)) or os.environ.get("TERM") == "dumb":
        raise Misuse(NO_TERMINAL)
    # A tenth of the start would go into looking for garbage among modules; on again after the first frame.
    gc.disable()
    from icetui.session import Session

    session = Session.of(args)
    app = importlib.import_module("icetui.app")
    return int(app.run(session, frame=frame))


def tell(error: IcetuiError) -> None:
    """An error as words on stderr: one line, and one more for the next step."""
    from icetui.commands.output import sentence

    _say(f"icetui: {sentence(error)}\n" + (f"{_clean(error.hint)}\n" if error.hint else ""))


def _crash(error: BaseException, argv: Sequence[str]) -> None:
    """Says where it broke, without a single value: neither messages nor locals, which may hold secrets."""
    lines = ["icetui: this is a bug in icetui; where it broke, without values:\n", *_frames(error)]
    log = next((b for a, b in itertools.pairwise(argv) if a == "--log"), "") or next(
        (a.removeprefix("--log=") for a in argv if a.startswith("--log=")), ""
    )
    lines.append(f"Log: {_clean(log)}\n" if log else "No log was kept; `--log FILE` keeps one.\n")
    _say("".join(lines))


def _frames(error: BaseException, depth: int = 0) -> list[str]:
    import traceback

    lines: list[str] = []
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and depth < 5:
        lines += [*_frames(before, depth + 1), "and then:\n"]
    lines += traceback.format_list(traceback.extract_tb(error.__traceback__))
    lines.append(f"{type(error).__module__}.{type(error).__qualname__}\n")
    if isinstance(error, BaseExceptionGroup) and depth < 5:
        for each in error.exceptions:
            lines += ["of which:\n", *_frames(each, depth + 1)]
    return lines


def _clean(text: str) -> str:
    from icetui.clean import clean

    return clean(text)


def _say(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        return  # nobody listens; the exit code still says it


def _flush() -> None:
    """Brings out what is buffered.

    Raises:
        BrokenPipeError: nobody reads any more.
        IcetuiError: the output cannot be written, e.g. because the disk is full.
    """
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise IcetuiError(f"The output cannot be written: {error.strerror}.") from error


def _let_go() -> None:
    """Points what cannot be written at nothing, or Python complains about it when it ends."""
    for descriptor, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            _mute(descriptor)


def _mute(descriptor: int) -> None:
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
    except OSError:  # no /dev/null, or no descriptor left: then there is nothing to keep quiet
        return
