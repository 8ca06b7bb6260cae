"""Faults: what goes wrong on request, as one table (contracts.md: ``--fault NAME[:ARGS]``).

``NAME[:VALUE][,key=value]…``, e.g. ``throttle:3,after=800,action=ListSmartJobs``. Every fault knows
``action=NAME`` (that operation only), ``times=N`` (the first N only) and ``every=N`` (each Nth only).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal, cast
from urllib.parse import urlsplit

from icetui.demo import USER_ID, crowd
from icetui.demo.reply import PRODUCTS, Asked, Refused, Reply, refusal, rendered
from icetui.records import record

SAME_TOKEN = "AAAAAAAAAAAAAAAAAAAAAA=="
"""What the fault same-token gives as NextToken, and then takes for the first page again."""


@record
class Fault:
    """One fault as it was asked for.

    Attributes:
        name: in `FAULTS`.
        value: what stands behind the colon, or the default.
        action: only this operation; "" for all.
        times: only the first so many; 0 for all.
        every: only each so-manieth; 1 for all.
        after: milliseconds that are said to be worth waiting, or None: ``x-acs-retry-after``, which is in
            milliseconds, when throttled; ``Retry-After``, in seconds, with another status.
        status: HTTP status where the fault can have several, or 0.
    """

    name: str
    value: str = ""
    action: str = ""
    times: int = 0
    every: int = 1
    after: int | None = None
    status: int = 0

    @classmethod
    def parse(cls, text: str) -> Fault:
        """From the command line.

        Raises:
            ValueError: a name that is not known (the message lists those that are), or a bad value.
        """
        name, _, rest = text.strip().partition(":")
        if not rest and "," in name:
            name, _, rest = name.partition(",")
            rest = f",{rest}"
        if name not in FAULTS:
            raise ValueError(f"no fault {name!r}; known: {', '.join(FAULTS)}")
        kind = FAULTS[name]
        pieces = rest.split(",")
        options: dict[str, str] = {}
        while len(pieces) > 0 and re.match(r"(action|times|every|after|status)=", pieces[-1]):
            key, _, value = pieces.pop().partition("=")
            options[key] = value
        value = ",".join(pieces).strip().strip(",") or kind.default
        fault = cls(
            name,
            value,
            action=options.get("action", ""),
            times=_whole(text, options, "times", 0),
            every=max(1, _whole(text, options, "every", 1)),
            after=_whole(text, options, "after", 0) if "after" in options else None,
            status=_whole(text, options, "status", 0),
        )
        try:
            return kind.check(fault)
        except ValueError as error:
            raise ValueError(f"fault {text!r}: {error}; {name} is {kind.about}") from None


class Faults:
    """The faults of one gateway, and how often each has had its chance.

    Args:
        faults: in the order in which they may answer.
    """

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = list(faults)
        self._chances = [0] * len(self._faults)
        self._strikes = [0] * len(self._faults)

    def due(self, asked: Asked) -> list[Fault]:
        """Those that strike this request. Counts it."""
        out = []
        for place, fault in enumerate(self._faults):
            if fault.action not in ("", asked.action):
                continue
            self._chances[place] += 1
            if self._chances[place] % fault.every or (fault.times and self._strikes[place] >= fault.times):
                continue
            self._strikes[place] += 1
            out.append(fault)
        return out

    @property
    def skew(self) -> timedelta:
        """How far the gateway's clock is ahead of the true one."""
        minutes = sum(float(fault.value) for fault in self._faults if fault.name == "skew")
        return timedelta(minutes=minutes)


