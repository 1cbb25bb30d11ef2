"""`python -m tests.bench [PART …]`: measure parts of the product and print the figures; without PART, all of them."""

import logging
from collections.abc import Callable, Iterator

import click

from tests.bench import (
    ami,
    history,
    ingest,
    latency,
    marts,
    pages,
    past,
    path,
    phone,
    rebuild,
    reducer,
    sockets,
    streams,
)

PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "ami": ami.run,
    "reducer": reducer.run,
    "streams": streams.run,
    "rebuild": rebuild.run,
    "ingest": ingest.run,
    "path": path.run,
    "latency": latency.run,
    "import": history.run,
    "sockets": sockets.run,
    "phone": phone.run,
    "marts": marts.run,
    "past": past.run,
    "pages": pages.run,
}


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--calls", default=marts.CALLS, show_default=True, help="How many calls the part `marts` makes.")
def main(parts: tuple[str, ...], calls: int) -> None:
    """Medians of rounds in which the contenders take turns; in brackets the slowest and the fastest round."""
    # That a topic is not there yet, a moment after it was made, is of no interest.
    logging.getLogger("aiokafka.cluster").setLevel(logging.CRITICAL)
    for part in parts or PARTS:
        for text in marts.run(calls) if part == "marts" else PARTS[part]():
            click.echo(f"\n{text}")


if __name__ == "__main__":
    main(prog_name="make bench")
