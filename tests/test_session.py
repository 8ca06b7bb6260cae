"""One run of the program: what it knows before it asks, and what it does not do before somebody wants it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from icetui.errors import HalfKey, Misuse
from icetui.flags import Flags
from icetui.session import Session
from icetui.settings import Profile, save_profile

CLOCK = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DEMO = Flags(demo=True, clock=CLOCK)
KEY = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI5tExampleKeyId01", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s" * 30}


def test_a_session_touches_nothing_before_it_is_opened() -> None:
    session = Session(Flags(region="cn-beijing"), environ={})
    assert not session.opened
    assert session.region == "cn-beijing"
    assert session.who() == ("", "", "", "cn-beijing")
    assert not Path(os.environ["ICETUI_STATE_DIR"]).exists()


def test_opening_tells_whose_key_it_is_by_its_hint() -> None:
    session = Session(Flags(), environ=KEY)
    session.open()
    assert session.who() == ("", "env", "LTAI…Id01", "cn-shanghai")
    assert "s" * 30 not in repr(session.identity)


def test_half_a_key_is_an_error_when_opened_and_not_before() -> None:
    session = Session(Flags(), environ={"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI5tExampleKeyId01"})
    with pytest.raises(HalfKey):
        session.open()
    assert not session.opened


@pytest.mark.parametrize(
    ("flags", "environ", "region"),
    [
        (Flags(), {}, "cn-shanghai"),
        (Flags(), {"ALIBABA_CLOUD_REGION_ID": "us-west-1"}, "us-west-1"),
        (Flags(), {"ALIBABA_CLOUD_REGION_ID": "us-west-1", "ICETUI_REGION": "cn-beijing"}, "cn-beijing"),
        (Flags(region="cn-hangzhou"), {"ICETUI_REGION": "cn-beijing"}, "cn-hangzhou"),
    ],
)
def test_the_region_is_the_same_before_and_after_opening(
    flags: Flags, environ: dict[str, str], region: str
) -> None:
    session = Session(flags, environ=KEY | environ)
    assert session.region == region
    session.open()
    assert session.region == region


def test_a_host_that_is_not_allowed_is_refused_when_opening() -> None:
    session = Session(Flags(ice_endpoint="https://ice.example.com"), environ=KEY)
    with pytest.raises(Misuse):
        session.open()


def test_there_is_one_lasting_feed_for_each_family() -> None:
    session = Session(DEMO, environ={})
    assert list(session.feeds) == ["smart", "batch", "iproduction", "vod-ai"]
    assert session.feeds["batch"] is session.feeds["batch"]
    assert session.feed("batch") is not session.feeds["batch"]
    with pytest.raises(KeyError):
        session.feeds["nonsense"]
    session.close()


def test_the_demo_follows_its_jobs_at_each_moment_apart() -> None:
    session = Session(DEMO, environ={})
    now = session.store.followed(session.scope, "iproduction")
    assert len(now) > 40
    later = Session(Flags(demo=True, clock=CLOCK.replace(day=25)), environ={})
    assert set(later.store.followed(later.scope, "iproduction")) != set(now)
    assert session.store.followed(session.scope, "iproduction") == now
    session.close()
    later.close()


def test_the_demos_rows_are_not_those_of_an_account() -> None:
    demo, own = Session(DEMO, environ={}), Session(Flags(), environ=KEY)
    demo.store.follow(demo.scope, "iproduction", ["aaa111"])
    assert own.store.followed(own.scope, "iproduction") == ()
    demo.close()
    own.close()


def test_flags_of_a_session_give_the_same_session_again() -> None:
    flags = Flags(demo=True, clock=CLOCK, region="cn-beijing", faults=("slow:1",))
    session = Session(flags, environ={})
    assert session.flags() == (
        "--demo",
        "--clock",
        "2026-11-20T10:00:00Z",
        "--fault",
        "slow:1",
        "--region",
        "cn-beijing",
    )
    session.close()


def test_a_region_out_of_the_environment_is_named_in_the_flags() -> None:
    session = Session(Flags(profile="prod"), environ={"ICETUI_REGION": "cn-beijing"})
    assert session.flags() == ("--profile", "prod", "--region", "cn-beijing")


@pytest.mark.parametrize("name", ["SSH_CONNECTION", "TMUX", "STY"])
def test_the_mouse_starts_off_where_it_does_harm(name: str) -> None:
    assert Session(DEMO, environ={}).mouse
    assert not Session(DEMO, environ={name: "x"}).mouse


def test_no_color_is_asked_for_by_flag_or_environment() -> None:
    assert Session(DEMO, environ={}).color
    assert not Session(DEMO, environ={"NO_COLOR": "1"}).color
    assert not Session(Flags(demo=True, no_color=True), environ={}).color


def test_a_log_that_cannot_be_written_is_misuse_at_once(tmp_path: Path) -> None:
    with pytest.raises(Misuse):
        Session(Flags(log=tmp_path / "no" / "such" / "folder"))


async def test_a_session_disconnects_and_connects_again() -> None:
    session = Session(DEMO, environ={})
    first = session.client
    await session.disconnect()
    await session.disconnect()
    assert session.client is not first
    await session.disconnect()
    session.close()


@pytest.mark.skipif(sys.platform != "linux", reason="core dumps are closed to others in Linux's way")
def test_a_process_that_holds_a_secret_leaves_no_core_and_cannot_be_looked_into() -> None:
    code = """
import ctypes, json, os, resource
from icetui.flags import Flags
from icetui.session import Session
told = []
for environ in ({}, dict(os.environ)):
    session = Session(Flags(demo=not environ), environ=environ)
    session.open()
    told.append([resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)])
print(json.dumps(told))
"""
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=os.environ | KEY,
    )
    demo, own = json.loads(found.stdout)
    assert demo[1] == 1
    assert own == [0, 0]


async def test_rows_of_the_last_session_need_no_client() -> None:
    session = Session(DEMO)
    feed = session.feeds["smart"]
    feed.remembered()
    assert not session.connected
    snapshot = await feed.refresh()
    assert session.connected
    assert len(snapshot.jobs) == 50
    assert session.feeds["batch"].remembered().jobs == ()
    await session.disconnect()
    assert not session.connected


def test_a_foreign_host_is_named_for_as_long_as_it_is_asked() -> None:
    save_profile(Profile("lab", "env", allow_custom_endpoint=True), make_default=True)
    session = Session(Flags(profile="lab", ice_endpoint="https://gw.example.com"), environ=KEY)
    assert session.banner() == ""
    session.open()
    assert session.banner() == "asks gw.example.com"
    assert session.notes == ("gw.example.com is not a host of Alibaba Cloud: the profile allows it",)
    session.close()
    own = Session(Flags(), environ=KEY)
    own.open()
    assert own.banner() == ""
    assert own.notes == ("environment overrides profile lab; use --profile",)
    own.close()


def test_a_place_whose_source_is_gone_is_not_offered() -> None:
    session = Session(Flags(), environ=KEY)
    session.open()
    session.visit()
    assert [region for _, region in session.visited()] == [session.region]
    session.close()
    without = Session(Flags(), environ={})
    assert without.visited() == []
    without.close()
