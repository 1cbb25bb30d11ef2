"""Phones that are pages: what is asked of them goes to the page, which acts by SIP. The PBX's events confirm it.

The PBX's own ways are no use there: no page obeys a NOTIFY, and a redirected call is counted wrongly by its queue.
"""

import asyncio
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from api.control import confirm
from api.control.commands import Verdict
from api.control.plan import Leg, Plan, Target, Word

LATE = "The page did not do it in time. Look at the phone, and do it there."
# What a page is asked in the words of its own, by the command's name; the other commands the PBX does as well.
WORDS = {
    "answer": "answer",
    "hold": "hold",
    "unhold": "unhold",
    "mute": "mute",
    "transfer": "blind",
    "transfer:complete": "complete",
    "transfer:cancel": "cancel",
}


class Asked(Struct, frozen=True):
    """What a page is to do."""

    tenant: str
    user_id: str
    page_id: str
    command_id: UUID
    call_id: str
    name: str
    target: str | None = None


class Pages(Protocol):
    """The way to the pages, whichever process has their sockets."""

    async def ask(self, asked: Asked) -> None:
        """Tell the page what to do."""
        ...

    def answering(
        self, command_id: UUID, told: asyncio.Future[Verdict], *, counts: bool
    ) -> AbstractContextManager[None]:
        """While it lasts, what the page says of a command goes into `told`: its no, and if it `counts` its yes."""
        ...

    async def number_for(self, tenant: str, leg: Leg, target: Target) -> str:
        """What the page has to dial to reach a target, which it may do for a moment."""
        ...


class NoPages:
    """`Pages` where there are none."""

    async def ask(self, asked: Asked) -> None:
        """There is no page to ask."""

    def answering(
        self, command_id: UUID, told: asyncio.Future[Verdict], *, counts: bool
    ) -> AbstractContextManager[None]:
        """Nobody answers."""
        return nullcontext()

    async def number_for(self, tenant: str, leg: Leg, target: Target) -> str:
        """Its own number."""
        return target.exten


def by_page(plan: Plan, leg: Leg, number: str | None = None) -> Plan:
    """The same command as it is done where the leg's phone is a page; elsewhere the plan as it is."""
    name = WORDS.get(plan.name)
    if leg.page is None or leg.user_id is None or name is None:
        return plan
    watch = plan.watch
    if plan.name == "mute":
        name = "mute" if plan.arguments["muted"] else "unmute"
    elif plan.name == "transfer" and plan.arguments["type"] == "attended":
        # The page holds the first call before it makes the second.
        name, watch = "attended", confirm.holds(leg.uniqueid, hold=True)
    elif plan.name == "transfer:cancel":
        watch = confirm.holds(leg.uniqueid, hold=False)
    word = Word(leg.user_id, leg.page, name, number)
    return replace(plan, steps=(), watch=watch, word=word, late=LATE, rest_s=0.0)
