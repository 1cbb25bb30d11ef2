"""Events: what a channel's name says."""

import pytest

from calls.events import Channel, Position


@pytest.mark.parametrize(
    ("name", "interface"),
    [
        ("PJSIP/1001-0000000d", "PJSIP/1001"),
        ("PJSIP/trunk-eu-0000000c", "PJSIP/trunk-eu"),
        ("Local/1003@agents-00000002;1", "Local/1003@agents"),
        ("", ""),
    ],
)
def test_the_interface_is_the_name_without_its_number(name: str, interface: str) -> None:
    assert Channel("u", "l", name).interface == interface


def test_positions_of_one_source_have_an_order() -> None:
    assert Position("ami", "a", 1, 9) < Position("ami", "a", 2, 1)
