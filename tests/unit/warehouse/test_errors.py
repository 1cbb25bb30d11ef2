"""The errors of the warehouse are one tree, drawn in their module."""

import pytest

from warehouse import errors
from warehouse.errors import WarehouseError


@pytest.mark.parametrize(
    "kind",
    ["LakeUnavailable", "LoadConflict", "LogUnreadable", "MartsMissing", "BadRange", "QueryRefused", "QueryStopped"],
)
def test_every_kind_is_in_the_tree_and_in_the_drawing_of_it(kind: str) -> None:
    assert issubclass(getattr(errors, kind), WarehouseError)
    assert kind in (errors.__doc__ or "")
