"""The composition root: what is missing or wrong is named."""

import ssl
from pathlib import Path

import pytest

from calls.errors import BadEvent
from ingest.__main__ import Missing, account, build, settings

GOOD = {
    "TRUNKLINE_PBX": "lab1",
    "TRUNKLINE_PARTITION": "2",
    "TRUNKLINE_AMI": "127.0.0.1:5038",
    "TRUNKLINE_AMI_USER": "trunkline",
    "TRUNKLINE_AMI_SECRET": "secret",
}


def test_an_ingester_is_built_from_the_environment(tmp_path: Path) -> None:
    ingester = build({**GOOD, "TRUNKLINE_DATA": str(tmp_path)}, b"{}")
    assert ingester.log.folder == tmp_path / "log" / "lab1"


def test_the_files_that_are_set_are_followed(tmp_path: Path) -> None:
    named = {"TRUNKLINE_QUEUE_LOG": "/pbx/queue_log", "TRUNKLINE_CEL": "/pbx/cel.csv", "TRUNKLINE_CDR": ""}
    ingester = build({**GOOD, "TRUNKLINE_DATA": str(tmp_path), **named}, b"{}")
    followed = {source: str(file.tail.path) for source, file in ingester.follower.files.items()}
    assert followed == {"queue_log": "/pbx/queue_log", "cel": "/pbx/cel.csv"}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_what_is_missing_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(Missing, match=name):
        build({**GOOD, "TRUNKLINE_DATA": str(tmp_path), name: ""}, b"{}")


def test_an_address_without_a_port_is_refused() -> None:
    with pytest.raises(Missing, match="host:port"):
        account({**GOOD, "TRUNKLINE_AMI": "localhost"})


def test_the_way_to_the_pbx_is_encrypted_where_wanted_and_its_certificate_is_checked(tmp_path: Path) -> None:
    assert account(GOOD).tls is None
    context = account({**GOOD, "TRUNKLINE_AMI_TLS": "1"}).tls
    assert context is not None and context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED
    with pytest.raises(OSError):
        account({**GOOD, "TRUNKLINE_AMI_TLS": "1", "TRUNKLINE_AMI_CA": str(tmp_path / "none.pem")})


def test_the_secret_is_in_no_text() -> None:
    assert "secret" not in repr(account(GOOD))


def test_a_settings_file_is_checked_before_anything_starts(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"queues": {"support": {"target": "high"}}}')
    with pytest.raises(BadEvent, match="target"):
        settings({"TRUNKLINE_SETTINGS": str(path)})
    assert settings({}) == b"{}"
