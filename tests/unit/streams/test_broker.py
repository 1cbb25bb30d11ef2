"""How Kafka is reached, in both libraries' words."""

import ssl

import pytest
from faust import SASLCredentials, SSLCredentials

from streams.broker import Broker

PLAIN = Broker("127.0.0.1:9092")
SECURED = Broker("a:1,b:2", user="streams", password="hidden", tls=True, mechanism="SCRAM-SHA-512")


def test_without_user_and_tls_nothing_is_encrypted() -> None:
    assert PLAIN.client_options() == {"bootstrap_servers": "127.0.0.1:9092", "security_protocol": "PLAINTEXT"}
    assert PLAIN.faust_options() == {"broker": ["kafka://127.0.0.1:9092"]}


def test_a_broker_of_ones_own() -> None:
    options = SECURED.client_options()
    assert (options["security_protocol"], options["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert isinstance(options["ssl_context"], ssl.SSLContext)
    faust = SECURED.faust_options()
    assert faust["broker"] == ["kafka://a:1", "kafka://b:2"]
    assert isinstance(faust["broker_credentials"], SASLCredentials)


def test_encryption_without_a_user() -> None:
    broker = Broker("a:1", tls=True)
    assert broker.client_options()["security_protocol"] == "SSL"
    assert isinstance(broker.faust_options()["broker_credentials"], SSLCredentials)


def test_the_password_is_not_shown() -> None:
    assert "hidden" not in repr(SECURED)


def test_a_missing_authority_is_said() -> None:
    with pytest.raises(OSError):
        Broker("a:1", tls=True, ca="/nowhere.pem").client_options()
