"""What an error answer says, in JSON, XML, HTML or nothing, and which error that is (api.md 4.1, 4.2).

Rules that hold for every error made here:

- Words of a signature error never pass: they repeat the service's string to sign, and that holds the
  security token.
- The secret, the token and signatures are struck out of everything the service or a proxy sent.
- A status without the service's envelope is nobody's refusal: a proxy answered, so we could not ask.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import astuple
from datetime import timedelta
from urllib.parse import quote

from icetui.access_key import AccessKey
from icetui.call import Call, Json
from icetui.errors import (
    BadCredentials,
    ClockSkew,
    Denied,
    Expired,
    IcetuiError,
    NotFound,
    Refusal,
    ServiceFault,
    Throttled,
    Unreadable,
)
from icetui.records import record

LONGEST_MESSAGE = 400
"""Characters of the service's words that one error repeats."""

LONGEST_ENVELOPE = 1_000_000
"""Characters beyond which an error body is not looked into."""

LONGEST_WORD = 200
"""Characters of a code or request ID that are kept; real ones have at most sixty."""

SHORTEST_SECRET = 8
"""Characters below which a secret is not struck out: it is nobody's, and text would become unreadable."""

WORTH_ANOTHER_TRY = frozenset({500, 502, 503, 504})
"""Statuses after which the same question may be answered (api.md 4.3)."""

_SKEW_ALLOWED = timedelta(minutes=15)
_SIGNATURE_CODES = ("signaturedoesnotmatch", "incompletesignature", "invalidsignature")
_JOB_NOT_FOUND = re.compile(r"job(id)?s?\.?notfound$")
_AUTH_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9*]+")
_STRING_TO_SIGN = re.compile(r"(?is)\W*\b(server\s+)?string\s*to\s*sign\b.*")
_SIGNATURE = re.compile(r"(?i)(signature=)[0-9a-z%+/=]{8,}")
_TITLE = re.compile(r"(?is)<title[^>]*>(.{0,400}?)</title")


@record
class Said:
    """What an error body says; every field is "" where it does not.

    Attributes:
        code: the service's error code, verbatim. "" means that the body is not the service's envelope.
        message: words for a person; of an HTML page its title.
        request_id: stripped.
        auth_action: the permission that was missing, for example ``ice:ListSmartJobs``.
        denial: ``ImplicitDeny`` (nothing allows it) or ``ExplicitDeny`` (something forbids it).
    """

    code: str = ""
    message: str = ""
    request_id: str = ""
    auth_action: str = ""
    denial: str = ""


@record
class Asked:
    """What a refusal is about: the question, who asked, and how far the clocks are apart.

    Attributes:
        call: the question.
        region: where it was asked.
        key: who asked; only its hint is told.
        skew: their clock minus ours, or None if they did not tell the time.
        retry_after: seconds they asked us to wait, or None.
        throttled: a header said that this is throttling, whatever status and code say (api.md 4.3).
    """

    call: Call
    region: str
    key: AccessKey
    skew: timedelta | None = None
    retry_after: float | None = None
    throttled: bool = False


def read(text: str) -> Said:
    """What an error body says, whatever its content type claims: proxies and old gateways mislabel theirs."""
    text = text.lstrip("\ufeff \t\r\n")
    if not text or len(text) > LONGEST_ENVELOPE:
        return Said()
    if text.startswith("<"):
        return _read_xml(text) or _read_html(text)
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return Said()
    return said_in(body)


def said_in(body: Json) -> Said:
    """What a parsed body says; some gateways begin the names with a small letter."""
    if not isinstance(body, dict):
        return Said()
    detail = _member(body, "AccessDeniedDetail")
    detail = detail if isinstance(detail, dict) else {}
    return Said(
        code=_word(_member(body, "Code"))[:LONGEST_WORD],
        message=_word(_member(body, "Message")),
        request_id=_word(_member(body, "RequestId"))[:LONGEST_WORD],
        auth_action=_word(_member(detail, "AuthAction")),
        denial=_word(_member(detail, "NoPermissionType")),
    )


def scrubbed(text: str, key: AccessKey) -> str:
    """Text of others without our secret, our token or a signature, in any of the ways a page may write them.

    An error page can echo the request's headers. The whole key ID becomes its hint.
    """
    for secret in (key.secret, key.token):
        if secret and len(secret.reveal()) >= SHORTEST_SECRET:
            text = re.sub(_in_any_writing(secret.reveal()), "***", text)
    if len(key.id) > len(key.hint):
        text = text.replace(key.id, key.hint)
    return _SIGNATURE.sub(r"\1***", text)


