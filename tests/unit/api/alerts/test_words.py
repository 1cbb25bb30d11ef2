"""api/alerts/words.py: what a form takes."""

from typing import Any

import msgspec
import pytest
from alert_parts import NOW, RULE

from api.alerts.words import AlertForm, FiringForm, firing_form
from calls.alerts import Firing


@pytest.mark.parametrize(
    "said",
    [
        {"webhook": "ftp://x"}, {"webhook": "https://a b"}, {"webhook": "https://a\n"},
        {"webhook": "https://" + "a" * 500},
        {"mail": ["a@b", "c"]}, {"mail": ["a@b\nBcc: c@d"]}, {"mail": ["a@b,c@d"]}, {"mail": ["a@b"] * 21},
    ],
)  # fmt: skip
def test_an_address_is_one_address(said: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"rule": RULE} | said, AlertForm)


def test_a_firing_says_its_instants_in_iso() -> None:
    assert firing_form(Firing(NOW, 3.0)) == FiringForm("2026-11-22T12:00:00.000Z", 3.0, None)
    assert firing_form(Firing(NOW, 3.0, NOW + 1)).cleared_at == "2026-11-22T12:00:00.001Z"
