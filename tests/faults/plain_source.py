"""What feeds the obvious implementation: each event is sent when it comes, by a task of its own, as panoramisk does it.

`python -m faults.plain_source BROKER FILE BEGAN RATE EVENTS`: event number n comes at BEGAN + n / RATE seconds of the
clock, whether anybody hears it or not; what is heard is written to FILE before it is sent.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from faults.plain_app import PARTITIONS, TOPIC

# As many events as a call has for an ingester.
EVENTS_OF_A_CALL = 28


async def feed(broker: str, file: Path, began: float, rate: float, events: int) -> None:
    """Hear and send until the last event."""
    producer = AIOKafkaProducer(bootstrap_servers=broker, acks="all")
    await producer.start()
    sending: set[asyncio.Task[None]] = set()
    following = max(0, int((time.time() - began) * rate))
    with file.open("a", buffering=1) as heard:
        while following < events:
            await asyncio.sleep(max(0.001, began + following / rate - time.time()))
            due = min(events, int((time.time() - began) * rate) + 1)
            for number in range(following, due):
                heard.write(f"{number}\n")
                task = asyncio.create_task(send(producer, number))
                sending.add(task)
                task.add_done_callback(sending.discard)
            following = max(following, due)
    await asyncio.gather(*sending)
    await producer.stop()


async def send(producer: AIOKafkaProducer, number: int) -> None:
    """Send one event; when Kafka does not take it in time, it is gone."""
    call = number // EVENTS_OF_A_CALL
    value = json.dumps({"number": number, "call": call}).encode()
    try:
        await producer.send_and_wait(TOPIC, value, partition=call % PARTITIONS)
    except KafkaError as error:
        sys.stderr.write(f"event {number} is lost: {error!r}\n")


if __name__ == "__main__":
    broker, file, began, rate, events = sys.argv[1:]
    asyncio.run(feed(broker, Path(file), float(began), float(rate), int(events)))
