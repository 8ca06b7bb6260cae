"""Certificates: which are trusted, and what is said when they cannot be read."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi
import pytest

from icetui.errors import Misuse
from icetui.plain_httpx import httpx
from icetui.trust import Trust


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A file with one certificate of the usual ones."""
    first, end, _ = Path(certifi.where()).read_text().partition("-----END CERTIFICATE-----\n")
    file = tmp_path / "one.pem"
    file.write_text(first[first.index("-----BEGIN") :] + end)
    return file


@pytest.fixture(autouse=True)
def _usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)


def count(trust: Trust) -> int:
    """How many makers of certificates are trusted, as far as they are read; none may go unchecked."""
    context = trust.context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    return len(context.get_ca_certs())


def test_the_usual_certificates_are_those_of_the_http_library() -> None:
    theirs = httpx.create_ssl_context()
    assert count(Trust()) == len(theirs.get_ca_certs()) > 50
    assert Trust().context().options == theirs.options


def test_the_environment_may_name_others_as_for_the_http_library(
    monkeypatch: pytest.MonkeyPatch, bundle: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert count(Trust()) == len(httpx.create_ssl_context().get_ca_certs()) == 1
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setenv("SSL_CERT_DIR", str(bundle.parent))
    # A directory is looked into when a certificate is checked.
    assert count(Trust()) == 0


def test_a_file_of_the_profile_comes_besides_the_usual_ones(bundle: Path, tmp_path: Path) -> None:
    assert count(Trust(str(bundle))) == count(Trust())
    assert count(Trust(str(bundle), plain=True)) == 1


def test_plain_http_reads_no_certificates_and_trusts_nobody() -> None:
    assert count(Trust(plain=True)) == 0


@pytest.mark.parametrize("plain", [True, False])
def test_a_file_that_cannot_be_read_is_misuse_whenever_it_is_asked_for(tmp_path: Path, plain: bool) -> None:
    trust = Trust(str(tmp_path / "none.pem"), plain=plain)
    for _ in range(2):
        with pytest.raises(Misuse, match=r"^ca_file .*none\.pem: No such file"):
            trust.context()


def test_what_the_environment_names_and_is_none_is_misuse(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "empty.pem"
    file.write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(Misuse, match=r"^SSL_CERT_FILE or SSL_CERT_DIR: "):
        Trust().context()
