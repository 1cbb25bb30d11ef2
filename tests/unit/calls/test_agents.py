"""An agent's presence, from queues, devices and calls."""

from itertools import pairwise

from msgspec.structs import replace
from stories import NOON, told

from calls.agents import revised
from calls.events import Member, Position
from calls.settings import QueueSettings, Settings

WRAP_UP = Settings(queues={"support": QueueSettings(wrapup_s=10)})
ANSWERED = "1 arrives, 1 joins support, 2 rings Alice, 5 answers Alice"


def test_a_member_is_available_pauses_and_comes_back() -> None:
    told_ = told("0 member Alice added, 10 member Alice Lunch, 20 member Alice unpaused, 30 member Alice removed")
    assert told_.presences("Alice") == ["available", "paused", "available", "offline"]


def test_paused_in_one_of_two_queues_is_available() -> None:
    told_ = told("0 member Alice added, 0 member Alice added sales, 5 member Alice Lunch sales")
    assert told_.presences("Alice") == ["available"]
    told_ = told("0 member Alice added, 0 member Alice added sales, 5 member Alice Lunch sales, 6 member Alice Lunch")
    presence = told_.state.agents["PJSIP/alice"].presence
    assert (presence.state, presence.reason, presence.since) == ("paused", "Lunch", NOON + 6000)


def test_an_unreachable_phone_is_offline() -> None:
    assert told("0 member Alice added, 9 member Alice unreachable").presences("Alice") == ["available", "offline"]


def test_a_paused_agent_on_a_call_is_on_a_call() -> None:
    told_ = told(f"0 member Alice added, {ANSWERED}, 6 member Alice Lunch, 9 caller ends")
    assert told_.presences("Alice") == ["available", "ringing", "on_call", "paused"]


def test_hold_is_a_state_of_its_own() -> None:
    told_ = told(f"0 member Alice added, {ANSWERED}, 6 agent Alice holds, 9 agent Alice resumes")
    assert told_.presences("Alice") == ["available", "ringing", "on_call", "on_hold", "on_call"]


def test_wrap_up_follows_a_queues_call_and_says_when_it_ends() -> None:
    told_ = told(f"0 member Alice added, {ANSWERED}, 65 caller ends, 65 agent Alice leaves", WRAP_UP)
    presence = told_.state.agents["PJSIP/alice"].presence
    assert (presence.state, presence.until, presence.then) == ("wrap_up", NOON + 75000, "available")


def test_a_pause_for_wrap_up_is_wrap_up_until_the_agent_ends_it() -> None:
    during = "6 member Alice acw, 65 caller ends, 65 agent Alice leaves, 90 member Alice unpaused"
    told_ = told(f"0 member Alice added, {ANSWERED}, {during}")
    assert told_.presences("Alice") == ["available", "ringing", "on_call", "wrap_up", "available"]
    told_ = told(
        f"0 member Alice added, {ANSWERED}, 65 caller ends, 65 agent Alice leaves, 66 member Alice ACW", WRAP_UP
    )
    presence = told_.state.agents["PJSIP/alice"].presence
    assert (presence.state, presence.reason, presence.until) == ("wrap_up", "ACW", None)


def test_which_pauses_are_wrap_up_is_a_setting() -> None:
    story = "0 member Alice added, 5 member Alice notes, 6 member Alice acw"
    assert told(story, Settings(wrapup_reasons=("Notes",))).presences("Alice") == ["available", "wrap_up", "paused"]


def test_a_pause_during_wrap_up_comes_after_it() -> None:
    told_ = told(
        f"0 member Alice added, {ANSWERED}, 65 caller ends, 65 agent Alice leaves, 66 member Alice Lunch", WRAP_UP
    )
    presence = told_.state.agents["PJSIP/alice"].presence
    assert (presence.state, presence.since, presence.then_reason) == ("wrap_up", NOON + 65000, "Lunch")


def test_who_leaves_the_queue_of_the_call_and_comes_back_is_done_with_wrap_up() -> None:
    told_ = told(
        f"0 member Alice added, 0 member Alice added sales, {ANSWERED}, 65 caller ends, 65 agent Alice leaves,"
        " 66 member Alice removed sales, 67 member Alice removed, 67 member Alice added",
        WRAP_UP,
    )
    assert told_.presences("Alice")[-3:] == ["wrap_up", "offline", "available"]


def test_a_busy_device_counts_while_no_call_of_ours_explains_it() -> None:
    told_ = told("0 member Alice added")
    where, seen = Position("ami", "test", 1, 99), []
    for number, status in enumerate((6, 2, 8, 1)):
        told_.feed(
            Member(
                pos=where._replace(seq=99 + number), at=NOON + number * 1000, queue="support",
                interface="PJSIP/alice", name="Alice", status=status, paused=False,
            )
        )  # fmt: skip
        seen.append(told_.state.agents["PJSIP/alice"].presence.state.value)
    assert seen == ["ringing", "on_call", "on_hold", "available"]


def test_the_spans_of_a_shift_have_no_holes() -> None:
    story = f"0 member Alice added, {ANSWERED}, 65 caller ends, 65 agent Alice leaves, 90 member Alice Lunch"
    spans = [span for change in told(story, WRAP_UP).changes if hasattr(change, "spent") for span in change.spent]
    assert [span.state.value for span in spans] == ["available", "ringing", "on_call", "wrap_up", "available"]
    assert all(before.end == after.start for before, after in pairwise(spans))


def test_who_is_first_seen_offline_is_so_since_then() -> None:
    presence = told("7 member Alice unreachable").state.agents["PJSIP/alice"].presence
    assert (presence.state, presence.since) == ("offline", NOON + 7000)


def test_a_corrected_call_moves_its_work_to_where_it_was() -> None:
    told_ = told(f"0 member Alice added, {ANSWERED}, 65 caller ends, 65 agent Alice leaves")
    call, alice = told_.call, told_.state.agents["PJSIP/alice"]
    later = replace(call.legs[0], answered_at=NOON + 900_000, ended_at=NOON + 910_000, hold_ms=2000)
    new = revised(alice, call, replace(call, legs=(later,)))
    assert {start: (it.handled, it.talk_s, it.hold_s) for start, it in new.worked.items()} == {
        NOON: (0, 0.0, 0.0), NOON + 900_000: (1, 8.0, 2.0)
    }  # fmt: skip
    assert new.presence == alice.presence


def test_the_legs_of_others_and_open_ones_are_no_work_of_hers() -> None:
    told_ = told(f"0 member Alice added, {ANSWERED}")
    call, alice = told_.call, told_.state.agents["PJSIP/alice"]
    other = replace(call.legs[0], interface="PJSIP/bob", ended_at=NOON + 9000)
    assert revised(alice, None, replace(call, legs=(*call.legs, other))).worked == {}


def test_what_was_worked_before_yesterday_is_not_carried_on() -> None:
    later = "97200 two: arrives, 97200 two: joins support, 97202 two: rings Alice, 97205 two: answers Alice"
    told_ = told(f"0 member Alice added, {ANSWERED}, 9 caller ends, {later}, 97260 two: caller ends")
    assert [it.handled for it in told_.state.agents["PJSIP/alice"].worked.values()] == [1]
    early = told(f"0 member Alice added, {ANSWERED}, 9 caller ends, {later.replace('97', '7')}, 7260 two: caller ends")
    assert [it.handled for it in early.state.agents["PJSIP/alice"].worked.values()] == [1, 1]
