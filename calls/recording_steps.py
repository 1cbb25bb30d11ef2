"""What is recorded of a call, and messages that are left. Steps as in `life_steps`."""

from msgspec.structs import replace

from calls.call import Call, Recording
from calls.events import MixMonitorStart, MixMonitorStop, RecordingNamed, VoicemailLeft
from calls.legs import put
from calls.parties import party_of


def recording_began(call: Call, event: MixMonitorStart) -> Call:
    """A recording of one of the channels."""
    party = party_of(call, event.channel.uniqueid)
    file = party.recording_file if party is not None and party.recording_file else event.file
    recording = Recording(file, event.channel.uniqueid, event.at)
    return replace(call, recordings=(*call.recordings, recording))


def recording_named(call: Call, event: RecordingNamed) -> Call:
    """The name comes before the recording."""
    who = event.channel.uniqueid
    parties = tuple(replace(p, recording_file=event.file) if p.uniqueid == who else p for p in call.parties)
    return replace(call, parties=parties)


def recording_ended(call: Call, event: MixMonitorStop) -> Call:
    """The channel's newest open recording is over."""
    for index in range(len(call.recordings) - 1, -1, -1):
        it = call.recordings[index]
        if it.uniqueid == event.channel.uniqueid and it.ended_at is None:
            return replace(call, recordings=put(call.recordings, index, replace(it, ended_at=event.at)))
    return call


def voicemail_left(call: Call, event: VoicemailLeft) -> Call:
    """A message was left."""
    return replace(call, voicemail=True)
