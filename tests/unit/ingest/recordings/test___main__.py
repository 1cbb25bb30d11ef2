"""ingest/recordings/__main__.py: what must be set is asked for by name, and a folder has one keeper."""

import os
from pathlib import Path

import pytest

from ingest.recordings.__main__ import Missing, lock, read_settings

SET = {
    "TRUNKLINE_PBX": "pbx1",
    "TRUNKLINE_DATABASE": "postgresql://u:hunter2@h/d",
    "TRUNKLINE_RECORDING_SPOOL": "/spool",
}


@pytest.mark.parametrize("name", SET)
def test_what_has_no_default_is_asked_for(name: str) -> None:
    with pytest.raises(Missing, match=name):
        read_settings({key: value for key, value in SET.items() if key != name})


def test_the_folders_are_below_the_data_unless_they_are_set() -> None:
    settings = read_settings(SET | {"TRUNKLINE_DATA": "/data"})
    assert (settings.store, settings.work) == (Path("/data/recordings"), Path("/data/keeper/pbx1"))
    assert read_settings(SET | {"TRUNKLINE_RECORDINGS": "/mnt"}).store == Path("/mnt")
    assert "hunter2" not in repr(settings)


def test_a_second_keeper_is_refused(tmp_path: Path) -> None:
    first = lock(tmp_path)
    with pytest.raises(Missing, match="Another keeper"):
        lock(tmp_path)
    os.close(first)
    os.close(lock(tmp_path))
