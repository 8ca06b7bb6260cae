"""``icetui wait`` against a service whose jobs fail, succeed, vanish and throttle, over HTTP on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.loopback import Heard, Server, reply, serving

KEY = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI5tAaaaaaaaaaaaaaaa", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "x" * 30}
Turn = str | tuple[int, str]
"""A state word of a smart job, or a status with the code of a refusal."""


def smart(job_id: str, state: str) -> bytes:
    """A GetSmartHandleJob answer."""
    error = {"ErrorCode": "AsrError", "ErrorMessage": "no speech"} if state == "Failed" else {}
    return json.dumps(
        {
            "RequestId": "R-1",
            "JobId": job_id,
            "State": state,
            "SmartJobInfo": {
                "JobType": "ASR",
                "Title": "talk",
                "CreateTime": "2026-11-20T10:00:00Z",
            },
            **error,
        }
    ).encode()


def scripted(plays: dict[str, Sequence[Turn]]) -> Callable[[Heard], bytes]:
    """A service that knows smart jobs; each time it is asked for one it says its next line, then the last."""
    asked = dict.fromkeys(plays, 0)

    def say(heard: Heard) -> bytes:
        job_id = parse_qs(urlsplit(heard.line.split(b" ")[1].decode()).query).get("JobId", [""])[0]
        play = plays.get(job_id)
        if heard.headers.get("x-acs-action") != "GetSmartHandleJob" or play is None:
            return refusal(404, "JobNotFound")
        turn = play[min(asked[job_id], len(play) - 1)]
        asked[job_id] += 1
        return reply(body=smart(job_id, turn)) if isinstance(turn, str) else refusal(*turn)

    return say


def refusal(status: int, code: str) -> bytes:
    """A refusal as the service sends it."""
    body = {"RequestId": "R-2", "Code": code, "Message": "no", "HostId": "ice"}
    return reply(status, json.dumps(body).encode())


class Waited:
    """What one run printed, and how it ended."""

    def __init__(self, code: int, out: str, err: str, calls: int) -> None:
        self.code = code
        self.out = out
        self.err = err
        self.calls = calls
        self.lines = [line.split("  ", 1)[1] for line in err.splitlines() if "Z  smart" in line]


async def server_heard(server: Server) -> None:
    """Returns once a request has come."""
    while not server.heard:  # noqa: ASYNC110  # the server says nothing of it
        await asyncio.sleep(0.01)


async def wait(*words: str, interrupt: bool = False, **plays: Sequence[Turn]) -> Waited:
    """Runs the command in a process of its own, asking once a second."""
    async with serving(scripted(plays)) as server:
        argv = [sys.executable, "-m", "icetui", "wait", *words, "--interval", "1"]
        process = await asyncio.create_subprocess_exec(
            *argv, "--ice-endpoint", server.url, "--vod-endpoint", server.url,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **KEY},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip
        if interrupt:
            await server_heard(server)
            process.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode is not None
        return Waited(process.returncode, out.decode(), err.decode(), len(server.heard))


async def test_a_job_that_ends_well_is_0_with_a_line_for_each_change() -> None:
    told = await wait("smart", "a", "--output", "json", a=["Created", "Executing", "Executing", "Finished"])
    assert told.code == 0
    assert told.lines == [
        "smart  a  waiting (Created)",
        "smart  a  running (Executing)",
        "smart  a  done (Finished)",
    ]
    (job,) = json.loads(told.out)
    assert (job["id"], job["state"], job["state_word"]) == ("a", "done", "Finished")
    assert told.calls == 4


async def test_a_job_that_fails_is_1_with_its_reason() -> None:
    told = await wait("smart", "a", "b", "--output", "tsv", a=["Executing", "Failed"], b=["Finished"])
    assert told.code == 1
    assert told.lines[-1] == "smart  a  failed  AsrError no speech"
    assert [line.split("\t")[1] for line in told.out.splitlines()[1:]] == ["a", "b"]
    # One that has ended is not asked for again.
    assert told.calls == 3


async def test_a_job_that_vanishes_is_1() -> None:
    told = await wait("smart", "a", a=["Executing", (404, "JobNotFound")])
    assert told.code == 1
    assert told.lines[-1].startswith("smart  a  missing")


async def test_one_that_is_throttled_is_waited_for() -> None:
    told = await wait("smart", "a", a=["Executing", (400, "Throttling.User"), "Finished"])
    assert told.code == 0
    assert told.lines[-1] == "smart  a  done (Finished)"


async def test_a_service_in_trouble_is_asked_again() -> None:
    told = await wait("smart", "a", a=[*[(503, "ServiceUnavailable")] * 4, "Finished"])
    assert told.code == 0
    assert "asking again" in told.err


async def test_a_refusal_ends_it_with_3() -> None:
    told = await wait("smart", "a", a=["Executing", (403, "Forbidden.RAM")])
    assert told.code == 3
    assert "Forbidden.RAM" in told.err


@pytest.mark.parametrize(("seconds", "calls"), [("0", 1), ("1.5", 2)])
async def test_time_that_runs_out_is_124_and_what_is_known_is_printed(seconds: str, calls: int) -> None:
    told = await wait(
        "smart", "a", "b", "--timeout", seconds, "--output", "json", a=["Executing"], b=["Finished"]
    )
    assert told.code == 124
    assert [job["state"] for job in json.loads(told.out)] == ["running", "done"]
    assert f"Time ran out after {seconds} s; not ended: a\n" in told.err
    assert told.calls <= calls + 1


async def test_any_ends_with_the_first() -> None:
    told = await wait("smart", "a", "b", "--any", a=["Executing"], b=["Executing", "Finished"])
    assert told.code == 0
    assert told.lines[-1] == "smart  b  done (Finished)"


async def test_without_a_family_it_is_found_and_an_unknown_id_is_said() -> None:
    told = await wait("a", "zz", a=["Finished"])
    assert told.code == 1
    assert told.lines == ["smart  a  done (Finished)"]
    assert "zz" in told.err


async def test_ctrl_c_is_130() -> None:
    told = await wait("smart", "a", interrupt=True, a=["Executing"])
    assert told.code == 130
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Which jobs?"),
        (["smart"], "Which jobs?"),
        (["a", "--timeout", "soon"], "'soon' is no number of seconds"),
        (["a", "--interval", "0.1"], "once a second at most"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_wrong_use_is_2(words: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "icetui", "wait", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr
