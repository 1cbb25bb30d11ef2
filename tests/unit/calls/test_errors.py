"""Errors: one tree."""

import pytest

from calls.errors import BadEvent, BadRecord, BadSettings, BadTime, CallsError


@pytest.mark.parametrize("kind", [BadEvent, BadRecord, BadSettings, BadTime])
def test_all_are_ours(kind: type[Exception]) -> None:
    assert issubclass(kind, CallsError) and str(kind("what is wrong")) == "what is wrong"
