"""Job IDs out of pasted text, and out of logs."""

from __future__ import annotations

import re
from typing import Final

# A word, and whether what follows makes it the name of a value: `JobId: …`, `"job_id": "…`, `ids=…`.
_WORD: Final = re.compile(r"(?P<word>[0-9A-Za-z*_.-]++)(?P<names>(?=[\"'”’`]?\s*[:=：＝]\s*\S))?")
_NAME: Final = re.compile(r"[A-Za-z_-]*ids?", re.IGNORECASE)


def ids_in(text: str) -> tuple[str, ...]:
    """The job IDs in pasted text, each once, in the order they stand there.

    Whatever cannot stand in an ID separates: white space, commas, quotes, brackets, full-width marks. So
    a list, a column, JSON and lines with bullets are all read. ``*`` may stand in an ID (api.md 2.8 #16),
    but not alone; a name before an ID, like ``JobId:``, is none.
    """
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        word = match["word"].strip(".-")
        if match["names"] is not None and _NAME.fullmatch(word):
            continue
        if any(character.isalnum() for character in word):
            found[word] = None
    return tuple(found)


# What names a value in a log: JSON, key=value, a query string, a sentence.
# Bounded everywhere: a log may be one line of megabytes.
_LABELLED: Final = re.compile(
    r"(?<![A-Za-z0-9_-])(?P<name>[A-Za-z][A-Za-z0-9_-]{1,40})[\"'”’\\]{0,4}\s{0,4}[:=：＝]"
    r"\s{0,4}[\"'“‘\\\[]{0,4}(?P<value>[0-9A-Za-z*_-]{8,64})"
)
_HEX: Final = re.compile(r"(?<![0-9A-Za-z_-])[0-9a-f]{32}(?![0-9A-Za-z_-])")
_JOB: Final = re.compile(r"(?:sub|parent|master|producing)?_?-?job_?-?ids?", re.IGNORECASE)


def ids_in_log(text: str) -> tuple[str, ...]:
    """The job IDs in any text that holds other things too, each once, in the order they stand there.

    That is what something calls a job ID (``JobId``, ``job_id=``, ``"jobIds": "``), and 32 hexadecimal digits
    in a row unless something else is said of them: ``MediaId``, ``TraceId``, ``signature``.
    """
    named = {match.start("value"): match for match in _LABELLED.finditer(text)}
    found: dict[int, str] = {}
    for at, match in named.items():
        if _JOB.fullmatch(match["name"]) and any(character.isdigit() for character in match["value"]):
            found[at] = match["value"]
    for match in _HEX.finditer(text):
        if match.start() not in named:
            found[match.start()] = match[0]
    return tuple(dict.fromkeys(found[at] for at in sorted(found)))
