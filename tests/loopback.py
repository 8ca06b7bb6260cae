"""A tiny HTTP server on this machine that says exactly the bytes it is told and keeps what it heard."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass
class Heard:
    """One request as it came over the line.

    Attributes:
        line: the request line, without its end.
        headers: names in lower case; the last of equal ones.
        head: every byte up to the empty line.
        connection: which connection it came on, counted from 1.
    """

    line: bytes
    headers: dict[str, str]
    head: bytes
    connection: int


@dataclass
class Server:
    """What a server heard, and what it says to each request: bytes, or None to cut the line."""

    say: Callable[[Heard], bytes | None]
    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """Its base URL over plain http."""
        return f"http://127.0.0.1:{self.port}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection until either side closes it."""
        self.connections += 1
        connection = self.connections
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                line, *rows = head.decode("latin-1").split("\r\n")
                pairs = (row.partition(":") for row in rows if row)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                heard = Heard(line.encode("latin-1"), headers, head, connection)
                self.heard.append(heard)
                reply = self.say(heard)
                if reply is None:
                    break
                writer.write(reply)
                await writer.drain()
                if b"connection: close" in reply.lower():
                    break
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


def reply(status: int = 200, body: bytes = b"{}", **headers: str) -> bytes:
    """A whole reply; underscores in header names become hyphens."""
    rows = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    start = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-length: {len(body)}\r\n{rows}\r\n"
    return start.encode() + body


@contextlib.asynccontextmanager
async def serving(
    say: Callable[[Heard], bytes | None] = lambda heard: reply(), tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """A server on a free port of 127.0.0.1 for as long as the block runs."""
    server = Server(say)
    listener = await asyncio.start_server(server.talk, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        # Connections that are kept alive end when the client closes them.
        await listener.wait_closed()
