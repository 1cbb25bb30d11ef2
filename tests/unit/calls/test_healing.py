"""Two accounts of one call: a near value confirms AMI's, a far one replaces it, and what only AMI knows stays."""

from typing import Any

import pytest
from msgspec.structs import replace
from stories import NOON, told
from written import ALICE, HEARD

from calls.call import Call, MissedRing, Outcome, Recording, Stint, StintOutcome, Transfer
from calls.healing import NEAR_MS, SPAN_MS, confirmed, healed, near
from calls.media import Media

NEAR, FAR = NEAR_MS, NEAR_MS + 1
MINE = told(HEARD).call
MISSED = MissedRing(0, "Alice", ALICE, NOON + 2000, 5000)


def with_part(call: Call, part: str, **values: Any) -> Call:
    """The call with another first stint, leg or missed ring."""
    first, *others = getattr(call, part)
    return replace(call, **{part: (replace(first, **values), *others)})


def moved(call: Call, part: str, name: str, by: int) -> Call:
    """The call with one of its times moved."""
    if not part:
        return replace(call, **{name: getattr(call, name) + by})
    return with_part(call, part, **{name: getattr(getattr(call, part)[0], name) + by})


def value(call: Call, part: str, name: str) -> Any:
    return getattr(getattr(call, part)[0] if part else call, name)


TIMES = [("", "started_at"), ("", "answered_at"), ("", "ended_at"), ("legs", "rang_at")]


@pytest.mark.parametrize(("part", "name"), TIMES)
def test_a_near_time_confirms_and_a_far_one_replaces(part: str, name: str) -> None:
    assert value(healed(MINE, moved(MINE, part, name, NEAR)), part, name) == value(MINE, part, name)
    far = moved(MINE, part, name, FAR)
    assert value(healed(MINE, far), part, name) == value(far, part, name)


SPANS = [("stints", "entered_at", "left_at"), ("legs", "answered_at", "ended_at")]


@pytest.mark.parametrize(("part", "start", "end"), SPANS)
def test_a_span_is_confirmed_by_both_its_ends(part: str, start: str, end: str) -> None:
    def both(by: int) -> Call:
        return moved(moved(MINE, part, start, by), part, end, by)

    assert getattr(healed(MINE, both(NEAR)), part) == getattr(MINE, part)
    assert getattr(healed(MINE, both(FAR)), part) == getattr(both(FAR), part)


@pytest.mark.parametrize(("part", "start", "end"), SPANS)
def test_a_span_of_another_length_replaces_both_its_ends(part: str, start: str, end: str) -> None:
    for name in (start, end):
        assert getattr(healed(MINE, moved(MINE, part, name, SPAN_MS)), part) == getattr(MINE, part)
        far = moved(MINE, part, name, SPAN_MS + 1)
        assert getattr(healed(MINE, far), part) == getattr(far, part)


@pytest.mark.parametrize("name", ["hold_ms", "apart_ms"])
def test_talk_and_hold_are_spans_too(name: str) -> None:
    assert healed(MINE, moved(MINE, "legs", name, SPAN_MS)).legs == MINE.legs
    far = moved(MINE, "legs", name, SPAN_MS + 1)
    assert healed(MINE, far).legs == far.legs


def test_times_that_one_side_does_not_have_are_not_near() -> None:
    assert near(None, None) and near(5, 5) and not near(None, 5) and not near(5, None)


def test_a_call_that_ami_did_not_hear_is_as_the_files_say() -> None:
    assert healed(None, MINE) == replace(MINE, certainty="final") == confirmed(MINE)


def test_an_open_call_is_ended_with_its_reasons() -> None:
    still = told("0 arrives, 1 joins support, 2 rings Alice, 4 answers Alice").call
    call = healed(still, MINE)
    assert (call.status, call.outcome, call.ended_at, call.hangup_cause) == ("ended", "answered", NOON + 64_000, 16)
    assert (call.rings, call.parties, call.certainty) == ((), (), "final")
    assert [(leg.ended_at, leg.ended_by) for leg in call.legs] == [(NOON + 64_000, "caller")]


def test_what_the_files_do_not_say_stays() -> None:
    mine = replace(MINE, recordings=(Recording("a.wav", "one", NOON),), to_number="2001", from_name="Carl")
    call = healed(mine, replace(MINE, to_number="", from_name="", from_number="9", direction="outbound"))
    assert (call.to_number, call.from_name, call.from_number, call.direction) == ("2001", "Carl", "5551234", "inbound")
    assert call.recordings == (Recording("a.wav", "one", NOON, NOON + 64_000),)


def test_who_was_not_let_in_stays_and_the_places_of_stints_move() -> None:
    refused = Stint("one", "sales", NOON + 500, left_at=NOON + 500, outcome=StintOutcome.FULL)
    mine = with_part(replace(MINE, stints=(refused,)), "legs", stint=None)
    call = healed(mine, replace(MINE, missed=(MISSED,)))
    assert [(stint.queue, stint.outcome) for stint in call.stints] == [("sales", "full"), ("support", "answered")]
    assert ([leg.stint for leg in call.legs], [ring.stint for ring in call.missed]) == ([1], [1])


def test_a_stint_that_never_was_is_gone() -> None:
    other = Stint("one", "sales", NOON + 70_000)
    assert healed(replace(MINE, stints=(*MINE.stints, other)), MINE).stints == MINE.stints


def test_a_second_visit_to_a_queue_is_not_the_first_one() -> None:
    again = replace(MINE.stints[0], entered_at=NOON + 40_000, left_at=NOON + 50_000, outcome=StintOutcome.ABANDONED)
    call = healed(MINE, replace(MINE, stints=(*MINE.stints, again)))
    assert [stint.outcome for stint in call.stints] == ["answered", "abandoned"]


