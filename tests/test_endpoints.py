"""Which host is asked, and which hosts never see a signed request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui.endpoints import (
    ICE_REGIONS,
    VOD_REGIONS,
    Endpoints,
    checked,
    endpoints,
    host_of,
    is_loopback,
    is_official,
)
from icetui.errors import Misuse

ANSWERS = Path(__file__).parent / "answers"


@pytest.mark.parametrize("region", ICE_REGIONS)
def test_ice_is_asked_under_its_official_name_in_each_region(region: str) -> None:
    assert endpoints(region).ice == f"https://ice.{region}.aliyuncs.com"


def test_ice_is_not_asked_under_the_central_name_that_the_sdk_has_for_most_regions() -> None:
    assert endpoints("cn-beijing").ice == "https://ice.cn-beijing.aliyuncs.com"


@pytest.mark.parametrize(
    ("region", "host"),
    [(region, f"vod.{region}.aliyuncs.com") for region in VOD_REGIONS]
    + [("cn-hangzhou", "vod.cn-shanghai.aliyuncs.com")],
)
def test_vod_is_asked_under_its_official_name_and_hangzhou_in_shanghai(region: str, host: str) -> None:
    assert endpoints(region).vod == f"https://{host}"


def test_vod_hosts_are_those_the_sdk_takes() -> None:
    recorded = [
        case
        for case in json.loads((ANSWERS / "signing_sdk_full_headers.json").read_text("utf-8"))
        if case.get("endpoint_for", [""])[0] == "alibabacloud_vod20170321"
    ]
    assert len(recorded) == 4
    for case in recorded:
        assert endpoints(case["endpoint_for"][1]).vod == f"https://{case['endpoint']}"


def test_the_vpc_network_has_hosts_of_its_own() -> None:
    assert endpoints("cn-beijing", network="vpc") == Endpoints(
        ice="https://ice-vpc.cn-beijing.aliyuncs.com",
        vod="https://vod-vpc.cn-beijing.aliyuncs.com",
        sts="https://sts-vpc.cn-beijing.aliyuncs.com",
    )


def test_another_network_is_misuse() -> None:
    with pytest.raises(Misuse, match="network"):
        endpoints("cn-beijing", network="internal")


def test_a_region_that_is_new_to_us_gets_a_name_by_the_same_rule() -> None:
    assert endpoints("ap-southeast-9").ice == "https://ice.ap-southeast-9.aliyuncs.com"
    assert not is_official("ice", "ap-southeast-9")
    assert is_official("vod", "cn-hangzhou")
    assert not is_official("ice", "cn-hongkong")


@pytest.mark.parametrize(
    "region",
    [
        "",
        "shanghai",
        "x.evil.com/",
        "cn-shanghai.evil.com#",
        "cn-shanghai@evil.com",
        "cn-shanghai/..",
        "CN-SHANGHAI",
        "cn-shanghai\n",
        "cn_shanghai",
        "cn-上海",
        "a" * 300,
    ],
)
def test_what_is_no_region_name_never_becomes_part_of_a_host(region: str) -> None:
    with pytest.raises(Misuse, match="not a region"):
        endpoints(region)


ALLOWED = [
    ("https://ice.cn-shanghai.aliyuncs.com", "https://ice.cn-shanghai.aliyuncs.com"),
    ("https://ice.cn-shanghai.aliyuncs.com/", "https://ice.cn-shanghai.aliyuncs.com"),
    ("HTTPS://ICE.cn-Shanghai.AliyunCS.com:443", "https://ice.cn-shanghai.aliyuncs.com"),
    ("https://ice-vpc.cn-beijing.aliyuncs.com:8443", "https://ice-vpc.cn-beijing.aliyuncs.com:8443"),
    ("http://127.0.0.1:8099", "http://127.0.0.1:8099"),
    ("http://127.0.0.1:80/", "http://127.0.0.1"),
    ("http://127.8.9.10:8099/", "http://127.8.9.10:8099"),
    ("https://127.0.0.1:8443", "https://127.0.0.1:8443"),
    ("http://localhost:8099", "http://localhost:8099"),
    ("http://LOCALHOST", "http://localhost"),
    ("http://[::1]:8099", "http://[::1]:8099"),
    ("http://[0:0:0:0:0:0:0:1]:8099/", "http://[::1]:8099"),
]


@pytest.mark.parametrize(("url", "plain"), ALLOWED)
def test_hosts_of_alibaba_cloud_and_of_this_machine_are_taken_in_their_plainest_form(
    url: str, plain: str
) -> None:
    assert checked(url, "--ice-endpoint") == plain
    assert endpoints("cn-shanghai", ice=url).ice == plain
    assert endpoints("cn-shanghai", vod=url).vod == plain
    assert Endpoints(ice=plain, vod=plain).foreign == ()


FOREIGN = [
    "https://evil.com",
    "https://aliyuncs.com",
    "https://aliyuncs.com.evil.com",
    "https://ice.cn-shanghai.aliyuncs.com.evil.com",
    "https://evilaliyuncs.com",
    "https://ice.cn-shanghai.aliyuncs.co",
    "https://ice.cn-shanghai.aliyuncs.com.cn",
    "https://localhost.evil.com",
    "https://foo.localhost",
    "https://127.0.0.1.evil.com",
    "https://128.0.0.1",
    "https://10.0.0.5:8443",
    "https://0.0.0.0:8099",
    "https://169.254.169.254",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_another_host_is_refused_and_the_key_that_allows_it_is_named(url: str) -> None:
    with pytest.raises(Misuse, match="not a host of Alibaba Cloud") as caught:
        endpoints("cn-shanghai", ice=url)
    assert "allow_custom_endpoint = true" in caught.value.hint
    assert "--ice-endpoint" in caught.value.message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("url", FOREIGN)
def test_another_host_is_taken_over_https_where_the_profile_allows_it_and_then_named(url: str) -> None:
    allowed = endpoints("cn-shanghai", vod=url, allow_custom=True)
    assert allowed.vod == url
    assert allowed.foreign == (host_of(url),)


NEVER = [
    # plain http to anyone but this machine
    "http://ice.cn-shanghai.aliyuncs.com",
    "http://evil.com",
    "http://10.0.0.5",
    "http://0.0.0.0:8099",
    "http://128.0.0.1",
    "http://localhost.evil.com",
    # readers disagree about where the host is
    "https://ice.cn-shanghai.aliyuncs.com@evil.com",
    "https://user:password@ice.cn-shanghai.aliyuncs.com",
    "https://evil.com\\@ice.cn-shanghai.aliyuncs.com",
    "https://evil.com\\.aliyuncs.com",
    "https://evil.com#.aliyuncs.com",
    "https://evil.com?.aliyuncs.com",
    "https://evil.com/.aliyuncs.com",
    "https://evil.com%2f.aliyuncs.com",
    "https://evil.com%00.aliyuncs.com",
    "https://evil.com\x00.aliyuncs.com",
    "https://evil.com\t.aliyuncs.com",
    "https://evil.com\n.aliyuncs.com",
    " https://ice.cn-shanghai.aliyuncs.com",
    "https:// ice.cn-shanghai.aliyuncs.com",
    "https:ice.cn-shanghai.aliyuncs.com",
    "https:///ice.cn-shanghai.aliyuncs.com",
    "//ice.cn-shanghai.aliyuncs.com",
    # dots and labels
    "https://ice.cn-shanghai.aliyuncs.com.",
    "https://.aliyuncs.com",
    "https://ice..aliyuncs.com",
    "https://-ice.aliyuncs.com",
    "https://ice.cn_shanghai.aliyuncs.com",
    f"https://{'a' * 64}.aliyuncs.com",
    # letters that look like others
    "https://ice.cn-shanghai.aliyuncs\u3002com",
    "https://ice.cn-shanghai.\u0430liyuncs.com",
    "http://\u2460\u2461\u2466.0.0.1",
    "https://ice.cn-shanghai.aliyuncs.com\u2044.evil.com",
    "http://LOCALHO\u017fT",
    # numbers that some resolvers take for addresses
    "http://127.1:8099",
    "http://2130706433",
    "http://0177.0.0.1",
    "http://127.0.0.1.",
    "http://127.0.0.256",
    # IPv6
    "http://[::ffff:127.0.0.1]:8099",
    "http://[::1%25eth0]:8099",
    "http://[::1",
    "http://::1:8099",
    "https://[2001:db8::1]",
    "http://[127.0.0.1]",
    # paths, queries, fragments
    "https://ice.cn-shanghai.aliyuncs.com/path",
    "https://ice.cn-shanghai.aliyuncs.com//",
    "https://ice.cn-shanghai.aliyuncs.com/?a=b",
    "https://ice.cn-shanghai.aliyuncs.com?",
    "https://ice.cn-shanghai.aliyuncs.com#",
    # ports and schemes
    "https://ice.cn-shanghai.aliyuncs.com:0",
    "https://ice.cn-shanghai.aliyuncs.com:65536",
    "https://ice.cn-shanghai.aliyuncs.com:443:443",
    "https://ice.cn-shanghai.aliyuncs.com:",
    "https://ice.cn-shanghai.aliyuncs.com:８０",
    "ftp://ice.cn-shanghai.aliyuncs.com",
    "file:///etc/passwd",
    "ice.cn-shanghai.aliyuncs.com",
    "",
]


@pytest.mark.parametrize("allow_custom", [False, True])
@pytest.mark.parametrize("url", NEVER)
def test_a_url_that_could_mislead_is_refused_even_where_other_hosts_are_allowed(
    url: str, allow_custom: bool
) -> None:
    with pytest.raises(Misuse, match="--vod-endpoint"):
        endpoints("cn-shanghai", vod=url, allow_custom=allow_custom)


def test_a_refusal_does_not_repeat_a_password_in_the_url() -> None:
    with pytest.raises(Misuse) as caught:
        checked("https://me:hunter2@ice.cn-shanghai.aliyuncs.com", "--ice-endpoint")
    assert "hunter2" not in caught.value.message + caught.value.hint
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_no_text_around_a_good_host_makes_another_one_pass(before: str, after: str) -> None:
    url = f"https://{before}ice.cn-shanghai.aliyuncs.com{after}"
    try:
        plain = checked(url, "--ice-endpoint")
    except Misuse:
        return
    # httpx, which will read it, must see the same host that was judged.
    import httpx

    assert httpx.URL(plain).host == host_of(plain)
    assert host_of(plain).endswith(".aliyuncs.com")


def test_a_flag_for_one_product_leaves_the_other_alone_and_sts_is_not_asked() -> None:
    chosen = endpoints("cn-beijing", ice="http://127.0.0.1:8099")
    assert chosen == Endpoints(ice="http://127.0.0.1:8099", vod="https://vod.cn-beijing.aliyuncs.com", sts="")
    assert chosen.is_custom
    assert chosen.of("sts") == ""
    assert not endpoints("cn-beijing").is_custom
    assert endpoints("cn-beijing").of("sts") == "https://sts.cn-beijing.aliyuncs.com"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("[::1]", True),
        ("128.0.0.1", False),
        ("0.0.0.0", False),
        ("[::]", False),
        ("[::2]", False),
        ("localhost.", False),
        ("localhost.localdomain", False),
        ("", False),
    ],
)
def test_loopback_is_judged_by_form(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
