"""What PostgreSQL and the live topics hold of a round of calls against a replay of its logs, field by field."""

import asyncio
import time
from typing import NamedTuple

import psycopg
from streamed.centre import Round
from streamed.worker import published, stored, stored_state

from asterisk.replay import Replay, replay_records
from calls.form import call_form
from calls.live import decode_agent, decode_call
from calls.views import agent_live
from streams.committer import LOST
from streams.live_rows import interval_row

Rows = dict[object, object]
"""Values by key."""

# A change is published within half a second; this is for a machine with other work.
PUBLISHED_SECONDS = 10.0
_ISO = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
_SPANS = (
    f"SELECT pbx, agent_id, {_ISO.format('started_at')}, state, reason, {_ISO.format('ended_at')}"
    " FROM presence_intervals WHERE pbx = ANY (%s)"
)
_REFUSED = "SELECT pbx, source, ingester, epoch, seq, reason FROM rejects WHERE pbx = ANY (%s)"
_GAPS = "SELECT detail FROM gaps WHERE cause = %s AND pbx = ANY (%s)"


class Verdict(NamedTuple):
    """Calls, agents' spans, refused packets, the PBXs' states, and what is shown live: lacking, too many, otherwise.

    `first` is one of them, for a person to look at.
    """

    calls: int
    events: int
    lost: int
    doubled: int
    different: int
    first: str

    @property
    def exact(self) -> bool:
        return not (self.lost or self.doubled or self.different)


def verdict(calls: Round) -> Verdict:
    """Compare everything of a round that is over."""
    replays = {way.pbx: replay_records(way.logged()) for way in calls.ways}
    wanted: Rows = {}
    live: Rows = {}
    for pbx, replay in replays.items():
        wanted |= _made(pbx, replay)
        live |= _shown(replay)
    found = _stored(calls) | _published(calls, live)
    wanted |= live
    lost, doubled = wanted.keys() - found.keys(), found.keys() - wanted.keys()
    different = {key for key in wanted.keys() & found.keys() if wanted[key] != found[key]}
    first = next((f"{key}: {found.get(key)} is not {wanted.get(key)}" for key in lost | doubled | different), "")
    events = sum(replay.events for replay in replays.values())
    return Verdict(
        sum(len(it.calls) for it in replays.values()), events, len(lost), len(doubled), len(different), first
    )


def _made(pbx: str, replay: Replay) -> Rows:
    state = replay.states[pbx]
    spans = (interval_row(pbx, state.settings, it.agent, span) for it in replay.spent for span in it.spent)
    return {
        **{("call", call_id): call_form(call) for call_id, call in replay.calls.items()},
        **{("span", it.pbx, it.agent_id, it.started_at): (it.state, it.reason, it.ended_at) for it in spans},
        **{("refused", pbx, it.source, it.ingester, it.epoch, it.seq): it.reason for it in replay.rejects},
        ("state", pbx): state,
    }


def _shown(replay: Replay) -> Rows:
    """What the live topics must show at the end."""
    agents = (agent_live(state, agent) for state in replay.states.values() for agent in state.agents.values())
    return {
        **{("agents", f"{live.pbx}:{live.agent_id}"): live for live in agents},
        **{("calls", call_id): call_form(call) for call_id, call in replay.calls.items()},
    }


def _published(calls: Round, wanted: Rows) -> Rows:
    """What the live topics show of a round's PBXs, as soon as it is what is wanted, or after ten seconds."""
    deadline = time.monotonic() + PUBLISHED_SECONDS
    while True:
        found = asyncio.run(_read_live(calls))
        if found == wanted or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


async def _read_live(calls: Round) -> Rows:
    broker, pbxs = calls.centre.workers.broker, frozenset(calls.pbxs)
    # A worker that slept publishes what it still had: older versions, which nobody takes.
    agents = await published(broker, "agents", lambda value: decode_agent(value).version)
    shown = {key.decode(): decode_agent(value) for key, value in agents.items()}
    found = await published(broker, "calls", lambda value: decode_call(value).version)
    forms = {key.decode(): decode_call(value).call for key, value in found.items()}
    return {
        **{("agents", key): live for key, live in shown.items() if live.pbx in pbxs},
        **{("calls", key): form for key, form in forms.items() if form.pbx in pbxs},
    }


def _stored(calls: Round) -> Rows:
    url, pbxs = calls.centre.url(), list(calls.pbxs)
    with psycopg.connect(url) as connection:
        spans = connection.execute(_SPANS, (pbxs,)).fetchall()
        refused = connection.execute(_REFUSED, (pbxs,)).fetchall()
        gaps = connection.execute(_GAPS, (LOST, pbxs)).fetchall()
    forms = asyncio.run(stored(url, pbxs))
    return {
        **{("call", call_id): form for call_id, form in forms.items()},
        **{("span", *row[:3]): row[3:] for row in spans},
        **{("refused", *row[:5]): row[5] for row in refused},
        **{("state", pbx): stored_state(url, pbx) for pbx in pbxs},
        **{("lost in Kafka", str(row[0])): True for row in gaps},
    }
