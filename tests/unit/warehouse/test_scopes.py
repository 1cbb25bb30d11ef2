"""What stands before a mart's SELECT: only what it reads."""

from calls.spans import STINT_RULES, Rule
from warehouse.scopes import ALL, ASKED, RULED, asked_relations, scoped


def test_only_what_is_read_is_put_before_it() -> None:
    relations = {"cells": "FROM q15", "local_cells": "FROM q15"}
    assert scoped("SELECT 1 FROM cells", relations) == "WITH cells AS (FROM q15)\nSELECT 1 FROM cells"
    assert scoped("WITH a AS (FROM cells) FROM a", relations) == "WITH cells AS (FROM q15),\na AS (FROM cells) FROM a"
    assert scoped("SELECT 1", relations) == "SELECT 1"


def test_what_reports_read_views_can_read_too() -> None:
    assert set(ASKED) <= set(ALL)


def test_every_rule_of_stints_can_be_asked_for() -> None:
    assert tuple(RULED) == STINT_RULES
    assert "(FROM q15)" in asked_relations(Rule.BY_ARRIVAL)["cells"]
    assert "leg_ended_at" in asked_relations(Rule.BY_EVENT)["cells"]
