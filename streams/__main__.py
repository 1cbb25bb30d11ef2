"""The process `python -m streams`: one worker that applies the events of its PBXs. Only this reads its environment."""

import logging.config
import os
from collections.abc import Mapping
from pathlib import Path

from prometheus_client import REGISTRY

from asterisk.decode import events_of
from calls.logs import log_config
from calls.reducer import advance
from calls.views import agent_live, queue_live
from streams.broker import Broker
from streams.meters import Meters, serve_metrics
from streams.work import Reducer
from streams.worker import WorkerSettings, run


def worker_settings(environment: Mapping[str, str]) -> WorkerSettings:
    """The worker that the environment describes. Raises SystemExit, naming the variable that is missing."""
    name = environment.get("TRUNKLINE_WORKER", "1")
    return WorkerSettings(
        name=name,
        broker=Broker(
            address=_needed(environment, "TRUNKLINE_KAFKA"),
            user=environment.get("TRUNKLINE_KAFKA_USER", ""),
            password=environment.get("TRUNKLINE_KAFKA_PASSWORD", ""),
            tls=environment.get("TRUNKLINE_KAFKA_TLS", "0") == "1",
            ca=environment.get("TRUNKLINE_KAFKA_CA", ""),
            mechanism=environment.get("TRUNKLINE_KAFKA_MECHANISM", "SCRAM-SHA-512"),
        ),
        database=_needed(environment, "TRUNKLINE_DATABASE"),
        data=Path(environment.get("TRUNKLINE_DATA", "./data")) / "streams" / name,
    )


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise SystemExit(f"Set {name}; `trunkline up` sets it for the processes it starts.")
    return value


def main() -> None:
    """Run the worker."""
    config = log_config("streams", os.environ.get("TRUNKLINE_LOG_LEVEL", "INFO"))
    # Faust and its framework tell every step of a rebalance; ours are told once, by us.
    config["loggers"] |= {name: {"level": "WARNING"} for name in ("faust", "mode", "streams.app")}
    logging.config.dictConfig(config)
    settings = worker_settings(os.environ)
    host = os.environ.get("TRUNKLINE_METRICS_HOST", "127.0.0.1")
    serve_metrics(host, os.environ.get("TRUNKLINE_METRICS_PORT", ""), REGISTRY)
    run(settings, Reducer(events_of, advance, agent_live, queue_live), Meters(REGISTRY))


if __name__ == "__main__":
    main()
