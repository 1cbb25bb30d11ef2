"""The options for a broker of the user's own. Topics are made on a real broker in tests/integration/infra."""

import ssl

import pytest

from infra.topics import security


def test_without_anything_said_the_broker_is_asked_plainly() -> None:
    assert security({}) == {"security_protocol": "PLAINTEXT"}


def test_a_user_logs_in_by_scram() -> None:
    assert security({"TRUNKLINE_KAFKA_USER": "u", "TRUNKLINE_KAFKA_PASSWORD": "p"}) == {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "u",
        "sasl_plain_password": "p",
    }


def test_tls_checks_the_brokers_certificate_and_name() -> None:
    options = security({"TRUNKLINE_KAFKA_TLS": "1", "TRUNKLINE_KAFKA_USER": "u", "TRUNKLINE_KAFKA_MECHANISM": "PLAIN"})
    assert options["security_protocol"] == "SASL_SSL"
    assert options["sasl_mechanism"] == "PLAIN"
    assert options["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert options["ssl_context"].check_hostname


def test_a_file_of_certificates_that_is_not_there_is_an_error() -> None:
    with pytest.raises(OSError, match="No such file"):
        security({"TRUNKLINE_KAFKA_TLS": "1", "TRUNKLINE_KAFKA_CA": "/no/such/ca.pem"})
