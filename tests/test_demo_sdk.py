"""The vendor's own SDKs as referee of the served demo gateway: what they can read, a client may rely on."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import itertools
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from alibabacloud_ice20201109 import models as ice
from alibabacloud_ice20201109.client import Client as IceClient
from alibabacloud_tea_openapi.utils_models import Config
from alibabacloud_vod20170321 import models as vod
from alibabacloud_vod20170321.client import Client as VodClient

from icetui.access_key import AccessKey, Secret
from icetui.demo import DEMO_KEY, DEMO_STS, MEDIA, MISSING, SEED_RESULTS, SEED_SPEECH
from icetui.demo.faults import Fault
from icetui.demo.gateway import Gateway
from icetui.demo.serve import serve
from icetui.demo.world import World
from tests.demo_signing import CLOCK, Signed, signed

WORLD, NOW = World(), CLOCK()
OTHER_TOKEN = AccessKey(DEMO_STS.id, DEMO_STS.secret, Secret("CAISother"))


class Served:
    """A gateway on a free port, in a thread of its own: the SDK blocks."""

    def __init__(self, *faults: str) -> None:
        self._ready, self._faults = threading.Event(), faults
        self.url = ""
        self.log: list[str] = []
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        gateway = Gateway(
            clock=CLOCK,
            judge_clock=lambda: datetime.now(UTC),
            faults=[Fault.parse(each) for each in self._faults],
        )
        await serve(gateway, 0, announce=self._announce, log=self.log.append, stop=self._stop)

    def _announce(self, url: str) -> None:
        self.url = url
        self._ready.set()

    def __enter__(self) -> Served:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Served() as server:
        yield server


def config(server: Served, key: AccessKey = DEMO_KEY) -> Any:
    return Config(
        access_key_id=key.id,
        access_key_secret=key.secret.reveal(),
        security_token=key.token.reveal() if key.token else None,
        endpoint=urlsplit(server.url).netloc,
        protocol="http",
    )


def ice_client(server: Served, key: AccessKey = DEMO_KEY) -> Any:
    return IceClient(config(server, key))


def vod_client(server: Served, key: AccessKey = DEMO_KEY) -> Any:
    return VodClient(config(server, key))


def refused(call: Any, request: Any) -> tuple[int, str]:
    """Status and code of a refusal, as the SDK raises it."""
    with pytest.raises(Exception, match=r"request id") as caught:
        call(request)
    error: Any = caught.value
    return error.status_code, error.code


def listed(family: str, **having: str) -> list[str]:
    """What the account lists, newest first, of a type or in a state."""
    records = WORLD.window(family, NOW)
    return [
        record.id
        for record in records
        if having.get("type", record.type) == record.type
        and having.get("word", record.word(NOW)) == record.word(NOW)
    ]


def raw(server: Served, request: Signed) -> tuple[int, str]:
    """Status and code of a request sent as it is."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        connection.request(request.method, request.target, headers=request.headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read()).get("Code", "")
    finally:
        connection.close()


def now_signed(server: Served, **how: Any) -> Signed:
    how.setdefault("at", datetime.now(UTC))
    return signed("ListSmartJobs", {"JobType": "ASR"}, host=urlsplit(server.url).netloc, **how)


# --- smart ------------------------------------------------------------------------------------------------


def test_sdk_pages_smart_jobs_by_token_to_the_end(served: Served) -> None:
    client, token = ice_client(served), None
    found: list[str] = []
    while token != "":
        body = client.list_smart_jobs(ice.ListSmartJobsRequest(max_results=50, next_token=token)).body
        found += [job.job_id for job in body.smart_job_list]
        token = body.next_token
        assert (body.max_results, body.total_count) == ("50", None)
    assert found == listed("smart")


