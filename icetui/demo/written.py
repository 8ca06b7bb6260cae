"""How the service writes things down: times, JSON in strings, where files lie."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, TypeAlias

Json: TypeAlias = Any

BUCKET = "demo-bucket"
"""The account's bucket."""

HOST = f"{BUCKET}.oss-cn-shanghai.aliyuncs.com"
"""Where it is reached."""


def stamp(at: datetime) -> str:
    """A time: UTC, whole seconds, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def compact(value: Json) -> str:
    """JSON as programs put it into strings."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pretty(value: Json, indent: int | str = 2) -> str:
    """JSON as people paste it: with lines and blanks (api.md 2.7, S003)."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
