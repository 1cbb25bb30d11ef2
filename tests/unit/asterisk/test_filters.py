"""asterisk/filters.py: what Asterisk itself lets through is what we would not ignore. Python reads them as POSIX."""

import re

import pytest
from simulated import SCENARIOS

from asterisk.encoding import encode_action
from asterisk.filters import FILTERS
from asterisk.noise import is_ignored
from asterisk.recording import read_records

# The classes that the expressions use, in Python's words.
EXCLUDES = [
    re.compile((each.filter or "")[1:].replace("[^[:cntrl:]]", r"[^\r\n]").replace("[[:cntrl:]]", r"[\r\n]"), re.DOTALL)
    for each in FILTERS
]
EVENT = "Event: {}\r\nPrivilege: x\r\nChanVariable: Q=1\r\n{}\r\nValue: X\r\n"


def passes(raw: str) -> bool:
    """Whether Asterisk would send it."""
    return not any(each.search(raw) for each in EXCLUDES)


@pytest.mark.parametrize("scenario", ["s01", "s05", "s15", "s22", "s24", "s37"])
def test_asterisk_keeps_back_exactly_what_we_ignore(scenario: str) -> None:
    (path,) = SCENARIOS.glob(f"{scenario}_*/session.ami.gz")
    packets = [entry.raw for record in read_records(path) for entry in record.entries]
    events = [raw for raw in packets if raw.startswith(b"Event: ")]
    assert [raw for raw in events if passes(raw.decode()) == is_ignored(raw)] == []
    assert sum(map(is_ignored, events)) > len(events) / 2


@pytest.mark.parametrize(
    ("name", "header", "through"),
    [
        ("VarSet", "Variable: QUEUESTATUS", True),
        ("VarSet", "Variable: QUEUESTATUSES", False),
        ("VarSet", "Variable: QUEUESTRATEGY", False),
        ("VarSet", "Variable: QUEUESTATU", False),
        ("VarSet", "Variable: Q", False),
        ("VarSet", "Variable: MIXMONITOR_FILENAME", True),
        ("VarSet", "Variable: MIXMONITOR_FILENAMES", False),
        ("VarSet", "Variable: MIXMONITOR_FILE", False),
        ("VarSet", "Variable: MIXMONITOR_FILENAMe", False),
        ("VarSet", "Variable: MIXMONITOR_ACTIVE", False),
        ("VarSet", "Variable: QIXMONITOR_FILENAME", False),
        ("VarSet", "Variable: MUEUESTATUS", False),
        ("VarSet", "Variable: ", False),
        ("VarSet", "Variable: DIALSTATUS", False),
        ("Newexten", "Application: Queue", True),
        ("Newexten", "Application: QueueLog", False),
        ("Newstate", "ChannelState: 6", True),
        ("TestEvent", "State: X", False),
        ("ContactStatus", "ContactStatus: Reachable", False),
        ("PeerStatus", "PeerStatus: Registered", False),
        ("Registry", "Status: Registered", False),
    ],
)
def test_only_the_value_that_is_kept_passes(name: str, header: str, through: bool) -> None:
    assert passes(EVENT.format(name, header)) is through


def test_a_filter_is_an_action_that_asterisk_can_read() -> None:
    for number, each in enumerate(FILTERS):
        lines = encode_action(each, f"id/{number}").split(b"\r\n")
        assert b"Operation: Add" in lines and max(map(len, lines)) < 1024
