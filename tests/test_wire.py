"""The client: what goes over the line, what is asked again, what each reply becomes. No network."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from icetui import __version__, wire
from icetui.access_key import AccessKey, Secret
from icetui.call import Call
from icetui.endpoints import Endpoints, endpoints
from icetui.errors import (
    BadCredentials,
    ClockSkew,
    CouldNotAsk,
    Denied,
    IcetuiError,
    Misuse,
    NotFound,
    Redirected,
    Refusal,
    ServiceFault,
    Throttled,
    TimedOut,
    Unreachable,
    Unreadable,
)
from icetui.log import CallLog
from icetui.wire import Client
from tests.recorded import ANSWERS
from tests.virtual_time import VirtualTime

NOW = datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)
SECRET = "ExampleAccessKeySecret0123456789ab"
TOKEN = "CAISExampleSecurityToken+/=="
KEY = AccessKey("LTAI5tExampleAccessKeyId", Secret(SECRET))
STS = AccessKey("STS.NUExampleAccessKeyId", Secret(SECRET), Secret(TOKEN))
LIST = Call.of("ice", "ListSmartJobs", "GET", JobType="ASR", MaxResults=10)
LOOKUP = Call.of("vod", "ListAIJob", JobIds="a,b")

Reply = httpx.Response | Exception


class Time:
    """Wall clock and monotonic clock that move only when somebody sleeps."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 5000 + self.passed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.passed += seconds
        await asyncio.sleep(0)


class Gate:
    """A transport that says the given replies in turn, the last one for ever, and keeps the requests."""

    def __init__(self, *replies: Reply | Callable[[], Reply]) -> None:
        self.replies = list(replies)
        self.requests: list[httpx.Request] = []

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        said = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        said = said if isinstance(said, httpx.Response | Exception) else said()
        if isinstance(said, Exception):
            raise said
        return httpx.Response(said.status_code, headers=said.headers, content=said.content)

    def headers(self, name: str) -> list[str]:
        return [request.headers[name] for request in self.requests]


Make = Callable[..., Client]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def make(time: Time) -> AsyncIterator[Make]:
    """Clients with a clock that stands still; closed after the test."""
    made: list[Client] = []

    def client(gate: Gate | None = None, **more: object) -> Client:
        given: dict[str, object] = {
            "key": KEY,
            "region": "cn-shanghai",
            "endpoints": endpoints("cn-shanghai"),
            "transport": gate.transport() if gate else None,
            "clock": time.clock,
            "sleep": time.sleep,
            "monotonic": time.monotonic,
            "jitter": lambda: 0.5,
        }
        made.append(Client(**given | more))  # type: ignore[arg-type]  # a table of the constructor's own names
        return made[-1]

    yield client
    for one in made:
        await one.close()


