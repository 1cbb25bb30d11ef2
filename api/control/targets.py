"""Where a number, an extension or a queue's name leads on a PBX, found out before anybody's caller can be lost."""

from api.control.facts import Facts
from api.control.links import Link, unanswered
from api.control.permits import DialPolicy, Permit, Purpose
from api.control.plan import Dialplan, Target
from api.errors import BadRequest
from api.tokens import Principal
from asterisk.errors import AmiError


class Targets:
    """Finds targets: a queue or an agent of the tenant first, else a number that the rules permit."""

    def __init__(self, facts: Facts, policy: DialPolicy, dialplan: Dialplan) -> None:
        self._facts = facts
        self._policy = policy
        self._dialplan = dialplan

    async def find(
        self, principal: Principal, link: Link, wanted: str, purpose: Purpose, call_id: str
    ) -> tuple[Target, Permit | None]:
        """The target and, for a number, the permit that was taken for it: give it back if it is not dialled.

        `call_id` is the call that it becomes, or becomes a part of.

        Raises what the rules raise, BadRequest where the dialplan has nothing of it, Unavailable when it cannot be
        asked.
        """
        kind = await self._facts.reached(principal.tenant, link.pbx, wanted)
        if kind is not None:
            target = Target(self._dialplan.internal, wanted, wanted if kind == "queue" else None)
            await self._check(link, target, wanted)
            return target, None
        permit = await self._policy.permit(principal, wanted, purpose)
        try:
            await self._policy.bind(principal, permit, call_id)
            target = Target(self._dialplan.outbound, permit.dial)
            await self._check(link, target, wanted)
        except Exception:
            await self._policy.give_back(principal, permit)
            raise
        return target, permit

    async def give_back(self, principal: Principal, permit: Permit | None) -> None:
        """It was not dialled after all."""
        if permit is not None:
            await self._policy.give_back(principal, permit)

    async def _check(self, link: Link, target: Target, wanted: str) -> None:
        try:
            leads = await link.leads_somewhere(target.context, target.exten)
        except AmiError:
            raise unanswered(link.pbx) from None
        if not leads:
            raise BadRequest(
                f"The dialplan of {link.pbx} has nothing for {wanted} in its context {target.context}: "
                "it would lead nowhere."
            )
