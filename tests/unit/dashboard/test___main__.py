"""What the process reads from its environment, and what it says when something is missing."""

from pathlib import Path

import pytest
from dashboard_parts import BERLIN, SECRET

from dashboard.__main__ import Settings, read_settings
from dashboard.errors import SettingError

NEEDED = {"TRUNKLINE_DASHBOARD": "127.0.0.1:8050", "TRUNKLINE_JWT_SECRET": SECRET}


def test_two_settings_are_enough() -> None:
    read = read_settings(NEEDED)
    assert (read.host, read.port, read.secret, read.data) == ("127.0.0.1", 8050, SECRET, Path("data"))
    assert (read.zone.key, read.log_level) == ("UTC", "INFO")


def test_everything_can_be_set() -> None:
    more = {"TRUNKLINE_DATA": "/d", "TRUNKLINE_TIMEZONE": "Europe/Berlin", "TRUNKLINE_LOG_LEVEL": "DEBUG"}
    assert read_settings(NEEDED | more) == Settings("127.0.0.1", 8050, SECRET, Path("/d"), BERLIN, "DEBUG")


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(SettingError, match=f"{name} is not set"):
        read_settings(NEEDED | {name: ""})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TRUNKLINE_DASHBOARD", "8050", "is host:port, not '8050'"),
        ("TRUNKLINE_DASHBOARD", "here:http", "is host:port"),
        ("TRUNKLINE_JWT_SECRET", "short", "shorter than 32 bytes"),
        ("TRUNKLINE_TIMEZONE", "Mars/Olympus", "no time zone: 'Mars/Olympus'"),
    ],
)
def test_what_is_wrong_is_said(name: str, value: str, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        read_settings(NEEDED | {name: value})


def test_a_secret_is_never_repeated() -> None:
    with pytest.raises(SettingError) as caught:
        read_settings(NEEDED | {"TRUNKLINE_JWT_SECRET": "short"})
    assert "short'" not in str(caught.value)
