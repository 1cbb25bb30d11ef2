"""api/privacy/forms.py: what may be asked, and nothing besides."""

import msgspec
import pytest

from api.privacy.forms import ErasureForm, RetentionForm


@pytest.mark.parametrize("number", ["", "1" * 41, "+49 30\n1", "=1+2", "ａ", "１２３４５６"])
def test_what_nobody_writes_as_a_number_is_refused(number: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"number": number, "confirm": "+49 30 123456"}, ErasureForm)


@pytest.mark.parametrize(("days", "is_right"), [(29, False), (30, True), (None, True), (3650, True), (3651, False)])
def test_callers_are_kept_for_a_month_at_least(days: int | None, is_right: bool) -> None:
    if is_right:
        assert msgspec.convert({"forgetCallersDays": days}, RetentionForm).forget_callers_days == days
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"forgetCallersDays": days}, RetentionForm)