def ok(body: object = None, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(200, json={"RequestId": "R-1"} if body is None else body, headers=named)


def refused(status: int, code: str = "", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if not code:
        return httpx.Response(status, headers=named)
    return httpx.Response(status, headers=named, json={"Code": code, "Message": "m", "RequestId": "R-9"})


def recorded(status: int, name: str, **headers: str) -> httpx.Response:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return httpx.Response(status, headers=named, content=(ANSWERS / name).read_bytes())


# --- what is asked, and the answer ---


async def test_an_answer_is_the_body_as_it_came_and_parsed(make: Make) -> None:
    text = (ANSWERS / "seed002_list_smart_jobs.json").read_text("utf-8")
    answer = await make(Gate(recorded(200, "seed002_list_smart_jobs.json"))).send(LIST)
    assert answer.call == LIST
    assert answer.text == text
    assert answer.body == json.loads(text)
    assert answer.request_id == json.loads(text)["RequestId"].strip()
    assert (answer.region, answer.status, answer.taken) == ("cn-shanghai", 200, NOW)


@pytest.mark.parametrize(
    ("call", "host", "version"),
    [
        (Call.of("ice", "ListSmartJobs", "GET"), "ice.cn-shanghai.aliyuncs.com", "2020-11-09"),
        (Call.of("ice", "GetSmartHandleJob"), "ice.cn-shanghai.aliyuncs.com", "2020-11-09"),
        (Call.of("ice", "ListBatchMediaProducingJobs"), "ice.cn-shanghai.aliyuncs.com", "2020-11-09"),
        (Call.of("ice", "GetBatchMediaProducingJob"), "ice.cn-shanghai.aliyuncs.com", "2020-11-09"),
        (Call.of("ice", "QueryIProductionJob"), "ice.cn-shanghai.aliyuncs.com", "2020-11-09"),
        (Call.of("vod", "ListAIJob"), "vod.cn-shanghai.aliyuncs.com", "2017-03-21"),
        (Call.of("vod", "ListJobInfo"), "vod.cn-shanghai.aliyuncs.com", "2017-03-21"),
        (Call.of("vod", "GetJobDetail"), "vod.cn-shanghai.aliyuncs.com", "2017-03-21"),
        (Call.of("sts", "GetCallerIdentity"), "sts.cn-shanghai.aliyuncs.com", "2015-04-01"),
    ],
)
async def test_a_call_goes_to_its_host_with_its_method_version_and_headers(
    make: Make, call: Call, host: str, version: str
) -> None:
    gate = Gate(ok())
    await make(gate).send(call)
    (request,) = gate.requests
    assert (request.method, request.url.scheme, request.url.path) == (call.method, "https", "/")
    assert request.content == b""
    assert request.url.host == request.headers["host"] == host
    assert request.headers["x-acs-action"] == call.action
    assert request.headers["x-acs-version"] == version
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"] == f"icetui/{__version__}"
    assert request.headers.get("content-length") == (None if call.method == "GET" else "0")
    assert request.extensions["timeout"] == {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": None}


async def test_an_answer_with_a_code_at_its_top_is_an_answer_and_the_code_is_in_the_log(make: Make) -> None:
    log = CallLog()
    answer = await make(Gate(ok({"Code": "OK", "RequestId": " R-2 "})), log=log).send(LIST)
    assert answer.body["Code"] == "OK"
    assert answer.request_id == "R-2"
    assert [(e.code, e.request_id, e.status) for e in log.entries] == [("OK", "R-2", 200)]


async def test_bytes_that_are_no_text_are_marked_and_a_byte_order_mark_is_not_part_of_the_text(
    make: Make,
) -> None:
    gate = Gate(httpx.Response(200, content=b'\xef\xbb\xbf{"Title": "\xff"}'))
    assert (await make(gate).send(LIST)).body == {"Title": "\ufffd"}


@pytest.mark.parametrize("charset", ["gbk", "nonsense", "base64", "idna"])
async def test_a_charset_is_taken_where_it_is_one(make: Make, charset: str) -> None:
    content = json.dumps({"Title": "智能"}, ensure_ascii=False).encode("gbk" if charset == "gbk" else "utf-8")
    headers = {"content-type": f"application/json; charset={charset}"}
    gate = Gate(httpx.Response(200, content=content, headers=headers))
    assert (await make(gate).send(LIST)).body == {"Title": "智能"}


async def test_a_number_nobody_can_count_and_nan_are_no_crash(make: Make) -> None:
    text = '{"Huge": ' + "9" * 5000 + ', "Odd": NaN, "Twice": 1, "Twice": 2}'
    answer = await make(Gate(httpx.Response(200, content=text.encode()))).send(LIST)
    assert answer.text == text
    assert answer.body["Twice"] == 2


# --- what is asked again ---


RESET = httpx.ReadError("")
CUT = httpx.RemoteProtocolError("")


def connect_error(cause: Exception) -> httpx.ConnectError:
    error = httpx.ConnectError("All connection attempts failed")
    error.__cause__ = ExceptionGroup("several addresses", [cause])
    return error


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (refused(429), Throttled),
        (recorded(400, "synth_error_400_throttling_user.json"), Throttled),
        (refused(400, "Throttling.Api"), Throttled),
        (refused(500, "InternalError"), ServiceFault),
        (recorded(502, "synth_error_502_html.html"), ServiceFault),
        (recorded(503, "synth_error_503_service_unavailable.json"), ServiceFault),
        (refused(503, "ServiceUnAvailable"), ServiceFault),
        (refused(504), ServiceFault),
        (httpx.ConnectTimeout(""), TimedOut),
        (httpx.ReadTimeout(""), TimedOut),
        (httpx.WriteTimeout(""), TimedOut),
        (RESET, Unreachable),
        (httpx.WriteError(""), Unreachable),
        (CUT, Unreachable),
        (connect_error(ConnectionResetError()), Unreachable),
    ],
)
async def test_what_may_pass_is_asked_three_times_more_after_longer_waits(
    make: Make, time: Time, said: Reply, kind: type[IcetuiError]
) -> None:
    gate = Gate(said)
    with pytest.raises(kind) as caught:
        await make(gate).send(LIST)
    assert type(caught.value) is kind
    assert caught.value.action == "ListSmartJobs"
    assert caught.value.exit_code == 4
    assert len(gate.requests) == 4
    assert time.slept == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (recorded(400, "synth_error_400_job_not_found.json"), NotFound),
        (recorded(400, "synth_error_400_signature_mismatch.json"), BadCredentials),
        (recorded(400, "synth_error_400_timestamp_expired.json"), ClockSkew),
        (recorded(403, "synth_error_403_no_permission.json"), Denied),
        (recorded(404, "synth_error_404_ak_not_found.json"), BadCredentials),
        (recorded(404, "synth_error_404_xml.xml"), Refusal),
        (refused(400, "InvalidParameter"), Refusal),
        (refused(403), Unreadable),
        (refused(501), ServiceFault),
        (httpx.Response(200, content=b"<html>"), Unreadable),
        (httpx.Response(302, headers={"location": "https://evil.com/"}), Redirected),
        (connect_error(ConnectionRefusedError(111, "Connection refused")), Unreachable),
        (connect_error(OSError(-2, "Name or service not known")), Unreachable),
        (httpx.ProxyError("407"), Unreachable),
        (httpx.LocalProtocolError(f"Illegal header value {TOKEN}"), Unreachable),
    ],
)
async def test_nothing_else_is_asked_again(
    make: Make, time: Time, said: Reply, kind: type[IcetuiError]
) -> None:
    gate = Gate(said)
    with pytest.raises(kind) as caught:
        await make(gate, key=STS).send(LIST)
    assert type(caught.value) is kind
    assert len(gate.requests) == 1
    assert time.slept == []
    assert TOKEN not in str(caught.value)


