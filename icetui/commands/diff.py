"""``icetui diff``: what differs between two jobs, for a person or as JSON; the exit code says whether."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from icetui.call import Json
from icetui.clean import clean
from icetui.commands.finding import Found, find
from icetui.commands.output import coloured, drawable, job_json, json_text, put, say
from icetui.commands.running import run_with
from icetui.compare import WORDS, compared, ignoring, jq, rule
from icetui.diff import MISSING, Ignoring, Node, Piece, Value, differences, pieces
from icetui.errors import Misuse
from icetui.families import FAMILIES
from icetui.session import Session

if TYPE_CHECKING:
    from icetui.families.base import Opened

FORMS = ("table", "json", "ndjson")

SIGNS: Final = {"added": "+", "removed": "-", "changed": "~"}
_SGR: Final = {"added": "32", "removed": "31", "changed": "33"}

LONGEST: Final = 160
"""Characters of a value in the table; what is cut out of a longer one is said."""

_AROUND = 24


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


# --- json -------------------------------------------------------------------------------------


def as_json(left: Opened, right: Opened, top: Node) -> dict[str, Json]:
    """Two jobs and their differences; `ignored` is how many more there are that do not count."""
    return {
        "left": dict(job_json(left.job)),
        "right": dict(job_json(right.job)),
        "same": not top.count,
        "ignored": top.ignored,
        "differences": [difference_json(each) for each in differences(top)],
    }


def difference_json(node: Node) -> dict[str, Json]:
    """One difference. The path of a side that has nothing is null, and so is its value."""
    return {
        "root": root_of(node),
        "change": node.change,
        "left_path": _path(node.path("left")),
        "right_path": _path(node.path("right")),
        "left": _or_null(node.left),
        "right": _or_null(node.right),
    }


def root_of(node: Node) -> str:
    """The name under which a place is compared."""
    while node.parent is not None and node.parent.parent is not None:
        node = node.parent
    return str(node.step or "")


def _path(path: str | None) -> Json:
    return None if path is None else jq(path)


def _or_null(value: Value) -> Json:
    return None if value is MISSING else value


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


def summary(top: Node) -> str:
    """``12 differences; 5 more are ignored``."""
    counted = f"{top.count:,} difference{'' if top.count == 1 else 's'}" if top.count else "no difference"
    return counted + (
        f"; {top.ignored:,} more {'is' if top.ignored == 1 else 'are'} ignored" * (top.ignored > 0)
    )


def line_of(node: Node, more: str = "…", arrow: str = "→") -> str:
    """One difference on one line: sign, path for jq, what it was and what it is."""
    left, right = node.path("left"), node.path("right")
    path = jq(left if left is not None else right or "")
    if left is not None and right is not None and left != right:
        path += f" (right {jq(right)})"
    head = f"{SIGNS[node.change]} {clean(path)}: "
    if node.change != "changed":
        return head + _short(node.value, more)
    if isinstance(node.left, str) and isinstance(node.right, str):
        here, there = pieces(node.left, node.right)
        return head + f"{_around(here, more)} {arrow} {_around(there, more)}"
    return head + f"{_short(node.left, more)} {arrow} {_short(node.right, more)}"


def _short(value: Value, more: str) -> str:
    text = clean(json_text(_or_null(value)))
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}{more} ({len(text):,} characters)"


def _around(parts: Sequence[Piece], more: str) -> str:
    """A text as JSON; of a long one what differs, with a little around it."""
    whole = "".join(text for text, _ in parts)
    if len(whole) <= LONGEST:
        return _short(whole, more)
    text = "".join(_ends(parts, more))
    cut = text if len(text) <= 2 * LONGEST else f"{text[: 2 * LONGEST]}{more}"
    return f"{clean(json_text(cut))} ({len(whole):,} characters)"


def _ends(parts: Sequence[Piece], more: str) -> Iterator[str]:
    last = len(parts) - 1
    for n, (text, alone) in enumerate(parts):
        if alone or len(text) <= 2 * _AROUND:
            yield text
            continue
        head = text[:_AROUND] if n else ""
        tail = text[-_AROUND:] if n < last else ""
        yield f"{head}{more}{tail}"
