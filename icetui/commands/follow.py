"""``icetui follow`` and ``icetui unfollow``: which jobs are kept in the lists by their ID."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from icetui.commands.finding import find
from icetui.commands.output import put, say
from icetui.commands.running import run_with
from icetui.errors import Misuse, StoreTrouble
from icetui.families import FAMILIES
from icetui.families.base import FoundFamily
from icetui.ids import ids_in, ids_in_log
from icetui.session import Session

if TYPE_CHECKING:
    from icetui.families.base import Family

_NAMES = {family.name: family for family in FAMILIES}
_WHICH = "Which jobs? Give their IDs, or - to read them from stdin."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``icetui follow``."""
    _add_words(parser)
    parser.add_argument(
        "--media", metavar="MEDIAID", help="vod-ai: follow the jobs that looked at this media asset"
    )
    parser.add_argument("--undo", action="store_true", help="follow again what was unfollowed last")
    parser.add_argument("--file", metavar="FILE", help="read IDs from a file too, with any separators")
    parser.add_argument(
        "--from-log", metavar="FILE", help="pick job IDs out of any text; - reads it from stdin"
    )


def add_unfollow_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``icetui unfollow``."""
    _add_words(parser)


def _add_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words",
        nargs="*",
        metavar="[FAMILY] ID",
        help=f"IDs, any separators; - reads stdin; a family first ({', '.join(_NAMES)}) "
        "means no call is needed to find it",
    )


def run(args: argparse.Namespace) -> int:
    """Follows jobs.

    Raises:
        Misuse: no IDs, or a finder where there is none.
        IcetuiError: nobody could be asked.
    """
    family, words = split(args.words)
    read = args.file is not None or args.from_log is not None
    if args.undo and (args.words or args.media or read):
        raise Misuse("--undo stands alone: it follows again what was unfollowed last.")
    if args.media is not None and read:
        raise Misuse("--media finds the IDs itself: it goes without --file and --from-log.")
    if args.media is not None and (words or not args.media.strip() or not isinstance(family, FoundFamily)):
        raise Misuse("--media finds jobs of vod-ai: `icetui follow vod-ai --media MEDIAID`.")
    # Before there is a loop, which would wait for the end of stdin after Ctrl+C.
    ids = () if args.undo or args.media is not None else _given(args, words)

    async def body(session: Session) -> int:
        if args.undo:
            return _undo(session)
        if args.media is not None and family is not None:
            return await _by_media(session, family, args.media.strip())
        if family is not None:
            return _follow(session, family.name, ids)
        return await _find_and_follow(session, ids)

    return run_with(args, body)


def _given(args: argparse.Namespace, words: Sequence[str]) -> tuple[str, ...]:
    """The IDs of the command line, of stdin, of a file and of a log, each once, in this order.

    Raises:
        Misuse: none is named, or a file cannot be read.
    """
    ids: dict[str, None] = {}
    if words or (args.file is None and args.from_log is None):
        ids.update(dict.fromkeys(ids_of(words)))
    if args.file is not None:
        ids.update(dict.fromkeys(ids_in(_text_of(args.file))))
    if args.from_log is not None:
        if args.from_log == "-" and "-" in words:
            raise Misuse("stdin holds IDs or a log, not both.")
        ids.update(dict.fromkeys(ids_in_log(_stdin() if args.from_log == "-" else _text_of(args.from_log))))
    return tuple(ids)


def _text_of(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "replace")
    except OSError as error:
        raise Misuse(f"{path} cannot be read: {error.strerror}.") from error


def run_unfollow(args: argparse.Namespace) -> int:
    """Stops following jobs.

    Raises:
        Misuse: no IDs.
    """
    family, words = split(args.words)
    ids = ids_of(words)

    async def body(session: Session) -> int:
        return _unfollow(session, ids, [family.name] if family else list(_NAMES))

    return run_with(args, body)


def split(words: Sequence[str]) -> tuple[Family | None, Sequence[str]]:
    """The family a first word names, and the rest."""
    if words and words[0] in _NAMES:
        return _NAMES[words[0]], words[1:]
    return None, words


def ids_of(words: Sequence[str]) -> tuple[str, ...]:
    """The IDs of the command line and of stdin where it says ``-``, each once, in order.

    Raises:
        Misuse: the command line names none, or there is no stdin.
    """
    ids: dict[str, None] = {}
    for word in words:
        if word == "-":
            word = _stdin()
        ids.update(dict.fromkeys(ids_in(word)))
    if not ids and "-" not in words:
        raise Misuse(_WHICH)
    return tuple(ids)


def _stdin() -> str:
    if sys.stdin is None:
        raise Misuse("There is no stdin to read IDs from.")
    if sys.stdin.isatty():
        say("Reading IDs from the terminal; Ctrl+D ends.")
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def _follow(session: Session, family: str, ids: Sequence[str], *, quiet: bool = False) -> int:
    new = session.store.follow(session.scope, family, ids)
    _kept(session)
    if not quiet:
        _say_new(family, len(ids), len(new))
    put("".join(f"{each}\n" for each in ids))
    return 0


def _say_new(family: str, given: int, new: int) -> None:
    known = given - new
    if not given:
        say("No IDs: nothing to follow.")
    elif new:
        say(f"{_count(new)} of {family} now followed" + (f", {known} already were." if known else "."))
    else:
        say(f"Nothing new: {_count(known)} of {family} already followed.")


async def _by_media(session: Session, family: Family, media_id: str) -> int:
    before = set(session.store.followed(session.scope, family.name))
    found = await session.feeds[family.name].find(media_id)
    _kept(session)
    if not found:
        say(
            f"No job of the last six months looked at {media_id}, "
            f"or it is in another region ({session.region} asked)."
        )
        return 1
    _say_new(family.name, len(found), len(set(found) - before))
    put("".join(f"{each}\n" for each in found))
    return 0


async def _find_and_follow(session: Session, ids: Sequence[str]) -> int:
    codes: set[int] = set()
    if not ids:
        say("No IDs: nothing to follow.")
    for job_id in ids:
        found = await find(session, job_id, list(_NAMES))
        codes.add(found.exit_code)
        for line in found.words(session.region):
            say(line)
        if not found.opened:
            continue
        family = found.opened[0].job.family
        if len(found.opened) > 1:
            others = " and ".join(each.job.family for each in found.opened[1:])
            say(f"{job_id}: followed in {family}; it is also one of {others}: name the family to choose.")
        _follow(session, family, [job_id])
    # What could be asked again tomorrow is said before what is known to be no.
    return next((code for code in (3, 4, 1) if code in codes), 0)


def _unfollow(session: Session, ids: Sequence[str], families: Sequence[str]) -> int:
    gone: dict[str, None] = {}
    for family in families:
        # One step, also over several families: one undo takes all of it back.
        ours = session.store.unfollow(session.scope, family, ids, joined=bool(gone))
        if ours:
            gone.update(dict.fromkeys(ours))
            say(f"{_count(len(ours))} of {family} no longer followed; `icetui follow --undo` takes it back.")
    _kept(session)
    for each in ids:
        if each not in gone:
            say(f"{each}: was not followed.")
    put("".join(f"{each}\n" for each in gone))
    return 0 if len(gone) == len(ids) else 1


def _undo(session: Session) -> int:
    back = session.store.undo(session.scope)
    _kept(session)
    if not back:
        say("Nothing to undo.")
        return 1
    for family, ids in back.items():
        say(f"{_count(len(ids))} of {family} followed again.")
        put("".join(f"{each}\n" for each in ids))
    return 0


def _kept(session: Session) -> None:
    """Nothing is called followed that is not kept.

    Raises:
        StoreTrouble: the store lives in memory only.
    """
    if session.store.trouble is not None:
        raise StoreTrouble("Not kept: " + session.store.trouble.message, hint=session.store.trouble.hint)


def _count(n: int) -> str:
    return f"{n} job{'' if n == 1 else 's'}"