async def test_each_attempt_has_its_own_date_nonce_and_signature(make: Make) -> None:
    gate = Gate(refused(503), RESET, refused(429), ok())
    await make(gate).send(LIST)
    assert gate.headers("x-acs-date") == [
        "2026-11-20T10:00:00Z",
        "2026-11-20T10:00:00Z",  # half a second later
        "2026-11-20T10:00:01Z",
        "2026-11-20T10:00:03Z",
    ]
    assert len(set(gate.headers("x-acs-signature-nonce"))) == 4
    assert len(set(gate.headers("authorization"))) == 4


async def test_jitter_spreads_the_waits_from_half_to_one_and_a_half(make: Make, time: Time) -> None:
    for jitter, waits in ((0.0, [0.25, 0.5, 1.0]), (1.0, [0.75, 1.5, 3.0])):
        time.slept.clear()
        with pytest.raises(ServiceFault):
            await make(Gate(refused(500)), jitter=lambda value=jitter: value).send(LIST)
        assert time.slept == waits


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x_acs_retry_after": "2500"}, 2.5),
        ({"x_acs_retry_after": "600000"}, 60.0),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "3600"}, 60.0),
        ({"retry_after": "Fri, 20 Nov 2026 10:00:09 GMT", "date": "Fri, 20 Nov 2026 10:00:00 GMT"}, 9.0),
    ],
)
@pytest.mark.parametrize(("status", "code"), [(429, ""), (400, "Throttling.User"), (503, "")])
async def test_a_time_the_service_names_is_waited_for_up_to_a_minute(
    make: Make, time: Time, status: int, code: str, headers: dict[str, str], wait: float
) -> None:
    gate = Gate(refused(status, code, **headers), ok())
    await make(gate).send(LIST)
    # A little later than asked, never earlier: others were told the same.
    assert time.slept == [wait * 1.125]


@pytest.mark.parametrize("headers", [{"x_acs_retry_after": "-1"}, {"retry_after": "later"}])
async def test_a_time_that_is_none_is_not_waited_for(make: Make, time: Time, headers: dict[str, str]) -> None:
    await make(Gate(refused(429, **headers), ok())).send(LIST)
    assert time.slept == [0.5]


async def test_throttled_out_tells_what_the_service_asked_for(make: Make) -> None:
    with pytest.raises(Throttled) as caught:
        await make(Gate(refused(400, "Throttling.User", x_acs_retry_after="90000"))).send(LIST)
    assert caught.value.retry_after == 90.0
    assert caught.value.request_id == "R-9"


