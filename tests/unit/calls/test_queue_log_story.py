"""What queue_log alone tells of a call, line by line."""

from calls.call import Call, Outcome, StintOutcome
from calls.events import Position
from calls.file_events import QUEUE_LOG, QueueLogged
from calls.queue_log_story import (
    NEVER_ENTERED,
    NOBODY_TALKS,
    NOBODY_WAITS,
    OVER,
    SILENT_MS,
    Told,
    calls_told,
)
from calls.settings import QueueSettings, Settings

START = 1_795_360_000_000
SETTINGS = Settings(queues={"q1": QueueSettings(tenant="north")})


def told(*steps: tuple[float, str, str], **values: str) -> Told:
    """What these lines tell: seconds, `QUEUE AGENT VERB`, and data as `name=value …`, of the caller c1."""
    lines = []
    for seq, (at, head, data) in enumerate(steps):
        queue, agent, verb = head.split()
        callid = "NONE" if verb == "QUEUESTART" else "c1"
        pairs = dict(pair.split("=") for pair in data.split())
        pos = Position(QUEUE_LOG, "", 1, seq)
        lines.append(
            QueueLogged(
                pos=pos, at=START + int(at * 1000), callid=callid, queue=queue, agent=agent, verb=verb, values=pairs
            )
        )
    return calls_told("lab1", lines, SETTINGS, {"Ann": "PJSIP/1001"})


def one(*steps: tuple[float, str, str]) -> Call:
    """The one call of these lines, none of which is refused."""
    answer = told(*steps)
    assert answer.refused == ()
    (call,) = answer.calls
    return call


ENTERED = (0, "q1 NONE ENTERQUEUE", "caller_id=030123 position=2")
CONNECTED = (9, "q1 Ann CONNECT", "wait_s=9 ring_s=4")
COMPLETED = (40, "q1 Ann COMPLETECALLER", "talk_s=30")
STARTED = (60, "NONE NONE QUEUESTART", "")


def test_an_answered_call_has_the_talk_that_its_line_says() -> None:
    call = one(ENTERED, CONNECTED, COMPLETED)
    assert (call.call_id, call.tenant, call.from_number, call.direction) == ("lab1:c1", "north", "030123", "inbound")
    assert (call.started_at, call.answered_at, call.ended_at) == (START, START + 9000, START + 40_000)
    assert (call.outcome, call.certainty, call.hangup_cause, call.version) == (Outcome.ANSWERED, "final", None, 0)
    (stint,), (leg,) = call.stints, call.legs
    assert (stint.outcome, stint.wait_ms, stint.agent, stint.position) == (StintOutcome.ANSWERED, 9000, "Ann", 2)
    assert (leg.agent, leg.interface, leg.rang_at, leg.talk_ms) == ("Ann", "PJSIP/1001", START + 5000, 30_000)
    assert leg.ended_by == "caller"


def test_a_missed_ring_began_as_long_before_as_it_says() -> None:
    call = one(ENTERED, (9, "q1 Ann RINGNOANSWER", "ring_ms=2500"), (20, "q1 NONE ABANDON", ""))
    (ring,) = call.missed
    assert (ring.stint, ring.rang_at, ring.ring_ms) == (0, START + 6500, 2500)
    assert (call.outcome, call.stints[0].outcome) == (Outcome.ABANDONED, StintOutcome.ABANDONED)


def test_a_ring_that_went_on_after_the_caller_left_is_of_no_stay() -> None:
    call = one(ENTERED, (8, "q1 NONE ABANDON", ""), (9, "q1 Ann RINGNOANSWER", "ring_ms=2500"))
    assert [ring.stint for ring in call.missed] == [None]


def test_each_way_to_leave_has_its_outcome() -> None:
    ways = {
        "ABANDON": StintOutcome.ABANDONED, "EXITWITHTIMEOUT": StintOutcome.TIMEOUT,
        "EXITEMPTY": StintOutcome.EXIT_EMPTY, "EXITWITHKEY": StintOutcome.EXIT_KEY, "WITHDRAW": StintOutcome.WITHDRAWN,
    }  # fmt: skip
    for verb, outcome in ways.items():
        assert one(ENTERED, (5, f"q1 NONE {verb}", "")).stints[0].outcome is outcome


def test_who_is_not_let_in_has_a_stay_of_no_length() -> None:
    for verb, outcome in {"JOINEMPTY": StintOutcome.JOIN_EMPTY, "FULL": StintOutcome.FULL}.items():
        (stint,) = one((3, f"q1 NONE {verb}", "")).stints
        assert (stint.queue, stint.outcome, stint.wait_ms) == ("q1", outcome, 0)


def test_a_caller_who_is_sent_on_has_a_second_stay_of_the_same_call() -> None:
    sent = (40, "q1 Ann BLINDTRANSFER", "extension=6002 talk_s=31")
    again = (41, "q1 NONE ENTERQUEUE", "caller_id=030123 position=1")
    call = one(ENTERED, CONNECTED, sent, again, (45, "q1 NONE EXITWITHTIMEOUT", ""))
    assert [stint.outcome for stint in call.stints] == [StintOutcome.ANSWERED, StintOutcome.TIMEOUT]
    assert (call.legs[0].ended_by, call.legs[0].transfer) == ("transfer", call.legs[0].transfer)
    assert call.legs[0].transfer is not None and call.legs[0].transfer.to == "6002"
    assert call.ended_at == START + 45_000


def test_an_attended_transfer_says_nothing_of_the_number() -> None:
    call = one(ENTERED, CONNECTED, (40, "q1 Ann ATTENDEDTRANSFER", "method=BRIDGE target=b-1 talk_s=31"))
    transfer = call.legs[0].transfer
    assert transfer is not None and (transfer.kind, transfer.to) == ("attended", "")


def test_what_was_open_when_asterisk_came_up_is_cut_off() -> None:
    waiting, talking = one(ENTERED, STARTED), one(ENTERED, CONNECTED, STARTED)
    assert (waiting.outcome, waiting.stints[0].outcome, waiting.ended_at) == (Outcome.FAILED, None, START + 60_000)
    assert (talking.outcome, talking.legs[0].ended_by, talking.legs[0].talk_ms) == (Outcome.FAILED, "system", 51_000)


def test_what_is_open_still_is_left_out() -> None:
    assert told(ENTERED, CONNECTED).calls == ()


def test_a_call_of_which_nothing_was_said_for_a_day_is_over() -> None:
    later = (SILENT_MS / 1000 + 5, "q1 Ann CONNECT", "wait_s=9 ring_s=4")
    answer = told(ENTERED, (5, "q1 Ann RINGNOANSWER", "ring_ms=0"), later)
    (call,) = answer.calls
    assert (call.outcome, call.stints[0].outcome, call.ended_at) == (Outcome.OTHER, None, START + 5000)
    assert [reason for _, reason in answer.refused] == [OVER]


def test_lines_that_cannot_be_are_refused_with_a_reason() -> None:
    other = (1, "q2 NONE ENTERQUEUE", "caller_id= position=1")
    for steps, reason in (
        ((CONNECTED,), NEVER_ENTERED),
        ((ENTERED, COMPLETED), NOBODY_TALKS),
        ((ENTERED, other, CONNECTED), NOBODY_WAITS),
        ((ENTERED, STARTED, (61, *CONNECTED[1:])), OVER),
    ):
        assert [why for _, why in told(*steps).refused] == [reason]
