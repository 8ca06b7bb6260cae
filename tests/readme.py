"""Writes the parts of README.md that follow from the code: ``python -m tests.readme``."""

from __future__ import annotations

import os
import re
from pathlib import Path

from icetui import cli
from icetui.keymap import CHORDS, MOVES, Key, Where, keys_of

README = Path(__file__).parent.parent / "README.md"


def _rows(keys: tuple[Key, ...]) -> list[str]:
    return [f"| `{key.shown.replace(' ', '` `')}` | {key.tooltip} |" for key in keys]


PLACES: dict[Where, str] = {
    "list": "Lists",
    "detail": "An opened job",
    "tree": "JSON as a tree",
    "transcript": "A transcript",
    "media": "Subjobs and media",
    "timeline": "The axis of media time",
    "compare": "Two jobs compared",
    "document": "`icetui json`",
}
"""Places with keys of their own, and what a person calls them."""


def key_table() -> str:
    """The key map as Markdown."""
    parts = [
        "**Everywhere** (Enter and Space: in lists; other places say below what theirs do)\n",
        "| key | does |",
        "|---|---|",
        *_rows(keys_of("everywhere")),
    ]
    parts += [f"| `{shown.replace(' ', '` `')}` | {said} |" for shown, said in MOVES]
    for where, title in PLACES.items():
        parts += [f"\n**{title}**\n", "| key | does |", "|---|---|", *_rows(keys_of(where))]
    for chord in CHORDS:
        names = [PLACES[place] for place in chord.where]
        parts.append(f"\n**`{chord.first}`, then** ({', '.join(names)})\n")
        parts += ["| key | does |", "|---|---|", *_rows(chord.seconds)]
    return "\n".join(parts)


def command_help() -> str:
    """What ``icetui --help`` prints, at 100 columns."""
    os.environ["COLUMNS"] = "100"
    return f"```text\n{cli.parser().format_help().strip()}\n```"


def filled(text: str) -> str:
    """README text with its two generated parts anew."""
    for name, part in (("keys", key_table()), ("help", command_help())):
        between = f"<!-- {name} -->\n{part}\n<!-- /{name} -->"
        text = re.sub(f"<!-- {name} -->.*?<!-- /{name} -->", lambda _: between, text, flags=re.S)  # noqa: B023
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text()))
