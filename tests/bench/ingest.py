"""Part `ingest`: packets from a socket to Kafka, by a real ingester and beside it by the obvious one.

Wall clock and CPU of the ingester's process run from the login to the acknowledgement of the last packet by Kafka.
Both write to the same real broker on this machine, which takes its share of the cores, as the feeder does.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator

from tests.bench.feeder import spoken
from tests.bench.lab import Lab, Measured, lab
from tests.bench.race import Result, counted, load, table

ROUNDS = 3
# Six to ten seconds each.
OUR_COPIES = 20
PLAIN_COPIES = 1
TRUNKLINE, PLAIN = "trunkline ingest", "panoramisk + aiokafka"
DROPPED = 'trunkline_ami_packets_dropped_total{event="'


def ours(servers: Lab) -> tuple[float, float, Counter[str]]:
    """Packets per second of wall clock and of CPU, and what was ignored."""
    with servers.round() as it:
        port = it.feed("flood", str(OUR_COPIES))
        ingester = it.ingest(port)
        ingester.wait(lambda: received(ingester) > 0)
        began, cpu, before = time.perf_counter(), ingester.cpu_s(), received(ingester)
        wanted = OUR_COPIES * len(spoken())
        ingester.wait(lambda: received(ingester) >= wanted and it.all_sent())
        packets = received(ingester) - before
        wall, spent = time.perf_counter() - began, ingester.cpu_s() - cpu
        return packets / wall, packets / spent, dropped_counts(ingester)


def received(ingester: Measured) -> float:
    """Packets that the ingester has read so far."""
    return ingester.numbers().get("trunkline_ami_packets_received_total", 0.0)


def dropped_counts(ingester: Measured) -> Counter[str]:
    """What it has left out so far, by type."""
    numbers = ingester.numbers().items()
    return Counter({name[len(DROPPED) : -2]: int(value) for name, value in numbers if name.startswith(DROPPED)})


def plain(servers: Lab) -> tuple[float, float]:
    """The same of the obvious way, which sends every packet."""
    events = PLAIN_COPIES * len(spoken())
    with servers.round() as it:
        port = it.feed("flood", str(PLAIN_COPIES))
        process = it.start("plain", ("tests.bench.plain_ingest", servers.broker, str(port), str(events)))
        peer = Measured(process, port)
        peer.wait(lambda: "wall_s" in process.log.tail())
        spent = json.loads(process.log.tail().strip().splitlines()[-1])
        return events / spent["wall_s"], events / spent["cpu_s"]


def run() -> Iterator[str]:
    """Measure; the tables."""
    with lab() as servers:
        mine, theirs = zip(*[(ours(servers), plain(servers)) for _ in range(ROUNDS)], strict=True)
    for column, unit in enumerate(("second (wall clock)", "CPU-second of the ingester's process")):
        results = [Result(TRUNKLINE, tuple(r[column] for r in mine)), Result(PLAIN, tuple(r[column] for r in theirs))]
        yield table(f"packets from socket to Kafka per {unit}", results, (PLAIN,))
    total = OUR_COPIES * len(spoken())
    yield counted(f"{TRUNKLINE}: ignored, that is counted and not sent", mine[-1][2], total)
    yield f"  {PLAIN}: ignored: none"
    yield load()
