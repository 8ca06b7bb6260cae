"""ACS3-HMAC-SHA256: how a request says who asks (api.md 3.2). No I/O.

The SDK signs every header it sets, so do we: host, accept, user-agent, content-type and all ``x-acs-*``.
Headers that the HTTP library adds for the connection (accept-encoding, connection, content-length) stay
unsigned.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from icetui.access_key import AccessKey
from icetui.errors import BadCredentials, Misuse
from icetui.plain_httpx import httpx

ALGORITHM = "ACS3-HMAC-SHA256"
SIGNED_BESIDES_X_ACS = frozenset({"host", "accept", "user-agent", "content-type"})

Clock = Callable[[], datetime]


def new_nonce() -> str:
    """Thirty-two hex digits that were never used before: the service takes each once."""
    return secrets.token_hex(16)


def now() -> datetime:
    """This machine's time, aware, UTC."""
    return datetime.now(UTC)


def canonical_query(params: Iterable[tuple[str, str | None]]) -> str:
    """The query as it is signed, and as it must stand in the URL.

    Names sorted by byte value, UTF-8 percent-encoded with upper-case hex, only ``A-Z a-z 0-9 - _ . ~`` left
    alone: a blank is ``%20``, never ``+``. A missing value (None) leaves the parameter out, an empty one
        gives ``name=``.

    Raises:
        Misuse: a value that is no text (half of a surrogate pair, or bytes of a command line that are not
            UTF-8).
    """
    given = sorted((name, value) for name, value in params if value is not None)
    try:
        return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in given)
    except UnicodeEncodeError:
        # The exception repeats the value; what a person typed may be anything, a secret pasted by mistake
        # included.
        names = ", ".join(name for name, value in given if not _is_text(value))
        raise Misuse(f"{names or 'a parameter'} is not valid Unicode text") from None


def canonical_request(
    method: str, query: str, headers: Mapping[str, str], body_sha256: str, *, path: str = "/"
) -> tuple[str, str]:
    """The text whose hash is signed, and the names of the headers in it.

    Args:
        method: GET or POST.
        query: as `canonical_query` made it.
        headers: every header to sign, `host` among them; names in any letter case.
        body_sha256: hex SHA-256 of the body.
        path: percent-encoded; RPC operations live at ``/``.
    """
    lines = sorted((name.lower(), value.strip()) for name, value in headers.items())
    names = ";".join(name for name, _ in lines)
    block = "".join(f"{name}:{value}\n" for name, value in lines)
    return f"{method}\n{path}\n{query}\n{block}\n{names}\n{body_sha256}", names


def string_to_sign(canonical: str) -> str:
    """The two lines that the secret signs."""
    return f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def authorization(
    key: AccessKey,
    method: str,
    query: str,
    headers: Mapping[str, str],
    body_sha256: str,
    *,
    path: str = "/",
) -> str:
    """The value of the Authorization header; arguments as for `canonical_request`."""
    canonical, names = canonical_request(method, query, headers, body_sha256, path=path)
    secret = key.secret.reveal().encode()
    signature = hmac.new(secret, string_to_sign(canonical).encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key.id},SignedHeaders={names},Signature={signature}"


class ACS3(httpx.Auth):
    """Signs a request as it is: method, path, query bytes, host and body stay as they are found.

    Each pass through `auth_flow` sets a new date and a new nonce, so a retry is a new request to the service.

    Args:
        key: who asks; with a token, ``x-acs-accesskey-id`` and ``x-acs-security-token`` are sent and signed
            too.
        clock: aware time; the service refuses a date more than 15 minutes from its own.
        nonce: gives a text that the service has not seen from this key.

    Raises:
        BadCredentials: the ID or the token holds characters that no header can carry; their values are not
            told.
    """

    requires_request_body = True

    def __init__(self, key: AccessKey, *, clock: Clock = now, nonce: Callable[[], str] = new_nonce) -> None:
        if not _is_header(key.id):
            raise BadCredentials("The access key ID is empty or holds characters that no access key ID has")
        if key.token is not None and not _is_header(key.token.reveal()):
            raise BadCredentials("The security token is empty or holds characters that no security token has")
        if not (key.secret and _is_text(key.secret.reveal())):
            raise BadCredentials("The access key secret is empty or not valid Unicode text")
        self._key = key
        self._clock = clock
        self._nonce = nonce

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Adds the ``x-acs-*`` headers and the signature."""
        headers = request.headers
        body_sha256 = hashlib.sha256(request.content).hexdigest()
        headers["x-acs-date"] = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        headers["x-acs-signature-nonce"] = self._nonce()
        headers["x-acs-content-sha256"] = body_sha256
        if self._key.token is not None:
            headers["x-acs-accesskey-id"] = self._key.id
            headers["x-acs-security-token"] = self._key.token.reveal()
        signed = {
            name: value
            for name, value in headers.items()
            if name in SIGNED_BESIDES_X_ACS or name.startswith("x-acs-")
        }
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        headers["Authorization"] = authorization(
            self._key, request.method, query, signed, body_sha256, path=path
        )
        yield request


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _is_header(value: str) -> bool:
    return bool(value) and all("!" <= character <= "~" for character in value)
