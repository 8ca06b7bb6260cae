"""A service of any size on loopback: `python -m tests.benchmarks.service`.

It writes its URL to stdout, then one line for each request: the operation, when it came and when its
answer had left, in seconds of the machine's monotonic clock. Signatures are not looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TREE, SPOKEN = f"{1:032x}", f"{2:032x}"
"""Jobs with a result of ten megabytes, and with fifty thousand cues."""


class Service:
    """Answers for so many smart jobs.

    Args:
        jobs: how many there are.
        paged: whether they come in pages; else all in one answer, which the real service never does.
        hang: operations that are never answered.
        changing: whether each listing tells other states of the first ten jobs.
    """

    def __init__(self, jobs: int, *, paged: bool, hang: frozenset[str], changing: bool) -> None:
        self._jobs = jobs
        self._paged = paged
        self._hang = hang
        self._changing = changing
        self._asked = 0
        self._whole = {"ListSmartJobs": b""}

    def answer(self, action: str, params: dict[str, str]) -> bytes:
        """The body of an answer."""
        known: dict[str, Callable[[dict[str, str]], bytes]] = {
            "ListSmartJobs": self._list,
            "GetSmartHandleJob": self._get,
        }
        if action in known:
            return known[action](params)
        return _json({"RequestId": "R", "EditingBatchJobList": [], "TotalCount": 0})

    def hangs(self, action: str) -> bool:
        """Whether an operation is never answered."""
        return action in self._hang

    def _list(self, params: dict[str, str]) -> bytes:
        self._asked += 1
        if not self._paged and self._whole["ListSmartJobs"] and not self._changing:
            return self._whole["ListSmartJobs"]
        start = int(params.get("NextToken") or 0)
        size = int(params.get("MaxResults") or 10) if self._paged else self._jobs
        end = min(start + size, self._jobs)
        body: dict[str, Any] = {
            "RequestId": "R",
            "SmartJobList": [self._job(n) for n in range(start, end)],
            "TotalCount": str(self._jobs),
        }
        if end < self._jobs:
            body["NextToken"] = str(end)
        text = _json(body)
        if not self._paged:
            self._whole["ListSmartJobs"] = text
        return text

    def _job(self, n: int) -> dict[str, Any]:
        failed = n % 7 == 0 if n >= 10 or not self._changing else self._asked % 2 == n % 2
        at = f"{NOW - timedelta(minutes=n):%Y-%m-%dT%H:%M:%SZ}"
        return {
            "JobId": f"{n:032x}",
            "JobType": "LiveType",
            "JobState": "Failed" if failed else "Finished",
            "Title": f"Take {n} of the autumn film",
            "CreateTime": at,
            "ModifiedTime": at,
        }

    def _get(self, params: dict[str, str]) -> bytes:
        job_id = params.get("JobId", "")
        result = {TREE: tree, SPOKEN: spoken}.get(job_id, lambda: "[]")()
        told = self._job(int(job_id, 16) if job_id else 0)
        return _json(
            {
                "RequestId": "R",
                "JobId": job_id,
                "State": "Finished",
                "SmartJobInfo": {
                    name: told[name] for name in ("JobType", "Title", "CreateTime", "ModifiedTime")
                },
                "JobResult": {"AiResult": result},
            }
        )


def tree() -> str:
    """About ten megabytes of JSON that is no kind of result."""
    item = {"label": "a label of usual length", "scores": [0.25, 0.5, 0.75], "nested": {"deep": [1, 2, 3]}}
    return json.dumps({"opening": 1, "items": [{"n": n, **item} for n in range(85_000)], "closing": 2})


def spoken() -> str:
    """Fifty thousand cues of three seconds; the first says `opening words`."""
    cues = [
        {"content": f"Words of cue {n}, as long as people speak", "from": n * 3.0, "to": n * 3.0 + 2.5}
        for n in range(50_000)
    ]
    return json.dumps([{**cues[0], "content": "opening words"}, *cues[1:]])


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


async def _serve(service: Service) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                came = time.monotonic()
                line, *rest = head.decode("latin-1").split("\r\n")
                headers = {k.lower(): v for k, _, v in (each.partition(": ") for each in rest)}
                await reader.readexactly(int(headers.get("content-length", 0)))
                action = headers.get("x-acs-action", "")
                query = parse_qs(urlsplit(line.split(" ")[1]).query)
                _say(f"{action} {came} came")
                if service.hangs(action):
                    await asyncio.Event().wait()
                body = service.answer(action, {name: values[0] for name, values in query.items()})
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
                await writer.drain()
                _say(f"{action} {time.monotonic()} left")
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    _say(f"http://127.0.0.1:{port}")
    await server.serve_forever()


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    """Serves until it is ended."""
    given = argparse.ArgumentParser(prog="python -m tests.benchmarks.service", description=__doc__)
    given.add_argument("--jobs", type=int, default=50)
    given.add_argument("--paged", action="store_true")
    given.add_argument("--changing", action="store_true")
    given.add_argument("--hang", action="append", default=[], metavar="ACTION")
    args = given.parse_args()
    service = Service(args.jobs, paged=args.paged, hang=frozenset(args.hang), changing=args.changing)
    asyncio.run(_serve(service))


if __name__ == "__main__":
    main()
