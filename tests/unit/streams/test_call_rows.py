"""What is written of a changed call: itself, and only those parts of it that differ."""

from collections import defaultdict

from msgspec.structs import replace
from stories import told

from calls.call import Call, MissedRing, Recording, StintOutcome
from calls.events import Position
from calls.file_events import FilesRead
from calls.form import call_form, call_uuid
from calls.settings import AgentSettings, Settings
from calls.state import CallChanged
from streams.call_rows import CHILDREN, Rows, add_call, call_agent, call_duration, correction_row
from streams.rows import CallRow, Kept

ANSWERED = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 65 caller ends, 65 agent Alice leaves"
TALKING = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice"


def rows_of(old: Call | None, new: Call) -> Rows:
    rows: Rows = defaultdict(list)
    add_call(rows, old, new, call_form(new), call_agent(new, Settings()))
    return rows


def test_a_new_call_is_written_whole() -> None:
    call = told(ANSWERED).call
    rows = rows_of(None, call)
    (row,) = rows["call_sessions"]
    assert isinstance(row, CallRow)
    assert (row.id, row.call_id, row.tenant_id) == (call_uuid(call.call_id), call.call_id, "default")
    assert (row.status, row.outcome, row.agent_id, row.duration) == ("ENDED", "answered", "PJSIP/alice", 60.0)
    assert (row.created_at, row.version) == (row.started_at, call.version)
    assert [len(rows[table]) for table in ("stints", "legs", "missed_rings", "recordings")] == [1, 1, 0, 0]


def test_parts_that_stayed_the_same_are_not_written_again() -> None:
    call = told(ANSWERED).call
    rows = rows_of(call, replace(call, version=call.version + 1, certainty="final"))
    assert len(rows["call_sessions"]) == 1
    assert not rows["stints"] and not rows["legs"]


def test_a_part_that_differs_is_written_alone() -> None:
    call = replace(told(ANSWERED).call, missed=tuple(MissedRing(0, "Bob", "PJSIP/bob", at, 0) for at in (1, 2)))
    changed = replace(call, missed=(call.missed[0], replace(call.missed[1], ring_ms=5000)))
    (row,) = rows_of(call, changed)["missed_rings"]
    assert (getattr(row, "ordinal", None), getattr(row, "ring_s", None)) == (1, 5.0)


def test_parts_that_went_to_another_call_are_removed() -> None:
    call = told(ANSWERED).call
    rows = rows_of(call, replace(call, legs=()))
    assert rows["-legs"] == [Kept(call.call_id, 0)]
    assert "-stints" not in rows


def test_another_tenant_is_written_everywhere() -> None:
    call = told(ANSWERED).call
    rows = rows_of(call, replace(call, tenant="acme"))
    assert {getattr(row, "tenant_id", None) for table in ("stints", "legs") for row in rows[table]} == {"acme"}


def test_every_list_of_a_call_has_a_table() -> None:
    assert set(CHILDREN) == {"stints", "legs", "missed", "recordings"}


def test_a_recording_has_its_times() -> None:
    call = replace(told(ANSWERED).call, recordings=(Recording("a.wav", "1.1", 0, 1500),))
    (row,) = rows_of(None, call)["recordings"]
    assert (getattr(row, "file", None), getattr(row, "ended_at", None)) == ("a.wav", "1970-01-01T00:00:01.500Z")


def test_the_agent_is_the_one_on_the_call_else_the_last() -> None:
    talking, ended = told(TALKING).call, told(ANSWERED).call
    other = replace(ended.legs[0], interface="PJSIP/bob")
    both = replace(talking, legs=(talking.legs[0], other))
    assert call_agent(both, Settings()) == "PJSIP/alice"
    assert call_agent(replace(ended, legs=(ended.legs[0], other)), Settings()) == "PJSIP/bob"
    assert call_agent(replace(ended, legs=()), Settings()) is None
    mapped = Settings(agents={"PJSIP/alice": AgentSettings(agent_id="alice")})
    assert call_agent(talking, mapped) == "alice"


def test_the_duration_is_known_when_all_legs_have_ended() -> None:
    assert call_duration(told(ANSWERED).call) == 60.0
    assert call_duration(told(TALKING).call) is None
    assert call_duration(told("0 arrives, 9 caller ends").call) is None


AT = FilesRead(pos=Position("files", "a", 2, 0), at=1_795_348_864_000, sources=("queue_log", "cel"))


def test_what_the_files_put_right_is_a_row_with_old_and_new_values() -> None:
    before = told(ANSWERED).call
    stint = replace(before.stints[0], outcome=StintOutcome.ABANDONED, agent=None)
    call = replace(before, version=99, certainty="final", stints=(stint,), legs=())
    row = correction_row(CallChanged(call, before, AT, "the cable"))
    assert row is not None
    assert (row.call_id, row.version, row.at, row.cause, row.appeared) == (
        "pbx:one", 99, "2026-11-22T12:01:04.000Z", "the cable", False
    )  # fmt: skip
    assert row.fields["stints[0].outcome"] == ("answered", "abandoned")
    assert row.fields["stints[0].agent"] == ("Alice", None)
    assert row.fields["legs[0].agent"] == ("Alice", None)
    assert "certainty" not in row.fields and "stints[0].queue" not in row.fields


def test_a_call_that_ami_never_told_of_has_appeared() -> None:
    row = correction_row(CallChanged(told(ANSWERED).call, None, AT, "the cable"))
    assert row is not None and row.appeared
    assert row.fields["outcome"] == (None, "answered") and row.fields["stints[0].queue"] == (None, "support")


def test_what_the_files_only_confirmed_is_no_correction() -> None:
    before = told(ANSWERED).call
    final = replace(before, certainty="final")
    assert correction_row(CallChanged(final, before, AT)) is None
    assert correction_row(CallChanged(final, before, AT, "the cable")) is None
    assert correction_row(CallChanged(replace(before, to_number="9"), before, AT)) is None
