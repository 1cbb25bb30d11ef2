"""Our own certificate is made once, for the right hosts, and renewed before it runs out; its key is private."""

import datetime as dt
import stat
from pathlib import Path

from cryptography import x509

from infra.certificate import LIFE, kept_certificate

NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
HOSTS = ("127.0.0.1", "pbx.example")


def test_it_is_made_once_and_names_the_hosts(tmp_path: Path) -> None:
    made = kept_certificate(tmp_path, HOSTS, NOW)
    before = made.certificate.read_bytes()
    assert kept_certificate(tmp_path, HOSTS, NOW + dt.timedelta(days=300)) == made
    assert made.certificate.read_bytes() == before
    names = x509.load_pem_x509_certificate(before).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == list(HOSTS)


def test_its_key_is_private(tmp_path: Path) -> None:
    key = kept_certificate(tmp_path, HOSTS, NOW).key
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "PRIVATE KEY" in key.read_text()


def test_it_is_renewed_before_it_runs_out_and_for_other_hosts(tmp_path: Path) -> None:
    first = kept_certificate(tmp_path, HOSTS, NOW).certificate.read_bytes()
    renewed = kept_certificate(tmp_path, HOSTS, NOW + LIFE - dt.timedelta(days=29)).certificate.read_bytes()
    other = kept_certificate(tmp_path, ("other.example",), NOW).certificate.read_bytes()
    assert len({first, renewed, other}) == 3


def test_a_key_that_does_not_belong_to_it_is_replaced(tmp_path: Path) -> None:
    made = kept_certificate(tmp_path / "a", HOSTS, NOW)
    before = made.certificate.read_bytes()
    made.key.write_bytes(kept_certificate(tmp_path / "b", HOSTS, NOW).key.read_bytes())
    assert kept_certificate(tmp_path / "a", HOSTS, NOW).certificate.read_bytes() != before
