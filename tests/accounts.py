"""Accounts of values for the screens: each names its rows after its key and region, and answers when told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from icetui import settings, vault
from icetui.app import IcetuiApp
from icetui.call import Answer, Call
from icetui.errors import IcetuiError, NotFound
from icetui.flags import Flags
from icetui.session import Clock, Session
from icetui.settings import Profile

PROFILES = {"prod": "LTAI5tAccountOfProd0001", "stage": "LTAI5tAccountOfStage002"}
SECRET = "ExampleSecretOfAnAccount0123456789"


class Account:
    """One key in one region, as a client.

    Attributes:
        wrong: what every call meets instead of an answer.
        gate: calls wait for it; open at first.
        calls: what was asked.
        closed: whether it was closed.
    """

    allowance = 1_000
    stretch = 1.0
    traffic = None

    def __init__(self, key_id: str, region: str, clock: Clock, rows: int = 30) -> None:
        self.label = f"{key_id[-4:]}-{region}"
        self.key_id = key_id
        self.region = region
        self.rows = rows
        self._clock = clock
        self.wrong: IcetuiError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.calls: list[Call] = []
        self.closed = False

    async def send(self, call: Call, *, urgent: bool = False) -> Answer:
        self.calls.append(call)
        await self.gate.wait()
        if self.wrong is not None:
            raise self.wrong
        return Answer(call, self.region, 200, "{}", self._body(call), self._clock(), "R")

    async def close(self) -> None:
        self.closed = True

    def _body(self, call: Call) -> dict[str, Any]:
        match call.action:
            case "ListSmartJobs":
                return {"SmartJobList": [self._row(n) for n in range(self.rows)]}
            case "ListBatchMediaProducingJobs":
                rows = [{**self._row(n), "Status": "Failed"} for n in range(self.rows)]
                return {"EditingBatchJobList": rows}
            case "ListAIJob":
                return {"AIJobList": {"AIJob": []}, "NonExistAIJobIds": {"String": []}}
        raise NotFound("no such job")

    def _row(self, n: int) -> dict[str, str]:
        when = f"2026-11-20T09:{59 - n:02}:00Z"
        return {
            "JobId": f"{self.label}-{n:03}",
            "JobType": "ASR",
            "JobState": "Finished",
            "Title": f"of {self.label}",
            "CreateTime": when,
            "ModifiedTime": when,
        }


class Cloud:
    """All accounts there are; each is made when somebody first asks as it.

    Attributes:
        made: every client, in the order in which they were made.
        held: whether new ones wait before they answer.
        tokens: security tokens and their ends, by profile.
    """

    def __init__(self) -> None:
        self.made: list[Account] = []
        self.held = False
        self.keys = dict(PROFILES)
        self.items: dict[str, dict[str, str]] = {}
        self.wrong: IcetuiError | None = None

    def read(self, name: str, **_: object) -> dict[str, Any] | None:
        """What the keyring holds."""
        if name not in self.keys:
            return None
        return {
            "v": 1,
            "access_key_id": self.keys[name],
            "access_key_secret": SECRET,
            **self.items.get(name, {}),
        }

    def client(self, session: Session) -> Account:
        """In the place of `wire.Client`."""
        identity = session.open()
        made = Account(identity.key.id, identity.region, session.clock)
        made.wrong = self.wrong
        if self.held:
            made.gate.clear()
        self.made.append(made)
        return made

    @property
    def last(self) -> Account:
        return self.made[-1]


def cloud(monkeypatch: pytest.MonkeyPatch, names: Sequence[str] = tuple(PROFILES)) -> Cloud:
    """Profiles in the keyring, the first one the default, and a service that knows them."""
    made = Cloud()
    for name in names:
        settings.save_profile(
            Profile(name, region="cn-shanghai", key_hint=f"LTAI…{PROFILES[name][-4:]}"),
            make_default=name == names[0],
        )
    monkeypatch.setattr(vault, "read", made.read)
    monkeypatch.setattr(Session, "_make_client", lambda session: made.client(session))
    return made


def program(**flags: Any) -> IcetuiApp:
    """The screens on those accounts."""
    from tests import on_screen

    session = Session(Flags(**flags))
    on_screen._sessions.append(session)
    return IcetuiApp(session)
