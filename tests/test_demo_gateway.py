"""The demo gateway: it judges on its own, pages and filters as documented, and fails on request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui.access_key import AccessKey, Secret
from icetui.demo import DEMO_KEY, DEMO_STS, MEDIA, MISSING, SEED_SPEECH
from icetui.demo.faults import FAULTS, SAME_TOKEN, Fault
from icetui.demo.gateway import Gateway
from icetui.demo.reply import Asked, Refused, canonical_query, encoded
from icetui.demo.transport import DemoTransport, demo
from icetui.demo.verify import Judge
from icetui.demo.world import World
from tests.demo_signing import AT, CLOCK, Signed, ask, signed, told

ANSWERS = Path(__file__).parent / "answers"
NOW = CLOCK()

Params = Mapping[str, str]


def gateway(*faults: str) -> Gateway:
    """A gateway at a fixed moment."""
    return Gateway(clock=CLOCK, faults=[Fault.parse(each) for each in faults])


def ids(answer: dict[str, Any]) -> list[str]:
    jobs = answer.get("SmartJobList", answer.get("EditingBatchJobList", []))
    return [job["JobId"] for job in jobs]


def pages(at: Gateway, action: str, params: Params) -> list[dict[str, Any]]:
    """All pages by token."""
    out = [ask(at, action, params)]
    while token := out[-1].get("NextToken"):
        out.append(ask(at, action, {**params, "NextToken": token}))
        assert len(out) < 500
    return out


# --- who asks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["signing_minimal_headers.json", "signing_sdk_full_headers.json"])
def test_requests_signed_by_the_sdk_itself_are_accepted(name: str) -> None:
    cases = json.loads((ANSWERS / name).read_text(encoding="utf-8"))
    # The file also holds a bearer token, which is no signature, and the SDK's endpoints.
    signed_cases = [case for case in cases if "authorization" in case]
    assert len(signed_cases) >= 4
    for case in signed_cases:
        headers, sent = case["headers"], case["authorization"]
        token = headers.get("x-acs-security-token")
        key_id = sent.partition("Credential=")[2].partition(",")[0]
        key = AccessKey(
            key_id, Secret("ExampleAccessKeySecret0123456789ab"), Secret(token) if token else None
        )
        # The SDK writes a blank as +; the canonical form has %20. Both must be read alike.
        query = canonical_query("&".join(f"{encoded(k)}={encoded(v)}" for k, v in case["query"].items()))
        for wire in (query, query.replace("%20", "+")):
            given_headers = [*headers.items(), ("Authorization", sent)]
            asked = Asked.of(case["method"], f"/?{wire}", given_headers, b"", NOW)
            assert Judge(key).judge(asked, datetime.fromisoformat(headers["x-acs-date"])) is key


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("key", [DEMO_KEY, DEMO_STS])
def test_both_keys_and_both_methods_are_accepted(key: AccessKey, method: str) -> None:
    assert ask(gateway(), "ListSmartJobs", key=key, method=method)["SmartJobList"]


Sabotage = Callable[[], Signed]

HALF = "ACS3-HMAC-SHA256 Credential=a,Signature=b"
UNKNOWN = AccessKey("LTAI5tSomebodyElse00001", DEMO_KEY.secret)
WITHOUT_TOKEN = AccessKey(DEMO_STS.id, DEMO_STS.secret)
OTHER_TOKEN = AccessKey(DEMO_STS.id, DEMO_STS.secret, Secret("CAISsomethingElse"))
BAD_TOKEN = AccessKey(DEMO_STS.id, DEMO_STS.secret, Secret("nonsense"))
HAS_TOKEN = AccessKey(DEMO_KEY.id, DEMO_KEY.secret, DEMO_STS.token)


@pytest.mark.parametrize(
    ("status", "code", "request_"),
    [
        (400, "SignatureDoesNotMatch", lambda: signed("ListSmartJobs", secret="wrong")),
        (400, "SignatureDoesNotMatch", lambda: signed("ListSmartJobs").but(x_acs_action="ListAIJob")),
        (400, "SignatureDoesNotMatch", lambda: signed("ListSmartJobs").but(host="ice.x.aliyuncs.com")),
        (400, "SignatureDoesNotMatch", lambda: signed("ListSmartJobs").but(x_acs_content_sha256="0" * 64)),
        (400, "InvalidTimeStamp.Expired", lambda: signed("ListSmartJobs", at=NOW - timedelta(minutes=16))),
        (400, "InvalidTimeStamp.Expired", lambda: signed("ListSmartJobs", at=NOW + timedelta(minutes=16))),
        (400, "InvalidTimeStamp.Format", lambda: signed("ListSmartJobs", at="20261120T100000Z")),
        (400, "InvalidTimeStamp.Format", lambda: signed("ListSmartJobs", at="2026-13-41T10:00:00Z")),
        (404, "InvalidAccessKeyId.NotFound", lambda: signed("ListSmartJobs", key=UNKNOWN)),
        (404, "InvalidAccessKeyId.NotFound", lambda: signed("ListSmartJobs", key=WITHOUT_TOKEN)),
        (400, "InvalidSecurityToken.MismatchWithAccessKey", lambda: signed("ListSmartJobs", key=OTHER_TOKEN)),
        (400, "InvalidSecurityToken.MismatchWithAccessKey", lambda: signed("ListSmartJobs", key=HAS_TOKEN)),
        (400, "InvalidSecurityToken.Malformed", lambda: signed("ListSmartJobs", key=BAD_TOKEN)),
        (400, "MissingParameter", lambda: signed("ListSmartJobs").but("Authorization")),
        (400, "MissingParameter", lambda: signed("ListSmartJobs", nonce="")),
        (400, "MissingParameter", lambda: signed("ListSmartJobs").but("x-acs-date")),
        (400, "IncompleteSignature", lambda: signed("ListSmartJobs").but(Authorization=HALF)),
        (400, "IncompleteSignature", lambda: signed("ListSmartJobs").but(x_acs_more="unsigned")),
        (400, "IncompleteSignature", lambda: signed("ListSmartJobs").but(content_type="text/plain")),
        (400, "IncompleteSignature", lambda: signed("ListSmartJobs", extra={"x": "1"}).but("x")),
        (400, "InvalidSignatureMethod", lambda: signed("ListSmartJobs").but(Authorization="acs a:b")),
        (400, "InvalidVersion", lambda: signed("ListSmartJobs", version="1999-01-01")),
        (400, "InvalidVersion", lambda: signed("ListSmartJobs", host="vod.cn-shanghai.aliyuncs.com")),
        (404, "InvalidAction.NotFound", lambda: signed("DeleteSmartJob")),
        (404, "InvalidAction.NotFound", lambda: signed("ListSmartJobs", product="vod")),
        (400, "UnsupportedHTTPMethod", lambda: signed("ListSmartJobs", method="DELETE")),
    ],
)  # fmt: skip
def test_wrong_request_is_refused_with_its_code(status: int, code: str, request_: Sabotage) -> None:
    reply = request_().to(gateway())
    body = told(reply)
    assert (reply.status, reply.code, body["Code"]) == (status, code, code)
    assert set(body) == {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert code in body["Recommend"]


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.text("abcXYZ", min_size=1), st.text(st.characters(exclude_categories=["Cs"])), max_size=4
    ),
    st.data(),
)
def test_any_parameters_are_accepted_as_signed_and_none_otherwise(
    params: Params, data: st.DataObject
) -> None:
    at = gateway()
    right = signed("ListSmartJobs", params)
    assert right.to(at).status == 200
    name = data.draw(st.sampled_from(["abc", *params]))
    wrong = signed("ListSmartJobs", {**params, name: params.get(name, "") + "!"})
    assert told(Signed(right.method, wrong.target, signed("ListSmartJobs", params).headers).to(at))[
        "Code"
    ] == ("SignatureDoesNotMatch")


def test_nonce_is_good_for_one_request_and_only_a_right_one_uses_it_up() -> None:
    at = gateway()
    assert told(signed("ListSmartJobs", nonce="n", secret="wrong").to(at))["Code"] == "SignatureDoesNotMatch"
    once = signed("ListSmartJobs", nonce="n")
    assert once.to(at).status == 200
    again = once.to(at)
    assert (again.status, again.code) == (400, "SignatureNonceUsed")
    assert signed("ListSmartJobs", nonce="n", key=DEMO_STS).to(at).status == 200, "nonces are per key"


def test_nonces_are_forgotten_when_their_date_would_be_refused_anyway() -> None:
    moment = [NOW]
    at = Gateway(clock=lambda: moment[0])
    assert signed("ListSmartJobs", nonce="n").to(at).status == 200
    moment[0] += timedelta(minutes=31)
    assert signed("ListSmartJobs", nonce="n").to(at).code == "InvalidTimeStamp.Expired"
    assert signed("ListSmartJobs", nonce="n", at=moment[0]).to(at).status == 200


def test_body_must_be_what_its_hash_says() -> None:
    assert told(signed("ListSmartJobs").to(gateway(), b"x"))["Code"] == "SignatureDoesNotMatch"


def test_signature_of_a_refusal_tells_the_string_to_sign_but_no_secret() -> None:
    message = told(signed("ListSmartJobs", key=DEMO_STS, secret="wrong").to(gateway()))["Message"]
    assert "server string to sign is:ACS3-HMAC-SHA256\n" in message
    assert DEMO_STS.token is not None
    assert DEMO_STS.token.reveal() not in message


def test_account_that_stands_still_can_be_asked_by_a_client_whose_time_goes_on() -> None:
    late = datetime(2027, 1, 1, tzinfo=UTC)
    at = Gateway(clock=CLOCK, judge_clock=lambda: late)
    reply = signed("ListSmartJobs", at=late).to(at)
    assert told(reply)["SmartJobList"][0]["CreateTime"] <= AT
    assert parsedate_to_datetime(dict(reply.headers)["Date"]) == late


# --- forms of an answer -----------------------------------------------------------------------------------


def test_answer_is_xml_unless_json_is_asked_for() -> None:
    reply = signed("ListAIJob", {"JobIds": MISSING["vod-ai"]}, product="vod", accept="*/*").to(gateway())
    assert dict(reply.headers)["Content-Type"] == "text/xml;charset=utf-8"
    root = ElementTree.fromstring(reply.body)
    assert root.tag == "ListAIJobResponse"
    assert MISSING["vod-ai"] in (root.findtext("NonExistAIJobIds/String") or "")
    refused = signed("Nothing", accept="*/*").to(gateway())
    assert ElementTree.fromstring(refused.body).findtext("Code") == "InvalidAction.NotFound"


def test_every_answer_can_be_written_as_xml() -> None:
    world, at = World(), gateway()
    for record in world.window("smart", NOW):
        reply = signed("GetSmartHandleJob", {"JobId": record.id}, accept="text/xml").to(at)
        assert ElementTree.fromstring(reply.body).findtext("State")


def test_answer_has_a_request_id_that_a_fixed_clock_fixes() -> None:
    first, second = (ask(gateway(), "ListSmartJobs", {"MaxResults": "5"}) for _ in range(2))
    assert first == second
    assert first["RequestId"] != ask(gateway(), "ListSmartJobs", {"MaxResults": "6"})["RequestId"]


def test_other_regions_are_empty_and_vpc_hosts_are_the_same_account() -> None:
    at, job = gateway(), World().window("smart", NOW)[0].id
    there = "ice.cn-beijing.aliyuncs.com"
    assert set(ask(at, "ListSmartJobs", host=there)) == {"RequestId", "MaxResults"}
    refused = signed("GetSmartHandleJob", {"JobId": job}, host=there).to(at)
    assert refused.code == "InvalidParameter.JobNotFound"
    for host in ("ice-vpc.cn-shanghai.aliyuncs.com", "127.0.0.1:8099", "ice.aliyuncs.com"):
        assert ask(at, "GetSmartHandleJob", {"JobId": job}, host=host)["JobId"] == job


def test_caller_identity_is_told_for_a_sign_in() -> None:
    assert ask(gateway(), "GetCallerIdentity", product="sts")["AccountId"].isdigit()


# --- smart ------------------------------------------------------------------------------------------------


def test_smart_pages_by_token_to_the_end_in_both_orders() -> None:
    expected = [record.id for record in World().window("smart", NOW)]
    down = pages(gateway(), "ListSmartJobs", {"MaxResults": "100"})
    assert [job for page in down for job in ids(page)] == expected
    up = pages(gateway(), "ListSmartJobs", {"MaxResults": "17", "SortBy": "CreationTime:Asc"})
    assert [job for page in up for job in ids(page)] == expected[::-1]
    assert {len(ids(page)) for page in up[:-1]} == {17}
    assert up[-1]["NextToken"] == down[-1]["NextToken"] == ""


def test_smart_numbers_are_strings_and_the_total_is_told_by_page_number_only() -> None:
    by_token = ask(gateway(), "ListSmartJobs", {"MaxResults": "7"})
    assert by_token["MaxResults"] == "7"
    assert "TotalCount" not in by_token
    assert "TotalCount" not in ask(gateway(), "ListSmartJobs")
    by_number = ask(gateway(), "ListSmartJobs", {"PageNo": "2", "PageSize": "7"})
    assert by_number["TotalCount"] == str(len(World().window("smart", NOW)))
    assert by_number["MaxResults"] == "7"
    assert by_number["NextToken"] == ""
    whole = ask(gateway(), "ListSmartJobs", {"MaxResults": "14"})
    assert ids(by_number) == ids(whole)[7:]


def test_smart_page_size_is_ten_where_nobody_says() -> None:
    assert len(ids(ask(gateway(), "ListSmartJobs"))) == 10
    assert len(ids(ask(gateway(), "ListSmartJobs", {"PageNo": "1"}))) == 10


def test_token_of_one_page_leads_on_though_new_jobs_have_come() -> None:
    moment = [NOW]
    at = Gateway(clock=lambda: moment[0])
    first = ask(at, "ListSmartJobs", {"MaxResults": "20"})
    moment[0] += timedelta(minutes=10)
    second = ask(at, "ListSmartJobs", {"MaxResults": "20", "NextToken": first["NextToken"]}, at=moment[0])
    expected = [record.id for record in World().window("smart", NOW)]
    assert ids(first) + ids(second) == expected[:40]


@pytest.mark.parametrize("kind", ["ASR", "TextToSpeech", "VideoTranslation", "DynamicChart", "TextGenerate"])
@pytest.mark.parametrize("state", ["Finished", "Failed", "Executing", "Suspended"])
def test_smart_filters_narrow_to_exactly_what_was_asked(kind: str, state: str) -> None:
    found = pages(gateway(), "ListSmartJobs", {"MaxResults": "100", "JobType": kind, "JobState": state})
    got = [
        (job["JobId"], job["JobType"], job["JobState"]) for p in found for job in p.get("SmartJobList", [])
    ]
    world = World().window("smart", NOW)
    assert got == [(r.id, kind, state) for r in world if r.type == kind and r.word(NOW) == state]


def test_empty_list_is_not_there_at_all() -> None:
    assert set(ask(gateway(), "ListSmartJobs", {"JobType": "Nothing"})) == {"RequestId", "MaxResults"}


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("ListSmartJobs", {"MaxResults": "0"}),
        ("ListSmartJobs", {"MaxResults": "101"}),
        ("ListSmartJobs", {"MaxResults": "ten"}),
        ("ListSmartJobs", {"PageNo": "0"}),
        ("ListSmartJobs", {"PageSize": "101"}),
        ("ListSmartJobs", {"SortBy": "desc"}),
        ("ListSmartJobs", {"NextToken": "CBB6BC61D08"}),
        ("ListSmartJobs", {"NextToken": "AAAAAAAAAAAAAAAAAAAAAA=="}),
        ("ListSmartJobs", {"NextToken": "标"}),
        ("ListBatchMediaProducingJobs", {"SortBy": "CreationTime:Desc"}),
        ("ListBatchMediaProducingJobs", {"StartTime": "2026-11-20"}),
        ("ListBatchMediaProducingJobs", {"EndTime": "2026-11-40T00:00:00Z"}),
        ("ListBatchMediaProducingJobs", {"MaxResults": "-1"}),
    ],
)
def test_parameter_that_cannot_be_is_refused(action: str, params: Params) -> None:
    reply = signed(action, params).to(gateway())
    assert (reply.status, reply.code) == (400, "InvalidParameter")
    assert next(iter(params)) in told(reply)["Message"]


# --- batch ------------------------------------------------------------------------------------------------


def test_batch_pages_by_token_to_the_end_in_both_orders() -> None:
    expected = [record.id for record in World().window("batch", NOW)]
    down = pages(gateway(), "ListBatchMediaProducingJobs", {"MaxResults": "9"})
    assert [job for page in down for job in ids(page)] == expected
    assert all(page["MaxResults"] == 9 for page in down)
    assert down[-1]["NextToken"] == ""
    assert not any("TotalCount" in page for page in down)
    up = pages(gateway(), "ListBatchMediaProducingJobs", {"MaxResults": "100", "SortBy": "asc"})
    assert [job for page in up for job in ids(page)] == expected[::-1]


def test_tokens_hold_characters_that_must_be_encoded() -> None:
    found = pages(gateway(), "ListBatchMediaProducingJobs", {"MaxResults": "1"})
    letters = set("".join(page["NextToken"] for page in found))
    assert {"+", "/"} <= letters


def test_batch_filters_narrow_by_type_status_time_and_id() -> None:
    at, world = gateway(), World().window("batch", NOW)
    since, until = world[30].created.replace(microsecond=0), world[10].created.replace(microsecond=0)
    params = {
        "MaxResults": "100",
        "StartTime": f"{since:%Y-%m-%dT%H:%M:%SZ}",
        "EndTime": f"{until:%Y-%m-%dT%H:%M:%SZ}",
    }
    assert ids(ask(at, "ListBatchMediaProducingJobs", params)) == [
        r.id for r in world if since <= r.created <= until
    ]
    narrowed = ask(at, "ListBatchMediaProducingJobs", {**params, "JobType": "Script", "Status": "Finished"})
    assert ids(narrowed) == [
        r.id for r in world if since <= r.created <= until and (r.type, r.word(NOW)) == ("Script", "Finished")
    ]
    assert ids(ask(at, "ListBatchMediaProducingJobs", {"JobId": world[3].id})) == [world[3].id]
    assert ids(ask(at, "ListBatchMediaProducingJobs", {"JobId": world[3].id, "Status": "Nothing"})) == []


# --- samples ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "job_id", "name"),
    [
        ("GetSmartHandleJob", "******042d5e4db6866f6289d1******", "seed000_a_asr.json"),
        ("GetSmartHandleJob", SEED_SPEECH, "seed000_b_texttospeech.json"),
        ("GetSmartHandleJob", "******8c784f461db57c99c9d9******", "seed000_c_textgenerate.json"),
        ("GetSmartHandleJob", "****20b48fb04483915d4f2cd8ac****", "seed000_d_generic.json"),
        ("QueryIProductionJob", "****20b48fb04483915d4f2cd8ac****", "seed001_query_iproduction_job.json"),
        (
            "GetBatchMediaProducingJob",
            "****b6b2750d4308892ac3330238****",
            "seed003_get_batch_media_producing_job.json",
        ),
    ],
)
def test_sample_is_sent_byte_for_byte(action: str, job_id: str, name: str) -> None:
    reply = signed(action, {"JobId": job_id}).to(gateway())
    assert reply.body == (ANSWERS / name).read_bytes()


@pytest.mark.parametrize(
    ("asked_for", "name"),
    [
        ("a718a3a1e8bb42ee3bc88921e94****", "seed004_list_ai_job.json"),
        (
            "a718a3a1e8bb42ee3bc88921e94****,aasdcsfg782740asd3****,k2l3ibaskod98wrns9d****",
            "seed004_list_ai_job.json",
        ),
        ("53d4a9c7b00c*****cdcb4b0c2c854c7", "vod2021_list_ai_job_cn.json"),
        ("1236ca184c0e47098a5b665e2xxxxxx", "vod2019_list_ai_job_cn_placeholder.json"),
    ],
)
def test_sample_of_list_ai_job_is_sent_byte_for_byte_to_its_own_question(asked_for: str, name: str) -> None:
    reply = signed("ListAIJob", {"JobIds": asked_for}, product="vod").to(gateway())
    assert reply.body == (ANSWERS / name).read_bytes()


def test_sample_job_among_others_is_told_unchanged() -> None:
    job = World().window("vod-ai", NOW)[0].id
    answer = ask(gateway(), "ListAIJob", {"JobIds": f"{job},a718a3a1e8bb42ee3bc88921e94****"}, product="vod")
    [sample] = json.loads((ANSWERS / "seed004_list_ai_job.json").read_bytes())["AIJobList"]["AIJob"]
    assert sample in answer["AIJobList"]["AIJob"]
    assert answer["NonExistAIJobIds"] == {"String": []}


def test_generic_sample_is_listed_as_list_smart_jobs_prints_it() -> None:
    [printed] = json.loads((ANSWERS / "seed002_list_smart_jobs.json").read_bytes())["SmartJobList"]
    assert printed in ask(gateway(), "ListSmartJobs", {"SortBy": "CreationTime:Asc"})["SmartJobList"]


# --- lookups ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["GetSmartHandleJob", "GetBatchMediaProducingJob", "QueryIProductionJob"])
def test_unknown_job_is_refused_with_400_or_404_and_always_the_same(action: str) -> None:
    statuses = set()
    for number in range(12):
        replies = [signed(action, {"JobId": f"{number:032x}"}).to(gateway()) for _ in range(2)]
        assert {reply.code for reply in replies} == {"InvalidParameter.JobNotFound"}
        assert replies[0].status == replies[1].status
        statuses.add(replies[0].status)
    assert statuses == {400, 404}


@pytest.mark.parametrize(
    ("action", "product", "params"),
    [
        ("GetSmartHandleJob", "ice", {}),
        ("GetBatchMediaProducingJob", "ice", {"JobId": " "}),
        ("QueryIProductionJob", "ice", {}),
        ("ListAIJob", "vod", {}),
        ("ListJobInfo", "vod", {"JobType": "ai"}),
        ("ListJobInfo", "vod", {"MediaId": MEDIA[0]}),
        ("GetJobDetail", "vod", {"JobType": "ai"}),
    ],
)
def test_lookup_without_its_parameter_is_refused(action: str, product: str, params: Params) -> None:
    reply = signed(action, params, product=product).to(gateway())
    assert (reply.status, reply.code) == (400, "MissingParameter")


def test_ten_vod_ids_are_looked_up_and_eleven_are_refused() -> None:
    known = [record.id for record in World().window("vod-ai", NOW)[:10]]
    answer = ask(gateway(), "ListAIJob", {"JobIds": ",".join(known)}, product="vod")
    got = [job["JobId"] for job in answer["AIJobList"]["AIJob"]]
    assert sorted(got) == sorted(known)
    assert got != known, "the order is not promised, so it differs"
    reply = signed("ListAIJob", {"JobIds": ",".join([*known, "x"])}, product="vod").to(gateway())
    assert (reply.status, reply.code) == (400, "InvalidParameter")


def test_unknown_vod_ids_are_told_in_all_three_documented_shapes() -> None:
    shapes = set()
    for number in range(20):
        unknown = [f"unknown{number}", f"other{number}"]
        answer = ask(gateway(), "ListAIJob", {"JobIds": ",".join(unknown)}, product="vod")
        assert answer["AIJobList"] == {"AIJob": []}
        match answer["NonExistAIJobIds"]["String"]:
            case [str(inner)]:
                shapes.add("doubly encoded")
                assert json.loads(inner) == unknown
            case list(plain):
                shapes.add("clean")
                assert plain == unknown
            case str(inner):
                shapes.add("a string")
                assert json.loads(inner) == unknown
    assert shapes == {"clean", "doubly encoded", "a string"}


def test_jobs_of_a_media_asset_are_found_and_can_be_looked_up() -> None:
    at = gateway()
    answer = ask(at, "ListJobInfo", {"MediaId": MEDIA[0], "JobType": "ai"}, product="vod")
    assert (answer["MediaId"], answer["JobType"]) == (MEDIA[0], "ai")
    first = answer["JobInfoList"][0]
    assert isinstance(first["UserId"], int)
    looked = ask(at, "ListAIJob", {"JobIds": first["JobId"]}, product="vod")["AIJobList"]["AIJob"][0]
    assert (looked["MediaId"], looked["CreationTime"]) == (MEDIA[0], first["CreateTime"])
    detail = ask(at, "GetJobDetail", {"JobId": first["JobId"], "JobType": "ai"}, product="vod")["AIJobDetail"]
    assert (detail["MediaId"], detail["Status"], detail["Trigger"] in ("Auto", "Manual")) == (
        MEDIA[0],
        first["Status"],
        True,
    )


def test_media_without_jobs_of_a_kind_and_media_that_is_not_there() -> None:
    at = gateway()
    assert (
        ask(at, "ListJobInfo", {"MediaId": MEDIA[0], "JobType": "snapshot"}, product="vod")["JobInfoList"]
        == []
    )
    reply = signed("ListJobInfo", {"MediaId": "0" * 32, "JobType": "ai"}, product="vod").to(at)
    assert (reply.status, reply.code) == (404, "InvalidVideo.NotFound")
    assert (
        signed("ListJobInfo", {"MediaId": MEDIA[0], "JobType": "x"}, product="vod").to(at).code
        == "InvalidParameter"
    )
    for kind, code in (("transcode", "InvalidParameter.JobNotFound"), ("x", "InvalidParameter")):
        assert signed("GetJobDetail", {"JobId": "a", "JobType": kind}, product="vod").to(at).code == code


# --- faults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "throttle:3,after=800,action=ListSmartJobs",
            Fault("throttle", "3", action="ListSmartJobs", times=3, after=800),
        ),
        ("throttle", Fault("throttle")),
        ("throttle,every=2,status=429", Fault("throttle", every=2, status=429)),
        ("status:503", Fault("status", "503", status=503)),
        ("deny:QueryIProductionJob", Fault("deny", "QueryIProductionJob", action="QueryIProductionJob")),
        ("slow:0.5", Fault("slow", "0.5")),
        ("skew:-30", Fault("skew", "-30")),
        ("redirect:https://a.example/?x=1,times=2", Fault("redirect", "https://a.example/?x=1", times=2)),
        ("html", Fault("html", "502", status=502)),
        (" cut:mid ", Fault("cut", "mid")),
    ],
)
def test_fault_is_read_from_its_text(text: str, fault: Fault) -> None:
    assert Fault.parse(text) == fault


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "trottle",
            "throttle:x",
            "throttle:1,after=soon",
            "status:200",
            "status:abc",
            "slow:x",
            "slow:-1",
        ),
        *(
            "slow:nan",
            "cut:off",
            "deny",
            "skew:nan",
            "redirect:ftp://x",
            "same-token:1",
            "throttle:3,foo=1",
            "jobs:x",
        ),
    ],
)
def test_bad_fault_is_refused_with_what_would_be_good(text: str) -> None:
    with pytest.raises(ValueError, match=r"fault") as caught:
        Fault.parse(text)
    name = text.partition(":")[0]
    assert name in str(caught.value)
    if name not in FAULTS:
        assert all(known in str(caught.value) for known in FAULTS)


def test_throttling_ends_after_so_many_times_and_says_how_long_to_wait() -> None:
    at = gateway("throttle:2,after=800,action=ListSmartJobs")
    replies = [signed("ListSmartJobs").to(at) for _ in range(3)]
    assert [reply.status for reply in replies] == [400, 400, 200]
    assert replies[0].code == "Throttling.User"
    assert dict(replies[0].headers)["x-acs-retry-after"] == "800"
    assert "x-acs-retry-after" not in dict(signed("ListSmartJobs").to(gateway("throttle")).headers)


def test_fault_can_strike_each_nth_time_and_one_operation_only() -> None:
    at = gateway("throttle,every=3,status=429")
    assert [signed("ListSmartJobs").to(at).status for _ in range(6)] == [200, 200, 429, 200, 200, 429]
    at = gateway("status:500,action=ListBatchMediaProducingJobs")
    assert signed("ListSmartJobs").to(at).status == 200
    assert signed("ListBatchMediaProducingJobs").to(at).code == "InternalError"


def test_proxys_faults_come_in_the_forms_of_proxies() -> None:
    unsigned = Signed("GET", "/", {"host": "x", "accept": "application/json"})
    html = unsigned.to(gateway("html"))
    assert (html.status, html.body.startswith(b"<html>")) == (502, True)
    xml = unsigned.to(gateway("xml"))
    assert ElementTree.fromstring(xml.body).findtext("Code") == "InvalidAction.NotFound"
    assert dict(xml.headers)["Content-Type"] == "text/xml;charset=utf-8"
    assert unsigned.to(gateway("empty,status=502")).body == b""
    moved = unsigned.to(gateway("redirect:https://other.example/"))
    assert (moved.status, dict(moved.headers)["Location"]) == (302, "https://other.example/")
    busy = unsigned.to(gateway("status:503,after=1500"))
    assert (busy.status, busy.code, dict(busy.headers)["Retry-After"]) == (503, "ServiceUnavailable", "2")


def test_vod_spells_unavailable_in_its_own_way() -> None:
    assert signed("ListAIJob", product="vod").to(gateway("status:503")).code == "ServiceUnAvailable"


def test_denial_is_for_one_operation_and_tells_its_details() -> None:
    at = gateway("deny:QueryIProductionJob")
    body = told(signed("QueryIProductionJob", {"JobId": "x"}).to(at))
    assert body["Code"] == "NoPermission"
    assert body["AccessDeniedDetail"]["AuthAction"] == "ice:QueryIProductionJob"
    assert signed("ListSmartJobs").to(at).status == 200


def test_refusals_of_the_signed_are_for_the_rightly_signed_only() -> None:
    for fault, code in (("expired-token", "InvalidSecurityToken.Expired"), ("nonce:1", "SignatureNonceUsed")):
        at = gateway(fault)
        assert signed("ListSmartJobs", key=DEMO_STS).to(at).code == code
        assert signed("ListSmartJobs", secret="wrong").to(gateway(fault)).code == "SignatureDoesNotMatch"


def test_skewed_gateway_refuses_and_its_date_tells_by_how_much() -> None:
    reply = signed("ListSmartJobs").to(gateway("skew:22"))
    assert reply.code == "InvalidTimeStamp.Expired"
    assert parsedate_to_datetime(dict(reply.headers)["Date"]) - NOW == timedelta(minutes=22)


def test_garbage_is_not_json() -> None:
    reply = signed("ListSmartJobs").to(gateway("garbage"))
    with pytest.raises(ValueError, match=r"."):
        json.loads(reply.body)


def test_same_token_comes_for_ever_and_leads_to_the_first_page() -> None:
    at = gateway("same-token")
    first = ask(at, "ListSmartJobs")
    second = ask(at, "ListSmartJobs", {"NextToken": first["NextToken"]})
    assert first["NextToken"] == second["NextToken"] == SAME_TOKEN
    assert ids(first) == ids(second)


@pytest.mark.parametrize("order", ["CreationTime:Desc", "CreationTime:Asc"])
def test_an_account_can_have_any_number_of_jobs(order: str) -> None:
    at = gateway("jobs:250")
    told = pages(at, "ListSmartJobs", {"MaxResults": "100", "SortBy": order})
    assert [len(page["SmartJobList"]) for page in told] == [100, 100, 50]
    rows = [row for page in told for row in page["SmartJobList"]]
    times = [row["CreateTime"] for row in rows]
    assert times == sorted(times, reverse=order.endswith("Desc"))
    assert len({row["JobId"] for row in rows}) == 250
    failed = pages(at, "ListSmartJobs", {"MaxResults": "10", "JobState": "Failed", "SortBy": order})
    wanted = [row["JobId"] for row in rows if row["JobState"] == "Failed"]
    assert [job_id for page in failed for job_id in ids(page)] == wanted
    one = ask(at, "GetSmartHandleJob", {"JobId": rows[7]["JobId"]})
    assert (one["State"], one["SmartJobInfo"]["Title"]) == (rows[7]["JobState"], rows[7]["Title"])


def test_every_fault_can_be_used_without_a_value_or_says_which_it_needs() -> None:
    for name, kind in FAULTS.items():
        assert name.partition(":")[0] in kind.about
        if name == "deny":
            continue
        request = signed("ListSmartJobs")
        assert isinstance(request.to(gateway(name)).status, int)


# --- as a transport ---------------------------------------------------------------------------------------


async def send(transport: DemoTransport, request: Signed, patience: float = 5.0) -> httpx.Response:
    async with httpx.AsyncClient(transport=transport, timeout=patience) as client:
        url = httpx.URL(f"https://{request.headers['host']}").copy_with(raw_path=request.target.encode())
        return await client.request(request.method, url, headers=request.headers)


async def test_transport_takes_a_request_of_httpx_as_it_is() -> None:
    params = {"JobType": "智能 标签*~!'()&=+%/?#\"", "MaxResults": "5"}
    response = await send(demo(AT), signed("ListSmartJobs", params, method="GET"))
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json;charset=utf-8"
    assert response.headers["date"] == "Fri, 20 Nov 2026 10:00:00 GMT"
    assert response.json()["MaxResults"] == "5"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("cut:connect", httpx.ConnectError),
        ("cut:before", httpx.ReadError),
        ("cut:mid", httpx.RemoteProtocolError),
        ("never", httpx.ReadTimeout),
        ("slow:6", httpx.ReadTimeout),
    ],
)
async def test_transport_breaks_as_a_network_does_without_waiting(fault: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await send(demo(AT, [Fault.parse(fault)]), signed("ListSmartJobs"))


async def test_transport_that_waits_gives_up_when_the_caller_does() -> None:
    transport = DemoTransport(gateway("never"))
    with pytest.raises(httpx.ReadTimeout):
        await send(transport, signed("ListSmartJobs"), patience=0.01)


async def test_slow_answer_comes_where_the_caller_has_time() -> None:
    response = await send(demo(AT, [Fault.parse("slow:4")]), signed("ListSmartJobs"))
    assert response.status_code == 200


async def test_live_transport_takes_as_long_as_a_near_network() -> None:
    response = await send(demo(), signed("ListSmartJobs", at=datetime.now(UTC)))
    assert response.status_code == 200
    assert 0.02 < response.elapsed.total_seconds() < 5


def test_judge_refuses_where_no_key_is_known() -> None:
    request = signed("ListSmartJobs")
    with pytest.raises(Refused) as caught:
        Judge().judge(Asked.of("POST", "/", tuple(request.headers.items()), b"", NOW), NOW)
    assert caught.value.code == "InvalidAccessKeyId.NotFound"
