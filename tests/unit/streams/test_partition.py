"""A partition that was just loaded."""

from streams.partition import Advance, Delivery, Partition


def test_partitions_do_not_share_what_they_hold() -> None:
    one, other = Partition(0, 5), Partition(1, 5)
    assert one.states is not other.states and one.attempts is not other.attempts
    assert one.gaps is not other.gaps


def test_values_name_their_parts() -> None:
    assert Delivery(1, 2, b"pbx", b"value")[:2] == (1, 2)
    assert Advance(expected=3, following=5).following == 5
