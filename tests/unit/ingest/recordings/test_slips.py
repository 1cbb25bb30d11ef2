"""ingest/recordings/slips.py: what is being done about a recording outlives the process."""

from pathlib import Path

from msgspec.structs import replace

from ingest.recordings.slips import Slip, Slips

SLIP = Slip("id-1", "a.wav", "default", None, "age1…", "default/x.age", "audio/wav", None, 1000, 0.5)


def test_slips_are_there_again_at_the_next_start(tmp_path: Path) -> None:
    slips = Slips(tmp_path / "slips")
    slips.put(SLIP)
    slips.put(replace(SLIP, size=5, sha256="00"))
    slips.put(replace(SLIP, id="id-2"))
    again = Slips(tmp_path / "slips")
    assert [slip.sealed for slip in again.open_slips.values()] == [True, False]
    again.drop(again.open_slips["id-1"])
    assert list(Slips(tmp_path / "slips").open_slips) == ["id-2"]


def test_one_that_cannot_be_read_is_left_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text("{")
    assert Slips(tmp_path).open_slips == {}
    assert (tmp_path / "odd.json").exists()
