"""Every error body the service or a proxy sends is one error of our tree, and tells no secret."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui.access_key import AccessKey, Secret
from icetui.call import Call
from icetui.errors import (
    BadCredentials,
    ClockSkew,
    Denied,
    Expired,
    IcetuiError,
    NotFound,
    Refusal,
    ServiceFault,
    Throttled,
    Unreadable,
)
from icetui.refusals import Asked, Said, is_worth_another_try, read, refusal, scrubbed

ANSWERS = Path(__file__).parent / "answers"
SECRET = "ExampleAccessKeySecret0123456789ab"
TOKEN = 'CAISExample/Security+Token"<&>=='
KEY = AccessKey("LTAI5tExampleAccessKeyId", Secret(SECRET))
STS = AccessKey("STS.NUExampleAccessKeyId", Secret(SECRET), Secret(TOKEN))
LIST = Call.of("ice", "ListSmartJobs", "GET")
QUERY = Call.of("ice", "QueryIProductionJob", JobId="x")


def asked(call: Call = LIST, key: AccessKey = KEY, **more: object) -> Asked:
    return Asked(call, "cn-shanghai", key, **more)  # type: ignore[arg-type]  # named in each test


def recorded(name: str) -> str:
    return (ANSWERS / f"synth_error_{name}").read_text("utf-8")


def body(code: str, message: str = "Words of the service.", **more: object) -> str:
    return json.dumps({"RequestId": "3C6F-08", "HostId": "h", "Code": code, "Message": message, **more})


@pytest.mark.parametrize(
    ("name", "status", "kind", "code"),
    [
        ("400_job_not_found.json", 400, NotFound, "InvalidParameter.JobNotFound"),
        ("400_job_not_found.json", 404, NotFound, "InvalidParameter.JobNotFound"),
        ("400_nonce_used.json", 400, Refusal, "SignatureNonceUsed"),
        ("400_signature_mismatch.json", 400, BadCredentials, "SignatureDoesNotMatch"),
        ("400_throttling_user.json", 400, Throttled, "Throttling.User"),
        ("400_timestamp_expired.json", 400, ClockSkew, "InvalidTimeStamp.Expired"),
        ("403_no_permission.json", 403, Denied, "NoPermission"),
        ("404_ak_not_found.json", 404, BadCredentials, "InvalidAccessKeyId.NotFound"),
        ("404_xml.xml", 404, Refusal, "InvalidAction.NotFound"),
        ("503_service_unavailable.json", 503, ServiceFault, "ServiceUnavailable"),
    ],
)
def test_recorded_errors_keep_code_message_request_id_status_and_action(
    name: str, status: int, kind: type[IcetuiError], code: str
) -> None:
    error = refusal(status, recorded(name), asked())
    assert type(error) is kind
    assert (error.code, error.status, error.action) == (code, status, "ListSmartJobs")
    assert error.request_id.startswith("3C6F0000-0000-5000-A000-00000000000")
    assert error.message


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "Throttling", Throttled),
        (429, "Throttling.Api", Throttled),
        (503, "Throttling.User", Throttled),
        (400, "throttling.user", Throttled),
        (429, "", Throttled),
        (429, "TooManyRequests", Throttled),
        (500, "InternalError", ServiceFault),
        (503, "ServiceUnAvailable", ServiceFault),
        (400, "ServiceUnavailable", ServiceFault),
        (500, "", ServiceFault),
        (501, "", ServiceFault),
        (504, "GatewayTimeout", ServiceFault),
        (400, "InvalidAccessKeyId.Inactive", BadCredentials),
        (403, "SignatureDoesNotMatch", BadCredentials),
        (403, "InvalidSecurityToken.Expired", Expired),
        (400, "InvalidSecurityToken.Malformed", BadCredentials),
        (404, "InvalidSecurityToken.MismatchWithAccessKey", BadCredentials),
        (400, "IncompleteSignature", Refusal),
        (400, "InvalidTimeStamp.Format", ClockSkew),
        (403, "Forbidden", Denied),
        (403, "Forbidden.RAM", Denied),
        (403, "Forbidden.RiskControl", Denied),
        (403, "Forbidden.SubscriptionRequired", Denied),
        (403, "OperationDenied.Suspended", Denied),
        (400, "NoPermission", Denied),
        (403, "SomethingNew", Denied),
        (400, "MissingParameter", Refusal),
        (400, "InvalidParameter.FunctionNotSupported", Refusal),
        (404, "InvalidApi.NotFound", Refusal),
        (400, "InvalidJobId.NotFound", NotFound),
        (403, "", Unreadable),
        (404, "", Unreadable),
        (400, "", Unreadable),
        (418, "", Unreadable),
    ],
)
def test_a_status_and_a_code_are_this_error(status: int, code: str, kind: type[IcetuiError]) -> None:
    error = refusal(status, body(code), asked())
    assert type(error) is kind
    assert error.code == code


@pytest.mark.parametrize(
    ("status", "code", "again"),
    [
        (429, "", True),
        (400, "Throttling.User", True),
        (500, "InternalError", True),
        (502, "", True),
        (503, "ServiceUnAvailable", True),
        (504, "", True),
        (400, "ServiceUnAvailable", True),
        (501, "", False),
        (505, "", False),
        (400, "InvalidParameter", False),
        (403, "Forbidden", False),
        (404, "", False),
        (400, "SignatureDoesNotMatch", False),
        (400, "InvalidTimeStamp.Expired", False),
        (400, "SignatureNonceUsed", False),
    ],
)
def test_only_throttling_and_passing_faults_are_worth_another_try(
    status: int, code: str, again: bool
) -> None:
    assert is_worth_another_try(refusal(status, body(code), asked())) is again


def test_a_header_that_says_throttling_counts_for_a_refusal_but_not_for_a_fault() -> None:
    throttled = refusal(400, body("FlowControl"), asked(throttled=True, retry_after=2.5))
    assert isinstance(throttled, Throttled)
    assert throttled.retry_after == 2.5
    assert isinstance(refusal(503, body("X"), asked(throttled=True)), ServiceFault)


# --- forms of an error body ---


def test_names_may_begin_with_a_small_letter() -> None:
    text = json.dumps(
        {
            "code": "NoPermission",
            "message": "m",
            "requestId": " 3C6F \n",
            "accessDeniedDetail": {"authAction": "ice:ListSmartJobs", "noPermissionType": "ExplicitDeny"},
        }
    )
    assert read(text) == Said("NoPermission", "m", "3C6F", "ice:ListSmartJobs", "ExplicitDeny")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "null",
        "[]",
        '"Code"',
        "12",
        "{",
        "[" * 100_000,
        '{"Code": 7, "Message": null, "RequestId": ["x"], "AccessDeniedDetail": "no"}',
        "x" * 2_000_000,
        "\x00",
    ],
)
def test_what_is_no_envelope_says_nothing(text: str) -> None:
    assert read(text) == Said()


def test_xml_may_have_a_mark_blanks_and_details_before_and_in_it() -> None:
    text = (
        '\ufeff\n<?xml version="1.0" encoding="GB2312"?><Error><RequestId>\n 3C6F </RequestId>'
        "<Code>NoPermission</Code><Message>没有 &lt;权限&gt; <![CDATA[& more]]></Message>"
        "<AccessDeniedDetail><AuthAction>ice:ListSmartJobs</AuthAction>"
        "<NoPermissionType>ImplicitDeny</NoPermissionType><Code>not this</Code></AccessDeniedDetail></Error>"
    )
    said = read(text.replace("<Code>not this</Code>", "<Other><Code>not this</Code></Other>"))
    assert said == Said("NoPermission", "没有 <权限> & more", "3C6F", "ice:ListSmartJobs", "ImplicitDeny")


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE Error [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)).replace("&a0;", "&a;")
    + "]><Error><Code>&a9;</Code></Error>"
)


@pytest.mark.parametrize(
    "text",
    [
        BILLION_LAUGHS,
        '<!DOCTYPE Error [<!ENTITY x SYSTEM "file:///etc/passwd">]><Error><Code>&x;</Code></Error>',
        '<!DOCTYPE Error SYSTEM "http://127.0.0.1/x.dtd"><Error><Code>A</Code></Error>',
        "<Error><Code>&undefined;</Code></Error>",
        "<a>" * 5000,
        "<Error><Code>Broken</Code>",
    ],
)
def test_xml_that_declares_entities_or_is_broken_is_not_read(text: str) -> None:
    assert read(text).code == ""


def test_of_a_page_the_title_is_told() -> None:
    error = refusal(502, recorded("502_html.html"), asked())
    assert isinstance(error, ServiceFault)
    assert error.message == "HTTP 502: the service failed: 502 Bad Gateway"
    assert (error.code, error.request_id, error.status) == ("", "", 502)


def test_a_page_with_an_odd_title_is_still_one_line() -> None:
    assert read("<!doctype html><TITLE lang=en>\n 403&nbsp;&amp; <b>\n</TITLE>").message == "403\xa0& <b>"
    error = refusal(403, "<html><title>a\n\n b</title></html>", asked())
    assert isinstance(error, Unreadable)
    assert error.message == "HTTP 403: not an answer of the service: a b"
    assert error.text == "<html><title>a\n\n b</title></html>"
    assert "proxy" in error.hint


def test_nothing_at_all_is_named_by_its_status_and_the_header_s_request_id() -> None:
    error = refusal(503, "", asked(), request_id="FROM-HEADER")
    assert isinstance(error, ServiceFault)
    assert (error.message, error.request_id) == ("HTTP 503: the service failed", "FROM-HEADER")


def test_long_words_are_cut_and_put_on_one_line() -> None:
    error = refusal(400, body("InvalidParameter", "long\n words " * 500), asked())
    assert len(error.message) < 450
    assert error.message.endswith("…")
    assert "\n" not in error.message
    assert len(refusal(400, body("x" * 9999), asked()).code) == 200


# --- what the person reads ---


def test_a_wrong_secret_is_named_by_the_hint_and_none_of_the_service_s_words() -> None:
    words = (
        f"Specified signature is not matched with our calculation. server string to sign is:GET\n/\n"
        f"x-acs-security-token:{TOKEN}"
    )
    error = refusal(400, body("SignatureDoesNotMatch", words), asked(key=KEY))
    assert error.message == "SignatureDoesNotMatch: the secret does not belong to LTAI…eyId"
    assert "icetui login" in error.hint


def test_an_unknown_key_an_inactive_one_and_a_temporary_one_without_its_token() -> None:
    unknown = refusal(404, body("InvalidAccessKeyId.NotFound"), asked())
    assert "does not know LTAI…eyId" in unknown.message
    assert "disabled" in refusal(400, body("InvalidAccessKeyId.Inactive"), asked()).message
    bare = AccessKey("STS.NUExampleAccessKeyId", Secret(SECRET))
    assert "token" in refusal(404, body("InvalidAccessKeyId.NotFound"), asked(key=bare)).hint


def test_a_token_that_has_run_out_says_so() -> None:
    error = refusal(403, body("InvalidSecurityToken.Expired"), asked(key=STS))
    assert error.message == "InvalidSecurityToken.Expired: the security token of STS.…eyId has run out"


@pytest.mark.parametrize(
    ("skew", "message", "hint"),
    [
        (timedelta(minutes=22, seconds=10), "Clock differs from the server by 22 min", "behind"),
        (-timedelta(hours=3), "Clock differs from the server by 180 min", "ahead"),
        (None, "Clock differs from the server by more than 15 min", "clock"),
    ],
)
def test_clocks_that_differ_are_told_in_minutes(skew: timedelta | None, message: str, hint: str) -> None:
    error = refusal(400, recorded("400_timestamp_expired.json"), asked(skew=skew))
    assert isinstance(error, ClockSkew)
    assert error.message == message
    assert hint in error.hint


def test_clocks_that_agree_are_not_blamed() -> None:
    error = refusal(400, body("InvalidTimeStamp.Expired"), asked(skew=timedelta(seconds=40)))
    assert "differ by 1 min only" in error.message


def test_a_denial_names_the_permission_and_the_line_to_add() -> None:
    error = refusal(403, body("Forbidden.RAM"), asked())
    assert error.message == "ice:ListSmartJobs is denied. Forbidden.RAM: Words of the service."
    assert error.hint == 'Allow it: {"Effect":"Allow","Action":"ice:ListSmartJobs","Resource":"*"}'


def test_iproduction_denied_says_what_the_ready_made_policy_lacks() -> None:
    for text in (recorded("403_no_permission.json"), body("NoPermission")):
        error = refusal(403, text, asked(QUERY))
        assert error.hint.startswith("AliyunICEReadOnlyAccess lacks ice:Query*")
        assert "ice:QueryIProductionJob" in error.hint


def test_a_permission_of_another_name_than_the_call_is_the_one_that_counts() -> None:
    detail = {"AuthAction": "vod:GetJob*", "NoPermissionType": "ImplicitDeny"}
    error = refusal(403, body("NoPermission", AccessDeniedDetail=detail), asked(QUERY))
    assert "vod:GetJob*" in error.message
    assert "lacks" not in error.hint


def test_a_permission_that_is_none_is_not_repeated() -> None:
    detail = {"AuthAction": '*","Resource":"*"}'}
    error = refusal(403, body("NoPermission", AccessDeniedDetail=detail), asked())
    assert "ice:ListSmartJobs is denied" in error.message


def test_an_explicit_denial_does_not_advise_what_would_not_help() -> None:
    detail = {"AuthAction": "ice:ListSmartJobs", "NoPermissionType": "ExplicitDeny"}
    error = refusal(403, body("NoPermission", AccessDeniedDetail=detail), asked())
    assert "explicitly" in error.hint
    assert "Effect" not in error.hint


def test_an_account_matter_is_not_called_a_missing_permission() -> None:
    error = refusal(403, body("Forbidden.SubscriptionRequired"), asked())
    assert "RAM" not in error.hint
    assert "Effect" not in error.hint
    assert "not activated" in error.hint


def test_an_unknown_job_says_which_region_was_asked() -> None:
    error = refusal(400, recorded("400_job_not_found.json"), asked())
    assert error.hint == "Unknown here, or in another region (cn-shanghai asked)"


def test_a_function_of_another_region_says_where_it_works() -> None:
    error = refusal(400, body("InvalidParameter.FunctionNotSupported"), asked(QUERY))
    assert "cn-beijing" in error.hint


# --- secrets ---


ECHOES = [
    TOKEN,
    SECRET,
    json.dumps({"x-acs-security-token": TOKEN}),
    json.dumps({"echo": json.dumps({"x-acs-security-token": TOKEN}).replace("/", "\\/")}),
    "CAISExample&#47;Security&amp;#x2B;Token&quot;&lt;&amp;&gt;&equals;=",
    "CAISExample%252FSecurity%252BToken%2522%253C%2526%253E%253D%253D",
    'CAISExample/Security Token"<&>==',
    TOKEN.replace("/", "\\/"),
    "CAISExample/Security+Token&quot;&lt;&amp;&gt;==",
    "CAISExample%2FSecurity%2BToken%22%3C%26%3E%3D%3D",
    "CAISExample/Security%2BToken%22%3C%26%3E%3D%3D",
    "Authorization: ACS3-HMAC-SHA256 Credential=STS.NUExampleAccessKeyId,Signature=" + "ab12" * 16,
]


def told(error: IcetuiError) -> str:
    text = getattr(error, "text", "")
    return " ".join([str(error), repr(error), error.message, error.hint, error.code, error.request_id, text])


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 502])
@pytest.mark.parametrize("echo", ECHOES)
def test_what_a_reply_echoes_of_our_request_is_struck_out(echo: str, status: int) -> None:
    for text in (
        echo,
        f"<html><title>{echo}</title>{echo}</html>",
        body("InvalidParameter", echo),
        body(echo, "m"),
        json.dumps({"Code": "X", "RequestId": echo}),
        body("SignatureDoesNotMatch", f"server string to sign is:{echo}"),
        body("IncompleteSignature", echo),
        f"<Error><Code>A</Code><Message><![CDATA[{echo}]]></Message></Error>",
    ):
        words = told(refusal(status, text, asked(key=STS)))
        assert SECRET not in words
        assert not re.search("Security.{1,12}Token", words)
        assert STS.id not in words
        assert "ab12ab12" not in words


def test_a_string_to_sign_in_any_message_is_cut_off() -> None:
    error = refusal(400, body("InvalidParameter", "Bad date. Server String To Sign is: GET\n/\nabc"), asked())
    assert error.message == "InvalidParameter: Bad date"


def test_a_text_without_secrets_is_not_changed() -> None:
    text = "The specified job is not found. a=b&c=%20 <>"
    assert scrubbed(text, STS) == text
    assert scrubbed("a b a", AccessKey("a", Secret("b"))) == "a b a"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80) | st.text("<>&{}[]\"'!?/=CodeMsg \n", max_size=80), st.integers(400, 599))
def test_whatever_comes_is_one_error_of_the_tree(text: str, status: int) -> None:
    error = refusal(status, text, asked())
    assert isinstance(error, IcetuiError)
    assert error.status == status
    assert "\n" not in error.message
