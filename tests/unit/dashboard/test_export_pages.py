"""What of each page is in its files: every table that the page draws, and what says what the numbers are of."""

from datetime import UTC, datetime
from typing import Any

import pytest
from agent_rows import performance
from dashboard_parts import BERLIN, BILLING, NOW, PaperMarts

from dashboard.export_pages import SOURCES, read_export
from dashboard.export_tables import Export, Number, Ratio
from dashboard.filters import parse

TABLES = {
    "service-level": ["Service level", "Other definitions"],
    "queues": ["By queue"],
    "agents": ["By agent", "Filed as"],
    "agents?agent=ines": ["By day", "One thing after the other", "Paused for", "Filed as"],
    "wait": ["By queue"],
    "heat-map?metric=asa": ["Speed of answer"],
    "staffing": ["By half hour", "How wrong it was"],
    "data-quality": ["By PBX", "By day", "Gaps", "Calls that differ", "Why two accounts may differ"],
}


def export(address: str, **told: Any) -> Export:
    name, _, query = address.partition("?")
    source = SOURCES[name]
    filters = parse(query, NOW, BERLIN, source.own)
    return read_export(source, lambda _: PaperMarts(**told), "Northwind", filters, NOW)


@pytest.mark.parametrize("address", TABLES)
def test_every_table_of_a_page_is_in_its_files(address: str) -> None:
    made = export(address)
    assert [each.title for each in made.tables] == TABLES[address]
    # A sheet's name has at most so many letters.
    assert all(len(each.title) <= 31 for each in made.tables)
    assert len(made.figures) >= 4 and made.explanations


def test_what_the_numbers_are_of_is_said() -> None:
    about = dict(export("service-level?range=7d&compare=week&queue=billing&variant=sl_offered").about)
    assert (about["Centre"], about["Range"], about["Time zone"]) == ("Northwind", "16 – 22 Nov 2026", "Europe/Berlin")
    assert (about["Queues"], about["Service level"]) == ("billing", "of offered")
    assert about["Compared with"] == "9 – 15 Nov 2026"
    assert about["Made"] == "22 Nov 2026 14:03:22 Europe/Berlin"


def test_the_service_level_has_its_intervals_and_its_other_definitions() -> None:
    levels, others = export("service-level", offered={datetime(2026, 11, 22, 8, tzinfo=UTC): 8}).tables
    assert levels.headings[:3] == ("From", "Offered", "In 20 s") and levels.rows[0][:2] == (
        "Sun 22 Nov 09:00",
        Number(8),
    )
    assert others.rows[0][0] == "short abandons left out" and isinstance(others.rows[0][1], Ratio)


def test_a_hostile_name_stays_a_text() -> None:
    hostile = '=HYPERLINK("http://x","y")'
    rows = [performance("ines", 1, name=hostile)]
    table, _ = export("agents", rows={"agent_performance": rows}, queues=[BILLING]).tables
    assert table.rows[0][0] == hostile
