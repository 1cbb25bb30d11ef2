"""Real callers of real recordings: of whoever is erased no packet knows number or name, and calls are as they were."""

import re
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from asterisk.recording import read_records
from asterisk.replay import replay_records
from calls.call import Call
from calls.codec import Record
from calls.erasure import NAME, Eraser, Person, person_of
from calls.errors import NoCaller

SCENARIOS = Path(__file__).parents[1] / "scenarios"
# With names of several parties, odd ones, transfers, both directions, parking, a conference, a restart.
RECORDED = (
    "s01_queue_caller_hangup", "s10a_originate_outbound", "s14_voicemail", "s20_odd_callerids", "s31_kill9",
    "s08a_attended_transfer_sip_refer_replaces", "s62_lists_with_parked_and_conference",
)  # fmt: skip


@pytest.mark.parametrize("scenario", RECORDED)
def test_packets_of_a_real_asterisk_tell_the_same_calls_and_nobody_who_was_erased(scenario: str) -> None:
    records = list(read_records(SCENARIOS / scenario / "session.ami.gz", "pbx", 1))
    told = replay_records(records, None).calls
    people = strangers(told)
    assert people
    cleaned = [without(record, Eraser(people.values())) for record in records]
    packets = b"\n\n".join(entry.raw for record in cleaned for entry in record.entries)
    for person in people.values():
        assert person.national.encode() not in packets
        for name in person.names:
            assert not re.search(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)", packets), name
    assert replay_records(cleaned, None).calls == {key: forgotten(call, people) for key, call in told.items()}


def strangers(told: dict[str, Call]) -> dict[str, Person]:
    """Whoever has a number that is no extension, with the names they came with."""
    found: dict[str, Person] = {}
    for call in told.values():
        for number, name in ((call.from_number, call.from_name), (call.to_number, "")):
            try:
                person = found.get(number) or person_of(number, 49, b"a key of tests", lambda _: False)
            except NoCaller:
                continue
            found[number] = replace(person, names=tuple({*person.names, name} - {""}))
    return found


def without(record: Record, eraser: Eraser) -> Record:
    """A record of the log, cleaned."""
    return replace(record, entries=[entry._replace(raw=eraser.cleaned(entry.raw)) for entry in record.entries])


def forgotten(call: Call, people: dict[str, Person]) -> Call:
    """The call as it is told without these people."""
    text = msgspec.json.encode(call)
    for number, person in people.items():
        text = text.replace(f'"{number}"'.encode(), f'"{instead(number, person)}"'.encode())
    known = msgspec.json.decode(text, type=Call)
    return replace(known, from_name=NAME) if call.from_number in people and call.from_name else known


def instead(number: str, person: Person) -> str:
    """The stand-in, as the number was written."""
    return number.replace(person.national, person.stand_in)
