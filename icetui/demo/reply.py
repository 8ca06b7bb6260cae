"""A request as it arrived, the answer to it, and saying no."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote_plus
from xml.sax.saxutils import escape

from icetui.demo.written import Json
from icetui.records import field, record

ICE, VOD, STS = "2020-11-09", "2017-03-21", "2015-04-01"
"""API versions: they tell the products apart where one port serves them all."""

PRODUCTS = {ICE: "ICE", VOD: "vod", STS: "Sts"}


@record
class Asked:
    """A request as it arrived.

    Attributes:
        method: as sent.
        path: without the query.
        query: as sent, still encoded.
        headers: names in lower case; values of a repeated name joined with a comma.
        body: as sent.
        at: when it arrived, by the account's clock.
        params: the query decoded; of a repeated name the last.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    params: Mapping[str, str]

    @classmethod
    def of(
        cls, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes, at: datetime
    ) -> Asked:
        """From the pieces of an HTTP request."""
        path, _, query = target.partition("?")
        joined: dict[str, str] = {}
        for name, value in headers:
            key = name.lower()
            joined[key] = f"{joined[key]},{value.strip()}" if key in joined else value.strip()
        params = dict(parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace"))
        return cls(method, path, query, joined, body, at, params)

    @property
    def action(self) -> str:
        """The operation asked for, or ""."""
        return self.headers.get("x-acs-action", "")

    @property
    def version(self) -> str:
        """The API version asked for, or ""."""
        return self.headers.get("x-acs-version", "")

    @property
    def host(self) -> str:
        """The host asked, with a port if there is one."""
        return self.headers.get("host", "")

    @property
    def json(self) -> bool:
        """Whether the answer is JSON: it is XML, VOD's classic default, unless asked for (api.md 3.1)."""
        return "json" in self.headers.get("accept", "").lower()

    @property
    def request_id(self) -> str:
        """An ID that depends on the question and the moment only, so that a fixed clock fixes it too."""
        name = f"{self.action}?{canonical_query(self.query)}@{self.at.isoformat()}"
        digits = hashlib.sha256(name.encode()).hexdigest().upper()
        return f"{digits[:8]}-{digits[8:12]}-5{digits[12:15]}-A{digits[15:18]}-{digits[18:30]}"


class Refused(Exception):
    """The service says no.

    Args:
        status: HTTP status.
        code: error code.
        message: what the service says.
        more: further members of the answer.
    """

    def __init__(self, status: int, code: str, message: str, **more: Json) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.more = more


@record
class Reply:
    """What goes back, and how badly.

    Attributes:
        status: HTTP status.
        headers: without Content-Length.
        body: as sent.
        code: the error code in it, or "": for the log.
        delay: seconds before it goes out.
        cut: the connection breaks: while connecting, before the answer, or in the middle of the body.
        never: no answer ever comes.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    code: str = ""
    delay: float = 0.0
    cut: Literal["", "connect", "before", "mid"] = ""
    never: bool = field(default=False)


def canonical_query(query: str) -> str:
    """A query in ACS3's canonical form: decoded (``+`` is a blank), encoded by RFC 3986, sorted by bytes."""
    pairs = []
    for piece in filter(None, query.split("&")):
        name, _, value = piece.partition("=")
        pairs.append((encoded(unquote_plus(name)), encoded(unquote_plus(value))))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def encoded(text: str) -> str:
    """RFC 3986: everything but letters, digits and ``-_.~`` as UTF-8 in upper-case hex."""
    return quote(text, safe="-_.~", encoding="utf-8", errors="replace")


def rendered(
    asked: Asked, status: int, told: dict[str, Json] | bytes, code: str = "", **headers: str
) -> Reply:
    """An answer in the form the request accepts. Bytes are JSON, sent unchanged where JSON is wanted."""
    if asked.json:
        kind = "application/json;charset=utf-8"
        body = (
            told
            if isinstance(told, bytes)
            else json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
        )
    else:
        kind = "text/xml;charset=utf-8"
        value = json.loads(told) if isinstance(told, bytes) else told
        root = "Error" if status >= 400 else f"{asked.action}Response"
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n{_xml(root, value)}'.encode("utf-8", "replace")
    return Reply(status, (("Content-Type", kind), *headers.items()), body, code)


def refusal(asked: Asked, refused: Refused, **headers: str) -> Reply:
    """The error envelope (api.md 4.1)."""
    product = PRODUCTS.get(asked.version, "ICE")
    told = {
        "RequestId": asked.request_id,
        "HostId": asked.host,
        "Code": refused.code,
        "Message": refused.message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={refused.code}&product={product}",
        **refused.more,
    }
    return rendered(asked, refused.status, told, refused.code, **headers)


def dated(reply: Reply, at: datetime) -> tuple[tuple[str, str], ...]:
    """Its headers with a Date, by which a client sees how far its clock is off."""
    return (("Date", format_datetime(at, usegmt=True)), *reply.headers)


def _xml(name: str, value: Json) -> str:
    if isinstance(value, list):
        return "".join(_xml(name, item) for item in value) or f"<{name}/>"
    if isinstance(value, dict):
        inner = "".join(_xml(key, item) for key, item in value.items())
        return f"<{name}>{inner}</{name}>"
    if value is None:
        return f"<{name}/>"
    # XML 1.0 has no place at all for most control characters.
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    legal = "".join(each if each in "\t\n\r" or each >= " " else "\ufffd" for each in shown)
    return f"<{name}>{escape(legal)}</{name}>"
