"""Job IDs out of pasted text."""

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
