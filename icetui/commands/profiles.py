"""``icetui profiles``: the profiles there are, and which one is used."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence

from icetui import credentials
from icetui.call import Json
from icetui.clean import clean, width
from icetui.commands.forms import FORMS, tsv_text
from icetui.commands.output import json_text, put, say
from icetui.errors import IcetuiError, Misuse
from icetui.settings import Profile, Settings, load, use_profile

COLUMNS = ("name", "source", "key_hint", "region", "default", "used")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``profiles [use NAME] [--output FORM]``."""
    parser.add_argument(
        "words", nargs="*", metavar="use NAME", help="make NAME the default profile; nothing: list them"
    )
    parser.add_argument("--output", choices=FORMS, default="table", help="form of the list")


def run(args: argparse.Namespace) -> int:
    """Lists the profiles, or makes one the default; the exit code.

    Raises:
        Misuse: no such profile, or other words than ``use NAME``.
    """
    settings = load()
    for problem in settings.problems:
        say(f"icetui: {problem}")
    match args.words:
        case []:
            return _list(args, settings)
        case ["use", name]:
            use_profile(credentials.named(settings, name).name)
            say(f"{name} is the default profile.")
            return 0
        case ["use"]:
            raise Misuse("Which profile? `icetui profiles use NAME`.")
        case _:
            raise Misuse("Neither `icetui profiles` nor `icetui profiles use NAME`.")


def _list(args: argparse.Namespace, settings: Settings) -> int:
    used, why = _used(args.profile, settings, os.environ)
    rows = [_row(profile, settings, used) for profile in settings.profiles.values()]
    put(_FORMS[args.output](rows))
    if why:
        say(why)
    return 0


def _used(asked: str | None, settings: Settings, environ: Mapping[str, str]) -> tuple[str, str]:
    """The profile the next command would use, "" for none, and a sentence where that is not plain to see.

    The keyring is not asked.
    """
    try:
        name = asked if asked is not None else environ.get("ICETUI_PROFILE")
        if name:
            return credentials.named(settings, name).name, ""
        if key := credentials.environment_key(environ):
            return "", f"Used is the environment: env · {key.hint}. --profile NAME uses a profile."
        if settings.default_profile or settings.profiles or settings.broken:
            return credentials.named(settings, credentials.default_name(settings)).name, ""
    except IcetuiError as error:
        return "", f"{error.message} {error.hint}".strip()
    if own := credentials.of_aliyun(environ):
        return "", f"Used is the current profile of the aliyun CLI: {own.line}."
    return "", "No profiles yet. `icetui login` makes one; `icetui --demo` needs none."


def _row(profile: Profile, settings: Settings, used: str) -> dict[str, Json]:
    return {
        "name": profile.name,
        "source": profile.source,
        "key_hint": profile.key_hint,
        "region": profile.region,
        "default": profile.name == settings.default_profile,
        "used": profile.name == used,
    }


def _table(rows: Sequence[Mapping[str, Json]]) -> str:
    if not rows:
        return ""
    lines: list[tuple[str, ...]] = [("", "NAME", "SOURCE", "KEY", "REGION", "")]
    for row in rows:
        cells = (clean(row[name]) or "-" for name in ("name", "source", "key_hint", "region"))
        lines.append(("*" if row["used"] else "", *cells, "default" if row["default"] else ""))
    room = [max(width(line[n]) for line in lines) for n in range(6)]
    return "".join(
        "  ".join(cell + " " * (room[n] - width(cell)) for n, cell in enumerate(line)).rstrip() + "\n"
        for line in lines
    )


def _tsv(rows: Sequence[Mapping[str, Json]]) -> str:
    lines = [COLUMNS, *([_cell(row[name]) for name in COLUMNS] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines)


def _cell(value: Json) -> str:
    return tsv_text(str(value).lower() if isinstance(value, bool) else value)


_FORMS: Mapping[str, Callable[[Sequence[Mapping[str, Json]]], str]] = {
    "table": _table,
    "tsv": _tsv,
    "json": lambda rows: json_text(list(rows)) + "\n",
    "ndjson": lambda rows: "".join(json_text(row) + "\n" for row in rows),
}
