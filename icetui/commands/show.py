"""``icetui show``: one job, whole: for a person, as JSON, as it came, or its transcript as subtitles."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from icetui.call import Json
from icetui.clean import clean, clean_block
from icetui.commands import output
from icetui.commands.finding import Found, find, one_id
from icetui.commands.output import put, put_bytes, say
from icetui.commands.running import run_with
from icetui.decode import Fault, parse
from icetui.errors import Unreadable
from icetui.families import FAMILIES
from icetui.results import as_json
from icetui.session import Session

if TYPE_CHECKING:
    from icetui.families.base import Opened
    from icetui.panes.pages import Sheet
    from icetui.panes.spans import Lines, Span

FORMS = ("text", "json", "raw", "srt", "vtt", "txt")
_SUBTITLES = ("srt", "vtt", "txt")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``icetui show``."""
    parser.add_argument("id", metavar="ID", help="the job's ID")
    parser.add_argument(
        "--family",
        choices=[family.name for family in FAMILIES],
        help="ask this family only; without it the family is found by asking",
    )
    parser.add_argument(
        "--output",
        choices=FORMS,
        default="text",
        help="text for people; json; raw: the answer as it came; srt, vtt, txt: the transcript",
    )


def run(args: argparse.Namespace) -> int:
    """Shows it.

    Raises:
        IcetuiError: not one ID, nobody could be asked, or there is no transcript.
    """
    job_id = one_id(args.id)

    async def body(session: Session) -> int:
        return await _show(session, job_id, args.family, args.output)

    return run_with(args, body)


async def _show(session: Session, job_id: str, family: str | None, form: str) -> int:
    names = [family] if family else [each.name for each in FAMILIES]
    found = await find(session, job_id, names)
    if not found.opened:
        _unreadable(found, form)
        for line in found.words(session.region):
            say(line)
        return found.exit_code
    opened = found.opened[0]
    if len(found.opened) > 1:
        others = " and ".join(each.job.family for each in found.opened[1:])
        say(f"{opened.job.family} shown; the ID is also one of {others}: choose with --family.")
    if form == "json":
        put(output.json_text(shown(opened), indent=2) + "\n")
    elif form == "raw":
        _put_raw(opened.answer.text)
    elif form in _SUBTITLES:
        # Subtitles and what is wrong with them: for those who ask for a transcript.
        from icetui.commands import export

        told = export.chosen(opened)
        export.warn(told, session.settings.transcript)
        export.put_transcript(told, form)
    else:
        _put_text(session, opened)
    return 0


# --- json and raw -----------------------------------------------------------------------------


def shown(opened: Opened) -> dict[str, Json]:
    """An opened job with the members of contracts.md, in their order."""
    decoded = opened.decoded
    return {
        "job": output.job_json(opened.job),
        "subjobs": [output.subjob_json(each) for each in opened.job.subjobs],
        "results": dict(_results(opened)),
        "decoded": decoded.value,
        "repaired": sorted(decoded.repaired),
        "broken": [fault_json(fault) for fault in decoded.broken.values()],
        "raw": decoded.as_sent,
    }


def _results(opened: Opened) -> Iterator[tuple[str, Json]]:
    """Each result with its path; one that stands at the path of another gets its kind as a suffix."""
    taken: set[str] = set()
    for result in opened.results:
        path = result.path if result.path not in taken else f"{result.path}#{result.value.kind}"
        taken.add(path)
        yield path, as_json(result.value)


def fault_json(fault: Fault) -> dict[str, Json]:
    """Where a string that should be JSON broke, and the string."""
    return {
        "path": fault.path,
        "line": fault.line,
        "column": fault.column,
        "message": fault.message,
        "text": fault.text,
    }


def _unreadable(found: Found, form: str) -> None:
    """What came although it is no answer: still worth seeing where one asks for what came."""
    for _, error in found.unasked:
        if not isinstance(error, Unreadable) or not error.text:
            continue
        if form == "raw":
            _put_raw(error.text)
        elif form == "json":
            nothing: dict[str, Json] = {
                "job": None,
                "subjobs": [],
                "results": {},
                "decoded": None,
                "repaired": [],
                "broken": _broken_body(error.text),
                "raw": error.text,
            }
            put(output.json_text(nothing, indent=2) + "\n")
        return


