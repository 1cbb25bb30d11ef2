"""The tree of errors."""

import pytest

from dashboard import errors


@pytest.mark.parametrize(
    "kind", [errors.SettingError, errors.TokenMissing, errors.NotSignedIn, errors.ReportsUnavailable]
)
def test_all_have_one_root(kind: type[Exception]) -> None:
    assert issubclass(kind, errors.DashboardError)
    assert kind.__name__ in (errors.__doc__ or "")
