"""A command and the facts to actions: what is written to the PBX, what is then looked for, and for how long. Pure.

A channel is named by its Uniqueid, which Asterisk takes wherever it takes a channel's name, and which is never given
to another: a word that comes late acts on nobody else's call.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from api.control import confirm
from api.control.commands import mark_of
from api.control.confirm import Watch
from asterisk import actions
from asterisk.encoding import Action

# A phone in the same building obeys within a moment; beyond this nobody waits for it.
SOON_S = 6.0
# How long an agent's phone rings for a call that is dialled for it, and when nothing is to be expected any more.
RING_MS = 30_000
RUNG_S = 40.0
# Asterisk swallows the next Atxfer that comes within half a second.
CANCELLED_REST_S = 1.0
# Said of a phone that was asked and did nothing.
DISOBEDIENT = "The phone did not do it in time: it may not obey the PBX's NOTIFY. Use the phone itself."
UNSEEN = "The PBX took it, but nothing came of it in time."
ALREADY = ("Already there", "Not there")


class Dialplan(Struct, frozen=True):
    """The contexts of the PBX: for extensions and queues, and for numbers outside."""

    internal: str = "pbx-internal"
    outbound: str = "pbx-outbound"


class Target(Struct, frozen=True):
    """Where a call is to go. `queue` is its queue, where it is one."""

    context: str
    exten: str
    queue: str | None = None


class Step(Struct, frozen=True):
    """An action. A refusal that has one of the words `forgives` in it says that all is as wanted."""

    action: Action
    forgives: tuple[str, ...] = ()


class Word(Struct, frozen=True):
    """What is asked of the page that a user has open, instead of the PBX."""

    user_id: str
    page_id: str
    name: str
    target: str | None = None


class Plan(Struct, frozen=True):
    """What a command comes to: actions, or a word to a page.

    Without a watch the answers confirm it. `late` is said when nothing is seen in time. `rest_s` passes before a
    confirmed one is told, where Asterisk takes nothing more of the kind until then.
    """

    name: str
    pbx: str
    steps: tuple[Step, ...]
    watch: Watch | None = None
    within_s: float = SOON_S
    late: str = UNSEEN
    arguments: dict[str, Any] = {}
    call_id: str | None = None
    interface: str | None = None
    channel: str | None = None
    rest_s: float = 0.0
    word: Word | None = None


class Leg(Struct, frozen=True):
    """An agent's part in a call: where it is, by its Uniqueid. `bridge` is empty while it talks to nobody.

    `user_id` is who the agent is; `page` the page that is the agent's phone, None where it is another phone.
    """

    pbx: str
    call_id: str
    interface: str
    uniqueid: str
    bridge: str = ""
    user_id: str | None = None
    page: str | None = None


def dial(
    command_id: UUID,
    pbx: str,
    interface: str,
    target: Target,
    caller_id: str,
    arguments: dict[str, Any],
    *,
    answers: bool = False,
) -> Plan:
    """Ring the agent's phone; when it is answered, dial. A phone that `answers` is asked to do so by itself."""
    mark = mark_of(command_id)
    make = actions.AnsweredOriginate if answers else actions.Originate
    action = make(
        channel=interface,
        context=target.context,
        exten=target.exten,
        caller_id=caller_id,
        timeout_ms=RING_MS,
        channel_id=mark,
    )
    return Plan(
        *("dial", pbx, (Step(action),), confirm.dials(mark)),
        within_s=RUNG_S,
        late="The PBX never said what came of the call.",
        arguments=arguments,
        call_id=f"{pbx}:{mark}",
        interface=interface,
        channel=mark,
    )


def _of_leg(name: str, leg: Leg, action: Action, watch: Watch | None, late: str = UNSEEN, **arguments: Any) -> Plan:
    return Plan(
        *(name, leg.pbx, (Step(action),), watch),
        late=late,
        arguments=arguments,
        call_id=leg.call_id,
        interface=leg.interface,
        channel=leg.uniqueid,
    )


def answer(leg: Leg) -> Plan:
    """Ask the phone to pick up."""
    action = actions.PJSIPNotify(leg.uniqueid, (("Event", "talk"),))
    return _of_leg("answer", leg, action, confirm.answers(leg.uniqueid), DISOBEDIENT)


def hangup(leg: Leg) -> Plan:
    """End the agent's part of the call."""
    return _of_leg("hangup", leg, actions.Hangup(leg.uniqueid), confirm.hangs_up(leg.uniqueid))


def hold(leg: Leg, *, hold: bool) -> Plan:
    """Ask the phone to hold, or to take the caller back."""
    action = actions.PJSIPNotify(leg.uniqueid, (("Event", "hold" if hold else "talk"),))
    name = "hold" if hold else "unhold"
    return _of_leg(name, leg, action, confirm.holds(leg.uniqueid, hold=hold), DISOBEDIENT)


def mute(leg: Leg, *, muted: bool) -> Plan:
    """Mute the agent, or not. No event follows: the answer counts."""
    action = actions.MuteAudio(leg.uniqueid, "in", "on" if muted else "off")
    return _of_leg("mute", leg, action, None, muted=muted)


