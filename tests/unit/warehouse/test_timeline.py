"""`trunkline call`: one call in a line, its steps as a table and as JSON."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from folded import fields_of, folded
from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from calls.form import CallForm
from calls.timeline import Step, Timeline
from warehouse.__main__ import warehouse
from warehouse.replay import replay_files
from warehouse.timeline import headline, replayed_timeline, timeline_json, timeline_table

SCENARIO = Path(__file__).parents[2] / "scenarios" / "s04_rna_then_other_agent" / "session.ami.gz"
FORM = CallForm(
    call_id="lab1:1.1", pbx="lab1", tenant="default", direction="inbound", from_number="5551234", from_name="Carl",
    to_number="2001", status="ended", certainty="confirmed", merged_into=None, started_at="2026-11-22T12:00:00.000Z",
    answered_at=None, ended_at="2026-11-22T12:01:00.000Z", hangup_cause=16, outcome="abandoned", stints=[], legs=[],
    missed=[], recordings=[],
)  # fmt: skip
STEP = Step(
    version=7, at="2026-11-22T12:00:05.250Z", event="HangupRequest", source="ami", ingester="a", epoch=3, seq=41,
    proved={"status": "ended", "legs[0].talk_s": 60.0, "answered_at": None},
)  # fmt: skip


def printed(table: Table) -> str:
    """The table as text, wide enough to be in one piece."""
    console = Console(width=200, no_color=True)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def recorded() -> Timeline:
    """The timeline of the only call of a recording."""
    (call_id,) = replay_files([SCENARIO]).calls
    timeline = replayed_timeline(call_id, replay_files([SCENARIO], follow=[call_id]))
    assert timeline is not None
    return timeline


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "Carl 5551234 to 2001, 2026-11-22T12:00:00.000Z to 2026-11-22T12:01:00.000Z; abandoned, confirmed"),
        (
            {"outcome": None, "ended_at": None, "status": "queued", "from_name": None},
            "5551234 to 2001, 2026-11-22T12:00:00.000Z to now; queued",
        ),
        (
            {"from_name": None, "from_number": None, "to_number": None},
            "unknown to unknown, 2026-11-22T12:00:00.000Z to 2026-11-22T12:01:00.000Z; abandoned, confirmed",
        ),
    ],
)
def test_who_called_whom_and_what_came_of_it(changes: dict[str, str | None], line: str) -> None:
    assert headline(replace(FORM, **changes)) == f"lab1:1.1: inbound, {line}"


def test_a_row_an_event_with_its_place_and_what_it_proved() -> None:
    text = printed(timeline_table([STEP]))
    for part in (
        "12:00:05.250Z", "HangupRequest", "ami 3/41", 'status = "ended", legs[0].talk_s = 60.0, answered_at = null'
    ):  # fmt: skip
        assert part in text


def test_the_json_is_the_calls_with_one_field_more() -> None:
    told = msgspec.json.decode(timeline_json(Timeline(FORM, [STEP])))
    assert list(told) == [*FORM.__struct_fields__, "timeline"]
    assert told.pop("timeline") == [msgspec.to_builtins(STEP)]
    assert told == msgspec.to_builtins(FORM)


def test_a_recordings_timeline_folds_to_its_call() -> None:
    timeline = recorded()
    assert folded(timeline.steps) == fields_of(msgspec.to_builtins(timeline.call))


def test_a_call_that_the_replay_did_not_come_to_has_none() -> None:
    assert replayed_timeline("lab1:nobody", replay_files([SCENARIO], follow=["lab1:nobody"])) is None


def test_the_command_tells_it_of_files() -> None:
    timeline = recorded()
    arguments = ["call", timeline.call.call_id, str(SCENARIO)]
    assert CliRunner().invoke(warehouse, [*arguments, "--json"]).stdout.strip() == timeline_json(timeline)
    text = CliRunner().invoke(warehouse, arguments).stdout
    assert headline(timeline.call).partition(",")[0] in text and "AgentRingNoAnswer" in text


def test_the_command_says_which_calls_there_are_when_there_is_no_such_call() -> None:
    result = CliRunner().invoke(warehouse, ["call", "lab1:nobody", str(SCENARIO)])
    assert result.exit_code == 1 and "There is no call lab1:nobody." in result.stderr


def test_what_a_caller_is_called_is_no_markup(tmp_path: Path) -> None:
    path = tmp_path / "odd.ami"
    path.write_bytes(
        b"Event: Newchannel\r\nTimestamp: 1795360000.1\r\nChannel: PJSIP/1-1\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\n"
        b"CallerIDNum: :cat:\r\nCallerIDName: [bold]Carl[/red]\r\n\r\n"
    )
    result = CliRunner().invoke(warehouse, ["call", "pbx:1.1", str(path)])
    assert result.exit_code == 0 and "[bold]Carl[/red] :cat: to unknown" in result.stdout
    assert '"[bold]Carl[/red]"' in result.stdout
