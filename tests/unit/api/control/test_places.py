"""api/control/places.py: the seam as the tests fill it."""

from control_parts import Place

from api.control.places import RecordingPlace


def test_no_two_recordings_have_one_name() -> None:
    place: RecordingPlace = Place()
    assert place.file("pbx", "u1") != place.file("pbx", "u1")
