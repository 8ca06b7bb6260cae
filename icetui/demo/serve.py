"""The gateway on a loopback port: HTTP/1.1 as far as its callers need it (``icetui demo-gateway``)."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from icetui.demo import DEMO_KEY, DEMO_STS, fixed, now
from icetui.demo.faults import Fault
from icetui.demo.gateway import Gateway
from icetui.demo.reply import Asked, Reply

HEAD_LIMIT = 64 * 1024
"""Bytes of request line and headers; a security token can take 2 KB of them."""

BODY_LIMIT = 1024 * 1024

IDLE_SECONDS = 75.0
"""How long a connection is kept for the next request."""


class _Malformed(Exception):
    """A request that is not HTTP as we take it: status and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Server:
    """Connections of one gateway.

    Args:
        gateway: who answers.
        log: takes a line for each request.
    """

    def __init__(self, gateway: Gateway, log: Callable[[str], None]) -> None:
        self._gateway = gateway
        self._log = log
        self._open: set[asyncio.Task[None]] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection until either side has had enough."""
        task = asyncio.current_task()
        assert task is not None  # asyncio runs every connection as a task
        self._open.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass  # the caller has gone: nobody is left to tell
        except asyncio.CancelledError:
            pass  # we are closing
        finally:
            self._open.discard(task)
            writer.close()

    async def close(self) -> None:
        """Ends the connections that are still open."""
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection stays."""
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                asked = await _read(reader)
        except _Malformed as trouble:
            reply = Reply(trouble.status, (("Content-Type", "text/plain"),), f"{trouble.message}\n".encode())
            self._say("-", "", reply)
            await _write(writer, reply, close=True)
            return False
        if asked is None:
            return False
        method, target, headers, body = asked
        reply = self._gateway.answer(method, target, headers, body)
        told = Asked.of(method, target, headers, body, datetime.now(UTC))
        shown = " ".join(f"{name}={value!r}" for name, value in sorted(told.params.items()))
        action = told.action or method
        self._say(action if action.isascii() and action.isalnum() else repr(action), shown, reply)
        if reply.never:
            await reader.read(1)  # until the caller gives up
            return False
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if reply.cut in ("connect", "before"):
            _reset(writer)
            return False
        close = told.headers.get("connection", "").lower() == "close" or bool(reply.cut)
        await _write(writer, reply, close=close, head_only=method == "HEAD")
        return not close

    def _say(self, action: str, params: str, reply: Reply) -> None:
        fault = reply.cut and f"cut:{reply.cut}"
        words = (
            f"{now():%H:%M:%S}",
            action,
            params,
            str(reply.status),
            reply.code,
            fault,
            "never" if reply.never else "",
        )
        self._log(" ".join(filter(None, words)))


async def _read(
    reader: asyncio.StreamReader,
) -> tuple[str, str, list[tuple[str, str]], bytes] | None:
    """A request: method, target, headers, body. None when the caller has closed instead."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise
        return None
    except asyncio.LimitOverrunError:
        raise _Malformed(431, "The headers are too large.") from None
    first, *rest = head.decode("latin-1")[:-4].split("\r\n")
    match first.split(" "):
        case [method, target, "HTTP/1.1"] if target.startswith("/") and target.isascii():
            pass
        case [_, _, version] if version.startswith("HTTP/"):
            raise _Malformed(
                505 if version != "HTTP/1.1" else 400, "This is an HTTP/1.1 server of one resource, /."
            )
        case _:
            raise _Malformed(400, "This is not an HTTP request.")
    headers = []
    for line in rest:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise _Malformed(400, "This is not a header.")
        headers.append((name, value.strip()))
    return method, target, headers, await _read_body(reader, headers)


async def _read_body(reader: asyncio.StreamReader, headers: Sequence[tuple[str, str]]) -> bytes:
    given = {name.lower(): value for name, value in headers}
    if "transfer-encoding" in given:
        raise _Malformed(411, "A body needs a Content-Length here.")
    length = given.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise _Malformed(400, "Content-Length is not a number.")
    if int(length) > BODY_LIMIT:
        raise _Malformed(413, "The body is too large.")
    return await reader.readexactly(int(length))


async def _write(writer: asyncio.StreamWriter, reply: Reply, *, close: bool, head_only: bool = False) -> None:
    phrase = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else "Unknown"
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    lines += [f"Content-Length: {len(reply.body)}", f"Connection: {'close' if close else 'keep-alive'}"]
    body = b"" if head_only else reply.body[: len(reply.body) // 2] if reply.cut == "mid" else reply.body
    writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Breaks the connection off: RST instead of a polite end."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


def _to_stdout(url: str) -> None:
    keys = [{"id": DEMO_KEY.id, "secret": DEMO_KEY.secret.reveal()}]
    sts = {"id": DEMO_STS.id, "secret": DEMO_STS.secret.reveal()}
    if DEMO_STS.token is not None:
        sts["token"] = DEMO_STS.token.reveal()
    sys.stdout.write(json.dumps({"url": url, "keys": [*keys, sts]}) + "\n")
    sys.stdout.flush()


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


async def serve(
    gateway: Gateway,
    port: int,
    *,
    announce: Callable[[str], None] = _to_stdout,
    log: Callable[[str], None] = _to_stderr,
    stop: asyncio.Event | None = None,
) -> None:
    """Serves until SIGINT, SIGTERM or `stop`.

    Args:
        gateway: who answers.
        port: on 127.0.0.1; 0 for a free one.
        announce: is told the URL once it can be asked; by default prints it with the demo's keys as JSON.
        log: takes a line for each request: time, operation, parameters, status, code.
        stop: ends it; without one, signals do.

    Raises:
        OSError: the port is taken.
    """
    if stop is None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = Server(gateway, log)
    listening = await asyncio.start_server(server.connected, "127.0.0.1", port, limit=HEAD_LIMIT)
    try:
        announce(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
        await stop.wait()
    finally:
        listening.close()
        await server.close()
        await listening.wait_closed()


def run(port: int, clock_iso: str | None = None, faults: Sequence[Fault] = ()) -> int:
    """``icetui demo-gateway``: serves until a signal; the exit code.

    Args:
        port: 0 for a free one.
        clock_iso: a moment at which the account stands still. Requests are still dated by the true clock.
        faults: what shall go wrong.
    """
    try:
        clock = fixed(clock_iso) if clock_iso else now
    except ValueError:
        _to_stderr(f"--clock: {clock_iso!r} is not a time like 2026-11-20T10:00:00Z")
        return 2
    try:
        asyncio.run(serve(Gateway(clock=clock, faults=faults, judge_clock=now), port))
    except BrokenPipeError:
        raise  # nobody reads the announcement: the command line knows what to do
    except OSError as error:
        _to_stderr(f"cannot listen on 127.0.0.1:{port}: {error.strerror or error}")
        return 2
    return 0
