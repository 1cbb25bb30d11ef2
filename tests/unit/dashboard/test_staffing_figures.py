"""What the staffing page asks for, from what people type into an address."""

import pytest
from dashboard_parts import BERLIN, NOW, PaperMarts
from made_outlook import morning

from dashboard.filters import Filters, parse
from dashboard.staffing_figures import OWN, StaffingAnswer, number, queue_of, read_staffing


def chosen(search: str) -> Filters:
    return parse(search, NOW, BERLIN, OWN)


def test_the_first_queue_is_shown_until_one_is_chosen() -> None:
    marts = PaperMarts(ahead=morning())
    read_staffing(marts, chosen(""))
    read_staffing(marts, chosen("?queue=support"))
    assert [each.queue for each in marts.wanted] == ["pbx-1:billing", "pbx-1:support"]
    assert (marts.wanted[0].service_level, marts.wanted[0].patience, marts.wanted[0].shrinkage) == (None, False, 0.0)


def test_what_is_typed_is_asked_for() -> None:
    marts = PaperMarts(ahead=morning())
    read_staffing(marts, chosen("?level=90&within=30&aht=200&shrinkage=25&patience=a"))
    (wanted,) = marts.wanted
    assert (wanted.service_level, wanted.target_s, wanted.aht_s) == (0.9, 30.0, 200.0)
    assert (wanted.shrinkage, wanted.patience) == (0.25, True)


@pytest.mark.parametrize("typed", ["", "x", "-1", "0", "100", "nan", "inf"])
def test_what_is_out_of_bounds_is_as_if_not_typed(typed: str) -> None:
    assert number(chosen(f"?level={typed}"), "level") is None


def test_a_queue_without_a_past_says_so() -> None:
    answer = read_staffing(PaperMarts(), chosen(""))
    assert (answer.outlook, answer.why) == (None, "Nobody has called the queue 'billing' yet.")
    assert queue_of(answer) == ""
    assert read_staffing(PaperMarts(queues=()), chosen("")).outlook is None
    assert queue_of(StaffingAnswer(chosen(""), outlook=morning())) == "billing"
