"""Options are checked with advice; a process gets what it reads and nothing else."""

from pathlib import Path

import pytest

from infra.errors import SettingError
from infra.settings import READS, Address, UpSettings, environment, parse_address, parse_pbx


@pytest.mark.parametrize("text", ["", "host", "host:", ":9092", "host:port", "host:0", "host:65536"])
def test_what_is_no_address_is_refused_by_its_option(text: str) -> None:
    with pytest.raises(SettingError, match="--broker"):
        parse_address(text, "--broker")


def test_an_address_is_a_host_and_a_port() -> None:
    assert parse_address("broker.example:9092", "--broker") == Address("broker.example", 9092)
    assert str(Address("h", 1)) == "h:1"


def test_a_pbx_is_ours_or_an_address() -> None:
    assert parse_pbx("simulator") == "simulator"
    assert parse_pbx("asterisk") == "asterisk"
    assert parse_pbx("192.0.2.5:5038") == Address("192.0.2.5", 5038)
    with pytest.raises(SettingError, match="none of simulator, asterisk and HOST:PORT"):
        parse_pbx("freeswitch")


def test_a_variable_of_the_users_own_comes_before_ours() -> None:
    settings = UpSettings(Path("/data"), Address("h", 1), given={"TRUNKLINE_TIMEZONE": "Europe/Berlin"})
    assert settings.optional("TIMEZONE", "UTC") == "Europe/Berlin"
    assert settings.optional("LOAD_EVERY", "15") == "15"


def test_settings_do_not_show_what_is_secret() -> None:
    settings = UpSettings(Path("/d"), Address("h", 1), database="postgresql://u:hunter2@h/d", given={"X": "hunter2"})
    assert "hunter2" not in repr(settings)


def test_with_a_certificate_the_page_is_encrypted(tmp_path: Path) -> None:
    page = Address("127.0.0.1", 8000)
    assert UpSettings(tmp_path, page).page_url == "http://127.0.0.1:8000/"
    assert UpSettings(tmp_path, page, given={"TRUNKLINE_TLS_CERT": "c.pem"}).page_url == "https://127.0.0.1:8000/"


def test_a_process_gets_what_it_reads_and_the_rest_of_the_users_environment() -> None:
    inherited = {"PATH": "/bin", "TRUNKLINE_ADMIN_PASSWORD": "secret", "TRUNKLINE_KAFKA_USER": "u"}
    given = environment("ingest", lambda name: f"value of {name}", inherited)
    assert given["PATH"] == "/bin"
    assert given["TRUNKLINE_KAFKA_USER"] == "u"
    assert "TRUNKLINE_ADMIN_PASSWORD" not in given
    ours = {name.removeprefix("TRUNKLINE_") for name, value in given.items() if value.startswith("value of")}
    assert ours == {"DATA", "LOG_LEVEL", *READS["ingest"]}


def test_an_empty_value_is_not_handed_on() -> None:
    assert environment("streams", lambda name: "", {}) == {}


def test_kafkas_user_is_only_for_who_talks_to_kafka() -> None:
    inherited = {"TRUNKLINE_KAFKA_PASSWORD": "p"}
    assert environment("dashboard", lambda name: "", inherited) == {}
    assert environment("streams", lambda name: "", inherited) == inherited


def test_every_process_logs_in_to_kafka_by_the_same_mechanism() -> None:
    given = environment("api", lambda name: "", {"TRUNKLINE_KAFKA_USER": "u"})
    assert given["TRUNKLINE_KAFKA_MECHANISM"] == "SCRAM-SHA-512"
    chosen = {"TRUNKLINE_KAFKA_USER": "u", "TRUNKLINE_KAFKA_MECHANISM": "PLAIN"}
    assert environment("api", lambda name: "", chosen) == chosen


@pytest.mark.parametrize("process", sorted(set(READS) - {"api"}))
def test_the_first_users_password_is_for_the_api_alone(process: str) -> None:
    assert "ADMIN_PASSWORD" not in READS[process]
