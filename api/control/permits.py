"""Whether somebody may dial a number, and how the trunk wants it: what the command layer asks before any call goes out.

The one seam between the commands and the rules on numbers. Raises rather than answering no, so that nobody forgets.
"""

import re
from typing import Literal, Protocol

from msgspec import Struct

from api.errors import BadRequest
from api.tokens import Principal

Purpose = Literal["dial", "transfer", "forward"]

# What may stand in an extension of a dialplan without being taken for another call, an option or a pattern.
_DIALLABLE = re.compile(r"\+?[0-9*#]{1,20}")


class Permit(Struct, frozen=True):
    """A number that may be dialled once: `dial` as the trunk wants it, `e164` as it is written elsewhere, `cost` units.

    `id` names what was counted against the limits; None where nothing was.
    """

    dial: str
    e164: str
    cost: float = 0.0
    id: str | None = None


class DialPolicy(Protocol):
    """The rules on numbers of all tenants."""

    async def permit(self, principal: Principal, number: str, purpose: Purpose) -> Permit:
        """Leave to reach this number now, counted against the limits.

        Raises BadRequest for what is no number, NotAllowed for a destination that is closed (the text says why), and
        TooManyTries for a limit that is reached.
        """
        ...

    async def bind(self, principal: Principal, permit: Permit, call_id: str) -> None:
        """Say which call it becomes: it counts as an open one until that has ended."""
        ...

    async def give_back(self, principal: Principal, permit: Permit) -> None:
        """The number was not dialled after all: it counts no more."""
        ...


class AnyNumber:
    """`DialPolicy` without rules: whatever is a number may be dialled. For PBXs that hold the rules themselves."""

    async def permit(self, principal: Principal, number: str, purpose: Purpose) -> Permit:
        """The number as it is. Raises BadRequest for what is none."""
        if not _DIALLABLE.fullmatch(number):
            raise BadRequest("phoneNumber: digits, * and #, at most 20, with a + before them if need be.")
        return Permit(dial=number, e164=number)

    async def bind(self, principal: Principal, permit: Permit, call_id: str) -> None:
        """Nothing was counted."""

    async def give_back(self, principal: Principal, permit: Permit) -> None:
        """Nothing was counted."""
