"""Recorded answers of the service as the values a family reads: no network, a fixed clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from icetui.call import Answer, Call, Json

ANSWERS = Path(__file__).parent / "answers"
TAKEN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def answered(call: Call, body: dict[str, Json], *, region: str = "cn-shanghai") -> Answer:
    """An answer with this body to this call."""
    request_id = body.get("RequestId")
    told = request_id.strip() if isinstance(request_id, str) else ""
    return Answer(call, region, 200, json.dumps(body), body, TAKEN, told)


def body_of(name: str) -> dict[str, Json]:
    """A recorded body, parsed anew each time."""
    body = json.loads((ANSWERS / name).read_text(encoding="utf-8"))
    assert isinstance(body, dict)
    return body


def recorded(call: Call, name: str) -> Answer:
    """A recorded answer to a call, its text as it came."""
    body = body_of(name)
    text = (ANSWERS / name).read_text(encoding="utf-8")
    return Answer(call, "cn-shanghai", 200, text, body, TAKEN, str(body.get("RequestId") or "").strip())


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A moment in UTC."""
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
