"""How a call begins, which way it goes, and how it ends."""

import pytest
from phone_calls import ALICE, BOB, CARL, POS, bridged, call_of, shown
from stories import NOON, told

from calls import events as e
from calls.call import Call, Outcome, Party, Recording, Ring, Stint, StintOutcome
from calls.dial_steps import dial_began, dial_ended
from calls.life_steps import cut_off, end_call, gone, outcome_of, saw_channel, vanished
from calls.talk_steps import held

DIALS = e.Channel("u1", "u1", "PJSIP/1001-00000001", "1001", "Alice", "95559876")
TRUNK = e.Channel("u2", "u1", "PJSIP/trunk-00000002")


def dialled(status: str) -> Call:
    """Alice dials 95559876; the dial ends so."""
    call = dial_began(call_of(DIALS, TRUNK), e.DialBegin(pos=POS, at=1000, channel=DIALS, dest=TRUNK))
    call = dial_ended(call, e.DialEnd(pos=POS, at=5000, channel=DIALS, dest=TRUNK, status=status))
    return bridged(call, 5000, "b", DIALS, TRUNK) if status == "ANSWER" else call


def call(**facts: object) -> Call:
    return Call(linkedid="l", pbx="p", started_at=0, tenant="t", **facts)  # type: ignore[arg-type]


def hung_up(it: Call, channel: e.Channel, at: int = 9000, cause: int = 16) -> Call:
    return gone(it, e.Hangup(pos=POS, at=at, channel=channel, cause=cause))


def test_a_call_that_an_agent_dials() -> None:
    call = dialled("ANSWER")
    assert (call.direction, call.to_number, call.answered_at) == ("outbound", "95559876", 5000)
    assert [(leg.agent, leg.rang_at, leg.stint) for leg in call.legs] == [("Alice", None, None)]


def test_a_call_between_agents_is_internal() -> None:
    assert call_of(DIALS, e.Channel("u2", "u1", "PJSIP/1002-00000002")).direction == "internal"


def test_what_the_dialplan_says_of_the_direction_stands() -> None:
    alice = e.Channel("u1", "u1", "PJSIP/1001-1", direction="inbound")
    later = e.Channel("u1", "u1", "PJSIP/1001-1", direction="internal")
    assert shown(call_of(alice), later).direction == "inbound"


def test_an_agents_phone_in_a_call_from_outside_changes_no_direction() -> None:
    assert call_of(CARL, ALICE, BOB).direction == "inbound"


def test_each_snapshot_tells_a_little_and_the_first_word_stands() -> None:
    bare = e.Channel("u1", "u1", "PJSIP/trunk-1", exten="s")
    known = e.Channel("u1", "u1", "PJSIP/trunk-1", "5551234", "Carl", "2001")
    other = e.Channel("u1", "u1", "PJSIP/trunk-1", "999", "X", "3000")
    call = shown(call_of(bare), known, other)
    assert (call.from_number, call.from_name, call.to_number) == ("5551234", "Carl", "2001")
    assert call.parties == (Party("u1", "PJSIP/trunk"),)


def test_only_the_channel_that_names_the_call_says_who_called_whom() -> None:
    call = saw_channel(
        call_of(e.Channel("u1", "u1", "PJSIP/trunk-1")), e.Channel("u2", "u1", "PJSIP/2-1", "7", "X", "8")
    )
    assert (call.from_number, call.to_number) == ("", "")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("ANSWER", "answered"), ("BUSY", "busy"), ("NOANSWER", "no_answer"), ("CANCEL", "no_answer"),
     ("CHANUNAVAIL", "failed"), ("CONGESTION", "failed"), ("UNHEARD-OF", "other")],
)  # fmt: skip
def test_how_a_dialled_call_ends(status: str, outcome: str) -> None:
    assert outcome_of(dialled(status)) == outcome


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [(None, "other"), (0, "other"), (16, "other"), (31, "other"), (17, "busy"), (21, "busy"), (18, "no_answer"),
     (19, "no_answer"), (1, "failed"), (28, "failed"), (34, "failed"), (38, "failed")],
)  # fmt: skip
def test_where_no_dials_end_was_told_the_cause_says_how_a_call_ended(cause: int | None, outcome: str) -> None:
    assert outcome_of(call(hangup_cause=cause)) == outcome


def test_what_a_dial_or_a_queue_told_is_stronger_than_the_cause() -> None:
    assert outcome_of(call(hangup_cause=1, dial_status="BUSY")) is Outcome.BUSY
    withdrawn = Stint("l", "q", 0, left_at=1, outcome=StintOutcome.WITHDRAWN)
    assert outcome_of(call(hangup_cause=1, stints=(withdrawn,))) is Outcome.OTHER


def test_a_message_that_was_left() -> None:
    assert outcome_of(call(voicemail=True)) is Outcome.VOICEMAIL


def test_an_absorbed_call_has_no_outcome_of_its_own() -> None:
    assert outcome_of(call(merged_into="p:other", answered_at=5)) is Outcome.OTHER


