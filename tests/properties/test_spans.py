"""Of any calls: no interval rule loses or doubles a fact, and every contact that ended did so in one way."""

from functools import reduce
from operator import add

import pytest
from hypothesis import given, settings
from made_calls import many_calls

from calls.call import Call
from calls.contacts import contact_of, contact_tally
from calls.settings import QueueSettings
from calls.spans import STINT_RULES, Rule, dated_tallies
from calls.tally import NOTHING, stint_tally

QUEUE = QueueSettings(wrapup_s=10.0, service_level_s=20.0, short_abandon_s=5.0)


@pytest.mark.parametrize("rule", STINT_RULES)
@settings(max_examples=50)
@given(calls=many_calls())
def test_no_rule_loses_or_doubles_a_fact(rule: Rule, calls: list[Call]) -> None:
    for call in calls:
        for index in range(len(call.stints)):
            found = reduce(add, (tally for _, tally in dated_tallies(call, index, QUEUE, rule)), NOTHING)
            is_open = rule is Rule.BY_DISCONNECT and call.ended_at is None
            assert found == (NOTHING if is_open else stint_tally(call, index, QUEUE))


@settings(max_examples=50)
@given(many_calls())
def test_contacts_that_ended_are_answered_abandoned_or_other(calls: list[Call]) -> None:
    contacts = [it for call in calls if (it := contact_of(call))]
    tally = contact_tally(contacts, 0, 2**62)
    over = tally.contacts_answered + tally.contacts_abandoned + tally.contacts_other
    assert over <= tally.contacts <= len(contacts) - tally.contacts_refused
    assert tally.repeats <= tally.numbered <= tally.contacts