async def test_the_vendor_s_header_makes_any_refusal_throttling(make: Make, time: Time) -> None:
    gate = Gate(refused(400, "FlowControl", x_acs_retry_after="1000"), ok())
    await make(gate).send(LIST)
    assert time.slept == [1.125]


async def test_a_used_nonce_is_signed_anew_once(make: Make) -> None:
    used = recorded(400, "synth_error_400_nonce_used.json")
    gate = Gate(used, ok())
    await make(gate).send(LIST)
    assert len(set(gate.headers("x-acs-signature-nonce"))) == 2
    gate = Gate(used)
    with pytest.raises(Refusal, match="SignatureNonceUsed"):
        await make(gate).send(LIST)
    assert len(gate.requests) == 2


# --- errors ---


async def test_a_refusal_keeps_code_request_id_status_and_action(make: Make) -> None:
    with pytest.raises(Denied) as caught:
        await make(Gate(recorded(403, "synth_error_403_no_permission.json"))).send(
            Call.of("ice", "QueryIProductionJob", JobId="x")
        )
    error = caught.value
    assert (error.code, error.status, error.action) == ("NoPermission", 403, "QueryIProductionJob")
    assert error.request_id == "3C6F0000-0000-5000-A000-000000000008"
    assert "AliyunICEReadOnlyAccess lacks ice:Query*" in error.hint


async def test_without_a_body_the_request_id_is_the_header_s(make: Make) -> None:
    with pytest.raises(ServiceFault) as caught:
        await make(Gate(refused(501, x_acs_request_id="R-HEADER"))).send(LIST)
    assert caught.value.request_id == "R-HEADER"


async def test_the_clock_of_the_service_is_read_from_its_date(make: Make) -> None:
    gate = Gate(ok(date="Fri, 20 Nov 2026 10:00:30 GMT"), ok(), ok(date="rubbish"))
    client = make(gate)
    assert client.skew is None
    await client.send(LIST)
    assert client.skew == timedelta(seconds=30)
    await client.send(LIST)
    await client.send(LIST)
    assert client.skew == timedelta(seconds=30)


async def test_a_stale_date_is_told_as_the_difference_of_the_clocks(make: Make) -> None:
    said = recorded(400, "synth_error_400_timestamp_expired.json", date="Fri, 20 Nov 2026 10:22:00 GMT")
    client = make(Gate(said))
    with pytest.raises(ClockSkew) as caught:
        await client.send(LIST)
    assert caught.value.message == "Clock differs from the server by 22 min"
    assert client.skew == timedelta(minutes=22)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 307, 308])
@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://evil.com/?a=b", "to evil.com"),
        ("//evil.com", "to evil.com"),
        ("/elsewhere", "elsewhere"),
        ("", "elsewhere"),
        ("https://[broken", "elsewhere"),
        ("https://\x1b]0;x/", "elsewhere"),
        ("nonsense:///%%%", "elsewhere"),
    ],
)
async def test_a_redirect_is_an_error_whatever_it_points_to(
    make: Make, status: int, location: str, told: str
) -> None:
    gate = Gate(httpx.Response(status, headers=[("location", location)]))
    log = CallLog()
    with pytest.raises(Redirected, match=f"HTTP {status} pointed {told}:") as caught:
        await make(gate, log=log).send(LIST)
    assert len(gate.requests) == 1
    assert (caught.value.status, caught.value.action) == (status, "ListSmartJobs")
    assert [(e.status, e.code) for e in log.entries] == [(status, "Redirected")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("[]", "not an object"),
        ("null", "not an object"),
        ('"text"', "not an object"),
        ('{"Jobs": [', "not JSON"),
        ('{"Jobs": [}', "line 1 column 11"),
        ("<html><title>Sign in</title></html>", "not JSON"),
        ("[" * 200_000, "not JSON"),
    ],
    ids=["nothing", "blank", "list", "null", "text", "cut off", "wrong", "html", "deep"],
)
async def test_a_good_status_without_an_object_is_unreadable_and_the_text_is_kept(
    make: Make, text: str, words: str
) -> None:
    with pytest.raises(Unreadable, match=words) as caught:
        await make(Gate(httpx.Response(200, content=text.encode(), headers={"x-acs-request-id": "R"}))).send(
            LIST
        )
    assert caught.value.text == text
    assert (caught.value.status, caught.value.request_id) == (200, "R")
    assert ("proxy" in caught.value.hint) is text.startswith("<")


