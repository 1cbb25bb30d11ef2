"""A person who asked to be forgotten: nowhere is anything left of them, and no figure is another one."""

from typing import Any

import canary
import pytest
from canary import NAME, NATIONAL, NUMBER, OTHER, PACKET
from made_installation import Installation

from asterisk.recording import read_log
from calls.certificates import hash_of
from warehouse.privacy.job import Erasures


@pytest.fixture
def filled(installation: Installation) -> Installation:
    canary.fill(installation)
    canary.write_log(installation.data)
    return installation


@pytest.fixture
def instead(filled: Installation) -> str:
    """The digits that are to stand in for the person, who has asked."""
    return canary.ask(filled, NUMBER)[NUMBER].stand_in


def asked(installation: Installation, query: str) -> Any:
    return installation.asked(query)[0][0]


def test_nothing_is_left_of_a_person_and_all_figures_are_as_before(filled: Installation, instead: str) -> None:
    erasures = Erasures(filled.catalog, filled.source, filled.data)
    filled.load()
    # One of the calls is to be loaded again.
    filled.execute("UPDATE call_sessions SET changed_at = clock_timestamp() WHERE call_id = 'pbx1:l2'")
    before = {place for place, _ in canary.traces(filled)}
    assert {"call_sessions", "contacts", "commands", "2026-10-24.tlog.zst"} <= before
    assert erasures.work() == 1
    assert canary.traces(filled) == []
    found = filled.asked("SELECT call_id, from_number, from_name, to_number FROM call_sessions ORDER BY call_id")
    assert found[0] == ("pbx1:l1", f"+49{instead}", "Erased", "2001")
    assert found[2][1] == f"0{instead}"
    assert found[3][1:] == ("1001", "Alice", f"90{instead}")
    assert found[4][1:3] == (OTHER, "Somebody")
    kept = asked(filled, "SELECT certificate FROM privacy_requests")
    assert kept["figures"]["unchanged"], kept["figures"]["differing"]
    assert kept["erased"]["tables"]["calls"] == 4
    assert kept["erased"]["tables"]["contacts"] == 1
    assert kept["erased"]["log"] == {"files": 1, "entries": 5}
    assert kept["hash"] == hash_of(kept)
    assert erasures.work() == 0
    assert asked(filled, "SELECT action FROM audit_log") == "privacy.erased"


def test_the_log_is_told_as_before_but_for_the_person(filled: Installation, instead: str) -> None:
    path = filled.data / "log" / "pbx1" / "2026-10-24.tlog.zst"
    before = list(read_log(path))
    Erasures(filled.catalog, filled.source, filled.data).work()
    after = list(read_log(path))
    assert [[(it.seq, it.received, len(it.raw) > 0) for it in record.entries] for record in after] == [
        [(it.seq, it.received, True) for it in record.entries] for record in before
    ]
    raw = after[0].entries[0].raw
    assert raw == PACKET.replace(NATIONAL.encode(), instead.encode()).replace(NAME.encode(), b"Erased")
    assert after[1].entries[0].raw.startswith(b"1792800000|1792800000.1|2001|NONE|ENTERQUEUE||0" + instead.encode())


@pytest.mark.usefixtures("instead")
def test_what_goes_on_is_waited_for(filled: Installation) -> None:
    filled.execute("INSERT INTO pbx_state VALUES ('pbx1', 'ended', 'l1', '')")
    (filled.data / "log" / "pbx1" / "a.cursor").write_text('{"file": "2026-10-24.tlog.zst", "offset": 0}')
    erasures = Erasures(filled.catalog, filled.source, filled.data)
    assert erasures.work() == 0
    steps = dict(filled.asked("SELECT step, status FROM privacy_steps"))
    assert steps == {"tables": "done", "lake": "done", "recordings": "done", "log": "waiting"}
    (filled.data / "log" / "pbx1" / "a.cursor").unlink()
    assert erasures.work() == 0
    # A stream worker that still had the call in hand has written it again.
    filled.execute(f"UPDATE call_sessions SET from_number = '{NUMBER}' WHERE call_id IN ('pbx1:l1', 'pbx1:l7')")
    filled.execute("DELETE FROM pbx_state")
    assert erasures.work() == 1
    kept = asked(filled, "SELECT certificate FROM privacy_requests")
    assert kept["erased"]["tables"]["calls"] == 5
    assert kept["figures"]["unchanged"]
    # Another tenant's caller of the same number is another tenant's business.
    rows = canary.kept(filled, rows_only=True)
    assert [place for place, text in rows if NATIONAL in text and ",other," not in text] == []
    assert asked(filled, "SELECT from_number FROM call_sessions WHERE tenant_id = 'other'") == NUMBER