def _broken_body(text: str) -> list[Json]:
    """Where a whole answer broke; the path of the whole is ""."""
    try:
        parse(text)
    except json.JSONDecodeError as error:
        return [fault_json(Fault("", error.lineno, error.colno, error.pos, error.msg, text))]
    return []


def _put_raw(text: str) -> None:
    if output.to_terminal():
        # A terminal would obey what is in it; whoever wants the bytes pipes them.
        put("".join(f"{line}\n" for line in clean_block(text)))
    else:
        put_bytes(text.encode("utf-8", "surrogateescape"))


# --- text -------------------------------------------------------------------------------------

# Our own marks as ASCII, for --ascii and for a stdout that has nothing else.
_ASCII = str.maketrans({"–": "-", "…": "...", "⟪": "<", "⟫": ">", "│": "|", "─": "-"})
_SGR = {
    "dim": "2",
    "key": "36",
    "number": "36",
    "constant": "33",
    "good": "32",
    "bad": "31",
    "warn": "33",
    "busy": "36",
    "title": "1",
    "link": "4",
    "mark": "35",
    "found": "7",
}
# Nothing is wrapped: a pipe is never cut, and a terminal wraps by itself without breaking a copied URL.
_UNWRAPPED = 1 << 20
_AT_ONCE = 200


def _put_text(session: Session, opened: Opened) -> None:
    color = output.coloured(no_color=not session.color)
    plain = session.ascii or not output.drawable()
    lines: list[str] = []
    for spans in text_lines(opened, session, plain=plain):
        line = "".join(_styled(text, style, color) for text, style in spans).rstrip(" ")
        lines.append(f"{line.translate(_ASCII) if plain else line}\n")
        # In pieces: the first lines of a long transcript are there while the last are being drawn.
        if len(lines) == _AT_ONCE:
            put("".join(lines))
            lines.clear()
    put("".join(lines))


def _styled(text: str, style: str, color: bool) -> str:
    return f"\x1b[{_SGR[style]}m{text}\x1b[0m" if color and text.strip() and style in _SGR else text


def text_lines(opened: Opened, session: Session, *, plain: bool = False) -> Iterator[list[Span]]:
    """The pages of the detail screen one below the other, with every URL whole."""
    from icetui.panes import pages

    yield from _whole(pages.summary(opened.job, opened, _UNWRAPPED, session.clock(), ascii_only=plain))
    if opened.results:
        yield from _headed("Results", _whole(pages.result(opened, _UNWRAPPED)))
    if opened.job.subjobs or opened.job.media:
        yield from _headed(
            "Subjobs and media",
            _whole(pages.media(opened.job, _UNWRAPPED, now=session.clock(), ascii_only=plain)),
        )
    if opened.parameters:
        yield from _headed("Parameters", _whole(pages.parameters(opened, _UNWRAPPED)))
    elsewhere = list(_broken_elsewhere(opened))
    if elsewhere:
        yield from _headed("Broken", iter(elsewhere))


def _headed(head: str, lines: Iterator[list[Span]]) -> Iterator[list[Span]]:
    yield []
    yield [(f"== {head} ==", "title")]
    yield from lines


def _whole(sheet: Sheet) -> Iterator[list[Span]]:
    """The lines of a page; URLs that a screen shortens are written out."""
    from icetui.media_urls import shown_url

    urls = dict(sheet.urls)
    for y in range(len(sheet.lines)):
        line = list(sheet.lines.line(y))
        if y in urls:
            short, _ = shown_url(urls[y])
            line = [(clean(urls[y]), style) if text == short else (text, style) for text, style in line]
        yield line


def _broken_elsewhere(opened: Opened) -> Iterator[list[Span]]:
    """Texts that should be JSON and are not, where neither a result nor a parameter shows them."""
    from icetui.panes.drawings import DRAWINGS
    from icetui.results import Broken

    drawn = {each.path for each in opened.results if isinstance(each.value, Broken)} | set(opened.parameters)
    for path, fault in opened.decoded.broken.items():
        if path in drawn:
            continue
        mark = "  a repaired reading is shown above" if path in opened.decoded.repaired else ""
        yield [(clean(path), "title"), (mark, "warn")]
        broken = Broken(fault.text, fault.line, fault.column, fault.position, fault.message)
        yield from _lines(DRAWINGS[Broken](broken, _UNWRAPPED))


def _lines(lines: Lines) -> Iterator[list[Span]]:
    for y in range(len(lines)):
        yield list(lines.line(y))
