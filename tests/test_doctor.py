"""``icetui doctor``: what it finds under each fault, its exit code, and that it tells no secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from icetui import checkup, cli
from icetui.call import Answer, Call
from icetui.checkup import Keyring, Verified, proxy_for, troubled, verified
from icetui.commands import doctor
from icetui.credentials import Source
from icetui.demo import DEMO_KEY
from icetui.endpoints import endpoints
from icetui.errors import (
    BadCredentials,
    Denied,
    HalfKey,
    IcetuiError,
    KeyringTrouble,
    NotFound,
    TimedOut,
    Unreachable,
)
from icetui.families import FAMILIES
from tests.served import served

NAMES = [family.name for family in FAMILIES]
SECRET = DEMO_KEY.secret.reveal()


def examined(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, list[str], str]:
    """Exit code, the lines of stdout, stderr."""
    code = cli.main(["doctor", *argv])
    told = capsys.readouterr()
    return code, told.out.splitlines(), told.err


def test_where_all_is_well_ten_lines_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, words = examined(capsys, "--demo")
    assert code == 0
    assert [line.split()[0] for line in lines[:6]] == ["source", "keyring", "key", "asks", "proxy", "clock"]
    assert [line.split()[0] for line in lines[6:]] == NAMES
    assert all(" ok: " in line and "RequestId " in line for line in lines[6:])
    assert lines[2].split(maxsplit=1)[1] == f"{DEMO_KEY.hint}, long-lived"
    assert "cn-shanghai: ice.cn-shanghai.aliyuncs.com, vod.cn-shanghai.aliyuncs.com" in lines[3]
    assert not words


@pytest.mark.parametrize(
    ("faults", "code", "where", "line", "hint"),
    [
        (
            ["deny:QueryIProductionJob"],
            3,
            8,
            "refused: QueryIProductionJob, HTTP 403, NoPermission, RequestId ",
            "AliyunICEReadOnlyAccess lacks ice:Query*.",
        ),
        (["skew:22"], 3, 5, "22 min behind the server's: more than 15 min", "Clock differs from the server"),
        (["cut:connect"], 4, 6, "could not ask: ListSmartJobs, Unreachable", "vod.cn-shanghai.aliyuncs.com"),
        (["html:404"], 4, 9, "could not ask: ListAIJob, HTTP 404, Unreadable", "A proxy or another server"),
        (["expired-token"], 3, 7, "InvalidSecurityToken.Expired, RequestId ", "has run out"),
        (["deny:ListSmartJobs", "cut:connect,action=ListAIJob"], 3, 9, "could not ask: ", "is denied"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_code_and_the_next_step(
    faults: list[str], code: int, where: int, line: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [word for fault in faults for word in ("--fault", fault)]
    got, lines, words = examined(capsys, "--demo", "--clock", "2026-11-20T10:00:00Z", *flags)
    assert (got, len(lines)) == (code, 10)
    assert line in lines[where]
    assert hint in words
    # The same once, however many families meet it.
    assert words.count(hint) == 1


@pytest.mark.parametrize(
    ("environ", "code", "words"),
    [
        ({}, 3, "This host has no keyring."),
        ({"ALIBABA_CLOUD_ACCESS_KEY_ID": DEMO_KEY.id}, 2, "ALIBABA_CLOUD_ACCESS_KEY_SECRET is empty."),
        ({"ICETUI_PROFILE": "prdo"}, 2, "No profile 'prdo'"),
    ],
)
def test_without_a_key_the_lines_say_why_and_nobody_is_asked(
    environ: dict[str, str],
    code: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    got, lines, said = examined(capsys)
    assert got == code
    assert len(lines) == 10
    assert words in lines[2]
    assert words in said
    assert all(line.endswith("not asked") for line in lines[6:])


def test_a_wrong_secret_is_found_over_the_line_and_neither_is_told() -> None:
    with served() as gateway:
        wrong = {"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "WrongSecretWrongSecret0123"}
        right, mistaken = gateway.run("doctor"), gateway.run("doctor", "--output", "json", environ=wrong)
        said = gateway.run("doctor", environ=wrong)
    assert right.returncode == 0
    assert "source      env (the environment comes before any default)" in right.stdout
    assert gateway.url in right.stdout
    assert mistaken.returncode == said.returncode == 3
    found = json.loads(mistaken.stdout)
    assert [call["error"]["code"] for call in found["calls"]] == ["SignatureDoesNotMatch"] * 4
    assert all(call["request_id"] and call["outcome"] == "refused" for call in found["calls"])
    assert "the secret does not belong to LTAI…Id01" in said.stderr
    for text in (right.stdout, right.stderr, mistaken.stdout, mistaken.stderr, said.stdout, said.stderr):
        assert gateway.secret not in text
        assert gateway.key_id not in text
        assert "WrongSecret" not in text


def test_json_tells_the_same_as_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = examined(capsys, "--demo", "--output", "json", "--fault", "deny:ListSmartJobs")
    found = json.loads("\n".join(lines))
    assert code == found["exit_code"] == 3
    assert found["key"] == {"hint": DEMO_KEY.hint, "temporary": False, "expires": None}
    assert found["endpoints"]["ice"] == "https://ice.cn-shanghai.aliyuncs.com"
    assert [call["family"] for call in found["calls"]] == NAMES
    assert [call["outcome"] for call in found["calls"]] == ["refused", "ok", "ok", "ok"]
    assert found["calls"][0]["error"]["code"] == "NoPermission"
    assert found["trouble"] is None
    assert SECRET not in "\n".join(lines)


def test_a_keyring_in_trouble_is_not_asked_twice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from icetui import vault
    from icetui.settings import Profile, save_profile

    def locked(name: str, **_: object) -> None:
        raise KeyringTrouble("Keyring is locked.", kind="locked", hint="Unlock: so.")

    save_profile(Profile("prod", key_hint="LTAI…9QeF"), make_default=True)
    monkeypatch.setattr(vault, "read", locked)
    monkeypatch.setattr(vault, "look", lambda **_: pytest.fail("asked again"))
    code, lines, words = examined(capsys)
    assert code == 3
    assert lines[0].split(maxsplit=1)[1] == "prod (default_profile)"
    assert lines[1].split(maxsplit=1)[1] == "locked: Keyring is locked."
    assert "Unlock: so." in words


@pytest.mark.parametrize(
    ("proxies", "ice", "told"),
    [
        ({}, None, ""),
        ({"https": "http://user:pass@proxy.corp:3128/"}, None, "proxy.corp:3128"),
        ({"all": "socks5://proxy.corp"}, None, "proxy.corp"),
        ({"https": "proxy.corp:8080"}, None, "proxy.corp:8080"),
        ({"http": "http://proxy.corp:3128"}, None, ""),
        ({"https": "http://proxy.corp:99999"}, None, "a URL that cannot be used"),
        ({"http": "http://proxy.corp:3128"}, "http://127.0.0.1:8080", ""),
    ],
)
def test_a_proxy_is_told_without_its_password(proxies: dict[str, str], ice: str | None, told: str) -> None:
    where = endpoints("cn-shanghai", ice=ice, vod=ice)
    assert proxy_for(where, proxies, lambda _: False) == told


def test_a_host_that_is_asked_directly_has_no_proxy() -> None:
    proxies = {"https": "http://proxy.corp:3128"}
    assert proxy_for(endpoints("cn-shanghai"), proxies, lambda host: host.endswith("aliyuncs.com")) == ""


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("locked", "locked"),
        ("keychain", "locked"),
        ("none", "none"),
        ("null", "refused"),
        ("refused", "refused"),
        ("silent", "silent"),
        ("misconfigured", "failed"),
        ("died", "failed"),
    ],
)
def test_each_trouble_of_a_keyring_is_a_state(kind: str, state: str) -> None:
    assert troubled(KeyringTrouble("words", kind=kind)).state == state


class Answering:
    """A service that says one thing to each action."""

    def __init__(self, wrong: dict[str, IcetuiError]) -> None:
        self.wrong = wrong
        self.calls: list[Call] = []

    async def send(self, call: Call, *, urgent: bool = False) -> Answer:
        self.calls.append(call)
        if call.action in self.wrong:
            raise self.wrong[call.action]
        return Answer(call, "cn-shanghai", 200, "{}", {}, datetime.now(UTC), "R-1")


async def test_a_job_that_is_not_there_proves_that_the_key_may_ask() -> None:
    service = Answering(
        {"QueryIProductionJob": NotFound("unknown", request_id="R-2"), "ListAIJob": Denied("no")}
    )
    calls = await verified(service)
    assert [call.error is None for call in calls] == [True, True, True, False]
    assert calls[2].request_id == "R-2"
    assert {call.get("PageSize") or call.get("MaxResults") for call in service.calls[:2]} == {"1"}


@pytest.mark.parametrize(
    ("trouble", "errors", "code"),
    [
        (None, [], 0),
        (None, [TimedOut("late")], 4),
        (None, [Unreachable("gone"), Denied("no")], 3),
        (None, [BadCredentials("who")], 3),
        (HalfKey("half"), [], 2),
        (KeyringTrouble("locked"), [], 3),
    ],
)
def test_the_exit_code_is_that_of_what_is_wrong(
    trouble: IcetuiError | None, errors: list[IcetuiError], code: int
) -> None:
    calls = tuple(Verified("smart", "ListSmartJobs", 1, error=error) for error in errors)
    found = checkup.Checkup(
        source=Source("none"),
        trouble=trouble,
        identity=None,
        keyring=Keyring(),
        region="cn-shanghai",
        endpoints=None,
        proxy="",
        skew=timedelta(0),
        calls=calls,
        now=datetime.now(UTC),
    )
    assert found.exit_code == code
    assert doctor.as_json(found)["exit_code"] == code
