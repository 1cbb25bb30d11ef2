"""A page is lost when nothing is heard of it, not when its line to us breaks."""

from api.phone.silence import PATIENCE_S, Ear, is_lost, listened


def heard(*looks: tuple[float, int, bool]) -> Ear:
    """What is known after these looks: time, packets, whether the page is there."""
    ear: Ear | None = None
    for now, packets, is_there in looks:
        ear = listened(ear, packets, now, is_there=is_there)
    assert ear is not None
    return ear


def test_who_is_heard_is_not_lost_whatever_the_page_does() -> None:
    ear = heard((0, 100, False), (2, 200, False), (20, 1000, False))
    assert not is_lost(ear, 20.1)


def test_sound_that_stops_is_a_lost_page_even_if_its_line_is_open() -> None:
    ear = heard((0, 100, True), (2, 200, True), (4, 200, True))
    assert not is_lost(ear, 2 + PATIENCE_S - 0.1)
    assert is_lost(ear, 2 + PATIENCE_S)


def test_a_page_that_was_never_heard_is_still_finding_its_way() -> None:
    assert not is_lost(heard((0, 0, True), (30, 0, True)), 30)


def test_a_page_that_is_away_and_silent_is_lost() -> None:
    ear = heard((0, 0, True), (10, 0, False), (12, 0, False))
    assert not is_lost(ear, 10 + PATIENCE_S - 0.1)
    assert is_lost(ear, 10 + PATIENCE_S)


def test_a_page_that_comes_back_begins_anew() -> None:
    ear = heard((0, 0, False), (5, 0, True), (6, 0, False))
    assert ear.away_since == 6
    assert not is_lost(ear, 7)
