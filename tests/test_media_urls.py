"""Media URLs: what is a link, until when it opens, what a screen shows of it, what a player is told."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui.clean import clean, width
from icetui.media_urls import left, media_url, player_line, shown_url, tail

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
OSS = "https://b.oss-cn-shanghai.aliyuncs.com/out/a.mp4"


def epoch(minutes: float) -> int:
    return int((NOW + timedelta(minutes=minutes)).timestamp())


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ("https://cdn.example.com/a.mp4", "link", ""),
        (OSS, "link", "not signed: opens only if the bucket is public"),
        (f"{OSS}?x-oss-process=video/snapshot", "link", "not signed: opens only if the bucket is public"),
        ("http://b.com/宣传片.mp4", "link", ""),
        ("http://xxx", "link", ""),
        ("HTTP://B.com/a", "link", ""),
        ("http://[::1]:80/a", "link", ""),
        # SubJobList's sample: one slash (api.md 2.8 #6).
        ("http:/xxx.oss-cn-shanghai.aliyuncs.com/xxx_0.mp4", "other", "not a link: one slash"),
        ("http:xxx", "other", "not a link: no host"),
        # OutputConfig's sample (api.md 2.8 #11).
        ("http://b.com/x_{index}.mp4", "template", "template"),
        # UserData's NotifyAddress of GetSmartHandleJob's samples (api.md 2.8 #20).
        ("https://****", "masked", "masked"),
        ("https://b.com/1974526429******/a.mp4", "masked", "masked"),
        ("javascript:alert(1)", "other", "not a link: javascript:"),
        ("JavaScript://b.com/%0aalert(1)", "other", "not a link: javascript:"),
        ("file:///etc/passwd", "other", "not a link: file:"),
        ("data:text/html,x", "other", "not a link: data:"),
        ("oss://bucket/object", "bucket", "in a bucket"),
        ("cover/test-00001.jpg", "path", ""),
        ("oss fail to save the image", "other", "not a link"),
        ("http://[::1", "other", "not a link: its host is none"),
        ("http://b.com:99999/", "other", "not a link: its host is none"),
        ("http://user:pw@b.com/a", "other", "not a link: it holds a user name"),
        ("http://good.com\\@evil.com/", "other", "not a link: characters that no URL has"),
        ("http://b.com/a b", "other", "not a link: characters that no URL has"),
        ("http://b.com/\u202egpj.exe", "other", "not a link: characters that no URL has"),
        ("http://-evil/", "other", "not a link: its host is none"),
        ("", "other", "not a link"),
    ],
)
def test_a_text_is_told_as_what_it_is(url: str, kind: str, said: str) -> None:
    told = media_url(url)
    assert (told.kind, told.said(NOW)) == (kind, said)
    assert told.opens == (kind == "link")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (f"Expires={epoch(12)}&OSSAccessKeyId=LTAI&Signature=s3cr3t", "expires in 12 min"),
        (f"Signature=s3cr3t&OSSAccessKeyId=LTAI&Expires={epoch(12.9)}", "expires in 12 min"),
        (f"Expires={epoch(0)}&OSSAccessKeyId=LTAI&Signature=s3cr3t", "expired"),
        (f"Expires={epoch(-1)}&OSSAccessKeyId=LTAI&Signature=s3cr3t", "expired"),
        ("Expires=1&OSSAccessKeyId=LTAI&Signature=s3cr3t", "signed"),
        ("Expires=99999999999999999999&OSSAccessKeyId=LTAI&Signature=s3cr3t", "signed"),
        ("Expires=%D9%A1&OSSAccessKeyId=LTAI&Signature=s3cr3t", "signed"),
        ("x-oss-date=20261120T095500Z&x-oss-expires=3599&x-oss-signature=s3cr3t", "expires in 54 min"),
        ("x-oss-expires=3599&x-oss-date=20261120T085000Z&x-oss-signature=s3cr3t", "expired"),
        ("x-oss-date=20261345T095500Z&x-oss-expires=3599&x-oss-signature=s3cr3t", "signed"),
        # IProduction's OutputUrls as the vendor's own notes print them (api.md 1.5): from when is not said.
        ("x-oss-expires=3599&x-oss-signature=s3cr3t", "signed"),
        # A CDN domain adds a validity of its own to auth_key's time.
        (f"auth_key={epoch(180)}-0-0-s3cr3t", "expires in 3 h or later"),
        (f"auth_key={epoch(-5)}-0-0-s3cr3t", "expired, or soon will be"),
        ("auth_key=s3cr3t", "signed"),
        (f"Expires={epoch(5)}&Expires={epoch(50)}&Signature=s3cr3t", "signed"),
    ],
)
def test_a_signed_url_says_when_it_expires_as_far_as_it_does_and_hides_its_key(query: str, said: str) -> None:
    told = media_url(f"{OSS}?{query}")
    assert (told.signed, told.said(NOW)) == (True, said)
    assert told.shown() == f"{OSS}?…"
    assert told.expired(NOW) == said.startswith("expired")
    assert shown_url(f"{OSS}?{query}") == (f"{OSS}?…", "signed"), "without a clock nothing is claimed"


@pytest.mark.parametrize("url", ["http:/b/a", "http://b/{index}", "https://****/a", "oss://b/a", "a/b"])
def test_what_is_no_link_does_not_show_a_key_either(url: str) -> None:
    assert media_url(f"{url}?x=1&Signature=s3cr3t").shown() == f"{url}?…"


def test_a_time_in_an_unsigned_url_is_no_expiry() -> None:
    assert media_url(f"https://cdn.example.com/a?Expires={epoch(-5)}").said(NOW) == ""
    assert media_url("https://cdn.example.com/a?page=2").shown() == "https://cdn.example.com/a?page=2"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.9, "less than 1 min"),
        (1, "1 min"),
        (119, "119 min"),
        (120, "2 h"),
        (2879, "47 h"),
        (2880, "2 days"),
    ],
)
def test_what_is_left_is_never_said_to_be_more(minutes: float, said: str) -> None:
    assert left(timedelta(minutes=minutes)) == said


def test_a_long_url_keeps_its_host_and_the_end_of_its_path() -> None:
    url = f"https://b.oss-cn-shanghai.aliyuncs.com/{'x' * 80}/宣传片_3.mp4?Signature=s3cr3t"
    for cells in range(8, 120):
        assert width(tail(url, cells)) <= cells
    assert tail(url, 50).startswith("https://b.oss-cn-shangha")
    assert tail(url, 50).endswith("_3.mp4?…")


@given(st.text(max_size=60).map(lambda text: f"http{text}") | st.text(max_size=60))
def test_whatever_comes_is_told_and_shown_safely(text: str) -> None:
    told = media_url(text)
    assert clean(told.shown()) == told.shown()
    assert clean(told.said(NOW)) == told.said(NOW)
    if told.opens:
        assert text.lower().startswith(("http://", "https://"))
        assert clean(text) == text


def test_a_player_is_told_where_to_begin_in_a_line_that_a_shell_reads_back() -> None:
    url = f"{OSS}?Expires=1&Signature=a'b$(id);&x=1"
    line = player_line(url, 28.27825)
    assert shlex.split(line) == ["mpv", "--start=28.278", url]
    assert line.startswith("mpv --start=28.278 'https://")
    assert shlex.split(player_line(OSS, -3))[1] == "--start=0.000"


@pytest.mark.parametrize(
    "text", ["oss://b/a.mp4", "--script=/tmp/x", "http:/b/a", "a/b.mp4", "http://b/{index}"]
)
def test_a_player_is_told_nothing_but_links(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        player_line(text, 0)
