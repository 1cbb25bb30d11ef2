"""The frame of every page and the parts that pages share."""

import json

from dashboard_parts import PETRA, links_of, parts_of, text_of

from dashboard import shell
from dashboard.definitions import WAITING, Explanation
from dashboard.tokens import ASSETS

PLACES = (
    shell.Place("/reports/live", "Live", "live", group=shell.Group.NOW),
    shell.Place("/reports/service-level", "Service level", "live"),
)


def test_the_side_bar_says_who_is_signed_in() -> None:
    assert "northwind Petra Lang · manager" in text_of(shell.frame(PETRA))


def test_only_pages_that_exist_are_listed_and_the_page_shown_is_marked() -> None:
    links = shell.navigation(PLACES, "/reports/service-level")
    assert links_of(links) == {"Live": "/reports/live", "Service level": "/reports/service-level"}
    assert [link.className for group in links for link in group.children] == ["", "here"]
    below = shell.navigation(PLACES, "/reports/service-level/one")
    assert [link.className for group in below for link in group.children] == ["", "here"]


def test_pages_stand_by_what_they_are_for_and_other_figures_keep_the_choice() -> None:
    links = shell.navigation(PLACES, "/reports/service-level", "?range=7d")
    assert [getattr(group, "aria-label") for group in links] == ["Now", "Figures"]
    assert links_of(links) == {"Live": "/reports/live", "Service level": "/reports/service-level?range=7d"}


def test_every_button_of_the_frame_has_words() -> None:
    buttons = [each for each in parts_of(shell.frame(PETRA)) if hasattr(each, "data-action")]
    assert {getattr(each, "data-action") for each in buttons} == {"theme", "keys", "sign-out", "close-keys"}
    assert all(getattr(each, "aria-label", None) or text_of(each) for each in buttons)


def test_every_shape_is_a_file_and_has_its_class() -> None:
    styles = (ASSETS / "shell.css").read_text()
    shapes = {path.stem for path in (ASSETS / "icons").glob("*.svg")}
    named = {each.className.removeprefix("icon icon-") for each in parts_of(shell.frame(PETRA)) if _is_icon(each)}
    assert named
    assert named <= shapes
    assert {name for name in shapes if f".icon-{name} " not in styles} == set()


def _is_icon(component: object) -> bool:
    return str(getattr(component, "className", "")).startswith("icon icon-")


def test_an_explanation_says_name_meaning_formula_source_and_basis() -> None:
    said = json.loads(shell.explanations([Explanation(WAITING, ("as of now",))]))
    assert said["waiting"] == {
        "title": WAITING.title,
        "meaning": f"{WAITING.meaning}.",
        "formula": WAITING.formula,
        "notes": [f"Definition: {WAITING.source}", "as of now"],
    }


def test_a_menu_shows_what_is_chosen_and_whether_that_is_unusual() -> None:
    sheet = [shell.choice("All", "?", True), shell.choice("One", "?queue=1", False)]
    menu = shell.menu("Queues", "all", sheet, many=True, on=True)
    assert text_of(menu).split() == ["Queues", "all", "All", "One"]
    assert (menu.id, menu.className, menu.children[0].className) == ("menu-queues", "menu many", "btn on")
    assert links_of(menu) == {"All": "?", "One": "?queue=1"}


def test_a_chart_has_no_ground_before_its_theme_is_known() -> None:
    box = shell.graph("today", "today-chart")
    assert box.children.figure["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"


def test_a_legend_names_every_colour() -> None:
    assert text_of(shell.legend(("answered", "s1"), ("abandoned", "s6"))) == "answered abandoned"
