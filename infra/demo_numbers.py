"""Each queue's numbers from three independent places: the live topic, the mart, and Asterisk's own queue_log.

The queue_log's are worked out here, line by line, and by nothing that the product uses for its own.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from calls.live import QueueLive, decode_queue
from calls.metrics import METRICS
from calls.tally import NOTHING, Tally
from calls.topics import QUEUES

# What is shown, and which metric of the catalogue it is.
SHOWN = {
    "offered": "offered",
    "answered": "answered",
    "abandoned": "abandoned",
    "other": "flow_out",
    "service level": "service_level",
    "speed of answer": "asa",
    "handle time": "aht",
}
THRESHOLD_S, SHORT_ABANDON_S = 20, 5
# queue_log has whole seconds, each end of a span cut off by itself.
SECOND = 1.0

Numbers = dict[str, float | None]


def of_tally(tally: Tally) -> Numbers:
    """The shown numbers by the catalogue's formulas."""
    return {shown: METRICS[name].value(tally) for shown, name in SHOWN.items()}


def of_queue(queue: QueueLive) -> Numbers:
    """The shown numbers of a queue as it was published."""
    return of_tally(_sum(tally for _, tally in queue.tallies))


async def live(address: str) -> dict[str, QueueLive]:
    """By queue, the newest messages on the live topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=address, group_id=None, enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(QUEUES.name, number) for number in range(QUEUES.partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(places)
        newest: dict[str, QueueLive] = {}
        while any([await consumer.position(place) < ends[place] for place in places]):
            for messages in (await consumer.getmany(timeout_ms=500)).values():
                for message in messages:
                    if message.value is not None:
                        queue = decode_queue(message.value)
                        newest[queue.queue_id] = queue
                await asyncio.sleep(0)
    finally:
        await consumer.stop()
    return newest


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = NOTHING
    for tally in tallies:
        total = total + tally
    return total


def mart(report: str) -> dict[str, Numbers]:
    """By queue, from the JSON that `trunkline report service-level` prints."""
    rows: list[dict[str, Any]] = json.loads(report)["queues"]
    return {row["queue"]: {shown: row[name] for shown, name in SHOWN.items()} for row in rows}


@dataclass
class _Counted:
    waits: list[int] = field(default_factory=list)
    abandons: list[int] = field(default_factory=list)
    talks: list[int] = field(default_factory=list)
    offered: int = 0
    others: int = 0

    def numbers(self) -> Numbers:
        lost = [wait for wait in self.abandons if wait > SHORT_ABANDON_S]
        served = len(self.waits) + len(lost)
        return {
            "offered": self.offered,
            "answered": len(self.waits),
            "abandoned": len(self.abandons),
            "other": self.others,
            "service level": sum(wait <= THRESHOLD_S for wait in self.waits) / served if served else None,
            "speed of answer": sum(self.waits) / len(self.waits) if self.waits else None,
            "handle time": sum(self.talks) / len(self.talks) if self.talks else None,
        }

    def doubtful(self) -> int:
        """Stints whose wait is so near to a threshold that whole seconds cannot tell on which side it is."""
        near = [wait for wait in self.waits if abs(wait - THRESHOLD_S) <= SECOND]
        return len(near) + sum(abs(wait - SHORT_ABANDON_S) <= SECOND for wait in self.abandons)


def queue_log(paths: Iterable[Path]) -> dict[str, tuple[Numbers, float]]:
    """By queue: the numbers, and by how much the service level may differ because the file has whole seconds only."""
    counted: dict[str, _Counted] = defaultdict(_Counted)
    for path in paths:
        for line in path.read_text(errors="replace").splitlines():
            _, _, queue, _, verb, *data = line.split("|")
            _count(counted[queue], verb, data)
    return {
        queue: (it.numbers(), it.doubtful() / max(1, len(it.waits) + len(it.abandons)))
        for queue, it in counted.items()
        if it.offered
    }


def _count(counted: _Counted, verb: str, data: list[str]) -> None:
    match verb:
        case "ENTERQUEUE":
            counted.offered += 1
        case "CONNECT":
            counted.waits.append(int(data[0]))
        case "COMPLETECALLER" | "COMPLETEAGENT":
            counted.talks.append(int(data[1]))
        case "BLINDTRANSFER":
            counted.talks.append(int(data[3]))
        case "ABANDON":
            counted.abandons.append(int(data[2]))
        case "EXITWITHTIMEOUT" | "EXITEMPTY" | "EXITWITHKEY" | "WITHDRAW" | "SYSCOMPAT":
            counted.others += 1


def agree(name: str, ours: float | None, theirs: float | None, doubt: float) -> bool:
    """Whether our number and queue_log's are the same, as far as whole seconds can tell."""
    if ours is None or theirs is None:
        return ours is theirs
    return abs(ours - theirs) <= allowance(name, doubt) + 1e-9


def allowance(name: str, doubt: float) -> float:
    """By how much queue_log's whole seconds can make a number differ: a mean by one, a count by none."""
    return {"speed of answer": SECOND, "handle time": SECOND, "service level": doubt}.get(name, 0.0)