def test_sdk_pages_smart_jobs_by_number_to_the_end(served: Served) -> None:
    client, number, total = ice_client(served), 0, 1
    found: list[str] = []
    while len(found) < total:
        number += 1
        request = ice.ListSmartJobsRequest(page_no=number, page_size=60, sort_by="CreationTime:Asc")
        body = client.list_smart_jobs(request).body
        found += [job.job_id for job in body.smart_job_list]
        total = int(body.total_count)
    assert found == listed("smart")[::-1]


def test_sdk_filters_smart_jobs_on_the_server(served: Served) -> None:
    request = ice.ListSmartJobsRequest(job_type="VideoTranslation", job_state="Failed", max_results=100)
    body = ice_client(served).list_smart_jobs(request).body
    assert [job.job_id for job in body.smart_job_list] == listed(
        "smart", type="VideoTranslation", word="Failed"
    )
    assert served.log[-1].endswith(
        "ListSmartJobs JobState='Failed' JobType='VideoTranslation' MaxResults='100' 200"
    )


def test_sdk_reads_every_listed_smart_job(served: Served) -> None:
    client = ice_client(served)
    for record in WORLD.window("smart", NOW)[::4]:
        body = client.get_smart_handle_job(ice.GetSmartHandleJobRequest(job_id=record.id)).body
        if record.id != SEED_SPEECH:  # its sample prints the ID of another
            assert body.job_id.strip() == record.id
        assert body.state == record.word(NOW)
        assert body.smart_job_info.job_type == record.type


def test_sdk_reads_the_samples(served: Served) -> None:
    client = ice_client(served)
    speech = client.get_smart_handle_job(
        ice.GetSmartHandleJobRequest(job_id="******042d5e4db6866f6289d1******")
    ).body
    assert json.loads(speech.job_result.ai_result)[0]["content"] == "Speaking of which,"
    batch = client.get_batch_media_producing_job(
        ice.GetBatchMediaProducingJobRequest(job_id="****b6b2750d4308892ac3330238****")
    ).body
    assert (
        batch.editing_batch_job.sub_job_list[0].media_url
        == "http:/xxx.oss-cn-shanghai.aliyuncs.com/xxx_0.mp4"
    )
    cover = client.query_iproduction_job(ice.QueryIProductionJobRequest(job_id=SEED_RESULTS["Cover"])).body
    assert [each["Time"] for each in json.loads(cover.result)] == ["28278.25", "25942.583333333332"]
    request = vod.ListAIJobRequest(job_ids="a718a3a1e8bb42ee3bc88921e94****")
    tagging = vod_client(served).list_aijob(request).body
    assert tagging.aijob_list.aijob[0].data.count('"Text"') == 6
    assert tagging.non_exist_aijob_ids.string == ['["aasdcsfg782740asd3****", "k2l3ibaskod98wrns9d****"]']


# --- batch ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["desc", "asc"])
def test_sdk_pages_batch_jobs_to_the_end(served: Served, order: str) -> None:
    client, token = ice_client(served), None
    found: list[str] = []
    while token != "":
        request = ice.ListBatchMediaProducingJobsRequest(max_results=30, next_token=token, sort_by=order)
        body = client.list_batch_media_producing_jobs(request).body
        found += [job.job_id for job in body.editing_batch_job_list]
        token = body.next_token
        assert body.max_results == 30
    assert found == listed("batch")[:: 1 if order == "desc" else -1]


def test_sdk_filters_batch_jobs_on_the_server(served: Served) -> None:
    client, day = ice_client(served), NOW - timedelta(days=2)
    request = ice.ListBatchMediaProducingJobsRequest(
        job_type="Script", status="Finished", max_results=100, end_time=f"{day:%Y-%m-%dT%H:%M:%SZ}"
    )
    found = [
        job.job_id for job in client.list_batch_media_producing_jobs(request).body.editing_batch_job_list
    ]
    old = {record.id for record in WORLD.window("batch", NOW) if record.created <= day}
    assert found == [job for job in listed("batch", type="Script", word="Finished") if job in old]
    one = ice.ListBatchMediaProducingJobsRequest(job_id=found[0])
    [job] = client.list_batch_media_producing_jobs(one).body.editing_batch_job_list
    assert job.job_id == found[0]