def test_the_call_ends_with_its_last_channel_and_has_the_cause_of_its_first() -> None:
    it = hung_up(call_of(CARL, ALICE), CARL, 8000, cause=17)
    assert (it.ended_at, it.hangup_cause, [party.uniqueid for party in it.parties]) == (None, 17, ["alice"])
    it = hung_up(it, ALICE, 9000, cause=16)
    assert (it.ended_at, it.hangup_cause, it.parties) == (9000, 17, ())
    assert hung_up(hung_up(call_of(CARL, ALICE), ALICE, 8000, cause=19), CARL, 9000, cause=17).hangup_cause == 17


def test_a_channel_that_goes_takes_its_leg_and_its_ring_with_it() -> None:
    it = bridged(call_of(CARL, ALICE, BOB), 1000, "x", CARL, ALICE)
    it = dial_began(it, e.DialBegin(pos=POS, at=2000, channel=ALICE, dest=BOB))
    it = hung_up(hung_up(it, BOB), ALICE)
    assert (it.rings, it.legs[0].ended_at, it.legs[0].ended_by) == ((), 9000, "system")


def test_a_hold_ends_when_who_held_is_gone() -> None:
    it = bridged(call_of(CARL, ALICE, BOB), 1000, "x", CARL, ALICE, BOB)
    it = held(it, e.Hold(pos=POS, at=3000, channel=CARL))
    vanishes = e.ChannelVanished(pos=POS, at=8000, channel=CARL)
    for over in (hung_up(it, CARL, 8000), vanished(it, vanishes)):
        assert [(leg.held_by, leg.held_since, leg.hold_ms, leg.ended_at) for leg in over.legs] == [
            ((), None, 5000, None)
        ] * 2


def test_a_hold_goes_on_when_another_than_who_held_is_gone() -> None:
    it = bridged(call_of(CARL, ALICE, BOB), 1000, "x", CARL, ALICE, BOB)
    it = hung_up(held(it, e.Hold(pos=POS, at=3000, channel=CARL)), BOB, 8000)
    assert [(leg.agent, leg.held_by, leg.hold_ms) for leg in it.legs] == [("Alice", ("carl",), 0), ("Bob", (), 5000)]


def queued(*story: str) -> Stint:
    """The first stint of a caller who joins a queue at second 1, after this story."""
    return told(", ".join(("0 arrives", "1 joins support", *story))).call.stints[0]


def test_who_goes_while_waiting_has_abandoned() -> None:
    stint = queued("9 caller ends")
    assert (stint.outcome, stint.left_at) == (StintOutcome.ABANDONED, NOON + 9000)


def left(asked_s: float | None) -> Stint:
    """A stint that was left at second 4 without a word; the caller asked to end then, and was gone at second 9."""
    story, channel = told("0 arrives, 1 joins support"), e.Channel("one", "one")
    if asked_s is not None and asked_s <= 4:
        story.hears(asked_s, e.HangupRequest, channel=channel)
    story.hears(4, e.QueueCallerLeave, channel=channel, queue="support")
    if asked_s is not None and asked_s > 4:
        story.hears(asked_s, e.HangupRequest, channel=channel)
    story.hears(9, e.Hangup, channel=channel, cause=16)
    return story.call.stints[0]


@pytest.mark.parametrize(
    ("asked_s", "outcome"), [(None, "exit_key"), (9, "exit_key"), (4, "abandoned"), (3.5, "abandoned")]
)
def test_who_left_a_queue_without_a_word_left_by_a_key_unless_they_asked_to_end(
    asked_s: float | None, outcome: str
) -> None:
    assert (left(asked_s).outcome, left(asked_s).wait_ms) == (outcome, 3000)


def test_what_went_unseen_has_an_end_but_no_reason() -> None:
    event = e.ChannelVanished(pos=POS, at=7000, channel=CARL)
    it = call_of(CARL)
    it = vanished(call(parties=it.parties, stints=(Stint("carl", "q", 1000),)), event)
    assert (it.ended_at, it.hangup_cause, it.stints[0].left_at, it.stints[0].outcome) == (7000, None, 7000, None)


def test_nothing_ends_before_it_began() -> None:
    late = Call(linkedid="l", pbx="p", started_at=8000, tenant="t", parties=(Party("carl", "i"),))
    assert vanished(late, e.ChannelVanished(pos=POS, at=7000, channel=CARL)).ended_at == 8000
    assert cut_off(late, 7000).ended_at == 8000


def test_what_is_open_ends_with_the_call() -> None:
    it = bridged(call_of(CARL, ALICE), 1000, "x", CARL, ALICE)
    recordings = (Recording("a.wav", "carl", 1000, 2000), Recording("b.wav", "carl", 3000))
    ring = Ring("bob", "PJSIP/1002", "Bob", None, 0)
    it = end_call(call(parties=it.parties, legs=it.legs, recordings=recordings, rings=(ring,)), 9000)
    assert (it.parties, it.rings, it.legs[0].ended_at) == ((), (), 9000)
    assert [recording.ended_at for recording in it.recordings] == [2000, 9000]


def test_a_call_that_is_cut_off_has_failed_even_after_an_answer() -> None:
    it = cut_off(call(answered_at=5, hangup_cause=16, stints=(Stint("l", "q", 10),)), 9000)
    assert (it.outcome, it.hangup_cause, it.stints[0].left_at, it.stints[0].outcome) == ("failed", None, 9000, None)
