"""The obvious stream processor, to be measured beside ours: stock Faust, a Record, a Table, and one INSERT per event.

`TRUNKLINE_KAFKA=… TRUNKLINE_DATABASE=… python -m tests.bench.plain_faust FOLDER` works on the topic `TOPIC`, whose
messages are JSON objects of a packet's headers, until it is ended. Settings are Faust's own but for the folder.
"""

import os
import sys

import faust
import psycopg

TOPIC = "plain.events"
PARTITIONS = 8
MADE = (
    "CREATE TABLE plain_events (id bigserial PRIMARY KEY, event text, at double precision, uniqueid text,"
    " linkedid text, channel text, state text, number text, name text, context text, exten text, seen bigint)"
)
INSERT = (
    "INSERT INTO plain_events (event, at, uniqueid, linkedid, channel, state, number, name, context, exten, seen)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


class AmiEvent(faust.Record, serializer="json"):  # type: ignore[call-arg,misc]  # Faust has no types
    """What most events carry."""

    Event: str
    Timestamp: str = ""
    Uniqueid: str = ""
    Linkedid: str = ""
    Channel: str = ""
    ChannelStateDesc: str = ""
    CallerIDNum: str = ""
    CallerIDName: str = ""
    Context: str = ""
    Exten: str = ""


def make(broker: str, database: str, folder: str) -> faust.App:
    """The app."""
    app = faust.App(
        "plain",
        broker=f"kafka://{broker}",
        datadir=folder,
        store="memory://",
        topic_partitions=PARTITIONS,
        web_enabled=False,
    )
    topic = app.topic(TOPIC, key_type=str, value_type=AmiEvent)
    events_per_call = app.Table("events_per_call", default=int)

    @app.agent(topic)
    async def store(stream):  # type: ignore[no-untyped-def]
        connection = await psycopg.AsyncConnection.connect(database, autocommit=True)
        async for event in stream:
            events_per_call[event.Linkedid] += 1
            row = (event.Event, float(event.Timestamp or 0), event.Uniqueid, event.Linkedid, event.Channel)
            more = (event.ChannelStateDesc, event.CallerIDNum, event.CallerIDName, event.Context, event.Exten)
            await connection.execute(INSERT, (*row, *more, events_per_call[event.Linkedid]))

    return app


if __name__ == "__main__":
    plain = make(os.environ["TRUNKLINE_KAFKA"], os.environ["TRUNKLINE_DATABASE"], sys.argv[1])
    plain.finalize()
    faust.Worker(plain, loglevel="WARNING", quiet=True).execute_from_commandline()
