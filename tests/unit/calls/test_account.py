"""The files' own account of a call: what AMI would have said of it, told by CEL and queue_log alone."""

from typing import Any

from stories import NOON, interface
from written import ALICE, ANSWERED, MUSIC, Filed, Page

from calls.account import account
from calls.call import Call
from calls.reducer import advance
from calls.settings import AgentSettings, Settings
from calls.state import State

BRIDGE = "bone"
TALKING = "0 arrives, 1 joins support, 2 rings Alice, 4 answers Alice"


class Told:
    """A story that only the files tell, and what it comes to."""

    def __init__(self, story: str) -> None:
        self._filed = Filed().writes(story)

    def record(self, second: float, kind: str, agent: str = "", name: str = "", app: str = "", **extra: Any) -> "Told":
        """A record of the caller, or of an agent's phone."""
        page = Page("one", NOON + round(second * 1000), self._filed.place)
        channel = page.phone(agent) if agent else page.caller
        self._filed.feed(page.cel(kind, channel, app, name, **extra))
        return self

    def calls(self, dead_at: int | None = None, settings: Settings | None = None) -> dict[str, Call]:
        (group,) = self._filed.state.evidence.values()
        return account(State(pbx="pbx", settings=settings or Settings()), group, dead_at, advance)

    @property
    def call(self) -> Call:
        return self.calls()["one"]


def test_an_answered_call() -> None:
    call = Told(ANSWERED).call
    (stint,), (leg,) = call.stints, call.legs
    assert (call.started_at, call.answered_at, call.ended_at) == (NOON, NOON + 4000, NOON + 64_000)
    assert (call.outcome, call.hangup_cause, call.from_number, call.to_number) == ("answered", 16, "5551234", "2001")
    assert (stint.queue, stint.entered_at, stint.left_at, stint.outcome, stint.agent) == (
        "support", NOON + 1000, NOON + 4000, "answered", "Alice",
    )  # fmt: skip
    assert (leg.stint, leg.agent, leg.interface, leg.rang_at, leg.answered_at, leg.ended_at, leg.ended_by) == (
        0, "Alice", ALICE, NOON + 2000, NOON + 4000, NOON + 64_000, "caller",
    )  # fmt: skip


def test_the_agent_hung_up() -> None:
    assert Told(f"{TALKING}, 64 agent Alice ends").call.legs[0].ended_by == "agent"


def test_an_abandoned_call() -> None:
    call = Told("0 arrives, 1 joins support, 9 queue support ABANDON").call
    assert (call.outcome, call.stints[0].wait_ms, call.legs) == ("abandoned", 8000, ())


def test_a_missed_ring_and_another_agent() -> None:
    story = "0 arrives, 1 joins support, 2 rings Alice, 7 misses Alice, 8 rings Bob, 9 answers Bob, 64 caller ends Bob"
    call = Told(story).call
    assert [(ring.agent, ring.rang_at, ring.ring_ms) for ring in call.missed] == [("Alice", NOON + 2000, 5000)]
    assert [leg.agent for leg in call.legs] == ["Bob"]


def test_a_stay_that_timed_out_and_a_voicemail() -> None:
    told = Told("0 arrives, 1 joins support, 9 queue support EXITWITHTIMEOUT")
    told.record(10, "STREAM_BEGIN", name="FILE_STREAM_BEGIN", app="VoiceMail", sound="beep")
    told.record(15, "HANGUP", hangupcause=16, hangupsource="")
    assert (told.call.stints[0].outcome, told.call.outcome) == ("timeout", "voicemail")


def test_who_hangs_up_at_the_beep_leaves_no_message() -> None:
    told = Told("0 arrives").record(10, "STREAM_BEGIN", name="FILE_STREAM_BEGIN", app="VoiceMail", sound="beep")
    assert told.record(11, "HANGUP", hangupcause=16).call.outcome == "other"


def test_the_music_that_the_other_hears_is_a_hold() -> None:
    call = Told(f"{TALKING}, 10 holds Alice, 15 resumes Alice, 64 caller ends Alice").call
    assert (call.legs[0].hold_ms, call.legs[0].holds, call.legs[0].talk_ms) == (5000, 1, 55_000)


def test_the_music_of_the_queue_is_no_hold() -> None:
    assert Told(ANSWERED).call.legs[0].holds == 0


def test_music_in_a_conference_is_no_hold() -> None:
    told = Told("0 arrives, 1 conference enters room").record(2, "STREAM_BEGIN", name=MUSIC, app="ConfBridge")
    assert told.record(9, "HANGUP", hangupcause=16).call.status == "ended"


def test_a_blind_transfer() -> None:
    told = Told(TALKING).record(20, "BLINDTRANSFER", "Alice", extension="1003", transferee_channel_uniqueid="one")
    call = told.record(21, "HANGUP", "Alice", app="AppQueue", hangupcause=16).call
    leg = call.legs[0]
    assert leg.transfer is not None and (leg.ended_by, leg.transfer.kind, leg.transfer.to) == (
        "transfer", "blind", "1003",
    )  # fmt: skip


def test_a_dialled_party_that_was_busy() -> None:
    call = Told("0 arrives, 1 dials Alice, 3 fails Alice 17").call
    assert (call.outcome, call.dial_status, call.legs) == ("busy", "BUSY", ())


def test_one_channel_in_anothers_place() -> None:
    told = Told(TALKING).record(20, "BRIDGE_EXIT", "Alice", app="AppQueue", bridge_id=BRIDGE)
    told.record(20, "CHAN_START", "Bob").record(20.02, "BRIDGE_ENTER", "Bob", bridge_id=BRIDGE)
    assert "one-Alice" not in {party.uniqueid for party in told.call.parties if party.bridge}
    assert {party.uniqueid for party in told.call.parties if party.bridge} == {"one", "one-Bob"}


def test_a_parked_caller_waits_in_the_lot() -> None:
    told = Told(TALKING).record(20, "BRIDGE_EXIT", app="Queue", bridge_id=BRIDGE)
    told.record(20, "PARK_START", parker_dial_string=ALICE, parking_lot="default")
    (leg,) = told.call.legs
    assert (leg.ended_by, leg.ended_at) == ("transfer", NOON + 20_000)


def test_a_ring_that_another_phone_picked_up() -> None:
    told = Told("0 arrives, 1 dials Alice").record(2, "CHAN_START", "Bob")
    told.record(3, "PICKUP", "Alice", pickup_channel_uniqueid="one-Bob")
    assert (interface("Bob"), ALICE) in {(ring.interface, ring.picked_from) for ring in told.call.rings}


def test_what_the_pbxs_death_cut_off() -> None:
    call = Told("0 arrives, 1 joins support").calls(dead_at=NOON + 30_000)["one"]
    assert (call.outcome, call.hangup_cause, call.ended_at) == ("failed", None, NOON + 30_000)
    assert call.stints[0].outcome is None


def test_agents_are_called_as_the_settings_say() -> None:
    settings = Settings(agents={ALICE: AgentSettings(name="Alice A.")})
    assert Told(ANSWERED).calls(settings=settings)["one"].legs[0].agent == "Alice A."


def test_calls_that_meet_in_a_conference_stay_calls() -> None:
    story = "0 one: arrives, 0 two: arrives, 1 one: conference enters room, 2 two: conference enters room"
    calls = Told(f"{story}, 9 one: conference leaves room, 9 two: conference leaves room").calls()
    assert {name: call.outcome for name, call in calls.items()} == {"one": "answered", "two": "answered"}
