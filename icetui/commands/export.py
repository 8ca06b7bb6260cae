"""``icetui export``: the transcript of a job as a file: SRT, WebVTT, text, JSON, CSV."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from icetui import exports, subtitles
from icetui.clean import clean_block
from icetui.commands import output
from icetui.commands.finding import find, one_id
from icetui.commands.output import put, put_bytes, say
from icetui.commands.running import run_with
from icetui.cue_checks import check, tally
from icetui.errors import IcetuiError, Misuse
from icetui.families import FAMILIES
from icetui.timecodes import timecode
from icetui.transcripts import TimedText, timed_texts

if TYPE_CHECKING:
    from icetui.families.base import Opened
    from icetui.session import Session
    from icetui.settings import Reading

_SAID = 20
"""Warnings that are said one by one; of more the tally tells."""


class NoTranscript(IcetuiError):
    """The job was found and has no transcript: the answer is no."""

    exit_code = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``icetui export``."""
    parser.add_argument("id", metavar="ID", help="the job's ID")
    parser.add_argument(
        "--family",
        choices=[family.name for family in FAMILIES],
        help="ask this family only; without it the family is found by asking",
    )
    parser.add_argument(
        "--format", choices=tuple(subtitles.FORMS), required=True, help="what to write the transcript as"
    )
    parser.add_argument(
        "--output",
        metavar="FILE|DIRECTORY|-",
        help="where to; - is stdout; without it a file named after the job in the current directory",
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument(
        "--which", type=int, metavar="N", help="which transcript of a job with several, from 1"
    )


def run(args: argparse.Namespace) -> int:
    """Writes it and prints the path of the file.

    Raises:
        IcetuiError: not one ID, nobody could be asked, there is no transcript, it cannot be written.
    """
    job_id = one_id(args.id)
    if args.output is not None and not args.output.strip():
        raise Misuse("--output is empty.", hint="Name a file, a directory, or - for stdout.")
    names = [args.family] if args.family else [each.name for each in FAMILIES]

    async def body(session: Session) -> int:
        found = await find(session, job_id, names)
        if not found.opened:
            for line in found.words(session.region):
                say(line)
            return found.exit_code
        # Of two families that know the ID the one that has a transcript is meant.
        opened = next((each for each in found.opened if timed_texts(each.results)), found.opened[0])
        if len(found.opened) > 1:
            others = " and ".join(each.job.family for each in found.opened if each is not opened)
            say(f"{opened.job.family} exported; the ID is also one of {others}: choose with --family.")
        told = chosen(opened, args.which)
        warn(told, session.settings.transcript)
        if args.output == "-":
            put_transcript(told, args.format)
        else:
            _write(opened, told, args)
        return 0

    return run_with(args, body)


def chosen(opened: Opened, which: int | None = None) -> TimedText:
    """The transcript that is meant; where there are several and none was named, the first, and that is said.

    Args:
        opened: the job.
        which: its number from 1, or None.

    Raises:
        NoTranscript: there is none.
        Misuse: there is none of this number.
    """
    told = timed_texts(opened.results)
    if not told:
        there = [f"{each.value.kind} at {each.path}" for each in opened.results]
        raise NoTranscript(
            f"{opened.job.id} has no transcript.",
            hint=f"Its results: {', '.join(there)}."
            if there
            else f"It is {opened.job.state.value} and has no results.",
        )
    if which is not None and not 1 <= which <= len(told):
        raise Misuse(
            f"There is no transcript {which}: {opened.job.id} has {len(told)}.",
            hint="; ".join(f"{n} is {each.path}" for n, each in enumerate(told, 1)) + ".",
        )
    found = told[(which or 1) - 1]
    if which is None and len(told) > 1:
        others = ", ".join(f"{n} at {each.path}" for n, each in enumerate(told[1:], 2))
        say(f"{found.path} chosen, 1 of {len(told)}; there are transcripts {others} too: export --which N.")
    if found.note:
        say(f"{found.path}: {found.note}.")
    return found


def warn(told: TimedText, limits: Reading) -> None:
    """Says on stderr what is wrong with a transcript."""
    warnings = check(told.transcript, limits)
    said = tally(warnings)
    if not said:
        return
    say(f"{said}.")
    lines = [(n, each) for n, mine in warnings.items() for each in mine]
    for n, each in lines[:_SAID]:
        say(f"cue {n + 1:,} at {timecode(told.transcript.cues[n].start)}: {each.words}")
    if len(lines) > _SAID:
        say(f"and {len(lines) - _SAID:,} more; `icetui` shows them all (e and E walk them).")


def put_transcript(told: TimedText, form: str) -> None:
    """A transcript to stdout: its very bytes, or where a person looks at it what is safe to look at."""
    text = subtitles.FORMS[form].write(told.transcript, None)
    if output.to_terminal():
        put("".join(f"{line}\n" for line in clean_block(text.removeprefix("\ufeff"))))
    else:
        put_bytes(text.encode())


def _write(opened: Opened, told: TimedText, args: argparse.Namespace) -> None:
    data = subtitles.FORMS[args.format].write(told.transcript, None).encode()
    several = timed_texts(opened.results)
    name = exports.transcript_name(
        opened.job, args.format, place=several.index(told) + 1 if len(several) > 1 else 0
    )
    if args.output is None or Path(args.output).expanduser().is_dir():
        written = exports.write_named(Path(args.output or "."), name, data, force=args.force)
    else:
        written = exports.write_to(Path(args.output), data, force=args.force)
    if written.instead:
        say(f"{written.instead} is there already: a number was put to the name. --force replaces it.")
    # The path is what a script wants to go on with.
    put(f"{written.path}\n")
