"""The gateway as an httpx transport: the client of `icetui --demo` sends to it as to any other host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from icetui.demo import Clock, fixed
from icetui.demo.dice import Dice
from icetui.demo.faults import Fault
from icetui.demo.gateway import Gateway
from icetui.demo.reply import Reply
from icetui.plain_httpx import httpx


class DemoTransport(httpx.AsyncBaseTransport):
    """Hands requests to a gateway in this process.

    Args:
        gateway: who answers.
        waits: whether time passes: 30 to 120 ms for an answer, as over a near network, and as long as they
            say for the faults ``slow`` and ``never``. Without it everything happens at once.
    """

    def __init__(self, gateway: Gateway, *, waits: bool = True) -> None:
        self._gateway = gateway
        self._waits = waits
        self._count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers one request.

        Raises:
            httpx.TransportError: what a real network would do under the fault that was asked for.
        """
        body = await request.aread()
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        reply = self._gateway.answer(request.method, request.url.raw_path.decode("ascii"), headers, body)
        await self._pass_time(request, reply)
        if reply.cut == "connect":
            raise httpx.ConnectError("Connection refused", request=request)
        if reply.cut == "before":
            raise httpx.ReadError("Connection reset by peer", request=request)
        length = ("Content-Length", str(len(reply.body)))
        if reply.cut == "mid":
            return httpx.Response(reply.status, headers=[*reply.headers, length], stream=_Half(reply.body))
        return httpx.Response(
            reply.status, headers=[*reply.headers, length], stream=httpx.ByteStream(reply.body)
        )

    async def _pass_time(self, request: httpx.Request, reply: Reply) -> None:
        self._count += 1
        patience = request.extensions.get("timeout", {}).get("read")
        late = reply.never or (patience is not None and reply.delay > patience)
        if self._waits:
            near = Dice("latency", self._count).real(0.03, 0.12)
            if reply.never and patience is None:
                await asyncio.Event().wait()
            await asyncio.sleep(float(patience) if late and patience is not None else near + reply.delay)
        if late:
            raise httpx.ReadTimeout("The read operation timed out", request=request)


class _Half(httpx.AsyncByteStream):
    """Half a body, and then the connection is gone."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def demo(clock: Clock | str | None = None, faults: Sequence[Fault] = ()) -> DemoTransport:
    """The transport of ``icetui --demo``.

    Args:
        clock: where time stands still, as a clock or as ISO 8601 text; then nothing takes time either. None:
            the account lives on, and answers take as long as over a near network.
        faults: what shall go wrong.

    Raises:
        ValueError: `clock` is no time.
    """
    if clock is None:
        return DemoTransport(Gateway(faults=faults))
    clock = fixed(clock) if isinstance(clock, str) else clock
    return DemoTransport(Gateway(clock=clock, faults=faults), waits=False)
