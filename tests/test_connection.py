"""The client against real servers on this machine: bytes, connections, certificates, proxies, logs."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest

from icetui import connection
from icetui.access_key import AccessKey, Secret
from icetui.call import Call
from icetui.endpoints import endpoints
from icetui.errors import Redirected, ServiceFault, TimedOut, Unreachable
from icetui.wire import Client
from tests.loopback import Heard, Server, reply, serving

SECRET = "ExampleAccessKeySecret0123456789ab"
TOKEN = "CAISExampleSecurityToken+/=="
STS = AccessKey("STS.NUExampleAccessKeyId", Secret(SECRET), Secret(TOKEN))
ODD = "智能 标签*~!'()&=+%/?#\""
LIST = Call.of("ice", "ListSmartJobs", "GET", JobType=ODD, NextToken="", MaxResults=100)
LOOKUP = Call.of("vod", "ListAIJob", JobIds="a718a3a1,aasdcsfg")

Make = Callable[..., Client]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Clients that ask a server and do not wait between attempts; closed after the test."""
    made: list[Client] = []

    async def at_once(seconds: float) -> None:
        await asyncio.sleep(0)

    def client(server: Server | str, **more: object) -> Client:
        url = server if isinstance(server, str) else server.url
        given: dict[str, object] = {
            "key": STS,
            "region": "cn-shanghai",
            "endpoints": endpoints("cn-shanghai", ice=url, vod=url),
            "sleep": at_once,
        }
        made.append(Client(**given | more))  # type: ignore[arg-type]  # a table of the constructor's own names
        return made[-1]

    yield client
    for one in made:
        await one.close()


def signature_the_sdk_expects(heard: Heard) -> str:
    """What the official SDK's signer makes of a request as it came over the line."""
    from alibabacloud_tea_openapi.utils import Utils

    method, target, _ = heard.line.decode("ascii").split(" ")
    path, _, query = target.partition("?")
    names = heard.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    request = SimpleNamespace(
        method=method,
        pathname=path,
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers={name: heard.headers[name] for name in names},
    )
    body_sha256 = heard.headers["x-acs-content-sha256"]
    expected = Utils.get_authorization(request, "ACS3-HMAC-SHA256", body_sha256, STS.id, SECRET)
    assert isinstance(expected, str)
    return expected


async def test_the_request_line_carries_the_very_bytes_that_were_signed(make: Make) -> None:
    async with serving() as server:
        client = make(server)
        await client.send(LIST)
        await client.send(LOOKUP)
        await client.send(Call.of("ice", "GetBatchMediaProducingJob"))
        await client.close()
    assert [heard.line for heard in server.heard] == [
        b"GET /?JobType=%E6%99%BA%E8%83%BD%20%E6%A0%87%E7%AD%BE%2A~%21%27%28%29%26%3D%2B%25%2F%3F%23%22"
        b"&MaxResults=100&NextToken= HTTP/1.1",
        b"POST /?JobIds=a718a3a1%2Caasdcsfg HTTP/1.1",
        b"POST / HTTP/1.1",
    ]
    for heard in server.heard:
        assert heard.headers["authorization"] == signature_the_sdk_expects(heard)
        assert heard.headers["host"] == f"127.0.0.1:{server.port}"
        assert heard.headers["x-acs-security-token"] == TOKEN
    assert "content-length" not in server.heard[0].headers
    assert server.heard[1].headers["content-length"] == "0"


async def test_one_connection_serves_many_calls(make: Make) -> None:
    async with serving() as server:
        client = make(server)
        for _ in range(5):
            await client.send(LIST)
        await client.close()
    assert len(server.heard) == 5
    assert server.connections == 1


async def test_a_redirect_to_another_server_takes_no_token_there(make: Make) -> None:
    async with serving() as other:
        there = f"{other.url}/?steal=1"
        async with serving(lambda heard: reply(307, location=there)) as server:
            client = make(server)
            for call in (LIST, LOOKUP):
                with pytest.raises(Redirected, match=r"HTTP 307 pointed to 127\.0\.0\.1"):
                    await client.send(call)
            await client.close()
    assert len(server.heard) == 2
    assert other.connections == 0
    assert TOKEN.encode() in server.heard[0].head  # the first server did hear it: the test can fail


async def test_an_answer_that_breaks_off_is_asked_for_again(make: Make) -> None:
    whole = reply(200, b'{"RequestId": "R"}')
    said = iter([whole[:-5], None, whole])

    def say(heard: Heard) -> bytes | None:
        part = next(said)
        # "close" makes the server hang up after the part.
        return part.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n") if part and part != whole else part

    async with serving(say) as server:
        client = make(server)
        assert (await client.send(LIST)).request_id == "R"
        await client.close()
    assert len(server.heard) == 3
    nonces = {heard.headers["x-acs-signature-nonce"] for heard in server.heard}
    assert len(nonces) == 3


async def test_a_line_that_is_always_cut_is_unreachable_in_the_end(make: Make) -> None:
    async with serving(lambda heard: None) as server:
        client = make(server)
        with pytest.raises(Unreachable, match="broke the connection"):
            await client.send(LIST)
        await client.close()
    assert len(server.heard) == 4


async def test_a_server_that_says_nothing_is_timed_out(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "READ_SECONDS", 0.05)
    async with serving(lambda heard: b"") as server:
        client = make(server)
        with pytest.raises(TimedOut, match=r"127\.0\.0\.1 was silent"):
            await client.send(LIST)
        await client.close()
    assert len(server.heard) == 4