def refusal(status: int, text: str, asked: Asked, *, request_id: str = "") -> IcetuiError:
    """The error that a status of 400 or more with this body is.

    Args:
        status: HTTP status.
        text: the body.
        asked: what it is about.
        request_id: of a header, where the body has none.
    """
    text = scrubbed(text, asked.key)
    # Once more after reading: what an envelope quotes is written twice over.
    said = Said(*(scrubbed(words, asked.key) for words in astuple(read(text))))
    code = said.code.lower()
    request_id = said.request_id or request_id

    def make(kind: type[IcetuiError], message: str, hint: str = "") -> IcetuiError:
        return kind(
            message,
            code=said.code,
            request_id=request_id,
            status=status,
            action=asked.call.action,
            hint=hint,
        )

    if status == 429 or code.startswith("throttling") or (asked.throttled and status < 500):
        return Throttled(
            _sentence(said, f"HTTP {status}", "the service asks for fewer calls"),
            retry_after=asked.retry_after,
            code=said.code,
            request_id=request_id,
            status=status,
            action=asked.call.action,
            hint="Lists are refreshed less often until it answers again",
        )
    for starts, build in _BY_CODE:
        if code.startswith(starts):
            return build(make, said, asked)
    if status >= 500 or code in ("internalerror", "serviceunavailable"):
        return make(ServiceFault, _sentence(said, f"HTTP {status}", "the service failed"))
    if not code:
        return Unreadable(
            _sentence(said, f"HTTP {status}", "not an answer of the service"),
            text=text,
            request_id=request_id,
            status=status,
            action=asked.call.action,
            hint="A proxy or another server may have answered",
        )
    if _JOB_NOT_FOUND.search(code):
        return make(NotFound, _sentence(said), f"Unknown here, or in another region ({asked.region} asked)")
    if status == 403:
        return _denied(make, said, asked)
    return make(Refusal, _sentence(said), _HINTS.get(code, ""))


def is_worth_another_try(error: IcetuiError) -> bool:
    """Whether an error made here may go away by itself within seconds."""
    if isinstance(error, ServiceFault):
        # By code too: some products send "ServiceUnAvailable" with a 400.
        return error.status in WORTH_ANOTHER_TRY or error.status < 500
    return isinstance(error, Throttled)


_Make = Callable[..., IcetuiError]
_HINTS = {
    "invalidparameter.functionnotsupported": "IProduction works in cn-shanghai, cn-beijing and cn-hangzhou",
}


def _wrong_secret(make: _Make, said: Said, asked: Asked) -> IcetuiError:
    if said.code.lower().startswith("signaturedoesnotmatch"):
        return make(
            BadCredentials,
            f"{said.code}: the secret does not belong to {asked.key.hint}",
            "`icetui login` stores another pair",
        )
    # The service could not even read the signature: nothing a person typed does that.
    return make(
        Refusal,
        f"{said.code}: the service could not read the signature",
        "A proxy may have changed the request",
    )


def _unknown_key(make: _Make, said: Said, asked: Asked) -> IcetuiError:
    if said.code.lower().endswith("inactive"):
        return make(
            BadCredentials,
            f"{said.code}: {asked.key.hint} is disabled",
            "Enable it in the RAM console, or `icetui login` with another pair",
        )
    hint = "`icetui login` stores another pair"
    if asked.key.id.startswith("STS.") and asked.key.token is None:
        hint = "A temporary key needs its security token too"
    return make(BadCredentials, f"{said.code}: the service does not know {asked.key.hint}", hint)


def _bad_token(make: _Make, said: Said, asked: Asked) -> IcetuiError:
    if "expired" in said.code.lower():
        return make(
            Expired,
            f"{said.code}: the security token of {asked.key.hint} has run out",
            "Get a new one; rows stay as they are until then",
        )
    return make(
        BadCredentials,
        f"{said.code}: the security token does not belong to {asked.key.hint} or is damaged",
        "ID, secret and token must come from the same answer of STS",
    )


def _clock_differs(make: _Make, said: Said, asked: Asked) -> IcetuiError:
    if asked.skew is None:
        return make(
            ClockSkew, "Clock differs from the server by more than 15 min", "Set this machine's clock"
        )
    minutes = round(abs(asked.skew).total_seconds() / 60)
    if abs(asked.skew) < _SKEW_ALLOWED:
        return make(
            ClockSkew,
            f"{said.code}: the service refused the date, but the clocks differ by {minutes} min only",
            "A proxy may hold requests back or change the Date header",
        )
    return make(
        ClockSkew,
        f"Clock differs from the server by {minutes} min",
        f"This machine's clock is {'behind' if asked.skew > timedelta() else 'ahead'}; set it, or let NTP",
    )


