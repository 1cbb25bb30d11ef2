"""api/live/messages.py: live state as messages."""

import json

from api_parts import NOON, agent, busy, changed_call, queue

from api.live import messages
from api.live.messages import Frame, call_changed, camel, encode, message, presence_update, queue_update
from calls.form import call_uuid
from calls.presence import Presence, PresenceState

DAY = NOON - 12 * 3_600_000


def test_a_queue_says_who_waits_and_how_the_day_went() -> None:
    told = json.loads(encode(queue_update(queue(), [agent(), busy("Bob"), busy("Cat")], NOON, DAY)))
    assert told == {
        "queueId": "support", "waiting": 1, "agents": 1, "longestWait": 30.0, "name": "Support", "pbx": "pbx",
        "waiters": [{"callId": "pbx:2", "since": NOON - 30_000}],
        "today": {"offered": 10, "answered": 8, "abandoned": 2, "serviceLevel": 0.6, "asa": 10.0, "aht": 100.0},
        "serviceLevelSeconds": 20.0, "target": 0.8, "states": {"available": 1, "on_call": 2},
    }  # fmt: skip


def test_an_empty_queue_has_no_wait() -> None:
    told = queue_update(queue(waiting=[]), [], NOON, DAY)
    assert (told.waiting, told.longest_wait, told.states) == (0, 0.0, {})


def test_an_agent_says_what_it_does() -> None:
    told = json.loads(encode(presence_update(busy(), NOON, DAY)))
    assert told == {
        "agentId": "PJSIP/Alice", "status": "BUSY", "state": "on_call", "since": NOON - 10_000, "reason": "",
        "until": None, "then": None, "thenReason": "", "name": "Alice", "extension": "Alice",
        "pbx": "pbx", "queues": ["support"],
        "currentCall": {"callId": "pbx:1", "contactName": "Ana", "duration": 10.0, "since": NOON - 10_000,
                        "queue": "support", "number": "+493012345"},
        "handledToday": 2,
    }  # fmt: skip


def test_wrap_up_ends_by_time_alone() -> None:
    wrap_up = Presence(PresenceState.WRAP_UP, NOON, until=NOON + 5_000, then=PresenceState.PAUSED, then_reason="lunch")
    during = presence_update(agent(presence=wrap_up), NOON + 4_999, DAY)
    after = presence_update(agent(presence=wrap_up), NOON + 5_000, DAY)
    assert (during.status, during.state, during.until, during.then) == ("BUSY", "wrap_up", NOON + 5_000, "paused")
    assert (during.reason, during.then_reason) == ("", "lunch")
    assert (after.status, after.state, after.since, after.reason) == ("AWAY", "paused", NOON + 5_000, "lunch")


def test_yesterdays_calls_are_not_todays() -> None:
    assert presence_update(agent(), NOON, NOON).handled_today == 0


def test_a_call_has_its_public_form() -> None:
    told = json.loads(encode(call_changed(changed_call())))
    assert (told["status"], told["callSessionId"]) == ("ENDED", str(call_uuid(told["callId"])))
    assert told["metadata"]["callId"] == told["callId"]
    assert told["metadata"]["agentId"] == "PJSIP/Alice"
    assert told["metadata"]["stints"][0]["waitS"] == 4.0
    assert not any("_" in key for key in told["metadata"])


def test_keys_become_camel_case_all_the_way_down() -> None:
    assert camel({"a_b": [{"c_d_e": "f_g"}], "h": None}) == {"aB": [{"cDE": "f_g"}], "h": None}


def test_a_frame_holds_its_data_as_it_is() -> None:
    each = message(messages.QUEUE_UPDATE, queue_update(queue(), [], NOON, DAY), 7)
    frame = json.loads(encode(Frame(each.event, each.data, 3, each.version)))
    assert (frame["event"], frame["seq"], frame["version"]) == ("queue:update", 3, 7)
    assert frame["data"]["queueId"] == "support"