async def test_a_port_where_nobody_listens_is_unreachable_at_once(make: Make) -> None:
    async with serving() as server:
        pass
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1 could not be reached"):
        await make(server).send(LIST)


# --- certificates ---


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody signed but itself, and its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "icetui test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_a_certificate_nobody_signed_is_refused_before_anything_is_said(
    make: Make, certificate: Path
) -> None:
    async with serving(tls=tls(certificate)) as server:
        client = make(f"https://127.0.0.1:{server.port}")
        with pytest.raises(Unreachable, match=r"certificate of 127\.0\.0\.1 is not trusted: self") as caught:
            await client.send(LIST)
        await client.close()
    assert "ca_file" in caught.value.hint
    assert server.heard == []


async def test_the_same_certificate_named_as_ca_file_is_trusted(make: Make, certificate: Path) -> None:
    async with serving(tls=tls(certificate)) as server:
        client = make(f"https://127.0.0.1:{server.port}", ca_file=str(certificate))
        await client.send(LIST)
        await client.close()
    assert len(server.heard) == 1
    assert server.heard[0].headers["authorization"] == signature_the_sdk_expects(server.heard[0])


async def test_a_certificate_for_another_name_is_refused_even_if_its_maker_is_trusted(
    make: Make, certificate: Path
) -> None:
    async with serving(tls=tls(certificate)) as server:
        client = make(f"https://localhost:{server.port}", ca_file=str(certificate))
        with pytest.raises(Unreachable, match="is not trusted"):
            await client.send(LIST)
        await client.close()
    assert server.heard == []


async def test_no_variable_turns_certificates_off(
    make: Make, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONHTTPSVERIFY", "CURL_INSECURE", "NODE_TLS_REJECT_UNAUTHORIZED"):
        monkeypatch.setenv(name, "0")
    async with serving(tls=tls(certificate)) as server:
        client = make(f"https://127.0.0.1:{server.port}")
        with pytest.raises(Unreachable, match="is not trusted"):
            await client.send(LIST)
        await client.close()
    assert server.heard == []


# --- proxies ---


async def test_this_machine_is_never_asked_through_a_proxy(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving() as proxy, serving() as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        both = make(server)
        # One product here, the other in the cloud: the way here is direct all the same.
        mixed = make(server, endpoints=endpoints("cn-shanghai", ice=server.url))
        for client in (both, mixed):
            await client.send(LIST)
            await client.close()
    assert len(server.heard) == 2
    assert proxy.connections == 0


async def test_a_proxy_of_the_environment_sees_the_host_and_no_token(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(lambda heard: reply(403)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        client = make("http://127.0.0.1:9", endpoints=endpoints("cn-shanghai"))
        with pytest.raises(Unreachable, match=r"The proxy did not connect to ice\.cn-shanghai"):
            await client.send(LIST)
        await client.close()
    (heard,) = proxy.heard
    assert heard.line == b"CONNECT ice.cn-shanghai.aliyuncs.com:443 HTTP/1.1"
    assert b"x-acs" not in heard.head.lower()
    assert TOKEN.encode() not in heard.head


# --- logs of the HTTP library ---


PROGRAM = """
import asyncio, logging, logging.config, sys
import httpx
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
url = sys.argv[1]
from icetui.access_key import AccessKey, Secret
from icetui.call import Call
from icetui.endpoints import endpoints
from icetui.wire import Client

async def main():
    async with httpx.AsyncClient() as plain:
        await plain.get(url + "/?before=seen")
    client = Client(
        key=AccessKey("STS.NUExampleAccessKeyId", Secret("%s"), Secret("%s")),
        region="cn-shanghai",
        endpoints=endpoints("cn-shanghai", ice=url),
    )
    call = Call.of("ice", "ListSmartJobs", "GET", JobType="never-to-be-logged")
    await client.send(call)
    # Somebody turns logging on again, as loudly as possible.
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).disabled = False
        logging.getLogger(name).propagate = True
    logging.config.dictConfig({
        "version": 1, "disable_existing_loggers": False,
        "handlers": {"all": {"class": "logging.StreamHandler"}},
        "root": {"level": "DEBUG", "handlers": ["all"]},
        "loggers": {"httpx": {"level": "DEBUG"}, "httpcore": {"level": "DEBUG"}},
    })
    await client.send(call)
    await client.close()

asyncio.run(main())
""" % (SECRET, TOKEN)  # noqa: UP031  # braces are the program's own


async def test_the_http_library_logs_nothing_of_ours_whatever_the_logging_set_up(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(textwrap.dedent(PROGRAM))
    root = str(Path(connection.__file__).parents[1])
    async with serving() as server:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(path),
            server.url,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PYTHONPATH": root},
        )
        out, err = (text.decode() for text in await process.communicate())
    assert process.returncode == 0, err
    assert len(server.heard) == 3
    # Logging was on: what was sent before our client existed is in it.
    assert "before=seen" in err
    for word in ("never-to-be-logged", TOKEN, SECRET, "Signature", "x-acs", "STS.NU"):
        assert word not in out + err


async def test_a_fault_over_the_line_keeps_what_the_page_said(make: Make) -> None:
    page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    async with serving(lambda heard: reply(502, page, content_type="text/html")) as server:
        client = make(server)
        with pytest.raises(ServiceFault, match="502 Bad Gateway") as caught:
            await client.send(LIST)
        await client.close()
    assert caught.value.status == 502
