"""An engine that is spoken to by https: who it is must be shown, by whom the system trusts or SSL_CERT_FILE names."""

import ssl
from pathlib import Path

import pytest
import trustme
from gate import gate
from harness import TINY, started
from httpx import get
from publications import Place


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    """An authority of one's own, whose certificate lies in a file."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    return authority


def _shown_by(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(host).configure_cert(context)
    return context


def test_authority_of_ones_own_is_named_by_the_environment(
    oxi: Place, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gate(oxi.engine.url, _shown_by(authority, "127.0.0.1")) as oxi.gate:
        unknown = oxi.publish(oxi.new, gated=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        known = oxi.publish(oxi.new, gated=True)
        options = ["--root", str(TINY), "--build", str(oxi.build)]
        with started(options, ["--store", oxi.gate.store, "--processes", "1"]) as (address, _):
            assert get(f"{address}/readyz").json()["release"] == oxi.new
    assert unknown.returncode == 10
    assert "shows a certificate that does not hold" in unknown.stderr
    assert "SSL_CERT_FILE" in unknown.stderr
    assert known.returncode == 0, known.stderr


def test_certificate_of_another_host_does_not_hold(
    oxi: Place, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with gate(oxi.engine.url, _shown_by(authority, "engine.example")) as oxi.gate:
        result = oxi.publish(oxi.new, gated=True)
    assert result.returncode == 10
    assert "certificate is not valid for '127.0.0.1'" in result.stderr
    assert oxi.is_old()
