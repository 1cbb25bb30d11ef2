"""A choice as the marts are asked, and what an answer says of itself."""

from datetime import UTC, datetime

from dashboard_parts import NOW, filters

from dashboard.figure_marts import Answer, asked


def test_a_choice_is_asked_for_with_its_zone_and_variant() -> None:
    question = asked(filters("?agent=ines&variant=sl_offered"), interval="1h")
    assert (question.queues, question.agents, question.interval) == (None, ("ines",), "1h")
    assert (question.variant, question.timezone) == ("sl_offered", "Europe/Berlin")
    assert question.start == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert asked(filters(), (NOW, NOW)).start == NOW


def test_an_answer_says_how_fresh_it_is_and_what_it_stands_beside() -> None:
    assert Answer(filters()).watermark_words() == "Nothing loaded yet"
    assert "22 Nov 2026 14:03:22" in Answer(filters(), watermark=NOW).watermark_words()
    assert Answer(filters()).earlier_words() == ""
    assert Answer(filters("?compare=week")).earlier_words() == "Change since 15 Nov 2026"
