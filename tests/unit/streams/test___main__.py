"""The environment becomes settings, and nothing is made up."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.__main__ import streams, worker_settings

LEAST = {"TRUNKLINE_KAFKA": "127.0.0.1:9092", "TRUNKLINE_DATABASE": "postgresql://streams:hidden@127.0.0.1/db"}


def test_the_least() -> None:
    settings = worker_settings(LEAST)
    assert (settings.name, settings.broker.address) == ("1", "127.0.0.1:9092")
    assert settings.data == Path("data/streams/1")
    assert not settings.broker.tls and settings.broker.user == ""


def test_everything() -> None:
    more = {
        "TRUNKLINE_WORKER": "b",
        "TRUNKLINE_DATA": "/var/lib/trunkline",
        "TRUNKLINE_KAFKA_USER": "streams",
        "TRUNKLINE_KAFKA_PASSWORD": "hidden",
        "TRUNKLINE_KAFKA_TLS": "1",
        "TRUNKLINE_KAFKA_CA": "/etc/ca.pem",
        "TRUNKLINE_KAFKA_MECHANISM": "SCRAM-SHA-256",
    }
    settings = worker_settings(LEAST | more)
    assert settings.data == Path("/var/lib/trunkline/streams/b")
    assert (settings.broker.user, settings.broker.tls, settings.broker.ca) == ("streams", True, "/etc/ca.pem")
    assert settings.broker.mechanism == "SCRAM-SHA-256"


@pytest.mark.parametrize("missing", LEAST)
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(SystemExit, match=missing):
        worker_settings({name: value for name, value in LEAST.items() if name != missing})


def rebuild(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and what was said, without anything of our own environment."""
    env = {"TRUNKLINE_DATABASE": "postgresql://nobody@127.0.0.1:1/db", "TRUNKLINE_TIMEZONE": "UTC", **environment}
    result = CliRunner().invoke(streams, ["rebuild", *arguments], env=env)
    return result.exit_code, result.output


def test_a_rebuild_of_nothing_is_refused_with_advice(tmp_path: Path) -> None:
    code, said = rebuild("--from", "2026-11-22", "--to", "2026-11-22", TRUNKLINE_DATA=str(tmp_path))
    assert code == 1 and "empty: `--to` is exclusive" in said
    code, said = rebuild("--from", "soon", "--to", "2026-11-22", TRUNKLINE_DATA=str(tmp_path))
    assert code == 1 and "no date or time" in said
    code, said = rebuild("--from", "2026-11-22", "--to", "2026-11-23", TRUNKLINE_DATA=str(tmp_path))
    assert code == 1 and "There is none at all. TRUNKLINE_DATA names the folder." in said


def test_a_rebuild_needs_a_database(tmp_path: Path) -> None:
    code, said = rebuild("--from", "2026-11-22", "--to", "2026-11-23", TRUNKLINE_DATABASE="")
    assert code == 1 and "Set TRUNKLINE_DATABASE" in said
