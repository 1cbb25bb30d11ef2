"""One writer at a time: an advisory lock in the catalog's database, held for the length of a load.

It keeps `serve`, `build` and upkeep out of each other's way. It is not what keeps the lake whole: a holder whose
connection breaks loses the lock without noticing, and then DuckLake's own check for conflicts decides.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from warehouse.errors import LakeUnavailable

# Any number does, so long as every writer of the lake uses the same: "lake" in ASCII.
KEY = 0x6C616B65
CONNECT_SECONDS = 5


@contextmanager
def sole_writer(catalog: str) -> Iterator[None]:
    """Hold the lock of this catalog (a postgresql:// URL), waiting for it as long as it takes.

    Raises LakeUnavailable when the catalog's server does not answer.
    """
    try:
        with psycopg.connect(catalog, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [KEY])
            yield
    except psycopg.OperationalError as error:
        raise LakeUnavailable(f"The lake's catalog does not answer: {error}\n`trunkline up` starts it.") from error
