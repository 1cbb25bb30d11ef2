"""warehouse/quoting.py: a text in a statement stays a text."""

from warehouse.quoting import quoted


def test_a_quote_is_doubled() -> None:
    assert quoted("it's") == "'it''s'"
