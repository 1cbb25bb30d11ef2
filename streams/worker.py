"""Everything of one worker put together, and run until it is told to stop or must not go on.

What Faust would swallow ends the process here: an exception in a stream processor is otherwise acknowledged to Kafka.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import faust
from aiokafka.errors import KafkaError

from calls.topics import EVENTS, PARTITIONS
from streams.app import App, events_topic, live_writers, make_app
from streams.broker import Broker, cluster_id
from streams.database import Database
from streams.errors import Fatal, OtherCluster, Unavailable
from streams.event_log import EventLog
from streams.meters import Meters
from streams.partition import Delivery
from streams.processor import Processor
from streams.progress import Progress
from streams.publication import Publication
from streams.sink import Place, Sink
from streams.watch import Watch
from streams.work import Reducer

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

# Faust costs about 0.1 ms a record whatever we do; 200 at a time share a transaction, and nobody sees 20 ms.
MOST_AT_ONCE, WITHIN_SECONDS = 200, 0.02
# A rebalance waits for what Kafka is to be told: a database that hangs must not hold it up.
APPLIED_SECONDS = 2.0


@dataclass(frozen=True)
class WorkerSettings:
    """Which worker, where. `database` is a libpq URL (role trunkline_streams), `data` a folder of the worker's own."""

    name: str
    broker: Broker
    database: str = field(repr=False)
    data: Path


def run(settings: WorkerSettings, reducer: Reducer, meters: Meters) -> None:
    """Run until SIGTERM or SIGINT. Ends the process itself, by `Fatal.exit_code`, when it must not go on."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    cluster = loop.run_until_complete(wait_for_cluster(settings.broker))
    app = build(settings, cluster, reducer, meters)
    app.finalize()
    log.info("starting", extra={"worker": settings.name, "cluster": cluster})
    worker = faust.Worker(app, loop=loop, override_logging=False, quiet=True)
    worker.spinner = None
    worker.execute_from_commandline()


async def wait_for_cluster(broker: Broker) -> str:
    """The id of the cluster, however long it takes to answer; said once when it does not."""
    waiting = False
    while True:
        try:
            return await cluster_id(broker)
        except KafkaError as error:
            if not waiting:
                log.warning("waiting for Kafka", extra={"address": broker.address, "reason": repr(error)})
            waiting = True
            await asyncio.sleep(1.0)


def build(settings: WorkerSettings, cluster: str, reducer: Reducer, meters: Meters) -> App:
    """The app with everything of ours attached to it. Connects to nothing yet."""
    app = make_app(settings.broker, settings.name, settings.data)
    place = Place(cluster, EVENTS.name)
    events = EventLog(settings.broker, EVENTS.name)
    publication = Publication(live_writers(app), meters)
    sink = Sink(Database(settings.database), place)
    processor = Processor(sink, events, reducer, app.owned, publication.note, meters)
    progress = Progress(Database(settings.database, announces=False), place)
    watch = Watch(processor, events, progress, app.settled, PARTITIONS, meters)

    async def take_over(partitions: Iterable[int]) -> dict[int, int]:
        # A broker that was made anew while we ran has other records under the same offsets.
        now = await wait_for_cluster(settings.broker)
        if now != cluster:
            raise OtherCluster(f"{settings.broker.address} was cluster {cluster} and is now {now}: starting anew")
        offsets = await processor.take_over(partitions)
        log.info("partitions taken over", extra={"offsets": offsets})
        return offsets

    async def watch_log() -> None:
        try:
            await watch.run()
        finally:
            await events.stop()

    app.take_over = _guarded(take_over)
    # Asked while the watch asks, so by a connection of its own.
    app.applied = _guarded(_applied(Progress(Database(settings.database, announces=False), place)))
    app.agent(events_topic(app), name="events")(_guarded(_processing(processor)))
    app.task(_task(publication.run))
    app.task(_task(watch_log))
    app.on_partitions_revoked.connect(_forgetting(processor))
    return app


def _applied(progress: Progress) -> Callable[[], Awaitable[Mapping[int, int]]]:
    async def ask() -> Mapping[int, int]:
        try:
            return await asyncio.wait_for(progress.offsets(), APPLIED_SECONDS)
        except (Unavailable, TimeoutError):
            return {}  # asked again in a second

    return ask


def _processing(processor: Processor) -> Callable[[Any], Awaitable[None]]:
    async def apply(stream: Any) -> None:
        async for batch in stream.take_events(MOST_AT_ONCE, within=WITHIN_SECONDS):
            await processor.apply([_delivery(event) for event in batch])

    return apply


def _delivery(event: Any) -> Delivery:
    message = event.message
    return Delivery(message.partition, message.offset, message.key, message.value)


def _forgetting(processor: Processor) -> Callable[..., Awaitable[None]]:
    async def forget(app: Any, revoked: Any, **rest: Any) -> None:
        processor.forget()

    return forget


def _task(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """The work, guarded, as a function of no arguments: Faust would give itself to one that takes any."""

    async def task() -> None:
        await _guarded(work)()

    return task


def _guarded(work: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """The same work, ending the process when it raises."""

    async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await work(*args, **kwargs)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            end_process(error)

    return guarded


def end_process(error: BaseException) -> NoReturn:
    """Say why and end at once: an orderly stop would acknowledge what was not applied."""
    code = error.exit_code if isinstance(error, Fatal) else Fatal.exit_code
    log.critical("ending", extra={"reason": f"{type(error).__name__}: {error}", "exit_code": code}, exc_info=error)
    logging.shutdown()
    os._exit(code)
