"""Rebuilding recordings from the archive: what is right stays, what is wrong is told and mended."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace
from rich.console import Console
from streamed.archived import PBX, archived, logins, play, write_archive

from asterisk.decode import events_of
from calls.call import Outcome
from calls.events import Event
from calls.reducer import advance
from calls.state import CallChanged, Change, State
from calls.views import agent_live, queue_live
from streams.errors import NoArchive
from streams.rebuild.report import Report, Summary
from streams.rebuild.run import RebuildSettings, rebuild
from streams.rebuild.spool import Span
from streams.work import Reducer
from warehouse.readback import stored_calls, stored_timeline
from warehouse.replay import form_line

REDUCER = Reducer(events_of, advance, agent_live, queue_live)
SCENARIOS = (
    # AMI is cut in it, and what it missed comes from the files: corrections.
    "s25_ami_drop_and_reconnect",
    "s03_queue_abandon",
    "s08a_attended_transfer_sip_refer_replaces",
    "s14_voicemail",
    "s15_mixmonitor",
    "s19_positions_three_callers_one_agent",
    "s20_odd_callerids",
    "s24_rtcp_loss_and_jitter",
    "s07c_blind_transfer_to_other_queue",
    "s54_transferred_twice",
)
SUNDAY, FRIDAY = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC)


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


WEEK = Span(ms(SUNDAY), ms(FRIDAY))


class Installation:
    """A database with the recordings in it as the live path left them, and their archive."""

    def __init__(self, urls: Callable[..., str], data: Path) -> None:
        self.owner, self.data = urls(), data
        self._streams, self._warehouse = urls("trunkline_streams"), urls("trunkline_warehouse")

    def live(self) -> None:
        asyncio.run(play(self._streams, REDUCER, archived(self.data)))

    def rebuild(
        self, reducer: Reducer = REDUCER, rehearsal: bool = False, span: Span = WEEK, pbx: str = ""
    ) -> tuple[Summary, list[dict[str, object]]]:
        """The summary, and the lines of JSON before it."""
        lines: list[str] = []
        report = Report(rehearsal, lines.append)
        settings = RebuildSettings(self.data / "log", self._streams, span, pbx, rehearsal)
        rebuild(settings, reducer, report, Console(quiet=True))
        return report.summary(), [json.loads(line) for line in lines]

    def change(self, statement: str) -> None:
        with psycopg.connect(self.owner) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.owner) as connection:
            return connection.execute(statement).fetchall()  # type: ignore[call-overload, no-any-return]

    def calls(self) -> str:
        """As `trunkline calls --json` prints them."""
        return "".join(f"{form_line(form)}\n" for form in stored_calls(self._warehouse, SUNDAY, FRIDAY))

    def told(self) -> list[object]:
        """Timelines and corrections of all calls."""
        ids = [str(row[0]) for row in self.rows("SELECT call_id FROM call_sessions ORDER BY call_id")]
        told = (stored_timeline(self._warehouse, call_id) for call_id in ids)
        steps: list[object] = [it.steps for it in told if it is not None]
        return steps + self.rows("SELECT * FROM corrections ORDER BY call_id, version")


@pytest.fixture
def installation(database_as: Callable[..., str], tmp_path: Path) -> Iterator[Installation]:
    write_archive(tmp_path, list(logins(SCENARIOS)))
    it = Installation(database_as, tmp_path)
    it.live()
    yield it


def all_as_before(summary: Summary, calls: int) -> bool:
    return summary.calls == {"as before": calls, "changed": 0, "new": 0, "left alone": 0, "not in the archive": 0}


def test_ten_recordings_twice_are_byte_identical_to_each_other_and_to_the_live_path(installation: Installation) -> None:
    live, versions = installation.calls(), installation.rows("SELECT call_id, version, changed_at FROM call_sessions")
    first, _ = installation.rebuild()
    second, told = installation.rebuild()
    assert all_as_before(first, live.count("\n")) and all_as_before(second, live.count("\n")) and not told
    assert first.sha256 == second.sha256 == hashlib.sha256(live.encode()).hexdigest()
    assert installation.calls() == live
    assert installation.rows("SELECT call_id, version, changed_at FROM call_sessions") == versions


@pytest.mark.parametrize(("packed", "per_frame"), [(1, 1), (7, 2), (500, 50)])
def test_how_the_log_is_cut_makes_no_difference(
    installation: Installation, tmp_path: Path, packed: int, per_frame: int
) -> None:
    wanted = installation.rebuild(rehearsal=True)[0].sha256
    for path in (installation.data / "log" / PBX).iterdir():
        path.unlink()
    write_archive(installation.data, list(logins(SCENARIOS, packed)), per_frame)
    again, _ = installation.rebuild(rehearsal=True)
    assert again.sha256 == wanted and again.calls["as before"] == sum(again.calls.values())


def test_an_emptied_database_is_filled_again(installation: Installation) -> None:
    live, stories = installation.calls(), installation.told()
    installation.change("DELETE FROM call_sessions")
    summary, told = installation.rebuild()
    assert summary.calls["new"] == live.count("\n") == len(told)
    assert (installation.calls(), installation.told()) == (live, stories)
    assert all_as_before(installation.rebuild()[0], live.count("\n"))


def test_what_was_tampered_with_is_told_and_mended_and_nothing_else(installation: Installation) -> None:
    live, stories = installation.calls(), installation.told()
    installation.change("UPDATE call_sessions SET disposition = 'SALE', notes = 'kept'")
    untouched = installation.rows("SELECT version, changed_at FROM call_sessions ORDER BY call_id")
    ((call_id, talk),) = installation.rows("SELECT call_id, talk_s FROM legs ORDER BY call_id, ordinal LIMIT 1")
    installation.change(f"UPDATE legs SET talk_s = 999 WHERE call_id = '{call_id}' AND ordinal = 0")
    expected = [{"call_id": call_id, "what": "changed", "fields": {"legs[0].talk_s": [999.0, talk]}}]

    rehearsed, told = installation.rebuild(rehearsal=True)
    assert told == expected and rehearsed.rehearsal and installation.calls() != live
    summary, told = installation.rebuild()
    assert told == expected
    assert (summary.calls["changed"], summary.changed_fields) == (1, {"legs[].talk_s": 1})
    assert (installation.calls(), installation.told()) == (live, stories)
    after = installation.rows("SELECT version, changed_at FROM call_sessions ORDER BY call_id")
    assert len(set(after) - set(untouched)) == 1 and [row[0] for row in after] == [row[0] for row in untouched]
    assert installation.rows("SELECT DISTINCT disposition, notes FROM call_sessions") == [("SALE", "kept")]
    assert all_as_before(installation.rebuild()[0], live.count("\n"))


def test_parts_that_are_too_many_are_taken_away_and_steps_that_are_missing_come_back(
    installation: Installation,
) -> None:
    live, stories = installation.calls(), installation.told()
    installation.change(
        "INSERT INTO legs (call_id, ordinal, tenant_id, agent, interface, answered_at, hold_s, holds)"
        " SELECT call_id, 9, tenant_id, 'Nobody', 'PJSIP/9', started_at, 0, 0 FROM call_sessions"
    )
    installation.change("DELETE FROM call_timelines WHERE call_id = (SELECT min(call_id) FROM call_sessions)")
    installation.change("UPDATE corrections SET cause = 'no reason', version = version - 1")
    summary, _ = installation.rebuild()
    assert summary.calls["changed"] == live.count("\n") and summary.changed_fields["timeline"] == 1
    assert summary.changed_fields["corrections"] > 0
    assert (installation.calls(), installation.told()) == (live, stories)


def improved(state: State, event: Event) -> tuple[State, tuple[Change, ...]]:
    """A reducer that has learnt something: who gave up had called another number."""
    after, changes = advance(state, event)
    return after, tuple(map(_better, changes))


def _better(change: Change) -> Change:
    if isinstance(change, CallChanged) and change.call.outcome is Outcome.ABANDONED:
        return replace(change, call=replace(change.call, to_number="4711"))
    return change


def test_a_better_reducer_changes_what_it_knows_better(installation: Installation) -> None:
    better = REDUCER._replace(advance=improved)
    given_up = installation.rows("SELECT call_id, to_number FROM call_sessions WHERE outcome = 'abandoned'")
    summary, told = installation.rebuild(better)
    wanted = {call_id: [number, "4711"] for call_id, number in given_up}
    assert {it["call_id"]: it["fields"]["to_number"] for it in told} == wanted and len(wanted) > 1  # type: ignore[index]
    assert summary.changed_fields["to_number"] == summary.changed_fields["timeline"] == len(wanted)
    assert installation.rows("SELECT DISTINCT to_number FROM call_sessions WHERE outcome = 'abandoned'") == [("4711",)]
    again, told = installation.rebuild(better)
    assert again.sha256 == summary.sha256 and not told


def test_the_live_path_wins(installation: Installation) -> None:
    installation.change("UPDATE call_sessions SET from_name = 'wrong'")
    ids = [str(row[0]) for row in installation.rows("SELECT call_id FROM call_sessions ORDER BY started_at DESC")]
    late, reopened, held, *_ = ids
    installation.change(f"UPDATE call_sessions SET status = 'CONNECTED' WHERE call_id = '{reopened}'")
    installation.change("UPDATE pbx_health SET last_event_at = last_event_at - interval '1 second'")
    with psycopg.connect(installation.owner) as writer:
        writer.execute("SELECT FROM call_sessions WHERE call_id = %s FOR UPDATE", [held])
        summary, told = installation.rebuild()
    reasons = {str(it["call_id"]): it["reason"] for it in told if "reason" in it}
    assert reasons == {
        late: "not applied by a stream worker yet",
        reopened: "still open",
        held: "being written by somebody else",
    }
    assert sum(summary.left_alone.values()) == 3 and summary.calls["changed"] == len(ids) - 3
    wrong = installation.rows("SELECT count(*) FROM call_sessions WHERE from_name = 'wrong'")
    assert wrong == [(3,)]


def test_what_the_archive_does_not_give_stays_and_is_told(installation: Installation) -> None:
    (installation.data / "log" / PBX / "2026-11-22.tlog.zst").unlink()
    live = installation.calls()
    summary, told = installation.rebuild()
    assert installation.calls() == live
    assert summary.calls["not in the archive"] == len(told) == summary.calls["not in the archive"] > 5
    assert {it["what"] for it in told} == {"not in the archive"}


def test_only_calls_of_the_range_are_touched(installation: Installation) -> None:
    installation.change("UPDATE call_sessions SET from_name = 'wrong'")
    thursday = Span(ms(datetime(2026, 11, 26, tzinfo=UTC)), WEEK.end)
    summary, _ = installation.rebuild(span=thursday)
    assert summary.calls["changed"] == 2 and summary.calls["not in the archive"] == 0
    # It began with the last login of the day before, not with the first of the archive.
    assert summary.read[PBX].entries < sum(len(record.entries) for record in archived(installation.data))
    untouched = installation.rows(
        "SELECT count(*) FROM call_sessions WHERE from_name = 'wrong' AND started_at < '2026-11-26'"
    )
    assert untouched == installation.rows("SELECT count(*) FROM call_sessions WHERE started_at < '2026-11-26'")


def test_an_archive_that_is_not_there_is_named_with_those_that_are(installation: Installation) -> None:
    with pytest.raises(NoArchive, match=r"lab2.*those of lab1\."):
        installation.rebuild(pbx="lab2")
