"""The wait page: its menus and its places."""

from dashboard_parts import LIGHT, NOW, PaperMarts, filters, parts_of, text_of

from dashboard.pages.wait import PAGE


def test_all_that_an_answer_fills_has_a_place() -> None:
    places = {getattr(each, "id", None) for each in parts_of(PAGE.layout())}
    assert {name for name, _ in PAGE.outputs} <= places


def test_an_empty_answer_fills_every_place() -> None:
    filled = PAGE.shown(PAGE.answer(lambda _: PaperMarts(published=False), "northwind", filters()), LIGHT, NOW)
    assert len(filled) == len(PAGE.outputs)
    assert "Nobody has left a queue" in text_of(list(filled))


def test_the_menus_are_those_that_matter() -> None:
    bar = PAGE.bar(PAGE.empty(filters()), NOW.date())
    assert [each.id for each in bar] == ["menu-range", "menu-compare", "menu-queues", "menu-by", "menu-clock"]
