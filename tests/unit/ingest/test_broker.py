"""How Kafka is reached: plain by default, with user and certificates where they are set."""

from pathlib import Path

import pytest

from ingest.broker import client_options


def test_a_broker_of_our_own_needs_nothing() -> None:
    assert client_options("127.0.0.1:9092", {}) == {
        "bootstrap_servers": "127.0.0.1:9092",
        "security_protocol": "PLAINTEXT",
    }


def test_a_user_and_encryption() -> None:
    options = client_options(
        "kafka:9093",
        {"TRUNKLINE_KAFKA_USER": "u", "TRUNKLINE_KAFKA_PASSWORD": "p", "TRUNKLINE_KAFKA_TLS": "1"},
    )
    assert (options["security_protocol"], options["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("u", "p")
    assert options["ssl_context"].check_hostname


def test_certificates_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        client_options("k:1", {"TRUNKLINE_KAFKA_TLS": "1", "TRUNKLINE_KAFKA_CA": str(tmp_path / "none.pem")})
