"""The one door to the network: a `Call` becomes a signed request, the reply an `Answer` or an error.

What is asked again, and how often: api.md 4.3. What must not leak: credentials.md. httpx and signing are
imported when the first call is sent, so that a command that sends none does not pay for them.

A reply with status 200 whose body is a JSON object is an answer even if it has a top-level ``Code``: the
SDK takes it as one, successes of some operations carry ``Code: OK``, and only the family knows which field
is its data. Such a code stands in the call log.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from icetui import decode, refusals
from icetui.access_key import AccessKey
from icetui.call import Answer, Call, Product
from icetui.endpoints import ICE_REGIONS, VOD_REGIONS, Endpoints, endpoints, host_of, is_official
from icetui.errors import (
    IcetuiError,
    Misuse,
    Redirected,
    Throttled,
    TimedOut,
    Unreachable,
    Unreadable,
)
from icetui.log import CallLog, Entry
from icetui.pace import Pace, asked_wait, http_date
from icetui.records import record
from icetui.sparing import sparing
from icetui.traffic import Traffic
from icetui.trust import Trust

if TYPE_CHECKING:
    import httpx

    from icetui.signing import ACS3

__all__ = ["Client", "Endpoints", "endpoints"]

Clock = Callable[[], datetime]

VERSIONS: Final[dict[Product, str]] = {"ice": "2020-11-09", "vod": "2017-03-21", "sts": "2015-04-01"}
BACKOFF: Final = (0.5, 1.0, 2.0)
"""Seconds before the first, second and third retry, each times 0.5 to 1.5."""

LONGEST_WAIT: Final = 60.0
"""Seconds that we wait at most when the service names a time."""

SPREAD: Final = 0.25
"""Part of a time the service names that is added by chance: others were told the same time."""

TICK: Final = 0.5
"""Seconds between two looks at whether this process stands still while it asks."""

STILL: Final = 1.5
"""Seconds after which a look that is overdue says that it stood still: stopped, or in the plain view."""

LARGEST_ANSWER: Final = 64 * 1024 * 1024
"""Bytes of an answer, unpacked. The largest real ones are transcripts of some megabytes."""

LARGEST_REFUSAL: Final = 1024 * 1024
"""Bytes of an error body; what comes after them is not read."""


_TRIES: Final = {"no": 1, "once": 2, "yes": len(BACKOFF) + 1}


class _Trying:
    """A call under way.

    Attributes:
        attempt: from 1.
        attempts: how many it may have, as far as is known.
        queued: moment of its turn, if it waits for the ceiling.
    """

    __slots__ = ("attempt", "attempts", "queued")

    def __init__(self) -> None:
        self.attempt = self.attempts = 1
        self.queued: float | None = None


@record
class _Failure:
    """An attempt without an answer.

    Attributes:
        error: what to raise if it is the last.
        again: whether the same question may be asked again: not, once, or as often as `BACKOFF` has waits.
        wait: seconds the service asked us to wait first, or None.
    """

    error: IcetuiError
    again: Literal["no", "once", "yes"] = "no"
    wait: float | None = None


class Client:
    """Asks the service as one access key in one region.

    Args:
        key: who asks.
        region: what answers are labelled with.
        endpoints: which hosts are asked.
        transport: instead of the network: the demo's gateway, a test's.
        clock: aware time, for the date of a request and of an answer.
        log: where each attempt is noted.
        ceiling: most calls in any 60 s, retries included; 0: none. A call beyond it waits for its turn.
        pace: instead of one of its own, by the same `monotonic`; its ceiling is then the one that holds.
        ca_file: certificates to trust besides the usual ones. There is no way to trust any.
        sleep: waits for seconds.
        monotonic: seconds of a clock that never goes back and that `sleep` moves on.
        jitter: 0 to 1, so that many clients do not come back at the same moment.

    Attributes:
        key: who asks.
        region: as given.
        endpoints: as given.
        log: as given.
        skew: their clock minus ours, from the last Date header; None before the first.
        changed: called, on the event loop, when `traffic` may have become another.
    """

    def __init__(
        self,
        *,
        key: AccessKey,
        region: str,
        endpoints: Endpoints,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock = lambda: datetime.now(UTC),
        log: CallLog | None = None,
        ceiling: int = 60,
        pace: Pace | None = None,
        ca_file: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.key = key
        self.region = region
        self.endpoints = endpoints
        self.log = log
        self.skew: timedelta | None = None
        self._transport = transport
        self._clock = clock
        self._ca_file = ca_file
        # Begun here, so that it is done when the first call comes.
        self._reading = self._trust("https") if endpoints.ice.startswith("https:") else None
        self._sleep = sleep
        self._monotonic = monotonic
        self._jitter = jitter
        self.changed: Callable[[], object] | None = None
        self._pace = Pace(ceiling, monotonic, jitter) if pace is None else pace
        self._trying: list[_Trying] = []
        # By scheme: certificates are for https.
        self._http: dict[str, httpx.AsyncClient] = {}
        self._auth: ACS3 | None = None
        self._is_closed = False

    def __repr__(self) -> str:
        return f"<Client {self.key.hint} {self.region}>"

    @property
    def allowance(self) -> int:
        """Calls that may go now without waiting; a tenth of the ceiling is kept back for urgent ones."""
        return self._pace.allowance

    @property
    def throttled_until(self) -> datetime | None:
        """When the service wants to hear from us again; None if it does now. No call is sent before."""
        seconds = self._pace.held
        return self._clock() + timedelta(seconds=seconds) if seconds else None

    @property
    def stretch(self) -> float:
        """By what every refresh interval of the profile is to be multiplied while it is throttled, 1 to 8."""
        return self._pace.stretch

    @property
    def traffic(self) -> Traffic:
        """How asking goes: calls in the last minute, what is waited for, which try."""
        most = max(self._trying, key=lambda each: each.attempt, default=None)
        queued = min((each.queued for each in self._trying if each.queued is not None), default=None)
        return Traffic(
            self._pace.recent,
            self._pace.ceiling,
            self.throttled_until,
            None if queued is None else self._clock() + timedelta(seconds=queued - self._monotonic()),
            0 if most is None else most.attempt,
            0 if most is None else most.attempts,
        )

    async def send(self, call: Call, *, urgent: bool = False) -> Answer:
        """Asks, and asks again where that may help; each attempt has its own date, nonce, turn and log entry.

        Args:
            call: the question.
            urgent: a person waits for it: it may use the kept tenth of the ceiling.

        Raises:
            Refusal: the service said no.
            CouldNotAsk: there was no usable answer.
            Misuse: the call cannot be sent: a parameter that is no text, or a product without an endpoint.
        """
        trying = _Trying()
        self._trying.append(trying)
        try:
            return await self._send(call, trying, urgent=urgent)
        finally:
            self._trying.remove(trying)
            self._tell()

    async def _send(self, call: Call, trying: _Trying, *, urgent: bool) -> Answer:
        not_before = 0.0
        is_excused = False
        while True:
            await self._turn(trying, urgent, not_before)
            sent, begun = self._clock(), self._monotonic()
            with _Watch() as watch:
                outcome = await self._ask(call)
            ms = round((self._monotonic() - begun) * 1000)
            if isinstance(outcome, _Failure) and isinstance(outcome.error, TimedOut) and watch.stood_still:
                # It was we who were silent: the same try again, but not for ever.
                self._note(sent, ms, call, trying.attempt, outcome, code="StoodStill")
                if not is_excused:
                    is_excused = True
                    continue
            else:
                self._note(sent, ms, call, trying.attempt, outcome)
            if isinstance(outcome, Answer):
                self._pace.relax(begun)
                return outcome
            pause = self._pause(outcome, trying.attempt)
            if isinstance(outcome.error, Throttled):
                # For everyone, and after the last attempt too.
                self._pace.hold(pause, begun)
            trying.attempts = _TRIES[outcome.again]
            if trying.attempt >= trying.attempts:
                raise outcome.error
            not_before = self._monotonic() + pause
            trying.attempt += 1
            self._tell()

    async def close(self) -> None:
        """Closes connections: what is under way breaks, what comes later is refused. Twice is fine."""
        self._is_closed = True
        for http in self._http.values():
            await http.aclose()

    async def _turn(self, trying: _Trying, urgent: bool, not_before: float) -> None:
        """Returns when a call may go."""
        pace = self._pace
        at = pace.turn(urgent=urgent, not_before=not_before)
        try:
            while (seconds := pace.due(at)) > 0:
                if at > max(not_before, self._monotonic() + pace.held):
                    trying.queued = at
                self._tell()
                await self._sleep(seconds)
                if pace.held:
                    # The service has throttled meanwhile: there may be others, and they come one by one.
                    pace.give_back(at)
                    at = pace.turn(urgent=urgent, not_before=not_before)
        except asyncio.CancelledError:
            pace.give_back(at)
            raise
        finally:
            trying.queued = None
        pace.go(at)

    def _tell(self) -> None:
        if self.changed is not None:
            self.changed()

    def _pause(self, failure: _Failure, attempt: int) -> float:
        if failure.wait is not None:
            return min(failure.wait, LONGEST_WAIT) * (1 + SPREAD * self._jitter())
        return BACKOFF[min(attempt, len(BACKOFF)) - 1] * (0.5 + self._jitter())

    def _note(
        self,
        sent: datetime,
        ms: int,
        call: Call,
        attempt: int,
        outcome: Answer | _Failure,
        *,
        code: str = "",
    ) -> None:
        if self.log is None:
            return
        if isinstance(outcome, Answer):
            said = refusals.said_in(outcome.body)
            entry = Entry(sent, call.action, ms, outcome.status, said.code, said.request_id, attempt)
        else:
            error = outcome.error
            code = code or error.code or type(error).__name__
            entry = Entry(sent, call.action, ms, error.status, code, error.request_id, attempt)
        self.log.add(entry)

    async def _ask(self, call: Call) -> Answer | _Failure:
        """One attempt. Raises only what no attempt can change: the key or the call cannot be sent at all."""
        from icetui.plain_httpx import httpx

        http = self._open(call)
        request = self._request(http, call)
        try:
            response = await http.send(request, auth=self._auth, stream=True, follow_redirects=False)
            try:
                their_time = http_date(response.headers.get("date", ""))
                if their_time is not None:
                    self.skew = their_time - self._clock()
                content = await self._read(call, response)
            finally:
                await response.aclose()
        except (Redirected, Unreadable) as error:
            return _Failure(error)
        except httpx.TransportError as error:
            return self._broken(call, error)
        text = _text(content, response.charset_encoding)
        if response.status_code < 300:
            if len(text) >= decode.LARGE:
                # Keys do not wait for it.
                return await asyncio.to_thread(self._large_answer, call, response, text)
            return self._answer(call, response, text)
        return self._refused(call, response, text)

    def _open(self, call: Call) -> httpx.AsyncClient:
        """The HTTP client, made at the first call."""
        if self._is_closed:
            raise Unreachable("The connection is closed", action=call.action)
        scheme = self.endpoints.of(call.product).partition(":")[0]
        if scheme not in self._http:
            trust = (scheme == "https" and self._reading) or self._trust(scheme)
            self._reading = None
            from icetui import connection
            from icetui.signing import ACS3

            self._auth = ACS3(self.key, clock=self._clock)
            self._http[scheme] = connection.opened(self.endpoints, self._transport, trust)
        return self._http[scheme]

    def _trust(self, scheme: str) -> Trust | None:
        return None if self._transport else Trust(self._ca_file, plain=scheme != "https")

    def _request(self, http: httpx.AsyncClient, call: Call) -> httpx.Request:
        from icetui.plain_httpx import httpx
        from icetui.signing import canonical_query

        base = self.endpoints.of(call.product)
        if not base:
            raise Misuse(
                f"{call.action}: {call.product} is not asked under custom endpoints", action=call.action
            )
        query = canonical_query(call.params).encode("ascii")
        try:
            # These very bytes are signed; httpx's own `params` would write a blank as "+".
            url = httpx.URL(base).copy_with(query=query or None)
        except httpx.InvalidURL:
            raise Misuse(f"{call.action}: the parameters are too long to send", action=call.action) from None
        headers = {"x-acs-action": call.action, "x-acs-version": VERSIONS[call.product]}
        return http.build_request(call.method, url, headers=headers)

    async def _read(self, call: Call, response: httpx.Response) -> bytes:
        """The body, unpacked, up to the limit.

        Raises:
            Unreadable: the answer is too large or cannot be unpacked. (Of an error what could be read is
                enough.)
        """
        from icetui.plain_httpx import httpx

        is_answer = response.status_code < 300
        limit = LARGEST_ANSWER if is_answer else LARGEST_REFUSAL
        content = bytearray()
        try:
            async for part in response.aiter_bytes(65536):
                content += part
                if len(content) > limit:
                    if is_answer:
                        raise self._unreadable(call, response, f"The answer is larger than {limit >> 20} MiB")
                    break
        except httpx.DecodingError:
            if is_answer:
                text = _text(bytes(content), None)
                raise self._unreadable(call, response, "The answer is packed in a broken way", text) from None
        return bytes(content)

    def _answer(self, call: Call, response: httpx.Response, text: str) -> Answer | _Failure:
        try:
            body = decode.parse(text)
        except ValueError as error:
            what = f"is not JSON: {error}" if text.strip() else "is empty"
            return _Failure(self._unreadable(call, response, f"The answer {what}", text))
        if not isinstance(body, dict):
            return _Failure(self._unreadable(call, response, "The answer is JSON, but not an object", text))
        request_id = refusals.said_in(body).request_id
        return Answer(call, self.region, response.status_code, text, body, self._clock(), request_id)

    def _large_answer(self, call: Call, response: httpx.Response, text: str) -> Answer | _Failure:
        with sparing():
            return self._answer(call, response, text)

    def _unreadable(self, call: Call, response: httpx.Response, message: str, text: str = "") -> Unreadable:
        is_page = text.lstrip().startswith("<")
        return Unreadable(
            message,
            text=refusals.scrubbed(text, self.key),
            status=response.status_code,
            action=call.action,
            request_id=self._header_id(response),
            hint="A proxy or a sign-in page may have answered" if is_page else "",
        )

    def _refused(self, call: Call, response: httpx.Response, text: str) -> _Failure:
        wait, is_throttling = asked_wait(response.headers, self._clock())
        asked = refusals.Asked(call, self.region, self.key, self.skew, wait, is_throttling)
        error = refusals.refusal(response.status_code, text, asked, request_id=self._header_id(response))
        if error.code.lower() == "signaturenonceused":
            return _Failure(error, "once", wait)
        return _Failure(error, "yes" if refusals.is_worth_another_try(error) else "no", wait)

    def _header_id(self, response: httpx.Response) -> str:
        text = response.headers.get("x-acs-request-id", "").strip()
        return refusals.scrubbed(text, self.key)[: refusals.LONGEST_WORD]

    def _broken(self, call: Call, error: httpx.TransportError) -> _Failure:
        from icetui import connection

        broken, may_heal = connection.broken(error, host_of(self.endpoints.of(call.product)), call.action)
        if not (may_heal or self.endpoints.is_custom or is_official(call.product, self.region)):
            regions = ", ".join(ICE_REGIONS if call.product == "ice" else VOD_REGIONS)
            broken.hint = f"{call.product.upper()} has no known host in {self.region}; it has in {regions}"
        return _Failure(broken, "yes" if may_heal else "no")


class _Watch:
    """Whether the event loop stood still for a while, e.g. because the process was stopped.

    The time-outs of a request go on meanwhile, and then they end it before its answer is looked at.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._longest = 0.0
        self._next: asyncio.TimerHandle | None = None

    def __enter__(self) -> _Watch:
        self._look()
        return self

    def __exit__(self, *_: object) -> None:
        if self._next is not None:
            self._next.cancel()

    def _look(self) -> None:
        now = self._loop.time()
        self._longest, self._last = max(self._longest, now - self._last), now
        self._next = self._loop.call_later(TICK, self._look)

    @property
    def stood_still(self) -> bool:
        """Whether it did since this watch began."""
        return max(self._longest, self._loop.time() - self._last) > STILL


def _text(content: bytes, charset: str | None) -> str:
    """A body as text; bytes that are none become U+FFFD."""
    try:
        return content.decode(charset or "utf-8", "replace").removeprefix("\ufeff")
    except (LookupError, UnicodeError):
        return content.decode("utf-8", "replace").removeprefix("\ufeff")
