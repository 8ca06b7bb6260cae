"""What commands print: data on stdout, words on stderr. Jobs as values come from `job_json`.

The JSON members are those of contracts.md, "JSON"; `schema.json` beside this file describes them.
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
from collections.abc import Iterable

from icetui.call import Json
from icetui.clean import clean
from icetui.errors import IcetuiError
from icetui.job_json import job_json as job_json
from icetui.job_json import seconds as seconds
from icetui.job_json import stamp as stamp
from icetui.job_json import subjob_json as subjob_json


class Unwritable(IcetuiError):
    """Stdout cannot be written, e.g. because the disk is full."""


# What a terminal might obey or show as something else; inside JSON an escape says the same.
UNSAFE = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def json_text(value: Json, *, indent: int | None = None) -> str:
    """JSON that every parser reads and no terminal obeys: the same data, odd characters as escapes.

    NaN and the infinities, which JSON has not, become null.
    """
    plain = not _unicode(sys.stdout)
    try:
        text = json.dumps(value, ensure_ascii=plain, indent=indent, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=plain, indent=indent)
    return UNSAFE.sub(escaped, text)


def escaped(found: re.Match[str]) -> str:
    r"""A character as JSON writes it: ``\u001b``; two of them beyond the first plane."""
    return json.dumps(found[0])[1:-1]


def _finite(value: Json) -> Json:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


# --- doors ------------------------------------------------------------------------------------


def put(text: str) -> None:
    """Data to stdout, brought out at once.

    Raises:
        BrokenPipeError: nobody reads any more.
        Unwritable: it cannot be written, e.g. because the disk is full.
    """
    out = sys.stdout
    if out is None or not text:  # stdout is closed: the exit code is the answer
        return
    try:
        try:
            out.write(text)
        except UnicodeEncodeError:
            known = out.encoding or "ascii"
            out.write(text.encode(known, "backslashreplace").decode(known))
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unwritable(f"The output cannot be written: {error.strerror}.") from error


def put_bytes(data: bytes) -> None:
    """Bytes to stdout as they are.

    Raises:
        BrokenPipeError: nobody reads any more.
        Unwritable: it cannot be written.
    """
    out = sys.stdout
    if out is None:
        return
    try:
        out.flush()
        out.buffer.write(data)
        out.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unwritable(f"The output cannot be written: {error.strerror}.") from error


def say(text: str) -> None:
    """One line of words to stderr, made safe."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{clean(text)}\n")
        sys.stderr.flush()
    except OSError:
        return  # nobody listens to words; the data goes on


def sentence(error: IcetuiError) -> str:
    """An error on one safe line: what happened, then code and RequestId where there are any."""
    facts = []
    if error.code and error.code not in error.message:
        facts.append(error.code)
    if error.request_id and error.request_id not in error.message:
        facts.append(f"RequestId {error.request_id}")
    return clean(error.message + (f" ({', '.join(facts)})" if facts else ""))


def alike(told: Iterable[tuple[str, IcetuiError]]) -> list[tuple[IcetuiError, list[str]]]:
    """Errors that say the same, put together: the first of each, and the names they were told for.

    The RequestId is another each time and makes no difference.
    """
    found: dict[tuple[type[IcetuiError], str, str], tuple[IcetuiError, list[str]]] = {}
    for name, error in told:
        found.setdefault((type(error), error.code, error.message), (error, []))[1].append(name)
    return list(found.values())


def to_terminal() -> bool:
    """Whether stdout is looked at by a person."""
    return sys.stdout is not None and sys.stdout.isatty()


def terminal_cells() -> int | None:
    """Columns of the terminal stdout is; None if it is none, because a pipe is never cut."""
    if not to_terminal():
        return None
    import shutil

    return shutil.get_terminal_size().columns


def coloured(*, no_color: bool) -> bool:
    """Whether colours are wanted and understood: a terminal, no flag, no NO_COLOR, not TERM=dumb."""
    return (
        to_terminal()
        and not no_color
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb") != "dumb"
    )


def drawable() -> bool:
    """Whether stdout can take characters beyond ASCII."""
    return _unicode(sys.stdout)


def _unicode(stream: object) -> bool:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return encoding.lower().replace("-", "").startswith("utf")
