"""dashboard/pages/calls.py: the shape before an answer, what is asked, and menus also without marts."""

import json

from dashboard_parts import BERLIN, NOW, PaperMarts, links_of, parts_of, text_of

from dashboard.call_search import OWN
from dashboard.filters import parse
from dashboard.pages import calls
from warehouse.marts import MartsMissing


def filled(search: str, marts: PaperMarts | None = None) -> dict[str, object]:
    choices = calls.read_choices(lambda _: marts or PaperMarts(), "default")
    answer = calls.shown(parse(search, NOW, BERLIN, OWN), choices, NOW)
    return {name: value for (name, _), value in zip(calls.OUTPUTS, answer, strict=True)}


def test_all_that_an_answer_fills_has_a_place() -> None:
    places = {getattr(each, "id", None) for each in parts_of(calls.layout())}
    assert {name for name, _ in calls.OUTPUTS} <= places


def test_the_menus_are_of_the_list_also_while_one_call_is_shown() -> None:
    shown = filled("?range=7d&show=held&call=pbx:1")
    links = links_of(shown["calls-filters"])
    assert links["abandoned"] == "?range=7d&show=abandoned"
    assert links["Billing"] == "?range=7d&queue=billing&show=held"
    assert json.loads(str(shown["calls-asked"]))["call"] == "pbx:1"
    assert [option.value for option in parts_of(shown["agents-list"])] == ["ines", "tomas"]


def test_what_came_by_a_link_stands_in_the_menu_and_narrower_choices_as_buttons() -> None:
    bar = filled("?show=unexplained&weekday=1&min=30")["calls-filters"]
    text = text_of(bar)
    assert "different for no known reason" in text
    assert "Mondays ×" in text and "30 s or longer ×" in text


def test_a_form_carries_the_rest_of_the_choice_along() -> None:
    bar = filled("?range=7d&show=held&number=0140")["calls-filters"]
    (form,) = [each for each in parts_of(bar) if getattr(each, "className", "") == "free inline"]
    fields = {each.name: getattr(each, "value", None) for each in parts_of(form) if getattr(each, "name", None)}
    assert fields == {"range": "7d", "show": "held", "number": "0140"}


def test_calls_can_be_searched_where_no_marts_can_be_read() -> None:
    class Broken(PaperMarts):
        def ready(self) -> bool:
            raise MartsMissing("gone")

    for marts in (PaperMarts(published=False), Broken()):
        assert "Range" in text_of(filled("", marts)["calls-filters"])
