"""An account and a gateway inside this process: no port, no thread, no cloud account.

The account is a media company's in one region: its jobs are a function of the clock, so they go on
while one watches, and two processes agree on them. Light on purpose: importing this costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from icetui.access_key import AccessKey, Secret

Clock = Callable[[], datetime]
"""What time it is: aware, UTC."""

REGION = "cn-shanghai"
"""Where the account's jobs are. Jobs are regional: elsewhere its lists are empty (api.md 3.5)."""

USER_ID = 1847263950182736
"""The account's number: an int in ListSmartJobs, a string in GetSmartHandleJob (api.md 1.8)."""

DEMO_KEY = AccessKey("LTAI5tDemoAccessKeyId01", Secret("DemoAccessKeySecret0123456789Abcd"))
"""A long-lived key of the demo account. It opens nothing but the demo."""

DEMO_STS = AccessKey(
    "STS.NUDemoAccessKeyId01",
    Secret("DemoTemporarySecret0123456789Efgh"),
    Secret("CAISDemoSecurityToken0123456789+/=="),
)
"""A temporary key of the demo account, with its token."""

SEED_RESULTS = {
    "Cover": "5eed0010000000000000000000000001",
    "VideoClip": "5eed0010000000000000000000000002",
    "MusicSegmentDetect": "5eed0010000000000000000000000003",
    "AudioQualityAssessment": "5eed0010000000000000000000000004",
}
"""IProduction jobs whose Result is, unchanged, what QueryIProductionJob's page prints for a function."""

SEED_SPEECH = "******042d5e4db6866f6289d1**tts*"
"""GetSmartHandleJob's TextToSpeech sample: it prints the ID of the ASR sample, so it needs one of its own."""

UNTRUSTED = "0ddba11000000000000000000000e5c0"
"""A smart job whose title and transcript hold what must not reach a terminal as it is."""

MISSING = {"iproduction": "ffffffffffffffffffffffffffffffff", "vod-ai": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"}
"""Followed IDs that the account does not know."""

MEDIA = (
    "3f0a1c5e7b9d42868ac4e60d2b7f9135",
    "7be2d0945f6a4c1b9e83a7d150c2f648",
    "a94c07e1d3b548f2860f5b9c7e2a1d30",
    "c1d85f2e90a74b63b7e4026fd9135a8c",
    "0e6b3a97c4d2415f8b90e7a3f5c1d264",
    "58f7c2b1a0e94d36957d3e8c46b0a2f1",
)
"""Media assets that VOD AI jobs of this account look at: what ListJobInfo can be asked about."""


def now() -> datetime:
    """The real time, UTC."""
    return datetime.now(UTC)


def fixed(iso: str) -> Clock:
    """A clock that stands still.

    Args:
        iso: ISO 8601 with a zone, e.g. ``2026-11-20T10:00:00Z``; without one it is taken as UTC.

    Raises:
        ValueError: not such a time.
    """
    at = datetime.fromisoformat(iso)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return lambda: at


def followed(clock: Clock) -> dict[str, tuple[str, ...]]:
    """IDs that an engineer of this account follows, by family, newest first.

    The families have no listing, so this is all that one sees of them: what ran lately, the samples of
    the documentation, and one ID each that does not exist.
    """
    from icetui.demo.world import World

    world, at = World(), clock()
    return {
        family: (*(record.id for record in world.window(family, at)), missing)
        for family, missing in MISSING.items()
    }
