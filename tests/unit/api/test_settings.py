"""api/settings.py: what is missing or wrong is named; secrets are not shown."""

from pathlib import Path

import pytest

from api.door.crowd import Rates
from api.settings import BadSetting, read_settings

GOOD = {
    "TRUNKLINE_DATABASE": "postgresql://api:hunter2@db/trunkline",
    "TRUNKLINE_KAFKA": "kafka:9092",
    "TRUNKLINE_DASHBOARD": "127.0.0.1:8050",
    "TRUNKLINE_JWT_SECRET": "s" * 32,
}


def test_the_least_is_enough() -> None:
    settings = read_settings(GOOD)
    assert (settings.host, settings.port, settings.zone.key) == ("127.0.0.1", 8000, "UTC")
    assert (settings.admin_password, settings.kafka.tls, settings.kafka.user) == (None, False, "")


@pytest.mark.parametrize("name", sorted(GOOD))
def test_what_has_no_default_must_be_there(name: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read_settings({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUNKLINE_JWT_SECRET", "short"),
        ("TRUNKLINE_PORT", "eighty"),
        ("TRUNKLINE_PORT", "65536"),
        ("TRUNKLINE_TIMEZONE", "Europe/Atlantis"),
        ("TRUNKLINE_TIMEZONE", "../../etc/passwd"),
        ("TRUNKLINE_COUNTRY", "Germany"),
        ("TRUNKLINE_COUNTRY", "001"),
        ("TRUNKLINE_ORIGINS", "https://crm.example/"),
        ("TRUNKLINE_PROXIES", "the proxy"),
        ("TRUNKLINE_PEER_RATE", "0"),
        ("TRUNKLINE_USER_RATE", "-1"),
        ("TRUNKLINE_PEER_SOCKETS", "many"),
        ("TRUNKLINE_TLS_CERT", "nowhere.pem"),
        ("TRUNKLINE_OUTSIDE_PREFIX", "+9"),
        ("TRUNKLINE_ICE_SERVERS", "http://stun.example"),
        ("TRUNKLINE_ICE_SERVERS", '[{"urls": 1}]'),
        ("TRUNKLINE_RECORDING_SPOOL", "spool"),
        # Whoever names a mail server says as whom letters go.
        ("TRUNKLINE_SMTP_HOST", "smtp.example"),
        ("TRUNKLINE_WEBHOOKS", "https://hooks.example.com/"),
    ],
)
def test_what_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name.replace("SMTP_HOST", "SMTP_FROM")):
        read_settings({**GOOD, name: value})


def test_a_broker_of_ones_own() -> None:
    own = {"TRUNKLINE_KAFKA_USER": "u", "TRUNKLINE_KAFKA_PASSWORD": "hunter2", "TRUNKLINE_KAFKA_TLS": "1"}
    kafka = read_settings({**GOOD, **own}).kafka
    assert (kafka.user, kafka.password, kafka.tls, kafka.mechanism) == ("u", "hunter2", True, "SCRAM-SHA-512")


def test_where_recordings_are() -> None:
    plain = read_settings(GOOD).recordings
    assert (plain.store, plain.keys, plain.spool) == (Path("data/recordings"), None, "")
    told = {"TRUNKLINE_DATA": "/d", "TRUNKLINE_RECORDING_KEYS": "/k", "TRUNKLINE_RECORDING_SPOOL": "/run/spool"}
    it = read_settings(GOOD | told).recordings
    assert (it.store, it.keys, it.spool) == (Path("/d/recordings"), Path("/k"), "/run/spool")


def test_where_letters_are_given_to() -> None:
    assert read_settings(GOOD).mail is None
    told = {"HOST": "smtp.example", "FROM": "r@example.com", "USER": "r", "PASSWORD": "hunter2hunter2"}
    settings = read_settings(GOOD | {f"TRUNKLINE_SMTP_{name}": value for name, value in told.items()})
    assert settings.mail is not None and settings.mail.port == 587
    assert "hunter2hunter2" in settings.secrets


def test_who_stands_before_the_door() -> None:
    door = read_settings(GOOD).door
    assert (door.origins, door.proxies, door.rates, door.tls) == (frozenset(), (), Rates(), None)
    told = {"ORIGINS": "https://crm.example", "PROXIES": "10.0.0.0/8", "PEER_RATE": "5", "USER_RATE": "6",
            "PEER_SOCKETS": "7", "TLS_CERT": __file__, "TLS_KEY": __file__}  # fmt: skip
    door = read_settings({**GOOD, **{f"TRUNKLINE_{name}": value for name, value in told.items()}}).door
    assert (door.origins, len(door.proxies), door.rates) == (frozenset({"https://crm.example"}), 1, Rates(5, 6, 7))
    assert door.tls is not None and door.tls.certificate == __file__


