"""ACS3 signatures made by the tests: for requests that neither our client nor the SDK would send."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from icetui.access_key import AccessKey
from icetui.demo import DEMO_KEY, fixed
from icetui.demo.gateway import Gateway
from icetui.demo.reply import Reply

AT = "2026-11-20T10:00:00Z"
CLOCK = fixed(AT)
VERSIONS = {"ice": "2020-11-09", "vod": "2017-03-21", "sts": "2015-04-01"}
EMPTY = hashlib.sha256(b"").hexdigest()

_nonces = itertools.count(1)


@dataclass(frozen=True)
class Signed:
    """A request, ready to send."""

    method: str
    target: str
    headers: dict[str, str]

    def to(self, gateway: Gateway, body: bytes = b"") -> Reply:
        return gateway.answer(self.method, self.target, tuple(self.headers.items()), body)

    def but(self, *without: str, **headers: str) -> Signed:
        """The same with headers changed or left out after signing; ``_`` stands for ``-``."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in self.headers.items() if name not in without}
        return Signed(self.method, self.target, {**kept, **changed})


def signed(
    action: str,
    params: Mapping[str, str] | None = None,
    *,
    product: str = "ice",
    host: str = "",
    method: str = "POST",
    key: AccessKey = DEMO_KEY,
    secret: str | None = None,
    at: datetime | str = AT,
    nonce: str | None = None,
    version: str | None = None,
    accept: str = "application/json",
    extra: Mapping[str, str] | None = None,
) -> Signed:
    """A request of the demo account, right in every way unless told otherwise."""
    query = "&".join(
        f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted((params or {}).items())
    )
    headers = {
        "host": host or f"{product}.cn-shanghai.aliyuncs.com",
        "x-acs-action": action,
        "x-acs-version": version if version is not None else VERSIONS[product],
        "x-acs-date": at if isinstance(at, str) else f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": nonce if nonce is not None else f"nonce-{next(_nonces)}",
        "x-acs-content-sha256": EMPTY,
        **(extra or {}),
    }
    if key.token is not None:
        headers |= {"x-acs-accesskey-id": key.id, "x-acs-security-token": key.token.reveal()}
    names = ";".join(sorted(headers))
    block = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"{method}\n/\n{query}\n{block}\n{names}\n{EMPTY}"
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    made = hmac.new((secret or key.secret.reveal()).encode(), text.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = f"ACS3-HMAC-SHA256 Credential={key.id},SignedHeaders={names},Signature={made}"
    headers["accept"] = accept
    return Signed(method, f"/?{query}" if query else "/", headers)


def told(reply: Reply) -> dict[str, Any]:
    """The body of a reply in JSON."""
    body = json.loads(reply.body)
    assert isinstance(body, dict)
    return body


def ask(gateway: Gateway, action: str, params: Mapping[str, str] | None = None, **how: Any) -> dict[str, Any]:
    """What the gateway tells to a rightly signed request; it must not refuse."""
    reply = signed(action, params, **how).to(gateway)
    assert reply.status == 200, reply.body
    return told(reply)
