"""Credentials: which access key is used, and the words when there is none."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from icetui import credentials, key_forms, vault
from icetui.access_key import AccessKey, Secret
from icetui.call import Json
from icetui.credentials import Identity, resolve
from icetui.errors import BadSetting, HalfKey, IcetuiError, KeyringTrouble, Misuse, NoCredentials
from icetui.key_forms import NoKey, parsed
from icetui.settings import Profile, Settings, config_file, load, save_profile

ID, SECRET, TOKEN = "LTAI5tExampleAccessKeyId", "ExampleSecret0123456789", "CAISExampleToken+/=="
STS_ID = "STS.NUExampleAccessKeyId"
PAIR = {"ALIBABA_CLOUD_ACCESS_KEY_ID": ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET}
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Json]]:
    """A keyring of this test: profile to item."""
    items: dict[str, dict[str, Json]] = {}
    monkeypatch.setattr(vault, "read", lambda profile, *, waiting=None: items.get(profile))
    return items


def item(key_id: str = ID, **more: str) -> dict[str, Json]:
    """What the keyring holds of a key."""
    return {"v": 1, "access_key_id": key_id, "access_key_secret": SECRET, **more}


def settings(*profiles: Profile, default: str = "") -> Settings:
    """Settings with these profiles."""
    return Settings(profiles={profile.name: profile for profile in profiles}, default_profile=default)


def found(
    given: Settings | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    profile: str | None = None,
    region: str | None = None,
    home: Path | None = None,
) -> Identity:
    """What `resolve` finds at 10:00, in an environment of this test."""
    where = {"HOME": str(home or "/nonexistent"), **(environ or {})}
    return resolve(given or Settings(), profile=profile, region=region, environ=where, clock=lambda: NOW)


class TestOrder:
    """The order is always the same, and never falls through to another account."""

    def test_the_profile_asked_for_is_used_even_beside_an_environment_pair(
        self, held: dict[str, dict[str, Json]]
    ) -> None:
        held["stage"] = item("LTAI5tStageStageStage99")
        given = settings(Profile("prod"), Profile("stage"), default="prod")
        for identity in (
            found(given, PAIR, profile="stage"),
            found(given, {**PAIR, "ICETUI_PROFILE": "stage"}),
        ):
            assert (identity.profile, identity.source, identity.key.id) == (
                "stage",
                "keyring",
                "LTAI5tStageStageStage99",
            )

    def test_the_flag_wins_over_the_variable(self, held: dict[str, dict[str, Json]]) -> None:
        held["prod"] = item()
        given = settings(Profile("prod"), Profile("stage"))
        assert found(given, {"ICETUI_PROFILE": "stage"}, profile="prod").profile == "prod"

    def test_nothing_else_is_tried_when_the_profile_asked_for_has_no_key(
        self, held: dict[str, dict[str, Json]]
    ) -> None:
        held["prod"] = item()
        with pytest.raises(NoCredentials, match="no access key for profile stage"):
            found(settings(Profile("prod"), Profile("stage"), default="prod"), PAIR, profile="stage")

    def test_the_environment_pair_overrides_the_default_profile_and_says_so(
        self, held: dict[str, dict[str, Json]]
    ) -> None:
        held["prod"] = item("LTAI5tOtherOtherOther00")
        identity = found(settings(Profile("prod"), default="prod"), PAIR)
        assert identity.key == AccessKey(ID, Secret(SECRET))
        assert identity.line == "env · LTAI…eyId · cn-shanghai"
        assert identity.note == "environment overrides profile prod; use --profile"

    def test_the_environment_alone_has_nothing_to_say(self) -> None:
        identity = found(None, {**PAIR, "ALIBABA_CLOUD_SECURITY_TOKEN": TOKEN})
        assert identity == Identity(AccessKey(ID, Secret(SECRET), Secret(TOKEN)), "env", "", "cn-shanghai")

    def test_the_default_profile_comes_after_the_environment(self, held: dict[str, dict[str, Json]]) -> None:
        held["prod"] = item()
        profile = Profile("prod", region="cn-beijing", network="vpc", allow_custom_endpoint=True)
        identity = found(settings(profile, default="prod"))
        assert identity.line == "prod · keyring · LTAI…eyId · cn-beijing"
        assert (identity.network, identity.allow_custom_endpoint) == ("vpc", True)

    @pytest.mark.parametrize(
        ("environ", "words"),
        [
            ({"ALIBABA_CLOUD_ACCESS_KEY_ID": ID}, "ALIBABA_CLOUD_ACCESS_KEY_SECRET is empty."),
            (
                {"ALIBABA_CLOUD_ACCESS_KEY_ID": ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": " "},
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET is empty.",
            ),
            ({"ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET}, "ALIBABA_CLOUD_ACCESS_KEY_ID is empty."),
            (
                {"ALIBABA_CLOUD_SECURITY_TOKEN": TOKEN},
                "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET are empty.",
            ),
            (
                {**PAIR, "ALIBABA_CLOUD_ACCESS_KEY_ID": STS_ID},
                "ALIBABA_CLOUD_SECURITY_TOKEN is empty.",
            ),
        ],
    )
    def test_half_a_pair_is_an_error_that_names_the_missing_half(
        self, environ: dict[str, str], words: str, held: dict[str, dict[str, Json]]
    ) -> None:
        held["prod"] = item()
        with pytest.raises(HalfKey) as caught:
            found(settings(Profile("prod"), default="prod"), environ)
        assert str(caught.value) == f"{words} Not trying other sources."
        assert caught.value.exit_code == 2

    def test_empty_variables_are_no_pair(self, held: dict[str, dict[str, Json]]) -> None:
        held["prod"] = item()
        environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ""}
        assert found(settings(Profile("prod"), default="prod"), environ).source == "keyring"

    def test_a_key_with_a_line_feed_inside_is_refused_and_not_repeated(self) -> None:
        with pytest.raises(Misuse) as caught:
            found(None, {**PAIR, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "abc\r\nx-acs-evil: 1"})
        assert "evil" not in str(caught.value)

    def test_an_unknown_profile_names_the_known_ones(self) -> None:
        given = settings(Profile("prod"), Profile("stage"), default="prod")
        with pytest.raises(Misuse) as caught:
            found(given, profile="prdo")
        assert str(caught.value) == "No profile 'prdo'. Known: prod, stage."

    @pytest.mark.parametrize(
        ("name", "hint"), [("prod", "`icetui login prod` makes it."), ("", ""), ("../x", "")]
    )
    def test_a_profile_is_offered_to_be_made_where_it_could_be(self, name: str, hint: str) -> None:
        with pytest.raises(Misuse) as caught:
            found(settings(), profile=name)
        assert caught.value.hint == hint

    def test_a_default_profile_that_does_not_exist_is_not_replaced_by_another_account(self) -> None:
        with pytest.raises(Misuse, match="No profile 'prdo'"):
            found(settings(Profile("prod"), default="prdo"))

    def test_profiles_without_a_default_are_not_chosen_from(self) -> None:
        with pytest.raises(NoCredentials) as caught:
            found(settings(Profile("prod"), Profile("stage")))
        assert str(caught.value) == "No default profile. Known: prod, stage."

    def test_a_broken_config_is_not_taken_for_an_empty_one(self, tmp_path: Path) -> None:
        aliyun_config(tmp_path)
        with pytest.raises(BadSetting, match="not TOML"):
            found(Settings(broken="config.toml is not TOML."), home=tmp_path)

    def test_a_broken_config_does_not_stop_the_environment(self) -> None:
        assert found(Settings(broken="config.toml is not TOML."), PAIR).source == "env"

    def test_a_profile_of_the_environment_needs_the_environment(self) -> None:
        given = settings(Profile("ci", "env", region="cn-beijing"), default="ci")
        assert found(given, PAIR, profile="ci").line == "ci · env · LTAI…eyId · cn-beijing"
        with pytest.raises(HalfKey):
            found(given)


class TestRegion:
    """Where is asked: contracts.md, "Command line"."""

    @pytest.mark.parametrize(
        ("flag", "icetui", "profile", "cloud", "expected"),
        [
            ("r1", "r2", "r3", "r4", "r1"),
            (None, "r2", "r3", "r4", "r2"),
            (None, "", "r3", "r4", "r3"),
            (None, None, "", "r4", "r4"),
            (None, None, "", None, "cn-shanghai"),
        ],
    )
    def test_the_order(
        self,
        flag: str | None,
        icetui: str | None,
        profile: str,
        cloud: str | None,
        expected: str,
        held: dict[str, dict[str, Json]],
    ) -> None:
        held["prod"] = item()
        variables = {"ICETUI_REGION": icetui, "ALIBABA_CLOUD_REGION_ID": cloud}
        environ = {name: value for name, value in variables.items() if value is not None}
        given = settings(Profile("prod", region=profile), default="prod")
        assert found(given, environ, region=flag).region == expected


class TestKeyring:
    """What the keyring holds."""

    def test_a_temporary_key_comes_with_its_token_and_its_end(self, held: dict[str, dict[str, Json]]) -> None:
        held["prod"] = item(STS_ID, security_token=TOKEN, expires="2026-11-20T11:00:00Z")
        key = found(settings(Profile("prod"), default="prod")).key
        assert key == AccessKey(
            STS_ID, Secret(SECRET), Secret(TOKEN), datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
        )
        assert parsed(json.dumps(key_forms.item(key))) == key

    def test_a_temporary_key_that_has_run_out_is_not_used(self, held: dict[str, dict[str, Json]]) -> None:
        held["prod"] = item(STS_ID, security_token=TOKEN, expires="2026-11-20T09:00:00Z")
        with pytest.raises(NoCredentials, match="ran out at 2026-11-20 09:00 UTC"):
            found(settings(Profile("prod"), default="prod"))

    def test_an_item_that_is_no_key_is_trouble_and_is_not_repeated(
        self, held: dict[str, dict[str, Json]]
    ) -> None:
        held["prod"] = {"v": 1, "password": SECRET}
        with pytest.raises(KeyringTrouble) as caught:
            found(settings(Profile("prod"), default="prod"))
        assert SECRET not in str(caught.value) + caught.value.hint

    def test_trouble_comes_with_the_other_ways(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        def locked(profile: str, *, waiting: object = None) -> None:
            raise KeyringTrouble("Keyring is locked.")

        aliyun_config(tmp_path)
        monkeypatch.setattr(vault, "read", locked)
        with pytest.raises(KeyringTrouble) as caught:
            found(settings(Profile("prod"), default="prod"), home=tmp_path)
        assert caught.value.hint.startswith(
            "(1) use aliyun profile *default* (2) a command: pass, vault (3) "
        )
        assert caught.value.hint.endswith("Nothing will be written in plain text.")


def aliyun_config(home: Path, current: str = "default", **more: Json) -> Path:
    """``~/.aliyun/config.json`` of some modes."""
    base = {"access_key_id": ID, "access_key_secret": SECRET, "sts_token": "", "region_id": "cn-hangzhou"}
    cached = {"access_key_id": STS_ID, "sts_token": TOKEN, "sts_expiration": int(NOW.timestamp()) + 600}
    profiles = [
        {**base, "name": "default", "mode": "AK", "sts_token": "left over"},
        {**base, "name": "temporary", "mode": "StsToken", "access_key_id": STS_ID, "sts_token": TOKEN},
        {**base, "name": "sso", "mode": "CloudSSO", **cached},
        {**base, "name": "sso-old", "mode": "CloudSSO", **cached, "sts_expiration": int(NOW.timestamp())},
        {**base, "name": "role", "mode": "RamRoleArn"},
        {**base, "name": "ecs", "mode": "EcsRamRole", "access_key_id": "", "access_key_secret": ""},
        "oops",
    ]
    file = home / ".aliyun" / "config.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"current": current, "profiles": profiles, **more}), encoding="utf-8")
    return file


class TestAliyun:
    """Profiles of the aliyun CLI, read only."""

    def test_its_current_profile_is_used_where_there_is_no_other(self, tmp_path: Path) -> None:
        aliyun_config(tmp_path)
        identity = found(home=tmp_path)
        assert identity.line == "default · aliyun · LTAI…eyId · cn-hangzhou"
        assert identity.key == AccessKey(ID, Secret(SECRET))

    def test_a_profile_names_the_aliyun_profile_of_the_same_name(self, tmp_path: Path) -> None:
        aliyun_config(tmp_path)
        given = settings(*(Profile(name, "aliyun") for name in ("temporary", "sso")))
        temporary = found(given, profile="temporary", home=tmp_path)
        assert (temporary.key.token, temporary.region) == (Secret(TOKEN), "cn-hangzhou")
        assert found(given, profile="sso", home=tmp_path).key.expires == datetime(
            2026, 11, 20, 10, 10, tzinfo=UTC
        )

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            (
                "sso-old",
                "The aliyun profile sso-old cannot be used: the temporary key of mode CloudSSO has expired.",
            ),
            ("role", "The aliyun profile role cannot be used: mode RamRoleArn holds no temporary key."),
            ("ecs", "The aliyun profile ecs cannot be used: the access key ID is empty."),
            ("prod", "The aliyun CLI has no profile prod. Known: default, temporary, sso."),
        ],
    )
    def test_one_that_cannot_be_used_says_why(self, name: str, words: str, tmp_path: Path) -> None:
        aliyun_config(tmp_path)
        with pytest.raises(NoCredentials) as caught:
            found(settings(Profile(name, "aliyun")), profile=name, home=tmp_path)
        assert str(caught.value) == words

    @pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"profiles": {}}', b"[" * 9999])
    def test_a_file_that_is_none_is_as_no_file(self, content: bytes, tmp_path: Path) -> None:
        aliyun_config(tmp_path).write_bytes(content)
        with pytest.raises(NoCredentials, match=r"No credentials yet|no keyring"):
            found(home=tmp_path)

    def test_the_file_is_never_written(self, tmp_path: Path) -> None:
        file = aliyun_config(tmp_path)
        before = file.read_bytes(), file.stat().st_mtime_ns, sorted(file.parent.iterdir())
        found(home=tmp_path)
        assert (file.read_bytes(), file.stat().st_mtime_ns, sorted(file.parent.iterdir())) == before


class TestFirstStart:
    """The words for a person who has no access key yet (credentials.md, last table)."""

    def test_on_a_host_with_a_keyring(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(vault, "look", lambda *, limit: "Secret Service")
        with pytest.raises(NoCredentials) as caught:
            found(None, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"})
        assert str(caught.value) == (
            "No credentials yet. `icetui login` stores them in Secret Service; `icetui --demo` needs none."
        )
        assert caught.value.exit_code == 3

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a keyring")
    def test_on_a_server_it_is_said_without_starting_a_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def look(*, limit: float) -> str:
            raise AssertionError("no process was to be started")

        monkeypatch.setattr(vault, "look", look)
        with pytest.raises(NoCredentials) as caught:
            found()
        assert str(caught.value).startswith(
            "This host has no keyring. (1) a command: pass, vault (2) this session only"
        )
        assert str(caught.value).endswith("Nothing will be written in plain text.")

    def test_where_the_keyring_cannot_be_used_it_is_as_if_there_were_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def look(*, limit: float) -> str:
            raise KeyringTrouble("Keyring is locked.")

        monkeypatch.setattr(vault, "look", look)
        with pytest.raises(NoCredentials, match="This host has no keyring"):
            found(None, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"})


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program whose output is up to the test, and a config.toml with a profile that runs it."""
    path = tmp_path / "give key"
    path.write_text("#!/bin/sh\ncat '" + str(tmp_path / "out") + "'\n", encoding="utf-8")
    path.chmod(0o700)
    save_profile(Profile("stage", "command", command=(str(path),)), make_default=True)
    return path


