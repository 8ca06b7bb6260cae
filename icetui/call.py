"""A request and its answer as values: what a family describes and what it reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypeAlias

from icetui.records import record

Json: TypeAlias = Any
"""None, bool, int, float, str, list of Json, dict of str to Json."""

Product: TypeAlias = Literal["ice", "vod", "sts"]


@record
class Call:
    """One operation with its parameters, not yet signed, not yet sent.

    Attributes:
        product: which host and API version it goes to.
        action: operation name, e.g. ``ListSmartJobs``.
        method: the SDK sends ``ListSmartJobs`` by GET, all others by POST with an empty body (api.md 1.0).
        params: query parameters, each name once; an empty value is sent as ``name=``.
    """

    product: Product
    action: str
    method: Literal["GET", "POST"]
    params: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        product: Product,
        action: str,
        method: Literal["GET", "POST"] = "POST",
        /,
        **params: str | int | None,
    ) -> Call:
        """A call with the parameters that are not None, integers written in decimal."""
        given = tuple((name, str(value)) for name, value in params.items() if value is not None)
        return cls(product, action, method, given)

    def get(self, name: str) -> str | None:
        """The value of a parameter, or None where it is not sent."""
        return next((value for key, value in self.params if key == name), None)


@record
class Answer:
    """What the service said to a call, with a status below 300.

    Attributes:
        call: what was asked.
        region: where it was asked, e.g. ``cn-shanghai``.
        status: HTTP status.
        text: the body as it came.
        body: the body parsed; always an object (anything else is `errors.Unreadable`).
        taken: when it arrived, UTC, by our clock.
        request_id: RequestId of the body, stripped, or "".
    """

    call: Call
    region: str
    status: int
    text: str
    body: dict[str, Json]
    taken: datetime
    request_id: str = ""
