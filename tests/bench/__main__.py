"""`python -m tests.bench [PART …]`: measure parts of the product and print the figures; without PART, all of them."""

from collections.abc import Callable, Iterator

import click

from tests.bench import ami, ingest, reducer, streams

PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "ami": ami.run,
    "reducer": reducer.run,
    "streams": streams.run,
    "ingest": ingest.run,
}


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
def main(parts: tuple[str, ...]) -> None:
    """Medians of five rounds in which the contenders take turns; in brackets the slowest and the fastest round."""
    for part in parts or PARTS:
        for text in PARTS[part]():
            click.echo(f"\n{text}")


if __name__ == "__main__":
    main(prog_name="make bench")
