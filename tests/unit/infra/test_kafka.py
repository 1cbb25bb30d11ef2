"""A folder's cluster has one id for ever. The broker itself is run in tests/integration/infra."""

import base64
from pathlib import Path

from infra.kafka import KafkaPlace, cluster_id
from infra.ports import Ports


def test_the_cluster_id_is_made_once_and_is_what_kafka_takes(tmp_path: Path) -> None:
    first = cluster_id(tmp_path)
    assert cluster_id(tmp_path) == first
    assert len(base64.urlsafe_b64decode(first + "==")) == 16


def test_each_folder_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert cluster_id(tmp_path) != cluster_id(tmp_path / "other")


def test_two_brokers_of_one_user_share_the_cache_and_nothing_else(tmp_path: Path) -> None:
    places = [
        KafkaPlace(tmp_path / name, Ports(tmp_path / name / "ports.json"), "http://repository", tmp_path / "cache")
        for name in ("one", "two")
    ]
    assert places[0].cache == places[1].cache
    assert places[0].folder != places[1].folder
