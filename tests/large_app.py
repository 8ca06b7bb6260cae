"""The program on the demo, where every smart job has a result of so many MB: `python -m tests.large_app 10`.

With ``tree`` as a second argument the result has no drawing, else it is a transcript.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import httpx

from icetui import app
from icetui.demo import transport
from icetui.flags import Flags
from icetui.session import Session


def large(megabytes: float, *, tree: bool) -> str:
    """A result as the service would send it: a string that holds JSON."""
    one: dict[str, Any] = {"content": "line 100000 of 很长 a talk", "from": 1.25, "to": 2.5}
    if tree:
        one = {"name": "line 100000 of 很长 a talk", "box": [1, 2, 3], "score": 0.5, "more": {"deep": None}}
    many = int(megabytes * 1_000_000 / len(json.dumps(one, ensure_ascii=False)))
    name = "name" if tree else "content"
    return json.dumps([{**one, name: f"line {n} of 很长 a talk"} for n in range(many)], ensure_ascii=False)


class LargeTransport(transport.DemoTransport):
    """Puts the result into every answer about one job."""

    result = b""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The demo's answer, made large."""
        response = await super().handle_async_request(request)
        if request.headers.get("x-acs-action") != "GetSmartHandleJob":
            return response
        body = json.loads(await response.aread())
        body["State"] = "Finished"
        body["JobResult"] = {"AiResult": "RESULT"}
        return httpx.Response(200, content=json.dumps(body).encode().replace(b'"RESULT"', self.result))


def main() -> int:
    """Runs it."""
    text = large(float(sys.argv[1]), tree="tree" in sys.argv)
    LargeTransport.result = json.dumps(text, ensure_ascii=False).encode()
    transport.DemoTransport = LargeTransport  # type: ignore[misc]  # `demo` makes this one
    return int(app.run(Session(Flags(demo=True))))


if __name__ == "__main__":
    sys.exit(main())
