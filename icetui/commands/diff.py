"""``icetui diff``: what differs between two jobs, for a person or as JSON; the exit code says whether."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from icetui.clean import clean
from icetui.commands.finding import Found, find
from icetui.commands.output import coloured, drawable, json_text, put, say
from icetui.commands.running import run_with
from icetui.compare import WORDS, compared, ignoring, rule
from icetui.diff import Ignoring, Node, differences
from icetui.diff_text import as_json, difference_json, line_of, root_of, summary
from icetui.errors import Misuse
from icetui.families import FAMILIES
from icetui.session import Session

if TYPE_CHECKING:
    from icetui.families.base import Opened

FORMS = ("table", "json", "ndjson")

_SGR: Final = {"added": "32", "removed": "31", "changed": "33"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``icetui diff``."""
    parser.add_argument("left", metavar="ID", help="one job")
    parser.add_argument("right", metavar="ID", help="the other; it may be of another family")
    parser.add_argument(
        "--family",
        choices=[family.name for family in FAMILIES],
        help="ask this family only; without it the family of each is found by asking",
    )
    parser.add_argument(
        "--ignore",
        metavar="WORDS",
        action="append",
        default=[],
        help="times, ids, or times,ids: they differ in any two jobs",
    )
    parser.add_argument(
        "--ignore-path",
        metavar="PATH",
        action="append",
        default=[],
        help="a path with all below it, as printed; [] is any index: .decoded.JobResult.AiResult[].from",
    )
    parser.add_argument(
        "--output",
        choices=FORMS,
        default="table",
        help="table: a line for each difference, long values shortened; json, ndjson: all of it. "
        "Paths are for jq, on what `icetui show ID --output json` prints",
    )


def run(args: argparse.Namespace) -> int:
    """Compares them: 0 they are the same, 1 they differ.

    Raises:
        IcetuiError: wrong use, or nobody could be asked.
    """
    ids = [args.left.strip(), args.right.strip()]
    for job_id in ids:
        if not job_id:
            raise Misuse("Which jobs? An ID is empty.")
        if len(re.split(r"[\s,]+", job_id)) > 1:
            raise Misuse(f"{job_id!r} is more than one ID: two jobs, each by itself.")
    counting = _ignoring(args.ignore, args.ignore_path)

    async def body(session: Session) -> int:
        return await _compare(session, ids, args.family, args.output, counting)

    return run_with(args, body)


def _ignoring(words: Sequence[str], paths: Sequence[str]) -> Ignoring:
    chosen = [word.strip().casefold() for each in words for word in each.split(",") if word.strip()]
    for word in chosen:
        if word not in WORDS:
            raise Misuse(f"{word!r} cannot be ignored.", hint=f"--ignore takes {' and '.join(WORDS)}.")
    rules = []
    for path in paths:
        try:
            rules.append(rule(path.strip()))
        except ValueError:
            hint = "A path looks like .decoded.JobResult.AiResult[0].text; [] is any index."
            raise Misuse(f"{path!r} is no path.", hint=hint) from None
    return ignoring(chosen, rules)


async def _compare(
    session: Session, ids: Sequence[str], family: str | None, form: str, counting: Ignoring
) -> int:
    names = [family] if family else [each.name for each in FAMILIES]
    told = await asyncio.gather(*(find(session, each, names) for each in dict.fromkeys(ids)))
    found = {each.id: each for each in told}
    lost = [each for each in told if not each.opened]
    if lost:
        for line in dict.fromkeys(line for each in lost for line in each.words(session.region)):
            say(line)
        codes = {each.exit_code for each in lost}
        return next(code for code in (3, 4, 1) if code in codes)
    left, right = (_one(found[each]) for each in ids)
    top = compared(left, right, counting)
    if form == "table":
        color = coloured(no_color=not session.color)
        _put_table(left, right, top, color=color, plain=session.ascii or not drawable())
    elif form == "json":
        put(json_text(as_json(left, right, top), indent=2) + "\n")
    else:
        put("".join(f"{json_text(difference_json(each))}\n" for each in differences(top)))
    return 1 if top.count else 0


def _one(found: Found) -> Opened:
    opened = found.opened[0]
    if len(found.opened) > 1:
        others = " and ".join(each.job.family for each in found.opened[1:])
        say(
            f"{found.id}: {opened.job.family} compared; the ID is also one of {others}: choose with --family."
        )
    return opened


# --- table ------------------------------------------------------------------------------------


def _put_table(left: Opened, right: Opened, top: Node, *, color: bool, plain: bool) -> None:
    lines = [_who("left ", left), _who("right", right), summary(top)]
    more, arrow = ("...", "->") if plain else ("…", "→")
    root = ""
    for node in differences(top):
        if root_of(node) != root:
            root = root_of(node)
            lines += ["", f"== {clean(root)} =="]
        line = line_of(node, more, arrow)
        lines.append(f"\x1b[{_SGR[node.change]}m{line}\x1b[0m" if color else line)
        if len(lines) >= 200:
            put("".join(f"{line}\n" for line in lines))
            lines.clear()
    put("".join(f"{line}\n" for line in lines))


def _who(side: str, opened: Opened) -> str:
    job = opened.job
    return "  ".join(clean(each) for each in (side, job.family, job.type, job.state.value, job.id) if each)
