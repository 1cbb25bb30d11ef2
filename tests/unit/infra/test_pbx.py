"""How each kind of PBX is reached, and how ours are started."""

from pathlib import Path

import pytest

from infra.errors import SettingError
from infra.passwords import Passwords
from infra.pbx import files_of, pbx_of, simulator_service, sip_of, spool_of
from infra.ports import Ports
from infra.settings import Address, UpSettings

THEIRS = Address("192.0.2.5", 5038)
LOGIN = {"TRUNKLINE_PBX": "hq", "TRUNKLINE_AMI_USER": "u", "TRUNKLINE_AMI_SECRET": "s"}


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    return Ports(tmp_path / "ports.json")


@pytest.fixture
def passwords(tmp_path: Path) -> Passwords:
    return Passwords(tmp_path / "secrets.json")


def settings(pbx: str | Address, **given: str) -> UpSettings:
    return UpSettings(Path("/data"), Address("127.0.0.1", 8000), pbx=pbx, given=given)


@pytest.mark.parametrize("kind", ["simulator", "asterisk"])
def test_ours_are_on_loopback_at_a_kept_port(kind: str, ports: Ports, passwords: Passwords) -> None:
    first = pbx_of(settings(kind), ports, passwords)
    assert first.ami.host == "127.0.0.1"
    assert len(first.secret) >= 32
    assert not [secret for secret in (first.secret, first.control_secret) if secret in repr(first)]
    assert pbx_of(settings(kind), ports, passwords) == first


def test_one_of_the_users_is_what_the_user_says(ports: Ports, passwords: Passwords) -> None:
    found = pbx_of(settings(THEIRS, **LOGIN), ports, passwords)
    assert (found.name, found.ami, found.user, found.secret) == ("hq", THEIRS, "u", "s")
    assert (found.control_user, found.control_secret) == ("u", "s")


def test_one_of_the_users_may_have_a_login_for_acting(ports: Ports, passwords: Passwords) -> None:
    acting = {"TRUNKLINE_CONTROL_USER": "c", "TRUNKLINE_CONTROL_SECRET": "t"}
    found = pbx_of(settings(THEIRS, **LOGIN, **acting), ports, passwords)
    assert (found.control_user, found.control_secret) == ("c", "t")


def test_our_own_asterisk_has_two_logins(ports: Ports, passwords: Passwords) -> None:
    found = pbx_of(settings("asterisk"), ports, passwords)
    assert (found.user, found.control_user) == ("trunkline", "trunkline-control")
    assert found.secret != found.control_secret


def test_pages_are_relayed_to_our_own_asterisk_alone(ports: Ports) -> None:
    address = sip_of(settings("asterisk"), ports)
    assert address == f"ws://127.0.0.1:{ports.kept('asterisk_http')}/ws"
    assert sip_of(settings("simulator"), ports) == sip_of(settings(THEIRS, **LOGIN), ports) == ""


@pytest.mark.parametrize("missing", sorted(LOGIN))
def test_what_is_missing_for_it_is_named(missing: str, ports: Ports, passwords: Passwords) -> None:
    given = {name: value for name, value in LOGIN.items() if name != missing}
    with pytest.raises(SettingError, match=missing):
        pbx_of(settings(THEIRS, **given), ports, passwords)


def test_recordings_are_where_ours_writes_them_or_the_user_says() -> None:
    assert spool_of(settings("asterisk")) == "/data/asterisk/spool/recordings"
    assert (spool_of(settings("simulator")), spool_of(settings(THEIRS))) == ("", "")
    for kind in ("asterisk", THEIRS):
        assert spool_of(settings(kind, TRUNKLINE_RECORDING_SPOOL="/run/spool")) == "/run/spool"


def test_ours_write_files_in_the_data_folder_and_the_users_where_the_user_says() -> None:
    assert files_of(settings("simulator")) == {
        "QUEUE_LOG": "/data/simulator/queue_log",
        "CEL": "/data/simulator/cel.csv",
    }
    assert files_of(settings("asterisk")) == {
        "QUEUE_LOG": "/data/asterisk/log/queue_log",
        "CEL": "/data/asterisk/log/cel-custom/Master.csv",
        "CDR": "/data/asterisk/log/cdr-csv/Master.csv",
    }
    assert files_of(settings(THEIRS)) == {}


def test_the_simulator_listens_where_it_is_looked_for(tmp_path: Path, ports: Ports, passwords: Passwords) -> None:
    prepared = simulator_service(tmp_path, ports, lambda: {"A": "B"}).prepare(lambda text: None)
    address = str(pbx_of(settings("simulator"), ports, passwords).ami)
    assert prepared.address == address
    assert address in prepared.command.argv
    assert prepared.command.env == {"A": "B"}
    assert not prepared.answers()
