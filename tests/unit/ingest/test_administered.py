"""ingest/administered.py: what is in force, by what is said and by what was kept. The topic: on a real broker."""

from pathlib import Path

import msgspec
import pytest

from calls.errors import BadEvent
from calls.settings import Administered, QueueSettings, Settings
from ingest.administered import Overlay, take

BASE = b'{"wrapup_s": 10, "queues": {"support": {"name": "Support"}}}'


def said(version: int, **queue: str | float) -> bytes:
    """A message of the topic."""
    return msgspec.json.encode(Administered(version, {"support": QueueSettings(**queue)}))  # type: ignore[arg-type]


def in_force(overlay: Overlay) -> Settings:
    return msgspec.json.decode(overlay.current, type=Settings)


def test_without_a_word_the_file_is_in_force(tmp_path: Path) -> None:
    assert Overlay(BASE, tmp_path / "settings.json").current == BASE
    with pytest.raises(BadEvent):
        Overlay(b'{"wrapup": 1}', tmp_path / "settings.json")


def test_what_is_said_is_laid_over_the_file_and_kept_for_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "log" / "settings.json"
    overlay, told = Overlay(BASE, path), list[bytes]()
    take(said(3, target=0.9), overlay, told.append)
    assert told == [overlay.current]
    assert in_force(overlay).queue("support") == QueueSettings("Support", "default", 10, 20, 5, 0.9)
    assert Overlay(BASE, path).current == overlay.current


def test_what_is_older_or_the_same_changes_nothing(tmp_path: Path) -> None:
    overlay, told = Overlay(BASE, tmp_path / "settings.json"), list[bytes]()
    take(said(3, target=0.9), overlay, told.append)
    take(said(2, target=0.1), overlay, told.append)
    take(said(3, target=0.1), overlay, told.append)
    take(said(4, target=0.9), overlay, told.append)
    assert len(told) == 1
    assert in_force(overlay).queue("support").target == 0.9


@pytest.mark.parametrize("value", [b"", b"{}", b'{"version": "x"}', b'{"version": 9, "queues": {"a": {"color": 1}}}'])
def test_nonsense_leaves_the_settings_of_before(tmp_path: Path, value: bytes) -> None:
    overlay, told = Overlay(BASE, tmp_path / "settings.json"), list[bytes]()
    take(value, overlay, told.append)
    assert (told, overlay.current) == ([], BASE)
    assert list(tmp_path.iterdir()) == []
