"""Where a PBX writes the recording of a call: a name that the server makes, in the folder that the keeper watches."""

import secrets
from pathlib import PurePosixPath

PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


class RecordingPlace:
    """Names below `spool`, the folder as the PBX's machine has it."""

    def __init__(self, spool: PurePosixPath) -> None:
        self._spool = spool

    def file(self, pbx: str, uniqueid: str) -> str:
        """An absolute path for a recording of the channel `uniqueid` that no other recording has.

        The name begins with the id, as the keeper looks for the call by it where nothing was heard of the recording.
        """
        plain = "".join(letter for letter in uniqueid if letter in PLAIN).lstrip(".")[:100]
        return str(self._spool / f"{plain or 'recording'}.{secrets.token_hex(8)}.wav")
