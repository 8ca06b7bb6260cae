"""The gateway: a request in, a reply out; no socket, no thread. Both hosts' API behind one door.

It shares no code with what it judges: not the signer, not the client, not the families.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from icetui.demo import DEMO_KEY, DEMO_STS, REGION, Clock, now
from icetui.demo.faults import FAULTS, Fault, Faults
from icetui.demo.operations import OPERATIONS, Desk
from icetui.demo.reply import ICE, STS, VOD, Asked, Refused, Reply, dated, refusal, rendered
from icetui.demo.verify import Judge
from icetui.demo.world import World

HOST = re.compile(r"(ice|vod|sts)(?:-vpc)?(?:\.([a-z0-9-]+))?\.aliyuncs\.com(?::\d+)?")
"""The service's own host names (api.md 3.5); any other host, such as a loopback, serves all products."""

VERSIONS = {"ice": ICE, "vod": VOD, "sts": STS}


class Gateway:
    """Answers requests about an account.

    Args:
        world: the account.
        clock: the moment at which it is looked at.
        faults: what shall go wrong.
        judge_clock: the clock that dates of requests are held against and that Date tells, where it is not
            `clock`: an account that stands still can be asked by a client whose time goes on.
    """

    def __init__(
        self,
        world: World | None = None,
        clock: Clock = now,
        faults: Sequence[Fault] = (),
        *,
        judge_clock: Clock | None = None,
    ) -> None:
        self._world = world or World()
        self._clock = clock
        self._judge_clock = judge_clock or clock
        self._judge = Judge(DEMO_KEY, DEMO_STS)
        self._faults = Faults(faults)

    def answer(self, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes) -> Reply:
        """What the service says.

        Args:
            method: GET or POST; both are accepted for every operation (api.md 1.0).
            target: path and query as sent.
            headers: as sent, in any letter case.
            body: as sent; an operation here takes no parameter from it.
        """
        asked = Asked.of(method, target, headers, body, self._clock())
        struck = self._faults.due(asked)
        try:
            reply = self._reply(asked, struck)
        except Refused as refused:
            reply = refusal(asked, refused)
        # What cuts or delays an answer does so to any answer, a refusal too.
        for fault in struck:
            if (hook := FAULTS[fault.name].reply) is not None:
                reply = hook(fault, asked, reply)
        return replace(reply, headers=dated(reply, self._now()))

    def _now(self) -> datetime:
        return self._judge_clock() + self._faults.skew

    def _reply(self, asked: Asked, struck: Sequence[Fault]) -> Reply:
        for fault in struck:
            if (front := FAULTS[fault.name].front) is not None:
                return front(fault, asked)
        if asked.method not in ("GET", "POST"):
            raise Refused(400, "UnsupportedHTTPMethod", "This http method is not supported.")
        if asked.path != "/":
            raise Refused(404, "InvalidApi.NotFound", "Specified api is not found.")
        self._judge.judge(asked, self._now())
        for fault in struck:
            judged = FAULTS[fault.name].judged
            reply = None if judged is None else judged(fault, asked)
            if reply is not None:
                return reply
        for fault in struck:
            if (change := FAULTS[fault.name].asked) is not None:
                asked = change(fault, asked)
        product, region = _served(asked.host)
        operations = OPERATIONS.get(asked.version)
        if operations is None or (product and VERSIONS[product] != asked.version):
            raise Refused(400, "InvalidVersion", "Specified parameter Version is not valid.")
        operation = operations.get(asked.action)
        if operation is None:
            raise Refused(
                404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method."
            )
        told = operation(Desk(self._world, home=region in ("", REGION)), asked)
        if isinstance(told, bytes):
            return rendered(asked, 200, told)
        # The splitter's answers end their IDs in a line break (api.md 2.8 #27).
        end = "\n" if str(told.get("JobId", "")).endswith("\n") else ""
        return rendered(asked, 200, {"RequestId": asked.request_id + end, **told})


def _served(host: str) -> tuple[str, str]:
    """Product and region of a host of the service; "" where it does not say."""
    match = HOST.fullmatch(host.lower())
    return (match[1], match[2] or "") if match else ("", "")