def transfer(leg: Leg, target: Target, *, attended: bool) -> Plan:
    """Send the partner on, or begin to consult."""
    arguments = {"target": target.exten, "type": "attended" if attended else "blind"}
    if attended:
        # By leaving this bridge it is known later that the consultation is under way.
        arguments |= {"bridge": leg.bridge}
        action: Action = actions.Atxfer(leg.uniqueid, target.context, target.exten)
        late = "The PBX did not begin the consultation: does the call's dialplan let the agent transfer?"
        return _of_leg("transfer", leg, action, confirm.enters_a_bridge(leg.uniqueid), late, **arguments)
    action = actions.BlindTransfer(leg.uniqueid, target.context, target.exten)
    return _of_leg("transfer", leg, action, confirm.hands_over(leg.uniqueid), **arguments)


def complete(leg: Leg) -> Plan:
    """Leave the consultation: the two others are joined."""
    action = actions.Hangup(leg.uniqueid)
    late = "No attended transfer was completed: there may have been none."
    return _of_leg("transfer:complete", leg, action, confirm.completes(leg.uniqueid), late)


def cancel(leg: Leg) -> Plan:
    """Drop the consultation: the agent is back with the partner."""
    action = actions.CancelAtxfer(leg.uniqueid)
    cancelled = _of_leg("transfer:cancel", leg, action, confirm.enters_a_bridge(leg.uniqueid))
    return replace(cancelled, rest_s=CANCELLED_REST_S)


def record(leg: Leg, file: str) -> Plan:
    """Record the call to a file on the PBX's host."""
    action = actions.MixMonitor(leg.uniqueid, file)
    return _of_leg("recording:start", leg, action, confirm.records(leg.uniqueid, start=True), file=file)


def stop_recording(leg: Leg) -> Plan:
    """End the recording."""
    action = actions.StopMixMonitor(leg.uniqueid)
    return _of_leg("recording:stop", leg, action, confirm.records(leg.uniqueid, start=False))


def redirect(leg: Leg, target: Target) -> Plan:
    """Send a caller who waits, or an agent's partner, to a queue or an extension. The leg is the caller's own."""
    action = actions.Redirect(leg.uniqueid, target.context, target.exten)
    return _of_leg("redirect", leg, action, confirm.arrives(leg.uniqueid, target.queue), target=target.exten)


def bridge(leg: Leg, name: str, other: Leg, other_name: str) -> Plan:
    """Join the partners of two calls. By names: of Bridge alone Asterisk takes the beginning of an id for the whole."""
    action = actions.Bridge(name, other_name)
    watch = confirm.joins(leg.uniqueid, other.uniqueid)
    return _of_leg("bridge", leg, action, watch, other_call_id=other.call_id)


def join_queue(pbx: str, queue: str, interface: str, member: str, penalty: int, *, paused: bool) -> Plan:
    """Make an agent a member of a queue."""
    action = actions.QueueAdd(queue, interface, penalty, paused, member)
    return _of_agent("queue:add", pbx, interface, Step(action, ALREADY), {"queue": queue, "penalty": penalty})


def leave_queue(pbx: str, queue: str, interface: str) -> Plan:
    """Take an agent out of a queue."""
    action = actions.QueueRemove(queue, interface)
    return _of_agent("queue:remove", pbx, interface, Step(action, ALREADY), {"queue": queue})


def pause(pbx: str, queue: str | None, interface: str, reason: str, *, paused: bool) -> Plan:
    """Pause an agent, or not, in one queue or in all of its own."""
    action = actions.QueuePause(interface, paused, queue, reason or None)
    arguments = {"queue": queue, "paused": paused, "reason": reason}
    return _of_agent("queue:pause", pbx, interface, Step(action), arguments)


def _of_agent(name: str, pbx: str, interface: str, step: Step, arguments: dict[str, Any]) -> Plan:
    return Plan(name, pbx, (step,), watch_of(step.action), arguments=arguments, interface=interface)


def status(
    pbx: str, interface: str, steps: tuple[Step, ...], status: str, left: Sequence[str] = (), again: Sequence[str] = ()
) -> Plan:
    """Change an agent's status by these steps. It leaves the queues `left` by it, and is to be in those of `again`."""
    watches = [watch for step in steps if (watch := watch_of(step.action)) is not None]
    arguments: dict[str, Any] = {"status": status, "left": list(left)}
    if again:
        arguments["again"] = list(again)
    watch = confirm.all_of(*watches) if watches else None
    return Plan("status", pbx, steps, watch, arguments=arguments, interface=interface)


def watch_of(action: Action) -> Watch | None:
    """What is seen when an action on a queue's member has been done."""
    match action:
        case actions.QueueAdd():
            return confirm.is_member(action.interface, action.queue, member=True)
        case actions.QueueRemove():
            return confirm.is_member(action.interface, action.queue, member=False)
        case actions.QueuePause():
            return confirm.is_paused(action.interface, action.queue, paused=action.paused)
    return None
