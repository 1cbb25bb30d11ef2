"""dashboard/pages/alerts.py: who finds a button to make one, and places for all that the scripts fill."""

import pytest
from dashboard_parts import BERLIN, parts_of

from dashboard.pages import alerts


@pytest.mark.parametrize(
    ("role", "may"), [("manager", True), ("administrator", True), ("supervisor", False), ("analyst", False)]
)
def test_who_may_change_them_finds_a_button(role: str, may: bool) -> None:
    page = alerts.layout(BERLIN, role)
    assert any(getattr(each, "id", "") == "new-alert" for each in parts_of(page)) is may
    assert ("data-may-change" in page.to_plotly_json()["props"]) is may


def test_every_list_has_its_place() -> None:
    places = {getattr(each, "id", None) for each in parts_of(alerts.layout(BERLIN, "manager"))}
    assert {"rules-rows", "found-rows", "fired-rows", "fired-more", "trial-form", "trial-chart"} <= places
