"""Where the recording of a call is to be written on its PBX: a name that the server makes, never a client."""

from typing import Protocol


class RecordingPlace(Protocol):
    """Makes file names for recordings."""

    def file(self, pbx: str, uniqueid: str) -> str:
        """An absolute path on the host of this PBX, for the channel `uniqueid`, that no other recording has."""
        ...
