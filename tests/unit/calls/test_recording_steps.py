"""What is recorded of a call, and messages that are left."""

from phone_calls import ALICE, CARL, POS, call_of

from calls import events as e
from calls.call import Call
from calls.recording_steps import recording_began, recording_ended, recording_named, voicemail_left


def began(call: Call, at: int, file: str = "a.wav", channel: e.Channel = CARL) -> Call:
    return recording_began(call, e.MixMonitorStart(pos=POS, at=at, channel=channel, file=file))


def ended(call: Call, at: int, channel: e.Channel = CARL) -> Call:
    return recording_ended(call, e.MixMonitorStop(pos=POS, at=at, channel=channel))


def named(call: Call, file: str, channel: e.Channel = CARL) -> Call:
    return recording_named(call, e.RecordingNamed(pos=POS, at=5, channel=channel, file=file))


def told(call: Call) -> list[tuple[str, int, int | None]]:
    return [(it.file, it.started_at, it.ended_at) for it in call.recordings]


def test_a_recording_begins_and_ends() -> None:
    call = ended(began(call_of(CARL), 10), 20)
    assert told(call) == [("a.wav", 10, 20)]
    assert ended(call, 30) is call


def test_the_newest_open_recording_of_the_channel_ends_first() -> None:
    call = began(began(began(call_of(CARL, ALICE), 10), 20, "b.wav"), 30, "c.wav", ALICE)
    call = ended(call, 40)
    assert told(call) == [("a.wav", 10, None), ("b.wav", 20, 40), ("c.wav", 30, None)]
    assert told(ended(call, 50))[0] == ("a.wav", 10, 50)


def test_the_name_that_came_before_the_recording_is_its_name() -> None:
    call = began(named(call_of(CARL, ALICE), "/rec/1.wav"), 10, file="")
    assert told(call) == [("/rec/1.wav", 10, None)]


def test_a_name_is_the_channels_own() -> None:
    call = named(call_of(CARL, ALICE), "/rec/1.wav")
    assert told(began(call, 10, channel=ALICE)) == [("a.wav", 10, None)]


def test_the_next_recording_has_the_next_name() -> None:
    call = ended(began(named(call_of(CARL), "/rec/1.wav"), 10), 20)
    call = began(named(call, "/rec/2.wav"), 30)
    assert [file for file, *_ in told(call)] == ["/rec/1.wav", "/rec/2.wav"]


def test_a_message_was_left() -> None:
    call = call_of(CARL)
    assert (call.voicemail, voicemail_left(call, e.VoicemailLeft(pos=POS, at=1, channel=CARL)).voicemail) == (
        False,
        True,
    )
