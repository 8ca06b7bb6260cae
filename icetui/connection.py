"""The HTTP client as we want it: which certificates, which proxies, how long, and nothing that leaks.

And what a connection that breaks is called. `wire` is the only one who asks here.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final
from urllib.parse import urlsplit

from icetui import __version__
from icetui.endpoints import Endpoints, host_of, is_loopback
from icetui.errors import IcetuiError, Misuse, Redirected, TimedOut, Unreachable
from icetui.plain_httpx import httpx
from icetui.trust import Trust

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0
"""Both as in the SDK (api.md 4.3); the second is the longest silence, not the longest answer."""

KEEP_ALIVE_SECONDS: Final = 60.0
"""Longer than the refresh interval: each beat would shake hands anew otherwise."""

MOST_CONNECTIONS: Final = 16

_HOST = re.compile(r"[a-z0-9.-]{1,100}")


def opened(
    endpoints: Endpoints, transport: httpx.AsyncBaseTransport | None, trust: Trust | None
) -> httpx.AsyncClient:
    """An HTTP client for these endpoints; nothing is sent yet.

    Args:
        endpoints: which hosts will be asked: this machine is never asked through a proxy.
        transport: instead of the network, or None.
        trust: the certificates to trust; None where nothing goes over the network.

    Raises:
        Misuse: certificates that cannot be read, or proxies of the environment that cannot be used.
    """
    _silence()
    urls = [url for url in (endpoints.ice, endpoints.vod, endpoints.sts) if url]
    here = [url for url in urls if is_loopback(host_of(url))]
    try:
        return httpx.AsyncClient(
            transport=transport,
            verify=True if trust is None else trust.context(),
            follow_redirects=False,
            event_hooks={"response": [_stay]},
            # Proxies of the environment, but never between us and this machine: over plain http they would
            # read the token. None stands for the direct way.
            trust_env=len(here) < len(urls),
            mounts=dict.fromkeys(f"all://{urlsplit(url).netloc}" for url in here),
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=None),
            limits=httpx.Limits(max_connections=MOST_CONNECTIONS, keepalive_expiry=KEEP_ALIVE_SECONDS),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            headers={
                "accept": "application/json",
                "accept-encoding": "gzip, deflate",
                "user-agent": f"icetui/{__version__}",
            },
        )
    except ImportError:
        raise Misuse(
            "The environment names a SOCKS proxy, and the package socksio is not installed",
            hint="Install socksio, or unset ALL_PROXY",
        ) from None
    except ValueError:
        # The exception repeats the URL, which may hold a password.
        raise Misuse("The environment names a proxy whose URL cannot be used") from None


def broken(error: httpx.TransportError, host: str, action: str) -> tuple[IcetuiError, bool]:
    """What a connection that broke is called, and whether another try may help.

    No word of the exception is repeated: some hold header values.
    """
    if isinstance(error, httpx.ConnectTimeout):
        message = f"{host} could not be reached within {CONNECT_SECONDS:.0f} s"
        return TimedOut(message, action=action), True
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(f"{host} was silent for {READ_SECONDS:.0f} s", action=action), True
    if isinstance(error, httpx.ProxyError):
        return Unreachable(f"The proxy did not connect to {host}", action=action), False
    causes = list(_causes(error))
    untrusted = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if untrusted is not None:
        message = f"The certificate of {host} is not trusted: {untrusted.verify_message}"
        hint = "If a proxy of your company reads TLS, name its certificate as ca_file"
        return Unreachable(message, action=action, hint=hint), False
    resets = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
    if isinstance(error, httpx.ConnectError) and not any(isinstance(cause, resets) for cause in causes):
        reason = next((c.strerror for c in causes if isinstance(c, OSError) and c.strerror), "")
        message = f"{host} could not be reached" + (f": {reason}" if reason else "")
        return Unreachable(message, action=action), False
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return Unreachable(f"{host} broke the connection before the answer was whole", action=action), True
    return Unreachable(f"The request to {host} could not be sent", action=action), False


async def _stay(response: httpx.Response) -> None:
    """Ends a redirect before httpx prepares the next request: even unsent, that can fail on a bad Location.

    Raises:
        Redirected: the status is 3xx.
    """
    if not 300 <= response.status_code < 400:
        return
    try:
        host = urlsplit(response.headers.get("location", "")).hostname or ""
    except ValueError:
        host = ""
    to = f"to {host}" if _HOST.fullmatch(host) else "elsewhere"
    raise Redirected(
        f"HTTP {response.status_code} pointed {to}: not followed, a signed request is for one host",
        status=response.status_code,
        action=response.request.headers.get("x-acs-action", ""),
        hint="A proxy may have answered, or the endpoint is wrong",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that led to it, attempts at several addresses included."""
    waiting, seen = [error], set[int]()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
        waiting += [other for other in (cause.__cause__, cause.__context__) if other is not None]


def _silence() -> None:
    """Keeps the HTTP library from logging: it writes whole URLs at INFO and headers at DEBUG.

    A filter on each logger holds whatever levels and handlers somebody sets later, on the root or on these.
    """
    for name in (
        "httpx",
        *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
    ):
        logger = logging.getLogger(name)
        if _nothing not in logger.filters:
            logger.addFilter(_nothing)


def _nothing(_: object) -> bool:
    return False