def _whole(text: str, options: dict[str, str], key: str, default: int) -> int:
    value = options.get(key, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError(f"fault {text!r}: {key}={value} is not a whole number")
    return int(value)


def _alone(fault: Fault) -> Fault:
    if fault.value:
        raise ValueError(f"{fault.value!r} is too much")
    return fault


@record
class Kind:
    """What a fault does. Each hook is optional.

    Attributes:
        about: its value in words.
        default: its value where none is given.
        check: reads the value; raises ValueError.
        front: an answer instead of the service's, before anybody looked at the request: a proxy's.
        judged: an answer instead of the service's, to a request that is rightly signed; None: the service's.
        asked: another question instead of the one that came.
        reply: another answer instead of the one that was made.
    """

    about: str
    default: str = ""
    check: Callable[[Fault], Fault] = _alone
    front: Callable[[Fault, Asked], Reply] | None = None
    judged: Callable[[Fault, Asked], Reply | None] | None = None
    asked: Callable[[Fault, Asked], Asked] | None = None
    reply: Callable[[Fault, Asked, Reply], Reply] | None = None


def _count(fault: Fault) -> Fault:
    """The value is how many times."""
    if not fault.value:
        return fault
    if not re.fullmatch(r"[0-9]{1,9}", fault.value):
        raise ValueError(f"{fault.value!r} is not a whole number")
    return replace(fault, times=int(fault.value))


def _seconds(fault: Fault) -> Fault:
    if not 0 <= float(fault.value) < 86400:
        raise ValueError(f"{fault.value!r} is not a time")
    return fault


def _minutes(fault: Fault) -> Fault:
    if not abs(float(fault.value)) < 10_000_000:
        raise ValueError(f"{fault.value!r} is not a time")
    return fault


def _status(fault: Fault) -> Fault:
    if not re.fullmatch(r"[1-9][0-9][0-9]", fault.value) or not 400 <= int(fault.value) < 600:
        raise ValueError(f"{fault.value!r} is not 400 to 599")
    return replace(fault, status=int(fault.value))


def _operation(fault: Fault) -> Fault:
    if not fault.value:
        raise ValueError("which operation?")
    return replace(fault, action=fault.value)


def _place(fault: Fault) -> Fault:
    if fault.value not in ("connect", "before", "mid"):
        raise ValueError(f"{fault.value!r} is none of connect, before, mid")
    return fault


def _url(fault: Fault) -> Fault:
    if urlsplit(fault.value).scheme not in ("http", "https"):
        raise ValueError(f"{fault.value!r} is not a URL")
    return fault


def _throttled(fault: Fault, asked: Asked) -> Reply:
    headers = {} if fault.after is None else {"x-acs-retry-after": str(fault.after)}
    refused = Refused(fault.status or 400, "Throttling.User", "Request was denied due to user flow control.")
    return refusal(asked, refused, **headers)


def _failed(fault: Fault, asked: Asked) -> Reply:
    headers = {} if fault.after is None else {"Retry-After": str(-(-fault.after // 1000))}
    codes = {
        500: ("InternalError", "The request processing has failed due to some unknown error."),
        503: ("ServiceUnavailable", "The request has failed due to a temporary failure of the server."),
        403: ("Forbidden.RAM", "User not authorized to operate on the specified resource."),
        429: ("Throttling.Api", "Request was denied due to api flow control."),
    }
    code, message = codes.get(fault.status, ("InternalError", f"Status {fault.status}, as asked for."))
    # VOD spells it with another capital (api.md 4.2).
    if fault.status == 503 and PRODUCTS.get(asked.version) == "vod":
        code = "ServiceUnAvailable"
    return refusal(asked, Refused(fault.status, code, message), **headers)


def _in_xml(fault: Fault, asked: Asked) -> Reply:
    other = replace(asked, headers={**asked.headers, "accept": "text/xml"})
    return refusal(
        other, Refused(fault.status or 404, "InvalidAction.NotFound", "Specified api is not found.")
    )


def _in_html(fault: Fault, _asked: Asked) -> Reply:
    body = f"<html><head><title>{fault.status} Bad Gateway</title></head><body>nginx</body></html>\n"
    return Reply(fault.status, (("Content-Type", "text/html"),), body.encode())


def _empty(fault: Fault, _asked: Asked) -> Reply:
    return Reply(fault.status or 200, (), b"")


def _garbage(fault: Fault, _asked: Asked, reply: Reply) -> Reply:
    half = reply.body[: len(reply.body) // 2] + b'\xff\xfe{"RequestId": \x1b[31m'
    return replace(reply, body=half, status=fault.status or reply.status)


def _redirected(fault: Fault, _asked: Asked) -> Reply:
    return Reply(
        fault.status or 302, (("Location", fault.value), ("Content-Type", "text/html")), b"<html>Moved</html>"
    )


def _denied(_fault: Fault, asked: Asked) -> Reply:
    product = PRODUCTS.get(asked.version, "ICE").lower()
    detail = {
        "AuthAction": f"{product}:{asked.action}",
        "AuthPrincipalType": "SubUser",
        "AuthPrincipalOwnerId": str(USER_ID),
        "AuthPrincipalDisplayName": "204718369025718364",
        "NoPermissionType": "ImplicitDeny",
        "PolicyType": "AccountLevelIdentityBasedPolicy",
        "EncodedDiagnosticMessage": "AQEAAAAAZx7sDemo",
    }
    refused = Refused(
        403, "NoPermission", "You are not authorized to perform this action.", AccessDeniedDetail=detail
    )
    return refusal(asked, refused)


def _expired(_fault: Fault, asked: Asked) -> Reply:
    return refusal(asked, Refused(403, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."))


def _used(_fault: Fault, asked: Asked) -> Reply:
    return refusal(asked, Refused(400, "SignatureNonceUsed", "Specified signature nonce was used already."))


def _first_page(_fault: Fault, asked: Asked) -> Asked:
    if asked.params.get("NextToken") != SAME_TOKEN:
        return asked
    return replace(asked, params={name: value for name, value in asked.params.items() if name != "NextToken"})


def _same_token(_fault: Fault, asked: Asked, reply: Reply) -> Reply:
    if not asked.json or reply.status != 200:
        return reply
    told = json.loads(reply.body)
    if "NextToken" not in told:
        return reply
    return replace(reply, body=json.dumps({**told, "NextToken": SAME_TOKEN}, ensure_ascii=False).encode())


def _count_of_jobs(fault: Fault) -> Fault:
    if not re.fullmatch("[0-9]{1,7}", fault.value) or int(fault.value) > crowd.MOST:
        raise ValueError(f"{fault.value!r} is no number of jobs up to {crowd.MOST:,}")
    return fault


def _crowd(fault: Fault, asked: Asked) -> Reply | None:
    told = None
    if asked.action == "ListSmartJobs":
        told = crowd.listed(int(fault.value), asked)
    elif asked.action == "GetSmartHandleJob":
        told = crowd.found(int(fault.value), asked)
    return None if told is None else rendered(asked, 200, {"RequestId": asked.request_id, **told})


def _slow(fault: Fault, _asked: Asked, reply: Reply) -> Reply:
    return replace(reply, delay=reply.delay + float(fault.value))


def _cut(fault: Fault, _asked: Asked, reply: Reply) -> Reply:
    return replace(reply, cut=cast('Literal["connect", "before", "mid"]', fault.value))


def _never(_fault: Fault, _asked: Asked, reply: Reply) -> Reply:
    return replace(reply, never=True)


FAULTS: dict[str, Kind] = {
    "throttle": Kind("throttle[:TIMES] with after=MS, status=429", check=_count, judged=_throttled),
    "status": Kind("status:CODE with after=MS", "503", _status, front=_failed),
    "xml": Kind("xml[:TIMES]: an error in XML", check=_count, front=_in_xml),
    "html": Kind("html:CODE: a proxy's page", "502", _status, front=_in_html),
    "empty": Kind("empty[:TIMES]: no body; status=CODE", check=_count, front=_empty),
    "garbage": Kind("garbage[:TIMES]: half an answer, then rubbish", check=_count, reply=_garbage),
    "redirect": Kind("redirect:URL", "https://example.com/", _url, front=_redirected),
    "slow": Kind("slow:SECONDS", "3", _seconds, reply=_slow),
    "cut": Kind("cut:connect, cut:before or cut:mid", "before", _place, reply=_cut),
    "never": Kind("never[:TIMES]: no answer at all", check=_count, reply=_never),
    "deny": Kind("deny:ACTION", "", _operation, judged=_denied),
    "expired-token": Kind("expired-token[:TIMES]", check=_count, judged=_expired),
    "nonce": Kind("nonce[:TIMES]: says the nonce was used", check=_count, judged=_used),
    "skew": Kind("skew:MINUTES: the gateway's clock is ahead by so much", "22", _minutes),
    "jobs": Kind("jobs:COUNT: an account of so many smart jobs", "1000", _count_of_jobs, judged=_crowd),
    "same-token": Kind("same-token: the same NextToken for ever", asked=_first_page, reply=_same_token),
}
"""Every fault by its name."""
