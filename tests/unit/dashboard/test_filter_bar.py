"""The menus: each choice is a link to the address that has it."""

from datetime import date

from dashboard_parts import BERLIN, BILLING, NOW, SUPPORT, filters, links_of, parts_of, text_of

from dashboard.definitions import VARIANTS
from dashboard.filter_bar import AGENTS_ID, ZONES_ID, agents_menu, filter_bar, own_menu, queue_words
from dashboard.filters import parse
from warehouse.marts import AgentName

QUEUES = (BILLING, SUPPORT)
TODAY = date(2026, 11, 22)


def bar(search: str = "") -> dict[str, object]:
    return {menu.id: menu for menu in filter_bar(filters(search), QUEUES, TODAY)}


def test_every_filter_shows_its_choice() -> None:
    shown = {name: text_of(menu.children[0]) for name, menu in bar("?range=7d").items()}  # type: ignore[attr-defined]
    assert {name: words.strip() for name, words in shown.items()} == {
        "menu-range": "Range 16 – 22 Nov 2026",
        "menu-compare": "Compare nothing",
        "menu-queues": "Queues all",
        "menu-by": "By day",
        "menu-variant": "Variant short abandons left out",
        "menu-clock": "Clock Europe/Berlin",
    }


def test_every_link_is_an_address_that_is_understood() -> None:
    for menu in bar("?range=7d&queue=billing").values():
        for address in links_of(menu).values():
            assert parse(address, NOW, BERLIN).address() == address


def test_choosing_one_thing_keeps_the_others() -> None:
    menus = bar("?range=7d&queue=billing")
    assert links_of(menus["menu-by"])["hour"] == "?range=7d&queue=billing&by=1h"
    assert links_of(menus["menu-queues"])["Support"] == "?range=7d&queue=billing&queue=support"
    assert links_of(menus["menu-queues"])["Billing"] == "?range=7d"
    assert links_of(menus["menu-range"])["Yesterday"] == "?range=yesterday&queue=billing"
    assert links_of(menus["menu-clock"])["UTC"] == "?range=7d&queue=billing&clock=UTC"
    assert links_of(menus["menu-variant"])["of offered"] == "?range=7d&queue=billing&variant=sl_offered"


def test_only_lengths_that_suit_the_range_are_offered() -> None:
    assert list(links_of(bar("?range=year")["menu-by"])) == ["day", "week", "month"]


def test_all_variants_are_offered() -> None:
    assert list(links_of(bar()["menu-variant"])) == [words for _, words in VARIANTS.values()]


def test_free_dates_carry_the_rest_of_the_choice_along() -> None:
    fields = {each.name: each.value for each in parts_of(bar("?range=7d&by=1h&queue=a")["menu-range"]) if _named(each)}
    assert fields == {"queue": "a", "by": "1h", "from": "2026-11-16", "to": "2026-11-22"}


def _named(component: object) -> bool:
    return getattr(component, "name", None) is not None


def test_two_queues_of_one_name_are_told_apart() -> None:
    twin = BILLING._replace(pbx="pbx-2")
    menus = filter_bar(filters(), (BILLING, twin), TODAY)
    assert links_of(menus[2]) == {
        "All queues": "?",
        "Billing, pbx-1": "?queue=pbx-1%3Abilling",
        "Billing, pbx-2": "?queue=pbx-2%3Abilling",
    }


def test_more_queues_than_fit_are_counted() -> None:
    assert queue_words(filters("?queue=billing&queue=support"), QUEUES) == "Billing, Support"
    assert queue_words(filters("?queue=a&queue=b&queue=c"), QUEUES) == "3 of 2"


def test_another_zone_is_typed_with_the_pages_list_at_hand() -> None:
    (field,) = [each for each in parts_of(bar()["menu-clock"]) if getattr(each, "list", None)]
    assert (field.name, field.list) == ("clock", ZONES_ID)


def test_an_earlier_period_is_named_by_its_days() -> None:
    menu = bar("?range=7d&compare=week")["menu-compare"]
    assert text_of(menu.children[0]).strip() == "Compare 9 – 15 Nov 2026"  # type: ignore[attr-defined]
    assert list(links_of(menu)) == ["nothing", "the days before", "same weekdays before", "same weekdays a year ago"]
    assert links_of(menu)["nothing"] == "?range=7d"


def test_of_hundreds_of_agents_only_the_chosen_are_listed() -> None:
    agents = [AgentName("pbx-1", f"a{n}", f"Agent {n}") for n in range(500)]
    menu = agents_menu(filters("?agent=a3&agent=gone"), agents)
    assert links_of(menu) == {"All agents": "?", "Agent 3": "?agent=gone", "gone": "?agent=a3"}
    fields = {each.name: getattr(each, "list", None) for each in parts_of(menu) if _named(each)}
    assert fields == {"agent": AGENTS_ID}
    assert "3 of 500" in text_of(agents_menu(filters("?agent=a1&agent=a2&agent=a3"), agents))


def test_what_one_page_asks_about_stands_in_its_address() -> None:
    words = {"offered": "offered", "aht": "handle time"}
    chosen = parse("?range=7d&metric=aht", NOW, BERLIN, ("metric",))
    menu = own_menu(chosen, "Shows", "metric", words)
    assert links_of(menu) == {"offered": "?range=7d", "handle time": "?range=7d&metric=aht"}
    assert text_of(menu.children[0]).strip() == "Shows handle time"