def packed(content: bytes) -> httpx.Response:
    """A reply whose body stays as given though it is called gzip."""

    class Body(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield content

    return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Body())


class Packed(httpx.AsyncBaseTransport):
    """Says one packed reply."""

    def __init__(self, content: bytes, status: int = 200) -> None:
        self.content = content
        self.status = status

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        said = packed(self.content)
        said.status_code = self.status
        return said


async def test_a_packed_answer_is_unpacked(make: Make) -> None:
    client = make(transport=Packed(gzip.compress(b'{"RequestId": "R"}', mtime=0)))
    assert (await client.send(LIST)).body == {"RequestId": "R"}


@pytest.mark.parametrize(
    "content",
    [
        b"this is not gzip",
        gzip.compress(b'{"RequestId": "R"}', mtime=0)[:-12],
        gzip.compress(b'{"RequestId": "R"}', mtime=0)[:10] + b"\xff\xff\xff\xff",
        b"",
    ],
    ids=["not packed", "cut off", "nonsense inside", "nothing"],
)
async def test_an_answer_packed_in_a_broken_way_is_unreadable(make: Make, content: bytes) -> None:
    with pytest.raises(Unreadable):
        await make(transport=Packed(content)).send(LIST)


async def test_an_error_packed_in_a_broken_way_is_still_known_by_its_status(make: Make) -> None:
    with pytest.raises(ServiceFault):
        await make(transport=Packed(b"this is not gzip", 501)).send(LIST)


async def test_an_answer_beyond_the_limit_is_not_read_to_its_end(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "LARGEST_ANSWER", 2 << 20)
    small = gzip.compress(b" " * (64 << 20), mtime=0)
    assert len(small) < 100_000
    with pytest.raises(Unreadable, match="larger than 2 MiB"):
        await make(transport=Packed(small)).send(LIST)
    just = b'{"Text": "' + b"x" * ((2 << 20) - 12) + b'"}'
    assert len((await make(transport=Packed(gzip.compress(just, mtime=0))).send(LIST)).text) == 2 << 20


def test_the_limit_is_64_mib() -> None:
    assert wire.LARGEST_ANSWER == 64 * 1024 * 1024


async def test_of_an_endless_error_body_only_the_beginning_is_read(make: Make) -> None:
    read = 0

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            nonlocal read
            while True:
                read += 65536
                yield b"x" * 65536

    class Transport(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(404, stream=Endless())

    with pytest.raises(Unreadable):
        await make(transport=Transport()).send(LIST)
    assert read < 3 << 20


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "could not be reached: Connection refused"),
        (OSError(-2, "Name or service not known"), "could not be reached: Name or service not known"),
        (RuntimeError("whatever"), "could not be reached"),
    ],
)
async def test_an_unreachable_host_is_named_with_the_system_s_reason(
    make: Make, cause: Exception, words: str
) -> None:
    with pytest.raises(Unreachable) as caught:
        await make(Gate(connect_error(cause))).send(LIST)
    assert caught.value.message == f"ice.cn-shanghai.aliyuncs.com {words}"
    assert caught.value.hint == ""


async def test_a_region_without_a_known_host_is_hinted_at(make: Make) -> None:
    client = make(
        Gate(connect_error(OSError(-2, "Name or service not known"))),
        region="cn-hongkong",
        endpoints=endpoints("cn-hongkong"),
    )
    with pytest.raises(Unreachable) as caught:
        await client.send(LIST)
    assert "ICE has no known host in cn-hongkong; it has in cn-shanghai" in caught.value.hint
    with pytest.raises(Unreachable) as caught:
        await client.send(LOOKUP)
    assert caught.value.hint == ""


# --- calls that cannot be sent ---


async def test_sts_is_not_asked_under_custom_endpoints(make: Make) -> None:
    gate = Gate(ok())
    client = make(gate, endpoints=endpoints("cn-shanghai", ice="http://127.0.0.1:8099"))
    with pytest.raises(Misuse, match="custom endpoints"):
        await client.send(Call.of("sts", "GetCallerIdentity"))
    assert gate.requests == []


async def test_parameters_no_url_can_hold_are_misuse(make: Make) -> None:
    gate = Gate(ok())
    with pytest.raises(Misuse, match="too long"):
        await make(gate).send(Call.of("ice", "ListSmartJobs", "GET", NextToken="x" * 70_000))
    with pytest.raises(Misuse, match="NextToken"):
        await make(gate).send(Call.of("ice", "ListSmartJobs", "GET", NextToken="\udcff"))
    assert gate.requests == []


