"""Who keeps callers for some days only: a database that is away is said, and not asked again at once."""

import pytest

from warehouse.errors import LakeUnavailable
from warehouse.privacy.retention import Retention, is_country


def test_a_database_that_is_away_is_said_once_and_asked_later() -> None:
    retention = Retention("postgresql://nobody:secret@127.0.0.1:1/none", "DE")
    with pytest.raises(LakeUnavailable, match="OperationalError") as caught:
        retention.ask_if_due()
    assert "secret" not in str(caught.value)
    assert retention.ask_if_due() == 0


def test_countries_are_told_by_two_letters() -> None:
    assert is_country("DE")
    assert not is_country("Germany")
