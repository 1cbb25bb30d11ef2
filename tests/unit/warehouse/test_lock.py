"""The lock without a server to hold it; with one: tests/integration/warehouse/test_refresh.py."""

import pytest

from warehouse.errors import LakeUnavailable
from warehouse.lock import sole_writer


def test_a_catalog_that_does_not_answer_is_an_error_of_ours() -> None:
    with pytest.raises(LakeUnavailable, match="trunkline up"), sole_writer("postgresql://owner:word@127.0.0.1:1/lake"):
        raise AssertionError("there is nothing to hold")
