"""What several steps have in common."""

import pytest
from simulated import Lab, heard, names

from asterisk.simulator import phrases


def test_the_trunks_state_is_told_for_the_first_and_the_last_channel() -> None:
    lab = Lab()
    for change in (1, 1, -1, -1):
        phrases.trunk_used(lab.pbx, change)
    assert [packet.get("State") for packet in heard(lab.pbx)] == ["INUSE", "NOT_INUSE"]


def test_every_queue_of_an_agent_is_told_of_the_phones_state_once() -> None:
    lab = Lab()
    lab.works(lab.alice, lab.q2001, lab.q2002)
    for _ in range(2):
        phrases.phone(lab.pbx, lab.alice, "BUSY")
    assert names(heard(lab.pbx)) == ["DeviceStateChange", "QueueMemberStatus", "QueueMemberStatus"]


def test_a_caller_leaves_from_wherever_they_stand() -> None:
    lab = Lab()
    first, second = lab.calls(lab.q2001), lab.calls(lab.q2001)
    heard(lab.pbx)
    phrases.leave(lab.pbx, first)
    leave = heard(lab.pbx)[0]
    assert (leave.name, leave.get("Position"), leave.get("Count")) == ("QueueCallerLeave", "1", "1")
    assert lab.q2001.waiting == [second]


def test_queue_variables_are_set_only_where_the_queue_has_them_on() -> None:
    lab = Lab()
    caller = lab.calls(lab.q2002).caller
    heard(lab.pbx)
    phrases.queue_variables(lab.pbx, lab.q2002, caller)
    assert heard(lab.pbx) == []


def test_who_is_in_no_bridge_has_none() -> None:
    lab = Lab()
    with pytest.raises(LookupError, match="no bridge"):
        phrases.bridge_of(lab.calls(lab.q2001).caller)
