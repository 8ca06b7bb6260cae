"""ACS3 signatures: the recorded vectors, the official one, and the official SDK as referee."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui.access_key import AccessKey, Secret
from icetui.errors import BadCredentials, Misuse
from icetui.signing import ACS3, authorization, canonical_query, canonical_request, new_nonce, string_to_sign

ANSWERS = Path(__file__).parent / "answers"
NOW = datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)
NONCE = "0123456789abcdef0123456789abcdef"
SECRET = "ExampleAccessKeySecret0123456789ab"
KEY = AccessKey("LTAI5tExampleAccessKeyId", Secret(SECRET))
STS = AccessKey("STS.NUExampleAccessKeyId", Secret(SECRET), Secret("CAISExampleSecurityToken+/=="))
EMPTY_BODY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def vectors(name: str) -> list[Any]:
    """The signed cases of a file; one has a bearer token instead, others record endpoints."""
    cases = json.loads((ANSWERS / f"signing_{name}.json").read_text("utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases if "authorization" in case]


def signed(request: httpx.Request, key: AccessKey, now: datetime = NOW, nonce: str = NONCE) -> httpx.Request:
    """The request after one pass through the auth flow, without any network."""
    return next(ACS3(key, clock=lambda: now, nonce=lambda: nonce).sync_auth_flow(request))


def request_of(method: str, host: str, query: str, headers: dict[str, str]) -> httpx.Request:
    url = httpx.URL(f"https://{host}").copy_with(query=query.encode() or None)
    return httpx.Request(method, url, headers=headers)


def key_of(case: dict[str, Any]) -> AccessKey:
    """The key of a minimal vector, or of an SDK vector (which has it in its headers only)."""
    if "access_key_id" in case:
        token = case["security_token"]
        return AccessKey(
            case["access_key_id"], Secret(case["access_key_secret"]), Secret(token) if token else None
        )
    return STS if "x-acs-security-token" in case["final_headers"] else KEY


def test_all_vectors_are_here() -> None:
    assert len(vectors("minimal_headers")) == 5
    assert len(vectors("sdk_full_headers")) == 4


@pytest.mark.parametrize("case", vectors("minimal_headers"))
def test_the_texts_on_the_way_to_a_signature_are_those_of_the_minimal_vectors(case: dict[str, Any]) -> None:
    query = canonical_query(case["query"].items())
    canonical, _ = canonical_request(case["method"], query, case["headers"], EMPTY_BODY)
    assert canonical == case["canonical_request"]
    assert string_to_sign(canonical) == case["string_to_sign"]
    assert (
        authorization(key_of(case), case["method"], query, case["headers"], EMPTY_BODY)
        == case["authorization"]
    )


@pytest.mark.parametrize("case", vectors("minimal_headers"))
def test_a_request_is_signed_as_in_the_minimal_vectors(case: dict[str, Any]) -> None:
    ours = {"x-acs-action": case["action"], "x-acs-version": case["version"]}
    request = signed(
        request_of(case["method"], case["host"], canonical_query(case["query"].items()), ours), key_of(case)
    )
    assert request.headers["authorization"] == case["authorization"]
    assert {name: request.headers[name] for name in case["headers"]} == case["headers"]


@pytest.mark.parametrize("case", vectors("sdk_full_headers"))
def test_a_request_with_the_sdk_s_headers_is_signed_as_the_sdk_signs_it(case: dict[str, Any]) -> None:
    given = {
        name: case["headers"][name]
        for name in ("accept", "user-agent", "x-acs-action", "x-acs-version", "x-acs-credentials-provider")
    }
    query = canonical_query(case["query"].items())
    assert query == case["canonical_query"]
    request = signed(request_of(case["method"], case["headers"]["host"], query, given), key_of(case))
    assert request.headers["authorization"] == case["authorization"]
    sent = {name.lower(): value for name, value in case["final_headers"].items()}
    assert {name: request.headers[name] for name in sent} == sent


def test_the_official_vector_is_reproduced() -> None:
    query = canonical_query(
        {
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        }.items()
    )
    request = request_of(
        "POST",
        "ecs.cn-shanghai.aliyuncs.com",
        query,
        {"x-acs-action": "RunInstances", "x-acs-version": "2014-05-26"},
    )
    key = AccessKey("YourAccessKeyId", Secret("YourAccessKeySecret"))
    when = datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC)
    header = signed(request, key, when, "3156853299f313e23d1673dc12e1703d").headers["authorization"]
    assert header == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


# Names are plain ASCII in every operation: the SDK does not encode them at all (api.md 3.2).
names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.", min_size=1, max_size=12)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text(
    " +*~%/?#&='\"():,;<>\\\n智é", max_size=20
)
values = texts | st.none() | st.integers().map(str)
header_words = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20)


@settings(max_examples=150, deadline=None)
@given(
    params=st.dictionaries(names, values, max_size=6),
    method=st.sampled_from(["GET", "POST"]),
    host=st.sampled_from(
        ["ice.cn-shanghai.aliyuncs.com", "127.0.0.1:8099", "vod-vpc.cn-beijing.aliyuncs.com"]
    ),
    secret=texts.filter(bool),
    token=st.none() | st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60),
    agent=header_words,
    more=st.dictionaries(st.from_regex(r"x-acs-[a-z]{1,8}", fullmatch=True), header_words, max_size=3),
)
def test_whatever_the_parameters_the_official_sdk_signs_the_same(
    params: dict[str, str | None],
    method: str,
    host: str,
    secret: str,
    token: str | None,
    agent: str,
    more: dict[str, str],
) -> None:
    from alibabacloud_tea_openapi.utils import Utils

    key = AccessKey("LTAI5tExampleAccessKeyId", Secret(secret), Secret(token) if token else None)
    given_headers = {"accept": "application/json", "user-agent": agent, **more, "x-acs-action": "Any"}
    query = canonical_query(params.items())
    request = signed(request_of(method, host, query, given_headers), key)

    # As `do_request` of the SDK does it: the request's own maps, and the hash of an empty body.
    theirs = SimpleNamespace(
        method=method,
        pathname="/",
        query=Utils.query(params),
        headers={"host": host, **given_headers}
        | {
            name: request.headers[name]
            for name in ("x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256")
        }
        | ({"x-acs-accesskey-id": key.id, "x-acs-security-token": token} if token else {}),
    )
    expected = Utils.get_authorization(theirs, "ACS3-HMAC-SHA256", EMPTY_BODY, key.id, secret)
    assert request.headers["authorization"] == expected
    # What is sent is what was signed, byte for byte, and reads back as what was asked.
    assert request.url.query == query.encode()
    assert request.url.raw_path == (f"/?{query}" if query else "/").encode()
    read_back = dict(parse_qsl(query, keep_blank_values=True))
    assert read_back == {name: value for name, value in params.items() if value is not None}


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ([], ""),
        ([("NextToken", "")], "NextToken="),
        ([("NextToken", None)], ""),
        ([("b", "1"), ("a", "2"), ("B", "3")], "B=3&a=2&b=1"),
        ([("a", " +*/:,~-_.")], "a=%20%2B%2A%2F%3A%2C~-_."),
        ([("a", "智")], "a=%E6%99%BA"),
        ([("a", "%20")], "a=%2520"),
        ([("a b", "&=")], "a%20b=%26%3D"),
    ],
)
def test_a_canonical_query_is(params: list[tuple[str, str | None]], query: str) -> None:
    assert canonical_query(params) == query


def test_a_value_that_is_no_text_is_misuse_and_is_not_repeated() -> None:
    with pytest.raises(Misuse, match="JobId") as caught:
        canonical_query([("JobType", "ASR"), ("JobId", "pasted-by-mistake\udcff")])
    assert "JobType" not in caught.value.message
    assert "pasted" not in caught.value.message
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://ice.cn-shanghai.aliyuncs.com:443/", "ice.cn-shanghai.aliyuncs.com"),
        ("https://ICE.cn-shanghai.aliyuncs.com/", "ice.cn-shanghai.aliyuncs.com"),
        ("http://127.0.0.1:8099/", "127.0.0.1:8099"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http://[::1]:8099/", "[::1]:8099"),
    ],
)
def test_the_signed_host_is_the_host_header_that_is_sent(url: str, host: str) -> None:
    request = signed(httpx.Request("POST", url, headers={"x-acs-action": "A"}), KEY)
    assert request.headers["host"] == host
    canonical = {name: request.headers[name] for name in signed_names(request)}
    assert canonical["host"] == host
    assert request.headers["authorization"] == authorization(KEY, "POST", "", canonical, EMPTY_BODY)


def signed_names(request: httpx.Request) -> list[str]:
    header: str = request.headers["authorization"]
    return header.partition("SignedHeaders=")[2].partition(",")[0].split(";")


def test_headers_of_the_connection_are_not_signed() -> None:
    with httpx.Client() as client:
        request = client.build_request("POST", "https://ice.cn-shanghai.aliyuncs.com/")
    assert {"connection", "accept-encoding", "content-length"} <= set(request.headers)
    assert signed_names(signed(request, KEY)) == [
        "accept",
        "host",
        "user-agent",
        "x-acs-content-sha256",
        "x-acs-date",
        "x-acs-signature-nonce",
    ]


def test_a_body_is_signed_by_its_hash_and_its_type() -> None:
    request = httpx.Request("POST", "https://ice.cn-shanghai.aliyuncs.com/", data={"a": "b"})
    names = signed_names(signed(request, KEY))
    assert "content-type" in names
    assert request.headers["x-acs-content-sha256"] == hashlib.sha256(b"a=b").hexdigest()


def test_only_a_temporary_key_sends_id_and_token_as_headers_and_signs_them() -> None:
    plain = signed(httpx.Request("GET", "https://h.aliyuncs.com/"), KEY)
    assert "x-acs-accesskey-id" not in plain.headers
    assert "x-acs-security-token" not in plain.headers
    temporary = signed(httpx.Request("GET", "https://h.aliyuncs.com/"), STS)
    assert temporary.headers["x-acs-accesskey-id"] == STS.id
    assert temporary.headers["x-acs-security-token"] == "CAISExampleSecurityToken+/=="
    assert {"x-acs-accesskey-id", "x-acs-security-token"} <= set(signed_names(temporary))


def test_signing_again_renews_date_and_nonce_and_signature() -> None:
    moments = iter([NOW, NOW + timedelta(seconds=3)])
    auth = ACS3(STS, clock=lambda: next(moments))
    request = httpx.Request("GET", "https://h.aliyuncs.com/")
    seen = []
    for _ in range(2):
        headers = next(auth.sync_auth_flow(request)).headers
        seen.append([headers[n] for n in ("x-acs-date", "x-acs-signature-nonce", "authorization")])
        assert len(headers.get_list("authorization")) == 1
    assert [row[0] for row in seen] == ["2026-11-20T10:00:00Z", "2026-11-20T10:00:03Z"]
    assert seen[0][1] != seen[1][1]
    assert seen[0][2] != seen[1][2]


def test_the_date_is_utc_whatever_zone_the_clock_speaks() -> None:
    when = NOW.astimezone(timezone(timedelta(hours=8)))
    request = signed(httpx.Request("GET", "https://h.aliyuncs.com/"), KEY, when)
    assert request.headers["x-acs-date"] == "2026-11-20T10:00:00Z"


def test_nonces_are_32_hex_digits_and_differ() -> None:
    nonces = {new_nonce() for _ in range(200)}
    assert len(nonces) == 200
    assert all(len(nonce) == 32 and int(nonce, 16) >= 0 for nonce in nonces)


@pytest.mark.parametrize(
    "key",
    [
        AccessKey("", Secret("s")),
        AccessKey("LTAI\r\nhost: evil", Secret("s")),
        AccessKey("LTAI智", Secret("s")),
        AccessKey("LTAI5t", Secret("")),
        AccessKey("LTAI5t", Secret("half\ud800")),
        AccessKey("LTAI5t", Secret("s"), Secret("")),
        AccessKey("LTAI5t", Secret("s"), Secret("CAIS\n")),
        AccessKey("LTAI5t", Secret("s"), Secret("CAIS é")),
    ],
)
def test_a_key_that_no_header_can_carry_is_refused_without_telling_it(key: AccessKey) -> None:
    with pytest.raises(BadCredentials) as caught:
        ACS3(key)
    told = str(caught.value)
    assert "evil" not in told
    assert "CAIS" not in told
    assert "half" not in told


def test_a_secret_may_be_any_text() -> None:
    request = signed(httpx.Request("GET", "https://h.aliyuncs.com/"), AccessKey("LTAI5t", Secret("密钥 ")))
    assert len(request.headers["authorization"].rpartition("Signature=")[2]) == 64


def test_signing_knows_nothing_of_the_rest_of_the_program() -> None:
    code = "import sys, icetui.signing; print(*sorted(m for m in sys.modules if m.startswith('icetui')))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == [
        "icetui",
        "icetui.access_key",
        "icetui.errors",
        "icetui.plain_httpx",
        "icetui.records",
        "icetui.signing",
    ]