PBX = {
    "TRUNKLINE_PBX": "a, b",
    "TRUNKLINE_AMI": "a:5038,b:5038",
    "TRUNKLINE_CONTROL_USER": "c",
    "TRUNKLINE_CONTROL_SECRET": "hunter2",
}


def test_phones_in_browsers() -> None:
    plain = read_settings({**GOOD, **PBX})
    assert (plain.phones.ice_servers, plain.phones.outside_prefix) == ((), "9")
    assert [each.sip for each in plain.pbxs] == ["", ""]
    told = {
        "TRUNKLINE_SIP": "ws://a:8088/ws,wss://b:8089/ws",
        "TRUNKLINE_OUTSIDE_PREFIX": "",
        "TRUNKLINE_ICE_SERVERS": '[{"urls": "turn:t:3478", "username": "u", "credential": "hunter3"}]',
    }
    settings = read_settings({**GOOD, **PBX, **told})
    assert [each.sip for each in settings.pbxs] == ["ws://a:8088/ws", "wss://b:8089/ws"]
    (server,) = settings.phones.ice_servers
    assert (settings.phones.outside_prefix, server.urls, server.credential) == ("", "turn:t:3478", "hunter3")
    assert "hunter3" in settings.secrets and "hunter3" not in repr(settings.phones)
    two = read_settings({**GOOD, "TRUNKLINE_ICE_SERVERS": "stun:a:1, stun:b:2"}).phones.ice_servers
    assert [each.urls for each in two] == ["stun:a:1", "stun:b:2"]
    with pytest.raises(BadSetting, match="TRUNKLINE_SIP"):
        read_settings({**GOOD, **PBX, "TRUNKLINE_SIP": "http://a/ws"})


def test_its_secrets_are_known_so_that_they_can_be_masked() -> None:
    settings = read_settings({**GOOD, "TRUNKLINE_DATABASE": "postgresql://api:a%40b@db/trunkline"})
    assert {"s" * 32, "a@b", "a%40b"} <= set(settings.secrets)


def test_secrets_are_not_shown() -> None:
    shown = repr(read_settings({**GOOD, "TRUNKLINE_KAFKA_PASSWORD": "hunter2", "TRUNKLINE_ADMIN_PASSWORD": "hunter2"}))
    assert "hunter2" not in shown and "sss" not in shown


ONE = GOOD | {
    "TRUNKLINE_PBX": "pbx1",
    "TRUNKLINE_AMI": "192.0.2.5:5038",
    "TRUNKLINE_CONTROL_USER": "control",
    "TRUNKLINE_CONTROL_SECRET": "hunter3",
}


def test_without_a_pbx_nothing_is_acted_on() -> None:
    assert read_settings(GOOD).pbxs == ()
    assert read_settings(GOOD).contexts == ("pbx-internal", "pbx-outbound")


def test_pbxs_are_named_one_by_one_and_may_share_a_login() -> None:
    (one,) = read_settings(ONE).pbxs
    assert (one.name, one.host, one.port, one.user, one.secret, one.tls) == (
        *("pbx1", "192.0.2.5", 5038, "control", "hunter3", False),
    )
    several = ONE | {"TRUNKLINE_PBX": "pbx1, pbx2", "TRUNKLINE_AMI": "a:1,b:2", "TRUNKLINE_AMI_TLS": "1"}
    assert [(it.name, it.host, it.user, it.tls) for it in read_settings(several).pbxs] == [
        ("pbx1", "a", "control", True),
        ("pbx2", "b", "control", True),
    ]
    settings = read_settings(several | {"TRUNKLINE_CONTROL_SECRET": "one,two"})
    assert [it.secret for it in settings.pbxs] == ["one", "two"]
    assert {"one", "two"} <= set(settings.secrets) and "one" not in repr(settings.pbxs)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUNKLINE_AMI", ""),
        ("TRUNKLINE_AMI", "192.0.2.5"),
        ("TRUNKLINE_AMI", "a:1,b:2"),
        ("TRUNKLINE_AMI", "a:99999"),
        ("TRUNKLINE_CONTROL_USER", ""),
        ("TRUNKLINE_CONTROL_SECRET", "a,b,c"),
    ],
)
def test_a_pbx_that_cannot_be_reached_so_is_said(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read_settings(ONE | {name: value})
