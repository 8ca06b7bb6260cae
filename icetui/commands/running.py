"""How every command that asks the service is run."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable

from icetui.commands.output import say
from icetui.session import Session


def run_with(args: argparse.Namespace, body: Callable[[Session], Awaitable[int]]) -> int:
    """Makes the session, finds out who asks, does it, lets go of everything.

    What is wrong with the configuration or the store is said on stderr, and stops nothing.

    Returns:
        What `body` returned: an exit code.

    Raises:
        IcetuiError: of the flags, the credentials or `body`.
    """
    session = Session.of(args)
    said = session.problems
    for problem in said:
        say(f"icetui: {problem}")

    async def whole() -> int:
        try:
            return await body(session)
        finally:
            for problem in session.problems:
                if problem not in said:
                    say(f"icetui: {problem}")
            await session.disconnect()

    try:
        # Before the loop: the keyring may keep us waiting, and Ctrl+C is plain here.
        session.open(waiting=lambda: say("Waiting for the keyring…"))
        for host in session.foreign:
            say(f"icetui: {host} is not a host of Alibaba Cloud: the profile allows it")
        return asyncio.run(whole())
    finally:
        session.close()
