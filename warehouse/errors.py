"""What can go wrong in the warehouse; each text says what to do next.

    WarehouseError
    ├── LakeUnavailable    the lake's catalog, its folder or the database could not be reached
    ├── LoadConflict       somebody else wrote to the lake at the same moment, again and again
    ├── LogUnreadable      an ingester's log cannot be read
    ├── PastUnknown        nothing is known of that instant, or not yet
    ├── PastUnreadable     the snapshots of the past cannot be read or written
    ├── MartsMissing       nothing has been published for this tenant yet
    ├── BadRange           a range, interval, time zone, queue or variant that does not exist
    ├── QueueLogUnreadable a file of queue_log could not be read, or is not what was imported of it before
    ├── ImportRefused      the import cannot begin: another one of the same PBX runs
    ├── QueryRefused       the analyst's statement is not one that only reads the marts
    └── QueryStopped       the analyst's statement took too long or too much memory

Texts never contain a password.
"""


class WarehouseError(Exception):
    """The base; never raised itself."""


class LakeUnavailable(WarehouseError):
    """The lake or the database cannot be reached now; a later attempt may succeed."""


class LoadConflict(WarehouseError):
    """Every attempt of a load met another writer."""


class LogUnreadable(WarehouseError):
    """A log under DATA/log is damaged or cannot be read; the text names its folder."""


class PastUnknown(WarehouseError):
    """The board at that instant cannot be told; the text says why."""


class PastUnreadable(WarehouseError):
    """A file under DATA/past is damaged or cannot be written; it can be made again from the log."""


class MartsMissing(WarehouseError):
    """There is no published file for the tenant."""


class BadRange(WarehouseError):
    """The question makes no sense; the text names the part and what is allowed."""


class QueueLogUnreadable(WarehouseError):
    """A file of queue_log cannot be read on; what was read before is kept."""


class ImportRefused(WarehouseError):
    """The import cannot begin now."""


class QueryRefused(WarehouseError):
    """The statement would do more than read, or DuckDB could not understand it."""


class QueryStopped(WarehouseError):
    """The statement was stopped at a limit, which the text names."""
