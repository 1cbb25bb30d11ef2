"""The staffing page: its menus, its form and its places."""

from dashboard_parts import BERLIN, BILLING, LIGHT, NOW, SUPPORT, PaperMarts, filters, links_of, parts_of, text_of
from made_outlook import morning

from dashboard.filters import parse
from dashboard.pages.staffing import PAGE
from dashboard.staffing_cards import explanations
from dashboard.staffing_figures import OWN, StaffingAnswer


def test_all_that_an_answer_fills_has_a_place() -> None:
    places = {getattr(each, "id", None) for each in parts_of(PAGE.layout())}
    assert {name for name, _ in PAGE.outputs} <= places


def test_an_answer_fills_every_place_and_so_does_none() -> None:
    for marts in (PaperMarts(ahead=morning()), PaperMarts(published=False)):
        filled = PAGE.shown(PAGE.answer(lambda _, marts=marts: marts, "northwind", filters()), LIGHT, NOW)
        assert len(filled) == len(PAGE.outputs)
    assert "a week of calls" in text_of(list(filled))


def test_one_queue_is_chosen_and_what_is_typed_is_kept() -> None:
    chosen = parse("?queue=support&level=90&patience=a", NOW, BERLIN, OWN)
    queue, target, callers, _ = PAGE.bar(StaffingAnswer(chosen, queues=(BILLING, SUPPORT)), NOW.date())
    assert text_of(queue.children[0]).strip() == "Queue Support"
    assert links_of(queue)["Billing"] == "?queue=billing&level=90&patience=a"
    fields = {each.name: each.value for each in parts_of(target) if getattr(each, "name", None)}
    assert fields == {
        "queue": "support",
        "patience": "a",
        "level": 90.0,
        "within": None,
        "aht": None,
        "shrinkage": None,
    }
    assert links_of(target)["the queue's own"] == "?queue=support&patience=a"
    assert text_of(callers.children[0]).strip() == "Callers hang up as they did"


def test_what_if_says_what_each_figure_means() -> None:
    asked = {getattr(each, "data-explain") for each in parts_of(PAGE.layout()) if hasattr(each, "data-explain")}
    assert {"agents", "level", "asa", "occupancy", "hang_up"} < asked
    assert asked <= {card.definition.name for card in explanations(StaffingAnswer(filters(), outlook=morning()))}
