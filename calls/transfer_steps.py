"""What transfers do to a call: the agent's leg ends, and says where the caller was sent. Steps as in `life_steps`."""

from msgspec.structs import replace

from calls.call import Call, Transfer
from calls.events import AttendedTransfer, BlindTransfer
from calls.legs import end_leg, open_leg, put


def blind_transferred(call: Call, event: BlindTransfer) -> Call:
    """The agent sent the caller on: the leg is over."""
    if not event.ok:
        return call
    transfer = Transfer("blind", event.exten)
    index = open_leg(call, event.transferer.uniqueid)
    if index is not None:
        return end_leg(call, index, event.at, "transfer", transfer)
    # Sent to a parking space, the caller may be told to be there before the transfer is told with its number.
    return _amended(call, event.transferer.uniqueid, "system", transfer)


def attended_transferred(call: Call, event: AttendedTransfer) -> Call:
    """The agent joined two parties and left, perhaps by hanging up just before."""
    if not event.ok:
        return call
    transfer = Transfer("attended", _reached(call, event))
    for channel in (event.transferer, event.second):
        index = open_leg(call, channel.uniqueid)
        if index is not None:
            call = end_leg(call, index, event.at, "transfer", transfer)
        else:
            call = _amended(call, channel.uniqueid, "agent", transfer)
    return call


def _amended(call: Call, uniqueid: str, ended_by: str, transfer: Transfer) -> Call:
    """The channel's leg that seemed to have ended so has ended by a transfer.

    That, but not whereto, may have been told before by the queue or by the parking lot.
    """
    vague = (None, *(Transfer("blind", party.space) for party in call.parties if party.space))
    for index, leg in enumerate(call.legs):
        told = leg.ended_by == "transfer" and leg.transfer in vague
        if leg.uniqueid == uniqueid and (told or leg.ended_by == ended_by):
            return replace(call, legs=put(call.legs, index, replace(leg, ended_by="transfer", transfer=transfer)))
    return call


def _reached(call: Call, event: AttendedTransfer) -> str:
    """Who was consulted: the number dialled, or what the PBX dialled for the one who asked for it by a feature code."""
    if event.second.uniqueid != event.transferer.uniqueid:
        return event.second.exten or (event.target.number if event.target else "")
    pipes = [party.interface for party in call.parties if party.pipe]
    return pipes[-1].partition("/")[2].partition("@")[0] if pipes else event.second.exten
