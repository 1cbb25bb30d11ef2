"""Who calls, for the live view: asked beside it, once a call, and never waited for.

`of` answers at once: a contact, None, or UNSET while somebody looks. What `look` finds it tells by `found`. Somebody
who cannot be looked up in time is nobody: a ring must not wait for a name.
"""

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from msgspec import UNSET, UnsetType

from api.contacts.book import CallerStore, Contact

# Some 10 MB; a hundred if all notes are as long as may be. Beyond, what was asked for longest ago is forgotten.
MAX_KEPT = 20_000
# As long as a ring is held back for a name, seconds.
WITHIN_S = 0.5

log = logging.getLogger("api.contacts")


class Calling(NamedTuple):
    """A party of a call: `number` is as the PBX tells it."""

    tenant: str
    call_id: str
    number: str


Known = Contact | UnsetType | None


class Callers(Protocol):
    """What the board asks."""

    def of(self, calling: Calling) -> Known:
        """The contact of a caller, None for nobody known, UNSET while it is looked up."""


class NobodyKnown:
    """`Callers` without a list of contacts."""

    def of(self, calling: Calling) -> Known:
        """Nobody."""
        return None


class CallerBook:
    """`Callers` on a store. `found` is told who was looked up, with the contact where there is one."""

    def __init__(
        self,
        store: CallerStore,
        found: Callable[[Mapping[Calling, Contact | None]], None],
        within_s: float = WITHIN_S,
    ) -> None:
        self._store = store
        self._found = found
        self._within_s = within_s
        self._kept: OrderedDict[Calling, Contact | None] = OrderedDict()
        self._asked: set[Calling] = set()
        self._looking: set[Calling] = set()
        self._wake = asyncio.Event()
        self._failing = False

    def of(self, calling: Calling) -> Known:
        """The contact of a caller, as far as it is known now."""
        if calling in self._kept:
            self._kept.move_to_end(calling)
            return self._kept[calling]
        if calling not in self._looking:
            self._asked.add(calling)
            self._wake.set()
        return UNSET

    async def look(self) -> None:
        """Look callers up, for ever: all that were asked for meanwhile at once."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.answer()

    async def answer(self) -> None:
        """Look up who was asked for by now."""
        self._looking, self._asked = self._asked, set()
        try:
            found = await self._look_up(self._looking)
        finally:
            looked, self._looking = self._looking, set()
        answers = {calling: found.get(calling) for calling in looked}
        self._kept.update(answers)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        if answers:
            self._found(answers)

    async def _look_up(self, callings: set[Calling]) -> dict[Calling, Contact]:
        by_tenant: dict[str, list[Calling]] = defaultdict(list)
        for each in sorted(callings):
            by_tenant[each.tenant].append(each)
        found: dict[Calling, Contact] = {}
        try:
            async with asyncio.timeout(self._within_s):
                for tenant, asked in by_tenant.items():
                    contacts = await self._store.find(tenant, sorted({each.number for each in asked}))
                    found |= {each: contacts[each.number] for each in asked if each.number in contacts}
            self._failing = False
        # Whatever it was: calls ring without names until it is over.
        except Exception as error:
            if not self._failing:
                log.warning("callers are not looked up", extra={"error": type(error).__name__})
            self._failing = True
        return found
