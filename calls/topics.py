"""Kafka's topics: names, partitions and retention in one place. They are created from here and nowhere else."""

from typing import NamedTuple

# More partitions than PBXs cost nothing; a PBX's partition is an explicit, stored choice and never changes by itself.
PARTITIONS = 8

DAY_MS = 24 * 3600 * 1000


class Topic(NamedTuple):
    """A topic as it is created. `config` holds Kafka's own names."""

    name: str
    partitions: int
    config: dict[str, str]


# What was heard, verbatim and packed. The log on the ingester's disk is the archive; Kafka holds a week of it.
EVENTS = Topic("pbx.events", PARTITIONS, {"cleanup.policy": "delete", "retention.ms": str(7 * DAY_MS)})
# Changed calls, newest form per call.
CALLS = Topic("calls", PARTITIONS, {"cleanup.policy": "compact,delete", "retention.ms": str(2 * DAY_MS)})
# Live state: the newest value per key stays. Kafka compacts only whole segments, by default after 1 GB or a week, and a
# starting worker reads all that is left: small ones keep that to seconds.
LIVE = {"cleanup.policy": "compact", "segment.bytes": str(4 * 1024 * 1024)}
AGENTS = Topic("agents", PARTITIONS, LIVE)
QUEUES = Topic("queues", PARTITIONS, LIVE)
# Spans in which a source was not heard, and what could not be understood. Few, and for whoever wants to be told: the
# tables of the same names have them all.
GAPS = Topic("gaps", 1, {"cleanup.policy": "delete", "retention.ms": str(30 * DAY_MS)})
REJECTS = Topic("rejects", 1, {"cleanup.policy": "delete", "retention.ms": str(30 * DAY_MS)})
# What administrators say of each PBX's queues and agents, newest per PBX: from the API to the ingesters, which make it
# an event among the PBX's others.
SETTINGS = Topic("settings", 1, LIVE)

ALL = (EVENTS, CALLS, AGENTS, QUEUES, GAPS, REJECTS, SETTINGS)