class TestCommand:
    """A program of the person gives the key."""

    @pytest.mark.parametrize(
        "out",
        [
            json.dumps(
                {"mode": "StsToken", "access_key_id": STS_ID, "access_key_secret": SECRET, "sts_token": TOKEN}
            ),
            json.dumps(
                {
                    "RequestId": "x",
                    "Credentials": {
                        "AccessKeyId": STS_ID,
                        "AccessKeySecret": SECRET,
                        "SecurityToken": TOKEN,
                        "Expiration": "2026-11-20T11:00:00Z",
                    },
                }
            ),
            f"# a note\nexport ALIBABA_CLOUD_ACCESS_KEY_ID='{STS_ID}'\r\n"
            f"ALIBABA_CLOUD_ACCESS_KEY_SECRET={SECRET}\n"
            f'ALIBABA_CLOUD_SECURITY_TOKEN = "{TOKEN}"\n',
        ],
    )
    def test_its_output_is_a_key_in_any_of_the_known_forms(
        self, out: str, program: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "out").write_text(out, encoding="utf-8")
        identity = found(load(), os.environ)
        assert (identity.source, identity.key.id, identity.key.secret, identity.key.token) == (
            "command",
            STS_ID,
            Secret(SECRET),
            Secret(TOKEN),
        )

    def test_what_it_prints_is_never_repeated(self, program: Path, tmp_path: Path) -> None:
        (tmp_path / "out").write_text(f'{{"access_key_secret": "{SECRET}", ', encoding="utf-8")
        with pytest.raises(NoCredentials) as caught:
            found(load(), os.environ)
        assert "printed no access key: it is not JSON (line 1)" in str(caught.value)
        assert SECRET not in "".join(map(str, [caught.value, caught.value.hint, caught.value.__context__]))

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            (f"echo {SECRET}; echo {SECRET} >&2; exit 3", "ended with status 3"),
            ("exit 0", "printed no access key: it is empty"),
            (f"echo {SECRET}", "printed no access key: the access key ID is empty"),
        ],
    )
    def test_a_failure_says_how_it_ended_only(self, script: str, words: str, program: Path) -> None:
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        with pytest.raises(NoCredentials, match=words) as caught:
            found(load(), os.environ)
        assert SECRET not in str(caught.value) + caught.value.hint

    def test_a_program_that_is_not_there_says_so(self, program: Path) -> None:
        program.unlink()
        with pytest.raises(NoCredentials, match="cannot be started: No such file"):
            found(load(), os.environ)

    def test_one_that_never_ends_is_stopped(self, program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(credentials, "COMMAND_LIMIT", 0.3)
        program.write_text("#!/bin/sh\nsleep 60 & sleep 60\n", encoding="utf-8")
        with pytest.raises(NoCredentials, match=r"did not end within 0\.3 s"):
            found(load(), os.environ)

    def test_no_shell_reads_its_arguments(self, tmp_path: Path) -> None:
        mark = tmp_path / "ran"
        save_profile(Profile("stage", "command", command=("echo", f"$(touch {mark}); touch {mark}")), True)
        with pytest.raises(NoCredentials, match="printed no access key"):
            found(load(), os.environ)
        assert not mark.exists()

    @pytest.mark.parametrize("what", ["file", "directory"])
    @pytest.mark.parametrize("mode", [0o020, 0o002])
    def test_it_is_not_run_when_others_could_have_written_the_config(
        self, what: str, mode: int, program: Path
    ) -> None:
        target = config_file() if what == "file" else config_file().parent
        target.chmod(target.stat().st_mode | mode)
        with pytest.raises(Misuse, match="others can write"):
            found(load(), os.environ)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
    @pytest.mark.parametrize("what", ["file", "directory"])
    def test_it_is_not_run_when_the_config_is_somebody_elses(self, what: str, program: Path) -> None:
        os.chown(config_file() if what == "file" else config_file().parent, 65534, -1)
        with pytest.raises(Misuse, match="belongs to somebody else"):
            found(load(), os.environ)

    def test_source_command_without_a_command_names_the_key(self) -> None:
        save_profile(Profile("stage", "command"), True)
        with pytest.raises(BadSetting, match=r"profiles\.stage: source is command, but command is missing"):
            found(load(), os.environ)


class TestForms:
    """Texts that are keys, and texts that are not."""

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "  \n",
            "x",
            "{",
            "[]",
            "null",
            '{"access_key_id": "a"}',
            '{"Credentials": []}',
            "{" * 5000,
            "a" * 70_000,
        ],
    )
    def test_what_is_no_key_is_refused(self, text: str) -> None:
        with pytest.raises(NoKey):
            parsed(text)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-11-20T18:00:00+08:00", NOW),
            ("2026-11-20T10:00:00Z", NOW),
            (str(int(NOW.timestamp())), NOW),
            (f"{int(NOW.timestamp())}000", NOW),
            ("2026-11-20T10:00:00", None),
            ("0", None),
            ("soon", None),
            ("9" * 40, None),
        ],
    )
    def test_when_a_key_runs_out(self, text: str, expected: datetime | None) -> None:
        assert key_forms.when(text) == expected


def test_no_error_of_a_source_repeats_a_secret_in_its_chain(held: dict[str, dict[str, Json]]) -> None:
    held["prod"] = item(expires="never", security_token="bad token \n")
    with pytest.raises(IcetuiError) as caught:
        found(settings(Profile("prod"), default="prod"))
    chain: BaseException | None = caught.value
    while chain is not None:
        assert SECRET not in repr(chain)
        assert "bad token" not in repr(chain)
        chain = chain.__cause__ or chain.__context__


def test_importing_credentials_costs_neither_keyring_nor_subprocess_nor_toml() -> None:
    import subprocess

    code = (
        "import sys; before = set(sys.modules); import icetui.credentials;"
        "late = {'keyring', 'subprocess', 'tomllib', 'tomlkit', 'platformdirs', 'httpx'};"
        "print(sorted(late & (set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
