"""The administration page as Python gives it: sections, tabs, and places that the scripts fill."""

import re

from dashboard_parts import PETRA, parts_of, text_of

from dashboard.pages import administration
from dashboard.pages.administration import SECTIONS
from dashboard.tokens import ASSETS

FOLDER = ASSETS / "administration"
SCRIPTS = "".join(path.read_text() for path in (ASSETS / "administration.js", *FOLDER.glob("*.js")))
PAGE = list(parts_of(administration.layout(PETRA, "Europe/Berlin")))
IDS = {getattr(each, "id", None) for each in PAGE}


def test_every_section_has_its_tab_its_panel_and_its_script() -> None:
    for section in SECTIONS:
        assert {f"tab-{section.name}", f"panel-{section.name}", f"{section.name}-rows"} <= IDS
        assert f"export const {section.name} = {{" in (FOLDER / f"{section.name}.js").read_text()


def test_every_heading_has_its_column_in_the_script() -> None:
    for section in SECTIONS:
        (columns,) = re.findall(r"columns: \{ (.*) \},", (FOLDER / f"{section.name}.js").read_text())
        css = [each.partition(": ")[2].strip('"') for each in columns.split(", ")]
        assert ["hide-small" in each for each in css] == ["hide-small" in each for _, each in section.columns]


def test_tabs_and_panels_name_each_other() -> None:
    tabs = {each.id: getattr(each, "aria-controls") for each in PAGE if getattr(each, "role", None) == "tab"}
    panels = {getattr(each, "aria-labelledby"): each.id for each in PAGE if getattr(each, "role", None) == "tabpanel"}
    assert tabs == panels


def test_what_only_operators_see_is_hidden_until_the_api_says_so() -> None:
    hidden = [text_of(each) for each in PAGE if hasattr(each, "data-operators") and each.hidden]
    assert hidden == ["Tenants", "New extension"]


def test_every_place_that_the_scripts_fill_is_there() -> None:
    for name in set(re.findall(r'querySelector\("#([a-z-]+)"\)', SCRIPTS)):
        assert name in IDS


def test_the_page_says_who_reads_it_and_holds_nothing_else() -> None:
    root = administration.layout(PETRA, "Europe/Berlin")
    told = {name: value for name, value in root.to_plotly_json()["props"].items() if name.startswith("data-")}
    assert told == {"data-timezone": "Europe/Berlin", "data-user": "u1", "data-tenant": "northwind"}
    assert "Who may sign in" in text_of(root)