def test_sdk_reads_every_listed_batch_job_with_its_subjobs(served: Served) -> None:
    client, states = ice_client(served), set()
    for record in WORLD.window("batch", NOW)[::3]:
        request = ice.GetBatchMediaProducingJobRequest(job_id=record.id)
        job = client.get_batch_media_producing_job(request).body.editing_batch_job
        assert (job.job_id, job.status, job.job_type) == (record.id, record.word(NOW), record.type)
        states |= {each.status for each in job.sub_job_list or []}
    assert {"Success", "Failed"} <= states


# --- iproduction and VOD ----------------------------------------------------------------------------------


def test_sdk_reads_every_followed_production_job(served: Served) -> None:
    client = ice_client(served)
    for record in WORLD.window("iproduction", NOW):
        body = client.query_iproduction_job(ice.QueryIProductionJobRequest(job_id=record.id)).body
        assert (body.job_id, body.status, body.function_name) == (record.id, record.word(NOW), record.type)


def test_sdk_reads_vod_jobs_ten_at_a_time(served: Served) -> None:
    client, ids = vod_client(served), [*listed("vod-ai")[:29], MISSING["vod-ai"]]
    found: dict[str, str] = {}
    missing = ""
    for start in range(0, len(ids), 10):
        body = client.list_aijob(vod.ListAIJobRequest(job_ids=",".join(ids[start : start + 10]))).body
        found |= {job.job_id: job.status for job in body.aijob_list.aijob}
        missing += str(body.non_exist_aijob_ids.string)
    assert found == {record.id: record.word(NOW) for record in WORLD.window("vod-ai", NOW)[:29]}
    assert missing.count(MISSING["vod-ai"]) == 1


def test_sdk_is_refused_eleven_vod_jobs(served: Served) -> None:
    request = vod.ListAIJobRequest(job_ids=",".join(listed("vod-ai")[:11]))
    assert refused(vod_client(served).list_aijob, request) == (400, "InvalidParameter")


def test_sdk_finds_vod_jobs_by_media_and_reads_their_details(served: Served) -> None:
    client = vod_client(served)
    body = client.list_job_info(vod.ListJobInfoRequest(media_id=MEDIA[1], job_type="ai")).body
    found = WORLD.of_media(MEDIA[1], NOW)
    assert [job.job_id for job in body.job_info_list] == [record.id for record in found or ()]
    request = vod.GetJobDetailRequest(job_id=body.job_info_list[0].job_id, job_type="ai")
    detail = client.get_job_detail(request).body
    assert detail.aijob_detail.media_id == MEDIA[1]
    assert detail.job_type == "ai"


# --- who asks ---------------------------------------------------------------------------------------------


def test_sdk_with_a_temporary_key_is_served_by_both_products(served: Served) -> None:
    assert ice_client(served, DEMO_STS).list_smart_jobs(ice.ListSmartJobsRequest()).body.smart_job_list
    request = vod.ListAIJobRequest(job_ids=listed("vod-ai")[0])
    assert vod_client(served, DEMO_STS).list_aijob(request).body.aijob_list.aijob


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (AccessKey(DEMO_KEY.id, Secret("wrong")), (400, "SignatureDoesNotMatch")),
        (AccessKey("LTAI5tNobody", DEMO_KEY.secret), (404, "InvalidAccessKeyId.NotFound")),
        (OTHER_TOKEN, (400, "InvalidSecurityToken.MismatchWithAccessKey")),
        (AccessKey(DEMO_STS.id, DEMO_STS.secret, Secret("other")), (400, "InvalidSecurityToken.Malformed")),
        (AccessKey(DEMO_STS.id, DEMO_STS.secret), (404, "InvalidAccessKeyId.NotFound")),
    ],
)  # fmt: skip
def test_sdk_with_a_wrong_key_is_refused(served: Served, key: AccessKey, expected: tuple[int, str]) -> None:
    assert refused(ice_client(served, key).list_smart_jobs, ice.ListSmartJobsRequest()) == expected