def _denied(make: _Make, said: Said, asked: Asked) -> IcetuiError:
    action = said.auth_action
    if not _AUTH_ACTION.fullmatch(action):
        action = f"{asked.call.product}:{asked.call.action}"
    if said.denial == "ExplicitDeny":
        hint = f"A policy forbids {action} explicitly; a policy that allows it does not help"
    else:
        hint = f'Allow it: {{"Effect":"Allow","Action":"{action}","Resource":"*"}}'
    if action == "ice:QueryIProductionJob":
        # Its own permission ends in Query, which the ready-made policy leaves out (api.md 5).
        hint = f"AliyunICEReadOnlyAccess lacks ice:Query*. {hint}"
    return make(Denied, f"{action} is denied. {_sentence(said)}", hint)


def _not_available(make: _Make, said: Said, asked: Asked) -> IcetuiError:
    return make(Denied, _sentence(said), "Look at the account's console: overdue payment, or not activated")


def _nonce_used(make: _Make, said: Said, asked: Asked) -> IcetuiError:
    return make(Refusal, _sentence(said), "A proxy may have sent the request twice")


_Build = Callable[[_Make, Said, Asked], IcetuiError]
# First match wins: narrow names stand above what they begin with.
_BY_CODE: tuple[tuple[str | tuple[str, ...], _Build], ...] = (
    (_SIGNATURE_CODES, _wrong_secret),
    ("invalidaccesskeyid", _unknown_key),
    (("invalidsecuritytoken", "securitytoken"), _bad_token),
    ("invalidtimestamp", _clock_differs),
    ("signaturenonceused", _nonce_used),
    (("forbidden.subscriptionrequired", "operationdenied"), _not_available),
    (("forbidden", "nopermission"), _denied),
)


def _sentence(said: Said, *otherwise: str) -> str:
    """Code and words of the service, or what stands for them, on one line."""
    message = " ".join(_STRING_TO_SIGN.sub("", said.message).split())
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[: LONGEST_MESSAGE - 1]}…"
    if not said.code:
        parts = [*otherwise, message]
    else:
        parts = [said.code, message or (otherwise[-1] if otherwise else "")]
    return ": ".join(part for part in parts if part)


def _member(body: dict[str, Json], name: str) -> Json:
    return body.get(name, body.get(name[0].lower() + name[1:]))


def _word(value: Json) -> str:
    return value.strip() if isinstance(value, str) else ""


def _in_any_writing(value: str) -> str:
    """A pattern of a secret as JSON, HTML and URLs write it, one inside the other too."""
    return "".join(
        character if character.isascii() and character.isalnum() else _writings(character)
        for character in value
    )


def _writings(character: str) -> str:
    from html.entities import codepoint2name  # its table of 2,000 names is for error pages only

    code = ord(character)
    in_url = quote(character, safe="").replace("%", "%(?:25)*") if character not in "-_.~" else f"%{code:02X}"
    named = codepoint2name.get(code, {"'": "apos", "+": "plus", "/": "sol", "=": "equals"}.get(character))
    forms = [
        rf"\\*{re.escape(character)}",
        in_url,
        rf"\\+u{code:04x}",
        rf"&(?:amp;)*#0*{code};",
        rf"&(?:amp;)*#x0*{code:x};",
        *([rf"&(?:amp;)*{named};"] if named else []),
        *([" "] if character == "+" else []),  # what reading a URL makes of it
    ]
    return f"(?i:{'|'.join(forms)})"


def _read_html(text: str) -> Said:
    import html

    title = _TITLE.search(text)
    return Said(message=html.unescape(title[1]).strip() if title else "")


class _NotAnEnvelope(Exception):
    """The XML declares entities, nests too deep or is not the service's."""


def _read_xml(text: str) -> Said | None:
    """The envelope in XML; None where it is no XML, or XML with a document type, which could expand."""
    from xml.parsers import expat  # errors in XML are rare: an accept header asks for JSON

    wanted = {"Code", "Message", "RequestId", "AuthAction", "NoPermissionType"}
    found: dict[str, str] = {}
    path: list[str] = []

    def refuse(*_: object) -> None:
        raise _NotAnEnvelope

    def start(name: str, _: dict[str, str]) -> None:
        path.append(name)
        if len(path) > 16:
            raise _NotAnEnvelope

    def end(_: str) -> None:
        path.pop()

    def words(text: str) -> None:
        # Below the root, as api.md 4.1 says, and one deeper in AccessDeniedDetail; not anywhere in a page.
        if path[-1] in wanted and (len(path) == 2 or path[1:-1] == ["AccessDeniedDetail"]):
            found[path[-1]] = found.get(path[-1], "") + text

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except (expat.ExpatError, _NotAnEnvelope):
        return None
    if "Code" not in found:
        return None
    return Said(
        code=found["Code"].strip()[:LONGEST_WORD],
        message=found.get("Message", "").strip(),
        request_id=found.get("RequestId", "").strip()[:LONGEST_WORD],
        auth_action=found.get("AuthAction", "").strip(),
        denial=found.get("NoPermissionType", "").strip(),
    )
