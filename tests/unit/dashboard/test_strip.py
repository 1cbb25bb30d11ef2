"""A figure of a strip: explained, and open where it counts calls."""

from dashboard_parts import links_of, text_of

from dashboard import strip
from dashboard.changes import Change


def test_a_figure_says_value_change_and_base() -> None:
    shown = strip.figure("offered", "Offered", "24", "all queues", change=Change("▲ 6.0 %", "22"))
    assert text_of(shown) == "Offered 24 ▲ 6.0 %  all queues"
    assert (getattr(shown, "data-explain"), shown.tabIndex) == ("offered", 0)


def test_a_count_opens_its_calls_and_is_then_the_stop_of_the_keyboard() -> None:
    shown = strip.figure("offered", "Offered", "24", "", href="/reports/calls?show=offered")
    assert links_of(shown) == {"24": "/reports/calls?show=offered"}
    assert not hasattr(shown, "tabIndex")


def test_before_anything_is_known_it_has_its_shape() -> None:
    assert text_of(strip.blank()).strip() == ""
