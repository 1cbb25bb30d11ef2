"""The obvious ingester, to be measured beside ours: panoramisk as it comes, each event sent to Kafka as JSON.

`python -m tests.bench.plain_ingest BROKER PORT EVENTS` ends after so many events, printing the seconds of wall clock
and of CPU from the first event to the last acknowledgement, as JSON. No log, no filter, no bound on what waits. Between
callback and producer stands a queue: a callback that awaits `send` itself, the still more obvious way, came to no end
under a flood, because each of 30,000 waiting tasks is woken for each batch, and after 40 s each loses its event.
"""

import asyncio
import json
import sys
import time

from aiokafka import AIOKafkaProducer
from panoramisk import Manager, Message

from calls.topics import EVENTS
from tests.bench.lab import SECRET, USER


async def main(broker: str, port: int, events: int) -> None:
    """Send so many events."""
    producer = AIOKafkaProducer(bootstrap_servers=broker, acks="all", enable_idempotence=True)
    await producer.start()
    manager = Manager(
        loop=asyncio.get_running_loop(), host="127.0.0.1", port=port, username=USER, secret=SECRET, ping_delay=0
    )
    waiting: asyncio.Queue[Message] = asyncio.Queue()
    manager.register_event("*", lambda _, message: waiting.put_nowait(message))
    await manager.connect()
    first = await waiting.get()
    wall, cpu = time.perf_counter(), time.process_time()
    await send(producer, first)
    for _ in range(events - 1):
        await send(producer, await waiting.get())
    await producer.flush()
    spent = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    sys.stdout.write(json.dumps(spent) + "\n")
    sys.stdout.flush()
    await producer.stop()


async def send(producer: AIOKafkaProducer, message: Message) -> None:
    """One event, one record."""
    await producer.send(EVENTS.name, json.dumps(dict(message)).encode(), key=message.Linkedid.encode() or None)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