async def test_a_key_no_header_can_carry_is_bad_credentials(make: Make) -> None:
    gate = Gate(ok())
    with pytest.raises(BadCredentials) as caught:
        await make(gate, key=AccessKey("LTAI5t", Secret("s"), Secret("CAIS\r\nx: y"))).send(LIST)
    assert "CAIS" not in str(caught.value)
    assert gate.requests == []


async def test_a_closed_client_refuses_and_closes_twice(make: Make) -> None:
    client = make(Gate(ok()))
    await client.send(LIST)
    await client.close()
    await client.close()
    with pytest.raises(Unreachable, match="closed"):
        await client.send(LIST)
    unused = make(Gate(ok()))
    await unused.close()
    with pytest.raises(Unreachable, match="closed"):
        await unused.send(LIST)


# --- the ceiling, and throttling seen by all ---


async def test_more_calls_than_the_ceiling_wait_for_their_turn(make: Make, time: Time) -> None:
    gate = Gate(ok())
    client = make(gate, ceiling=10)
    assert client.allowance == 9
    for _ in range(9):
        await client.send(LIST)
    assert client.allowance == 0
    assert time.slept == []
    await client.send(LIST, urgent=True)
    assert time.slept == []
    await client.send(LIST)
    assert time.slept == [60.0]
    assert client.allowance == 8


async def test_retries_count_under_the_ceiling(make: Make, time: Time) -> None:
    client = make(Gate(refused(500)), ceiling=3)
    with pytest.raises(ServiceFault):
        await client.send(LIST)
    assert time.slept == [0.5, 1.0, 58.5]


async def test_calls_sent_together_share_the_ceiling(make: Make) -> None:
    passing = VirtualTime(NOW)
    starts: list[float] = []

    def note(request: httpx.Request) -> httpx.Response:
        starts.append(passing.now - 5000)
        return ok()

    client = make(
        transport=httpx.MockTransport(note), ceiling=4, sleep=passing.sleep, monotonic=passing.monotonic
    )
    await passing.pass_by(*(client.send(LIST) for _ in range(10)))
    assert starts == [0.0] * 4 + [60.0] * 4 + [120.0] * 2


async def test_a_call_cancelled_while_it_waits_gives_its_turn_back(make: Make, time: Time) -> None:
    asleep = asyncio.Event()

    async def sleep(seconds: float) -> None:
        time.slept.append(seconds)
        asleep.set()
        await asyncio.Event().wait()

    client = make(Gate(ok()), ceiling=1, sleep=sleep)
    await client.send(LIST)
    for _ in range(3):
        asleep.clear()
        waiting = asyncio.create_task(client.send(LIST))
        await asleep.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert time.slept == [60.0, 60.0, 60.0]


async def test_without_a_ceiling_no_call_waits(make: Make, time: Time) -> None:
    client = make(Gate(ok()), ceiling=0)
    for _ in range(200):
        await client.send(LIST)
    assert time.slept == []
    assert client.allowance > 1000


async def test_throttling_is_seen_by_every_caller_of_the_client(make: Make, time: Time) -> None:
    gate = Gate(*[refused(429, retry_after="20")] * 4, ok())
    client = make(gate)
    assert (client.throttled_until, client.stretch) == (None, 1.0)
    with pytest.raises(Throttled):
        await client.send(LIST)
    assert time.slept == [22.5, 22.5, 22.5]
    assert client.throttled_until == time.clock() + timedelta(seconds=22.5)
    assert client.stretch == 8.0
    # Another feed's call, and a person's, wait for the same moment.
    await client.send(LOOKUP, urgent=True)
    assert time.slept[3:] == [22.5]
    assert client.throttled_until is None
    assert client.stretch == 4.0
    await client.send(LOOKUP)
    await client.send(LOOKUP)
    assert client.stretch == 1.0
    await client.send(LOOKUP)
    # One by one until the service answers freely again.
    assert time.slept[4:] == [1.0, 1.0]


async def test_a_fault_of_the_service_holds_nobody_else(make: Make) -> None:
    client = make(Gate(refused(503)))
    with pytest.raises(ServiceFault):
        await client.send(LIST)
    assert client.throttled_until is None
    assert client.stretch == 1.0


