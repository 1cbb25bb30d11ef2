"""What can go wrong in the stream processor, and what follows from it.

StreamsError
├── Retry                drop the state, reconnect, load, apply the same records again
│   ├── Fenced             somebody else has advanced the offset
│   └── Unavailable        PostgreSQL or the log does not answer, or the outcome of a commit is not known
├── NoArchive            there is no log of the PBX that is to be rebuilt
├── RowsRefused          PostgreSQL will never take these rows, however often they are sent
└── Fatal                the process ends; `exit_code` says why, the text says what to do
    ├── PoisonRecord       a record that cannot be applied (70)
    ├── LogCut             our position lies beyond the end of the log (71)
    ├── OtherCluster       another Kafka answers than the one we began with (72)
    ├── NoPartitions       we were given nothing to do, and nobody else does it (75)
    └── Unfit              the database's tables or rights are not what this program needs (78)
"""


class StreamsError(Exception):
    """The base; never raised itself."""


class Retry(StreamsError):
    """Drop the state, reconnect, load and apply again."""


class Fenced(Retry):
    """The compare-and-set failed: another worker is further than we knew."""


class Unavailable(Retry):
    """PostgreSQL, or the log read directly, did not answer. Who asked has logged it, once."""


class NotPublished(StreamsError):
    """Kafka did not take a message; the next attempt may find a newer value."""


class NoArchive(StreamsError):
    """No archive where one was looked for; the text says where, and which there are."""


class RowsRefused(StreamsError):
    """PostgreSQL refused the rows themselves."""


class Fatal(StreamsError):
    """The process must end with `exit_code` (70, 75 and 78 as in sysexits.h)."""

    exit_code = 70


class PoisonRecord(Fatal):
    """The record at `offset` of `partition` cannot be applied; `reason` is why."""

    def __init__(self, partition: int, offset: int, reason: str) -> None:
        super().__init__(f"the record at offset {offset} of partition {partition} cannot be applied: {reason}")
        self.partition = partition
        self.offset = offset
        self.reason = reason


class LogCut(Fatal):
    """We have applied more than the log holds."""

    exit_code = 71

    def __init__(self, partition: int, position: int, end: int) -> None:
        super().__init__(
            f"partition {partition} ends at offset {end}, but was applied up to {position}: the topic was cut or made"
            " anew. Restore it, or delete its rows in sink_offsets to begin it from its start (nothing is doubled)."
        )


class OtherCluster(Fatal):
    """The broker at our address belongs to another cluster now; a new start takes that one up."""

    exit_code = 72


class NoPartitions(Fatal):
    """The group gave us no partition while the log grows and nobody applies it; a new start joins the group anew."""

    exit_code = 75


class Unfit(Fatal):
    """PostgreSQL refused a statement for another reason than its data: a table or a right is missing."""

    exit_code = 78
