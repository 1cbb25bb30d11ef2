"""Calls that nobody made: hypothesis strategies for any call the types allow, and the rows and frames they become."""

from collections.abc import Iterable
from typing import Any

import polars as pl
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from calls.call import Call, Leg, MissedRing, Outcome, Recording, Status, Stint, StintOutcome, Transfer
from calls.form import call_form

DAY_MS = 24 * 3600 * 1000
# 24 October 2026, the day before Europe's clocks go back.
START = 1_792_800_000_000
QUEUES = ("support", "sales", "new")
AGENTS = ("PJSIP/1001", "PJSIP/1002")

moments = st.integers(START, START + 2 * DAY_MS)
spans = st.one_of(st.integers(0, 90_000), st.sampled_from([0, 5_000, 5_001, 20_000, 20_001]))


@st.composite
def stints(draw: st.DrawFn) -> Stint:
    """Any stint: waiting, refused, ended in any way, at and around the thresholds."""
    entered = draw(moments)
    left = draw(st.one_of(st.none(), spans))
    return Stint(
        uniqueid="u1",
        queue=draw(st.sampled_from(QUEUES)),
        entered_at=entered,
        position=draw(st.one_of(st.none(), st.integers(1, 9))),
        left_at=None if left is None else entered + left,
        outcome=draw(st.one_of(st.none(), st.sampled_from(StintOutcome))),
    )


@st.composite
def legs(draw: st.DrawFn) -> Leg:
    """Any leg: of a stint or of none, lasting or ended, with hold."""
    answered = draw(moments)
    ended = draw(st.one_of(st.none(), spans))
    agent = draw(st.sampled_from(AGENTS))
    return Leg(
        stint=draw(st.one_of(st.none(), st.integers(0, 2))),
        agent=agent,
        interface=agent,
        uniqueid="u2",
        rang_at=draw(st.one_of(st.none(), st.just(answered - 2_500))),
        answered_at=answered,
        ended_at=None if ended is None else answered + ended,
        hold_ms=draw(spans),
        holds=draw(st.integers(0, 3)),
        ended_by=draw(st.sampled_from([None, "caller", "agent"])),
        transfer=draw(st.sampled_from([None, Transfer("blind", "1002")])),
        mos=draw(st.sampled_from([None, 4.37])),
    )


missed_rings = st.builds(
    MissedRing,
    stint=st.one_of(st.none(), st.integers(0, 2)),
    agent=st.sampled_from(AGENTS),
    interface=st.sampled_from(AGENTS),
    rang_at=moments,
    ring_ms=spans,
)
recordings = st.builds(Recording, file=st.just("a.wav"), uniqueid=st.just("u1"), started_at=moments)

calls = st.builds(
    Call,
    linkedid=st.integers(1, 8).map(lambda n: f"pbx1-{n}"),
    pbx=st.just("pbx1"),
    # Two versions of one call do not lie days apart.
    started_at=st.integers(START, START + DAY_MS),
    tenant=st.sampled_from(["default", "other"]),
    version=st.integers(0, 100),
    from_number=st.sampled_from(["", "+49301234567", "=1+1"]),
    from_name=st.sampled_from(["", 'Zoë "O\'Neill"', "ana"]),
    status=st.sampled_from(Status),
    ended_at=st.one_of(st.none(), moments),
    hangup_cause=st.sampled_from([None, 16]),
    outcome=st.one_of(st.none(), st.sampled_from(Outcome)),
    stints=st.lists(stints(), max_size=3).map(tuple),
    legs=st.lists(legs(), max_size=3).map(tuple),
    missed=st.lists(missed_rings, max_size=3).map(tuple),
    recordings=st.lists(recordings, max_size=1).map(tuple),
)


def many_calls(max_size: int = 6) -> st.SearchStrategy[list[Call]]:
    """Several calls, no two of them the same call."""
    return st.lists(calls, max_size=max_size, unique_by=lambda call: call.call_id)


def queue_call(
    n: int,
    outcome: StintOutcome | None = StintOutcome.ANSWERED,
    wait_s: float = 4.0,
    at: int = START,
    queue: str = "support",
    tenant: str = "default",
    version: int = 1,
) -> Call:
    """Call number `n` with one stint that began `at`; answered ones talked for a minute, None still waits."""
    left = None if outcome is None else at + round(wait_s * 1000)
    talks = outcome is StintOutcome.ANSWERED and left is not None
    legs = (Leg(0, AGENTS[0], AGENTS[0], f"a{n}", left, left or 0, ended_at=(left or 0) + 60_000),) if talks else ()
    stint = Stint(f"u{n}", queue, at, left_at=left, outcome=outcome, agent=AGENTS[0] if talks else None)
    return Call(f"l{n}", "pbx1", at, tenant, version=version, stints=(stint,), legs=legs)


def newer(call: Call, **changes: Any) -> Call:
    """The same call a step later."""
    return replace(call, version=call.version + 1, **changes)


def part_frame(calls: Iterable[Call], part: str, schema: dict[str, Any]) -> pl.DataFrame:
    """The stints, legs or missed rings of these calls as the lake has them, with the columns of `schema`."""
    rows = []
    for call in calls:
        for ordinal, child in enumerate(getattr(call_form(call), part)):
            mine = {"call_id": call.call_id, "ordinal": ordinal, "tenant": call.tenant, "pbx": call.pbx}
            told = asdict(child) | mine
            if part == "legs":
                told["transfer_to"] = child.transfer.to if child.transfer else None
            rows.append({name: told[name] for name in schema})
    frame = pl.DataFrame(rows, schema={name: pl.String if kind == "time" else kind for name, kind in schema.items()})
    return frame.with_columns(
        pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="us", time_zone="UTC")
        for name, kind in schema.items()
        if kind == "time"
    )
