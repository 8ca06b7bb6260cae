"""``icetui cache``: what is kept between runs on this machine, and how to be rid of it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from icetui import kept_frame
from icetui.call import Json
from icetui.clean import clean
from icetui.commands.output import json_text, put, say
from icetui.errors import StoreTrouble
from icetui.job_json import stamp
from icetui.settings import load
from icetui.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``cache status`` and ``cache clear``."""
    parser.add_argument("what", choices=("status", "clear"), help="tell what is kept, or remove it")
    parser.add_argument("--followed", action="store_true", help="clear: forget the followed IDs too")
    parser.add_argument("--output", choices=("text", "json"), default="text", help="status: default text")


def run(args: argparse.Namespace) -> int:
    """Tells or clears; nobody is asked, and no key is needed.

    Raises:
        StoreTrouble: the file cannot be used.
    """
    settings = load()
    for problem in settings.problems:
        say(f"icetui: {problem}")
    store = Store(cache=settings.cache)
    try:
        if args.what == "clear":
            return _clear(store, followed=args.followed)
        return _tell(store, settings.cache, as_json=args.output == "json")
    finally:
        store.close()


def _tell(store: Store, cache: str, *, as_json: bool) -> int:
    kept = store.kept()
    _check(store)
    frames = [size for _, size in _frames()]
    whole: dict[str, Json] = {
        "file": str(store.path),
        "bytes": sum(_size(f"{store.path}{suffix}") for suffix in ("", "-wal", "-shm")),
        "cache": cache,
        "pictures": len(frames),
        "pictures_bytes": sum(frames),
        "lists": [
            {
                "source": each.source,
                "region": each.region,
                "family": each.family,
                "rows": each.rows,
                "followed": each.followed,
                "taken": stamp(each.taken),
            }
            for each in kept
        ],
    }
    if as_json:
        put(json_text(whole, indent=2) + "\n")
        return 0
    lines = [
        f"file      {store.path}, {_bytes(int(str(whole['bytes'])))}",
        f'keeps     cache = "{cache}"',
        f"pictures  {len(frames)} of lists, {_bytes(sum(frames))}",
    ]
    for each in kept:
        taken = f", last {stamp(each.taken)}" if each.taken is not None else ""
        many = f"{each.rows:,} rows, {each.followed:,} followed{taken}"
        lines.append(f"{each.family:<12}{each.region:<16}{each.source}: {many}")
    put("".join(f"{clean(line)}\n" for line in lines))
    return 0


def _clear(store: Store, *, followed: bool) -> int:
    rows, ids = store.clear(followed=followed)
    _check(store)
    pictures = len(list(_frames()))
    try:
        kept_frame.forget()
    except OSError as error:
        raise StoreTrouble(f"{error.filename} cannot be removed: {error.strerror}.") from error
    said = [f"{rows:,} rows", f"{pictures:,} pictures of lists"]
    if followed:
        said.append(f"{ids:,} followed IDs")
    say(
        f"Removed {', '.join(said)}."
        + ("" if followed else " Followed IDs stay: --followed removes them too.")
    )
    return 0


def _check(store: Store) -> None:
    if store.trouble is not None:
        raise StoreTrouble(store.trouble.message, hint=store.trouble.hint)


def _frames() -> Iterator[tuple[str, int]]:
    try:
        with os.scandir(kept_frame.folder()) as entries:
            for entry in entries:
                yield entry.path, entry.stat().st_size
    except FileNotFoundError:
        return


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def _bytes(n: int) -> str:
    return f"{n / 1000:.1f} kB" if n < 1_000_000 else f"{n / 1_000_000:.1f} MB"
