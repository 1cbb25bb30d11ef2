"""Supervisors on others' calls, and third parties in a call. Both by channels of their own, so that nothing that is
counted of the call itself changes.

Who listens to whom is in the audit log before the phone rings.
"""

import uuid

import msgspec

from api.control import confirm
from api.control.commands import Command, mark_of
from api.control.legs import Legs
from api.control.links import Link, unanswered
from api.control.plan import RING_MS, RUNG_S, Leg, Plan, Step, Target
from api.control.runner import Runner
from api.control.targets import Targets
from api.database import Database
from api.errors import BadRequest, NotFound, Unavailable
from api.phone.desk import PhoneDesk
from api.tokens import Principal
from asterisk.actions import AnsweredOriginate, Hangup, Originate
from asterisk.errors import AmiError

# The contexts of extensions_phones.conf.
SUPERVISE, JOIN = "phone-supervise", "phone-join"
# A channel that is gone is as good as hung up.
GONE = ("No such channel",)
# One who does not answer, or an unreachable number.
NOT_JOINED = "Nobody came into the call: it was not answered in time."
NOT_LISTENING = "You do not listen to this call."

_LISTENS = """
SELECT pbx, channel FROM commands WHERE user_id = %s AND call_id = %s AND name = 'supervise'
  AND status IN ('sent', 'confirmed') ORDER BY created_at DESC LIMIT 1
"""


class SuperviseDesk:
    """Listens, whispers, barges in; and brings third parties in."""

    def __init__(self, phone: PhoneDesk, legs: Legs, runner: Runner, targets: Targets, database: Database) -> None:
        self._phone = phone
        self._legs = legs
        self._runner = runner
        self._targets = targets
        self._database = database

    async def supervise(self, principal: Principal, call_id: str, mode: str) -> Command:
        """Ring the caller's own page, which answers by itself and hears the call. Raises NotFound, BadRequest."""
        leg, link = await self._legs.agents_part(principal, call_id)
        line = await self._phone.line(principal)
        if leg.pbx != line.pbx:
            raise BadRequest("Your phone is on another PBX than this call.")
        if leg.interface == line.interface:
            raise BadRequest("This is your own call.")
        if not leg.bridge:
            raise BadRequest("The agent of this call talks to nobody yet.")
        await _need(link, SUPERVISE, mode)
        before = await self._listens(principal, call_id)
        command_id = uuid.uuid4()
        await self._audit(principal, call_id, {"mode": mode, "interface": leg.interface, "channel": leg.uniqueid})
        wanted = supervising(command_id, leg, line.interface, mode, before[1] if before else None)
        return await self._runner.begin(principal, wanted, command_id)

    async def end(self, principal: Principal, call_id: str) -> Command:
        """Listen no more. Raises NotFound for who does not."""
        found = await self._listens(principal, call_id) if call_id.isprintable() else None
        if found is None:
            raise NotFound(NOT_LISTENING)
        pbx, channel = found
        plan = Plan(
            *("supervise:end", pbx, (Step(Hangup(channel), GONE),), confirm.hangs_up(channel)),
            call_id=call_id,
            channel=channel,
        )
        return await self._runner.begin(principal, plan)

    async def conference(self, principal: Principal, call_id: str, wanted: str) -> Command:
        """Ring somebody else and let them into the agent's call. Raises as a transfer does."""
        leg, link = await self._legs.agents_part(principal, call_id)
        if not leg.bridge:
            raise BadRequest("The agent of this call talks to nobody yet.")
        await _need(link, JOIN, "s")
        target, permit = await self._targets.find(principal, link, wanted, "transfer", call_id)
        if target.queue is not None:
            await self._targets.give_back(principal, permit)
            raise BadRequest("A queue cannot come into a call: name a person or a number.")

        async def unsent() -> None:
            await self._targets.give_back(principal, permit)

        command_id = uuid.uuid4()
        return await self._runner.begin(principal, joining(command_id, leg, target), command_id, unsent=unsent)

    async def _listens(self, principal: Principal, call_id: str) -> tuple[str, str] | None:
        async with self._database.seeing(principal.tenant) as connection:
            found = await connection.execute(_LISTENS, [uuid.UUID(principal.user_id), call_id])
            row = await found.fetchone()
        return None if row is None else (row["pbx"], row["channel"])

    async def _audit(self, principal: Principal, call_id: str, detail: dict[str, str]) -> None:
        values = [uuid.UUID(principal.user_id), "call.supervise", call_id, msgspec.json.encode(detail).decode()]
        async with self._database.seeing(principal.tenant) as connection:
            await connection.execute("SELECT append_audit(%s, %s, %s, %s)", values)


def supervising(command_id: uuid.UUID, leg: Leg, interface: str, mode: str, before: str | None) -> Plan:
    """Ring the supervisor's phone and connect it to the agent's channel; what it listened by before ends."""
    mark = mark_of(command_id)
    ring = AnsweredOriginate(
        channel=interface,
        context=SUPERVISE,
        exten=mode,
        caller_id=f'"{mode.title()}" <{leg.interface.partition("/")[2]}>',
        timeout_ms=RING_MS,
        channel_id=mark,
        variables=(("SUPERVISED", leg.uniqueid),),
    )
    steps = (*((Step(Hangup(before), GONE),) if before else ()), Step(ring))
    return Plan(
        *("supervise", leg.pbx, steps, confirm.dials(mark)),
        within_s=RUNG_S,
        arguments={"mode": mode},
        call_id=leg.call_id,
        interface=interface,
        channel=mark,
    )


def joining(command_id: uuid.UUID, leg: Leg, target: Target) -> Plan:
    """Ring the third party by the dialplan, and let it into the bridge of the agent's channel."""
    mark = mark_of(command_id)
    ring = Originate(
        channel=f"Local/{target.exten}@{target.context}/n",
        context=JOIN,
        exten="s",
        timeout_ms=RING_MS,
        channel_id=mark,
        other_channel_id=f"{mark}-2",
        variables=(("JOINED", leg.uniqueid),),
    )
    watch = confirm.all_of(confirm.dials(mark), confirm.enters_a_bridge(mark))
    return Plan(
        *("conference", leg.pbx, (Step(ring),), watch),
        within_s=RUNG_S,
        late=NOT_JOINED,
        arguments={"target": target.exten},
        call_id=leg.call_id,
        interface=leg.interface,
        channel=mark,
    )


async def _need(link: Link, context: str, exten: str) -> None:
    """Raise Unavailable unless the dialplan has the context: a call into nothing would end at once."""
    try:
        leads = await link.leads_somewhere(context, exten)
    except AmiError:
        raise unanswered(link.pbx) from None
    if not leads:
        raise Unavailable(f"The dialplan of {link.pbx} has no context {context}: include extensions_phones.conf.")
