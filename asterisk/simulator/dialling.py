"""How an agent's extension is dialled: by a caller who was sent there, or by another agent who wants to ask.

Job: what Asterisk says of a Dial from its first step to the answer.
Contract: as for `script`: one step of one call at one moment. It must not choose what happens or when.
"""

from collections.abc import Mapping

from asterisk.simulator.media import give_line
from asterisk.simulator.pbx import Pbx
from asterisk.simulator.phrases import call_number, dial_end, enter_bridge, phone, set_duration
from asterisk.simulator.script import INTERNAL
from asterisk.simulator.world import Agent, Channel

RING_S = 20
DIAL_VARIABLES = (
    "DIALSTATUS",
    "DIALEDPEERNUMBER",
    "DIALEDPEERNAME",
    "ANSWEREDTIME",
    "ANSWEREDTIME_MS",
    "DIALEDTIME",
    "DIALEDTIME_MS",
    "RINGTIME",
    "RINGTIME_MS",
    "PROGRESSTIME",
    "PROGRESSTIME_MS",
)


def dial_data(target: Agent) -> str:
    """Dial's arguments."""
    return f"{target.interface},{RING_S},tTxXkK"


def dial(pbx: Pbx, caller: Channel, target: Agent, inherited: Mapping[str, str]) -> Channel:
    """A channel that is at Dial makes the target's channel and calls it; `inherited`: variables that pass on to it."""
    for variable in DIAL_VARIABLES:
        pbx.set_variable(caller, variable, "")
    leg = pbx.new_channel(target.interface, target.number, target.name, INTERNAL, caller.linkedid)
    give_line(pbx, leg)
    leg.call = caller.call
    pbx.emit("Newchannel", leg.block())
    pbx.cel("CHAN_START", leg)
    call_number(pbx, leg, caller.log_id)
    for variable, value in {"DIALEDPEERNUMBER": target.number, **inherited}.items():
        pbx.set_variable(leg, variable, value)
    leg.set(connected_num=caller.num, connected_name=caller.caller, exten=target.number, ani=leg.num)
    pbx.run(leg, "AppDial", "(Outgoing Line)")
    pbx.emit("NewConnectedLine", leg.block())
    pbx.emit("DialBegin", caller.block(), leg.block("Dest"), f"DialString: {target.number}\r\n")
    caller.set(connected_num=leg.num, connected_name=leg.caller)
    pbx.emit("NewConnectedLine", caller.block())
    return leg


def rings(pbx: Pbx, caller: Channel, leg: Channel, target: Agent) -> None:
    """The target's phone rings."""
    leg.set(state=5)
    pbx.emit("Newstate", leg.block())
    set_duration(pbx, caller, "RINGTIME", 1)
    phone(pbx, target, "RINGING")
    pbx.emit("DialState", caller.block(), leg.block("Dest"), "DialStatus: RINGING\r\n")


def answers(pbx: Pbx, caller: Channel, leg: Channel, target: Agent) -> None:
    """The target answers; both are about to be bridged."""
    pbx.cel("ANSWER", leg)
    leg.set(state=6)
    pbx.emit("Newstate", leg.block())
    phone(pbx, target, "INUSE")
    peer = (("DIALSTATUS", "ANSWER"), ("DIALEDPEERNAME", leg.name), ("DIALEDPEERNUMBER", target.number))
    for variable, value in peer:
        pbx.set_variable(caller, variable, value)
    dial_end(pbx, caller, leg, "ANSWER")


def meet(pbx: Pbx, caller: Channel, leg: Channel, *, clears: str = "") -> None:
    """Both enter a bridge."""
    leg.set(exten="")
    pbx.run(leg, "AppDial", "(Outgoing Line)")
    enter_bridge(pbx, leg, caller, clears=clears)
