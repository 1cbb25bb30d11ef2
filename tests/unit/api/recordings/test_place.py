"""api/recordings/place.py: a name of the server's own."""

from pathlib import PurePosixPath

from api.recordings.place import RecordingPlace

PLACE = RecordingPlace(PurePosixPath("/run/trunkline/spool"))


def test_a_name_begins_with_the_id_and_is_the_only_one() -> None:
    first, second = PLACE.file("pbx1", "pbx1-1795360534.16"), PLACE.file("pbx1", "pbx1-1795360534.16")
    assert first != second
    assert first.startswith("/run/trunkline/spool/pbx1-1795360534.16.") and first.endswith(".wav")
    assert PurePosixPath(first).name.rsplit(".", 2)[0] == "pbx1-1795360534.16"


def test_nothing_of_an_id_leads_anywhere() -> None:
    for hostile in ("../../etc/passwd", "a/b,c|d;e&f", "\r\nAction: x", "\0", "..", "", "é" * 9, "x" * 1000):
        file = PurePosixPath(PLACE.file("pbx1", hostile))
        assert file.parent == PurePosixPath("/run/trunkline/spool")
        assert set(file.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
        assert not file.name.startswith(".") and len(file.name) < 140
