"""Each variable's value, from the data folder as it is at the moment."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.errors import StartError
from infra.passwords import Passwords
from infra.ports import Ports
from infra.settings import Address, UpSettings
from infra.values import DEFAULTS, Values

OWN = "postgresql://owner:pw@db.example/calls"


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    return Ports(tmp_path / "ports.json")


def values(tmp_path: Path, **changes: Any) -> Values:
    settings = UpSettings(tmp_path, Address("0.0.0.0", 8123), **changes)
    return Values(settings, Ports(tmp_path / "ports.json"), Passwords(tmp_path / "secrets.json"))


def test_before_the_servers_were_started_nothing_is_known_of_them(tmp_path: Path) -> None:
    for name in ("KAFKA", "DATABASE", "LAKE", "DASHBOARD"):
        with pytest.raises(StartError, match="trunkline up"):
            values(tmp_path).value("warehouse", name)


def test_our_servers_are_at_their_kept_ports(tmp_path: Path, ports: Ports) -> None:
    kafka, postgres = ports.claim("kafka"), ports.claim("postgres")
    ours = values(tmp_path)
    assert ours.value("streams", "KAFKA") == f"127.0.0.1:{kafka}"
    database = urlsplit(ours.value("streams", "DATABASE"))
    assert (database.port, database.path, database.username) == (postgres, "/trunkline", "trunkline_streams")
    lake = urlsplit(ours.value("warehouse", "LAKE"))
    assert (lake.path, lake.username) == ("/lake", "trunkline_owner")


def test_servers_of_the_users_own_are_taken_as_they_are(tmp_path: Path) -> None:
    theirs = values(tmp_path, broker=Address("b", 9092), database=OWN)
    assert theirs.value("ingest", "KAFKA") == "b:9092"
    assert theirs.value("warehouse", "LAKE") == "postgresql://owner:pw@db.example/lake"
    assert urlsplit(theirs.value("api", "DATABASE")).username == "trunkline_api"
    assert theirs.owner_url() == OWN


def test_the_role_of_a_process_has_the_same_password_each_time(tmp_path: Path) -> None:
    theirs = values(tmp_path, database=OWN)
    assert theirs.value("api", "DATABASE") == theirs.value("api", "DATABASE")
    assert urlsplit(theirs.value("api", "DATABASE")).password != urlsplit(theirs.value("streams", "DATABASE")).password


def test_the_page_is_where_the_user_wants_it(tmp_path: Path) -> None:
    assert (values(tmp_path).value("api", "HOST"), values(tmp_path).value("api", "PORT")) == ("0.0.0.0", "8123")


def test_the_token_secret_is_long_and_stays(tmp_path: Path) -> None:
    secret = values(tmp_path).value("api", "JWT_SECRET")
    assert len(secret) >= 32
    assert values(tmp_path).value("dashboard", "JWT_SECRET") == secret


def test_the_pbx_is_named_and_reached(tmp_path: Path) -> None:
    ours = values(tmp_path)
    assert ours.value("ingest", "PBX") == "sim1"
    assert ours.value("ingest", "AMI").startswith("127.0.0.1:")
    assert ours.value("ingest", "AMI_USER") == ours.value("simulator", "AMI_USER")
    assert ours.value("ingest", "AMI_SECRET") == ours.value("simulator", "AMI_SECRET")


def test_the_files_of_the_pbx_are_ours_or_where_the_user_says(tmp_path: Path) -> None:
    assert values(tmp_path).value("ingest", "CEL") == str(tmp_path / "simulator/cel.csv")
    theirs = values(tmp_path, pbx=Address("p", 5038), given={"TRUNKLINE_QUEUE_LOG": "/pbx/queue_log"})
    assert theirs.value("ingest", "QUEUE_LOG") == "/pbx/queue_log"
    assert theirs.value("ingest", "CEL") == ""


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_a_default_gives_way_to_the_users_own(tmp_path: Path, name: str) -> None:
    assert values(tmp_path).value("api", name) == DEFAULTS[name]
    assert values(tmp_path, given={f"TRUNKLINE_{name}": "mine"}).value("api", name) == "mine"


def test_the_first_password_is_the_users_or_made_up(tmp_path: Path) -> None:
    assert values(tmp_path, given={"TRUNKLINE_ADMIN_PASSWORD": "mine"}).value("api", "ADMIN_PASSWORD") == "mine"
    assert len(values(tmp_path).value("api", "ADMIN_PASSWORD")) >= 32


def test_what_was_not_set_is_empty(tmp_path: Path) -> None:
    assert values(tmp_path).value("ingest", "SETTINGS") == ""