# --- the log, and secrets ---


async def test_every_attempt_is_one_entry(make: Make, time: Time) -> None:
    log = CallLog()

    def slow() -> Reply:
        time.passed += 0.25
        return refused(400, "Throttling.User")

    await make(Gate(slow, httpx.ReadTimeout(""), ok()), log=log).send(LIST)
    assert [(e.action, e.ms, e.status, e.code, e.request_id, e.attempt) for e in log.entries] == [
        ("ListSmartJobs", 250, 400, "Throttling.User", "R-9", 1),
        ("ListSmartJobs", 0, 0, "TimedOut", "", 2),
        ("ListSmartJobs", 0, 200, "", "R-1", 3),
    ]
    assert [e.time for e in log.entries] == [NOW + timedelta(seconds=s) for s in (0, 0.75, 1.75)]


def echo(request: httpx.Request, status: int, shape: str) -> httpx.Response:
    """A reply that repeats all it was told, as a debugging proxy would."""
    heard = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    if shape == "html":
        page = f"<html><title>{heard}</title><pre>{heard}</pre></html>"
        return httpx.Response(status, text=page, headers={"x-acs-request-id": TOKEN})
    body = {"Code": "SignatureDoesNotMatch" if shape == "signature" else heard, "Message": heard}
    return httpx.Response(status, json=body | {"RequestId": heard}, headers={"x-acs-request-id": TOKEN})


@pytest.mark.parametrize("shape", ["html", "json", "signature"])
@pytest.mark.parametrize("status", [200, 400, 403, 404, 429, 500])
async def test_a_reply_that_echoes_the_request_puts_no_secret_into_error_or_log(
    make: Make, tmp_path: Path, status: int, shape: str
) -> None:
    path = tmp_path / "calls.ndjson"
    log = CallLog(path)
    transport = httpx.MockTransport(lambda request: echo(request, status, shape))
    client = make(transport=transport, key=STS, log=log)
    told = ""
    if status == 200 and shape != "html":
        await client.send(LIST)
    else:
        with pytest.raises(IcetuiError) as caught:
            await client.send(LIST)
        error = caught.value
        told = f"{error!r} {error.__dict__} {error.__cause__!r} {error.__context__!r}"
        assert "https://" not in error.message
    log.close()
    told += path.read_text() + repr(log.entries) + repr(client)
    for secret in (TOKEN, SECRET, "SecurityToken", "JobType"):
        assert secret not in told
    signatures = [part for part in told.split("Signature=")[1:] if not part.startswith("***")]
    assert signatures == []


async def test_an_error_carries_no_exception_of_the_http_library(make: Make) -> None:
    """Those hold the request, and the request holds the token."""
    for said in (httpx.ReadTimeout(""), RESET, httpx.LocalProtocolError(TOKEN)):
        with pytest.raises(CouldNotAsk) as caught:
            await make(Gate(said), key=STS).send(LIST)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


async def test_cookies_are_not_kept(make: Make) -> None:
    gate = Gate(ok(set_cookie="acw_tc=follow-me; Path=/"), ok())
    client = make(gate)
    await client.send(LIST)
    await client.send(LIST)
    assert all("cookie" not in request.headers for request in gate.requests)


def test_importing_the_wire_costs_no_http_library() -> None:
    code = (
        "import sys, icetui.wire;"
        "heavy = {'httpx', 'httpcore', 'icetui.signing', 'icetui.connection', 'textual', 'keyring'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


# --- proxies of the environment ---


@pytest.mark.parametrize(
    ("value", "words"),
    [("socks5://me:hunter2@127.0.0.1:1080", "SOCKS"), ("gopher://me:hunter2@h", "proxy")],
)
async def test_a_proxy_that_cannot_be_used_is_misuse_without_its_password(
    make: Make, monkeypatch: pytest.MonkeyPatch, value: str, words: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    with pytest.raises(Misuse, match=words) as caught:
        await make().send(LIST)
    assert "hunter2" not in f"{caught.value!r}{caught.value.hint}"
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("content", [None, "not a certificate"])
async def test_a_ca_file_that_holds_none_is_misuse(make: Make, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    client = make(endpoints=Endpoints("http://127.0.0.1:9", "http://127.0.0.1:9"), ca_file=str(path))
    with pytest.raises(Misuse, match="ca_file"):
        await client.send(LIST)
