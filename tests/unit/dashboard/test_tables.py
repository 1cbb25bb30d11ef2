"""Tables as JSON."""

import json

from dashboard_parts import text_of

from dashboard import tables
from dashboard.changes import Change


def test_a_cell_has_only_what_it_says() -> None:
    assert tables.cell("3") == {"text": "3", "css": "num"}
    full = tables.cell("3", "", href="/x", note="of 4", change=Change("▲ 1", "2"), spark=[1.0, None])
    assert full == {
        "text": "3", "css": "", "href": "/x", "note": "of 4", "spark": [1.0, None], "change": ["▲ 1", "dim", "2"]
    }  # fmt: skip


def test_rows_say_what_stands_there_without_any() -> None:
    assert json.loads(tables.rows([], 4, "Nothing yet.")) == {"rows": [], "columns": 4, "empty": "Nothing yet."}


def test_headings_of_numbers_explain_them() -> None:
    first, second = tables.head([("Queue", ""), ("Offered", "offered")]).children
    assert (text_of(first), hasattr(first, "data-explain")) == ("Queue", False)
    assert (getattr(second, "data-explain"), second.className) == ("offered", "num")
