"""Text that wants to harm a terminal, and the demo account with such text in every field.

Run as a program, ``python -m tests.hostile POISON [icetui's arguments]``, it is icetui on that account.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

CORPUS = {
    "markup": "[b]bold[/b] [/b] [/nothing] [red",
    "an action link": "[@click=app.exit(3)]press[/] [link=http://x]y[/link]",
    "brackets": "[ [[ ]] \\[ [/ ] {x} $y [#ff0000 on blue]",
    "colours": "\x1b[38;5;201mpink\x1b[0m",
    "cursor and erasing": "\x1b[2J\x1b[Hgone\x1b[1;1H\x1b[9999C",
    "the main screen": "\x1b[?1049l\x1b[?1000h\x1b[?25h",
    "a title": "\x1b]0;owned\x07 \x1b]2;owned\x1b\\",
    "the clipboard": "\x1b]52;c;aGFja2Vk\x07",
    "a link": "\x1b]8;;http://evil\x1b\\press\x1b]8;;\x1b\\",
    "a device string": "\x1bP+q544e\x1b\\ \x1b_apc\x1b\\ \x1b^pm\x1b\\",
    "questions": "\x1b[6n\x1b[c\x1b]11;?\x07\x05",
    "C1": "\x9b31m\x9d0;owned\x9c\x90q\x85\x8d",
    "C0": "a\x00b\x07c\x08d\x0be\x0cf\x0eg\x0fh\x7f",
    "line breaks": "one\ntwo\rthree\r\nfour\u2028five\u2029six\tseven",
    "bidi": "\u202egpj.exe\u202c \u2066iso\u2069 \u200f\u061c \u2067x",
    "nothing to see": "a\u200bb\u200cc\u200dd\ufeffe\u00adf\u2060g\u180eh\u3164i",
    "combining": "e" + "\u0301" * 40 + " \u0301\u0302",
    "emoji": "👨\u200d👩\u200d👧 ⚠\ufe0f 1\ufe0f\u20e3 👍🏽 🇨🇳 🏴\U000e0067\U000e007f",
    "wide": "标题很长家庭广播ｗｉｄｅ한국어",
    "a surrogate": "lone \ud800 and \udfff",
    "private": "\ue000\U0010ffff\ufff9\ufffb\ufffe",
    "quotes": '"\'`\\" -- $(reboot) %s %n {0} ../../etc/passwd',
}
"""By what it is that harms."""

HARMLESS = {"words": "some harmless words", "wide": "标题", "quotes": 'it\'s "fine"'}

LONG = "long \x1b[31m" * 100_000
"""A title of a megabyte on one line."""

_KEPT = frozenset({"JobId", "MediaId", "NextToken", "TotalCount", "MaxResults", "Recommend"})
"""What the program asks by: the gateway has to know it again."""

_RARELY = frozenset(
    {"State", "Status", "JobState", "CreateTime", "CreationTime", "ModifiedTime", "FinishTime"}
)
"""What makes a job look like one: poisoned in every fourth place."""


class Poison:
    """Puts the next text of a corpus behind each string of an answer."""

    def __init__(self, corpus: Sequence[str], *, everything: bool = False) -> None:
        self._next: Iterator[str] = itertools.cycle(corpus)
        self._rare: Iterator[int] = itertools.cycle(range(4))
        self._everything = everything

    def into(self, value: Any, key: str = "") -> Any:
        """The same JSON, poisoned, also where JSON stands in a string."""
        if isinstance(value, dict):
            return {name: self.into(below, name) for name, below in value.items()}
        if isinstance(value, list):
            return [self.into(below, key) for below in value]
        if not isinstance(value, str):
            return value
        if not self._everything and (key in _KEPT or (key in _RARELY and next(self._rare))):
            return value
        if value[:1] in ("{", "["):
            try:
                return json.dumps(self.into(json.loads(value)))
            except ValueError:
                pass
        return f"{value} {next(self._next)}"


POISONS = {
    "hostile": [*CORPUS.values()],
    "harmless": [*HARMLESS.values()],
    "long": [*HARMLESS.values()] * 8 + [LONG],
}


def poisoned(corpus: Sequence[str]) -> Callable[..., Any]:
    """What makes the demo's transport, with a corpus in every answer of it, refusals included."""
    import httpx

    from icetui.demo import transport

    make = transport.demo
    poison = Poison(corpus)

    class Poisoned(httpx.AsyncBaseTransport):
        def __init__(self, *given: Any) -> None:
            self._inner = make(*given)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await self._inner.handle_async_request(request)
            body = json.dumps(poison.into(json.loads(await answer.aread())))
            headers = {"Content-Type": "application/json;charset=utf-8"}
            return httpx.Response(answer.status_code, headers=headers, content=body.encode())

    return Poisoned


def main(argv: Sequence[str]) -> int:
    """Icetui on the poisoned demo; with ``unclean`` first, with the cleaning of text taken out."""
    name, *rest = argv
    if rest[:1] == ["unclean"]:
        from icetui import clean

        clean.clean = lambda text: text
        rest = rest[1:]
    from icetui import cli
    from icetui.demo import transport

    transport.demo = poisoned(POISONS[name])
    return cli.main(["--demo", "--clock", "2026-11-20T10:00:00Z", *rest])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