def test_sdk_is_told_that_a_job_is_not_there(served: Served) -> None:
    client = ice_client(served)
    for call, request in (
        (client.get_smart_handle_job, ice.GetSmartHandleJobRequest(job_id="nowhere")),
        (client.get_batch_media_producing_job, ice.GetBatchMediaProducingJobRequest(job_id="nowhere")),
        (client.query_iproduction_job, ice.QueryIProductionJobRequest(job_id=MISSING["iproduction"])),
    ):
        status, code = refused(call, request)
        assert status in (400, 404)
        assert code == "InvalidParameter.JobNotFound"


def test_request_with_a_changed_parameter_is_refused(served: Served) -> None:
    right = now_signed(served)
    wrong = Signed(right.method, right.target.replace("ASR", "TextToSpeech"), right.headers)
    assert raw(served, wrong) == (400, "SignatureDoesNotMatch")
    assert raw(served, right) == (200, "")


def test_request_that_is_sent_twice_is_refused_the_second_time(served: Served) -> None:
    once = now_signed(served, nonce=hashlib.sha256(b"twice").hexdigest())
    assert raw(served, once) == (200, "")
    assert raw(served, once) == (400, "SignatureNonceUsed")


def test_request_with_a_stale_date_is_refused(served: Served) -> None:
    for minutes in (-16, 16):
        late = now_signed(served, at=datetime.now(UTC) + timedelta(minutes=minutes))
        assert raw(served, late) == (400, "InvalidTimeStamp.Expired")


def test_request_with_a_wrong_secret_is_refused(served: Served) -> None:
    assert raw(served, now_signed(served, secret="wrong")) == (400, "SignatureDoesNotMatch")


# --- faults -----------------------------------------------------------------------------------------------


def test_sdk_meets_throttling_and_denial_as_such() -> None:
    with Served("throttle:1,after=800", "deny:QueryIProductionJob") as server:
        client = ice_client(server)
        with pytest.raises(Exception, match=r"flow control") as caught:
            client.list_smart_jobs(ice.ListSmartJobsRequest())
        assert type(caught.value).__name__ == "ThrottlingException"
        assert client.list_smart_jobs(ice.ListSmartJobsRequest()).status_code == 200
        request = ice.QueryIProductionJobRequest(job_id=SEED_RESULTS["Cover"])
        with pytest.raises(Exception, match=r"not authorized") as denied:
            client.query_iproduction_job(request)
        error: Any = denied.value
        assert (error.status_code, error.code) == (403, "NoPermission")
        assert error.access_denied_detail["AuthAction"] == "ice:QueryIProductionJob"


# --- subjobs and media assets -----------------------------------------------------------------------------


def a_batch_with_failures(client: Any) -> Any:
    """A finished batch whose subjobs both succeeded and failed."""
    for record in WORLD.window("batch", NOW):
        request = ice.GetBatchMediaProducingJobRequest(job_id=record.id)
        job = client.get_batch_media_producing_job(request).body.editing_batch_job
        if {each.status for each in job.sub_job_list or []} == {"Success", "Failed"}:
            return job
    raise LookupError


@pytest.mark.parametrize("order", ["Asc", "Desc"])
def test_sdk_lists_the_subjobs_of_a_batch_by_pages(served: Served, order: str) -> None:
    client = ice_client(served)
    batch = a_batch_with_failures(client)
    found: list[Any] = []
    token = None
    while token != "":
        request = ice.ListMediaProducingJobsRequest(
            master_job_id=batch.job_id, max_results=2, next_token=token, sort_by=f"CreationTime:{order}"
        )
        body = client.list_media_producing_jobs(request).body
        assert body.max_results == "2"
        found += body.media_producing_job_list
        token = body.next_token
    told = batch.sub_job_list[:: 1 if order == "Asc" else -1]
    assert [(each.job_id, each.status, each.code, each.media_url, each.duration) for each in found] == [
        (each.job_id, each.status, each.error_code, each.media_url, each.duration) for each in told
    ]


