"""The demo gateway over real HTTP: what it announces, how it refuses, how connections break, how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest

from icetui.demo import DEMO_KEY, DEMO_STS
from icetui.demo.faults import Fault
from icetui.demo.gateway import Gateway
from icetui.demo.serve import run, serve
from tests.demo_signing import CLOCK, Signed, signed

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Served:
    """A gateway that is being served."""

    url: str = ""
    log: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, line: str) -> None:
        self.log.append(line)
        self.asked.set()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", urlsplit(self.url).port or 0

    def request(self, method: str = "POST") -> Signed:
        host = urlsplit(self.url).netloc
        return signed("ListSmartJobs", {"MaxResults": "3"}, host=host, method=method)

    async def exchange(self, *pieces: bytes) -> bytes:
        """Sends bytes and reads until the other side closes."""
        reader, writer = await asyncio.open_connection(*self.address)
        try:
            for piece in pieces:
                writer.write(piece)
            await writer.drain()
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()


@contextlib.asynccontextmanager
async def serving(*faults: str) -> AsyncIterator[Served]:
    """A gateway with a fixed clock on a free port, stopped at the end."""
    served, stop, ready = Served(), asyncio.Event(), asyncio.Event()

    def announce(url: str) -> None:
        served.url = url
        ready.set()

    gateway = Gateway(clock=CLOCK, faults=[Fault.parse(each) for each in faults])
    task = asyncio.create_task(serve(gateway, 0, announce=announce, log=served.note, stop=stop))
    await asyncio.wait_for(ready.wait(), 10)
    try:
        yield served
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


def wire(request: Signed, *more: str) -> bytes:
    """A request as bytes."""
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, *more, "", ""]).encode()


async def status_of(served: Served, *pieces: bytes) -> int:
    return int((await served.exchange(*pieces)).split(b" ")[1])


async def test_one_connection_serves_many_requests() -> None:
    async with serving() as served:
        requests = b"".join(wire(served.request()) for _ in range(3))
        answers = await served.exchange(requests, wire(served.request(), "Connection: close"))
        assert answers.count(b"HTTP/1.1 200 OK\r\n") == 4
        assert answers.count(b"Connection: keep-alive") == 3
        assert answers.count(b"SmartJobList") == 4


async def test_httpx_is_answered_with_date_and_length() -> None:
    async with serving() as served, httpx.AsyncClient() as client:
        request = served.request(method="GET")
        response = await client.get(served.url + request.target, headers=request.headers)
        assert response.status_code == 200
        assert response.headers["date"] == "Fri, 20 Nov 2026 10:00:00 GMT"
        assert int(response.headers["content-length"]) == len(response.content)
        assert len(response.json()["SmartJobList"]) == 3


async def test_log_tells_operation_parameters_status_and_code() -> None:
    async with serving() as served:
        query = {"SortBy": "CreationTime:Asc", "JobType": "标 \x1b"}
        host = urlsplit(served.url).netloc
        await served.exchange(wire(signed("ListSmartJobs", query, host=host), "Connection: close"))
        await served.exchange(wire(signed("Nothing\x1b", host=host, secret="no"), "Connection: close"))
        await served.exchange(b"rubbish\r\n\r\n")
        first, second, third = (line.split(" ", 1)[1] for line in served.log)
        assert first == "ListSmartJobs JobType='标 \\x1b' SortBy='CreationTime:Asc' 200"
        assert second == "'Nothing\\x1b' 400 SignatureDoesNotMatch"
        assert third == "- 400"


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, b"rubbish\r\n\r\n"),
        (400, b"GET http://127.0.0.1/ HTTP/1.1\r\n\r\n"),
        (505, b"GET / HTTP/1.0\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\nno colon\r\n\r\n"),
        (400, b"GET / HTTP/1.1\r\n folded: x\r\n\r\n"),
        (411, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        (400, b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        (413, b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"),
        (431, b"GET / HTTP/1.1\r\nx: " + b"x" * 70_000 + b"\r\n\r\n"),
    ],
)
async def test_what_is_not_http_as_we_take_it_is_refused_politely(status: int, request_: bytes) -> None:
    async with serving() as served:
        answer = await served.exchange(request_)
        assert answer.startswith(f"HTTP/1.1 {status} ".encode())
        assert answer.endswith(b".\n")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "OPTIONS"])
async def test_other_methods_are_refused(method: str) -> None:
    async with serving() as served:
        answer = await served.exchange(wire(served.request(method=method), "Connection: close"))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 ")
        assert (body == b"") == (method == "HEAD")


async def test_other_paths_are_not_there() -> None:
    async with serving() as served:
        assert await status_of(served, b"GET /robots.txt HTTP/1.1\r\nConnection: close\r\n\r\n") == 404


async def test_body_is_read_so_that_the_next_request_is_understood() -> None:
    async with serving() as served:
        wrong = wire(served.request(), "Content-Length: 5") + b"hello"
        answers = await served.exchange(wrong, wire(served.request(), "Connection: close"))
        assert answers.count(b"SignatureDoesNotMatch") >= 1
        assert answers.count(b"HTTP/1.1 200 OK") == 1


async def test_caller_who_says_nothing_or_half_is_let_go() -> None:
    async with serving() as served:
        for piece in (b"", b"GET / HT"):
            reader, writer = await asyncio.open_connection(*served.address)
            writer.write(piece)
            writer.write_eof()
            assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()
        assert served.log == []


@pytest.mark.parametrize("fault", ["cut:connect", "cut:before", "cut:mid"])
async def test_connection_breaks_where_it_was_asked_to(fault: str) -> None:
    async with serving(fault) as served, httpx.AsyncClient() as client:
        request = served.request()
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await client.post(served.url + request.target, headers=request.headers)
        assert served.log[0].endswith(fault)


async def test_no_answer_comes_until_the_caller_gives_up() -> None:
    async with serving("never") as served, httpx.AsyncClient(timeout=httpx.Timeout(10, read=0.1)) as client:
        request = served.request()
        with pytest.raises(httpx.ReadTimeout):
            await client.post(served.url + request.target, headers=request.headers)


async def test_slow_answer_holds_up_nobody_else() -> None:
    async with serving("slow:30,times=1") as served, httpx.AsyncClient(timeout=20) as client:
        first, second = served.request(), served.request()
        late = asyncio.create_task(client.post(served.url + first.target, headers=first.headers))
        await asyncio.wait_for(served.asked.wait(), 15)
        answer = await client.post(served.url + second.target, headers=second.headers)
        assert answer.status_code == 200
        assert not late.done()
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late


async def test_redirect_and_proxys_page_arrive_as_they_are() -> None:
    async with (
        serving("redirect:https://other.example/,times=1", "html") as served,
        httpx.AsyncClient() as client,
    ):
        answer = await client.get(served.url)
        assert (answer.status_code, answer.headers["location"]) == (302, "https://other.example/")
        answer = await client.get(served.url)
        assert (answer.status_code, answer.text.startswith("<html>")) == (502, True)


async def test_open_connections_do_not_keep_it_from_ending() -> None:
    async with serving("never") as served:
        reader, writer = await asyncio.open_connection(*served.address)
        writer.write(wire(served.request()))
        await writer.drain()
        await asyncio.wait_for(served.asked.wait(), 15)
    assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()


PROGRAM = (
    "import sys; from icetui.demo.serve import run; sys.exit(run(int(sys.argv[1]), sys.argv[2] or None))"
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_program_announces_itself_answers_and_ends_at_a_signal(number: signal.Signals) -> None:
    command = [sys.executable, "-c", PROGRAM, "0", "2026-11-20T10:00:00Z"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    ) as program:
        try:
            assert program.stdout is not None
            first = json.loads(program.stdout.readline())
            assert set(first) == {"url", "keys"}
            long_lived, temporary = first["keys"]
            assert long_lived == {"id": DEMO_KEY.id, "secret": DEMO_KEY.secret.reveal()}
            assert set(temporary) == {"id", "secret", "token"}
            assert temporary["id"] == DEMO_STS.id
            netloc = urlsplit(first["url"]).netloc
            assert netloc.startswith("127.0.0.1:")
            # The account stands still at another time; requests are dated by the true clock all the same.
            request = signed("ListSmartJobs", {"JobType": "ASR"}, host=netloc, at=datetime.now(UTC))
            connection = http.client.HTTPConnection(netloc, timeout=10)
            connection.request(request.method, request.target, headers=request.headers)
            answer = json.loads(connection.getresponse().read())
            connection.close()
            assert answer["SmartJobList"][0]["CreateTime"].startswith("2026-11-20T09:")
            program.send_signal(number)
            out, err = program.communicate(timeout=15)
        finally:
            program.kill()
    assert program.returncode == 0
    assert out == ""
    [line] = err.splitlines()
    assert line.split(" ", 1)[1] == "ListSmartJobs JobType='ASR' 200"


def test_port_that_is_taken_and_time_that_is_none_are_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(port) == 2
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err
    assert run(0, "yesterday") == 2
    assert "--clock: 'yesterday'" in capsys.readouterr().err
