"""Time from start to first rows in each state of the keyring: `python -m tests.benchmarks.keyring_states`.

The key is the environment's and the service the demo's on loopback, so that the rows wait for nothing else;
one round of each state in turn, so that a busy moment is shared. The last state's key comes from a keyring.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from icetui import settings, vault
from icetui.credentials import KEY_ID, KEY_SECRET
from tests.benchmarks.place import Home
from tests.benchmarks.probe import Probe
from tests.secret_service import Bus, silent
from tests.served import ServedGateway, served

REAL = {"PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"}
STATES = ("no bus", "open", "locked", "daemon killed", "never answers", "null backend", "key in the keyring")


@contextmanager
def bus(change: Callable[[Bus], None]) -> Iterator[dict[str, str]]:
    """A real Secret Service in some state."""
    folder = Path(tempfile.mkdtemp(prefix="bus"))
    made = Bus(folder, activates=False)
    try:
        change(made)
        yield {**made.environ, **REAL}
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)


def locked(made: Bus) -> None:
    """Made, then closed."""
    made.unlocked()
    made.relocked()


def killed(made: Bus) -> None:
    """The bus without its daemon."""
    made.unlocked()
    made.ended()


def kept(gateway: ServedGateway, home: Path) -> Callable[[Bus], None]:
    """The key is in the keyring, and a profile names it."""

    def keep(made: Bus) -> None:
        made.unlocked()
        before = dict(os.environ)
        os.environ.update({**made.environ, **REAL, "ICETUI_CONFIG_DIR": str(home / "profiles")})
        vault.write("prod", {"access_key_id": gateway.key_id, "access_key_secret": gateway.secret})
        settings.save_profile(settings.Profile("prod"), make_default=True)
        os.environ.clear()
        os.environ.update(before)

    return keep


def main() -> None:
    """Measures, then prints medians."""
    given = argparse.ArgumentParser(prog="python -m tests.benchmarks.keyring_states", description=__doc__)
    given.add_argument("--rounds", type=int, default=9, help="how often each state is measured (9)")
    rounds = max(3, given.parse_args().rounds)
    times: dict[str, dict[str, list[float]]] = {state: defaultdict(list) for state in STATES}
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        gateway = stack.enter_context(served())
        argv = [sys.executable, "-m", "icetui", "--ice-endpoint", gateway.url, "--vod-endpoint", gateway.url]
        base = dict(Home(home).env)
        for name in (
            KEY_ID,
            KEY_SECRET,
            "DBUS_SESSION_BUS_ADDRESS",
            "XDG_RUNTIME_DIR",
            "DISPLAY",
            "WAYLAND_DISPLAY",
        ):
            base.pop(name, None)
        key = {KEY_ID: gateway.key_id, KEY_SECRET: gateway.secret}
        profile = {"ICETUI_CONFIG_DIR": str(home / "profiles")}
        envs = {
            "no bus": {**base, **key},
            "open": {**base, **stack.enter_context(bus(Bus.unlocked)), **key},
            "locked": {**base, **stack.enter_context(bus(locked)), **key},
            "daemon killed": {**base, **stack.enter_context(bus(killed)), **key},
            "never answers": {
                **base,
                **key,
                **REAL,
                "DBUS_SESSION_BUS_ADDRESS": stack.enter_context(silent(home / "bus")),
            },
            "null backend": {**base, **key, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
            "key in the keyring": {**base, **stack.enter_context(bus(kept(gateway, home))), **profile},
        }
        for n in range(rounds + 1):
            print(f"\rround {n}/{rounds} ", end="", file=sys.stderr, flush=True)
            for state in STATES:
                with Probe(argv, envs[state]) as program:
                    frame = program.since_start("JobType")
                    rows = program.since_start("live, every")
                    program.quit()
                if n:  # what is compiled and kept by the first round is there from now on
                    times[state]["frame"].append(frame)
                    times[state]["rows"].append(rows)
    print("\r            \r", end="", file=sys.stderr, flush=True)
    print(f"{'ms from exec, medians':<24}{'first frame':>12}{'live rows':>12}")
    for state in STATES:
        print(f"{state:<24}{median(times[state]['frame']):>12.0f}{median(times[state]['rows']):>12.0f}")


if __name__ == "__main__":
    main()