def test_sdk_lists_subjobs_in_a_state(served: Served) -> None:
    request = ice.ListMediaProducingJobsRequest(status="Failed", max_results=100)
    body = ice_client(served).list_media_producing_jobs(request).body
    assert body.media_producing_job_list
    assert {each.status for each in body.media_producing_job_list} == {"Failed"}
    far = ice.ListMediaProducingJobsRequest(
        start_time="2026-01-01T00:00:00Z", end_time="2026-03-01T00:00:00Z"
    )
    assert refused(ice_client(served).list_media_producing_jobs, far) == (400, "InvalidParameter")


def test_sdk_opens_subjobs_with_reason_and_timeline(served: Served) -> None:
    client = ice_client(served)
    batch = a_batch_with_failures(client)
    for each in batch.sub_job_list:
        request = ice.GetMediaProducingJobRequest(job_id=each.job_id)
        job = client.get_media_producing_job(request).body.media_producing_job
        assert (job.status, job.code, job.message) == (each.status, each.error_code, each.error_message)
        clips = json.loads(job.timeline)["VideoTracks"][0]["VideoTrackClips"]
        assert clips[0]["TimelineIn"] == 0
        assert all(one["TimelineOut"] == two["TimelineIn"] for one, two in itertools.pairwise(clips))
        assert each.duration is None or clips[-1]["TimelineOut"] == each.duration
    status, code = refused(client.get_media_producing_job, ice.GetMediaProducingJobRequest(job_id="nowhere"))
    assert (status in (400, 404), code) == (True, "InvalidParameter.JobNotFound")


def test_sdk_gets_urls_of_media_assets_that_open_for_an_hour(served: Served) -> None:
    client = ice_client(served)
    batch = a_batch_with_failures(client)
    media = next(each.media_id for each in batch.sub_job_list if each.media_id)
    info = client.get_media_info(ice.GetMediaInfoRequest(media_id=media)).body.media_info
    [file] = info.file_info_list
    assert info.media_id == media
    assert f"Expires={int(NOW.timestamp()) + 3600}&" in file.file_basic_info.file_url
    short = ice.GetMediaInfoRequest(media_id=media, auth_timeout=60)
    [file] = client.get_media_info(short).body.media_info.file_info_list
    assert f"Expires={int(NOW.timestamp()) + 60}&" in file.file_basic_info.file_url
    source = "oss://demo-bucket.oss-cn-shanghai.aliyuncs.com/documentation/example.mp4"
    by_address = client.get_media_info(ice.GetMediaInfoRequest(input_url=source)).body.media_info
    assert "/documentation/example.mp4?" in by_address.file_info_list[0].file_basic_info.file_url
    for unknown in (MEDIA[1], batch.job_id, "nowhere"):
        request = ice.GetMediaInfoRequest(media_id=unknown)
        assert refused(client.get_media_info, request) == (404, "InvalidParameter.MediaNotFound")


def test_sdk_gets_play_urls_of_vod_assets(served: Served) -> None:
    body = vod_client(served).get_play_info(vod.GetPlayInfoRequest(video_id=MEDIA[1])).body
    assert body.video_base.video_id == MEDIA[1]
    urls = [each.play_url for each in body.play_info_list.play_info]
    assert all(f"auth_key={int(NOW.timestamp()) + 3600}-0-0-" in url for url in urls)
    unknown = vod.GetPlayInfoRequest(video_id="nowhere")
    assert refused(vod_client(served).get_play_info, unknown) == (404, "InvalidVideo.NotFound")
