"""What is live, published after the commit: the newest value of each key, a few times a second at most.

A key's first change goes out at once, further ones within `INTERVAL_SECONDS` are one message. What a worker that dies
has not published its successor publishes, which begins with everything that is live. Nothing is ever read back.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

from streams.errors import NotPublished
from streams.meters import Meters
from streams.work import Message

log = logging.getLogger(__name__)

# Half of the tenth of a second in which a change is to be on the page. A write costs about 0.4 ms of CPU, so a queue
# that changes all the time takes one hundredth of a core; most keys change less than once a second.
INTERVAL_SECONDS = 0.05
# How long changes gather before they are looked at: the delay of a single change.
TICK_SECONDS = 0.005
# How long to leave Kafka alone after it took nothing.
PAUSE_SECONDS = 2.0

Write = Callable[[bytes, bytes], Awaitable[None]]


class Publication:
    """Keeps what is to be published. `writers` publish one value of a key, by topic."""

    def __init__(
        self, writers: Mapping[str, Write], meters: Meters, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._writers = writers
        self._meters = meters
        self._clock = clock
        self._pending: dict[tuple[str, bytes], bytes] = {}
        self._sent: dict[tuple[str, bytes], float] = {}
        self._noted = asyncio.Event()

    def note(self, messages: Iterable[Message]) -> None:
        """Take messages to publish; each replaces what is still to be published for its key."""
        for message in messages:
            self._pending[message.topic, message.key] = message.value
        if self._pending:
            self._noted.set()

    async def run(self) -> None:
        """Publish for ever."""
        while True:
            await self._noted.wait()
            await asyncio.sleep(TICK_SECONDS)
            try:
                await self.publish_due()
            except NotPublished as error:
                log.warning("not published", extra={"waiting": len(self._pending), "reason": str(error)})
                await asyncio.sleep(PAUSE_SECONDS)
            if not self._pending:
                self._noted.clear()

    async def publish_due(self) -> None:
        """Publish every key whose last message is old enough. Raises NotPublished; what it was about waits on."""
        now = self._clock()
        self._sent = {key: at for key, at in self._sent.items() if now - at < INTERVAL_SECONDS}
        for key in [key for key in self._pending if key not in self._sent]:
            topic, name = key
            value = self._pending[key]
            await self._writers[topic](name, value)
            self._sent[key] = now
            # While the message was taken a newer value may have come.
            if self._pending[key] is value:
                del self._pending[key]
            self._meters.published.inc()
