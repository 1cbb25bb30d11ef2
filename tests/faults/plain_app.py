"""The obvious implementation, to stand beside ours: Faust as its guide shows it, a table that counts, a row per event.

`python -m faults.plain_app`, with PLAIN_KAFKA, PLAIN_DATABASE and PLAIN_WORKER in its environment.
"""

import json
import os
from pathlib import Path
from typing import Any

import faust
from psycopg_pool import AsyncConnectionPool

GROUP, TOPIC, PARTITIONS = "plain", "plain.events", 8
TABLE = "CREATE TABLE plain_events (number bigint NOT NULL, call bigint NOT NULL)"


def make_app(broker: str, database: str, folder: Path) -> faust.App:
    """The app: counts the events of each call, and inserts each event."""
    folder.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        GROUP,
        broker=f"kafka://{broker}",
        store="memory://",
        datadir=str(folder),
        processing_guarantee="at_least_once",
        topic_partitions=PARTITIONS,
        web_enabled=False,
    )
    counts = app.Table("counts", default=int, partitions=PARTITIONS)
    pool = AsyncConnectionPool(database, open=False)

    @app.agent(app.topic(TOPIC, key_type=bytes, value_type=bytes, value_serializer="json", partitions=PARTITIONS))
    async def count(events: Any) -> None:
        await pool.open()
        async for event in events:
            counts[str(event["call"])] += 1
            async with pool.connection() as connection:
                await connection.execute("INSERT INTO plain_events VALUES (%s, %s)", (event["number"], event["call"]))

    @app.on_partitions_assigned.connect
    async def tell(app: faust.App, assigned: Any, **rest: Any) -> None:
        # In the words of our own worker, for whoever asks it what it has; Faust takes the usual way of printing.
        mine = {tp.partition: 0 for tp in assigned if tp.topic == TOPIC}
        os.write(2, b"\n%s\n" % json.dumps({"message": "partitions taken over", "offsets": mine}).encode())

    return app


def main() -> None:
    """Run the worker."""
    given = os.environ
    app = make_app(given["PLAIN_KAFKA"], given["PLAIN_DATABASE"], Path(given["PLAIN_FOLDER"]))
    faust.Worker(app, loglevel="ERROR", quiet=True).execute_from_commandline()


if __name__ == "__main__":
    main()
