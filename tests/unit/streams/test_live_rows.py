"""Agents and queues as rows carry the message that is published; intervals carry the person, not the interface."""

import msgspec
from stories import NOON, told

from calls.live import GapLive, decode_agent, decode_queue
from calls.presence import Interval, PresenceState
from calls.settings import AgentSettings, Settings
from calls.views import agent_live, queue_live
from streams.live_rows import MOST_OF_A_REJECT, agent_row, gap_row, interval_row, queue_row, reject_live
from streams.rows import GapRow, RejectRow

TALKING = told("0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice").state


def test_an_agent_on_a_call() -> None:
    live = agent_live(TALKING, TALKING.agents["PJSIP/alice"])
    row = agent_row(live)
    assert (row.status, row.state, row.reason, row.extension) == ("BUSY", "on_call", "", "alice")
    assert (row.since, row.until, row.version) == ("2026-11-22T12:00:05.000Z", None, live.version)
    assert row.call_id is not None and row.call_id.startswith("pbx:")
    assert decode_agent(bytes(row.live)) == live


def test_an_agent_whose_state_ends_by_itself() -> None:
    live = agent_live(TALKING, TALKING.agents["PJSIP/alice"])
    wrapping = msgspec.structs.replace(live.presence, state=PresenceState.WRAP_UP, until=NOON + 10_000)
    row = agent_row(msgspec.structs.replace(live, presence=wrapping, call=None))
    assert (row.status, row.until, row.call_id) == ("BUSY", "2026-11-22T12:00:10.000Z", None)


def test_a_queue_has_its_thresholds_and_its_message() -> None:
    live = queue_live(TALKING, TALKING.queues["support"])
    row = queue_row(live, wrapup_s=7.5)
    assert (row.queue_id, row.wrapup_s, row.service_level_s, row.target) == ("support", 7.5, 20.0, 0.8)
    assert decode_queue(bytes(row.live)) == live


def test_an_interval_belongs_to_the_person() -> None:
    settings = Settings(agents={"PJSIP/alice": AgentSettings(agent_id="alice", tenant="acme")})
    spent = Interval(PresenceState.PAUSED, NOON, NOON + 1500, "lunch")
    row = interval_row("pbx", settings, TALKING.agents["PJSIP/alice"], spent)
    assert (row.agent_id, row.tenant_id, row.state, row.reason) == ("alice", "acme", "paused", "lunch")
    assert (row.started_at, row.ended_at) == ("2026-11-22T12:00:00.000Z", "2026-11-22T12:00:01.500Z")


def test_a_gap_has_the_times_that_are_known() -> None:
    assert gap_row(GapLive("pbx", "ami", "x", NOON, None)) == GapRow("pbx", "ami", "x", "2026-11-22T12:00:00.000Z")
    lost = GapLive("pbx", "kafka", "x", None, None, {"from": 1})
    assert gap_row(lost) == GapRow("pbx", "kafka", "x", detail={"from": 1})


def test_of_a_reject_that_no_message_could_hold_the_beginning_is_told() -> None:
    short = RejectRow("pbx", "ami", "a", 1, 2, "why", b"short")
    assert (reject_live(short).reason, reject_live(short).raw) == ("why", b"short")
    long = reject_live(msgspec.structs.replace(short, reason="y" * 2_000_000, raw=b"x" * 2_000_000))
    assert (len(long.reason), len(long.raw)) == (MOST_OF_A_REJECT, MOST_OF_A_REJECT)
