"""warehouse/reconcile.py: what was compared, in words."""

from typing import Any

import pytest

from calls.ledger.facts import Verdict
from warehouse.reconcile import pending_remark, said
from warehouse.reconciliation import Compared


def test_calls_whose_files_are_not_read_to_their_end_are_told() -> None:
    assert pending_remark(Compared([])) == []
    assert pending_remark(Compared([], 3))[0].startswith("3 calls are not compared")


@pytest.mark.parametrize(
    ("value", "text"), [(None, "nothing"), ((), "nobody"), (("Al", "Bea"), "Al, Bea"), (3.5, "3.5"), ("x", "x")]
)
def test_a_value_is_said_in_words(value: Any, text: str) -> None:
    assert said(value) == text


def test_a_verdict_is_a_word() -> None:
    assert [it.value for it in Verdict] == ["agree", "explained", "unexplained"]