def test_the_place_in_the_queue_is_amis() -> None:
    assert healed(MINE, with_part(MINE, "stints", position=7)).stints[0].position == 1
    assert healed(with_part(MINE, "stints", position=None), MINE).stints[0].position == 1


def test_how_a_leg_sounded_is_kept() -> None:
    sounded = with_part(MINE, "legs", mos=4.1, mos_method="e_model_rtcp")
    (leg,) = healed(sounded, moved(MINE, "legs", "ended_at", FAR)).legs
    assert (leg.mos, leg.mos_method) == (4.1, "e_model_rtcp")
    still = with_part(MINE, "legs", ended_at=None, media=Media())
    (leg,) = healed(still, MINE).legs
    assert (leg.media, leg.mos_method, leg.ended_at) == (Media(), "e_model_rtcp", NOON + 64_000)


def test_a_hold_that_was_not_heard_to_its_end_is_the_files() -> None:
    held = with_part(MINE, "legs", hold_ms=0, holds=1, held_since=NOON + 10_000)
    (leg,) = healed(held, with_part(MINE, "legs", hold_ms=1000, holds=2)).legs
    assert (leg.hold_ms, leg.holds, leg.held_since) == (1000, 2, None)


def test_a_local_members_interface_may_say_more_than_its_channel() -> None:
    mine = with_part(MINE, "legs", interface="Local/1004@agents/n")
    theirs = with_part(MINE, "legs", interface="Local/1004@agents")
    assert [leg.interface for leg in healed(mine, theirs).legs] == ["Local/1004@agents/n"]
    assert [leg.interface for leg in healed(MINE, theirs).legs] == ["Local/1004@agents"]


def test_a_transfers_target_is_amis_word_where_the_files_have_one_too() -> None:
    mine, theirs = (with_part(MINE, "legs", transfer=Transfer("blind", to)) for to in ("701", "default"))
    assert healed(mine, theirs).legs[0].transfer == Transfer("blind", "701")
    assert healed(MINE, theirs).legs[0].transfer == Transfer("blind", "default")
    assert healed(mine, MINE).legs[0].transfer is None


def test_two_conversations_of_one_agent_are_two_legs() -> None:
    later = replace(MINE.legs[0], stint=None, uniqueid="other", answered_at=NOON + 70_000, ended_at=NOON + 80_000)
    assert healed(MINE, replace(MINE, legs=(*MINE.legs, later))).legs == (*MINE.legs, later)


def test_a_missed_ring_is_the_same_by_phone_and_time() -> None:
    mine = replace(MINE, missed=(MISSED,))
    same = replace(MISSED, rang_at=MISSED.rang_at + NEAR, ring_ms=4000)
    other = replace(MISSED, rang_at=MISSED.rang_at + FAR)
    assert healed(mine, replace(MINE, missed=(same,))).missed == (MISSED,)
    assert healed(mine, replace(MINE, missed=(other,))).missed == (other,)
    assert healed(mine, MINE).missed == ()


def test_what_the_pbxs_death_cut_off_has_failed_and_no_cause() -> None:
    theirs = replace(MINE, outcome=Outcome.FAILED, hangup_cause=None)
    call = healed(replace(MINE, outcome=None, ended_at=None, hangup_cause=None), theirs)
    assert (call.outcome, call.hangup_cause) == ("failed", None)


def test_the_outcome_follows_from_what_was_healed() -> None:
    theirs = replace(
        with_part(MINE, "stints", outcome=StintOutcome.ABANDONED), legs=(), answered_at=None, outcome=Outcome.ABANDONED
    )
    assert healed(MINE, theirs).outcome == "abandoned"


class TestByQueueLogAlone:
    """It knows neither phones nor holds, nor when a call begins and ends."""

    def test_amis_life_and_legs_stand(self) -> None:
        held = with_part(MINE, "legs", hold_ms=9000, holds=2, rang_at=NOON + 2000)
        theirs = with_part(replace(MINE, started_at=NOON + 1000), "legs", rang_at=None, ended_at=NOON + 90_000)
        call = healed(held, theirs, whole=False)
        assert (call.started_at, call.ended_at, call.legs) == (MINE.started_at, MINE.ended_at, held.legs)

    def test_an_end_that_nobody_heard_is_its(self) -> None:
        lost = with_part(replace(MINE, ended_at=NOON + 9000), "legs", ended_at=NOON + 9000, ended_by="system")
        call = healed(lost, with_part(MINE, "legs", transfer=Transfer("blind", "7")), whole=False)
        assert (call.ended_at, call.legs[0].ended_at, call.legs[0].ended_by) == (NOON + 64_000, NOON + 64_000, "caller")
        assert call.legs[0].transfer == Transfer("blind", "7")

    def test_a_stint_that_was_not_heard_brings_its_leg(self) -> None:
        late = replace(MINE, started_at=NOON + 50_000, stints=(), legs=(), answered_at=None)
        call = healed(late, MINE, whole=False)
        assert (call.started_at, call.stints, call.legs) == (MINE.started_at, MINE.stints, MINE.legs)

    def test_legs_of_which_it_does_not_know_move_with_their_stints(self) -> None:
        refused = Stint("one", "sales", NOON + 90_000, left_at=NOON + 90_000, outcome=StintOutcome.FULL)
        target = replace(MINE.legs[0], stint=None, interface="PJSIP/carol", answered_at=NOON + 65_000)
        mine = replace(MINE, stints=(refused, *MINE.stints), legs=(replace(MINE.legs[0], stint=1), target))
        call = healed(mine, MINE, whole=False)
        assert [stint.queue for stint in call.stints] == ["support", "sales"]
        assert call.legs == (MINE.legs[0], target)
