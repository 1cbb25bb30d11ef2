"""What came of a command whose answer was lost, by what can be found afterwards. Pure.

Nothing is ever asked of the PBX a second time: it is looked at the channel, and at the record of the call.
"""

from msgspec import Struct

from api.control.commands import Verdict
from api.control.confirm import GONE, UP
from api.control.store import CallEnd

NOT_MADE = "No call was made: the connection to the PBX was lost before it took the command."
NOT_ANSWERED = "The agent's phone was not answered."
UNKNOWN = "The connection to the PBX was lost at that moment: whether it was done is not known. Look, then ask again."
GIVEN_UP = "The PBX did not answer for too long. Should the call begin after all, it is hung up."


class Found(Struct, frozen=True):
    """What was found. `state` is the channel's, None where there is none; `appeared`: there was one earlier.

    `settled`: the PBX has been heard for so long since that whatever it was told before has begun by now.
    """

    state: str | None
    appeared: bool
    settled: bool
    call: CallEnd | None = None


def judge(name: str, found: Found) -> Verdict | None:
    """What it comes to; None: look again."""
    if name == "dial":
        return _dial(found)
    if not found.settled:
        return None
    if name in ("hangup", "transfer:complete") and found.state is None:
        return Verdict(True)
    if name == "answer" and found.state == UP:
        return Verdict(True)
    if name == "answer" and found.state is None:
        return Verdict(False, GONE)
    return Verdict(False, UNKNOWN)


def _dial(found: Found) -> Verdict | None:
    if found.state is not None:
        return Verdict(True) if found.state == UP else None
    if found.call is not None and (found.call.answered or found.call.over):
        return Verdict(found.call.answered, "" if found.call.answered else NOT_ANSWERED)
    if not found.settled:
        return None
    return Verdict(False, NOT_ANSWERED if found.appeared or found.call else NOT_MADE)
