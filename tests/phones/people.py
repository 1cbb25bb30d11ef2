"""Who uses the phones, in the words of a test: callers on the trunk, agents at their desks, the large team.

    async with Trunk(asterisk) as trunk, Desk(asterisk, "1001") as alice:
        alice.answers_after(0.5)
        call = await trunk.call("2001", number="5551234")
        await alice.next_answered()
        await call.hang_up()

The PBX is anything with the addresses and secrets of `infra.asterisk.RealAsterisk`. Whoever a queue may ring must be
there: an INVITE that nobody answers is repeated for half a minute, and reaches the phones of the next test. Name the
callers last in an `async with`, so that they leave first.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol, Self

from phones.call import SOON_SECONDS, Call
from phones.message import Headers
from phones.phone import Address, Phone, Sound

from infra.errors import StartError

POLL_SECONDS = 0.02

Behaviour = Callable[[Call], Awaitable[None]]


class Pbx(Protocol):
    """What the phones must know of a PBX."""

    @property
    def sip_address(self) -> Address: ...
    @property
    def trunk_address(self) -> Address: ...
    @property
    def agents_address(self) -> Address: ...
    def phone_secret(self, extension: str) -> str: ...
    def channels(self) -> list[str]: ...


class Place:
    """A phone that is there within an `async with`; `endpoint` begins the names of its channels on the PBX."""

    def __init__(self, pbx: Pbx, phone: Phone, endpoint: str) -> None:
        self.phone = phone
        self._pbx = pbx
        self._channel = re.compile(f"PJSIP/{endpoint}-")

    async def __aenter__(self) -> Self:
        await self.phone.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.phone.hang_up_all()
        # A PBX that the test has stopped has no channels.
        with suppress(StartError):
            await self._until_forgotten()
        await self.phone.close()

    async def _until_forgotten(self) -> None:
        """Wait until the PBX is done with this phone, which answers and refuses until then."""
        async with asyncio.timeout(SOON_SECONDS):
            while True:
                if not any(map(self._channel.match, await asyncio.to_thread(self._pbx.channels))):
                    return
                await asyncio.sleep(POLL_SECONDS)


class Person:
    """Somebody with a phone: told how to behave, and asked for the calls that came."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[Call] = asyncio.Queue()
        self._behaviour: Behaviour = _rings
        self.rings_only()

    def rings_only(self) -> None:
        """Lets it ring."""
        self._behaviour = _rings

    def answers_after(self, seconds: float, talks: float | None = None) -> None:
        """Answers after ringing for so long and, where `talks` is given, hangs up after talking for that long."""

        async def behave(call: Call) -> None:
            call.ring()
            await asyncio.sleep(seconds)
            call.answer()
            if talks is not None and call.answered.is_set():
                await asyncio.sleep(talks)
                await call.hang_up()

        self._behaviour = behave

    def rejects(self, status: int = 486) -> None:
        """Refuses at once: 486 is busy, 603 declined."""

        async def behave(call: Call) -> None:
            call.reject(status)

        self._behaviour = behave

    def does(self, behaviour: Behaviour) -> None:
        """Behaves in a way of the test's own: it is told of each call that comes in."""
        self._behaviour = behaviour

    async def takes(self, call: Call) -> None:
        """Behave towards a call that came in."""
        self.calls.put_nowait(call)
        await self._behaviour(call)

    async def next_call(self) -> Call:
        """The next call that rings or rang here. Raises TimeoutError when none comes soon."""
        return await asyncio.wait_for(self.calls.get(), SOON_SECONDS)

    async def next_answered(self) -> Call:
        """The next call that was answered here, passing over the others. Raises TimeoutError when none comes soon."""
        while True:
            call = await self.next_call()
            await call.until_settled()
            if call.answered.is_set():
                return call


async def _rings(call: Call) -> None:
    call.ring()


class Desk(Place, Person):
    """An agent at a registered phone, 1001 to 1004."""

    def __init__(self, pbx: Pbx, extension: str, *, media: Sound = False) -> None:
        phone = Phone(extension, ("127.0.0.1", 0), pbx.sip_address, secret=pbx.phone_secret(extension), media=media)
        Place.__init__(self, pbx, phone, extension)
        Person.__init__(self)
        phone.answering = self.takes

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        await self.phone.register()
        return self

    async def __aexit__(self, *_: object) -> None:
        # The PBX may have been stopped by the test; a registration that stays does no harm then.
        with suppress(TimeoutError):
            await self.phone.register(0)
        await super().__aexit__()

    async def call(self, number: str) -> Call:
        """Dial and wait for the answer. Raises TimeoutError when nobody answers soon."""
        call = self.phone.dial(number)
        await call.until_answered()
        return call


class Trunk(Place, Person):
    """The outside: customers who call in, and those whom agents call with 9 and a number."""

    def __init__(self, pbx: Pbx, *, media: Sound = False) -> None:
        phone = Phone("outside", pbx.trunk_address, pbx.sip_address, media=media)
        Place.__init__(self, pbx, phone, "trunk")
        Person.__init__(self)
        phone.answering = self.takes

    def dial(self, to: str, *, number: str = "5551234", name: str = "", customer: str = "", max_wait: int = 0) -> Call:
        """A customer calls `to`; returns at once. `max_wait` shortens the wait in a queue, in whole seconds."""
        headers: Headers = ()
        if customer:
            headers += (("X-Customer-Id", customer),)
        if max_wait:
            headers += (("X-Max-Wait", str(max_wait)),)
        return self.phone.dial(to, caller=number, name=name, headers=headers)

    async def call(
        self, to: str, *, number: str = "5551234", name: str = "", customer: str = "", max_wait: int = 0
    ) -> Call:
        """A customer calls `to` and hears its answer; a queue answers at once."""
        call = self.dial(to, number=number, name=name, customer=customer, max_wait=max_wait)
        await call.until_answered()
        return call


class Team(Place):
    """The agents of queue 2100, 5001 to 5200, all at one address. `team["5007"]` is one of them."""

    def __init__(self, pbx: Pbx, *, media: bool = False) -> None:
        super().__init__(pbx, Phone("team", pbx.agents_address, pbx.sip_address, media=media), "5[0-9]{3}")
        self.phone.answering = self._takes
        self._rings: asyncio.Queue[Call] = asyncio.Queue()
        self._agents: dict[str, Person] = {}
        self._behave: Callable[[Person], None] = Person.rings_only

    def __getitem__(self, extension: str) -> Person:
        if extension not in self._agents:
            agent = self._agents[extension] = Person()
            self._behave(agent)
        return self._agents[extension]

    def all_do(self, behave: Callable[[Person], None]) -> None:
        """Make every agent behave so: `team.all_do(lambda agent: agent.answers_after(0.5))`."""
        self._behave = behave
        for agent in self._agents.values():
            behave(agent)

    async def next_call(self) -> Call:
        """The next call that comes to anybody of the team; `call.extension` says to whom."""
        return await asyncio.wait_for(self._rings.get(), SOON_SECONDS)

    async def _takes(self, call: Call) -> None:
        self._rings.put_nowait(call)
        await self[call.extension].takes(call)
