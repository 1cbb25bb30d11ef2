"""Requests at a database that is away: said, without what was asked."""

import pytest

from warehouse.errors import LakeUnavailable
from warehouse.privacy.requests import Requests


def test_a_database_that_is_away_is_said_without_its_password() -> None:
    with pytest.raises(LakeUnavailable, match="OperationalError") as caught:
        Requests("postgresql://nobody:secret@127.0.0.1:1/none").running()
    assert "secret" not in str(caught.value)
